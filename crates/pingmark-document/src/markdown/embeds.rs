//! Addresses of videos and posts on known networks: each has a component that shows it without asking
//! the network for anything.

use serde_json::Value;

/// A component with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Embed {
    /// Name of the component.
    pub name: &'static str,
    /// Arguments, except for the address.
    pub arguments: Vec<(&'static str, Value)>,
    /// Whether the component takes the address, as `url`, and words between its tags.
    pub is_post: bool,
}

/// The component for an address; `None` if it leads to no single video or post of a known network.
pub(super) fn of(address: &str) -> Option<Embed> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let rest = rest.split('#').next().unwrap_or(rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/')?;
    let host = host.to_ascii_lowercase();
    let host = ["www.", "m.", "mobile."].iter().find_map(|start| host.strip_prefix(start)).unwrap_or(&host);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let post = |name| Some(Embed { name, arguments: Vec::new(), is_post: true });
    match (host, &parts[..]) {
        ("youtube.com" | "music.youtube.com", ["watch"]) => youtube(parameter(query, "v")?, query),
        ("youtube.com" | "youtube-nocookie.com", ["shorts" | "embed" | "live" | "v", id]) => {
            youtube(id, query)
        }
        ("youtu.be", [id]) => youtube(id, query),
        ("vimeo.com", [id]) | ("player.vimeo.com", ["video", id]) if is_number(id) => {
            Some(Embed { name: "vimeo", arguments: vec![("id", (*id).into())], is_post: false })
        }
        ("x.com" | "twitter.com", [_, "status", id, ..]) if is_number(id) => post("tweet"),
        ("bsky.app", ["profile", _, "post", _]) => post("bluesky"),
        ("instagram.com", ["p" | "reel" | "tv", _] | [_, "p" | "reel", _]) => post("instagram"),
        ("linkedin.com", ["posts", _] | ["feed", "update", _]) => post("linkedin"),
        ("tiktok.com", [user, "video", id]) if user.starts_with('@') && is_number(id) => post("tiktok"),
        // Servers of the fediverse have any host; their posts have long numbers.
        (_, [user, id]) if user.len() > 1 && user.starts_with('@') && id.len() > 12 && is_number(id) => {
            post("mastodon")
        }
        _ => None,
    }
}

fn youtube(id: &str, query: &str) -> Option<Embed> {
    let is_id =
        id.len() == 11 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    // A list of videos is not one of them.
    if !is_id || parameter(query, "list").is_some() {
        return None;
    }
    let mut arguments = vec![("id", Value::from(id))];
    let start = parameter(query, "t").or_else(|| parameter(query, "start")).and_then(seconds);
    arguments.extend(start.map(|start| ("start", start.into())));
    Some(Embed { name: "youtube", arguments, is_post: false })
}

/// The value of a parameter of a query.
fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Seconds of a time as YouTube writes it: `90`, `90s`, `1m30s`, `1h2m3s`.
fn seconds(time: &str) -> Option<u32> {
    let (mut total, mut number) = (0_u32, 0_u32);
    for c in time.chars() {
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => {
                number = number.checked_mul(10)?.checked_add(c.to_digit(10)?)?;
                continue;
            }
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        number = 0;
    }
    total.checked_add(number).filter(|total| *total > 0)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_networks_are_known() {
        for (address, expected) in [
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube id=dQw4w9WgXcQ"),
            ("https://m.youtube.com/watch?app=x&v=dQw4w9WgXcQ&t=1m30s", "youtube id=dQw4w9WgXcQ start=90"),
            ("https://youtu.be/dQw4w9WgXcQ?si=x&t=42", "youtube id=dQw4w9WgXcQ start=42"),
            ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "youtube id=dQw4w9WgXcQ"),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1", ""),
            ("https://www.youtube.com/@ana", ""),
            ("https://vimeo.com/76979871", "vimeo id=76979871"),
            ("https://vimeo.com/channels/staffpicks", ""),
            ("https://x.com/ana/status/1234567890?s=20", "tweet"),
            ("https://twitter.com/ana", ""),
            ("https://bsky.app/profile/ana.example/post/3kabc", "bluesky"),
            ("https://www.instagram.com/p/Cabc/", "instagram"),
            ("https://www.instagram.com/ana/reel/Cabc/", "instagram"),
            ("https://www.linkedin.com/posts/ana_x-activity-712", "linkedin"),
            ("https://www.tiktok.com/@ana/video/7123456789", "tiktok"),
            ("https://social.example/@ana/109876543210987654", "mastodon"),
            ("https://medium.example/@ana/un-billet-2011", ""),
            ("https://a.example/", ""),
        ] {
            let found = of(address).map(|Embed { name, arguments, .. }| {
                let written = |(key, value): (&str, Value)| {
                    format!(" {key}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                };
                name.to_owned() + &arguments.into_iter().map(written).collect::<String>()
            });
            assert_eq!(found.unwrap_or_default(), expected, "{address}");
        }
    }
}

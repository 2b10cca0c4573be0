//! Addresses of players and posts on networks, as a line of its own on which Pingmark shows them.

use percent_encoding::percent_decode_str;

/// Address in place of an embedded frame, player or post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Embedded {
    /// Address that Pingmark embeds when it stands alone on its line.
    Line(String),
    /// Address of a page with the same content, on a network that Pingmark does not embed.
    Link(String),
}

/// Replacement of the address of a frame, a player or a post; `None` if it is of no known service.
pub fn of(address: &str) -> Option<Embedded> {
    let address = address.trim().replace("&amp;", "&").replace("&#038;", "&");
    let rest = match address.strip_prefix("//") {
        Some(rest) => rest,
        None => address.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?.1,
    };
    let rest = rest.split('#').next().unwrap_or(rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.to_ascii_lowercase();
    let host = ["www.", "m.", "mobile."].iter().find_map(|start| host.strip_prefix(start)).unwrap_or(&host);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let whole = || format!("https://{rest}");
    let line = |address: String| Some(Embedded::Line(address));
    match (host, &parts[..]) {
        ("youtube.com" | "youtube-nocookie.com" | "music.youtube.com", ["watch"]) => {
            Some(youtube(parameter(query, "v")?, query))
        }
        ("youtube.com" | "youtube-nocookie.com", ["embed" | "v" | "shorts" | "live", id]) => {
            // Old players had their parameters in the path.
            Some(youtube(id.split('&').next().unwrap_or(id), query))
        }
        ("youtu.be", [id]) => Some(youtube(id, query)),
        ("vimeo.com", [id]) | ("player.vimeo.com", ["video", id]) if is_number(id) => {
            line(format!("https://vimeo.com/{id}"))
        }
        ("vimeo.com", ["moogaloop.swf"]) => {
            line(format!("https://vimeo.com/{}", parameter(query, "clip_id")?))
        }
        ("x.com" | "twitter.com", [_, "status" | "statuses", id, ..]) if is_number(id) => {
            line(format!("https://twitter.com/{}/status/{id}", parts[0]))
        }
        ("bsky.app", ["profile", _, "post", _])
        | ("linkedin.com", ["posts", _] | ["feed", "update", _])
        | ("instagram.com", ["p" | "reel" | "tv", _]) => line(whole()),
        ("tiktok.com", [user, "video", id]) if user.starts_with('@') && is_number(id) => line(whole()),
        (_, [user, id]) if user.len() > 1 && user.starts_with('@') && id.len() > 12 && is_number(id) => {
            line(whole())
        }
        ("dailymotion.com", ["embed", "video", id] | ["swf", id] | ["swf", "video", id] | ["video", id]) => {
            Some(Embedded::Link(format!("https://www.dailymotion.com/video/{}", id.split('&').next()?)))
        }
        ("dai.ly", [id]) => Some(Embedded::Link(format!("https://www.dailymotion.com/video/{id}"))),
        ("w.soundcloud.com", ["player"]) => {
            let url = percent_decode_str(parameter(query, "url")?).decode_utf8_lossy().into_owned();
            Some(Embedded::Link(url))
        }
        ("slideshare.net" | "google.com" | "open.spotify.com" | "maps.google.com", [..])
            if !parts.is_empty() =>
        {
            Some(Embedded::Link(
                whole().replace("/maps/embed", "/maps").replace("spotify.com/embed/", "spotify.com/"),
            ))
        }
        _ => None,
    }
}

fn youtube(id: &str, query: &str) -> Embedded {
    let is_id =
        id.len() == 11 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !is_id || parameter(query, "list").is_some() {
        let list = parameter(query, "list").map(|list| format!("&list={list}")).unwrap_or_default();
        return Embedded::Link(format!("https://www.youtube.com/watch?v={id}{list}"));
    }
    let start = parameter(query, "start").or_else(|| parameter(query, "t"));
    let start = start.map(|start| format!("&t={start}")).unwrap_or_default();
    Embedded::Line(format!("https://www.youtube.com/watch?v={id}{start}"))
}

fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_become_addresses() {
        let line = |text: &str| Some(Embedded::Line(text.to_owned()));
        let link = |text: &str| Some(Embedded::Link(text.to_owned()));
        for (address, expected) in [
            (
                "//www.youtube.com/embed/dQw4w9WgXcQ?rel=0",
                line("https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
            ),
            (
                "http://www.youtube.com/v/dQw4w9WgXcQ&hl=fr",
                line("https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
            ),
            ("http://player.vimeo.com/video/12345", line("https://vimeo.com/12345")),
            ("http://vimeo.com/moogaloop.swf?clip_id=42&server=x", line("https://vimeo.com/42")),
            ("https://twitter.com/ana/statuses/12", line("https://twitter.com/ana/status/12")),
            ("http://www.dailymotion.com/swf/x1y2", link("https://www.dailymotion.com/video/x1y2")),
            (
                "https://www.youtube.com/watch?v=x&list=PL1",
                link("https://www.youtube.com/watch?v=x&list=PL1"),
            ),
            ("https://a.example/", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(of(address), expected, "{address}");
        }
    }
}

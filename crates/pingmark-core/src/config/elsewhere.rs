//! Addresses of the site's own host that another server answers: `elsewhere:`.

use super::BaseUrl;
use crate::address::split_host;

/// Places that another server answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere(Vec<Place>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// Host in lower case, `www.` and port included; `None` for the site's own hosts.
    host: Option<String>,
    /// Path without a slash at its end; empty for the whole host.
    path: String,
}

impl Elsewhere {
    /// Reads `/docs/`, `https://example.org/docs/` and `docs.example.org`. Returns the numbers of
    /// the texts that are none of these, too.
    pub fn read<'t>(texts: impl IntoIterator<Item = &'t str>) -> (Self, Vec<usize>) {
        let (mut places, mut wrong) = (Vec::new(), Vec::new());
        for (number, text) in texts.into_iter().enumerate() {
            match Place::read(text.trim()) {
                Some(place) => places.push(place),
                None => wrong.push(number),
            }
        }
        (Self(places), wrong)
    }

    /// Whether a link leads there. `target` is an address as it was typed, `own` are the addresses
    /// of the site.
    pub fn holds<'u>(&self, target: &str, own: impl Iterator<Item = &'u BaseUrl>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        if target.starts_with('/') && !target.starts_with("//") {
            return self.0.iter().any(|place| place.host.is_none() && place.has_path(target));
        }
        let Some((without_www, path)) = split_host(target) else { return false };
        let has_www = target
            .split("//")
            .nth(1)
            .is_some_and(|rest| rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")));
        let own: Vec<&BaseUrl> = own.filter(|base| base.host().eq_ignore_ascii_case(without_www)).collect();
        self.0.iter().any(|place| match &place.host {
            // From the root of the host, or from that of the site.
            None => own.iter().any(|base| {
                place.has_path(path)
                    || path.strip_prefix(base.path()).is_some_and(|path| place.has_path(path))
            }),
            Some(host) => {
                let (wants_www, host) = match host.strip_prefix("www.") {
                    Some(host) => (true, host),
                    None => (false, host.as_str()),
                };
                wants_www == has_www && host.eq_ignore_ascii_case(without_www) && place.has_path(path)
            }
        })
    }
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let path = |path: &str| path.trim_end_matches('*').trim_end_matches('/').to_owned();
        if text.starts_with('/') && !text.starts_with("//") {
            // The whole host would be no site at all.
            return Some(Self { host: None, path: path(text) }).filter(|place| !place.path.is_empty());
        }
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (host, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_host = (host.contains('.') || host.starts_with("localhost"))
            && host.chars().all(|c| c.is_alphanumeric() || "-.:_".contains(c));
        is_host.then(|| Self { host: Some(host.to_ascii_lowercase()), path: path(rest) })
    }

    fn has_path(&self, path: &str) -> bool {
        path.strip_prefix(&self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_hosts_lead_elsewhere() {
        let base = BaseUrl::parse("https://example.org/").unwrap();
        let (elsewhere, wrong) = Elsewhere::read([
            "/docs/",
            "/api",
            "/v1/*",
            "https://www.example.org",
            "wiki.example.org",
            "https://example.net/a/",
            "docs",
            "/",
        ]);
        assert_eq!(wrong, [6, 7]);
        let holds = |target: &str| elsewhere.holds(target, [&base].into_iter());
        for target in [
            "/docs/",
            "/docs",
            "/docs/x?y#z",
            "/docs#x",
            "/api/v1",
            "/v1/x",
            "https://example.org/docs/x",
            "http://Example.org/api",
            "//example.org/docs/x",
            "https://www.example.org/posts/un/",
            "https://wiki.example.org/Accueil",
            "https://example.net/a/b",
        ] {
            assert!(holds(target), "{target}");
        }
        for target in [
            "/docs2/",
            "/posts/docs/",
            "/",
            "docs/",
            "https://example.org/posts/un/",
            "https://autre.example/docs/",
            "https://example.net/b/",
            "https://www.wiki.example.org/",
            "mailto:a@example.org",
        ] {
            assert!(!holds(target), "{target}");
        }
    }
}

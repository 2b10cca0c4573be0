//! Normalisation of URLs, so that they can be compared and counted.
//!
//! People link to one page in many ways: with or without `www.`, with or without a slash at the
//! end, with the tracking parameters of a newsletter. For counting, all of these are one page;
//! links keep the URL that their author wrote.

use std::fmt;

use url::Url;

/// Query parameters that track readers and do not select a page, sorted. See also
/// [`TRACKER_PREFIXES`].
const TRACKERS: [&str; 24] = [
    "_hsenc",
    "_hsmi",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "hsctatracking",
    "igsh",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "oly_anon_id",
    "oly_enc_id",
    "ref_src",
    "s_cid",
    "twclid",
    "vero_id",
    "wbraid",
    "wt.mc_id",
    "xtor",
    "yclid",
];

/// Prefixes of tracking parameters: Google Analytics (used by everybody), Matomo, AT Internet.
const TRACKER_PREFIXES: [&str; 6] = ["utm_", "mtm_", "pk_", "piwik_", "matomo_", "at_"];

/// Comparison key of an http(s) URL, such as `example.org/page?id=1`: without scheme, user, `www.`,
/// default port, trailing slash, tracking parameters and fragment, with the host in lower case. Not
/// a URL itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UrlKey {
    text: String,
    /// Length of host and port in bytes.
    site_end: usize,
}

impl UrlKey {
    /// The key of an http(s) URL, or of one without a scheme (`//host/…`); `None` for every other.
    pub fn of(url: &str) -> Option<Self> {
        let url = url.trim();
        Self::plain(url).or_else(|| Self::parsed(url))
    }

    /// Fast path for most URLs: only the ends change, because the host is in lower case and the
    /// path has no character that is ever encoded. `None` if [`UrlKey::parsed`] has to decide.
    fn plain(address: &str) -> Option<Self> {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_label =
            |label: &str| !label.is_empty() && !label.contains("--") && label.bytes().all(is_small);
        // With a digit first, the last label could be part of an IPv4 address.
        let ends_in_letters = host.rsplit('.').next()?.starts_with(|c: char| c.is_ascii_lowercase());
        let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        let is_dot_segment = |part: &str| matches!(part, "." | "..");
        if !ends_in_letters || !host.split('.').all(is_label) {
            return None;
        }
        if !path.bytes().all(is_kept) || (path.contains("/.") && path.split('/').any(is_dot_segment)) {
            return None;
        }
        let (host, path) = (without_www(host), path.trim_end_matches('/'));
        Some(Self { text: [host, path].concat(), site_end: host.len() })
    }

    /// The key of any URL, by way of a full parse.
    fn parsed(address: &str) -> Option<Self> {
        let whole;
        let address = match address.strip_prefix("//") {
            // Takes the scheme of the page that links to it.
            Some(rest) => {
                whole = format!("https://{rest}");
                &whole
            }
            None => address,
        };
        let url = Url::parse(address).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?.trim_end_matches('.');
        let mut text = String::with_capacity(address.len());
        text.push_str(without_www(host));
        if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
            text.push_str(&format!(":{port}"));
        }
        let site_end = text.len();
        push_recoded(&mut text, url.path().trim_end_matches('/'));
        let mut mark = '?';
        for parameter in url.query().unwrap_or("").split('&').filter(|parameter| !is_tracker(parameter)) {
            text.push(mark);
            push_recoded(&mut text, parameter);
            mark = '&';
        }
        Some(Self { text, site_end })
    }

    /// The whole key.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The site: the host without `www.`, and the port unless it is a default one.
    pub fn site(&self) -> &str {
        &self.text[..self.site_end]
    }
}

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Splits an http(s) URL into its host, without `www.` and default ports, and the rest. `None` for
/// relative URLs and other schemes.
pub fn split_host(target: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = target.split_once("//")?;
    if !["https:", "http:", ""].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
    Some((without_www(host), rest))
}

/// Strips `www.` from a host, unless only a top-level domain would be left (`www.fr`).
pub fn without_www(host: &str) -> &str {
    match host.get(..4) {
        Some(www) if www.eq_ignore_ascii_case("www.") && host[4..].contains('.') => &host[4..],
        _ => host,
    }
}

fn is_tracker(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or("").to_ascii_lowercase();
    name.is_empty()
        || TRACKERS.binary_search(&name.as_str()).is_ok()
        || TRACKER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Appends a text with its percent-encoding normalised (RFC 3986, 6.2.2): hexadecimal digits in
/// upper case, unreserved characters decoded.
fn push_recoded(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(code) = code else {
            out.push('%');
            rest = &rest[at + 1..];
            continue;
        };
        match u8::from_str_radix(code, 16) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push_str(&code.to_ascii_uppercase());
            }
        }
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_url_have_one_key() {
        for (text, counted) in [
            ("https://example.org", "example.org"),
            ("http://www.Example.org/", "example.org"),
            ("HTTP://EXAMPLE.org:80/", "example.org"),
            ("https://example.org:443/a/b/", "example.org/a/b"),
            ("//example.org/a", "example.org/a"),
            ("https://example.org:8080/", "example.org:8080"),
            ("https://example.org/a?utm_source=x&utm_medium=y", "example.org/a"),
            ("https://example.org/a/?fbclid=1&id=2&UTM_campaign=z&lang=fr", "example.org/a?id=2&lang=fr"),
            ("https://example.org/a?#top", "example.org/a"),
            ("https://example.org/a?xtor=RSS-1&gclid=3#commentaires", "example.org/a"),
            ("https://claire:secret@example.org./a", "example.org/a"),
            ("https://example.org/%c3%a9t%C3%A9/%7Eclaire", "example.org/%C3%A9t%C3%A9/~claire"),
            ("https://example.org/été", "example.org/%C3%A9t%C3%A9"),
            ("https://example.org/100%", "example.org/100%"),
            ("https://www.fr/", "www.fr"),
            ("https://example.org/Page", "example.org/Page"),
            ("https://example.org/?q=a&q=b", "example.org?q=a&q=b"),
        ] {
            assert_eq!(UrlKey::of(text).as_ref().map(UrlKey::as_str), Some(counted), "{text}");
        }
    }

    proptest! {
        #[test]
        fn plain_and_parsed_keys_agree(
            host in "(www\\.)?([a-z0-9X@:%-]{0,3}\\.){0,2}([a-z0]{1,3}|xn--a|example)",
            path in "(/([a-z0-9A_.~%?#é&=-]{0,3}|\\.|\\.\\.)){0,4}",
        ) {
            for scheme in ["http", "https"] {
                let text = format!("{scheme}://{host}{path}");
                if let Some(address) = UrlKey::plain(&text) {
                    prop_assert_eq!(Some(address), UrlKey::parsed(&text), "{}", text);
                }
            }
        }
    }

    #[test]
    fn most_urls_are_plain() {
        for text in
            ["https://www.frenchweb.fr/", "http://a-b.example.org/2011/04/un_billet.html", "https://un.fr"]
        {
            assert_eq!(UrlKey::plain(text), UrlKey::parsed(text), "{text}");
            assert!(UrlKey::plain(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_urls_have_no_key() {
        for text in
            ["mailto:a@example.org", "/posts/un/", "javascript:alert(1)", "ftp://example.org", "", "#a"]
        {
            assert_eq!(UrlKey::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_site_is_a_host_without_www() {
        let site = |text| UrlKey::of(text).unwrap().site().to_owned();
        assert_eq!(site("http://www.frenchweb.fr/tag/community-manager/"), "frenchweb.fr");
        assert_eq!(site("http://localhost:3000/a"), "localhost:3000");
        assert_eq!(site("https://bücher.example/"), "xn--bcher-kva.example");
    }

    #[test]
    fn trackers_are_sorted_to_be_found() {
        assert!(TRACKERS.is_sorted());
    }
}

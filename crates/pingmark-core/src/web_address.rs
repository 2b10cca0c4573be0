//! URLs from strangers: validation, hosts and domains, comparison.

use url::Url;

use crate::address::{UrlKey, without_www};

/// Longest URL that is accepted, in bytes.
pub const MAX_LEN: usize = 2000;

/// Validates and normalises a URL as browsers do. `None` unless it is http(s) and has a host. User
/// name and password are removed; the result has no control character, no quote and no space.
pub fn normalized(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > MAX_LEN {
        return None;
    }
    let mut url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    if !is_web {
        return None;
    }
    // A user name before `@` only serves to imitate another site's URL.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let written = String::from(url).replace('\'', "%27");
    (written.len() <= MAX_LEN).then_some(written)
}

/// The host of a URL made by [`normalized`], without `www.`.
pub fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = without_www(host);
    (!host.is_empty()).then_some(host)
}

/// Parses a domain as people write it: `example.org`, `*.example.org`, `https://www.Example.org/`.
/// The result is lower-case ASCII without `www.`.
pub fn domain(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("*.").unwrap_or(text);
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = normalized(&whole)?;
    let host = host(&url)?.trim_end_matches('.');
    let is_part =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let is_domain = host == "localhost" || (host.contains('.') && host.split('.').all(is_part));
    is_domain.then(|| host.to_owned())
}

/// Whether a host is the domain or a subdomain of it.
pub fn is_within(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == domain || host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
}

/// Comparison key of a URL: its [`UrlKey`] and its fragment, which distinguishes the comments on a
/// page. Texts that are no http(s) URL are compared as they are, without a trailing slash.
pub fn comparison_key(address: &str) -> String {
    let (page, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let fragment = if fragment == "#" { "" } else { fragment };
    match UrlKey::of(page) {
        Some(page) => format!("{page}{fragment}"),
        None => format!("{}{fragment}", page.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_of_the_web_are_accepted() {
        for text in [
            "javascript:alert(1)",
            " java\nscript:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "ftp://a.example/",
            "mailto:a@b.example",
            "/posts/un/",
            "//a.example/x",
            "https://",
            "https://a b/",
            "",
        ] {
            assert_eq!(normalized(text), None, "{text:?} was taken");
        }
        for (text, written) in [
            (" https://A.example/x ", "https://a.example/x"),
            ("https://moi:secret@a.example/", "https://a.example/"),
            ("https://a.example/\"><script>'", "https://a.example/%22%3E%3Cscript%3E%27"),
            ("https://été.example/é", "https://xn--t-9fab.example/%C3%A9"),
            ("ht\ntps://a.example/\tb", "https://a.example/b"),
        ] {
            assert_eq!(normalized(text).as_deref(), Some(written));
        }
        assert_eq!(normalized(&format!("https://a.example/{}", "x".repeat(MAX_LEN))), None);
    }

    #[test]
    fn domains_are_parsed_as_people_write_them() {
        for text in
            ["example.org", "*.example.org", "WWW.Example.org", "https://example.org/x", " example.org "]
        {
            assert_eq!(domain(text).as_deref(), Some("example.org"), "{text}");
        }
        for text in ["", "example", "a b.org", "a.*.org", "."] {
            assert_eq!(domain(text), None, "{text}");
        }
        assert!(is_within("blog.example.org", "example.org") && is_within("example.org", "example.org"));
        assert!(!is_within("notexample.org", "example.org") && !is_within("example.org.evil", "example.org"));
    }

    #[test]
    fn spellings_of_one_url_have_one_key() {
        for text in ["http://www.a.example/x/", "https://a.example/x", "https://a.example/x/#"] {
            assert_eq!(comparison_key(text), "a.example/x");
        }
        assert_ne!(
            comparison_key("https://a.example/x#comment-1"),
            comparison_key("https://a.example/x#comment-2")
        );
    }
}

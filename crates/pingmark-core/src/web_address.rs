//! Addresses that strangers give: which are of the web, whose they are, which are alike.

use url::Url;

use crate::address::{Address, without_www};

/// Longest address that is kept, in bytes.
pub const MAX: usize = 2000;

/// An address of the web (http or https, with a host, without a password), as browsers write
/// it: what is left has no control character, no quote and no space.
pub fn web(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > MAX {
        return None;
    }
    let mut url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    if !is_web {
        return None;
    }
    // Names before an `@` only make an address look like another's.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let written = String::from(url).replace('\'', "%27");
    (written.len() <= MAX).then_some(written)
}

/// The host of an address that [`web`] made, without `www.`.
pub fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = without_www(host);
    (!host.is_empty()).then_some(host)
}

/// A domain as a config names it: `example.org`, `*.example.org`, `https://www.Example.org/`.
/// Lower-case, in ASCII, without `www.`; `None` when it is none.
pub fn domain(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("*.").unwrap_or(text);
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = web(&whole)?;
    let host = host(&url)?.trim_end_matches('.');
    let is_part =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let is_domain = host == "localhost" || (host.contains('.') && host.split('.').all(is_part));
    is_domain.then(|| host.to_owned())
}

/// Whether a host is a domain or lies below it.
pub fn lies_in(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == domain || host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
}

/// What the ways of writing one address share: the address as it is counted, and its fragment,
/// by which comments are told apart. What is no address of the web is itself.
pub fn key(address: &str) -> String {
    let (page, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let fragment = if fragment == "#" { "" } else { fragment };
    match Address::of(page) {
        Some(page) => format!("{page}{fragment}"),
        None => format!("{}{fragment}", page.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_taken() {
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
            assert_eq!(web(text), None, "{text:?} was taken");
        }
        for (text, written) in [
            (" https://A.example/x ", "https://a.example/x"),
            ("https://moi:secret@a.example/", "https://a.example/"),
            ("https://a.example/\"><script>'", "https://a.example/%22%3E%3Cscript%3E%27"),
            ("https://été.example/é", "https://xn--t-9fab.example/%C3%A9"),
            ("ht\ntps://a.example/\tb", "https://a.example/b"),
        ] {
            assert_eq!(web(text).as_deref(), Some(written));
        }
        assert_eq!(web(&format!("https://a.example/{}", "x".repeat(MAX))), None);
    }

    #[test]
    fn domains_are_read_as_people_write_them() {
        for text in
            ["example.org", "*.example.org", "WWW.Example.org", "https://example.org/x", " example.org "]
        {
            assert_eq!(domain(text).as_deref(), Some("example.org"), "{text}");
        }
        for text in ["", "example", "a b.org", "a.*.org", "."] {
            assert_eq!(domain(text), None, "{text}");
        }
        assert!(lies_in("blog.example.org", "example.org") && lies_in("example.org", "example.org"));
        assert!(!lies_in("notexample.org", "example.org") && !lies_in("example.org.evil", "example.org"));
    }

    #[test]
    fn one_address_has_one_key() {
        for text in ["http://www.a.example/x/", "https://a.example/x", "https://a.example/x/#"] {
            assert_eq!(key(text), "a.example/x");
        }
        assert_ne!(key("https://a.example/x#comment-1"), key("https://a.example/x#comment-2"));
    }
}

//! Rules of HTML that several stages need: escaping, stripping of tags, dangerous URLs.

use std::borrow::Cow;

use pulldown_cmark_escape::{escape_href, escape_html as escape_all, escape_html_body_text};

/// Appends text, escaped for element content and attribute values.
pub fn push_escaped(out: &mut String, text: &str) {
    escape_all(out, text).expect("a String takes everything");
}

/// Appends text, escaped for element content only: quotes stay as they are.
pub fn push_text(out: &mut String, text: &str) {
    escape_html_body_text(out, text).expect("a String takes everything");
}

/// Appends a URL, escaped for attribute values and percent-encoded where needed.
pub fn push_href(out: &mut String, address: &str) {
    escape_href(out, address).expect("a String takes everything");
}

/// Escapes text for element content and attribute values.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

/// Removes everything between `<` and `>`, in one pass from left to right. Not a sanitiser: `<`
/// without `>` removes the rest of the text.
pub fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// The scheme of a URL in lower case (`https`, `mailto`), if it has one.
///
/// Control characters are dropped, as browsers do while they look for a scheme (WHATWG URL, "basic
/// URL parser").
pub fn scheme(address: &str) -> Option<Cow<'_, str>> {
    let (before, _) = address.split_once(':')?;
    // Fast path for nearly every URL.
    if matches!(before, "https" | "http" | "mailto") {
        return Some(before.into());
    }
    let kept: String = before.chars().filter(|c| !c.is_control()).collect();
    let scheme = kept.trim_start();
    let mut characters = scheme.chars();
    let starts = characters.next().is_some_and(|c| c.is_ascii_alphabetic());
    let goes_on = characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (starts && goes_on).then(|| scheme.to_ascii_lowercase().into())
}

/// Whether following a URL can run a script in the reader's page. `data:` is safe for raster images
/// only.
pub fn is_unsafe(address: &str) -> bool {
    match scheme(address).as_deref() {
        Some("javascript" | "vbscript") => true,
        Some("data") => {
            let address = address.trim_start().to_ascii_lowercase();
            !["data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp", "data:image/avif"]
                .iter()
                .any(|image| address.starts_with(image))
        }
        _ => false,
    }
}

/// Whether a URL has a scheme or a host of its own (`https://…`, `mailto:…`, `//host/…`).
pub fn is_absolute(address: &str) -> bool {
    address.starts_with("//") || scheme(address).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguised_scripts_are_unsafe() {
        for address in
            ["javascript:alert(1)", " JaVaScRiPt:x", "java\tscript:x", "\u{1}vbscript:x", "data:text/html,x"]
        {
            assert!(is_unsafe(address), "{address:?} passed");
        }
        for address in
            ["/javascript:x", "https://a.example/javascript:x", "data:image/png;base64,x", "a:b", "#x"]
        {
            assert!(!is_unsafe(address), "{address:?} was refused");
        }
    }
}

//! The few rules of HTML that every stage needs: escaping, and the text of markup.

use std::borrow::Cow;

use pulldown_cmark_escape::{escape_href, escape_html as escape_all, escape_html_body_text};

/// Appends a text so that it is text wherever it stands, attribute values included.
pub fn push_escaped(out: &mut String, text: &str) {
    escape_all(out, text).expect("a String takes everything");
}

/// Appends a text so that it is text between tags; quotes stay as they are.
pub fn push_text(out: &mut String, text: &str) {
    escape_html_body_text(out, text).expect("a String takes everything");
}

/// Appends an address as an attribute's value: escaped, and percent-encoded where needed.
pub fn push_href(out: &mut String, address: &str) {
    escape_href(out, address).expect("a String takes everything");
}

/// A text that is text wherever it stands.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

/// A text with everything between `<` and `>` left out, read once from left to right.
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

/// The scheme of an address (`https`, `mailto`), lower-case, if it has one.
///
/// Signs that browsers drop while they look for a scheme (tab, line end, other control
/// characters; WHATWG URL, "basic URL parser") are dropped here too.
pub fn scheme(address: &str) -> Option<Cow<'_, str>> {
    let (before, _) = address.split_once(':')?;
    // Nearly every address has one of these, and there are many addresses.
    if matches!(before, "https" | "http" | "mailto") {
        return Some(before.into());
    }
    let kept: String = before.chars().filter(|c| !c.is_control()).collect();
    let scheme = kept.trim_start();
    let mut signs = scheme.chars();
    let starts = signs.next().is_some_and(|c| c.is_ascii_alphabetic());
    let goes_on = signs.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (starts && goes_on).then(|| scheme.to_ascii_lowercase().into())
}

/// Whether following an address can run a script in the reader's page.
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

/// Whether an address names its own site (`https://…`, `mailto:…`, `//host/…`).
pub fn is_absolute(address: &str) -> bool {
    address.starts_with("//") || scheme(address).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_seen_in_their_disguises() {
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

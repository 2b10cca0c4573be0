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

/// Whether neither HTML nor XML allows a character: a control character other than a tab and the ends of
/// lines, or U+FFFE and U+FFFF.
pub fn is_forbidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    }
}

/// Whether a text contains a forbidden character. Works on bytes without branches, because it reads
/// every byte of a blog.
pub fn has_forbidden(text: &str) -> bool {
    /// Bytes that are tested at once.
    const CHUNK: usize = 256;
    let bytes = text.as_bytes();
    (0..bytes.len()).step_by(CHUNK).any(|start| {
        let chunk = &bytes[start..bytes.len().min(start + CHUNK + 2)];
        let is_control = |byte: u8| (byte < 0x20) & !matches!(byte, b'\t' | b'\n' | b'\r') | (byte == 0x7f);
        let is_pair = |first: u8, second: u8| (first == 0xc2) & (second < 0xa0);
        let is_last = |first: u8, second: u8, third: u8| (first == 0xef) & (second == 0xbf) & (third >= 0xbe);
        let seconds = chunk.get(1..).unwrap_or_default();
        let thirds = chunk.get(2..).unwrap_or_default();
        chunk.iter().fold(false, |found, byte| found | is_control(*byte))
            | chunk.iter().zip(seconds).fold(false, |found, (one, two)| found | is_pair(*one, *two))
            | chunk
                .iter()
                .zip(seconds)
                .zip(thirds)
                .fold(false, |found, ((one, two), three)| found | is_last(*one, *two, *three))
    })
}

/// A text without forbidden characters.
pub fn without_forbidden(text: &str) -> Cow<'_, str> {
    if has_forbidden(text) {
        text.chars().filter(|c| !is_forbidden(*c)).collect::<String>().into()
    } else {
        text.into()
    }
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

/// Whether a URL leads to a place that only the author's own machine has: `file:`, `blob:`, a drive of
/// Windows (`C:\\photo.png`), or a page of the browser itself.
pub fn is_local(address: &str) -> bool {
    let Some(scheme) = scheme(address) else { return false };
    let of_browser = scheme.ends_with("-extension");
    let drive = scheme.len() == 1;
    // What an empty frame has.
    let is_blank = address.trim().eq_ignore_ascii_case("about:blank");
    drive
        || of_browser
        || (scheme == "about" && !is_blank)
        || matches!(
            &*scheme,
            "blob"
                | "brave"
                | "chrome"
                | "content"
                | "edge"
                | "file"
                | "filesystem"
                | "ms-appx"
                | "opera"
                | "resource"
                | "view-source"
                | "vivaldi"
        )
}

/// Whether a URL has a scheme or a host of its own (`https://…`, `mailto:…`, `//host/…`).
pub fn is_absolute(address: &str) -> bool {
    address.starts_with("//") || scheme(address).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_found_anywhere() {
        for (text, is_there) in [
            ("a\tb\r\n é\u{a0}«»\u{fffd}\u{ffef}", false),
            ("\u{0}", true),
            ("\u{c}", true),
            ("\u{7f}", true),
            ("\u{85}", true),
            ("\u{9f}", true),
            ("\u{fffe}", true),
            ("\u{ffff}", true),
        ] {
            for before in [0, 1, 253, 254, 255, 256, 257] {
                let text = format!("{}{text}é", "x".repeat(before));
                assert_eq!(has_forbidden(&text), is_there, "{text:?}");
                assert_eq!(without_forbidden(&text).len() < text.len(), is_there, "{text:?}");
            }
        }
    }

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

//! Characters that nobody sees: spaces that are no spaces, joiners, marks of direction, controls.
//!
//! They come with text pasted from word processors and web pages. Where they break something, a
//! message that shows the text as it is helps nobody.

use std::borrow::Cow;

/// Name of a character that nobody sees, or that looks like a space; `None` for every other. Tabs and
/// line ends have none.
pub fn name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{a0}' => "a no-break space",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' => "a zero-width non-joiner",
        '\u{200d}' => "a zero-width joiner",
        '\u{61c}' | '\u{200e}' | '\u{200f}' => "a mark of direction",
        '\u{2028}' => "a line separator",
        '\u{2029}' => "a paragraph separator",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "a change of direction",
        '\u{202f}' => "a narrow no-break space",
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => "a space of another width",
        '\u{2060}' => "a word joiner",
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{2061}'..='\u{2064}' | '\u{3164}' => {
            "an invisible character"
        }
        '\u{feff}' => "a byte order mark",
        '\n' | '\r' | '\t' => return None,
        c if c.is_control() => "a control character",
        _ => return None,
    })
}

/// `U+200B (a zero-width space)`.
pub fn named(c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    name(c).map_or_else(|| code.clone(), |name| format!("{code} ({name})"))
}

/// Invisible characters of a text, each once and with its offset. Joiners between letters of other
/// scripts and in emoji are part of the spelling.
pub fn find(text: &str) -> Vec<(usize, char)> {
    let mut found: Vec<(usize, char)> = Vec::new();
    if text.is_ascii() && !text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return found;
    }
    for (at, c) in text.char_indices().filter(|(_, c)| name(*c).is_some()) {
        let spells = matches!(c, '\u{200c}' | '\u{200d}')
            && text[..at].chars().next_back().is_some_and(|before| before >= '\u{590}')
            && text[at + c.len_utf8()..].chars().next().is_some_and(|after| after >= '\u{590}');
        if !spells && !found.iter().any(|(_, known)| *known == c) {
            found.push((at, c));
        }
    }
    found
}

/// A text in which invisible characters can be seen: `vie<U+200B>privée`.
pub fn shown(text: &str) -> Cow<'_, str> {
    let found = find(text);
    if found.is_empty() {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match found.iter().any(|(_, known)| *known == c) {
            true => shown.push_str(&format!("<U+{:04X}>", u32::from(c))),
            false => shown.push(c),
        }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_named_and_shown() {
        assert_eq!(named('\u{200b}'), "U+200B (a zero-width space)");
        assert_eq!(named('x'), "U+0078");
        assert_eq!(shown("vie\u{200b}privée\u{a0}!"), "vie<U+200B>privée<U+00A0>!");
        assert_eq!(shown("\u{1b}[1m\u{9b}"), "<U+001B>[1m<U+009B>");
        for text in ["vie privée", "a\tb\n", "👩\u{200d}👧", "می\u{200c}خواهم", ""] {
            assert_eq!(shown(text), text, "{text:?}");
        }
        assert_eq!(shown("a\u{200d}b"), "a<U+200D>b");
    }
}

//! Text from files made safe to print on a terminal.

use std::borrow::Cow;

/// Replaces the characters that a terminal obeys, or that reorder a line, by visible ones: control
/// characters but `\n` and `\t` (among them U+009B, which begins a command like `ESC [`), and marks
/// of the writing direction.
pub fn printable(text: &str) -> Cow<'_, str> {
    replaced(text, |c| !matches!(c, '\n' | '\t'))
}

/// Like [`printable`], on one line: line ends and tabs become spaces.
pub fn printable_line(text: &str) -> Cow<'_, str> {
    replaced(text, |_| true)
}

/// Replaces the control characters of the range from U+007F to U+009F, for text that has escape
/// sequences of our own or whose other control characters are escaped already.
pub(crate) fn without_c1(text: String) -> String {
    let is_c1 = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if text.contains(is_c1) { text.replace(is_c1, "\u{fffd}") } else { text }
}

/// JSON in which the control characters from U+007F to U+009F are escaped; JSON itself asks only for
/// those below U+0020. Outside of strings there are none.
pub fn printable_json(json: String) -> String {
    let is_c1 = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !json.contains(is_c1) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match is_c1(c) {
            true => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => escaped.push(c),
        }
    }
    escaped
}

fn replaced(text: &str, is_replaced: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_obeyed = |c: char| is_unprintable(c) && is_replaced(c);
    match text.contains(is_obeyed) {
        true => text.chars().map(|c| if is_obeyed(c) { visible(c) } else { c }).collect(),
        false => text.into(),
    }
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn visible(c: char) -> char {
    match c {
        '\n' | '\t' | '\r' => ' ',
        // Unicode has a picture of each ASCII control character.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing() {
        assert_eq!(printable("Été\n\tfin"), "Été\n\tfin");
        assert!(matches!(printable("Été"), Cow::Borrowed(_)));
        assert_eq!(printable("a\u{1b}[31mb\u{9b}2J\u{7f}\r\u{202e}c"), "a␛[31mb\u{fffd}2J\u{fffd} \u{fffd}c");
        assert_eq!(printable_line("a\nb\tc\0"), "a b c␀");
        assert_eq!(printable_json("{\"a\":\"\u{9b}\"}\n".to_owned()), "{\"a\":\"\\u009b\"}\n");
        assert_eq!(without_c1("\u{1b}[1m\u{9b}2J".to_owned()), "\u{1b}[1m\u{fffd}2J");
    }
}

//! Escaping: a text becomes Markdown that shows exactly this text.

/// Escapes a text. `begins_line` says whether it stands at the start of a line, where more signs mean
/// something; `after` is the character that follows it on its line.
pub fn escape(text: &str, begins_line: bool, after: Option<char>) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    if begins_line {
        rest = text.trim_start_matches(is_invisible);
        let (lead, used) = line_start(rest, after);
        out.push_str(&lead);
        rest = &rest[used..];
    }
    let mut previous = text[..text.len() - rest.len()].chars().next_back();
    while let Some(c) = rest.chars().next() {
        if let Some(len) = address_len(rest, previous) {
            push_address(&rest[..len], &mut out);
            previous = rest[..len].chars().next_back();
            rest = &rest[len..];
            continue;
        }
        if let Some(mark) = ["[…]", "[...]", "[sic]"].into_iter().find(|mark| rest.starts_with(mark))
            && !rest[mark.len()..].starts_with(['(', '[', ':'])
        {
            out.push_str(mark);
            previous = Some(']');
            rest = &rest[mark.len()..];
            continue;
        }
        push(c, previous, rest[c.len_utf8()..].chars().next().or(after), rest, &mut out);
        previous = Some(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

fn push(c: char, previous: Option<char>, next: Option<char>, rest: &str, out: &mut String) {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        // The parser's own masks look for these pairs, escaped or not.
        '(' if previous == Some('\\') => out.push_str("&#40;"),
        '$' if previous == Some('$') => out.push_str("&#36;"),
        '{' => out.push_str("&#123;"),
        '\\' | '`' | '*' | '[' | ']' | '~' | '|' => {
            out.push('\\');
            out.push(c);
        }
        '_' if !(is_word(previous) && is_word(next)) => out.push_str("\\_"),
        '<' if next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) => {
            out.push_str("\\<");
        }
        '&' if is_reference(rest) => out.push_str("&amp;"),
        _ => out.push(c),
    }
}

/// Whether a text starts like a character reference.
fn is_reference(text: &str) -> bool {
    let name = &text[1..];
    let len = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(name.len());
    len > 0 && len < 40 && name[len..].starts_with(';')
}

/// What is written for signs that mean something at the start of a line, and how many bytes of the text
/// that is.
fn line_start(text: &str, after: Option<char>) -> (String, usize) {
    const BULLETS: [char; 6] = ['•', '◦', '▪', '‣', '●', '·'];
    let Some(first) = text.chars().next() else { return (String::new(), 0) };
    let second = text[first.len_utf8()..].chars().next().or(after);
    let is_gap = second.is_none_or(|c| c.is_whitespace() || is_invisible(c));
    let as_number = |c: char| (format!("&#{};", u32::from(c)), c.len_utf8());
    match first {
        '#' | '>' | ':' | '=' => as_number(first),
        '-' | '+' if is_gap || second == Some(first) => as_number(first),
        c if BULLETS.contains(&c) && is_gap => as_number(first),
        '0'..='9' => {
            let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let mark = text[digits..].chars().next().filter(|c| matches!(c, '.' | ')'));
            let behind = text.get(digits + 1..).and_then(|rest| rest.chars().next()).or(after);
            match mark {
                Some(mark) if behind.is_none_or(|c| c.is_whitespace() || is_invisible(c)) => {
                    (format!("{}\\{mark}", &text[..digits]), digits + 1)
                }
                _ => (String::new(), 0),
            }
        }
        _ => (String::new(), 0),
    }
}

/// Whether nobody sees a character at the start of a line.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}')
        || c.is_whitespace()
}

/// Length of the web address with which a text starts; it is written as it is, because the parser makes a
/// link of it.
pub fn address_len(text: &str, previous: Option<char>) -> Option<usize> {
    let starts = ["https://", "http://"]
        .into_iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !starts || previous.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let ends = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '<' | '>'
                    | '"'
                    | '`'
                    | '|'
                    | '\\'
                    | '^'
                    | '«'
                    | '»'
                    | '“'
                    | '”'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '*'
            )
    };
    let len = text.find(ends).unwrap_or(text.len());
    let len =
        text[..len].trim_end_matches(['?', '!', '.', ',', ':', ';', '_', '~', '\'', '’', '…', ')']).len();
    (len > "https://".len()).then_some(len)
}

fn push_address(address: &str, out: &mut String) {
    for (at, c) in address.char_indices() {
        match c {
            '&' if is_reference(&address[at..]) => out.push_str("&amp;"),
            '$' if out.ends_with('$') => out.push_str("%24"),
            c => out.push(c),
        }
    }
}

/// An address as links have it: without the signs that Markdown and components would read. Idempotent.
pub fn address(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            ' ' => out.push_str("%20"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '{' => out.push_str("%7B"),
            '}' => out.push_str("%7D"),
            '$' if out.ends_with('$') => out.push_str("%24"),
            '"' => out.push_str("%22"),
            '`' => out.push_str("%60"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The destination of a link, between its brackets.
pub fn destination(text: &str) -> String {
    let out = address(text);
    let mut escaped = String::with_capacity(out.len());
    for (at, c) in out.char_indices() {
        match c {
            '&' if is_reference(&out[at..]) => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    let needs_brackets = escaped.is_empty() || escaped.contains(['(', ')', '*', '_', '`', '[', ']', '!']);
    if needs_brackets && escaped.contains(['(', ')', '[', ']']) || escaped.is_empty() {
        return format!("<{escaped}>");
    }
    escaped
}

/// The title of a link, with its quotation marks and the space before it; nothing if it is empty.
pub fn title(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return text;
    }
    let escaped = escape(&text, false, None).replace('"', "&quot;");
    format!(" \"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_markup_is_escaped() {
        for (text, begins, expected) in [
            ("un *mot* et _deux_", false, "un \\*mot\\* et \\_deux\\_"),
            ("snake_case", false, "snake_case"),
            ("# Titre", true, "&#35; Titre"),
            ("1. un", true, "1\\. un"),
            ("1.5 fois", true, "1.5 fois"),
            ("2010. Fin", true, "2010\\. Fin"),
            ("- un", true, "&#45; un"),
            ("-5 degrés", true, "-5 degrés"),
            ("--- ", true, "&#45;-- "),
            ("[[lien]] [@cle] [^1]", false, "\\[\\[lien\\]\\] \\[@cle\\] \\[^1\\]"),
            ("[…] suite [...]", false, "[…] suite [...]"),
            ("{{ <note> }} {% x %}", false, "&#123;&#123; \\<note> }} &#123;% x %}"),
            ("a < b & c", false, "a < b & c"),
            ("&eacute; <b>", false, "&amp;eacute; \\<b>"),
            ("voir https://a.example/x_y_z?a=1&b=2.", false, "voir https://a.example/x_y_z?a=1&b=2."),
            ("5 $$ et \\(x\\)", false, "5 $&#36; et \\\\&#40;x\\\\)"),
            ("• un", true, "&#8226; un"),
            ("a | b", false, "a \\| b"),
            ("~~x~~", false, "\\~\\~x\\~\\~"),
            (": x", true, "&#58; x"),
        ] {
            assert_eq!(escape(text, begins, None), expected, "{text}");
        }
    }

    #[test]
    fn destinations_stay_whole() {
        for (address, expected) in [
            ("https://a.example/x", "https://a.example/x"),
            ("https://a.example/x (1).png", "<https://a.example/x%20(1).png>"),
            ("https://a.example/{{x}}", "https://a.example/%7B%7Bx%7D%7D"),
            ("https://a.example/?a=1&amp=2&copy;", "https://a.example/?a=1&amp=2&amp;copy;"),
        ] {
            assert_eq!(destination(address), expected);
        }
    }
}

//! Why a text is no YAML, and where its author should look.
//!
//! The parser reports the place at which it gives up. That is often far behind the mistake: behind an
//! unclosed bracket, at the end of the text. So the usual mistakes are looked for first.

use super::{Problem, SyntaxError, comments, line_column, lines};

/// The problem of a text that the parser refuses.
pub(super) fn problem(text: &str, error: &serde_yaml::Error) -> Problem {
    let (line, column) = error.location().map_or((1, 1), |at| (at.line().max(1), at.column().max(1)));
    let whole = error.to_string();
    // The diagnostic shows the position itself.
    let message = whole.split(" at line ").next().unwrap_or(&whole).to_owned();
    // A duplicate key is reported at its second line.
    if let Some(key) = message.strip_prefix("duplicate entry with key ") {
        let key = key.trim_matches('"');
        let second = lines(text, 0).filter(|(_, line)| is_key(line, key)).nth(1);
        let (line, column) = second.map_or((line, column), |(at, _)| line_column(text, at));
        return Problem::Syntax(SyntaxError::DuplicateKey(key.to_owned()), line, column);
    }
    if let Some((line, column)) = tab(text, line, &message) {
        return Problem::Syntax(SyntaxError::Tab, line, column);
    }
    if let Some(lost) = comments::lost_texts(text).into_iter().find(|lost| lost.in_brackets) {
        let (line, column) = lost.place;
        return Problem::Syntax(SyntaxError::CommentInBrackets, line, column);
    }
    if let Some(at) = open_bracket(text) {
        let (line, column) = line_column(text, at);
        let bracket = char::from(text.as_bytes()[at]);
        return Problem::Syntax(SyntaxError::OpenBracket(bracket), line, column);
    }
    // An unclosed quote is reported where it opens, not at the end of the text.
    let opened = whole.split_once("while scanning a quoted scalar at line ").and_then(|(_, rest)| {
        let (line, rest) = rest.split_once(" column ")?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        Some((line.parse().ok()?, digits.parse().ok()?))
    });
    if let Some((line, column)) = opened {
        return Problem::Syntax(SyntaxError::OpenQuote, line, column);
    }
    // Some messages contain only an offset.
    let offset = message.split_once(" at position ").and_then(|(words, position)| {
        let digits = position.split(|c: char| !c.is_ascii_digit()).next()?;
        Some((words.to_owned(), digits.parse::<usize>().ok()?))
    });
    if let Some((words, offset)) = offset {
        let (line, column) = line_column(text, offset);
        return Problem::Syntax(SyntaxError::Parser(words), line, column);
    }
    Problem::Syntax(SyntaxError::Parser(message), line, column)
}

/// Whether a line starts with a key, in quotes or not.
fn is_key(line: &str, key: &str) -> bool {
    let bare = line.trim_start().trim_start_matches(['"', '\'']);
    bare.strip_prefix(key)
        .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
}

/// Line and column of a tab that indents a line, at the line where the parser gave up or next to it.
fn tab(text: &str, near: usize, message: &str) -> Option<(usize, usize)> {
    let found = text.split('\n').enumerate().find_map(|(number, line)| {
        let content = line.trim_start();
        // A tab behind the `-` of a list indents as well.
        let indent = &line[..line.len() - content.trim_start_matches(['-', ' ', '\t']).len()];
        let at = indent.find('\t').filter(|_| !content.is_empty())?;
        Some((number + 1, at + 1))
    })?;
    (found.0.abs_diff(near) <= 1 || message.contains(" tab ")).then_some(found)
}

/// Offset of a `[` or `{` that begins a value and is not closed before the next key of its level.
fn open_bracket(text: &str) -> Option<usize> {
    let mut open: Option<(usize, usize)> = None;
    let mut depth = 0_usize;
    for (at, line) in lines(text, 0) {
        let indent = line.len() - line.trim_start().len();
        let start = match open {
            Some((bracket, of)) if indent <= of && begins_with_key(line.trim_start()) => {
                return Some(bracket);
            }
            Some(_) => indent,
            None => {
                let Some(value) = value_start(line) else { continue };
                if !line[value..].starts_with(['[', '{']) {
                    continue;
                }
                open = Some((at + value, indent));
                value
            }
        };
        let mut quote = None;
        for byte in line[start..].bytes() {
            match (quote, byte) {
                (Some(opened), byte) if opened == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[' | b'{') => depth += 1,
                (None, b']' | b'}') => depth = depth.saturating_sub(1),
                (None, _) => {}
            }
        }
        if depth == 0 {
            open = None;
        }
    }
    open.map(|(bracket, _)| bracket)
}

/// Whether a line begins with a bare word and a colon.
fn begins_with_key(line: &str) -> bool {
    let end = line.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(0);
    end > 0 && (line[end..].starts_with(": ") || &line[end..] == ":")
}

/// Offset in a line of the value behind `key: ` or `- `.
fn value_start(line: &str) -> Option<usize> {
    let content = line.trim_start_matches([' ', '-']);
    let indent = line.len() - content.len();
    let value = match content.find(": ") {
        Some(colon) => indent + colon + 2,
        None if indent > 0 => indent,
        None => return None,
    };
    Some(value + line[value..].len() - line[value..].trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::super::{Problem, SyntaxError, parse_mapping};

    #[test]
    fn usual_mistakes_are_reported_where_they_are() {
        for (text, reason, place) in [
            ("title: A\ntags: [a, b\ndate: 2026-01-01\nslug: x\n", SyntaxError::OpenBracket('['), (2, 7)),
            ("tags: [a, b\n", SyntaxError::OpenBracket('['), (1, 7)),
            ("title: A\nextra: {a: 1\n", SyntaxError::OpenBracket('{'), (2, 8)),
            ("tags: [\n  a,\n  b\nslug: x\n", SyntaxError::OpenBracket('['), (1, 7)),
            ("title: A\nextra:\n\tnote: b\n", SyntaxError::Tab, (3, 1)),
            ("tags:\n  - a\n\t- b\n", SyntaxError::Tab, (3, 1)),
            ("tags: [a, #b]\ntitle: A\n", SyntaxError::CommentInBrackets, (1, 11)),
            ("tags: [#b, c]\n", SyntaxError::CommentInBrackets, (1, 8)),
            ("title: \"A\ndate: 2026-01-01\n", SyntaxError::OpenQuote, (1, 8)),
        ] {
            let expected = Problem::Syntax(reason, place.0, place.1);
            assert_eq!(parse_mapping(text), Err(expected), "{text:?}");
        }
        for text in ["tags: [a, \"b]\", c]\ntitle: A\n", "tags: [\n a,\n b\n]\ntitle: \"[x\"\n", "a:\tb\n"] {
            assert!(parse_mapping(text).is_ok(), "{text:?}");
        }
    }
}

//! JSON front matters, as Hugo (an object) and Hexo (its members, up to `;;;`) have them.

use std::borrow::Cow;
use std::ops::Range;

use crate::yaml::{Mapping, Problem, SyntaxError, Value};

/// Offset behind the object that a text begins with. `None` unless it begins with a member: `{{<` and
/// `{: .class}` are other things.
pub(super) fn end(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?.trim_start();
    if !inside.starts_with(['"', '}']) || text.starts_with("{}") {
        return None;
    }
    let mut depth = 0_usize;
    let end = Tokens { text, at: 0 }.find_map(|token| {
        match &text[token.clone()] {
            "{" | "[" => depth += 1,
            "}" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(token.end)
    });
    // What is never closed is reported as a mistake of the object.
    Some(end.unwrap_or(text.len()))
}

/// The object, with the braces that Hexo leaves out.
pub(super) fn whole(text: &str) -> Cow<'_, str> {
    match text.trim_start().starts_with('{') {
        true => text.into(),
        false => format!("{{{}}}", text.trim_end().trim_end_matches(',')).into(),
    }
}

pub(super) fn parse(text: &str) -> Result<Mapping, Problem> {
    let whole = whole(text);
    let added = usize::from(whole.len() != text.len() && !text.trim_start().starts_with('{'));
    match serde_json::from_str::<Value>(&whole) {
        Ok(Value::Mapping(mapping)) => Ok(mapping),
        Ok(other) => Err(Problem::Syntax(SyntaxError::NotAMapping(crate::yaml::kind(&other)), 1, 1)),
        Err(error) => {
            let (line, column) = (error.line().max(1), error.column().max(1));
            let column = if line == 1 { column.saturating_sub(added).max(1) } else { column };
            let message = error.to_string();
            let reason = message.split(" at line ").next().unwrap_or(&message).to_owned();
            Err(Problem::Syntax(SyntaxError::Json(reason), line, column))
        }
    }
}

/// Locates a key and its value. Items of lists have their place as the key.
pub(super) fn locate(text: &str, path: &[String]) -> Option<(Range<usize>, Range<usize>)> {
    let has_braces = text.trim_start().starts_with('{');
    let mut tokens = Tokens { text, at: 0 };
    if has_braces {
        tokens.next()?;
    }
    let mut found = None;
    for part in path {
        let (key, value) = member(text, &mut tokens, part)?;
        // Goes on behind the bracket that opens the value.
        tokens = Tokens { text, at: value.start + 1 };
        found = Some((key, value));
    }
    found
}

/// The next member or item of that name or number, among those behind an opened bracket.
fn member<'t>(text: &'t str, tokens: &mut Tokens<'t>, wanted: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut number = 0;
    loop {
        let first = tokens.next()?;
        match &text[first.clone()] {
            "}" | "]" => return None,
            "," => continue,
            _ => {}
        }
        let mut ahead = Tokens { text, at: tokens.at };
        let is_member = ahead.next().is_some_and(|token| &text[token] == ":");
        let (key, start) = match is_member {
            true => {
                *tokens = ahead;
                let value = tokens.next()?;
                (first.start + 1..first.end - 1, value)
            }
            false => (first.clone(), first),
        };
        let mut value = start.clone();
        let mut depth = usize::from(matches!(&text[start], "{" | "["));
        while depth > 0 {
            let token = tokens.next()?;
            match &text[token.clone()] {
                "{" | "[" => depth += 1,
                "}" | "]" => depth -= 1,
                _ => {}
            }
            value.end = token.end;
        }
        let is_it =
            if is_member { text.get(key.clone()) == Some(wanted) } else { number.to_string() == wanted };
        if is_it {
            return Some((key, value));
        }
        number += 1;
    }
}

/// Byte ranges of strings, signs, and words such as numbers.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.find(|c: char| !c.is_whitespace())?;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        match bytes[start] {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {}
            b'"' => {
                while end < bytes.len() && bytes[end] != b'"' {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                end = (end + 1).min(bytes.len());
            }
            _ => {
                let is_part = |byte: u8| !byte.is_ascii_whitespace() && !b"{}[],:\"".contains(&byte);
                while end < bytes.len() && is_part(bytes[end]) {
                    end += 1;
                }
            }
        }
        // A damaged escape may point into the middle of a character.
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.at = end;
        Some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_with_and_without_braces() {
        assert_eq!(parse("{\"title\": \"A\"}").unwrap()["title"], "A");
        assert_eq!(parse("\"title\": \"A\",\n\"tags\": [\"b\"],\n").unwrap()["tags"][0], "b");
        let Err(Problem::Syntax(SyntaxError::Json(_), line, _)) = parse("{\n\"a\": 1,\n}") else { panic!() };
        assert_eq!(line, 3);
        assert_eq!(end("{\n\"a\": [1, {\"b\": \"}\"}]\n}\nText }"), Some(24));
        assert_eq!((end("{{< a >}}"), end("{}"), end("text")), (None, None, None));
        for text in ["{\"a\": \"\\", "{\"a\\é", "{\"", "{ \"a\": {"] {
            assert_eq!(end(text), Some(text.len()), "{text}");
            assert!(parse(text).is_err());
            locate(text, &["a".to_owned()]);
        }
    }
}

//! `Key: value` lines before the text, as Pelican and MultiMarkdown have them.
//!
//! A value is everything behind the colon, quotes and colons included. Lines indented by four spaces
//! or more continue the one above.

use std::ops::Range;

use crate::yaml::{Mapping, Value};

/// Whether a line can stand in a block of headers or, up to a `---`, in YAML: a key, an item, or an
/// indented line.
pub(super) fn is_header(line: &str) -> bool {
    line.starts_with([' ', '\t']) || line.starts_with("- ") || line.starts_with('#') || split(line).is_some()
}

/// Splits a line into key and value.
fn split(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end().trim_matches('"');
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    // `http://…` is no header.
    let is_apart = value.is_empty() || value.starts_with([' ', '\t']);
    (is_name && is_apart).then_some((name, value.trim()))
}

/// The headers, each as a text; as a list, where it has several lines or names divided by `;`.
pub(super) fn parse(text: &str) -> Mapping {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match (line.starts_with([' ', '\t']), split(line), found.last_mut()) {
            (false, Some((name, value)), _) => {
                found.push((name, Some(value).filter(|value| !value.is_empty()).into_iter().collect()));
            }
            (_, _, Some((_, lines))) => lines.push(line.trim()),
            _ => {}
        }
    }
    let mut mapping = Mapping::new();
    for (name, lines) in found {
        let is_list = ["tags", "authors", "author", "categories", "keywords"]
            .iter()
            .any(|list| name.eq_ignore_ascii_case(list));
        let divided = lines.iter().any(|line| line.contains(';'));
        let value: Value = match lines.as_slice() {
            [] => Value::Null,
            lines if is_list && (lines.len() > 1 || divided) => {
                let words = lines.iter().flat_map(|line| line.split(if divided { ';' } else { ',' }));
                words.map(str::trim).filter(|word| !word.is_empty()).collect()
            }
            lines => lines.join(" ").into(),
        };
        mapping.insert(name.into(), value);
    }
    mapping
}

/// Headers between lines of `---`, which is no YAML as soon as a value has a colon: `Title: a: b`.
/// Only where the first key has a capital, as Pelican's have.
pub(super) fn parse_lenient(text: &str) -> Option<Mapping> {
    let capital = text.trim_start().starts_with(|c: char| c.is_ascii_uppercase());
    let simple = |line: &str| line.trim().is_empty() || line.starts_with("    ") || split(line).is_some();
    (capital && text.lines().all(simple)).then(|| parse(text))
}

/// Locates a header whose key has blanks before its colon, or another case.
pub(super) fn locate(text: &str, path: &[String]) -> Option<(Range<usize>, Range<usize>)> {
    let [wanted] = path else { return None };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some((name, value)) =
            split(line.trim_end()).filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
        {
            let key = at + line.find(name)?;
            let behind = line.find(':')? + 1;
            let start = at + behind + line[behind..].find(value)?;
            return Some((key..key + name.len(), start..start + value.len()));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_texts() {
        let text = "Title: Un : deux\ndate : 2010-12-03 10:20\nTags: a,\n    b\nAuthors: Léa; Bo, Jr.\nSummary:\n    long\n    text\nSlug:\n";
        let found = parse(text);
        assert_eq!(found["Title"], "Un : deux");
        assert_eq!(found["date"], "2010-12-03 10:20");
        assert_eq!(found["Tags"], ["a", "b"].into_iter().map(Value::from).collect::<Value>());
        assert_eq!(found["Authors"], ["Léa", "Bo, Jr."].into_iter().map(Value::from).collect::<Value>());
        assert_eq!((&found["Summary"], &found["Slug"]), (&"long text".into(), &Value::Null));
        assert!(parse_lenient("Title: a: b\nDate: 2020-01-01\n").is_some());
        assert!(parse_lenient("title: a: b\n").is_none());
    }
}

//! Syntax of citations, as in Pandoc: `[@key]`, `[see @a, p. 3; @b]`, `[-@key]`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use pingmark_core::cite_key::key_len;

use super::body::Body;

/// A citation: the sources between one pair of brackets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CiteGroup {
    /// The cited sources in order; never empty.
    pub items: Vec<CiteItem>,
    /// Place where the citation is shown.
    pub place: CitePlace,
}

/// Place where a citation is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CitePlace {
    /// In the text itself.
    Text,
    /// In a generated footnote, with a reference mark in the text.
    Note,
    /// Inside a footnote of the author's.
    InsideNote,
}

/// A source in a citation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CiteItem {
    /// Number of the reference, whose target is the key.
    pub reference: u32,
    /// Text before the source, such as `see`.
    pub prefix: Body,
    /// Text after the source, such as `p. 3`.
    pub suffix: Body,
    /// Whether the author's name is left out, because the text names them already (`-@key`).
    pub without_author: bool,
}

/// A source in a citation, as parsed from the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedCite<'t> {
    /// Key.
    pub key: &'t str,
    /// Byte offset of the key between the brackets.
    pub at: usize,
    /// Text before the source.
    pub prefix: &'t str,
    /// Text after the source.
    pub suffix: &'t str,
    /// Whether the `@` follows a `-`.
    pub without_author: bool,
}

/// Parses the text between two brackets. `None` unless each of its parts, separated by semicolons,
/// cites a source.
pub fn parse(inner: &str) -> Option<Vec<ParsedCite<'_>>> {
    if !inner.contains('@') {
        return None;
    }
    let mut at = 0;
    inner
        .split(';')
        .map(|part| {
            let parsed = parse_one(part, at);
            at += part.len() + 1;
            parsed
        })
        .collect()
}

fn parse_one(part: &str, offset: usize) -> Option<ParsedCite<'_>> {
    for (at, _) in part.match_indices('@') {
        let before = &part[..at];
        let (prefix, without_author) = match before.strip_suffix('-') {
            Some(prefix) => (prefix, true),
            None => (before, false),
        };
        // `moi@example.org` is an e-mail address.
        if prefix.chars().next_back().is_some_and(|c| !c.is_whitespace() && !"([«“\"'’".contains(c)) {
            continue;
        }
        let rest = &part[at + 1..];
        let (key, suffix) = rest.split_at(key_len(rest));
        if key.is_empty() {
            continue;
        }
        if is_code(prefix, suffix) {
            return None;
        }
        let suffix = suffix.trim_start();
        let suffix = suffix.strip_prefix(',').unwrap_or(suffix).trim();
        return Some(ParsedCite { key, at: offset + at + 1, prefix: prefix.trim(), suffix, without_author });
    }
    None
}

/// Whether the words around an `@key` are code, such as XPath (`[@class="x"]`), Angular
/// (`[@state]="on"`, `@Component(…)`) or CSS: a call before it, or a comparison, a call or a straight
/// quotation mark directly behind it.
fn is_code(prefix: &str, suffix: &str) -> bool {
    let behind = suffix.trim_start();
    let compares = ["=", "!=", "<", ">", "("].iter().any(|sign| behind.starts_with(sign));
    let calls = prefix.strip_suffix('(').is_some_and(|name| name.ends_with(|c: char| c.is_alphanumeric()));
    compares || calls || behind.starts_with(['"', '\'', '[', '{', '*', '|', '@'])
}

/// Whether a text may contain a citation. A quick test, so that documents without citations cost
/// nothing more.
pub fn may_occur(text: &str) -> bool {
    let mut open = 0_usize;
    let mut before = b' ';
    // The fastest test first: most documents have no `@`.
    text.contains('@')
        && text.bytes().any(|byte| {
            match byte {
                b'[' => open += 1,
                b']' => open = open.saturating_sub(1),
                // Brackets cannot span paragraphs.
                b'\n' if before == b'\n' => open = 0,
                _ => {}
            }
            before = byte;
            byte == b'@' && open > 0
        })
}

/// Whether a text ends inside an open bracket, which may become a citation.
pub fn ends_open(text: &str) -> bool {
    text.rfind('[').is_some_and(|open| !text[open..].contains(']'))
}

/// Byte range of the next innermost pair of brackets, from an offset on.
pub fn next_brackets(text: &str, from: usize) -> Option<Range<usize>> {
    let close = from + text[from..].find(']')?;
    match text[from..close].rfind('[') {
        Some(open) => Some(from + open..close + 1),
        None => next_brackets(text, close + 1),
    }
}

/// Byte offset in the source, from `from` on, at which a citation is written literally: not
/// escaped, and without escapes inside. Markers of lists and quotes at the start of lines are
/// skipped.
pub fn find_written(source: &str, from: usize, citation: &str) -> Option<usize> {
    let mut at = from;
    while let Some(found) = source.get(at..)?.find('[') {
        let start = at + found;
        if is_written_at(source, start, citation) {
            return Some(start);
        }
        at = start + 1;
    }
    None
}

/// Whether a text is written literally at an offset of the source, and not escaped by a backslash.
pub fn is_written_at(source: &str, at: usize, text: &str) -> bool {
    let slashes = source[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
    slashes % 2 == 0 && starts_literally(&source[at..], text)
}

/// Whether a source starts with a text, apart from indentation and `>` at the start of lines.
fn starts_literally(source: &str, text: &str) -> bool {
    let mut source = source;
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            let Some(next) = source.trim_start_matches([' ', '\t']).strip_prefix('\n') else { return false };
            source = next.trim_start_matches([' ', '\t', '>']);
        }
        match source.strip_prefix(line) {
            Some(rest) => source = rest,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(inner: &str) -> Option<Vec<&str>> {
        parse(inner).map(|citation| citation.into_iter().map(|cite| cite.key).collect())
    }

    #[test]
    fn citations_are_parsed_as_in_pandoc() {
        let citation = parse("voir -@apec-fiche, p. 3 ; aussi @b chap. 2").unwrap();
        let first =
            ParsedCite { key: "apec-fiche", at: 7, prefix: "voir", suffix: "p. 3", without_author: true };
        assert_eq!(citation[0], first);
        assert_eq!((citation[1].key, citation[1].prefix, citation[1].suffix), ("b", "aussi", "chap. 2"));
        assert_eq!(keys("@a;@b"), Some(vec!["a", "b"]));
        assert_eq!(keys("@a.").map(|keys| keys[0]), Some("a"));
    }

    #[test]
    fn texts_without_sources_are_no_citations() {
        for text in [
            "@class=\"x\"",
            "@id = 'x' and @b",
            "contains(@class, \"x\")",
            "@media (max-width: 10em)",
            "@Component({a})",
            "@a!=1",
            "@charset \"utf-8\"",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["", "x", "moi@example.org", "@", "@ a", "a; @b", "@a;", "voir@a", "à 3 @"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn citations_may_occur_only_between_brackets() {
        assert!(may_occur("un [@a]") && may_occur("x [voir\n@a]") && may_occur("[a] @b [@c]"));
        assert!(may_occur("[voir [a](b) et @c]") && may_occur("[voir [[a]] et @c]"));
        assert!(
            !may_occur("un@deux [a](b)")
                && !may_occur("[a] @b")
                && !may_occur("[x]")
                && !may_occur("[x\n\n@a")
        );
    }

    #[test]
    fn citations_are_found_where_they_are_written() {
        let source = "a \\[@x] b [@x] c";
        assert_eq!(find_written(source, 0, "[@x]"), Some(10));
        assert_eq!(find_written(source, 11, "[@x]"), None);
        assert_eq!(find_written("> [@a;\n> @b]", 0, "[@a;\n@b]"), Some(2));
        assert_eq!(find_written("[\\@a]", 0, "[@a]"), None);
    }

    #[test]
    fn the_innermost_brackets_count() {
        let text = "a] [b [@c] d]";
        let range = next_brackets(text, 0).unwrap();
        assert_eq!(&text[range.clone()], "[@c]");
        assert_eq!(next_brackets(text, range.end), None);
    }
}

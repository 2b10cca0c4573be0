//! Citations in Markdown, in Pandoc's notation: `[@key]`, `[voir @a, p. 3; @b]`, `[-@key]`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use pingmark_core::cite_key::key_len;

use super::body::Body;

/// What stands between one pair of brackets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CiteGroup {
    /// The sources, in the order of the text; never empty.
    pub items: Vec<CiteItem>,
    /// Where it is shown.
    pub place: CitePlace,
}

/// Where a citation is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CitePlace {
    /// In the text itself.
    Text,
    /// In a footnote of its own, to which a mark in the text leads.
    Note,
    /// In a footnote that the author wrote.
    InsideNote,
}

/// One source of a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CiteItem {
    /// The number of its reference, whose target is the key.
    pub reference: u32,
    /// The words before it, set: `voir`.
    pub prefix: Body,
    /// The words after it, set: `p. 3`.
    pub suffix: Body,
    /// Whether the author is left out, who is named in the text already.
    pub without_author: bool,
}

/// A source of a group as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<'t> {
    /// Its key.
    pub key: &'t str,
    /// Where the key stands in what was read.
    pub at: usize,
    /// The words before it.
    pub prefix: &'t str,
    /// The words after it.
    pub suffix: &'t str,
    /// Whether `-` stands before the `@`.
    pub without_author: bool,
}

/// Reads what stands between brackets; `None` unless every part between semicolons cites
/// something.
pub fn read(inner: &str) -> Option<Vec<Written<'_>>> {
    if !inner.contains('@') {
        return None;
    }
    let mut at = 0;
    inner
        .split(';')
        .map(|part| {
            let found = read_one(part, at);
            at += part.len() + 1;
            found
        })
        .collect()
}

fn read_one(part: &str, offset: usize) -> Option<Written<'_>> {
    part.match_indices('@').find_map(|(at, _)| {
        let before = &part[..at];
        let (prefix, without_author) = match before.strip_suffix('-') {
            Some(prefix) => (prefix, true),
            None => (before, false),
        };
        // `moi@example.org` is an address of mail.
        if prefix.chars().next_back().is_some_and(|c| !c.is_whitespace() && !"([«“\"'’".contains(c)) {
            return None;
        }
        let rest = &part[at + 1..];
        let (key, suffix) = rest.split_at(key_len(rest));
        let suffix = suffix.trim_start();
        let suffix = suffix.strip_prefix(',').unwrap_or(suffix).trim();
        (!key.is_empty()).then(|| Written {
            key,
            at: offset + at + 1,
            prefix: prefix.trim(),
            suffix,
            without_author,
        })
    })
}

/// Whether a text may hold a citation at all: the one question that a document without any has
/// to answer.
pub fn occurs(text: &str) -> bool {
    let mut open = 0_usize;
    let mut before = b' ';
    // Most documents have no `@`, and that is found out fastest.
    text.contains('@')
        && text.bytes().any(|byte| {
            match byte {
                b'[' => open += 1,
                b']' => open = open.saturating_sub(1),
                // Brackets end with their paragraph.
                b'\n' if before == b'\n' => open = 0,
                _ => {}
            }
            before = byte;
            byte == b'@' && open > 0
        })
}

/// Whether a text ends inside brackets that may become a citation.
pub fn is_open(text: &str) -> bool {
    text.rfind('[').is_some_and(|open| !text[open..].contains(']'))
}

/// The next pair of brackets without others inside it, from a place on.
pub fn next_brackets(text: &str, from: usize) -> Option<Range<usize>> {
    let close = from + text[from..].find(']')?;
    match text[from..close].rfind('[') {
        Some(open) => Some(from + open..close + 1),
        None => next_brackets(text, close + 1),
    }
}

/// Where a group stands in the source, from a place on, as it was written: not behind a
/// backslash, and without escapes in it. What begins a line of a list or a quote is passed over.
pub fn find_written(source: &str, from: usize, group: &str) -> Option<usize> {
    let mut at = from;
    while let Some(found) = source.get(at..)?.find('[') {
        let start = at + found;
        if stands_at(source, start, group) {
            return Some(start);
        }
        at = start + 1;
    }
    None
}

/// Whether a text stands at a place of the source as it was written.
pub fn stands_at(source: &str, at: usize, text: &str) -> bool {
    let slashes = source[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
    slashes % 2 == 0 && is_same(&source[at..], text)
}

/// Whether a source begins with a text, but for what stands at the beginning of its lines.
fn is_same(source: &str, text: &str) -> bool {
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
        read(inner).map(|group| group.into_iter().map(|written| written.key).collect())
    }

    #[test]
    fn groups_are_read_as_pandoc_does() {
        let group = read("voir -@apec-fiche, p. 3 ; aussi @b chap. 2").unwrap();
        let first =
            Written { key: "apec-fiche", at: 7, prefix: "voir", suffix: "p. 3", without_author: true };
        assert_eq!(group[0], first);
        assert_eq!((group[1].key, group[1].prefix, group[1].suffix), ("b", "aussi", "chap. 2"));
        assert_eq!(keys("@a;@b"), Some(vec!["a", "b"]));
        assert_eq!(keys("@a.").map(|keys| keys[0]), Some("a"));
    }

    #[test]
    fn what_cites_nothing_is_text() {
        for text in ["", "x", "moi@example.org", "@", "@ a", "a; @b", "@a;", "voir@a", "à 3 @"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_citation_is_suspected_only_between_brackets() {
        assert!(occurs("un [@a]") && occurs("x [voir\n@a]") && occurs("[a] @b [@c]"));
        assert!(occurs("[voir [a](b) et @c]") && occurs("[voir [[a]] et @c]"));
        assert!(!occurs("un@deux [a](b)") && !occurs("[a] @b") && !occurs("[x]") && !occurs("[x\n\n@a"));
    }

    #[test]
    fn groups_are_found_where_they_were_written() {
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

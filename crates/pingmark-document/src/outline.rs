//! Headings: unique, stable ids, and the table of contents.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::FastHash;
use pingmark_core::slug::slugify;

/// A heading of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Level, 1 to 6.
    pub level: u8,
    /// Id of the element, unique in the document.
    pub id: String,
    /// Text without markup.
    pub text: String,
}

/// Ids that articles have in the built-in themes, which no heading may have.
const PAGE_IDS: [&str; 5] = ["main", "pings", "related", "replies", "sources"];
/// Starts of ids that the program gives to footnotes and sources, followed by numbers.
const NUMBERED_IDS: [&str; 4] = ["fn-", "fnref-", "cite-", "citeref-"];

/// Assigns ids to headings, each only once.
#[derive(Debug, Default)]
pub struct HeadingIds {
    /// Ids that headings wanted and did not get, because the page has them, each with the one that the
    /// first of these headings got.
    pub moved: Vec<(String, String)>,
    taken: HashSet<String, FastHash>,
    /// Last suffix tried for each id, so that a thousand equal headings do not each try all
    /// suffixes.
    suffixes: HashMap<String, usize, FastHash>,
}

impl HeadingIds {
    /// Assigns an id: the one given by the author, else the slug of the heading's text. An id that
    /// is taken gets a suffix `-1`, `-2`…
    pub fn assign(&mut self, given: Option<&str>, text: &str) -> String {
        let wanted = match given.map(str::trim).filter(|id| !id.is_empty()) {
            Some(id) => id.split_whitespace().collect::<Vec<_>>().join("-"),
            None => slugify(text),
        };
        let wanted = if wanted.is_empty() { "section".to_owned() } else { wanted };
        let is_reserved = Self::is_reserved(&wanted);
        let base = if is_reserved { format!("{wanted}-1") } else { wanted.clone() };
        let mut id = base.clone();
        let suffix = self.suffixes.entry(base.clone()).or_default();
        while !self.taken.insert(id.clone()) {
            *suffix += 1;
            id = format!("{base}-{suffix}");
        }
        if is_reserved && id == base {
            self.moved.push((wanted, id.clone()));
        }
        id
    }

    /// Takes the ids of elements in HTML inside Markdown.
    pub fn take(&mut self, ids: impl IntoIterator<Item = String>) {
        self.taken.extend(ids);
    }

    /// Whether the page itself may have an id.
    pub fn is_reserved(id: &str) -> bool {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let numbered = NUMBERED_IDS.iter().find_map(|start| id.strip_prefix(start));
        // The second place and those after it have numbers of their own: `fnref-1-2`.
        let is_numbered = |rest: &str| match rest.split_once('-') {
            Some((number, place)) => is_number(number) && is_number(place) && place != "1",
            None => is_number(rest),
        };
        PAGE_IDS.contains(&id) || numbered.is_some_and(is_numbered)
    }
}

/// An entry of the table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TocEntry<'a> {
    /// The heading.
    pub heading: &'a Heading,
    /// The headings below it.
    pub children: Vec<TocEntry<'a>>,
}

/// The headings as a tree: the children of a heading are the deeper ones that follow it. Skipped
/// levels do not matter.
pub fn tree(headings: &[Heading]) -> Vec<TocEntry<'_>> {
    // Entries that may still get children, outermost first.
    let mut open: Vec<TocEntry<'_>> = Vec::new();
    let mut done: Vec<TocEntry<'_>> = Vec::new();
    for heading in headings {
        while open.last().is_some_and(|entry| entry.heading.level >= heading.level) {
            close(&mut open, &mut done);
        }
        open.push(TocEntry { heading, children: Vec::new() });
    }
    while !open.is_empty() {
        close(&mut open, &mut done);
    }
    done
}

/// Moves the innermost open entry to its parent, or to `done` if it has none.
fn close<'a>(open: &mut Vec<TocEntry<'a>>, done: &mut Vec<TocEntry<'a>>) {
    if let Some(entry) = open.pop() {
        match open.last_mut() {
            Some(parent) => parent.children.push(entry),
            None => done.push(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_ascii() {
        let mut ids = HeadingIds::default();
        assert_eq!(ids.assign(None, "L’été"), "l-ete");
        assert_eq!(ids.assign(None, "L’été"), "l-ete-1");
        assert_eq!(ids.assign(Some("l-ete-1"), ""), "l-ete-1-1");
        assert_eq!(ids.assign(None, "???"), "section");
    }

    #[test]
    fn ids_of_the_page_are_left_to_it() {
        let mut ids = HeadingIds::default();
        ids.take(["intro".to_owned()]);
        for (given, text, id) in [
            (None, "Sources", "sources-1"),
            (None, "Sources", "sources-1-1"),
            (Some("main"), "Texte", "main-1"),
            (None, "Cite 1", "cite-1-1"),
            (None, "fnref 2", "fnref-2-1"),
            (None, "fnref 2", "fnref-2-1-1"),
            (None, "fnref 2-3", "fnref-2-3-1"),
            (None, "Cite", "cite"),
            (None, "Cite un", "cite-un"),
            (None, "Intro", "intro-1"),
        ] {
            assert_eq!(ids.assign(given, text), id);
        }
        let moved = |wanted: &str, id: &str| (wanted.to_owned(), id.to_owned());
        assert_eq!(ids.moved[..2], [moved("sources", "sources-1"), moved("main", "main-1")]);
    }

    #[test]
    fn deeper_headings_are_children() {
        let heading = |level, id: &str| Heading { level, id: id.into(), text: id.into() };
        let headings = [heading(3, "a"), heading(2, "b"), heading(4, "c"), heading(3, "d"), heading(2, "e")];
        let shape: Vec<_> = tree(&headings)
            .iter()
            .map(|entry| {
                (
                    entry.heading.id.clone(),
                    entry.children.iter().map(|c| c.heading.id.clone()).collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(
            shape,
            [("a".into(), vec![]), ("b".into(), vec!["c".to_owned(), "d".into()]), ("e".into(), vec![])]
        );
    }
}

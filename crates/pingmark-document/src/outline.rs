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

/// Assigns ids to headings, each only once.
#[derive(Debug, Default)]
pub struct HeadingIds {
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
        let mut id = wanted.clone();
        let suffix = self.suffixes.entry(wanted.clone()).or_default();
        while !self.taken.insert(id.clone()) {
            *suffix += 1;
            id = format!("{wanted}-{suffix}");
        }
        id
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

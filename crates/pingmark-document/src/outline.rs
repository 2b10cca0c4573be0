//! Headings: ids that are unique and stay the same, and the table of contents.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::FastHash;
use pingmark_core::slug::slugify;

/// A heading of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its id, unique in the document.
    pub id: String,
    /// Its words, without markup.
    pub text: String,
}

/// Gives out ids, none twice.
#[derive(Debug, Default)]
pub struct Ids {
    taken: HashSet<String, FastHash>,
    /// How often each id was wanted: so that a thousand like headings are not tried in turn.
    wanted: HashMap<String, usize, FastHash>,
}

impl Ids {
    /// The id of a heading: the one its author gave, else its words as a slug; a repeated one
    /// gets `-1`, `-2`…
    pub fn assign(&mut self, given: Option<&str>, text: &str) -> String {
        let wanted = match given.map(str::trim).filter(|id| !id.is_empty()) {
            Some(id) => id.split_whitespace().collect::<Vec<_>>().join("-"),
            None => slugify(text),
        };
        let wanted = if wanted.is_empty() { "section".to_owned() } else { wanted };
        let mut id = wanted.clone();
        let count = self.wanted.entry(wanted.clone()).or_default();
        while !self.taken.insert(id.clone()) {
            *count += 1;
            id = format!("{wanted}-{count}");
        }
        id
    }
}

/// An entry of the table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The heading.
    pub heading: &'a Heading,
    /// The headings below it.
    pub children: Vec<Entry<'a>>,
}

/// The headings as a tree: a heading holds the deeper ones that follow it. Levels that are
/// skipped do not matter.
pub fn tree(headings: &[Heading]) -> Vec<Entry<'_>> {
    // Entries still open, outermost first; each closes into the one before it.
    let mut open: Vec<Entry<'_>> = Vec::new();
    let mut done: Vec<Entry<'_>> = Vec::new();
    for heading in headings {
        while open.last().is_some_and(|entry| entry.heading.level >= heading.level) {
            close(&mut open, &mut done);
        }
        open.push(Entry { heading, children: Vec::new() });
    }
    while !open.is_empty() {
        close(&mut open, &mut done);
    }
    done
}

fn close<'a>(open: &mut Vec<Entry<'a>>, done: &mut Vec<Entry<'a>>) {
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
        let mut ids = Ids::default();
        assert_eq!(ids.assign(None, "L’été"), "l-ete");
        assert_eq!(ids.assign(None, "L’été"), "l-ete-1");
        assert_eq!(ids.assign(Some("l-ete-1"), ""), "l-ete-1-1");
        assert_eq!(ids.assign(None, "???"), "section");
    }

    #[test]
    fn deeper_headings_stand_below() {
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

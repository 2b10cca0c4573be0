//! The words around a citation, as a reader of the citing article sees them.

use std::borrow::Cow;

use super::{Graph, PageId, Resolved};

/// A passage with the titles in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quote<'a> {
    /// About a hundred characters before the link, cut at a word.
    pub before: Cow<'a, str>,
    /// The words of the link.
    pub words: &'a str,
    /// About a hundred characters after it.
    pub after: Cow<'a, str>,
    /// Whether there was more before.
    pub cut_before: bool,
    /// Whether there was more after.
    pub cut_after: bool,
}

impl Graph {
    /// The passage around a reference of a page.
    pub fn quote(&self, from: PageId, reference: u32) -> Quote<'_> {
        let title = |number: u32| match self.resolved[from.index()].get(number as usize)? {
            Resolved::Page(to, _) => Some(self.page(*to).summary.title.as_str()),
            _ => None,
        };
        let cited = &self.page(from).summary.references[reference as usize];
        let passage = &cited.passage;
        let own_title = if cited.shows_title() { title(reference) } else { None };
        Quote {
            before: passage.before(title),
            words: own_title.unwrap_or(passage.text()),
            after: passage.after(title),
            cut_before: passage.cut_before,
            cut_after: passage.cut_after,
        }
    }
}

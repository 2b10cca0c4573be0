//! The views of what a page's script searches in: small files, of which a search needs few.

use std::collections::HashMap;

use super::{Card, Gaze};
use crate::fingerprint::PrintState;
use crate::graph::PageId;
use crate::plan::search::{PAGES, drawers};

/// How the files of a language are cut.
#[derive(Debug, Hash)]
pub struct SearchView {
    /// How many pages can be found.
    pub pages: usize,
    /// Into how many files their words are sorted.
    pub drawers: usize,
    /// How many pages are described in one file.
    pub together: usize,
}

/// The words of a drawer: each with its places, by page.
#[derive(Debug, Hash)]
pub struct WordsView<'a>(pub Vec<(&'a str, Vec<u32>)>);

/// That a word stands on a page, and with which weight: as one number, of which a large blog has
/// millions.
pub fn place(page: usize, weight: u8) -> u32 {
    (page as u32) << 8 | u32::from(weight)
}

/// The page's number and the word's weight there.
pub fn parts(place: u32) -> (u32, u32) {
    (place >> 8, place & 0xff)
}

/// Pages as results show them, in the order of their numbers.
#[derive(Debug, Hash)]
pub struct FoundView<'a>(pub Vec<&'a Card<'a>>);

impl<'a> Gaze<'a> {
    fn searched(&self, lang: &str) -> &'a [PageId] {
        self.graph.order.searched.get(lang).map_or(&[], Vec::as_slice)
    }

    pub(super) fn search(&self, lang: &str) -> SearchView {
        let pages = self.searched(lang).len();
        SearchView { pages, drawers: drawers(pages), together: PAGES }
    }

    pub(super) fn words(&self, lang: &str, drawer: usize) -> WordsView<'a> {
        let pages = self.searched(lang);
        let step = drawers(pages.len());
        self.seen_drawer.set(Some((drawer as u16, step as u16)));
        let mut words: HashMap<&'a str, Vec<u32>, PrintState> = HashMap::default();
        for (number, id) in pages.iter().enumerate() {
            let terms = &self.documents[self.graph.page(*id).document].terms;
            for (word, weight) in terms.of_drawers(drawer, step) {
                words.entry(word).or_default().push(place(number, weight));
            }
        }
        let mut words: Vec<_> = words.into_iter().collect();
        words.sort_unstable_by_key(|(word, _)| *word);
        WordsView(words)
    }

    pub(super) fn found(&self, lang: &str, part: usize) -> FoundView<'a> {
        let pages = self.searched(lang).chunks(PAGES).nth(part).unwrap_or(&[]);
        FoundView(self.card_list(pages))
    }
}

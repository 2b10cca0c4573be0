//! The views of what a page's script searches in: small files, of which a search needs few.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::fingerprint::FastHash;
use pingmark_document::Document;
use pingmark_site::graph::{Graph, PageId};
use pingmark_site::plan::search::{PAGES_PER_FILE, shard_count};

use super::{Dependency, TeaserView, ViewBuilder};

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
pub struct WordsView<'a>(pub Cow<'a, [Found<'a>]>);

/// A word and its places.
pub type Found<'a> = (&'a str, Vec<u32>);

/// That a word stands on a page, and with which weight: as one number, of which a large blog has
/// millions.
pub fn place(page: usize, weight: u8) -> u32 {
    (page as u32) << 8 | u32::from(weight)
}

/// The page's number and the word's weight there.
pub fn parts(place: u32) -> (u32, u32) {
    (place >> 8, place & 0xff)
}

/// The words of all drawers of all languages, for when most of them are asked for: then one look
/// at each document serves them all.
#[derive(Debug, Default)]
pub struct IndexShards<'a> {
    /// By language, the drawers in their order.
    languages: HashMap<&'a str, Vec<Vec<Found<'a>>>>,
}

impl<'a> IndexShards<'a> {
    /// Sorts the words of all documents that can be found.
    pub fn of(graph: &'a Graph, documents: &'a [Arc<Document>]) -> Self {
        let languages = graph.order.searchable.iter().map(|(lang, pages)| {
            let step = shard_count(pages.len());
            // Each thread looks at all documents, and at some drawers in each.
            let threads = rayon::current_num_threads().next_power_of_two().min(step);
            let mut parts: Vec<Vec<Vec<Found<'a>>>> = (0..threads)
                .into_par_iter()
                .map(|first| gathered(graph, documents, pages, first, threads, step))
                .collect();
            let all = (0..step).map(|drawer| std::mem::take(&mut parts[drawer % threads][drawer / threads]));
            (lang.as_str(), all.collect())
        });
        Self { languages: languages.collect() }
    }
}

/// The words of the drawers `first`, `first + by`…, out of so many.
fn gathered<'a>(
    graph: &Graph,
    documents: &'a [Arc<Document>],
    pages: &[PageId],
    first: usize,
    by: usize,
    drawers: usize,
) -> Vec<Vec<Found<'a>>> {
    let mut words: Vec<HashMap<&'a str, Vec<u32>, FastHash>> = Vec::new();
    words.resize_with(drawers / by, HashMap::default);
    for (number, id) in pages.iter().enumerate() {
        let terms = &documents[graph.page(*id).document].search_words;
        for (word, weight) in terms.in_shards(first, by) {
            let drawer = pingmark_document::search::shard(word) % drawers;
            words[drawer / by].entry(word).or_default().push(place(number, weight));
        }
    }
    words.into_iter().map(sorted).collect()
}

fn sorted<'a>(words: HashMap<&'a str, Vec<u32>, FastHash>) -> Vec<Found<'a>> {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_unstable_by_key(|(word, _)| *word);
    words
}

/// Pages as results show them, in the order of their numbers.
#[derive(Debug, Hash)]
pub struct FoundView<'a>(pub Vec<&'a TeaserView<'a>>);

impl<'a> ViewBuilder<'a> {
    fn searched(&self, lang: &str) -> &'a [PageId] {
        self.graph.order.searchable.get(lang).map_or(&[], Vec::as_slice)
    }

    pub(super) fn search(&self, lang: &str) -> SearchView {
        let pages = self.searched(lang).len();
        SearchView { pages, drawers: shard_count(pages), together: PAGES_PER_FILE }
    }

    pub(super) fn words(&self, lang: &str, drawer: usize) -> WordsView<'a> {
        let pages = self.searched(lang);
        let step = shard_count(pages.len());
        self.uses(Dependency::Shard(drawer as u16, step as u16));
        let all = self.drawers.and_then(|all| all.languages.get(lang)?.get(drawer));
        if let Some(words) = all {
            return WordsView(words.into());
        }
        let mut own = gathered(self.graph, self.documents, pages, drawer, step, step);
        WordsView(own.pop().unwrap_or_default().into())
    }

    pub(super) fn found(&self, lang: &str, part: usize) -> FoundView<'a> {
        let pages = self.searched(lang).chunks(PAGES_PER_FILE).nth(part).unwrap_or(&[]);
        FoundView(self.card_list(pages))
    }
}

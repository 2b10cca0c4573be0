//! Views of the search index: small files, of which a search loads few.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::fingerprint::FastHash;
use pingmark_document::Document;
use pingmark_site::graph::{Graph, PageId};
use pingmark_site::plan::search::{PAGES_PER_FILE, shard_count};

use super::{Dependency, TeaserView, ViewBuilder};

/// Dimensions of the search index of a language.
#[derive(Debug, Hash)]
pub struct SearchView {
    /// Number of pages.
    pub pages: usize,
    /// Number of shards of words.
    pub shards: usize,
    /// Number of pages in one result file.
    pub pages_per_file: usize,
}

/// Shard of words, sorted.
#[derive(Debug, Hash)]
pub struct WordsView<'a>(pub Cow<'a, [Found<'a>]>);

/// Word with its occurrences, as [`pack`] makes them, by page.
pub type Found<'a> = (&'a str, Vec<u32>);

/// Packs the number of a page and the weight of a word there into one number: a large blog has millions.
pub fn pack(page: usize, weight: u8) -> u32 {
    (page as u32) << 8 | u32::from(weight)
}

/// Number of the page and weight of the word, from [`pack`].
pub fn unpack(occurrence: u32) -> (u32, u32) {
    (occurrence >> 8, occurrence & 0xff)
}

/// Words of all shards of all languages, sorted in one pass over the documents. Worthwhile if most
/// shards will be viewed.
#[derive(Debug, Default)]
pub struct IndexShards<'a> {
    /// Shards in their order, by language code.
    languages: HashMap<&'a str, Vec<Vec<Found<'a>>>>,
}

impl<'a> IndexShards<'a> {
    /// Sorts the words of all searchable documents.
    pub fn of(graph: &'a Graph, documents: &'a [Arc<Document>]) -> Self {
        let languages = graph.order.searchable.iter().map(|(lang, pages)| {
            let step = shard_count(pages.len());
            // Each thread reads all documents, and some shards of each.
            let threads = rayon::current_num_threads().next_power_of_two().min(step);
            let mut parts: Vec<Vec<Vec<Found<'a>>>> = (0..threads)
                .into_par_iter()
                .map(|first| gathered(graph, documents, pages, first, threads, step))
                .collect();
            let all = (0..step).map(|shard| std::mem::take(&mut parts[shard % threads][shard / threads]));
            (lang.as_str(), all.collect())
        });
        Self { languages: languages.collect() }
    }
}

/// Words of the shards `first`, `first + by`…, of `shards` in all.
fn gathered<'a>(
    graph: &Graph,
    documents: &'a [Arc<Document>],
    pages: &[PageId],
    first: usize,
    by: usize,
    shards: usize,
) -> Vec<Vec<Found<'a>>> {
    let mut words: Vec<HashMap<&'a str, Vec<u32>, FastHash>> = Vec::new();
    words.resize_with(shards / by, HashMap::default);
    for (number, id) in pages.iter().enumerate() {
        let terms = &documents[graph.page(*id).document].search_words;
        for (word, weight) in terms.in_shards(first, by) {
            let shard = pingmark_document::search::shard(word) % shards;
            words[shard / by].entry(word).or_default().push(pack(number, weight));
        }
    }
    words.into_iter().map(sorted).collect()
}

fn sorted<'a>(words: HashMap<&'a str, Vec<u32>, FastHash>) -> Vec<Found<'a>> {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_unstable_by_key(|(word, _)| *word);
    words
}

/// Pages of a result file, in the order of their numbers.
#[derive(Debug, Hash)]
pub struct FoundView<'a>(pub Vec<&'a TeaserView<'a>>);

impl<'a> ViewBuilder<'a> {
    fn searched(&self, lang: &str) -> &'a [PageId] {
        self.graph.order.searchable.get(lang).map_or(&[], Vec::as_slice)
    }

    pub(super) fn search(&self, lang: &str) -> SearchView {
        let pages = self.searched(lang).len();
        SearchView { pages, shards: shard_count(pages), pages_per_file: PAGES_PER_FILE }
    }

    pub(super) fn words(&self, lang: &str, shard: usize) -> WordsView<'a> {
        let pages = self.searched(lang);
        let step = shard_count(pages.len());
        self.uses(Dependency::Shard(shard as u16, step as u16));
        let all = self.shards.and_then(|all| all.languages.get(lang)?.get(shard));
        if let Some(words) = all {
            return WordsView(words.into());
        }
        let mut own = gathered(self.graph, self.documents, pages, shard, step, step);
        WordsView(own.pop().unwrap_or_default().into())
    }

    pub(super) fn found(&self, lang: &str, part: usize) -> FoundView<'a> {
        let pages = self.searched(lang).chunks(PAGES_PER_FILE).nth(part).unwrap_or(&[]);
        FoundView(self.teasers(pages))
    }
}

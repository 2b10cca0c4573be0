//! Values that many pages show, each made once.

use std::sync::OnceLock;

use tera::Value;

use pingmark_site::graph::{Graph, PageId, TermId};

/// Values of teasers and terms, made on first use and shared by all pages.
#[derive(Debug)]
pub struct ValueCache {
    teasers: Slots,
    /// Entries of articles that cite a work once, as nearly all do.
    citing: Slots,
    terms: Slots,
}

type Slots = Box<[OnceLock<Value>]>;

impl ValueCache {
    /// Empty cache for the pages and terms of a graph.
    pub fn new(graph: &Graph) -> Self {
        let slots = |count: usize| (0..count).map(|_| OnceLock::new()).collect();
        Self {
            teasers: slots(graph.pages.len()),
            citing: slots(graph.pages.len()),
            terms: slots(graph.taxonomies.terms.len()),
        }
    }

    pub(super) fn teaser(&self, id: PageId, make: impl FnOnce() -> Value) -> Value {
        self.teasers[id.index()].get_or_init(make).clone()
    }

    pub(super) fn term(&self, id: TermId, make: impl FnOnce() -> Value) -> Value {
        self.terms[id.index()].get_or_init(make).clone()
    }

    /// Entry of an article that cites a work `count` times.
    pub(super) fn citing(&self, id: PageId, count: usize, make: impl FnOnce(usize) -> Value) -> Value {
        match count {
            1 => self.citing[id.index()].get_or_init(|| make(1)).clone(),
            _ => make(count),
        }
    }
}

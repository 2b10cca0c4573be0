//! The titles of documents, for names that lead nowhere else.

use std::sync::atomic::{AtomicBool, Ordering};

/// The titles of all documents, by their numbers. A graph needs them only for an article that is
/// called by its title, or whose file has no name to make an address of. Whether it did is noted:
/// while it did not, other titles make the same graph.
#[derive(Debug)]
pub struct Titles<'a> {
    all: Vec<&'a str>,
    were_asked: AtomicBool,
}

impl<'a> Titles<'a> {
    /// The titles, in the order of the documents.
    pub fn new(all: Vec<&'a str>) -> Self {
        Self { all, were_asked: AtomicBool::new(false) }
    }

    /// The title of a document.
    pub fn of(&self, document: usize) -> &'a str {
        self.were_asked.store(true, Ordering::Relaxed);
        self.all[document]
    }

    /// Whether any was asked for.
    pub fn were_asked(&self) -> bool {
        self.were_asked.load(Ordering::Relaxed)
    }
}

//! Words around a citation, as readers of the citing article see them.

use std::borrow::Cow;
use std::sync::Arc;

use pingmark_document::Document;
use pingmark_site::graph::{Graph, PageId, Resolved};

/// Words around a link, with titles filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quote<'a> {
    /// About a hundred characters before the link, cut at a word.
    pub before: Cow<'a, str>,
    /// Text of the link.
    pub words: &'a str,
    /// About a hundred characters after it.
    pub after: Cow<'a, str>,
    /// Whether `before` was cut.
    pub cut_before: bool,
    /// Whether `after` was cut.
    pub cut_after: bool,
}

impl<'a> Quote<'a> {
    /// Words around a reference of a page.
    pub fn of(graph: &'a Graph, documents: &'a [Arc<Document>], from: PageId, reference: u32) -> Self {
        let title = |page: PageId| documents[graph.page(page).document].teaser.title.as_str();
        Self::with_titles(graph, documents, from, reference, title)
    }

    /// Words around a reference, with titles from the caller, who records what is read.
    pub(super) fn with_titles(
        graph: &'a Graph,
        documents: &'a [Arc<Document>],
        from: PageId,
        reference: u32,
        title: impl Fn(PageId) -> &'a str,
    ) -> Self {
        let page = graph.page(from);
        let title = |number: u32| match graph.resolved[from.index()].get(number as usize)? {
            Resolved::Page(to, _) => Some(title(*to)),
            _ => None,
        };
        let cited = &page.summary.references[reference as usize];
        let passage = &documents[page.document].passages[reference as usize];
        let own_title = if cited.shows_title() { title(reference) } else { None };
        Self {
            before: passage.before(title),
            words: own_title.unwrap_or(&cited.words),
            after: passage.after(title),
            cut_before: passage.cut_before,
            cut_after: passage.cut_after,
        }
    }
}

//! Words around a citation, as readers of the citing article see them.

use std::borrow::Cow;
use std::sync::Arc;

use pingmark_core::config::CiteStyle;
use pingmark_document::{Document, ReferenceKind};
use pingmark_site::graph::{Graph, PageId, Resolved};

/// Words around a link, with titles filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quote<'a> {
    /// About a hundred characters before the link, cut at a word.
    pub before: Cow<'a, str>,
    /// Text of the link; for a citation, the number that stands in its place, or an ellipsis.
    pub words: Cow<'a, str>,
    /// About a hundred characters after it.
    pub after: Cow<'a, str>,
    /// Whether `before` was cut.
    pub cut_before: bool,
    /// Whether `after` was cut.
    pub cut_after: bool,
}

impl<'a> Quote<'a> {
    /// Words around a reference of a page.
    pub fn of(
        graph: &'a Graph,
        documents: &'a [Arc<Document>],
        style: CiteStyle,
        from: PageId,
        reference: u32,
    ) -> Self {
        let title = |page: PageId| documents[graph.page(page).document].teaser.title.as_str();
        Self::with_titles(graph, documents, style, from, reference, title)
    }

    /// Words around a reference, with titles from the caller, who records what is read.
    pub(super) fn with_titles(
        graph: &'a Graph,
        documents: &'a [Arc<Document>],
        style: CiteStyle,
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
        let words = match cited.kind {
            ReferenceKind::Cite => cite_mark(graph, style, from, reference).into(),
            _ if cited.shows_title() => Cow::Borrowed(title(reference).unwrap_or(&cited.words)),
            _ => Cow::Borrowed(&*cited.words),
        };
        Self {
            before: passage.before(title),
            words,
            after: passage.after(title),
            cut_before: passage.cut_before,
            cut_after: passage.cut_after,
        }
    }
}

/// What the reader of the citing page sees in place of a citation: the number of the source in its list.
/// Other styles of citation show more than a passage has room for.
fn cite_mark(graph: &Graph, style: CiteStyle, from: PageId, reference: u32) -> String {
    let listed = graph.source_lists[from.index()].iter().find(|work| work.references.contains(&reference));
    match listed.and_then(|work| work.number).filter(|_| style == CiteStyle::Numbered) {
        Some(number) => format!("[{number}]"),
        None => "[…]".to_owned(),
    }
}

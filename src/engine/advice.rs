//! Advice for `check`: missing descriptions, orphans, images without alt text.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_document::{Document, ReferenceKind};
use pingmark_site::graph::{self, Graph};

/// Seconds during which nothing is said about a post that no other post cites: others take time to
/// cite it.
const MONTH: i64 = 30 * 24 * 60 * 60;

/// Advice about a site's pages.
pub(super) fn advice(graph: &Graph, documents: &[Arc<Document>], now: Timestamp) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let cited: HashMap<_, _> =
        graph.backlinks.iter().enumerate().filter(|(_, citations)| !citations.is_empty()).collect();
    for id in graph.published() {
        let page = graph.page(id);
        let summary = page.summary();
        if summary.meta.unreadable {
            continue;
        }
        if documents[page.document].teaser.description.is_none() {
            diagnostics.push(catalogue::description_missing(&summary.path));
        }
        if page.kind == graph::PageKind::Post
            && !cited.contains_key(&id.index())
            && summary.meta.date.is_none_or(|date| date.instant <= now.as_second() - MONTH)
            && graph.order.posts.values().map(Vec::len).sum::<usize>() > 1
        {
            diagnostics.push(catalogue::orphan(&summary.path));
        }
        for (number, reference) in summary.references.iter().enumerate() {
            if reference.kind == ReferenceKind::Image && reference.words.is_empty() {
                diagnostics.push(catalogue::alt_missing(
                    &summary.path,
                    Spot::Reference(number as u32),
                    &reference.target,
                ));
            }
        }
        if summary.meta.image.is_some() && summary.meta.image_alt.is_none() {
            diagnostics.push(catalogue::image_alt_missing(&summary.path));
        }
    }
    diagnostics
}

//! What belongs together and in which order: groups, orders, and the lists that sections make.

use std::collections::BTreeMap;

use pingmark_core::config::Config;
use pingmark_core::diag::Diagnostic;

use super::order::{self, DateRanks, PostOrder};
use super::taxonomy::{self, Taxonomies};
use super::{Graph, PageId, PageKind};

/// What belongs together, and in which order.
pub(super) struct Grouped {
    pub taxonomies: Taxonomies,
    pub order: PostOrder,
    pub section_lists: BTreeMap<PageId, Vec<PageId>>,
    pub diagnostics: Vec<Diagnostic>,
}

pub(super) fn grouped(graph: &Graph, config: &Config) -> Grouped {
    let mut diagnostics = Vec::new();
    let ranks = DateRanks::of(&graph.pages);
    let taxonomies = taxonomy::taxonomies(&graph.pages, &ranks, &graph.sections, config, &mut diagnostics);
    let order = order::order(&graph.pages, &ranks, &taxonomies, config);
    let section_lists = section_lists(graph, &order, config);
    Grouped { taxonomies, order, section_lists, diagnostics }
}

/// Sections that make a list of their own: not the home, not the text of a taxonomy or term.
fn section_lists(graph: &Graph, order: &PostOrder, config: &Config) -> BTreeMap<PageId, Vec<PageId>> {
    let numbered = graph.pages.iter().enumerate().filter(|(_, page)| page.kind == PageKind::Section);
    numbered
        .filter(|(_, page)| {
            let top = page.summary().name.folder.split('/').next().unwrap_or("");
            !top.is_empty() && !config.taxonomies.iter().any(|taxonomy| taxonomy.name == top)
        })
        .map(|(number, _)| PageId(number as u32))
        .map(|id| (id, listed(graph, order, id)))
        .collect()
}

/// The posts and pages of a section's folder: posts newest first, then pages by weight.
fn listed(graph: &Graph, order: &PostOrder, section: PageId) -> Vec<PageId> {
    let section = graph.page(section).summary();
    let (lang, folder) = (&section.lang, &section.name.folder);
    let inside = |id: &PageId| {
        let own = &graph.page(*id).summary().name.folder;
        own == folder || own.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    let posts = order.posts.get(lang).map_or(&[][..], Vec::as_slice);
    let mut pages: Vec<PageId> = graph
        .published()
        .filter(|id| graph.page(*id).kind == PageKind::Page && graph.page(*id).summary().lang == *lang)
        .filter(inside)
        .collect();
    pages.sort_by_key(|id| (graph.page(*id).summary().meta.weight, *id));
    posts.iter().copied().filter(inside).chain(pages).collect()
}

//! Third step of linking: taxonomies, orders of posts, and the lists of sections.

use std::collections::BTreeMap;

use pingmark_core::config::Config;
use pingmark_core::diag::Diagnostic;

use super::order::{self, DateRanks, PostOrder};
use super::placed::Placed;
use super::taxonomy::{self, Taxonomies};
use super::{Page, PageId, PageKind, published};

/// Posts grouped and ordered.
pub(super) struct Grouped {
    /// Terms with their posts.
    pub taxonomies: Taxonomies,
    /// Orders of posts.
    pub order: PostOrder,
    /// Contents of sections with a list of their own.
    pub section_lists: BTreeMap<PageId, Vec<PageId>>,
    /// Problems found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Groups and orders the posts.
pub(super) fn group(placed: &Placed, config: &Config) -> Grouped {
    let mut diagnostics = Vec::new();
    let ranks = DateRanks::of(&placed.pages);
    let taxonomies = taxonomy::taxonomies(&placed.pages, &ranks, &placed.sections, config, &mut diagnostics);
    let order = order::order(&placed.pages, &ranks, &taxonomies, config);
    let section_lists = section_lists(&placed.pages, &order, config);
    Grouped { taxonomies, order, section_lists, diagnostics }
}

/// Sections with a list of their own: not the home, nor the introduction to a taxonomy or term.
fn section_lists(pages: &[Page], order: &PostOrder, config: &Config) -> BTreeMap<PageId, Vec<PageId>> {
    let numbered = pages.iter().enumerate().filter(|(_, page)| page.kind == PageKind::Section);
    numbered
        .filter(|(_, page)| {
            let top = page.summary().name.folder.split('/').next().unwrap_or("");
            !top.is_empty() && !config.taxonomies.iter().any(|taxonomy| taxonomy.name == top)
        })
        .map(|(number, section)| (PageId(number as u32), contents(section, pages, order)))
        .collect()
}

/// Posts and pages in a section's folder and below: posts newest first, then pages by weight.
fn contents(section: &Page, pages: &[Page], order: &PostOrder) -> Vec<PageId> {
    let section = section.summary();
    let (lang, folder) = (&section.lang, &section.name.folder);
    let page = |id: &PageId| &pages[id.index()];
    let inside = |id: &PageId| {
        let own = &page(id).summary().name.folder;
        own == folder || own.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    let posts = order.posts.get(lang).map_or(&[][..], Vec::as_slice);
    let mut undated: Vec<PageId> = published(pages)
        .filter(|id| page(id).kind == PageKind::Page && page(id).summary().lang == *lang)
        .filter(inside)
        .collect();
    undated.sort_by_key(|id| (page(id).summary().meta.weight, *id));
    posts.iter().copied().filter(inside).chain(undated).collect()
}

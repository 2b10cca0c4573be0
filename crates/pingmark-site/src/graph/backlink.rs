//! Backlinks between pages of the blog, and the pings made from them.

use std::collections::BTreeMap;

use pingmark_core::config::Config;

use super::{Graph, Page, PageId, PageKind, Resolved};

/// Citation of a page by another page of the blog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlink {
    /// Citing page.
    pub from: PageId,
    /// Index of its first reference to the cited page.
    pub reference: u32,
    /// Number of its references to the cited page.
    pub count: usize,
}

impl Graph {
    /// Pings from the blog's own posts to a page. None if the page's front matter or the settings
    /// turn them off.
    pub fn own_pings(&self, id: PageId, config: &Config) -> impl Iterator<Item = &Backlink> {
        let shown = config.settings.mentions.own && self.page(id).summary.meta.mentions;
        let citing = if shown { self.backlinks[id.index()].as_slice() } else { &[] };
        citing.iter().filter(|citation| self.page(citation.from).kind == PageKind::Post)
    }
}

/// Backlinks of each page: every citing page once, ordered by date. A page does not cite itself,
/// and the texts of sections cite nothing.
pub(super) fn backlinks(pages: &[Page], resolved: &[Vec<Resolved>]) -> Vec<Vec<Backlink>> {
    let mut cited: Vec<Vec<Backlink>> = vec![Vec::new(); pages.len()];
    for (number, references) in resolved.iter().enumerate() {
        let from = PageId(number as u32);
        if pages[number].kind == PageKind::Section {
            continue;
        }
        let mut targets: BTreeMap<PageId, Backlink> = BTreeMap::new();
        for (reference, target) in references.iter().enumerate() {
            if let Resolved::Page(to, _) = target
                && *to != from
            {
                let first = Backlink { from, reference: reference as u32, count: 0 };
                targets.entry(*to).or_insert(first).count += 1;
            }
        }
        for (to, citation) in targets {
            cited[to.index()].push(citation);
        }
    }
    for citations in &mut cited {
        citations.sort_by_key(|citation| {
            (pages[citation.from.index()].date().map(|date| date.instant), citation.from)
        });
    }
    cited
}

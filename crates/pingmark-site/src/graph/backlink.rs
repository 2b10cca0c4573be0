//! Who cites whom on the blog itself: the pings of its own articles.

use std::collections::BTreeMap;

use pingmark_core::config::Config;

use super::{Graph, Page, PageId, PageKind, Resolved};

/// One article's mention of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlink {
    /// The citing page.
    pub from: PageId,
    /// Its first reference that leads here.
    pub reference: u32,
    /// How many of its references lead here.
    pub count: usize,
}

impl Graph {
    /// The blog's own articles that ping a page: the posts that cite it, unless its front matter
    /// or the config hides them.
    pub fn own_pings(&self, id: PageId, config: &Config) -> impl Iterator<Item = &Backlink> {
        let shown = config.settings.mentions.own && self.page(id).summary.meta.mentions;
        let citing = if shown { self.backlinks[id.index()].as_slice() } else { &[] };
        citing.iter().filter(|citation| self.page(citation.from).kind == PageKind::Post)
    }
}

/// Who cites each page: each citing page once, in the order of their dates. A page does not cite
/// itself, nor does the text of a list cite anything.
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

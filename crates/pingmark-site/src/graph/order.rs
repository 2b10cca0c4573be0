//! Orders of posts: by date, previous and next, within a series, by relatedness.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use pingmark_core::config::Config;

use super::taxonomy::{Taxonomies, TermId};
use super::{Graph, Page, PageId, PageKind};

/// Number of posts of each tag that are compared with a post, on each side of it in time. Bounds
/// the work on large sites; up to sixty posts per tag, all are compared.
const RELATED_WINDOW: usize = 60;

/// Orders of a site's posts. Maps are keyed by language code.
#[derive(Debug, Default)]
pub struct PostOrder {
    /// Posts of each language, newest first.
    pub posts: BTreeMap<String, Vec<PageId>>,
    /// Posts of each language's home, newest first: the pinned ones, and the others.
    pub home: BTreeMap<String, (Vec<PageId>, Vec<PageId>)>,
    /// Posts and pages of each language's search index, oldest first: a new post is added at the
    /// end and renumbers nothing.
    pub searchable: BTreeMap<String, Vec<PageId>>,
    /// Position of each page in its language's `posts`; [`NOT_A_POST`] for pages that are no post.
    position: Vec<usize>,
    /// Weight of each term for relatedness: the rarer, the heavier.
    term_weights: Vec<f64>,
}

/// Position of a page that is no post.
const NOT_A_POST: usize = usize::MAX;

/// Position of a post in its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesPosition {
    /// Series.
    pub term: TermId,
    /// Number of the post in the series, from 1.
    pub number: usize,
    /// Posts of the series, first to last.
    pub posts: Vec<PageId>,
}

/// Rank of each page in the order newest first, ties in the order of the files. Computed once, so
/// that every list is sorted by comparing integers.
pub(super) struct DateRanks(Vec<u32>);

impl DateRanks {
    pub(super) fn of(pages: &[Page]) -> Self {
        let mut newest_first: Vec<_> = pages
            .iter()
            .enumerate()
            .map(|(number, page)| (Reverse(page.date().map(|date| date.instant)), number))
            .collect();
        newest_first.sort_unstable();
        let mut ranks = vec![0; pages.len()];
        newest_first.into_iter().enumerate().for_each(|(rank, (_, number))| ranks[number] = rank as u32);
        Self(ranks)
    }

    /// Sorts pages, newest first.
    pub(super) fn sort(&self, pages: &mut [PageId]) {
        pages.sort_unstable_by_key(|id| self.0[id.index()]);
    }
}

pub(super) fn order(
    pages: &[Page],
    ranks: &DateRanks,
    taxonomies: &Taxonomies,
    config: &Config,
) -> PostOrder {
    let mut posts: BTreeMap<String, Vec<PageId>> =
        config.languages.iter().map(|language| (language.code.clone(), Vec::new())).collect();
    for (number, page) in pages.iter().enumerate().filter(|(_, page)| page.kind == PageKind::Post) {
        if let Some(own) = posts.get_mut(&page.summary().lang) {
            own.push(PageId(number as u32));
        }
    }
    let mut position = vec![NOT_A_POST; pages.len()];
    let mut home = BTreeMap::new();
    for (lang, own) in &mut posts {
        ranks.sort(own);
        own.iter().enumerate().for_each(|(at, id)| position[id.index()] = at);
        let parted = own.iter().partition(|id| pages[id.index()].summary().meta.pinned);
        home.insert(lang.clone(), parted);
    }
    let total = posts.values().map(Vec::len).sum::<usize>().max(1) as f64;
    let term_weights =
        taxonomies.terms.iter().map(|term| (1.0 + total / term.posts.len().max(1) as f64).ln()).collect();
    let searchable = if config.settings.search { searchable(pages) } else { BTreeMap::new() };
    PostOrder { posts, home, searchable, position, term_weights }
}

fn searchable(pages: &[Page]) -> BTreeMap<String, Vec<PageId>> {
    let mut searchable: BTreeMap<String, Vec<PageId>> = BTreeMap::new();
    let found = pages.iter().enumerate().filter(|(_, page)| page.kind != PageKind::Section);
    for (number, page) in found {
        searchable.entry(page.summary().lang.clone()).or_default().push(PageId(number as u32));
    }
    for own in searchable.values_mut() {
        own.sort_by_key(|id| pages[id.index()].date().map(|date| date.instant));
    }
    searchable
}

/// Related post: its score, and its distance in time as a number of posts.
type RelatedPost = (PageId, f64, usize);

thread_local! {
    /// Scratch space of [`Graph::related`]: the score of each page, all zero between two calls.
    static SCORES: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

impl Graph {
    /// Previous and next post by date, in the post's language.
    pub fn neighbours(&self, page: PageId) -> (Option<PageId>, Option<PageId>) {
        let at = self.order.position[page.index()];
        if at == NOT_A_POST {
            return (None, None);
        }
        let posts = &self.order.posts[&self.page(page).summary().lang];
        (posts.get(at + 1).copied(), at.checked_sub(1).and_then(|later| posts.get(later)).copied())
    }

    /// Position of a post in its series, if it has one.
    pub fn series(&self, page: PageId) -> Option<SeriesPosition> {
        let term = *self.taxonomies.of_page(page, "series").first()?;
        let mut posts = self.taxonomies.term(term).posts.clone();
        posts.reverse();
        let number = posts.iter().position(|id| *id == page)? + 1;
        Some(SeriesPosition { term, number, posts })
    }

    /// Related posts, best first: by shared tags, of which rare ones weigh more, then by nearness
    /// in time. Only posts with a shared tag count.
    pub fn related(&self, page: PageId, count: usize) -> Vec<PageId> {
        let position = &self.order.position;
        let own = position[page.index()];
        if own == NOT_A_POST {
            return Vec::new();
        }
        // Posts near this one in time, for each tag, with the tag's weight.
        let tags = self.taxonomies.of_page(page, "tags").iter();
        let rows: Vec<(&[PageId], f64)> = tags
            .map(|term| {
                let posts = &self.taxonomies.term(*term).posts;
                let at = posts.partition_point(|id| position[id.index()] < own);
                let reach = at.saturating_sub(RELATED_WINDOW)..posts.len().min(at + RELATED_WINDOW + 1);
                (&posts[reach], self.order.term_weights[term.index()])
            })
            .collect();
        let nearest_first = |a: &RelatedPost, b: &RelatedPost| {
            b.1.total_cmp(&a.1).then_with(|| a.2.cmp(&b.2)).then_with(|| a.0.cmp(&b.0))
        };
        // The best `count` so far, in order. Comparing with the last one rejects nearly all others.
        let mut ranked: Vec<RelatedPost> = Vec::with_capacity(count + 1);
        SCORES.with_borrow_mut(|scores| {
            scores.resize(position.len(), 0.0);
            for (posts, weight) in &rows {
                posts.iter().for_each(|id| scores[id.index()] += weight);
            }
            for id in rows.iter().flat_map(|(posts, _)| *posts) {
                // Zero if another row had this post already.
                let score = std::mem::take(&mut scores[id.index()]);
                let least = if ranked.len() < count { 0.0 } else { ranked.last().map_or(0.0, |last| last.1) };
                if score < least || score == 0.0 || *id == page {
                    continue;
                }
                let candidate = (*id, score, position[id.index()].abs_diff(own));
                ranked.insert(
                    ranked.partition_point(|other| nearest_first(other, &candidate).is_lt()),
                    candidate,
                );
                ranked.truncate(count);
            }
        });
        ranked.into_iter().map(|(id, _, _)| id).collect()
    }
}

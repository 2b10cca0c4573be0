//! The orders of posts: newest first, earlier and later, within a series, by kinship.

use std::collections::{BTreeMap, HashMap};

use super::taxonomy::{Groups, TermId};
use super::{Graph, Page, PageId, PageKind};
use crate::config::Config;

/// Posts of each tag that are looked at for kinship, each side of the post. It bounds the
/// work on large sites; a blog of a hundred posts a tag is compared whole.
const KIN_REACH: usize = 60;

/// The orders of a site's posts.
#[derive(Debug, Default)]
pub struct Order {
    /// The posts of each language, newest first.
    pub posts: BTreeMap<String, Vec<PageId>>,
    /// Each page's place among its language's posts.
    place: HashMap<PageId, usize>,
    /// How much it says of two posts that they share a tag: the rarer, the more.
    weight: HashMap<TermId, f64>,
}

/// A post's place in its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesPlace {
    /// The series.
    pub term: TermId,
    /// The post's number in it, from 1.
    pub number: usize,
    /// Its posts, first to last.
    pub posts: Vec<PageId>,
}

/// Sorts posts, newest first; of one moment, in the order of their files.
pub(super) fn newest_first(posts: &mut [PageId], pages: &[Page]) {
    posts.sort_by_key(|id| (std::cmp::Reverse(pages[id.index()].date().map(|date| date.instant)), *id));
}

pub(super) fn order(pages: &[Page], groups: &Groups, config: &Config) -> Order {
    let mut posts: BTreeMap<String, Vec<PageId>> =
        config.languages.iter().map(|language| (language.code.clone(), Vec::new())).collect();
    for (number, page) in pages.iter().enumerate().filter(|(_, page)| page.kind == PageKind::Post) {
        if let Some(own) = posts.get_mut(&page.summary().lang) {
            own.push(PageId(number as u32));
        }
    }
    let mut place = HashMap::with_capacity(pages.len());
    for own in posts.values_mut() {
        newest_first(own, pages);
        place.extend(own.iter().enumerate().map(|(at, id)| (*id, at)));
    }
    let total = place.len().max(1) as f64;
    let weight = groups
        .terms
        .iter()
        .enumerate()
        .filter(|(_, term)| term.taxonomy.name == "tags")
        .map(|(number, term)| (TermId(number as u32), (1.0 + total / term.posts.len() as f64).ln()))
        .collect();
    Order { posts, place, weight }
}

impl Graph {
    /// The post before and the post after this one in time, in its language.
    pub fn neighbours(&self, page: PageId) -> (Option<PageId>, Option<PageId>) {
        let Some(&at) = self.order.place.get(&page) else { return (None, None) };
        let posts = &self.order.posts[&self.page(page).summary().lang];
        (posts.get(at + 1).copied(), at.checked_sub(1).and_then(|later| posts.get(later)).copied())
    }

    /// The post's place in its series, if it has one.
    pub fn series(&self, page: PageId) -> Option<SeriesPlace> {
        let term = *self.groups.of_page(page, "series").first()?;
        let mut posts = self.groups.term(term).posts.clone();
        posts.reverse();
        let number = posts.iter().position(|id| *id == page)? + 1;
        Some(SeriesPlace { term, number, posts })
    }

    /// The posts most akin to this one: by the tags they share, a rare tag weighing more; of
    /// equal kinship, the nearest in time.
    pub fn related(&self, page: PageId, count: usize) -> Vec<PageId> {
        let mut scores: HashMap<PageId, f64> = HashMap::new();
        let Some(&own) = self.order.place.get(&page) else { return Vec::new() };
        for term in self.groups.of_page(page, "tags") {
            let weight = self.order.weight[term];
            let posts = &self.groups.term(*term).posts;
            let at = posts.partition_point(|id| self.order.place[id] < own);
            let reach = at.saturating_sub(KIN_REACH)..posts.len().min(at + KIN_REACH + 1);
            for other in posts[reach].iter().filter(|other| **other != page) {
                *scores.entry(*other).or_default() += weight;
            }
        }
        let mut ranked: Vec<(PageId, f64)> = scores.into_iter().collect();
        ranked.sort_by(|(a, score_a), (b, score_b)| {
            let distance = |id: &PageId| self.order.place[id].abs_diff(own);
            score_b.total_cmp(score_a).then_with(|| distance(a).cmp(&distance(b))).then_with(|| a.cmp(b))
        });
        ranked.into_iter().take(count).map(|(id, _)| id).collect()
    }
}

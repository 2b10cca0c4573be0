//! The orders of posts: newest first, earlier and later, within a series, by kinship.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use pingmark_core::config::Config;

use super::taxonomy::{Groups, TermId};
use super::{Graph, Page, PageId, PageKind};

/// Posts of each tag that are looked at for kinship, each side of the post. It bounds the
/// work on large sites; a blog of a hundred posts a tag is compared whole.
const KIN_REACH: usize = 60;

/// The orders of a site's posts.
#[derive(Debug, Default)]
pub struct Order {
    /// The posts of each language, newest first.
    pub posts: BTreeMap<String, Vec<PageId>>,
    /// The posts of each language's home: the pinned ones, and the others.
    pub home: BTreeMap<String, (Vec<PageId>, Vec<PageId>)>,
    /// The posts and pages of each language that a search finds, the oldest first: what is new
    /// comes to the end.
    pub searched: BTreeMap<String, Vec<PageId>>,
    /// Each page's place among its language's posts, by the page's number; [`NOWHERE`] for
    /// what is no post.
    place: Vec<usize>,
    /// How much it says of two posts that they share a term, by the term's number: the rarer,
    /// the more.
    weight: Vec<f64>,
}

const NOWHERE: usize = usize::MAX;

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

/// The places of all pages among all, newest first; of one moment, in the order of their files.
/// Made once, so that each list is sorted by looking at numbers.
pub(super) struct Ranks(Vec<u32>);

impl Ranks {
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

pub(super) fn order(pages: &[Page], ranks: &Ranks, groups: &Groups, config: &Config) -> Order {
    let mut posts: BTreeMap<String, Vec<PageId>> =
        config.languages.iter().map(|language| (language.code.clone(), Vec::new())).collect();
    for (number, page) in pages.iter().enumerate().filter(|(_, page)| page.kind == PageKind::Post) {
        if let Some(own) = posts.get_mut(&page.summary().lang) {
            own.push(PageId(number as u32));
        }
    }
    let mut place = vec![NOWHERE; pages.len()];
    let mut home = BTreeMap::new();
    for (lang, own) in &mut posts {
        ranks.sort(own);
        own.iter().enumerate().for_each(|(at, id)| place[id.index()] = at);
        let parted = own.iter().partition(|id| pages[id.index()].summary().meta.pinned);
        home.insert(lang.clone(), parted);
    }
    let total = posts.values().map(Vec::len).sum::<usize>().max(1) as f64;
    let weight =
        groups.terms.iter().map(|term| (1.0 + total / term.posts.len().max(1) as f64).ln()).collect();
    let searched = if config.settings.search { searched(pages) } else { BTreeMap::new() };
    Order { posts, home, searched, place, weight }
}

fn searched(pages: &[Page]) -> BTreeMap<String, Vec<PageId>> {
    let mut searched: BTreeMap<String, Vec<PageId>> = BTreeMap::new();
    let found = pages.iter().enumerate().filter(|(_, page)| page.kind != PageKind::Section);
    for (number, page) in found {
        searched.entry(page.summary().lang.clone()).or_default().push(PageId(number as u32));
    }
    for own in searched.values_mut() {
        own.sort_by_key(|id| pages[id.index()].date().map(|date| date.instant));
    }
    searched
}

/// A post that is akin to another: how much, and how far from it.
type Kin = (PageId, f64, usize);

thread_local! {
    /// How akin each page is to the one that is looked at, by the page's number: nothing between
    /// two looks.
    static KINSHIP: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

impl Graph {
    /// The post before and the post after this one in time, in its language.
    pub fn neighbours(&self, page: PageId) -> (Option<PageId>, Option<PageId>) {
        let at = self.order.place[page.index()];
        if at == NOWHERE {
            return (None, None);
        }
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
        let place = &self.order.place;
        let own = place[page.index()];
        if own == NOWHERE {
            return Vec::new();
        }
        // Of each tag, the posts on both sides of this one.
        let tags = self.groups.of_page(page, "tags").iter();
        let rows: Vec<(&[PageId], f64)> = tags
            .map(|term| {
                let posts = &self.groups.term(*term).posts;
                let at = posts.partition_point(|id| place[id.index()] < own);
                let reach = at.saturating_sub(KIN_REACH)..posts.len().min(at + KIN_REACH + 1);
                (&posts[reach], self.order.weight[term.index()])
            })
            .collect();
        let nearest_first =
            |a: &Kin, b: &Kin| b.1.total_cmp(&a.1).then_with(|| a.2.cmp(&b.2)).then_with(|| a.0.cmp(&b.0));
        // The best so far, few of many: nearly every other one is turned away by its last.
        let mut ranked: Vec<Kin> = Vec::with_capacity(count + 1);
        KINSHIP.with_borrow_mut(|kinship| {
            kinship.resize(place.len(), 0.0);
            for (posts, weight) in &rows {
                posts.iter().for_each(|id| kinship[id.index()] += weight);
            }
            for id in rows.iter().flat_map(|(posts, _)| *posts) {
                // None is left of what was met in another row.
                let kinship = std::mem::take(&mut kinship[id.index()]);
                let least = if ranked.len() < count { 0.0 } else { ranked.last().map_or(0.0, |last| last.1) };
                if kinship < least || kinship == 0.0 || *id == page {
                    continue;
                }
                let kin = (*id, kinship, place[id.index()].abs_diff(own));
                ranked.insert(ranked.partition_point(|other| nearest_first(other, &kin).is_lt()), kin);
                ranked.truncate(count);
            }
        });
        ranked.into_iter().map(|(id, _, _)| id).collect()
    }
}

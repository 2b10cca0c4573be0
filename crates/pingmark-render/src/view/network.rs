//! The views of who cites whom: the page with its picture and tables, and the file for machines.

use std::collections::BTreeMap;
use std::sync::Arc;

use pingmark_core::when::When;
use pingmark_document::Document;
use pingmark_site::graph::citation_graph::{CitationGraph, Node};
use pingmark_site::graph::{Graph, PageId, PageKind, Route};
use pingmark_site::plan::citations_route;

use super::{Quote, ViewBuilder};
use crate::picture::{GROUPS, MOST};

/// Articles in each table of the page, at most.
const ROWS: usize = 20;
/// Orphans that the page lists, at most.
const ORPHANS: usize = 200;

/// An article among those that cite and are cited.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Article<'a> {
    /// Where it stands.
    pub route: &'a Route,
    /// Its title.
    pub title: &'a str,
    /// When it was published.
    pub date: Option<When>,
    /// Its language.
    pub lang: &'a str,
    /// Whether it is a post or a page.
    pub kind: PageKind,
    /// The first of its categories.
    pub category: Option<&'a str>,
    /// How many articles cite it.
    pub received: usize,
    /// How many articles it cites.
    pub given: usize,
}

impl<'a> Article<'a> {
    fn new(node: &Node, graph: &'a Graph, title: impl Fn(PageId) -> &'a str) -> Self {
        let page = graph.page(node.page);
        let category = graph.taxonomies.of_page(node.page, "categories").first();
        Self {
            route: &page.route,
            title: title(node.page),
            date: page.date(),
            lang: &page.summary.lang,
            kind: page.kind,
            category: category.map(|term| graph.taxonomies.term(*term).name.as_str()),
            received: node.received,
            given: node.given,
        }
    }
}

/// All the links of one article to another.
#[derive(Debug, Hash)]
pub struct Line<'a> {
    /// The citing article, by its place among the articles.
    pub from: usize,
    /// The cited one.
    pub to: usize,
    /// How many links there are.
    pub count: usize,
    /// The sentence around the first.
    pub quote: Quote<'a>,
}

/// Who cites whom, with the passages, for other programs.
#[derive(Debug, Hash)]
pub struct CitationGraphView<'a> {
    /// The articles, in the order of their files.
    pub articles: Vec<Article<'a>>,
    /// The citations, by the citing article and then by the cited one.
    pub lines: Vec<Line<'a>>,
}

impl<'a> CitationGraphView<'a> {
    /// The view of a network.
    pub fn new(network: &CitationGraph, graph: &'a Graph, documents: &'a [Arc<Document>]) -> Self {
        let title = |id| documents[graph.page(id).document].teaser.title.as_str();
        Self::saying(network, graph, title, |from, number| Quote::of(graph, documents, from, number))
    }

    /// The same, with the titles and the quotes that somebody else gives.
    fn saying(
        network: &CitationGraph,
        graph: &'a Graph,
        title: impl Fn(PageId) -> &'a str,
        quote: impl Fn(PageId, u32) -> Quote<'a>,
    ) -> Self {
        let lines = network.edges.iter().map(|edge| {
            let quote = quote(network.nodes[edge.from].page, edge.reference);
            Line { from: edge.from, to: edge.to, count: edge.count, quote }
        });
        Self {
            articles: network.nodes.iter().map(|node| Article::new(node, graph, &title)).collect(),
            lines: lines.collect(),
        }
    }
}

/// The page of who cites whom, in a language.
#[derive(Debug, Hash)]
pub struct CitationsView<'a> {
    /// The language.
    pub lang: &'a str,
    /// The articles of the picture: all, or the most cited.
    pub articles: Vec<Article<'a>>,
    /// Who cites whom among them.
    pub edges: Vec<(usize, usize)>,
    /// How many articles there are.
    pub total: usize,
    /// The categories that have a sign of their own, the largest first, with their addresses.
    pub groups: Vec<(&'a str, &'a Route)>,
    /// Posts by how many articles cite them.
    pub most_cited: Vec<Article<'a>>,
    /// Posts by how many articles they cite.
    pub citing_most: Vec<Article<'a>>,
    /// The newest posts that no article cites.
    pub orphans: Vec<Article<'a>>,
    /// How many such posts there are.
    pub orphans_total: usize,
    /// The same page in all languages.
    pub alternates: Vec<(&'a str, Route)>,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn network(&self) -> CitationGraphView<'a> {
        let (title, quote) = (|id| self.title(id), |from, reference| self.quote(from, reference));
        CitationGraphView::saying(&CitationGraph::of(self.graph), self.graph, title, quote)
    }

    pub(super) fn citations(&self, lang: &'a str) -> CitationsView<'a> {
        let graph = self.graph;
        let network = CitationGraph::of_language(graph, lang);
        let article = |node: &Node| Article::new(node, graph, |id| self.title(id));
        let age = |node: &Node| graph.page(node.page).date().map_or(i64::MIN, |date| date.instant);
        let shown = network.first(MOST, |node| (node.received, age(node)));
        let own: Vec<&Node> =
            network.nodes.iter().filter(|node| graph.page(node.page).summary.lang == lang).collect();
        // The most first; of as many, the newest.
        let table = |count: fn(&Node) -> usize| {
            let mut rows: Vec<&Node> = own.iter().copied().filter(|node| count(node) > 0).collect();
            rows.sort_by_key(|node| (std::cmp::Reverse((count(node), age(node))), node.page));
            rows.truncate(ROWS);
            rows.into_iter().map(article).collect::<Vec<_>>()
        };
        let orphans: Vec<_> = network.orphans(graph, lang).collect();
        let listed = orphans.iter().take(ORPHANS).filter_map(|page| Some(article(network.node(*page)?)));
        CitationsView {
            lang,
            articles: shown.nodes.iter().map(article).collect(),
            edges: shown.edges.iter().map(|edge| (edge.from, edge.to)).collect(),
            total: network.nodes.len(),
            groups: self.groups(&shown, lang),
            most_cited: table(|node| node.received),
            citing_most: table(|node| node.given),
            orphans: listed.collect(),
            orphans_total: orphans.len(),
            alternates: self
                .plan
                .citation_languages()
                .filter_map(|code| Some((code, citations_route(self.config.language(code)?))))
                .collect(),
        }
    }

    /// The categories with the most articles in the picture.
    fn groups(&self, network: &CitationGraph, lang: &str) -> Vec<(&'a str, &'a Route)> {
        let mut counted: BTreeMap<pingmark_site::graph::TermId, usize> = BTreeMap::new();
        for node in &network.nodes {
            if let Some(term) = self.graph.taxonomies.of_page(node.page, "categories").first() {
                *counted.entry(*term).or_default() += 1;
            }
        }
        let mut terms: Vec<_> = counted.into_iter().collect();
        terms.retain(|(term, _)| self.graph.taxonomies.term(*term).lang == lang);
        terms.sort_by_key(|(term, count)| (std::cmp::Reverse(*count), *term));
        terms.truncate(GROUPS);
        let named = terms.into_iter().map(|(term, _)| self.graph.taxonomies.term(term));
        named.map(|term| (term.name.as_str(), &term.route)).collect()
    }
}

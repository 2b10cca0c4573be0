//! Views of the citations between articles: the page with its drawing and tables, and the graph as
//! data.

use std::collections::BTreeMap;
use std::sync::Arc;

use pingmark_core::config::CiteStyle;
use pingmark_core::when::When;
use pingmark_document::Document;
use pingmark_site::graph::citation_graph::{CitationGraph, Node};
use pingmark_site::graph::{Graph, PageId, PageKind, Route};
use pingmark_site::plan::citations_route;

use super::{Quote, ViewBuilder};

/// Maximum number of articles in the drawing: with more, nothing could be told apart.
pub const MAX_ARTICLES: usize = 500;
/// Number of categories with a symbol and a colour of their own.
pub const GROUPS: usize = 6;
/// Maximum number of articles in each table of the page.
const MAX_ROWS: usize = 20;
/// Maximum number of uncited posts that the page lists.
const MAX_ORPHANS: usize = 200;

/// Node of the citation graph.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Article<'a> {
    /// Address.
    pub route: &'a Route,
    /// Title.
    pub title: &'a str,
    /// Publication date.
    pub date: Option<When>,
    /// Language code.
    pub lang: &'a str,
    /// Post or page.
    pub kind: PageKind,
    /// First category.
    pub category: Option<&'a str>,
    /// Number of articles that cite it.
    pub received: usize,
    /// Number of articles it cites.
    pub cited: usize,
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
            cited: node.given,
        }
    }
}

/// Edge of the citation graph: all links of one article to another.
#[derive(Debug, Hash)]
pub struct Edge<'a> {
    /// Index of the citing article in [`CitationGraphView::articles`].
    pub from: usize,
    /// Index of the cited article.
    pub to: usize,
    /// Number of links.
    pub count: usize,
    /// Words around the first link.
    pub quote: Quote<'a>,
}

/// Citations between all articles of the site, with the words around them.
#[derive(Debug, Hash)]
pub struct CitationGraphView<'a> {
    /// Articles, in the order of their files.
    pub articles: Vec<Article<'a>>,
    /// Citations, by the citing article and then by the cited one.
    pub edges: Vec<Edge<'a>>,
}

impl<'a> CitationGraphView<'a> {
    /// View of a citation graph, without recording dependencies.
    pub fn new(
        citations: &CitationGraph,
        graph: &'a Graph,
        documents: &'a [Arc<Document>],
        style: CiteStyle,
    ) -> Self {
        let title = |id| documents[graph.page(id).document].teaser.title.as_str();
        let quote = |from, number| Quote::of(graph, documents, style, from, number);
        Self::with_texts(citations, graph, title, quote)
    }

    /// View with titles and quotes from the caller, who records what is read.
    fn with_texts(
        citations: &CitationGraph,
        graph: &'a Graph,
        title: impl Fn(PageId) -> &'a str,
        quote: impl Fn(PageId, u32) -> Quote<'a>,
    ) -> Self {
        let edges = citations.edges.iter().map(|edge| {
            let quote = quote(citations.nodes[edge.from].page, edge.reference);
            Edge { from: edge.from, to: edge.to, count: edge.count, quote }
        });
        Self {
            articles: citations.nodes.iter().map(|node| Article::new(node, graph, &title)).collect(),
            edges: edges.collect(),
        }
    }
}

/// Page of the citations between the posts of a language.
#[derive(Debug, Hash)]
pub struct CitationsView<'a> {
    /// Language code.
    pub lang: &'a str,
    /// Articles in the drawing: all of them, or the most cited.
    pub articles: Vec<Article<'a>>,
    /// Citations between them, as indices of the citing and the cited article.
    pub edges: Vec<(usize, usize)>,
    /// Number of articles that cite or are cited.
    pub total: usize,
    /// Categories with a symbol of their own, the largest first, with their addresses.
    pub groups: Vec<(&'a str, &'a Route)>,
    /// Most cited posts, by the number of citing articles.
    pub most_cited: Vec<Article<'a>>,
    /// Posts that cite the most articles.
    pub citing_most: Vec<Article<'a>>,
    /// Newest posts that no article cites.
    pub orphans: Vec<Article<'a>>,
    /// Number of posts that no article cites.
    pub orphans_total: usize,
    /// Addresses of this page in all languages, by language code.
    pub alternates: Vec<(&'a str, Route)>,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn citation_graph(&self) -> CitationGraphView<'a> {
        let (title, quote) = (|id| self.title(id), |from, reference| self.quote(from, reference));
        CitationGraphView::with_texts(&CitationGraph::of(self.graph), self.graph, title, quote)
    }

    pub(super) fn citations(&self, lang: &'a str) -> CitationsView<'a> {
        let graph = self.graph;
        let citations = CitationGraph::of_language(graph, lang);
        let article = |node: &Node| Article::new(node, graph, |id| self.title(id));
        let age = |node: &Node| graph.page(node.page).date().map_or(i64::MIN, |date| date.instant);
        let shown = citations.first(MAX_ARTICLES, |node| (node.received, age(node)));
        let own: Vec<&Node> =
            citations.nodes.iter().filter(|node| graph.page(node.page).summary.lang == lang).collect();
        // Of equal counts, the newest first.
        let table = |count: fn(&Node) -> usize| {
            let mut rows: Vec<&Node> = own.iter().copied().filter(|node| count(node) > 0).collect();
            rows.sort_by_key(|node| (std::cmp::Reverse((count(node), age(node))), node.page));
            rows.truncate(MAX_ROWS);
            rows.into_iter().map(article).collect::<Vec<_>>()
        };
        let orphans: Vec<_> = citations.orphans(graph, lang).collect();
        let listed =
            orphans.iter().take(MAX_ORPHANS).filter_map(|page| Some(article(citations.node(*page)?)));
        CitationsView {
            lang,
            articles: shown.nodes.iter().map(article).collect(),
            edges: shown.edges.iter().map(|edge| (edge.from, edge.to)).collect(),
            total: citations.nodes.len(),
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

    /// Categories with the most articles in the drawing.
    fn groups(&self, citations: &CitationGraph, lang: &str) -> Vec<(&'a str, &'a Route)> {
        let mut counted: BTreeMap<pingmark_site::graph::TermId, usize> = BTreeMap::new();
        for node in &citations.nodes {
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

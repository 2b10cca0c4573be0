//! Citations between articles as a directed graph, from which its drawing, tables and JSON are
//! made.
//!
//! The nodes are all posts, and the pages that cite or are cited. An edge stands for all links of
//! one article to another.

use std::collections::HashMap;

use super::{Graph, PageId, PageKind};

/// Citation graph of a site, or of one of its languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CitationGraph {
    /// Articles, in the order of their files.
    pub nodes: Vec<Node>,
    /// Citations, sorted by the citing and then the cited article.
    pub edges: Vec<Edge>,
}

/// Article in the citation graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// Page of the article.
    pub page: PageId,
    /// Number of articles that cite it, in all languages.
    pub received: usize,
    /// Number of articles that it cites, in all languages.
    pub given: usize,
}

/// Citation of one article by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// Citing article, as an index into [`CitationGraph::nodes`].
    pub from: usize,
    /// Cited article, as an index into [`CitationGraph::nodes`].
    pub to: usize,
    /// Number of links.
    pub count: usize,
    /// First link, as an index into the citing article's references.
    pub reference: u32,
}

impl CitationGraph {
    /// Citation graph of the whole site.
    pub fn of(graph: &Graph) -> Self {
        Self::among(graph, |_| true)
    }

    /// Citation graph of one language: its posts, and the articles of other languages that cite
    /// them or are cited by them.
    pub fn of_language(graph: &Graph, lang: &str) -> Self {
        Self::among(graph, |page| graph.page(page).summary().lang == lang)
    }

    /// Graph of the posts for which `ours` holds, and of all citations from or to them.
    fn among(graph: &Graph, ours: impl Fn(PageId) -> bool) -> Self {
        let mut given = vec![0; graph.pages.len()];
        let mut lines: Vec<(PageId, PageId, usize, u32)> = Vec::new();
        let mut takes_part = vec![false; graph.pages.len()];
        for to in graph.published() {
            takes_part[to.index()] |= graph.page(to).kind == PageKind::Post && ours(to);
            for citation in &graph.backlinks[to.index()] {
                given[citation.from.index()] += 1;
                if ours(citation.from) || ours(to) {
                    lines.push((citation.from, to, citation.count, citation.reference));
                    takes_part[citation.from.index()] = true;
                    takes_part[to.index()] = true;
                }
            }
        }
        lines.sort_unstable();
        let mut place = vec![usize::MAX; graph.pages.len()];
        let mut nodes = Vec::new();
        for page in graph.published().filter(|page| takes_part[page.index()]) {
            place[page.index()] = nodes.len();
            let received = graph.backlinks[page.index()].len();
            nodes.push(Node { page, received, given: given[page.index()] });
        }
        let edge = |(from, to, count, reference): (PageId, PageId, usize, u32)| Edge {
            from: place[from.index()],
            to: place[to.index()],
            count,
            reference,
        };
        Self { edges: lines.into_iter().map(edge).collect(), nodes }
    }

    /// Node of an article, if it is in the graph.
    pub fn node(&self, page: PageId) -> Option<&Node> {
        let at = self.nodes.binary_search_by_key(&page, |node| node.page).ok()?;
        Some(&self.nodes[at])
    }

    /// Posts of a language that no article cites, newest first.
    pub fn orphans<'a>(&'a self, graph: &'a Graph, lang: &'a str) -> impl Iterator<Item = PageId> + 'a {
        let posts = graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
        posts.iter().copied().filter(|page| self.node(*page).is_some_and(|node| node.received == 0))
    }

    /// Subgraph of the `most` articles with the highest `order`, and the citations between them.
    pub fn first(&self, most: usize, order: impl Fn(&Node) -> (usize, i64)) -> Self {
        if self.nodes.len() <= most {
            return self.clone();
        }
        let mut ranked: Vec<usize> = (0..self.nodes.len()).collect();
        ranked.sort_by_key(|place| (std::cmp::Reverse(order(&self.nodes[*place])), *place));
        ranked.truncate(most);
        ranked.sort_unstable();
        let place: HashMap<usize, usize> = ranked.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let edges = self.edges.iter().filter_map(|edge| {
            Some(Edge { from: *place.get(&edge.from)?, to: *place.get(&edge.to)?, ..*edge })
        });
        Self { edges: edges.collect(), nodes: ranked.into_iter().map(|old| self.nodes[old]).collect() }
    }
}

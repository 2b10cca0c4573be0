//! Who cites whom, as a network: posts, and lines from the citing to the cited.
//!
//! Its nodes are the posts, and those pages that cite or are cited; an edge stands for all the
//! links of one article to another. What is shown as a picture, a table or a file is made of it.

use std::collections::HashMap;

use super::{Graph, PageId, PageKind};

/// The citations of a site, or of one language of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CitationGraph {
    /// The articles, in the order of their files.
    pub nodes: Vec<Node>,
    /// Who cites whom, by the citing article and then by the cited one.
    pub edges: Vec<Edge>,
}

/// An article in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// The article.
    pub page: PageId,
    /// How many articles cite it, of whatever language.
    pub received: usize,
    /// How many articles it cites, of whatever language.
    pub given: usize,
}

/// One article's citation of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The citing article, as a place in [`CitationGraph::nodes`].
    pub from: usize,
    /// The cited one.
    pub to: usize,
    /// How many links it has there.
    pub count: usize,
    /// The first of them, by its number in the citing article.
    pub reference: u32,
}

impl CitationGraph {
    /// The whole site's.
    pub fn of(graph: &Graph) -> Self {
        Self::among(graph, |_| true)
    }

    /// That of one language: its posts, and the articles of other languages that cite them or
    /// are cited by them.
    pub fn of_language(graph: &Graph, lang: &str) -> Self {
        Self::among(graph, |page| graph.page(page).summary().lang == lang)
    }

    /// The network of the citations that begin or end at an article that is `ours`.
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

    /// An article's place in it.
    pub fn node(&self, page: PageId) -> Option<&Node> {
        let at = self.nodes.binary_search_by_key(&page, |node| node.page).ok()?;
        Some(&self.nodes[at])
    }

    /// The posts of a language that no article cites, newest first.
    pub fn orphans<'a>(&'a self, graph: &'a Graph, lang: &'a str) -> impl Iterator<Item = PageId> + 'a {
        let posts = graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
        posts.iter().copied().filter(|page| self.node(*page).is_some_and(|node| node.received == 0))
    }

    /// The first articles of an order, and the citations among them.
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

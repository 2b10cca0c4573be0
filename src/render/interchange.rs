//! The network of citations in the forms that other programs read: JSON, DOT, GraphML.

use std::fmt::Write as _;
use std::io;

use quick_xml::Writer;
use serde_json::{Value, json};

use super::feed::{clean, finished, started};
use crate::config::Config;
use crate::document::ReferenceKind;
use crate::graph::network::{Edge, Network};
use crate::graph::{Citation, Graph, PageId, PageKind};

/// The words of a citation: (before the link, of the link, after it). A wikilink without words
/// of its own shows the title of what it leads to.
pub fn passage(graph: &Graph, citation: &Citation, to: PageId) -> (String, String, String) {
    let from = graph.page(citation.from).summary();
    let Some(reference) = from.references.get(citation.reference as usize) else {
        return Default::default();
    };
    let passage = &reference.passage;
    let is_bare = reference.kind == ReferenceKind::Wiki && passage.text() == reference.target.as_ref();
    let words = if is_bare { &graph.page(to).summary().title } else { passage.text() };
    (passage.before().to_owned(), words.to_owned(), passage.after().to_owned())
}

/// What every form tells of an article.
struct Article {
    url: String,
    title: String,
    date: Option<String>,
    lang: String,
    kind: &'static str,
    category: Option<String>,
    received: usize,
    given: usize,
}

fn articles(network: &Network, graph: &Graph, config: &Config) -> Vec<Article> {
    let one = |node: &crate::graph::network::Node| {
        let page = graph.page(node.page);
        let summary = page.summary();
        let category = graph.groups.of_page(node.page, "categories").first();
        Article {
            url: format!("{}{}", config.base_url.as_str(), page.route.encoded()),
            title: summary.title.clone(),
            date: page.date().map(|date| date.rfc3339()),
            lang: summary.lang.clone(),
            kind: if page.kind == PageKind::Post { "post" } else { "page" },
            category: category.map(|term| graph.groups.term(*term).name.clone()),
            received: node.received,
            given: node.given,
        }
    };
    network.nodes.iter().map(one).collect()
}

/// The network as JSON, the shape of `citations.json`:
///
/// ```json
/// {
///   "version": 1,
///   "nodes": [{"url": "…", "title": "…", "date": "…", "lang": "fr", "kind": "post",
///              "category": "…", "cited_by": 2, "cites": 1}],
///   "edges": [{"from": "…", "to": "…", "count": 1,
///              "passage": {"before": "…", "text": "…", "after": "…"}}]
/// }
/// ```
///
/// `from` and `to` are addresses of nodes; `date` and `category` may be null; `kind` is `post` or
/// `page`. New keys may come, these stay.
pub fn json(network: &Network, graph: &Graph, config: &Config) -> Value {
    let articles = articles(network, graph, config);
    let edges = network.edges.iter().map(|edge| {
        let (from, to) = (&articles[edge.from], &articles[edge.to]);
        let (before, text, after) = words(network, graph, edge);
        json!({
            "from": from.url,
            "to": to.url,
            "count": edge.count,
            "passage": {"before": before, "text": text, "after": after},
        })
    });
    let edges: Vec<Value> = edges.collect();
    let nodes = articles.iter().map(|article| {
        json!({
            "url": article.url,
            "title": article.title,
            "date": article.date,
            "lang": article.lang,
            "kind": article.kind,
            "category": article.category,
            "cited_by": article.received,
            "cites": article.given,
        })
    });
    json!({"version": 1, "nodes": nodes.collect::<Vec<_>>(), "edges": edges})
}

fn words(network: &Network, graph: &Graph, edge: &Edge) -> (String, String, String) {
    let from = network.nodes[edge.from].page;
    let citation = Citation { from, reference: edge.reference, count: edge.count };
    passage(graph, &citation, network.nodes[edge.to].page)
}

/// The network in Graphviz's language (<https://graphviz.org/doc/info/lang.html>).
pub fn dot(network: &Network, graph: &Graph, config: &Config) -> String {
    let mut out = String::from("digraph citations {\n  node [shape=box];\n");
    let written = "a String takes everything";
    for (number, article) in articles(network, graph, config).iter().enumerate() {
        write!(out, "  n{number} [label={}, URL={}", quoted(&article.title), quoted(&article.url))
            .expect(written);
        if let Some(category) = &article.category {
            write!(out, ", class={}", quoted(category)).expect(written);
        }
        out.push_str("];\n");
    }
    for edge in &network.edges {
        writeln!(out, "  n{} -> n{} [weight={}];", edge.from, edge.to, edge.count).expect(written);
    }
    out.push_str("}\n");
    out
}

/// A quoted string of DOT. A backslash is doubled, since Graphviz reads what follows one as an
/// order (`\N` is the node's name) where it shows labels.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What a key of GraphML is about, its name and its type.
const KEYS: [(&str, &str, &str); 9] = [
    ("node", "title", "string"),
    ("node", "url", "string"),
    ("node", "date", "string"),
    ("node", "lang", "string"),
    ("node", "kind", "string"),
    ("node", "category", "string"),
    ("node", "cited_by", "int"),
    ("node", "cites", "int"),
    ("edge", "count", "int"),
];

/// The network as GraphML (<http://graphml.graphdrawing.org>), for Gephi, yEd, NetworkX.
pub fn graphml(network: &Network, graph: &Graph, config: &Config) -> Vec<u8> {
    write_graphml(network, &articles(network, graph, config)).expect("writing into memory does not fail")
}

fn write_graphml(network: &Network, articles: &[Article]) -> io::Result<Vec<u8>> {
    let mut writer = started()?;
    let root =
        writer.create_element("graphml").with_attribute(("xmlns", "http://graphml.graphdrawing.org/xmlns"));
    root.write_inner_content(|w| {
        for (domain, name, kind) in KEYS {
            w.create_element("key")
                .with_attributes([("id", name), ("for", domain), ("attr.name", name), ("attr.type", kind)])
                .write_empty()?;
        }
        let graph =
            w.create_element("graph").with_attributes([("id", "citations"), ("edgedefault", "directed")]);
        graph.write_inner_content(|w| {
            articles.iter().enumerate().try_for_each(|(number, article)| node(w, number, article))?;
            network.edges.iter().try_for_each(|edge| {
                let (from, to) = (format!("n{}", edge.from), format!("n{}", edge.to));
                let element =
                    w.create_element("edge").with_attributes([("source", &*from), ("target", &*to)]);
                element.write_inner_content(|w| data(w, "count", &edge.count.to_string()))?;
                Ok(())
            })
        })?;
        Ok(())
    })?;
    Ok(finished(writer))
}

fn node(w: &mut Writer<Vec<u8>>, number: usize, article: &Article) -> io::Result<()> {
    let id = format!("n{number}");
    w.create_element("node").with_attribute(("id", &*id)).write_inner_content(|w| {
        data(w, "title", &article.title)?;
        data(w, "url", &article.url)?;
        if let Some(date) = &article.date {
            data(w, "date", date)?;
        }
        data(w, "lang", &article.lang)?;
        data(w, "kind", article.kind)?;
        if let Some(category) = &article.category {
            data(w, "category", category)?;
        }
        data(w, "cited_by", &article.received.to_string())?;
        data(w, "cites", &article.given.to_string())
    })?;
    Ok(())
}

fn data(w: &mut Writer<Vec<u8>>, key: &str, value: &str) -> io::Result<()> {
    let text = quick_xml::events::BytesText::new(&clean(value)).into_owned();
    w.create_element("data").with_attribute(("key", key)).write_text_content(text)?;
    Ok(())
}

//! The citation graph as data: JSON, DOT, GraphML.

use std::fmt::Write as _;
use std::io;

use quick_xml::Writer;
use serde::Serialize;

use pingmark_core::config::Config;
use pingmark_site::graph::PageKind;

use super::xml::{between_tags, finished, started};
use crate::view::citation_graph::{Article, CitationGraphView};

fn kind(article: &Article<'_>) -> &'static str {
    if article.kind == PageKind::Post { "post" } else { "page" }
}

/// Citation graph as JSON, in the shape of `citations.json`:
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
/// `page`. Keys may be added, but these stay.
fn json(
    graph: &CitationGraphView<'_>,
    config: &Config,
    write: impl FnOnce(&mut Vec<u8>, &Root<'_>) -> serde_json::Result<()>,
) -> Vec<u8> {
    let urls: Vec<String> =
        graph.articles.iter().map(|article| article.route.permalink(&config.base_url)).collect();
    let nodes = graph.articles.iter().zip(&urls).map(|(article, url)| NodeOut {
        url,
        title: article.title,
        date: article.date.map(|date| date.rfc3339()),
        lang: article.lang,
        kind: kind(article),
        category: article.category,
        cited_by: article.received,
        cites: article.cited,
    });
    let edges = graph.edges.iter().map(|edge| EdgeOut {
        from: &urls[edge.from],
        to: &urls[edge.to],
        count: edge.count,
        passage: PassageOut { before: &edge.quote.before, text: &edge.quote.words, after: &edge.quote.after },
    });
    // Megabytes for a large blog: a text that grew would be copied again and again.
    let mut text = Vec::with_capacity((graph.articles.len() + graph.edges.len()) * ENTRY_SIZE);
    write(&mut text, &Root { version: 1, nodes: nodes.collect(), edges: edges.collect() }).expect(JSON);
    text.push(b'\n');
    text
}

/// Citation graph as JSON with line breaks and indentation.
pub fn pretty(graph: &CitationGraphView<'_>, config: &Config) -> String {
    String::from_utf8(json(graph, config, |out, root| serde_json::to_writer_pretty(out, root))).expect(JSON)
}

/// `citations.json`: citation graph as JSON without white space.
pub fn file(graph: &CitationGraphView<'_>, config: &Config) -> Vec<u8> {
    json(graph, config, |out, root| serde_json::to_writer(out, root))
}

const JSON: &str = "texts and numbers are JSON";
/// Approximate size of an article or a citation, in bytes.
const ENTRY_SIZE: usize = 384;

#[derive(Serialize)]
struct Root<'a> {
    version: u32,
    nodes: Vec<NodeOut<'a>>,
    edges: Vec<EdgeOut<'a>>,
}

#[derive(Serialize)]
struct NodeOut<'a> {
    url: &'a str,
    title: &'a str,
    date: Option<String>,
    lang: &'a str,
    kind: &'a str,
    category: Option<&'a str>,
    cited_by: usize,
    cites: usize,
}

#[derive(Serialize)]
struct EdgeOut<'a> {
    from: &'a str,
    to: &'a str,
    count: usize,
    passage: PassageOut<'a>,
}

#[derive(Serialize)]
struct PassageOut<'a> {
    before: &'a str,
    text: &'a str,
    after: &'a str,
}

/// Citation graph in DOT, the language of Graphviz (<https://graphviz.org/doc/info/lang.html>).
pub fn dot(graph: &CitationGraphView<'_>, config: &Config) -> String {
    let mut out = String::from("digraph citations {\n  node [shape=box];\n");
    let written = "a String takes everything";
    for (number, article) in graph.articles.iter().enumerate() {
        let address = article.route.permalink(&config.base_url);
        write!(out, "  n{number} [label={}, URL={}", quoted(article.title), quoted(&address)).expect(written);
        if let Some(category) = article.category {
            write!(out, ", class={}", quoted(category)).expect(written);
        }
        out.push_str("];\n");
    }
    for edge in &graph.edges {
        writeln!(out, "  n{} -> n{} [weight={}];", edge.from, edge.to, edge.count).expect(written);
    }
    out.push_str("}\n");
    out
}

/// Quoted string of DOT. Backslashes are doubled, because Graphviz reads them as escapes in labels
/// (`\N` is the node's name).
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

/// Keys of GraphML: domain, name and type.
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

/// Citation graph as GraphML (<http://graphml.graphdrawing.org>), for Gephi, yEd, NetworkX.
pub fn graphml(graph: &CitationGraphView<'_>, config: &Config) -> Vec<u8> {
    write_graphml(graph, config).expect("writing into memory does not fail")
}

fn write_graphml(graph: &CitationGraphView<'_>, config: &Config) -> io::Result<Vec<u8>> {
    let mut writer = started()?;
    let root =
        writer.create_element("graphml").with_attribute(("xmlns", "http://graphml.graphdrawing.org/xmlns"));
    root.write_inner_content(|w| {
        for (domain, name, kind) in KEYS {
            w.create_element("key")
                .with_attributes([("id", name), ("for", domain), ("attr.name", name), ("attr.type", kind)])
                .write_empty()?;
        }
        let element =
            w.create_element("graph").with_attributes([("id", "citations"), ("edgedefault", "directed")]);
        element.write_inner_content(|w| {
            let mut articles = graph.articles.iter().enumerate();
            articles.try_for_each(|(number, article)| node(w, number, article, config))?;
            graph.edges.iter().try_for_each(|edge| {
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

fn node(w: &mut Writer<Vec<u8>>, number: usize, article: &Article<'_>, config: &Config) -> io::Result<()> {
    let id = format!("n{number}");
    w.create_element("node").with_attribute(("id", &*id)).write_inner_content(|w| {
        data(w, "title", article.title)?;
        data(w, "url", &article.route.permalink(&config.base_url))?;
        if let Some(date) = article.date {
            data(w, "date", &date.rfc3339())?;
        }
        data(w, "lang", article.lang)?;
        data(w, "kind", kind(article))?;
        if let Some(category) = article.category {
            data(w, "category", category)?;
        }
        data(w, "cited_by", &article.received.to_string())?;
        data(w, "cites", &article.cited.to_string())
    })?;
    Ok(())
}

fn data(w: &mut Writer<Vec<u8>>, key: &str, value: &str) -> io::Result<()> {
    w.create_element("data").with_attribute(("key", key)).write_text_content(between_tags(value))?;
    Ok(())
}

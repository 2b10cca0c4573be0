//! The network of citations in the forms that other programs read: JSON, DOT, GraphML.

use std::fmt::Write as _;
use std::io;

use quick_xml::Writer;
use serde::Serialize;

use pingmark_core::config::Config;
use pingmark_site::graph::PageKind;

use super::feed::{between_tags, finished, started};
use super::view::network::{Article, CitationGraphView};

fn kind(article: &Article<'_>) -> &'static str {
    if article.kind == PageKind::Post { "post" } else { "page" }
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
fn json(
    network: &CitationGraphView<'_>,
    config: &Config,
    write: impl FnOnce(&mut Vec<u8>, &Root<'_>) -> serde_json::Result<()>,
) -> Vec<u8> {
    let urls: Vec<String> =
        network.articles.iter().map(|article| article.route.permalink(&config.base_url)).collect();
    let nodes = network.articles.iter().zip(&urls).map(|(article, url)| NodeOut {
        url,
        title: article.title,
        date: article.date.map(|date| date.rfc3339()),
        lang: article.lang,
        kind: kind(article),
        category: article.category,
        cited_by: article.received,
        cites: article.given,
    });
    let edges = network.lines.iter().map(|line| EdgeOut {
        from: &urls[line.from],
        to: &urls[line.to],
        count: line.count,
        passage: PassageOut { before: &line.quote.before, text: line.quote.words, after: &line.quote.after },
    });
    // Megabytes, of a large blog: a text that grows would be copied time and again.
    let mut text = Vec::with_capacity((network.articles.len() + network.lines.len()) * ROOM);
    write(&mut text, &Root { version: 1, nodes: nodes.collect(), edges: edges.collect() }).expect(JSON);
    text.push(b'\n');
    text
}

/// The network as JSON to be read by people too.
pub fn pretty(network: &CitationGraphView<'_>, config: &Config) -> String {
    String::from_utf8(json(network, config, |out, root| serde_json::to_writer_pretty(out, root))).expect(JSON)
}

/// `citations.json`: the network as JSON, without blanks.
pub fn file(network: &CitationGraphView<'_>, config: &Config) -> Vec<u8> {
    json(network, config, |out, root| serde_json::to_writer(out, root))
}

const JSON: &str = "texts and numbers are JSON";
/// Bytes that an article or a citation takes, more or less.
const ROOM: usize = 384;

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

/// The network in Graphviz's language (<https://graphviz.org/doc/info/lang.html>).
pub fn dot(network: &CitationGraphView<'_>, config: &Config) -> String {
    let mut out = String::from("digraph citations {\n  node [shape=box];\n");
    let written = "a String takes everything";
    for (number, article) in network.articles.iter().enumerate() {
        let address = article.route.permalink(&config.base_url);
        write!(out, "  n{number} [label={}, URL={}", quoted(article.title), quoted(&address)).expect(written);
        if let Some(category) = article.category {
            write!(out, ", class={}", quoted(category)).expect(written);
        }
        out.push_str("];\n");
    }
    for edge in &network.lines {
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
pub fn graphml(network: &CitationGraphView<'_>, config: &Config) -> Vec<u8> {
    write_graphml(network, config).expect("writing into memory does not fail")
}

fn write_graphml(network: &CitationGraphView<'_>, config: &Config) -> io::Result<Vec<u8>> {
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
            let mut articles = network.articles.iter().enumerate();
            articles.try_for_each(|(number, article)| node(w, number, article, config))?;
            network.lines.iter().try_for_each(|edge| {
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
        data(w, "cites", &article.given.to_string())
    })?;
    Ok(())
}

fn data(w: &mut Writer<Vec<u8>>, key: &str, value: &str) -> io::Result<()> {
    w.create_element("data").with_attribute(("key", key)).write_text_content(between_tags(value))?;
    Ok(())
}

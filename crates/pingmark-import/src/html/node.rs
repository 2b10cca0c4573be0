//! Nodes of scraper's tree: names, attributes and texts.

use ego_tree::NodeRef;
use scraper::Node;

/// Deepest nesting of elements whose text is looked at.
const MAX_DEPTH: usize = 120;

/// Element of a tree.
pub(super) type Element<'a> = NodeRef<'a, Node>;

/// A text with one space for each run of blanks.
pub(super) fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let is_blank = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        if !is_blank {
            // What no HTML and no XML may have.
            out.extend((!pingmark_core::html::is_forbidden(c) && !c.is_control()).then_some(c));
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

pub(super) fn name_of<'a>(node: Element<'a>) -> &'a str {
    node.value().as_element().map_or("", |element| element.name())
}

pub(super) fn attribute<'a>(node: Element<'a>, key: &str) -> Option<&'a str> {
    node.value().as_element().and_then(|element| element.attr(key))
}

pub(super) fn text_of(node: Element<'_>) -> String {
    node.descendants().filter_map(|inside| inside.value().as_text()).map(|text| &**text).collect()
}

/// Text with a line end for each `<br>`.
pub(super) fn push_text(node: Element<'_>, out: &mut String, depth: usize) {
    for child in node.children() {
        match child.value() {
            Node::Text(text) => out.push_str(text),
            Node::Element(_) if name_of(child) == "br" => out.push('\n'),
            Node::Element(_) if depth < MAX_DEPTH => push_text(child, out, depth + 1),
            _ => {}
        }
    }
}

/// The language of code, as highlighters write it: `language-php`, `lang:php`, `brush: php`.
pub(super) fn language_of(node: Element<'_>) -> Option<String> {
    let own = attribute(node, "lang").or_else(|| attribute(node, "data-language"));
    let class = attribute(node, "class").unwrap_or_default();
    let mut words = class.split([' ', ';']).map(str::trim).peekable();
    let mut found = own.map(str::to_owned);
    while let Some(word) = words.next() {
        let named =
            ["language-", "lang-", "lang:", "brush:"].into_iter().find_map(|start| word.strip_prefix(start));
        match named {
            Some("") => found = words.peek().map(|next| (*next).to_owned()),
            Some(name) => found = Some(name.to_owned()),
            None => {}
        }
    }
    found.map(|name| language(&name)).filter(|name| !name.is_empty())
}

/// The name of a language, of letters and a few signs only.
pub fn language(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    let name = match name.as_str() {
        "jscript" | "javascript" => "js",
        "plain" | "text" | "default" | "none" | "plaintext" => "",
        "as3" => "actionscript",
        "csharp" => "cs",
        "shell" => "sh",
        name => name,
    };
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_')).collect()
}

/// Whether an id can stand in a heading's attributes and in a link.
pub(super) fn is_plain_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() < 200
        && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

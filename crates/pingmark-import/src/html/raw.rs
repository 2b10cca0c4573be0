//! HTML that stays HTML: without scripts, handlers and styles, on lines without gaps, so that Markdown
//! takes it as one block.

use scraper::Node;

use pingmark_core::html::{escaped, is_unsafe};

use super::Rules;
use super::node::Element;

/// Elements without an end tag.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Elements that are left out, with all that is in them.
const LEFT_OUT: [&str; 7] = ["script", "style", "noscript", "iframe", "object", "embed", "link"];
/// Deepest nesting that is written.
const MAX_DEPTH: usize = 100;

/// An attribute's value, escaped.
pub fn attribute_value(value: &str) -> String {
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    escaped(&value).replace('{', "&#123;")
}

/// An element with all that is in it.
pub fn serialized(node: Element<'_>, rules: &dyn Rules) -> String {
    let mut out = String::new();
    push(node, rules, false, 0, &mut out);
    out
}

fn push(node: Element<'_>, rules: &dyn Rules, in_pre: bool, depth: usize, out: &mut String) {
    match node.value() {
        Node::Text(text) => push_text(text, in_pre, out),
        Node::Element(element) => {
            let name = element.name();
            if LEFT_OUT.contains(&name)
                || depth > MAX_DEPTH
                || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            {
                return;
            }
            let mut attributes = String::new();
            let mut is_link_left_out = false;
            for (key, value) in element.attrs() {
                match attribute(name, key, value, rules) {
                    Some(written) => attributes.push_str(&written),
                    None => is_link_left_out |= name == "a" && key == "href",
                }
            }
            if name == "img" && !attributes.contains(" src=") {
                return;
            }
            if !is_link_left_out {
                out.push_str(&format!("<{name}{attributes}>"));
            }
            if VOID.contains(&name) {
                return;
            }
            for child in node.children() {
                push(child, rules, in_pre || name == "pre", depth + 1, out);
            }
            if !is_link_left_out {
                out.push_str(&format!("</{name}>"));
            }
        }
        _ => {}
    }
}

/// An attribute as it is written: ` key="value"`, nothing, or `None` if its address cannot be kept.
fn attribute(element: &str, key: &str, value: &str, rules: &dyn Rules) -> Option<String> {
    let is_name = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'));
    let written = |value: &str| Some(format!(" {key}=\"{}\"", attribute_value(value)));
    match key {
        _ if !is_name || key.starts_with("on") => Some(String::new()),
        "style" | "srcset" | "sizes" | "loading" | "decoding" | "class" | "contenteditable" | "target" => {
            Some(String::new())
        }
        "id" if !rules.keeps_id(value) => Some(String::new()),
        "href" if element == "a" => written(&rules.link(value)?),
        "src" | "poster" => match rules.file(value, None) {
            Some((file, _)) => written(&file),
            None => Some(String::new()),
        },
        "href" | "xlink:href" | "action" | "formaction" | "background" | "cite" | "longdesc"
            if is_unsafe(value) =>
        {
            Some(String::new())
        }
        "cite" | "longdesc" | "background" | "action" | "formaction" => Some(String::new()),
        _ => written(value),
    }
}

fn push_text(text: &str, in_pre: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '{' => out.push_str("&#123;"),
            '\\' => out.push_str("&#92;"),
            '$' if out.ends_with('$') => out.push_str("&#36;"),
            '\n' if in_pre => out.push_str("&#10;"),
            '\n' if out.ends_with('\n') || out.is_empty() => {}
            '\r' => {}
            ' ' | '\t' if !in_pre && out.ends_with('\n') => {}
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
}

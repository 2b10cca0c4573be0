//! The text around a link, as WordPress shows it: `[…] a hundred characters, the link, a hundred
//! characters […]`.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

/// Characters on each side of the link.
const SIDE: usize = 100;
/// Longest text of a link, title or name, in characters.
const MAX_LINE: usize = 200;
/// Longest text of a block that is read, in bytes.
const MAX_BLOCK: usize = 64 * 1024;
/// Elements inside a line of text; the block around a link is the first ancestor that is none of them.
const INLINE: [&str; 30] = [
    "a", "abbr", "acronym", "area", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time",
    "u", "var",
];
/// Elements whose text is not read by people.
const HIDDEN: [&str; 8] = ["script", "style", "template", "noscript", "textarea", "select", "svg", "head"];

/// Text on one line with single spaces, cut at [`MAX_LINE`]; `None` if nothing is left.
pub(super) fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(MAX_LINE).collect();
    (!line.is_empty()).then_some(line)
}

/// Text of an element as readers see it, with a space between blocks.
pub(super) fn text(element: ElementRef<'_>) -> String {
    let mut found = String::new();
    collect(element, None, &mut found);
    found
}

/// Collects the text of an element. Returns the byte range of `link` in it.
fn collect(
    element: ElementRef<'_>,
    link: Option<ElementRef<'_>>,
    out: &mut String,
) -> Option<(usize, usize)> {
    // Without recursion: a page may nest as deeply as the parser allows.
    let mut range = None;
    let mut start = 0;
    for edge in element.traverse() {
        if out.len() > MAX_BLOCK {
            break;
        }
        match edge {
            Edge::Open(node) => {
                if link.is_some_and(|link| link.id() == node.id()) {
                    start = out.len();
                }
                match node.value() {
                    Node::Text(text) => {
                        let is_hidden =
                            node.ancestors().take_while(|above| above.id() != element.id()).any(|above| {
                                above.value().as_element().is_some_and(|above| HIDDEN.contains(&above.name()))
                            });
                        if !is_hidden {
                            out.push_str(text);
                        }
                    }
                    Node::Element(inner) if !INLINE.contains(&inner.name()) => out.push(' '),
                    _ => {}
                }
            }
            Edge::Close(node) => {
                if link.is_some_and(|link| link.id() == node.id()) {
                    range = Some((start, out.len()));
                }
                if node.value().as_element().is_some_and(|inner| !INLINE.contains(&inner.name())) {
                    out.push(' ');
                }
            }
        }
    }
    range
}

/// The passage around a link. `None` if it is no link in a text.
pub(super) fn around(link: ElementRef<'_>) -> Option<String> {
    if link.value().name() != "a" {
        return None;
    }
    let ancestors = link.ancestors().filter_map(ElementRef::wrap);
    let block = ancestors.into_iter().find(|above| !INLINE.contains(&above.value().name()))?;
    let mut whole = String::new();
    let (start, end) = collect(block, Some(link), &mut whole)?;
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = one_line(&whole[start..end]).unwrap_or_default();
    let (before, after) = (squeezed(&whole[..start]), squeezed(&whole[end..]));
    let is_glued_before =
        !whole[..start].ends_with(char::is_whitespace) && !whole[start..].starts_with(char::is_whitespace);
    let is_glued_after =
        !whole[..end].ends_with(char::is_whitespace) && !whole[end..].starts_with(char::is_whitespace);
    let mut passage = String::new();
    let shown = last(&before);
    if shown.len() < before.len() {
        passage.push_str("[…] ");
    }
    passage.push_str(shown);
    if !is_glued_before && !shown.is_empty() {
        passage.push(' ');
    }
    passage.push_str(&words);
    let shown = first(&after);
    if !is_glued_after && !shown.is_empty() {
        passage.push(' ');
    }
    passage.push_str(shown);
    if shown.len() < after.len() {
        passage.push_str(" […]");
    }
    (!passage.trim().is_empty()).then_some(passage)
}

/// The last [`SIDE`] characters, from the start of a word.
fn last(text: &str) -> &str {
    match text.char_indices().rev().nth(SIDE) {
        None => text,
        Some((at, _)) => text[at..].find(' ').map_or(&text[text.len()..], |space| &text[at + space + 1..]),
    }
}

/// The first [`SIDE`] characters, to the end of a word.
fn first(text: &str) -> &str {
    match text.char_indices().nth(SIDE) {
        None => text,
        Some((at, _)) => text[..at].rfind(' ').map_or("", |space| &text[..space]),
    }
}

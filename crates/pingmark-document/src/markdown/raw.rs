//! HTML inside Markdown, and the masked tags of components.

use std::ops::Range;

use super::super::typography;
use super::component::{TagKind, is_address, is_image, is_text};
use super::{Argument, Component, Frame, ParagraphContent, ReferenceKind, Slot, Writer, catalogue};

/// Attributes whose value is a URL.
const URL_ATTRIBUTES: [&str; 3] = ["href", "src", "poster"];

impl Writer<'_> {
    /// Writes HTML of the author's. Its URLs become references, and masked tags become components.
    pub(super) fn raw_html(&mut self, text: &str, range: Range<usize>) {
        if self.image.is_some() {
            return;
        }
        self.paragraph_content = ParagraphContent::Other;
        let first = self.tags.partition_point(|tag| tag.span.end <= range.start);
        let mut done = 0;
        for number in first..self.tags.len() {
            let span = self.tags[number].span.clone();
            if span.start >= range.end {
                break;
            }
            // A tag that spans several events (one per line) is handled in the first.
            let from = span.start.saturating_sub(range.start).min(text.len());
            let to = (span.end - range.start).min(text.len());
            self.html_piece(&text[done.min(from)..from], range.start + done.min(from));
            if !std::mem::replace(&mut self.tags_seen[number], true) {
                self.component(number);
            }
            done = to;
        }
        self.html_piece(&text[done..], range.start + done);
    }

    /// Writes HTML without masked tags; `offset` is relative to the body's source.
    fn html_piece(&mut self, html: &str, offset: usize) {
        if is_more(html) {
            self.excerpt.close();
            return;
        }
        self.html_ids.extend(ids(html));
        let mut done = 0;
        while let Some((start, end, kind)) = next_url(html, done) {
            self.out.html().push_str(&html[done..start]);
            let address = &html[start..end];
            if address.is_empty() || address.starts_with('#') || address.contains("{{") {
                self.out.html().push_str(address);
            } else {
                let decoded = address.replace("&amp;", "&");
                let number = self.refer(kind, &decoded, offset + start..offset + end);
                self.out.slot(Slot::Address(number));
                if self.inline && kind == ReferenceKind::Raw {
                    self.open_html_link = Some(number);
                    self.block_references.push((number, self.block.len(), self.block.len()));
                }
            }
            done = end;
        }
        self.out.html().push_str(&html[done..]);
        if self.open_html_link.is_some() && html.get(..3).is_some_and(|tag| tag.eq_ignore_ascii_case("</a")) {
            let end = self.block.len();
            let open = self.open_html_link.take();
            if let Some(mark) =
                self.block_references.iter_mut().rev().find(|(number, ..)| Some(*number) == open)
            {
                mark.2 = end;
            }
        }
    }

    /// Handles the tag of a component.
    fn component(&mut self, number: usize) {
        let span = self.tag_span(number);
        match self.tags[number].kind.clone() {
            TagKind::Single(name, arguments) => {
                let component = self.new_component(name, arguments, number);
                self.place(component);
            }
            TagKind::Open(..) | TagKind::Close(_) if self.inline => {
                self.diagnostics.push(catalogue::component_misplaced(self.input.path, span));
            }
            TagKind::Open(name, arguments) => {
                self.end_block();
                let component = self.new_component(name, arguments, number);
                let outer = self.take_body();
                self.frames.push(Frame::Component(outer, component, number));
            }
            TagKind::Close(name) => {
                self.end_block();
                match self.frames.pop() {
                    Some(Frame::Component(outer, mut component, _)) if component.name == name => {
                        let mut inner = std::mem::replace(&mut self.out, outer);
                        inner.shrink();
                        component.body = Some(inner);
                        self.place(component);
                    }
                    other => {
                        let open = match &other {
                            Some(Frame::Component(_, component, _)) => Some(component.name.clone()),
                            _ => None,
                        };
                        self.frames.extend(other);
                        self.diagnostics.push(catalogue::component_close(
                            self.input.path,
                            span,
                            &name,
                            open.as_deref(),
                        ));
                    }
                }
            }
            TagKind::Broken(reason) => {
                self.diagnostics.push(catalogue::component_syntax(self.input.path, span, reason));
            }
        }
    }

    fn new_component(
        &mut self,
        name: String,
        arguments: Vec<(String, serde_json::Value)>,
        tag: usize,
    ) -> Component {
        let span = self.tags[tag].span.clone();
        let arguments = arguments
            .into_iter()
            .map(|(key, value)| match value.as_str() {
                Some(address) if is_address(&key) && !address.is_empty() => {
                    let kind = if is_image(&key) { ReferenceKind::Picture } else { ReferenceKind::Argument };
                    let number = self.refer(kind, address, span.clone());
                    (key, Argument::Address(number))
                }
                Some(text) if is_text(&key) => {
                    let set = typography::set(self.input.style, text);
                    (key, Argument::Value(set.into()))
                }
                _ => (key, Argument::Value(value)),
            })
            .collect();
        let number = self.spans.components.len() as u32;
        self.spans.components.push(self.tag_span(tag));
        Component { name, arguments, body: None, number }
    }

    /// Appends a component to the body.
    fn place(&mut self, component: Component) {
        let slot = Slot::Component(self.out.components.len() as u32);
        self.out.slot(slot);
        self.out.components.push(component);
    }

    /// The text of a code block as typed, with the tags of components unmasked.
    pub(super) fn unmasked(&mut self, text: &str, range: &Range<usize>) -> String {
        if self.see_tags(range) && text.len() == range.len() {
            return self.source[range.clone()].to_owned();
        }
        text.to_owned()
    }

    /// The text of inline code as typed, with the tags of components unmasked. The range includes
    /// the backticks.
    pub(super) fn unmasked_code(&mut self, text: &str, range: &Range<usize>) -> String {
        if !self.see_tags(range) {
            return text.to_owned();
        }
        let source = self.source[range.clone()].trim_matches('`').replace('\n', " ");
        // One blank on each side separates the code from the backticks.
        match source.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' ')) {
            Some(inner) if !inner.trim().is_empty() => inner.to_owned(),
            _ => source,
        }
    }

    /// Marks the tags in a range as seen. Returns whether there are any.
    fn see_tags(&mut self, range: &Range<usize>) -> bool {
        let first = self.tags.partition_point(|tag| tag.span.end <= range.start);
        let inside = self.tags[first..].iter().take_while(|tag| tag.span.start < range.end).count();
        self.tags_seen[first..first + inside].fill(true);
        inside > 0
    }
}

/// Whether HTML is the comment `<!-- more -->`, which ends the excerpt.
fn is_more(html: &str) -> bool {
    let comment = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    comment.is_some_and(|word| word.trim().eq_ignore_ascii_case("more"))
}

/// The next URL in an attribute, from an offset on: its byte range, and whether it is a link or
/// embedded media.
fn next_url(html: &str, from: usize) -> Option<(usize, usize, ReferenceKind)> {
    let mut at = from;
    while let Some(found) = html[at..].find('=') {
        let equals = at + found;
        at = equals + 1;
        let name = html[..equals].trim_end();
        let attribute = URL_ATTRIBUTES.iter().find(|attribute| {
            name.len() > attribute.len()
                && name.is_char_boundary(name.len() - attribute.len())
                && name[name.len() - attribute.len()..].eq_ignore_ascii_case(attribute)
                && name.as_bytes()[name.len() - attribute.len() - 1].is_ascii_whitespace()
        });
        let Some(attribute) = attribute.filter(|_| equals >= from) else { continue };
        let value = html[at..].trim_start();
        let start = html.len() - value.len();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let end = html[start + 1..].find(quote)?;
        let kind = if *attribute == "href" { ReferenceKind::Raw } else { ReferenceKind::Embed };
        return Some((start + 1, start + 1 + end, kind));
    }
    None
}

/// The ids of elements and the names of anchors in a piece of HTML.
fn ids(html: &str) -> impl Iterator<Item = String> {
    ["id=", "name="].into_iter().flat_map(move |attribute| {
        html.match_indices(attribute).filter_map(move |(at, _)| {
            let is_own = html[..at].chars().next_back().is_none_or(char::is_whitespace);
            let value = &html[at + attribute.len()..];
            let quote = value.chars().next().filter(|c| is_own && matches!(c, '"' | '\''))?;
            let value = &value[1..];
            Some(value[..value.find(quote)?].to_owned())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_html() {
        let found: Vec<String> = ids("<div id=\"un\" data-id='n'><a name='deux'></a><p id=\"\n").collect();
        assert_eq!(found, ["un", "deux"]);
    }

    #[test]
    fn urls_are_found_in_attributes() {
        let html = "<a data-href='n' href=\"x.md\" title=\"a=b\"><img SRC = 'y.png'>";
        let first = next_url(html, 0).unwrap();
        assert_eq!(&html[first.0..first.1], "x.md");
        let second = next_url(html, first.1).unwrap();
        assert_eq!(&html[second.0..second.1], "y.png");
        assert_eq!(next_url(html, second.1), None);
    }

    #[test]
    fn the_end_of_the_excerpt_is_recognised() {
        assert!(is_more("<!-- more -->\n") && is_more("<!--more-->") && !is_more("<!-- moreover -->"));
    }
}

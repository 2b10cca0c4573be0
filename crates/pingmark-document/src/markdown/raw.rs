//! The author's own HTML, and the components masked in it.

use std::ops::Range;

use super::super::typography;
use super::component::{TagKind, is_address, is_picture, is_text};
use super::{Argument, Component, Frame, ReferenceKind, Slot, Solo, Writer, catalogue};

/// Attributes whose value is an address.
const ADDRESSES: [&str; 3] = ["href", "src", "poster"];

impl Writer<'_> {
    /// HTML of the author: kept as it is, but for the addresses in it, which are resolved like
    /// those of links, and for the masks of components.
    pub(super) fn raw_html(&mut self, text: &str, range: Range<usize>) {
        if self.image.is_some() {
            return;
        }
        self.solo = Solo::Other;
        let first = self.tags.partition_point(|tag| tag.span.end <= range.start);
        let mut done = 0;
        for number in first..self.tags.len() {
            let span = self.tags[number].span.clone();
            if span.start >= range.end {
                break;
            }
            // A tag that spans several events (one a line) is met in the first.
            let from = span.start.saturating_sub(range.start).min(text.len());
            let to = (span.end - range.start).min(text.len());
            self.html_piece(&text[done.min(from)..from], range.start + done.min(from));
            if !std::mem::replace(&mut self.met[number], true) {
                self.component(number);
            }
            done = to;
        }
        self.html_piece(&text[done..], range.start + done);
    }

    fn html_piece(&mut self, html: &str, offset: usize) {
        if is_more(html) {
            self.excerpt.marked();
            return;
        }
        self.own_ids.extend(ids(html));
        let mut done = 0;
        while let Some((start, end, kind)) = next_address(html, done) {
            self.out.html().push_str(&html[done..start]);
            let address = &html[start..end];
            if address.is_empty() || address.starts_with('#') || address.contains("{{") {
                self.out.html().push_str(address);
            } else {
                let decoded = address.replace("&amp;", "&");
                let number = self.refer(kind, &decoded, offset + start..offset + end);
                self.out.slot(Slot::Address(number));
                if self.inline && kind == ReferenceKind::Raw {
                    self.raw_link = Some(number);
                    self.marks.push((number, self.block.len(), self.block.len()));
                }
            }
            done = end;
        }
        self.out.html().push_str(&html[done..]);
        if self.raw_link.is_some() && html.get(..3).is_some_and(|tag| tag.eq_ignore_ascii_case("</a")) {
            let end = self.block.len();
            let open = self.raw_link.take();
            if let Some(mark) = self.marks.iter_mut().rev().find(|(number, ..)| Some(*number) == open) {
                mark.2 = end;
            }
        }
    }

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
                let outer = self.outer_body();
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
                self.diagnostics.push(catalogue::component_syntax(self.input.path, span, &reason));
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
                    let kind =
                        if is_picture(&key) { ReferenceKind::Picture } else { ReferenceKind::Argument };
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

    fn place(&mut self, component: Component) {
        let slot = Slot::Component(self.out.components.len() as u32);
        self.out.slot(slot);
        self.out.components.push(component);
    }

    /// Code in which a component's tag stands: shown as typed.
    pub(super) fn unmasked(&mut self, text: &str, range: &Range<usize>) -> String {
        if self.meet_tags(range) && text.len() == range.len() {
            return self.source[range.clone()].to_owned();
        }
        text.to_owned()
    }

    /// Inline code in which a component's tag stands; the range includes the backticks.
    pub(super) fn unmasked_code(&mut self, text: &str, range: &Range<usize>) -> String {
        if !self.meet_tags(range) {
            return text.to_owned();
        }
        let source = self.source[range.clone()].trim_matches('`').replace('\n', " ");
        // One blank each side is there to part the code from the backticks.
        match source.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' ')) {
            Some(inner) if !inner.trim().is_empty() => inner.to_owned(),
            _ => source,
        }
    }

    fn meet_tags(&mut self, range: &Range<usize>) -> bool {
        let first = self.tags.partition_point(|tag| tag.span.end <= range.start);
        let inside = self.tags[first..].iter().take_while(|tag| tag.span.start < range.end).count();
        self.met[first..first + inside].fill(true);
        inside > 0
    }
}

/// `<!-- more -->`, with or without blanks.
fn is_more(html: &str) -> bool {
    let comment = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    comment.is_some_and(|word| word.trim().eq_ignore_ascii_case("more"))
}

/// The next address in an attribute, from a place on: where it begins and ends, and whether it
/// is a link or a part of the page.
fn next_address(html: &str, from: usize) -> Option<(usize, usize, ReferenceKind)> {
    let mut at = from;
    while let Some(found) = html[at..].find('=') {
        let equals = at + found;
        at = equals + 1;
        let name = html[..equals].trim_end();
        let attribute = ADDRESSES.iter().find(|attribute| {
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

/// The ids, and the names of anchors, that a piece of HTML gives to its elements.
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
    fn addresses_are_found_in_attributes() {
        let html = "<a data-href='n' href=\"x.md\" title=\"a=b\"><img SRC = 'y.png'>";
        let first = next_address(html, 0).unwrap();
        assert_eq!(&html[first.0..first.1], "x.md");
        let second = next_address(html, first.1).unwrap();
        assert_eq!(&html[second.0..second.1], "y.png");
        assert_eq!(next_address(html, second.1), None);
    }

    #[test]
    fn the_mark_of_the_summary_is_known() {
        assert!(is_more("<!-- more -->\n") && is_more("<!--more-->") && !is_more("<!-- moreover -->"));
    }
}

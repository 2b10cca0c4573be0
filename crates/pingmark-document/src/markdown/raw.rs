//! HTML inside Markdown, and the masked tags of components.

use std::ops::Range;

use pingmark_core::html::without_forbidden;
use pingmark_core::html_tokens::{Kind, Token, attributes, tokens};

use super::super::outline::HeadingIds;
use super::super::typography;
use super::component::{TagKind, is_address, is_caption, is_image, is_text};
use super::{Argument, Component, Frame, ParagraphContent, ReferenceKind, Slot, Writer, catalogue};

/// Raw HTML that is being collected, since the parser splits it into lines.
#[derive(Default)]
pub(super) struct HtmlBlock {
    text: String,
    /// Offset in `text` of each line, and in the source.
    lines: Vec<(usize, usize)>,
}

impl HtmlBlock {
    /// A text that begins where the source does.
    pub(super) fn whole(text: String) -> Self {
        Self { text, lines: vec![(0, 0)] }
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Offset in the source of an offset in the text.
    fn source_of(&self, at: usize) -> usize {
        let line = self.lines.partition_point(|(start, _)| *start <= at);
        self.lines.get(line.saturating_sub(1)).map_or(0, |(start, source)| source + at - start)
    }

    pub(super) fn source_range(&self, range: &Range<usize>) -> Range<usize> {
        self.source_of(range.start)..self.source_of(range.end.max(range.start + 1) - 1) + 1
    }
}

/// What an attribute names.
enum AddressKind {
    /// One URL.
    One(ReferenceKind),
    /// Images with their sizes, as in `srcset`.
    Set,
}

/// What the attribute of an element names; `None` if that is no URL.
fn address_kind(element: &str, attribute: &str) -> Option<AddressKind> {
    Some(AddressKind::One(match (element, attribute) {
        ("a" | "area", "href") => ReferenceKind::Raw,
        (_, "href" | "xlink:href" | "src" | "poster" | "background" | "longdesc")
        | ("object", "data")
        | ("blockquote" | "q" | "ins" | "del", "cite") => ReferenceKind::Embed,
        ("form", "action") | ("button" | "input", "formaction") => ReferenceKind::Action,
        ("img" | "source", "srcset") | ("link", "imagesrcset") => return Some(AddressKind::Set),
        _ => return None,
    }))
}

impl Writer<'_> {
    /// Collects a line of a block of HTML.
    pub(super) fn html_line(&mut self, text: &str, range: &Range<usize>) {
        let text = self.masks.restored(self.source, text, range);
        self.html.lines.push((self.html.text.len(), range.start));
        self.html.text.push_str(&text);
    }

    /// Writes the collected block of HTML.
    pub(super) fn end_html_block(&mut self) {
        let block = std::mem::take(&mut self.html);
        if is_more(&block.text) {
            return self.excerpt.close();
        }
        self.html_text.restart();
        self.html(&block, true);
        self.end_html_text();
    }

    /// Writes HTML inside a line.
    pub(super) fn inline_html(&mut self, text: &str, range: &Range<usize>) {
        if self.image.is_some() {
            return;
        }
        self.paragraph_content = ParagraphContent::Other;
        let text = self.masks.restored(self.source, text, range).into_owned();
        self.html(&HtmlBlock { text, lines: vec![(0, range.start)] }, false);
    }

    /// Writes HTML of the author's. Its URLs become references, and masked tags become components.
    fn html(&mut self, block: &HtmlBlock, is_block: bool) {
        for token in tokens(&block.text) {
            if matches!(token.kind, Kind::Open(name) if name.eq_ignore_ascii_case("h1")) {
                self.checks.title(block.source_range(&token.range));
            }
            self.html_token(block, &token, is_block);
        }
    }

    /// Writes a token of HTML; `is_block` if it is text of its own, not part of a line of Markdown.
    pub(super) fn html_token(&mut self, block: &HtmlBlock, token: &Token<'_>, is_block: bool) {
        let text = &block.text[token.range.clone()];
        match token.kind {
            Kind::Comment => self.html_comment(text, block.source_of(token.range.start), is_block),
            Kind::RawText => self.out.html().push_str(text),
            Kind::Text => {
                self.out.html().push_str(text);
                if is_block {
                    self.push_html_text(text);
                }
            }
            Kind::Open(name) | Kind::Close(name) => {
                let name = name.to_ascii_lowercase();
                let closes = matches!(token.kind, Kind::Close(_));
                if is_block {
                    self.html_text_tag(&name, closes, text);
                }
                if is_verbatim(&name) {
                    let change = if closes { -1 } else { 1 };
                    self.verbatim_html = self.verbatim_html.saturating_add_signed(change);
                }
                match (&*name, closes) {
                    ("a", true) => {
                        self.out.html().push_str(text);
                        self.close_html_link();
                    }
                    (_, true) => self.out.html().push_str(text),
                    (name, false) => self.html_tag(block, name, token.range.clone()),
                }
            }
        }
    }

    /// Writes a comment, which may be the mask of a component or end the excerpt. `start` is its offset in
    /// the source.
    fn html_comment(&mut self, comment: &str, start: usize, is_block: bool) {
        if let Ok(number) = self.tags.binary_search_by_key(&start, |tag| tag.span.start) {
            if !std::mem::replace(&mut self.tags_seen[number], true) {
                self.component(number);
            }
        } else if is_more(comment) {
            if is_block {
                self.end_html_text();
            }
            self.more();
        } else {
            self.out.html().push_str(comment);
        }
    }

    /// Ends the excerpt here, at the author's mark.
    fn more(&mut self) {
        if self.inline && self.depth == 0 && self.frames.is_empty() {
            self.excerpt.push_paragraph(&self.block);
        }
        self.excerpt.close();
    }

    /// Writes an opening tag, which has the range in the block.
    fn html_tag(&mut self, block: &HtmlBlock, element: &str, range: Range<usize>) {
        let tag = &block.text[range.clone()];
        let mut done = 0;
        for attribute in attributes(tag) {
            let (name, value) = (attribute.name.to_ascii_lowercase(), attribute.value);
            if value.is_empty() && !attribute.is_quoted {
                continue;
            }
            let in_tag = attribute.value_range;
            let place = block.source_range(&(range.start + in_tag.start..range.start + in_tag.end));
            match &*name {
                "id" => self.html_ids.push(value.to_owned()),
                "name" if element == "a" => self.html_ids.push(value.to_owned()),
                "style" if !value.trim().is_empty() => self.checks.style(place.clone()),
                _ => {}
            }
            let Some(kind) = address_kind(element, &name) else { continue };
            let quote = if attribute.is_quoted { "" } else { "\"" };
            self.out.html().push_str(&tag[done..in_tag.start]);
            self.out.html().push_str(quote);
            match kind {
                AddressKind::One(kind) => self.html_address(value, kind, place),
                AddressKind::Set => self.html_srcset(value, &place),
            }
            self.out.html().push_str(quote);
            done = in_tag.end;
        }
        self.out.html().push_str(&tag[done..]);
    }

    /// Writes the URL in an attribute.
    fn html_address(&mut self, address: &str, kind: ReferenceKind, place: Range<usize>) {
        if address.contains("{{") || address.contains("{%") {
            self.checks.template_in_address(address, place.start);
        }
        let is_own = address.strip_prefix('#').is_some_and(HeadingIds::is_reserved);
        if address.trim().is_empty() || (address.starts_with('#') && !is_own) || address.contains("{{") {
            if address.trim().is_empty() && kind == ReferenceKind::Raw {
                self.checks.empty_address(place);
            }
            return self.out.html().push_str(address);
        }
        let decoded = address.replace("&amp;", "&");
        let number = self.refer(kind, &decoded, place);
        self.out.slot(Slot::Address(number));
        if kind == ReferenceKind::Raw {
            self.open_html_link = Some(number);
            self.block_references.push((number, self.block.len(), self.block.len()));
        }
    }

    /// Writes the URLs of a `srcset`, each with its size.
    /// <https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute>
    fn html_srcset(&mut self, set: &str, place: &Range<usize>) {
        let mut at = 0;
        while at < set.len() {
            let rest = &set[at..];
            let start =
                at + rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
            let word = set[start..].split(char::is_whitespace).next().unwrap_or("");
            let address = word.trim_end_matches(',');
            let mut end = start + word.len();
            if address.len() == word.len() {
                // The size ends at a comma outside brackets.
                let mut depth = 0_usize;
                let size = set[end..].find(|c| {
                    match c {
                        '(' => depth += 1,
                        ')' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    c == ',' && depth == 0
                });
                end = size.map_or(set.len(), |size| end + size);
            }
            self.out.html().push_str(&set[at..start]);
            if !address.is_empty() {
                let own = place.start + start..place.start + start + address.len();
                self.html_address(address, ReferenceKind::Embed, own);
            }
            self.out.html().push_str(&set[start + address.len()..end]);
            at = end.max(at + 1);
        }
    }

    fn close_html_link(&mut self) {
        let (open, end) = (self.open_html_link.take(), self.block.len());
        let mut marks = self.block_references.iter_mut().rev();
        if let Some(mark) = marks.find(|(number, ..)| Some(*number) == open) {
            mark.2 = end;
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
                Some(text) if is_caption(&key) => {
                    let caption = self.caption(text, span.clone());
                    let argument = match caption.has_markup {
                        true => Argument::Html(caption.body),
                        false => Argument::Value(caption.text.into()),
                    };
                    (key, argument)
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
        Component { name, arguments, body: None, number, fallback: None }
    }

    /// Appends a component to the body.
    pub(super) fn place(&mut self, component: Component) {
        let slot = Slot::Component(self.out.components.len() as u32);
        self.out.slot(slot);
        self.out.components.push(component);
    }

    /// The text of a code block as typed, with the tags of components unmasked.
    pub(super) fn unmasked(&mut self, text: &str, range: &Range<usize>) -> String {
        if self.see_tags(range) && text.len() == range.len() {
            return without_forbidden(&self.source[range.clone()]).into_owned();
        }
        self.masks.restored(self.source, text, range).into_owned()
    }

    /// The text of inline code as typed, with the tags of components unmasked. The range includes
    /// the backticks.
    pub(super) fn unmasked_code(&mut self, text: &str, range: &Range<usize>) -> String {
        if !self.see_tags(range) {
            return self.masks.restored(self.source, text, range).into_owned();
        }
        let source = without_forbidden(&self.source[range.clone()]).trim_matches('`').replace('\n', " ");
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

/// Whether HTML is the comment `<!-- more -->`, which ends the excerpt; WordPress allows the words of
/// its link in it: `<!--more Read on-->`.
fn is_more(html: &str) -> bool {
    let comment = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    comment.is_some_and(|word| {
        let is_word = |word: &str| word.eq_ignore_ascii_case("more");
        is_word(word.trim()) || word.split_once(char::is_whitespace).is_some_and(|(first, _)| is_word(first))
    })
}

/// Whether addresses in an element are no links, since it is a link itself, or code.
fn is_verbatim(element: &str) -> bool {
    matches!(element, "a" | "code" | "pre" | "kbd" | "samp" | "button" | "textarea" | "script" | "style")
}

/// The ids of elements and the names of anchors in HTML.
pub(super) fn ids(html: &str) -> Vec<String> {
    let tags = tokens(html).filter_map(|token| match token.kind {
        Kind::Open(name) => Some((name, &html[token.range])),
        _ => None,
    });
    let named = tags.flat_map(|(element, tag)| {
        let is_id = |name: &str| {
            name.eq_ignore_ascii_case("id")
                || (element.eq_ignore_ascii_case("a") && name.eq_ignore_ascii_case("name"))
        };
        attributes(tag).filter(move |one| is_id(one.name)).map(|one| one.value.to_owned())
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_html() {
        let found = ids("<div id=\"un\" data-id='n'><a name='deux'></a><input name=\"n\"><p id=trois>");
        assert_eq!(found, ["un", "deux", "trois"]);
    }

    #[test]
    fn the_end_of_the_excerpt_is_recognised() {
        for comment in ["<!-- more -->\n", "<!--more-->", "<!--more Lire la suite-->"] {
            assert!(is_more(comment), "{comment}");
        }
        for comment in ["<!-- moreover -->", "<!-- more to come -->", "<!---->"] {
            assert!(!is_more(comment), "{comment}");
        }
    }
}

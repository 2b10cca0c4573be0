//! Inline content: text, links, images, code, footnote references.

use std::ops::Range;

use pulldown_cmark::LinkType;

use pingmark_core::html::{push_escaped, push_text, without_forbidden};

use super::addresses::{self, BareAddress};
use super::embeds::{self, Embed};
use super::masks::Piece;
use super::{
    Argument, Body, Component, Image, ParagraphContent, ReferenceKind, Slot, Writer, catalogue, cite,
};

/// Stands in the list of open links for double brackets that are text.
const TEXT_IN_BRACKETS: u32 = u32::MAX;

/// Whether the target of a wikilink can be the name of a page. `[[1,2],[3,4]]`, `[[12]]`,
/// `[[ -f "$x" ]]` and `[[https://…]]` are text.
fn may_name_a_page(target: &str) -> bool {
    let name = target.split('#').next().unwrap_or(target).trim();
    if name.is_empty() {
        return target.contains('#');
    }
    // A year may be the title of a post.
    let is_word = name.chars().any(char::is_alphabetic)
        || (name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit()));
    let is_code =
        name.contains("://") || name.contains("==") || name.contains(['[', ']', '$', '{', '}', '|']);
    is_word && !is_code && !name.starts_with(['-', '!', ':'])
}

impl Writer<'_> {
    /// Writes text, in which citations, footnote references, formulas and bare addresses may occur.
    pub(super) fn text(&mut self, text: &str, range: Range<usize>) {
        if self.code.is_some() {
            let text = self.unmasked(text, &range);
            if let Some((_, code)) = &mut self.code {
                code.push_str(&text);
            }
            return;
        }
        if self.image.is_some() {
            let text = self.masks.restored(self.source, text, &range);
            if let Some(image) = &mut self.image {
                image.alt.push_str(&text);
            }
            return;
        }
        if self.hides_text {
            self.block.push_str(text);
            self.typographer.opaque();
            return;
        }
        self.reopen_paragraph();
        if self.aside.is_none() {
            let begins_line = std::mem::take(&mut self.begins_line);
            self.checks.text(self.source, &range, begins_line && self.open_links.is_empty());
        }
        if self.features.footnotes
            && let Some(at) = text.find("[^")
        {
            self.footnote_without_text(&text[at..], &range);
        }
        if self.features.citations && text.contains('@') {
            if self.open_links.is_empty() {
                return self.text_with_cites(text, range);
            }
            self.cite_inside_link(text, &range);
        }
        self.plain_text(text, &range);
    }

    /// Writes text without citations. `range` is that of the event it is part of.
    pub(super) fn plain_text(&mut self, text: &str, range: &Range<usize>) {
        if !self.masks.has_formula(text) {
            return self.linked_text(text, range);
        }
        for piece in self.masks.pieces(self.source, text, range) {
            match piece {
                Piece::Text(text) => self.linked_text(text, range),
                Piece::Formula(formula) => {
                    self.paragraph_content = ParagraphContent::Other;
                    let formula = without_forbidden(formula);
                    self.block.push_str(&formula);
                    self.typographer.opaque();
                    push_text(self.out.html(), &formula);
                }
            }
        }
    }

    /// Writes text in which bare addresses become links.
    fn linked_text(&mut self, text: &str, range: &Range<usize>) {
        let mut done = 0;
        if self.features.addresses && self.open_links.is_empty() && self.verbatim_html == 0 {
            while let Some(BareAddress { range: found, scheme }) = addresses::next(text, done) {
                self.set_text(&text[done..found.start], "x");
                let address = &text[found.clone()];
                self.bare_address(address, &format!("{scheme}{address}"), range);
                done = found.end;
            }
        }
        let is_whole = done == 0;
        // A text that is no event of its own has no range.
        let ahead = self.source.get(range.end..self.block_end).filter(|_| !range.is_empty()).unwrap_or("");
        let rest = &text[done..];
        // A line that has nothing but an embed is no text.
        if !(self.after_embed && rest.trim().is_empty() && !is_whole) {
            self.set_text(rest, ahead);
        }
    }

    /// Writes text by the rules of typography. `ahead` is the source behind it in the block.
    fn set_text(&mut self, text: &str, ahead: &str) {
        if !matches!(self.paragraph_content, ParagraphContent::Other) && !text.trim().is_empty() {
            self.paragraph_content = ParagraphContent::Other;
        }
        let start = self.block.len();
        if self.open_links.last().is_some_and(|(_, verbatim)| *verbatim) {
            self.block.push_str(text);
            self.typographer.opaque();
        } else {
            self.typographer.push(text, ahead, &mut self.block);
        }
        push_text(self.out.html(), &self.block[start..]);
    }

    /// Writes a bare address as a link, or as an embed.
    fn bare_address(&mut self, address: &str, target: &str, range: &Range<usize>) {
        /// How far an address is searched in the source, in bytes.
        const WINDOW: usize = 10_000;
        let from = self.address_end.clamp(range.start, range.end);
        let window = self.source.get(from..range.end).unwrap_or("");
        let window = window.get(..WINDOW).unwrap_or(window);
        let place = match window.find(address) {
            Some(at) => from + at..from + at + address.len(),
            None => range.clone(),
        };
        self.address_end = place.end;
        if self.stands_alone(&place)
            && let Some(embed) = embeds::of(target)
        {
            return self.embed(embed, address, target, place);
        }
        self.paragraph_content = ParagraphContent::Other;
        let number = self.refer(ReferenceKind::Auto, target, place);
        let start = self.block.len();
        self.block.push_str(address);
        self.block_references.push((number, start, self.block.len()));
        self.typographer.opaque();
        self.out.slot(Slot::LinkOpen(number));
        push_text(self.out.html(), address);
        self.out.slot(Slot::LinkClose(number));
    }

    /// Whether an address is alone on a line of a paragraph, outside lists, quotes and notes.
    fn stands_alone(&self, place: &Range<usize>) -> bool {
        if !self.in_paragraph || self.depth > 0 || self.open_notes > 0 || self.aside.is_some() {
            return false;
        }
        let blanks = [' ', '\t', '\r'];
        let before = self.source[..place.start].trim_end_matches(blanks);
        let after = self.source[place.end..].trim_start_matches(blanks);
        (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'))
    }

    /// Writes the component for an address on a known network, between paragraphs.
    fn embed(&mut self, embed: Embed, address: &str, target: &str, place: Range<usize>) {
        if matches!(self.paragraph_content, ParagraphContent::Empty) {
            self.out.truncate(self.paragraph);
        } else {
            self.out.trim_line_break();
            self.close_paragraph();
        }
        let component = self.spans.components.len() as u32;
        self.spans.components.push(place.start + self.input.start..place.end + self.input.start);
        let number = self.refer(ReferenceKind::Auto, target, place);
        self.references[number as usize].words = address.into();
        let mut link = Body::default();
        link.html().push_str("<p>");
        link.slot(Slot::LinkOpen(number));
        push_text(link.html(), address);
        link.slot(Slot::LinkClose(number));
        link.html().push_str("</p>\n");
        let mut arguments: Vec<(String, Argument)> = embed
            .arguments
            .into_iter()
            .map(|(key, value)| (key.to_owned(), Argument::Value(value)))
            .collect();
        if embed.is_post {
            arguments.push(("url".to_owned(), Argument::Address(number)));
        }
        self.place(Component {
            name: embed.name.to_owned(),
            arguments,
            body: embed.is_post.then(|| link.clone()),
            number: component,
            fallback: Some(link),
        });
        self.out.html().push('\n');
        self.after_embed = true;
    }

    /// Notes a citation inside a link, where it is text.
    fn cite_inside_link(&mut self, text: &str, range: &Range<usize>) {
        let Some(brackets) = cite::next_brackets(text, 0) else { return };
        let written = &text[brackets];
        let Some(items) = cite::parse(&written[1..written.len() - 1]) else { return };
        let at = self.source.get(range.clone()).and_then(|source| cite::find_written(source, 0, written));
        if let (Some(at), Some(item)) = (at, items.first()) {
            let start = range.start + at;
            self.checks.cite_in_link(start..start + written.len(), item.key);
        }
    }

    /// Reports a `[^note]` without a definition, which the parser leaves as text.
    fn footnote_without_text(&mut self, mark: &str, range: &Range<usize>) {
        let name = mark[2..].split(']').next().unwrap_or("");
        let is_mark = mark.contains(']') && !name.is_empty() && !name.contains(char::is_whitespace);
        let written = format!("[^{name}]");
        let found = self.source[range.clone()].find(&written).filter(|_| is_mark);
        if let Some(at) = found {
            let start = self.input.start + range.start + at;
            self.diagnostics.push(catalogue::footnote_missing(
                self.input.path,
                start..start + written.len(),
                name,
            ));
        }
    }

    pub(super) fn line_break(&mut self, html: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push(' ');
            return;
        }
        if self.after_embed {
            return;
        }
        self.begins_line = true;
        self.typographer.push("\n", "", &mut self.block);
        self.out.html().push_str(html);
    }

    pub(super) fn inline_code(&mut self, text: &str, range: Range<usize>) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(text);
            return;
        }
        self.paragraph_content = ParagraphContent::Other;
        let text = self.unmasked_code(text, &range);
        self.block.push_str(&text);
        self.typographer.opaque();
        let html = self.out.html();
        html.push_str("<code>");
        push_text(html, &text);
        html.push_str("</code>");
    }

    pub(super) fn open_link(&mut self, kind: LinkType, target: &str, title: &str, range: Range<usize>) {
        self.paragraph_content = ParagraphContent::Other;
        if let LinkType::WikiLink { has_pothole } = kind
            && !may_name_a_page(target)
        {
            self.open_links.push((TEXT_IN_BRACKETS, false));
            let divided = if has_pothole { format!("[[{target}|") } else { "[[".to_owned() };
            return self.plain_text(&divided, &range);
        }
        if target.trim().is_empty() {
            self.checks.empty_address(range.clone());
        }
        let number = match kind {
            LinkType::Email => self.refer(ReferenceKind::Auto, &format!("mailto:{target}"), range),
            LinkType::Autolink => self.refer(ReferenceKind::Auto, target, range),
            LinkType::WikiLink { .. } => self.refer(ReferenceKind::Wiki, target, range),
            _ => self.refer(ReferenceKind::Link, target, range),
        };
        if !title.is_empty() {
            let set = super::super::typography::set(self.input.style, title);
            self.references[number as usize].title = set.into();
        }
        let is_bare_wikilink = matches!(kind, LinkType::WikiLink { has_pothole: false });
        let verbatim = matches!(kind, LinkType::Email | LinkType::Autolink);
        self.open_links.push((number, verbatim));
        self.block_references.push((number, self.block.len(), self.block.len()));
        self.out.slot(Slot::LinkOpen(number));
        if is_bare_wikilink {
            self.out.slot(Slot::Title(number));
            self.hides_text = true;
        }
    }

    pub(super) fn close_link(&mut self) {
        let Some((number, _)) = self.open_links.pop() else { return };
        if number == TEXT_IN_BRACKETS {
            return self.plain_text("]]", &(0..0));
        }
        self.hides_text = false;
        let end = self.block.len();
        if let Some(mark) = self.block_references.iter_mut().rev().find(|(marked, _, _)| *marked == number) {
            mark.2 = end;
        }
        self.out.slot(Slot::LinkClose(number));
    }

    pub(super) fn open_image(&mut self, kind: LinkType, target: &str, title: &str, range: Range<usize>) {
        let is_wiki = matches!(kind, LinkType::WikiLink { .. });
        if is_wiki {
            self.paragraph_content = ParagraphContent::Other;
        }
        if target.trim().is_empty() {
            self.checks.empty_address(range.clone());
        }
        let reference = self.refer(ReferenceKind::Image, target, range.clone());
        self.image = Some(Image { reference, alt: String::new(), title: title.to_owned(), range, is_wiki });
    }

    pub(super) fn close_image(&mut self) {
        let Some(Image { reference, alt, title, range, is_wiki }) = self.image.take() else { return };
        let (alt, width) = alt_and_width(alt.trim(), is_wiki);
        let alt = super::super::typography::set(self.input.style, alt);
        self.references[reference as usize].words = alt.as_str().into();
        let rest = self.source.get(range.end..self.block_end).unwrap_or("");
        let alone = matches!(self.paragraph_content, ParagraphContent::Empty)
            && self.open_links.is_empty()
            && (title.is_empty() || rest.trim().is_empty());
        self.out.slot(Slot::PictureOpen(reference, width));
        self.out.html().push_str("<img");
        self.out.slot(Slot::Image(reference, width));
        let html = self.out.html();
        html.push_str(" alt=\"");
        push_escaped(html, &alt);
        html.push('"');
        if !title.trim().is_empty() && !alone {
            let title = super::super::typography::set(self.input.style, title.trim());
            html.push_str(" title=\"");
            push_escaped(html, &title);
            html.push('"');
        }
        html.push('>');
        self.out.slot(Slot::PictureClose(reference));
        self.typographer.opaque();
        self.paragraph_content = match alone {
            true if title.trim().is_empty() => ParagraphContent::Image(None),
            true => ParagraphContent::Image(Some(self.caption(&title, range).body)),
            false => ParagraphContent::Other,
        };
    }

    pub(super) fn footnote_reference(&mut self, name: &str) {
        self.paragraph_content = ParagraphContent::Other;
        let next = self.footnotes.numbers.len() + 1;
        let number = *self.footnotes.numbers.entry(name.to_owned()).or_insert(next);
        if number == next {
            self.footnotes.mentions.push(0);
        }
        self.footnotes.mentions[number - 1] += 1;
        let mention = self.footnotes.mentions[number - 1];
        let suffix = if mention == 1 { String::new() } else { format!("-{mention}") };
        self.out
            .html()
            .push_str(&format!("<sup class=\"footnote-ref\" id=\"fnref-{number}{suffix}\"><a href=\""));
        self.out.slot(Slot::Here);
        self.out.html().push_str(&format!("#fn-{number}\" role=\"doc-noteref\">{number}</a></sup>"));
    }

    pub(super) fn task(&mut self, done: bool) {
        let label = self.language.task[usize::from(!done)];
        let checked = if done { " checked" } else { "" };
        self.out
            .html()
            .push_str(&format!("<input type=\"checkbox\" disabled aria-label=\"{label}\"{checked}> "));
    }
}

/// The alt text and the width in pixels of an image, as note-taking programs write them:
/// `![[photo.png|300]]`, `![[photo.png|300x200]]`, `![alt|300](photo.png)`.
fn alt_and_width(alt: &str, is_wiki: bool) -> (&str, Option<u16>) {
    let width = |text: &str| {
        let (width, height) = text.split_once(['x', '×']).unwrap_or((text, "1"));
        height.parse::<u16>().ok()?;
        width.parse::<u16>().ok().filter(|width| *width > 0)
    };
    match alt.rsplit_once('|') {
        Some((words, size)) => match width(size.trim()) {
            Some(size) => (words.trim_end(), Some(size)),
            None => (alt, None),
        },
        None if is_wiki => match width(alt) {
            Some(size) => ("", Some(size)),
            None => (alt, None),
        },
        None => (alt, None),
    }
}

#[cfg(test)]
mod tests {
    use super::alt_and_width;

    #[test]
    fn a_width_follows_the_alt_text() {
        for (alt, is_wiki, expected) in [
            ("300", true, ("", Some(300))),
            ("300x200", true, ("", Some(300))),
            ("Un port|300", true, ("Un port", Some(300))),
            ("Un port", true, ("Un port", None)),
            ("Un port|300", false, ("Un port", Some(300))),
            ("2011", false, ("2011", None)),
            ("0", true, ("0", None)),
        ] {
            assert_eq!(alt_and_width(alt, is_wiki), expected, "{alt}");
        }
    }
}

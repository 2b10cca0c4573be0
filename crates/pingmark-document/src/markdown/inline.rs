//! Inline content: text, links, images, code, footnote references.

use std::ops::Range;

use pulldown_cmark::LinkType;

use pingmark_core::html::{push_escaped, push_text};

use super::{Image, ParagraphContent, ReferenceKind, Slot, Writer, catalogue};

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
    /// Writes text, in which citations, footnote references and foreign shortcodes may occur.
    pub(super) fn text(&mut self, text: &str, range: Range<usize>) {
        if self.code.is_some() {
            let text = self.unmasked(text, &range);
            if let Some((_, code)) = &mut self.code {
                code.push_str(&text);
            }
            return;
        }
        if let Some(image) = &mut self.image {
            image.alt.push_str(text);
            return;
        }
        if self.hides_text {
            self.block.push_str(text);
            self.typographer.opaque();
            return;
        }
        if !matches!(self.paragraph_content, ParagraphContent::Other) && !text.trim().is_empty() {
            self.paragraph_content = ParagraphContent::Other;
        }
        if self.features.shortcodes && text.contains('{') {
            self.foreign_shortcode(&range);
        }
        if self.features.footnotes
            && let Some(at) = text.find("[^")
        {
            self.footnote_without_text(&text[at..], &range);
        }
        if self.features.citations && self.open_links.is_empty() && text.contains('@') {
            self.text_with_cites(text, range);
        } else {
            self.plain_text(text);
        }
    }

    /// Writes text without citations.
    pub(super) fn plain_text(&mut self, text: &str) {
        let start = self.block.len();
        if self.open_links.last().is_some_and(|(_, verbatim)| *verbatim) {
            self.block.push_str(text);
            self.typographer.opaque();
        } else {
            self.typographer.push(text, &mut self.block);
        }
        push_text(self.out.html(), &self.block[start..]);
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

    /// Reports `{{< youtube >}}` or `{% include %}`: shortcodes of other generators, which are text
    /// here.
    fn foreign_shortcode(&mut self, range: &Range<usize>) {
        let line = line_window(&self.source[range.start..]);
        let line = line.split('\n').next().unwrap_or(line);
        let Some(at) = ["{{<", "{{%", "{%"].iter().filter_map(|mark| line.find(mark)).min() else { return };
        // May belong to a later event of the same line; reported only once.
        if self.reported_shortcode_end > range.start + at {
            return;
        }
        let start = self.input.start + range.start + at;
        let end = start + line[at..].find('}').map_or(line.len() - at, |end| (end + 2).min(line.len() - at));
        self.reported_shortcode_end = end - self.input.start;
        self.diagnostics.push(catalogue::foreign_shortcode(self.input.path, start..end));
    }

    pub(super) fn line_break(&mut self, html: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push(' ');
            return;
        }
        self.typographer.push("\n", &mut self.block);
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
            return self.plain_text(&divided);
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
            return self.plain_text("]]");
        }
        self.hides_text = false;
        let end = self.block.len();
        if let Some(mark) = self.block_references.iter_mut().rev().find(|(marked, _, _)| *marked == number) {
            mark.2 = end;
        }
        self.out.slot(Slot::LinkClose(number));
    }

    pub(super) fn open_image(&mut self, kind: LinkType, target: &str, title: &str, range: Range<usize>) {
        if let LinkType::WikiLink { .. } = kind {
            self.paragraph_content = ParagraphContent::Other;
        }
        let reference = self.refer(ReferenceKind::Image, target, range);
        self.image = Some(Image { reference, alt: String::new(), title: title.to_owned() });
    }

    pub(super) fn close_image(&mut self) {
        let Some(Image { reference, alt, title }) = self.image.take() else { return };
        let style = self.input.style;
        let alt = super::super::typography::set(style, alt.trim());
        let caption = super::super::typography::set(style, title.trim());
        self.references[reference as usize].words = alt.as_str().into();
        let alone = matches!(self.paragraph_content, ParagraphContent::Empty) && self.open_links.is_empty();
        self.out.slot(Slot::PictureOpen(reference));
        self.out.html().push_str("<img");
        self.out.slot(Slot::Image(reference));
        let html = self.out.html();
        html.push_str(" alt=\"");
        push_escaped(html, &alt);
        html.push('"');
        if !caption.is_empty() && !alone {
            html.push_str(" title=\"");
            push_escaped(html, &caption);
            html.push('"');
        }
        html.push('>');
        self.out.slot(Slot::PictureClose(reference));
        self.typographer.opaque();
        self.paragraph_content =
            if alone { ParagraphContent::Image(caption) } else { ParagraphContent::Other };
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

/// The first 200 bytes of a text, so that long lines cost no more than short ones.
fn line_window(text: &str) -> &str {
    let mut end = text.len().min(200);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

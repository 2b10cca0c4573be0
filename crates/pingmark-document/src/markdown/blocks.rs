//! Blocks: paragraphs, headings, lists, tables, code, alerts, footnotes.

use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, HeadingLevel, Tag, TagEnd};

use pingmark_core::html::{push_escaped, push_text};

use super::super::highlight::highlight;
use super::{Body, Frame, Heading, OpenHeading, ParagraphContent, Slot, Writer, catalogue};

impl Writer<'_> {
    /// Opens an element.
    pub(super) fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if self.image.is_some() {
            return;
        }
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {
                self.paragraph_content = ParagraphContent::Other;
                self.out.html().push_str(open_inline(&tag));
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                self.open_link(link_type, &dest_url, &title, range)
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                self.open_image(link_type, &dest_url, &title, range)
            }
            block => {
                self.end_block();
                self.start_block(block, range);
            }
        }
    }

    /// Opens a block.
    fn start_block(&mut self, tag: Tag<'_>, range: Range<usize>) {
        self.block_end = range.end;
        self.begins_line = !matches!(tag, Tag::Heading { .. } | Tag::TableCell);
        self.in_paragraph = matches!(tag, Tag::Paragraph);
        self.verbatim_html = 0;
        self.inline =
            matches!(tag, Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell | Tag::DefinitionListTitle);
        match tag {
            Tag::Paragraph => {
                self.paragraph = self.out.len();
                self.paragraph_content = ParagraphContent::Empty;
                self.out.html().push_str("<p>");
            }
            Tag::Heading { level, id, classes, .. } => {
                let id = id.map(|id| id.to_string());
                let classes = classes.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ");
                self.heading = Some(OpenHeading { start: self.out.len(), place: range, id, classes });
                self.out.html().push_str(heading_tag(level));
            }
            Tag::BlockQuote(kind) => {
                self.depth += 1;
                match kind {
                    None => self.out.html().push_str("<blockquote>\n"),
                    Some(kind) => self.start_alert(kind),
                }
            }
            Tag::CodeBlock(kind) => {
                let info = match &kind {
                    CodeBlockKind::Fenced(info) => info.as_ref(),
                    CodeBlockKind::Indented => "",
                };
                let language = info.split([' ', ',', '{', '\t', ':']).next().unwrap_or("");
                self.code = Some((language.to_ascii_lowercase(), String::new()));
            }
            Tag::HtmlBlock => {}
            Tag::List(start) => {
                self.depth += 1;
                match start {
                    None => self.out.html().push_str("<ul>\n"),
                    Some(1) => self.out.html().push_str("<ol>\n"),
                    Some(first) => self.out.html().push_str(&format!("<ol start=\"{first}\">\n")),
                }
            }
            Tag::Item => self.out.html().push_str("<li>"),
            Tag::FootnoteDefinition(name) => {
                self.depth += 1;
                let outer = std::mem::take(&mut self.out);
                self.footnotes.definitions.push((name.to_string(), range));
                self.frames.push(Frame::Footnote(outer, name.to_string()));
                self.open_notes += 1;
            }
            Tag::DefinitionList => {
                self.depth += 1;
                self.out.html().push_str("<dl>\n");
            }
            Tag::DefinitionListTitle => self.out.html().push_str("<dt>"),
            Tag::DefinitionListDefinition => self.out.html().push_str("<dd>"),
            Tag::Table(alignments) => {
                self.depth += 1;
                self.alignments = alignments.iter().map(alignment_class).collect();
                self.out.html().push_str("<div class=\"table\" tabindex=\"0\"><table>\n");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.out.html().push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.html().push_str("<tr>");
            }
            Tag::TableCell => {
                let class = self.alignments.get(self.column).copied().unwrap_or("");
                self.out.html().push_str(if self.in_head { "<th scope=\"col\"" } else { "<td" });
                self.out.html().push_str(class);
                self.out.html().push('>');
            }
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::MetadataBlock(_) => {}
        }
    }

    /// Closes an element.
    pub(super) fn end(&mut self, tag: TagEnd) {
        if self.image.is_some() {
            if tag == TagEnd::Image {
                self.close_image();
            }
            return;
        }
        match tag {
            TagEnd::Emphasis => self.out.html().push_str("</em>"),
            TagEnd::Strong => self.out.html().push_str("</strong>"),
            TagEnd::Strikethrough => self.out.html().push_str("</del>"),
            TagEnd::Superscript => self.out.html().push_str("</sup>"),
            TagEnd::Subscript => self.out.html().push_str("</sub>"),
            TagEnd::Link => self.close_link(),
            TagEnd::Image => {}
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::Paragraph => self.end_paragraph(),
            block => {
                self.end_block();
                self.close_block(block);
            }
        }
    }

    fn close_block(&mut self, tag: TagEnd) {
        self.inline = false;
        match tag {
            TagEnd::BlockQuote(kind) => {
                self.depth -= 1;
                self.out.html().push_str(if kind.is_some() { "</div>\n" } else { "</blockquote>\n" });
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => self.end_html_block(),
            TagEnd::List(ordered) => {
                self.depth -= 1;
                self.out.html().push_str(if ordered { "</ol>\n" } else { "</ul>\n" });
            }
            TagEnd::Item => self.out.html().push_str("</li>\n"),
            TagEnd::FootnoteDefinition => {
                self.depth -= 1;
                self.end_footnote();
            }
            TagEnd::DefinitionList => {
                self.depth -= 1;
                self.out.html().push_str("</dl>\n");
            }
            TagEnd::DefinitionListTitle => self.out.html().push_str("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.out.html().push_str("</dd>\n"),
            TagEnd::Table => {
                self.depth -= 1;
                self.out.html().push_str("</tbody></table></div>\n");
            }
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.html().push_str("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.html().push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.column += 1;
                self.out.html().push_str(if self.in_head { "</th>" } else { "</td>" });
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        (self.inline, self.in_paragraph) = (false, false);
        if std::mem::take(&mut self.after_embed) {
            self.paragraph_content = ParagraphContent::Other;
            return self.end_block();
        }
        self.close_paragraph();
    }

    /// Writes the end of a paragraph.
    pub(super) fn close_paragraph(&mut self) {
        if self.depth == 0 && self.frames.is_empty() {
            self.excerpt.push_paragraph(&self.block);
        }
        self.end_block();
        match std::mem::replace(&mut self.paragraph_content, ParagraphContent::Other) {
            ParagraphContent::Image(Some(caption)) => {
                self.out.replace(self.paragraph, "<p>", "<figure>");
                self.out.html().push_str("<figcaption>");
                self.out.append(caption);
                self.out.html().push_str("</figcaption></figure>\n");
            }
            _ => self.out.html().push_str("</p>\n"),
        }
    }

    /// Opens the paragraph again behind an embed.
    pub(super) fn reopen_paragraph(&mut self) {
        if std::mem::take(&mut self.after_embed) {
            self.paragraph = self.out.len();
            self.paragraph_content = ParagraphContent::Empty;
            self.out.html().push_str("<p>");
        }
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        self.inline = false;
        let text = self.block.trim().to_owned();
        self.end_block();
        let Some(OpenHeading { start, place, id: given, classes }) = self.heading.take() else { return };
        let is_title = level == HeadingLevel::H1 && self.input.takes_title && self.title.is_none();
        if is_title && start == 0 && self.frames.is_empty() {
            self.out.truncate(0);
            self.title = Some(text);
            return;
        }
        if level == HeadingLevel::H1 {
            let end = self.source[place.clone()].trim_end().len();
            self.checks.title(place.start..place.start + end);
        }
        let id = self.ids.assign(given.as_deref(), &text);
        let tag = heading_tag(level);
        let mut opened = format!("{} id=\"", &tag[..3]);
        push_escaped(&mut opened, &id);
        if !classes.is_empty() {
            opened.push_str("\" class=\"");
            push_escaped(&mut opened, &classes);
        }
        opened.push_str("\">");
        self.out.replace(start, tag, &opened);
        self.out.slot(Slot::Anchor(self.outline.len() as u32));
        let html = self.out.html();
        html.push_str("</");
        html.push_str(&tag[1..]);
        html.push('\n');
        self.outline.push(Heading { level: level as u8, id, text });
    }

    /// Opens an alert: a quote that starts with `[!NOTE]` or similar.
    fn start_alert(&mut self, kind: BlockQuoteKind) {
        let (class, title) = match kind {
            BlockQuoteKind::Note => ("note", 0),
            BlockQuoteKind::Tip => ("tip", 1),
            BlockQuoteKind::Important => ("important", 2),
            BlockQuoteKind::Warning => ("warning", 3),
            BlockQuoteKind::Caution => ("caution", 4),
        };
        let title = self.language.alerts[title];
        let html = self.out.html();
        html.push_str("<div class=\"alert alert-");
        html.push_str(class);
        html.push_str("\" role=\"note\">\n<p class=\"alert-title\">");
        html.push_str(title);
        html.push_str("</p>\n");
    }

    fn end_code(&mut self) {
        let Some((language, code)) = self.code.take() else { return };
        let is_highlighted = self.input.highlight && !language.is_empty();
        let highlighted = if is_highlighted { highlight(&language, &code) } else { None };
        let html = self.out.html();
        html.push_str("<div class=\"code\"");
        if !language.is_empty() {
            html.push_str(" data-lang=\"");
            push_escaped(html, &language);
            html.push('"');
        }
        html.push_str("><pre tabindex=\"0\"><code");
        if !language.is_empty() {
            html.push_str(" class=\"language-");
            push_escaped(html, &language);
            html.push('"');
        }
        html.push('>');
        match highlighted {
            Some(highlighted) => html.push_str(&highlighted),
            None => push_text(html, &code),
        }
        html.push_str("</code></pre></div>\n");
    }

    fn end_footnote(&mut self) {
        match self.frames.pop() {
            Some(Frame::Footnote(outer, name)) => {
                self.open_notes -= 1;
                let note = std::mem::replace(&mut self.out, outer);
                self.footnotes.bodies.entry(name).or_insert(note);
            }
            Some(other) => self.frames.push(other),
            None => {}
        }
    }

    /// Writes the footnotes that have references, in order; reports the others.
    pub(super) fn write_footnotes(&mut self) {
        let mut numbered: Vec<(usize, String)> = std::mem::take(&mut self.footnotes.numbers)
            .into_iter()
            .map(|(name, number)| (number, name))
            .collect();
        numbered.sort_unstable();
        for (name, place) in std::mem::take(&mut self.footnotes.definitions) {
            if !numbered.iter().any(|(_, mentioned)| *mentioned == name) {
                let start = place.start + self.input.start;
                let span = start..start + name.len() + "[^]".len();
                self.diagnostics.push(catalogue::footnote_unused(self.input.path, span, &name));
            }
        }
        if numbered.is_empty() {
            return;
        }
        let label = self.language.footnotes;
        self.out.html().push_str(&format!(
            "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"{label}\">\n<ol>\n"
        ));
        for (number, name) in numbered {
            let Some(mut note) = self.footnotes.bodies.remove(&name) else { continue };
            self.out.html().push_str(&format!("<li id=\"fn-{number}\">"));
            let wrapped = note.ends_with("</p>\n");
            if wrapped {
                let end = note.len() - "</p>\n".len();
                note.truncate(end);
            }
            self.out.append(note);
            self.write_back_links(number);
            self.out.html().push_str(if wrapped { "</p></li>\n" } else { "</li>\n" });
        }
        self.out.html().push_str("</ol>\n</section>\n");
    }

    /// Writes a link from a footnote back to each reference to it.
    fn write_back_links(&mut self, number: usize) {
        let mentions = self.footnotes.mentions.get(number - 1).copied().unwrap_or(1);
        for mention in 1..=mentions {
            self.out.html().push_str("\u{a0}<a class=\"footnote-back\" href=\"");
            self.out.slot(Slot::Here);
            let label = self.language.back_to_text;
            let suffix = if mention == 1 { String::new() } else { format!("-{mention}") };
            self.out.html().push_str(&format!(
                "#fnref-{number}{suffix}\" role=\"doc-backlink\" aria-label=\"{label} {number}{suffix}\">↩\u{fe0e}</a>"
            ));
        }
    }

    /// Starts a new body, for the content of a component. Returns the outer one.
    pub(super) fn take_body(&mut self) -> Body {
        std::mem::take(&mut self.out)
    }
}

fn open_inline(tag: &Tag<'_>) -> &'static str {
    match tag {
        Tag::Emphasis => "<em>",
        Tag::Strong => "<strong>",
        Tag::Strikethrough => "<del>",
        Tag::Superscript => "<sup>",
        _ => "<sub>",
    }
}

fn heading_tag(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "<h1>",
        HeadingLevel::H2 => "<h2>",
        HeadingLevel::H3 => "<h3>",
        HeadingLevel::H4 => "<h4>",
        HeadingLevel::H5 => "<h5>",
        HeadingLevel::H6 => "<h6>",
    }
}

fn alignment_class(alignment: &Alignment) -> &'static str {
    match alignment {
        Alignment::None => "",
        Alignment::Left => " class=\"left\"",
        Alignment::Center => " class=\"center\"",
        Alignment::Right => " class=\"right\"",
    }
}

//! Articles whose body is HTML (`.html` files with a front matter): their URLs become references and
//! their text is collected, as for HTML inside Markdown. Headings get ids, and the first may be the title.

use std::ops::Range;

use pingmark_core::html::push_escaped;
use pingmark_core::html_tokens::{Kind, attributes, tokens};

use super::masks::Masks;
use super::raw::HtmlBlock;
use super::{
    CompiledMarkdown, Diagnostic, Features, Heading, Input, Slot, Writer, component, count_words, html_ids,
};

/// Compiles the body of an HTML file.
pub fn compile_html(input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) -> CompiledMarkdown {
    let source = &input.text[input.start..];
    let (tags, masked) = component::mask(source);
    let mut writer = Writer::new(input, source, tags, Masks::default(), diagnostics);
    writer.features = Features::default();
    writer.ids.take(html_ids(&masked));
    let block = HtmlBlock::whole(masked.into_owned());
    let mut heading: Option<OpenHeading> = None;
    for token in tokens(block.text()) {
        let text = &block.text()[token.range.clone()];
        let level = match token.kind {
            Kind::Open(name) | Kind::Close(name) => heading_level(name),
            _ => None,
        };
        match (token.kind, level) {
            (Kind::RawText, _) => {
                let text = writer.unmasked(text, &token.range);
                writer.out.html().push_str(&text);
            }
            (Kind::Open(_), Some(level)) => {
                let id = attributes(text).find(|attribute| attribute.name.eq_ignore_ascii_case("id"));
                let id = id.map(|id| id.value.to_owned()).filter(|id| !id.is_empty());
                let place = block.source_range(&token.range);
                heading = Some(OpenHeading { level, start: writer.out.len(), place, id });
                writer.html_token(&block, &token, true);
            }
            (Kind::Close(name), Some(_)) if heading.is_some() => {
                if let Some(heading) = heading.take() {
                    writer.close_heading(heading, name, text);
                }
            }
            _ => writer.html_token(&block, &token, true),
        }
    }
    writer.end_html_text();
    writer.finish()
}

/// A heading that is not closed yet.
struct OpenHeading {
    level: u8,
    /// Offset in the body.
    start: usize,
    /// Place of the opening tag in the source.
    place: Range<usize>,
    /// Id given by the author.
    id: Option<String>,
}

impl Writer<'_> {
    /// Ends a heading: gives it an id, or takes it for the title. `tag` is its closing tag.
    fn close_heading(&mut self, heading: OpenHeading, element: &str, tag: &str) {
        let text = self.block.trim().to_owned();
        self.html_text_tag(element, true, tag);
        let is_title = heading.level == 1 && self.input.takes_title && self.title.is_none();
        if is_title && self.outline.is_empty() && self.word_count == count_words(&text) {
            self.out.truncate(heading.start);
            self.title = Some(text);
            return;
        }
        if heading.level == 1 {
            self.checks.title(heading.place);
        }
        let id = match heading.id {
            // It is in the tag already, and known through it.
            Some(id) => id,
            None => {
                let id = self.ids.assign(None, &text);
                let name = self.out.html()[heading.start..heading.start + "<h1".len()].to_owned();
                let mut with_id = format!("{name} id=\"");
                push_escaped(&mut with_id, &id);
                with_id.push('"');
                self.out.replace(heading.start, &name, &with_id);
                id
            }
        };
        self.out.slot(Slot::Anchor(self.outline.len() as u32));
        self.out.html().push_str(tag);
        self.outline.push(Heading { level: heading.level, id, text });
    }
}

/// Level of a heading: `h2` is 2.
fn heading_level(element: &str) -> Option<u8> {
    match element.as_bytes() {
        [b'h' | b'H', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

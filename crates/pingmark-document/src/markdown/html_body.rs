//! Articles whose body is HTML (`.html` files with a front matter): their URLs become references and
//! their text is collected, as for Markdown. Everything else stays as the author wrote it.

use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use pingmark_core::html_tokens::{Kind, attributes, tokens};

use super::masks::Masks;
use super::{
    CompiledMarkdown, Diagnostic, Features, Heading, Input, Slot, Writer, component, count_words, html_ids,
};

/// Elements that stand on lines of their own: their tags end a block of text.
const BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "td",
    "th",
    "ul",
];
/// Elements whose text is not counted, searched or quoted.
const SILENT: [&str; 8] = ["canvas", "math", "noscript", "object", "pre", "select", "svg", "template"];
/// Elements whose text is not part of the excerpt, beside headings.
const NO_EXCERPT: [&str; 12] =
    ["aside", "caption", "dd", "dt", "figcaption", "footer", "header", "li", "nav", "summary", "td", "th"];

/// Compiles the body of an HTML file.
pub fn compile_html(input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) -> CompiledMarkdown {
    let source = &input.text[input.start..];
    let (tags, masked) = component::mask(source);
    let mut writer = Writer::new(input, source, tags, Masks::default(), diagnostics);
    writer.features = Features { citations: false, footnotes: false, addresses: false };
    writer.ids.take(html_ids(&masked));
    let mut body = HtmlBody { writer, silent: Vec::new(), in_excerpt: true, heading: None };
    for token in tokens(&masked) {
        let (text, range) = (&masked[token.range.clone()], token.range);
        match token.kind {
            Kind::Text => body.text(text),
            Kind::RawText => {
                let text = body.writer.unmasked(text, &range);
                body.writer.out.html().push_str(&text);
            }
            Kind::Comment => body.writer.inline_html(text, &range),
            Kind::Open(name) => body.open(&name.to_ascii_lowercase(), text, range),
            Kind::Close(name) => body.close(&name.to_ascii_lowercase(), text, range),
        }
    }
    body.end_block();
    body.writer.finish()
}

struct HtmlBody<'a> {
    writer: Writer<'a>,
    /// Open elements whose text is not collected.
    silent: Vec<String>,
    /// Whether the current block is text for the excerpt.
    in_excerpt: bool,
    /// Open heading: its level, offset in the body, and id given by the author.
    heading: Option<(u8, usize, Option<String>)>,
}

impl HtmlBody<'_> {
    fn text(&mut self, text: &str) {
        self.writer.out.html().push_str(text);
        if !self.silent.is_empty() {
            return;
        }
        let text = decoded(text);
        let block = &mut self.writer.block;
        for (number, word) in text.split([' ', '\n', '\t', '\r']).enumerate() {
            if number > 0 && !block.is_empty() && !block.ends_with([' ', '\n']) {
                block.push(' ');
            }
            block.push_str(word);
        }
    }

    fn open(&mut self, name: &str, tag: &str, range: Range<usize>) {
        let is_block = BLOCKS.contains(&name);
        if is_block {
            self.end_block();
            self.in_excerpt = !NO_EXCERPT.contains(&name);
        }
        if SILENT.contains(&name) && !tag.ends_with("/>") {
            self.silent.push(name.to_owned());
        }
        if let Some(level) = heading_level(name) {
            let id = attributes(tag).find(|attribute| attribute.name.eq_ignore_ascii_case("id"));
            let id = id.map(|id| id.value.to_owned()).filter(|id| !id.is_empty());
            self.heading = Some((level, self.writer.out.len(), id));
        }
        if name == "br" && self.silent.is_empty() {
            self.writer.block.push('\n');
        }
        self.tag(name, tag, range);
    }

    fn close(&mut self, name: &str, tag: &str, range: Range<usize>) {
        if let Some(at) = self.silent.iter().rposition(|open| open == name) {
            self.silent.truncate(at);
        }
        if heading_level(name).is_some() && self.heading.is_some() {
            self.close_heading(tag);
            return;
        }
        if BLOCKS.contains(&name) {
            self.end_block();
            self.in_excerpt = true;
        }
        self.tag(name, tag, range);
    }

    fn tag(&mut self, name: &str, tag: &str, range: Range<usize>) {
        // A link has a passage around it.
        self.writer.inline = name == "a" && self.silent.is_empty();
        self.writer.inline_html(tag, &range);
        self.writer.inline = false;
    }

    /// Ends a heading: gives it an id, or takes it for the title.
    fn close_heading(&mut self, tag: &str) {
        let Some((level, start, given)) = self.heading.take() else { return };
        let writer = &mut self.writer;
        let text = writer.block.trim().to_owned();
        writer.end_text();
        let is_title = level == 1 && writer.input.takes_title && writer.title.is_none();
        if is_title && writer.outline.is_empty() && writer.word_count == count_words(&text) {
            writer.out.truncate(start);
            writer.title = Some(text);
            return;
        }
        let id = match &given {
            // It is in the tag already, and known through it.
            Some(id) => id.clone(),
            None => {
                let id = writer.ids.assign(None, &text);
                let name = writer.out.html()[start..start + "<h1".len()].to_owned();
                let mut with_id = format!("{name} id=\"");
                pingmark_core::html::push_escaped(&mut with_id, &id);
                with_id.push('"');
                writer.out.replace(start, &name, &with_id);
                id
            }
        };
        writer.out.slot(Slot::Anchor(writer.outline.len() as u32));
        writer.out.html().push_str(tag);
        writer.outline.push(Heading { level, id, text });
    }

    fn end_block(&mut self) {
        let end = self.writer.block.trim_end().len();
        self.writer.block.truncate(end);
        if self.in_excerpt && self.heading.is_none() && self.silent.is_empty() {
            self.writer.excerpt.push_paragraph(&self.writer.block);
        }
        self.writer.end_block();
    }
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// Text with its character references decoded, by the table of the Markdown parser.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let len = rest.find(';').filter(|len| *len < 32).map(|len| len + 1);
        let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#');
        match len.filter(|len| is_name(&rest[1..len - 1])) {
            Some(len) => {
                for event in Parser::new(&rest[..len]) {
                    if let Event::Text(text) = event {
                        out.push_str(&text);
                    }
                }
                rest = &rest[len..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

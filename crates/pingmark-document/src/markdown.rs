//! Markdown → HTML with holes, in one pass over the parser's events.
//!
//! Receives a file's text without its front matter. Gives its body, headings, references, excerpt
//! and word count. The only module that knows pulldown-cmark. Never resolves a link.
//!
//! The pass:
//!
//! 1. Tags of components are masked as HTML comments ([`component::mask`]), then the text is parsed.
//! 2. [`compile`] joins neighbouring text events, so that typography sees whole words.
//! 3. `citations` holds events back behind an open bracket, until it is known whether it is a citation.
//! 4. `blocks`, `inline` and `raw` write HTML, and collect references, headings and the block's text.
//! 5. `Writer::end_block` counts the words of each block, and gives its references their passages.

mod blocks;
mod citations;
mod inline;
mod raw;

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options as Extensions, Parser};

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::lang::Language;
use pingmark_core::path::SitePath;

use super::Spans;
use super::body::{Body, Slot};
use super::byte_mask::{BLOCK, block_at, byte_mask};
use super::cite::{self, CiteGroup};
use super::component::{self, Argument, Component, ComponentTag};
use super::excerpt::{Excerpt, passage};
use super::outline::{Heading, HeadingIds};
use super::reference::{Passage, Reference, ReferenceKind, TitlePlace};
use super::search::{WordCollector, WordPlace};
use super::typography::{Style, Typographer};

/// A Markdown text to compile, and how.
pub struct Input<'a> {
    /// Path of the file.
    pub path: &'a SitePath,
    /// Whole text of the file.
    pub text: &'a str,
    /// Byte offset of the body.
    pub start: usize,
    /// Language of the text.
    pub lang: &'a str,
    /// Typographic rules.
    pub style: Style,
    /// Whether code is highlighted.
    pub highlight: bool,
    /// Whether a heading of level 1 at the start is the title, and is removed from the body.
    pub takes_title: bool,
    /// Whether citations are shown in footnotes.
    pub citations_in_footnotes: bool,
    /// Whether words are collected for the search index.
    pub search: bool,
    /// Hosts of the blog's own URLs, without `www.`.
    pub hosts: &'a [String],
}

/// A compiled Markdown text.
pub struct CompiledMarkdown {
    /// Title, if the text starts with one and [`Input::takes_title`] is set.
    pub title: Option<String>,
    /// Body as HTML with holes.
    pub body: Body,
    /// Citations, by the number in [`Slot::Cite`].
    pub citations: Vec<CiteGroup>,
    /// Headings in order.
    pub outline: Vec<Heading>,
    /// References in order.
    pub references: Vec<Reference>,
    /// Passage around each reference; empty for external ones.
    pub passages: Vec<Passage>,
    /// Source ranges of references and components.
    pub spans: Spans,
    /// Excerpt: the beginning of the text.
    pub excerpt: String,
    /// Number of words.
    pub word_count: usize,
    /// Ids in HTML inside Markdown.
    pub html_ids: Vec<String>,
    /// Words for the search index; none unless [`Input::search`] is set.
    pub search_words: WordCollector,
}

/// The enabled extensions to CommonMark. `Options::all()` would enable an older kind of footnotes.
/// Superscript and subscript are disabled: this parser does not recognise them inside a word
/// (`H~2~O`), but `<sup>` and `<sub>` work.
fn extensions() -> Extensions {
    Extensions::ENABLE_TABLES
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_HEADING_ATTRIBUTES
        | Extensions::ENABLE_GFM
        | Extensions::ENABLE_DEFINITION_LIST
        | Extensions::ENABLE_WIKILINKS
}

/// Compiles a Markdown text.
pub fn compile(input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) -> CompiledMarkdown {
    let source = &input.text[input.start..];
    let (tags, masked) = component::mask(source);
    let mut writer = Writer::new(input, source, tags, diagnostics);
    // The parser splits text at every character that could have been markup.
    let mut pending: Option<(CowStr<'_>, Range<usize>)> = None;
    for (event, range) in Parser::new_ext(&masked, extensions()).into_offset_iter() {
        match (event, pending.take()) {
            (Event::Text(text), Some((before, place))) => {
                let mut joined = before.into_string();
                joined.push_str(&text);
                pending = Some((joined.into(), place.start..range.end));
            }
            (Event::Text(text), None) => pending = Some((text, range)),
            // A citation may continue in the next line.
            (Event::SoftBreak, Some((before, place)))
                if writer.features.citations && cite::ends_open(&before) =>
            {
                let mut joined = before.into_string();
                joined.push('\n');
                pending = Some((joined.into(), place.start..range.end));
            }
            (event, before) => {
                if let Some((text, place)) = before {
                    writer.next_text(text, place);
                }
                writer.next_event(event, range);
            }
        }
    }
    writer.finish()
}

/// Features that a source may use. Most documents use none, and their text is not searched for
/// them.
struct Features {
    citations: bool,
    footnotes: bool,
    /// Shortcodes of other generators, which are reported.
    shortcodes: bool,
}

impl Features {
    fn of(source: &str) -> Self {
        Self {
            citations: cite::may_occur(source),
            footnotes: source.contains("[^"),
            shortcodes: source.contains('{'),
        }
    }
}

/// The state of the pass.
struct Writer<'a> {
    input: &'a Input<'a>,
    language: &'static Language,
    /// Source of the body; the offsets of events are relative to it.
    source: &'a str,
    tags: Vec<ComponentTag>,
    /// Whether each tag was seen. The others are in places where tags are not allowed.
    tags_seen: Vec<bool>,
    diagnostics: &'a mut Vec<Diagnostic>,

    /// The body being written: the document's, or that of the innermost frame.
    out: Body,
    frames: Vec<Frame>,
    references: Vec<Reference>,
    passages: Vec<Passage>,
    spans: Spans,

    typographer: Typographer,
    features: Features,
    /// Events behind an open bracket that may become a citation.
    held: citations::HeldEvents<'a>,
    citations: Vec<CiteGroup>,
    /// Text of the current block, as readers see it.
    block: String,
    /// References in the current block: number, and byte range of their text in `block`.
    block_references: Vec<(u32, usize, usize)>,
    /// Open links: number of the reference, and whether the text is a URL or address to show
    /// verbatim.
    open_links: Vec<(u32, bool)>,
    /// Open link in HTML inside Markdown.
    open_html_link: Option<u32>,
    /// Whether text is not written to the body: that of a bare wikilink, which the target's title
    /// replaces.
    hides_text: bool,
    /// End of the last shortcode of another generator that was reported.
    reported_shortcode_end: usize,
    /// Number of open lists, quotes, tables and other containers.
    depth: usize,

    /// Open code block: language and text.
    code: Option<(String, String)>,
    image: Option<Image>,
    /// Offset in `out` of the open paragraph.
    paragraph: usize,
    paragraph_content: ParagraphContent,
    /// Open heading: offset in `out`, id given by the author, classes.
    heading: Option<(usize, Option<String>, String)>,
    /// Whether a paragraph, heading or cell is open, in which no component with content can start.
    inline: bool,
    /// Attributes for the alignment of each column of the open table.
    alignments: Vec<&'static str>,
    column: usize,
    in_head: bool,
    footnotes: Footnotes,

    ids: HeadingIds,
    outline: Vec<Heading>,
    title: Option<String>,
    excerpt: Excerpt,
    word_count: usize,
    search_words: WordCollector,
    html_ids: Vec<String>,
}

/// An open element whose content is written to a body of its own. Each variant starts with the
/// outer body.
enum Frame {
    /// A component, and the number of its opening tag.
    Component(Body, Component, usize),
    /// A footnote, by its name.
    Footnote(Body, String),
}

/// An open image, whose alt text is being collected.
struct Image {
    reference: u32,
    alt: String,
    title: String,
}

/// Content of a paragraph. One that has nothing but an image with a caption becomes a figure.
enum ParagraphContent {
    Empty,
    /// One image; its caption, which may be empty.
    Image(String),
    Other,
}

/// Footnotes, numbered in the order of their first reference.
#[derive(Default)]
struct Footnotes {
    numbers: HashMap<String, usize>,
    /// Number of references to each footnote, by its number minus one.
    mentions: Vec<usize>,
    bodies: HashMap<String, Body>,
    /// Name and source range of each definition.
    definitions: Vec<(String, Range<usize>)>,
}

impl<'a> Writer<'a> {
    fn new(
        input: &'a Input<'a>,
        source: &'a str,
        tags: Vec<ComponentTag>,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            input,
            language: Language::of(input.lang),
            source,
            tags_seen: vec![false; tags.len()],
            tags,
            diagnostics,
            out: Body::with_capacity(source.len() * 3 / 2 + 256),
            frames: Vec::new(),
            references: Vec::new(),
            passages: Vec::new(),
            spans: Spans::default(),
            features: Features::of(source),
            held: citations::HeldEvents::default(),
            citations: Vec::new(),
            typographer: Typographer::new(input.style),
            block: String::with_capacity(2048),
            block_references: Vec::new(),
            open_links: Vec::new(),
            open_html_link: None,
            hides_text: false,
            reported_shortcode_end: 0,
            depth: 0,
            code: None,
            image: None,
            paragraph: 0,
            paragraph_content: ParagraphContent::Other,
            heading: None,
            inline: false,
            alignments: Vec::new(),
            column: 0,
            in_head: false,
            footnotes: Footnotes::default(),
            ids: HeadingIds::default(),
            outline: Vec::new(),
            title: None,
            excerpt: Excerpt::default(),
            search_words: if input.search { WordCollector::new() } else { WordCollector::default() },
            word_count: 0,
            html_ids: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, range),
            Event::Code(text) => self.inline_code(&text, range),
            Event::Html(text) | Event::InlineHtml(text) => self.raw_html(&text, range),
            Event::FootnoteReference(name) => self.footnote_reference(&name),
            Event::SoftBreak => self.line_break("\n"),
            Event::HardBreak => self.line_break("<br>\n"),
            Event::Rule => {
                self.end_block();
                self.out.html().push_str("<hr>\n");
            }
            Event::TaskListMarker(done) => self.task(done),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, range),
        }
    }

    /// Records a reference and returns its number. `range` is relative to the body's source.
    fn refer(&mut self, kind: ReferenceKind, target: &str, range: Range<usize>) -> u32 {
        let number = self.references.len() as u32;
        // A component in a target is reported as misplaced; its mask is no URL.
        let target = if !self.tags.is_empty() && target.contains("!--xx") { "" } else { target };
        self.references.push(Reference {
            kind,
            target: target.into(),
            title: Box::default(),
            words: Box::default(),
        });
        self.passages.push(Passage::default());
        self.spans.references.push(range.start + self.input.start..range.end + self.input.start);
        number
    }

    /// Ends the text of a block: counts its words, and gives its references their passages.
    fn end_block(&mut self) {
        self.typographer.start_block();
        if self.block.is_empty() {
            return;
        }
        self.word_count += count_words(&self.block);
        if self.input.search {
            self.search_words.add(&self.block, WordPlace::Text);
        }
        let titles = self.titles();
        for (number, start, end) in self.block_references.drain(..) {
            let reference = &mut self.references[number as usize];
            reference.words = self.block[start..end].into();
            if reference.is_external(self.input.hosts) {
                continue;
            }
            let passage = passage(&self.block, start, end, &titles);
            let is_cite = reference.kind == ReferenceKind::Cite;
            self.passages[number as usize] = if is_cite { passage.with_space_before() } else { passage };
        }
        self.block.clear();
    }

    /// The places in the current block that show the titles of other documents.
    fn titles(&self) -> Vec<TitlePlace> {
        let references = self.block_references.iter().filter(|(number, start, end)| {
            let reference = &self.references[*number as usize];
            reference.kind == ReferenceKind::Wiki && self.block[*start..*end] == *reference.target
        });
        let place = |&(reference, start, end): &(u32, usize, usize)| TitlePlace {
            start: start as u32,
            end: end as u32,
            reference,
        };
        references.map(place).collect()
    }

    /// Ends the document.
    fn finish(mut self) -> CompiledMarkdown {
        self.release();
        self.end_block();
        while let Some(frame) = self.frames.pop() {
            match frame {
                Frame::Component(outer, component, tag) => {
                    let span = self.tag_span(tag);
                    self.diagnostics.push(catalogue::component_open(self.input.path, span, &component.name));
                    let inner = std::mem::replace(&mut self.out, outer);
                    self.out.append(inner);
                }
                Frame::Footnote(outer, _) => self.out = outer,
            }
        }
        for (number, seen) in self.tags_seen.iter().enumerate() {
            if !seen {
                let span = self.tag_span(number);
                self.diagnostics.push(catalogue::component_misplaced(self.input.path, span));
            }
        }
        self.write_footnotes();
        self.out.shrink();
        self.references.shrink_to_fit();
        self.passages.shrink_to_fit();
        self.spans.references.shrink_to_fit();
        CompiledMarkdown {
            title: self.title,
            body: self.out,
            citations: self.citations,
            outline: self.outline,
            references: self.references,
            passages: self.passages,
            spans: self.spans,
            excerpt: self.excerpt.finish(),
            word_count: self.word_count,
            html_ids: self.html_ids,
            search_words: self.search_words,
        }
    }

    /// The range of a tag in the file.
    fn tag_span(&self, tag: usize) -> Range<usize> {
        let span = &self.tags[tag].span;
        span.start + self.input.start..span.end + self.input.start
    }
}

/// Number of words: runs of characters between blanks that contain a letter or a digit. Works on
/// bytes, because it reads every byte of a blog. Outside ASCII, no-break spaces separate words, and
/// all characters are letters but « » and U+2000 to U+2FFF (dashes, quotes, ellipses).
fn count_words(text: &str) -> usize {
    // First bytes of characters for which the following bytes decide.
    let is_ambiguous = |byte: u8| matches!(byte, 0xc2 | 0xe2);
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || (byte >= 0xc0 && !is_ambiguous(byte));
    let text = text.as_bytes();
    let (mut count, mut inside) = (0, false);
    for start in (0..text.len()).step_by(BLOCK) {
        let block = block_at(text, start);
        let mut letters = byte_mask(&block, is_letter);
        let mut non_blanks = byte_mask(&block, |byte| !matches!(byte, b' ' | b'\n' | b'\t' | 0));
        let mut ambiguous = byte_mask(&block, is_ambiguous);
        while ambiguous != 0 {
            let bit = ambiguous.trailing_zeros();
            match text[start + bit as usize..] {
                [0xc2, 0xa0, ..] | [0xe2, 0x80, 0xaf, ..] => non_blanks &= !(1 << bit),
                [0xc2, 0xab | 0xbb, ..] | [0xe2, ..] => {}
                _ => letters |= 1 << bit,
            }
            ambiguous &= ambiguous - 1;
        }
        // Adding a letter's bit to a run of ones carries into the blank behind the run. So the
        // carries count the runs that contain a letter, that is, the words.
        let (sum, carry) = non_blanks.overflowing_add(letters);
        let (sum, second_carry) = sum.overflowing_add(u64::from(inside));
        count += (sum & !non_blanks).count_ones() as usize;
        inside = carry || second_carry;
    }
    count + usize::from(inside)
}

/// Converts a short text to HTML, for templates: without references, components and typography.
pub fn fragment(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    pulldown_cmark::html::push_html(&mut out, Parser::new_ext(text, extensions()));
    out
}

#[cfg(test)]
mod tests {
    use super::count_words;

    #[test]
    fn words_are_counted_as_a_person_would() {
        for (text, count) in [
            ("", 0),
            ("un deux trois", 3),
            ("l’été, déjà\u{202f}!", 2),
            ("« mot »", 1),
            ("«\u{a0}deux\u{a0}mots\u{a0}»", 2),
            ("10\u{202f}000 — vingt", 3),
            ("e-réputation 42 %", 2),
            ("日本語 😀", 2),
        ] {
            assert_eq!(count_words(text), count, "{text:?}");
            // At any offset in a block of bytes.
            for before in 0..70 {
                assert_eq!(
                    count_words(&format!("{}{text}", " ".repeat(before))),
                    count,
                    "{text:?} at {before}"
                );
                let long = format!("{} {text} {}", "é".repeat(before + 1), "a".repeat(before + 1));
                assert_eq!(count_words(&long), count + 2, "{long:?}");
            }
        }
    }
}

//! Markdown → HTML with holes, in one pass over the parser's events.
//!
//! Receives a file's text without its front matter. Gives its body, headings, references, excerpt
//! and word count. The only module that knows pulldown-cmark. Never resolves a link.
//!
//! The pass:
//!
//! 1. Tags of components are masked as HTML comments ([`component::mask`]), and what else the parser must
//!    not see by placeholders (`masks`); then the text is parsed.
//! 2. [`compile`] joins neighbouring text events, so that typography sees whole words.
//! 3. `citations` holds events back behind an open bracket, until it is known whether it is a citation.
//! 4. `blocks`, `inline` and `raw` write HTML, and collect references, headings and the block's text.
//! 5. `Writer::end_block` counts the words of each block, and gives its references their passages.
//! 6. `checks` notes what readers would see as typed.

mod addresses;
mod blocks;
mod captions;
mod checks;
mod citations;
mod count;
mod embeds;
mod html_body;
mod html_text;
mod inline;
mod masks;
mod raw;

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options as Extensions, Parser, Tag};

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::lang::Language;
use pingmark_core::path::SitePath;

use super::Spans;
use super::body::{Argument, Body, Component, Slot};
use super::cite::{self, CiteGroup};
use super::component::{self, ComponentTag};
use super::excerpt::{Excerpt, passage};
use super::outline::{Heading, HeadingIds};
use super::reference::{Passage, Reference, ReferenceKind, TitlePlace};
use super::search::{WordCollector, WordPlace};
use super::typography::{Style, Typographer};
use captions::Aside;
use checks::Checks;
use count::count_words;
use html_text::HtmlText;
use masks::Masks;
use raw::HtmlBlock;

pub use html_body::compile_html;

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
    /// Ids that headings did not get, because the page has them, with the ones they got.
    pub moved_ids: Vec<(String, String)>,
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
    let (masks, masked) = Masks::hide(source, masked);
    let mut writer = Writer::new(input, source, tags, masks, diagnostics);
    if may_have_ids(source) {
        writer.ids.take(html_ids(&masked));
    }
    // The parser splits text at every character that could have been markup.
    let mut pending = PendingText::default();
    // The part of a bare address that looked like emphasis.
    let mut absorbed = 0..0;
    for (event, range) in Parser::new_ext(&masked, extensions()).into_offset_iter() {
        if range.start >= absorbed.start && range.end <= absorbed.end && !absorbed.is_empty() {
            continue;
        }
        match event {
            Event::Text(text) => pending.push(writer.masks.shown(text), range),
            // A citation may continue in the next line.
            Event::SoftBreak if writer.features.citations && pending.text().is_some_and(cite::ends_open) => {
                pending.push("\n".into(), range);
            }
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
                if writer.features.addresses && pending.continues_address(source, &range) =>
            {
                absorbed = range.clone();
                pending.push(source[range.clone()].into(), range);
            }
            event => {
                if let Some((text, place)) = pending.take() {
                    writer.next_text(text, place);
                }
                let event = match event {
                    Event::Code(text) => Event::Code(writer.masks.shown(text)),
                    Event::Html(text) => Event::Html(writer.masks.shown(text)),
                    Event::InlineHtml(text) => Event::InlineHtml(writer.masks.shown(text)),
                    event => event,
                };
                writer.next_event(event, range);
            }
        }
    }
    writer.finish()
}

/// Neighbouring text events, joined.
#[derive(Default)]
struct PendingText<'a> {
    /// The only event so far.
    first: Option<CowStr<'a>>,
    /// All events, if there are several.
    joined: String,
    range: Range<usize>,
}

impl<'a> PendingText<'a> {
    fn push(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if self.joined.is_empty() {
            let Some(first) = self.first.take() else {
                (self.first, self.range) = (Some(text), range);
                return;
            };
            self.joined.push_str(&first);
        }
        self.joined.push_str(&text);
        self.range.end = range.end;
    }

    fn text(&self) -> Option<&str> {
        match &self.first {
            Some(first) => Some(first),
            None => Some(&*self.joined).filter(|joined| !joined.is_empty()),
        }
    }

    fn take(&mut self) -> Option<(CowStr<'a>, Range<usize>)> {
        let text = match self.first.take() {
            Some(first) => first,
            None if self.joined.is_empty() => return None,
            None => std::mem::take(&mut self.joined).into(),
        };
        Some((text, self.range.clone()))
    }

    /// Whether an element with this range is part of a bare address: `https://a.example/*x*/`.
    fn continues_address(&self, source: &str, range: &Range<usize>) -> bool {
        /// Longest element that may be part of an address, in bytes.
        const MAX_PART: usize = 2000;
        let is_part = range.len() < MAX_PART && !source[range.clone()].contains(char::is_whitespace);
        is_part && self.text().is_some_and(addresses::ends_in_address)
    }
}

/// Whether a text may have HTML with ids. Finding them takes a second parse of the text.
fn may_have_ids(source: &str) -> bool {
    let is_attribute = |(at, _): (usize, &str)| source[..at].ends_with(char::is_whitespace);
    source.contains('<') && ["id=", "name="].iter().any(|name| source.match_indices(name).any(is_attribute))
}

/// The ids of elements in HTML, which headings must avoid.
fn html_ids(masked: &str) -> Vec<String> {
    let mut html = String::new();
    for event in Parser::new_ext(masked, extensions()) {
        if let Event::Html(text) | Event::InlineHtml(text) = event {
            html.push_str(&text);
        }
    }
    raw::ids(&html)
}

/// Features that a source may use. Most documents use none, and their text is not searched for
/// them.
#[derive(Default)]
struct Features {
    citations: bool,
    footnotes: bool,
    /// Bare addresses.
    addresses: bool,
}

impl Features {
    fn of(source: &str) -> Self {
        Self {
            citations: cite::may_occur(source),
            footnotes: source.contains("[^"),
            addresses: addresses::may_occur(source),
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
    masks: Masks,
    diagnostics: &'a mut Vec<Diagnostic>,
    checks: Checks,

    /// The body being written: the document's, or that of the innermost frame.
    out: Body,
    frames: Vec<Frame>,
    /// Number of footnotes among `frames`.
    open_notes: usize,
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
    /// Number of open elements in HTML inside Markdown in which addresses are no links.
    verbatim_html: usize,
    /// Open block of HTML.
    html: HtmlBlock,
    html_text: HtmlText,
    /// The caption that is being compiled.
    aside: Option<Aside>,
    /// Offset in the source behind the last bare address.
    address_end: usize,
    /// Number of open lists, quotes, tables and other containers.
    depth: usize,

    /// Open code block: language and text.
    code: Option<(String, String)>,
    image: Option<Image>,
    /// Offset in `out` of the open paragraph.
    paragraph: usize,
    in_paragraph: bool,
    /// Whether the paragraph was ended by an embed, and is to be opened again if it goes on.
    after_embed: bool,
    /// Whether the next text begins a line.
    begins_line: bool,
    /// End in the source of the innermost block that was opened last.
    block_end: usize,
    paragraph_content: ParagraphContent,
    heading: Option<OpenHeading>,
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

/// An open heading.
struct OpenHeading {
    /// Offset in the body.
    start: usize,
    /// Range in the source.
    place: Range<usize>,
    /// Id given by the author.
    id: Option<String>,
    classes: String,
}

/// An open image, whose alt text is being collected.
struct Image {
    reference: u32,
    alt: String,
    title: String,
    range: Range<usize>,
    /// Whether it is written as a wikilink, with words or a width behind its name.
    is_wiki: bool,
}

/// Content of a paragraph. One that has nothing but an image with a caption becomes a figure.
enum ParagraphContent {
    Empty,
    /// One image, with its caption.
    Image(Option<Body>),
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
        masks: Masks,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            input,
            language: Language::of(input.lang),
            source,
            tags_seen: vec![false; tags.len()],
            tags,
            masks,
            diagnostics,
            checks: Checks::default(),
            out: Body::with_capacity(source.len() * 3 / 2 + 256),
            frames: Vec::new(),
            open_notes: 0,
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
            verbatim_html: 0,
            html: HtmlBlock::default(),
            html_text: HtmlText::default(),
            aside: None,
            address_end: 0,
            depth: 0,
            code: None,
            image: None,
            paragraph: 0,
            in_paragraph: false,
            after_embed: false,
            begins_line: false,
            block_end: 0,
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
        if self.after_embed && !matches!(event, Event::SoftBreak | Event::HardBreak | Event::End(_)) {
            self.reopen_paragraph();
        }
        self.begins_line &= matches!(event, Event::Text(_));
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, range),
            Event::Code(text) => self.inline_code(&text, range),
            Event::Html(text) => self.html_line(&text, &range),
            Event::InlineHtml(text) => self.inline_html(&text, &range),
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
        let range = self.aside.as_ref().map_or(range, |aside| aside.place.clone());
        self.spans.references.push(range.start + self.input.start..range.end + self.input.start);
        number
    }

    /// Ends the text of a block, which may be the beginning of the document.
    fn end_block(&mut self) {
        if self.heading.is_none() && self.open_notes == 0 {
            self.excerpt.push_other(&self.block);
        }
        self.end_text();
    }

    /// Ends the text of a block: counts its words, and gives its references their passages.
    fn end_text(&mut self) {
        self.typographer.start_block();
        self.checks.end_block(self.source);
        if self.block.is_empty() {
            return;
        }
        self.word_count += count_words(&self.block);
        if self.input.search {
            self.search_words.add(&self.block, WordPlace::Text);
        }
        let titles = self.titles_in(&self.block);
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

    /// The places in the current block that show the titles of other documents; ascending. `block` is its
    /// text.
    fn titles_in(&self, block: &str) -> Vec<TitlePlace> {
        let references = self.block_references.iter().filter(|(number, start, end)| {
            let reference = &self.references[*number as usize];
            reference.kind == ReferenceKind::Wiki && block[*start..*end] == *reference.target
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
        // From the outside to the inside, so that no body is copied more than once. A footnote that is not
        // closed is left out, with all that is in it.
        let inner = std::mem::take(&mut self.out);
        let mut is_inside_note = false;
        for frame in std::mem::take(&mut self.frames) {
            let outer = match frame {
                Frame::Component(outer, component, tag) => {
                    let span = self.tag_span(tag);
                    self.diagnostics.push(catalogue::component_open(self.input.path, span, &component.name));
                    outer
                }
                Frame::Footnote(outer, _) if !is_inside_note => {
                    self.out.append(outer);
                    is_inside_note = true;
                    continue;
                }
                Frame::Footnote(outer, _) => outer,
            };
            if !is_inside_note {
                self.out.append(outer);
            }
        }
        if !is_inside_note {
            self.out.append(inner);
        }
        for (number, seen) in self.tags_seen.iter().enumerate() {
            if !seen {
                let span = self.tag_span(number);
                self.diagnostics.push(catalogue::component_misplaced(self.input.path, span));
            }
        }
        self.write_footnotes();
        self.checks.report(self.input.path, self.input.start, self.diagnostics);
        if let Some(first) = self.masks.controls.first() {
            let (place, count) =
                (first.start + self.input.start..first.end + self.input.start, self.masks.controls.len());
            let found = self.source[first.clone()].chars().next().unwrap_or_default();
            self.diagnostics.push(catalogue::control_character(self.input.path, place, found, count));
        }
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
            moved_ids: self.ids.moved,
            search_words: self.search_words,
        }
    }

    /// The range of a tag in the file.
    fn tag_span(&self, tag: usize) -> Range<usize> {
        let span = &self.tags[tag].span;
        span.start + self.input.start..span.end + self.input.start
    }
}

/// Converts a short text to HTML, for templates: without references, components and typography.
pub fn fragment(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    pulldown_cmark::html::push_html(&mut out, Parser::new_ext(text, extensions()));
    out
}

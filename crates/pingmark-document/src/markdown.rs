//! Markdown → HTML with holes, in one pass over the parser's events.
//!
//! Receives a file's text after its front matter. Gives its body, headings, references,
//! excerpt and word count. The only place that knows pulldown-cmark. Never resolves a link.

mod blocks;
mod cites;
mod inline;
mod raw;

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options as Extensions, Parser};

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::lang::Language;
use pingmark_core::path::SitePath;

use super::Spans;
use super::bits::{TOGETHER, together, which};
use super::body::{Body, Slot};
use super::cite::{self, CiteGroup};
use super::component::{self, Argument, Component, Tag};
use super::excerpt::{Excerpt, passage};
use super::outline::{Heading, Ids};
use super::reference::{Passage, Reference, ReferenceKind, TitlePlace};
use super::terms::{Gatherer, Place};
use super::typography::{Style, Typographer};

/// A text to compile.
pub struct Input<'a> {
    /// The file.
    pub path: &'a SitePath,
    /// Its whole text.
    pub text: &'a str,
    /// Where its body begins.
    pub start: usize,
    /// Its language.
    pub lang: &'a str,
    /// The typography to set it in.
    pub style: Style,
    /// Whether code is coloured.
    pub highlight: bool,
    /// Whether a first heading of level 1 is the title, and leaves the body.
    pub takes_title: bool,
    /// Whether citations are shown in footnotes.
    pub cites_in_notes: bool,
    /// Whether its words are gathered.
    pub search: bool,
    /// The hosts by which links may name the blog itself.
    pub hosts: &'a [String],
}

/// What comes of it.
pub struct Written {
    /// The title found in the text.
    pub title: Option<String>,
    /// The body.
    pub body: Body,
    /// The citations.
    pub cites: Vec<CiteGroup>,
    /// The headings.
    pub outline: Vec<Heading>,
    /// The references, in order.
    pub references: Vec<Reference>,
    /// The words around each of them.
    pub passages: Vec<Passage>,
    /// Where references and components stand.
    pub spans: Spans,
    /// The beginning of the text.
    pub excerpt: String,
    /// How many words it has.
    pub word_count: usize,
    /// The ids in the author's own HTML.
    pub ids: Vec<String>,
    /// Its words, when they are gathered.
    pub terms: Gatherer,
}

/// What is parsed beyond CommonMark. Named one by one: `Options::all()` would bring an older
/// kind of footnotes. Not superscript and subscript, which this parser does not open inside a
/// word (`H~2~O`): HTML's `<sup>` and `<sub>` do.
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

/// Compiles a text.
pub fn compile(input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) -> Written {
    let source = &input.text[input.start..];
    let (tags, masked) = component::mask(source);
    let mut writer = Writer::new(input, source, tags, diagnostics);
    // The parser cuts text at every sign that could have been markup. Neighbours are joined,
    // so that the typographer sees whole words and addresses.
    let mut pending: Option<(CowStr<'_>, Range<usize>)> = None;
    for (event, range) in Parser::new_ext(&masked, extensions()).into_offset_iter() {
        match (event, pending.take()) {
            (Event::Text(text), Some((before, place))) => {
                let mut joined = before.into_string();
                joined.push_str(&text);
                pending = Some((joined.into(), place.start..range.end));
            }
            (Event::Text(text), None) => pending = Some((text, range)),
            // A citation may go on in the next line.
            (Event::SoftBreak, Some((before, place))) if writer.may.cite && cite::is_open(&before) => {
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

/// What a source may hold. Most hold nothing of it, and then no text of theirs is searched for it.
struct May {
    cite: bool,
    mark_notes: bool,
    call_shortcodes: bool,
}

impl May {
    fn of(source: &str) -> Self {
        Self {
            cite: cite::occurs(source),
            mark_notes: source.contains("[^"),
            call_shortcodes: source.contains('{'),
        }
    }
}

struct Writer<'a> {
    input: &'a Input<'a>,
    language: &'static Language,
    /// The body's source; offsets of events count from its start.
    source: &'a str,
    tags: Vec<Tag>,
    /// Whether each tag was met: one that stands where none can is told.
    met: Vec<bool>,
    diagnostics: &'a mut Vec<Diagnostic>,

    out: Body,
    frames: Vec<Frame>,
    references: Vec<Reference>,
    passages: Vec<Passage>,
    spans: Spans,

    typographer: Typographer,
    may: May,
    /// What stands behind a bracket of which it is not known whether it cites.
    held: cites::Held<'a>,
    cites: Vec<CiteGroup>,
    /// The current block's text as the reader sees it.
    block: String,
    /// References in the current block: number, start and end of their words in `block`.
    marks: Vec<(u32, usize, usize)>,
    links: Vec<(u32, bool)>,
    /// The link of the author's own HTML that is open.
    raw_link: Option<u32>,
    /// Whether the words of a bare wikilink are passed over: the target's title replaces them.
    muted: bool,
    /// Where the last shortcode of another generator ended that was told.
    told_shortcode_until: usize,
    /// How many lists, quotes, tables… the text stands in.
    depth: usize,

    code: Option<(String, String)>,
    image: Option<Image>,
    paragraph: usize,
    solo: Solo,
    heading: Option<(usize, Option<String>, String)>,
    /// Whether the text stands in a paragraph, heading or cell, where no component can begin.
    inline: bool,
    alignments: Vec<&'static str>,
    column: usize,
    in_head: bool,
    notes: Notes,

    ids: Ids,
    outline: Vec<Heading>,
    title: Option<String>,
    excerpt: Excerpt,
    word_count: usize,
    terms: Gatherer,
    own_ids: Vec<String>,
}

/// What a piece of text is being written into, apart from the body.
enum Frame {
    Component(Body, Component, usize),
    Footnote(Body, String),
}

struct Image {
    reference: u32,
    alt: String,
    title: String,
}

/// Whether a paragraph holds one image and nothing else, and so is a figure.
enum Solo {
    Empty,
    Image(String),
    Other,
}

/// Footnotes: numbered in the order in which the text mentions them.
#[derive(Default)]
struct Notes {
    numbers: HashMap<String, usize>,
    mentions: Vec<usize>,
    bodies: HashMap<String, Body>,
    /// Where each is defined.
    places: Vec<(String, Range<usize>)>,
}

impl<'a> Writer<'a> {
    fn new(
        input: &'a Input<'a>,
        source: &'a str,
        tags: Vec<Tag>,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            input,
            language: Language::of(input.lang),
            source,
            met: vec![false; tags.len()],
            tags,
            diagnostics,
            out: Body::with_capacity(source.len() * 3 / 2 + 256),
            frames: Vec::new(),
            references: Vec::new(),
            passages: Vec::new(),
            spans: Spans::default(),
            may: May::of(source),
            held: cites::Held::default(),
            cites: Vec::new(),
            typographer: Typographer::new(input.style),
            block: String::with_capacity(2048),
            marks: Vec::new(),
            links: Vec::new(),
            raw_link: None,
            muted: false,
            told_shortcode_until: 0,
            depth: 0,
            code: None,
            image: None,
            paragraph: 0,
            solo: Solo::Other,
            heading: None,
            inline: false,
            alignments: Vec::new(),
            column: 0,
            in_head: false,
            notes: Notes::default(),
            ids: Ids::default(),
            outline: Vec::new(),
            title: None,
            excerpt: Excerpt::default(),
            terms: if input.search { Gatherer::new() } else { Gatherer::default() },
            word_count: 0,
            own_ids: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            // Joined by the caller.
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

    /// Records a reference; `range` is its place among the events' offsets.
    fn refer(&mut self, kind: ReferenceKind, target: &str, range: Range<usize>) -> u32 {
        let number = self.references.len() as u32;
        // A component in a target is told as misplaced; its mask is no address.
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

    /// A block's text is complete: count its words, give its references their passages.
    fn end_block(&mut self) {
        self.typographer.start_block();
        if self.block.is_empty() {
            return;
        }
        self.word_count += words(&self.block);
        if self.input.search {
            self.terms.add(&self.block, Place::Text);
        }
        let titles = self.titles();
        for (number, start, end) in self.marks.drain(..) {
            let reference = &mut self.references[number as usize];
            reference.words = self.block[start..end].into();
            if reference.leaves(self.input.hosts) {
                continue;
            }
            let passage = passage(&self.block, start, end, &titles);
            let is_cite = reference.kind == ReferenceKind::Cite;
            self.passages[number as usize] = if is_cite { passage.parted() } else { passage };
        }
        self.block.clear();
    }

    /// Where the current block has words for which a reader sees a title.
    fn titles(&self) -> Vec<TitlePlace> {
        let marks = self.marks.iter().filter(|(number, start, end)| {
            let reference = &self.references[*number as usize];
            reference.kind == ReferenceKind::Wiki && self.block[*start..*end] == *reference.target
        });
        let place = |&(reference, start, end): &(u32, usize, usize)| TitlePlace {
            start: start as u32,
            end: end as u32,
            reference,
        };
        marks.map(place).collect()
    }

    fn finish(mut self) -> Written {
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
        for (number, met) in self.met.iter().enumerate() {
            if !met {
                let span = self.tag_span(number);
                self.diagnostics.push(catalogue::component_misplaced(self.input.path, span));
            }
        }
        self.write_footnotes();
        self.out.shrink();
        self.references.shrink_to_fit();
        self.passages.shrink_to_fit();
        self.spans.references.shrink_to_fit();
        Written {
            title: self.title,
            body: self.out,
            cites: self.cites,
            outline: self.outline,
            references: self.references,
            passages: self.passages,
            spans: self.spans,
            excerpt: self.excerpt.finish(),
            word_count: self.word_count,
            ids: self.own_ids,
            terms: self.terms,
        }
    }

    fn tag_span(&self, tag: usize) -> Range<usize> {
        let span = &self.tags[tag].span;
        span.start + self.input.start..span.end + self.input.start
    }
}

/// Words of a text: runs of signs between blanks that hold a letter or a digit. Looks at bytes,
/// since it looks at every byte of a blog: of what is not ASCII, the no-break spaces of French
/// part words, and U+2000 to U+2FFF (dashes, quotes, ellipses) and « » are no letters.
fn words(text: &str) -> usize {
    // The first bytes of signs that are told by the next ones.
    let leads = |byte: u8| matches!(byte, 0xc2 | 0xe2);
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || (byte >= 0xc0 && !leads(byte));
    let text = text.as_bytes();
    let (mut count, mut inside) = (0, false);
    for start in (0..text.len()).step_by(TOGETHER) {
        let bytes = together(text, start);
        // With a letter a word begins, or goes on; until a blank it goes on.
        let mut letters = which(&bytes, is_letter);
        let mut stays = which(&bytes, |byte| !matches!(byte, b' ' | b'\n' | b'\t' | 0));
        let mut leads = which(&bytes, leads);
        while leads != 0 {
            let bit = leads.trailing_zeros();
            match text[start + bit as usize..] {
                [0xc2, 0xa0, ..] | [0xe2, 0x80, 0xaf, ..] => stays &= !(1 << bit),
                [0xc2, 0xab | 0xbb, ..] | [0xe2, ..] => {}
                _ => letters |= 1 << bit,
            }
            leads &= leads - 1;
        }
        // A run of ones to which any of its bits is added carries into the blank that follows it: into
        // each one behind a word.
        let (sum, over) = stays.overflowing_add(letters);
        let (sum, over_too) = sum.overflowing_add(u64::from(inside));
        count += (sum & !stays).count_ones() as usize;
        inside = over || over_too;
    }
    count + usize::from(inside)
}

/// A short text as HTML, for templates: no references, no components, no typography.
pub fn fragment(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    pulldown_cmark::html::push_html(&mut out, Parser::new_ext(text, extensions()));
    out
}

#[cfg(test)]
mod tests {
    use super::words;

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
            assert_eq!(words(text), count, "{text:?}");
            // Wherever it stands among the bytes that are looked at together.
            for before in 0..70 {
                assert_eq!(words(&format!("{}{text}", " ".repeat(before))), count, "{text:?} at {before}");
                let long = format!("{} {text} {}", "é".repeat(before + 1), "a".repeat(before + 1));
                assert_eq!(words(&long), count + 2, "{long:?}");
            }
        }
    }
}

//! Citations in a text: finds them between brackets, records their references, writes their
//! footnotes.
//!
//! The text before and after a source may contain markup. The parser splits such a citation into
//! several events, so events behind an open bracket are held back until it is known whether they
//! are one.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, TagEnd};

use super::super::cite::{self, CiteGroup, CiteItem, CitePlace, ParsedCite};
use super::super::excerpt::passage;
use super::super::typography::Typographer;
use super::{Body, ParagraphContent, ReferenceKind, Slot, Writer};

/// Placeholder for an event in the text of a citation. Never occurs in text: the parser replaces
/// it.
const EVENT: char = '\0';

/// The events behind an open bracket.
#[derive(Default)]
pub(super) struct HeldEvents<'e> {
    /// The first part is text, and the bracket is the last one in it. Empty if nothing is held
    /// back.
    parts: Vec<HeldPart<'e>>,
    /// Number of inline elements opened since the bracket and not closed.
    depth: usize,
}

/// An event that is held back, with its source range.
enum HeldPart<'e> {
    /// Text outside inline elements. Keys can only occur here.
    Text(String, Range<usize>),
    /// Any other event.
    Event(Event<'e>, Range<usize>),
}

/// A citation found in the text. Ranges are relative to the body's source.
struct FoundCitation<'t, 'e> {
    items: Vec<ParsedCite<'t>>,
    /// Range of each key.
    keys: Vec<Range<usize>>,
    /// Range of the citation, brackets included.
    range: Range<usize>,
    /// The events for which [`EVENT`] stands in the text of `items`, in order.
    events: Vec<(Event<'e>, Range<usize>)>,
}

impl<'a> Writer<'a> {
    /// Handles the next text, joined with its neighbours.
    pub(super) fn next_text(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if self.held.parts.is_empty() {
            let holds = self.features.citations
                && self.open_links.is_empty()
                && self.image.is_none()
                && self.code.is_none();
            return match holds && cite::ends_open(&text) {
                true => self.held.parts.push(HeldPart::Text(text.into_string(), range)),
                false => self.text(&text, range),
            };
        }
        if self.held.depth > 0 {
            return self.held.parts.push(HeldPart::Event(Event::Text(text), range));
        }
        match text.find(['[', ']']).map(|at| (at, text.as_bytes()[at])) {
            None => self.held.parts.push(HeldPart::Text(text.into_string(), range)),
            Some((at, b']')) if self.close_citation(&text[..=at], &range) => {
                self.next_text(text[at + 1..].to_owned().into(), range);
            }
            // Not a citation. Or a second opening bracket: only the innermost brackets count.
            Some(_) => {
                self.release();
                self.next_text(text, range);
            }
        }
    }

    /// Handles the next event other than text.
    pub(super) fn next_event(&mut self, event: Event<'a>, range: Range<usize>) {
        if self.held.parts.is_empty() {
            return self.event(event, range);
        }
        let depth = self.held.depth;
        let depth = match &event {
            Event::Start(tag) if is_inline(&tag.to_end()) => Some(depth + 1),
            // An element opened before the bracket ends inside it: this is not a citation.
            Event::End(tag) if is_inline(tag) => depth.checked_sub(1),
            Event::SoftBreak if depth == 0 => {
                return self.held.parts.push(HeldPart::Text("\n".to_owned(), range));
            }
            Event::SoftBreak | Event::HardBreak | Event::Code(_) => Some(depth),
            // Not the mask of a component.
            Event::InlineHtml(html) if !html.contains("!--xx") => Some(depth),
            _ => None,
        };
        match depth {
            Some(depth) => {
                self.held.depth = depth;
                self.held.parts.push(HeldPart::Event(event, range));
            }
            None => {
                self.release();
                self.event(event, range);
            }
        }
    }

    /// Writes the held events as ordinary text.
    pub(super) fn release(&mut self) {
        for part in std::mem::take(&mut self.held).parts {
            match part {
                HeldPart::Text(text, range) => self.text(&text, range),
                HeldPart::Event(Event::Text(text), range) => self.text(&text, range),
                HeldPart::Event(event, range) => self.event(event, range),
            }
        }
    }

    /// Writes the held events and `tail`, which ends with the closing bracket, as a citation.
    /// Returns false, and writes nothing, if they are none.
    fn close_citation(&mut self, tail: &str, place: &Range<usize>) -> bool {
        let Some(HeldPart::Text(first, from)) = self.held.parts.first() else { return false };
        let (Some(open), Some(at)) = (first.rfind('['), self.source[from.clone()].rfind('[')) else {
            return false;
        };
        let start = from.start + at;
        // The citation as one text, and the source offset of each piece of it.
        let mut words = String::new();
        let mut pieces = Vec::new();
        let mut is_verbatim = true;
        let mut add = |words: &mut String, text: &str, at: usize| {
            is_verbatim &= !text.contains(EVENT) && cite::is_written_at(self.source, at, text);
            pieces.push((words.len(), at));
            words.push_str(text);
        };
        add(&mut words, &first[open..], start);
        for part in &self.held.parts[1..] {
            match part {
                HeldPart::Text(text, range) => add(&mut words, text, range.start),
                HeldPart::Event(..) => words.push(EVENT),
            }
        }
        add(&mut words, tail, place.start);
        let inner = &words[1..words.len() - 1];
        let Some(items) = cite::parse(inner).filter(|_| is_verbatim) else { return false };
        let key = |written: &ParsedCite<'_>| {
            let at = written.at + 1;
            let piece = pieces.iter().rev().find(|(from, _)| *from <= at);
            let at = piece.map_or(start, |(from, source)| source + (at - from));
            at..at + written.key.len()
        };
        let keys = items.iter().map(key).collect();
        let end = place.start + self.source[place.clone()].find(']').map_or(0, |at| at + 1);
        let (lead, from) = (first[..open].to_owned(), from.clone());
        let named = std::mem::take(&mut self.held).parts.into_iter().filter_map(|part| match part {
            HeldPart::Text(..) => None,
            HeldPart::Event(event, range) => Some((event, range)),
        });
        let found = FoundCitation { items, keys, range: start..end, events: named.collect() };
        self.text(&lead, from);
        self.cite(found);
        true
    }

    /// Writes text in which brackets may be citations.
    pub(super) fn text_with_cites(&mut self, text: &str, range: Range<usize>) {
        let (mut done, mut from, mut seen) = (0, 0, 0);
        let typed = match &self.aside {
            Some(aside) => Cow::Owned(aside.text.clone()),
            None => Cow::Borrowed(&self.source[range.clone()]),
        };
        while let Some(brackets) = cite::next_brackets(text, from) {
            from = brackets.end;
            let written = &text[brackets.clone()];
            let Some(items) = cite::parse(&written[1..written.len() - 1]) else { continue };
            // Only if written literally in the source: escaped brackets are text.
            let Some(at) = cite::find_written(&typed, seen, written) else { continue };
            seen = at + 1;
            self.plain_text(&text[done..brackets.start], &range);
            let start = range.start + at;
            let key = |item: &ParsedCite<'_>| start + 1 + item.at..start + 1 + item.at + item.key.len();
            let keys = items.iter().map(key).collect();
            self.cite(FoundCitation { items, keys, range: start..start + written.len(), events: Vec::new() });
            done = brackets.end;
        }
        self.plain_text(&text[done..], &range);
    }

    /// Writes a citation.
    fn cite(&mut self, found: FoundCitation<'_, 'a>) {
        self.paragraph_content = ParagraphContent::Other;
        let place = match (self.input.citations_in_footnotes, self.open_notes > 0) {
            (false, _) => CitePlace::Text,
            (true, true) => CitePlace::InsideNote,
            (true, false) => CitePlace::Note,
        };
        if self.block.ends_with(' ') && self.block_references.iter().all(|(.., end)| *end < self.block.len())
        {
            // Without markup, the text shows neither the citation nor the blank before it.
            self.block.pop();
        }
        let mut events = found.events.into_iter();
        let sources = found.items.iter().zip(found.keys).enumerate();
        let items = sources
            .map(|(number, (written, key))| {
                // The footnote starts like a sentence.
                let begins = number == 0 && place == CitePlace::Note;
                let prefix = self.affix_body(written.prefix, begins, &mut events);
                let is_there = self.source.get(key.clone()) == Some(written.key);
                // The key alone, unless the markers of a quote shifted its offset.
                let span = if is_there { key } else { found.range.clone() };
                let reference = self.refer(ReferenceKind::Cite, written.key, span);
                self.block_references.push((reference, self.block.len(), self.block.len()));
                let suffix = self.affix_body(written.suffix, false, &mut events);
                CiteItem { reference, prefix, suffix, without_author: written.without_author }
            })
            .collect();
        let number = self.citations.len() as u32;
        self.citations.push(CiteGroup { items, place });
        match place {
            CitePlace::Note => {
                // The reference mark directly follows the word. No footnote of the author's can
                // have this name.
                self.out.trim_blank();
                let name = format!("\n{number}");
                let mut note = Body::default();
                note.html().push_str("<p>");
                note.slot(Slot::Cite(number));
                note.html().push_str("</p>\n");
                self.footnotes.bodies.insert(name.clone(), note);
                self.out.slot(Slot::CiteMark(number));
                self.footnote_reference(&name);
            }
            CitePlace::Text | CitePlace::InsideNote => self.out.slot(Slot::Cite(number)),
        }
        self.typographer.opaque();
    }

    /// Writes the text before or after a source into a body of its own. It is set apart from the
    /// sentence around the citation, of which it is no part.
    fn affix_body(
        &mut self,
        words: &str,
        begins: bool,
        events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>,
    ) -> Body {
        if words.is_empty() {
            return Body::default();
        }
        let typographer = Typographer::new(self.input.style);
        let typographer = std::mem::replace(&mut self.typographer, typographer);
        let (outer, block) = (std::mem::take(&mut self.out), std::mem::take(&mut self.block));
        let references = std::mem::take(&mut self.block_references);
        let citations = std::mem::replace(&mut self.features.citations, false);
        let mut begins = begins;
        let mut first = |text: &str| match std::mem::take(&mut begins) {
            true => capitalised(text),
            false => text.to_owned(),
        };
        for (number, text) in words.split(EVENT).enumerate() {
            let event = if number > 0 { events.next() } else { None };
            match event {
                Some((Event::Text(text), range)) => self.text(&first(&text), range),
                Some((event, range)) => self.event(event, range),
                None => {}
            }
            if !text.is_empty() {
                self.plain_text(&first(&text.replace('\n', " ")), &(0..0));
            }
        }
        let is_alone = block.is_empty();
        let titles = self.titles_in(&self.block);
        let words = std::mem::replace(&mut self.block, block);
        for (reference, start, end) in std::mem::replace(&mut self.block_references, references) {
            let number = reference as usize;
            self.references[number].words = words[start..end].into();
            if self.references[number].is_external(self.input.hosts) {
                continue;
            }
            let mut passage = passage(&words, start, end, &titles);
            passage.cut_before |= !is_alone;
            passage.cut_after = true;
            self.passages[number] = passage;
        }
        self.features.citations = citations;
        self.typographer = typographer;
        let mut written = std::mem::replace(&mut self.out, outer);
        written.shrink();
        written
    }
}

/// Whether an element is inline.
pub(super) fn is_inline(tag: &TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

//! Citations in a text: the groups between brackets, their references, their footnotes.
//!
//! Words before and after a source may have markup. The parser gives such a group in pieces, so
//! events are held back from brackets that stay open, until it is known what they are.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, TagEnd};

use super::super::cite::{self, CiteGroup, CiteItem, CitePlace, Written};
use super::super::excerpt::passage;
use super::super::typography::Typographer;
use super::{Body, Frame, ReferenceKind, Slot, Solo, Writer};

/// Stands for an event among words. No text has it: the parser puts another sign in its place.
const EVENT: char = '\0';

/// What stands behind an open bracket.
#[derive(Default)]
pub(super) struct Held<'e> {
    /// Its parts. The first are words, in which the bracket is the last one.
    parts: Vec<Part<'e>>,
    /// How many pairs of marks are open since the bracket.
    depth: usize,
}

enum Part<'e> {
    /// Words in no marks: what cites something has to stand there.
    Words(String, Range<usize>),
    /// Everything else.
    Event(Event<'e>, Range<usize>),
}

/// A group as it was found, with what its words consist of.
struct Group<'t, 'e> {
    items: Vec<Written<'t>>,
    /// Where each key stands.
    keys: Vec<Range<usize>>,
    /// Its place, brackets included.
    range: Range<usize>,
    /// The events that its words name.
    events: Vec<(Event<'e>, Range<usize>)>,
}

impl<'a> Writer<'a> {
    /// The next text, neighbours joined.
    pub(super) fn next_text(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if self.held.parts.is_empty() {
            let holds = self.may.cite && self.links.is_empty() && self.image.is_none() && self.code.is_none();
            return match holds && cite::is_open(&text) {
                true => self.held.parts.push(Part::Words(text.into_string(), range)),
                false => self.text(&text, range),
            };
        }
        if self.held.depth > 0 {
            return self.held.parts.push(Part::Event(Event::Text(text), range));
        }
        match text.find(['[', ']']).map(|at| (at, text.as_bytes()[at])) {
            None => self.held.parts.push(Part::Words(text.into_string(), range)),
            Some((at, b']')) if self.close(&text[..=at], &range) => {
                self.next_text(text[at + 1..].to_owned().into(), range);
            }
            // No citation; and the innermost brackets count.
            Some(_) => {
                self.release();
                self.next_text(text, range);
            }
        }
    }

    /// The next event that is no text.
    pub(super) fn next_event(&mut self, event: Event<'a>, range: Range<usize>) {
        if self.held.parts.is_empty() {
            return self.event(event, range);
        }
        let depth = self.held.depth;
        let depth = match &event {
            Event::Start(tag) if is_inline(&tag.to_end()) => Some(depth + 1),
            // What was open before the brackets ends inside them: they are no pair.
            Event::End(tag) if is_inline(tag) => depth.checked_sub(1),
            Event::SoftBreak if depth == 0 => {
                return self.held.parts.push(Part::Words("\n".to_owned(), range));
            }
            Event::SoftBreak | Event::HardBreak | Event::Code(_) => Some(depth),
            // Not what stands for a component.
            Event::InlineHtml(html) if !html.contains("!--xx") => Some(depth),
            _ => None,
        };
        match depth {
            Some(depth) => {
                self.held.depth = depth;
                self.held.parts.push(Part::Event(event, range));
            }
            None => {
                self.release();
                self.event(event, range);
            }
        }
    }

    /// Writes what was held back, as what it is without citations.
    pub(super) fn release(&mut self) {
        for part in std::mem::take(&mut self.held).parts {
            match part {
                Part::Words(text, range) => self.text(&text, range),
                Part::Event(Event::Text(text), range) => self.text(&text, range),
                Part::Event(event, range) => self.event(event, range),
            }
        }
    }

    /// Writes the citation that ends with `tail`, a closing bracket its last sign, if what was
    /// held back is one.
    fn close(&mut self, tail: &str, place: &Range<usize>) -> bool {
        let Some(Part::Words(first, from)) = self.held.parts.first() else { return false };
        let (Some(open), Some(at)) = (first.rfind('['), self.source[from.clone()].rfind('[')) else {
            return false;
        };
        let start = from.start + at;
        // The words as one text, and where each piece of it stands in the source.
        let mut words = String::new();
        let mut pieces = Vec::new();
        let mut is_verbatim = true;
        let mut add = |words: &mut String, text: &str, at: usize| {
            is_verbatim &= !text.contains(EVENT) && cite::stands_at(self.source, at, text);
            pieces.push((words.len(), at));
            words.push_str(text);
        };
        add(&mut words, &first[open..], start);
        for part in &self.held.parts[1..] {
            match part {
                Part::Words(text, range) => add(&mut words, text, range.start),
                Part::Event(..) => words.push(EVENT),
            }
        }
        add(&mut words, tail, place.start);
        let inner = &words[1..words.len() - 1];
        let Some(items) = cite::read(inner).filter(|_| is_verbatim) else { return false };
        let key = |written: &Written<'_>| {
            let at = written.at + 1;
            let piece = pieces.iter().rev().find(|(from, _)| *from <= at);
            let at = piece.map_or(start, |(from, source)| source + (at - from));
            at..at + written.key.len()
        };
        let keys = items.iter().map(key).collect();
        let end = place.start + self.source[place.clone()].find(']').map_or(0, |at| at + 1);
        let (lead, from) = (first[..open].to_owned(), from.clone());
        let named = std::mem::take(&mut self.held).parts.into_iter().filter_map(|part| match part {
            Part::Words(..) => None,
            Part::Event(event, range) => Some((event, range)),
        });
        let group = Group { items, keys, range: start..end, events: named.collect() };
        self.text(&lead, from);
        self.cite(group);
        true
    }

    /// Text in which brackets may cite something.
    pub(super) fn text_with_cites(&mut self, text: &str, range: Range<usize>) {
        let (mut done, mut from, mut seen) = (0, 0, 0);
        while let Some(brackets) = cite::next_brackets(text, from) {
            from = brackets.end;
            let written = &text[brackets.clone()];
            let Some(items) = cite::read(&written[1..written.len() - 1]) else { continue };
            // Only as it stands in the source: escaped brackets are text.
            let Some(at) = cite::find_written(&self.source[range.clone()], seen, written) else { continue };
            seen = at + 1;
            self.plain_text(&text[done..brackets.start]);
            let start = range.start + at;
            let key = |item: &Written<'_>| start + 1 + item.at..start + 1 + item.at + item.key.len();
            let keys = items.iter().map(key).collect();
            self.cite(Group { items, keys, range: start..start + written.len(), events: Vec::new() });
            done = brackets.end;
        }
        self.plain_text(&text[done..]);
    }

    fn cite(&mut self, group: Group<'_, 'a>) {
        self.solo = Solo::Other;
        let is_inside_note = self.frames.iter().any(|frame| matches!(frame, Frame::Footnote(..)));
        let place = match (self.input.cites_in_notes, is_inside_note) {
            (false, _) => CitePlace::Text,
            (true, true) => CitePlace::InsideNote,
            (true, false) => CitePlace::Note,
        };
        if self.block.ends_with(' ') && self.marks.iter().all(|(.., end)| *end < self.block.len()) {
            // A reader of the bare text sees no citation, and no blank before it.
            self.block.pop();
        }
        let mut events = group.events.into_iter();
        let sources = group.items.iter().zip(group.keys).enumerate();
        let items = sources
            .map(|(number, (written, key))| {
                // A note is a sentence.
                let begins = number == 0 && place == CitePlace::Note;
                let prefix = self.words_beside(written.prefix, begins, &mut events);
                let is_there = self.source.get(key.clone()) == Some(written.key);
                // The key alone, unless lines of a quote make places differ.
                let span = if is_there { key } else { group.range.clone() };
                let reference = self.refer(ReferenceKind::Cite, written.key, span);
                self.marks.push((reference, self.block.len(), self.block.len()));
                let suffix = self.words_beside(written.suffix, false, &mut events);
                CiteItem { reference, prefix, suffix, without_author: written.without_author }
            })
            .collect();
        let number = self.cites.len() as u32;
        self.cites.push(CiteGroup { items, place });
        match place {
            CitePlace::Note => {
                // A mark stands right behind the word; ordinary notes cannot have this name.
                self.out.trim_blank();
                let name = format!("\n{number}");
                let mut note = Body::default();
                note.html().push_str("<p>");
                note.slot(Slot::Cite(number));
                note.html().push_str("</p>\n");
                self.notes.bodies.insert(name.clone(), note);
                self.out.slot(Slot::CiteMark(number));
                self.footnote_reference(&name);
            }
            CitePlace::Text | CitePlace::InsideNote => self.out.slot(Slot::Cite(number)),
        }
        self.typographer.opaque();
    }

    /// The words before or after a source, set on their own: they are no part of the sentence
    /// around them.
    fn words_beside(
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
        let marks = std::mem::take(&mut self.marks);
        let may_cite = std::mem::replace(&mut self.may.cite, false);
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
                self.plain_text(&first(&text.replace('\n', " ")));
            }
        }
        let is_alone = block.is_empty();
        let titles = self.titles();
        let words = std::mem::replace(&mut self.block, block);
        for (reference, start, end) in std::mem::replace(&mut self.marks, marks) {
            let number = reference as usize;
            self.references[number].words = words[start..end].into();
            if self.references[number].leaves(self.input.hosts) {
                continue;
            }
            let mut passage = passage(&words, start, end, &titles);
            passage.cut_before |= !is_alone;
            passage.cut_after = true;
            self.passages[number] = passage;
        }
        self.may.cite = may_cite;
        self.typographer = typographer;
        let mut written = std::mem::replace(&mut self.out, outer);
        written.shrink();
        written
    }
}

fn is_inline(tag: &TagEnd) -> bool {
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
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

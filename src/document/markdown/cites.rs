//! Citations in a text: the groups between brackets, their references, their footnotes.

use std::ops::Range;

use super::super::cite::{self, CiteGroup, CiteItem, CitePlace, Written};
use super::super::typography;
use super::{Body, Frame, ReferenceKind, Slot, Solo, Writer};

impl Writer<'_> {
    /// Text in which brackets may cite something.
    pub(super) fn text_with_cites(&mut self, text: &str, range: Range<usize>) {
        let (mut done, mut from, mut seen) = (0, 0, 0);
        while let Some(brackets) = cite::next_brackets(text, from) {
            from = brackets.end;
            let written = &text[brackets.clone()];
            let Some(group) = cite::read(&written[1..written.len() - 1]) else { continue };
            // Only as it stands in the source: escaped brackets are text.
            let Some(at) = cite::find_written(&self.source[range.clone()], seen, written) else { continue };
            seen = at + 1;
            self.plain_text(&text[done..brackets.start]);
            let start = range.start + at;
            self.cite(&group, start..start + written.len());
            done = brackets.end;
        }
        self.plain_text(&text[done..]);
    }

    /// One group; `range` is its place among the events' offsets.
    fn cite(&mut self, group: &[Written<'_>], range: Range<usize>) {
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
        let items = group.iter().map(|written| self.cite_item(written, &range)).collect();
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

    fn cite_item(&mut self, written: &Written<'_>, range: &Range<usize>) -> CiteItem {
        // The key alone, unless lines of a quote make places differ.
        let start = range.start + 1 + written.at;
        let own = start..start + written.key.len();
        let is_there = self.source.get(own.clone()) == Some(written.key);
        let span = if is_there { own } else { range.clone() };
        let reference = self.refer(ReferenceKind::Cite, written.key, span);
        self.marks.push((reference, self.block.len(), self.block.len()));
        let set = |words: &str| -> Box<str> {
            let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
            typography::set(self.input.style, &line).into()
        };
        CiteItem {
            reference,
            prefix: set(written.prefix),
            suffix: set(written.suffix),
            without_author: written.without_author,
        }
    }
}

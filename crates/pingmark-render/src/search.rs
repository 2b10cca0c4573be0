//! The files that a page's script searches in.
//!
//! Words are written one a line: the word, a tab, and for each page it stands on, in the order
//! of their numbers, the distance to the number before and the weight, in base 36 with a full
//! stop between; a weight of 1 is left out. Lines are sorted, so that equal beginnings stand
//! together. Pages are JSON: address, title, date and a sentence about each.

use std::fmt::Write;

use serde_json::json;

use pingmark_core::lang::Language;

use super::view::search::{FoundView, SearchView, WordsView, parts};

/// How the other files are cut.
pub fn index(view: &SearchView) -> Vec<u8> {
    let index = json!({"pages": view.pages, "drawers": view.drawers, "together": view.together});
    index.to_string().into_bytes()
}

/// A file of words.
pub fn words(view: &WordsView<'_>) -> Vec<u8> {
    /// Bytes that a place takes, more or less.
    const ROOM: usize = 4;
    let room = view.0.iter().map(|(word, pages)| word.len() + 2 + pages.len() * ROOM).sum();
    let mut out = Vec::with_capacity(room);
    for (word, pages) in view.0.iter() {
        out.extend_from_slice(word.as_bytes());
        let mut before = 0;
        for (at, place) in pages.iter().enumerate() {
            let (number, weight) = parts(*place);
            out.push(if at == 0 { b'\t' } else { b' ' });
            push_base36(&mut out, number - before);
            if weight != 1 {
                out.push(b'.');
                push_base36(&mut out, weight);
            }
            before = number;
        }
        out.push(b'\n');
    }
    out
}

fn push_base36(out: &mut Vec<u8>, mut number: u32) {
    let mut digits = [0; 7];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize];
        number /= 36;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// A file of pages.
pub fn found(view: &FoundView<'_>) -> Vec<u8> {
    let mut out = String::from("[");
    for (at, card) in view.0.iter().enumerate() {
        let date = card.meta.date.map(|date| Language::of(card.lang).date(&date, "long"));
        let row = json!([card.url, card.title, date.unwrap_or_default(), card.summary]);
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n{row}");
    }
    out.push_str("\n]\n");
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::view::search::place;
    use super::*;

    #[test]
    fn words_are_lines_of_distances() {
        let crise = vec![place(0, 1), place(40, 38)];
        let view = WordsView(vec![("crise", crise), ("cris", vec![place(7, 1)])].into());
        assert_eq!(String::from_utf8(words(&view)).unwrap(), "crise\t0 14.12\ncris\t7\n");
    }
}

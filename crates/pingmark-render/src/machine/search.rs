//! Files of the search index, which the theme's script loads.
//!
//! A shard of words has one word a line: the word, a tab, and for each page that has it, by number, the
//! difference to the number before and the weight, in base 36 with a full stop between; a weight of 1 is
//! left out. Lines are sorted, so that words with the same prefix stand together. Result files are JSON:
//! address, title, date and summary of each page.

use std::fmt::Write;

use serde_json::json;

use pingmark_core::lang::Language;
use pingmark_document::search::STOP_WORDS;

use crate::view::search::{FoundView, SearchView, WordsView, unpack};

/// `index.json`: dimensions of the index, and the words that it leaves out.
pub fn index(view: &SearchView) -> Vec<u8> {
    let index = json!({
        "pages": view.pages,
        "drawers": view.shards,
        "together": view.pages_per_file,
        "ignored": STOP_WORDS.as_slice(),
    });
    index.to_string().into_bytes()
}

/// Shard of words.
pub fn words(view: &WordsView<'_>) -> Vec<u8> {
    /// Approximate size of an occurrence, in bytes.
    const OCCURRENCE_SIZE: usize = 4;
    let size = view.0.iter().map(|(word, pages)| word.len() + 2 + pages.len() * OCCURRENCE_SIZE).sum();
    let mut out = Vec::with_capacity(size);
    for (word, pages) in view.0.iter() {
        out.extend_from_slice(word.as_bytes());
        let mut before = 0;
        for (at, occurrence) in pages.iter().enumerate() {
            let (number, weight) = unpack(*occurrence);
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

/// Result file.
pub fn found(view: &FoundView<'_>) -> Vec<u8> {
    let mut out = String::from("[");
    for (at, teaser) in view.0.iter().enumerate() {
        let date = teaser.meta.date.map(|date| Language::of(teaser.lang).date(&date, "long"));
        let row = json!([teaser.url, teaser.title, date.unwrap_or_default(), teaser.summary]);
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n{row}");
    }
    out.push_str("\n]\n");
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::search::pack;

    #[test]
    fn words_are_lines_of_distances() {
        let crise = vec![pack(0, 1), pack(40, 38)];
        let view = WordsView(vec![("crise", crise), ("cris", vec![pack(7, 1)])].into());
        assert_eq!(String::from_utf8(words(&view)).unwrap(), "crise\t0 14.12\ncris\t7\n");
    }
}

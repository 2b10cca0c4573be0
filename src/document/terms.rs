//! The words of a document as a search finds them: folded to lower-case ASCII, each once, with
//! a weight.
//!
//! Words are told apart as slugs are ([`crate::slug`]): `L’été à l'œuvre` holds `ete` and
//! `oeuvre`. The page's script folds what is asked in the same way.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use deunicode::deunicode_char;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// Shorter words find everything, and longer ones are none.
const LENGTHS: Range<usize> = 2..25;
/// How often a word of the text is counted at most.
const MOST: u8 = 7;
/// Words that nearly every text has: nobody finds anything by them.
#[rustfmt::skip]
const COMMON: [&str; 64] = [
    "an", "and", "are", "as", "at", "au", "aux", "avec", "be", "by", "ca", "ce", "ces", "cette", "dans", "de",
    "des", "du", "elle", "en", "est", "et", "for", "from", "il", "ils", "in", "is", "it", "la", "le", "les",
    "leur", "leurs", "mais", "mes", "ne", "nous", "of", "on", "or", "ou", "par", "pas", "plus", "pour", "qu", "que",
    "qui", "sa", "se", "ses", "son", "sur", "that", "the", "this", "to", "un", "une", "vos", "vous", "was", "with",
];

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the title.
    Title,
    /// In a heading, the description or among the tags.
    Heading,
    /// Anywhere in the text.
    Text,
}

/// How many drawers words are sorted into, by their first letters.
pub const DRAWERS: usize = 256;

/// The words of a document, by drawer and then by letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The words, one behind the other.
    text: Box<str>,
    /// Of each word its drawer, in order: that of a drawer is found by halving.
    drawers: Box<[u8]>,
    /// Of each word its length.
    lens: Box<[u8]>,
    /// Of each word its weight.
    weights: Box<[u8]>,
}

/// The drawer of a word: of its first three letters, so that a search for the beginning of a
/// word has to look into one drawer only.
pub fn drawer(word: &str) -> usize {
    word.bytes().take(3).fold(0_usize, |hash, byte| hash * 31 + usize::from(byte)) % DRAWERS
}

impl Terms {
    /// The words of some drawers, each with its weight: of `first` and of every `step`-th after it.
    pub fn of_drawers(&self, first: usize, step: usize) -> impl Iterator<Item = (&str, u8)> {
        (first..DRAWERS).step_by(step).flat_map(|drawer| self.of_drawer(drawer))
    }

    fn of_drawer(&self, drawer: usize) -> impl Iterator<Item = (&str, u8)> {
        let start = self.drawers.partition_point(|other| usize::from(*other) < drawer);
        let count = self.drawers[start..].partition_point(|other| usize::from(*other) == drawer);
        let before =
            if count == 0 { 0 } else { self.lens[..start].iter().map(|len| usize::from(*len)).sum() };
        let (mut at, end) = (before, start + count);
        self.lens[start..end].iter().zip(&self.weights[start..end]).map(move |(len, weight)| {
            let word = &self.text[at..at + usize::from(*len)];
            at += usize::from(*len);
            (word, *weight)
        })
    }

    /// Whether another document has the same words in those drawers.
    pub fn same_in(&self, other: &Self, first: usize, step: usize) -> bool {
        self.of_drawers(first, step).eq(other.of_drawers(first, step))
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.lens.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lens.is_empty()
    }
}

/// Gathers the words of a document.
#[derive(Debug, Default)]
pub struct Gatherer {
    text: String,
    /// By their prints.
    known: HashMap<u64, Word, BuildHasherDefault<Itself>>,
}

/// A word that was met.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    /// Where it stands among the gathered ones.
    at: u32,
    len: u8,
    in_title: bool,
    in_heading: bool,
    count: u8,
}

impl Word {
    fn weight(self) -> u8 {
        self.count + 8 * u8::from(self.in_heading) + 30 * u8::from(self.in_title)
    }
}

/// Prints are their own hashes.
#[derive(Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn write(&mut self, _: &[u8]) {
        unreachable!("only prints are keys")
    }

    fn write_u64(&mut self, print: u64) {
        self.0 = print;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Gatherer {
    /// Adds a text, with its markup taken away.
    pub fn add(&mut self, text: &str, place: Place) {
        let mut start = self.text.len();
        for sign in text.chars() {
            if sign.is_ascii_alphanumeric() {
                self.text.push(sign.to_ascii_lowercase());
            } else if sign.is_ascii()
                || matches!(sign, '’' | '‘' | '“' | '”' | '«' | '»' | '\u{a0}' | '\u{202f}')
            {
                start = self.end_word(start, place);
            } else {
                // A combining accent is nothing; a sign without letters parts words.
                for folded in deunicode_char(sign).unwrap_or(" ").chars() {
                    if folded.is_ascii_alphanumeric() {
                        self.text.push(folded.to_ascii_lowercase());
                    } else {
                        start = self.end_word(start, place);
                    }
                }
            }
        }
        self.end_word(start, place);
    }

    /// Keeps the word that begins at `start`, or takes it back. Gives the start of the next.
    fn end_word(&mut self, start: usize, place: Place) -> usize {
        let word = &self.text[start..];
        if !LENGTHS.contains(&word.len()) {
            self.text.truncate(start);
            return start;
        }
        let new = Word { at: start as u32, len: word.len() as u8, ..Word::default() };
        let known = self.known.entry(xxh3_64(word.as_bytes())).or_insert(new);
        match place {
            Place::Title => known.in_title = true,
            Place::Heading => known.in_heading = true,
            Place::Text => known.count = (known.count + 1).min(MOST),
        }
        if known.at as usize != start {
            self.text.truncate(start);
        }
        self.text.len()
    }

    /// The words, sorted.
    pub fn finish(self) -> Terms {
        let mut words: Vec<(u8, &str, u8)> = self
            .known
            .values()
            .map(|word| (&self.text[word.at as usize..][..usize::from(word.len)], word.weight()))
            .filter(|(word, _)| COMMON.binary_search(word).is_err())
            .map(|(word, weight)| (drawer(word) as u8, word, weight))
            .collect();
        words.sort_unstable();
        let text: String = words.iter().map(|(_, word, _)| *word).collect();
        Terms {
            text: text.into(),
            drawers: words.iter().map(|(drawer, ..)| *drawer).collect(),
            lens: words.iter().map(|(_, word, _)| word.len() as u8).collect(),
            weights: words.iter().map(|(.., weight)| *weight).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(title: &str, text: &str) -> Vec<(String, u8)> {
        let mut gatherer = Gatherer::default();
        gatherer.add(title, Place::Title);
        gatherer.add(text, Place::Text);
        let terms = gatherer.finish();
        let mut words: Vec<_> =
            terms.of_drawers(0, 1).map(|(word, weight)| (word.to_owned(), weight)).collect();
        words.sort();
        words
    }

    #[test]
    fn words_are_folded_as_slugs_are() {
        let found = terms(
            "",
            "L’été à l'œuvre\u{202f}! E\u{301}te\u{301}, STRASSE, straße; C# et e-réputation. 2011",
        );
        let words: Vec<(&str, u8)> = found.iter().map(|(word, weight)| (word.as_str(), *weight)).collect();
        assert_eq!(words, [("2011", 1), ("ete", 2), ("oeuvre", 1), ("reputation", 1), ("strasse", 2)]);
    }

    #[test]
    fn a_word_of_the_title_weighs_most() {
        let found = terms("Modérer", &"modérer sans censurer, ".repeat(40));
        let weight = |word: &str| found.iter().find(|(known, _)| known == word).map(|(_, weight)| *weight);
        assert!(weight("moderer") > weight("censurer") && weight("censurer") < Some(10), "{found:?}");
        assert_eq!(weight("de"), None);
    }

    #[test]
    fn drawers_hold_all_words_once() {
        let mut gatherer = Gatherer::default();
        gatherer.add("un deux trois quatre cinq six sept huit neuf dix onze douze", Place::Text);
        let terms = gatherer.finish();
        for step in [1, 4, 256] {
            let mut all: Vec<_> = (0..step).flat_map(|first| terms.of_drawers(first, step)).collect();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), terms.len(), "{step}");
        }
    }

    #[test]
    fn common_words_are_sorted() {
        assert!(COMMON.is_sorted(), "{COMMON:?}");
    }
}

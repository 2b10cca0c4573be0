//! The words of a document as a search finds them: folded to lower-case ASCII, each once, with
//! a weight.
//!
//! Words are told apart as slugs are ([`crate::slug`]): `L’été à l'œuvre` holds `ete` and
//! `oeuvre`. The page's script folds what is asked in the same way.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use deunicode::deunicode_char;
use serde::{Deserialize, Serialize};

use crate::fingerprint::PrintState;

/// Shorter words find everything, and longer ones are none.
const LENGTHS: Range<usize> = 2..LONGEST + 1;
/// Letters of the longest word.
const LONGEST: usize = 24;
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
/// The same as numbers, each in a place of its own: they are looked up for every word of a document.
static COMMON_KEYS: [u64; COMMON_PLACES] = {
    let mut keys = [0; COMMON_PLACES];
    let mut at = 0;
    while at < COMMON.len() {
        let key = eight(COMMON[at].as_bytes());
        assert!(keys[common_place(key)] == 0, "two of them have one place");
        keys[common_place(key)] = key;
        at += 1;
    }
    keys
};
const COMMON_PLACES: usize = 1024;

/// Multiplied by it, each has a place of its own.
const MULTIPLIER: u64 = 0x0fd6_30f1_f29d_0da9;

const fn common_place(key: u64) -> usize {
    (key.wrapping_mul(MULTIPLIER) >> 54) as usize
}

/// A word's first eight letters as a number that sorts as they do.
const fn eight(word: &[u8]) -> u64 {
    let mut number = 0;
    let mut at = 0;
    while at < 8 {
        number = number << 8 | if at < word.len() { word[at] as u64 } else { 0 };
        at += 1;
    }
    number
}

/// A word in three numbers that sort as its letters do. A longer word has no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key([u64; LONGEST / 8]);

impl Key {
    fn letters(self) -> [u8; LONGEST] {
        let mut letters = [0; LONGEST];
        for (eight, number) in letters.as_chunks_mut().0.iter_mut().zip(self.0) {
            *eight = number.to_be_bytes();
        }
        letters
    }

    /// Whether nobody finds anything by it.
    fn is_common(self) -> bool {
        self.0[1] == 0 && COMMON_KEYS[common_place(self.0[0])] == self.0[0]
    }
}

/// Words are looked up by one number.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [first, second, third] = self.0;
        state.write_u64(first ^ second.rotate_left(25) ^ third.rotate_left(51));
    }
}

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

/// The words of a document, by shelf and then by letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The words, one behind the other.
    text: Box<str>,
    /// Of each word its shelf, in order: the words of one are found by halving.
    shelves: Box<[u8]>,
    /// Of each word its length.
    lens: Box<[u8]>,
    /// Of each word its weight.
    weights: Box<[u8]>,
}

/// The drawer of a word: of its first three letters, so that a search for the beginning of a
/// word has to look into one drawer only.
pub fn drawer(word: impl AsRef<[u8]>) -> usize {
    word.as_ref().iter().take(3).fold(0_usize, |hash, byte| hash * 31 + usize::from(*byte)) % DRAWERS
}

/// Where a drawer stands among the others: its number with the bits turned round. Of every power
/// of two, the drawers with the same rest then stand side by side.
fn shelf(drawer: usize) -> u8 {
    (drawer as u8).reverse_bits()
}

impl Terms {
    /// The words of some drawers, each with its weight: of `first` and of every `step`-th after
    /// it, where `step` is a power of two.
    pub fn of_drawers(&self, first: usize, step: usize) -> impl Iterator<Item = (&str, u8)> {
        let from = usize::from(shelf(first % step));
        let start = self.shelves.partition_point(|shelf| usize::from(*shelf) < from);
        let rest = &self.shelves[start..];
        let end = start + rest.partition_point(|shelf| usize::from(*shelf) < from + DRAWERS / step);
        let before = self.lens[..start].iter().map(|len| u32::from(*len)).sum::<u32>();
        let mut at = before as usize;
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
    words: HashMap<Key, Met, PrintState>,
}

/// How a word was met.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    len: u8,
    in_title: bool,
    in_heading: bool,
    count: u8,
}

impl Met {
    fn meet(&mut self, place: Place) {
        match place {
            Place::Title => self.in_title = true,
            Place::Heading => self.in_heading = true,
            Place::Text => self.count = (self.count + 1).min(MOST),
        }
    }

    fn weight(self) -> u8 {
        self.count + 8 * u8::from(self.in_heading) + 30 * u8::from(self.in_title)
    }
}

/// A word that is being read, eight letters to a number: bytes that are written one by one and
/// read together at once make the processor wait. Letters past the longest are counted and not
/// kept.
#[derive(Default)]
struct Word {
    full: [u64; LONGEST / 8],
    /// The letters that do not fill a number yet.
    rest: u64,
    len: usize,
}

impl Word {
    fn push(&mut self, letter: u8) {
        self.rest = self.rest << 8 | u64::from(letter);
        self.len += 1;
        if self.len.is_multiple_of(8) {
            if let Some(place) = self.full.get_mut(self.len / 8 - 1) {
                *place = self.rest;
            }
            self.rest = 0;
        }
    }

    /// The word, if it is none too long.
    fn key(self) -> Key {
        let mut key = self.full;
        let open = self.len % 8;
        if let Some(place) = key.get_mut(self.len / 8).filter(|_| open > 0) {
            *place = self.rest << (8 * (8 - open));
        }
        Key(key)
    }
}

/// What a byte is in a word: a letter of ASCII in lower case or a digit, else nothing.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphanumeric() {
            letters[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// Signs that are looked up in a table: letters of Latin with their accents, and the dashes and
/// quotes of typography.
const TABLED: [Range<u32>; 2] = [0x80..0x250, 0x2000..0x2070];

/// What those signs are in letters; nothing for the few with more than three.
static FOLDED: LazyLock<[Vec<Option<[u8; 3]>>; 2]> = LazyLock::new(|| {
    TABLED.map(|signs| {
        let signs = signs.map(|sign| char::from_u32(sign).unwrap_or(' '));
        signs.map(|sign| folded(sign).try_into().ok()).collect()
    })
});
/// Stands where a folded sign has fewer than three letters.
const NONE: u8 = 1;

/// A sign in letters of ASCII, a 0 where it parts words, filled up with [`NONE`]s to three. A
/// combining accent is nothing; a sign without letters parts words.
fn folded(sign: char) -> Vec<u8> {
    let letters = deunicode_char(sign).unwrap_or(" ").chars();
    let mut folded: Vec<u8> = letters.map(|sign| LETTERS.get(sign as usize).copied().unwrap_or(0)).collect();
    while folded.len() < 3 {
        folded.push(NONE);
    }
    folded
}

impl Gatherer {
    /// With room for the words of a text of so many bytes.
    pub fn with_capacity(text: usize) -> Self {
        Self { words: HashMap::with_capacity_and_hasher(text / 16, PrintState::default()) }
    }

    /// Adds a text, with its markup taken away.
    pub fn add(&mut self, text: &str, place: Place) {
        let bytes = text.as_bytes();
        let mut word = Word::default();
        let mut at = 0;
        loop {
            // Most words are nothing but letters of ASCII: those are passed without looking up.
            while let Some(letter) = bytes.get(at).map(|byte| LETTERS[usize::from(*byte)]).filter(|l| *l != 0)
            {
                word.push(letter);
                at += 1;
            }
            let Some(byte) = bytes.get(at) else { break };
            if byte.is_ascii() {
                at += 1;
                self.end(&mut word, place);
                continue;
            }
            let sign = text[at..].chars().next().unwrap_or(' ');
            at += sign.len_utf8();
            let number = TABLED.iter().position(|signs| signs.contains(&(sign as u32)));
            let tabled =
                number.and_then(|number| FOLDED[number][(sign as u32 - TABLED[number].start) as usize]);
            match tabled {
                Some(letters) => self.letters(&letters, &mut word, place),
                None => self.letters(&folded(sign), &mut word, place),
            }
        }
        self.end(&mut word, place);
    }

    fn letters(&mut self, letters: &[u8], word: &mut Word, place: Place) {
        for letter in letters {
            match *letter {
                0 => self.end(word, place),
                NONE => {}
                letter => word.push(letter),
            }
        }
    }

    /// Keeps a word that is complete, and begins the next.
    fn end(&mut self, word: &mut Word, place: Place) {
        let word = std::mem::take(word);
        let len = word.len;
        if !LENGTHS.contains(&len) {
            return;
        }
        let key = word.key();
        self.words.entry(key).or_insert(Met { len: len as u8, ..Met::default() }).meet(place);
    }

    /// The words, sorted.
    pub fn finish(self) -> Terms {
        let words = self.words.into_iter().filter(|(key, _)| !key.is_common());
        let words: Vec<(u8, Key, Met)> = words
            .map(|(key, met)| (shelf(drawer(&key.letters()[..usize::from(met.len)])), key, met))
            .collect();
        // By shelf without comparing: how many stand before each, then each to its place.
        let mut places = [0_u32; DRAWERS + 1];
        words.iter().for_each(|(shelf, ..)| places[usize::from(*shelf) + 1] += 1);
        (0..DRAWERS).for_each(|shelf| places[shelf + 1] += places[shelf]);
        let mut order = vec![0_u32; words.len()];
        for (number, (shelf, ..)) in words.iter().enumerate() {
            let place = &mut places[usize::from(*shelf)];
            order[*place as usize] = number as u32;
            *place += 1;
        }
        let key = |number: &u32| words[*number as usize].1;
        order.chunk_by_mut(|a, b| words[*a as usize].0 == words[*b as usize].0).for_each(|together| {
            if together.len() > 1 {
                together.sort_unstable_by_key(key);
            }
        });
        let words: Vec<&(u8, Key, Met)> = order.iter().map(|number| &words[*number as usize]).collect();
        let mut text = Vec::with_capacity(words.iter().map(|(_, _, met)| usize::from(met.len)).sum());
        words.iter().for_each(|(_, key, met)| text.extend_from_slice(&key.letters()[..usize::from(met.len)]));
        Terms {
            // Nothing but ASCII was put there.
            text: String::from_utf8(text).unwrap_or_default().into(),
            shelves: words.iter().map(|(shelf, ..)| *shelf).collect(),
            lens: words.iter().map(|(_, _, met)| met.len).collect(),
            weights: words.iter().map(|(_, _, met)| met.weight()).collect(),
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
            let in_its_drawer = |first| move |(word, _): &(&str, u8)| drawer(word) % step == first;
            for first in 0..step {
                assert!(terms.of_drawers(first, step).all(|word| in_its_drawer(first)(&word)), "{step}");
            }
            let mut all: Vec<_> = (0..step).flat_map(|first| terms.of_drawers(first, step)).collect();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), terms.len(), "{step}");
        }
    }

    #[test]
    fn common_words_are_left_out() {
        for word in COMMON {
            assert!(word.len() <= 8 && terms("", word).is_empty(), "{word}");
            let longer = format!("{word}xxxxxxx");
            assert_eq!(terms("", &format!("{longer} {word}xx")).len(), 2, "{longer}");
        }
    }

    #[test]
    fn signs_are_folded_the_same_with_and_without_the_table() {
        for sign in TABLED.into_iter().flatten().filter_map(char::from_u32) {
            let of_letters: String = deunicode_char(sign).unwrap_or(" ").into();
            let found = terms("", &format!("ab{sign}ab"));
            assert_eq!(found, terms("", &format!("ab{of_letters}ab")), "{sign:?}");
        }
    }
}

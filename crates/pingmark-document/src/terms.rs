//! The words of a document as a search finds them: folded to lower-case ASCII, each once, with
//! a weight.
//!
//! Words are told apart as slugs are ([`pingmark_core::slug`]): `L’été à l'œuvre` holds `ete` and
//! `oeuvre`. The page's script folds what is asked in the same way.

mod fold;
mod gather;

use serde::{Deserialize, Serialize};

pub use gather::Gatherer;

/// Letters of the longest word.
const LONGEST: usize = 24;
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

/// A word's first eight letters as a number.
const fn eight(word: &[u8]) -> u64 {
    let mut number = 0;
    let mut at = 0;
    while at < 8 {
        number = number << 8 | if at < word.len() { word[at] as u64 } else { 0 };
        at += 1;
    }
    number
}

/// A word in three numbers. A longer word has no key.
#[derive(Clone, Copy, Debug, Default)]
struct Key([u64; LONGEST / 8]);

/// Of each length the bits of a key that belong to a word.
static KEPT: [Key; LONGEST + 1] = {
    let mut kept = [Key([0; LONGEST / 8]); LONGEST + 1];
    let mut len = 0;
    while len <= LONGEST {
        let mut at = 0;
        while at < len {
            kept[len].0[at / 8] |= 0xff << (56 - 8 * (at % 8));
            at += 1;
        }
        len += 1;
    }
    kept
};

impl Key {
    /// The word of so many letters and digits of ASCII, whatever stands behind it.
    #[inline(always)]
    fn read(letters: &[u8; LONGEST], len: usize) -> Self {
        let (eights, _) = letters.as_chunks();
        let kept = KEPT[len].0;
        // The bit that tells small letters from capitals is set in all digits.
        let lower = |number: usize| u64::from_be_bytes(eights[number]) | 0x2020_2020_2020_2020;
        Self(std::array::from_fn(|number| lower(number) & kept[number]))
    }

    fn letters(self) -> [u8; LONGEST] {
        let mut letters = [0; LONGEST];
        for (eight, number) in letters.as_chunks_mut().0.iter_mut().zip(self.0) {
            *eight = number.to_be_bytes();
        }
        letters
    }

    /// Where to look for it in a table. All of its letters have a part in the lowest twenty bits.
    #[inline(always)]
    fn hash(self) -> usize {
        let [first, second, third] = self.0;
        let number = first ^ second.rotate_left(25) ^ third.rotate_left(51);
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(20) as usize
    }

    /// Whether it is the same word. Compared number by number: as bytes together, they would be
    /// read before they are written.
    #[inline(always)]
    fn is(self, other: Self) -> bool {
        let [first, second, third] = self.0;
        (first ^ other.0[0]) | (second ^ other.0[1]) | (third ^ other.0[2]) == 0
    }

    /// Whether nobody finds anything by it.
    fn is_common(self) -> bool {
        self.0[1] == 0 && COMMON_KEYS[common_place(self.0[0])] == self.0[0]
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

/// The words of a document, by shelf and then as they are first met.
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
        // Within a drawer they stand in the order of the text.
        let same = self.of_drawers(first, step).eq(other.of_drawers(first, step));
        same || self.sorted(first, step) == other.sorted(first, step)
    }

    fn sorted(&self, first: usize, step: usize) -> Vec<(&str, u8)> {
        let mut words: Vec<_> = self.of_drawers(first, step).collect();
        words.sort_unstable();
        words
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
    fn words_are_those_between_the_edges() {
        // One letter more before it each time: the word crosses from one group of bytes to the next.
        for before in 0..140 {
            let text = format!("{} Modérations, x 42 {} fin", "-".repeat(before), "a".repeat(LONGEST + 1));
            let words: Vec<_> = terms("", &text).into_iter().map(|(word, _)| word).collect();
            assert_eq!(words, ["42", "fin", "moderations"], "{before}");
            assert_eq!(terms("", &text[..before + 4])[0].0, "mod", "{before}");
        }
        assert!(terms("", "").is_empty() && terms("", "é").is_empty());
        assert_eq!(terms("", &"é".repeat(LONGEST)).len(), 1);
    }

    #[test]
    fn the_same_words_in_another_order_are_the_same() {
        let terms = |text: &str| {
            let mut gatherer = Gatherer::new();
            gatherer.add(text, Place::Text);
            gatherer.finish()
        };
        let (one, other) = (terms("crise crises modérer écoute"), terms("écoute crises modérer crise"));
        assert!(one.same_in(&other, 0, 1));
        let longer = terms("écoute crises modérer crise crise");
        let changed = drawer("crise") % 4;
        let same: Vec<bool> = (0..4).map(|first| one.same_in(&longer, first, 4)).collect();
        assert_eq!(same, (0..4).map(|first| first != changed).collect::<Vec<_>>());
    }

    #[test]
    fn any_number_of_words_is_kept_and_counted() {
        let texts: Vec<String> =
            (0..3_000).map(|number| format!("mot{number} x mot{}", number / 2)).collect();
        let mut gatherer = Gatherer::default();
        texts.iter().for_each(|text| gatherer.add(text, Place::Text));
        gatherer.add(&texts.join(" "), Place::Text);
        gatherer.add("mot7", Place::Title);
        let found = gatherer.finish();
        let weights: std::collections::BTreeMap<&str, u8> = found.of_drawers(0, 1).collect();
        assert_eq!(weights.len(), 3_000);
        // Each stands twice for itself, and those of the first half four times more.
        assert_eq!((weights["mot1499"], weights["mot1500"], weights["mot2999"]), (6, 2, 2));
        assert_eq!(weights["mot7"], 36);
    }
}

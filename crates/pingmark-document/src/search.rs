//! The words of a document, for the search index: folded to lower-case ASCII, each once, with a
//! weight.
//!
//! Words are separated and folded like slugs ([`pingmark_core::slug`]): `L’été à l'œuvre` contains
//! `ete` and `oeuvre`. The search script folds a query in the same way.

mod ascii_fold;
mod collect;

use serde::{Deserialize, Serialize};

pub use collect::WordCollector;

/// Length of the longest indexed word, in letters.
const MAX_WORD_LEN: usize = 24;
/// Words that nearly every text contains, so that searching for them is of no use. Sorted; none is
/// longer than eight letters.
#[rustfmt::skip]
pub const STOP_WORDS: [&str; 64] = [
    "an", "and", "are", "as", "at", "au", "aux", "avec", "be", "by", "ca", "ce", "ces", "cette", "dans", "de",
    "des", "du", "elle", "en", "est", "et", "for", "from", "il", "ils", "in", "is", "it", "la", "le", "les",
    "leur", "leurs", "mais", "mes", "ne", "nous", "of", "on", "or", "ou", "par", "pas", "plus", "pour", "qu", "que",
    "qui", "sa", "se", "ses", "son", "sur", "that", "the", "this", "to", "un", "une", "vos", "vous", "was", "with",
];
/// [`STOP_WORDS`] as numbers, in the same order.
static STOP_WORD_NUMBERS: [u64; STOP_WORDS.len()] = {
    let mut numbers = [0; STOP_WORDS.len()];
    let mut at = 0;
    while at < STOP_WORDS.len() {
        numbers[at] = first_eight(STOP_WORDS[at].as_bytes());
        at += 1;
    }
    numbers
};

/// The first eight letters of a word as a big-endian number, so that numbers sort like words.
const fn first_eight(word: &[u8]) -> u64 {
    let mut number = 0;
    let mut at = 0;
    while at < 8 {
        number = number << 8 | if at < word.len() { word[at] as u64 } else { 0 };
        at += 1;
    }
    number
}

/// A word of at most [`MAX_WORD_LEN`] letters, packed into three big-endian numbers: comparing and
/// hashing take three steps, whatever its length.
#[derive(Clone, Copy, Debug, Default)]
struct WordKey([u64; MAX_WORD_LEN / 8]);

/// For each length, the bits of a key that a word of this length occupies.
static LENGTH_MASKS: [WordKey; MAX_WORD_LEN + 1] = {
    let mut masks = [WordKey([0; MAX_WORD_LEN / 8]); MAX_WORD_LEN + 1];
    let mut len = 0;
    while len <= MAX_WORD_LEN {
        let mut at = 0;
        while at < len {
            masks[len].0[at / 8] |= 0xff << (56 - 8 * (at % 8));
            at += 1;
        }
        len += 1;
    }
    masks
};

impl WordKey {
    /// Packs the first `len` bytes, which must be ASCII letters and digits, in lower case. The
    /// bytes behind them do not matter.
    #[inline(always)]
    fn read(letters: &[u8; MAX_WORD_LEN], len: usize) -> Self {
        let (eights, _) = letters.as_chunks();
        let mask = LENGTH_MASKS[len].0;
        // Bit 0x20 distinguishes lower case from upper case, and is set in every digit.
        let lower = |number: usize| u64::from_be_bytes(eights[number]) | 0x2020_2020_2020_2020;
        Self(std::array::from_fn(|number| lower(number) & mask[number]))
    }

    /// Unpacks the word, padded with zeros.
    fn letters(self) -> [u8; MAX_WORD_LEN] {
        let mut letters = [0; MAX_WORD_LEN];
        for (eight, number) in letters.as_chunks_mut().0.iter_mut().zip(self.0) {
            *eight = number.to_be_bytes();
        }
        letters
    }

    /// Hash for a table of at most 2²⁰ places: each letter influences the lowest twenty bits.
    #[inline(always)]
    fn hash(self) -> usize {
        let [first, second, third] = self.0;
        let number = first ^ second.rotate_left(25) ^ third.rotate_left(51);
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(20) as usize
    }

    /// Whether both are the same word. Compares number by number: a comparison of all bytes at once
    /// would read them back from memory before they are written.
    #[inline(always)]
    fn is(self, other: Self) -> bool {
        let [first, second, third] = self.0;
        (first ^ other.0[0]) | (second ^ other.0[1]) | (third ^ other.0[2]) == 0
    }

    /// Whether the word is one of [`STOP_WORDS`].
    fn is_stop_word(self) -> bool {
        self.0[1] == 0 && STOP_WORD_NUMBERS.binary_search(&self.0[0]).is_ok()
    }
}

/// The part of a document in which a word occurs; it decides the weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordPlace {
    /// The title.
    Title,
    /// A heading, the description or a tag.
    Heading,
    /// The text.
    Text,
}

/// Number of shards of the finest division of an index. Coarser divisions have a smaller power of
/// two, and take the shard number modulo it.
pub const SHARDS: usize = 256;

/// The distinct words of a document with their weights, sorted by shard and then by first
/// occurrence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchWords {
    /// All words, concatenated.
    text: Box<str>,
    /// Shard sort key of each word, ascending: see [`shard_sort_key`].
    sort_keys: Box<[u8]>,
    /// Length of each word.
    lens: Box<[u8]>,
    /// Weight of each word.
    weights: Box<[u8]>,
}

/// The shard of a word, below [`SHARDS`]. Depends on the first three letters only, so that a search
/// for the beginning of a word needs one shard.
pub fn shard(word: impl AsRef<[u8]>) -> usize {
    word.as_ref().iter().take(3).fold(0_usize, |hash, byte| hash * 31 + usize::from(*byte)) % SHARDS
}

/// Sort key of a shard. Bit reversal puts all shards that are equal modulo 2ⁿ next to each other,
/// so one binary search finds them for any n.
fn shard_sort_key(shard: usize) -> u8 {
    (shard as u8).reverse_bits()
}

impl SearchWords {
    /// The words of the shards that are `first` modulo `step`, each with its weight. `step` is a
    /// power of two, at most [`SHARDS`].
    pub fn in_shards(&self, first: usize, step: usize) -> impl Iterator<Item = (&str, u8)> {
        let from = usize::from(shard_sort_key(first % step));
        let start = self.sort_keys.partition_point(|key| usize::from(*key) < from);
        let rest = &self.sort_keys[start..];
        let end = start + rest.partition_point(|key| usize::from(*key) < from + SHARDS / step);
        let before = self.lens[..start].iter().map(|len| u32::from(*len)).sum::<u32>();
        let mut at = before as usize;
        self.lens[start..end].iter().zip(&self.weights[start..end]).map(move |(len, weight)| {
            let word = &self.text[at..at + usize::from(*len)];
            at += usize::from(*len);
            (word, *weight)
        })
    }

    /// Whether another document has the same words with the same weights in these shards, in any
    /// order.
    pub fn same_in(&self, other: &Self, first: usize, step: usize) -> bool {
        let same = self.in_shards(first, step).eq(other.in_shards(first, step));
        same || self.sorted(first, step) == other.sorted(first, step)
    }

    fn sorted(&self, first: usize, step: usize) -> Vec<(&str, u8)> {
        let mut words: Vec<_> = self.in_shards(first, step).collect();
        words.sort_unstable();
        words
    }

    /// Number of distinct words.
    pub fn len(&self) -> usize {
        self.lens.len()
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.lens.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexed(title: &str, text: &str) -> Vec<(String, u8)> {
        let mut collector = WordCollector::default();
        collector.add(title, WordPlace::Title);
        collector.add(text, WordPlace::Text);
        let found = collector.finish();
        let mut words: Vec<_> =
            found.in_shards(0, 1).map(|(word, weight)| (word.to_owned(), weight)).collect();
        words.sort();
        words
    }

    #[test]
    fn words_are_folded_like_slugs() {
        let found = indexed(
            "",
            "L’été à l'œuvre\u{202f}! E\u{301}te\u{301}, STRASSE, straße; C# et e-réputation. 2011",
        );
        let words: Vec<(&str, u8)> = found.iter().map(|(word, weight)| (word.as_str(), *weight)).collect();
        assert_eq!(words, [("2011", 1), ("ete", 2), ("oeuvre", 1), ("reputation", 1), ("strasse", 2)]);
    }

    #[test]
    fn a_word_of_the_title_weighs_most() {
        let found = indexed("Modérer", &"modérer sans censurer, ".repeat(40));
        let weight = |word: &str| found.iter().find(|(known, _)| known == word).map(|(_, weight)| *weight);
        assert!(weight("moderer") > weight("censurer") && weight("censurer") < Some(10), "{found:?}");
        assert_eq!(weight("de"), None);
    }

    #[test]
    fn shards_partition_the_words() {
        let mut collector = WordCollector::default();
        collector.add("un deux trois quatre cinq six sept huit neuf dix onze douze", WordPlace::Text);
        let found = collector.finish();
        for step in [1, 4, 256] {
            let in_its_shard = |first| move |(word, _): &(&str, u8)| shard(word) % step == first;
            for first in 0..step {
                assert!(found.in_shards(first, step).all(|word| in_its_shard(first)(&word)), "{step}");
            }
            let mut all: Vec<_> = (0..step).flat_map(|first| found.in_shards(first, step)).collect();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), found.len(), "{step}");
        }
    }

    #[test]
    fn stop_words_are_left_out() {
        assert!(STOP_WORDS.is_sorted());
        for word in STOP_WORDS {
            assert!(word.len() <= 8 && indexed("", word).is_empty(), "{word}");
            let longer = format!("{word}xxxxxxx");
            assert_eq!(indexed("", &format!("{longer} {word}xx")).len(), 2, "{longer}");
        }
    }

    #[test]
    fn words_are_found_at_any_offset() {
        // Shifts the text byte by byte, so that each word crosses the border between two blocks.
        for before in 0..140 {
            let text =
                format!("{} Modérations, x 42 {} fin", "-".repeat(before), "a".repeat(MAX_WORD_LEN + 1));
            let words: Vec<_> = indexed("", &text).into_iter().map(|(word, _)| word).collect();
            assert_eq!(words, ["42", "fin", "moderations"], "{before}");
            assert_eq!(indexed("", &text[..before + 4])[0].0, "mod", "{before}");
        }
        assert!(indexed("", "").is_empty() && indexed("", "é").is_empty());
        assert_eq!(indexed("", &"é".repeat(MAX_WORD_LEN)).len(), 1);
    }

    #[test]
    fn the_order_of_words_does_not_matter() {
        let collected = |text: &str| {
            let mut collector = WordCollector::new();
            collector.add(text, WordPlace::Text);
            collector.finish()
        };
        let (one, other) =
            (collected("crise crises modérer écoute"), collected("écoute crises modérer crise"));
        assert!(one.same_in(&other, 0, 1));
        let longer = collected("écoute crises modérer crise crise");
        let changed = shard("crise") % 4;
        let same: Vec<bool> = (0..4).map(|first| one.same_in(&longer, first, 4)).collect();
        assert_eq!(same, (0..4).map(|first| first != changed).collect::<Vec<_>>());
    }

    #[test]
    fn any_number_of_words_is_kept_and_counted() {
        let texts: Vec<String> =
            (0..3_000).map(|number| format!("mot{number} x mot{}", number / 2)).collect();
        let mut collector = WordCollector::default();
        texts.iter().for_each(|text| collector.add(text, WordPlace::Text));
        collector.add(&texts.join(" "), WordPlace::Text);
        collector.add("mot7", WordPlace::Title);
        let found = collector.finish();
        let weights: std::collections::BTreeMap<&str, u8> = found.in_shards(0, 1).collect();
        assert_eq!(weights.len(), 3_000);
        // Each word occurs twice by its own number, and those of the first half four times more.
        assert_eq!((weights["mot1499"], weights["mot1500"], weights["mot2999"]), (6, 2, 2));
        assert_eq!(weights["mot7"], 36);
    }
}

//! Collects the words of a document.
//!
//! This runs for every word of a blog, so its inner loops have no branch that depends on a word:
//! word boundaries are found for a block of bytes at once ([`crate::byte_mask`]), a word is packed
//! in three steps whatever its length, and whether it is new only changes numbers.

use std::cell::Cell;
use std::ops::Range;

use super::ascii_fold::{append, fold};
use super::{MAX_WORD_LEN, SHARDS, SearchWords, WordKey, WordPlace, shard, shard_sort_key};
use crate::byte_mask::{BLOCK, block_at, byte_mask};

/// Lengths of words that are indexed. A single letter would match everything.
const WORD_LENS: Range<usize> = 2..MAX_WORD_LEN + 1;
/// Number of occurrences in the text above which a word weighs no more.
const MAX_COUNT: u8 = 7;
/// Size of the largest hash table that is kept for the next document: enough for a long article.
const MAX_KEPT_TABLE: usize = 1 << 14;

thread_local! {
    /// The cleared collector of the thread's last document, whose memory is used again.
    static REUSED: Cell<WordCollector> = Cell::default();
}

/// Collects the words of a document, in a hash table with open addressing.
#[derive(Debug, Default)]
pub struct WordCollector {
    /// The distinct words in order of first occurrence, followed by unused entries.
    words: Vec<(WordKey, Occurrences)>,
    /// Number of distinct words.
    len: usize,
    /// Hash table with linear probing: the index of a word plus one; zero is free. Its size is a
    /// power of two.
    table: Vec<u32>,
    /// ASCII folding of the last text that was added. Kept for its memory only, as is `edges`.
    folded: Vec<u8>,
    /// Word boundaries in `folded`: starts and ends alternate.
    edges: Vec<u32>,
}

/// Occurrences of a word.
#[derive(Clone, Copy, Debug, Default)]
struct Occurrences {
    /// Length of the word.
    len: u8,
    in_title: bool,
    in_heading: bool,
    /// Occurrences in the text, at most [`MAX_COUNT`].
    count: u8,
}

impl Occurrences {
    #[inline(always)]
    fn add(&mut self, place: WordPlace) {
        match place {
            WordPlace::Title => self.in_title = true,
            WordPlace::Heading => self.in_heading = true,
            WordPlace::Text => self.count = (self.count + 1).min(MAX_COUNT),
        }
    }

    fn weight(self) -> u8 {
        self.count + 8 * u8::from(self.in_heading) + 30 * u8::from(self.in_title)
    }
}

impl WordCollector {
    /// An empty collector; reuses the memory of the thread's last one.
    pub fn new() -> Self {
        REUSED.take()
    }

    /// Adds a text without markup.
    pub fn add(&mut self, text: &str, place: WordPlace) {
        self.folded.clear();
        fold(text, &mut self.folded);
        let end = self.folded.len();
        // Padding: a word is always read with the bytes behind it.
        self.folded.extend_from_slice(&[0; MAX_WORD_LEN]);
        self.find_edges(end);
        self.add_words(place);
    }

    /// Fills `edges` with the word boundaries of `folded`.
    fn find_edges(&mut self, end: usize) {
        self.edges.clear();
        let mut in_word = 0;
        for start in (0..end).step_by(BLOCK) {
            let letters = byte_mask(&block_at(&self.folded, start), |byte| byte.is_ascii_alphanumeric());
            let mut edges = letters ^ (letters << 1 | in_word);
            in_word = letters >> (BLOCK - 1);
            while edges != 0 {
                self.edges.push(start as u32 + edges.trailing_zeros());
                edges &= edges - 1;
            }
        }
        if in_word != 0 {
            self.edges.push(end as u32);
        }
    }

    /// Adds the words between the edges.
    fn add_words(&mut self, place: WordPlace) {
        let (words, _) = self.edges.as_chunks_mut();
        let mut kept = 0;
        for number in 0..words.len() {
            let [start, end] = words[number];
            words[kept] = [start, end];
            kept += usize::from(WORD_LENS.contains(&((end - start) as usize)));
        }
        self.reserve(kept);
        let (words, _) = self.edges.as_chunks();
        let mask = self.table.len() - 1;
        for [start, end] in &words[..kept] {
            let Some(letters) = self.folded[*start as usize..].first_chunk() else { break };
            let len = end - start;
            let key = WordKey::read(letters, len as usize);
            // Stores the word behind the others before looking for it: a new word is found there,
            // so both cases take the same path.
            self.words[self.len] = (key, Occurrences { len: len as u8, ..Occurrences::default() });
            let mut at = key.hash() & mask;
            loop {
                let is_new = self.table[at] == 0;
                let number = if is_new { self.len as u32 + 1 } else { self.table[at] };
                let (known, occurrences) = &mut self.words[number as usize - 1];
                if known.is(key) {
                    occurrences.add(place);
                    self.table[at] = number;
                    self.len += usize::from(is_new);
                    break;
                }
                at = (at + 1) & mask;
            }
        }
    }

    /// Makes room for `more` words, and for one entry behind them.
    fn reserve(&mut self, more: usize) {
        let words = self.len + more;
        if words >= self.words.len() {
            self.words.resize((words + 1).next_power_of_two(), Default::default());
        }
        if 2 * words < self.table.len() {
            return;
        }
        // At most a quarter of the new table is occupied.
        self.table.clear();
        self.table.resize((4 * words + 1).next_power_of_two(), 0);
        let mask = self.table.len() - 1;
        for (number, (key, _)) in self.words[..self.len].iter().enumerate() {
            let mut at = key.hash() & mask;
            while self.table[at] != 0 {
                at = (at + 1) & mask;
            }
            self.table[at] = number as u32 + 1;
        }
    }

    /// The collected words, without stop words. Keeps the collector's memory for the next document.
    pub fn finish(mut self) -> SearchWords {
        let words = self.search_words();
        if self.table.len() <= MAX_KEPT_TABLE {
            self.table.fill(0);
            self.len = 0;
            REUSED.set(self);
        }
        words
    }

    fn search_words(&self) -> SearchWords {
        let words = self.words[..self.len].iter().filter(|(key, _)| !key.is_stop_word());
        let sort_key = |(key, occurrences): &(WordKey, Occurrences)| {
            shard_sort_key(shard(&key.letters()[..usize::from(occurrences.len)]))
        };
        let words: Vec<(u8, &(WordKey, Occurrences))> = words.map(|word| (sort_key(word), word)).collect();
        // Counting sort by shard, which keeps the order within each.
        let mut places = [0_u32; SHARDS + 1];
        words.iter().for_each(|(key, _)| places[usize::from(*key) + 1] += 1);
        (0..SHARDS).for_each(|key| places[key + 1] += places[key]);
        let mut order = vec![0_u32; words.len()];
        for (number, (key, _)) in words.iter().enumerate() {
            let place = &mut places[usize::from(*key)];
            order[*place as usize] = number as u32;
            *place += 1;
        }
        let words: Vec<(u8, &(WordKey, Occurrences))> =
            order.iter().map(|number| words[*number as usize]).collect();
        let len = words.iter().map(|(_, (_, occurrences))| usize::from(occurrences.len)).sum::<usize>();
        let mut text = Vec::with_capacity(len + MAX_WORD_LEN);
        for (_, (key, occurrences)) in &words {
            append(&mut text, &key.letters(), usize::from(occurrences.len));
        }
        SearchWords {
            // Always valid: only ASCII was added.
            text: str::from_utf8(&text).unwrap_or_default().into(),
            sort_keys: words.iter().map(|(key, _)| *key).collect(),
            lens: words.iter().map(|(_, (_, occurrences))| occurrences.len).collect(),
            weights: words.iter().map(|(_, (_, occurrences))| occurrences.weight()).collect(),
        }
    }
}

//! Gathers the words of a document.
//!
//! This is done for every word of a blog, so nothing in it waits for what a word is: where words
//! begin and end is found for many bytes at once ([`super::super::bits`]), a word is read in
//! three steps however long it is, and whether it is known decides nothing but numbers.

use std::cell::Cell;
use std::ops::Range;

use super::super::bits::{TOGETHER, together, which};
use super::fold::{append, fold};
use super::{DRAWERS, Key, LONGEST, Place, Terms, drawer, shelf};

/// Shorter words find everything, and longer ones are none.
const LENGTHS: Range<usize> = 2..LONGEST + 1;
/// How often a word of the text is counted at most.
const MOST: u8 = 7;
/// Places in the largest table that is kept for the next document: those of a long article.
const LARGEST: usize = 1 << 14;

thread_local! {
    /// What the last document was gathered with, emptied: memory that is at hand.
    static EMPTIED: Cell<Gatherer> = Cell::default();
}

/// Gathers the words of a document.
#[derive(Debug, Default)]
pub struct Gatherer {
    /// The words, each once, in the order in which they were met; places for more behind them.
    words: Vec<(Key, Met)>,
    /// How many there are.
    len: usize,
    /// A table of them, a power of two long: at a word's hash, or at the next place that was
    /// free, its number counted from 1.
    places: Vec<u32>,
    /// The text that was added last, in ASCII. What is in it and in the next is of no use any
    /// more; their memory is.
    folded: Vec<u8>,
    /// Where words of it begin and end, by turns.
    edges: Vec<u32>,
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
    #[inline(always)]
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

impl Gatherer {
    /// One without words.
    pub fn new() -> Self {
        EMPTIED.take()
    }

    /// Adds a text, with its markup taken away.
    pub fn add(&mut self, text: &str, place: Place) {
        self.folded.clear();
        fold(text, &mut self.folded);
        let end = self.folded.len();
        // The last word, too, is read with what stands behind it.
        self.folded.extend_from_slice(&[0; LONGEST]);
        self.find_edges(end);
        self.keep_words(place);
    }

    /// Finds where words begin and end.
    fn find_edges(&mut self, end: usize) {
        self.edges.clear();
        let mut in_word = 0;
        for start in (0..end).step_by(TOGETHER) {
            let letters = which(&together(&self.folded, start), |byte| byte.is_ascii_alphanumeric());
            let mut edges = letters ^ (letters << 1 | in_word);
            in_word = letters >> (TOGETHER - 1);
            while edges != 0 {
                self.edges.push(start as u32 + edges.trailing_zeros());
                edges &= edges - 1;
            }
        }
        if in_word != 0 {
            self.edges.push(end as u32);
        }
    }

    /// Keeps the words between the edges.
    fn keep_words(&mut self, place: Place) {
        let (words, _) = self.edges.as_chunks_mut();
        let mut kept = 0;
        for number in 0..words.len() {
            let [start, end] = words[number];
            words[kept] = [start, end];
            kept += usize::from(LENGTHS.contains(&((end - start) as usize)));
        }
        self.make_room(kept);
        let (words, _) = self.edges.as_chunks();
        let mask = self.places.len() - 1;
        for [start, end] in &words[..kept] {
            let Some(letters) = self.folded[*start as usize..].first_chunk() else { break };
            let len = end - start;
            let key = Key::read(letters, len as usize);
            // It is put behind the others, and then looked for: a word that is new is found there.
            self.words[self.len] = (key, Met { len: len as u8, ..Met::default() });
            let mut at = key.hash() & mask;
            loop {
                let is_new = self.places[at] == 0;
                let number = if is_new { self.len as u32 + 1 } else { self.places[at] };
                let (known, met) = &mut self.words[number as usize - 1];
                if known.is(key) {
                    met.meet(place);
                    self.places[at] = number;
                    self.len += usize::from(is_new);
                    break;
                }
                at = (at + 1) & mask;
            }
        }
    }

    /// Makes room for more words, and for one behind them.
    fn make_room(&mut self, more: usize) {
        let words = self.len + more;
        if words >= self.words.len() {
            self.words.resize((words + 1).next_power_of_two(), Default::default());
        }
        if 2 * words < self.places.len() {
            return;
        }
        // A quarter of the table at most is taken then.
        self.places.clear();
        self.places.resize((4 * words + 1).next_power_of_two(), 0);
        let mask = self.places.len() - 1;
        for (number, (key, _)) in self.words[..self.len].iter().enumerate() {
            let mut at = key.hash() & mask;
            while self.places[at] != 0 {
                at = (at + 1) & mask;
            }
            self.places[at] = number as u32 + 1;
        }
    }

    /// The words, by shelf.
    pub fn finish(mut self) -> Terms {
        let terms = self.terms();
        if self.places.len() <= LARGEST {
            self.places.fill(0);
            self.len = 0;
            EMPTIED.set(self);
        }
        terms
    }

    fn terms(&self) -> Terms {
        let words = self.words[..self.len].iter().filter(|(key, _)| !key.is_common());
        let words: Vec<(u8, &(Key, Met))> =
            words.map(|word| (shelf(drawer(&word.0.letters()[..usize::from(word.1.len)])), word)).collect();
        // By shelf without comparing: how many stand before each, then each to its place.
        let mut places = [0_u32; DRAWERS + 1];
        words.iter().for_each(|(shelf, _)| places[usize::from(*shelf) + 1] += 1);
        (0..DRAWERS).for_each(|shelf| places[shelf + 1] += places[shelf]);
        let mut order = vec![0_u32; words.len()];
        for (number, (shelf, _)) in words.iter().enumerate() {
            let place = &mut places[usize::from(*shelf)];
            order[*place as usize] = number as u32;
            *place += 1;
        }
        let words: Vec<(u8, &(Key, Met))> = order.iter().map(|number| words[*number as usize]).collect();
        let len = words.iter().map(|(_, (_, met))| usize::from(met.len)).sum::<usize>();
        let mut text = Vec::with_capacity(len + LONGEST);
        words.iter().for_each(|(_, (key, met))| append(&mut text, &key.letters(), usize::from(met.len)));
        Terms {
            // Nothing but ASCII was put there.
            text: str::from_utf8(&text).unwrap_or_default().into(),
            shelves: words.iter().map(|(shelf, _)| *shelf).collect(),
            lens: words.iter().map(|(_, (_, met))| met.len).collect(),
            weights: words.iter().map(|(_, (_, met))| met.weight()).collect(),
        }
    }
}

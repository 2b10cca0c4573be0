//! Excerpts of a document's text, and the passages around links; both cut between words.

use super::reference::{Passage, TitlePlace};

/// Most characters of a passage on each side of a link, as in WordPress.
const PASSAGE_SIDE: usize = 100;
/// Most characters of an excerpt whose end the author did not mark.
const MAX_UNMARKED: usize = 220;
/// Most characters of an excerpt whose end is marked (`<!-- more -->`).
const MAX_MARKED: usize = 1200;

/// Builder of the excerpt: collects paragraphs from the beginning of a document.
#[derive(Debug, Default)]
pub struct Excerpt {
    text: String,
    /// Text of lists, quotes and other blocks, for a document without paragraphs before the mark.
    other: String,
    /// Whether the author marked the end here.
    is_closed: bool,
}

impl Excerpt {
    /// Adds a paragraph, unless the excerpt is closed or long enough.
    pub fn push_paragraph(&mut self, text: &str) {
        if !self.is_closed {
            push(&mut self.text, text);
        }
    }

    /// Adds the text of a block that is no paragraph, unless there is a paragraph already.
    pub fn push_other(&mut self, text: &str) {
        if !self.is_closed && self.text.is_empty() {
            push(&mut self.other, text);
        }
    }

    /// Ends the excerpt here, at the author's mark. A mark before any text is ignored.
    pub fn close(&mut self) {
        self.is_closed |= !self.text.is_empty() || !self.other.is_empty();
    }

    /// The excerpt: up to the mark, else about two lines.
    pub fn finish(self) -> String {
        let limit = if self.is_closed { MAX_MARKED } else { MAX_UNMARKED };
        shorten(if self.text.is_empty() { &self.other } else { &self.text }, limit)
    }
}

/// Appends a text that is not blank, unless there is enough.
fn push(all: &mut String, text: &str) {
    let text = text.trim();
    if text.is_empty() || all.len() > 4 * MAX_MARKED {
        return;
    }
    if !all.is_empty() {
        all.push(' ');
    }
    all.push_str(text);
}

/// Shortens a text to at most `limit` characters, between words. `…` replaces the rest.
pub fn shorten(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text.to_owned() };
    let kept = &text[..end];
    let kept = kept.rfind(char::is_whitespace).map_or(kept, |space| &kept[..space]);
    let kept = kept.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '—' | '–' | '«' | '(')
    });
    format!("{kept}…")
}

/// The passage around a link, which has the bytes `start..end` in a block's text. `titles` are the
/// places in the block that show titles of other documents; none of them is cut in two.
pub fn passage(block: &str, start: usize, end: usize, titles: &[TitlePlace]) -> Passage {
    let before = block[..start].trim_start();
    let after = block[end..].trim_end();
    // Sorted by their places, so that many of them cost no more than few.
    let inside = |at: usize| {
        let title = titles[..titles.partition_point(|title| (title.start as usize) < at)].last();
        title.filter(|title| (at as u32) < title.end)
    };
    let mut from = start - last_chars(before, PASSAGE_SIDE).len();
    if let Some(title) = inside(from) {
        let rest = &block[title.end as usize..start];
        from = start - rest.trim_start().len();
    }
    let mut to = end + first_chars(after, PASSAGE_SIDE).len();
    if let Some(title) = inside(to) {
        to = end + block[end..title.start as usize].trim_end().len();
    }
    let mut passage = Passage::new(&block[from..start], &block[end..to]);
    passage.cut_before = start - from < before.len();
    passage.cut_after = to - end < after.len();
    let first = titles.partition_point(|title| (title.start as usize) < from);
    let last = titles.partition_point(|title| (title.end as usize) <= to);
    let near = titles.get(first..last).unwrap_or_default();
    let kept = |title: &&TitlePlace| title.end as usize <= start || end <= title.start as usize;
    let moved = |title: &TitlePlace| {
        let out = if title.start as usize >= end { from + end - start } else { from } as u32;
        TitlePlace { start: title.start - out, end: title.end - out, reference: title.reference }
    };
    passage.with_titles(near.iter().filter(kept).map(moved))
}

/// The end of a text: at most `count` characters, from the start of a word.
fn last_chars(text: &str, count: usize) -> &str {
    if text.len() <= count {
        return text;
    }
    match text.char_indices().rev().nth(count) {
        None => text,
        Some((at, _)) => match text[at..].find(char::is_whitespace) {
            Some(space) => text[at + space..].trim_start(),
            None => "",
        },
    }
}

/// The start of a text: at most `count` characters, up to the end of a word.
fn first_chars(text: &str, count: usize) -> &str {
    if text.len() <= count {
        return text;
    }
    match text.char_indices().nth(count) {
        None => text,
        Some((at, _)) => match text[..at].rfind(char::is_whitespace) {
            Some(space) => text[..space].trim_end(),
            None => "",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_words() {
        assert_eq!(shorten("un deux trois", 9), "un deux…");
        assert_eq!(shorten("un deux", 7), "un deux");
        assert_eq!(shorten("été, hiver", 5), "été…");
    }

    #[test]
    fn a_passage_has_a_hundred_characters_on_each_side() {
        let word = "mot ".repeat(60);
        let block = format!("{word}le lien {word}");
        let start = block.find("le lien").unwrap();
        let passage = passage(&block, start, start + 7, &[]);
        assert!(passage.cut_before && passage.cut_after);
        let (before, after) = (passage.before(|_| None), passage.after(|_| None));
        assert!(before.chars().count() <= PASSAGE_SIDE && before.starts_with("mot"));
        assert!(after.chars().count() <= PASSAGE_SIDE && after.ends_with("mot"));
    }

    #[test]
    fn titles_are_filled_in_beside_a_link_and_never_cut_in_two() {
        let title = |block: &str, words: &str, reference| {
            let start = block.find(words).unwrap() as u32;
            TitlePlace { start, end: start + words.len() as u32, reference }
        };
        let name = |reference| ["Premier titre", "Second"].get(reference as usize).copied();
        let block = "un-slug, puis le lien, puis autre-slug.";
        let titles = [title(block, "un-slug", 0), title(block, "autre-slug", 1)];
        let found = passage(block, 14, 21, &titles);
        assert_eq!(found.before(name), "Premier titre, puis ");
        assert_eq!(found.after(name), ", puis Second.");
        // An unpublished document has no title to show.
        assert_eq!(found.after(|_| None), ", puis autre-slug.");

        let block = format!("le lien {}un deux trois quatre", "mot ".repeat(23));
        let found = passage(&block, 0, 7, &[title(&block, "un deux trois", 0)]);
        assert!(found.cut_after && found.after(name).ends_with("mot"));
        let block = format!("un deux trois quatre{} le lien", " mot".repeat(19));
        let start = block.len() - 7;
        let found = passage(&block, start, block.len(), &[title(&block, "un deux trois quatre", 0)]);
        assert!(!found.cut_before && found.before(name).starts_with("Premier titre mot"));
        let block = format!("un deux trois quatre{} le lien", " mot".repeat(22));
        let start = block.len() - 7;
        let found = passage(&block, start, block.len(), &[title(&block, "un deux trois quatre", 0)]);
        assert!(found.cut_before && found.before(name).starts_with("mot"));
    }
}

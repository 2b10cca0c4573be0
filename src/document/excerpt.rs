//! The text a reader sees, cut at words: excerpts, and the passage around a link.

use super::reference::Passage;

/// Characters shown each side of a link, as WordPress does.
const SIDE: usize = 100;
/// Characters of an excerpt when the author did not mark its end.
const EXCERPT: usize = 220;
/// Most characters of an excerpt whose end is marked.
const MARKED: usize = 1200;

/// Gathers the beginning of a document's text.
#[derive(Debug, Default)]
pub struct Excerpt {
    text: String,
    closed: bool,
}

impl Excerpt {
    /// Adds a paragraph.
    pub fn paragraph(&mut self, text: &str) {
        let text = text.trim();
        if self.closed || text.is_empty() || self.text.len() > 4 * MARKED {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    /// Whether more text would change nothing, as long as no end is marked.
    pub fn marked(&mut self) {
        self.closed |= !self.text.is_empty();
    }

    /// The excerpt: up to the mark, else about two lines.
    pub fn finish(self) -> String {
        let limit = if self.closed { MARKED } else { EXCERPT };
        shorten(&self.text, limit)
    }
}

/// A text of at most `limit` characters, cut between words, with `…` where it was cut.
pub fn shorten(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text.to_owned() };
    let kept = &text[..end];
    let kept = kept.rfind(char::is_whitespace).map_or(kept, |space| &kept[..space]);
    let kept = kept.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '—' | '–' | '«' | '(')
    });
    format!("{kept}…")
}

/// The passage around the bytes `start..end` of a block's text.
pub fn passage(block: &str, start: usize, end: usize) -> Passage {
    let before = block[..start].trim_start();
    let after = block[end..].trim_end();
    let kept_before = last_chars(before, SIDE);
    let kept_after = first_chars(after, SIDE);
    let mut passage = Passage::new(kept_before, &block[start..end], kept_after);
    passage.cut_before = kept_before.len() < before.len();
    passage.cut_after = kept_after.len() < after.len();
    passage
}

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
    fn a_passage_holds_a_hundred_characters_each_side() {
        let word = "mot ".repeat(60);
        let block = format!("{word}le lien {word}");
        let start = block.find("le lien").unwrap();
        let passage = passage(&block, start, start + 7);
        assert_eq!(passage.text(), "le lien");
        assert!(passage.cut_before && passage.cut_after);
        assert!(passage.before().chars().count() <= SIDE && passage.before().starts_with("mot"));
        assert!(passage.after().chars().count() <= SIDE && passage.after().ends_with("mot"));
    }
}

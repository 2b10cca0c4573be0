//! Words put together so that a network takes them: what is too long is shortened, what was
//! chosen stays.

use unicode_segmentation::UnicodeSegmentation;

use pingmark_core::network::Network;
use pingmark_core::share_template::{Piece, fill, read, tidy};

use super::compose::Subject;
use super::count::measure;
use super::hashtag;

/// Writes for one network.
pub(super) struct Writer<'a> {
    pub subject: &'a Subject<'a>,
    pub network: Network,
    pub limit: usize,
    pub url: &'a str,
    pub tags: &'a [String],
    /// Whether the hashtags were chosen: then none is dropped.
    pub keeps_tags: bool,
}

/// How much of each value a text gets.
#[derive(Clone, Copy)]
struct Room<'a> {
    title: &'a str,
    summary: &'a str,
    tags: usize,
}

impl Writer<'_> {
    fn fits(&self, text: &str) -> bool {
        measure(self.network, text, self.limit).fits()
    }

    fn filled(&self, pieces: &[Piece<'_>], room: Room<'_>, text: &str) -> String {
        let subject = self.subject;
        fill(pieces, &|name| match name {
            "title" => tidy(room.title),
            "summary" => tidy(room.summary),
            "url" => self.url.to_owned(),
            "hashtags" => self.hashtags(room.tags),
            "text" => text.to_owned(),
            "author" => subject.author.to_owned(),
            "site" => subject.site.to_owned(),
            "slug" => subject.slug.to_owned(),
            "date" => subject.date.to_owned(),
            _ => String::new(),
        })
    }

    fn hashtags(&self, most: usize) -> String {
        self.tags.iter().take(most).map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ")
    }

    fn whole(&self) -> Room<'_> {
        Room { title: self.subject.title, summary: self.subject.summary, tags: self.tags.len() }
    }

    /// A template filled so that it fits: the summary is shortened, then hashtags go, then the
    /// title is shortened.
    pub fn fitted(&self, template: &str) -> String {
        let pieces = read(template);
        let fill = |room: Room<'_>| self.filled(&pieces, room, "");
        let whole = self.whole();
        let text = fill(whole);
        if self.fits(&text) {
            return text;
        }
        let by_summary = shortest(whole.summary, |summary| {
            let text = fill(Room { summary, ..whole });
            self.fits(&text).then_some(text)
        });
        if let Some(text) = by_summary {
            return text;
        }
        let fewest = if self.keeps_tags { self.tags.len() } else { 0 };
        for tags in (fewest..=self.tags.len()).rev() {
            let text = fill(Room { summary: "", tags, ..whole });
            if self.fits(&text) {
                return text;
            }
        }
        let bare = Room { summary: "", tags: fewest, ..whole };
        let by_title = shortest(whole.title, |title| {
            let text = fill(Room { title, ..bare });
            self.fits(&text).then_some(text)
        });
        by_title.unwrap_or_else(|| fill(bare))
    }

    /// A text in its place of a template; the text itself is never shortened.
    pub fn with_text(&self, template: &str, text: &str) -> String {
        let text = self.placed(text);
        self.dropping(|tags| self.filled(&read(template), Room { tags, ..self.whole() }, &text))
    }

    /// The names in a text filled.
    fn placed(&self, text: &str) -> String {
        self.filled(&read(text), self.whole(), "")
    }

    /// The most hashtags with which a text fits.
    fn dropping(&self, make: impl Fn(usize) -> String) -> String {
        let fewest = if self.keeps_tags { self.tags.len() } else { 0 };
        let mut texts = (fewest..=self.tags.len()).rev().map(&make);
        texts.find(|text| self.fits(text)).unwrap_or_else(|| make(fewest))
    }

    /// Texts as they were written. The link and the hashtags follow the last one, unless a text
    /// has them already.
    pub fn thread(&self, written: &[String]) -> Vec<String> {
        let mut texts: Vec<String> = written.iter().map(|text| self.placed(text)).collect();
        if !self.network.has_threads() {
            texts = vec![texts.join("\n\n")];
        }
        let Some(last) = texts.pop() else { return texts };
        let has_link = texts.iter().chain([&last]).any(|text| text.contains(self.subject.url));
        let has_tags = texts.iter().chain([&last]).any(|text| hashtag::count(text) > 0);
        let gap = if self.network == Network::X { "\n" } else { "\n\n" };
        let last = self.dropping(|tags| {
            let mut text = last.clone();
            if !has_link && self.network.takes_links() {
                text.push_str(gap);
                text.push_str(self.url);
            }
            if !has_tags && tags > 0 {
                text.push_str(gap);
                text.push_str(&self.hashtags(tags));
            }
            text
        });
        texts.push(last);
        texts
    }
}

/// The longest beginning of a text, cut between words and ended with `…`, that is accepted.
fn shortest(text: &str, accepts: impl Fn(&str) -> Option<String>) -> Option<String> {
    const FEWEST_WORDS: usize = 3;
    // Where words end: not before a hyphen or an apostrophe that joins another one, nor after a
    // word so short that it announces the next (`de`, `un`).
    let joined = |end: usize| {
        let mut after = text[end..].chars();
        after.next().is_some_and(|c| matches!(c, '-' | '’' | '\'' | '\u{2011}'))
            && after.next().is_some_and(char::is_alphanumeric)
    };
    let words = text.unicode_word_indices().filter(|(_, word)| word.chars().nth(2).is_some());
    let ends: Vec<usize> = words.map(|(at, word)| at + word.len()).filter(|end| !joined(*end)).collect();
    // Longer beginnings do not fit when shorter ones do not.
    let (mut low, mut high) = (FEWEST_WORDS, ends.len());
    let mut best = None;
    while low < high {
        let middle = (low + high) / 2;
        let shortened = format!("{}…", &text[..ends[middle - 1]]);
        match accepts(&shortened) {
            Some(text) => {
                best = Some(text);
                low = middle + 1;
            }
            None => high = middle,
        }
    }
    best
}

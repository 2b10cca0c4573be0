//! Filling of share templates within a network's limit: values that are too long are shortened,
//! texts and hashtags that the author chose are kept.

use unicode_segmentation::UnicodeSegmentation;

use pingmark_core::network::Network;
use pingmark_core::share_template::{TemplatePiece, fill, parse, tidy};

use super::count::measure;
use super::hashtag;
use super::post::SharedPost;

/// Writer of the texts of one post for one network.
pub(super) struct ShareWriter<'a> {
    pub post: &'a SharedPost<'a>,
    pub network: Network,
    pub limit: usize,
    pub url: &'a str,
    pub tags: &'a [String],
    /// Whether the author chose the hashtags; then none is dropped.
    pub keep_tags: bool,
}

/// Values of a template that may be shortened: `tags` is the number of hashtags.
#[derive(Clone, Copy)]
struct TemplateValues<'a> {
    title: &'a str,
    summary: &'a str,
    tags: usize,
}

impl ShareWriter<'_> {
    fn fits(&self, text: &str) -> bool {
        measure(self.network, text, self.limit).fits()
    }

    fn fill(&self, pieces: &[TemplatePiece<'_>], values: TemplateValues<'_>, text: &str) -> String {
        let post = self.post;
        fill(pieces, &|name| match name {
            "title" => tidy(values.title),
            "summary" => tidy(values.summary),
            "url" => self.url.to_owned(),
            "hashtags" => self.hashtags(values.tags),
            "text" => text.to_owned(),
            "author" => post.author.to_owned(),
            "site" => post.site.to_owned(),
            "slug" => post.slug.to_owned(),
            "date" => post.date.to_owned(),
            _ => String::new(),
        })
    }

    fn hashtags(&self, most: usize) -> String {
        self.tags.iter().take(most).map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ")
    }

    fn full_values(&self) -> TemplateValues<'_> {
        TemplateValues { title: self.post.title, summary: self.post.summary, tags: self.tags.len() }
    }

    /// Fills a template so that the text fits: shortens the summary, else drops it and hashtags
    /// one by one, else shortens the title. If that is not enough, the shortest text is returned.
    pub(crate) fn fit(&self, template: &str) -> String {
        let pieces = parse(template);
        let fill = |values: TemplateValues<'_>| self.fill(&pieces, values, "");
        let whole = self.full_values();
        let text = fill(whole);
        if self.fits(&text) {
            return text;
        }
        let by_summary = longest_beginning(whole.summary, |summary| {
            let text = fill(TemplateValues { summary, ..whole });
            self.fits(&text).then_some(text)
        });
        if let Some(text) = by_summary {
            return text;
        }
        let fewest = if self.keep_tags { self.tags.len() } else { 0 };
        for tags in (fewest..=self.tags.len()).rev() {
            let text = fill(TemplateValues { summary: "", tags, ..whole });
            if self.fits(&text) {
                return text;
            }
        }
        let bare = TemplateValues { summary: "", tags: fewest, ..whole };
        let by_title = longest_beginning(whole.title, |title| {
            let text = fill(TemplateValues { title, ..bare });
            self.fits(&text).then_some(text)
        });
        by_title.unwrap_or_else(|| fill(bare))
    }

    /// Puts the author's text into a template, with as many hashtags as fit. The text itself is
    /// never shortened.
    pub(crate) fn with_text(&self, template: &str, text: &str) -> String {
        let text = self.with_names_filled(text);
        self.with_most_hashtags(|tags| {
            self.fill(&parse(template), TemplateValues { tags, ..self.full_values() }, &text)
        })
    }

    /// Fills the names in the author's text, at full length.
    fn with_names_filled(&self, text: &str) -> String {
        self.fill(&parse(text), self.full_values(), "")
    }

    /// Makes a text with as many hashtags as fit. `make` takes their number.
    fn with_most_hashtags(&self, make: impl Fn(usize) -> String) -> String {
        let fewest = if self.keep_tags { self.tags.len() } else { 0 };
        let mut texts = (fewest..=self.tags.len()).rev().map(&make);
        texts.find(|text| self.fits(text)).unwrap_or_else(|| make(fewest))
    }

    /// Thread of the author's texts; one text on networks without threads. The link and the
    /// hashtags follow the last text, unless any of them has a link or hashtags already.
    pub(crate) fn thread(&self, written: &[String]) -> Vec<String> {
        let mut texts: Vec<String> = written.iter().map(|text| self.with_names_filled(text)).collect();
        if !self.network.facts().has_threads {
            texts = vec![texts.join("\n\n")];
        }
        let Some(last) = texts.pop() else { return texts };
        let has_link = texts.iter().chain([&last]).any(|text| text.contains(self.post.url));
        let has_tags = texts.iter().chain([&last]).any(|text| hashtag::count(text) > 0);
        let gap = if self.network == Network::X { "\n" } else { "\n\n" };
        let last = self.with_most_hashtags(|tags| {
            let mut text = last.clone();
            if !has_link && self.network.facts().takes_links {
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

/// Longest beginning of a text, cut between words and ended with `…`, that `accepts` turns into
/// `Some`. `None` if not even three words are accepted.
fn longest_beginning(text: &str, accepts: impl Fn(&str) -> Option<String>) -> Option<String> {
    const MIN_WORDS: usize = 3;
    // Ends of words at which to cut: not before a hyphen or an apostrophe that joins another
    // word, nor after one of fewer than three letters, which leads to the next (`de`, `un`).
    let joined = |end: usize| {
        let mut after = text[end..].chars();
        after.next().is_some_and(|c| matches!(c, '-' | '’' | '\'' | '\u{2011}'))
            && after.next().is_some_and(char::is_alphanumeric)
    };
    let words = text.unicode_word_indices().filter(|(_, word)| word.chars().nth(2).is_some());
    let ends: Vec<usize> = words.map(|(at, word)| at + word.len()).filter(|end| !joined(*end)).collect();
    // Binary search: if a beginning does not fit, no longer one does.
    let (mut low, mut high) = (MIN_WORDS, ends.len());
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

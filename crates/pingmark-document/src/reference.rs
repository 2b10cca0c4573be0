//! What a document refers to: links, wikilinks, citations, images, addresses in its own HTML.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use pingmark_core::address::split_host;
use pingmark_core::html::is_absolute;

/// One reference, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// How it is written.
    pub kind: ReferenceKind,
    /// The target as written, entities and escapes resolved.
    pub target: Box<str>,
    /// The title of a link, shown when the mouse rests on it; mostly empty.
    pub title: Box<str>,
    /// The words that lead there, as a reader sees them; of a picture what it shows.
    pub words: Box<str>,
}

impl Reference {
    /// Whether it leads away from a blog that has these hosts: nobody shows the words around it.
    pub fn leaves(&self, hosts: &[String]) -> bool {
        let is_own = |host: &str| hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
        let target = self.target.trim();
        // A wikilink or a citation has a name for its target.
        !matches!(self.kind, ReferenceKind::Wiki | ReferenceKind::Cite)
            && is_absolute(target)
            && split_host(target).is_none_or(|(host, _)| !is_own(host))
    }

    /// Whether a passage shows the title of what it leads to instead of words of its own: those
    /// of a wikilink without any, and of a citation.
    pub fn shows_title(&self) -> bool {
        match self.kind {
            ReferenceKind::Wiki => self.words == self.target,
            kind => kind == ReferenceKind::Cite,
        }
    }
}

/// The ways of writing a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReferenceKind {
    /// `[text](target)` and its variants.
    Link,
    /// `<https://…>` or `<mail@…>`.
    Auto,
    /// `[[slug]]`
    Wiki,
    /// `![alt](target)`
    Image,
    /// The address of a link (`href`) in the author's own HTML.
    Raw,
    /// The address of a picture or film (`src`, `poster`) in the author's own HTML.
    Embed,
    /// `[@key]`: a source of the catalogue, or an article by its slug.
    Cite,
    /// An argument of a component.
    Argument,
    /// One that names a picture, or something that may be one.
    Picture,
}

/// The sentence a reference stands in, as the reader sees it, without the reference's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Passage {
    /// What stands before the reference and what stands after it, one behind the other.
    around: Box<str>,
    /// Where the second begins.
    at: u32,
    titles: Box<[TitlePlace]>,
    /// Whether the block had more before.
    pub cut_before: bool,
    /// Whether the block had more after.
    pub cut_after: bool,
}

/// Words for which a reader sees the title of what they lead to: those of a wikilink without any
/// of its own. They are known once all documents are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TitlePlace {
    /// Where the words begin.
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// The number of the reference.
    pub reference: u32,
}

impl ReferenceKind {
    /// Whether a reader who follows it leaves the page: it is a link rather than a part of the
    /// page.
    pub fn is_link(self) -> bool {
        matches!(self, Self::Link | Self::Auto | Self::Wiki | Self::Raw | Self::Cite)
    }
}

impl Passage {
    /// The words before and after a reference, neither side cut.
    pub fn new(before: &str, after: &str) -> Self {
        let around = [before, after].concat().into_boxed_str();
        Self { around, at: before.len() as u32, ..Self::default() }
    }

    /// The passage with places of titles, in order, none of them the reference itself.
    pub fn with_titles(self, titles: impl Iterator<Item = TitlePlace>) -> Self {
        Self { titles: titles.collect(), ..self }
    }

    /// The passage with a blank before the reference, where one belongs: a citation leaves none in
    /// the text, and its title is shown in a passage.
    pub fn parted(mut self) -> Self {
        let before = &self.around[..self.at as usize];
        let ends_open = before.ends_with(|c: char| c.is_whitespace() || "([«“‘’'".contains(c));
        if !before.is_empty() && !ends_open {
            let mut around = String::from(std::mem::take(&mut self.around));
            around.insert(self.at as usize, ' ');
            self.around = around.into();
            for title in self.titles.iter_mut().filter(|title| title.start >= self.at) {
                title.start += 1;
                title.end += 1;
            }
            self.at += 1;
        }
        self
    }

    /// About a hundred characters before the reference, cut at a word; titles by their references.
    pub fn before<'a>(&'a self, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        self.filled(0, self.at, title)
    }

    /// About a hundred characters after it, cut at a word; titles by their references.
    pub fn after<'a>(&'a self, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        self.filled(self.at, self.around.len() as u32, title)
    }

    fn filled<'a>(&'a self, from: u32, to: u32, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        let mut filled = String::new();
        let mut done = from;
        for place in self.titles.iter().filter(|place| from <= place.start && place.end <= to) {
            let Some(title) = title(place.reference) else { continue };
            filled.push_str(&self.around[done as usize..place.start as usize]);
            filled.push_str(title);
            done = place.end;
        }
        let rest = &self.around[done as usize..to as usize];
        if done == from { rest.into() } else { (filled + rest).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leaves_where_it_names_another_host() {
        let hosts = ["essai.example".to_owned(), "localhost:8000".to_owned()];
        let leaves = |kind, target: &str| {
            let (title, words) = (Box::default(), Box::default());
            Reference { kind, target: target.into(), title, words }.leaves(&hosts)
        };
        for target in [
            "un.md",
            "/posts/un/",
            "#suite",
            "",
            "https://essai.example",
            "HTTP://www.Essai.example:80/posts/un/?utm_source=x",
            " //essai.example/x ",
            "http://localhost:8000/",
            "a//b.example",
        ] {
            assert!(!leaves(ReferenceKind::Link, target), "{target}");
        }
        for target in [
            "https://autre.example/essai.example",
            "//autre.example",
            "mailto:a@essai.example",
            "http://localhost/",
        ] {
            assert!(leaves(ReferenceKind::Link, target), "{target}");
        }
        assert!(!leaves(ReferenceKind::Wiki, "https://autre.example/"));
        assert!(!leaves(ReferenceKind::Cite, "https://autre.example/"));
    }
}

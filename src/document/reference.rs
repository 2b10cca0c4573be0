//! What a document refers to: links, wikilinks, citations, images, addresses in its own HTML.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One reference, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// How it is written.
    pub kind: ReferenceKind,
    /// The target as written, entities and escapes resolved.
    pub target: Box<str>,
    /// The title of a link, shown when the mouse rests on it; mostly empty.
    pub title: Box<str>,
    /// The words around it.
    pub passage: Passage,
}

impl Reference {
    /// Whether a passage shows the title of what it leads to instead of words of its own: those
    /// of a wikilink without any, and of a citation.
    pub fn shows_title(&self) -> bool {
        match self.kind {
            ReferenceKind::Wiki => self.passage.text() == self.target.as_ref(),
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

/// The sentence a reference stands in, as the reader sees it: one text, and where the words of
/// the link stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Passage {
    whole: Box<str>,
    start: u32,
    end: u32,
    titles: Box<[TitlePlace]>,
    /// Whether the block had more before.
    pub cut_before: bool,
    /// Whether the block had more after.
    pub cut_after: bool,
}

/// Words for which a reader sees the title of what they lead to: those of a wikilink without any
/// of its own. Titles are known to the graph alone.
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
    /// A passage of three parts, neither side cut.
    pub fn new(before: &str, text: &str, after: &str) -> Self {
        let whole = [before, text, after].concat().into_boxed_str();
        let (start, end) = (before.len() as u32, (before.len() + text.len()) as u32);
        Self { whole, start, end, titles: Box::default(), cut_before: false, cut_after: false }
    }

    /// The passage with places of titles, in order, none of them the link itself.
    pub fn with_titles(self, titles: impl Iterator<Item = TitlePlace>) -> Self {
        Self { titles: titles.collect(), ..self }
    }

    /// The passage with a blank before the words of the link, where one belongs: a citation
    /// leaves none in the text, and its title is shown in a passage.
    pub fn parted(mut self) -> Self {
        let before = &self.whole[..self.start as usize];
        let ends_open = before.ends_with(|c: char| c.is_whitespace() || "([«“‘’'".contains(c));
        if !before.is_empty() && !ends_open {
            let mut whole = String::from(std::mem::take(&mut self.whole));
            whole.insert(self.start as usize, ' ');
            self.whole = whole.into();
            for title in self.titles.iter_mut().filter(|title| title.start >= self.start) {
                title.start += 1;
                title.end += 1;
            }
            self.start += 1;
            self.end += 1;
        }
        self
    }

    /// About a hundred characters before the link, cut at a word; titles by their references.
    pub fn before<'a>(&'a self, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        self.filled(0, self.start, title)
    }

    /// The words of the link itself.
    pub fn text(&self) -> &str {
        &self.whole[self.start as usize..self.end as usize]
    }

    /// About a hundred characters after it, cut at a word; titles by their references.
    pub fn after<'a>(&'a self, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        self.filled(self.end, self.whole.len() as u32, title)
    }

    fn filled<'a>(&'a self, from: u32, to: u32, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        let mut filled = String::new();
        let mut done = from;
        for place in self.titles.iter().filter(|place| from <= place.start && place.end <= to) {
            let Some(title) = title(place.reference) else { continue };
            filled.push_str(&self.whole[done as usize..place.start as usize]);
            filled.push_str(title);
            done = place.end;
        }
        let rest = &self.whole[done as usize..to as usize];
        if done == from { rest.into() } else { (filled + rest).into() }
    }
}

//! References of a document: links, wikilinks, citations, images, URLs in HTML; and passages around
//! them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use pingmark_core::address::split_host;
use pingmark_core::html::is_absolute;

/// A reference to another document, a file or a URL, not resolved yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// Syntax of the reference.
    pub kind: ReferenceKind,
    /// Target as written, with entities and escapes resolved.
    pub target: Box<str>,
    /// Title attribute of a link; mostly empty.
    pub title: Box<str>,
    /// Text of the link as readers see it; for an image, the alt text.
    pub words: Box<str>,
}

impl Reference {
    /// Whether it leads to another website than the one with these hosts. No page shows the passage
    /// around such a reference.
    pub fn is_external(&self, hosts: &[String]) -> bool {
        let is_own = |host: &str| hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
        let target = self.target.trim();
        // The target of a wikilink or a citation is a name and no URL.
        !matches!(self.kind, ReferenceKind::Wiki | ReferenceKind::Cite)
            && is_absolute(target)
            && split_host(target).is_none_or(|(host, _)| !is_own(host))
    }

    /// Whether passages show the target's title in its place: for a wikilink without text of its
    /// own, and for a citation.
    pub fn shows_title(&self) -> bool {
        match self.kind {
            ReferenceKind::Wiki => self.words == self.target,
            kind => kind == ReferenceKind::Cite,
        }
    }
}

/// Syntax of a reference.
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
    /// `href` in HTML inside Markdown.
    Raw,
    /// `src` or `poster` in HTML inside Markdown.
    Embed,
    /// `action` of a form in HTML inside Markdown: a page, or a program of the server.
    Action,
    /// `[@key]`: a source of the catalogue, or an article by its slug.
    Cite,
    /// URL in an argument of a component.
    Argument,
    /// URL of an image in an argument of a component, or of something that may be one.
    Picture,
}

/// The passage around a reference: the text of its block before and after it, as readers see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Passage {
    /// Text before the reference, followed by the text after it.
    around: Box<str>,
    /// Length in bytes of the text before the reference.
    before_len: u32,
    /// Places in `around` that show titles, in order.
    titles: Box<[TitlePlace]>,
    /// Whether the block continues before the passage.
    pub cut_before: bool,
    /// Whether the block continues after the passage.
    pub cut_after: bool,
}

/// A byte range that shows the title of another document: a wikilink without text of its own. The
/// title is only known once all documents are compiled.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TitlePlace {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Number of the reference.
    pub reference: u32,
}

impl ReferenceKind {
    /// Whether it is a link that readers follow, and not a part of the page such as an image.
    pub fn is_link(self) -> bool {
        matches!(self, Self::Link | Self::Auto | Self::Wiki | Self::Raw | Self::Cite)
    }
}

impl Passage {
    /// A passage with the text before and after a reference, neither side cut.
    pub fn new(before: &str, after: &str) -> Self {
        let around = [before, after].concat().into_boxed_str();
        Self { around, before_len: before.len() as u32, ..Self::default() }
    }

    /// Adds the places that show titles, in order. None is the reference itself.
    pub fn with_titles(self, titles: impl Iterator<Item = TitlePlace>) -> Self {
        Self { titles: titles.collect(), ..self }
    }

    /// Adds a blank before the reference if there is none. A citation needs it: the document's text
    /// omits both, but a passage shows the title of the cited work.
    pub fn with_space_before(mut self) -> Self {
        let before = &self.around[..self.before_len as usize];
        let ends_open = before.ends_with(|c: char| c.is_whitespace() || "([«“‘’'".contains(c));
        if !before.is_empty() && !ends_open {
            let mut around = String::from(std::mem::take(&mut self.around));
            around.insert(self.before_len as usize, ' ');
            self.around = around.into();
            for title in self.titles.iter_mut().filter(|title| title.start >= self.before_len) {
                title.start += 1;
                title.end += 1;
            }
            self.before_len += 1;
        }
        self
    }

    /// The text before the reference: about a hundred characters, cut between words. `title` gives
    /// the title for the number of a reference.
    pub fn before<'a>(&'a self, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        self.filled(0, self.before_len, title)
    }

    /// The text after the reference, likewise.
    pub fn after<'a>(&'a self, title: impl Fn(u32) -> Option<&'a str>) -> Cow<'a, str> {
        self.filled(self.before_len, self.around.len() as u32, title)
    }

    /// The bytes `from..to` of the passage, with titles filled in.
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
    fn links_to_other_hosts_are_external() {
        let hosts = ["essai.example".to_owned(), "localhost:8000".to_owned()];
        let is_external = |kind, target: &str| {
            let (title, words) = (Box::default(), Box::default());
            Reference { kind, target: target.into(), title, words }.is_external(&hosts)
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
            assert!(!is_external(ReferenceKind::Link, target), "{target}");
        }
        for target in [
            "https://autre.example/essai.example",
            "//autre.example",
            "mailto:a@essai.example",
            "http://localhost/",
        ] {
            assert!(is_external(ReferenceKind::Link, target), "{target}");
        }
        assert!(!is_external(ReferenceKind::Wiki, "https://autre.example/"));
        assert!(!is_external(ReferenceKind::Cite, "https://autre.example/"));
    }
}

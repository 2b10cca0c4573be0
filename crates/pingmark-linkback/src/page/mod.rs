//! A page of another site: its endpoint, its links, the text around one of them, its microformats.
//!
//! Receives HTML and the address that it came from. Gives what the protocols need of it. Uses scraper, whose
//! parser is the one of browsers (html5ever). Never runs scripts or loads anything.

mod microformats;
mod passage;

use std::collections::BTreeSet;

use pingmark_core::address::UrlKey;
use pingmark_core::html_tokens::{Kind, tokens};
use scraper::{ElementRef, Html};
use url::Url;

pub use microformats::{Author, Entry, EntryKind};

/// Deepest nesting of elements that is parsed: the parser takes quadratic time in it.
const MAX_DEPTH: usize = 512;
/// Elements that have no end tag, or may leave it out without nesting deeper.
const FLAT: [&str; 28] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "optgroup",
    "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track",
    "wbr",
];
/// Attributes that mention an address (Webmention, 3.2.2), by element.
const MENTIONING: [(&str, &[&str]); 17] = [
    ("a", &["href"]),
    ("area", &["href"]),
    ("link", &["href"]),
    ("img", &["src", "longdesc"]),
    ("video", &["src", "poster"]),
    ("audio", &["src"]),
    ("source", &["src"]),
    ("track", &["src"]),
    ("iframe", &["src"]),
    ("embed", &["src"]),
    ("object", &["data"]),
    ("blockquote", &["cite"]),
    ("q", &["cite"]),
    ("ins", &["cite"]),
    ("del", &["cite"]),
    // Values of microformats.
    ("data", &["value"]),
    ("input", &["value"]),
];

/// A parsed page.
pub struct Page {
    html: Html,
    base: Url,
}

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Resolved address.
    pub url: String,
    /// Whether search engines, and so we, are asked not to follow it.
    pub is_nofollow: bool,
}

impl Page {
    /// Parses a page. What is nested too deeply is left out, with all that follows.
    pub fn parse(text: &str, url: &Url) -> Self {
        let html = Html::parse_document(&text[..shallow_len(text)]);
        let mut page = Self { html, base: url.clone() };
        let href = page.elements().filter(|element| element.value().name() == "base");
        let base = href.filter_map(|element| url.join(element.attr("href")?.trim()).ok()).next();
        if let Some(base) = base.filter(|base| matches!(base.scheme(), "http" | "https")) {
            page.base = base;
        }
        page
    }

    fn elements(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.html.tree.root().descendants().filter_map(ElementRef::wrap)
    }

    /// The first `<link>` or `<a>` with a `rel` of `webmention`, in the order of the page, resolved. An empty
    /// `href` is the page itself; one without `href` is passed over.
    pub fn webmention_endpoint(&self) -> Option<String> {
        let found = self.elements().find_map(|element| {
            let is_link =
                matches!(element.value().name(), "a" | "link") && has_token(element, "rel", "webmention");
            element.attr("href").filter(|_| is_link && !is_in_template(element))
        })?;
        self.resolve(found)
    }

    /// Text of `<title>`.
    pub fn title(&self) -> Option<String> {
        let title = self.elements().find(|element| {
            let parent = element.parent().and_then(ElementRef::wrap);
            // Not the title of a drawing.
            element.value().name() == "title" && parent.is_none_or(|parent| parent.value().name() != "svg")
        })?;
        passage::one_line(&title.text().collect::<String>())
    }

    /// The address that the page gives as its own: `<link rel="canonical">`.
    pub fn canonical(&self) -> Option<String> {
        let found = self.elements().find_map(|element| {
            let is_canonical = element.value().name() == "link" && has_token(element, "rel", "canonical");
            element.attr("href").filter(|_| is_canonical)
        })?;
        self.resolve(found)
    }

    /// Whether the page says that it is gone: `<meta http-equiv="Status" content="410 Gone">`, for hosts that
    /// cannot answer 410 (Webmention, 3.1.4).
    pub fn is_tombstone(&self) -> bool {
        self.elements().any(|element| {
            element.value().name() == "meta"
                && element.attr("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("status"))
                && element.attr("content").is_some_and(|content| content.trim_start().starts_with("410"))
        })
    }

    /// Links that readers can follow, each address once.
    pub fn links(&self) -> Vec<PageLink> {
        let mut seen = BTreeSet::new();
        let links = self.elements().filter(|element| matches!(element.value().name(), "a" | "area"));
        let links = links.filter_map(|element| {
            let url = self.resolve(element.attr("href")?)?;
            Some(PageLink { url, is_nofollow: has_token(element, "rel", "nofollow") })
        });
        links.filter(|link| seen.insert((link.url.clone(), link.is_nofollow))).collect()
    }

    /// First element that mentions an address: the same page as `target`, however it is spelled.
    fn mentioning(&self, target: &UrlKey) -> Option<ElementRef<'_>> {
        let mentions = |element: &ElementRef<'_>| {
            let name = element.value().name();
            let attributes =
                MENTIONING.iter().find(|(element, _)| *element == name).map_or(&[][..], |(_, a)| a);
            let mut urls = attributes.iter().filter_map(|attribute| element.attr(attribute));
            urls.any(|url| self.resolve(url).and_then(|url| UrlKey::of(&url)).as_ref() == Some(target))
        };
        let mut first = None;
        for element in self.elements().filter(mentions).filter(|element| !is_in_template(*element)) {
            // A link in the text is better than one in the head or an image.
            if matches!(element.value().name(), "a" | "area") {
                return Some(element);
            }
            first = first.or(Some(element));
        }
        first
    }

    /// Whether some element mentions the address.
    pub fn mentions(&self, target: &str) -> bool {
        UrlKey::of(target).is_some_and(|target| self.mentioning(&target).is_some())
    }

    /// The entry that mentions the address, or as much of one as a page without microformats has. `None` if
    /// nothing mentions it.
    pub fn entry(&self, target: &str) -> Option<Entry> {
        let key = UrlKey::of(target)?;
        let element = self.mentioning(&key)?;
        let mut entry = microformats::entry(self, element, &key).unwrap_or_default();
        entry.title = entry.title.take().or_else(|| self.meta("og:title")).or_else(|| self.title());
        if entry.published.is_none() {
            entry.published = self.meta("article:published_time");
        }
        entry.excerpt = passage::around(element).or(entry.excerpt.take());
        Some(entry)
    }

    /// Content of `<meta property="…">` or `<meta name="…">`.
    fn meta(&self, name: &str) -> Option<String> {
        let found = self.elements().find_map(|element| {
            let named = element.attr("property").or_else(|| element.attr("name"))?;
            let is_it = element.value().name() == "meta" && named.trim().eq_ignore_ascii_case(name);
            element.attr("content").filter(|_| is_it)
        })?;
        passage::one_line(found)
    }

    /// An address of the page, absolute. `None` unless it is http(s).
    fn resolve(&self, href: &str) -> Option<String> {
        let url = self.base.join(href.trim()).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.into())
    }
}

/// Whether an element is in a `<template>`, which browsers do not show.
fn is_in_template(element: ElementRef<'_>) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == "template")
}

/// Whether an attribute is a list of tokens with this one.
fn has_token(element: ElementRef<'_>, attribute: &str, token: &str) -> bool {
    let tokens = element.attr(attribute).unwrap_or_default();
    tokens.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(token))
}

/// Length of the start of a text that nests no deeper than [`MAX_DEPTH`].
fn shallow_len(text: &str) -> usize {
    let mut depth = 0_usize;
    for token in tokens(text) {
        let is_flat = |name: &str| FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat));
        match token.kind {
            Kind::Open(name) if !is_flat(name) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return token.range.start;
                }
            }
            Kind::Close(name) if !is_flat(name) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}

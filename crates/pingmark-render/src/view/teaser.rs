//! Teasers: what other pages show of a page, a term or an author.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use pingmark_core::config::{Author, Config};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::lang::Language;
use pingmark_document::{Document, Meta, Teaser};
use pingmark_site::graph::route::encode;
use pingmark_site::graph::taxonomy::index_route;
use pingmark_site::graph::{Graph, PageId, PageKind, Resolved, Route, Term, TermId};
use pingmark_site::plan::{ImageVersions, Plan};

/// Most terms of a taxonomy that a page names: more are not read, and each of them would list the page
/// with all of them.
const TERMS_SHOWN: usize = 50;

/// Title, summary and metadata of a page, as lists and links show them.
#[derive(Debug)]
pub struct TeaserView<'a> {
    /// Page. Not part of the hash.
    pub id: PageId,
    /// Post, page, or text of a list.
    pub kind: PageKind,
    /// Address.
    pub route: &'a Route,
    /// Address from the root of its host.
    pub url: String,
    /// Slug.
    pub slug: &'a str,
    /// Title.
    pub title: &'a str,
    /// Whether the author gave a title, rather than the file's name.
    pub is_titled: bool,
    /// Language code.
    pub lang: &'a str,
    /// Front matter.
    pub meta: &'a Meta,
    /// Description by the author.
    pub description: Option<&'a str>,
    /// Description, else the beginning of the text.
    pub summary: &'a str,
    /// Reading time in minutes.
    pub reading_time: usize,
    /// Tags.
    pub tags: Vec<&'a TermTeaser<'a>>,
    /// Number of tags that are not named, and the address of the list of all tags.
    pub more_tags: Option<(usize, Route)>,
    /// Categories.
    pub categories: Vec<&'a TermTeaser<'a>>,
    /// Authors.
    pub authors: Vec<Byline<'a>>,
    /// Series.
    pub series: Option<&'a TermTeaser<'a>>,
    /// Image that stands for the page.
    pub image: Option<Image<'a>>,
    fingerprint: OnceLock<Fingerprint>,
}

/// Hashes the fingerprint of the fields, which is computed once.
impl Hash for TeaserView<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let fingerprint = || {
            let words = (self.title, self.is_titled, self.description, self.summary, self.reading_time);
            let text = (words, self.lang, self.meta, &self.image);
            let terms = (&self.tags, &self.more_tags, &self.categories, &self.authors, self.series);
            Fingerprint::of_value(&(self.kind, self.route, self.slug, text, terms))
        };
        self.fingerprint.get_or_init(fingerprint).hash(state);
    }
}

/// Tag, category, series or author, as pages name them.
#[derive(Debug)]
pub struct TermTeaser<'a> {
    /// Term. Not part of the hash.
    pub id: TermId,
    /// Name.
    pub name: &'a str,
    /// Slug.
    pub slug: &'a str,
    /// Address of the list of its posts.
    pub route: &'a Route,
    /// Number of its posts. Not part of the hash, because only lists of terms show it.
    pub count: usize,
    /// Settings of an author; `None` for other terms.
    pub author: Option<Author>,
}

/// Leaves the author's settings out: the config is part of the fingerprint of every file.
impl Hash for TermTeaser<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.name, self.slug, self.route, self.author.is_some()).hash(state);
    }
}

impl<'a> TermTeaser<'a> {
    /// Teasers of all terms, in the order of their ids.
    pub fn of_all(graph: &'a Graph, config: &'a Config) -> Vec<Self> {
        let terms = graph.taxonomies.terms.iter().enumerate();
        terms.map(|(number, term)| Self::new(TermId(number as u32), term, config)).collect()
    }

    fn new(id: TermId, term: &'a Term, config: &Config) -> Self {
        let author = (term.taxonomy.name == "authors")
            .then(|| config.author(&term.name).map(|(_, author)| author.clone()).unwrap_or_default());
        let count = term.posts.len();
        Self { id, name: &term.name, slug: &term.slug, route: &term.route, count, author }
    }
}

/// Author of a page.
#[derive(Debug, Hash)]
pub enum Byline<'a> {
    /// Author with a page of their own.
    Term(&'a TermTeaser<'a>),
    /// Name without a page: of the author of a page, or on a site that does not group by author.
    Name(&'a str),
}

/// Image of a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Image<'a> {
    /// Address from the root of its host; absolute if it is on another host.
    pub url: String,
    /// Absolute address.
    pub permalink: String,
    /// Width and height in pixels, if known.
    pub dimensions: Option<(u32, u32)>,
    /// Media type, if known; only images for link previews have one.
    pub media_type: Option<&'static str>,
    /// Alt text.
    pub alt: String,
    /// Versions that pages offer.
    pub versions: Option<&'a ImageVersions>,
}

/// Teasers of all pages, each made on first use.
#[derive(Debug)]
pub struct Teasers<'a> {
    graph: &'a Graph,
    plan: &'a Plan,
    config: &'a Config,
    documents: &'a [Arc<Document>],
    terms: &'a [TermTeaser<'a>],
    slots: Vec<OnceLock<Box<TeaserView<'a>>>>,
}

impl<'a> Teasers<'a> {
    /// Teasers of the pages of `graph`; none is made yet. `terms` is the result of
    /// [`TermTeaser::of_all`].
    pub fn new(
        graph: &'a Graph,
        plan: &'a Plan,
        config: &'a Config,
        documents: &'a [Arc<Document>],
        terms: &'a [TermTeaser<'a>],
    ) -> Self {
        let slots = graph.pages.iter().map(|_| OnceLock::new()).collect();
        Self { graph, plan, config, documents, terms, slots }
    }

    /// Teaser of a page.
    pub fn of(&self, id: PageId) -> &TeaserView<'a> {
        self.slots[id.index()].get_or_init(|| Box::new(self.make(id)))
    }

    fn make(&self, id: PageId) -> TeaserView<'a> {
        let page = self.graph.page(id);
        let summary = page.summary();
        let TeaserText { title, is_titled, description, summary: text, reading_time } =
            TeaserText::of(&self.documents[page.document]);
        TeaserView {
            id,
            kind: page.kind,
            route: &page.route,
            url: page.route.url(&self.config.base_url),
            slug: &page.slug,
            title,
            is_titled,
            lang: &summary.lang,
            meta: &summary.meta,
            description,
            summary: text,
            reading_time,
            tags: self.terms_of(id, "tags"),
            more_tags: self.more_tags(id, &summary.lang),
            categories: self.terms_of(id, "categories"),
            authors: self.authors_of(id),
            series: self.terms_of(id, "series").first().copied(),
            image: self.image(id),
            fingerprint: OnceLock::new(),
        }
    }

    fn terms_of(&self, id: PageId, taxonomy: &str) -> Vec<&'a TermTeaser<'a>> {
        let terms = self.graph.taxonomies.of_page(id, taxonomy);
        terms.iter().take(TERMS_SHOWN).map(|term| &self.terms[term.index()]).collect()
    }

    fn more_tags(&self, id: PageId, lang: &str) -> Option<(usize, Route)> {
        let more = self.graph.taxonomies.of_page(id, "tags").len().checked_sub(TERMS_SHOWN + 1)?;
        Some((more + 1, index_route(self.config, lang, "tags")))
    }

    fn authors_of(&self, id: PageId) -> Vec<Byline<'a>> {
        let grouped = self.terms_of(id, "authors");
        if !grouped.is_empty() {
            return grouped.into_iter().map(Byline::Term).collect();
        }
        // Pages, and sites that do not group by author: names without a page of their own.
        let page = self.graph.page(id);
        let named = page.summary().meta.terms.get("authors").map_or(&[][..], Vec::as_slice);
        match (named, &self.config.settings.author, page.kind) {
            ([], Some(author), PageKind::Post) => vec![Byline::Name(author)],
            (named, ..) => named.iter().map(|name| Byline::Name(name)).collect(),
        }
    }

    fn image(&self, id: PageId) -> Option<Image<'a>> {
        let meta = &self.graph.page(id).summary().meta;
        let alt = meta.image_alt.clone().unwrap_or_default();
        let base = &self.config.base_url;
        match self.graph.images[id.index()].as_ref()? {
            Resolved::Asset(address, _) => {
                let asset = self.graph.assets.get(address);
                Some(Image {
                    url: format!("{}{}", base.path(), encode(address)),
                    permalink: format!("{}{}", base.as_str(), encode(address)),
                    dimensions: asset.and_then(|asset| asset.dimensions),
                    media_type: None,
                    alt,
                    versions: asset.and_then(|asset| self.plan.versions.get(&asset.source)),
                })
            }
            Resolved::External | Resolved::Elsewhere => {
                let address = meta.image.clone()?;
                let origin =
                    if address.starts_with("//") || !address.starts_with('/') { "" } else { base.origin() };
                Some(Image {
                    permalink: format!("{origin}{address}"),
                    url: address,
                    dimensions: None,
                    media_type: None,
                    alt,
                    versions: None,
                })
            }
            _ => None,
        }
    }
}

/// Part of a teaser that comes from the document's text; all else is in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TeaserText<'a> {
    /// Title.
    pub title: &'a str,
    /// Whether the author gave a title.
    pub is_titled: bool,
    /// Description by the author.
    pub description: Option<&'a str>,
    /// Description, else the beginning of the text.
    pub summary: &'a str,
    /// Reading time in minutes.
    pub reading_time: usize,
}

impl<'a> TeaserText<'a> {
    /// Teaser text of a document.
    pub fn of(document: &'a Document) -> Self {
        let Teaser { title, is_titled, description, excerpt, word_count } = &document.teaser;
        let description = description.as_deref();
        Self {
            title,
            is_titled: *is_titled,
            description,
            summary: description.filter(|text| !text.is_empty()).unwrap_or(excerpt),
            reading_time: reading_time(*word_count, &document.summary.lang),
        }
    }
}

/// Minutes to read `words` words, at least one.
fn reading_time(words: usize, lang: &str) -> usize {
    let pace = Language::of(lang).words_per_minute;
    ((words + pace / 2) / pace).max(1)
}

//! What is shown of a page, a term or an author wherever they are named.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use tera::Value;

use pingmark_core::config::{Author, Config};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::lang::Language;
use pingmark_document::{Document, Meta, Teaser};
use pingmark_site::graph::route::encode;
use pingmark_site::graph::{Graph, PageId, PageKind, Resolved, Route, Term};
use pingmark_site::plan::{ImageVersions, Plan};

/// What lists, neighbours and links show of a page.
#[derive(Debug)]
pub struct TeaserView<'a> {
    /// A post, a page, or the text of a list.
    pub kind: PageKind,
    /// Where it stands.
    pub route: &'a Route,
    /// Its address from the root of its host.
    pub url: String,
    /// Its slug.
    pub slug: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Whether its author gave it one.
    pub is_titled: bool,
    /// Its language.
    pub lang: &'a str,
    /// What its front matter says.
    pub meta: &'a Meta,
    /// What its author says about it.
    pub description: Option<&'a str>,
    /// That, else the beginning of its text.
    pub summary: &'a str,
    /// Minutes to read it.
    pub reading_time: usize,
    /// Its tags.
    pub tags: Vec<&'a TermTeaser<'a>>,
    /// Its categories.
    pub categories: Vec<&'a TermTeaser<'a>>,
    /// Its authors.
    pub authors: Vec<Byline<'a>>,
    /// Its series.
    pub series: Option<&'a TermTeaser<'a>>,
    /// The picture that stands for it.
    pub image: Option<Image<'a>>,
    fingerprint: OnceLock<Fingerprint>,
    value: OnceLock<Value>,
    citing: OnceLock<Value>,
}

/// Equal prints stand for equal cards.
impl Hash for TeaserView<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let fingerprint = || {
            let said = (self.title, self.is_titled, self.description, self.summary, self.reading_time);
            let text = (said, self.lang, self.meta, &self.image);
            let terms = (&self.tags, &self.categories, &self.authors, self.series);
            Fingerprint::of_value(&(self.kind, self.route, self.slug, text, terms))
        };
        self.fingerprint.get_or_init(fingerprint).hash(state);
    }
}

impl TeaserView<'_> {
    /// The template it is made with, unless its front matter asks for one of its own.
    pub fn usual_template(&self) -> &'static str {
        match self.kind {
            PageKind::Post => "post.html",
            PageKind::Page => "page.html",
            PageKind::Section => "list.html",
        }
    }

    /// The same; none when its front matter asks for one, which may be any.
    pub fn known_template(&self) -> Option<&'static str> {
        self.meta.template.is_none().then(|| self.usual_template())
    }

    /// The value templates see, made once.
    pub fn value(&self, make: impl FnOnce(&Self) -> Value) -> Value {
        self.value.get_or_init(|| make(self)).clone()
    }

    /// What templates see of an article that cites something so many times: nearly always once,
    /// which is made once.
    pub fn citing(&self, count: usize, make: impl FnOnce(&Self, usize) -> Value) -> Value {
        match count {
            1 => self.citing.get_or_init(|| make(self, 1)).clone(),
            _ => make(self, count),
        }
    }
}

/// What is shown of a tag, category, series or author.
#[derive(Debug)]
pub struct TermTeaser<'a> {
    /// The term.
    pub name: &'a str,
    /// Its slug.
    pub slug: &'a str,
    /// The address of its list.
    pub route: &'a Route,
    /// How many posts it has; not part of its fingerprint, since only lists of terms say it.
    pub count: usize,
    /// What the config says of an author.
    pub author: Option<Author>,
    value: OnceLock<Value>,
}

/// What the config says is part of every print.
impl Hash for TermTeaser<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.name, self.slug, self.route, self.author.is_some()).hash(state);
    }
}

impl<'a> TermTeaser<'a> {
    /// The card of a term.
    pub fn new(term: &'a Term, config: &Config) -> Self {
        let author = (term.taxonomy.name == "authors")
            .then(|| config.author(&term.name).map(|(_, author)| author.clone()).unwrap_or_default());
        Self {
            name: &term.name,
            slug: &term.slug,
            route: &term.route,
            count: term.posts.len(),
            author,
            value: OnceLock::new(),
        }
    }

    /// The value templates see, made once.
    pub fn value(&self, make: impl FnOnce(&Self) -> Value) -> Value {
        self.value.get_or_init(|| make(self)).clone()
    }
}

/// An author as a page names them.
#[derive(Debug, Hash)]
pub enum Byline<'a> {
    /// One with a page of their own.
    Term(&'a TermTeaser<'a>),
    /// A name: of a page, or on a site that does not group by author.
    Name(&'a str),
}

/// A page's picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Image<'a> {
    /// Its address from the root of its host, or whole when it lies elsewhere.
    pub url: String,
    /// Its whole address.
    pub permalink: String,
    /// Its size in pixels, if known.
    pub dimensions: Option<(u32, u32)>,
    /// What it shows, in words.
    pub alt: String,
    /// The versions of it that pages offer.
    pub versions: Option<&'a ImageVersions>,
}

/// The cards of all pages, each made when it is first asked for, and lent from then on.
#[derive(Debug)]
pub struct Teasers<'a> {
    graph: &'a Graph,
    plan: &'a Plan,
    config: &'a Config,
    documents: &'a [Arc<Document>],
    terms: &'a [TermTeaser<'a>],
    made: Vec<OnceLock<Box<TeaserView<'a>>>>,
}

impl<'a> Teasers<'a> {
    /// The cards of a site's pages.
    pub fn new(
        graph: &'a Graph,
        plan: &'a Plan,
        config: &'a Config,
        documents: &'a [Arc<Document>],
        terms: &'a [TermTeaser<'a>],
    ) -> Self {
        let made = graph.pages.iter().map(|_| OnceLock::new()).collect();
        Self { graph, plan, config, documents, terms, made }
    }

    /// The card of a page.
    pub fn of(&self, id: PageId) -> &TeaserView<'a> {
        self.made[id.index()].get_or_init(|| Box::new(self.make(id)))
    }

    fn make(&self, id: PageId) -> TeaserView<'a> {
        let page = self.graph.page(id);
        let summary = page.summary();
        let Words { title, is_titled, description, summary: text, reading_time } =
            words(&self.documents[page.document]);
        TeaserView {
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
            categories: self.terms_of(id, "categories"),
            authors: self.authors_of(id),
            series: self.terms_of(id, "series").first().copied(),
            image: self.image(id),
            fingerprint: OnceLock::new(),
            citing: OnceLock::new(),
            value: OnceLock::new(),
        }
    }

    fn terms_of(&self, id: PageId, taxonomy: &str) -> Vec<&'a TermTeaser<'a>> {
        let terms = self.graph.taxonomies.of_page(id, taxonomy);
        terms.iter().map(|term| &self.terms[term.index()]).collect()
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
                    alt,
                    versions: asset.and_then(|asset| self.plan.versions.get(&asset.source)),
                })
            }
            Resolved::External => {
                let address = meta.image.clone()?;
                Some(Image {
                    url: address.clone(),
                    permalink: address,
                    dimensions: None,
                    alt,
                    versions: None,
                })
            }
            _ => None,
        }
    }
}

/// All that a card says in a document's own words, the rest being its summary's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words<'a> {
    /// Its title.
    pub title: &'a str,
    /// Whether its author gave it one.
    pub is_titled: bool,
    /// What its author says about it.
    pub description: Option<&'a str>,
    /// That, else the beginning of its text.
    pub summary: &'a str,
    /// Minutes to read it.
    pub reading_time: usize,
}

/// What a card says in a document's own words.
pub fn words(document: &Document) -> Words<'_> {
    let Teaser { title, is_titled, description, excerpt, word_count } = &document.teaser;
    let description = description.as_deref();
    Words {
        title,
        is_titled: *is_titled,
        description,
        summary: description.filter(|text| !text.is_empty()).unwrap_or(excerpt),
        reading_time: reading_time(*word_count, &document.summary.lang),
    }
}

/// Minutes to read so many words, at least one.
fn reading_time(words: usize, lang: &str) -> usize {
    let pace = Language::of(lang).words_per_minute;
    ((words + pace / 2) / pace).max(1)
}

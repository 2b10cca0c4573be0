//! STAGE 2. Source → Document, one file at a time.
//!
//! Receives the text of one Markdown file and the [`Options`]. Gives a [`Document`]: what its
//! front matter says, its body as HTML with holes, and the references that fill them. Uses
//! serde_yaml (front_matter), pulldown-cmark (markdown), syntect (highlight). Never knows of
//! another file: where a link leads is decided by the graph.

pub mod bits;
pub mod body;
pub mod cite;
pub mod component;
pub mod excerpt;
pub mod front_matter;
pub mod highlight;
mod json_text;
pub mod markdown;
pub mod name;
pub mod outline;
pub mod reference;
pub mod terms;
pub mod typography;

use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::slug::slugify;
use pingmark_core::yaml;

pub use body::{Body, Slot};
pub use cite::{CiteGroup, CiteItem, CitePlace};
pub use component::{Argument, Component};
pub use front_matter::{FrontMatter, Meta};
pub use name::{Kind, Name};
pub use outline::Heading;
pub use reference::{Passage, Reference, ReferenceKind};
pub use terms::Terms;

/// What every file is read with: the part of the config that changes a document.
#[derive(Clone, Debug)]
pub struct Options {
    /// The site's main language.
    pub lang: String,
    /// All languages of the site, which may stand in file names.
    pub languages: Vec<String>,
    /// In which dates without a zone are meant.
    pub timezone: TimeZone,
    /// Whether text is set by the rules of its language.
    pub typography: bool,
    /// Whether code is coloured.
    pub highlight: bool,
    /// Whether citations are shown in footnotes.
    pub cites_in_notes: bool,
    /// Whether words are gathered for a search.
    pub search: bool,
    /// The keys of the front matter that group posts, `tags` among them.
    pub taxonomies: Vec<String>,
    /// The hosts by which links may name the blog itself, without `www.`.
    pub hosts: Vec<String>,
}

impl Options {
    /// The fingerprint of the document that a text becomes.
    pub fn fingerprint_of(&self, path: &SitePath, text: Fingerprint) -> Fingerprint {
        Fingerprint::of_value(&(path, text, self.fingerprint()))
    }

    /// The fingerprint of the options themselves.
    pub fn fingerprint(&self) -> Fingerprint {
        // Taken apart, so that an option added later cannot be forgotten here.
        let Self {
            lang,
            languages,
            timezone,
            taxonomies,
            hosts,
            typography,
            highlight,
            cites_in_notes,
            search,
        } = self;
        let switches = (typography, highlight, cites_in_notes, search);
        Fingerprint::of_value(&(lang, languages, timezone.iana_name(), switches, taxonomies, hosts))
    }
}

/// One compiled file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// What it was made of: path, text and options. Equal prints stand for equal documents.
    pub fingerprint: Fingerprint,
    /// What the graph is made of, shared with it.
    pub summary: Arc<Summary>,
    /// The fingerprint of the summary: equal ones make equal graphs.
    pub summary_fingerprint: Fingerprint,
    /// What is said of it wherever it is named.
    pub lead: Teaser,
    /// The words around each reference, by their numbers; none around those that leave the blog.
    pub passages: Vec<Passage>,
    /// Its words, as a search finds them.
    pub terms: Terms,
    /// Its text as HTML, with holes.
    pub body: Body,
    /// Its citations, by their slots' numbers.
    pub cites: Vec<CiteGroup>,
    /// Its headings, in order.
    pub outline: Vec<Heading>,
    /// Where each reference and each component stands in the source.
    pub spans: Spans,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a document stands and what it leads to: the graph is built from summaries only. Its own
/// words are no part of it, but for those of its links: nearly every edit changes them.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Summary {
    /// The file.
    pub path: SitePath,
    /// What the file's name says.
    pub name: Name,
    /// The language it is written in.
    pub lang: String,
    /// What the front matter says.
    pub meta: Meta,
    /// The first sign of its title that cards cannot show.
    pub undrawable: Option<char>,
    /// The ids of its headings.
    pub anchors: Vec<String>,
    /// The ids that its author gave to elements of their own HTML.
    pub ids: Vec<String>,
    /// What it refers to, in order.
    pub references: Vec<Reference>,
}

/// What others say of a document in its own words. Not part of the summary: the graph has no need
/// of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Teaser {
    /// The title, set by the rules of its language.
    pub title: String,
    /// Whether its author gave it one; else its name stands for it.
    pub is_titled: bool,
    /// One or two sentences of its author about it.
    pub description: Option<String>,
    /// The beginning of the text, without markup.
    pub excerpt: String,
    /// Words in the body, footnotes included, code left out.
    pub word_count: usize,
}

/// Byte ranges in the source, by the number of what stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spans {
    /// Of each reference, the whole link.
    pub references: Vec<Range<usize>>,
    /// Of each component.
    pub components: Vec<Range<usize>>,
}

/// Compiles one file.
pub fn compile(path: &SitePath, text: &str, options: &Options) -> Document {
    let mut diagnostics = Vec::new();
    let name = name::read(path, &options.languages, &options.timezone);
    let mut unreadable = false;
    let (yaml, body_start) = match yaml::front_matter(text) {
        Some((yaml, body)) => (&text[yaml], body),
        None => {
            unreadable = text.starts_with("+++\n") || text.starts_with("---\n");
            if text.starts_with("+++\n") {
                diagnostics.push(catalogue::front_matter_toml(path));
            } else if text.starts_with("---\n") {
                diagnostics.push(catalogue::front_matter_open(path));
            }
            ("", 0)
        }
    };
    let FrontMatter { title, mut description, mut meta } =
        front_matter::read(path, yaml, options, &mut diagnostics);
    meta.unreadable |= unreadable;
    let lang = language(path, &name, &meta, options, &mut diagnostics);
    let style = if options.typography { typography::Style::of(&lang) } else { typography::Style::Plain };
    let input = markdown::Input {
        path,
        text,
        start: body_start,
        lang: &lang,
        style,
        highlight: options.highlight,
        takes_title: title.is_none(),
        cites_in_notes: options.cites_in_notes,
        search: options.search,
        hosts: &options.hosts,
    };
    let mut written = markdown::compile(&input, &mut diagnostics);
    let title = title.or(written.title).map(|title| typography::set(style, &title));
    let is_titled = title.is_some();
    let title = match title {
        Some(title) => title,
        None => {
            if name.kind != Kind::Section && !meta.unreadable {
                diagnostics.push(catalogue::title_missing(path));
            }
            humanised(&name.slug)
        }
    };
    if let Some(description) = &mut description {
        *description = typography::set(style, description);
    }
    if let Some(alt) = &mut meta.image_alt {
        *alt = typography::set(style, alt);
    }
    meta.date = meta.date.or(name.date);
    let mut gathered = std::mem::take(&mut written.terms);
    if options.search {
        gathered.add(&title, terms::Place::Title);
        let tags = meta.terms.values().flatten().map(String::as_str);
        let headings = written.outline.iter().map(|heading| heading.text.as_str());
        let described = description.as_deref();
        tags.chain(headings).chain(described).for_each(|text| gathered.add(text, terms::Place::Heading));
    }
    let summary = Summary {
        path: path.clone(),
        name,
        lang,
        meta,
        undrawable: pingmark_image::glyphs::first_undrawable(&title),
        anchors: written.outline.iter().map(|heading| heading.id.clone()).collect(),
        ids: written.ids,
        references: written.references,
    };
    Document {
        fingerprint: options.fingerprint_of(path, Fingerprint::of(text.as_bytes())),
        summary_fingerprint: Fingerprint::of_value(&summary),
        summary: Arc::new(summary),
        lead: Teaser {
            title,
            is_titled,
            description,
            excerpt: written.excerpt,
            word_count: written.word_count,
        },
        passages: written.passages,
        terms: gathered.finish(),
        body: written.body,
        cites: written.cites,
        outline: written.outline,
        spans: written.spans,
        diagnostics,
    }
}

/// The language: of the front matter, else of the file's name, else the site's.
fn language(
    path: &SitePath,
    name: &Name,
    meta: &Meta,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    if let Some(lang) = &meta.lang {
        let known = options.languages.iter().find(|code| {
            code.eq_ignore_ascii_case(lang) || lang.split(['-', '_']).next() == Some(code.as_str())
        });
        match known {
            Some(code) => return code.clone(),
            None => diagnostics.push(catalogue::language_unknown(path, lang, &options.languages)),
        }
    }
    name.lang.clone().unwrap_or_else(|| options.lang.clone())
}

/// `mon-article` → `Mon article`, for a page without a title.
fn humanised(slug: &str) -> String {
    let words = slugify(slug).replace('-', " ");
    let mut signs = words.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

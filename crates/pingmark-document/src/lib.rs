//! Stage 2: compiles Markdown files to documents, each file by itself.
//!
//! Receives the text of a Markdown file and the [`Options`]. Gives a [`Document`]: the front
//! matter, the body as HTML with holes, and the references that will fill them. Uses serde_yaml (in
//! `front_matter`), pulldown-cmark (in `markdown`) and syntect (in `highlight`). Never does IO, and
//! never looks at another file: linking decides where references lead.
//!
//! ```
//! use jiff::tz::TimeZone;
//! use pingmark_core::path::SitePath;
//! use pingmark_document::{Options, ReferenceKind, Slot, compile};
//!
//! let options = Options {
//!     lang: "en".into(),
//!     languages: vec!["en".into()],
//!     timezone: TimeZone::UTC,
//!     typography: true,
//!     highlight: true,
//!     citations_in_footnotes: false,
//!     search: true,
//!     taxonomies: vec!["tags".into()],
//!     hosts: vec!["blog.example".into()],
//! };
//! let path = SitePath::constant("content/posts/2011-03-04-hello.md");
//! let text = "---\ntitle: Hello\ntags: [web]\n---\n\nSee [[first-post]] and [@book, p. 3].\n";
//! let document = compile(&path, text, &options);
//!
//! // The graph is built from the summary.
//! let summary = &document.summary;
//! assert_eq!(summary.name.slug, "hello");
//! assert_eq!(summary.meta.date.map(|date| date.day()), Some("2011-03-04".to_owned()));
//! assert_eq!(summary.meta.terms["tags"], ["web"]);
//! let references: Vec<_> = summary.references.iter().map(|one| (one.kind, &*one.target)).collect();
//! assert_eq!(references, [(ReferenceKind::Wiki, "first-post"), (ReferenceKind::Cite, "book")]);
//!
//! // Rendering fills the holes of the body.
//! let mut html = String::new();
//! document.body.fill(&mut html, |slot, out| match slot {
//!     Slot::LinkOpen(_) => out.push_str("<a>"),
//!     Slot::LinkClose(_) => out.push_str("</a>"),
//!     Slot::Title(_) => out.push_str("First post"),
//!     _ => out.push_str("(Book, 3)"),
//! });
//! assert_eq!(html, "<p>See <a>First post</a> and (Book, 3).</p>\n");
//! ```

pub mod body;
pub mod byte_mask;
pub mod cite;
pub mod component;
pub mod excerpt;
pub mod file_name;
pub mod front_matter;
pub mod highlight;
mod json_text;
pub mod markdown;
pub mod outline;
pub mod reference;
pub mod search;
pub mod typography;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::front_matter::Start;
use pingmark_core::html::without_forbidden;
use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_core::slug::slugify;

use search::WordPlace;

pub use body::{Argument, Body, Component, Slot};
pub use cite::{CiteGroup, CiteItem, CitePlace};
pub use file_name::{FileKind, FileName};
pub use front_matter::{FrontMatter, HeldBack, Meta};
pub use outline::Heading;
pub use reference::{Passage, Reference, ReferenceKind};
pub use search::SearchWords;

/// Options of compilation: the part of the settings that documents depend on.
#[derive(Clone, Debug)]
pub struct Options {
    /// Main language of the site.
    pub lang: String,
    /// All languages of the site. File names may contain them.
    pub languages: Vec<String>,
    /// Timezone of dates without one.
    pub timezone: TimeZone,
    /// Whether the typographic rules of the language are applied.
    pub typography: bool,
    /// Whether code is highlighted.
    pub highlight: bool,
    /// Whether citations are shown in footnotes.
    pub citations_in_footnotes: bool,
    /// Whether words are collected for the search index.
    pub search: bool,
    /// Front matter keys that are taxonomies, such as `tags`.
    pub taxonomies: Vec<String>,
    /// Hosts of the blog's own URLs, without `www.`.
    pub hosts: Vec<String>,
}

impl Options {
    /// Fingerprint of the document compiled from a text with the fingerprint `text`.
    pub fn fingerprint_of(&self, path: &SitePath, text: Fingerprint) -> Fingerprint {
        Fingerprint::of_value(&(path, text, self.fingerprint()))
    }

    /// Fingerprint of the options.
    pub fn fingerprint(&self) -> Fingerprint {
        // Destructured, so that a new option cannot be forgotten here.
        let Self {
            lang,
            languages,
            timezone,
            taxonomies,
            hosts,
            typography,
            highlight,
            citations_in_footnotes,
            search,
        } = self;
        let switches = (typography, highlight, citations_in_footnotes, search);
        Fingerprint::of_value(&(lang, languages, timezone.iana_name(), switches, taxonomies, hosts))
    }
}

/// A compiled Markdown file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Fingerprint of path, text and options. Equal fingerprints stand for equal documents.
    pub fingerprint: Fingerprint,
    /// The part from which the graph is built; shared with it.
    pub summary: Arc<Summary>,
    /// Fingerprint of the summary. The same summaries give the same graph.
    pub summary_fingerprint: Fingerprint,
    /// The part that other pages show.
    pub teaser: Teaser,
    /// Passages around references, by the number of the reference; empty for external ones.
    pub passages: Vec<Passage>,
    /// Words for the search index.
    pub search_words: SearchWords,
    /// Body as HTML with holes.
    pub body: Body,
    /// Citations, by the number in [`Slot::Cite`].
    pub citations: Vec<CiteGroup>,
    /// Headings in order.
    pub outline: Vec<Heading>,
    /// Source ranges of references and components.
    pub spans: Spans,
    /// Problems found while compiling.
    pub diagnostics: Vec<Diagnostic>,
}

/// The part of a document that linking sees: its place in the site, and its references. The graph
/// is built from summaries only. It has none of the document's text except the text of links, so
/// most edits leave it unchanged.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Summary {
    /// Path of the file.
    pub path: SitePath,
    /// Parsed name of the file.
    pub name: FileName,
    /// Language of the text.
    pub lang: String,
    /// Front matter, except title and description.
    pub meta: Meta,
    /// First character of the title that social images cannot draw, if any.
    pub undrawable: Option<char>,
    /// Ids of headings.
    pub anchors: Vec<String>,
    /// Ids that headings did not get, because the page itself has them, with the ones they got.
    pub moved_anchors: Vec<(String, String)>,
    /// Ids in HTML inside Markdown.
    pub html_ids: Vec<String>,
    /// References in order.
    pub references: Vec<Reference>,
}

/// The part of a document that other pages show. Not in the summary, because the graph does not
/// need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Teaser {
    /// Title, with typographic rules applied.
    pub title: String,
    /// Whether the author gave a title; otherwise it is made from the file name.
    pub is_titled: bool,
    /// Description by the author, one or two sentences.
    pub description: Option<String>,
    /// Excerpt: the beginning of the text, without markup.
    pub excerpt: String,
    /// Number of words in the body, with footnotes, without code.
    pub word_count: usize,
}

/// Byte ranges in the source, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spans {
    /// Range of each reference: the whole link.
    pub references: Vec<Range<usize>>,
    /// Range of each component's tag.
    pub components: Vec<Range<usize>>,
}

/// Compiles the text of a file. Never fails: problems are reported in [`Document::diagnostics`].
pub fn compile(path: &SitePath, text: &str, options: &Options) -> Document {
    let mut diagnostics = Vec::new();
    let name = file_name::parse(path, &options.languages, &options.timezone);
    let start = pingmark_core::front_matter::find(text);
    let block = match &start {
        Start::FrontMatter(block) => Some(block),
        Start::Open | Start::Body => None,
    };
    let mut front_matter = match block {
        Some(block) => front_matter::parse(path, text, block, options, &mut diagnostics),
        None => FrontMatter::none(),
    };
    // Front matters take control characters only as escapes.
    if text[..block.map_or(0, |block| block.body)].contains('\\') {
        remove_forbidden(&mut front_matter);
    }
    let FrontMatter { title, mut description, mut meta } = front_matter;
    if start == Start::Open {
        diagnostics.push(catalogue::front_matter_open(path));
        meta.unreadable = true;
    }
    let body_start = block.map_or(0, |block| block.body);
    if let Some(place) = path.below("content").and_then(site_files::held_back_by) {
        meta.draft = true;
        meta.held_back = Some(HeldBack::Place(place.to_owned()));
    }
    let lang = language(path, &name, &meta, options, &mut diagnostics);
    let style = if options.typography { typography::Style::of(&lang) } else { typography::Style::PLAIN };
    let input = markdown::Input {
        path,
        text,
        start: body_start,
        lang: &lang,
        style,
        highlight: options.highlight,
        takes_title: title.is_none(),
        citations_in_footnotes: options.citations_in_footnotes,
        search: options.search,
        hosts: &options.hosts,
    };
    let mut compiled = match site_files::is_html(path.name()) {
        true => markdown::compile_html(&input, &mut diagnostics),
        false => markdown::compile(&input, &mut diagnostics),
    };
    let title = title.or(compiled.title).map(|title| typography::set(style, &title));
    let is_titled = title.is_some();
    let title = match title {
        Some(title) => title,
        None => {
            if name.kind != FileKind::Section && !meta.unreadable {
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
    if let (None, Some(permalink)) =
        (meta.date, meta.permalink.as_deref().filter(|_| name.kind != FileKind::Section))
    {
        meta.date = file_name::date_in_address(permalink, &options.timezone);
    }
    if let (Some(updated), Some(date)) = (meta.updated, meta.date) {
        let is_earlier = match updated.has_time && date.has_time {
            true => updated.instant < date.instant,
            false => updated.day() < date.day(),
        };
        if is_earlier {
            diagnostics.push(catalogue::updated_earlier(path, &updated.day(), &date.day()));
        }
    }
    let mut collector = std::mem::take(&mut compiled.search_words);
    if options.search {
        collector.add(&title, WordPlace::Title);
        let tags = meta.terms.values().flatten().map(String::as_str);
        let headings = compiled.outline.iter().map(|heading| heading.text.as_str());
        let described = description.as_deref();
        tags.chain(headings).chain(described).for_each(|text| collector.add(text, WordPlace::Heading));
    }
    let summary = Summary {
        path: path.clone(),
        name,
        lang,
        meta,
        undrawable: pingmark_image::glyphs::first_undrawable(&title),
        anchors: compiled.outline.iter().map(|heading| heading.id.clone()).collect(),
        moved_anchors: compiled.moved_ids,
        html_ids: compiled.html_ids,
        references: compiled.references,
    };
    Document {
        fingerprint: options.fingerprint_of(path, Fingerprint::of(text.as_bytes())),
        summary_fingerprint: Fingerprint::of_value(&summary),
        summary: Arc::new(summary),
        teaser: Teaser {
            title,
            is_titled,
            description,
            excerpt: compiled.excerpt,
            word_count: compiled.word_count,
        },
        passages: compiled.passages,
        search_words: collector.finish(),
        body: compiled.body,
        citations: compiled.citations,
        outline: compiled.outline,
        spans: compiled.spans,
        diagnostics,
    }
}

/// Removes the characters that no page may contain from the texts that pages show.
fn remove_forbidden(front_matter: &mut FrontMatter) {
    let clean = |text: &mut String| {
        if let Cow::Owned(kept) = without_forbidden(text) {
            *text = kept;
        }
    };
    let FrontMatter { title, description, meta } = front_matter;
    let texts = [title, description, &mut meta.image_alt, &mut meta.via];
    texts.into_iter().flatten().chain(meta.terms.values_mut().flatten()).for_each(clean);
    let mut values: Vec<&mut serde_json::Value> = meta.extra.values_mut().collect();
    while let Some(value) = values.pop() {
        match value {
            serde_json::Value::String(text) => clean(text),
            serde_json::Value::Array(list) => values.extend(list),
            serde_json::Value::Object(map) => values.extend(map.values_mut()),
            _ => {}
        }
    }
}

/// The language of a document: from the front matter, else the file name, else the site's.
fn language(
    path: &SitePath,
    name: &FileName,
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
    if let Some(code) = file_name::foreign_language(path, &options.languages) {
        diagnostics.push(catalogue::file_language_unknown(path, code, &options.languages));
    }
    name.lang.clone().unwrap_or_else(|| options.lang.clone())
}

/// Makes a title from a slug: `my-post` becomes `My post`.
fn humanised(slug: &str) -> String {
    let words = slugify(slug).replace('-', " ");
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

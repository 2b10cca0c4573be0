//! Stage 3: linking. All summaries become one graph.
//!
//! Receives the documents' summaries and titles, the settings, the catalogue of sources, the
//! mentions, and which files can be copied. Gives the [`Graph`]: pages and their addresses, the
//! target of every reference, backlinks, taxonomies and orders of posts. Uses rayon, page by page.
//! Never sees HTML.

pub mod alias;
mod assets;
pub mod backlink;
pub mod citation_graph;
pub mod citation_index;
mod grouped;
pub mod mention;
pub mod order;
mod permalink;
mod placed;
pub mod resolve;
pub mod route;
pub mod taxonomy;
pub mod term_slug;
mod undated;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use pingmark_core::appearance::Appearance;
use pingmark_core::config::{Config, SiteLanguage};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::{SitePath, composed};
use pingmark_core::raster::Raster;
use pingmark_core::site_files::held_back_by;
use pingmark_core::when::When;
use pingmark_document::Summary;

use crate::bibliography::Bibliography;
use crate::mention::Mention;

pub use backlink::Backlink;
pub use citation_index::{CitationIndex, CitedWork, WorkId};
pub use mention::{MentionTarget, Mentions, PageMentions, ResolvedMention, Thread};
pub use order::{PostOrder, SeriesPosition};
pub use pingmark_core::diag::args::UnpublishedReason;
pub use placed::kind_of;
pub use resolve::Resolved;
pub use route::Route;
pub use taxonomy::{Taxonomies, Term, TermId};

/// Index of a page in [`Graph::pages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageId(pub u32);

impl PageId {
    /// Index into lists by page.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Linked site: everything but the texts and titles of its pages. Lists by page are indexed by
/// [`PageId`].
#[derive(Debug)]
pub struct Graph {
    /// Published pages and sections, in the order of their files.
    pub pages: Vec<Page>,
    /// Posts and pages that are not published, with the reason.
    pub unpublished: Vec<Unpublished>,
    /// Sections (`_index.md`), by language and folder.
    pub sections: HashMap<(String, String), PageId>,
    /// Contents of sections with a list of their own: all but the home and the texts of taxonomies
    /// and terms.
    pub section_lists: BTreeMap<PageId, Vec<PageId>>,
    /// Targets of each page's references.
    pub resolved: Vec<Vec<Resolved>>,
    /// Target of each page's cover image.
    pub images: Vec<Option<Resolved>>,
    /// Backlinks of each page.
    pub backlinks: Vec<Vec<Backlink>>,
    /// Works in the list of sources at each page's end, by their numbers.
    pub source_lists: Vec<Vec<CitedWork>>,
    /// Catalogue of sources.
    pub bibliography: Arc<Bibliography>,
    /// Mentions from other websites.
    pub mentions: Mentions,
    /// Copied files, by their address without the first `/`.
    pub assets: BTreeMap<String, Asset>,
    /// Files that are not published, because they belong to a text that is not, or lie in a folder
    /// of drafts.
    pub held_files: BTreeMap<SitePath, UnpublishedReason>,
    /// Addresses of the theme's files, by the names under which templates ask for them.
    pub theme_assets: BTreeMap<String, String>,
    /// Addresses of posts that told other sites about themselves; some may be gone.
    pub told: Vec<String>,
    /// Orders of posts.
    pub order: PostOrder,
    /// Terms of all taxonomies, with their posts.
    pub taxonomies: Taxonomies,
    /// Languages of the site, the main one first.
    pub languages: Vec<SiteLanguage>,
    /// Computed by [`Graph::citation_index`] from the other fields.
    citation_index: OnceLock<CitationIndex>,
}

/// Published page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Summary of its document.
    pub summary: Arc<Summary>,
    /// Index of its document among all documents.
    pub document: usize,
    /// Kind of page.
    pub kind: PageKind,
    /// Address. A section's is that of its list.
    pub route: Route,
    /// Slug.
    pub slug: String,
    /// Translations into other languages.
    pub translations: Vec<PageId>,
}

impl Page {
    /// Summary of its document.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Date of publication, if it has one.
    pub fn date(&self) -> Option<When> {
        self.summary().meta.date
    }
}

/// Kind of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageKind {
    /// Dated article, in lists and feeds.
    Post,
    /// Undated page.
    Page,
    /// Introduction to a list (`_index.md`), shown on the list's page.
    Section,
}

/// Document that is not published.
#[derive(Clone, Debug)]
pub struct Unpublished {
    /// Summary of the document.
    pub summary: Arc<Summary>,
    /// Index of the document among all documents.
    pub document: usize,
    /// Reason.
    pub reason: UnpublishedReason,
    /// Address that it would have; `None` if it is invalid.
    pub route: Option<Route>,
}

/// Unpublished documents that are to be published anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct IncludeUnpublished {
    /// Drafts.
    pub drafts: bool,
    /// Posts with a date in the future.
    pub future: bool,
    /// Expired posts.
    pub expired: bool,
}

/// File that is copied into the output.
#[derive(Clone, Debug, Hash)]
pub struct Asset {
    /// Path of the file in the site.
    pub source: SitePath,
    /// Width and height of an image, in pixels.
    pub dimensions: Option<(u32, u32)>,
    /// Facts about a JPEG, PNG or WebP.
    pub raster: Option<Raster>,
    /// Whether it is a picture or film whose metadata is published with it.
    pub metadata: bool,
}

/// Result of linking.
#[derive(Debug)]
pub struct Linked {
    /// Graph of the site.
    pub graph: Graph,
    /// Whether a title had a part in it: a wikilink by title, or a document without a name to make
    /// a slug of. If not, other titles give the same graph.
    pub used_titles: bool,
    /// Problems found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Inputs of linking, besides the documents.
#[derive(Debug)]
pub struct LinkInputs<'a> {
    /// Settings.
    pub config: &'a Config,
    /// Catalogue of sources.
    pub bibliography: Arc<Bibliography>,
    /// Unpublished documents to publish anyway.
    pub include: IncludeUnpublished,
    /// Current time.
    pub now: Timestamp,
    /// Files that can be copied, from the site and its themes.
    pub files: Vec<Asset>,
    /// Theme, and its settings for this site.
    pub appearance: &'a Appearance,
    /// Fingerprints of the theme's files, for names with a content hash. Without them, the
    /// names stay as they are, as in a preview.
    pub fingerprints: BTreeMap<SitePath, Fingerprint>,
    /// Mentions, in the order of their files.
    pub mentions: &'a [Arc<Mention>],
    /// Files below `content/` in a markup that is not read, sorted by path.
    pub other_markup: &'a [SitePath],
    /// Addresses of posts that told other sites about themselves.
    pub told: Vec<String>,
}

/// Links the site. `summaries` and `titles` have one entry per document, in the same order.
///
/// Each step is a value made from the earlier ones; the graph is put together last.
pub fn link(summaries: &[Arc<Summary>], titles: &[&str], inputs: &LinkInputs<'_>) -> Linked {
    let placed = placed::place(summaries, titles, inputs);
    let assets = assets::collect(&placed.pages, &placed.unpublished, inputs);
    let (grouped, resolved) = rayon::join(
        || grouped::group(&placed, inputs.config),
        || resolve::resolve(&placed, &assets, titles, inputs),
    );
    let source_lists =
        citation_index::source_lists(&placed.pages, &resolved.references, &inputs.bibliography);
    let mut diagnostics = placed.diagnostics;
    diagnostics.extend(assets.diagnostics);
    diagnostics.extend(grouped.diagnostics);
    diagnostics.extend(resolved.diagnostics);
    diagnostics.extend(missing_articles(&placed.pages, &placed.unpublished, inputs));
    let mentions = mention::resolve(&placed.pages, &placed.unpublished, inputs, &mut diagnostics);
    let graph = Graph {
        pages: placed.pages,
        unpublished: placed.unpublished,
        sections: placed.sections,
        section_lists: grouped.section_lists,
        resolved: resolved.references,
        images: resolved.images,
        backlinks: resolved.backlinks,
        source_lists,
        bibliography: inputs.bibliography.clone(),
        mentions,
        assets: assets.files,
        held_files: assets.held.files.into_iter().collect(),
        theme_assets: assets.theme,
        told: inputs.told.clone(),
        order: grouped.order,
        taxonomies: grouped.taxonomies,
        languages: inputs.config.languages.clone(),
        citation_index: OnceLock::new(),
    };
    Linked { graph, used_titles: placed.used_titles || resolved.used_titles, diagnostics }
}

/// Reports texts that are not read because of their markup, and a site that publishes nothing.
fn missing_articles(pages: &[Page], unpublished: &[Unpublished], inputs: &LinkInputs<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let is_meant = |path: &&SitePath| path.below("content").and_then(held_back_by).is_none();
    let other: Vec<&SitePath> = inputs.other_markup.iter().filter(is_meant).collect();
    if let Some(first) = other.first() {
        let mut extensions: BTreeMap<String, usize> = BTreeMap::new();
        for path in &other {
            *extensions.entry(path.extension().to_ascii_lowercase()).or_default() += 1;
        }
        diagnostics.push(catalogue::markup_unread(first, &extensions));
    }
    if published(pages).next().is_none() {
        diagnostics.push(catalogue::site_empty(unpublished.len()));
    }
    diagnostics
}

/// Posts and pages among `pages`, without sections, in the order of their files.
fn published(pages: &[Page]) -> impl Iterator<Item = PageId> + '_ {
    let numbered = pages.iter().enumerate().filter(|(_, page)| page.kind != PageKind::Section);
    numbered.map(|(number, _)| PageId(number as u32))
}

impl Graph {
    /// Page of an id.
    pub fn page(&self, id: PageId) -> &Page {
        &self.pages[id.index()]
    }

    /// Section of a folder, in a language.
    pub fn section(&self, lang: &str, folder: &str) -> Option<PageId> {
        self.sections.get(&(lang.to_owned(), folder.to_owned())).copied()
    }

    /// Copied file, as a page refers to it: from the root if `name` begins with `/`, else beside
    /// the page, else from the root.
    pub fn asset(&self, route: &Route, name: &str) -> Option<(&str, &Asset)> {
        let beside = |name: &str| self.assets.get_key_value(name);
        let name = &*composed(name);
        let found = match name.strip_prefix('/') {
            Some(name) => beside(name),
            None => {
                let name = name.trim_start_matches("./");
                beside(&format!("{}{name}", route.folder())).or_else(|| beside(name))
            }
        };
        found.map(|(address, asset)| (address.as_str(), asset))
    }

    /// Published posts and pages, without sections, in the order of their files.
    pub fn published(&self) -> impl Iterator<Item = PageId> + '_ {
        published(&self.pages)
    }
}

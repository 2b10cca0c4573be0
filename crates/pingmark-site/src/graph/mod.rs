//! Stage 3: linking. All summaries become one graph.
//!
//! Receives the documents' summaries and titles, the settings, the catalogue of sources, the
//! mentions, and which files can be copied. Gives the [`Graph`]: pages and their addresses, the
//! target of every reference, backlinks, taxonomies and orders of posts. Uses rayon, page by page.
//! Never sees HTML.

pub mod backlink;
pub mod citation_graph;
pub mod citation_index;
mod list;
pub mod mention;
pub mod order;
pub mod resolve;
pub mod route;
pub mod taxonomy;
pub mod title;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use pingmark_core::appearance::{ACCENT_SHEET, Appearance, hashed_name};
use pingmark_core::config::{Config, DEFAULT_THEME};
use pingmark_core::diag::args::{Occupant, WayOut};
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::raster::Raster;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_document::{FileKind, Summary};

use crate::bibliography::Bibliography;
use crate::mention::Mention;

pub use backlink::Backlink;
pub use citation_index::{CitationIndex, Citations, WorkId};
pub use mention::{MentionTarget, Mentions, PageMentions, ResolvedMention, Thread};
pub use order::{PostOrder, SeriesPosition};
pub use pingmark_core::diag::args::UnpublishedReason;
pub use resolve::Resolved;
pub use route::Route;
pub use taxonomy::{Taxonomies, Term, TermId};
pub use title::Titles;

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
    /// Works that the pages cite.
    pub citations: Citations,
    /// Catalogue of sources.
    pub bibliography: Arc<Bibliography>,
    /// Mentions from other websites.
    pub mentions: Mentions,
    /// Copied files, by their address without the first `/`.
    pub assets: BTreeMap<String, Asset>,
    /// Addresses of the theme's files, by the names under which templates ask for them.
    pub theme_assets: BTreeMap<String, String>,
    /// Orders of posts.
    pub order: PostOrder,
    /// Terms of all taxonomies, with their posts.
    pub taxonomies: Taxonomies,
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
    /// Fingerprints of the theme's files, for names with a content hash. X    /// stay, as in a preview.
    pub fingerprints: BTreeMap<SitePath, Fingerprint>,
    /// Mentions, in the order of their files.
    pub mentions: &'a [Arc<Mention>],
}

/// Builds the graph.
pub fn link(
    summaries: &[Arc<Summary>],
    titles: &Titles<'_>,
    inputs: &LinkInputs<'_>,
) -> (Graph, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (pages, unpublished) = place(summaries, titles, inputs, &mut diagnostics);
    let mut graph = Graph {
        sections: sections(&pages),
        section_lists: BTreeMap::new(),
        resolved: Vec::new(),
        images: Vec::new(),
        backlinks: Vec::new(),
        citations: Citations::default(),
        bibliography: inputs.bibliography.clone(),
        mentions: Mentions::default(),
        assets: BTreeMap::new(),
        theme_assets: BTreeMap::new(),
        order: PostOrder::default(),
        taxonomies: Taxonomies::default(),
        pages,
        unpublished,
    };
    if inputs.config.languages.len() > 1 {
        translate(&mut graph.pages);
    }
    let (files, theme_assets) = assets(&graph, inputs, &mut diagnostics);
    (graph.assets, graph.theme_assets) = (files, theme_assets);
    // Neither asks what the other finds.
    let (grouped, resolved) = rayon::join(
        || list::grouped(&graph, inputs.config),
        || resolve::resolve(&graph, titles, inputs.config),
    );
    (graph.taxonomies, graph.order, graph.section_lists) =
        (grouped.taxonomies, grouped.order, grouped.section_lists);
    (graph.resolved, graph.images) = (resolved.references, resolved.images);
    graph.backlinks = resolved.backlinks;
    diagnostics.extend(grouped.diagnostics.into_iter().chain(resolved.diagnostics));
    graph.citations = citation_index::source_lists(&graph);
    graph.mentions = mention::gather(&graph, inputs, &mut diagnostics);
    (graph, diagnostics)
}

/// Decides what is published and where it stands.
fn place(
    summaries: &[Arc<Summary>],
    titles: &Titles<'_>,
    inputs: &LinkInputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Page>, Vec<Unpublished>) {
    let numbered = summaries.par_iter().enumerate();
    let placed: Vec<(Placed, Vec<Diagnostic>)> =
        numbered.map(|(number, summary)| place_one(number, summary, titles, inputs)).collect();
    let mut pages = Vec::with_capacity(summaries.len());
    let mut unpublished = Vec::new();
    for (placed, problems) in placed {
        diagnostics.extend(problems);
        match placed {
            Placed::Page(page) => pages.push(*page),
            Placed::Unpublished(one) => unpublished.push(one),
            Placed::Nowhere => {}
        }
    }
    (pages, unpublished)
}

enum Placed {
    Page(Box<Page>),
    Unpublished(Unpublished),
    Nowhere,
}

fn place_one(
    number: usize,
    summary: &Arc<Summary>,
    titles: &Titles<'_>,
    inputs: &LinkInputs<'_>,
) -> (Placed, Vec<Diagnostic>) {
    let kind = kind_of(summary);
    let mut diagnostics = Vec::new();
    let slug = slug_of(summary, || titles.of(number), &mut diagnostics);
    let route = match kind {
        PageKind::Section => route::of_section(summary, inputs.config),
        PageKind::Post => route::of_post(summary, &slug, inputs.config),
        PageKind::Page => route::of_page(summary, &slug, inputs.config),
    };
    if let Some(reason) = unpublished_reason(summary, inputs) {
        return (
            Placed::Unpublished(Unpublished {
                summary: summary.clone(),
                document: number,
                reason,
                route: route.ok(),
            }),
            Vec::new(),
        );
    }
    match route {
        Ok(route) => {
            let summary = summary.clone();
            let page = Page { summary, document: number, kind, route, slug, translations: Vec::new() };
            (Placed::Page(Box::new(page)), diagnostics)
        }
        Err(problem) => {
            let key = match (&summary.meta.permalink, &summary.meta.slug) {
                (Some(_), _) => Some("permalink"),
                (None, Some(_)) => Some("slug"),
                (None, None) => None,
            };
            diagnostics.push(catalogue::address_unsafe(&summary.path, key, &problem));
            (Placed::Nowhere, diagnostics)
        }
    }
}

/// Reason why a document is not published at this time, if it is not.
pub fn unpublished_reason(summary: &Summary, inputs: &LinkInputs<'_>) -> Option<UnpublishedReason> {
    let now = inputs.now.as_second();
    let meta = &summary.meta;
    if meta.draft && !inputs.include.drafts {
        return Some(UnpublishedReason::Draft);
    }
    if meta.date.is_some_and(|date| date.instant > now) && !inputs.include.future {
        return Some(UnpublishedReason::Scheduled);
    }
    if meta.expires.is_some_and(|date| date.instant <= now) && !inputs.include.expired {
        return Some(UnpublishedReason::Expired);
    }
    None
}

/// Kind of a document's page: a post if it has a date, unless its front matter asks for the
/// template `page`.
pub fn kind_of(summary: &Summary) -> PageKind {
    let template = summary.meta.template.as_deref().map(|name| name.trim_end_matches(".html"));
    match summary.name.kind {
        FileKind::Section => PageKind::Section,
        _ if summary.meta.date.is_some() && template != Some("page") => PageKind::Post,
        _ => PageKind::Page,
    }
}

fn slug_of<'t>(summary: &Summary, title: impl Fn() -> &'t str, diagnostics: &mut Vec<Diagnostic>) -> String {
    if let Some(typed) = &summary.meta.slug {
        let is_path = typed.contains(['/', '\\']) || typed.trim_matches('.').is_empty();
        let slug = slugify(typed);
        if is_path || slug.is_empty() {
            diagnostics.push(catalogue::slug_bad(&summary.path, typed));
        } else {
            return slug;
        }
    }
    let slug = slugify(&summary.name.slug);
    if !slug.is_empty() {
        return slug;
    }
    let from_title = slugify(title());
    if from_title.is_empty() { Fingerprint::of(summary.path.as_str().as_bytes()).short() } else { from_title }
}

fn sections(pages: &[Page]) -> HashMap<(String, String), PageId> {
    let numbered = pages.iter().enumerate().filter(|(_, page)| page.kind == PageKind::Section);
    numbered
        .map(|(number, page)| {
            let key = (page.summary().lang.clone(), page.summary().name.folder.clone());
            (key, PageId(number as u32))
        })
        .collect()
}

/// Links translations: pages with one `translation_key`, or whose file names differ in the
/// language only.
fn translate(pages: &mut [Page]) {
    /// Key that translations have in common.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Shared<'a> {
        Key(&'a str),
        File(&'a str, bool, Option<When>, &'a str),
    }
    let mut together: BTreeMap<Shared<'_>, Vec<PageId>> = BTreeMap::new();
    for (number, page) in pages.iter().enumerate() {
        let summary = page.summary();
        let name = &summary.name;
        let shared = match &summary.meta.translation_key {
            Some(key) => Shared::Key(key),
            None => Shared::File(&name.folder, name.kind == FileKind::Section, name.date, &name.slug),
        };
        together.entry(shared).or_default().push(PageId(number as u32));
    }
    let groups: Vec<_> = together.into_values().filter(|group| group.len() > 1).collect();
    for group in groups {
        for id in &group {
            let own = pages[id.index()].summary().lang.clone();
            let others = group.iter().filter(|other| pages[other.index()].summary().lang != own).copied();
            pages[id.index()].translations = others.collect();
        }
    }
}

/// Copied files by address: the theme's, the site's `static/`, which may replace them, and files
/// beside pages; and the addresses of the theme's files. Reports two files at one address.
fn assets(
    graph: &Graph,
    inputs: &LinkInputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (BTreeMap<String, Asset>, BTreeMap<String, String>) {
    let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
    let mut bundles: HashMap<&str, Vec<&Page>> = HashMap::new();
    for page in graph.pages.iter().filter(|page| page.summary().name.kind == FileKind::Bundle) {
        bundles.entry(page.summary().path.parent()).or_default().push(page);
    }
    // Every theme builds on the default theme: its templates may need the default theme's files.
    for theme in [DEFAULT_THEME, inputs.appearance.theme.as_str()] {
        let folder = format!("themes/{theme}/static");
        for file in &inputs.files {
            if let Some(rest) = file.source.below(&folder) {
                assets.insert(rest.to_owned(), file.clone());
            }
        }
    }
    let names: Vec<String> = assets.keys().cloned().collect();
    // The site may replace files of the theme; two files of its own at one address are an error.
    let mut add = |address: String, file: &Asset| {
        let path = &file.source;
        let before = assets.insert(address.clone(), file.clone());
        if let Some(other) = before.filter(|other| !other.source.as_str().starts_with("themes/")) {
            let by = Occupant::File(other.source);
            let way_out = WayOut::RenameEither;
            let spot = Spot::File;
            diagnostics.push(catalogue::address_taken(Some(path), &spot, &address, by, None, way_out));
        }
    };
    for file in &inputs.files {
        let path = &file.source;
        if let Some(rest) = path.below("static") {
            add(rest.to_owned(), file);
        } else if let Some(inside) = path.below("content") {
            match nearest_bundle(path, &bundles) {
                Some((folder, pages)) => {
                    let rest = path.below(folder).unwrap_or(path.name());
                    for page in pages {
                        add(format!("{}{rest}", page.route.folder()), file);
                    }
                }
                None => add(inside.to_owned(), file),
            }
        }
    }
    let theme_assets = theme_assets(names, &mut assets, inputs);
    (assets, theme_assets)
}

/// Moves the theme's files to addresses with a content hash, so that browsers may cache them
/// forever. A file of the site that replaces one of the theme stays at its own address too.
/// Returns the addresses by name.
fn theme_assets(
    names: Vec<String>,
    assets: &mut BTreeMap<String, Asset>,
    inputs: &LinkInputs<'_>,
) -> BTreeMap<String, String> {
    let mut theme_assets = BTreeMap::new();
    for name in names {
        let found = assets.get(&name).cloned();
        let fingerprint = found.as_ref().and_then(|asset| inputs.fingerprints.get(&asset.source));
        let address = match (found, fingerprint) {
            (Some(asset), Some(fingerprint)) => {
                let address = hashed_name(&name, *fingerprint);
                if asset.source.as_str().starts_with("themes/") {
                    assets.remove(&name);
                }
                assets.insert(address.clone(), asset);
                address
            }
            _ => name.clone(),
        };
        theme_assets.insert(name, address);
    }
    if let Some(sheet) = &inputs.appearance.accent {
        let named = hashed_name(ACCENT_SHEET, Fingerprint::of(sheet.as_bytes()));
        let address = if inputs.fingerprints.is_empty() { ACCENT_SHEET.to_owned() } else { named };
        theme_assets.insert(ACCENT_SHEET.to_owned(), address);
    }
    theme_assets
}

/// Bundle of a file: the nearest folder above it with an `index.md`, and its pages in all
/// languages.
fn nearest_bundle<'a, 'b>(
    path: &'a SitePath,
    bundles: &'b HashMap<&str, Vec<&'b Page>>,
) -> Option<(&'a str, &'b Vec<&'b Page>)> {
    let mut folder = path.parent();
    while !folder.is_empty() {
        if let Some(pages) = bundles.get(folder) {
            return Some((folder, pages));
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    None
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
        let numbered = self.pages.iter().enumerate().filter(|(_, page)| page.kind != PageKind::Section);
        numbered.map(|(number, _)| PageId(number as u32))
    }
}

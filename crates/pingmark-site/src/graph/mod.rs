//! STAGE 3. Summaries → Graph, the whole site at once.
//!
//! Receives the documents' summaries and titles, the config, the catalogue of sources and which
//! static files exist. Gives the [`Graph`]: which pages there are and where, what every reference
//! leads to, who cites whom, how posts are grouped and ordered. Uses rayon, page by page. Never sees
//! HTML.

pub mod backlink;
pub mod citation;
mod list;
pub mod mention;
pub mod network;
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
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::raster::Raster;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_document::{Kind, Summary};

use crate::bibliography::Bibliography;
use crate::mention::Mention;

pub use backlink::Backlink;
pub use citation::{CitationIndex, Cited, CitedWorks};
pub use mention::{Mentions, PageMentions, Place, ResolvedMention, Thread};
pub use order::{Order, SeriesPlace};
pub use resolve::Resolved;
pub use route::Route;
pub use taxonomy::{Groups, Term, TermId};
pub use title::Titles;

/// The number of a page in [`Graph::pages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageId(pub u32);

impl PageId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The whole site, without its words.
#[derive(Debug)]
pub struct Graph {
    /// The published pages, in the order of their files.
    pub pages: Vec<Page>,
    /// Posts and pages kept back, and why.
    pub held: Vec<Unpublished>,
    /// Texts of lists (`_index.md`), by language and folder.
    pub sections: HashMap<(String, String), PageId>,
    /// The lists that sections make, with what they list: those whose folder is no taxonomy
    /// and not the home.
    pub lists: BTreeMap<PageId, Vec<PageId>>,
    /// What each reference of each page leads to, in the pages' order.
    pub resolved: Vec<Vec<Resolved>>,
    /// The image of each page, resolved.
    pub images: Vec<Option<Resolved>>,
    /// Who cites each page, in the pages' order.
    pub backlinks: Vec<Vec<Backlink>>,
    /// What each page cites, and who cites what outside the blog.
    pub citations: CitationIndex,
    /// The catalogue of sources.
    pub bibliography: Arc<Bibliography>,
    /// What came in from elsewhere.
    pub mentions: Mentions,
    /// Files copied beside pages or from `static/`, by their address.
    pub assets: BTreeMap<String, Asset>,
    /// The files that dress pages, by the name under which templates ask for them: their
    /// addresses.
    pub dressing: BTreeMap<String, String>,
    /// The orders of posts, by language.
    pub order: Order,
    /// The groups of posts.
    pub groups: Groups,
}

/// A published page.
#[derive(Clone, Debug)]
pub struct Page {
    /// What its document says of itself.
    pub summary: Arc<Summary>,
    /// The document it is made of, by its number among all.
    pub document: usize,
    /// Whether it is a post, a page, or the text of a list.
    pub kind: PageKind,
    /// Where it stands.
    pub route: Route,
    /// Its slug.
    pub slug: String,
    /// Its translations, itself left out, by language.
    pub translations: Vec<PageId>,
}

impl Page {
    /// What the document says of itself.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// When it was published, if it is dated.
    pub fn date(&self) -> Option<When> {
        self.summary().meta.date
    }
}

/// Kinds of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageKind {
    /// Dated: it stands in lists and feeds.
    Post,
    /// Undated: it stands for itself.
    Page,
    /// The text of a list; it has no address of its own.
    Section,
}

/// A document that is not published.
#[derive(Clone, Debug)]
pub struct Unpublished {
    /// What the document says of itself.
    pub summary: Arc<Summary>,
    /// The document, by its number among all.
    pub document: usize,
    /// Why.
    pub reason: Reason,
    /// Where it would stand.
    pub route: Option<Route>,
}

/// Why a document is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// It says `draft: true`.
    Draft,
    /// Its date lies ahead.
    Scheduled,
    /// Its time is over.
    Expired,
}

impl Reason {
    /// The state, as in "it is a draft", and what becomes of links to it.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("a draft", "its words are shown without the link until it is published"),
            Self::Scheduled => ("not published yet", "its words are shown without the link until its date"),
            Self::Expired => {
                ("no longer published", "remove the link, or the `expires:` of what it leads to")
            }
        }
    }
}

/// Which documents to publish that usually are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shown {
    /// Drafts.
    pub drafts: bool,
    /// Posts dated later than now.
    pub future: bool,
    /// Posts whose time is over.
    pub expired: bool,
}

/// A file that is copied.
#[derive(Clone, Debug, Hash)]
pub struct Asset {
    /// The file in the site.
    pub source: SitePath,
    /// Width and height of an image.
    pub dimensions: Option<(u32, u32)>,
    /// What is known of a JPEG, PNG or WebP.
    pub raster: Option<Raster>,
}

/// What the graph is built from, besides the documents.
#[derive(Debug)]
pub struct LinkInputs<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The catalogue of sources.
    pub bibliography: Arc<Bibliography>,
    /// Which documents are published.
    pub shown: Shown,
    /// The moment taken for now.
    pub now: Timestamp,
    /// The files that can be copied.
    pub files: Vec<Asset>,
    /// The theme whose `static/` is copied, and how it dresses pages.
    pub look: &'a Appearance,
    /// The fingerprints of files that dress pages, which are then named by them; empty when their
    /// names are to stay.
    pub fingerprints: BTreeMap<SitePath, Fingerprint>,
    /// What came in from elsewhere, in the order of the files.
    pub mentions: &'a [Arc<Mention>],
}

/// Builds the graph.
pub fn link(
    summaries: &[Arc<Summary>],
    titles: &Titles<'_>,
    facts: &LinkInputs<'_>,
) -> (Graph, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (pages, held) = place(summaries, titles, facts, &mut diagnostics);
    let mut graph = Graph {
        sections: sections(&pages),
        lists: BTreeMap::new(),
        resolved: Vec::new(),
        images: Vec::new(),
        backlinks: Vec::new(),
        citations: CitationIndex::default(),
        bibliography: facts.bibliography.clone(),
        mentions: Mentions::default(),
        assets: BTreeMap::new(),
        dressing: BTreeMap::new(),
        order: Order::default(),
        groups: Groups::default(),
        pages,
        held,
    };
    if facts.config.languages.len() > 1 {
        translate(&mut graph.pages);
    }
    let (files, dressing) = assets(&graph, facts, &mut diagnostics);
    (graph.assets, graph.dressing) = (files, dressing);
    // Neither asks what the other finds.
    let (grouped, resolved) = rayon::join(
        || list::grouped(&graph, facts.config),
        || resolve::resolve(&graph, titles, facts.config),
    );
    (graph.groups, graph.order, graph.lists) = (grouped.groups, grouped.order, grouped.lists);
    (graph.resolved, graph.images) = (resolved.references, resolved.images);
    graph.backlinks = resolved.backlinks;
    diagnostics.extend(grouped.diagnostics.into_iter().chain(resolved.diagnostics));
    graph.citations = citation::citations(&graph);
    graph.mentions = mention::gather(&graph, facts, &mut diagnostics);
    (graph, diagnostics)
}

/// Decides what is published and where it stands.
fn place(
    summaries: &[Arc<Summary>],
    titles: &Titles<'_>,
    facts: &LinkInputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Page>, Vec<Unpublished>) {
    let numbered = summaries.par_iter().enumerate();
    let placed: Vec<(Placed, Vec<Diagnostic>)> =
        numbered.map(|(number, summary)| place_one(number, summary, titles, facts)).collect();
    let mut pages = Vec::with_capacity(summaries.len());
    let mut held = Vec::new();
    for (placed, problems) in placed {
        diagnostics.extend(problems);
        match placed {
            Placed::Page(page) => pages.push(*page),
            Placed::Unpublished(one) => held.push(one),
            Placed::Nowhere => {}
        }
    }
    (pages, held)
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
    facts: &LinkInputs<'_>,
) -> (Placed, Vec<Diagnostic>) {
    let kind = kind_of(summary);
    let mut diagnostics = Vec::new();
    let slug = slug_of(summary, || titles.of(number), &mut diagnostics);
    let route = match kind {
        PageKind::Section => route::of_section(summary, facts.config),
        PageKind::Post => route::of_post(summary, &slug, facts.config),
        PageKind::Page => route::of_page(summary, &slug, facts.config),
    };
    if let Some(reason) = held_back(summary, facts) {
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

/// Whether a document is kept back at this moment, and why.
pub fn held_back(summary: &Summary, facts: &LinkInputs<'_>) -> Option<Reason> {
    let now = facts.now.as_second();
    let meta = &summary.meta;
    if meta.draft && !facts.shown.drafts {
        return Some(Reason::Draft);
    }
    if meta.date.is_some_and(|date| date.instant > now) && !facts.shown.future {
        return Some(Reason::Scheduled);
    }
    if meta.expires.is_some_and(|date| date.instant <= now) && !facts.shown.expired {
        return Some(Reason::Expired);
    }
    None
}

/// A file with a date is a post; one without is a page, as is one that asks for the template
/// of a page.
pub fn kind_of(summary: &Summary) -> PageKind {
    let template = summary.meta.template.as_deref().map(|name| name.trim_end_matches(".html"));
    match summary.name.kind {
        Kind::Section => PageKind::Section,
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
    if from_title.is_empty() {
        pingmark_core::fingerprint::Fingerprint::of(summary.path.as_str().as_bytes()).short()
    } else {
        from_title
    }
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

/// Pages with the same `translation_key`, or the same file but for the language, belong
/// together.
fn translate(pages: &mut [Page]) {
    /// What translations share.
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
            None => Shared::File(&name.folder, name.kind == Kind::Section, name.date, &name.slug),
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

/// Every file that is copied, by the address it will have: the theme's, the site's own over
/// them, and what lies beside pages.
fn assets(
    graph: &Graph,
    facts: &LinkInputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (BTreeMap<String, Asset>, BTreeMap<String, String>) {
    let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
    let mut bundles: HashMap<&str, Vec<&Page>> = HashMap::new();
    for page in graph.pages.iter().filter(|page| page.summary().name.kind == Kind::Bundle) {
        bundles.entry(page.summary().path.parent()).or_default().push(page);
    }
    // The built-in theme's templates stand behind every theme's, and so do its files.
    for theme in [DEFAULT_THEME, facts.look.theme.as_str()] {
        let folder = format!("themes/{theme}/static");
        for file in &facts.files {
            if let Some(rest) = file.source.below(&folder) {
                assets.insert(rest.to_owned(), file.clone());
            }
        }
    }
    let names: Vec<String> = assets.keys().cloned().collect();
    // The theme's may be replaced; two of the site's own are a mistake.
    let mut add = |address: String, file: &Asset| {
        let path = &file.source;
        let before = assets.insert(address.clone(), file.clone());
        if let Some(other) = before.filter(|other| !other.source.as_str().starts_with("themes/")) {
            let hint = "rename one of the two files";
            let by = other.source.to_string();
            diagnostics.push(catalogue::address_taken(Some(path), &Spot::File, &address, &by, hint));
        }
    };
    for file in &facts.files {
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
    let dressing = dressing(names, &mut assets, facts);
    (assets, dressing)
}

/// Puts the files that dress pages at addresses that change with their content, so that browsers
/// may keep them for ever. What the site has put in the place of a theme's file stands at its
/// own address too.
fn dressing(
    names: Vec<String>,
    assets: &mut BTreeMap<String, Asset>,
    facts: &LinkInputs<'_>,
) -> BTreeMap<String, String> {
    let mut dressing = BTreeMap::new();
    for name in names {
        let found = assets.get(&name).cloned();
        let fingerprint = found.as_ref().and_then(|asset| facts.fingerprints.get(&asset.source));
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
        dressing.insert(name, address);
    }
    if let Some(sheet) = &facts.look.accent {
        let named = hashed_name(ACCENT_SHEET, Fingerprint::of(sheet.as_bytes()));
        let address = if facts.fingerprints.is_empty() { ACCENT_SHEET.to_owned() } else { named };
        dressing.insert(ACCENT_SHEET.to_owned(), address);
    }
    dressing
}

/// The bundle a file lies in: beside its `index.md`, or in a folder below.
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
    /// A page.
    pub fn page(&self, id: PageId) -> &Page {
        &self.pages[id.index()]
    }

    /// The text of a list, by language and folder.
    pub fn section(&self, lang: &str, folder: &str) -> Option<PageId> {
        self.sections.get(&(lang.to_owned(), folder.to_owned())).copied()
    }

    /// A file that is copied, as a page names it: from the root with a `/`, else beside itself.
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

    /// The published posts and pages, in the order of their files.
    pub fn published(&self) -> impl Iterator<Item = PageId> + '_ {
        let numbered = self.pages.iter().enumerate().filter(|(_, page)| page.kind != PageKind::Section);
        numbered.map(|(number, _)| PageId(number as u32))
    }
}

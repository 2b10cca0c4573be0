//! Stage 4: the list of all files to publish.
//!
//! Receives the graph and the settings. Gives the [`Plan`]: the address of every file and the
//! recipe to make it, and diagnostics for addresses that collide and links that lead nowhere.
//! Uses rayon and unicode-normalization. Never makes the bytes of a file.

pub mod icons;
pub mod images;
pub mod recipe;
pub mod search;
pub mod social_image;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use pingmark_core::appearance::ACCENT_SHEET;
use pingmark_core::config::{Config, FeedFormat, SiteLanguage};
use pingmark_core::diag::args::WayOut;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::path::SitePath;
use pingmark_core::raster::ImageVersion;
use pingmark_core::slug::nearest;
use pingmark_document::ReferenceKind;

use crate::graph::citation_index::index_route as sources_index_route;
use crate::graph::resolve::names_file;
use crate::graph::{Graph, PageId, Resolved, Route, TermId};

pub use images::{ImagePlaces, ImageVersions, SizedImage};
pub use pingmark_core::icon::Icon;
pub use recipe::{Feed, InSitemap, ListPage, Recipe, Slice};
pub use social_image::{social_image_of, social_image_of_unpublished};

/// Number of works on one page about a cited website.
const WORKS_PER_PAGE: usize = 100;

/// File to publish.
#[derive(Clone, Debug)]
pub struct Target {
    /// Address.
    pub route: Route,
    /// How to make the file.
    pub recipe: Recipe,
}

/// List of all files to publish.
#[derive(Debug)]
pub struct Plan {
    /// Files, sorted by address.
    pub targets: Vec<Target>,
    /// Addresses of aliases, with the pages they redirect to.
    pub redirects: Vec<(Route, PageId)>,
    /// Versions of the images that pages show, by the images' files.
    pub versions: BTreeMap<SitePath, ImageVersions>,
    /// First place that shows each image.
    pub places: ImagePlaces,
}

/// Plans the site. Reports addresses that collide, of which only the first stays in the plan, and
/// links to addresses of the site that no file has.
pub fn plan(graph: &Graph, config: &Config) -> (Plan, Vec<Diagnostic>) {
    let has_sources = config.settings.citations.pages;
    // The citation index is computed while the pages are planned.
    let cites = || _ = has_sources.then(|| graph.citation_index());
    let (mut planner, ()) = rayon::join(|| Planner::plan_pages(graph, config), cites);
    planner.sources();
    planner.aliases();
    planner.fixed_files();
    planner.assets();
    planner.icons();
    let (versions, places) = planner.images();
    let Planner { mut targets, redirects, mut diagnostics, .. } = planner;
    remove_collisions(&mut targets, graph, &mut diagnostics);
    targets.par_sort_by(|a, b| a.route.cmp(&b.route));
    check_links(graph, &targets, &mut diagnostics);
    (Plan { targets, redirects, versions, places }, diagnostics)
}

/// Languages of articles that cite one another.
fn citing_languages(graph: &Graph) -> BTreeSet<&str> {
    let lang = |id: PageId| graph.page(id).summary().lang.as_str();
    let cited = graph.published().filter(|id| !graph.backlinks[id.index()].is_empty());
    cited
        .flat_map(|id| graph.backlinks[id.index()].iter().map(move |citation| citation.from).chain([id]))
        .map(lang)
        .collect()
}

/// Address of a language's page of citations between posts.
pub fn citations_route(language: &SiteLanguage) -> Route {
    Planner::fixed_route(&format!("{}citations/", language.prefix))
}

impl Plan {
    /// Whether a language has a search index.
    pub fn has_search(&self, lang: &str) -> bool {
        self.targets.iter().any(|target| matches!(&target.recipe, Recipe::Search(own) if own == lang))
    }

    /// Address of the list of works that a language's posts cite, if there is one.
    pub fn sources_route(&self, lang: &str) -> Option<&Route> {
        let is_it = |target: &&Target| matches!(&target.recipe, Recipe::Sources(own) if own == lang);
        self.targets.iter().find(is_it).map(|target| &target.route)
    }

    /// Languages with a page of citations between posts.
    pub fn citation_languages(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().filter_map(|target| match &target.recipe {
            Recipe::Citations(lang) => Some(lang.as_str()),
            _ => None,
        })
    }
}

struct Planner<'a> {
    /// Languages of articles that cite one another; empty if the settings turn these pages off.
    citing_languages: BTreeSet<&'a str>,
    graph: &'a Graph,
    config: &'a Config,
    targets: Vec<Target>,
    redirects: Vec<(Route, PageId)>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Planner<'a> {
    /// Plans posts and pages, their lists, social images, feeds and search indexes.
    fn plan_pages(graph: &'a Graph, config: &'a Config) -> Self {
        let citing_languages =
            if config.settings.citations.pages { citing_languages(graph) } else { BTreeSet::new() };
        let (targets, redirects, diagnostics) = (Vec::new(), Vec::new(), Vec::new());
        let mut planner = Self { citing_languages, graph, config, targets, redirects, diagnostics };
        planner.pages();
        planner.social_images();
        for language in &config.languages {
            planner.language(&language.code, &language.prefix);
        }
        planner.terms();
        planner
    }

    fn add(&mut self, route: Route, recipe: Recipe) {
        self.targets.push(Target { route, recipe });
    }

    fn fixed_route(text: &str) -> Route {
        Route::new(text).expect("a fixed name and a language's prefix make a route")
    }

    fn pages(&mut self) {
        for id in self.graph.published() {
            self.add(self.graph.page(id).route.clone(), Recipe::Page(id));
        }
        for (id, listed) in &self.graph.section_lists {
            let route = self.graph.page(*id).route.clone();
            let size = self.config.settings.paginate;
            self.slices(&route, listed.len(), size, |slice| Recipe::List(ListPage::Section(*id, slice)));
        }
    }

    fn slices(&mut self, first: &Route, count: usize, size: usize, recipe: impl Fn(Slice) -> Recipe) {
        let size = if size == 0 { count.max(1) } else { size };
        let total = count.div_ceil(size).max(1);
        for number in 1..=total {
            let range = (number - 1) * size..(number * size).min(count);
            let slice = Slice { number, total, first: first.clone(), range, count };
            self.add(first.numbered(number), recipe(slice));
        }
    }

    fn language(&mut self, lang: &str, prefix: &str) {
        self.list_pages(lang, prefix);
        if self.citing_languages.contains(lang)
            && let Some(language) = self.config.language(lang)
        {
            self.add(citations_route(language), Recipe::Citations(lang.to_owned()));
        }
        self.search(lang, prefix);
        self.add(Self::fixed_route(&format!("{prefix}404.html")), Recipe::NotFound(lang.to_owned()));
        let home = Self::fixed_route(prefix);
        for format in &self.config.settings.feed.formats {
            let feed = Feed { format: *format, lang: lang.to_owned(), term: None };
            self.add(home.join(format.file()), Recipe::Feed(feed));
        }
    }

    /// Plans the search index, if the theme has a search script.
    fn search(&mut self, lang: &str, prefix: &str) {
        let pages = self.graph.order.searchable.get(lang).map_or(0, Vec::len);
        if pages == 0 || !self.graph.theme_assets.contains_key(search::SCRIPT) {
            return;
        }
        let folder = Self::fixed_route(&format!("{prefix}search/"));
        self.add(folder.join(search::INDEX), Recipe::Search(lang.to_owned()));
        for shard in 0..search::shard_count(pages) {
            self.add(folder.join(&search::words_file(shard)), Recipe::SearchWords(lang.to_owned(), shard));
        }
        for part in 0..pages.div_ceil(search::PAGES_PER_FILE) {
            self.add(folder.join(&search::pages_file(part)), Recipe::SearchPages(lang.to_owned(), part));
        }
    }

    fn terms(&mut self) {
        for (number, term) in self.graph.taxonomies.terms.iter().enumerate() {
            let id = TermId(number as u32);
            self.slices(&term.route, term.posts.len(), term.taxonomy.paginate, |slice| {
                Recipe::List(ListPage::Term(id, slice))
            });
            if term.taxonomy.feed {
                let feed = Feed { format: FeedFormat::Rss, lang: term.lang.clone(), term: Some(id) };
                self.add(term.route.join(FeedFormat::Rss.file()), Recipe::Feed(feed));
            }
        }
    }

    /// Plans the pages about cited works, unless the blog has a page at their address.
    fn sources(&mut self) {
        if !self.config.settings.citations.pages {
            return;
        }
        for language in &self.config.languages {
            let index = sources_index_route(&language.prefix);
            let sites = self.graph.citation_index().websites.iter().enumerate();
            let sites: Vec<_> = sites.filter(|(_, site)| site.lang == language.code).collect();
            let is_taken = self.targets.iter().any(|target| target.route == index);
            if sites.is_empty() || is_taken {
                continue;
            }
            self.add(index, Recipe::Sources(language.code.clone()));
            for (number, site) in sites {
                self.slices(&site.route, site.works.len(), WORKS_PER_PAGE, |slice| {
                    Recipe::CitedWebsite(number, slice)
                });
            }
        }
    }

    fn aliases(&mut self) {
        for id in self.graph.published() {
            let summary = self.graph.page(id).summary();
            for alias in &summary.meta.aliases {
                match Route::new(alias) {
                    Ok(route) if route == self.graph.page(id).route => {}
                    Ok(route) => {
                        self.redirects.push((route.clone(), id));
                        self.add(route, Recipe::Redirect(id, alias.clone()));
                    }
                    Err(problem) => {
                        self.diagnostics.push(catalogue::alias_unsafe(&summary.path, alias, &problem));
                    }
                }
            }
        }
    }

    fn fixed_files(&mut self) {
        self.add(Self::fixed_route("sitemap.xml"), Recipe::Sitemap);
        self.add(Self::fixed_route("site.webmanifest"), Recipe::Manifest);
        if !self.citing_languages.is_empty() {
            self.add(Self::fixed_route("citations.json"), Recipe::CitationGraph);
        }
        // The site's own `robots.txt`, `_redirects` and `_headers` replace the generated ones.
        if !self.graph.assets.contains_key("robots.txt") {
            self.add(Self::fixed_route("robots.txt"), Recipe::Robots);
        }
        if !self.redirects.is_empty() && !self.graph.assets.contains_key("_redirects") {
            // `Route::new` would take a name without extension for a folder.
            self.add(Self::fixed_route("/").join("_redirects"), Recipe::Redirects);
        }
        if !self.graph.assets.contains_key("_headers") {
            self.add(Self::fixed_route("/").join("_headers"), Recipe::Headers);
        }
        if let Some(address) = self.graph.theme_assets.get(ACCENT_SHEET) {
            self.add(Self::fixed_route("/").join(address), Recipe::Accent);
        }
    }

    fn assets(&mut self) {
        for (address, asset) in &self.graph.assets {
            if let Some(problem) = asset.source.unportable() {
                self.diagnostics.push(catalogue::unportable_file(&asset.source, &problem));
            }
            self.targets.push(Target {
                route: Self::fixed_route("/").join(address),
                recipe: images::image_recipe(asset, &self.config.settings.images),
            });
        }
    }
}

/// Removes targets whose address another one has, and reports them; also reports a file where
/// another target needs a folder. Addresses that differ only in case or Unicode composition
/// collide, because common file systems do not tell them apart.
fn remove_collisions(targets: &mut Vec<Target>, graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    let files: Vec<String> = targets.par_iter().map(|target| folded(&target.route.file_name())).collect();
    let mut taken: HashMap<&str, usize, FastHash> =
        HashMap::with_capacity_and_hasher(targets.len(), FastHash::default());
    let mut drop = HashSet::new();
    for (number, target) in targets.iter().enumerate() {
        if let Some(&other) = taken.get(files[number].as_str()) {
            // Its article collides too, and is reported.
            if matches!(target.recipe, Recipe::SocialImage(..)) {
                drop.insert(number);
                continue;
            }
            let mut by = targets[other].recipe.occupant(graph);
            let mut differs = targets[other].route.file_name() != target.route.file_name();
            let (mut path, mut spot, mut way_out) = collision_spot(&target.recipe, graph);
            if path.is_none() {
                // Report it in the target that has a source file.
                (path, spot, way_out) = collision_spot(&targets[other].recipe, graph);
                by = target.recipe.occupant(graph);
                differs = false;
            }
            let (address, other) = (target.route.as_str(), targets[other].route.as_str());
            let other = differs.then_some(other);
            diagnostics.push(catalogue::address_taken(path, &spot, address, by, other, way_out));
            drop.insert(number);
        } else {
            taken.insert(&files[number], number);
        }
    }
    let kept = targets.iter().enumerate().filter(|(number, _)| !drop.contains(number));
    for (number, target) in kept.filter(|(_, target)| !matches!(target.recipe, Recipe::SocialImage(..))) {
        let file = &files[number];
        for (at, _) in file.match_indices('/') {
            if let Some(&other) = taken.get(&file[..at]) {
                let by = target.recipe.occupant(graph);
                let (path, spot, _) = collision_spot(&targets[other].recipe, graph);
                diagnostics.push(catalogue::address_blocked(path, &spot, targets[other].route.as_str(), by));
                break;
            }
        }
    }
    let mut number = 0;
    targets.retain(|_| {
        number += 1;
        !drop.contains(&(number - 1))
    });
}

fn folded(path: &str) -> String {
    if path.is_ascii() {
        path.to_ascii_lowercase()
    } else {
        path.nfc().flat_map(char::to_lowercase).collect()
    }
}

/// Source file to report a collision in, the place in it, and the way out.
fn collision_spot<'a>(recipe: &'a Recipe, graph: &'a Graph) -> (Option<&'a SitePath>, Spot, WayOut) {
    let key = |name: &str| Spot::Key(vec![name.to_owned()]);
    match recipe {
        Recipe::Page(id) => {
            let summary = graph.page(*id).summary();
            let spot = match (&summary.meta.permalink, &summary.meta.slug) {
                (Some(_), _) => key("permalink"),
                (None, Some(_)) => key("slug"),
                (None, None) => Spot::LineColumn(1, 1),
            };
            (Some(&summary.path), spot, WayOut::Move)
        }
        Recipe::List(ListPage::Section(id, _)) => {
            (Some(&graph.page(*id).summary().path), Spot::LineColumn(1, 1), WayOut::Move)
        }
        Recipe::Redirect(id, alias) => {
            let spot = Spot::Value(vec!["aliases".to_owned()], alias.clone());
            (Some(&graph.page(*id).summary().path), spot, WayOut::RemoveAlias)
        }
        Recipe::List(ListPage::Term(id, _)) | Recipe::Feed(Feed { term: Some(id), .. }) => {
            let term = graph.taxonomies.term(*id);
            let first = term.posts.first().map(|id| &graph.page(*id).summary().path);
            let spot = Spot::Value(vec![term.taxonomy.name.clone()], term.name.clone());
            (first, spot, WayOut::RenameTerm)
        }
        Recipe::Image(path, ImageVersion::Original) | Recipe::Asset(path) => {
            (Some(path), Spot::File, WayOut::RenameFile)
        }
        _ => (None, Spot::File, WayOut::Move),
    }
}

/// Reports links to addresses of this site that no target has.
fn check_links(graph: &Graph, targets: &[Target], diagnostics: &mut Vec<Diagnostic>) {
    // The targets are sorted by address.
    let planned = |text: &str| targets.binary_search_by(|target| target.route.as_str().cmp(text)).is_ok();
    let exists = |route: &Route| planned(route.as_str()) || planned(route.as_str().trim_end_matches('/'));
    // Addresses of files and of pages, for suggestions. Collected once: after a blog has moved,
    // thousands of links may be wrong.
    let addresses: OnceLock<(Vec<&str>, Vec<&str>)> = OnceLock::new();
    let near = |route: &str, wants_file: bool| {
        let all = || targets.iter().map(|target| target.route.as_str());
        let (files, pages) = addresses.get_or_init(|| all().partition(|address| names_file(address)));
        let alike = if wants_file { files } else { pages };
        nearest(route, alike.iter().copied()).map(|near| format!("/{near}"))
    };
    let unlinked = graph.pages.par_iter().zip(&graph.resolved).flat_map_iter(|(page, references)| {
        let nowhere = references.iter().enumerate().filter_map(|(number, resolved)| match resolved {
            Resolved::SiteUrl(route, _) if !exists(route) => Some((number, route.as_str())),
            _ => None,
        });
        nowhere.map(|(number, route)| {
            let (path, spot) = (&page.summary().path, Spot::Reference(number as u32));
            let wants_file = names_file(route.trim_end_matches('/'));
            let near = near(route, wants_file);
            let reference = &page.summary().references[number];
            if reference.kind == ReferenceKind::Image || wants_file {
                catalogue::file_not_found(path, &spot, &reference.target, near.as_deref())
            } else {
                catalogue::address_not_found(path, &spot, &format!("/{route}"), near.as_deref())
            }
        })
    });
    diagnostics.extend(unlinked.collect::<Vec<_>>());
}

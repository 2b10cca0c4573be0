//! Stage 4: the list of all files to publish.
//!
//! Receives the graph and the settings. Gives the [`Plan`]: the address of every file and the
//! recipe to make it, and diagnostics for addresses that collide and links that lead nowhere.
//! Uses rayon. Never makes the bytes of a file.

mod collisions;
pub mod icons;
pub mod images;
pub mod link_preview;
mod links;
pub mod recipe;
mod redirects;
pub mod search;
pub mod social_image;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use pingmark_core::appearance::ACCENT_SHEET;
use pingmark_core::config::{Config, FeedFormat, SiteLanguage};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::path::SitePath;

use crate::graph::citation_index::index_route as sources_index_route;
use crate::graph::{Graph, PageId, Route, TermId};
use collisions::remove_collisions;
use links::LinkTargets;
use redirects::{REDIRECTS, is_joined};

pub use images::{ImagePlaces, ImageVersions, SizedImage};
pub use link_preview::{LinkPreview, link_preview};
pub use pingmark_core::icon::Icon;
pub use recipe::{Feed, InSitemap, ListPage, Recipe, Slice};
pub use redirects::Redirect;
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
    /// Aliases, with the pages they redirect to.
    pub redirects: Vec<Redirect>,
    /// Addresses of this site that texts link to and that no file has.
    pub nowhere: HashSet<Route>,
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
    planner.tombstones();
    planner.fixed_files();
    planner.assets();
    planner.icons();
    let (versions, places) = planner.images();
    planner.metadata();
    let Planner { mut targets, redirects, mut diagnostics, .. } = planner;
    remove_collisions(&mut targets, graph, &mut diagnostics);
    targets.par_sort_by(|a, b| a.route.cmp(&b.route));
    let links = LinkTargets::new(graph, &targets);
    let nowhere = links.check_texts(&mut diagnostics);
    links.check_menus(config, &mut diagnostics);
    (Plan { targets, redirects, nowhere, versions, places }, diagnostics)
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
    redirects: Vec<Redirect>,
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

    fn fixed_files(&mut self) {
        let letterbox =
            self.graph.assets.keys().find(|address| address.rsplit('/').next() == Some("letterbox.php"));
        if let Some(address) = letterbox {
            let folder = address.strip_suffix("letterbox.php").unwrap_or_default();
            self.add(
                Self::fixed_route("/").join(&format!("{folder}letterbox-targets.txt")),
                Recipe::LetterboxTargets,
            );
        }
        self.add(Self::fixed_route("sitemap.xml"), Recipe::Sitemap);
        self.add(Self::fixed_route("site.webmanifest"), Recipe::Manifest);
        if !self.citing_languages.is_empty() {
            self.add(Self::fixed_route("citations.json"), Recipe::CitationGraph);
        }
        // The site's own `robots.txt` and `_headers` replace the generated ones; `_redirects` is joined
        // with its own.
        if !self.graph.assets.contains_key("robots.txt") {
            self.add(Self::fixed_route("robots.txt"), Recipe::Robots);
        }
        let own = self.graph.assets.get(REDIRECTS);
        if own.map_or(!self.redirects.is_empty(), is_joined) {
            // `Route::new` would take a name without extension for a folder.
            self.add(Self::fixed_route("/").join(REDIRECTS), Recipe::Redirects);
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
            if address == REDIRECTS && is_joined(asset) {
                continue;
            }
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

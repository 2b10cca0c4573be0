//! Stage 4: the list of all files to publish.
//!
//! Receives the graph and the settings. Gives the [`Plan`]: the address of every file and the
//! recipe to make it, and diagnostics for addresses that collide and links that lead nowhere.
//! Uses rayon. Never makes the bytes of a file.

pub mod icons;
pub mod images;
pub mod link_preview;
pub mod recipe;
pub mod search;
pub mod social_image;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use rayon::prelude::*;

use pingmark_core::appearance::ACCENT_SHEET;
use pingmark_core::config::{BaseUrl, Config, FeedFormat, SiteLanguage};
use pingmark_core::diag::args::WayOut;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::path::{SitePath, folded};
use pingmark_core::raster::ImageVersion;
use pingmark_core::slug::nearest;
use pingmark_document::ReferenceKind;

use crate::graph::alias::Alias;
use crate::graph::citation_index::index_route as sources_index_route;
use crate::graph::resolve::{as_written, names_file, similar_assets};
use crate::graph::{Asset, Graph, PageId, Resolved, Route, TermId};

pub use images::{ImagePlaces, ImageVersions, SizedImage};
pub use link_preview::{LinkPreview, link_preview};
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
    /// Aliases, with the pages they redirect to.
    pub redirects: Vec<Redirect>,
    /// Addresses of this site that texts link to and that no file has.
    pub nowhere: HashSet<Route>,
    /// Versions of the images that pages show, by the images' files.
    pub versions: BTreeMap<SitePath, ImageVersions>,
    /// First place that shows each image.
    pub places: ImagePlaces,
}

/// Redirect from an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Address of the alias.
    pub from: Route,
    /// Parameters that the query must have, `p=123`, as Netlify writes them.
    pub conditions: Option<String>,
    /// Page that it leads to.
    pub to: PageId,
}

impl Redirect {
    /// The line of `_redirects`, as Netlify, Cloudflare Pages and others read it: `from to status`.
    pub fn line(&self, graph: &Graph, base: &BaseUrl) -> String {
        let to = graph.page(self.to).route.url(base);
        match &self.conditions {
            Some(conditions) => format!("{} {conditions} {to} 301", self.from.url(base)),
            None => format!("{} {to} 301", self.from.url(base)),
        }
    }
}

/// File that hosts read redirects from.
const REDIRECTS: &str = "_redirects";

/// Whether a file's lines are joined with those for aliases.
fn is_joined(asset: &Asset) -> bool {
    asset.source.below("static") == Some(REDIRECTS)
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
    let nowhere = check_links(graph, &targets, &mut diagnostics);
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

    fn aliases(&mut self) {
        for id in self.graph.published() {
            let page = self.graph.page(id);
            let path = &page.summary().path;
            for typed in &page.summary().meta.aliases {
                let alias = match Alias::parse(typed, self.config) {
                    Ok(alias) => alias,
                    Err(problem) => {
                        self.diagnostics.push(catalogue::alias_unsafe(path, typed, &problem));
                        continue;
                    }
                };
                if alias.query.is_some() {
                    let redirect =
                        Redirect { conditions: alias.query_conditions(), from: alias.route, to: id };
                    let line = redirect
                        .conditions
                        .is_some()
                        .then(|| redirect.line(self.graph, &self.config.base_url));
                    self.diagnostics.push(catalogue::alias_query(path, typed, line.as_deref()));
                    self.redirects.extend(Some(redirect).filter(|redirect| redirect.conditions.is_some()));
                    continue;
                }
                if alias.is_foreign {
                    self.diagnostics.push(catalogue::alias_host(
                        path,
                        typed,
                        &format!("/{}", alias.route.as_str()),
                    ));
                }
                if alias.route != page.route {
                    self.redirects.push(Redirect { from: alias.route.clone(), conditions: None, to: id });
                    self.add(alias.route, Recipe::Redirect(id, typed.clone()));
                }
            }
        }
    }

    /// Pages that say that a post is gone, where one told other sites about itself and nothing else is
    /// published now (Webmention, 3.1.4).
    fn tombstones(&mut self) {
        let routes = self.graph.told.iter().filter_map(|url| {
            let alias = Alias::parse(url, self.config).ok()?;
            (!alias.is_foreign && alias.query.is_none()).then_some(alias.route)
        });
        for route in routes.collect::<BTreeSet<_>>() {
            if !self.targets.iter().any(|target| target.route == route) {
                self.add(route, Recipe::Tombstone);
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
            if is_own_static(&target.recipe) && is_replaceable(&targets[other].recipe) {
                drop.insert(other);
                taken.insert(&files[number], number);
                continue;
            }
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
    let mut blocked = Vec::new();
    for (number, target) in kept.filter(|(_, target)| !matches!(target.recipe, Recipe::SocialImage(..))) {
        let file = &files[number];
        for (at, _) in file.match_indices('/') {
            if let Some(&other) = taken.get(&file[..at]) {
                // `static/atom.xml/index.html` stands where the feed would.
                if is_own_static(&target.recipe) && is_replaceable(&targets[other].recipe) {
                    blocked.push(other);
                    continue;
                }
                let by = target.recipe.occupant(graph);
                let (path, spot, _) = collision_spot(&targets[other].recipe, graph);
                diagnostics.push(catalogue::address_blocked(path, &spot, targets[other].route.as_str(), by));
                break;
            }
        }
    }
    drop.extend(blocked);
    let mut number = 0;
    targets.retain(|_| {
        number += 1;
        !drop.contains(&(number - 1))
    });
}

/// Whether a target is a file of `static/`.
fn is_own_static(recipe: &Recipe) -> bool {
    match recipe {
        Recipe::Asset(path) | Recipe::Image(path, ImageVersion::Original) => path.below("static").is_some(),
        _ => false,
    }
}

/// Whether a target is made of no file of its own, so that a file of the author's may stand in its
/// place: a feed, the sitemap, the 404 page, a list.
fn is_replaceable(recipe: &Recipe) -> bool {
    match recipe {
        Recipe::NotFound(_)
        | Recipe::Feed(Feed { term: None, .. })
        | Recipe::Sitemap
        | Recipe::Robots
        | Recipe::Manifest
        | Recipe::CitationGraph
        | Recipe::Citations(_)
        | Recipe::Sources(_)
        | Recipe::Icon(_) => true,
        Recipe::List(ListPage::Home(_, slice)) => slice.number == 1,
        Recipe::List(ListPage::Terms(..) | ListPage::Archive(_)) => true,
        _ => false,
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

/// Reports links to addresses of this site that no target has. Returns these addresses.
fn check_links(graph: &Graph, targets: &[Target], diagnostics: &mut Vec<Diagnostic>) -> HashSet<Route> {
    // The targets are sorted by address.
    let planned = |text: &str| targets.binary_search_by(|target| target.route.as_str().cmp(text)).is_ok();
    let exists = |route: &Route| planned(route.as_str()) || planned(route.as_str().trim_end_matches('/'));
    // Addresses of files and of pages, for suggestions. Collected once: after a blog has moved,
    // thousands of links may be wrong.
    let addresses: OnceLock<(Vec<&str>, Vec<&str>)> = OnceLock::new();
    let files = OnceLock::new();
    let near = |route: &str, wants_file: bool| {
        let all = || targets.iter().map(|target| target.route.as_str());
        let (files, pages) = addresses.get_or_init(|| all().partition(|address| names_file(address)));
        let alike = if wants_file { files } else { pages };
        nearest(route, alike.iter().copied()).map(|near| format!("/{near}"))
    };
    let missing_file = |path: &SitePath, spot: &Spot, target: &str, route: &Route, near: Option<String>| {
        let same = files.get_or_init(|| similar_assets(&graph.assets)).with_name(route.as_str());
        let written = same.map(|same| as_written(same, path)).or(near);
        let place = same.and_then(|same| SitePath::new(same).ok());
        catalogue::file_not_found(path, spot, target, written.as_deref(), place.as_ref())
    };
    let unlinked = graph.pages.par_iter().zip(&graph.resolved).flat_map_iter(|(page, references)| {
        // A form may send to a program of the server.
        let is_form = |number: usize| page.summary().references[number].kind == ReferenceKind::Action;
        let nowhere = references.iter().enumerate().filter_map(move |(number, resolved)| match resolved {
            Resolved::SiteUrl(route, _) if !exists(route) && !is_form(number) => Some((number, route)),
            _ => None,
        });
        nowhere.map(|(number, route)| {
            let (path, spot) = (&page.summary().path, Spot::Reference(number as u32));
            let wants_file = names_file(route.as_str());
            let near = near(route.as_str(), wants_file);
            let reference = &page.summary().references[number];
            let diagnostic = if reference.kind == ReferenceKind::Image || wants_file {
                missing_file(path, &spot, &reference.target, route, near)
            } else {
                catalogue::address_not_found(path, &spot, &format!("/{}", route.as_str()), near.as_deref())
            };
            (route.clone(), diagnostic)
        })
    });
    let (nowhere, problems): (HashSet<Route>, Vec<Diagnostic>) =
        unlinked.collect::<Vec<_>>().into_iter().unzip();
    diagnostics.extend(problems);
    for (page, image) in graph.pages.iter().zip(&graph.images) {
        let (Some(Resolved::SiteUrl(route, _)), Some(target)) = (image, &page.summary().meta.image) else {
            continue;
        };
        if !exists(route) {
            let spot = Spot::Value(vec!["image".to_owned()], target.clone());
            let near = near(route.as_str(), true);
            diagnostics.push(missing_file(&page.summary().path, &spot, target, route, near));
        }
    }
    nowhere
}

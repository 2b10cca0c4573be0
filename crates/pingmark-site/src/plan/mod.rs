//! STAGE 4. Graph + Config → Plan.
//!
//! Receives the graph. Gives the [`Plan`]: every file that will be published, its address and
//! the recipe to make it. Uses rayon and unicode-normalization. Never makes a file's bytes.

pub mod card;
pub mod icons;
pub mod images;
pub mod search;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use pingmark_core::appearance::ACCENT_SHEET;
use pingmark_core::config::{CardFormat, Config, FeedFormat, SiteLanguage};
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::path::SitePath;
use pingmark_core::raster::ImageVersion;
use pingmark_core::slug::nearest;
use pingmark_document::ReferenceKind;

use crate::graph::citation::index_route as index_of_sources;
use crate::graph::resolve::names_file;
use crate::graph::taxonomy::index_route;
use crate::graph::{Graph, PageId, Resolved, Route, TermId};

pub use card::{card_of, card_of_held};
pub use images::{Places, Version, Versions};
pub use pingmark_core::icon::Icon;

/// Works on a page about a site.
const WORKS: usize = 100;

/// One file to publish.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its address.
    pub route: Route,
    /// How to make it.
    pub recipe: Recipe,
}

/// How to make a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Recipe {
    /// A post or a page.
    Page(PageId),
    /// A part of the home of a language.
    Home(String, Slice),
    /// A part of the list of a folder.
    List(PageId, Slice),
    /// A part of the list of a term.
    Term(TermId, Slice),
    /// All terms of a taxonomy, in a language.
    Terms(String, String),
    /// The posts of a language by year.
    Archive(String),
    /// Who cites whom in a language.
    Citations(String),
    /// `citations.json`
    CitationGraph,
    /// All that the blog cites, in a language.
    Sources(String),
    /// A part of what it cites on one site, by the site's number in the graph.
    CitedWebsite(usize, Slice),
    /// The page shown where there is none.
    NotFound(String),
    /// How the files are cut that a search of a language looks into.
    Search(String),
    /// Words that it looks into, by their drawer.
    SearchWords(String, usize),
    /// Pages that it finds, so many at a time.
    SearchPages(String, usize),
    /// A feed of a language, or of a term.
    Feed(Feed),
    /// `sitemap.xml`
    Sitemap,
    /// `robots.txt`
    Robots,
    /// `site.webmanifest`
    Manifest,
    /// A page that leads on to another: to which, and the alias as it was typed.
    Redirect(PageId, String),
    /// `_redirects`, for hosts that read it.
    Redirects,
    /// `_headers`, for hosts that read it.
    Headers,
    /// The style sheet of the site's own colour.
    Accent,
    /// A post's card, in a shape.
    SocialImage(PageId, CardFormat),
    /// A version of an image.
    Image(SitePath, ImageVersion),
    /// An icon of the site.
    Icon(Icon),
    /// A file that is copied.
    Asset(SitePath),
}

impl Recipe {
    /// Whether the file tells of every page of the site: on a large one it takes as long as
    /// thousands of others.
    pub fn lists_whole_site(&self) -> bool {
        matches!(
            self,
            Self::Archive(_)
                | Self::Citations(_)
                | Self::CitationGraph
                | Self::Sources(_)
                | Self::SearchWords(..)
                | Self::Sitemap
        )
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
    /// The address of the first.
    pub first: Route,
    /// Its posts, as positions in the whole list.
    pub range: std::ops::Range<usize>,
    /// How many posts the whole list has.
    pub count: usize,
}

/// What a feed is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Feed {
    /// Its format.
    pub format: FeedFormat,
    /// Its language.
    pub lang: String,
    /// The term it follows; none for the whole blog.
    pub term: Option<TermId>,
}

/// Everything that will be published.
#[derive(Debug)]
pub struct Plan {
    /// The files, in the order of their addresses.
    pub targets: Vec<Target>,
    /// Addresses that lead on, with the pages they lead to.
    pub redirects: Vec<(Route, PageId)>,
    /// The versions of images that pages show, by their files.
    pub versions: BTreeMap<SitePath, Versions>,
    /// Where each image is shown first, by its file.
    pub places: Places,
}

impl Slice {
    /// The posts of this page of a list.
    pub fn of<'a>(&self, posts: &'a [PageId]) -> &'a [PageId] {
        posts.get(self.range.clone()).unwrap_or(&[])
    }

    /// The posts of this page of a list that is shown from its end.
    pub fn of_reversed(&self, posts: &[PageId]) -> Vec<PageId> {
        posts.iter().rev().skip(self.range.start).take(self.range.len()).copied().collect()
    }
}

/// Plans the site, and reports addresses that are taken twice and links that lead to none.
pub fn plan(graph: &Graph, config: &Config) -> (Plan, Vec<Diagnostic>) {
    let has_sources = config.settings.citations.pages;
    // All that is cited is gathered while the rest is planned.
    let cites = || _ = has_sources.then(|| graph.cites(config));
    let (mut planner, ()) = rayon::join(|| Planner::of_articles(graph, config), cites);
    planner.sources();
    planner.aliases();
    planner.fixed();
    planner.assets();
    planner.icons();
    let (versions, places) = planner.images();
    let Planner { mut targets, redirects, mut diagnostics, .. } = planner;
    keep_apart(&mut targets, graph, config, &mut diagnostics);
    targets.par_sort_by(|a, b| a.route.cmp(&b.route));
    check_addresses(graph, &targets, &mut diagnostics);
    (Plan { targets, redirects, versions, places }, diagnostics)
}

/// The languages of articles that cite or are cited.
fn citing(graph: &Graph) -> BTreeSet<&str> {
    let lang = |id: PageId| graph.page(id).summary().lang.as_str();
    let cited = graph.published().filter(|id| !graph.backlinks[id.index()].is_empty());
    cited
        .flat_map(|id| graph.backlinks[id.index()].iter().map(move |citation| citation.from).chain([id]))
        .map(lang)
        .collect()
}

/// Where a language's page of who cites whom stands.
pub fn citations_route(language: &SiteLanguage) -> Route {
    Planner::fixed_route(&format!("{}citations/", language.prefix))
}

impl Plan {
    /// Whether a language's pages can be searched.
    pub fn searches(&self, lang: &str) -> bool {
        self.targets.iter().any(|target| matches!(&target.recipe, Recipe::Search(own) if own == lang))
    }

    /// Where the list of all that is cited in a language stands, if there is one.
    pub fn sources(&self, lang: &str) -> Option<&Route> {
        let is_it = |target: &&Target| matches!(&target.recipe, Recipe::Sources(own) if own == lang);
        self.targets.iter().find(is_it).map(|target| &target.route)
    }

    /// The languages that have a page of who cites whom.
    pub fn citations(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().filter_map(|target| match &target.recipe {
            Recipe::Citations(lang) => Some(lang.as_str()),
            _ => None,
        })
    }
}

struct Planner<'a> {
    /// Languages whose articles cite or are cited, where these are to be shown.
    citing: BTreeSet<&'a str>,
    graph: &'a Graph,
    config: &'a Config,
    targets: Vec<Target>,
    redirects: Vec<(Route, PageId)>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Planner<'a> {
    /// Plans the pages, and what lists and finds them.
    fn of_articles(graph: &'a Graph, config: &'a Config) -> Self {
        let citing = if config.settings.citations.pages { citing(graph) } else { BTreeSet::new() };
        let (targets, redirects, diagnostics) = (Vec::new(), Vec::new(), Vec::new());
        let mut planner = Self { citing, graph, config, targets, redirects, diagnostics };
        planner.pages();
        planner.cards();
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
        for (id, listed) in &self.graph.lists {
            let route = self.graph.page(*id).route.clone();
            let size = self.config.settings.paginate;
            self.slices(&route, listed.len(), size, |slice| Recipe::List(*id, slice));
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
        let home = Self::fixed_route(prefix);
        let size = self.config.settings.paginate;
        // A page of one's own at the site's root (`content/index.md`) is the home.
        let is_taken = self.targets.iter().any(|target| target.route == home);
        let posts = self.graph.order.home.get(lang).map_or(0, |(_, posts)| posts.len());
        if !is_taken {
            self.slices(&home, posts, size, |slice| Recipe::Home(lang.to_owned(), slice));
        }
        for taxonomy in &self.config.taxonomies {
            if self.graph.groups.of(lang, &taxonomy.name).next().is_some() {
                let route = index_route(self.config, lang, &taxonomy.name);
                self.add(route, Recipe::Terms(lang.to_owned(), taxonomy.name.clone()));
            }
        }
        if self.config.settings.archive {
            self.add(Self::fixed_route(&format!("{prefix}archive/")), Recipe::Archive(lang.to_owned()));
        }
        if self.citing.contains(lang)
            && let Some(language) = self.config.language(lang)
        {
            self.add(citations_route(language), Recipe::Citations(lang.to_owned()));
        }
        self.search(lang, prefix);
        self.add(Self::fixed_route(&format!("{prefix}404.html")), Recipe::NotFound(lang.to_owned()));
        for format in &self.config.settings.feed.formats {
            let feed = Feed { format: *format, lang: lang.to_owned(), term: None };
            self.add(home.join(format.file()), Recipe::Feed(feed));
        }
    }

    /// What a search looks into, where the theme has a script that does.
    fn search(&mut self, lang: &str, prefix: &str) {
        let pages = self.graph.order.searched.get(lang).map_or(0, Vec::len);
        if pages == 0 || !self.graph.dressing.contains_key(search::SCRIPT) {
            return;
        }
        let folder = Self::fixed_route(&format!("{prefix}search/"));
        self.add(folder.join(search::INDEX), Recipe::Search(lang.to_owned()));
        for drawer in 0..search::drawers(pages) {
            self.add(folder.join(&search::words_file(drawer)), Recipe::SearchWords(lang.to_owned(), drawer));
        }
        for part in 0..pages.div_ceil(search::PAGES) {
            self.add(folder.join(&search::pages_file(part)), Recipe::SearchPages(lang.to_owned(), part));
        }
    }

    fn terms(&mut self) {
        for (number, term) in self.graph.groups.terms.iter().enumerate() {
            let id = TermId(number as u32);
            self.slices(&term.route, term.posts.len(), term.taxonomy.paginate, |slice| {
                Recipe::Term(id, slice)
            });
            if term.taxonomy.feed {
                let feed = Feed { format: FeedFormat::Rss, lang: term.lang.clone(), term: Some(id) };
                self.add(term.route.join(FeedFormat::Rss.file()), Recipe::Feed(feed));
            }
        }
    }

    /// The pages about what is cited, unless a page of the blog's own stands there.
    fn sources(&mut self) {
        if !self.config.settings.citations.pages {
            return;
        }
        for language in &self.config.languages {
            let index = index_of_sources(&language.prefix);
            let sites = self.graph.cites(self.config).sites.iter().enumerate();
            let sites: Vec<_> = sites.filter(|(_, site)| site.lang == language.code).collect();
            let is_taken = self.targets.iter().any(|target| target.route == index);
            if sites.is_empty() || is_taken {
                continue;
            }
            self.add(index, Recipe::Sources(language.code.clone()));
            for (number, site) in sites {
                self.slices(&site.route, site.works.len(), WORKS, |slice| {
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

    fn fixed(&mut self) {
        self.add(Self::fixed_route("sitemap.xml"), Recipe::Sitemap);
        self.add(Self::fixed_route("site.webmanifest"), Recipe::Manifest);
        if !self.citing.is_empty() {
            self.add(Self::fixed_route("citations.json"), Recipe::CitationGraph);
        }
        // A robots.txt or _redirects of the site's own replaces ours.
        if !self.graph.assets.contains_key("robots.txt") {
            self.add(Self::fixed_route("robots.txt"), Recipe::Robots);
        }
        if !self.redirects.is_empty() && !self.graph.assets.contains_key("_redirects") {
            // Not `Route::new`, which takes a name without extension for a folder's.
            self.add(Self::fixed_route("/").join("_redirects"), Recipe::Redirects);
        }
        if !self.graph.assets.contains_key("_headers") {
            self.add(Self::fixed_route("/").join("_headers"), Recipe::Headers);
        }
        if let Some(address) = self.graph.dressing.get(ACCENT_SHEET) {
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
                recipe: images::whole(asset, &self.config.settings.images),
            });
        }
    }
}

/// No two files at one address, nor a file where another needs a folder. Addresses that
/// differ only in case or composition are one on common file systems.
fn keep_apart(targets: &mut Vec<Target>, graph: &Graph, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let files: Vec<String> = targets.par_iter().map(|target| folded(&target.route.file_name())).collect();
    let mut taken: HashMap<&str, usize, FastHash> =
        HashMap::with_capacity_and_hasher(targets.len(), FastHash::default());
    let mut drop = HashSet::new();
    for (number, target) in targets.iter().enumerate() {
        if let Some(&other) = taken.get(files[number].as_str()) {
            // Told of their articles already.
            if matches!(target.recipe, Recipe::SocialImage(..)) {
                drop.insert(number);
                continue;
            }
            let mut by = describe(&targets[other].recipe, graph, config);
            if targets[other].route.file_name() != target.route.file_name() {
                by.push_str(&format!(
                    " at `/{}`, which is the same where case does not count",
                    targets[other].route.as_str()
                ));
            }
            let (mut path, mut spot, mut hint) = blame(&target.recipe, graph);
            if path.is_none() {
                // Told at the side that has a file.
                (path, spot, hint) = blame(&targets[other].recipe, graph);
                by = describe(&target.recipe, graph, config);
            }
            diagnostics.push(catalogue::address_taken(path, &spot, target.route.as_str(), &by, hint));
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
                let by = describe(&target.recipe, graph, config);
                let (path, spot, _) = blame(&targets[other].recipe, graph);
                diagnostics.push(catalogue::address_blocked(path, &spot, targets[other].route.as_str(), &by));
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

/// What a file is, in words.
fn describe(recipe: &Recipe, graph: &Graph, config: &Config) -> String {
    match recipe {
        Recipe::Page(id) | Recipe::List(id, _) => graph.page(*id).summary().path.to_string(),
        Recipe::SocialImage(id, _) => format!("the card of {}", graph.page(*id).summary().path),
        Recipe::Redirect(id, _) => format!("an alias of {}", graph.page(*id).summary().path),
        Recipe::Home(lang, _) => format!("the home page ({lang})"),
        Recipe::Term(id, _) | Recipe::Feed(Feed { term: Some(id), .. }) => {
            let term = graph.groups.term(*id);
            format!("`{}` of the {}", term.name, term.taxonomy.name)
        }
        Recipe::Terms(_, taxonomy) => format!("the list of {taxonomy}"),
        Recipe::Archive(_) => "the archive".into(),
        Recipe::Citations(_) => "the page of who cites whom".into(),
        Recipe::CitationGraph => "citations.json".into(),
        Recipe::Sources(_) => "the list of cited sources".into(),
        Recipe::CitedWebsite(number, _) => {
            format!("the page about `{}` among the sources", graph.cites(config).sites[*number].name)
        }
        Recipe::NotFound(_) => "the page for missing addresses".into(),
        Recipe::Search(_) | Recipe::SearchWords(..) | Recipe::SearchPages(..) => {
            "a file that the search looks into".into()
        }
        Recipe::Feed(_) => "a feed".into(),
        Recipe::Sitemap => "the sitemap".into(),
        Recipe::Robots => "robots.txt".into(),
        Recipe::Manifest => "the web manifest".into(),
        Recipe::Redirects => "the list of redirects".into(),
        Recipe::Headers => "the list of headers".into(),
        Recipe::Accent => "the style sheet of the accent".into(),
        Recipe::Icon(_) => "an icon".into(),
        Recipe::Image(path, ImageVersion::Resized(..)) => format!("a smaller version of {path}"),
        Recipe::Image(path, ImageVersion::Original) | Recipe::Asset(path) => path.to_string(),
    }
}

/// The file to show for a collision, the place in it, and the way out.
fn blame<'a>(recipe: &'a Recipe, graph: &'a Graph) -> (Option<&'a SitePath>, Spot, &'static str) {
    const MOVE: &str = "give one of them another `slug:` or `permalink:`";
    let key = |name: &str| Spot::Key(vec![name.to_owned()]);
    match recipe {
        Recipe::Page(id) => {
            let summary = graph.page(*id).summary();
            let spot = match (&summary.meta.permalink, &summary.meta.slug) {
                (Some(_), _) => key("permalink"),
                (None, Some(_)) => key("slug"),
                (None, None) => Spot::LineColumn(1, 1),
            };
            (Some(&summary.path), spot, MOVE)
        }
        Recipe::List(id, _) => (Some(&graph.page(*id).summary().path), Spot::LineColumn(1, 1), MOVE),
        Recipe::Redirect(id, alias) => {
            let spot = Spot::Value(vec!["aliases".to_owned()], alias.clone());
            (Some(&graph.page(*id).summary().path), spot, "remove the alias: something stands there already")
        }
        Recipe::Term(id, _) | Recipe::Feed(Feed { term: Some(id), .. }) => {
            let term = graph.groups.term(*id);
            let first = term.posts.first().map(|id| &graph.page(*id).summary().path);
            let spot = Spot::Value(vec![term.taxonomy.name.clone()], term.name.clone());
            (first, spot, "rename it, or give the other one another `slug:` or `permalink:`")
        }
        Recipe::Image(path, ImageVersion::Original) | Recipe::Asset(path) => {
            (Some(path), Spot::File, "rename this file, or move the other one")
        }
        _ => (None, Spot::File, MOVE),
    }
}

/// Links to addresses of this site that nothing stands at.
fn check_addresses(graph: &Graph, targets: &[Target], diagnostics: &mut Vec<Diagnostic>) {
    // The targets are in the order of their addresses.
    let planned = |text: &str| targets.binary_search_by(|target| target.route.as_str().cmp(text)).is_ok();
    let stands = |route: &Route| planned(route.as_str()) || planned(route.as_str().trim_end_matches('/'));
    // Addresses of files, and of pages. Where a blog has moved, thousands of links are compared with them.
    let addresses: OnceLock<(Vec<&str>, Vec<&str>)> = OnceLock::new();
    let near = |route: &str, wants_file: bool| {
        let all = || targets.iter().map(|target| target.route.as_str());
        let (files, pages) = addresses.get_or_init(|| all().partition(|address| names_file(address)));
        let alike = if wants_file { files } else { pages };
        nearest(route, alike.iter().copied()).map(|near| format!("/{near}"))
    };
    let unlinked = graph.pages.par_iter().zip(&graph.resolved).flat_map_iter(|(page, references)| {
        let nowhere = references.iter().enumerate().filter_map(|(number, resolved)| match resolved {
            Resolved::Site(route, _) if !stands(route) => Some((number, route.as_str())),
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

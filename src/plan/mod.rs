//! STAGE 4. Graph + Config → Plan.
//!
//! Receives the graph. Gives the [`Plan`]: every file that will be published, its address and
//! the recipe to make it. Uses no package of its own. Never makes a file's bytes.

use std::collections::{BTreeMap, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use crate::config::{Config, FeedFormat};
use crate::diag::{Diagnostic, Spot, catalogue};
use crate::graph::taxonomy::index_route;
use crate::graph::{Graph, PageId, PageKind, Resolved, Route, TermId};
use crate::path::SitePath;
use crate::slug::nearest;

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
    /// The page shown where there is none.
    NotFound(String),
    /// A feed of a language, or of a term.
    Feed(Feed),
    /// `sitemap.xml`
    Sitemap,
    /// `robots.txt`
    Robots,
    /// `site.webmanifest`
    Manifest,
    /// A page that leads on to another.
    Redirect(PageId),
    /// `_redirects`, for hosts that read it.
    Redirects,
    /// A file that is copied.
    Asset(SitePath),
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// The posts of a term as its list shows them: newest first, a series from its beginning.
pub fn term_posts(graph: &Graph, id: TermId) -> Vec<PageId> {
    let term = graph.groups.term(id);
    let mut posts = term.posts.clone();
    if term.taxonomy.name == "series" {
        posts.reverse();
    }
    posts
}

/// The posts of a language's home: the pinned ones apart, the others newest first.
pub fn home_posts(graph: &Graph, lang: &str) -> (Vec<PageId>, Vec<PageId>) {
    let posts = graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
    posts.iter().partition(|id| graph.page(**id).summary().meta.pinned)
}

/// The posts and pages of a section's folder: posts newest first, then pages by weight.
pub fn list_posts(graph: &Graph, section: PageId) -> Vec<PageId> {
    let section = graph.page(section).summary();
    let (lang, folder) = (&section.lang, &section.name.folder);
    let inside = |id: &PageId| {
        let own = &graph.page(*id).summary().name.folder;
        own == folder || own.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    let posts = graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
    let mut pages: Vec<PageId> = graph
        .published()
        .filter(|id| graph.page(*id).kind == PageKind::Page && graph.page(*id).summary().lang == *lang)
        .filter(inside)
        .collect();
    pages.sort_by_key(|id| (graph.page(*id).summary().meta.weight, *id));
    posts.iter().copied().filter(inside).chain(pages).collect()
}

/// Plans the site, and reports addresses that are taken twice and links that lead to none.
pub fn plan(graph: &Graph, config: &Config) -> (Plan, Vec<Diagnostic>) {
    let mut planner =
        Planner { graph, config, targets: Vec::new(), redirects: Vec::new(), diagnostics: Vec::new() };
    planner.pages();
    for language in &config.languages {
        planner.language(&language.code, &language.prefix);
    }
    planner.terms();
    planner.aliases();
    planner.fixed();
    planner.assets();
    let Planner { mut targets, redirects, mut diagnostics, .. } = planner;
    keep_apart(&mut targets, graph, &mut diagnostics);
    targets.sort_by(|a, b| a.route.cmp(&b.route));
    check_addresses(graph, &targets, &mut diagnostics);
    (Plan { targets, redirects }, diagnostics)
}

struct Planner<'a> {
    graph: &'a Graph,
    config: &'a Config,
    targets: Vec<Target>,
    redirects: Vec<(Route, PageId)>,
    diagnostics: Vec<Diagnostic>,
}

impl Planner<'_> {
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
        for id in &self.graph.lists {
            let posts = list_posts(self.graph, *id).len();
            let route = self.graph.page(*id).route.clone();
            let size = self.config.settings.paginate;
            self.slices(&route, posts, size, |slice| Recipe::List(*id, slice));
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
        let (_, posts) = home_posts(self.graph, lang);
        if !is_taken {
            self.slices(&home, posts.len(), size, |slice| Recipe::Home(lang.to_owned(), slice));
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
        self.add(Self::fixed_route(&format!("{prefix}404.html")), Recipe::NotFound(lang.to_owned()));
        for format in &self.config.settings.feed.formats {
            let feed = Feed { format: *format, lang: lang.to_owned(), term: None };
            self.add(home.join(format.file()), Recipe::Feed(feed));
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

    fn aliases(&mut self) {
        for id in self.graph.published() {
            let summary = self.graph.page(id).summary();
            for alias in &summary.meta.aliases {
                match Route::new(alias) {
                    Ok(route) if route == self.graph.page(id).route => {}
                    Ok(route) => {
                        self.redirects.push((route.clone(), id));
                        self.add(route, Recipe::Redirect(id));
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
        // A robots.txt or _redirects of the site's own replaces ours.
        if !self.graph.assets.contains_key("robots.txt") {
            self.add(Self::fixed_route("robots.txt"), Recipe::Robots);
        }
        if !self.redirects.is_empty() && !self.graph.assets.contains_key("_redirects") {
            // Not `Route::new`, which takes a name without extension for a folder's.
            self.add(Self::fixed_route("/").join("_redirects"), Recipe::Redirects);
        }
    }

    fn assets(&mut self) {
        for (address, asset) in &self.graph.assets {
            if let Some(problem) = asset.source.unportable() {
                self.diagnostics.push(catalogue::unportable_file(&asset.source, &problem));
            }
            self.targets.push(Target {
                route: Self::fixed_route("/").join(address),
                recipe: Recipe::Asset(asset.source.clone()),
            });
        }
    }
}

/// No two files at one address, nor a file where another needs a folder. Addresses that
/// differ only in case or composition are one on common file systems.
fn keep_apart(targets: &mut Vec<Target>, graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    let mut taken: HashMap<String, usize> = HashMap::with_capacity(targets.len());
    let mut drop = HashSet::new();
    for (number, target) in targets.iter().enumerate() {
        let key = folded(target.route.file().as_str());
        if let Some(&other) = taken.get(&key) {
            let by = describe(&targets[other].recipe, graph);
            let (path, spot) = blame(&target.recipe, graph);
            diagnostics.push(catalogue::address_taken(path, &spot, target.route.as_str(), &by));
            drop.insert(number);
        } else {
            taken.insert(key, number);
        }
    }
    for (_, target) in targets.iter().enumerate().filter(|(number, _)| !drop.contains(number)) {
        let file = folded(target.route.file().as_str());
        for (at, _) in file.match_indices('/') {
            if let Some(&other) = taken.get(&file[..at]) {
                let by = describe(&target.recipe, graph);
                let (path, spot) = blame(&targets[other].recipe, graph);
                diagnostics.push(catalogue::address_taken(path, &spot, targets[other].route.as_str(), &by));
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
fn describe(recipe: &Recipe, graph: &Graph) -> String {
    match recipe {
        Recipe::Page(id) | Recipe::List(id, _) => graph.page(*id).summary().path.to_string(),
        Recipe::Redirect(id) => format!("an alias of {}", graph.page(*id).summary().path),
        Recipe::Home(lang, _) => format!("the home page ({lang})"),
        Recipe::Term(id, _) | Recipe::Feed(Feed { term: Some(id), .. }) => {
            let term = graph.groups.term(*id);
            format!("`{}` of the {}", term.name, term.taxonomy.name)
        }
        Recipe::Terms(_, taxonomy) => format!("the list of {taxonomy}"),
        Recipe::Archive(_) => "the archive".into(),
        Recipe::NotFound(_) => "the page for missing addresses".into(),
        Recipe::Feed(_) => "a feed".into(),
        Recipe::Sitemap => "the sitemap".into(),
        Recipe::Robots => "robots.txt".into(),
        Recipe::Manifest => "the web manifest".into(),
        Recipe::Redirects => "the list of redirects".into(),
        Recipe::Asset(path) => path.to_string(),
    }
}

/// The file to show for a collision, and the place in it.
fn blame<'a>(recipe: &'a Recipe, graph: &'a Graph) -> (Option<&'a SitePath>, Spot) {
    let key = |name: &str| Spot::Key(vec![name.to_owned()]);
    match recipe {
        Recipe::Page(id) => {
            let summary = graph.page(*id).summary();
            let spot = match (&summary.meta.permalink, &summary.meta.slug) {
                (Some(_), _) => key("permalink"),
                (None, Some(_)) => key("slug"),
                (None, None) => Spot::LineColumn(1, 1),
            };
            (Some(&summary.path), spot)
        }
        Recipe::List(id, _) => (Some(&graph.page(*id).summary().path), Spot::LineColumn(1, 1)),
        Recipe::Redirect(id) => (Some(&graph.page(*id).summary().path), key("aliases")),
        Recipe::Term(id, _) | Recipe::Feed(Feed { term: Some(id), .. }) => {
            let term = graph.groups.term(*id);
            let first = term.posts.first().map(|id| &graph.page(*id).summary().path);
            (first, Spot::Value(vec![term.taxonomy.name.clone()], term.name.clone()))
        }
        Recipe::Asset(path) => (Some(path), Spot::File),
        _ => (None, Spot::File),
    }
}

/// Links to addresses of this site that nothing stands at.
fn check_addresses(graph: &Graph, targets: &[Target], diagnostics: &mut Vec<Diagnostic>) {
    let planned: BTreeMap<&str, ()> = targets.iter().map(|target| (target.route.as_str(), ())).collect();
    let stands = |route: &Route| {
        let text = route.as_str();
        planned.contains_key(text)
            || planned.contains_key(text.trim_end_matches('/'))
            || (text == "_redirects/" && planned.contains_key("_redirects"))
    };
    for (page, references) in graph.pages.iter().zip(&graph.resolved) {
        for (number, resolved) in references.iter().enumerate() {
            if let Resolved::Site(route, _) = resolved
                && !stands(route)
            {
                let near = nearest(route.as_str(), planned.keys().copied()).map(|near| format!("/{near}"));
                diagnostics.push(catalogue::address_not_found(
                    &page.summary().path,
                    &Spot::Reference(number as u32),
                    &format!("/{}", route.as_str()),
                    near.as_deref(),
                ));
            }
        }
    }
}

//! Views: typed values with everything that a file shows, one for each target of the plan.
//!
//! Receives the graph, the plan, the compiled documents and what templates read. Gives the [`View`]
//! of a target with the texts it depends on. Uses rayon for the shards of the search index. Never
//! makes the bytes of a file, and knows neither templates nor their values.
//!
//! A view is the complete record of what a file is made of, beside the config, the theme and the
//! [`SharedLists`]: rendering never asks the graph. A file has to be rendered again exactly when the
//! fingerprint of its view, or of one of those, changes. Building a view records a [`Dependency`] for
//! each text that it reads; while the graph is the same and none of those texts changes, the view
//! is the same and need not even be built.

pub mod citation_graph;
pub mod cited_work;
pub mod list;
pub mod machine;
pub mod page;
pub mod quote;
pub mod search;
pub mod social_image;
pub mod teaser;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use pingmark_core::appearance::Appearance;
use pingmark_core::config::{CardFormat, Config};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::sources::{Source, SourceContent, Sources};
use pingmark_document::Document;
use pingmark_site::graph::{Graph, PageId, Route, TermId};
use pingmark_site::plan::{Plan, Recipe, Target, citations_route};

pub use citation_graph::{CitationGraphView, CitationsView};
pub use cited_work::{SourcesView, WebsitePageView};
pub use list::{ArchiveView, ListPageView, ListView, Subject, TermsView};
pub use machine::{FeedView, ManifestView, RedirectsView, SitemapView};
pub use page::{Link, PageView, Ping, SeriesView, Text};
pub use quote::Quote;
pub use search::{FoundView, IndexShards, SearchView, WordsView};
pub use social_image::{SocialImageFacts, SocialImageView};
pub use teaser::{TeaserView, Teasers, TermTeaser};

/// Number of posts in the list `recent`.
const RECENT_POSTS: usize = 5;

/// View of a target.
#[derive(Debug, Hash)]
pub enum View<'a> {
    /// Post or page.
    Page(Box<PageView<'a>>),
    /// Page that lists posts or terms.
    List(Box<ListPageView<'a>>),
    /// Citations between the posts of a language: drawing and tables.
    Citations(Box<CitationsView<'a>>),
    /// `citations.json`.
    CitationGraph(CitationGraphView<'a>),
    /// Works that posts of a language cite, by website.
    Sources(SourcesView<'a>),
    /// Works cited from one website.
    Website(Box<WebsitePageView<'a>>),
    /// `404.html` of the language with this code.
    NotFound(&'a str),
    /// Index file of a search.
    Search(SearchView),
    /// Shard of words of a search.
    SearchWords(WordsView<'a>),
    /// Result file of a search.
    SearchPages(FoundView<'a>),
    /// Feed.
    Feed(FeedView<'a>),
    /// `sitemap.xml`.
    Sitemap(SitemapView<'a>),
    /// `robots.txt`.
    Robots,
    /// `site.webmanifest`.
    Manifest(ManifestView<'a>),
    /// Redirect page to an address.
    Redirect(&'a Route),
    /// Page of a post that is gone.
    Tombstone,
    /// Addresses that may be announced to the letterbox.
    LetterboxTargets(Vec<String>),
    /// `_redirects`.
    Redirects(RedirectsView<'a>),
    /// `_headers`: addresses of the files that browsers may cache for ever.
    Headers(Vec<&'a str>),
    /// Text of the style sheet with the site's accent colour.
    Accent(&'a str),
    /// Social image of a post.
    SocialImage(Box<SocialImageView<'a>>),
    /// File that is copied.
    Asset(Asset<'a>),
}

/// File that is copied as it is. Hashes by its content or its file's metadata.
#[derive(Clone, Copy, Debug)]
pub struct Asset<'a>(pub &'a Source);

impl Hash for Asset<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0.content {
            SourceContent::Text(_, fingerprint) | SourceContent::OnDisk(Some(fingerprint)) => {
                fingerprint.hash(state)
            }
            SourceContent::Bytes(bytes) => Fingerprint::of(bytes).hash(state),
            SourceContent::File(facts) => facts.hash(state),
            SourceContent::OnDisk(None) | SourceContent::OtherMarkup => {}
        }
    }
}

/// Lists that a template may show beside any page of a language.
#[derive(Debug)]
pub struct SharedLists<'a> {
    /// Language code.
    pub lang: &'a str,
    /// Newest posts.
    pub recent: Vec<&'a TeaserView<'a>>,
    /// Address of the page of citations between posts, if there is one.
    pub citations: Option<Route>,
    /// Address of the list of cited works, if there is one.
    pub sources: Option<&'a Route>,
    /// Folder of the search index, if there is one.
    pub search: Option<Route>,
    /// Terms, by the name of the variable that templates read: `tags`, `series_list`…
    pub lists: Vec<(&'static str, Vec<&'a TermTeaser<'a>>)>,
    /// Addresses of the theme's files, by the names that templates use.
    pub assets: &'a BTreeMap<String, String>,
    fingerprints: Vec<(&'static str, Fingerprint)>,
}

impl SharedLists<'_> {
    /// Fingerprint of the lists whose variables a template reads.
    pub fn fingerprint(&self, reads: impl Fn(&str) -> bool) -> Fingerprint {
        let read = self.fingerprints.iter().filter(|(name, _)| reads(name));
        Fingerprint::of_value(&read.map(|(_, fingerprint)| *fingerprint).collect::<Vec<_>>())
    }
}

/// Text that a view was made of, beside the graph and the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// Whole text of a page.
    Text(PageId),
    /// Title, description and excerpt of a page.
    Teaser(PageId),
    /// Words around the links of a page.
    Passage(PageId),
    /// Shard of a search index: its number, and the number of shards.
    Shard(u16, u16),
}

/// View with the texts it was made of.
#[derive(Debug)]
pub struct Tracked<'a> {
    /// View.
    pub view: View<'a>,
    /// Texts, sorted, each once.
    pub dependencies: Vec<Dependency>,
}

/// What templates read: a view leaves out what is costly to find and never shown.
pub trait TemplateReads: fmt::Debug + Sync {
    /// Whether a template may read a top-level variable. `None` stands for a template that a front
    /// matter names, which may be any.
    fn variable(&self, template: Option<&str>, variable: &str) -> bool;

    /// Whether any template may read a field of a variable.
    fn field(&self, variable: &str, field: &str) -> bool;
}

/// Inputs of views.
#[derive(Clone, Copy, Debug)]
pub struct ViewInputs<'a> {
    /// Settings.
    pub config: &'a Config,
    /// Style sheets, scripts and colours of the pages.
    pub appearance: &'a Appearance,
    /// Graph of the site.
    pub graph: &'a Graph,
    /// Compiled documents.
    pub documents: &'a [Arc<Document>],
    /// Plan of the site.
    pub plan: &'a Plan,
    /// Source files, for those that are copied.
    pub sources: &'a Sources,
    /// What templates read.
    pub template_reads: &'a dyn TemplateReads,
}

/// Views of the targets of a plan.
#[derive(Debug)]
pub struct Views<'a> {
    inputs: ViewInputs<'a>,
    terms: &'a [TermTeaser<'a>],
    teasers: &'a Teasers<'a>,
    shards: Option<&'a IndexShards<'a>>,
}

impl<'a> Views<'a> {
    /// Views from `inputs`, with the teasers of its terms and pages.
    pub fn new(inputs: ViewInputs<'a>, terms: &'a [TermTeaser<'a>], teasers: &'a Teasers<'a>) -> Self {
        // Before views are made in parallel, which `citation_index` asks for.
        if inputs.template_reads.field("page", "cites") {
            inputs.graph.citation_index();
        }
        Self { inputs, terms, teasers, shards: None }
    }

    /// Like [`Views::new`], with sorted search words: faster if most shards will be viewed.
    pub fn with_shards(self, shards: &'a IndexShards<'a>) -> Self {
        Self { shards: Some(shards), ..self }
    }

    /// View of a target. `None` for images and icons, and for files that are gone.
    pub fn of(&self, target: &'a Target) -> Option<Tracked<'a>> {
        let builder = self.builder();
        let view = builder.view(&target.recipe)?;
        let mut dependencies = builder.dependencies.into_inner();
        dependencies.sort_unstable();
        dependencies.dedup();
        Some(Tracked { view, dependencies })
    }

    /// View of a page's social image, whether the plan has one or not.
    pub fn social_image(&self, id: PageId, format: CardFormat) -> SocialImageView<'a> {
        self.builder().social_image(id, format)
    }

    /// Lists that may stand beside any page, by language in the order of the config.
    pub fn shared_lists(&self) -> Vec<SharedLists<'a>> {
        let builder = self.builder();
        let languages = self.inputs.config.languages.iter();
        languages.map(|language| builder.shared_lists(&language.code)).collect()
    }

    fn builder(&self) -> ViewBuilder<'a> {
        let ViewInputs { config, appearance, graph, documents, plan, sources, template_reads } = self.inputs;
        let Self { terms, teasers, shards, .. } = *self;
        ViewBuilder {
            config,
            appearance,
            graph,
            documents,
            plan,
            sources,
            template_reads,
            terms,
            teasers,
            shards,
            dependencies: RefCell::default(),
        }
    }
}

/// Builder of one view, which records the texts it reads.
#[derive(Debug)]
struct ViewBuilder<'a> {
    config: &'a Config,
    appearance: &'a Appearance,
    graph: &'a Graph,
    documents: &'a [Arc<Document>],
    plan: &'a Plan,
    sources: &'a Sources,
    template_reads: &'a dyn TemplateReads,
    terms: &'a [TermTeaser<'a>],
    teasers: &'a Teasers<'a>,
    shards: Option<&'a IndexShards<'a>>,
    dependencies: RefCell<Vec<Dependency>>,
}

impl<'a> ViewBuilder<'a> {
    fn view(&self, recipe: &'a Recipe) -> Option<View<'a>> {
        Some(match recipe {
            Recipe::Page(id) => View::Page(Box::new(self.page(*id))),
            Recipe::List(list) => View::List(Box::new(self.list_page(list))),
            Recipe::Citations(lang) => View::Citations(Box::new(self.citations(lang))),
            Recipe::CitationGraph => View::CitationGraph(self.citation_graph()),
            Recipe::Sources(lang) => View::Sources(self.cited_sources(lang)),
            Recipe::CitedWebsite(number, slice) => View::Website(Box::new(self.website(*number, slice))),
            Recipe::NotFound(lang) => View::NotFound(lang),
            Recipe::Feed(feed) => View::Feed(self.feed(feed)),
            Recipe::Search(lang) => View::Search(self.search(lang)),
            Recipe::SearchWords(lang, shard) => View::SearchWords(self.words(lang, *shard)),
            Recipe::SearchPages(lang, part) => View::SearchPages(self.found(lang, *part)),
            Recipe::Sitemap => View::Sitemap(self.sitemap()),
            Recipe::Robots => View::Robots,
            Recipe::Manifest => View::Manifest(self.manifest()),
            Recipe::Redirect(id, _) => View::Redirect(&self.graph.page(*id).route),
            Recipe::Tombstone => View::Tombstone,
            Recipe::LetterboxTargets => View::LetterboxTargets(self.letterbox_targets()),
            Recipe::Redirects => View::Redirects(self.redirects()),
            Recipe::Headers => View::Headers(self.immutable_files()),
            Recipe::Accent => View::Accent(self.appearance.accent.as_deref()?),
            Recipe::SocialImage(id, format) => View::SocialImage(Box::new(self.social_image(*id, *format))),
            Recipe::Asset(path) => View::Asset(Asset(self.sources.files.get(path)?)),
            // Made of image files, by the engine.
            Recipe::Image(..) | Recipe::Icon(_) => return None,
        })
    }

    fn shared_lists(&self, lang: &'a str) -> SharedLists<'a> {
        let posts = self.graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
        let recent = self.teasers(&posts[..posts.len().min(RECENT_POSTS)]);
        let lists: Vec<(&'static str, Vec<&'a TermTeaser<'a>>)> = [
            ("tags", "tags"),
            ("categories", "categories"),
            ("authors", "authors"),
            ("series_list", "series"),
        ]
        .into_iter()
        .map(|(name, taxonomy)| {
            let terms = self.graph.taxonomies.of(lang, taxonomy);
            (name, terms.map(|(id, _)| self.term(id)).collect())
        })
        .collect();
        let mut fingerprints = vec![("recent", Fingerprint::of_value(&recent))];
        // Lists of terms show the number of posts, which the fingerprint of a term leaves out.
        let listed = |terms: &Vec<&TermTeaser<'_>>| {
            Fingerprint::of_value(&terms.iter().map(|term| (*term, term.count)).collect::<Vec<_>>())
        };
        fingerprints.extend(lists.iter().map(|(name, terms)| (*name, listed(terms))));
        let citations = self.plan.citation_languages().find(|code| *code == lang);
        let citations = citations.and_then(|code| Some(citations_route(self.config.language(code)?)));
        fingerprints.push(("citations_url", Fingerprint::of_value(&citations)));
        let sources = self.plan.sources_route(lang);
        fingerprints.push(("sources_url", Fingerprint::of_value(&sources)));
        let language = self.config.language(lang).filter(|_| self.plan.has_search(lang));
        let search = language.and_then(|language| Route::new(&format!("{}search/", language.prefix)).ok());
        fingerprints.push(("search_url", Fingerprint::of_value(&search)));
        let assets = &self.graph.theme_assets;
        let of_assets = Fingerprint::of_value(assets);
        fingerprints.extend([("assets", of_assets), ("theme", of_assets)]);
        SharedLists { lang, recent, citations, sources, search, lists, assets, fingerprints }
    }

    fn uses(&self, dependency: Dependency) {
        self.dependencies.borrow_mut().push(dependency);
    }

    fn teaser(&self, id: PageId) -> &'a TeaserView<'a> {
        self.uses(Dependency::Teaser(id));
        self.teasers.of(id)
    }

    fn teasers(&self, ids: &[PageId]) -> Vec<&'a TeaserView<'a>> {
        ids.iter().map(|id| self.teaser(*id)).collect()
    }

    fn title(&self, id: PageId) -> &'a str {
        self.uses(Dependency::Teaser(id));
        &self.documents[self.graph.page(id).document].teaser.title
    }

    fn quote(&self, from: PageId, reference: u32) -> Quote<'a> {
        self.uses(Dependency::Passage(from));
        let style = self.config.settings.citations.style;
        Quote::with_titles(self.graph, self.documents, style, from, reference, |id| self.title(id))
    }

    fn term(&self, id: TermId) -> &'a TermTeaser<'a> {
        &self.terms[id.index()]
    }

    fn document(&self, id: PageId) -> &'a Document {
        self.uses(Dependency::Text(id));
        &self.documents[self.graph.page(id).document]
    }

    /// Addresses of something that not every language has, by language code.
    fn in_all_languages(&self, route: impl Fn(&'a str) -> Option<Route>) -> Vec<(&'a str, Route)> {
        let languages = self.config.languages.iter();
        languages.filter_map(|language| Some((language.code.as_str(), route(&language.code)?))).collect()
    }
}

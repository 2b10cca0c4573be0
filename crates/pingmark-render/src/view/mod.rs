//! What a file may show: one typed value for each target, made of the graph.
//!
//! Receives a target of the plan, and what views are made of. Gives its [`View`]. Uses
//! tera for the values that cards keep, and rayon for the words of a search. Never makes a file's
//! bytes.
//!
//! The view is the dependency record. Whatever turns a view into bytes gets the view, the
//! config and the templates, and never the graph; so a file has to be made again exactly when
//! the fingerprint of its view, or of what all files share, is another one.
//!
//! Every look at a document's own words is written down while a view is made ([`Views::of`]).
//! As long as the graph is the same, a view is the same until one of those documents changes:
//! what was not looked at need not be looked at again.

pub mod card;
pub mod list;
pub mod machine;
pub mod network;
pub mod page;
pub mod quote;
pub mod search;
pub mod work;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use pingmark_core::appearance::Appearance;
use pingmark_core::config::{CardFormat, Config};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::sources::{Source, SourceContent, Sources};
use pingmark_document::Document;
use pingmark_site::graph::{Graph, PageId, Route, TermId};
use pingmark_site::plan::{Plan, Recipe, Target, citations_route};

use crate::TemplateSet;
use crate::card::SocialImageView;

pub use card::{TeaserView, Teasers, TermTeaser};
pub use list::{ArchiveView, FeedView, ListView, Subject, TermsView};
pub use machine::{ManifestView, SitemapView};
pub use network::{CitationGraphView, CitationsView};
pub use page::{Link, PageView, Ping, SeriesView, Text};
pub use quote::Quote;
pub use search::{FoundView, IndexShards, SearchView, WordsView};
pub use work::{SourcesView, WebsitePageView};

/// How many posts `recent` holds.
const RECENT: usize = 5;

/// The view of a target.
#[derive(Debug, Hash)]
pub enum View<'a> {
    /// A post or a page.
    Page(Box<PageView<'a>>),
    /// A part of a list.
    List(Box<ListView<'a>>),
    /// All terms of a taxonomy.
    Terms(TermsView<'a>),
    /// The posts of a language by year.
    Archive(ArchiveView<'a>),
    /// Who cites whom in a language, as a picture and tables.
    Citations(Box<CitationsView<'a>>),
    /// Who cites whom on the whole site, for machines.
    CitationGraph(CitationGraphView<'a>),
    /// All that the blog cites, in a language.
    Sources(SourcesView<'a>),
    /// What it cites on one site.
    Website(Box<WebsitePageView<'a>>),
    /// The page shown where there is none, in a language.
    NotFound(&'a str),
    /// How the files of a search are cut.
    Search(SearchView),
    /// Words of a search.
    SearchWords(WordsView<'a>),
    /// Pages of a search.
    SearchPages(FoundView<'a>),
    /// A feed.
    Feed(FeedView<'a>),
    /// `sitemap.xml`
    Sitemap(SitemapView<'a>),
    /// `robots.txt`
    Robots,
    /// `site.webmanifest`
    Manifest(ManifestView<'a>),
    /// A page that leads on to an address.
    Redirect(&'a Route),
    /// `_redirects`: from where, to where.
    Redirects(Vec<(&'a Route, &'a Route)>),
    /// `_headers`: the files that browsers may keep for ever.
    Headers(Vec<&'a str>),
    /// The style sheet of the site's own colour.
    Accent(&'a str),
    /// A card.
    SocialImage(Box<SocialImageView<'a>>),
    /// A file that is copied.
    Asset(Asset<'a>),
}

impl<'a> View<'a> {
    /// Language and template of a file that a template makes; the template is none when a
    /// front matter asks for one of its own. None at all for other files, which show nothing of
    /// what pages share.
    pub fn made_with(&self) -> Option<(&'a str, Option<&'static str>)> {
        match self {
            Self::Page(view) => Some((view.card.lang, view.card.known_template())),
            Self::List(view) => Some((
                view.lang,
                match &view.subject {
                    Subject::Home => Some("index.html"),
                    Subject::Folder => view.section.as_ref().and_then(|own| own.card.known_template()),
                    Subject::Term { .. } => Some("term.html"),
                },
            )),
            Self::Terms(view) => Some((view.lang, Some("terms.html"))),
            Self::Archive(view) => Some((view.lang, Some("archive.html"))),
            Self::Citations(view) => Some((view.lang, Some("citations.html"))),
            Self::Sources(view) => Some((view.lang, Some("sources.html"))),
            Self::Website(view) => Some((view.lang, Some("source.html"))),
            Self::NotFound(lang) => Some((lang, Some("404.html"))),
            Self::Feed(_)
            | Self::Search(_)
            | Self::SearchWords(_)
            | Self::SearchPages(_)
            | Self::CitationGraph(_)
            | Self::Sitemap(_)
            | Self::Robots
            | Self::Manifest(_)
            | Self::Redirect(_)
            | Self::Redirects(_)
            | Self::Headers(_)
            | Self::Accent(_)
            | Self::SocialImage(_)
            | Self::Asset(_) => None,
        }
    }
}

/// A file that is copied as it is.
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
            SourceContent::OnDisk(None) => {}
        }
    }
}

/// What all pages of a language share, beside the config: the lists that a template may show
/// beside any page.
#[derive(Debug)]
pub struct SharedLists<'a> {
    /// The language.
    pub lang: &'a str,
    /// The newest posts.
    pub recent: Vec<&'a TeaserView<'a>>,
    /// The page of who cites whom, if there is one.
    pub citations: Option<Route>,
    /// The list of all that is cited, if there is one.
    pub sources: Option<&'a Route>,
    /// Where the files of its search stand, if it can be searched.
    pub search: Option<Route>,
    /// Terms by the name that templates know their list by.
    pub lists: Vec<(&'static str, Vec<&'a TermTeaser<'a>>)>,
    /// The files that dress pages: by the name that templates ask for, their addresses.
    pub dressing: &'a BTreeMap<String, String>,
    fingerprints: Vec<(&'static str, Fingerprint)>,
}

impl SharedLists<'_> {
    /// The fingerprint of those lists that a template reads.
    pub fn fingerprint(&self, reads: impl Fn(&str) -> bool) -> Fingerprint {
        let read = self.fingerprints.iter().filter(|(name, _)| reads(name));
        Fingerprint::of_value(&read.map(|(_, fingerprint)| *fingerprint).collect::<Vec<_>>())
    }
}

/// Makes views.
#[derive(Debug)]
pub struct Views<'a> {
    material: ViewInputs<'a>,
    terms: &'a [TermTeaser<'a>],
    cards: &'a Teasers<'a>,
    drawers: Option<&'a IndexShards<'a>>,
}

/// A text that a view was made of, beside the graph and the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// The whole text of a page.
    Text(PageId),
    /// The teaser of a page: title, description, excerpt.
    Teaser(PageId),
    /// The words around the links of a page.
    Passage(PageId),
    /// A shard of the words of all pages: its number, and out of how many.
    Shard(u16, u16),
}

/// A view, and the texts it was made of.
#[derive(Debug)]
pub struct Tracked<'a> {
    /// The view.
    pub view: View<'a>,
    /// The texts, sorted, each once.
    pub dependencies: Vec<Dependency>,
}

/// Builds one view, and records the texts it uses.
#[derive(Debug)]
struct ViewBuilder<'a> {
    config: &'a Config,
    look: &'a Appearance,
    graph: &'a Graph,
    documents: &'a [Arc<Document>],
    plan: &'a Plan,
    sources: &'a Sources,
    templates: &'a TemplateSet,
    terms: &'a [TermTeaser<'a>],
    cards: &'a Teasers<'a>,
    drawers: Option<&'a IndexShards<'a>>,
    dependencies: RefCell<Vec<Dependency>>,
}

/// What is shown of each term where it is named.
pub fn term_cards<'a>(graph: &'a Graph, config: &'a Config) -> Vec<TermTeaser<'a>> {
    graph.taxonomies.terms.iter().map(|term| TermTeaser::new(term, config)).collect()
}

/// What views are made of.
#[derive(Clone, Copy, Debug)]
pub struct ViewInputs<'a> {
    /// The settings.
    pub config: &'a Config,
    /// How pages are dressed.
    pub look: &'a Appearance,
    /// The site without its words.
    pub graph: &'a Graph,
    /// The compiled files.
    pub documents: &'a [Arc<Document>],
    /// What will be published.
    pub plan: &'a Plan,
    /// The files that are copied.
    pub sources: &'a Sources,
    /// The templates, for what they read.
    pub templates: &'a TemplateSet,
}

impl<'a> Views<'a> {
    /// Gets everything that views are made of.
    pub fn new(material: ViewInputs<'a>, terms: &'a [TermTeaser<'a>], cards: &'a Teasers<'a>) -> Self {
        Self { material, terms, cards, drawers: None }
    }

    /// The same, with the words of a search at hand.
    pub fn with_words(self, drawers: &'a IndexShards<'a>) -> Self {
        Self { drawers: Some(drawers), ..self }
    }

    /// The view of a target; none for a file that cannot be copied.
    pub fn of(&self, target: &'a Target) -> Option<Tracked<'a>> {
        let gaze = self.gaze();
        let view = gaze.at(target)?;
        let mut dependencies = gaze.dependencies.into_inner();
        dependencies.sort_unstable();
        dependencies.dedup();
        Some(Tracked { view, dependencies })
    }

    /// What the card of a page shows, whether the plan has it or not.
    pub fn card_picture(&self, id: PageId, format: CardFormat) -> SocialImageView<'a> {
        self.gaze().card_picture(id, format)
    }

    /// The lists that may stand beside any page, by language.
    pub fn around(&self) -> Vec<SharedLists<'a>> {
        let gaze = self.gaze();
        self.material.config.languages.iter().map(|language| gaze.around(&language.code)).collect()
    }

    fn gaze(&self) -> ViewBuilder<'a> {
        let ViewInputs { config, look, graph, documents, plan, sources, templates } = self.material;
        let Self { terms, cards, drawers, .. } = *self;
        ViewBuilder {
            config,
            look,
            graph,
            documents,
            plan,
            sources,
            templates,
            terms,
            cards,
            drawers,
            dependencies: RefCell::default(),
        }
    }
}

impl<'a> ViewBuilder<'a> {
    fn at(&self, target: &'a Target) -> Option<View<'a>> {
        Some(match &target.recipe {
            Recipe::Page(id) => View::Page(Box::new(self.page(*id))),
            Recipe::Home(lang, slice) => View::List(Box::new(self.home(lang, slice))),
            Recipe::List(id, slice) => View::List(Box::new(self.list(*id, slice))),
            Recipe::Term(id, slice) => View::List(Box::new(self.term_list(*id, slice))),
            Recipe::Terms(lang, taxonomy) => View::Terms(self.terms_index(lang, taxonomy)),
            Recipe::Archive(lang) => View::Archive(self.archive(lang)),
            Recipe::Citations(lang) => View::Citations(Box::new(self.citations(lang))),
            Recipe::CitationGraph => View::CitationGraph(self.network()),
            Recipe::Sources(lang) => View::Sources(self.sources(lang)),
            Recipe::CitedWebsite(number, slice) => View::Website(Box::new(self.site_page(*number, slice))),
            Recipe::NotFound(lang) => View::NotFound(lang),
            Recipe::Feed(feed) => View::Feed(self.feed(feed)),
            Recipe::Search(lang) => View::Search(self.search(lang)),
            Recipe::SearchWords(lang, drawer) => View::SearchWords(self.words(lang, *drawer)),
            Recipe::SearchPages(lang, part) => View::SearchPages(self.found(lang, *part)),
            Recipe::Sitemap => View::Sitemap(self.sitemap()),
            Recipe::Robots => View::Robots,
            Recipe::Manifest => View::Manifest(self.manifest()),
            Recipe::Redirect(id, _) => View::Redirect(&self.graph.page(*id).route),
            Recipe::Redirects => {
                let lines = self.plan.redirects.iter();
                View::Redirects(lines.map(|(from, to)| (from, &self.graph.page(*to).route)).collect())
            }
            Recipe::Headers => View::Headers(self.lasting()),
            Recipe::Accent => View::Accent(self.look.accent.as_deref()?),
            Recipe::SocialImage(id, format) => View::SocialImage(Box::new(self.card_picture(*id, *format))),
            Recipe::Asset(path) => View::Asset(Asset(self.sources.files.get(path)?)),
            // Made of files: the engine's business.
            Recipe::Image(..) | Recipe::Icon(_) => return None,
        })
    }

    fn around(&self, lang: &'a str) -> SharedLists<'a> {
        let posts = self.graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
        let recent = self.card_list(&posts[..posts.len().min(RECENT)]);
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
        // A list of terms says how many posts each has.
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
        let dressing = &self.graph.theme_assets;
        let dressed = Fingerprint::of_value(dressing);
        fingerprints.extend([("assets", dressed), ("theme", dressed)]);
        SharedLists { lang, recent, citations, sources, search, lists, dressing, fingerprints }
    }

    fn uses(&self, dependency: Dependency) {
        self.dependencies.borrow_mut().push(dependency);
    }

    fn card(&self, id: PageId) -> &'a TeaserView<'a> {
        self.uses(Dependency::Teaser(id));
        self.cards.of(id)
    }

    fn card_list(&self, ids: &[PageId]) -> Vec<&'a TeaserView<'a>> {
        ids.iter().map(|id| self.card(*id)).collect()
    }

    fn title(&self, id: PageId) -> &'a str {
        self.uses(Dependency::Teaser(id));
        &self.documents[self.graph.page(id).document].teaser.title
    }

    fn quote(&self, from: PageId, reference: u32) -> Quote<'a> {
        self.uses(Dependency::Passage(from));
        Quote::with_titles(self.graph, self.documents, from, reference, |id| self.title(id))
    }

    fn term(&self, id: TermId) -> &'a TermTeaser<'a> {
        &self.terms[id.index()]
    }

    fn document(&self, id: PageId) -> &'a Document {
        self.uses(Dependency::Text(id));
        &self.documents[self.graph.page(id).document]
    }
}

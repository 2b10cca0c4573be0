//! Recipes: how each file of the site is made, and the facts that other stages need to know of them.
//!
//! A new list page starts here: a variant of [`ListPage`], its [`Facts`], and its address in `list_pages`.

use pingmark_core::config::{CardFormat, FeedFormat};
use pingmark_core::diag::args::Occupant;
use pingmark_core::icon::Icon;
use pingmark_core::path::SitePath;
use pingmark_core::raster::ImageVersion;

use super::Planner;
use crate::graph::taxonomy::index_route;
use crate::graph::{Graph, PageId, PageKind, Route, TermId};

/// How a file is made. A `String` is the code of a language, unless something else is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Recipe {
    /// Post or page.
    Page(PageId),
    /// List of posts or of terms.
    List(ListPage),
    /// Citations between the posts of a language.
    Citations(String),
    /// `citations.json`, the citation graph as data.
    CitationGraph,
    /// Works that posts of a language cite, by website.
    Sources(String),
    /// Page about a cited website, by its index in
    /// [`CitationIndex::websites`](crate::graph::CitationIndex::websites).
    CitedWebsite(usize, Slice),
    /// `404.html` of a language.
    NotFound(String),
    /// Index file of a language's search.
    Search(String),
    /// Shard of words of a language's search.
    SearchWords(String, usize),
    /// Result file of a language's search, by its number from 0.
    SearchPages(String, usize),
    /// Feed.
    Feed(Feed),
    /// `sitemap.xml`.
    Sitemap,
    /// `robots.txt`.
    Robots,
    /// `site.webmanifest`.
    Manifest,
    /// Redirect page of an alias: the page it leads to, and the alias as typed.
    Redirect(PageId, String),
    /// Page that says that a post is gone, at its address.
    Tombstone,
    /// Addresses that may be announced to the letterbox.
    LetterboxTargets,
    /// `_redirects`, for hosts that read it.
    Redirects,
    /// `_headers`, for hosts that read it.
    Headers,
    /// Style sheet of the site's accent colour.
    Accent,
    /// Social image of a post.
    SocialImage(PageId, CardFormat),
    /// Image at its own address without metadata, or a version of it.
    Image(SitePath, ImageVersion),
    /// Icon of the site.
    Icon(Icon),
    /// File that is copied.
    Asset(SitePath),
}

/// Page that lists posts or terms.
#[derive(Clone, Debug, PartialEq)]
pub enum ListPage {
    /// Page of a language's home.
    Home(String, Slice),
    /// Page of the list of a folder's section.
    Section(PageId, Slice),
    /// Page of the list of a term.
    Term(TermId, Slice),
    /// Terms of a taxonomy, by language and name of the taxonomy.
    Terms(String, String),
    /// Posts of a language by year.
    Archive(String),
}

/// Page of a paginated list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// Page number, from 1.
    pub number: usize,
    /// Number of pages.
    pub total: usize,
    /// Address of the first page.
    pub first: Route,
    /// Positions of its entries in the whole list.
    pub range: std::ops::Range<usize>,
    /// Number of entries of the whole list.
    pub count: usize,
}

/// Content of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Feed {
    /// Format.
    pub format: FeedFormat,
    /// Language code.
    pub lang: String,
    /// Term whose posts it has; `None` for all posts of the language.
    pub term: Option<TermId>,
}

/// Templates that files are made with, unless a front matter names another one: all that
/// [`Facts::template`] can have.
pub const TEMPLATES: [&str; 12] = [
    "post.html",
    "page.html",
    "index.html",
    "list.html",
    "term.html",
    "terms.html",
    "archive.html",
    "citations.html",
    "sources.html",
    "source.html",
    "404.html",
    "card.svg",
];

/// Facts about a recipe that stages need without making the file.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Name of the kind of file, for diagnostics, as in "the generated archive".
    pub name: &'static str,
    /// Template that makes the file; `None` if none does.
    pub template: Option<&'static str>,
    /// Whether the front matter names a template to use instead.
    pub has_own_template: bool,
    /// Language of a page; `None` for files that are not pages of the site.
    pub page_lang: Option<&'a str>,
    /// Whether the file lists every page of the site. On a large site, rendering it takes as long
    /// as rendering thousands of others.
    pub lists_whole_site: bool,
    /// Whether the sitemap has the file, and when it was last changed.
    pub sitemap: InSitemap<'a>,
}

/// Whether the sitemap has a file, with the source of its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InSitemap<'a> {
    /// Left out.
    No,
    /// Without a date.
    Undated,
    /// With the date and the translations of a page.
    Page(PageId),
    /// With the date of the latest change to a post of a language.
    PostsOf(&'a str),
    /// With the date of the latest change to a post of a term.
    Term(TermId),
}

impl<'a> Facts<'a> {
    /// Facts about a file that no template makes.
    fn file(name: &'static str) -> Self {
        Self {
            name,
            template: None,
            has_own_template: false,
            page_lang: None,
            lists_whole_site: false,
            sitemap: InSitemap::No,
        }
    }

    /// Facts about a page of the site.
    fn page(name: &'static str, lang: &'a str, template: &'static str, sitemap: InSitemap<'a>) -> Self {
        debug_assert!(TEMPLATES.contains(&template), "`{template}` is not in `TEMPLATES`");
        Self { template: Some(template), page_lang: Some(lang), sitemap, ..Self::file(name) }
    }

    fn listing_whole_site(self) -> Self {
        Self { lists_whole_site: true, ..self }
    }

    /// Facts about the page of a file in `content/`.
    fn of_content(id: PageId, graph: &'a Graph, sitemap: InSitemap<'a>) -> Self {
        let page = graph.page(id);
        let summary = page.summary();
        Self {
            has_own_template: summary.meta.template.is_some(),
            ..Self::page("page", &summary.lang, usual_template(page.kind), sitemap)
        }
    }

    /// Language and template of a page; the template is `None` if the front matter names one.
    pub fn page_template(&self) -> Option<(&'a str, Option<&'static str>)> {
        Some((self.page_lang?, self.template.filter(|_| !self.has_own_template)))
    }
}

/// Template of the page of a file in `content/` whose front matter names none.
pub fn usual_template(kind: PageKind) -> &'static str {
    match kind {
        PageKind::Post => "post.html",
        PageKind::Page => "page.html",
        PageKind::Section => "list.html",
    }
}

impl Recipe {
    /// Facts about the file. `graph` is the one that the plan was made of.
    pub fn facts<'a>(&'a self, graph: &'a Graph) -> Facts<'a> {
        match self {
            // Not in the sitemap: a copy, of which only the canonical URL is announced.
            Self::Page(id) if graph.page(*id).summary().meta.canonical_url.is_some() => {
                Facts::of_content(*id, graph, InSitemap::No)
            }
            Self::Page(id) => Facts::of_content(*id, graph, InSitemap::Page(*id)),
            Self::List(list) => list.facts(graph),
            Self::Citations(lang) => {
                Facts::page("citations page", lang, "citations.html", InSitemap::PostsOf(lang))
                    .listing_whole_site()
            }
            Self::CitationGraph => Facts::file("citations.json").listing_whole_site(),
            Self::Sources(lang) => {
                Facts::page("list of sources", lang, "sources.html", InSitemap::Undated).listing_whole_site()
            }
            Self::CitedWebsite(number, _) => {
                let website = &graph.citation_index().websites[*number];
                Facts::page("page of a cited site", &website.lang, "source.html", InSitemap::Undated)
            }
            Self::NotFound(lang) => Facts::page("404 page", lang, "404.html", InSitemap::No),
            Self::Search(_) | Self::SearchPages(..) => Facts::file("search index"),
            Self::SearchWords(..) => Facts::file("search index").listing_whole_site(),
            Self::Feed(_) => Facts::file("feed"),
            Self::Sitemap => Facts::file("sitemap").listing_whole_site(),
            Self::Robots => Facts::file("robots.txt"),
            Self::Manifest => Facts::file("web manifest"),
            Self::Redirect(..) => Facts::file("redirect"),
            Self::Tombstone => Facts::file("page of a post that is gone"),
            Self::LetterboxTargets => Facts::file("letterbox-targets.txt"),
            Self::Redirects => Facts::file("_redirects"),
            Self::Headers => Facts::file("_headers"),
            Self::Accent => Facts::file("accent style sheet"),
            Self::SocialImage(..) => Facts { template: Some("card.svg"), ..Facts::file("social image") },
            Self::Icon(_) => Facts::file("icon"),
            Self::Image(..) => Facts::file("image"),
            Self::Asset(_) => Facts::file("file"),
        }
    }

    /// Occupant of the file's address, for diagnostics.
    pub(super) fn occupant(&self, graph: &Graph) -> Occupant {
        let path = |id: PageId| graph.page(id).summary().path.clone();
        match self {
            Self::Page(id) | Self::List(ListPage::Section(id, _)) => Occupant::File(path(*id)),
            Self::Image(file, ImageVersion::Original) | Self::Asset(file) => Occupant::File(file.clone()),
            Self::Image(file, ImageVersion::Resized(..) | ImageVersion::LinkPreview(..)) => {
                Occupant::SmallerImage(file.clone())
            }
            Self::SocialImage(id, _) => Occupant::SocialImage(path(*id)),
            Self::Redirect(id, _) => Occupant::Alias(path(*id)),
            Self::List(ListPage::Home(lang, _)) => Occupant::Home(lang.clone()),
            Self::List(ListPage::Term(id, _)) | Self::Feed(Feed { term: Some(id), .. }) => {
                let term = graph.taxonomies.term(*id);
                Occupant::Term { taxonomy: term.taxonomy.name.clone(), name: term.name.clone() }
            }
            Self::List(ListPage::Terms(_, taxonomy)) => Occupant::TermList(taxonomy.clone()),
            Self::CitedWebsite(number, _) => {
                Occupant::CitedWebsite(graph.citation_index().websites[*number].name.clone())
            }
            other => Occupant::Generated(other.facts(graph).name.to_owned()),
        }
    }
}

impl ListPage {
    fn facts<'a>(&'a self, graph: &'a Graph) -> Facts<'a> {
        match self {
            Self::Home(lang, _) => Facts::page("home page", lang, "index.html", InSitemap::PostsOf(lang)),
            Self::Section(id, _) => Facts::of_content(*id, graph, InSitemap::Undated),
            Self::Term(id, _) => {
                let lang = &graph.taxonomies.term(*id).lang;
                Facts::page("list of a term", lang, "term.html", InSitemap::Term(*id))
            }
            Self::Terms(lang, _) => Facts::page("list of terms", lang, "terms.html", InSitemap::Undated),
            Self::Archive(lang) => {
                Facts::page("archive", lang, "archive.html", InSitemap::PostsOf(lang)).listing_whole_site()
            }
        }
    }
}

impl Planner<'_> {
    /// Plans the list pages at fixed addresses below a language's home.
    pub(super) fn list_pages(&mut self, lang: &str, prefix: &str) {
        let home = Self::fixed_route(prefix);
        let size = self.config.settings.paginate;
        // A page at the site's root (`content/index.md`) replaces the home.
        let is_taken = self.targets.iter().any(|target| target.route == home);
        let posts = self.graph.order.home.get(lang).map_or(0, |(_, posts)| posts.len());
        if !is_taken {
            self.slices(&home, posts, size, |slice| Recipe::List(ListPage::Home(lang.to_owned(), slice)));
        }
        for taxonomy in &self.config.taxonomies {
            if self.graph.taxonomies.of(lang, &taxonomy.name).next().is_some() {
                let route = index_route(self.config, lang, &taxonomy.name);
                let terms = ListPage::Terms(lang.to_owned(), taxonomy.name.clone());
                self.add(route, Recipe::List(terms));
            }
        }
        if self.config.settings.archive {
            let route = Self::fixed_route(&format!("{prefix}archive/"));
            self.add(route, Recipe::List(ListPage::Archive(lang.to_owned())));
        }
    }
}

impl Slice {
    /// Entries of this page. `posts` is the whole list.
    pub fn of<'a>(&self, posts: &'a [PageId]) -> &'a [PageId] {
        posts.get(self.range.clone()).unwrap_or(&[])
    }

    /// Entries of this page of a list that is shown in reverse order.
    pub fn of_reversed(&self, posts: &[PageId]) -> Vec<PageId> {
        posts.iter().rev().skip(self.range.start).take(self.range.len()).copied().collect()
    }
}

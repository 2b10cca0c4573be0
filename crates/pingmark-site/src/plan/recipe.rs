//! Recipes: how each file of the site is made, and the facts that other stages need to know of them.
//!
//! A new list page starts here: a variant of [`ListPage`], its [`Facts`], and the place in
//! [`Planner::list_pages`] that plans it.

use pingmark_core::config::{CardFormat, Config, FeedFormat};
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
    /// Description for diagnostics, in pieces to be concatenated, as in "`/x/` is taken by …".
    pub description: [&'a str; 4],
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
    fn file(description: [&'a str; 4]) -> Self {
        Self {
            description,
            template: None,
            has_own_template: false,
            page_lang: None,
            lists_whole_site: false,
            sitemap: InSitemap::No,
        }
    }

    /// Facts about a page of the site.
    fn page(
        description: [&'a str; 4],
        lang: &'a str,
        template: &'static str,
        sitemap: InSitemap<'a>,
    ) -> Self {
        Self { template: Some(template), page_lang: Some(lang), sitemap, ..Self::file(description) }
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
            ..Self::page(
                [summary.path.as_str(), "", "", ""],
                &summary.lang,
                usual_template(page.kind),
                sitemap,
            )
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
    /// Facts about the file. `graph` and `config` are those that the plan was made of.
    pub fn facts<'a>(&'a self, graph: &'a Graph, config: &'a Config) -> Facts<'a> {
        let path = |id: PageId| graph.page(id).summary().path.as_str();
        let named = |description: &'static str| Facts::file([description, "", "", ""]);
        match self {
            // A copy of a page that stands elsewhere is announced there.
            Self::Page(id) if graph.page(*id).summary().meta.canonical_url.is_some() => {
                Facts::of_content(*id, graph, InSitemap::No)
            }
            Self::Page(id) => Facts::of_content(*id, graph, InSitemap::Page(*id)),
            Self::List(list) => list.facts(graph),
            Self::Citations(lang) => {
                let description = ["the page of who cites whom", "", "", ""];
                Facts::page(description, lang, "citations.html", InSitemap::PostsOf(lang))
                    .listing_whole_site()
            }
            Self::CitationGraph => named("citations.json").listing_whole_site(),
            Self::Sources(lang) => {
                let description = ["the list of cited sources", "", "", ""];
                Facts::page(description, lang, "sources.html", InSitemap::Undated).listing_whole_site()
            }
            Self::CitedWebsite(number, _) => {
                let website = &graph.citation_index(config).websites[*number];
                let description = ["the page about `", &website.name, "` among the sources", ""];
                Facts::page(description, &website.lang, "source.html", InSitemap::Undated)
            }
            Self::NotFound(lang) => {
                Facts::page(["the page for missing addresses", "", "", ""], lang, "404.html", InSitemap::No)
            }
            Self::Search(_) | Self::SearchPages(..) => named("a file that the search looks into"),
            Self::SearchWords(..) => named("a file that the search looks into").listing_whole_site(),
            Self::Feed(Feed { term: Some(id), .. }) => Facts::file(term_description(*id, graph)),
            Self::Feed(_) => named("a feed"),
            Self::Sitemap => named("the sitemap").listing_whole_site(),
            Self::Robots => named("robots.txt"),
            Self::Manifest => named("the web manifest"),
            Self::Redirect(id, _) => Facts::file(["an alias of ", path(*id), "", ""]),
            Self::Redirects => named("the list of redirects"),
            Self::Headers => named("the list of headers"),
            Self::Accent => named("the style sheet of the accent"),
            Self::SocialImage(id, _) => {
                Facts { template: Some("card.svg"), ..Facts::file(["the card of ", path(*id), "", ""]) }
            }
            Self::Icon(_) => named("an icon"),
            Self::Image(path, ImageVersion::Resized(..)) => {
                Facts::file(["a smaller version of ", path.as_str(), "", ""])
            }
            Self::Image(path, ImageVersion::Original) | Self::Asset(path) => {
                Facts::file([path.as_str(), "", "", ""])
            }
        }
    }
}

impl ListPage {
    fn facts<'a>(&'a self, graph: &'a Graph) -> Facts<'a> {
        match self {
            Self::Home(lang, _) => {
                Facts::page(["the home page (", lang, ")", ""], lang, "index.html", InSitemap::PostsOf(lang))
            }
            Self::Section(id, _) => Facts::of_content(*id, graph, InSitemap::Undated),
            Self::Term(id, _) => {
                let lang = &graph.taxonomies.term(*id).lang;
                Facts::page(term_description(*id, graph), lang, "term.html", InSitemap::Term(*id))
            }
            Self::Terms(lang, taxonomy) => {
                Facts::page(["the list of ", taxonomy, "", ""], lang, "terms.html", InSitemap::Undated)
            }
            Self::Archive(lang) => {
                let description = ["the archive", "", "", ""];
                Facts::page(description, lang, "archive.html", InSitemap::PostsOf(lang)).listing_whole_site()
            }
        }
    }
}

fn term_description(id: TermId, graph: &Graph) -> [&str; 4] {
    let term = graph.taxonomies.term(id);
    ["`", &term.name, "` of the ", &term.taxonomy.name]
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

//! Views of cited works: the sources at an article's end, and the pages about everything that the
//! blog cites.

use pingmark_core::when::When;
use pingmark_site::bibliography::Source;
use pingmark_site::graph::citation_index::{CitedAddress, CitedWebsite, WebsiteWork, index_route};
use pingmark_site::graph::{PageId, PageKind, Route, WorkId};
use pingmark_site::plan::Slice;

use super::{TeaserView, ViewBuilder};

/// Cited work.
#[derive(Debug, Hash)]
pub enum Work<'a> {
    /// Source of the bibliography.
    Source(&'a Source),
    /// Article of the blog.
    Article(Article<'a>),
    /// Address that is not in the bibliography: the address as typed, its title, its host.
    Address(&'a str, &'a str, &'a str),
}

/// Article of the blog, as a citation shows it.
#[derive(Debug, Hash)]
pub struct Article<'a> {
    /// Title.
    pub title: &'a str,
    /// Address.
    pub route: &'a Route,
    /// Language code.
    pub lang: &'a str,
    /// Date.
    pub date: Option<When>,
    /// Names of the authors.
    pub authors: Vec<&'a str>,
}

/// Source listed at an article's end.
#[derive(Debug, Hash)]
pub struct SourceView<'a> {
    /// Number in the list, from 1.
    pub number: u32,
    /// Work.
    pub work: Work<'a>,
    /// Indices of the references that cite it, in the order of the text.
    pub places: &'a [u32],
}

/// Everything that the posts of a language cite.
#[derive(Debug, Hash)]
pub struct SourcesView<'a> {
    /// Language code.
    pub lang: &'a str,
    /// Websites, the most cited first.
    pub websites: Vec<WebsiteView<'a>>,
    /// Addresses of this list in all languages, by language code.
    pub alternates: Vec<(&'a str, Route)>,
}

/// Works cited from one website.
#[derive(Debug, Hash)]
pub struct WebsiteView<'a> {
    /// Name of the website.
    pub name: &'a str,
    /// Address of the page about it.
    pub route: &'a Route,
    /// Number of citations.
    pub count: usize,
    /// Number of cited works.
    pub total: usize,
    /// Works, the most cited first: all of them, or those of one page of the list.
    pub works: Vec<WorkView<'a>>,
}

/// Page about one cited website.
#[derive(Debug, Hash)]
pub struct WebsitePageView<'a> {
    /// Language code.
    pub lang: &'a str,
    /// Website, with the works of this page.
    pub website: WebsiteView<'a>,
    /// Part of the list.
    pub slice: &'a Slice,
    /// Address of the list of all websites.
    pub index: Route,
}

/// Cited work with the articles that cite it.
#[derive(Debug, Hash)]
pub struct WorkView<'a> {
    /// Work.
    pub work: Work<'a>,
    /// Articles that cite it, newest first, each with the number of its citations.
    pub citing: Vec<(&'a TeaserView<'a>, usize)>,
}

/// Maximum number of works in the list of all websites; with more, it lists the websites alone.
const MAX_WORKS: usize = 500;

impl<'a> ViewBuilder<'a> {
    pub(super) fn work(&self, cited: WorkId) -> Work<'a> {
        match cited {
            WorkId::Source(id) => Work::Source(self.graph.bibliography.source(id)),
            WorkId::Page(id) => Work::Article(self.article(id)),
            WorkId::Address(id) => {
                let CitedAddress { url, title, address } = &self.graph.citation_index().addresses[id.index()];
                Work::Address(url, title, address.site())
            }
        }
    }

    fn article(&self, id: PageId) -> Article<'a> {
        let page = self.graph.page(id);
        let grouped = self.graph.taxonomies.of_page(id, "authors");
        let named = page.summary.meta.terms.get("authors").map_or(&[][..], Vec::as_slice);
        let blog = self.config.settings.author.as_deref().filter(|_| page.kind == PageKind::Post);
        let authors: Vec<&'a str> = match (grouped, named) {
            ([], []) => blog.into_iter().collect(),
            ([], named) => named.iter().map(String::as_str).collect(),
            (terms, _) => terms.iter().map(|term| self.graph.taxonomies.term(*term).name.as_str()).collect(),
        };
        let full_name = |name: &'a str| match self.config.author(name) {
            Some((_, author)) if !author.name.is_empty() => author.name.as_str(),
            _ => name,
        };
        Article {
            title: self.title(id),
            route: &page.route,
            lang: &page.summary.lang,
            date: page.summary.meta.date,
            authors: authors.into_iter().map(full_name).collect(),
        }
    }

    /// Sources listed at a page's end.
    pub(super) fn sources_of(&self, id: PageId) -> Vec<SourceView<'a>> {
        let listed = self.graph.source_lists[id.index()].iter();
        let listed = listed.filter_map(|work| Some((work, work.number?)));
        listed
            .map(|(work, number)| SourceView { number, work: self.work(work.id), places: &work.references })
            .collect()
    }

    /// Works that a page cites, each with the number of citations.
    pub(super) fn cites_of(&self, id: PageId) -> Vec<(Work<'a>, usize)> {
        let works = self.graph.citation_index().of_page[id.index()].iter();
        works.map(|work| (self.work(work.id), work.references.len().max(1))).collect()
    }

    pub(super) fn cited_sources(&self, lang: &'a str) -> SourcesView<'a> {
        let sites = || self.graph.citation_index().websites.iter().filter(move |site| site.lang == lang);
        let works: usize = sites().map(|site| site.works.len()).sum();
        let shown = if works <= MAX_WORKS { MAX_WORKS } else { 0 };
        SourcesView {
            lang,
            websites: sites()
                .map(|site| self.works_of(site, &site.works[..site.works.len().min(shown)]))
                .collect(),
            alternates: self.in_all_languages(|code| {
                let has = self.graph.citation_index().websites.iter().any(|site| site.lang == code);
                has.then(|| index_route(self.config.language(code).map_or("", |language| &language.prefix)))
            }),
        }
    }

    pub(super) fn website(&self, number: usize, slice: &'a Slice) -> WebsitePageView<'a> {
        let site = &self.graph.citation_index().websites[number];
        let works = site.works.get(slice.range.clone()).unwrap_or(&[]);
        let prefix = self.config.language(&site.lang).map_or("", |language| &language.prefix);
        WebsitePageView {
            lang: &site.lang,
            website: self.works_of(site, works),
            slice,
            index: index_route(prefix),
        }
    }

    fn works_of(&self, site: &'a CitedWebsite, works: &'a [WebsiteWork]) -> WebsiteView<'a> {
        let works = works.iter().map(|work| WorkView {
            work: self.work(work.id),
            citing: work.citing.iter().map(|citing| (self.teaser(citing.page), citing.count)).collect(),
        });
        WebsiteView {
            name: &site.name,
            route: &site.route,
            count: site.count,
            total: site.works.len(),
            works: works.collect(),
        }
    }
}

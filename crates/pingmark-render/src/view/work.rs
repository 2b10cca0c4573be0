//! The views of what articles cite: the sources at an article's end, and the pages about all
//! that the blog cites.

use pingmark_core::when::When;
use pingmark_site::bibliography::Source;
use pingmark_site::graph::citation_index::{CitedAddress, CitedWebsite, WebsiteWork, index_route};
use pingmark_site::graph::{PageId, PageKind, Route, WorkId};
use pingmark_site::plan::Slice;

use super::{TeaserView, ViewBuilder};

/// Something that is cited.
#[derive(Debug, Hash)]
pub enum Work<'a> {
    /// A source of the catalogue.
    Source(&'a Source),
    /// An article of the blog.
    Article(Article<'a>),
    /// An address that is not in the catalogue: as typed, its title, its site.
    Address(&'a str, &'a str, &'a str),
}

/// An article of the blog, as far as a citation shows it.
#[derive(Debug, Hash)]
pub struct Article<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its address.
    pub route: &'a Route,
    /// Its language.
    pub lang: &'a str,
    /// Its date.
    pub date: Option<When>,
    /// The names of its authors.
    pub authors: Vec<&'a str>,
}

/// A source at an article's end.
#[derive(Debug, Hash)]
pub struct SourceView<'a> {
    /// Its number in the list, from 1.
    pub number: u32,
    /// What is cited.
    pub work: Work<'a>,
    /// The references that cite it, in the order of the text.
    pub places: &'a [u32],
}

/// All that the blog cites, in a language.
#[derive(Debug, Hash)]
pub struct SourcesView<'a> {
    /// The language.
    pub lang: &'a str,
    /// The sites, the most cited first.
    pub sites: Vec<WebsiteView<'a>>,
    /// The same list in all languages.
    pub alternates: Vec<(&'a str, Route)>,
}

/// What the blog cites on one site.
#[derive(Debug, Hash)]
pub struct WebsiteView<'a> {
    /// The site.
    pub name: &'a str,
    /// The address of its page.
    pub route: &'a Route,
    /// How many citations it has.
    pub count: usize,
    /// How many works are cited there.
    pub total: usize,
    /// The works, the most cited first: all of them, or those of one page of the list.
    pub works: Vec<WorkView<'a>>,
}

/// A page about one site.
#[derive(Debug, Hash)]
pub struct WebsitePageView<'a> {
    /// The language.
    pub lang: &'a str,
    /// The site, with the works of this page.
    pub site: WebsiteView<'a>,
    /// Which part of the list.
    pub slice: &'a Slice,
    /// The address of all sites.
    pub index: Route,
}

/// A work with the articles that cite it.
#[derive(Debug, Hash)]
pub struct WorkView<'a> {
    /// What is cited.
    pub work: Work<'a>,
    /// The articles that cite it, newest first, each with how often it does.
    pub citing: Vec<(&'a TeaserView<'a>, usize)>,
}

/// Most works that the list of all sites names; with more, it names the sites alone.
const MOST_WORKS: usize = 500;

impl<'a> ViewBuilder<'a> {
    pub(super) fn work(&self, cited: WorkId) -> Work<'a> {
        match cited {
            WorkId::Source(id) => Work::Source(self.graph.bibliography.source(id)),
            WorkId::Page(id) => Work::Article(self.article(id)),
            WorkId::Address(id) => {
                let CitedAddress { url, title, address } =
                    &self.graph.citation_index(self.config).addresses[id.index()];
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

    /// The list at a page's end.
    pub(super) fn sources_of(&self, id: PageId) -> Vec<SourceView<'a>> {
        let listed = self.graph.citations.source_lists[id.index()].iter();
        let listed = listed.filter_map(|work| Some((work, work.number?)));
        listed
            .map(|(work, number)| SourceView { number, work: self.work(work.id), places: &work.references })
            .collect()
    }

    /// Everything a page cites, with how often it does.
    pub(super) fn cites_of(&self, id: PageId) -> Vec<(Work<'a>, usize)> {
        let works = self.graph.citation_index(self.config).of_page[id.index()].iter();
        works.map(|work| (self.work(work.id), work.references.len().max(1))).collect()
    }

    pub(super) fn sources(&self, lang: &'a str) -> SourcesView<'a> {
        let sites =
            || self.graph.citation_index(self.config).websites.iter().filter(move |site| site.lang == lang);
        let works: usize = sites().map(|site| site.works.len()).sum();
        let shown = if works <= MOST_WORKS { MOST_WORKS } else { 0 };
        SourcesView {
            lang,
            sites: sites().map(|site| self.site(site, &site.works[..site.works.len().min(shown)])).collect(),
            alternates: self.in_all_languages(|code| {
                let has =
                    self.graph.citation_index(self.config).websites.iter().any(|site| site.lang == code);
                has.then(|| index_route(self.config.language(code).map_or("", |language| &language.prefix)))
            }),
        }
    }

    pub(super) fn site_page(&self, number: usize, slice: &'a Slice) -> WebsitePageView<'a> {
        let site = &self.graph.citation_index(self.config).websites[number];
        let works = site.works.get(slice.range.clone()).unwrap_or(&[]);
        let prefix = self.config.language(&site.lang).map_or("", |language| &language.prefix);
        WebsitePageView { lang: &site.lang, site: self.site(site, works), slice, index: index_route(prefix) }
    }

    fn site(&self, site: &'a CitedWebsite, works: &'a [WebsiteWork]) -> WebsiteView<'a> {
        let works = works.iter().map(|work| WorkView {
            work: self.work(work.id),
            citing: work.citing.iter().map(|citing| (self.card(citing.page), citing.count)).collect(),
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

//! Citation index: the works that each page cites, and all works cited outside the blog, grouped
//! by website.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use pingmark_core::address::UrlKey;
use pingmark_core::config::SiteLanguage;
use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::slug::slugify;
use pingmark_document::ReferenceKind;

use super::order::DateRanks;
use super::route::Route;
use super::{Graph, Page, PageId, PageKind, Resolved};
use crate::bibliography::{Bibliography, SourceId};

/// Folder of the pages about cited works.
pub const SOURCES_FOLDER: &str = "sources/";

/// Index of an address in [`CitationIndex::addresses`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressId(pub u32);

impl AddressId {
    /// Index into the list of addresses.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Identity of a cited work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WorkId {
    /// Page of the blog.
    Page(PageId),
    /// Source of the catalogue.
    Source(SourceId),
    /// Address of another website that is not in the catalogue.
    Address(AddressId),
}

/// Works that the blog cites, all of them.
#[derive(Debug)]
pub struct CitationIndex {
    /// Works that each page cites, in the order of the first citation.
    pub of_page: Vec<Vec<CitedWork>>,
    /// Addresses outside the blog and the catalogue, in the order of their first link.
    pub addresses: Vec<CitedAddress>,
    /// Works outside the blog by language and website; in each language, the most cited website
    /// first.
    pub websites: Vec<CitedWebsite>,
}

/// Work that a page cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedWork {
    /// Identity of the work.
    pub id: WorkId,
    /// Indices of the page's references to it, in the order of the text; none if only the front
    /// matter names it.
    pub references: Vec<u32>,
    /// Number in the list of sources at the article's end, from 1. Sources of the catalogue have
    /// one, and articles of the blog that are cited as sources rather than linked to.
    pub number: Option<u32>,
}

/// Cited address that is not in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedAddress {
    /// Normalised form, under which its citations are counted.
    pub address: UrlKey,
    /// URL as first typed.
    pub url: Box<str>,
    /// Text of the first link to it that has any, else the address.
    pub title: Box<str>,
}

/// Works on one website that articles of one language cite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedWebsite {
    /// Language of the articles.
    pub lang: String,
    /// Host without `www.`; for sources without a URL, the name of their publisher.
    pub name: String,
    /// Address of the page about the website.
    pub route: Route,
    /// Works, the most cited first.
    pub works: Vec<WebsiteWork>,
    /// Number of citations: an article that cites two works counts twice.
    pub count: usize,
}

/// Work on a website, with the articles that cite it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebsiteWork {
    /// Identity of the work.
    pub id: WorkId,
    /// Citing articles, newest first.
    pub citing: Vec<CitingPage>,
}

/// Article that cites a work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CitingPage {
    /// Page of the article.
    pub page: PageId,
    /// Index of its first reference to the work; `None` if only its front matter names it.
    pub reference: Option<u32>,
    /// Number of its references to the work, at least 1.
    pub count: usize,
}

/// Target of a link, before addresses have ids.
enum LinkTarget {
    Known(WorkId),
    Url(WebLink),
}

/// Link to an address outside the blog and the catalogue.
struct WebLink {
    address: UrlKey,
    /// Fingerprint of `address`.
    fingerprint: Fingerprint,
    /// URL as typed.
    url: Box<str>,
    /// Text of the link; empty if it is only an address.
    words: Box<str>,
}

/// Citations of one page: each with the index of the reference, `None` in front matters.
type PageCitations<T> = Vec<(Option<u32>, T)>;

/// Works in each page's list of sources, by their numbers.
pub(super) fn source_lists(
    pages: &[Page],
    resolved: &[Vec<Resolved>],
    bibliography: &Bibliography,
) -> Vec<Vec<CitedWork>> {
    // Of addresses, only those of the catalogue are listed.
    let needs_addresses = !bibliography.is_empty();
    let linked = (0..pages.len()).into_par_iter().zip(pages).zip(resolved);
    let lists = linked.map(|((number, page), resolved)| {
        let id = PageId(number as u32);
        let found = targets(id, page, resolved, bibliography, needs_addresses).into_iter();
        let found = found.filter_map(|(reference, target)| match target {
            LinkTarget::Known(cited) => Some((reference, cited)),
            LinkTarget::Url(_) => None,
        });
        let mut listed = works_of_page(found.collect(), page);
        listed.retain(|work| work.number.is_some());
        listed.shrink_to_fit();
        listed
    });
    lists.collect()
}

impl Graph {
    /// Index of all works that the blog cites.
    ///
    /// Computed on the first call and kept: normalising every external address takes a good part
    /// of the time of linking, and a site without pages about cited works seldom needs it. It is
    /// computed from the graph alone, so that it does not matter when. The first call must not be
    /// made in a parallel loop: the thread that computes, itself in parallel, could pick up another
    /// task of the loop, which would wait for the result forever.
    pub fn citation_index(&self) -> &CitationIndex {
        self.citation_index.get_or_init(|| citation_index(self))
    }
}

fn citation_index(graph: &Graph) -> CitationIndex {
    let linked = (0..graph.pages.len()).into_par_iter().zip(&graph.pages).zip(&graph.resolved);
    let found: Vec<PageCitations<LinkTarget>> = linked
        .map(|((number, page), resolved)| {
            targets(PageId(number as u32), page, resolved, &graph.bibliography, true)
        })
        .collect();
    let (found, addresses) = number_addresses(found);
    let of_page: Vec<Vec<CitedWork>> =
        found.into_par_iter().zip(&graph.pages).map(|(found, page)| works_of_page(found, page)).collect();
    let websites = websites(&of_page, &addresses, graph);
    CitationIndex { of_page, addresses, websites }
}

/// Works that a page links to; those of other websites only with `addresses`. The texts of
/// sections cite nothing.
fn targets(
    id: PageId,
    page: &Page,
    resolved: &[Resolved],
    bibliography: &Bibliography,
    addresses: bool,
) -> PageCitations<LinkTarget> {
    if page.kind == PageKind::Section {
        return Vec::new();
    }
    let summary = page.summary();
    // `mailto:`, `tel:` and free text in `via:` are no web addresses, and not counted.
    let of_url = |url: &str, words: &str| {
        let address = UrlKey::of(url).filter(|_| addresses)?;
        Some(match bibliography.by_address(&address) {
            Some(source) => LinkTarget::Known(WorkId::Source(source)),
            None => {
                let fingerprint = Fingerprint::of(address.as_str().as_bytes());
                LinkTarget::Url(WebLink { address, fingerprint, url: url.into(), words: words.into() })
            }
        })
    };
    let references = summary.references.iter().zip(resolved).enumerate();
    let mut found: PageCitations<_> = references
        .filter(|(_, (reference, _))| reference.kind.is_link())
        .filter_map(|(number, (reference, resolved))| {
            let target = match resolved {
                // A page that cites itself as a source needs a number for it all the same.
                Resolved::Page(to, _) if *to != id || reference.kind == ReferenceKind::Cite => {
                    LinkTarget::Known(WorkId::Page(*to))
                }
                Resolved::Source(source) => LinkTarget::Known(WorkId::Source(*source)),
                Resolved::External if addresses => {
                    of_url(reference.target.trim(), link_title(&reference.words))?
                }
                _ => return None,
            };
            Some((Some(number as u32), target))
        })
        .collect();
    let meta = &summary.meta;
    let named = [&meta.link, &meta.in_reply_to, &meta.bookmark_of, &meta.repost_of, &meta.like_of, &meta.via];
    found.extend(named.into_iter().flatten().filter_map(|url| Some((None, of_url(url, "")?))));
    found
}

/// Text of a link as a title of its target; empty if it is an address itself, or very long.
fn link_title(words: &str) -> &str {
    let words = words.trim();
    let is_title = !words.contains("://") && !words.starts_with("www.") && words.len() <= 200;
    if is_title { words } else { "" }
}

/// Numbers the addresses in the order of their first link. The title of each is the first text
/// that links to it, else the address.
fn number_addresses(
    found: Vec<PageCitations<LinkTarget>>,
) -> (Vec<PageCitations<WorkId>>, Vec<CitedAddress>) {
    let is_url = |(_, target): &&(Option<u32>, LinkTarget)| matches!(target, LinkTarget::Url(..));
    // Capacity for all at once: growing would hash the table anew each time.
    let most = found.iter().flatten().filter(is_url).count();
    let mut numbers: HashMap<Fingerprint, AddressId, FastHash> =
        HashMap::with_capacity_and_hasher(most, FastHash::default());
    let mut addresses: Vec<CitedAddress> = Vec::with_capacity(most);
    let mut number = |target| match target {
        LinkTarget::Known(cited) => cited,
        LinkTarget::Url(WebLink { address, fingerprint, url, words }) => {
            let next = AddressId(addresses.len() as u32);
            let id = *numbers.entry(fingerprint).or_insert(next);
            if id == next {
                addresses.push(CitedAddress { address, url, title: words });
            } else if addresses[id.index()].title.is_empty() {
                addresses[id.index()].title = words;
            }
            WorkId::Address(id)
        }
    };
    let found = found
        .into_iter()
        .map(|page| page.into_iter().map(|(reference, target)| (reference, number(target))).collect())
        .collect();
    for address in addresses.iter_mut().filter(|address| address.title.is_empty()) {
        address.title = address.address.as_str().into();
    }
    (found, addresses)
}

/// Works that a page cites, with the numbers of those in its list of sources.
fn works_of_page(found: PageCitations<WorkId>, page: &Page) -> Vec<CitedWork> {
    let mut works: Vec<CitedWork> = Vec::with_capacity(found.len());
    // A linear search is faster than a hash table on pages with few citations.
    let mut numbers: HashMap<WorkId, usize> = HashMap::new();
    let is_long = found.len() > 32;
    for (reference, cited) in found {
        let known = if is_long {
            numbers.get(&cited).copied()
        } else {
            works.iter().position(|work| work.id == cited)
        };
        match known {
            Some(at) => works[at].references.extend(reference),
            None => {
                if is_long {
                    numbers.insert(cited, works.len());
                }
                works.push(CitedWork {
                    id: cited,
                    references: reference.into_iter().collect(),
                    number: None,
                });
            }
        }
    }
    let references = &page.summary().references;
    let mut listed = 0;
    for work in &mut works {
        let is_cite = |reference: &u32| references[*reference as usize].kind == ReferenceKind::Cite;
        if matches!(work.id, WorkId::Source(_)) || work.references.iter().any(is_cite) {
            listed += 1;
            work.number = Some(listed);
        }
    }
    works
}

/// Works outside the blog by language and website.
fn websites(of_page: &[Vec<CitedWork>], addresses: &[CitedAddress], graph: &Graph) -> Vec<CitedWebsite> {
    let mut newest_first: Vec<PageId> = (0..graph.pages.len()).map(|number| PageId(number as u32)).collect();
    DateRanks::of(&graph.pages).sort(&mut newest_first);
    let mut websites = Vec::new();
    for language in &graph.languages {
        let is_own = |id: &PageId| graph.page(*id).summary().lang == language.code;
        let articles: Vec<PageId> = newest_first.iter().copied().filter(is_own).collect();
        // Each thread scans all articles for its share of the works.
        let (count, shares) = (graph.bibliography.len() + addresses.len(), rayon::current_num_threads());
        let shares = (0..shares).into_par_iter().map(|share| {
            let own = count * share / shares..count * (share + 1) / shares;
            by_website(own, &articles, of_page, addresses, &graph.bibliography)
        });
        let by_website = shares.reduce(WorksByWebsite::default, |mut all, more| {
            more.into_iter().for_each(|(name, works)| all.entry(name).or_default().extend(works));
            all
        });
        websites.extend(websites_of_language(language, by_website, addresses, &graph.bibliography));
    }
    websites
}

/// Works with an index in `own`, by website. Indices count the sources first, then the addresses.
fn by_website<'a>(
    own: Range<usize>,
    articles: &[PageId],
    of_page: &[Vec<CitedWork>],
    addresses: &'a [CitedAddress],
    bibliography: &'a Bibliography,
) -> WorksByWebsite<'a> {
    let sources = bibliography.len();
    let number = |cited| match cited {
        WorkId::Source(id) => Some(id.index()),
        WorkId::Address(id) => Some(sources + id.index()),
        WorkId::Page(_) => None,
    };
    let mut citing: Vec<Vec<CitingPage>> = Vec::new();
    citing.resize_with(own.len(), Vec::new);
    for id in articles {
        for work in &of_page[id.index()] {
            let Some(number) = number(work.id).filter(|number| own.contains(number)) else { continue };
            let (reference, count) = (work.references.first().copied(), work.references.len().max(1));
            let citing = &mut citing[number - own.start];
            // Most works are cited once: `push` would allocate for four.
            if citing.is_empty() {
                citing.reserve_exact(1);
            }
            citing.push(CitingPage { page: *id, reference, count });
        }
    }
    let mut by_website = WorksByWebsite::default();
    for (number, citing) in own.zip(citing).filter(|(_, citing)| !citing.is_empty()) {
        let cited = match number.checked_sub(sources) {
            Some(number) => WorkId::Address(AddressId(number as u32)),
            None => WorkId::Source(SourceId(number as u32)),
        };
        by_website
            .entry(website_name(cited, addresses, bibliography))
            .or_default()
            .push(WebsiteWork { id: cited, citing });
    }
    by_website
}

/// Works by the name of their website.
type WorksByWebsite<'a> = HashMap<Cow<'a, str>, Vec<WebsiteWork>, FastHash>;

/// Websites that articles of one language cite, the most cited first.
fn websites_of_language(
    language: &SiteLanguage,
    by_website: WorksByWebsite<'_>,
    addresses: &[CitedAddress],
    bibliography: &Bibliography,
) -> Vec<CitedWebsite> {
    let title = |cited: WorkId| match cited {
        WorkId::Source(id) => bibliography.source(id).title.as_str(),
        WorkId::Address(id) => &addresses[id.index()].title,
        WorkId::Page(_) => "",
    };
    let by_website: Vec<(Cow<'_, str>, Vec<WebsiteWork>)> = by_website.into_iter().collect();
    let mut websites: Vec<CitedWebsite> = by_website
        .into_par_iter()
        .map(|(name, mut works)| {
            works.sort_by(|a, b| {
                let by_title = || title(a.id).cmp(title(b.id));
                b.citing.len().cmp(&a.citing.len()).then_with(by_title).then(a.id.cmp(&b.id))
            });
            let count = works.iter().map(|work| work.citing.len()).sum();
            let route = website_route(&language.prefix, &name);
            CitedWebsite { lang: language.code.clone(), name: name.into_owned(), route, works, count }
        })
        .collect();
    let folded = |site: &CitedWebsite| (site.name.to_lowercase(), site.name.clone());
    websites.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| folded(a).cmp(&folded(b))));
    websites
}

fn website_name<'a>(
    cited: WorkId,
    addresses: &'a [CitedAddress],
    bibliography: &'a Bibliography,
) -> Cow<'a, str> {
    match cited {
        WorkId::Address(id) => addresses[id.index()].address.site().into(),
        WorkId::Source(id) => {
            let source = bibliography.source(id);
            let named = || source.site.as_deref().unwrap_or(&source.title).into();
            let address = source.url.as_deref().and_then(UrlKey::of);
            address.map_or_else(named, |address| address.site().to_owned().into())
        }
        WorkId::Page(_) => "".into(),
    }
}

/// Address of the list of all websites, for a language's path prefix.
pub fn index_route(prefix: &str) -> Route {
    Route::new(&format!("{prefix}{SOURCES_FOLDER}")).unwrap_or_else(|_| Route::home())
}

/// Address of a website's page: its host as the name of a folder, else the slug of its name.
fn website_route(prefix: &str, name: &str) -> Route {
    let is_host =
        name.contains('.') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let slug = if is_host { name.to_owned() } else { slugify(name) };
    // A name without letters, or one that some file system refuses, still gets an address.
    let slug = if slug.is_empty() { "x".to_owned() } else { slug };
    Route::new(&format!("{prefix}{SOURCES_FOLDER}{slug}/"))
        .or_else(|_| Route::new(&format!("{prefix}{SOURCES_FOLDER}x-{slug}/")))
        .unwrap_or_else(|_| index_route(prefix).join("x/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_stands_at_its_host() {
        for (name, route) in [
            ("frenchweb.fr", "en/sources/frenchweb.fr/"),
            ("localhost:3000", "en/sources/localhost-3000/"),
            ("[::1]", "en/sources/1/"),
            ("Le Monde diplomatique", "en/sources/le-monde-diplomatique/"),
            ("con", "en/sources/x-con/"),
            ("!", "en/sources/x/"),
        ] {
            assert_eq!(website_route("en/", name).as_str(), route, "{name}");
        }
    }
}

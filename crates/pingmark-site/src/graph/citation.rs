//! What the blog cites: of each page the works in the order in which it cites them, and of the
//! whole blog every address outside of it, by the site it stands on.
//!
//! An address is normalised once, however many links lead to it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use pingmark_core::address::UrlKey;
use pingmark_core::config::{Config, SiteLanguage};
use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::slug::slugify;
use pingmark_document::ReferenceKind;

use super::order::Ranks;
use super::route::Route;
use super::{Graph, Page, PageId, PageKind, Resolved};
use crate::bibliography::{Bibliography, SourceId};

/// The folder of the pages about what is cited.
pub const FOLDER: &str = "sources/";

/// The number of an address in [`CitedWorks::addresses`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressId(pub u32);

impl AddressId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something that is cited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cited {
    /// A page of the blog.
    Page(PageId),
    /// A source of the catalogue.
    Source(SourceId),
    /// An address that is not in the catalogue.
    Address(AddressId),
}

/// All citations of the blog.
#[derive(Debug, Default)]
pub struct CitationIndex {
    /// The works of each page's list of sources, by their numbers, in the pages' order.
    pub listed: Vec<Vec<CitedWork>>,
    /// The rest, which not every site shows, made when it is first asked for.
    rest: OnceLock<CitedWorks>,
}

/// What the blog cites, beside the lists at its articles' ends.
#[derive(Debug)]
pub struct CitedWorks {
    /// The works that each page cites, in the order in which they are first cited.
    pub of_page: Vec<Vec<CitedWork>>,
    /// The addresses outside the blog that are not in the catalogue, as they are first met.
    pub addresses: Vec<CitedAddress>,
    /// What is cited outside the blog, by language and site; in each language the most cited
    /// site first.
    pub sites: Vec<CitedWebsite>,
}

/// A work that a page cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedWork {
    /// What is cited.
    pub cited: Cited,
    /// The references that cite it, in the order of the text; none when only the front matter
    /// names it.
    pub places: Vec<u32>,
    /// Its number among the sources at the article's end, from 1: those of the catalogue, and
    /// articles of the blog that are cited as sources rather than linked to.
    pub number: Option<u32>,
}

/// An address that is not in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedAddress {
    /// As it is counted.
    pub address: UrlKey,
    /// As it was first typed.
    pub url: Box<str>,
    /// The words of the first link to it that has some, else the address itself.
    pub title: Box<str>,
}

/// What articles of one language cite on one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedWebsite {
    /// The language of the articles.
    pub lang: String,
    /// The host without `www.`; for what has no address, the name of where it appeared.
    pub name: String,
    /// The address of its page.
    pub route: Route,
    /// What is cited there, the most cited first.
    pub works: Vec<SiteWork>,
    /// How many articles cite something there; one that cites two works counts twice.
    pub count: usize,
}

/// A work on a site, with those that cite it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteWork {
    /// What is cited.
    pub cited: Cited,
    /// The articles that cite it, newest first.
    pub citing: Vec<Citing>,
}

/// An article that cites a work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Citing {
    /// The article.
    pub page: PageId,
    /// Its first reference to the work; none when only its front matter names it.
    pub reference: Option<u32>,
    /// How many of its references lead there.
    pub count: usize,
}

/// Where a reference leads, before addresses are told apart.
enum Target {
    Known(Cited),
    Url(Link),
}

/// An address outside of the blog and of the catalogue.
struct Link {
    address: UrlKey,
    known_by: Fingerprint,
    /// As it is typed.
    url: Box<str>,
    /// The words that lead there, if they say more than the address.
    words: Box<str>,
}

/// What a page cites: each with the reference that does so.
type Found<T> = Vec<(Option<u32>, T)>;

/// Gathers what stands in the lists of sources.
pub(super) fn citations(graph: &Graph) -> CitationIndex {
    let catalogue = !graph.bibliography.is_empty();
    let listed = (0..graph.pages.len()).into_par_iter().map(|number| {
        let id = PageId(number as u32);
        // Of addresses, only the catalogue's are listed.
        let found = targets(id, graph, catalogue).into_iter();
        let found = found.filter_map(|(reference, target)| match target {
            Target::Known(cited) => Some((reference, cited)),
            Target::Url(_) => None,
        });
        let mut listed = works(found.collect(), graph.page(id));
        listed.retain(|work| work.number.is_some());
        listed.shrink_to_fit();
        listed
    });
    CitationIndex { listed: listed.collect(), rest: OnceLock::new() }
}

impl Graph {
    /// What the blog cites.
    pub fn cites(&self, config: &Config) -> &CitedWorks {
        self.citations.rest.get_or_init(|| cites(self, config))
    }
}

fn cites(graph: &Graph, config: &Config) -> CitedWorks {
    let found: Vec<Found<Target>> = (0..graph.pages.len())
        .into_par_iter()
        .map(|number| targets(PageId(number as u32), graph, true))
        .collect();
    let (found, addresses) = told_apart(found);
    let of_page: Vec<Vec<CitedWork>> =
        found.into_par_iter().zip(&graph.pages).map(|(found, page)| works(found, page)).collect();
    let sites = sites(&of_page, &addresses, graph, config);
    CitedWorks { of_page, addresses, sites }
}

/// What a page leads its readers to, with addresses of the web or without. The text of a list
/// cites nothing.
fn targets(id: PageId, graph: &Graph, addresses: bool) -> Found<Target> {
    let page = graph.page(id);
    if page.kind == PageKind::Section {
        return Vec::new();
    }
    let summary = page.summary();
    // Mail, telephones and words of thanks in `via:` are no addresses, and not counted.
    let of_url = |url: &str, words: &str| {
        let address = UrlKey::of(url).filter(|_| addresses)?;
        Some(match graph.bibliography.by_address(&address) {
            Some(source) => Target::Known(Cited::Source(source)),
            None => {
                let known_by = Fingerprint::of(address.as_str().as_bytes());
                Target::Url(Link { address, known_by, url: url.into(), words: words.into() })
            }
        })
    };
    let references = summary.references.iter().zip(&graph.resolved[id.index()]).enumerate();
    let mut found: Found<_> = references
        .filter(|(_, (reference, _))| reference.kind.is_link())
        .filter_map(|(number, (reference, resolved))| {
            let target = match resolved {
                // A page that cites itself as a source needs a number for it all the same.
                Resolved::Page(to, _) if *to != id || reference.kind == ReferenceKind::Cite => {
                    Target::Known(Cited::Page(*to))
                }
                Resolved::Source(source) => Target::Known(Cited::Source(*source)),
                Resolved::External if addresses => of_url(reference.target.trim(), title(&reference.words))?,
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

/// The words of a link as a title for what it leads to; none when they are an address themselves.
fn title(words: &str) -> &str {
    let words = words.trim();
    let is_title = !words.contains("://") && !words.starts_with("www.") && words.len() <= 200;
    if is_title { words } else { "" }
}

/// Numbers the addresses as they are first met. Each gets the first words that lead to it as its
/// title, else the address itself.
fn told_apart(found: Vec<Found<Target>>) -> (Vec<Found<Cited>>, Vec<CitedAddress>) {
    let is_url = |(_, target): &&(Option<u32>, Target)| matches!(target, Target::Url(..));
    // Room for all at once: a table that grows is laid out anew each time.
    let most = found.iter().flatten().filter(is_url).count();
    let mut numbers: HashMap<Fingerprint, AddressId, FastHash> =
        HashMap::with_capacity_and_hasher(most, FastHash::default());
    let mut addresses: Vec<CitedAddress> = Vec::with_capacity(most);
    let mut number = |target| match target {
        Target::Known(cited) => cited,
        Target::Url(Link { address, known_by, url, words }) => {
            let next = AddressId(addresses.len() as u32);
            let id = *numbers.entry(known_by).or_insert(next);
            if id == next {
                addresses.push(CitedAddress { address, url, title: words });
            } else if addresses[id.index()].title.is_empty() {
                addresses[id.index()].title = words;
            }
            Cited::Address(id)
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

/// The works that a page cites, numbered where they stand in its list of sources.
fn works(found: Found<Cited>, page: &Page) -> Vec<CitedWork> {
    let mut works: Vec<CitedWork> = Vec::with_capacity(found.len());
    // A look at each is quicker than a table, until a page cites as much as a book does.
    let mut numbers: HashMap<Cited, usize> = HashMap::new();
    let is_long = found.len() > 32;
    for (reference, cited) in found {
        let known = if is_long {
            numbers.get(&cited).copied()
        } else {
            works.iter().position(|work| work.cited == cited)
        };
        match known {
            Some(at) => works[at].places.extend(reference),
            None => {
                if is_long {
                    numbers.insert(cited, works.len());
                }
                works.push(CitedWork { cited, places: reference.into_iter().collect(), number: None });
            }
        }
    }
    let references = &page.summary().references;
    let mut listed = 0;
    for work in &mut works {
        let is_cite = |place: &u32| references[*place as usize].kind == ReferenceKind::Cite;
        if matches!(work.cited, Cited::Source(_)) || work.places.iter().any(is_cite) {
            listed += 1;
            work.number = Some(listed);
        }
    }
    works
}

/// What is cited outside the blog, by language and site.
fn sites(
    of_page: &[Vec<CitedWork>],
    addresses: &[CitedAddress],
    graph: &Graph,
    config: &Config,
) -> Vec<CitedWebsite> {
    let mut newest_first: Vec<PageId> = (0..graph.pages.len()).map(|number| PageId(number as u32)).collect();
    Ranks::of(&graph.pages).sort(&mut newest_first);
    let mut sites = Vec::new();
    for language in &config.languages {
        let is_own = |id: &PageId| graph.page(*id).summary().lang == language.code;
        let articles: Vec<PageId> = newest_first.iter().copied().filter(is_own).collect();
        // Each thread looks at every article, for its share of what is cited.
        let (count, shares) = (graph.bibliography.len() + addresses.len(), rayon::current_num_threads());
        let shares = (0..shares).into_par_iter().map(|share| {
            let own = count * share / shares..count * (share + 1) / shares;
            by_site(own, &articles, of_page, addresses, &graph.bibliography)
        });
        let by_site = shares.reduce(BySite::default, |mut all, more| {
            more.into_iter().for_each(|(name, works)| all.entry(name).or_default().extend(works));
            all
        });
        sites.extend(of_language(language, by_site, addresses, &graph.bibliography));
    }
    sites
}

/// What articles cite, of sources and addresses by one number each those in `own`.
fn by_site<'a>(
    own: Range<usize>,
    articles: &[PageId],
    of_page: &[Vec<CitedWork>],
    addresses: &'a [CitedAddress],
    bibliography: &'a Bibliography,
) -> BySite<'a> {
    let sources = bibliography.len();
    let number = |cited| match cited {
        Cited::Source(id) => Some(id.index()),
        Cited::Address(id) => Some(sources + id.index()),
        Cited::Page(_) => None,
    };
    let mut citing: Vec<Vec<Citing>> = Vec::new();
    citing.resize_with(own.len(), Vec::new);
    for id in articles {
        for work in &of_page[id.index()] {
            let Some(number) = number(work.cited).filter(|number| own.contains(number)) else { continue };
            let (reference, count) = (work.places.first().copied(), work.places.len().max(1));
            let citing = &mut citing[number - own.start];
            // Most are cited once: `push` would make room for four.
            if citing.is_empty() {
                citing.reserve_exact(1);
            }
            citing.push(Citing { page: *id, reference, count });
        }
    }
    let mut by_site = BySite::default();
    for (number, citing) in own.zip(citing).filter(|(_, citing)| !citing.is_empty()) {
        let cited = match number.checked_sub(sources) {
            Some(number) => Cited::Address(AddressId(number as u32)),
            None => Cited::Source(SourceId(number as u32)),
        };
        by_site
            .entry(site_name(cited, addresses, bibliography))
            .or_default()
            .push(SiteWork { cited, citing });
    }
    by_site
}

/// What is cited, by the name of its site.
type BySite<'a> = HashMap<Cow<'a, str>, Vec<SiteWork>, FastHash>;

/// The sites that articles of one language cite, the most cited first.
fn of_language(
    language: &SiteLanguage,
    by_site: BySite<'_>,
    addresses: &[CitedAddress],
    bibliography: &Bibliography,
) -> Vec<CitedWebsite> {
    let title = |cited: Cited| match cited {
        Cited::Source(id) => bibliography.source(id).title.as_str(),
        Cited::Address(id) => &addresses[id.index()].title,
        Cited::Page(_) => "",
    };
    let by_site: Vec<(Cow<'_, str>, Vec<SiteWork>)> = by_site.into_iter().collect();
    let mut sites: Vec<CitedWebsite> = by_site
        .into_par_iter()
        .map(|(name, mut works)| {
            works.sort_by(|a, b| {
                let by_title = || title(a.cited).cmp(title(b.cited));
                b.citing.len().cmp(&a.citing.len()).then_with(by_title).then(a.cited.cmp(&b.cited))
            });
            let count = works.iter().map(|work| work.citing.len()).sum();
            let route = site_route(&language.prefix, &name);
            CitedWebsite { lang: language.code.clone(), name: name.into_owned(), route, works, count }
        })
        .collect();
    let folded = |site: &CitedWebsite| (site.name.to_lowercase(), site.name.clone());
    sites.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| folded(a).cmp(&folded(b))));
    sites
}

fn site_name<'a>(
    cited: Cited,
    addresses: &'a [CitedAddress],
    bibliography: &'a Bibliography,
) -> Cow<'a, str> {
    match cited {
        Cited::Address(id) => addresses[id.index()].address.site().into(),
        Cited::Source(id) => {
            let source = bibliography.source(id);
            let named = || source.site.as_deref().unwrap_or(&source.title).into();
            let address = source.url.as_deref().and_then(UrlKey::of);
            address.map_or_else(named, |address| address.site().to_owned().into())
        }
        Cited::Page(_) => "".into(),
    }
}

/// The address of the list of all sites, in a language.
pub fn index_route(prefix: &str) -> Route {
    Route::new(&format!("{prefix}{FOLDER}")).unwrap_or_else(|_| Route::home())
}

/// The address of a site's page: its host is a folder's name as it stands, but for a port.
fn site_route(prefix: &str, name: &str) -> Route {
    let is_host =
        name.contains('.') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let slug = if is_host { name.to_owned() } else { slugify(name) };
    // A name of signs alone, or one that some system refuses, still gets an address.
    let slug = if slug.is_empty() { "x".to_owned() } else { slug };
    Route::new(&format!("{prefix}{FOLDER}{slug}/"))
        .or_else(|_| Route::new(&format!("{prefix}{FOLDER}x-{slug}/")))
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
            assert_eq!(site_route("en/", name).as_str(), route, "{name}");
        }
    }
}

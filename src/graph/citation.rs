//! What the blog cites: of each page the works in the order in which it cites them, and of the
//! whole blog every address outside of it, by the site it stands on.
//!
//! An address is normalised once, however many links lead to it.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use rayon::prelude::*;

use super::route::Route;
use super::{Graph, Page, PageId, PageKind, Resolved};
use crate::address::Address;
use crate::bibliography::{Bibliography, SourceId};
use crate::config::Config;
use crate::document::ReferenceKind;
use crate::fingerprint::Fingerprint;
use crate::slug::slugify;

/// The folder of the pages about what is cited.
pub const FOLDER: &str = "sources/";

/// The number of an address in [`Citations::addresses`].
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
pub struct Citations {
    /// What each page cites, in the pages' order.
    pub of_page: Vec<PageCitations>,
    /// The addresses outside the blog that are not in the catalogue, as they are first met.
    pub addresses: Vec<CitedAddress>,
    /// What is cited outside the blog, by language and site; in each language the most cited
    /// site first.
    pub sites: Vec<CitedSite>,
}

/// What a page cites.
#[derive(Debug, Default)]
pub struct PageCitations {
    /// The works, in the order in which they are first cited.
    pub works: Vec<Work>,
    /// How many of them stand in the list of sources at the article's end.
    pub listed: u32,
}

/// A work that a page cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
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
    pub address: Address,
    /// As it was first typed.
    pub url: Box<str>,
    /// The words of the first link to it that has some, else the address itself.
    pub title: Box<str>,
}

/// What articles of one language cite on one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedSite {
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

impl PageCitations {
    /// The number of the source that a reference cites, and which of its places it is, from 1.
    pub fn place_of(&self, reference: u32) -> Option<(u32, usize)> {
        if self.listed == 0 {
            return None;
        }
        let work = self.works.iter().find(|work| work.places.contains(&reference))?;
        let place = work.places.iter().position(|place| *place == reference)? + 1;
        Some((work.number?, place))
    }

    /// The works of the list of sources, by their numbers.
    pub fn sources(&self) -> impl Iterator<Item = &Work> {
        self.works.iter().filter(|work| work.number.is_some())
    }
}

/// Where a reference leads, before addresses are told apart: one to be counted comes with what
/// it is known by, and as it is typed.
enum Target<'a> {
    Known(Cited),
    Url(Address, Fingerprint, &'a str),
}

/// What a page cites: each with the reference that does so.
type Found<T> = Vec<(Option<u32>, T)>;

/// Gathers what is cited.
pub(super) fn citations(graph: &Graph, config: &Config) -> Citations {
    let found: Vec<Found<Target<'_>>> =
        (0..graph.pages.len()).into_par_iter().map(|number| targets(PageId(number as u32), graph)).collect();
    let (found, mut addresses) = told_apart(found);
    let mut of_page: Vec<PageCitations> =
        found.par_iter().zip(&graph.pages).map(|(found, page)| works(found, page)).collect();
    name(&mut addresses, &of_page, &graph.pages);
    of_page.iter_mut().for_each(|page| page.works.shrink_to_fit());
    let sites = sites(&of_page, &addresses, graph, config);
    Citations { of_page, addresses, sites }
}

/// What a page leads its readers to. The text of a list cites nothing.
fn targets(id: PageId, graph: &Graph) -> Found<Target<'_>> {
    let page = graph.page(id);
    if page.kind == PageKind::Section {
        return Vec::new();
    }
    let summary = page.summary();
    let references = summary.references.iter().zip(&graph.resolved[id.index()]).enumerate();
    // Mail, telephones and words of thanks in `via:` are no addresses, and not counted.
    let of_url = |url| {
        let address = Address::of(url)?;
        Some(match graph.bibliography.by_address(&address) {
            Some(source) => Target::Known(Cited::Source(source)),
            None => {
                let known_by = Fingerprint::of(address.as_str().as_bytes());
                Target::Url(address, known_by, url)
            }
        })
    };
    let mut found: Found<_> = references
        .filter(|(_, (reference, _))| reference.kind.is_link())
        .filter_map(|(number, (reference, resolved))| {
            let target = match resolved {
                // A page that cites itself as a source needs a number for it all the same.
                Resolved::Page(to, _) if *to != id || reference.kind == ReferenceKind::Cite => {
                    Target::Known(Cited::Page(*to))
                }
                Resolved::Source(source) => Target::Known(Cited::Source(*source)),
                Resolved::External => of_url(reference.target.trim())?,
                _ => return None,
            };
            Some((Some(number as u32), target))
        })
        .collect();
    let meta = &summary.meta;
    let named = [&meta.link, &meta.in_reply_to, &meta.bookmark_of, &meta.repost_of, &meta.like_of, &meta.via];
    found.extend(named.into_iter().flatten().filter_map(|url| Some((None, of_url(url)?))));
    found
}

/// Numbers the addresses as they are first met.
fn told_apart(found: Vec<Found<Target<'_>>>) -> (Vec<Found<Cited>>, Vec<CitedAddress>) {
    let is_url = |(_, target): &&(Option<u32>, Target<'_>)| matches!(target, Target::Url(..));
    // Room for all at once: a table that grows is laid out anew each time.
    let most = found.iter().flatten().filter(is_url).count();
    let mut numbers: HashMap<Fingerprint, AddressId> = HashMap::with_capacity(most);
    let mut addresses: Vec<CitedAddress> = Vec::new();
    let mut number = |target| match target {
        Target::Known(cited) => cited,
        Target::Url(address, known_by, url) => {
            Cited::Address(*numbers.entry(known_by).or_insert_with(|| {
                addresses.push(CitedAddress { address, url: url.into(), title: Box::default() });
                AddressId(addresses.len() as u32 - 1)
            }))
        }
    };
    let found = found
        .into_iter()
        .map(|page| page.into_iter().map(|(reference, target)| (reference, number(target))).collect())
        .collect();
    (found, addresses)
}

/// The works that a page cites, numbered where they stand in its list of sources.
fn works(found: &Found<Cited>, page: &Page) -> PageCitations {
    let mut works: Vec<Work> = Vec::new();
    let mut numbers: HashMap<Cited, usize> = HashMap::with_capacity(found.len());
    for &(reference, cited) in found {
        let at = *numbers.entry(cited).or_insert_with(|| {
            works.push(Work { cited, places: Vec::new(), number: None });
            works.len() - 1
        });
        works[at].places.extend(reference);
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
    PageCitations { works, listed }
}

/// Gives each address a title: the words of the first link to it that are not an address.
fn name(addresses: &mut [CitedAddress], of_page: &[PageCitations], pages: &[Page]) {
    let is_words = |text: &str| {
        !text.is_empty() && !text.contains("://") && !text.starts_with("www.") && text.len() <= 200
    };
    for (citations, page) in of_page.iter().zip(pages) {
        for work in &citations.works {
            let Cited::Address(id) = work.cited else { continue };
            let title = &mut addresses[id.index()].title;
            if title.is_empty() {
                let words = work
                    .places
                    .iter()
                    .map(|place| page.summary().references[*place as usize].passage.text().trim());
                *title = words.into_iter().find(|text| is_words(text)).unwrap_or_default().into();
            }
        }
    }
    for address in addresses.iter_mut().filter(|address| address.title.is_empty()) {
        address.title = address.address.as_str().into();
    }
}

/// What is cited outside the blog, by language and site.
fn sites(
    of_page: &[PageCitations],
    addresses: &[CitedAddress],
    graph: &Graph,
    config: &Config,
) -> Vec<CitedSite> {
    let mut citing: Vec<(usize, Cited, Reverse<Option<i64>>, Citing)> = Vec::new();
    for (number, (citations, page)) in of_page.iter().zip(&graph.pages).enumerate() {
        let lang = &page.summary().lang;
        let lang = config.languages.iter().position(|language| language.code == *lang).unwrap_or(0);
        let date = Reverse(page.date().map(|date| date.instant));
        let outside = citations.works.iter().filter(|work| !matches!(work.cited, Cited::Page(_)));
        citing.extend(outside.map(|work| {
            let (reference, count) = (work.places.first().copied(), work.places.len().max(1));
            (lang, work.cited, date, Citing { page: PageId(number as u32), reference, count })
        }));
    }
    // By language and work; for each work, the newest article that cites it first.
    citing.par_sort_unstable_by_key(|(lang, cited, date, citing)| (*lang, *cited, *date, citing.page));
    let mut by_site: HashMap<(usize, Cow<'_, str>), Vec<SiteWork>> = HashMap::new();
    for same in citing.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (lang, cited, ..) = same[0];
        let name = site_name(cited, addresses, &graph.bibliography);
        let citing = same.iter().map(|(.., citing)| *citing).collect();
        by_site.entry((lang, name)).or_default().push(SiteWork { cited, citing });
    }
    let title = |cited: Cited| match cited {
        Cited::Source(id) => graph.bibliography.source(id).title.as_str(),
        Cited::Address(id) => &addresses[id.index()].title,
        Cited::Page(_) => "",
    };
    let mut sites: Vec<(usize, CitedSite)> = by_site
        .into_iter()
        .map(|((lang, name), mut works)| {
            works.sort_by(|a, b| {
                let by_title = || title(a.cited).cmp(title(b.cited));
                b.citing.len().cmp(&a.citing.len()).then_with(by_title).then(a.cited.cmp(&b.cited))
            });
            let count = works.iter().map(|work| work.citing.len()).sum();
            let language = &config.languages[lang];
            let route = site_route(&language.prefix, &name);
            let name = name.into_owned();
            (lang, CitedSite { lang: language.code.clone(), name, route, works, count })
        })
        .collect();
    let folded = |site: &CitedSite| (site.name.to_lowercase(), site.name.clone());
    sites.sort_by(|(a_lang, a), (b_lang, b)| {
        a_lang.cmp(b_lang).then(b.count.cmp(&a.count)).then_with(|| folded(a).cmp(&folded(b)))
    });
    sites.into_iter().map(|(_, site)| site).collect()
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
            let address = source.url.as_deref().and_then(Address::of);
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

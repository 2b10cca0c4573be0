//! The view of a post or a page.

use std::hash::{Hash, Hasher};

use pingmark_core::config::CardFormat;
use pingmark_core::html::is_absolute;
use pingmark_core::when::When;
use pingmark_document::Document;
use pingmark_site::bibliography::Source;
use pingmark_site::graph::route::encode;
use pingmark_site::graph::{PageId, PageMentions, Resolved, Route};
use pingmark_site::plan::{ImageVersions, social_image_of};

use super::card::{Byline, Image};
use super::work::{SourceView, Work};
use super::{Quote, TeaserView, TermTeaser, ViewBuilder};
use crate::card::SocialImageView;

/// How many posts `related` holds.
const RELATED: usize = 4;

/// Everything a template sees of one page.
#[derive(Debug, Hash)]
pub struct PageView<'a> {
    /// What others show of it.
    pub card: &'a TeaserView<'a>,
    /// Its text.
    pub text: Text<'a>,
    /// The post before it in time.
    pub earlier: Option<&'a TeaserView<'a>>,
    /// The post after it.
    pub later: Option<&'a TeaserView<'a>>,
    /// The posts most akin to it; none when no template asks.
    pub related: Vec<&'a TeaserView<'a>>,
    /// Its series.
    pub series: Option<SeriesView<'a>>,
    /// The same page in other languages: language, title, address.
    pub translations: Vec<(&'a str, &'a str, &'a Route)>,
    /// Everything it cites, with how often; nothing when no template asks.
    pub cites: Vec<(Work<'a>, usize)>,
    /// The blog's own articles that cite it, by date.
    pub pings: Vec<Ping<'a>>,
    /// What came in from elsewhere.
    pub mentions: Option<&'a PageMentions>,
    /// The picture in previews of links to it, when it is not its own.
    pub preview: Option<Image<'a>>,
}

/// A text whose holes can be filled.
#[derive(Debug)]
pub struct Text<'a> {
    /// The compiled file.
    pub document: &'a Document,
    /// The address it is shown at.
    pub route: &'a Route,
    /// What each of its references leads to.
    pub links: Vec<Link<'a>>,
    /// The sources at its end, by their numbers.
    pub sources: Vec<SourceView<'a>>,
}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.document.fingerprint, self.route, &self.links, &self.sources).hash(state);
    }
}

/// Where a reference leads, with what the text shows of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Link<'a> {
    /// To a page: its address and title, and perhaps one of its headings.
    Page(&'a Route, &'a str, Option<&'a str>),
    /// To a file that is copied: its address, what follows it, its size if it is an image, and
    /// the versions of it.
    Asset(&'a str, &'a str, Option<(u32, u32)>, Option<&'a ImageVersions>),
    /// To a place on the same page.
    Here(&'a str),
    /// To another address of this site, and what follows it.
    Site(&'a Route, &'a str),
    /// Away from the site.
    External,
    /// To a source of the catalogue.
    Source(&'a Source),
    /// To a document that is not published.
    Unpublished,
    /// Nowhere.
    Nowhere,
}

/// A page's place in its series.
#[derive(Debug, Hash)]
pub struct SeriesView<'a> {
    /// The series.
    pub term: &'a TermTeaser<'a>,
    /// The page's number in it, from 1.
    pub number: usize,
    /// Its posts, first to last: title and address.
    pub posts: Vec<(&'a str, &'a Route)>,
    /// The post before it in the series.
    pub earlier: Option<&'a TeaserView<'a>>,
    /// The post after it.
    pub later: Option<&'a TeaserView<'a>>,
}

/// An article of the blog that cites this one.
#[derive(Debug, Hash)]
pub struct Ping<'a> {
    /// The citing article's title.
    pub title: &'a str,
    /// Its address from the root of its host.
    pub url: &'a str,
    /// Its date.
    pub date: Option<When>,
    /// Its language.
    pub lang: &'a str,
    /// The words around its first link.
    pub quote: Quote<'a>,
    /// How many of its links lead here.
    pub count: usize,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn page(&self, id: PageId) -> PageView<'a> {
        let graph = self.graph;
        let (earlier, later) = graph.neighbours(id);
        let asked = self.templates.asked("page");
        let reads_related = self.templates.may_read(self.card(id).known_template(), "related");
        let related = if reads_related { graph.related(id, RELATED) } else { Vec::new() };
        let translations = graph.page(id).translations.iter().map(|other| {
            let (title, other) = (self.title(*other), graph.page(*other));
            (other.summary.lang.as_str(), title, &other.route)
        });
        PageView {
            card: self.card(id),
            text: self.text(id),
            earlier: earlier.map(|id| self.card(id)),
            later: later.map(|id| self.card(id)),
            related: self.card_list(&related),
            series: self.series(id),
            translations: translations.collect(),
            cites: if asked.has("cites") { self.cites_of(id) } else { Vec::new() },
            pings: if asked.has("pings") { self.pings(id) } else { Vec::new() },
            mentions: graph.mentions.by_page.get(&id),
            preview: self.preview(id),
        }
    }

    /// The picture that the front matter names for networks, else the post's card.
    fn preview(&self, id: PageId) -> Option<Image<'a>> {
        let page = self.graph.page(id);
        let said = &page.summary.meta.social.all;
        let Some(image) = &said.image else { return self.own_card(id) };
        let alt = said.image_alt.clone().unwrap_or_default();
        if is_absolute(image) {
            let (url, permalink) = (image.clone(), image.clone());
            return Some(Image { url, permalink, dimensions: None, alt, versions: None });
        }
        let (address, asset) = self.graph.asset(&page.route, image)?;
        let base = &self.config.base_url;
        Some(Image {
            url: format!("{}{}", base.path(), encode(address)),
            permalink: format!("{}{}", base.as_str(), encode(address)),
            dimensions: asset.dimensions,
            alt,
            versions: None,
        })
    }

    fn own_card(&self, id: PageId) -> Option<Image<'a>> {
        let (route, format) = social_image_of(self.graph, self.config, id)?;
        let base = &self.config.base_url;
        let asset = self.graph.assets.get(route.as_str());
        Some(Image {
            url: route.url(base),
            permalink: route.permalink(base),
            dimensions: asset.map_or(Some(format.size()), |asset| asset.dimensions),
            alt: self.card_words(id),
            versions: None,
        })
    }

    /// What a card says, for those who cannot see it.
    fn card_words(&self, id: PageId) -> String {
        let summary = &self.graph.page(id).summary;
        let language = self.config.language(&summary.lang).unwrap_or_else(|| self.config.main_language());
        format!("{} — {}", self.title(id), language.title)
    }

    /// What a post's card shows.
    pub(super) fn card_picture(&self, id: PageId, format: CardFormat) -> SocialImageView<'a> {
        let page = self.graph.page(id);
        let summary = &*page.summary;
        let card = self.card(id);
        let language = self.config.language(&summary.lang).unwrap_or_else(|| self.config.main_language());
        let names = card.authors.iter().map(|author| match author {
            Byline::Term(term) => {
                term.author.as_ref().map(|a| a.name.as_str()).filter(|n| !n.is_empty()).unwrap_or(term.name)
            }
            Byline::Name(name) => self.config.author(name).map_or(*name, |(_, author)| &author.name),
        });
        let kicker = card.categories.first().or(card.series.as_ref()).map(|term| term.name);
        SocialImageView {
            path: &summary.path,
            format,
            title: card.title,
            site: &language.title,
            author: names.collect::<Vec<_>>().join(", "),
            date: summary.meta.date,
            kicker,
            lang: &summary.lang,
        }
    }

    pub(super) fn text(&self, id: PageId) -> Text<'a> {
        let links = self.graph.resolved[id.index()].iter().map(|found| self.link(found));
        Text {
            document: self.document(id),
            route: &self.graph.page(id).route,
            links: links.collect(),
            sources: self.sources_of(id),
        }
    }

    fn link(&self, found: &'a Resolved) -> Link<'a> {
        match found {
            Resolved::Page(page, anchor) => {
                Link::Page(&self.graph.page(*page).route, self.title(*page), anchor.as_deref())
            }
            Resolved::Asset(address, rest) => {
                let asset = self.graph.assets.get(address);
                let versions = asset.and_then(|asset| self.plan.versions.get(&asset.source));
                Link::Asset(address, rest, asset.and_then(|asset| asset.dimensions), versions)
            }
            Resolved::SamePage(rest) => Link::Here(rest),
            Resolved::SiteUrl(route, rest) => Link::Site(route, rest),
            // The catalogue's sources get links of their own when they are shown.
            Resolved::External => Link::External,
            Resolved::Source(id) => Link::Source(self.graph.bibliography.source(*id)),
            Resolved::Unpublished => Link::Unpublished,
            Resolved::Broken => Link::Nowhere,
        }
    }

    fn series(&self, id: PageId) -> Option<SeriesView<'a>> {
        let place = self.graph.series(id)?;
        let at = place.number - 1;
        let post = |id: &PageId| (self.title(*id), &self.graph.page(*id).route);
        Some(SeriesView {
            term: self.term(place.term),
            number: place.number,
            posts: place.posts.iter().map(post).collect(),
            earlier: at.checked_sub(1).and_then(|at| place.posts.get(at)).map(|id| self.card(*id)),
            later: place.posts.get(at + 1).map(|id| self.card(*id)),
        })
    }

    /// The blog's own articles that cite this one.
    fn pings(&self, id: PageId) -> Vec<Ping<'a>> {
        let pings = self.graph.own_pings(id, self.config).map(|citation| {
            let card = self.card(citation.from);
            Ping {
                title: card.title,
                url: &card.url,
                date: card.meta.date,
                lang: card.lang,
                quote: self.quote(citation.from, citation.reference),
                count: citation.count,
            }
        });
        pings.collect()
    }
}

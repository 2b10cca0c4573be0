//! View of a post or a page.

use std::hash::{Hash, Hasher};

use pingmark_core::raster::Format;
use pingmark_core::when::When;
use pingmark_document::Document;
use pingmark_site::bibliography::Source;
use pingmark_site::graph::route::encode;
use pingmark_site::graph::{PageId, PageMentions, Resolved, Route};
use pingmark_site::plan::recipe::usual_template;
use pingmark_site::plan::{ImageVersions, LinkPreview, link_preview};

use super::cited_work::{SourceView, Work};
use super::teaser::Image;
use super::{Quote, TeaserView, TermTeaser, ViewBuilder};

/// Number of posts that `related` holds.
const RELATED: usize = 4;
/// Most posts of a series that each of them names: those around it. All are on the series' own page.
const SERIES_SHOWN: usize = 40;

/// Post or page.
#[derive(Debug, Hash)]
pub struct PageView<'a> {
    /// Title and summary, as lists show them.
    pub teaser: &'a TeaserView<'a>,
    /// Text.
    pub text: Text<'a>,
    /// Previous post by date.
    pub earlier: Option<&'a TeaserView<'a>>,
    /// Next post by date.
    pub later: Option<&'a TeaserView<'a>>,
    /// Most similar posts; empty unless the template reads `related`.
    pub related: Vec<&'a TeaserView<'a>>,
    /// Series the post belongs to.
    pub series: Option<SeriesView<'a>>,
    /// Translations: language code, title, address.
    pub translations: Vec<(&'a str, &'a str, &'a Route)>,
    /// Works it cites, with the number of citations; empty unless a template reads `page.cites`.
    pub cites: Vec<(Work<'a>, usize)>,
    /// Citations by other articles of the blog, by date; empty unless a template reads `page.pings`.
    pub pings: Vec<Ping<'a>>,
    /// Mentions received from other sites.
    pub mentions: Option<&'a PageMentions>,
    /// Image for link previews: one that networks show.
    pub preview: Option<Image<'a>>,
}

/// Compiled text, with what its holes are filled with.
#[derive(Debug)]
pub struct Text<'a> {
    /// Compiled document.
    pub document: &'a Document,
    /// Address it is shown at.
    pub route: &'a Route,
    /// Targets of its references, in their order.
    pub links: Vec<Link<'a>>,
    /// Sources listed at its end, by their numbers.
    pub sources: Vec<SourceView<'a>>,
}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.document.fingerprint, self.route, &self.links, &self.sources).hash(state);
    }
}

/// Target of a reference, with what the text shows of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Link<'a> {
    /// Page: address, title, and the id of a heading.
    Page(&'a Route, &'a str, Option<&'a str>),
    /// Copied file: address, query and fragment, size in pixels and versions if it is an image.
    Asset(&'a str, &'a str, Option<(u32, u32)>, Option<&'a ImageVersions>),
    /// Place on the same page.
    Here(&'a str),
    /// Other address of this site, with query and fragment.
    Site(&'a Route, &'a str),
    /// Address of another site.
    External,
    /// Address of this host that another server answers.
    Elsewhere,
    /// Source of the bibliography.
    Source(&'a Source),
    /// Document that is not published, or a file of one.
    Unpublished,
    /// Nothing: the link is broken.
    Nowhere,
}

impl Link<'_> {
    /// Whether readers have nothing to go to: the words stay, without a link.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Unpublished | Self::Nowhere)
    }
}

/// Position of a page in its series.
#[derive(Debug, Hash)]
pub struct SeriesView<'a> {
    /// Series.
    pub term: &'a TermTeaser<'a>,
    /// Number of the page, from 1.
    pub number: usize,
    /// Number of all posts.
    pub total: usize,
    /// Number of the first of `posts`, from 1.
    pub from: usize,
    /// Posts around the page, in order: title and address. All of them in a short series.
    pub posts: Vec<(&'a str, &'a Route)>,
    /// Previous post of the series.
    pub earlier: Option<&'a TeaserView<'a>>,
    /// Next post of the series.
    pub later: Option<&'a TeaserView<'a>>,
}

/// Citation of a page by another article of the blog.
#[derive(Debug, Hash)]
pub struct Ping<'a> {
    /// Title of the citing article.
    pub title: &'a str,
    /// Its address from the root of its host.
    pub url: &'a str,
    /// Its date.
    pub date: Option<When>,
    /// Its language code.
    pub lang: &'a str,
    /// Slug of its first category.
    pub category: Option<&'a str>,
    /// Words around its first link to the page.
    pub quote: Quote<'a>,
    /// Number of its links to the page.
    pub count: usize,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn page(&self, id: PageId) -> PageView<'a> {
        let graph = self.graph;
        let (earlier, later) = graph.neighbours(id);
        let page = graph.page(id);
        let template = page.summary.meta.template.is_none().then(|| usual_template(page.kind));
        let reads_related = self.template_reads.variable(template, "related");
        let shows = |field: &str| self.template_reads.field("page", field);
        let related = if reads_related { graph.related(id, RELATED) } else { Vec::new() };
        let translations = graph.page(id).translations.iter().map(|other| {
            let (title, other) = (self.title(*other), graph.page(*other));
            (other.summary.lang.as_str(), title, &other.route)
        });
        PageView {
            teaser: self.teaser(id),
            text: self.text(id),
            earlier: earlier.map(|id| self.teaser(id)),
            later: later.map(|id| self.teaser(id)),
            related: self.teasers(&related),
            series: self.series(id),
            translations: translations.collect(),
            cites: if shows("cites") { self.cites_of(id) } else { Vec::new() },
            pings: if shows("pings") { self.pings(id) } else { Vec::new() },
            mentions: graph.mentions.by_page.get(&id),
            preview: self.preview(id),
        }
    }

    /// Image for link previews.
    fn preview(&self, id: PageId) -> Option<Image<'a>> {
        let base = &self.config.base_url;
        let meta = &self.graph.page(id).summary.meta;
        // Of the image that the page names for networks, else of its own.
        let alt = || match &meta.social.all.image {
            Some(_) => meta.social.all.image_alt.clone().unwrap_or_default(),
            None => meta.image_alt.clone().unwrap_or_default(),
        };
        let image = |address: &str, dimensions, media_type, alt| Image {
            url: format!("{}{}", base.path(), encode(address)),
            permalink: format!("{}{}", base.as_str(), encode(address)),
            dimensions,
            media_type,
            alt,
            versions: None,
        };
        Some(match link_preview(self.graph, self.config, id)? {
            LinkPreview::External(address) => Image {
                media_type: media_type_of(&address),
                url: address.clone(),
                permalink: address,
                dimensions: None,
                alt: alt(),
                versions: None,
            },
            LinkPreview::File(address, asset) => {
                let format = asset.raster.as_ref().map(|raster| raster.format.media_type());
                image(address, asset.dimensions, format, alt())
            }
            LinkPreview::Made(address, size) => {
                image(&address, Some(size), Some(Format::Jpeg.media_type()), alt())
            }
            LinkPreview::SocialImage(route, format) => {
                let asset = self.graph.assets.get(route.as_str());
                let size = asset.map_or(Some(format.size()), |asset| asset.dimensions);
                image(route.as_str(), size, Some(Format::Png.media_type()), self.social_image_alt(id))
            }
        })
    }

    /// Alt text of a social image.
    fn social_image_alt(&self, id: PageId) -> String {
        let summary = &self.graph.page(id).summary;
        let language = self.config.language(&summary.lang).unwrap_or_else(|| self.config.main_language());
        format!("{} — {}", self.title(id), language.title)
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
            Resolved::SiteUrl(route, _) if self.plan.nowhere.contains(route) => Link::Nowhere,
            Resolved::SiteUrl(route, rest) => Link::Site(route, rest),
            Resolved::External => Link::External,
            Resolved::Elsewhere => Link::Elsewhere,
            Resolved::Source(id) => Link::Source(self.graph.bibliography.source(*id)),
            Resolved::Unpublished => Link::Unpublished,
            Resolved::Broken => Link::Nowhere,
        }
    }

    fn series(&self, id: PageId) -> Option<SeriesView<'a>> {
        let place = self.graph.series(id)?;
        let at = place.number - 1;
        let post = |id: &PageId| (self.title(*id), &self.graph.page(*id).route);
        let total = place.posts.len();
        let from = at.saturating_sub(SERIES_SHOWN / 2).min(total.saturating_sub(SERIES_SHOWN));
        Some(SeriesView {
            term: self.term(place.term),
            number: place.number,
            total,
            from: from + 1,
            posts: place.posts[from..total.min(from + SERIES_SHOWN)].iter().map(post).collect(),
            earlier: at.checked_sub(1).and_then(|at| place.posts.get(at)).map(|id| self.teaser(*id)),
            later: place.posts.get(at + 1).map(|id| self.teaser(*id)),
        })
    }

    /// Citations by other articles of the blog.
    fn pings(&self, id: PageId) -> Vec<Ping<'a>> {
        let pings = self.graph.own_pings(id, self.config).map(|citation| {
            let teaser = self.teaser(citation.from);
            Ping {
                title: teaser.title,
                url: &teaser.url,
                date: teaser.meta.date,
                lang: teaser.lang,
                category: teaser.categories.first().map(|term| term.slug),
                quote: self.quote(citation.from, citation.reference),
                count: citation.count,
            }
        });
        pings.collect()
    }
}

/// Media type of an image on another host, by the extension of its address.
fn media_type_of(address: &str) -> Option<&'static str> {
    let path = &address[..address.find(['?', '#']).unwrap_or(address.len())];
    let (_, extension) = path.rsplit_once('.')?;
    Format::of_extension(extension).map(Format::media_type)
}

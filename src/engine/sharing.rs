//! Posts as networks see them: the inputs of share texts, the timetable, and advice.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::tz::TimeZone;

use pingmark_core::config::Config;
use pingmark_core::diag::args::ShownName;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::html::is_absolute;
use pingmark_core::lang::Language;
use pingmark_core::network::Network;
use pingmark_core::posting_times::{self, PostingTime};
use pingmark_core::share_template;
use pingmark_core::share_texts::{NetworkTexts, ShareIssue};
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_document::{Document, Summary};
use pingmark_image::glyphs;
use pingmark_site::graph::route::encode;
use pingmark_site::graph::{Graph, PageId, PageKind, Route, UnpublishedReason, kind_of};
use pingmark_site::plan::{LinkPreview, link_preview, social_image_of, social_image_of_unpublished};
use pingmark_social::export::ScheduledShare;
use pingmark_social::{Share, ShareImage, SharedPost, compose};

use super::Site;

/// Number of characters of a title that search results show. Approximate: they cut by width.
const MAX_TITLE: usize = 60;

/// A post, published or not, as networks see it.
#[derive(Debug)]
pub struct Shared<'a> {
    /// Summary of the article.
    pub summary: &'a Summary,
    /// Compiled article.
    pub document: &'a Document,
    /// Page in the graph; `None` if the post is unpublished.
    pub id: Option<PageId>,
    /// Why the post is unpublished; `None` if it is published.
    pub held: Option<UnpublishedReason>,
    /// Slug of the post.
    pub slug: String,
    /// Absolute URL.
    pub url: String,
    author: String,
    site: &'a str,
    date: String,
    summary_text: &'a str,
    picture: Option<ShareImage>,
    images: Vec<(String, String)>,
    /// Images for networks that do not exist: key and name.
    missing: Vec<(String, String)>,
}

impl Shared<'_> {
    /// Title of the post.
    pub fn title(&self) -> &str {
        &self.document.teaser.title
    }

    /// Name of the file without its date, with the folder and the language: stable when the post is
    /// rescheduled, and different for translations.
    pub fn file_name(&self) -> String {
        let name = &self.summary.name;
        format!("{}/{}.{}", name.folder, name.slug, self.summary.lang)
    }

    /// Date of the post.
    pub fn date(&self) -> Option<When> {
        self.summary.meta.date
    }

    /// The inputs of share texts.
    pub fn shared_post(&self) -> SharedPost<'_> {
        let meta = &self.summary.meta;
        let tags = meta.terms.get("tags").map_or(&[][..], Vec::as_slice);
        SharedPost {
            title: self.title(),
            summary: self.summary_text,
            url: &self.url,
            slug: &self.slug,
            author: &self.author,
            site: self.site,
            date: &self.date,
            tags: tags.iter().map(String::as_str).collect(),
            texts: &meta.social,
            image: self.picture.clone(),
            images: self.images.clone(),
        }
    }

    /// The share for a network; `None` if the post is not shared there.
    pub fn on(&self, network: Network, config: &Config) -> Option<Share> {
        compose(&self.shared_post(), network, &config.settings.social)
    }
}

impl Site {
    /// The shares of some posts with their times, earliest first. The time is the post's own
    /// (`social: at:`), or its date if that is in the future, or the next free time of
    /// `social: slots:`.
    pub fn timetable(&self, posts: &[Shared<'_>], networks: &[Network]) -> Vec<ScheduledShare> {
        let now = self.sources.now;
        let zone = &self.config.timezone;
        let slots = self.config.settings.social.times();
        let ahead = |when: &When| when.instant > now.as_second();
        let taken: Vec<i64> = posts
            .iter()
            .filter_map(|post| post.date().filter(ahead).map(|date| at_work(date, &slots, zone).instant))
            .collect();
        let times = posting_times::upcoming(&slots, now, zone, posts.len() + taken.len());
        let mut free = times.into_iter().filter(|when| !taken.contains(&when.instant));
        let host = url::Url::parse(self.config.base_url.as_str()).ok();
        let host = host.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let mut items = Vec::new();
        for post in posts {
            let shares: Vec<Share> =
                networks.iter().filter_map(|network| post.on(*network, &self.config)).collect();
            let needs_slot = shares.iter().any(|share| share.at.is_none());
            let usual = match post.date().filter(ahead) {
                Some(date) => Some(at_work(date, &slots, zone)),
                None if needs_slot => free.next(),
                None => None,
            };
            for share in shares {
                let Some(at) = share.at.or(usual) else { continue };
                let title = share_template::tidy(post.title());
                let (slug, file) = (post.slug.clone(), post.file_name());
                items.push(ScheduledShare { slug, file, title, host: host.clone(), at, share });
            }
        }
        items.sort_by_key(|item| (item.at, item.slug.clone(), item.share.network));
        items
    }

    /// All posts, newest first, including unpublished ones.
    pub fn shared(&self) -> Vec<Shared<'_>> {
        shared(&self.documents, self.graph(), &self.config)
    }

    /// Like [`Site::shared`], with the addresses of another configuration.
    pub fn shared_as<'a>(&'a self, config: &'a Config) -> Vec<Shared<'a>> {
        shared(&self.documents, self.graph(), config)
    }

    /// Advice about a site without errors, with the addresses of the given configuration.
    pub fn advice(&self, config: &Config) -> Vec<Diagnostic> {
        let mut diagnostics = super::advice::advice(self.graph(), &self.documents, self.sources.now);
        diagnostics.extend(advice(&self.documents, self.graph(), config));
        diagnostics
    }
}

/// The time at which a post with this date is shared: a date without a time means the first slot
/// of that day, or nine o'clock.
fn at_work(date: When, slots: &[PostingTime], zone: &TimeZone) -> When {
    if date.has_time {
        return date;
    }
    let day = date.civil().date();
    let first = posting_times::on_day(slots, day, zone).first().copied();
    let nine = || When::local(day.at(9, 0, 0, 0), zone, true);
    first.or_else(nine).unwrap_or(date)
}

fn shared<'a>(documents: &'a [Arc<Document>], graph: &'a Graph, config: &'a Config) -> Vec<Shared<'a>> {
    let mut found: Vec<Shared<'a>> = Vec::new();
    for id in graph.published().filter(|id| graph.page(*id).kind == PageKind::Post) {
        let page = graph.page(id);
        let document = &documents[page.document];
        let mut one = of_document(document, &page.route, &page.slug, graph, config);
        one.id = Some(id);
        one.picture = own_picture(id, &document.teaser.title, graph, config);
        found.push(one);
    }
    for held in &graph.unpublished {
        let document = &documents[held.document];
        let is_post = kind_of(&document.summary) == PageKind::Post || held.reason == UnpublishedReason::Draft;
        let Some(route) = held.route.as_ref().filter(|_| is_post) else { continue };
        let meta = &document.summary.meta;
        let slug = meta.slug.as_deref().unwrap_or(&document.summary.name.slug);
        let mut one = of_document(document, route, &slugify(slug), graph, config);
        one.held = Some(held.reason);
        one.picture = match &meta.image {
            Some(image) => picture_url(image, route, graph, config)
                .map(|url| ShareImage { url, alt: meta.image_alt.clone().unwrap_or_default() }),
            // It will get a social image when it is published.
            None => social_image_of_unpublished(&document.summary, route, config).map(|route| ShareImage {
                url: route.permalink(&config.base_url),
                alt: format!("{} — {}", document.teaser.title, one.site),
            }),
        };
        found.push(one);
    }
    found.sort_by(|a, b| (b.date(), &a.summary.path).cmp(&(a.date(), &b.summary.path)));
    found
}

fn of_document<'a>(
    document: &'a Document,
    route: &Route,
    slug: &str,
    graph: &'a Graph,
    config: &'a Config,
) -> Shared<'a> {
    let summary = &*document.summary;
    let meta = &summary.meta;
    let language = config.language(&summary.lang).unwrap_or_else(|| config.main_language());
    let named = meta.terms.get("authors").and_then(|authors| authors.first());
    let named = named.or(config.settings.author.as_ref()).map_or("", String::as_str);
    let author = match config.author(named) {
        Some((_, author)) if !author.name.is_empty() => author.name.clone(),
        _ => named.to_owned(),
    };
    let description = document.teaser.description.as_deref().filter(|text| !text.is_empty());
    let mut images = Vec::new();
    let mut missing = Vec::new();
    for (key, image) in pictures_of(&meta.social.all, &meta.social.networks) {
        match picture_url(&image, route, graph, config) {
            Some(url) => images.push((image, url)),
            None => missing.push((key, image)),
        }
    }
    Shared {
        summary,
        document,
        id: None,
        held: None,
        slug: slug.to_owned(),
        url: route.permalink(&config.base_url),
        author,
        site: &language.title,
        date: meta.date.map_or_else(String::new, |date| Language::of(&summary.lang).date(&date, "long")),
        summary_text: description.unwrap_or(&document.teaser.excerpt),
        picture: None,
        images,
        missing,
    }
}

/// The images given under `social:`, each with its key.
fn pictures_of(all: &NetworkTexts, networks: &BTreeMap<Network, NetworkTexts>) -> Vec<(String, String)> {
    let own = networks.iter().map(|(network, own)| (format!("social.{}.image", network.key()), own));
    let all = std::iter::once(("social.image".to_owned(), all));
    all.chain(own).filter_map(|(key, own)| Some((key, own.image.clone()?))).collect()
}

/// Absolute URL of an image named in a front matter.
pub fn picture_url(image: &str, route: &Route, graph: &Graph, config: &Config) -> Option<String> {
    if is_absolute(image) {
        return Some(image.to_owned());
    }
    let (address, _) = graph.asset(route, image)?;
    Some(format!("{}{}", config.base_url.as_str(), encode(address)))
}

fn own_picture(id: PageId, title: &str, graph: &Graph, config: &Config) -> Option<ShareImage> {
    let summary = graph.page(id).summary();
    let published = |address: &str| format!("{}{}", config.base_url.as_str(), encode(address));
    let url = match link_preview(graph, config, id)? {
        LinkPreview::External(address) => address,
        LinkPreview::File(address, _) => published(address),
        LinkPreview::Made(address, _) => published(&address),
        LinkPreview::SocialImage(route, _) => {
            let language = config.language(&summary.lang).unwrap_or_else(|| config.main_language());
            let url = route.permalink(&config.base_url);
            return Some(ShareImage { url, alt: format!("{title} — {}", language.title) });
        }
    };
    let (social, meta) = (&summary.meta.social.all, &summary.meta);
    let alt = if social.image.is_some() { &social.image_alt } else { &meta.image_alt };
    Some(ShareImage { url, alt: alt.clone().unwrap_or_default() })
}

/// Advice about titles and share texts.
pub(super) fn advice(documents: &[Arc<Document>], graph: &Graph, config: &Config) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let settings = &config.settings.social;
    let posts = shared(documents, graph, config);
    let mut words: HashMap<(Network, String), usize> = HashMap::new();
    let mut names = HashSet::new();
    for (number, post) in
        posts.iter().enumerate().filter(|(_, post)| post.held != Some(UnpublishedReason::Expired))
    {
        let path = &post.summary.path;
        let count = post.title().chars().count();
        if count > MAX_TITLE {
            diagnostics.push(catalogue::title_long(path, count, MAX_TITLE));
        }
        for (key, image) in &post.missing {
            diagnostics.push(catalogue::share_image_missing(path, key, image));
        }
        if post.id.is_some_and(|id| social_image_of(graph, config, id).is_some()) {
            for (what, name) in [(ShownName::Blog, post.site), (ShownName::Author, post.author.as_str())] {
                if let Some(sign) = glyphs::first_undrawable(name).filter(|_| names.insert(name)) {
                    diagnostics.push(catalogue::card_name(path, what, name, sign));
                }
            }
        }
        let mut twin = None;
        for network in &settings.networks {
            let Some(share) = post.on(*network, config) else { continue };
            let texts = &post.summary.meta.social;
            let own = texts.for_network(*network).is_some_and(|own| *own != NetworkTexts::default());
            let key = if own { format!("social.{}", network.key()) } else { "social".to_owned() };
            let says_something = own || texts.all != NetworkTexts::default();
            // Missing images are left out here: `social` shows the networks that need one.
            for issue in share.issues.iter().filter(|_| says_something) {
                if !matches!(issue, ShareIssue::MissingImage) {
                    diagnostics.push(catalogue::share_trouble(path, &key, *network, issue));
                }
            }
            let text: Vec<String> =
                share.parts.iter().map(|part| part.text.replace(&share.url, "")).collect();
            let text = text.join("\n").trim().to_owned();
            match words.get(&(*network, text.clone())) {
                Some(other) => twin = twin.or(Some((*other, *network))),
                None => _ = words.insert((*network, text), number),
            }
        }
        if let Some((other, network)) = twin {
            diagnostics.push(catalogue::share_same(path, &posts[other].summary.path, network));
        }
    }
    diagnostics
}

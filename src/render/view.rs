//! What a template may see: the theme contract, as values made once and shared.
//!
//! A page's *card* is what lists show of it; the page itself is its card and more. Terms,
//! authors and words are made once for all pages. Templates read nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use tera::value::Key;
use tera::{Context, Map, Value};

use super::fill::Filler;
use super::template::TemplateSet;
use super::theme::{Theme, Words};
use crate::config::{Author, Config, MenuItem, Profiles, SiteLanguage};
use crate::diag::Diagnostic;
use crate::document::{Document, ReferenceKind, outline};
use crate::graph::route::encode;
use crate::graph::taxonomy::index_route;
use crate::graph::{Graph, PageId, PageKind, Resolved, TermId};
use crate::html::is_absolute;
use crate::lang::Language;

/// The names a template may read at the top level.
pub const TOP_LEVEL: [&str; 29] = [
    "config",
    "lang",
    "t",
    "languages",
    "menus",
    "home",
    "path",
    "head",
    "generator",
    "page",
    "posts",
    "paginator",
    "section",
    "pinned",
    "term",
    "terms",
    "taxonomy",
    "years",
    "recent",
    "related",
    "tags",
    "categories",
    "authors",
    "series_list",
    "archive_url",
    "tags_url",
    "feed_url",
    "year",
    "search_url",
];

/// How many posts `recent` holds.
const RECENT: usize = 5;
/// How many posts `related` holds.
pub const RELATED: usize = 4;

/// Values shared by all pages.
#[derive(Debug)]
pub struct Views<'a> {
    config: &'a Config,
    graph: &'a Graph,
    documents: &'a [Arc<Document>],
    cards: Vec<Value>,
    terms: Vec<Value>,
    languages: BTreeMap<String, Shared>,
}

/// What all pages of a language share.
#[derive(Debug)]
struct Shared {
    context: Context,
    recent: Value,
    lists: Vec<(&'static str, Value)>,
}

/// A group of values by name.
pub fn group<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    let map: Map = entries.into_iter().map(|(key, value)| (Key::Str(key), value)).collect();
    Value::from(map)
}

fn text(value: &str) -> Value {
    Value::normal_string(value)
}

fn maybe(value: Option<&str>) -> Value {
    value.map_or_else(Value::none, Value::normal_string)
}

impl<'a> Views<'a> {
    /// Makes the shared values.
    pub fn new(config: &'a Config, graph: &'a Graph, documents: &'a [Arc<Document>], theme: &Theme) -> Self {
        let languages = BTreeMap::new();
        let mut views = Self { config, graph, documents, cards: Vec::new(), terms: Vec::new(), languages };
        views.terms = graph.groups.terms.iter().map(|term| views.term_link(term)).collect();
        views.cards = (0..graph.pages.len())
            .into_par_iter()
            .map(|number| {
                let id = PageId(number as u32);
                if graph.page(id).kind == PageKind::Section {
                    Value::none()
                } else {
                    Value::from(views.card_map(id))
                }
            })
            .collect();
        for language in &config.languages {
            let shared = views.shared(language, theme);
            views.languages.insert(language.code.clone(), shared);
        }
        views
    }

    /// The document of a page.
    pub fn document(&self, id: PageId) -> &'a Document {
        &self.documents[self.graph.page(id).document]
    }

    /// The address of a page, from the root of its host.
    pub fn url(&self, id: PageId) -> String {
        format!("{}{}", self.config.base_url.path(), self.graph.page(id).route.encoded())
    }

    /// The whole address of a page.
    pub fn permalink(&self, id: PageId) -> String {
        format!("{}{}", self.config.base_url.as_str(), self.graph.page(id).route.encoded())
    }

    /// What lists show of a page.
    pub fn card(&self, id: PageId) -> Value {
        self.cards[id.index()].clone()
    }

    /// What lists show of several pages.
    pub fn cards(&self, ids: &[PageId]) -> Value {
        Value::from(ids.iter().map(|id| self.card(*id)).collect::<Vec<_>>())
    }

    /// A term as pages link to it.
    pub fn term(&self, id: TermId) -> Value {
        self.terms[id.0 as usize].clone()
    }

    /// The context of a page of a language: shared values, and those of the optional lists
    /// that the template reads.
    pub fn context(&self, lang: &str, reads: &dyn Fn(&str) -> bool) -> Context {
        let Some(shared) = self.languages.get(lang).or_else(|| self.languages.values().next()) else {
            return Context::new();
        };
        let mut context = shared.context.clone();
        if reads("recent") {
            context.insert_value("recent", shared.recent.clone());
        }
        for (name, list) in shared.lists.iter().filter(|(name, _)| reads(name)) {
            context.insert_value(*name, list.clone());
        }
        context
    }

    fn shared(&self, language: &SiteLanguage, theme: &Theme) -> Shared {
        let config = self.config;
        let mut context = Context::new();
        let home = format!("{}{}", config.base_url.path(), encode(&language.prefix));
        context.insert_value("config", self.config_value(language));
        context.insert_value("lang", text(&language.code));
        context.insert_value("t", words_value(&theme.words[&language.code]));
        context.insert_value("menus", self.menus(&language.menus));
        context.insert_value("home", Value::from(home));
        context.insert_value("generator", Value::from(format!("Pingmark {}", env!("CARGO_PKG_VERSION"))));
        context.insert_value("languages", Value::from(Vec::<Value>::new()));
        let posts = self.graph.order.posts.get(&language.code).map_or(&[][..], Vec::as_slice);
        let recent = self.cards(&posts[..posts.len().min(RECENT)]);
        let lists = [
            ("tags", "tags"),
            ("categories", "categories"),
            ("authors", "authors"),
            ("series_list", "series"),
        ]
        .into_iter()
        .map(|(name, taxonomy)| {
            let terms = self.graph.groups.of(&language.code, taxonomy);
            (name, Value::from(terms.map(|(id, _)| self.term(id)).collect::<Vec<_>>()))
        })
        .collect();
        Shared { context, recent, lists }
    }

    fn config_value(&self, language: &SiteLanguage) -> Value {
        let settings = &self.config.settings;
        group([
            ("title", text(&language.title)),
            ("description", text(&language.description)),
            ("base_url", text(self.config.base_url.as_str())),
            ("base_path", text(self.config.base_url.path())),
            ("lang", text(&self.config.main_language().code)),
            ("social", profiles(&settings.social)),
            ("extra", Value::from_serializable(&settings.extra)),
        ])
    }

    fn menus(&self, menus: &BTreeMap<String, Vec<MenuItem>>) -> Value {
        let map: BTreeMap<String, Vec<Value>> = menus
            .iter()
            .map(|(name, items)| {
                let items = items.iter().map(|item| {
                    group([("label", text(&item.label)), ("url", Value::from(self.site_url(&item.url)))])
                });
                (name.clone(), items.collect())
            })
            .collect();
        Value::from(map)
    }

    /// An address of the config: from the root of the site, or whole.
    pub fn site_url(&self, url: &str) -> String {
        if is_absolute(url) || url.starts_with('#') {
            return url.to_owned();
        }
        format!("{}/{}", self.config.base_url.path(), url.trim_start_matches('/'))
    }

    /// The languages a page is there in, for a switch; empty with one language.
    pub fn switch(&self, current: &str, url_of: impl Fn(&SiteLanguage) -> String) -> Value {
        if self.config.languages.len() < 2 {
            return Value::from(Vec::<Value>::new());
        }
        let entries = self.config.languages.iter().map(|language| {
            group([
                ("code", text(&language.code)),
                ("name", text(Language::of(&language.code).name)),
                ("title", text(&language.title)),
                ("url", Value::from(url_of(language))),
                ("current", Value::from(language.code == current)),
            ])
        });
        Value::from(entries.collect::<Vec<_>>())
    }

    /// A word of the interface, as the theme gives it.
    pub fn word(&self, lang: &str, key: &str) -> Option<String> {
        let words = self.languages.get(lang)?.context.get("t")?;
        words.get_from_path(key)?.as_str().map(str::to_owned)
    }

    /// The address of a language's home.
    pub fn home(&self, language: &SiteLanguage) -> String {
        format!("{}{}", self.config.base_url.path(), encode(&language.prefix))
    }

    fn term_link(&self, term: &crate::graph::Term) -> Value {
        let url = format!("{}{}", self.config.base_url.path(), term.route.encoded());
        let base = [
            ("name", text(&term.name)),
            ("url", Value::from(url)),
            ("slug", text(&term.slug)),
            ("count", Value::from(term.posts.len())),
        ];
        if term.taxonomy.name != "authors" {
            return group(base);
        }
        let author = self.config.author(&term.name).map(|(_, author)| author.clone()).unwrap_or_default();
        let [name, url, slug, count] = base;
        let Author { email, url: site, photo, bio, social, .. } = author;
        group([
            name,
            url,
            slug,
            count,
            ("site", site.as_deref().map_or_else(Value::none, |site| Value::from(self.site_url(site)))),
            ("photo", photo.as_deref().map_or_else(Value::none, |photo| Value::from(self.site_url(photo)))),
            ("bio", maybe(bio.as_deref())),
            ("email", maybe(email.as_deref())),
            ("social", profiles(&social)),
        ])
    }

    fn terms_of(&self, id: PageId, taxonomy: &str) -> Value {
        let terms = self.graph.groups.of_page(id, taxonomy);
        Value::from(terms.iter().map(|term| self.term(*term)).collect::<Vec<_>>())
    }

    fn authors_of(&self, id: PageId) -> Value {
        let page = self.graph.page(id);
        let grouped = self.graph.groups.of_page(id, "authors");
        if !grouped.is_empty() {
            return self.terms_of(id, "authors");
        }
        // Pages, and sites that do not group by author: names without a page of their own.
        let names = page.summary().meta.terms.get("authors").cloned().unwrap_or_default();
        let names = if names.is_empty() && page.kind == PageKind::Post {
            self.config.settings.author.iter().cloned().collect()
        } else {
            names
        };
        let values = names.iter().map(|name| {
            let author = self.config.author(name).map(|(_, author)| author.clone()).unwrap_or_default();
            let shown = if author.name.is_empty() { name } else { &author.name };
            group([
                ("name", text(shown)),
                ("url", Value::none()),
                ("slug", Value::from(crate::slug::slugify(name))),
                ("count", Value::from(0)),
                (
                    "site",
                    author.url.as_deref().map_or_else(Value::none, |site| Value::from(self.site_url(site))),
                ),
                (
                    "photo",
                    author
                        .photo
                        .as_deref()
                        .map_or_else(Value::none, |photo| Value::from(self.site_url(photo))),
                ),
                ("bio", maybe(author.bio.as_deref())),
                ("email", maybe(author.email.as_deref())),
                ("social", profiles(&author.social)),
            ])
        });
        Value::from(values.collect::<Vec<_>>())
    }

    /// The picture that stands for a page.
    pub fn image(&self, id: PageId) -> Option<Image> {
        let meta = &self.graph.page(id).summary().meta;
        let alt = meta.image_alt.clone().unwrap_or_default();
        match self.graph.images[id.index()].as_ref()? {
            Resolved::Asset(address, _) => Some(Image {
                url: format!("{}{}", self.config.base_url.path(), encode(address)),
                permalink: format!("{}{}", self.config.base_url.as_str(), encode(address)),
                dimensions: self.graph.assets.get(address).and_then(|asset| asset.dimensions),
                alt,
            }),
            Resolved::External => {
                let address = meta.image.clone()?;
                Some(Image { url: address.clone(), permalink: address, dimensions: None, alt })
            }
            _ => None,
        }
    }

    fn card_map(&self, id: PageId) -> Map {
        let page = self.graph.page(id);
        let summary = page.summary();
        let meta = &summary.meta;
        let description = meta.description.as_deref().unwrap_or("");
        let lead = if description.is_empty() { &summary.excerpt } else { description };
        let series =
            self.graph.groups.of_page(id, "series").first().map(|term| &self.graph.groups.term(*term).name);
        [
            ("title", text(&summary.title)),
            ("url", Value::from(self.url(id))),
            ("permalink", Value::from(self.permalink(id))),
            ("slug", text(&page.slug)),
            ("lang", text(&summary.lang)),
            ("kind", text(if page.kind == PageKind::Post { "post" } else { "page" })),
            ("date", meta.date.map_or_else(Value::none, |date| Value::from(date.rfc3339()))),
            ("updated", meta.updated.map_or_else(Value::none, |date| Value::from(date.rfc3339()))),
            ("description", text(description)),
            ("summary", text(lead)),
            ("tags", self.terms_of(id, "tags")),
            ("categories", self.terms_of(id, "categories")),
            ("authors", self.authors_of(id)),
            ("image", self.image(id).map_or_else(Value::none, |image| image.value())),
            ("reading_time", Value::from(reading_time(summary.word_count, &summary.lang))),
            ("word_count", Value::from(summary.word_count)),
            ("pinned", Value::from(meta.pinned)),
            ("series_name", maybe(series.map(String::as_str))),
        ]
        .into_iter()
        .map(|(key, value)| (Key::Str(key), value))
        .collect()
    }

    /// Everything a template sees of one page.
    pub fn page(
        &self,
        id: PageId,
        templates: &TemplateSet,
        implicits: &Context,
        told: &mut Vec<Diagnostic>,
    ) -> Value {
        let page = self.graph.page(id);
        let summary = page.summary();
        let meta = &summary.meta;
        let filler = Filler {
            config: self.config,
            graph: self.graph,
            document: self.document(id),
            templates,
            implicits,
            page: id,
            absolute: false,
        };
        let content = filler.body(told);
        let (earlier, later) = self.graph.neighbours(id);
        let card = |id: Option<PageId>| id.map_or_else(Value::none, |id| self.card(id));
        let mut map: Map = self.cards[id.index()].as_map().cloned().unwrap_or_default();
        let address = |value: &Option<String>| maybe(value.as_deref());
        map.extend(
            [
                ("content", Value::safe_string(&content)),
                ("toc", toc(&outline::tree(&self.document(id).outline))),
                ("show_toc", Value::from(meta.toc.unwrap_or(false))),
                ("series", self.series(id)),
                ("earlier", card(earlier)),
                ("later", card(later)),
                ("translations", self.translations(id)),
                ("syndication", syndication(&meta.syndication)),
                ("via", address(&meta.via)),
                ("in_reply_to", address(&meta.in_reply_to)),
                ("bookmark_of", address(&meta.bookmark_of)),
                ("repost_of", address(&meta.repost_of)),
                ("like_of", address(&meta.like_of)),
                ("link", address(&meta.link)),
                ("pings", if meta.mentions { self.pings(id) } else { Value::from(Vec::<Value>::new()) }),
                ("canonical_url", address(&meta.canonical_url)),
                ("weight", Value::from(meta.weight)),
                ("draft", Value::from(meta.draft)),
                ("social", Value::from_serializable(&meta.social)),
                ("extra", Value::from_serializable(&meta.extra)),
            ]
            .into_iter()
            .map(|(key, value)| (Key::Str(key), value)),
        );
        Value::from(map)
    }

    fn series(&self, id: PageId) -> Value {
        let Some(place) = self.graph.series(id) else { return Value::none() };
        let term = self.graph.groups.term(place.term);
        let at = place.number - 1;
        let card = |id: Option<&PageId>| id.map_or_else(Value::none, |id| self.card(*id));
        let posts = place.posts.iter().map(|post| {
            group([
                ("title", text(&self.graph.page(*post).summary().title)),
                ("url", Value::from(self.url(*post))),
                ("current", Value::from(*post == id)),
            ])
        });
        group([
            ("name", text(&term.name)),
            ("url", Value::from(format!("{}{}", self.config.base_url.path(), term.route.encoded()))),
            ("number", Value::from(place.number)),
            ("total", Value::from(place.posts.len())),
            ("posts", Value::from(posts.collect::<Vec<_>>())),
            ("earlier", card(at.checked_sub(1).and_then(|at| place.posts.get(at)))),
            ("later", card(place.posts.get(at + 1))),
        ])
    }

    fn translations(&self, id: PageId) -> Value {
        let others = self.graph.page(id).translations.iter().map(|other| {
            let summary = self.graph.page(*other).summary();
            group([
                ("lang", text(&summary.lang)),
                ("name", text(Language::of(&summary.lang).name)),
                ("title", text(&summary.title)),
                ("url", Value::from(self.url(*other))),
            ])
        });
        Value::from(others.collect::<Vec<_>>())
    }

    /// The blog's own articles that cite this one.
    fn pings(&self, id: PageId) -> Value {
        let citing = self.graph.backlinks[id.index()].iter().filter(|citation| {
            let from = self.graph.page(citation.from);
            from.kind == PageKind::Post && from.summary().meta.mentions
        });
        let values = citing.map(|citation| {
            let from = self.graph.page(citation.from).summary();
            let reference = &from.references[citation.reference as usize];
            let passage = &reference.passage;
            // A wikilink without words of its own shows the title.
            let is_bare =
                reference.kind == ReferenceKind::Wiki && passage.text() == reference.target.as_ref();
            let words = if is_bare { &self.graph.page(id).summary().title } else { passage.text() };
            group([
                ("title", text(&from.title)),
                ("url", Value::from(self.url(citation.from))),
                ("date", from.meta.date.map_or_else(Value::none, |date| Value::from(date.rfc3339()))),
                ("lang", text(&from.lang)),
                ("before", text(passage.before())),
                ("text", text(words)),
                ("after", text(passage.after())),
                ("cut_before", Value::from(passage.cut_before)),
                ("cut_after", Value::from(passage.cut_after)),
                ("count", Value::from(citation.count)),
            ])
        });
        Value::from(values.collect::<Vec<_>>())
    }

    /// A taxonomy as its pages name it.
    pub fn taxonomy(&self, lang: &str, name: &str) -> Value {
        let route = index_route(self.config, lang, name);
        let url = format!("{}{}", self.config.base_url.path(), route.encoded());
        group([("name", text(name)), ("url", Value::from(url))])
    }
}

/// A page's picture.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its address from the root of its host, or whole when it lies elsewhere.
    pub url: String,
    /// Its whole address.
    pub permalink: String,
    /// Its size in pixels, if known.
    pub dimensions: Option<(u32, u32)>,
    /// What it shows, in words.
    pub alt: String,
}

impl Image {
    fn value(&self) -> Value {
        let side = |side: Option<u32>| side.map_or_else(Value::none, Value::from);
        group([
            ("url", text(&self.url)),
            ("permalink", text(&self.permalink)),
            ("width", side(self.dimensions.map(|(width, _)| width))),
            ("height", side(self.dimensions.map(|(_, height)| height))),
            ("alt", text(&self.alt)),
        ])
    }
}

/// Minutes to read so many words, at least one.
pub fn reading_time(words: usize, lang: &str) -> usize {
    let pace = Language::of(lang).words_per_minute;
    ((words + pace / 2) / pace).max(1)
}

fn toc(entries: &[outline::Entry<'_>]) -> Value {
    let values = entries.iter().map(|entry| {
        group([
            ("id", text(&entry.heading.id)),
            ("text", text(&entry.heading.text)),
            ("level", Value::from(u32::from(entry.heading.level))),
            ("children", toc(&entry.children)),
        ])
    });
    Value::from(values.collect::<Vec<_>>())
}

fn profiles(profiles: &Profiles) -> Value {
    let given = profiles
        .given()
        .into_iter()
        .map(|(network, url)| group([("network", text(network)), ("url", text(url))]));
    Value::from(given.collect::<Vec<_>>())
}

fn syndication(addresses: &[String]) -> Value {
    let values = addresses
        .iter()
        .filter(|address| !crate::html::is_unsafe(address))
        .map(|address| group([("network", text(&network_of(address))), ("url", text(address))]));
    Value::from(values.collect::<Vec<_>>())
}

/// The network an address belongs to, by its host; else the host.
pub fn network_of(address: &str) -> String {
    let host =
        url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let host = host.trim_start_matches("www.");
    let known = [
        ("linkedin.com", "LinkedIn"),
        ("x.com", "X"),
        ("twitter.com", "X"),
        ("facebook.com", "Facebook"),
        ("instagram.com", "Instagram"),
        ("bsky.app", "Bluesky"),
        ("threads.net", "Threads"),
        ("threads.com", "Threads"),
        ("youtube.com", "YouTube"),
        ("medium.com", "Medium"),
        ("tiktok.com", "TikTok"),
    ];
    let found = known.iter().find(|(domain, _)| host == *domain || host.ends_with(&format!(".{domain}")));
    match found {
        Some((_, name)) => (*name).to_owned(),
        None if host.contains("mastodon") || host.starts_with("mstdn") => "Mastodon".to_owned(),
        None => host.to_owned(),
    }
}

fn words_value(words: &BTreeMap<String, Words>) -> Value {
    let map: BTreeMap<String, Value> = words
        .iter()
        .map(|(key, words)| {
            let value = match words {
                Words::Plain(text) => Value::from(text.as_str()),
                Words::Counted(forms) => Value::from(forms.clone()),
            };
            (key.clone(), value)
        })
        .collect();
    Value::from(map)
}

//! What stands in a page's `<head>`, the same for every kind of page.

use tera::Value;

use super::Site;
use super::structured;
use super::view::{Image, group};
use crate::config::SiteLanguage;
use crate::graph::{PageId, Route};
use crate::lang::Language;

/// The facts a head is made of.
#[derive(Debug, Default)]
pub struct Head {
    /// The page's own title; none for the home.
    pub title: Option<String>,
    /// A sentence or two.
    pub description: String,
    /// The address readers should use, when not the page's own.
    pub canonical: Option<String>,
    /// Whether search engines should leave it out.
    pub noindex: bool,
    /// The post or page, if it is one.
    pub page: Option<PageId>,
    /// The page's picture.
    pub image: Option<Image>,
    /// The same page in all its languages, itself among them.
    pub alternates: Vec<(String, Route)>,
    /// Feeds of the page's own, before the site's: title and route.
    pub feeds: Vec<(String, Route)>,
    /// The pages before and after it, of a list.
    pub previous: Option<Route>,
    /// See `previous`.
    pub next: Option<Route>,
    /// Its number among the pages of a list; the first has no need of one.
    pub number: usize,
    /// The trail to it: names and addresses.
    pub trail: Vec<(String, Route)>,
}

impl Head {
    /// The value a template sees.
    pub fn value(&self, route: &Route, language: &SiteLanguage, site: &Site<'_>) -> Value {
        let absolute = |route: &Route| format!("{}{}", site.config.base_url.as_str(), route.encoded());
        let own = |route: &Route| format!("{}{}", site.config.base_url.path(), route.encoded());
        let own_address = absolute(route);
        let canonical = self.canonical.clone().unwrap_or_else(|| own_address.clone());
        let own_title = self.title.as_deref().unwrap_or(&language.title);
        // Search engines tell apart what readers can: the pages of a list.
        let numbered = match self.number {
            0 | 1 => own_title.to_owned(),
            number => {
                let page = site.views.word(&language.code, "page").unwrap_or_else(|| "Page".to_owned());
                format!("{own_title} ({} {number})", page.to_lowercase())
            }
        };
        let full_title = match own_title == language.title {
            true => numbered.clone(),
            false => format!("{numbered} — {}", language.title),
        };
        let summary = self.page.map(|id| site.graph.page(id).summary());
        let is_post = summary.is_some_and(|summary| summary.meta.date.is_some());
        let moment = |when: Option<crate::when::When>| {
            when.map_or_else(Value::none, |when| Value::from(when.rfc3339()))
        };
        let side = |pick: fn((u32, u32)) -> u32| {
            let size = self.image.as_ref().and_then(|image| image.dimensions);
            size.map_or_else(Value::none, |size| Value::from(pick(size)))
        };
        let optional =
            |route: &Option<Route>| route.as_ref().map_or_else(Value::none, |route| Value::from(own(route)));
        let json_ld = match site.templates.reads_json_ld() {
            true => Value::safe_string(&structured::json_ld(self, route, language, site)),
            false => Value::none(),
        };
        let author = self.page.and_then(|id| first_author(id, site));
        group([
            ("title", Value::from(full_title)),
            ("og_title", Value::from(numbered)),
            ("description", Value::from(self.description.as_str())),
            ("canonical", if self.noindex { Value::none() } else { Value::from(canonical) }),
            ("robots", Value::from(if self.noindex { "noindex" } else { "" })),
            ("og_type", Value::from(if is_post { "article" } else { "website" })),
            ("locale", Value::from(Language::of(&language.code).locale)),
            (
                "image",
                self.image.as_ref().map_or_else(Value::none, |image| Value::from(image.permalink.as_str())),
            ),
            ("image_alt", Value::from(self.image.as_ref().map_or("", |image| &image.alt))),
            ("image_width", side(|(width, _)| width)),
            ("image_height", side(|(_, height)| height)),
            ("published", moment(summary.and_then(|summary| summary.meta.date))),
            ("modified", moment(summary.and_then(|summary| summary.meta.updated.or(summary.meta.date)))),
            ("author", author.map_or_else(Value::none, Value::from)),
            ("alternates", self.alternates(site)),
            ("feeds", self.feeds(language, site)),
            ("json_ld", json_ld),
            ("previous", optional(&self.previous)),
            ("next", optional(&self.next)),
            ("fediverse_creator", fediverse(site)),
        ])
    }

    fn alternates(&self, site: &Site<'_>) -> Value {
        if self.alternates.len() < 2 {
            return Value::from(Vec::<Value>::new());
        }
        let absolute =
            |route: &Route| Value::from(format!("{}{}", site.config.base_url.as_str(), route.encoded()));
        let mut values: Vec<Value> = self
            .alternates
            .iter()
            .map(|(lang, route)| group([("lang", Value::from(lang.as_str())), ("url", absolute(route))]))
            .collect();
        let main = &site.config.main_language().code;
        if let Some((_, route)) = self.alternates.iter().find(|(lang, _)| lang == main) {
            values.push(group([("lang", Value::from("x-default")), ("url", absolute(route))]));
        }
        Value::from(values)
    }

    fn feeds(&self, language: &SiteLanguage, site: &Site<'_>) -> Value {
        let own = |route: &Route| Value::from(format!("{}{}", site.config.base_url.path(), route.encoded()));
        let feed = |title: &str, url: Value, media: &str| {
            group([("title", Value::from(title)), ("url", url), ("type", Value::from(media))])
        };
        let home = Route::new(&language.prefix).unwrap_or_else(|_| Route::home());
        let of_page = self.feeds.iter().map(|(title, route)| feed(title, own(route), "application/rss+xml"));
        let of_site = site
            .config
            .settings
            .feed
            .formats
            .iter()
            .map(|format| feed(&language.title, own(&home.join(format.file())), format.media_type()));
        Value::from(of_site.chain(of_page).collect::<Vec<_>>())
    }
}

/// The name of a page's first author.
pub fn first_author(id: PageId, site: &Site<'_>) -> Option<String> {
    let term = site.graph.groups.of_page(id, "authors").first();
    let grouped = term.map(|term| site.graph.groups.term(*term).name.clone());
    grouped.or_else(|| site.graph.page(id).summary().meta.terms.get("authors")?.first().cloned())
}

/// `https://server.example/@name` as `@name@server.example`.
fn fediverse(site: &Site<'_>) -> Value {
    let address = site.config.settings.social.mastodon.as_deref();
    let handle = address.and_then(|address| url::Url::parse(address).ok()).and_then(|url| {
        let name = url.path().trim_matches('/').strip_prefix('@')?.to_owned();
        Some(format!("@{name}@{}", url.host_str()?))
    });
    handle.map_or_else(Value::none, Value::from)
}

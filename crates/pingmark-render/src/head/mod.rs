//! Values for the `<head>` of pages of every kind.
//!
//! Receives facts about a page. Gives the value `head`. Uses serde_json for structured data. Never asks the
//! graph.

mod link_preview;
mod structured_data;

use std::borrow::Cow;

use tera::Value;

use pingmark_core::config::{Author, Config, SiteLanguage};
use pingmark_site::graph::Route;

use crate::value::{RenderContext, feed, group, maybe, moment};
use crate::view::PageView;
use crate::view::teaser::Byline;
use link_preview::Preview;

/// Facts about a page that its `<head>` needs.
#[derive(Debug, Default)]
pub struct Head<'a> {
    /// Title of the page; `None` for the home.
    pub title: Option<String>,
    /// Description.
    pub description: String,
    /// Canonical address, if it is not the page's own.
    pub canonical: Option<String>,
    /// Whether search engines must leave the page out.
    pub noindex: bool,
    /// View of a post or page.
    pub page: Option<&'a PageView<'a>>,
    /// Language versions of the page, itself included.
    pub alternates: Vec<(&'a str, &'a Route)>,
    /// Feeds of the page itself: title and route.
    pub feeds: Vec<(String, Route)>,
    /// Previous page of a list.
    pub previous: Option<Route>,
    /// Next page of a list.
    pub next: Option<Route>,
    /// Number of the page in a list, from 1; 0 if it is not part of one.
    pub number: usize,
    /// Person the page is about: name, address of their page, and settings.
    pub person: Option<(&'a str, &'a Route, &'a Author)>,
    /// Breadcrumbs below the home: names and addresses.
    pub trail: Vec<(String, Route)>,
}

impl Head<'_> {
    /// `head`.
    pub fn value(&self, route: &Route, language: &SiteLanguage, site: &RenderContext<'_>) -> Value {
        let canonical = match (&self.canonical, self.noindex) {
            (_, true) => None,
            (Some(address), false) => Some(Cow::from(address)),
            (None, false) => Some(site.permalink(route).into()),
        };
        let own_title = self.title.as_deref().unwrap_or(&language.title);
        // Pages of a list have different titles for search engines.
        let numbered = match self.number {
            0 | 1 => Cow::from(own_title),
            number => {
                let page = site.word(&language.code, "page").unwrap_or_else(|| "Page".to_owned());
                format!("{own_title} ({} {number})", page.to_lowercase()).into()
            }
        };
        let full_title = || match own_title == language.title {
            true => Value::from(&*numbered),
            false => Value::from(format!("{numbered} — {}", language.title)),
        };
        let preview = Preview::new(self, &numbered, language);
        let address = canonical.as_deref();
        let image = preview.image;
        let side = |pick: fn((u32, u32)) -> u32| {
            let size = image.and_then(|image| image.dimensions);
            size.map_or_else(Value::none, |size| Value::from(pick(size)))
        };
        let optional = |route: &Option<Route>| {
            route.as_ref().map_or_else(Value::none, |route| Value::from(site.url(route)))
        };
        let json_ld = || Value::safe_string(&structured_data::json_ld(self, route, language, site));
        let author = || self.page.and_then(|view| first_author(view, site.config));
        let creator = || self.fediverse_creator(site).map_or_else(Value::none, Value::from);
        let rules = &site.config.settings.mentions;
        let [twitter_title, twitter_description, twitter_card] = preview.twitter;
        site.fields_of("head")
            .with("title", full_title)
            .with("og_title", || Value::from(preview.title))
            .with("og_description", || Value::from(preview.description))
            .with("twitter_title", || Value::from(twitter_title))
            .with("twitter_description", || Value::from(twitter_description))
            .with("twitter_card", || Value::from(twitter_card))
            .with("description", || Value::from(self.description.as_str()))
            .with("canonical", || maybe(address))
            .with("robots", || Value::from(if self.noindex { "noindex" } else { "" }))
            .with("og_type", || Value::from(preview.kind()))
            .with("locale", || Value::from(preview.locale))
            .with("image", || maybe(image.map(|image| image.permalink.as_str())))
            .with("image_type", || maybe(image.and_then(|image| image.media_type)))
            .with("image_alt", || Value::from(image.map_or("", |image| &image.alt)))
            .with("image_width", || side(|(width, _)| width))
            .with("image_height", || side(|(_, height)| height))
            .with("published", || moment(preview.published))
            .with("modified", || moment(preview.modified))
            .with("author", || author().map_or_else(Value::none, Value::from))
            .with("alternates", || self.alternates(site))
            .with("feeds", || self.feeds(language, site))
            .with("own_feeds", || Value::from(self.own_feeds(site).collect::<Vec<_>>()))
            .with("json_ld", json_ld)
            .with("previous", || optional(&self.previous))
            .with("next", || optional(&self.next))
            .with("fediverse_creator", creator)
            .with("webmention", || maybe(rules.webmention_endpoint().as_deref()))
            .with("pingback", || maybe(rules.pingback_server().as_deref()))
            .value()
    }

    fn alternates(&self, site: &RenderContext<'_>) -> Value {
        if self.alternates.len() < 2 {
            return Value::from(Vec::<Value>::new());
        }
        let absolute = |route: &Route| Value::from(site.permalink(route));
        let mut values: Vec<Value> = self
            .alternates
            .iter()
            .map(|(lang, route)| group([("lang", Value::from(*lang)), ("url", absolute(route))]))
            .collect();
        let main = &site.config.main_language().code;
        if let Some((_, route)) = self.alternates.iter().find(|(lang, _)| *lang == main.as_str()) {
            values.push(group([("lang", Value::from("x-default")), ("url", absolute(route))]));
        }
        Value::from(values)
    }

    /// Feeds of the language, and the page's own.
    fn feeds(&self, language: &SiteLanguage, site: &RenderContext<'_>) -> Value {
        let all = site.feeds(&language.code).iter().cloned().chain(self.own_feeds(site));
        Value::from(all.collect::<Vec<_>>())
    }

    fn own_feeds(&self, site: &RenderContext<'_>) -> impl Iterator<Item = Value> {
        let feeds = self.feeds.iter();
        feeds.map(|(title, route)| feed(title, site.url(route), "application/rss+xml"))
    }

    /// Handle in the fediverse of the first author, else of the blog.
    pub(super) fn fediverse_creator(&self, site: &RenderContext<'_>) -> Option<String> {
        let settings = &site.config.settings;
        let author = self.page.and_then(|view| match view.teaser.authors.first()? {
            Byline::Term(term) => term.author.as_ref().and_then(|author| author.social.mastodon.as_deref()),
            Byline::Name(name) => {
                site.config.author(name).and_then(|(_, author)| author.social.mastodon.as_deref())
            }
        });
        let own = || settings.social.mastodon.as_deref();
        author.or_else(own).and_then(handle)
    }
}

/// Name of a page's first author.
fn first_author(view: &PageView<'_>, config: &Config) -> Option<String> {
    Some(match view.teaser.authors.first()? {
        Byline::Term(term) => term.name.to_owned(),
        Byline::Name(name) => match config.author(name) {
            Some((_, author)) if !author.name.is_empty() => author.name.clone(),
            _ => (*name).to_owned(),
        },
    })
}

/// Handle of a profile: `@name@server.example` from `https://server.example/@name`.
fn handle(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let name = url.path().trim_matches('/').strip_prefix('@')?.to_owned();
    Some(format!("@{name}@{}", url.host_str()?))
}

#[cfg(test)]
mod tests {
    use super::handle;

    #[test]
    fn a_profile_is_a_handle() {
        assert_eq!(handle("https://a.example/@ana").as_deref(), Some("@ana@a.example"));
        assert_eq!(handle("https://a.example/ana"), None);
    }
}

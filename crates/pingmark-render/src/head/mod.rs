//! What stands in a page's `<head>`, the same for every kind of page.

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

/// The facts a head is made of.
#[derive(Debug, Default)]
pub struct Head<'a> {
    /// The page's own title; none for the home.
    pub title: Option<String>,
    /// A sentence or two.
    pub description: String,
    /// The address readers should use, when not the page's own.
    pub canonical: Option<String>,
    /// Whether search engines should leave it out.
    pub noindex: bool,
    /// The post or page, if it is one.
    pub page: Option<&'a PageView<'a>>,
    /// The same page in all its languages, itself among them.
    pub alternates: Vec<(&'a str, &'a Route)>,
    /// Feeds of the page's own, before the site's: title and route.
    pub feeds: Vec<(String, Route)>,
    /// The pages before and after it, of a list.
    pub previous: Option<Route>,
    /// See `previous`.
    pub next: Option<Route>,
    /// Its number among the pages of a list; the first has no need of one.
    pub number: usize,
    /// The person it is about: name, address of their page, and what the settings say of them.
    pub person: Option<(&'a str, &'a Route, &'a Author)>,
    /// The trail to it: names and addresses.
    pub trail: Vec<(String, Route)>,
}

impl Head<'_> {
    /// The value a template sees.
    pub fn value(&self, route: &Route, language: &SiteLanguage, site: &RenderContext<'_>) -> Value {
        let canonical = match (&self.canonical, self.noindex) {
            (_, true) => None,
            (Some(address), false) => Some(Cow::from(address)),
            (None, false) => Some(site.permalink(route).into()),
        };
        let own_title = self.title.as_deref().unwrap_or(&language.title);
        // Search engines tell apart what readers can: the pages of a list.
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

    /// The blog's feeds, and the page's own.
    fn feeds(&self, language: &SiteLanguage, site: &RenderContext<'_>) -> Value {
        let all = site.feeds(&language.code).iter().cloned().chain(self.own_feeds(site));
        Value::from(all.collect::<Vec<_>>())
    }

    fn own_feeds(&self, site: &RenderContext<'_>) -> impl Iterator<Item = Value> {
        let feeds = self.feeds.iter();
        feeds.map(|(title, route)| feed(title, site.url(route), "application/rss+xml"))
    }

    /// Who wrote it, as the fediverse knows them: its first author, else the blog.
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

/// The name of a page's first author.
fn first_author(view: &PageView<'_>, config: &Config) -> Option<String> {
    Some(match view.teaser.authors.first()? {
        Byline::Term(term) => term.name.to_owned(),
        Byline::Name(name) => match config.author(name) {
            Some((_, author)) if !author.name.is_empty() => author.name.clone(),
            _ => (*name).to_owned(),
        },
    })
}

/// `https://server.example/@name` as `@name@server.example`.
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

//! What stands in a page's `<head>`, the same for every kind of page.

use tera::Value;

use super::structured;
use super::value::{Site, group, moment};
use super::view::PageView;
use super::view::card::Byline;
use crate::config::{Author, Config, SiteLanguage};
use crate::graph::Route;
use crate::lang::Language;
use crate::social::Texts;

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
    pub fn value(&self, route: &Route, language: &SiteLanguage, site: &Site<'_>) -> Value {
        let canonical = self.canonical.clone().unwrap_or_else(|| site.permalink(route));
        let own_title = self.title.as_deref().unwrap_or(&language.title);
        // Search engines tell apart what readers can: the pages of a list.
        let numbered = match self.number {
            0 | 1 => own_title.to_owned(),
            number => {
                let page = site.word(&language.code, "page").unwrap_or_else(|| "Page".to_owned());
                format!("{own_title} ({} {number})", page.to_lowercase())
            }
        };
        let full_title = match own_title == language.title {
            true => numbered.clone(),
            false => format!("{numbered} — {}", language.title),
        };
        let meta = self.page.map(|view| view.card.meta);
        let image = self.page.and_then(|view| view.preview.as_ref().or(view.card.image.as_ref()));
        let is_post = meta.is_some_and(|meta| meta.date.is_some());
        let side = |pick: fn((u32, u32)) -> u32| {
            let size = image.and_then(|image| image.dimensions);
            size.map_or_else(Value::none, |size| Value::from(pick(size)))
        };
        let optional = |route: &Option<Route>| {
            route.as_ref().map_or_else(Value::none, |route| Value::from(site.url(route)))
        };
        // What the front matter says for previews of links.
        let said = |pick: fn(&Texts) -> Option<&str>| meta.and_then(|meta| pick(&meta.social)).unwrap_or("");
        let or = |said: &str, usual: &str| if said.is_empty() { usual.to_owned() } else { said.to_owned() };
        let og_title = or(said(|texts| texts.og_title.as_deref()), &numbered);
        let og_description = or(said(|texts| texts.og_description.as_deref()), &self.description);
        let json_ld = match site.templates.reads_json_ld() {
            true => Value::safe_string(&structured::json_ld(self, route, language, site)),
            false => Value::none(),
        };
        let author = self.page.and_then(|view| first_author(view, site.config));
        group([
            ("title", Value::from(full_title)),
            ("og_title", Value::from(og_title)),
            ("og_description", Value::from(og_description)),
            ("twitter_title", Value::from(said(|texts| texts.twitter_title.as_deref()))),
            ("twitter_description", Value::from(said(|texts| texts.twitter_description.as_deref()))),
            ("twitter_card", Value::from(said(|texts| texts.twitter_card.as_deref()))),
            ("description", Value::from(self.description.as_str())),
            ("canonical", if self.noindex { Value::none() } else { Value::from(canonical) }),
            ("robots", Value::from(if self.noindex { "noindex" } else { "" })),
            ("og_type", Value::from(if is_post { "article" } else { "website" })),
            ("locale", Value::from(Language::of(&language.code).locale)),
            ("image", image.map_or_else(Value::none, |image| Value::from(image.permalink.as_str()))),
            ("image_alt", Value::from(image.map_or("", |image| &image.alt))),
            ("image_width", side(|(width, _)| width)),
            ("image_height", side(|(_, height)| height)),
            ("published", moment(meta.and_then(|meta| meta.date))),
            ("modified", moment(meta.and_then(|meta| meta.updated.or(meta.date)))),
            ("author", author.map_or_else(Value::none, Value::from)),
            ("alternates", self.alternates(site)),
            ("feeds", self.feeds(language, site)),
            ("json_ld", json_ld),
            ("previous", optional(&self.previous)),
            ("next", optional(&self.next)),
            ("fediverse_creator", self.fediverse(site)),
        ])
    }

    fn alternates(&self, site: &Site<'_>) -> Value {
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

    fn feeds(&self, language: &SiteLanguage, site: &Site<'_>) -> Value {
        let own = |route: &Route| Value::from(site.url(route));
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

impl Head<'_> {
    /// Who wrote it, as the fediverse knows them: its first author, else the blog.
    fn fediverse(&self, site: &Site<'_>) -> Value {
        let settings = &site.config.settings;
        let author = self.page.and_then(|view| match view.card.authors.first()? {
            Byline::Term(term) => term.author.as_ref().and_then(|author| author.social.mastodon.as_deref()),
            Byline::Name(name) => {
                site.config.author(name).and_then(|(_, author)| author.social.mastodon.as_deref())
            }
        });
        let own = || settings.social.mastodon.as_deref();
        author.or_else(own).and_then(handle).map_or_else(Value::none, Value::from)
    }
}

/// The name of a page's first author.
fn first_author(view: &PageView<'_>, config: &Config) -> Option<String> {
    Some(match view.card.authors.first()? {
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

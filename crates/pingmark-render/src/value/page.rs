//! Pages, posts, terms and pings as templates see them.

use serde::Serialize;
use tera::value::Key;
use tera::{Context, Value};

use pingmark_core::config::Author;
use pingmark_core::lang::Language;
use pingmark_core::network::Network;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_document::outline;
use pingmark_site::graph::{PageKind, Route};

use super::{Fields, RenderContext, group, list, maybe, mention, profiles, share, text};
use crate::view::page::{PageView, Ping, SeriesView};
use crate::view::teaser::{Byline, Image};
use crate::view::{TeaserView, TermTeaser};

/// Capacity reserved for a teaser as HTML, in bytes.
const TEASER_SIZE: usize = 2048;

impl RenderContext<'_> {
    /// Page in a list, made once for all pages.
    pub fn teaser(&self, teaser: &TeaserView<'_>) -> Value {
        self.cache.teaser(teaser.id, || self.teaser_value(teaser))
    }

    /// List of pages.
    pub fn teasers(&self, teasers: &[&TeaserView<'_>]) -> Value {
        list(teasers.iter().map(|teaser| self.teaser(teaser)))
    }

    fn maybe_teaser(&self, teaser: Option<&TeaserView<'_>>) -> Value {
        teaser.map_or_else(Value::none, |teaser| self.teaser(teaser))
    }

    fn teaser_value(&self, teaser: &TeaserView<'_>) -> Value {
        let meta = teaser.meta;
        let terms = |terms: &[&TermTeaser<'_>]| terms.iter().map(|term| self.term(term)).collect();
        let mut value = TeaserValue {
            title: teaser.title,
            url: &teaser.url,
            permalink: self.permalink(teaser.route),
            slug: teaser.slug,
            lang: teaser.lang,
            kind: if teaser.kind == PageKind::Post { "post" } else { "page" },
            date: meta.date.map(|date| date.rfc3339()),
            updated: meta.updated.map(|date| date.rfc3339()),
            description: teaser.description.unwrap_or(""),
            summary: teaser.summary,
            tags: terms(&teaser.tags),
            more_tags: teaser.more_tags.as_ref().map(|(count, route)| {
                group([("count", Value::from(*count)), ("url", Value::from(self.url(route)))])
            }),
            categories: terms(&teaser.categories),
            authors: teaser.authors.iter().map(|author| self.byline(author)).collect(),
            image: teaser.image.as_ref().map(|image| self.image(image)),
            reading_time: teaser.reading_time,
            pinned: meta.pinned,
            link: meta.link.as_deref(),
            in_reply_to: meta.in_reply_to.as_deref(),
            bookmark_of: meta.bookmark_of.as_deref(),
            repost_of: meta.repost_of.as_deref(),
            like_of: meta.like_of.as_deref(),
            series_name: teaser.series.map(|term| term.name),
            html: None,
            line: None,
        };
        let rendered_once = self.templates.rendered_once();
        if !rendered_once.is_empty() {
            let reads =
                |name: &str| rendered_once.iter().any(|(_, partial)| self.templates.reads(partial, name));
            let mut context = self.context(teaser.lang, &reads);
            context.insert_value("card", Value::from_serializable(&value));
            context.insert_value("level", Value::from(2));
            for (field, partial) in rendered_once {
                let html = Some(self.rendered_teaser(partial, &context));
                match *field {
                    "line" => value.line = html,
                    _ => value.html = html,
                }
            }
        }
        Value::from_serializable(&value)
    }

    /// Teaser as HTML; none if its partial fails, which is reported when a list includes the partial.
    fn rendered_teaser(&self, partial: &str, context: &Context) -> Value {
        let html = self.render(partial, context, "", TEASER_SIZE).ok();
        html.map_or_else(Value::none, |html| Value::safe_string(&String::from_utf8_lossy(&html)))
    }

    /// Term as pages link to it, made once for all pages.
    pub fn term(&self, term: &TermTeaser<'_>) -> Value {
        self.cache.term(term.id, || group(self.term_fields(term)))
    }

    /// Term in a list of terms, with the number of its posts.
    pub fn listed_term(&self, term: &TermTeaser<'_>) -> Value {
        let mut fields = self.term_fields(term);
        fields.push(("count", Value::from(term.count)));
        group(fields)
    }

    /// Category with its newest posts.
    pub fn category(&self, term: &TermTeaser<'_>, posts: &[&TeaserView<'_>]) -> Value {
        let mut fields = self.term_fields(term);
        fields.extend([("count", Value::from(term.count)), ("posts", self.teasers(posts))]);
        group(fields)
    }

    fn term_fields(&self, term: &TermTeaser<'_>) -> Fields {
        let mut fields = vec![
            ("name", text(term.name)),
            ("url", Value::from(self.url(term.route))),
            ("slug", text(term.slug)),
            ("hue", Value::from(hue(term.slug))),
        ];
        fields.extend(term.author.iter().flat_map(|author| self.person(author)));
        fields
    }

    fn person(&self, author: &Author) -> [(&'static str, Value); 5] {
        let address = |url: &Option<String>| {
            url.as_deref().map_or_else(Value::none, |url| Value::from(self.site_url(url)))
        };
        [
            ("site", address(&author.url)),
            ("photo", address(&author.photo)),
            ("bio", maybe(author.bio.as_deref())),
            ("email", maybe(author.email.as_deref())),
            ("social", profiles(author.social.given())),
        ]
    }

    fn byline(&self, author: &Byline<'_>) -> Value {
        let name = match author {
            Byline::Term(term) => return self.term(term),
            Byline::Name(name) => *name,
        };
        let author = self.config.author(name).map(|(_, author)| author.clone()).unwrap_or_default();
        let shown = if author.name.is_empty() { name } else { &author.name };
        let mut fields =
            vec![("name", text(shown)), ("url", Value::none()), ("slug", Value::from(slugify(name)))];
        fields.extend(self.person(&author));
        group(fields)
    }

    /// `page`. `content` is its text as HTML.
    pub fn page(&self, view: &PageView<'_>, content: &str) -> Value {
        let document = view.text.document;
        let meta = view.teaser.meta;
        let teaser = self.teaser(view.teaser);
        let mut fields_of = self.fields_of("page");
        for (key, value) in teaser.as_map().into_iter().flatten() {
            if let Key::Str(name) = key {
                fields_of = fields_of.with(name, || value.clone());
            }
        }
        let address = |value: &Option<String>| maybe(value.as_deref());
        let shows_toc = meta.toc.unwrap_or(false);
        // Most posts show no table of contents, and headings are many.
        let headings = || match shows_toc || !self.templates.fields("page").has("show_toc") {
            true => outline::tree(&document.outline),
            false => Vec::new(),
        };
        fields_of
            .with("content", || Value::safe_string(content))
            .with("toc", || Value::from_serializable(&toc(&headings())))
            .with("show_toc", || Value::from(shows_toc))
            .with("word_count", || Value::from(document.teaser.word_count))
            .with("series", || view.series.as_ref().map_or_else(Value::none, |series| self.series(series)))
            .with("earlier", || self.maybe_teaser(view.earlier))
            .with("later", || self.maybe_teaser(view.later))
            .with("translations", || self.translations(view))
            .with("syndication", || syndication(&meta.syndication))
            .with("via", || address(&meta.via))
            .with("sources", || list(view.text.sources.iter().map(|source| self.source(source, view))))
            .with("cites", || {
                list(view.cites.iter().map(|(work, count)| self.cited(work, *count, view.teaser.lang)))
            })
            .with("pings", || self.pings(view))
            .with("mentions", || mention::value(view.mentions, &self.config.base_url))
            .with("canonical_url", || address(&meta.canonical_url))
            .with("weight", || Value::from(meta.weight))
            .with("draft", || Value::from(meta.draft))
            .with("social", || Value::from_serializable(&meta.social.value()))
            .with("share", || share::links(view.teaser, self.config))
            .with("extra", || Value::from_serializable(&meta.extra))
            .value()
    }

    fn series(&self, series: &SeriesView<'_>) -> Value {
        let posts = series.posts.iter().enumerate().map(|(at, (title, route))| {
            group([
                ("title", text(title)),
                ("url", Value::from(self.url(route))),
                ("current", Value::from(series.from + at == series.number)),
            ])
        });
        group([
            ("name", text(series.term.name)),
            ("url", Value::from(self.url(series.term.route))),
            ("number", Value::from(series.number)),
            ("total", Value::from(series.total)),
            ("from", Value::from(series.from)),
            ("posts", list(posts)),
            ("earlier", self.maybe_teaser(series.earlier)),
            ("later", self.maybe_teaser(series.later)),
        ])
    }

    fn translations(&self, view: &PageView<'_>) -> Value {
        list(view.translations.iter().map(|(lang, title, route)| {
            group([
                ("lang", text(lang)),
                ("name", text(Language::of(lang).name)),
                ("title", text(title)),
                ("url", Value::from(self.url(route))),
            ])
        }))
    }

    /// `page.pings`: citations by other articles of the blog and received pings, by date.
    fn pings(&self, view: &PageView<'_>) -> Value {
        let moment = |when: Option<When>| (when.is_none(), when.map(|when| when.instant));
        let own = view.pings.iter().map(|ping| (moment(ping.date), self.ping(ping)));
        let received = view.mentions.map_or(&[][..], |mentions| &mentions.pings);
        let received = received.iter().map(|ping| (moment(ping.date()), mention::ping(ping)));
        let mut all: Vec<_> = own.chain(received).collect();
        all.sort_by_key(|(moment, _)| *moment);
        list(all.into_iter().map(|(_, value)| value))
    }

    /// Citation by another article of the blog: the fields of a received ping, except `site` and `author`.
    fn ping(&self, ping: &Ping<'_>) -> Value {
        Value::from_serializable(&PingValue {
            own: true,
            kind: "ping",
            title: ping.title,
            url: ping.url,
            date: ping.date.map(|date| date.rfc3339()),
            lang: ping.lang,
            hue: ping.category.map(hue),
            before: &ping.quote.before,
            text: &ping.quote.words,
            after: &ping.quote.after,
            cut_before: ping.quote.cut_before,
            cut_after: ping.quote.cut_after,
            count: ping.count,
        })
    }

    fn image(&self, image: &Image<'_>) -> Value {
        let side = |side: Option<u32>| side.map_or_else(Value::none, Value::from);
        let versions = image.versions.zip(image.dimensions);
        let offer =
            versions.map(|(versions, size)| self.srcsets(versions, &image.url, size)).unwrap_or_default();
        group([
            ("url", text(&image.url)),
            ("permalink", text(&image.permalink)),
            ("width", side(image.dimensions.map(|(width, _)| width))),
            ("height", side(image.dimensions.map(|(_, height)| height))),
            ("alt", text(&image.alt)),
            ("srcset", Value::from(offer.same)),
            ("webp", Value::from(offer.webp)),
        ])
    }

    /// `taxonomy`.
    pub fn taxonomy(&self, name: &str, index: &Route) -> Value {
        group([("name", text(name)), ("url", Value::from(self.url(index)))])
    }
}

/// Page in a list.
#[derive(Serialize)]
struct TeaserValue<'v> {
    title: &'v str,
    url: &'v str,
    permalink: String,
    slug: &'v str,
    lang: &'v str,
    kind: &'static str,
    date: Option<String>,
    updated: Option<String>,
    description: &'v str,
    summary: &'v str,
    tags: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_tags: Option<Value>,
    categories: Vec<Value>,
    authors: Vec<Value>,
    image: Option<Value>,
    reading_time: usize,
    pinned: bool,
    link: Option<&'v str>,
    in_reply_to: Option<&'v str>,
    bookmark_of: Option<&'v str>,
    repost_of: Option<&'v str>,
    like_of: Option<&'v str>,
    series_name: Option<&'v str>,
    /// Teaser as HTML, as a card and as a line; left out if no template reads them.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<Value>,
}

/// Ping.
#[derive(Serialize)]
struct PingValue<'v> {
    own: bool,
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'v str,
    url: &'v str,
    date: Option<String>,
    lang: &'v str,
    hue: Option<usize>,
    before: &'v str,
    text: &'v str,
    after: &'v str,
    cut_before: bool,
    cut_after: bool,
    count: usize,
}

/// Heading of the table of contents, with its subheadings.
#[derive(Serialize)]
struct HeadingValue<'v> {
    id: &'v str,
    text: &'v str,
    level: u8,
    children: Vec<Self>,
}

/// Number of the colour of a category, from 0 to 5, as `partials/hue.html` computes it: the third letter and
/// the length of its slug tell most apart.
fn hue(slug: &str) -> usize {
    let third = slug.chars().nth(2);
    let letter = third.map_or(0, |letter| ('a'..='z').position(|other| other == letter).unwrap_or(26));
    (letter + 3 * slug.chars().count() + 4) % 6
}

fn toc<'v>(entries: &[outline::TocEntry<'v>]) -> Vec<HeadingValue<'v>> {
    let values = entries.iter().map(|entry| HeadingValue {
        id: &entry.heading.id,
        text: &entry.heading.text,
        level: entry.heading.level,
        children: toc(&entry.children),
    });
    values.collect()
}

fn syndication(addresses: &[String]) -> Value {
    let values = addresses
        .iter()
        .filter(|address| !pingmark_core::html::is_unsafe(address))
        .map(|address| group([("network", text(&network_of(address))), ("url", text(address))]));
    Value::from(values.collect::<Vec<_>>())
}

/// Name of the social network of an address, by its host; else the host.
pub fn network_of(address: &str) -> String {
    let parsed = url::Url::parse(address).ok();
    let host = parsed.as_ref().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    // Mastodon's addresses of posts look like `/@name/116560000000000001`.
    let is_toot = parsed.as_ref().is_some_and(|url| {
        let mut parts = url.path().trim_start_matches('/').split('/');
        let name = parts.next().is_some_and(|part| part.starts_with('@') && part.len() > 1);
        let number = |part: &str| part.len() > 8 && part.bytes().all(|b| b.is_ascii_digit());
        name && parts.next().is_some_and(number)
    });
    let host = host.trim_start_matches("www.");
    let is_below = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    let others = [("youtube.com", "YouTube"), ("medium.com", "Medium"), ("tiktok.com", "TikTok")];
    let other = || others.into_iter().find(|(domain, _)| is_below(domain)).map(|(_, name)| name);
    match Network::of_host(host).map(Network::name).or_else(other) {
        Some(name) => name.to_owned(),
        None if is_toot || host.contains("mastodon") || host.starts_with("mstdn") => "Mastodon".to_owned(),
        None => host.to_owned(),
    }
}

//! Feeds: RSS 2.0, Atom 1.0 (RFC 4287), JSON Feed 1.1, with full posts or summaries.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;
use serde::Serialize;
use serde_json::json;

use pingmark_core::config::{FeedFormat, SiteLanguage};
use pingmark_core::diag::Diagnostic;
use pingmark_core::html::push_text;
use pingmark_core::when::When;
use pingmark_site::graph::Route;
use pingmark_site::graph::route::encode;

use super::feed_html::without_active;
use super::xml::{between_tags, clean, finished, started, text};
use crate::body::Filler;
use crate::value::RenderContext;
use crate::view::teaser::Byline;
use crate::view::{FeedView, TeaserView, Text};

/// Renders a feed. It is always well-formed; diagnostics report components that fail.
pub fn render(route: &Route, view: &FeedView<'_>, site: &RenderContext<'_>) -> (Vec<u8>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let channel = Channel::new(route, view, site, &mut diagnostics);
    let bytes = match view.feed.format {
        FeedFormat::Rss => channel.rss(),
        FeedFormat::Atom => channel.atom(),
        FeedFormat::Json => Ok(channel.json()),
    };
    (bytes.expect("writing into memory does not fail"), diagnostics)
}

/// JSON Feed 1.1, keys in the order of the specification: the version first.
#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    language: &'a str,
    items: Vec<serde_json::Value>,
}

struct Channel<'a> {
    language: &'a SiteLanguage,
    title: String,
    home: String,
    own: String,
    updated: When,
    items: Vec<Item>,
}

struct Item {
    title: String,
    /// Identifier, if it is not the address.
    guid: Option<String>,
    address: String,
    published: When,
    updated: When,
    summary: String,
    content: Option<String>,
    categories: Vec<String>,
    authors: Vec<(String, String)>,
    image: Option<String>,
}

impl<'a> Channel<'a> {
    fn new(
        route: &Route,
        view: &FeedView<'_>,
        site: &'a RenderContext<'a>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let config = site.config;
        let language = site.language(&view.feed.lang);
        let home = match view.term {
            Some(term) => site.permalink(term.route),
            None => format!("{}{}", config.base_url.as_str(), encode(&language.prefix)),
        };
        let items = view.items.iter();
        let items: Vec<Item> = items
            .filter_map(|(teaser, text)| item(teaser, text.as_ref(), site, language, diagnostics))
            .collect();
        // An empty feed gets the epoch as its date, because the clock is not an input.
        let epoch = When { instant: 0, offset: 0, has_time: true };
        Self {
            language,
            title: view
                .term
                .map_or_else(|| language.title.clone(), |term| format!("{} — {}", term.name, language.title)),
            home,
            own: site.permalink(route),
            updated: items.iter().map(|item| item.updated).max().unwrap_or(epoch),
            items,
        }
    }

    fn rss(&self) -> io::Result<Vec<u8>> {
        let mut writer = started()?;
        let rss = writer.create_element("rss").with_attributes([
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ]);
        rss.write_inner_content(|w| {
            w.create_element("channel").write_inner_content(|w| {
                text(w, "title", &self.title)?;
                text(w, "link", &self.home)?;
                // RSS requires a description; the title stands in.
                let description = &self.language.description;
                let description = if description.is_empty() { &self.title } else { description };
                text(w, "description", &as_html(description))?;
                text(w, "language", &self.language.code.to_ascii_lowercase())?;
                text(w, "generator", &generator())?;
                text(w, "lastBuildDate", &self.updated.rfc822())?;
                let own = [("href", self.own.as_str()), ("rel", "self"), ("type", "application/rss+xml")];
                w.create_element("atom:link").with_attributes(own).write_empty()?;
                self.items.iter().try_for_each(|item| rss_item(w, item))
            })?;
            Ok(())
        })?;
        Ok(finished(writer))
    }

    fn atom(&self) -> io::Result<Vec<u8>> {
        let mut writer = started()?;
        let feed = writer.create_element("feed").with_attributes([
            ("xmlns", "http://www.w3.org/2005/Atom"),
            ("xml:lang", self.language.code.as_str()),
        ]);
        feed.write_inner_content(|w| {
            text(w, "title", &self.title)?;
            if !self.language.description.is_empty() {
                text(w, "subtitle", &self.language.description)?;
            }
            text(w, "id", &self.home)?;
            link(w, "alternate", "text/html", &self.home)?;
            link(w, "self", "application/atom+xml", &self.own)?;
            text(w, "updated", &self.updated.rfc3339())?;
            let version = [("uri", env!("CARGO_PKG_REPOSITORY")), ("version", env!("CARGO_PKG_VERSION"))];
            let version = &version[usize::from(version[0].1.is_empty())..];
            let generator = w.create_element("generator").with_attributes(version.iter().copied());
            generator.write_text_content(BytesText::new("Pingmark"))?;
            self.items.iter().try_for_each(|item| self.atom_entry(w, item))
        })?;
        Ok(finished(writer))
    }

    fn atom_entry(&self, w: &mut Writer<Vec<u8>>, item: &Item) -> io::Result<()> {
        w.create_element("entry").write_inner_content(|w| {
            text(w, "title", &item.title)?;
            text(w, "id", item.id())?;
            link(w, "alternate", "text/html", &item.address)?;
            text(w, "published", &item.published.rfc3339())?;
            text(w, "updated", &item.updated.rfc3339())?;
            // Atom requires an author for each entry (RFC 4287, 4.1.2); the blog stands in.
            let blog = [(self.language.title.clone(), self.home.clone())];
            let authors = if item.authors.is_empty() { &blog[..] } else { &item.authors };
            for (name, address) in authors {
                w.create_element("author").write_inner_content(|w| {
                    text(w, "name", name)?;
                    if address.is_empty() { Ok(()) } else { text(w, "uri", address) }
                })?;
            }
            for category in &item.categories {
                w.create_element("category")
                    .with_attribute(("term", clean(category).as_ref()))
                    .write_empty()?;
            }
            if !item.summary.is_empty() {
                text(w, "summary", &item.summary)?;
            }
            if let Some(content) = &item.content {
                let element = w.create_element("content").with_attribute(("type", "html"));
                element.write_text_content(between_tags(content))?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn json(&self) -> Vec<u8> {
        let items: Vec<serde_json::Value> = self
            .items
            .iter()
            .map(|item| {
                let mut value = json!({
                    "id": item.id(),
                    "url": item.address,
                    "title": item.title,
                    "summary": item.summary,
                    "date_published": item.published.rfc3339(),
                    "date_modified": item.updated.rfc3339(),
                    "tags": item.categories,
                    "language": self.language.code,
                    "authors": item.authors.iter().map(|(name, url)| author(name, url)).collect::<Vec<_>>(),
                });
                match &item.content {
                    Some(content) => value["content_html"] = json!(content),
                    // `content_text` or `content_html` is required.
                    None => value["content_text"] = json!(item.summary),
                }
                if let Some(image) = &item.image {
                    value["image"] = json!(image);
                }
                value
            })
            .collect();
        let feed = JsonFeed {
            version: "https://jsonfeed.org/version/1.1",
            title: &self.title,
            home_page_url: &self.home,
            feed_url: &self.own,
            description: &self.language.description,
            language: &self.language.code,
            items,
        };
        let mut bytes = serde_json::to_vec_pretty(&feed).expect("JSON of texts is always written");
        bytes.push(b'\n');
        bytes
    }
}

fn author(name: &str, url: &str) -> serde_json::Value {
    if url.is_empty() { json!({"name": name}) } else { json!({"name": name, "url": url}) }
}

fn item(
    teaser: &TeaserView<'_>,
    text: Option<&Text<'_>>,
    site: &RenderContext<'_>,
    language: &SiteLanguage,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Item> {
    let published = teaser.meta.date?;
    let content = text.map(|text| {
        let implicits = site.context(&language.code, &|_| false);
        let html = Filler { site, text, implicits: &implicits, absolute: true }.body(diagnostics);
        match without_active(&html) {
            Cow::Borrowed(_) => html,
            Cow::Owned(inert) => inert,
        }
    });
    let names = teaser.categories.iter().chain(&teaser.tags).map(|term| term.name.to_owned());
    let authors = teaser.authors.iter().filter_map(|author| match author {
        Byline::Term(term) => Some((term.name.to_owned(), site.permalink(term.route))),
        Byline::Name(_) => None,
    });
    Some(Item {
        title: teaser.title.to_owned(),
        guid: teaser.meta.guid.clone(),
        address: site.permalink(teaser.route),
        published,
        updated: teaser.meta.updated.filter(|updated| *updated > published).unwrap_or(published),
        summary: teaser.summary.to_owned(),
        content,
        categories: names.collect(),
        authors: authors.collect(),
        image: teaser.image.as_ref().map(|image| image.permalink.clone()),
    })
}

impl Item {
    /// Identifier by which readers know the post.
    fn id(&self) -> &str {
        self.guid.as_deref().unwrap_or(&self.address)
    }
}

fn rss_item(w: &mut Writer<Vec<u8>>, item: &Item) -> io::Result<()> {
    w.create_element("item").write_inner_content(|w| {
        text(w, "title", &item.title)?;
        text(w, "link", &item.address)?;
        let is_address = if item.guid.is_none() { "true" } else { "false" };
        let guid = w.create_element("guid").with_attribute(("isPermaLink", is_address));
        guid.write_text_content(BytesText::new(&clean(item.id())))?;
        text(w, "pubDate", &item.published.rfc822())?;
        for (name, _) in &item.authors {
            text(w, "dc:creator", name)?;
        }
        for category in &item.categories {
            text(w, "category", category)?;
        }
        text(w, "description", &as_html(&item.summary))?;
        match &item.content {
            Some(content) => text(w, "content:encoded", content),
            None => Ok(()),
        }
    })?;
    Ok(())
}

/// Plain text for a field that readers take as HTML, such as the description in RSS.
fn as_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    push_text(&mut html, text);
    html
}

fn generator() -> String {
    format!("Pingmark {}", env!("CARGO_PKG_VERSION"))
}

fn link(w: &mut Writer<Vec<u8>>, rel: &str, media: &str, address: &str) -> io::Result<()> {
    w.create_element("link")
        .with_attributes([("rel", rel), ("type", media), ("href", address)])
        .write_empty()?;
    Ok(())
}

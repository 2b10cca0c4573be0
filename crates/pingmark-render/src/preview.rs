//! What networks show of a link to a page, and the tags of a head that tell them: Open Graph
//! (<https://ogp.me>), the cards of X, the author whom the fediverse knows.

use pingmark_core::config::SiteLanguage;
use pingmark_core::html::push_escaped;
use pingmark_core::lang::Language;
use pingmark_core::share_texts::ShareTexts;
use pingmark_core::when::When;

use super::head::Head;
use super::value::RenderContext;
use super::view::card::{Byline, Image};

/// A link to a page, as networks show it.
#[derive(Debug)]
pub struct Preview<'p> {
    /// Whether it is a dated article.
    pub is_article: bool,
    /// The title that its front matter has for networks, else its own.
    pub title: &'p str,
    /// The same of its description.
    pub description: &'p str,
    /// What its front matter has for X: the title, the description, and the kind of card; empty where
    /// it says nothing.
    pub twitter: [&'p str; 3],
    /// The picture.
    pub image: Option<&'p Image<'p>>,
    /// When it was published.
    pub published: Option<When>,
    /// When it was last changed.
    pub modified: Option<When>,
    /// The language, as Open Graph names it: `fr_FR`.
    pub locale: &'static str,
}

impl<'p> Preview<'p> {
    /// The preview of a page with this title.
    pub fn new(head: &'p Head<'_>, title: &'p str, language: &SiteLanguage) -> Self {
        let meta = head.page.map(|view| view.card.meta);
        let said =
            |pick: fn(&ShareTexts) -> Option<&str>| meta.and_then(|meta| pick(&meta.social)).unwrap_or("");
        let or = |said: &'p str, usual: &'p str| if said.is_empty() { usual } else { said };
        Self {
            is_article: meta.is_some_and(|meta| meta.date.is_some()),
            title: or(said(|texts| texts.og_title.as_deref()), title),
            description: or(said(|texts| texts.og_description.as_deref()), &head.description),
            twitter: [
                said(|texts| texts.twitter_title.as_deref()),
                said(|texts| texts.twitter_description.as_deref()),
                said(|texts| texts.twitter_card.as_deref()),
            ],
            image: head.page.and_then(|view| view.preview.as_ref().or(view.card.image.as_ref())),
            published: meta.and_then(|meta| meta.date),
            modified: meta.and_then(|meta| meta.updated.or(meta.date)),
            locale: Language::of(&language.code).locale,
        }
    }

    /// The tags, each in a line.
    pub fn tags(
        &self,
        head: &Head<'_>,
        canonical: &str,
        language: &SiteLanguage,
        site: &RenderContext<'_>,
    ) -> String {
        let mut tags = Tags(String::with_capacity(2048));
        tags.add("property", "og:type", self.kind());
        tags.add("property", "og:title", self.title);
        tags.add_said("property", "og:description", self.description);
        tags.add_said("property", "og:url", canonical);
        tags.add("property", "og:site_name", &language.title);
        tags.add("property", "og:locale", self.locale);
        if let Some(image) = self.image {
            tags.add("property", "og:image", &image.permalink);
            let known = image.dimensions.filter(|(width, height)| *width > 0 && *height > 0);
            if let Some((width, height)) = known {
                tags.add("property", "og:image:width", &width.to_string());
                tags.add("property", "og:image:height", &height.to_string());
            }
            tags.add_said("property", "og:image:alt", &image.alt);
        }
        if self.is_article {
            self.add_article(head, &mut tags, site);
        }
        let [title, description, card] = self.twitter;
        let usual = if self.image.is_some() { "summary_large_image" } else { "summary" };
        tags.add("name", "twitter:card", if card.is_empty() { usual } else { card });
        // X takes what is not said for it from Open Graph.
        tags.add_said("name", "twitter:title", title);
        tags.add_said("name", "twitter:description", description);
        if let Some(image) = self.image {
            tags.add("name", "twitter:image", &image.permalink);
            tags.add_said("name", "twitter:image:alt", &image.alt);
        }
        tags.add_said("name", "fediverse:creator", head.fediverse_creator(site).as_deref().unwrap_or(""));
        tags.0
    }

    /// Its kind, as Open Graph names it.
    pub fn kind(&self) -> &'static str {
        if self.is_article { "article" } else { "website" }
    }

    fn add_article(&self, head: &Head<'_>, tags: &mut Tags, site: &RenderContext<'_>) {
        for (name, when) in
            [("article:published_time", self.published), ("article:modified_time", self.modified)]
        {
            if let Some(when) = when {
                tags.add("property", name, &when.rfc3339());
            }
        }
        let Some(view) = head.page else { return };
        for author in &view.card.authors {
            // Of others there is no page.
            if let Byline::Term(term) = author {
                tags.add("property", "article:author", &site.permalink(term.route));
            }
        }
        if let Some(category) = view.card.categories.first() {
            tags.add("property", "article:section", category.name);
        }
        view.card.tags.iter().for_each(|tag| tags.add("property", "article:tag", tag.name));
    }
}

/// Tags that are being written.
struct Tags(String);

impl Tags {
    /// One with a name in such an attribute.
    fn add(&mut self, attribute: &str, name: &str, content: &str) {
        let Self(out) = self;
        if !out.is_empty() {
            out.push('\n');
        }
        for part in ["<meta ", attribute, "=\"", name, "\" content=\""] {
            out.push_str(part);
        }
        push_escaped(out, content);
        out.push_str("\">");
    }

    /// The same, if there is anything to say.
    fn add_said(&mut self, attribute: &str, name: &str, content: &str) {
        if !content.is_empty() {
            self.add(attribute, name, content);
        }
    }
}

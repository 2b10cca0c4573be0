//! What networks show of a link to a page, and the tags of a head that tell them: Open Graph
//! (<https://ogp.me>), the cards of X, the author whom the fediverse knows.

use pingmark_core::config::SiteLanguage;
use pingmark_core::lang::Language;
use pingmark_core::share_texts::ShareTexts;
use pingmark_core::when::When;

use crate::head::Head;
use crate::view::teaser::Image;

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
        let meta = head.page.map(|view| view.teaser.meta);
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
            image: head.page.and_then(|view| view.preview.as_ref().or(view.teaser.image.as_ref())),
            published: meta.and_then(|meta| meta.date),
            modified: meta.and_then(|meta| meta.updated.or(meta.date)),
            locale: Language::of(&language.code).locale,
        }
    }

    /// `og:type`.
    pub fn kind(&self) -> &'static str {
        if self.is_article { "article" } else { "website" }
    }
}

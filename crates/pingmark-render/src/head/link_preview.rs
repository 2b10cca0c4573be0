//! Link previews: Open Graph (<https://ogp.me>) and the cards of X.

use pingmark_core::config::SiteLanguage;
use pingmark_core::lang::Language;
use pingmark_core::share_texts::ShareTexts;
use pingmark_core::when::When;

use crate::head::Head;
use crate::view::teaser::Image;

/// Texts and image of a link preview.
#[derive(Debug)]
pub(super) struct Preview<'p> {
    /// Whether the page is an article with a date.
    pub is_article: bool,
    /// Title for previews from the front matter, else the page's own.
    pub title: &'p str,
    /// Description for previews from the front matter, else the page's own.
    pub description: &'p str,
    /// Title, description and kind of card for X from the front matter; empty if not set.
    pub twitter: [&'p str; 3],
    /// Image.
    pub image: Option<&'p Image<'p>>,
    /// Date of publication.
    pub published: Option<When>,
    /// Date of the last update.
    pub modified: Option<When>,
    /// Locale, as Open Graph writes it: `fr_FR`.
    pub locale: &'static str,
}

impl<'p> Preview<'p> {
    /// Preview of a page with this title.
    pub(super) fn new(head: &'p Head<'_>, title: &'p str, language: &SiteLanguage) -> Self {
        let meta = head.page.map(|view| view.teaser.meta);
        let social =
            |pick: fn(&ShareTexts) -> Option<&str>| meta.and_then(|meta| pick(&meta.social)).unwrap_or("");
        let or = |own: &'p str, usual: &'p str| if own.is_empty() { usual } else { own };
        Self {
            is_article: meta.is_some_and(|meta| meta.date.is_some()),
            title: or(social(|texts| texts.og_title.as_deref()), title),
            description: or(social(|texts| texts.og_description.as_deref()), &head.description),
            twitter: [
                social(|texts| texts.twitter_title.as_deref()),
                social(|texts| texts.twitter_description.as_deref()),
                social(|texts| texts.twitter_card.as_deref()),
            ],
            image: head.page.and_then(|view| view.preview.as_ref()),
            published: meta.and_then(|meta| meta.date),
            modified: meta.and_then(|meta| meta.updated.or(meta.date)),
            locale: Language::of(&language.code).locale,
        }
    }

    /// `og:type`.
    pub(super) fn kind(&self) -> &'static str {
        if self.is_article { "article" } else { "website" }
    }
}

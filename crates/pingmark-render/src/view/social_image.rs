//! View of a post's social image.

use pingmark_core::config::CardFormat;
use pingmark_core::path::SitePath;
use pingmark_core::when::When;
use pingmark_site::graph::PageId;

use super::ViewBuilder;
use super::teaser::Byline;

/// Texts of a social image, before they are laid out.
#[derive(Clone, Debug, Hash)]
pub struct SocialImageView<'a> {
    /// File of the article.
    pub path: &'a SitePath,
    /// Format.
    pub format: CardFormat,
    /// Title of the article.
    pub title: &'a str,
    /// Title of the blog.
    pub site: &'a str,
    /// Names of the authors, separated by commas.
    pub author: String,
    /// Date of the article.
    pub date: Option<When>,
    /// First category, else the series.
    pub kicker: Option<&'a str>,
    /// Language code.
    pub lang: &'a str,
}

/// [`SocialImageView`] that owns its texts, for an image that is drawn on request.
#[derive(Clone, Debug)]
pub struct SocialImageFacts {
    path: SitePath,
    format: CardFormat,
    title: String,
    site: String,
    author: String,
    date: Option<When>,
    kicker: Option<String>,
    lang: String,
}

impl SocialImageView<'_> {
    /// Copy that owns its texts.
    pub fn facts(&self) -> SocialImageFacts {
        SocialImageFacts {
            path: self.path.clone(),
            format: self.format,
            title: self.title.to_owned(),
            site: self.site.to_owned(),
            author: self.author.clone(),
            date: self.date,
            kicker: self.kicker.map(str::to_owned),
            lang: self.lang.to_owned(),
        }
    }
}

impl SocialImageFacts {
    /// View that borrows these texts.
    pub fn view(&self) -> SocialImageView<'_> {
        SocialImageView {
            path: &self.path,
            format: self.format,
            title: &self.title,
            site: &self.site,
            author: self.author.clone(),
            date: self.date,
            kicker: self.kicker.as_deref(),
            lang: &self.lang,
        }
    }
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn social_image(&self, id: PageId, format: CardFormat) -> SocialImageView<'a> {
        let page = self.graph.page(id);
        let summary = &*page.summary;
        let teaser = self.teaser(id);
        let language = self.config.language(&summary.lang).unwrap_or_else(|| self.config.main_language());
        let names = teaser.authors.iter().map(|author| match author {
            Byline::Term(term) => {
                term.author.as_ref().map(|a| a.name.as_str()).filter(|n| !n.is_empty()).unwrap_or(term.name)
            }
            Byline::Name(name) => self.config.author(name).map_or(*name, |(_, author)| &author.name),
        });
        let kicker = teaser.categories.first().or(teaser.series.as_ref()).map(|term| term.name);
        SocialImageView {
            path: &summary.path,
            format,
            title: teaser.title,
            site: &language.title,
            author: names.collect::<Vec<_>>().join(", "),
            date: summary.meta.date,
            kicker,
            lang: &summary.lang,
        }
    }
}

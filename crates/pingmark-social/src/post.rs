//! An article as it is shared.

use pingmark_core::share_texts::ShareTexts;

/// Article to be shared: its values for templates, and the texts of its front matter.
#[derive(Clone, Debug)]
pub struct SharedPost<'a> {
    /// Title.
    pub title: &'a str,
    /// Description, else the beginning of the text.
    pub summary: &'a str,
    /// Absolute URL.
    pub url: &'a str,
    /// Slug.
    pub slug: &'a str,
    /// First author's name; empty if none is known.
    pub author: &'a str,
    /// Name of the blog.
    pub site: &'a str,
    /// Date written out in the article's language; empty if it has none.
    pub date: &'a str,
    /// Tags, as typed; hashtags are made of them.
    pub tags: Vec<&'a str>,
    /// The key `social` of the front matter.
    pub texts: &'a ShareTexts,
    /// Image of the article itself, shared where `texts` names no other.
    pub image: Option<ShareImage>,
    /// Images named in `texts`: each as the front matter names it, and its absolute URL. One that
    /// was not found is left out.
    pub images: Vec<(String, String)>,
}

/// Image of a share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShareImage {
    /// Absolute URL.
    pub url: String,
    /// Alt text; may be empty.
    pub alt: String,
}

//! What an export holds, as it was written there.

use pingmark_core::fingerprint::Fingerprint;

use super::wxr::Element;
use crate::text;

/// Settings of the blog.
#[derive(Clone, Debug, Default)]
pub struct Channel {
    /// Name.
    pub title: String,
    /// Address.
    pub link: String,
    /// Description.
    pub description: String,
    /// Language.
    pub language: String,
    /// Address of the blog, if it differs from that of its network.
    pub blog: String,
    /// Program that wrote the export.
    pub generator: String,
}

/// Somebody who writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// Number.
    pub id: u64,
    /// Name of the account.
    pub login: String,
    /// Name that readers see.
    pub name: String,
}

/// Category, tag, menu or term of another taxonomy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// Number; 0 in exports of WordPress before 3.0.
    pub id: u64,
    /// Taxonomy: `category`, `post_tag`, `nav_menu`…
    pub taxonomy: String,
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Slug of the term above it.
    pub parent: String,
    /// Description.
    pub description: String,
}

/// Post, page, attachment, menu item or another thing with a number.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Number.
    pub id: u64,
    /// Type: `post`, `page`, `attachment`…
    pub kind: String,
    /// Status: `publish`, `draft`…
    pub status: String,
    /// Title, as HTML.
    pub title: String,
    /// Address.
    pub link: String,
    /// Identifier in feeds.
    pub guid: String,
    /// Name of the author's account.
    pub creator: String,
    /// Text.
    pub content: String,
    /// Summary by hand; the caption of an attachment.
    pub excerpt: String,
    /// Date on the blog's clock.
    pub local: String,
    /// The same in UTC.
    pub gmt: String,
    /// Date of the last change in UTC.
    pub modified_gmt: String,
    /// Slug, percent-encoded.
    pub slug: String,
    /// Number of the page above it, or of the post that an attachment belongs to.
    pub parent: u64,
    /// Place among its siblings.
    pub order: i64,
    /// Whether a password is asked for. The password itself is not kept.
    pub is_locked: bool,
    /// Whether it stays at the top of the home page.
    pub is_sticky: bool,
    /// Address of the file of an attachment.
    pub file: String,
    /// Terms: taxonomy, slug, name.
    pub terms: Vec<(String, String, String)>,
    /// Other values, by key.
    pub meta: Vec<(String, String)>,
    /// Comments and pings.
    pub comments: Vec<Comment>,
    /// Whether the text is whole HTML: without shortcodes, and with a tag for each paragraph.
    pub is_html: bool,
}

/// Comment, pingback, trackback or webmention. Mail and IP addresses are not read.
#[derive(Clone, Debug, Default)]
pub struct Comment {
    /// Number.
    pub id: u64,
    /// Name of the author; the title of the page for pings.
    pub author: String,
    /// Address of the author, or of the page for pings.
    pub url: String,
    /// Date on the blog's clock.
    pub local: String,
    /// The same in UTC.
    pub gmt: String,
    /// Text.
    pub content: String,
    /// `1`, `0`, `spam`, `trash`…
    pub approved: String,
    /// Type: empty or `comment`, `pingback`, `trackback`, `webmention`…
    pub kind: String,
    /// Number of the comment that it answers.
    pub parent: u64,
    /// Number of the author's account on the blog; 0 for readers.
    pub user: u64,
    /// Other values, by key.
    pub meta: Vec<(String, String)>,
}

impl Item {
    /// Value of a key.
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Reads `<item>`.
    pub fn read(element: &Element) -> Self {
        let get = |name: &str| element.get(name).trim().to_owned();
        let terms = element.all("category").filter_map(|term| {
            // Before WXR 1.0 the taxonomy was not told.
            let taxonomy = term.attribute("domain").unwrap_or("category");
            let taxonomy = if taxonomy == "tag" { "post_tag" } else { taxonomy };
            let name = text::plain(&term.text);
            let slug = text::path(term.attribute("nicename").unwrap_or_default());
            let slug = if slug.is_empty() { pingmark_core::slug::slugify(&name) } else { slug };
            (!name.is_empty()).then(|| (taxonomy.to_owned(), slug, name))
        });
        let mut all_terms: Vec<(String, String, String)> = Vec::new();
        for term in terms {
            // Old exports name each term twice, with and without its slug.
            if !all_terms.iter().any(|(taxonomy, _, name)| *taxonomy == term.0 && *name == term.2) {
                all_terms.push(term);
            }
        }
        let kind = get("wp:post_type");
        let id = match element.number("wp:post_id") {
            // Feeds and exports written by hand number nothing.
            0 => number_of(&[get("link"), get("guid"), get("title"), kind.clone()]),
            id => id,
        };
        Self {
            id,
            kind: if kind.is_empty() { "post".to_owned() } else { kind },
            status: get("wp:status"),
            title: get("title"),
            link: get("link"),
            guid: get("guid"),
            creator: get("dc:creator"),
            content: element.get("content:encoded").to_owned(),
            excerpt: get("excerpt:encoded"),
            local: get("wp:post_date"),
            gmt: get("wp:post_date_gmt"),
            modified_gmt: get("wp:post_modified_gmt"),
            slug: get("wp:post_name"),
            parent: element.number("wp:post_parent"),
            order: get("wp:menu_order").parse().unwrap_or(0),
            is_locked: !get("wp:post_password").is_empty(),
            is_sticky: get("wp:is_sticky") == "1",
            file: get("wp:attachment_url"),
            terms: all_terms,
            meta: metas(element, "wp:postmeta"),
            comments: element.all("wp:comment").map(Comment::read).collect(),
            is_html: false,
        }
    }
}

impl Comment {
    /// Value of a key.
    pub fn meta(&self, key: &str) -> Option<&str> {
        let value = self.meta.iter().find(|(name, _)| name == key).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    fn read(element: &Element) -> Self {
        let get = |name: &str| element.get(name).trim().to_owned();
        Self {
            id: element.number("wp:comment_id"),
            author: text::plain(element.get("wp:comment_author")),
            url: get("wp:comment_author_url"),
            local: get("wp:comment_date"),
            gmt: get("wp:comment_date_gmt"),
            content: element.get("wp:comment_content").to_owned(),
            approved: get("wp:comment_approved"),
            kind: get("wp:comment_type"),
            parent: element.number("wp:comment_parent"),
            user: element.number("wp:comment_user_id"),
            meta: metas(element, "wp:commentmeta"),
        }
    }
}

/// A number for something that has none, far from those that WordPress gives.
pub fn number_of(parts: &[String]) -> u64 {
    let bytes = Fingerprint::of_parts(parts.iter().map(String::as_bytes)).to_bytes();
    u64::from_be_bytes(std::array::from_fn(|at| bytes[at])) | 1 << 63
}

fn metas(element: &Element, name: &str) -> Vec<(String, String)> {
    let metas = element.all(name);
    metas
        .map(|meta| (meta.get("wp:meta_key").trim().to_owned(), meta.get("wp:meta_value").to_owned()))
        .collect()
}

impl Author {
    /// Reads `<wp:author>`.
    pub fn read(element: &Element) -> Self {
        let login = element.get("wp:author_login").trim().to_owned();
        let name = text::plain(element.get("wp:author_display_name"));
        let name = if name.is_empty() { login.clone() } else { name };
        Self { id: element.number("wp:author_id"), login, name }
    }
}

impl Term {
    /// Reads `<wp:category>`, `<wp:tag>` and `<wp:term>`.
    pub fn read(element: &Element) -> Option<Self> {
        let (taxonomy, keys) = match element.name.as_str() {
            "wp:category" => (
                "category",
                ["wp:category_nicename", "wp:cat_name", "wp:category_parent", "wp:category_description"],
            ),
            "wp:tag" => ("post_tag", ["wp:tag_slug", "wp:tag_name", "", "wp:tag_description"]),
            "wp:term" => (
                element.get("wp:term_taxonomy").trim(),
                ["wp:term_slug", "wp:term_name", "wp:term_parent", "wp:term_description"],
            ),
            _ => return None,
        };
        let get = |key: &str| element.get(key).trim();
        Some(Self {
            id: element.number("wp:term_id"),
            taxonomy: taxonomy.to_owned(),
            slug: text::path(get(keys[0])),
            name: text::plain(get(keys[1])),
            parent: text::path(get(keys[2])),
            description: text::plain(get(keys[3])),
        })
    }
}

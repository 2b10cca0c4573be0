//! Names of keys: ours, and those of other generators.

/// Keys of other generators, each with its name here. Case does not matter.
const ALIASES: [(&str, &str); 92] = [
    // Hugo, Jekyll, Zola
    ("lastmod", "updated"),
    ("modified", "updated"),
    ("last_modified_at", "updated"),
    ("expiryDate", "expires"),
    ("unpublishDate", "expires"),
    ("summary", "description"),
    ("excerpt", "description"),
    ("tag", "tags"),
    ("category", "categories"),
    ("author", "authors"),
    ("url", "permalink"),
    ("path", "permalink"),
    ("redirect_from", "aliases"),
    ("redirects", "aliases"),
    ("alias", "aliases"),
    ("images", "image"),
    ("cover", "image"),
    ("layout", "template"),
    ("publishDate", "date"),
    ("translationKey", "translation_key"),
    ("canonicalURL", "canonical_url"),
    ("canonical", "canonical_url"),
    ("canonical_link", "canonical_url"),
    ("language", "lang"),
    ("locale", "lang"),
    ("sticky", "pinned"),
    ("featured", "pinned"),
    ("pin", "pinned"),
    // Dates of Astro, Next, Eleventy, Ghost, WordPress exporters
    ("pubDate", "date"),
    ("pubDatetime", "date"),
    ("publishedAt", "date"),
    ("published_at", "date"),
    ("publishedOn", "date"),
    ("published_on", "date"),
    ("publishedDate", "date"),
    ("published_date", "date"),
    ("publishedTime", "date"),
    ("published_time", "date"),
    ("publish_date", "date"),
    ("publication_date", "date"),
    ("publicationDate", "date"),
    ("datePublished", "date"),
    ("date_published", "date"),
    ("post_date", "date"),
    ("modDatetime", "updated"),
    ("modDate", "updated"),
    ("updatedDate", "updated"),
    ("updated_date", "updated"),
    ("updatedAt", "updated"),
    ("updated_at", "updated"),
    ("updatedOn", "updated"),
    ("lastUpdated", "updated"),
    ("last_updated", "updated"),
    ("lastUpdate", "updated"),
    ("last_update", "updated"),
    ("lastModified", "updated"),
    ("last_modified", "updated"),
    ("modifiedAt", "updated"),
    ("modifiedDate", "updated"),
    ("modified_date", "updated"),
    ("modified_time", "updated"),
    ("dateModified", "updated"),
    ("date_modified", "updated"),
    ("date_updated", "updated"),
    ("revisedAt", "updated"),
    // Images
    ("heroImage", "image"),
    ("hero_image", "image"),
    ("ogImage", "image"),
    ("og_image", "image"),
    ("feature_image", "image"),
    ("featureImage", "image"),
    ("featured_image", "image"),
    ("featuredImage", "image"),
    ("coverImage", "image"),
    ("cover_image", "image"),
    ("socialImage", "image"),
    ("social_image", "image"),
    ("heroImageAlt", "image_alt"),
    ("heroAlt", "image_alt"),
    ("ogImageAlt", "image_alt"),
    ("imageAlt", "image_alt"),
    ("coverAlt", "image_alt"),
    ("coverImageAlt", "image_alt"),
    ("cover_alt", "image_alt"),
    ("feature_image_alt", "image_alt"),
    // Descriptions
    ("custom_excerpt", "description"),
    ("meta_description", "description"),
    ("metaDescription", "description"),
    ("seoDescription", "description"),
    ("og_description", "description"),
    ("ogDescription", "description"),
    ("headline", "description"),
];

/// All keys, to suggest one for a mistyped key.
pub(super) const KEYS: [&str; 36] = [
    "title",
    "date",
    "updated",
    "expires",
    "description",
    "draft",
    "published",
    "slug",
    "permalink",
    "aliases",
    "guid",
    "type",
    "image",
    "image_alt",
    "lang",
    "translation_key",
    "canonical_url",
    "syndication",
    "via",
    "in_reply_to",
    "bookmark_of",
    "repost_of",
    "like_of",
    "link",
    "pinned",
    "toc",
    "mentions",
    "ping",
    "template",
    "weight",
    "social",
    "extra",
    "tags",
    "categories",
    "authors",
    "series",
];

/// Our name of a key as it was typed, in any case: `date` for `pubDate` and for `Date`.
pub(super) fn name_of(typed: &str) -> &str {
    if KEYS.contains(&typed) {
        return typed;
    }
    let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(typed));
    let own = || KEYS.into_iter().find(|key| key.eq_ignore_ascii_case(typed));
    alias.map(|(_, name)| *name).or_else(own).unwrap_or(typed)
}

/// Names that an unknown key could be a misspelling of.
pub(super) fn all_names() -> impl Iterator<Item = &'static str> {
    KEYS.into_iter().chain(ALIASES.iter().map(|(alias, _)| *alias))
}

/// The aliases of a key.
pub fn other_names(key: &str) -> impl Iterator<Item = &'static str> {
    ALIASES.iter().filter(move |(_, name)| *name == key).map(|(alias, _)| *alias)
}

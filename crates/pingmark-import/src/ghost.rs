//! Ghost: its JSON export, as the items of a blog.
//!
//! What is not for everybody (drafts, scheduled posts, posts for members, newsletters that were sent only) is
//! held back. Internal tags (`#name`) are left out. Links that the export writes with `__GHOST_URL__` lead to
//! the blog's address.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

use crate::report::Section;
use crate::wordpress::index::Index;
use crate::wordpress::item::{Author, Item, number_of};

/// A blog of another system.
#[derive(Debug)]
pub struct Blog {
    /// Contents of the export.
    pub index: Index,
    /// Posts and pages.
    pub items: Vec<Item>,
    /// Time zone of the settings.
    pub zone: Option<String>,
}

/// Reads an export. `base_url` is the blog's address, which the export does not tell.
pub fn read(text: &str, base_url: &str) -> Result<Blog, String> {
    let whole: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("it is not JSON: {}", error.to_string().replace(" at line ", ", line ")))?;
    let data =
        whole.pointer("/db/0/data").or_else(|| whole.get("data")).filter(|data| data.get("posts").is_some());
    let data = data.ok_or("it has no `posts`; Ghost writes them under Settings, Labs, Export")?;
    let list = |key: &str| data.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut index = Index::of("Ghost");
    let base = base_url.trim_end_matches('/');
    let mut zone = None;
    for setting in list("settings") {
        let value = text_of(setting, "value");
        match text_of(setting, "key").as_str() {
            "title" => index.channel.title = crate::text::plain(&value),
            "description" => index.channel.description = crate::text::plain(&value),
            "locale" | "lang" | "default_locale" if !value.is_empty() => index.channel.language = value,
            "timezone" | "active_timezone" | "activeTimezone" if !value.is_empty() => zone = Some(value),
            "codeinjection_head" | "codeinjection_foot" | "ghost_head" | "ghost_foot"
                if !value.trim().is_empty() =>
            {
                index.report.note(Section::Elements, "code that the settings inject into each page");
            }
            _ => {}
        }
    }
    index.channel.link = base.to_owned();
    let mut users = HashMap::new();
    for user in list("users") {
        let (id, login) = (text_of(user, "id"), text_of(user, "slug"));
        index.authors.push(Author {
            id: 0,
            login: login.clone(),
            name: crate::text::plain(&text_of(user, "name")),
        });
        users.insert(id, login);
    }
    let tags: HashMap<String, (String, String)> = list("tags")
        .iter()
        .map(|tag| (text_of(tag, "id"), (text_of(tag, "slug"), crate::text::plain(&text_of(tag, "name")))))
        .collect();
    let joined = |key: &str, other: &str| -> HashMap<String, Vec<String>> {
        let mut rows: Vec<&Value> = list(key).iter().collect();
        rows.sort_by_key(|row| row.get("sort_order").and_then(Value::as_u64).unwrap_or(0));
        let mut all: HashMap<String, Vec<String>> = HashMap::new();
        for row in rows {
            all.entry(text_of(row, "post_id")).or_default().push(text_of(row, other));
        }
        all
    };
    let (tags_of, authors_of) = (joined("posts_tags", "tag_id"), joined("posts_authors", "author_id"));
    let alts: HashMap<String, String> = list("posts_meta")
        .iter()
        .map(|meta| (text_of(meta, "post_id"), text_of(meta, "feature_image_alt")))
        .collect();
    let mut items = Vec::new();
    for post in list("posts") {
        let id = text_of(post, "id");
        let mut item = item(post, base);
        for tag in tags_of.get(&id).into_iter().flatten().filter_map(|tag| tags.get(tag)) {
            if !tag.1.starts_with('#') {
                item.terms.push(("post_tag".to_owned(), tag.0.clone(), tag.1.clone()));
            }
        }
        let author = authors_of.get(&id).and_then(|authors| authors.first().cloned());
        let author = author.unwrap_or_else(|| text_of(post, "author_id"));
        item.creator = users.get(&author).cloned().unwrap_or_default();
        let image = text_of(post, "feature_image").replace("__GHOST_URL__", base);
        if !image.is_empty() {
            let number = number_of(&[image.clone(), id.clone()]);
            let attachment = crate::wordpress::index::Attachment {
                url: image,
                parent: item.id,
                alt: alts.get(&id).map(|alt| crate::text::plain(alt)).unwrap_or_default(),
                ..Default::default()
            };
            index.attachments.insert(number, attachment);
            item.meta.push(("_thumbnail_id".to_owned(), number.to_string()));
        }
        if item.content.trim().is_empty() && !text_of(post, "lexical").is_empty() {
            index.report.note(
                Section::Unread,
                format!("“{}”: its text is in the export as Lexical only", item.title),
            );
        }
        for key in ["codeinjection_head", "codeinjection_foot"] {
            if !text_of(post, key).trim().is_empty() {
                index
                    .report
                    .note(Section::Elements, format!("code that “{}” injects into its page", item.title));
            }
        }
        index.item(item.clone());
        items.push(item);
    }
    Ok(Blog { index, items, zone })
}

fn item(post: &Value, base: &str) -> Item {
    let get = |key: &str| text_of(post, key);
    let is_page = get("type") == "page" || post.get("page").is_some_and(is_true);
    let status = match (get("status").as_str(), get("visibility").as_str()) {
        ("published", "" | "public") => "publish",
        ("published" | "sent", _) => "private",
        ("scheduled", _) => "future",
        _ => "draft",
    };
    let date = |key: &str| get(key).parse::<Timestamp>().ok().map(written).unwrap_or_default();
    let published = match date("published_at") {
        none if none.is_empty() => date("created_at"),
        date => date,
    };
    let slug = get("slug");
    let whole = |text: String| text.replace("__GHOST_URL__", base);
    Item {
        id: number_of(&[get("id")]),
        kind: if is_page { "page" } else { "post" }.to_owned(),
        status: status.to_owned(),
        title: get("title"),
        link: if status == "publish" { format!("{base}/{slug}/") } else { String::new() },
        // The identifier in Ghost's feed.
        guid: Some(get("comment_id")).filter(|id| !id.is_empty()).unwrap_or_else(|| get("id")),
        content: whole(get("html")),
        excerpt: get("custom_excerpt"),
        local: String::new(),
        gmt: published,
        modified_gmt: date("updated_at"),
        slug,
        is_sticky: post.get("featured").is_some_and(is_true),
        is_html: true,
        ..Item::default()
    }
}

/// A date in UTC as WordPress writes it.
pub(crate) fn written(instant: Timestamp) -> String {
    Offset::UTC.to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or(false) || value.as_u64() == Some(1)
}

fn text_of(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

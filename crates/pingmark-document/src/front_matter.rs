//! Front matter: the metadata at the start of a file, in whatever form.
//!
//! Receives the text and the [`Block`] in it. Gives a [`FrontMatter`], and a diagnostic for every
//! value that does not fit. Uses serde_yaml's values, which no other module of this stage knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use pingmark_core::diag::args::Expected;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::front_matter::{Block, Form};
use pingmark_core::path::SitePath;
use pingmark_core::share_texts::ShareTexts;
use pingmark_core::slug::{nearest, slugify};
use pingmark_core::when::When;
use pingmark_core::yaml::{self, kind};

use super::Options;

mod hold;
mod keys;
mod social;

pub use keys::other_names;

/// Longest front matter, in bytes.
pub const MAX_LEN: usize = 64 * 1024;

/// A parsed front matter.
#[derive(Clone, Debug, Default)]
pub struct FrontMatter {
    /// Title.
    pub title: Option<String>,
    /// Description, one or two sentences.
    pub description: Option<String>,
    /// All other keys.
    pub meta: Meta,
}

impl FrontMatter {
    /// The metadata of a file that has none.
    pub fn none() -> Self {
        Self { meta: Meta { mentions: true, ping: true, ..Meta::default() }, ..Self::default() }
    }
}

/// The keys of a front matter, except title and description. They are part of the
/// [`Summary`](super::Summary), from which the graph is built.
#[derive(Clone, Debug, Default, PartialEq, Hash, Serialize, Deserialize)]
pub struct Meta {
    /// Whether the front matter could not be parsed at all. Suppresses diagnostics that would only
    /// follow from this.
    pub unreadable: bool,
    /// Whether a date of publication was given that cannot be read; it is reported.
    pub is_misdated: bool,
    /// Date of publication; may lie in the future.
    pub date: Option<When>,
    /// Date of the last change.
    pub updated: Option<When>,
    /// Date from which it is not published any more.
    pub expires: Option<When>,
    /// Taxonomy terms, by taxonomy: `tags`, `categories`, `authors`, `series`, and those of the
    /// settings.
    pub terms: BTreeMap<String, Vec<String>>,
    /// Whether it is a draft, which is not published.
    pub draft: bool,
    /// What makes it a draft, if not `draft: true`.
    pub held_back: Option<HeldBack>,
    /// Last segment of the URL, as typed.
    pub slug: Option<String>,
    /// Identifier in feeds, if it is not the URL: that of the blog's former home.
    pub guid: Option<String>,
    /// Whether it is a page, even with a date: `type: page`.
    pub is_page: bool,
    /// URL path, relative to the site.
    pub permalink: Option<String>,
    /// URL paths that redirect to it.
    pub aliases: Vec<String>,
    /// Cover image: a file or a URL.
    pub image: Option<String>,
    /// Alt text of the cover image.
    pub image_alt: Option<String>,
    /// Language.
    pub lang: Option<String>,
    /// Key that is equal for all translations of one text.
    pub translation_key: Option<String>,
    /// URL of the original, if this is a copy.
    pub canonical_url: Option<String>,
    /// URLs of copies on other sites.
    pub syndication: Vec<String>,
    /// Source of the tip: a name or a URL.
    pub via: Option<String>,
    /// URL that this post replies to.
    pub in_reply_to: Option<String>,
    /// URL that this post bookmarks.
    pub bookmark_of: Option<String>,
    /// URL that this post reposts.
    pub repost_of: Option<String>,
    /// URL that this post likes.
    pub like_of: Option<String>,
    /// URL that this post comments on (link blog).
    pub link: Option<String>,
    /// Whether it is listed first on the home page.
    pub pinned: bool,
    /// Whether a table of contents is shown; if `None`, the theme decides.
    pub toc: Option<bool>,
    /// Whether its pings are shown; true by default.
    pub mentions: bool,
    /// Whether the pages that it links to are told; true by default.
    pub ping: bool,
    /// Template, if not the default one.
    pub template: Option<String>,
    /// Sort key among pages, ascending.
    pub weight: i64,
    /// Share texts for social networks.
    pub social: ShareTexts,
    /// Values under `extra:` and unknown keys, for templates.
    #[serde(with = "super::json_text")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// What makes a text a draft, other than `draft: true`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HeldBack {
    /// A key, with its value unless that is a secret: `status: private`, `password`.
    Key(String),
    /// A folder or the file's own name: `_drafts`, `_notes.md`.
    Place(String),
}

/// Parses a front matter. `text` is the whole file.
pub fn parse(
    path: &SitePath,
    text: &str,
    block: &Block,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> FrontMatter {
    let mut parsed = FrontMatter::none();
    let inside = block.text(text);
    let lines_before = text[..block.range.start].bytes().filter(|byte| *byte == b'\n').count();
    if let Some(misplaced) = &block.misplaced {
        diagnostics.push(catalogue::front_matter_fence(path, misplaced.range.clone(), &misplaced.found));
    }
    if inside.len() > MAX_LEN {
        diagnostics.push(catalogue::front_matter_long(path, inside.len(), MAX_LEN));
        parsed.meta.unreadable = true;
        return parsed;
    }
    let mapping = match block.parse(text) {
        Ok(mapping) => mapping,
        Err(problem) => {
            diagnostics.push(catalogue::front_matter_syntax(path, &problem, lines_before));
            parsed.meta.unreadable = true;
            return parsed;
        }
    };
    if block.form == Form::Yaml {
        for lost in yaml::lost_texts(inside) {
            let (line, column) = lost.place;
            diagnostics.push(catalogue::yaml_comment(path, &lost.key, lines_before + line, column));
        }
    }
    // Looked at only where a number stands in place of a text.
    let has_numbers = mapping.iter().any(|(key, value)| !is_plain(value) && is_text(key, options));
    let as_typed = if has_numbers { block.typed(text, &mapping) } else { None };
    let FrontMatter { title, description, meta } = &mut parsed;
    let mut reader =
        FrontMatterReader { path, options, diagnostics, title, description, meta, holds_back: false };
    for (key, value) in mapping {
        let typed = as_typed.as_ref().filter(|_| is_text(&key, options)).and_then(|typed| typed.get(&key));
        let value = match typed {
            // Its flags mean something.
            Some(typed) if key == "social" => yaml::with_numbers(value, typed),
            Some(typed) if !is_plain(&value) => typed.clone(),
            _ => value,
        };
        match key {
            Value::String(name) => reader.key(&name, value),
            other => {
                let name = scalar(&other).unwrap_or_default();
                reader.diagnostics.push(catalogue::front_matter_key(path, &name, kind(&other)));
            }
        }
    }
    parsed
}

/// Whether the value of a key is a text, or a list of texts.
fn is_text(key: &Value, options: &Options) -> bool {
    let name = key.as_str().map_or("", keys::name_of);
    let is_taxonomy = || is_taxonomy(name) || options.taxonomies.iter().any(|taxonomy| taxonomy == name);
    matches!(
        name,
        "title"
            | "description"
            | "slug"
            | "permalink"
            | "aliases"
            | "guid"
            | "image_alt"
            | "lang"
            | "via"
            | "translation_key"
            | "template"
            | "social"
            | "date"
            | "updated"
            | "expires"
    ) || is_taxonomy()
}

/// Whether a tree has neither number nor flag, so that its texts are as they were typed.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Bool(_) => false,
        Value::Sequence(items) => items.iter().all(is_plain),
        Value::Mapping(group) => group.values().all(is_plain),
        _ => true,
    }
}

/// Reads keys into a front matter, and reports problems.
struct FrontMatterReader<'a> {
    path: &'a SitePath,
    options: &'a Options,
    diagnostics: &'a mut Vec<Diagnostic>,
    title: &'a mut Option<String>,
    description: &'a mut Option<String>,
    meta: &'a mut Meta,
    /// Whether the date is, or may be, that of Hugo's `publishDate`.
    holds_back: bool,
}

impl FrontMatterReader<'_> {
    /// Reads a key and its value.
    fn key(&mut self, typed: &str, value: Value) {
        let name = keys::name_of(typed);
        // A key without a value (`tags:`) counts as absent.
        if value.is_null() {
            return;
        }
        if self.options.taxonomies.iter().any(|taxonomy| taxonomy == name) || is_taxonomy(name) {
            let is_authors = name == "authors";
            let words = self.list(typed, value, name != "series");
            let words =
                words.into_iter().flat_map(|word| if is_authors { vec![word] } else { without_hash(word) });
            let words: Vec<String> = words.collect();
            let terms = self.meta.terms.entry(name.to_owned()).or_default();
            words.into_iter().for_each(|word| {
                if !terms.contains(&word) {
                    terms.push(word)
                }
            });
            return;
        }
        match name {
            "title" => *self.title = self.text(typed, &value),
            "date" => {
                let date = self.date(typed, &value);
                let is_own = typed.eq_ignore_ascii_case("date");
                // In Hugo, `publishDate` holds a dated post back.
                let holds_back = matches!(typed, "publishDate" | "publishdate" | "publish_date");
                self.meta.date = match (date, self.meta.date) {
                    (Some(new), Some(known)) if holds_back => Some(new.max(known)),
                    (Some(new), Some(known)) if is_own && self.holds_back => Some(new.max(known)),
                    (Some(new), known) => Some(if is_own { new } else { known.unwrap_or(new) }),
                    (None, known) => known,
                };
                self.holds_back |= holds_back;
            }
            "updated" => {
                let updated = self.date(typed, &value);
                let is_own = typed.eq_ignore_ascii_case("updated");
                let (first, second) =
                    if is_own { (updated, self.meta.updated) } else { (self.meta.updated, updated) };
                self.meta.updated = first.or(second);
            }
            "expires" => self.meta.expires = self.date(typed, &value),
            "description" => *self.description = self.text(typed, &value).or(self.description.take()),
            "draft" => {
                let flag = self.flag(typed, &value);
                self.meta.draft = flag.unwrap_or(self.meta.draft) || self.meta.held_back.is_some();
            }
            "published" => match (&value, hold::flag(&value)) {
                (_, Some(true)) => {}
                (_, Some(false)) => self.hold_back(typed, &value),
                // In some generators this key is a date.
                (Value::String(_), None) => self.meta.date = self.date(typed, &value).or(self.meta.date),
                _ => _ = self.flag(typed, &value),
            },
            _ if hold::is_key(name) => self.hold(typed, value),
            "slug" => self.meta.slug = self.text(typed, &value).map(|slug| own_slug(&slug)),
            "guid" => self.meta.guid = self.text(typed, &value),
            // Only an address is one for feeds: other generators number their pages.
            "id" if scalar(&value).is_some_and(|id| id.contains("://") || id.starts_with("tag:")) => {
                self.meta.guid = self.meta.guid.take().or_else(|| scalar(&value));
            }
            // For `:id` in permalinks.
            "id" => _ = self.meta.extra.insert(typed.to_owned(), json(value)),
            "type" => match scalar(&value).unwrap_or_default().to_ascii_lowercase().as_str() {
                "page" | "pages" => self.meta.is_page = true,
                "post" | "posts" | "article" | "blog" => {}
                _ => self.unknown(typed, value),
            },
            // The file that Pelican writes; its address is `url:`.
            "save_as" => {
                let address = self.text(typed, &value);
                self.meta.permalink = self.meta.permalink.take().or(address);
            }
            // What Eleventy does not write.
            "permalink" if hold::flag(&value) == Some(false) => self.hold_back(typed, &value),
            "permalink" => self.meta.permalink = self.text(typed, &value),
            "aliases" => self.meta.aliases = self.list(typed, value, false),
            "image" => self.image(typed, value),
            "image_alt" => self.meta.image_alt = self.text(typed, &value),
            "lang" => self.meta.lang = self.text(typed, &value),
            "translation_key" => self.meta.translation_key = self.text(typed, &value),
            "canonical_url" => self.meta.canonical_url = self.address(typed, &value),
            "syndication" => self.meta.syndication = self.list(typed, value, false),
            "via" => self.meta.via = self.text(typed, &value),
            "in_reply_to" => self.meta.in_reply_to = self.address(typed, &value),
            "bookmark_of" => self.meta.bookmark_of = self.address(typed, &value),
            "repost_of" => self.meta.repost_of = self.address(typed, &value),
            "like_of" => self.meta.like_of = self.address(typed, &value),
            "link" => self.meta.link = self.address(typed, &value),
            "pinned" => self.meta.pinned = self.flag(typed, &value).unwrap_or(false),
            "toc" => self.meta.toc = self.flag(typed, &value),
            "mentions" => self.meta.mentions = self.flag(typed, &value).unwrap_or(true),
            "ping" => self.meta.ping = self.flag(typed, &value).unwrap_or(true),
            "template" => self.meta.template = self.text(typed, &value),
            "weight" => match value.as_i64().or_else(|| value.as_str()?.parse().ok()) {
                Some(weight) => self.meta.weight = weight,
                None => self.wrong(typed, Expected::WholeNumber, &value),
            },
            "social" => self.meta.social = self.social(value),
            "extra" | "params" => match json(value) {
                serde_json::Value::Object(map) => self.meta.extra.extend(map),
                other => _ = self.meta.extra.insert(typed.to_owned(), other),
            },
            _ => self.unknown(typed, value),
        }
    }

    /// Keeps the value of an unknown key for templates, and reports the key.
    fn unknown(&mut self, typed: &str, value: Value) {
        let near = nearest(typed, keys::all_names().chain(hold::keys())).filter(|near| *near != typed);
        self.diagnostics.push(catalogue::front_matter_unknown(self.path, typed, near));
        self.meta.extra.insert(typed.to_owned(), json(value));
    }

    /// Reports a value of the wrong type.
    fn wrong(&mut self, key: &str, expected: Expected, found: &Value) {
        self.diagnostics.push(catalogue::front_matter_value(self.path, key, expected, kind(found)));
    }

    /// Reads a text; `None` if it is empty.
    fn text(&mut self, key: &str, value: &Value) -> Option<String> {
        let text = scalar(value);
        if text.is_none() {
            self.wrong(key, Expected::Text, value);
        }
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Reads a URL that is safe to link to.
    fn address(&mut self, key: &str, value: &Value) -> Option<String> {
        let text = self.text(key, value)?;
        if pingmark_core::html::is_unsafe(&text) {
            self.diagnostics.push(catalogue::front_matter_address(self.path, key, &text));
            return None;
        }
        if pingmark_core::html::is_local(&text) {
            self.diagnostics.push(catalogue::front_matter_local(self.path, key, &text));
            return None;
        }
        Some(text)
    }

    /// Reads a boolean, also as `yes`, `on`, `oui`…
    fn flag(&mut self, key: &str, value: &Value) -> Option<bool> {
        let flag = yaml::flag(&scalar(value).unwrap_or_default());
        if flag.is_none() {
            self.wrong(key, Expected::Flag, value);
        }
        flag
    }

    /// Reads a date, with or without a time.
    fn date(&mut self, key: &str, value: &Value) -> Option<When> {
        let Some(text) = scalar(value) else {
            self.wrong(key, Expected::Date, value);
            return None;
        };
        // What databases and Go write for no date at all.
        if ["0000-00-00", "0001-01-01"].iter().any(|none| text.starts_with(none)) {
            return None;
        }
        let written = When::parse_in(&text, &self.options.timezone, &self.options.lang);
        match written {
            Some(written) if written.is_ambiguous => {
                let day = written.when.day();
                self.diagnostics.push(catalogue::date_ambiguous(self.path, key, &text, &day));
            }
            Some(_) => {}
            None => {
                self.meta.is_misdated |= keys::name_of(key) == "date";
                self.diagnostics.push(catalogue::front_matter_date(self.path, key, &text));
            }
        }
        written.map(|written| written.when)
    }

    /// Reads a list of texts, or a single text, which `split` splits at its commas.
    fn list(&mut self, key: &str, value: Value, split: bool) -> Vec<String> {
        let mut words = Vec::new();
        match value {
            Value::Sequence(items) => {
                // Some generators nest the categories of a branch in an inner list.
                let flat = items.into_iter().flat_map(|item| match item {
                    Value::Sequence(inner) => inner,
                    single => vec![single],
                });
                for item in flat {
                    match named(&item) {
                        Some(word) => words.push(word),
                        None if item.is_null() => {}
                        None => self.wrong(key, Expected::Texts, &item),
                    }
                }
            }
            single => match named(&single) {
                Some(text) if split => words.extend(text.split(',').map(str::to_owned)),
                Some(text) => words.push(text),
                None => self.wrong(key, Expected::Words, &single),
            },
        }
        words.into_iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    }

    /// Reads a cover image: a URL, a list of URLs of which the first counts, or a group with
    /// `image`, `src` or `url`, and `alt`.
    fn image(&mut self, key: &str, value: Value) {
        let value = match value {
            Value::Sequence(items) => match items.into_iter().next() {
                Some(first) => first,
                None => return,
            },
            other => other,
        };
        if let Value::Mapping(group) = &value {
            let part = |names: &[&str]| names.iter().find_map(|name| group.get(*name).and_then(scalar));
            self.meta.image = part(&["image", "src", "url", "path"]);
            self.meta.image_alt = part(&["alt", "caption"]).or(self.meta.image_alt.take());
            return;
        }
        // The key `image` wins over its aliases, in whatever order they appear.
        if key.eq_ignore_ascii_case("image") || self.meta.image.is_none() {
            self.meta.image = self.address(key, &value);
        }
    }
}

/// A term without the `#` of a hashtag. `#a #b` is two terms, as in Obsidian.
fn without_hash(word: String) -> Vec<String> {
    let bare = |word: &str| {
        word.strip_prefix('#').filter(|rest| rest.starts_with(char::is_alphanumeric)).map(str::to_owned)
    };
    match bare(&word) {
        None => vec![word],
        Some(one) => {
            let all: Option<Vec<String>> = word.split_whitespace().map(bare).collect();
            all.unwrap_or_else(|| vec![one])
        }
    }
}

/// A slug as it was typed. A bare number is no word that somebody chose: `1.10` becomes `1-10`.
fn own_slug(typed: &str) -> String {
    let is_number = typed.contains('.') && typed.parse::<f64>().is_ok();
    if is_number { slugify(typed) } else { typed.to_owned() }
}

fn is_taxonomy(name: &str) -> bool {
    matches!(name, "tags" | "categories" | "authors" | "series")
}

/// A scalar as text, or the `name` of a group, which is how some themes write authors.
fn named(value: &Value) -> Option<String> {
    match value {
        Value::Mapping(group) => {
            ["name", "display_name", "title"].iter().find_map(|key| group.get(*key).and_then(scalar))
        }
        other => scalar(other),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Converts YAML to the JSON that templates see. Keys that are not texts become texts.
fn json(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(real)) => {
                serde_json::Number::from_f64(real).map_or(serde_json::Value::Null, Into::into)
            }
            (None, None) => serde_json::Value::Null,
        },
        Value::String(text) => text.into(),
        Value::Sequence(items) => items.into_iter().map(json).collect(),
        Value::Mapping(group) => group
            .into_iter()
            .map(|(key, value)| (scalar(&key).unwrap_or_default(), json(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Tagged(tagged) => json(tagged.value),
    }
}

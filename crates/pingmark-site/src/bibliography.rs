//! Catalogue of cited works, read from `sources.yaml`.
//!
//! Receives the text of the file. Gives a [`Bibliography`] and every problem found in it. Uses
//! serde_yaml through [`pingmark_core::yaml`]. Never does I/O, and never fetches a URL.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use pingmark_core::address::UrlKey;
use pingmark_core::cite_key::key_len;
use pingmark_core::diag::{Diagnostics, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::nearest;
use pingmark_core::{html, site_files, yaml};

mod author_name;
mod partial_date;

pub use author_name::AuthorName;
pub use partial_date::PartialDate;

/// Keys of a source. The last one, an alias, is not suggested for misspelled keys.
const KEYS: [&str; 12] = [
    "title",
    "url",
    "authors",
    "site",
    "published",
    "accessed",
    "type",
    "lang",
    "archived",
    "dead",
    "note",
    "author",
];

/// Index of a source in [`Bibliography::sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

impl SourceId {
    /// Index into the list of sources.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Catalogue of sources, with look-up by key and by URL.
#[derive(Clone, Debug, Default)]
pub struct Bibliography {
    /// Sources, in the order of the file.
    pub sources: Vec<Source>,
    keys: HashMap<String, SourceId>,
    addresses: HashMap<UrlKey, SourceId>,
}

/// Work that posts may cite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Source {
    /// Key in the catalogue and in citations: `[@key]`.
    pub key: String,
    /// Title; the key, if the file gives none.
    pub title: String,
    /// URL, as typed.
    pub url: Option<String>,
    /// Authors, in the order of the file.
    pub authors: Vec<AuthorName>,
    /// Website, journal or publisher.
    pub site: Option<String>,
    /// Date of publication.
    pub published: Option<PartialDate>,
    /// Date of the last visit.
    pub accessed: Option<PartialDate>,
    /// Type of the work.
    pub kind: SourceKind,
    /// Language of the work, as a BCP 47 tag.
    pub lang: Option<String>,
    /// URL of an archived copy.
    pub archived: Option<String>,
    /// Whether the original is gone.
    pub dead: bool,
    /// Remark for readers, in the blog's language.
    pub note: Option<String>,
}

impl Source {
    /// Target of links to the work: the original or else its copy; only the copy if the original
    /// is gone.
    pub fn link(&self) -> Option<&str> {
        if self.dead { self.archived.as_deref() } else { self.url.as_deref().or(self.archived.as_deref()) }
    }
}

/// Type of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// Article of a newspaper, journal or blog.
    #[default]
    Article,
    /// Study or standard.
    Report,
    /// Infographic.
    Infographic,
    /// Video.
    Video,
    /// Book.
    Book,
    /// Website as a whole.
    Site,
    /// Interview.
    Interview,
}

impl SourceKind {
    /// All types, each with its name in `sources.yaml`.
    pub const ALL: [(&'static str, Self); 7] = [
        ("article", Self::Article),
        ("report", Self::Report),
        ("infographic", Self::Infographic),
        ("video", Self::Video),
        ("book", Self::Book),
        ("site", Self::Site),
        ("interview", Self::Interview),
    ];

    /// Name in `sources.yaml` and in templates.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("article", |(name, _)| name)
    }

    /// Type in the vocabulary of schema.org.
    pub fn schema(self) -> &'static str {
        match self {
            Self::Article | Self::Interview => "Article",
            Self::Report => "Report",
            Self::Infographic => "ImageObject",
            Self::Video => "VideoObject",
            Self::Book => "Book",
            Self::Site => "WebSite",
        }
    }
}

impl Bibliography {
    /// Parses the text of `sources.yaml`. A source with a problem is kept, without the value that
    /// is wrong.
    pub fn read(text: &str) -> (Self, Diagnostics) {
        let path = SitePath::constant(site_files::SOURCES);
        let mut diagnostics = Diagnostics::new();
        let (entries, problems) = yaml::decode_each::<TypedSource>(text);
        let known = |parents: &[String]| match parents.len() {
            1 => KEYS[..KEYS.len() - 1].iter().map(|key| (*key).to_owned()).collect(),
            _ => Vec::new(),
        };
        for problem in &problems {
            diagnostics.push(catalogue::yaml_problem(&path, problem, &known));
        }
        for lost in if problems.is_empty() { yaml::lost_texts(text) } else { Vec::new() } {
            let (line, column) = lost.place;
            diagnostics.push(catalogue::yaml_comment(&path, &lost.key, line, column));
        }
        let mut catalogue = Self::default();
        for (key, entry) in entries {
            let source = entry.source(key, &mut diagnostics);
            catalogue.add(source);
        }
        (catalogue, diagnostics)
    }

    fn add(&mut self, source: Source) {
        let id = SourceId(self.sources.len() as u32);
        self.keys.insert(source.key.clone(), id);
        // If two sources have one URL, links mean the first. Links to the copy count as well.
        for address in source.url.iter().chain(&source.archived).filter_map(|url| UrlKey::of(url)) {
            self.addresses.entry(address).or_insert(id);
        }
        self.sources.push(source);
    }

    /// Number of sources.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether the catalogue has no source.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Source of an id.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.index()]
    }

    /// Source with a key.
    pub fn by_key(&self, key: &str) -> Option<SourceId> {
        self.keys.get(key).copied()
    }

    /// Source whose URL, or whose copy's URL, is this address.
    pub fn by_address(&self, address: &UrlKey) -> Option<SourceId> {
        self.addresses.get(address).copied()
    }

    /// Keys, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| source.key.as_str())
    }

    /// Applies typography to every text that readers see. `set` takes the language, `None` for
    /// the blog's own, and the text.
    pub fn typeset(&mut self, set: impl Fn(Option<&str>, &str) -> String) {
        for source in &mut self.sources {
            source.title = set(source.lang.as_deref(), &source.title);
            for author in &mut source.authors {
                author.name = set(source.lang.as_deref(), &author.name);
                author.family = set(source.lang.as_deref(), &author.family);
            }
            source.site = source.site.take().map(|site| set(source.lang.as_deref(), &site));
            // The remark is in the blog's language.
            source.note = source.note.take().map(|note| set(None, &note));
        }
    }
}

/// Whether a text is a valid citation key, by Pandoc's rules: letters, digits and `_`, and between
/// them single characters of `:.#$%&-+?<>~/`.
pub fn is_key(text: &str) -> bool {
    key_len(text) == text.len() && !text.is_empty()
}

/// Source as written in the file, before its values are checked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TypedSource {
    title: Option<ScalarText>,
    url: Option<ScalarText>,
    #[serde(alias = "author")]
    authors: ScalarTexts,
    site: Option<ScalarText>,
    published: Option<ScalarText>,
    accessed: Option<ScalarText>,
    #[serde(rename = "type")]
    kind: Option<ScalarText>,
    lang: Option<ScalarText>,
    archived: Option<ScalarText>,
    dead: Option<ScalarText>,
    note: Option<ScalarText>,
}

impl TypedSource {
    fn source(self, key: String, diagnostics: &mut Diagnostics) -> Source {
        if !is_key(&key) {
            diagnostics.push(catalogue::source_key(&key));
        }
        let text = |value: Option<ScalarText>| {
            value.map(|text| text.0.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let title = text(self.title);
        if title.is_none() {
            diagnostics.push(catalogue::source_title_missing(&key));
        }
        let mut address = |name: &str, value: Option<ScalarText>| {
            let url = text(value)?;
            if html::is_unsafe(&url) || UrlKey::of(&url).is_none() || url.starts_with("//") {
                diagnostics.push(catalogue::source_address(&key, name, &url));
                return None;
            }
            Some(url)
        };
        let url = address("url", self.url);
        let archived = address("archived", self.archived);
        let mut day = |name: &str, value: Option<ScalarText>| {
            let typed = text(value)?;
            let day = PartialDate::read(&typed);
            if day.is_none() {
                diagnostics.push(catalogue::source_date(&key, name, &typed));
            }
            day
        };
        let published = day("published", self.published);
        let accessed = day("accessed", self.accessed);
        let dead = text(self.dead).is_some_and(|typed| {
            yaml::flag(&typed).unwrap_or_else(|| {
                diagnostics.push(catalogue::source_flag(&key, "dead", &typed));
                false
            })
        });
        let kind = text(self.kind).map(|typed| {
            let known = SourceKind::ALL.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&typed));
            known.map(|(_, kind)| kind).unwrap_or_else(|| {
                let names = SourceKind::ALL.map(|(name, _)| name);
                let near = nearest(&typed, names);
                diagnostics.push(catalogue::source_kind(&key, &typed, &names, near));
                SourceKind::default()
            })
        });
        Source {
            title: title.unwrap_or_else(|| key.clone()),
            url,
            authors: self.authors.0.iter().flat_map(|names| AuthorName::read_all(names)).collect(),
            site: text(self.site),
            published,
            accessed,
            kind: kind.unwrap_or_default(),
            lang: text(self.lang),
            archived,
            dead,
            note: text(self.note),
            key,
        }
    }
}

/// Scalar as text: an unquoted title such as `1984` is a number in YAML.
#[derive(Debug)]
struct ScalarText(String);

/// List of texts, which may be written as a single one.
#[derive(Debug, Default)]
struct ScalarTexts(Vec<String>);

impl<'de> Deserialize<'de> for ScalarText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl<'de> Deserialize<'de> for ScalarTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = ScalarText;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E>(self, text: &str) -> Result<ScalarText, E> {
        Ok(ScalarText(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<ScalarText, E> {
        Ok(ScalarText(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<ScalarText, E> {
        Ok(ScalarText(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<ScalarText, E> {
        Ok(ScalarText(number.to_string()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<ScalarText, E> {
        Ok(ScalarText(flag.to_string()))
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = ScalarTexts;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name, or a list of names")
    }

    fn visit_str<E>(self, text: &str) -> Result<ScalarTexts, E> {
        Ok(ScalarTexts(vec![text.to_owned()]))
    }

    fn visit_u64<E>(self, number: u64) -> Result<ScalarTexts, E> {
        Ok(ScalarTexts(vec![number.to_string()]))
    }

    fn visit_unit<E>(self) -> Result<ScalarTexts, E> {
        Ok(ScalarTexts::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ScalarTexts, A::Error> {
        let mut names = Vec::new();
        while let Some(ScalarText(name)) = items.next_element()? {
            names.push(name);
        }
        Ok(ScalarTexts(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
oreilly-web20:
  title: What Is Web 2.0
  url: http://www.oreilly.com/web2/
  authors: Tim O'Reilly
  published: 2005-09-30
  type: article
  dead: true
  archived: https://web.archive.org/web/2011/http://oreilly.com/web2/
manifeste:
  title: 1999
  authors: [Rick Levine, \"Searls, Doc\"]
  type: book
";

    #[test]
    fn a_catalogue_is_read_in_its_order() {
        let (sources, diagnostics) = Bibliography::read(TEXT);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!(sources.keys().collect::<Vec<_>>(), ["oreilly-web20", "manifeste"]);
        let first = sources.source(SourceId(0));
        assert_eq!((first.kind, first.dead), (SourceKind::Article, true));
        assert!(first.link().unwrap().starts_with("https://web.archive.org/"));
        let second = sources.source(sources.by_key("manifeste").unwrap());
        assert_eq!(second.title, "1999");
        assert_eq!(second.authors[1].family, "Searls");
        let address = UrlKey::of("https://oreilly.com/web2?utm_source=x").unwrap();
        assert_eq!(sources.by_address(&address), Some(SourceId(0)));
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let text = "\
a b:
  titel: Un
  url: javascript:alert(1)
  published: hier
  type: artcle
  authors: { nom: x }
c: rien
";
        let (sources, diagnostics) = Bibliography::read(text);
        assert_eq!(sources.sources.len(), 1);
        let mut codes: Vec<&str> = diagnostics.iter().map(|problem| problem.code.as_str()).collect();
        codes.sort_unstable();
        let expected = [
            "bad-date",
            "source-address",
            "source-incomplete",
            "source-key",
            "source-type",
            "unknown-key",
            "wrong-value",
            "wrong-value",
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn keys_are_those_of_pandoc() {
        for (text, len) in [
            ("apec-fiche", 10),
            ("rfc1855, p. 3", 7),
            ("a.b.", 3),
            ("clé:2011; autre", 9),
            ("_x", 2),
            ("-x", 0),
            ("", 0),
            ("a--b", 1),
        ] {
            assert_eq!(key_len(text), len, "{text}");
        }
    }
}

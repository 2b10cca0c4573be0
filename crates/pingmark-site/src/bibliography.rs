//! `sources.yaml`: the catalogue of what the blog cites, one source a key.
//!
//! Receives the text of the file. Gives a [`Bibliography`] and every problem found on the way.
//! Uses serde_yaml through [`pingmark_core::yaml`]. Never does IO, and never follows an address.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use pingmark_core::address::UrlKey;
use pingmark_core::cite_key::key_len;
use pingmark_core::diag::{Diagnostics, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::nearest;
use pingmark_core::{html, site_files, yaml};

mod day;
mod person;
mod words;

pub use day::Day;
pub use person::Person;
pub use words::Words;

/// The keys of a source.
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

/// The number of a source in [`Bibliography::sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

impl SourceId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The catalogue.
#[derive(Clone, Debug, Default)]
pub struct Bibliography {
    /// The sources, in the order of the file.
    pub sources: Vec<Source>,
    keys: HashMap<String, SourceId>,
    addresses: HashMap<UrlKey, SourceId>,
}

/// A work that can be cited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Source {
    /// What it is called in brackets: `[@key]`.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Where it stands, as typed.
    pub url: Option<String>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// The site, journal or publisher it appeared with.
    pub site: Option<String>,
    /// When it appeared.
    pub published: Option<Day>,
    /// When it was read.
    pub accessed: Option<Day>,
    /// What it is.
    pub kind: Kind,
    /// The language it is written in, as a BCP 47 tag.
    pub lang: Option<String>,
    /// The address of a copy.
    pub archived: Option<String>,
    /// Whether the original is gone.
    pub dead: bool,
    /// A remark for readers.
    pub note: Option<String>,
}

impl Source {
    /// Where a link to it leads: to the copy when the original is gone, nowhere without one.
    pub fn link(&self) -> Option<&str> {
        if self.dead { self.archived.as_deref() } else { self.url.as_deref().or(self.archived.as_deref()) }
    }
}

/// What a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A text on its own, of a paper or a blog.
    #[default]
    Article,
    /// A study, a standard.
    Report,
    /// A picture that explains.
    Infographic,
    /// A film.
    Video,
    /// A book.
    Book,
    /// A site as a whole.
    Site,
    /// A talk with somebody.
    Interview,
}

impl Kind {
    /// Every kind, with the word it is written with.
    pub const ALL: [(&'static str, Self); 7] = [
        ("article", Self::Article),
        ("report", Self::Report),
        ("infographic", Self::Infographic),
        ("video", Self::Video),
        ("book", Self::Book),
        ("site", Self::Site),
        ("interview", Self::Interview),
    ];

    /// The word it is written with.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("article", |(name, _)| name)
    }

    /// The type that schema.org has for it.
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
    /// Reads the file's text.
    pub fn read(text: &str) -> (Self, Diagnostics) {
        let path = SitePath::constant(site_files::SOURCES);
        let mut diagnostics = Diagnostics::new();
        let (entries, problems) = yaml::decode_each::<Entry>(text);
        let known = |parents: &[String]| match parents.len() {
            1 => KEYS[..KEYS.len() - 1].iter().map(|key| (*key).to_owned()).collect(),
            _ => Vec::new(),
        };
        for problem in &problems {
            diagnostics.push(catalogue::yaml_problem(&path, problem, &known));
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
        // Of two sources at one address, a link means the first. A copy is a way to cite it too.
        for address in source.url.iter().chain(&source.archived).filter_map(|url| UrlKey::of(url)) {
            self.addresses.entry(address).or_insert(id);
        }
        self.sources.push(source);
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// A source.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.index()]
    }

    /// The source of a key.
    pub fn by_key(&self, key: &str) -> Option<SourceId> {
        self.keys.get(key).copied()
    }

    /// The source that stands at an address, or whose copy does.
    pub fn by_address(&self, address: &UrlKey) -> Option<SourceId> {
        self.addresses.get(address).copied()
    }

    /// The keys, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| source.key.as_str())
    }

    /// Sets every text that readers see: `set` takes the source's language, if it says one, and
    /// the text.
    pub fn set_texts(&mut self, set: impl Fn(Option<&str>, &str) -> String) {
        for source in &mut self.sources {
            source.title = set(source.lang.as_deref(), &source.title);
            for author in &mut source.authors {
                author.name = set(source.lang.as_deref(), &author.name);
                author.family = set(source.lang.as_deref(), &author.family);
            }
            source.site = source.site.take().map(|site| set(source.lang.as_deref(), &site));
            // The remark is the blog's own.
            source.note = source.note.take().map(|note| set(None, &note));
        }
    }
}

/// Whether a text can stand behind the `@` of a citation. As in Pandoc: letters, digits and `_`,
/// and between them one of `:.#$%&-+?<>~/`.
pub fn is_key(text: &str) -> bool {
    key_len(text) == text.len() && !text.is_empty()
}

/// A source as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    title: Option<Text>,
    url: Option<Text>,
    #[serde(alias = "author")]
    authors: Texts,
    site: Option<Text>,
    published: Option<Text>,
    accessed: Option<Text>,
    #[serde(rename = "type")]
    kind: Option<Text>,
    lang: Option<Text>,
    archived: Option<Text>,
    dead: Option<bool>,
    note: Option<Text>,
}

impl Entry {
    fn source(self, key: String, diagnostics: &mut Diagnostics) -> Source {
        if !is_key(&key) {
            diagnostics.push(catalogue::source_key(&key));
        }
        let text =
            |value: Option<Text>| value.map(|text| text.0.trim().to_owned()).filter(|text| !text.is_empty());
        let title = text(self.title);
        if title.is_none() {
            diagnostics.push(catalogue::source_title_missing(&key));
        }
        let mut address = |name: &str, value: Option<Text>| {
            let url = text(value)?;
            if html::is_unsafe(&url) || UrlKey::of(&url).is_none() || url.starts_with("//") {
                diagnostics.push(catalogue::source_address(&key, name, &url));
                return None;
            }
            Some(url)
        };
        let url = address("url", self.url);
        let archived = address("archived", self.archived);
        let mut day = |name: &str, value: Option<Text>| {
            let typed = text(value)?;
            let day = Day::read(&typed);
            if day.is_none() {
                diagnostics.push(catalogue::source_date(&key, name, &typed));
            }
            day
        };
        let published = day("published", self.published);
        let accessed = day("accessed", self.accessed);
        let kind = text(self.kind).map(|typed| {
            let known = Kind::ALL.into_iter().find(|(name, _)| *name == typed);
            known.map(|(_, kind)| kind).unwrap_or_else(|| {
                let names = Kind::ALL.map(|(name, _)| name);
                let near = nearest(&typed, names);
                diagnostics.push(catalogue::source_kind(&key, &typed, &names, near));
                Kind::default()
            })
        });
        Source {
            title: title.unwrap_or_else(|| key.clone()),
            url,
            authors: self.authors.0.iter().filter_map(|name| Person::read(name)).collect(),
            site: text(self.site),
            published,
            accessed,
            kind: kind.unwrap_or_default(),
            lang: text(self.lang),
            archived,
            dead: self.dead.unwrap_or(false),
            note: text(self.note),
            key,
        }
    }
}

/// A scalar as it was typed: the title `1984` is a text too.
#[derive(Debug)]
struct Text(String);

/// One text, or a list of them.
#[derive(Debug, Default)]
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(List)
    }
}

struct Scalar;

impl Visitor<'_> for Scalar {
    type Value = Text;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Text, E> {
        Ok(Text(flag.to_string()))
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Texts;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name, or a list of names")
    }

    fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
        Ok(Texts(vec![text.to_owned()]))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Texts, E> {
        Ok(Texts(vec![number.to_string()]))
    }

    fn visit_unit<E>(self) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
        let mut names = Vec::new();
        while let Some(Text(name)) = items.next_element()? {
            names.push(name);
        }
        Ok(Texts(names))
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
        assert_eq!((first.kind, first.dead), (Kind::Article, true));
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

//! `pingmark.yaml` as typed: the types that its JSON Schema is generated from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Analytics, DEFAULT_THEME, Images, Newsletter, SocialSettings};
use crate::appearance::Colours;

/// `pingmark.yaml` as typed. Every key has a default but `title` and `base_url`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(title = "pingmark.yaml", deny_unknown_fields)]
pub struct Settings {
    /// The blog's name.
    pub title: Option<String>,
    /// One sentence about the blog, for search engines and feeds.
    #[serde(alias = "tagline")]
    pub description: String,
    /// The address of the published blog, such as `https://example.org/blog/`.
    #[serde(alias = "url")]
    pub base_url: Option<String>,
    /// The main language, as a BCP 47 tag.
    pub lang: String,
    /// The other languages of the blog, by tag.
    pub languages: BTreeMap<String, LanguageSettings>,
    /// The IANA name of the timezone in which dates without one are meant.
    pub timezone: String,
    /// The author of posts that name none: a key of `authors`, or a name.
    pub author: Option<String>,
    /// The people who write, by key.
    pub authors: BTreeMap<String, Author>,
    /// The theme: one that comes with the program, or a folder of `themes/`.
    pub theme: String,
    /// The blog's logo, shown beside its name, and made icons of: a PNG, JPEG or SVG in `static/`, such as
    /// `/img/logo.png`.
    pub logo: Option<String>,
    /// The colour of links and marks, in the place of the theme's: `"#1d3fb8"`, made darker or
    /// lighter where it could not be read; or one each for `light` and `dark`, taken as they are.
    pub accent: Option<Colours>,
    /// The folder that `build` writes.
    pub output_dir: String,
    /// The address of a post, made of `:year :month :day :hour :minute :second :slug :title :filename
    /// :section :path :category :categories :author :lang :id`.
    pub permalink: String,
    /// Posts on a page of a list; 0 puts them all on one.
    pub paginate: usize,
    /// What feeds hold.
    pub feed: FeedSettings,
    /// How posts are grouped: a list of names, or names with options.
    pub taxonomies: TaxonomySettings,
    /// Whether there is an archive by year.
    pub archive: bool,
    /// Whether readers can search, where the theme has a field for it.
    pub search: bool,
    /// How citations are shown, and whether what is cited has pages.
    pub citations: CitationSettings,
    /// Links of the navigation, by menu.
    pub menus: BTreeMap<String, Vec<MenuItem>>,
    /// The blog's own profiles, and how articles are shared on networks.
    pub social: SocialSettings,
    /// What is shown of pings, replies and the like.
    pub mentions: MentionSettings,
    /// Which other sites are told about links to them, by `pingmark ping`.
    pub ping: PingSettings,
    /// What is made of photographs: smaller versions, and none that say where they were taken.
    pub images: Images,
    /// Whether quotes, dashes and spaces are set by the rules of the language.
    pub typography: bool,
    /// Whether code blocks are coloured.
    pub highlight: bool,
    /// What a link, an anchor, an image or a file that does not exist is: `error`, and nothing is
    /// published, or `warn`, and the site is published without it.
    pub links: LinkRule,
    /// What another server answers: paths such as `/docs/`, addresses and hosts. Links there are
    /// not checked and are no citations of the blog's own pages.
    #[serde(deserialize_with = "one_or_several")]
    pub elsewhere: Vec<String>,
    /// The form with which readers subscribe to your letter.
    pub newsletter: Option<Newsletter>,
    /// How visits are counted. Previews count none.
    pub analytics: Option<Analytics>,
    /// Whether pages use the theme's own fonts; `false` takes those of the reader's system.
    pub fonts: bool,
    /// Values for your own templates, as `config.extra`.
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl Settings {
    /// Items of all menus, each with its keys: `["menus", "main", "0"]`.
    pub fn menu_items(&self) -> impl Iterator<Item = (Vec<String>, &MenuItem)> {
        let of_language = |(code, own): (&String, _)| (vec!["languages".to_owned(), code.clone()], own);
        let others = self.languages.iter().map(|(code, own)| (code, &own.menus)).map(of_language);
        let all = std::iter::once((Vec::new(), &self.menus)).chain(others);
        all.flat_map(|(parents, menus)| {
            menus.iter().flat_map(move |(name, items)| {
                let parents = parents.clone();
                items.iter().enumerate().map(move |(number, item)| {
                    let own = ["menus", name, &number.to_string()].map(str::to_owned);
                    (parents.iter().cloned().chain(own).collect(), item)
                })
            })
        })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: None,
            description: String::new(),
            base_url: None,
            lang: "fr".into(),
            languages: BTreeMap::new(),
            timezone: "Europe/Paris".into(),
            author: None,
            authors: BTreeMap::new(),
            theme: DEFAULT_THEME.into(),
            logo: None,
            accent: None,
            output_dir: "public".into(),
            permalink: "/posts/:slug/".into(),
            paginate: 10,
            feed: FeedSettings::default(),
            taxonomies: TaxonomySettings::Names(
                ["tags", "categories", "authors", "series"].map(str::to_owned).to_vec(),
            ),
            archive: true,
            search: true,
            citations: CitationSettings::default(),
            menus: BTreeMap::new(),
            social: SocialSettings::default(),
            mentions: MentionSettings::default(),
            ping: PingSettings::default(),
            images: Images::default(),
            typography: true,
            highlight: true,
            links: LinkRule::default(),
            elsewhere: Vec::new(),
            newsletter: None,
            analytics: None,
            fonts: true,
            extra: BTreeMap::new(),
        }
    }
}

/// What a link to something that does not exist is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LinkRule {
    /// An error: the site is not published.
    #[default]
    Error,
    /// A warning: the site is published, with the words of the link alone.
    #[serde(alias = "warning")]
    Warn,
}

/// What another language of the blog says differently.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct LanguageSettings {
    /// The blog's name in this language.
    pub title: Option<String>,
    /// The blog's description in this language.
    #[serde(alias = "tagline")]
    pub description: Option<String>,
    /// The menus in this language.
    pub menus: BTreeMap<String, Vec<MenuItem>>,
}

/// Somebody who writes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Author {
    /// The name, as readers see it.
    pub name: String,
    /// The address for readers' mail.
    pub email: Option<String>,
    /// The author's own site.
    pub url: Option<String>,
    /// A picture: an address, or a path below `static/`.
    #[serde(alias = "avatar")]
    pub photo: Option<String>,
    /// A few words about the person.
    pub bio: Option<String>,
    /// The author's profiles, by network.
    pub social: Profiles,
}

/// Addresses of profiles, by network. Also shown as `rel="me"` links.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Profiles {
    /// Mastodon or another server of the fediverse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mastodon: Option<String>,
    /// Bluesky.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bluesky: Option<String>,
    /// LinkedIn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linkedin: Option<String>,
    /// X.
    #[serde(alias = "twitter", skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<String>,
    /// Facebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facebook: Option<String>,
    /// Instagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instagram: Option<String>,
    /// YouTube.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub youtube: Option<String>,
    /// TikTok.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiktok: Option<String>,
    /// GitHub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub github: Option<String>,
}

impl Profiles {
    /// (network's name, address) of those given, in a fixed order.
    pub fn given(&self) -> Vec<(&'static str, &str)> {
        named([
            &self.mastodon,
            &self.bluesky,
            &self.linkedin,
            &self.x,
            &self.threads,
            &self.facebook,
            &self.instagram,
            &self.youtube,
            &self.tiktok,
            &self.github,
        ])
    }
}

/// Those profiles that are given, each with its network's name.
pub(super) fn named(profiles: [&Option<String>; 10]) -> Vec<(&'static str, &str)> {
    const NAMES: [&str; 10] = [
        "Mastodon",
        "Bluesky",
        "LinkedIn",
        "X",
        "Threads",
        "Facebook",
        "Instagram",
        "YouTube",
        "TikTok",
        "GitHub",
    ];
    let given = NAMES.into_iter().zip(profiles);
    given.filter_map(|(network, address)| Some((network, address.as_deref()?))).collect()
}

/// A link of the navigation.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct MenuItem {
    /// The words of the link.
    #[serde(alias = "name", alias = "title")]
    pub label: String,
    /// Where it leads: `/a-propos/` on this site, or a whole address.
    #[serde(alias = "link")]
    pub url: String,
}

/// What is shown of pings, replies and the like. A post's `mentions: off` hides them there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct MentionSettings {
    /// Whether what came in from elsewhere is shown, once approved.
    #[serde(deserialize_with = "switch")]
    #[schemars(with = "bool")]
    pub show: bool,
    /// Whether the blog's own articles ping one another.
    #[serde(deserialize_with = "switch")]
    #[schemars(with = "bool")]
    pub own: bool,
    /// Domains whose mentions are shown without waiting for approval: `example.org` and all below.
    pub trust: Vec<String>,
    /// Domains whose mentions are never shown.
    pub block: Vec<String>,
    /// Where other sites can send webmentions: the address of `pingmark receive` or of the letterbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Where other sites can send pingbacks (XML-RPC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pingback: Option<String>,
    /// The blog's user name at webmention.io, which then receives both; `pingmark mentions fetch` gets them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webmention_io: Option<String>,
}

impl MentionSettings {
    /// Webmention endpoint of the blog, if it has one.
    pub fn webmention_endpoint(&self) -> Option<String> {
        let service = |user: &String| format!("https://webmention.io/{}/webmention", user.trim());
        self.endpoint.clone().or_else(|| self.webmention_io.as_ref().map(service))
    }

    /// Pingback server of the blog, if it has one.
    pub fn pingback_server(&self) -> Option<String> {
        let service = |user: &String| format!("https://webmention.io/{}/xmlrpc", user.trim());
        let own = self.endpoint.is_some();
        self.pingback.clone().or_else(|| self.webmention_io.as_ref().filter(|_| !own).map(service))
    }
}

/// Which other sites are told about links to them. A post's `ping: false` tells nobody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct PingSettings {
    /// Whether webmentions are sent.
    #[serde(deserialize_with = "switch")]
    #[schemars(with = "bool")]
    pub webmention: bool,
    /// Whether pingbacks are sent, to sites without a webmention endpoint.
    #[serde(deserialize_with = "switch")]
    #[schemars(with = "bool")]
    pub pingback: bool,
    /// Domains that alone are told; all if empty.
    pub only: Vec<String>,
    /// Domains that are never told.
    pub never: Vec<String>,
}

impl Default for PingSettings {
    fn default() -> Self {
        Self { webmention: true, pingback: true, only: Vec::new(), never: Vec::new() }
    }
}

impl Default for MentionSettings {
    fn default() -> Self {
        Self {
            show: true,
            own: true,
            trust: Vec::new(),
            block: Vec::new(),
            endpoint: None,
            pingback: None,
            webmention_io: None,
        }
    }
}

/// `true` and `false`, and the words that front matters take for them.
fn switch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Typed {
        Flag(bool),
        Word(String),
    }
    match Typed::deserialize(deserializer) {
        Ok(Typed::Flag(flag)) => Ok(flag),
        Ok(Typed::Word(word)) if matches!(word.as_str(), "on" | "yes" | "oui") => Ok(true),
        Ok(Typed::Word(word)) if matches!(word.as_str(), "off" | "no" | "non") => Ok(false),
        _ => Err(D::Error::custom("expected `true` or `false`")),
    }
}

/// A list of texts, or a single one.
fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Typed {
        One(String),
        Several(Vec<String>),
    }
    match Typed::deserialize(deserializer) {
        Ok(Typed::One(text)) => Ok(vec![text]),
        Ok(Typed::Several(texts)) => Ok(texts),
        Err(_) => Err(D::Error::custom("expected a list of texts")),
    }
}

/// What feeds hold.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct FeedSettings {
    /// Most posts in a feed.
    pub limit: usize,
    /// Whether posts stand there whole, or as summaries.
    #[serde(alias = "full_text")]
    pub full: bool,
    /// The formats of the main feeds.
    pub formats: Vec<FeedFormat>,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self { limit: 20, full: true, formats: FeedFormat::ALL.to_vec() }
    }
}

/// A format of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FeedFormat {
    /// RSS 2.0, `feed.xml`.
    Rss,
    /// Atom 1.0 (RFC 4287), `atom.xml`.
    Atom,
    /// JSON Feed 1.1, `feed.json`.
    Json,
}

impl FeedFormat {
    /// All formats, in the order in which pages announce them.
    pub const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// The file's name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Rss => "feed.xml",
            Self::Atom => "atom.xml",
            Self::Json => "feed.json",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// How citations are shown, and whether what is cited has pages.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct CitationSettings {
    /// How `[@key]` is shown in the text: `numbered` as `[1]`, `author-date` as (Searls, 1999),
    /// `note` as a footnote.
    pub style: CiteStyle,
    /// Whether there are pages of who cites whom, `/citations/` with `citations.json`, and of the
    /// cited sources, `/sources/` and one for each site.
    pub pages: bool,
}

impl Default for CitationSettings {
    fn default() -> Self {
        Self { style: CiteStyle::default(), pages: true }
    }
}

/// How a citation is shown in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CiteStyle {
    /// `[1]`, the source's number in the list at the end.
    #[default]
    Numbered,
    /// `(Searls, 1999)`
    AuthorDate,
    /// A footnote: the whole reference the first time, a short one after.
    Note,
}

/// How posts are grouped.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum TaxonomySettings {
    /// Only names; each with the default options.
    Names(Vec<String>),
    /// Names with options.
    Options(BTreeMap<String, TaxonomyOptions>),
}

impl Default for TaxonomySettings {
    fn default() -> Self {
        Settings::default().taxonomies
    }
}

/// Options of one way of grouping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TaxonomyOptions {
    /// Whether each term has a feed of its own; tags and authors have by default.
    pub feed: Option<bool>,
    /// Posts on a page of a term, when not the site's `paginate`.
    pub paginate: Option<usize>,
}

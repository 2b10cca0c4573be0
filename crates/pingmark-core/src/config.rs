//! `pingmark.yaml`: what was typed ([`Settings`]), then what is meant ([`Config`]).
//!
//! Receives the text of the file. Gives a [`Config`] and every problem found on the way.
//! Uses serde_yaml through [`crate::yaml`], schemars for the schema. Never does IO.

use std::collections::BTreeMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::diag::args::{OutputDirProblem, PermalinkProblem};
use crate::diag::{Diagnostics, catalogue};
use crate::path::SitePath;
use crate::slug::nearest;
use crate::web_address::domain;
use crate::{html, posting_times, share_template, site_files, yaml};

mod audience;
mod base_url;
mod elsewhere;
mod images;
mod settings;
mod sharing;

pub use audience::{Analytics, Counter, Newsletter};
pub use base_url::BaseUrl;
pub use elsewhere::Elsewhere;
pub use images::*;
pub use settings::*;
pub use sharing::*;

/// The theme that is used when none is named, and that stands behind all others.
pub const DEFAULT_THEME: &str = "plume";

/// The site's settings, checked and completed.
#[derive(Clone, Debug)]
pub struct Config {
    /// The languages, the main one first; never empty.
    pub languages: Vec<SiteLanguage>,
    /// Where the site will stand.
    pub base_url: BaseUrl,
    /// Where the file says that it stands: a preview stands elsewhere.
    pub configured_url: Option<BaseUrl>,
    /// In which dates without a zone are meant.
    pub timezone: TimeZone,
    /// The way posts are grouped, in the order given.
    pub taxonomies: Vec<Taxonomy>,
    /// The folder that `build` writes, below the site's root.
    pub output_dir: String,
    /// Addresses that another server answers.
    pub elsewhere: Elsewhere,
    /// Whether the theme was given for this build alone, and not by the file.
    pub theme_is_given: bool,
    /// Everything that needs no checking.
    pub settings: Settings,
}

/// One language of the site.
#[derive(Clone, Debug)]
pub struct SiteLanguage {
    /// The BCP 47 tag.
    pub code: String,
    /// What stands before every address of this language: empty for the main one, `en/`.
    pub prefix: String,
    /// The blog's name in it.
    pub title: String,
    /// The blog's description in it.
    pub description: String,
    /// Its menus.
    pub menus: BTreeMap<String, Vec<MenuItem>>,
}

/// A way of grouping posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxonomy {
    /// Its key in front matters and its folder in addresses: `tags`.
    pub name: String,
    /// Whether each term has a feed.
    pub feed: bool,
    /// Posts on a page of a term.
    pub paginate: usize,
}

impl Config {
    /// The addresses under which texts may link to the blog itself.
    pub fn own_urls(&self) -> impl Iterator<Item = &BaseUrl> {
        let configured = self.configured_url.iter().filter(|url| **url != self.base_url);
        [&self.base_url].into_iter().chain(configured)
    }

    /// The script that counts visits; none in a preview on the person's own machine.
    pub fn counter(&self) -> Option<Counter<'_>> {
        self.settings.analytics.as_ref().filter(|_| !self.base_url.is_local())?.counter()
    }

    /// The hosts of those. That of a preview on the person's own machine is none of them, so that
    /// texts are the same to it as they will be.
    pub fn hosts(&self) -> Vec<String> {
        let is_preview =
            |url: &BaseUrl| self.configured_url.as_ref().is_some_and(|own| own != url) && url.is_local();
        self.own_urls().filter(|url| !is_preview(url)).map(|url| url.host().to_owned()).collect()
    }

    /// Reads the file's text. `base_url` replaces the file's own address.
    pub fn read(text: &str, base_url: Option<&str>) -> (Self, Diagnostics) {
        let path = SitePath::constant(site_files::CONFIG);
        let mut diagnostics = Diagnostics::new();
        let (settings, problems) = yaml::decode::<Settings>(text);
        for problem in &problems {
            diagnostics.push(catalogue::yaml_problem(&path, problem, &known_keys));
        }
        if problems.is_empty() {
            diagnostics.extend(yaml::lost_texts(text).into_iter().map(|lost| {
                let (line, column) = lost.place;
                catalogue::yaml_comment(&path, &lost.key, line, column)
            }));
        }
        let syntax_error = problems.iter().any(|p| matches!(p, yaml::Problem::Syntax(..)));
        let config = Self::complete(settings, base_url, syntax_error, &mut diagnostics);
        (config, diagnostics)
    }

    fn complete(
        mut settings: Settings,
        base_url: Option<&str>,
        unreadable: bool,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        if settings.title.as_ref().is_none_or(|title| title.trim().is_empty()) && !unreadable {
            diagnostics.push(catalogue::config_key_missing("title", "title: My blog"));
        }
        let configured_url = settings.base_url.as_deref().and_then(BaseUrl::parse);
        let given_url = base_url.or(settings.base_url.as_deref());
        let base_url = match given_url {
            Some(text) => BaseUrl::parse(text).unwrap_or_else(|| {
                diagnostics.push(catalogue::config_base_url(text));
                BaseUrl::default()
            }),
            None => {
                if !unreadable {
                    diagnostics
                        .push(catalogue::config_key_missing("base_url", "base_url: https://example.org"));
                }
                BaseUrl::default()
            }
        };
        let timezone = TimeZoneDatabase::bundled().get(&settings.timezone).unwrap_or_else(|_| {
            let names: Vec<String> =
                TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
            let near = nearest(&settings.timezone, names.iter().map(String::as_str));
            diagnostics.push(catalogue::config_timezone(&settings.timezone, near));
            TimeZone::UTC
        });
        for problem in permalink_problems(&settings.permalink) {
            diagnostics.push(catalogue::config_permalink(&settings.permalink, problem));
        }
        let output_dir = settings.output_dir.trim_end_matches('/').to_owned();
        if let Err(problem) = SitePath::new(&output_dir) {
            diagnostics.push(catalogue::config_output_dir(&output_dir, OutputDirProblem::Path(problem)));
        } else if ["content", "static", "templates", "themes", "data", "mentions", "outbox"]
            .contains(&output_dir.as_str())
        {
            diagnostics.push(catalogue::config_output_dir(&output_dir, OutputDirProblem::HoldsSources));
        }
        if let Some(author) = &settings.author
            && !settings.authors.is_empty()
            && !settings.authors.contains_key(author)
            && !settings.authors.values().any(|a| a.name == *author)
        {
            let near = nearest(author, settings.authors.keys().map(String::as_str));
            diagnostics.push(catalogue::config_author(author, near));
        }
        let rules = &mut settings.mentions;
        for (name, domains) in [("trust", &mut rules.trust), ("block", &mut rules.block)] {
            *domains = read_domains(name, domains, diagnostics);
        }
        let look = &settings.social.cards;
        for (key, colour) in [("accent", look.accent.as_ref()), ("background", look.background.as_ref())] {
            if let Some(colour) = colour.filter(|colour| !is_colour(colour)) {
                diagnostics.push(catalogue::config_colour(key, colour));
            }
        }
        for (number, text) in settings.social.slots.iter().enumerate() {
            if posting_times::parse(text).is_none() {
                diagnostics.push(catalogue::config_slot(number, text));
            }
        }
        for (key, template) in settings.social.templates.given() {
            for name in share_template::unknown_names(template) {
                let near = nearest(name, share_template::NAMES);
                diagnostics.push(catalogue::config_template(key, name, near));
            }
        }
        for (keys, address) in addresses(&settings) {
            if html::is_unsafe(address) {
                diagnostics.push(catalogue::config_address(keys, address));
            } else if html::is_local(address) {
                diagnostics.push(catalogue::config_address_local(keys, address));
            }
        }
        if is_example(&base_url) {
            diagnostics.push(catalogue::config_placeholder(&["base_url"], given_url.unwrap_or_default()));
        }
        for (key, author) in &settings.authors {
            if EXAMPLE_NAMES.contains(&author.name.trim()) {
                diagnostics.push(catalogue::config_placeholder(&["authors", key, "name"], &author.name));
            }
        }
        let (elsewhere, wrong) = Elsewhere::read(settings.elsewhere.iter().map(String::as_str));
        for number in wrong {
            diagnostics.push(catalogue::config_elsewhere(number, &settings.elsewhere[number]));
        }
        Self {
            languages: site_languages(&settings, diagnostics),
            elsewhere,
            theme_is_given: false,
            base_url,
            configured_url,
            timezone,
            taxonomies: taxonomies(&settings),
            output_dir,
            settings,
        }
    }

    /// Whether another server answers at an address, as it is typed in a text.
    pub fn is_elsewhere(&self, target: &str) -> bool {
        self.elsewhere.holds(target, self.own_urls())
    }

    /// The language of a tag, if the site has it.
    pub fn language(&self, code: &str) -> Option<&SiteLanguage> {
        self.languages.iter().find(|language| language.code == code)
    }

    /// The main language.
    pub fn main_language(&self) -> &SiteLanguage {
        &self.languages[0]
    }

    /// The author of a key or a name, as far as the config knows one.
    pub fn author(&self, name: &str) -> Option<(&str, &Author)> {
        let authors = &self.settings.authors;
        authors
            .get_key_value(name)
            .or_else(|| authors.iter().find(|(_, author)| author.name == name))
            .map(|(key, author)| (key.as_str(), author))
    }
}

fn site_languages(settings: &Settings, diagnostics: &mut Diagnostics) -> Vec<SiteLanguage> {
    let title = settings.title.clone().unwrap_or_default();
    let mut languages = vec![SiteLanguage {
        code: settings.lang.clone(),
        prefix: String::new(),
        title: title.clone(),
        description: settings.description.clone(),
        menus: settings.menus.clone(),
    }];
    let is_tag = |code: &str| {
        (2..=35).contains(&code.len())
            && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && SitePath::new(code).is_ok_and(|path| path.unportable().is_none())
    };
    if !is_tag(&settings.lang) {
        diagnostics.push(catalogue::config_language("lang", &settings.lang));
    }
    for (code, own) in &settings.languages {
        if !is_tag(code) {
            diagnostics.push(catalogue::config_language("languages", code));
            continue;
        }
        // The main language may be listed too; what it says there wins.
        if *code == settings.lang {
            let main = &mut languages[0];
            main.title = own.title.clone().unwrap_or_else(|| title.clone());
            main.description = own.description.clone().unwrap_or_else(|| settings.description.clone());
            if !own.menus.is_empty() {
                main.menus = own.menus.clone();
            }
            continue;
        }
        languages.push(SiteLanguage {
            code: code.clone(),
            prefix: format!("{}/", code.to_ascii_lowercase()),
            title: own.title.clone().unwrap_or_else(|| title.clone()),
            description: own.description.clone().unwrap_or_else(|| settings.description.clone()),
            menus: own.menus.clone(),
        });
    }
    languages
}

fn taxonomies(settings: &Settings) -> Vec<Taxonomy> {
    let named: Vec<(String, TaxonomyOptions)> = match &settings.taxonomies {
        TaxonomySettings::Names(names) => {
            names.iter().map(|n| (n.clone(), TaxonomyOptions::default())).collect()
        }
        TaxonomySettings::Options(options) => options.clone().into_iter().collect(),
    };
    named
        .into_iter()
        .map(|(name, options)| Taxonomy {
            feed: options.feed.unwrap_or(matches!(name.as_str(), "tags" | "authors")),
            paginate: options.paginate.unwrap_or(settings.paginate),
            name,
        })
        .collect()
}

/// Domains in the one form in which they are compared.
fn read_domains(name: &str, typed: &[String], diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut domains = Vec::with_capacity(typed.len());
    for (number, text) in typed.iter().enumerate() {
        match domain(text) {
            Some(domain) => domains.push(domain),
            None => diagnostics.push(catalogue::config_domain(name, number, text)),
        }
    }
    domains
}

/// `#rrggbb` or `#rgb`.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or("");
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Every address of the settings that becomes a link, with the path of its key.
fn addresses(settings: &Settings) -> Vec<(Vec<String>, &str)> {
    let mut found: Vec<(Vec<String>, &str)> = Vec::new();
    let path = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    for (network, address) in settings.social.given() {
        found.push((path(&["social", &network.to_lowercase()]), address));
    }
    found.extend(
        settings.newsletter.iter().map(|form| (path(&["newsletter", "action"]), form.action.as_str())),
    );
    let server = settings.analytics.iter().filter_map(|analytics| analytics.host.as_deref());
    found.extend(server.map(|host| (path(&["analytics", "host"]), host)));
    for (key, author) in &settings.authors {
        let own = [("url", &author.url), ("photo", &author.photo)];
        let given = own.into_iter().filter_map(|(name, address)| Some((name, address.as_deref()?)));
        found.extend(given.map(|(name, address)| (path(&["authors", key, name]), address)));
        for (network, address) in author.social.given() {
            found.push((path(&["authors", key, "social", &network.to_lowercase()]), address));
        }
    }
    for (mut keys, item) in settings.menu_items() {
        keys.push("url".to_owned());
        found.push((keys, &item.url));
    }
    found
}

/// The names of the author of a new blog.
const EXAMPLE_NAMES: [&str; 2] = ["Votre nom", "Your name"];

/// Whether an address is one that nobody can have (RFC 2606), as a new blog begins with.
fn is_example(url: &BaseUrl) -> bool {
    ["example.org", "example.com", "example.net"].contains(&url.host())
}

/// The tokens of a permalink.
pub const PERMALINK_TOKENS: [&str; 16] = [
    ":year",
    ":month",
    ":day",
    ":hour",
    ":minute",
    ":second",
    ":slug",
    ":title",
    ":filename",
    ":section",
    ":path",
    ":category",
    ":categories",
    ":author",
    ":lang",
    ":id",
];

/// Tokens of which a pattern needs one: no two posts share it by their date or subject.
const NAMES: [&str; 4] = [":slug", ":title", ":filename", ":id"];

fn permalink_problems(pattern: &str) -> Vec<PermalinkProblem> {
    let mut problems = Vec::new();
    if !pattern.starts_with('/') {
        problems.push(PermalinkProblem::NotRooted);
    }
    if !NAMES.iter().any(|name| pattern.contains(name)) {
        problems.push(PermalinkProblem::NoSlug);
    }
    for word in pattern.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '_')) {
        for token in word.match_indices(':').map(|(at, _)| &word[at..]) {
            if !PERMALINK_TOKENS.iter().any(|known| token.starts_with(known)) {
                problems.push(PermalinkProblem::UnknownToken(
                    token.to_owned(),
                    PERMALINK_TOKENS.map(str::to_owned).to_vec(),
                ));
            }
        }
    }
    problems
}

/// The other names that people give to a key, as the types take them.
pub fn other_names(key: &str) -> impl Iterator<Item = &'static str> {
    const ALIASES: [(&str, &str); 8] = [
        ("tagline", "description"),
        ("url", "base_url"),
        ("avatar", "photo"),
        ("twitter", "x"),
        ("name", "label"),
        ("title", "label"),
        ("link", "url"),
        ("full_text", "full"),
    ];
    ALIASES.iter().filter(move |(_, name)| *name == key).map(|(alias, _)| *alias)
}

/// The JSON Schema of the file, generated from [`Settings`].
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Settings).to_value()
}

/// The keys that may stand at a path, for suggestions.
fn known_keys(path: &[String]) -> Vec<String> {
    let schema = schema();
    let mut node = &schema;
    for part in path {
        node = group(&schema, node);
        let next = node
            .get("properties")
            .and_then(|properties| properties.get(part))
            .or_else(|| node.get("additionalProperties"))
            .or_else(|| node.get("items"));
        match next {
            Some(next) => node = next,
            None => return Vec::new(),
        }
    }
    let keys = group(&schema, node).get("properties").and_then(|properties| properties.as_object());
    keys.map(|keys| keys.keys().cloned().collect()).unwrap_or_default()
}

/// What a value is as a group of keys, when it may be something else too.
fn group<'a>(schema: &'a serde_json::Value, node: &'a serde_json::Value) -> &'a serde_json::Value {
    let node = resolve(schema, node);
    let forms = node.get("anyOf").and_then(|forms| forms.as_array());
    let mut forms = forms.into_iter().flatten().map(|form| resolve(schema, form));
    forms.find(|form| form.get("properties").is_some()).unwrap_or(node)
}

fn resolve<'a>(schema: &'a serde_json::Value, node: &'a serde_json::Value) -> &'a serde_json::Value {
    let reference = node.get("$ref").and_then(|r| r.as_str()).and_then(|r| r.strip_prefix('#'));
    reference.and_then(|pointer| schema.pointer(pointer)).unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blog_is_known_by_its_own_hosts_and_not_by_those_of_a_preview() {
        let hosts = |given: Option<&str>, typed: &str| Config::read(typed, given).0.hosts();
        let own = "title: Un\nbase_url: https://www.Un.example/blog\n";
        assert_eq!(hosts(None, own), ["un.example"]);
        for preview in ["http://localhost:1313/blog/", "http://127.0.0.1:1313", "http://[::1]:80/"] {
            assert_eq!(hosts(Some(preview), own), ["un.example"], "{preview}");
        }
        assert_eq!(hosts(Some("https://essai.deux.example"), own), ["essai.deux.example", "un.example"]);
        assert_eq!(hosts(None, "title: Un\nbase_url: http://localhost:8000\n"), ["localhost:8000"]);
        assert_eq!(hosts(Some("http://localhost:8000"), "title: Un\n"), ["localhost:8000"]);
    }

    #[test]
    fn the_smallest_config_is_enough() {
        let (config, diagnostics) = Config::read("title: Un\nbase_url: https://un.example\n", None);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!(config.main_language().code, "fr");
        assert_eq!(config.taxonomies.len(), 4);
    }

    #[test]
    fn unknown_keys_are_known_to_the_schema() {
        assert!(known_keys(&[]).contains(&"base_url".to_owned()));
        assert!(known_keys(&["feed".to_owned()]).contains(&"limit".to_owned()));
        let author = ["authors".to_owned(), "claire".to_owned()];
        assert!(known_keys(&author).contains(&"bio".to_owned()));
    }

    #[test]
    fn permalinks_are_checked() {
        assert!(permalink_problems("/:year/:month/:slug/").is_empty());
        assert_eq!(permalink_problems("posts/:titre").len(), 3);
    }
}

//! Views as templates see them, as Tera's values: what themes can rely on.
//!
//! Receives views. Gives values, and [`RenderContext`] with what all pages share. Uses tera. Never asks
//! the graph, and never fills a text.

mod cache;
mod cited_work;
mod feeds;
mod mention;
pub mod page;
pub mod reference;
mod share;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use tera::{Context, Value};

use pingmark_core::appearance::{ACCENT_SHEET, Appearance, CUSTOM_SHEET};
use pingmark_core::config::{Config, SiteLanguage};
use pingmark_core::diag::Diagnostic;
use pingmark_core::html::is_absolute;
use pingmark_core::lang::Language;
use pingmark_core::when::When;
use pingmark_document::typography::{self, Style};
use pingmark_site::graph::Route;
use pingmark_site::graph::route::encode;
use pingmark_site::plan::{ImageVersions, SizedImage};

use crate::template::optimize::FieldUse;
use crate::template::theme::{Theme, Words};
use crate::template::{SpecializedTemplates, TemplateSet};
use crate::view::SharedLists;

pub use cache::ValueCache;
pub(crate) use feeds::feed;

/// Variables that have the same value on all pages of a language.
pub const SHARED: [&str; 18] = [
    "config",
    "lang",
    "dir",
    "t",
    "menus",
    "home",
    "feeds",
    "generator",
    "recent",
    "tags",
    "categories",
    "authors",
    "series_list",
    "citations_url",
    "sources_url",
    "search_url",
    "assets",
    "theme",
];

/// Everything that views are rendered with: settings, templates, and the values that pages share.
#[derive(Debug)]
pub struct RenderContext<'a> {
    /// Settings.
    pub config: &'a Config,
    /// Style sheets, scripts and colours of the pages.
    pub appearance: &'a Appearance,
    /// Templates.
    pub templates: &'a TemplateSet,
    /// Whether values have all fields, and not only those that templates read.
    has_all_fields: bool,
    languages: Arc<BTreeMap<&'a str, Shared>>,
    /// Newest posts of each language.
    recent: Arc<BTreeMap<&'a str, Value>>,
    cache: Arc<ValueCache>,
    /// Specialized templates by language; empty unless [`RenderContext::specialize`] was called.
    specialized: BTreeMap<&'a str, SpecializedTemplates>,
}

/// Values that all pages of a language share.
#[derive(Debug)]
struct Shared {
    context: Context,
    /// Feeds of all posts.
    feeds: Vec<Value>,
    /// Variables that only some templates read.
    lists: Vec<(&'static str, Value)>,
}

/// Fields of a value, by name.
type Fields = Vec<(&'static str, Value)>;

/// Value with fields.
pub fn group(fields: impl AsRef<[(&'static str, Value)]>) -> Value {
    Value::from_serializable(&Named(fields.as_ref()))
}

/// Serializes fields as a struct: Tera then builds the table of their names once, which it would copy
/// from a map.
struct Named<'a>(&'a [(&'static str, Value)]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("", self.0.len())?;
        for (name, value) in self.0 {
            fields.serialize_field(name, value)?;
        }
        fields.end()
    }
}

pub(crate) fn text(value: &str) -> Value {
    Value::normal_string(value)
}

pub(crate) fn maybe(value: Option<&str>) -> Value {
    value.map_or_else(Value::none, Value::normal_string)
}

/// Builder of a value that leaves out the fields that no template reads.
#[derive(Debug)]
pub struct FieldBuilder<'s> {
    field_use: &'s FieldUse,
    fields: Fields,
}

impl<'s> FieldBuilder<'s> {
    /// Adds a field, if a template reads it.
    pub fn with(mut self, name: &'static str, make: impl FnOnce() -> Value) -> Self {
        if self.field_use.has(name) {
            self.fields.push((name, make()));
        }
        self
    }

    /// Value with the fields.
    pub fn value(self) -> Value {
        group(self.fields)
    }
}

/// Date and time for templates (RFC 3339), or none.
pub fn moment(when: Option<When>) -> Value {
    when.map_or_else(Value::none, |when| Value::from(when.rfc3339()))
}

pub(crate) fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::from(values.collect::<Vec<_>>())
}

impl<'a> RenderContext<'a> {
    /// Makes the values that all pages share. `lists` are those of each language, in the order of the
    /// config.
    pub fn new(
        config: &'a Config,
        appearance: &'a Appearance,
        templates: &'a TemplateSet,
        theme: &Theme,
        lists: &[SharedLists<'_>],
        cache: ValueCache,
    ) -> Self {
        let (languages, recent, cache) = (Arc::default(), Arc::default(), Arc::new(cache));
        let specialized = BTreeMap::new();
        let has_all_fields = false;
        let mut context =
            Self { config, appearance, templates, has_all_fields, languages, recent, cache, specialized };
        let all = || config.languages.iter().zip(lists);
        let shared = all().map(|(language, lists)| (&*language.code, context.shared(language, theme, lists)));
        context.languages = Arc::new(shared.collect());
        // After the rest: teasers as HTML may show what all pages share.
        let recent = all().map(|(language, lists)| (&*language.code, context.teasers(&lists.recent)));
        context.recent = Arc::new(recent.collect());
        context
    }

    /// Context whose values have all fields, for suggestions when a template names one that is not there.
    pub(crate) fn with_all_fields(&self) -> Self {
        Self {
            languages: self.languages.clone(),
            recent: self.recent.clone(),
            cache: self.cache.clone(),
            has_all_fields: true,
            specialized: BTreeMap::new(),
            ..*self
        }
    }

    /// Specializes the templates for each language. That takes some milliseconds, and pays from a few
    /// hundred pages on.
    pub fn specialize(&mut self) {
        let languages = self.languages.keys();
        let specialized = languages.filter_map(|lang| {
            Some((*lang, self.templates.specialize(&self.context(lang, &|_: &str| true))?))
        });
        self.specialized = specialized.collect();
    }

    /// Renders a template with variables from [`RenderContext::context`]. `size` is the capacity to
    /// reserve, in bytes.
    pub(crate) fn render(
        &self,
        template: &str,
        context: &Context,
        page: &str,
        size: usize,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        let specialized = context.get("lang").and_then(|lang| self.specialized.get(lang.as_str()?));
        let rendered = specialized.and_then(|specialized| specialized.render(template, context, size));
        rendered.map_or_else(|| self.templates.render(template, context, page, size), Ok)
    }

    /// Builder of the value of a variable.
    pub(crate) fn fields_of(&self, variable: &str) -> FieldBuilder<'a> {
        let field_use = if self.has_all_fields { &FieldUse::All } else { self.templates.fields(variable) };
        FieldBuilder { field_use, fields: Vec::with_capacity(48) }
    }

    fn shared(&self, language: &SiteLanguage, theme: &Theme, lists: &SharedLists<'_>) -> Shared {
        let config = self.config;
        let mut context = Context::new();
        let home = format!("{}{}", config.base_url.path(), encode(&language.prefix));
        context.insert_value("config", self.config_value(language));
        context.insert_value("lang", text(&language.code));
        context.insert_value("dir", text(if Language::is_rtl(&language.code) { "rtl" } else { "ltr" }));
        context.insert_value("t", words_value(&theme.words[&language.code]));
        context.insert_value("menus", self.menus(language));
        context.insert_value("home", Value::from(home));
        let feeds = feeds::of_language(language, config);
        context.insert_value("feeds", Value::from(feeds.clone()));
        context.insert_value("generator", Value::from(format!("Pingmark {}", env!("CARGO_PKG_VERSION"))));
        context.insert_value("languages", Value::from(Vec::<Value>::new()));
        let citations = lists.citations.as_ref().map(|route| Value::from(self.url(route)));
        context.insert_value("citations_url", citations.unwrap_or_else(Value::none));
        let sources = lists.sources.map(|route| Value::from(self.url(route)));
        context.insert_value("sources_url", sources.unwrap_or_else(Value::none));
        let search = lists.search.as_ref().map(|route| Value::from(self.url(route)));
        context.insert_value("search_url", search.unwrap_or_else(Value::none));
        let optional = lists.lists.iter();
        let optional = optional.map(|(name, terms)| (*name, list(terms.iter().map(|t| self.listed_term(t)))));
        let assets: BTreeMap<&str, Value> =
            lists.assets.iter().map(|(name, address)| (name.as_str(), self.assets(address))).collect();
        let theme = self.theme_value(&assets);
        let assets = Value::from_serializable(&assets);
        Shared { context, feeds, lists: optional.chain([("assets", assets), ("theme", theme)]).collect() }
    }

    /// Variables of a page of a language: the shared ones, and those of the optional lists that the
    /// template reads.
    pub fn context(&self, lang: &str, reads: &dyn Fn(&str) -> bool) -> Context {
        let Some(shared) = self.languages.get(lang).or_else(|| self.languages.values().next()) else {
            return Context::new();
        };
        let mut context = shared.context.clone();
        if let Some(recent) = self.recent.get(lang).filter(|_| reads("recent")) {
            context.insert_value("recent", recent.clone());
        }
        for (name, list) in shared.lists.iter().filter(|(name, _)| reads(name)) {
            context.insert_value(*name, list.clone());
        }
        context
    }

    /// Versions of an image with this address and size in pixels, for `srcset`.
    pub fn srcsets(&self, versions: &ImageVersions, address: &str, size: (u32, u32)) -> Srcsets {
        let one = |version: &SizedImage| {
            let (base, address) = (self.config.base_url.path(), encode(&version.address));
            format!("{base}{address} {}w", version.width)
        };
        let list = |versions: &[SizedImage]| versions.iter().map(one).collect::<Vec<_>>();
        let mut same = list(&versions.same);
        if versions.with_original && !same.is_empty() {
            same.push(format!("{address} {}w", size.0));
        }
        Srcsets { same: same.join(", "), webp: list(&versions.webp).join(", ") }
    }

    /// Settings of a language; of the main language if the site does not have it.
    pub fn language(&self, code: &str) -> &'a SiteLanguage {
        self.config.language(code).unwrap_or_else(|| self.config.main_language())
    }

    /// Feeds of all posts of a language.
    pub fn feeds(&self, lang: &str) -> &[Value] {
        self.languages.get(lang).map_or(&[], |shared| &shared.feeds)
    }

    /// Interface text of the theme.
    pub fn word(&self, lang: &str, key: &str) -> Option<String> {
        let words = self.languages.get(lang)?.context.get("t")?;
        words.get_from_path(key)?.as_str().map(str::to_owned)
    }

    /// Interface text in the plural form of a number, with the number filled in; empty if the theme has
    /// no such text.
    pub fn counted(&self, lang: &str, key: &str, number: usize, language: &Language) -> String {
        let words = self.languages.get(lang).and_then(|shared| shared.context.get("t"));
        let form = language.plural(i64::try_from(number).unwrap_or(i64::MAX));
        let found = ["", form, "other"].into_iter().find_map(|form| {
            let path = if form.is_empty() { key.to_owned() } else { format!("{key}.{form}") };
            words?.get_from_path(&path)?.as_str().map(str::to_owned)
        });
        found.unwrap_or_default().replace("{n}", &number.to_string())
    }

    /// Address from the root of the host.
    pub fn url(&self, route: &Route) -> String {
        route.url(&self.config.base_url)
    }

    /// Absolute address.
    pub fn permalink(&self, route: &Route) -> String {
        route.permalink(&self.config.base_url)
    }

    /// Address of a language's home from the root of the host.
    pub fn home(&self, language: &SiteLanguage) -> String {
        format!("{}{}", self.config.base_url.path(), encode(&language.prefix))
    }

    /// Address in the config: relative to the site's root, or absolute.
    fn site_url(&self, url: &str) -> String {
        if is_absolute(url) || url.starts_with('#') {
            return url.to_owned();
        }
        format!("{}/{}", self.config.base_url.path(), url.trim_start_matches('/'))
    }

    fn assets(&self, address: &str) -> Value {
        Value::from(format!("{}{}", self.config.base_url.path(), encode(address)))
    }

    /// `theme`: addresses of style sheets and scripts, and background colours.
    fn theme_value(&self, assets: &BTreeMap<&str, Value>) -> Value {
        let appearance = self.appearance;
        let found =
            |names: &mut dyn Iterator<Item = &str>| list(names.filter_map(|name| assets.get(name).cloned()));
        let accent = appearance.accent.as_ref().map(|_| ACCENT_SHEET);
        // The site's own sheet comes last, and once.
        let sheets = appearance.stylesheets.iter().map(String::as_str).filter(|name| *name != CUSTOM_SHEET);
        group([
            ("name", text(&appearance.theme)),
            ("stylesheets", found(&mut sheets.chain(accent).chain([CUSTOM_SHEET]))),
            ("scripts", found(&mut appearance.scripts.iter().map(String::as_str))),
            ("paper", Value::from(appearance.paper[0].to_string())),
            ("paper_dark", Value::from(appearance.paper[1].to_string())),
            ("sizes", text(&appearance.sizes)),
            ("cover_sizes", text(&appearance.cover_sizes)),
        ])
    }

    /// Absolute address of an address in the config.
    pub(crate) fn absolute_url(&self, url: &str) -> String {
        if is_absolute(url) {
            return url.to_owned();
        }
        format!("{}{}", self.config.base_url.as_str(), encode(url.trim_start_matches('/')))
    }

    fn config_value(&self, language: &SiteLanguage) -> Value {
        let settings = &self.config.settings;
        group([
            ("title", text(&self.typeset(language, &language.title))),
            ("description", text(&self.typeset(language, &language.description))),
            ("base_url", text(self.config.base_url.as_str())),
            ("base_path", text(self.config.base_url.path())),
            ("lang", text(&self.config.main_language().code)),
            ("social", profiles(settings.social.given())),
            ("fonts", Value::from(settings.fonts)),
            ("newsletter", self.newsletter()),
            ("analytics", self.analytics()),
            ("extra", Value::from_serializable(&settings.extra)),
        ])
    }

    /// `config.newsletter`: the form of a letter, if there is one.
    fn newsletter(&self) -> Value {
        let form = self.config.settings.newsletter.as_ref().filter(|form| !form.action.is_empty());
        form.map_or_else(Value::none, |form| {
            group([("action", text(&form.action)), ("field", text(&form.field))])
        })
    }

    /// `config.analytics`: the script that counts visits, if there is one.
    fn analytics(&self) -> Value {
        self.config.counter().map_or_else(Value::none, |counter| {
            group([
                ("service", text(counter.service)),
                ("script", text(&counter.script)),
                ("host", text(&counter.host)),
                ("id", text(counter.id)),
            ])
        })
    }

    /// A text of the settings, by the typographic rules of a language.
    fn typeset(&self, language: &SiteLanguage, text: &str) -> String {
        let style = if self.config.settings.typography { Style::of(&language.code) } else { Style::PLAIN };
        typography::set(style, text)
    }

    fn menus(&self, language: &SiteLanguage) -> Value {
        let map: BTreeMap<String, Vec<Value>> = language
            .menus
            .iter()
            .map(|(name, items)| {
                let items = items.iter().map(|item| {
                    group([
                        ("label", text(&self.typeset(language, &item.label))),
                        ("url", Value::from(self.site_url(&item.url))),
                    ])
                });
                (name.clone(), items.collect())
            })
            .collect();
        Value::from(map)
    }

    /// `languages`: entries of a language switch; empty on a site with one language.
    pub fn language_switch(&self, current: &str, url_of: impl Fn(&SiteLanguage) -> String) -> Value {
        if self.config.languages.len() < 2 {
            return Value::from(Vec::<Value>::new());
        }
        list(self.config.languages.iter().map(|language| {
            group([
                ("code", text(&language.code)),
                ("name", text(Language::of(&language.code).name)),
                ("title", text(&language.title)),
                ("url", Value::from(url_of(language))),
                ("current", Value::from(language.code == current)),
            ])
        }))
    }
}

/// Versions of an image as values of the attribute `srcset`; empty if there are none.
#[derive(Debug, Default)]
pub struct Srcsets {
    /// Versions in the image's own format.
    pub same: String,
    /// Versions as WebP.
    pub webp: String,
}

fn profiles(given: Vec<(&str, &str)>) -> Value {
    let given =
        given.into_iter().map(|(network, url)| group([("network", text(network)), ("url", text(url))]));
    Value::from(given.collect::<Vec<_>>())
}

fn words_value(words: &BTreeMap<String, Words>) -> Value {
    let map: BTreeMap<String, Value> = words
        .iter()
        .map(|(key, words)| {
            let value = match words {
                Words::Plain(text) => Value::from(text.as_str()),
                Words::Counted(forms) => Value::from(forms.clone()),
            };
            (key.clone(), value)
        })
        .collect();
    Value::from(map)
}

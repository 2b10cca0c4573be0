//! Views as templates see them: the theme contract, in Tera's values.
//!
//! A page's *card* is what lists show of it; the page itself is its card and more. Cards of
//! pages and terms are made once for all files. Templates read nothing else.

pub mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use tera::{Context, Value};

use pingmark_core::appearance::{ACCENT_SHEET, Appearance};
use pingmark_core::config::{Config, MenuItem, SiteLanguage};
use pingmark_core::diag::Diagnostic;
use pingmark_core::html::is_absolute;
use pingmark_core::lang::Language;
use pingmark_core::when::When;
use pingmark_site::graph::Route;
use pingmark_site::graph::route::encode;
use pingmark_site::plan::{ImageVersions, SizedImage};

use super::asked::FieldUse;
use super::template::SpecializedTemplates;
use super::theme::{Theme, Words};
use super::view::SharedLists;
use super::{TemplateSet, head};

/// The names a template may read at the top level that stand for the same on all pages of a
/// language.
pub const SHARED: [&str; 17] = [
    "config",
    "lang",
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

/// Those that stand for something else on each page, or are there on some only.
pub const OF_PAGE: [&str; 17] = [
    "languages",
    "path",
    "head",
    "page",
    "posts",
    "paginator",
    "section",
    "pinned",
    "term",
    "terms",
    "taxonomy",
    "years",
    "related",
    "citations",
    "sites",
    "site",
    "sections",
];

/// Everything that turns views into bytes.
#[derive(Debug)]
pub struct RenderContext<'a> {
    /// The settings.
    pub config: &'a Config,
    /// How pages are dressed.
    pub look: &'a Appearance,
    /// The templates.
    pub templates: &'a TemplateSet,
    /// Whether values have all their fields, not only those that templates read.
    is_whole: bool,
    languages: Arc<BTreeMap<&'a str, Shared>>,
    /// The newest posts of each language.
    recent: Arc<BTreeMap<&'a str, Value>>,
    /// The templates for the pages of each language, where there are so many that it pays.
    folded: BTreeMap<&'a str, SpecializedTemplates>,
}

/// What all pages of a language share.
#[derive(Debug)]
struct Shared {
    context: Context,
    /// The feeds of the whole blog.
    feeds: Vec<Value>,
    /// Values that only some templates read.
    lists: Vec<(&'static str, Value)>,
}

/// Values by name.
pub(super) type Fields = Vec<(&'static str, Value)>;

/// A group of values by name.
pub fn group(fields: impl AsRef<[(&'static str, Value)]>) -> Value {
    Value::from_serializable(&Named(fields.as_ref()))
}

/// The fields of a group. Tera takes values that are serialized as they are, and lays out the table
/// of their names once; out of a map it would make another one.
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

pub(super) fn text(value: &str) -> Value {
    Value::normal_string(value)
}

pub(super) fn maybe(value: Option<&str>) -> Value {
    value.map_or_else(Value::none, Value::normal_string)
}

/// The fields of a value that templates ask for; the others are not made.
#[derive(Debug)]
pub struct FieldBuilder<'s> {
    asked: &'s FieldUse,
    fields: Fields,
}

impl<'s> FieldBuilder<'s> {
    /// With one more field, if it is asked for.
    pub fn with(mut self, name: &'static str, make: impl FnOnce() -> Value) -> Self {
        if self.asked.has(name) {
            self.fields.push((name, make()));
        }
        self
    }

    /// The value that has them.
    pub fn value(self) -> Value {
        group(self.fields)
    }
}

/// A moment as templates get it, or none.
pub fn moment(when: Option<When>) -> Value {
    when.map_or_else(Value::none, |when| Value::from(when.rfc3339()))
}

pub(super) fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::from(values.collect::<Vec<_>>())
}

impl<'a> RenderContext<'a> {
    /// Makes the values that all pages share.
    pub fn new(
        config: &'a Config,
        look: &'a Appearance,
        templates: &'a TemplateSet,
        theme: &Theme,
        around: &[SharedLists<'_>],
    ) -> Self {
        let (is_whole, languages, recent) = (false, Arc::default(), Arc::default());
        let folded = BTreeMap::new();
        let mut site = Self { config, look, templates, is_whole, languages, recent, folded };
        let all = || config.languages.iter().zip(around);
        let shared = all().map(|(language, around)| (&*language.code, site.shared(language, theme, around)));
        site.languages = Arc::new(shared.collect());
        // Cards may show what all pages share.
        let recent = all().map(|(language, around)| (&*language.code, site.cards(&around.recent)));
        site.recent = Arc::new(recent.collect());
        site
    }

    /// The same, whose values have all their fields: to tell what there is when a template asks
    /// for what is not.
    pub fn whole(&self) -> Self {
        let (languages, recent) = (self.languages.clone(), self.recent.clone());
        Self { languages, recent, is_whole: true, folded: BTreeMap::new(), ..*self }
    }

    /// Folds the templates, which takes some milliseconds: for when thousands of pages are rendered.
    pub fn fold(&mut self) {
        let languages = self.languages.keys();
        let folded = languages
            .filter_map(|lang| Some((*lang, self.templates.folded(&self.context(lang, &|_: &str| true))?)));
        self.folded = folded.collect();
    }

    /// Renders a template in a [`RenderContext::context`].
    pub(super) fn render(
        &self,
        template: &str,
        context: &Context,
        page: &str,
        size: usize,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        let folded = context.get("lang").and_then(|lang| self.folded.get(lang.as_str()?));
        let made = folded.and_then(|folded| folded.render(template, context, size));
        made.map_or_else(|| self.templates.render(template, context, page, size), Ok)
    }

    /// The fields of a variable, for those that templates read.
    pub(super) fn chosen(&self, variable: &str) -> FieldBuilder<'a> {
        let asked = if self.is_whole { &FieldUse::All } else { self.templates.asked(variable) };
        FieldBuilder { asked, fields: Vec::with_capacity(48) }
    }

    fn shared(&self, language: &SiteLanguage, theme: &Theme, around: &SharedLists<'_>) -> Shared {
        let config = self.config;
        let mut context = Context::new();
        let home = format!("{}{}", config.base_url.path(), encode(&language.prefix));
        context.insert_value("config", self.config_value(language));
        context.insert_value("lang", text(&language.code));
        context.insert_value("t", words_value(&theme.words[&language.code]));
        context.insert_value("menus", self.menus(&language.menus));
        context.insert_value("home", Value::from(home));
        let feeds = head::feeds(language, config);
        context.insert_value("feeds", Value::from(feeds.clone()));
        context.insert_value("generator", Value::from(format!("Pingmark {}", env!("CARGO_PKG_VERSION"))));
        context.insert_value("languages", Value::from(Vec::<Value>::new()));
        let citations = around.citations.as_ref().map(|route| Value::from(self.url(route)));
        context.insert_value("citations_url", citations.unwrap_or_else(Value::none));
        let sources = around.sources.map(|route| Value::from(self.url(route)));
        context.insert_value("sources_url", sources.unwrap_or_else(Value::none));
        let search = around.search.as_ref().map(|route| Value::from(self.url(route)));
        context.insert_value("search_url", search.unwrap_or_else(Value::none));
        let lists = around.lists.iter();
        let lists = lists.map(|(name, terms)| (*name, list(terms.iter().map(|t| self.listed(t)))));
        let dressing: BTreeMap<&str, Value> =
            around.dressing.iter().map(|(name, address)| (name.as_str(), self.dressing(address))).collect();
        let theme = self.theme_value(&dressing);
        let assets = Value::from_serializable(&dressing);
        Shared { context, feeds, lists: lists.chain([("assets", assets), ("theme", theme)]).collect() }
    }

    /// The context of a page of a language: shared values, and those of the optional lists
    /// that the template reads.
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

    /// The versions that a page offers of an image, which stands at `address` in this size.
    pub fn offer(&self, versions: &ImageVersions, address: &str, size: (u32, u32)) -> Offer {
        let one = |version: &SizedImage| {
            let (base, address) = (self.config.base_url.path(), encode(&version.address));
            format!("{base}{address} {}w", version.width)
        };
        let list = |versions: &[SizedImage]| versions.iter().map(one).collect::<Vec<_>>();
        let mut same = list(&versions.same);
        if versions.with_original && !same.is_empty() {
            same.push(format!("{address} {}w", size.0));
        }
        Offer { same: same.join(", "), webp: list(&versions.webp).join(", ") }
    }

    /// A language of the site.
    pub fn language(&self, code: &str) -> &'a SiteLanguage {
        self.config.language(code).unwrap_or_else(|| self.config.main_language())
    }

    /// The feeds of the whole blog in a language.
    pub fn feeds(&self, lang: &str) -> &[Value] {
        self.languages.get(lang).map_or(&[], |shared| &shared.feeds)
    }

    /// A word of the interface, as the theme gives it.
    pub fn word(&self, lang: &str, key: &str) -> Option<String> {
        let words = self.languages.get(lang)?.context.get("t")?;
        words.get_from_path(key)?.as_str().map(str::to_owned)
    }

    /// A word of the interface in the form that a number asks for, the number in it; empty
    /// where a theme has no such word.
    pub fn counted(&self, lang: &str, key: &str, number: usize, language: &Language) -> String {
        let words = self.languages.get(lang).and_then(|shared| shared.context.get("t"));
        let form = language.plural(i64::try_from(number).unwrap_or(i64::MAX));
        let found = ["", form, "other"].into_iter().find_map(|form| {
            let path = if form.is_empty() { key.to_owned() } else { format!("{key}.{form}") };
            words?.get_from_path(&path)?.as_str().map(str::to_owned)
        });
        found.unwrap_or_default().replace("{n}", &number.to_string())
    }

    /// An address of this site, from the root of its host.
    pub fn url(&self, route: &Route) -> String {
        route.url(&self.config.base_url)
    }

    /// A whole address of this site.
    pub fn permalink(&self, route: &Route) -> String {
        route.permalink(&self.config.base_url)
    }

    /// The address of a language's home.
    pub fn home(&self, language: &SiteLanguage) -> String {
        format!("{}{}", self.config.base_url.path(), encode(&language.prefix))
    }

    /// An address of the config: from the root of the site, or whole.
    fn site_url(&self, url: &str) -> String {
        if is_absolute(url) || url.starts_with('#') {
            return url.to_owned();
        }
        format!("{}/{}", self.config.base_url.path(), url.trim_start_matches('/'))
    }

    fn dressing(&self, address: &str) -> Value {
        Value::from(format!("{}{}", self.config.base_url.path(), encode(address)))
    }

    /// What pages load, by the addresses it stands at, and the colours behind the text.
    fn theme_value(&self, dressing: &BTreeMap<&str, Value>) -> Value {
        let look = self.look;
        let found = |names: &mut dyn Iterator<Item = &str>| {
            list(names.filter_map(|name| dressing.get(name).cloned()))
        };
        let accent = look.accent.as_ref().map(|_| ACCENT_SHEET);
        group([
            ("name", text(&look.theme)),
            ("stylesheets", found(&mut look.stylesheets.iter().map(String::as_str).chain(accent))),
            ("scripts", found(&mut look.scripts.iter().map(String::as_str))),
            ("paper", Value::from(look.paper[0].to_string())),
            ("paper_dark", Value::from(look.paper[1].to_string())),
            ("sizes", text(&look.sizes)),
            ("cover_sizes", text(&look.cover_sizes)),
        ])
    }

    /// The same, whole.
    pub(super) fn whole_url(&self, url: &str) -> String {
        if is_absolute(url) {
            return url.to_owned();
        }
        format!("{}{}", self.config.base_url.as_str(), encode(url.trim_start_matches('/')))
    }

    fn config_value(&self, language: &SiteLanguage) -> Value {
        let settings = &self.config.settings;
        group([
            ("title", text(&language.title)),
            ("description", text(&language.description)),
            ("base_url", text(self.config.base_url.as_str())),
            ("base_path", text(self.config.base_url.path())),
            ("lang", text(&self.config.main_language().code)),
            ("social", profiles(settings.social.given())),
            ("extra", Value::from_serializable(&settings.extra)),
        ])
    }

    fn menus(&self, menus: &BTreeMap<String, Vec<MenuItem>>) -> Value {
        let map: BTreeMap<String, Vec<Value>> = menus
            .iter()
            .map(|(name, items)| {
                let items = items.iter().map(|item| {
                    group([("label", text(&item.label)), ("url", Value::from(self.site_url(&item.url)))])
                });
                (name.clone(), items.collect())
            })
            .collect();
        Value::from(map)
    }

    /// The languages a page is there in, for a switch; empty with one language.
    pub fn switch(&self, current: &str, url_of: impl Fn(&SiteLanguage) -> String) -> Value {
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

/// The versions of an image as the attribute `srcset` says them; empty without any.
#[derive(Debug, Default)]
pub struct Offer {
    /// In the image's own format.
    pub same: String,
    /// As WebP.
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

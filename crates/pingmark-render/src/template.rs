//! The template set: a theme's templates, compiled. The only place that knows Tera's engine.
//!
//! Templates get values and pure filters, never a function that asks the site: what a page
//! depends on is what it was given.

mod report;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Write};

use jiff::tz::TimeZone;
use tera::value::Key;
use tera::{Context, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use pingmark_core::config::{Config, DEFAULT_THEME};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::html::without_tags;
use pingmark_core::lang::Language;
use pingmark_core::path::SitePath;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_document::markdown;

use super::asked::{FieldUse, names_field, parts};
use super::fold::filter::{self, Filter};
use super::theme::{Template, Theme};
use super::value::{OF_PAGE, SHARED};
use super::{fold, headers};
use report::{available, problems, spot};

/// Most bytes that one page may have: more is a loop gone wrong.
const MAX_PAGE: usize = 64 * 1024 * 1024;

/// What lists show of a post: the field of its card that has it as HTML, and the partial it is made of,
/// once for all lists.
const MADE_ONCE: [(&str, &str); 2] = [("html", "partials/card.html"), ("line", "partials/line.html")];

/// The variables with fields that are made only where a template reads them.
const DEAR: [&str; 3] = ["head", "page", "paginator"];

/// Names of variables.
type Names = HashSet<String, FastHash>;

/// Compiled templates.
#[derive(Debug)]
pub struct TemplateSet {
    tera: TeraBox,
    /// What it was made of, under the names it stands under.
    templates: Vec<Template>,
    /// Before a name that none of them has.
    prefixes: Vec<String>,
    /// The file of each template.
    paths: HashMap<String, SitePath>,
    /// The top-level variables that each template may read, by the name it is asked for.
    variables: HashMap<String, Names, FastHash>,
    /// What any template reads of each variable that is dear to make.
    asked: BTreeMap<&'static str, FieldUse>,
    /// What cards have as HTML: of the fields that a template reads, those whose partial asks nothing of
    /// the page around it.
    made_once: Vec<(&'static str, &'static str)>,
    /// The fingerprints of scripts that stand in the templates, as `Content-Security-Policy` names them.
    inline_scripts: BTreeSet<String>,
}

/// Templates with all in them already that the pages of a language share.
#[derive(Debug)]
pub struct SpecializedTemplates(TeraBox);

impl SpecializedTemplates {
    /// Renders a page; nothing where that fails, which the templates that were folded tell of.
    pub fn render(&self, template: &str, context: &Context, size: usize) -> Option<Vec<u8>> {
        rendered(&self.0.0, template, context, size).ok()
    }
}

/// Tera has no `Debug`.
struct TeraBox(Tera);

impl std::fmt::Debug for TeraBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.get_template_names()).finish()
    }
}

impl TemplateSet {
    /// Compiles a theme. With problems, they are all reported, and nothing is given.
    ///
    /// `idle` names the templates that no planned page is made with: the theme's own are left
    /// out, so that a site with other templates need not suit them.
    pub fn compile(theme: &Theme, config: &Config, idle: &[&str]) -> Result<Self, Vec<Diagnostic>> {
        let prefixes: Vec<String> = if theme.name == DEFAULT_THEME {
            vec![format!("{DEFAULT_THEME}/")]
        } else {
            vec![format!("{}/", theme.name), format!("{DEFAULT_THEME}/")]
        };
        let mut tera =
            engine(&prefixes).map_err(|error| vec![catalogue::render_failed("", &error.to_string())])?;
        register(&mut tera, config);
        let is_idle = |name: &str| {
            let own =
                name.split_once('/').filter(|(layer, _)| *layer == theme.name || *layer == DEFAULT_THEME);
            own.is_some_and(|(_, rest)| idle.contains(&rest))
        };
        let busy: Vec<&Template> = theme.templates.iter().filter(|(name, ..)| !is_idle(name)).collect();
        let named = plainly_named(&busy);
        let templates: Vec<&Template> = named.iter().collect();
        let all = theme.templates.iter().chain(&named);
        let paths: HashMap<String, SitePath> =
            all.map(|(name, path, _)| (name.clone(), path.clone())).collect();
        let added = tera.add_raw_templates(templates.iter().map(|(name, _, text)| (name, text)));
        if let Err(error) = added {
            return Err(problems(&error, &templates, &paths));
        }
        let implicit = implicit_names(&tera);
        let asked: BTreeSet<&str> = templates.iter().map(|(name, ..)| short_name(name)).collect();
        let variables: HashMap<String, Names, FastHash> = asked
            .into_iter()
            .map(|name| {
                let own = tera.get_template_variables(name).unwrap_or_default();
                let all = own.into_iter().map(str::to_owned).chain(implicit.iter().cloned());
                (name.to_owned(), all.collect())
            })
            .collect();
        let reached = reached(&templates);
        let asked = FieldUse::of(DEAR, reached.iter().copied());
        // A card that tells of the page it stands on is another one on each.
        let tells_of_page = |names: &Names| OF_PAGE.iter().chain(&["loop"]).any(|name| names.contains(*name));
        let is_same = |partial: &str| variables.get(partial).is_some_and(|names| !tells_of_page(names));
        let is_read = |field: &str| reached.iter().any(|text| names_field(text, field));
        let made_once = MADE_ONCE.into_iter().filter(|(field, partial)| is_same(partial) && is_read(field));
        let made_once = made_once.collect();
        let inline_scripts = reached.iter().flat_map(|text| headers::inline_scripts(text)).collect();
        let tera = TeraBox(tera);
        let templates = named;
        Ok(Self { tera, templates, prefixes, paths, variables, asked, made_once, inline_scripts })
    }

    /// The same templates for the pages of a language, all of which share what `shared` holds.
    pub fn folded(&self, shared: &Context) -> Option<SpecializedTemplates> {
        let is_escaped = |(name, ..): &&Template| name.ends_with(".html");
        let (escaped, others): (Vec<&Template>, Vec<&Template>) = self.templates.iter().partition(is_escaped);
        let texts: Vec<(&str, &str)> = escaped.iter().map(|(name, _, text)| (&**name, &**text)).collect();
        let render = |text: &str| self.tera.0.render_str(text, shared, true).ok();
        let folded = fold::folded(&texts, SHARED, &render);
        let mut tera = engine(&self.prefixes).ok()?;
        tera.register_from(&self.tera.0);
        register_folded(&mut tera, folded.filters, shared);
        let folded = texts.iter().map(|(name, _)| *name).zip(folded.texts.iter().map(String::as_str));
        let others = others.iter().map(|(name, _, text)| (&**name, &**text));
        tera.add_raw_templates(folded.chain(others)).ok()?;
        Some(SpecializedTemplates(TeraBox(tera)))
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.0.contains_template(name)
    }

    /// The names of templates that a front matter can ask for.
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<&str> =
            self.paths.keys().map(|name| short_name(name)).filter(|name| !name.contains('/')).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether a template may read a top-level variable: it, one it extends or includes, or a
    /// component that takes it from its surroundings.
    pub fn reads(&self, template: &str, variable: &str) -> bool {
        self.variables.get(template).is_none_or(|names| names.contains(variable))
    }

    /// The same, of a page whose template is not known before it is made: then of any.
    pub fn may_read(&self, template: Option<&str>, variable: &str) -> bool {
        match template {
            Some(template) => self.reads(template, variable),
            None => self.variables.values().any(|names| names.contains(variable)),
        }
    }

    /// What any template reads of a variable.
    pub fn asked(&self, variable: &str) -> &FieldUse {
        self.asked.get(variable).unwrap_or(&FieldUse::All)
    }

    /// The fields that a card has as HTML, each with the partial it is made of: those that a template
    /// reads, and whose partial asks nothing of the page around it.
    pub fn made_once(&self) -> &[(&'static str, &'static str)] {
        &self.made_once
    }

    /// The fingerprints of scripts that stand in the templates, as `Content-Security-Policy` names them.
    pub fn inline_scripts(&self) -> &BTreeSet<String> {
        &self.inline_scripts
    }

    /// The components there are.
    pub fn components(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.tera.0.get_component_names().collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether a component has an argument of this name.
    pub fn component_takes(&self, component: &str, argument: &str) -> bool {
        let info = self.tera.0.get_component_definition(component);
        info.is_some_and(|info| info.args().iter().any(|a| a.name() == argument))
    }

    /// The arguments a text can give to a component.
    pub fn arguments(&self, component: &str) -> Vec<String> {
        let info = self.tera.0.get_component_definition(component);
        let own = info.iter().flat_map(|info| info.args()).filter(|argument| !argument.is_implicit());
        own.map(|argument| argument.name().to_owned()).collect()
    }

    /// Renders a page.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        page: &str,
        size: usize,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        rendered(&self.tera.0, template, context, size)
            .map_err(|error| Box::new(self.failure(&error, template, context, page)))
    }

    /// Renders a component of a text.
    pub fn component(
        &self,
        name: &str,
        arguments: &Context,
        implicits: &Context,
        body: Option<&str>,
    ) -> Result<String, String> {
        self.tera.0.render_component_with_implicits(name, arguments, implicits, body, true).map_err(|error| {
            match error.kind() {
                ErrorKind::RenderingError(report) | ErrorKind::SyntaxError(report) => {
                    report.message().to_owned()
                }
                other => other.to_string(),
            }
        })
    }

    fn failure(&self, error: &tera::Error, template: &str, context: &Context, page: &str) -> Diagnostic {
        match error.kind() {
            ErrorKind::RenderingError(report) => {
                let name = if report.filename().is_empty() { template } else { report.filename() };
                let Some(path) = self.path(name) else {
                    return catalogue::render_failed(page, report.message());
                };
                let spot = spot(report.span());
                // Tera goes on to list what there is: that is the hint's to tell.
                let message = report.message().split(". Available").next().unwrap_or(report.message());
                let available = available(report.message(), context);
                catalogue::template_failed(path, spot, message, page, available)
            }
            ErrorKind::Io(_) => catalogue::render_failed(
                page,
                &format!(
                    "it grows beyond {} MB; is there a loop without end in its template?",
                    MAX_PAGE >> 20
                ),
            ),
            other => {
                let message = format!("{} (in {template})", other.to_string().trim_end_matches('.'));
                catalogue::render_failed(page, &message)
            }
        }
    }

    fn path(&self, template: &str) -> Option<&SitePath> {
        self.paths.get(template).or_else(|| {
            self.paths.iter().find(|(name, _)| name.ends_with(&format!("/{template}"))).map(|(_, path)| path)
        })
    }
}

/// An engine without templates and filters.
fn engine(prefixes: &[String]) -> TeraResult<Tera> {
    let mut tera = Tera::new();
    tera.set_fallback_prefixes(prefixes.to_vec())?;
    tera.autoescape_on([".html", ".htm", ".xml", ".svg"]);
    Ok(tera)
}

/// The templates under the names that they are asked for by, where Tera looks first. One keeps its
/// theme's before it that stands behind another of its name, that a template names in full, or
/// that has components: of those, the names tell which goes before which.
fn plainly_named(templates: &[&Template]) -> Vec<Template> {
    let mut taken: HashSet<&str> = HashSet::new();
    let layers: BTreeSet<&str> =
        templates.iter().map(|(name, ..)| &name[..name.len() - short_name(name).len()]).collect();
    let names_layers = |text: &str| layers.iter().any(|layer| !layer.is_empty() && text.contains(layer));
    let naming: Vec<&str> =
        templates.iter().map(|(.., text)| &**text).filter(|text| names_layers(text)).collect();
    let is_named = |wanted: &str| naming.iter().any(|text| text.contains(wanted));
    let named = templates.iter().map(|(name, path, text)| {
        let short = short_name(name);
        let keeps = !taken.insert(short) || text.contains("{% component") || is_named(name);
        (if keeps { name } else { short }.to_owned(), path.clone(), text.clone())
    });
    named.collect()
}

/// The texts that pages can be made of: those of pages, and what they extend and include, each
/// from the first layer that has it; and all components.
fn reached<'t>(templates: &[&'t Template]) -> Vec<&'t str> {
    let find = |wanted: &str| {
        let own = templates.iter().find(|(name, ..)| name == wanted);
        own.or_else(|| templates.iter().find(|(name, ..)| short_name(name) == wanted))
    };
    let is_page = |name: &str| !short_name(name).contains('/') && short_name(name) != "base.html";
    let mut open: Vec<&&Template> = templates
        .iter()
        .filter(|(name, _, text)| {
            text.contains("{% component")
                || (is_page(name) && find(short_name(name)).is_some_and(|(own, ..)| own == name))
        })
        .collect();
    let mut seen: HashSet<&str> = open.iter().map(|(name, ..)| name.as_str()).collect();
    let mut texts = Vec::new();
    while let Some((_, _, text)) = open.pop() {
        texts.push(text.as_ref());
        for name in parts(text) {
            if let Some(next) = find(name)
                && seen.insert(&next.0)
            {
                open.push(next);
            }
        }
    }
    texts
}

/// Names that components take from their surroundings.
fn implicit_names(tera: &Tera) -> BTreeSet<String> {
    let definitions = tera.get_component_names().filter_map(|name| tera.get_component_definition(name));
    definitions
        .flat_map(|info| {
            let implicit = info.args().iter().filter(|argument| argument.is_implicit());
            implicit.map(|argument| argument.name().to_owned()).collect::<Vec<_>>()
        })
        .collect()
}

/// A template's name without its theme's.
fn short_name(name: &str) -> &str {
    match name.split_once('/') {
        Some(("partials" | "components", _)) | None => name,
        Some((_, rest)) => rest,
    }
}

/// A page of about so many bytes.
fn rendered(tera: &Tera, template: &str, context: &Context, size: usize) -> TeraResult<Vec<u8>> {
    let mut out = Limited(Vec::with_capacity(size));
    tera.render_to(template, context, &mut out)?;
    Ok(out.0)
}

/// A writer that stops where no honest page ends.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_PAGE {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The filters of the theme contract, beside Tera's own.
fn register(tera: &mut Tera, config: &Config) {
    let main = config.main_language().code.clone();
    let language = move |kwargs: &Kwargs, state: &State<'_>| -> TeraResult<&'static Language> {
        if let Some(given) = kwargs.get::<&str>("lang")? {
            return Ok(Language::of(given));
        }
        let own = state.get::<Value>("lang")?;
        Ok(Language::of(own.as_ref().and_then(Value::as_str).unwrap_or(&main)))
    };
    let for_dates = language.clone();
    tera.register_filter(
        "date",
        move |text: &str, kwargs: Kwargs, state: &State<'_>| -> TeraResult<String> {
            let format = kwargs.get::<&str>("format")?.unwrap_or("long");
            dated(text, format, for_dates(&kwargs, state)?)
        },
    );
    tera.register_filter(
        "plural",
        move |forms: Value, kwargs: Kwargs, state: &State<'_>| -> TeraResult<String> {
            let n = kwargs.must_get::<i64>("n")?;
            Ok(counted(&forms, n, language(&kwargs, state)?))
        },
    );
    tera.register_filter("slugify", |text: &str, _: Kwargs, _: &State<'_>| -> String { slugify(text) });
    let base = config.base_url.clone();
    tera.register_filter("absolute_url", move |text: &str, _: Kwargs, _: &State<'_>| -> String {
        if pingmark_core::html::is_absolute(text) {
            return text.to_owned();
        }
        let path = text.strip_prefix(base.path()).filter(|rest| rest.starts_with('/')).unwrap_or(text);
        format!("{}/{}", base.as_str(), path.trim_start_matches('/'))
    });
    tera.register_filter("markdown", |text: &str, _: Kwargs, _: &State<'_>| -> Value {
        Value::safe_string(&markdown::fragment(text))
    });
    tera.register_filter("json", |value: Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let text = serde_json::to_string(&value).map_err(|e| tera::Error::message(e.to_string()))?;
        Ok(Value::safe_string(&super::structured::inert(&text)))
    });
    tera.register_filter("striptags", |text: &str, _: Kwargs, _: &State<'_>| -> String {
        without_tags(text)
    });
}

/// The same filters with their arguments in them, for the pages of a language.
fn register_folded(tera: &mut Tera, filters: Vec<Filter>, shared: &Context) {
    let language = Language::of(shared.get("lang").and_then(Value::as_str).unwrap_or_default());
    for (number, filter) in filters.into_iter().enumerate() {
        let name = filter::name(number);
        match filter {
            Filter::Date(format) => {
                let filter = move |text: &str, _: Kwargs, _: &State<'_>| dated(text, &format, language);
                tera.register_filter(name, filter);
            }
            Filter::Plural(key) => {
                let forms = shared.get("t").and_then(|words| words.get_from_path(&key)).cloned();
                let forms = forms.unwrap_or_else(Value::none);
                let filter = move |n: i64, _: Kwargs, _: &State<'_>| counted(&forms, n, language);
                tera.register_filter(name, filter);
            }
        }
    }
}

fn dated(text: &str, format: &str, language: &Language) -> TeraResult<String> {
    let when = parse_own(text).ok_or_else(|| tera::Error::message(format!("`{text}` is not a date")))?;
    Ok(language.date(&when, format))
}

/// A word in the form that a number asks for, the number in it.
fn counted(forms: &Value, n: i64, language: &Language) -> String {
    let text = match (forms.as_str(), forms.as_map()) {
        (Some(text), _) => text,
        (None, Some(forms)) => {
            let field = |name: &'static str| forms.get(&Key::Str(name)).and_then(Value::as_str);
            field(language.plural(n)).or_else(|| field("other")).unwrap_or_default()
        }
        (None, None) => "",
    };
    text.replace("{n}", &n.to_string())
}

/// A date as views write it, or one that a template took from elsewhere.
fn parse_own(text: &str) -> Option<When> {
    When::from_rfc3339(text).or_else(|| When::parse(text, &TimeZone::UTC))
}

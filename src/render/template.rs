//! The template set: a theme's templates, compiled. The only place that knows Tera's engine.
//!
//! Templates get values and pure filters, never a function that asks the site: what a page
//! depends on is what it was given.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, Write};

use jiff::tz::TimeZone;
use tera::{Context, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use super::theme::{DEFAULT, Theme};
use crate::config::Config;
use crate::diag::{Diagnostic, Spot, catalogue};
use crate::document::markdown;
use crate::lang::Language;
use crate::path::SitePath;
use crate::slug::slugify;
use crate::when::When;

/// Most bytes that one page may have: more is a loop gone wrong.
const MAX_PAGE: usize = 64 * 1024 * 1024;

/// Compiled templates.
#[derive(Debug)]
pub struct TemplateSet {
    tera: TeraBox,
    /// The file of each template.
    paths: HashMap<String, SitePath>,
    /// Names that components take from their surroundings.
    implicit: BTreeSet<String>,
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
    pub fn compile(theme: &Theme, config: &Config) -> Result<Self, Vec<Diagnostic>> {
        let mut tera = Tera::new();
        let prefixes: Vec<String> = if theme.name == DEFAULT {
            vec![format!("{DEFAULT}/")]
        } else {
            vec![format!("{}/", theme.name), format!("{DEFAULT}/")]
        };
        tera.set_fallback_prefixes(prefixes)
            .map_err(|error| vec![catalogue::render_failed("", &error.to_string())])?;
        register(&mut tera, config);
        let paths: HashMap<String, SitePath> =
            theme.templates.iter().map(|(name, path, _)| (name.clone(), path.clone())).collect();
        let added = tera
            .add_raw_templates(theme.templates.iter().map(|(name, _, text)| (name.as_str(), text.as_ref())));
        if let Err(error) = added {
            return Err(problems(&error, theme, &paths));
        }
        let names: Vec<String> = tera.get_component_names().map(str::to_owned).collect();
        let implicit = names
            .iter()
            .filter_map(|name| tera.get_component_definition(name))
            .flat_map(|info| {
                info.args()
                    .iter()
                    .filter(|a| a.is_implicit())
                    .map(|a| a.name().to_owned())
                    .collect::<Vec<_>>()
            })
            .collect();
        Ok(Self { tera: TeraBox(tera), paths, implicit })
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.0.contains_template(name)
    }

    /// The names of templates that a front matter can ask for.
    pub fn names(&self) -> Vec<String> {
        let short = |path: &str| path.rsplit_once('/').map_or(path, |(_, name)| name).to_owned();
        let names: BTreeSet<String> = self.paths.keys().map(|name| short(name)).collect();
        names.into_iter().collect()
    }

    /// The top-level variables a template may read: its own, those of what it extends and
    /// includes, and whatever components take from their surroundings.
    pub fn variables(&self, template: &str) -> HashSet<String> {
        let own = self.tera.0.get_template_variables(template).unwrap_or_default();
        own.into_iter().map(str::to_owned).chain(self.implicit.iter().cloned()).collect()
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

    /// Renders a page.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        page: &str,
        size: usize,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        let mut out = Limited(Vec::with_capacity(size));
        match self.tera.0.render_to(template, context, &mut out) {
            Ok(()) => Ok(out.0),
            Err(error) => Err(Box::new(self.failure(&error, template, context, page))),
        }
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
                let span = report.span();
                let spot = Spot::LineColumn(span.start_line, span.start_col + 1);
                let available = available(report.message(), context);
                catalogue::template_failed(path, spot, report.message(), page, available)
            }
            ErrorKind::Io(_) => catalogue::render_failed(
                page,
                &format!("it grows beyond {} MB; is a loop without end in its template?", MAX_PAGE >> 20),
            ),
            other => catalogue::render_failed(page, &other.to_string()),
        }
    }

    fn path(&self, template: &str) -> Option<&SitePath> {
        self.paths.get(template).or_else(|| {
            self.paths.iter().find(|(name, _)| name.ends_with(&format!("/{template}"))).map(|(_, path)| path)
        })
    }
}

/// What a template could have named instead of what does not exist.
fn available(message: &str, context: &Context) -> Option<String> {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let missing = quoted.first()?;
    let (parent, field) =
        missing.rsplit_once('.').map_or((None, *missing), |(parent, field)| (Some(parent), field));
    let parent_value = parent.and_then(|parent| {
        let mut parts = parent.split('.');
        let first = context.get(parts.next()?)?;
        parts.try_fold(first, |value, part| {
            value.as_map()?.iter().find(|(k, _)| k.as_str() == Some(part)).map(|(_, v)| v)
        })
    });
    let mut names: Vec<&str> = match parent_value.and_then(Value::as_map) {
        Some(map) => map.iter().filter_map(|(key, _)| key.as_str()).collect(),
        None => super::view::TOP_LEVEL.into_iter().filter(|name| context.contains_key(name)).collect(),
    };
    names.sort_unstable();
    let near = crate::slug::nearest(field, names.iter().copied());
    match near {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if names.is_empty() => None,
        None => Some(format!("there is {}", names.join(", "))),
    }
}

/// Every problem of a set that does not compile. Tera stops at the first broken template, so
/// each is tried alone too.
fn problems(error: &tera::Error, theme: &Theme, paths: &HashMap<String, SitePath>) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (name, path, text) in &theme.templates {
        let alone = Tera::new().add_raw_template(name, text).err();
        if let Some(ErrorKind::SyntaxError(report)) = alone.as_ref().map(tera::Error::kind) {
            let span = report.span();
            told.push(catalogue::template_syntax(
                path,
                Spot::LineColumn(span.start_line, span.start_col + 1),
                report.message(),
            ));
        }
    }
    if told.is_empty() {
        told.extend(reports(&error.to_string(), paths));
    }
    if told.is_empty() {
        told.push(catalogue::render_failed("", &error.to_string()));
    }
    told
}

/// Tera tells unknown filters, components and the like only as finished reports:
/// `error: message`, then ` --> template:line:column`.
fn reports(text: &str, paths: &HashMap<String, SitePath>) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let mut message = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("error: ") {
            message = rest;
        } else if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let mut parts = place.rsplitn(3, ':');
            let column = parts.next().and_then(|c| c.parse().ok());
            let row = parts.next().and_then(|r| r.parse().ok());
            let path = parts.next().and_then(|name| paths.get(name));
            if let (Some(column), Some(row), Some(path)) = (column, row, path) {
                told.push(catalogue::template_syntax(path, Spot::LineColumn(row, column), message));
            }
        }
    }
    told
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
        let given = match kwargs.get::<String>("lang")? {
            Some(lang) => Some(lang),
            None => state.get::<String>("lang")?,
        };
        Ok(Language::of(given.as_deref().unwrap_or(&main)))
    };
    let for_dates = language.clone();
    tera.register_filter(
        "date",
        move |text: &str, kwargs: Kwargs, state: &State<'_>| -> TeraResult<String> {
            let format = kwargs.get::<String>("format")?.unwrap_or_else(|| "long".into());
            let when =
                parse_own(text).ok_or_else(|| tera::Error::message(format!("`{text}` is not a date")))?;
            Ok(for_dates(&kwargs, state)?.date(&when, &format))
        },
    );
    tera.register_filter(
        "plural",
        move |forms: Value, kwargs: Kwargs, state: &State<'_>| -> TeraResult<String> {
            let n = kwargs.must_get::<i64>("n")?;
            let form = language(&kwargs, state)?.plural(n);
            let field = |name: &str| forms.get_from_path(name).and_then(|v| v.as_str().map(str::to_owned));
            let text = match forms.as_str() {
                Some(text) => text.to_owned(),
                None => field(form).or_else(|| field("other")).unwrap_or_default(),
            };
            Ok(text.replace("{n}", &n.to_string()))
        },
    );
    tera.register_filter("slugify", |text: &str, _: Kwargs, _: &State<'_>| -> String { slugify(text) });
    let base = config.base_url.clone();
    tera.register_filter("absolute_url", move |text: &str, _: Kwargs, _: &State<'_>| -> String {
        if crate::html::is_absolute(text) {
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
    tera.register_filter("striptags", |text: &str, _: Kwargs, _: &State<'_>| -> String { strip_tags(text) });
}

/// A date as views write it; its offset is the site's at that moment.
fn parse_own(text: &str) -> Option<When> {
    let offset = match text.get(19..)? {
        "Z" | "z" | "" => 0,
        mark => {
            let sign = if mark.starts_with('-') { -1 } else { 1 };
            let hours: i32 = mark.get(1..3)?.parse().ok()?;
            let minutes: i32 = mark.get(4..6)?.parse().ok()?;
            sign * (hours * 3600 + minutes * 60)
        }
    };
    When::parse(text, &TimeZone::UTC)
        .map(|when| When { offset, ..when })
        .or_else(|| When::parse(text, &TimeZone::UTC))
}

fn strip_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

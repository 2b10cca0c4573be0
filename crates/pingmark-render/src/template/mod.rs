//! Compiled themes. Only this module calls Tera's engine.
//!
//! Receives a theme. Gives its [`TemplateSet`], or the problems of its templates. Uses tera, and
//! serde_yaml for interface texts (theme). Never gives templates a function that asks the site: a page
//! depends on the variables it gets, and on nothing else.

pub(crate) mod filters;
mod inline_scripts;
mod layers;
pub mod optimize;
mod report;
pub mod running;
pub mod theme;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, Write};

use tera::{Context, ErrorKind, Tera, TeraResult};

use pingmark_core::config::{Config, DEFAULT_THEME};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::path::SitePath;
use pingmark_site::plan::recipe::TEMPLATES;

use crate::view::TemplateReads;
use optimize::{FieldUse, Optimizer};
use report::{missing, problems, spot};
use theme::Template;

pub use theme::Theme;

/// Maximum size of a page in bytes: beyond it, a template loops without end.
const MAX_PAGE_SIZE: usize = 64 * 1024 * 1024;

/// Variables that templates can read at the top level.
#[derive(Clone, Debug)]
pub struct Variables {
    /// Variables with the same value on all pages of a language.
    pub shared: &'static [&'static str],
    /// Variables whose value differs from page to page.
    pub of_page: Vec<&'static str>,
}

type Names = HashSet<String, FastHash>;

/// Compiled templates.
#[derive(Debug)]
pub struct TemplateSet {
    tera: TeraBox,
    /// Sources, under the names that Tera knows them by.
    templates: Vec<Template>,
    /// Prefixes that Tera tries before a name that it does not know.
    prefixes: Vec<String>,
    /// Files of the templates, by name.
    paths: HashMap<String, SitePath>,
    variables: Variables,
    /// Top-level variables that each template may read, by its short name.
    reads: HashMap<String, Names, FastHash>,
    optimizer: Optimizer,
    /// Hash sources of the scripts in the templates, for `Content-Security-Policy`.
    inline_scripts: BTreeSet<String>,
    /// Files of the components, by name.
    components: HashMap<String, SitePath>,
    /// Templates of the site that no page of the usual kinds is made of.
    unusual: Vec<SitePath>,
}

/// Templates that were specialized for the pages of one language.
#[derive(Debug)]
pub struct SpecializedTemplates {
    tera: TeraBox,
    /// Files of the templates, by name.
    paths: HashMap<String, SitePath>,
}

impl SpecializedTemplates {
    /// Renders a page. `None` if that fails: the templates as written then fail too, and say why.
    pub fn render(&self, template: &str, context: &Context, size: usize) -> Option<Vec<u8>> {
        let _running = running::template(self.paths.get(template).map_or(template, SitePath::as_str));
        rendered(&self.tera.0, template, context, size).ok()
    }
}

/// Tera with `Debug`.
struct TeraBox(Tera);

impl std::fmt::Debug for TeraBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.get_template_names()).finish()
    }
}

impl TemplateReads for TemplateSet {
    fn variable(&self, template: Option<&str>, variable: &str) -> bool {
        self.may_read(template, variable)
    }

    fn field(&self, variable: &str, field: &str) -> bool {
        self.fields(variable).has(field)
    }
}

impl TemplateSet {
    /// Compiles a theme. `unused` names templates that no page of the plan is made with: the theme's own
    /// are left out.
    ///
    /// # Errors
    ///
    /// All problems of all templates.
    pub fn compile(
        theme: &Theme,
        config: &Config,
        unused: &[&str],
        variables: Variables,
    ) -> Result<Self, Vec<Diagnostic>> {
        let prefixes: Vec<String> = if theme.name == DEFAULT_THEME {
            vec![format!("{DEFAULT_THEME}/")]
        } else {
            vec![format!("{}/", theme.name), format!("{DEFAULT_THEME}/")]
        };
        let mut tera =
            engine(&prefixes).map_err(|error| vec![catalogue::render_failed(None, &error.to_string())])?;
        filters::register(&mut tera, config);
        let is_unused = |name: &str| {
            let own =
                name.split_once('/').filter(|(layer, _)| *layer == theme.name || *layer == DEFAULT_THEME);
            own.is_some_and(|(_, rest)| unused.contains(&rest))
        };
        let used: Vec<&Template> = theme.templates.iter().filter(|(name, ..)| !is_unused(name)).collect();
        let named = plainly_named(&used);
        let templates: Vec<&Template> = named.iter().collect();
        let all = theme.templates.iter().chain(&named);
        let paths: HashMap<String, SitePath> =
            all.map(|(name, path, _)| (name.clone(), path.clone())).collect();
        let added = tera.add_raw_templates(templates.iter().map(|(name, _, text)| (name, text)));
        if let Err(error) = added {
            return Err(problems(&error, &templates, &paths));
        }
        let implicit = implicit_names(&tera);
        let names: BTreeSet<&str> = templates.iter().map(|(name, ..)| short_name(name)).collect();
        let reads: HashMap<String, Names, FastHash> = names
            .into_iter()
            .map(|name| {
                let own = tera.get_template_variables(name).unwrap_or_default();
                let all = own.into_iter().map(str::to_owned).chain(implicit.iter().cloned());
                (name.to_owned(), all.collect())
            })
            .collect();
        let reached = reached(&templates);
        // A partial that shows something of the page it stands on differs from page to page.
        let depends_on_page = |partial: &str| {
            let of_page = || variables.of_page.iter().chain(&["loop"]);
            reads.get(partial).is_none_or(|names| of_page().any(|name| names.contains(*name)))
        };
        let optimizer = Optimizer::new(&reached, depends_on_page);
        let inline_scripts = reached.iter().flat_map(|text| inline_scripts::hash_sources(text)).collect();
        let tera = TeraBox(tera);
        let components = component_files(&named);
        let all: Vec<&Template> = theme.templates.iter().collect();
        let unusual = unreached(&all, &|name| TEMPLATES.contains(&name));
        Ok(Self {
            tera,
            templates: named,
            prefixes,
            paths,
            variables,
            reads,
            optimizer,
            inline_scripts,
            components,
            unusual,
        })
    }

    /// Templates for the pages of a language, all of which have the variables in `shared`. They render the
    /// same bytes. `None` if Tera does not take the specialized texts.
    pub fn specialize(&self, shared: &Context) -> Option<SpecializedTemplates> {
        let _running = running::template("");
        let is_escaped = |(name, ..): &&Template| name.ends_with(".html");
        let (escaped, others): (Vec<&Template>, Vec<&Template>) = self.templates.iter().partition(is_escaped);
        let texts: Vec<(&str, &str)> = escaped.iter().map(|(name, _, text)| (&**name, &**text)).collect();
        let render = |text: &str| self.tera.0.render_str(text, shared, true).ok();
        let specialized = self.optimizer.specialize(&texts, self.variables.shared, &render);
        let mut tera = engine(&self.prefixes).ok()?;
        tera.register_from(&self.tera.0);
        let specialized = texts.iter().map(|(name, _)| *name).zip(specialized.iter().map(String::as_str));
        let others = others.iter().map(|(name, _, text)| (&**name, &**text));
        tera.add_raw_templates(specialized.chain(others)).ok()?;
        Some(SpecializedTemplates { tera: TeraBox(tera), paths: self.paths.clone() })
    }

    /// Whether the site has templates of its own that no page of the usual kinds is made of.
    pub fn has_unusual(&self) -> bool {
        !self.unusual.is_empty()
    }

    /// Templates of the site that nothing uses. `named` are those that front matters name, as they are
    /// typed.
    pub fn unreached(&self, named: &HashSet<&str>) -> Vec<&SitePath> {
        let is_named = |name: &str| {
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            named.contains(name) || named.contains(stem)
        };
        let all: Vec<&Template> = self.templates.iter().collect();
        let left = unreached(&all, &|name| TEMPLATES.contains(&name) || is_named(name));
        self.unusual.iter().filter(|path| left.contains(path)).collect()
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.0.contains_template(name)
    }

    /// Names of the templates that a front matter can name.
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<&str> =
            self.paths.keys().map(|name| short_name(name)).filter(|name| !name.contains('/')).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether a template may read a top-level variable: the template itself, one that it extends or
    /// includes, or a component that takes the variable from the page.
    pub fn reads(&self, template: &str, variable: &str) -> bool {
        self.reads.get(template).is_none_or(|names| names.contains(variable))
    }

    /// Like [`TemplateSet::reads`]. `None` stands for a template that a front matter names, which may be
    /// any.
    pub fn may_read(&self, template: Option<&str>, variable: &str) -> bool {
        match template {
            Some(template) => self.reads(template, variable),
            None => self.reads.values().any(|names| names.contains(variable)),
        }
    }

    /// Fields that templates read of a variable.
    pub fn fields(&self, variable: &str) -> &FieldUse {
        self.optimizer.fields(variable)
    }

    /// Fields of a teaser that have it as HTML, each with the partial it is rendered with once for all
    /// pages.
    pub fn rendered_once(&self) -> &[(&'static str, &'static str)] {
        self.optimizer.rendered_once()
    }

    /// Hash sources of the scripts in the templates, for `Content-Security-Policy`.
    pub fn inline_scripts(&self) -> &BTreeSet<String> {
        &self.inline_scripts
    }

    /// Names of the components, sorted.
    pub fn components(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.tera.0.get_component_names().collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether a component has an argument with this name.
    pub fn component_takes(&self, component: &str, argument: &str) -> bool {
        let info = self.tera.0.get_component_definition(component);
        info.is_some_and(|info| info.args().iter().any(|a| a.name() == argument))
    }

    /// Names of the arguments that an article can give to a component.
    pub fn arguments(&self, component: &str) -> Vec<String> {
        let info = self.tera.0.get_component_definition(component);
        let own = info.iter().flat_map(|info| info.args()).filter(|argument| !argument.is_implicit());
        own.map(|argument| argument.name().to_owned()).collect()
    }

    /// Renders a page. `page` is its address, for the diagnostic; `size` the capacity to reserve, in bytes.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        page: &str,
        size: usize,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        let _running = self.running(template);
        rendered(&self.tera.0, template, context, size)
            .map_err(|error| Box::new(self.failure(&error, template, context, page)))
    }

    /// Renders a component of an article. The error is Tera's message.
    pub fn component(
        &self,
        name: &str,
        arguments: &Context,
        implicits: &Context,
        body: Option<&str>,
    ) -> Result<String, String> {
        let _running = running::template(self.components.get(name).map_or(name, SitePath::as_str));
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
                    return catalogue::render_failed(Some(page), report.message());
                };
                let spot = spot(report.span());
                // Tera goes on with a list of fields, which the hint replaces.
                let message = report.message().split(". Available").next().unwrap_or(report.message());
                let (missing, known) = missing(report.message(), context, &self.variables).unzip();
                catalogue::template_failed(path, spot, message, page, missing, known.unwrap_or_default())
            }
            ErrorKind::Io(_) => catalogue::page_too_large(page, MAX_PAGE_SIZE),
            other => {
                let message = format!("{} (in {template})", other.to_string().trim_end_matches('.'));
                catalogue::render_failed(Some(page), &message)
            }
        }
    }

    fn running(&self, template: &str) -> running::Guard {
        running::template(self.path(template).map_or(template, SitePath::as_str))
    }

    fn path(&self, template: &str) -> Option<&SitePath> {
        self.paths.get(template).or_else(|| {
            self.paths.iter().find(|(name, _)| name.ends_with(&format!("/{template}"))).map(|(_, path)| path)
        })
    }
}

/// Tera without templates, and without filters of ours.
fn engine(prefixes: &[String]) -> TeraResult<Tera> {
    let mut tera = Tera::new();
    tera.set_fallback_prefixes(prefixes.to_vec())?;
    tera.autoescape_on([".html", ".htm", ".xml", ".svg"]);
    Ok(tera)
}

/// Gives each template its short name, so that Tera finds it without trying theme prefixes. A template
/// keeps its prefix if a higher layer overrides it, another template refers to it by its full name, or
/// it defines components, whose precedence Tera derives from the name.
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

/// Texts that pages can be made of: templates of pages, what they extend and include, each from the
/// first layer that has it, and all components.
fn reached<'t>(templates: &[&'t Template]) -> Vec<&'t str> {
    let is_page = |name: &str| !name.contains('/') && name != "base.html";
    let (texts, _) = reached_from(templates, &is_page);
    texts
}

/// Files of the site's own templates that are no part of the pages whose templates `is_page` chooses by
/// their short names.
fn unreached(templates: &[&Template], is_page: &dyn Fn(&str) -> bool) -> Vec<SitePath> {
    let (_, seen) = reached_from(templates, is_page);
    let is_template = |path: &SitePath| matches!(path.extension(), "html" | "htm" | "svg" | "xml");
    let own = templates.iter().filter(|(_, path, _)| path.below("templates").is_some() && is_template(path));
    own.filter(|(name, ..)| !seen.contains(name.as_str())).map(|(_, path, _)| path.clone()).collect()
}

/// Texts and names of the templates that pages are made of, and of components.
fn reached_from<'t>(
    templates: &[&'t Template],
    is_page: &dyn Fn(&str) -> bool,
) -> (Vec<&'t str>, HashSet<&'t str>) {
    let find = |wanted: &str| {
        let own = templates.iter().find(|(name, ..)| name == wanted);
        own.or_else(|| templates.iter().find(|(name, ..)| short_name(name) == wanted))
    };
    let mut open: Vec<&&Template> = templates
        .iter()
        .filter(|(name, _, text)| {
            text.contains("{% component")
                || (is_page(short_name(name)) && find(short_name(name)).is_some_and(|(own, ..)| own == name))
        })
        .collect();
    let mut seen: HashSet<&str> = open.iter().map(|(name, ..)| name.as_str()).collect();
    let mut texts = Vec::new();
    while let Some((_, _, text)) = open.pop() {
        texts.push(text.as_ref());
        for name in optimize::parts(text) {
            if let Some(next) = find(name)
                && seen.insert(&next.0)
            {
                open.push(next);
            }
        }
    }
    (texts, seen)
}

/// Files in which components are defined, by the components' names; of several, the first.
fn component_files(templates: &[Template]) -> HashMap<String, SitePath> {
    let mut files = HashMap::new();
    for (_, path, text) in templates {
        for rest in text.split("component ").skip(1) {
            let name = rest.split(['(', ' ', '%']).next().unwrap_or_default();
            files.entry(name.to_owned()).or_insert_with(|| path.clone());
        }
    }
    files
}

/// Variables that components take from the page.
fn implicit_names(tera: &Tera) -> BTreeSet<String> {
    let definitions = tera.get_component_names().filter_map(|name| tera.get_component_definition(name));
    definitions
        .flat_map(|info| {
            let implicit = info.args().iter().filter(|argument| argument.is_implicit());
            implicit.map(|argument| argument.name().to_owned()).collect::<Vec<_>>()
        })
        .collect()
}

/// Name of a template without the prefix of its theme.
fn short_name(name: &str) -> &str {
    match name.split_once('/') {
        Some(("partials" | "components", _)) | None => name,
        Some((_, rest)) => rest,
    }
}

/// Renders a page; `size` is the capacity to reserve, in bytes.
fn rendered(tera: &Tera, template: &str, context: &Context, size: usize) -> TeraResult<Vec<u8>> {
    let mut out = Limited(Vec::with_capacity(size));
    tera.render_to(template, context, &mut out)?;
    Ok(out.0)
}

/// Writer that fails beyond [`MAX_PAGE_SIZE`].
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_PAGE_SIZE {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

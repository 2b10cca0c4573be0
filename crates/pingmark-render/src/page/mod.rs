//! Pages made by templates: which template, and the variables it gets.
//!
//! Receives views. Gives the content of their files. Uses tera for the values. Never asks the graph.

pub mod article;
pub mod citations;
pub mod list;
pub mod not_found;
pub mod sources;

use std::collections::HashSet;

use tera::{Context, Value};

use pingmark_core::artifact::Content;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::slug::nearest;
use pingmark_document::Document;
use pingmark_site::graph::{Graph, Route};
use pingmark_site::plan::Plan;
use pingmark_site::plan::recipe::{TEMPLATES, usual_template};

use crate::body::Filler;
use crate::head::Head;
use crate::value::RenderContext;
use crate::view::{TeaserView, Text};

/// Capacity reserved for a page, in bytes; most need no more.
const PAGE_SIZE: usize = 24 * 1024;

/// Variables that every page has, with a value of its own.
const VARIABLES: [&str; 3] = ["languages", "path", "head"];

/// Variables whose value differs from page to page, or that only some pages have.
pub fn variables() -> impl Iterator<Item = &'static str> {
    let kinds: [&[&'static str]; 5] =
        [&VARIABLES, &article::VARIABLES, &list::VARIABLES, &citations::VARIABLES, &sources::VARIABLES];
    kinds.into_iter().flatten().copied()
}

/// Templates that no file of the plan is made with.
pub fn unused_templates(plan: &Plan, graph: &Graph) -> Vec<&'static str> {
    let templates = plan.targets.iter().filter_map(|target| target.recipe.facts(graph).template);
    let used: HashSet<&str> = templates.collect();
    let stem = |name: &str| name.trim_end_matches(".html").to_owned();
    let own = graph.pages.iter().filter_map(|page| page.summary().meta.template.as_deref());
    let own: HashSet<String> = own.map(stem).collect();
    TEMPLATES.into_iter().filter(|name| !used.contains(name) && !own.contains(&stem(name))).collect()
}

/// Template that a front matter names, or the usual one. Reports a name that does not exist.
pub(super) fn template(
    document: &Document,
    teaser: &TeaserView<'_>,
    site: &RenderContext<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    let usual = usual_template(teaser.kind);
    let Some(asked) = &teaser.meta.template else { return usual.to_owned() };
    let name = if asked.contains('.') { asked.clone() } else { format!("{asked}.html") };
    // Names that other generators use for the usual template.
    if matches!(asked.as_str(), "default" | "single" | "article" | "post" | "page")
        && !site.templates.has(&name)
    {
        return usual.to_owned();
    }
    if site.templates.has(&name) {
        return name;
    }
    let names = site.templates.names();
    let stems: Vec<&str> = names.iter().map(|name| name.trim_end_matches(".html")).collect();
    let near = nearest(name.trim_end_matches(".html"), stems);
    diagnostics.push(catalogue::template_missing(&document.summary.path, asked, near));
    usual.to_owned()
}

/// Renders a template into the content of a file.
pub(super) fn rendered(
    template: &str,
    context: &Context,
    route: &Route,
    site: &RenderContext<'_>,
    mut diagnostics: Vec<Diagnostic>,
) -> (Option<Content>, Vec<Diagnostic>) {
    match site.render(template, context, route.as_str(), PAGE_SIZE) {
        Ok(bytes) => (Some(Content::Bytes(bytes)), diagnostics),
        Err(failure) => {
            diagnostics.push(*failure);
            (None, diagnostics)
        }
    }
}

/// Text as HTML. `implicits` are the variables that components may take from the page.
pub(super) fn html_of(
    text: &Text<'_>,
    implicits: &Context,
    site: &RenderContext<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    Filler { site, text, implicits, absolute: false }.body(diagnostics)
}

/// Variables that every page has: shared ones, and those in [`VARIABLES`].
pub(super) fn context(
    template: &str,
    lang: &str,
    route: &Route,
    head: &Head<'_>,
    site: &RenderContext<'_>,
) -> Context {
    let mut context = site.context(lang, &|name: &str| site.templates.reads(template, name));
    context.insert_value("path", Value::from(site.url(route)));
    context.insert_value("head", head.value(route, site.language(lang), site));
    let switch = site.language_switch(lang, |language| {
        let own = head.alternates.iter().find(|(code, _)| *code == language.code);
        own.map_or_else(|| site.home(language), |(_, route)| site.url(route))
    });
    context.insert_value("languages", switch);
    context
}

/// Interface text of the theme, else its key with a capital.
pub(super) fn word(lang: &str, key: &str, site: &RenderContext<'_>) -> String {
    site.word(lang, key).unwrap_or_else(|| {
        let mut signs = key.chars();
        signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
    })
}

//! Pages made by templates: which template, and what it sees.

use std::collections::HashSet;

use tera::{Context, Value};

use pingmark_core::artifact::Content;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::slug::nearest;
use pingmark_document::Document;
use pingmark_site::graph::{Graph, PageKind, Route};
use pingmark_site::plan::{Plan, Recipe};

use super::card;
use super::fill::Filler;
use super::head::Head;
use super::value::RenderContext;
use super::view::{PageView, TeaserView, Text};

/// Bytes reserved for a page; most need no more.
const PAGE_SIZE: usize = 24 * 1024;

/// The template that a page is usually made with.
fn usual(recipe: &Recipe, graph: &Graph) -> Option<&'static str> {
    Some(match recipe {
        Recipe::Page(id) if graph.page(*id).kind == PageKind::Post => "post.html",
        Recipe::Page(_) => "page.html",
        Recipe::Home(..) => "index.html",
        Recipe::List(..) => "list.html",
        Recipe::Term(..) => "term.html",
        Recipe::Terms(..) => "terms.html",
        Recipe::Archive(_) => "archive.html",
        Recipe::Citations(_) => "citations.html",
        Recipe::Sources(_) => "sources.html",
        Recipe::CitedWebsite(..) => "source.html",
        Recipe::NotFound(_) => "404.html",
        Recipe::SocialImage(..) => card::TEMPLATE,
        _ => return None,
    })
}

/// The templates that pages are made with, when no front matter asks for another.
pub const TEMPLATES: [&str; 12] = [
    "post.html",
    "page.html",
    "index.html",
    "list.html",
    "term.html",
    "terms.html",
    "archive.html",
    "citations.html",
    "sources.html",
    "source.html",
    "404.html",
    card::TEMPLATE,
];

/// Templates that nothing of the plan is made with.
pub fn idle_templates(plan: &Plan, graph: &Graph) -> Vec<&'static str> {
    let used: HashSet<&str> = plan.targets.iter().filter_map(|target| usual(&target.recipe, graph)).collect();
    let asked = |name: &str| {
        let stem = name.trim_end_matches(".html");
        graph.pages.iter().any(|page| {
            page.summary()
                .meta
                .template
                .as_deref()
                .is_some_and(|asked| asked.trim_end_matches(".html") == stem)
        })
    };
    TEMPLATES.into_iter().filter(|name| !used.contains(name) && !asked(name)).collect()
}

/// Renders a post or a page.
pub fn page(
    route: &Route,
    view: &PageView<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let card = view.card;
    let template = template(view.text.document, card, site, &mut diagnostics);
    let mut alternates = vec![(card.lang, card.route)];
    alternates.extend(view.translations.iter().map(|(lang, _, route)| (*lang, *route)));
    alternates.sort();
    let head = Head {
        title: Some(card.title.to_owned()),
        description: card.summary.to_owned(),
        canonical: card.meta.canonical_url.clone(),
        page: Some(view),
        alternates,
        trail: vec![(card.title.to_owned(), card.route.clone())],
        ..Head::default()
    };
    let mut context = context(&template, card.lang, route, &head, site);
    if site.templates.reads(&template, "related") {
        context.insert_value("related", site.cards(&view.related));
    }
    let content = filled(&view.text, &context, site, &mut diagnostics);
    context.insert_value("page", site.page(view, &content));
    written(&template, &context, route, site, diagnostics)
}

/// Renders the page shown where there is none.
pub fn not_found(route: &Route, lang: &str, site: &RenderContext<'_>) -> (Option<Content>, Vec<Diagnostic>) {
    let head = Head {
        title: Some(word(lang, "not_found", site)),
        description: site.language(lang).description.clone(),
        noindex: true,
        ..Head::default()
    };
    let context = context("404.html", lang, route, &head, site);
    written("404.html", &context, route, site, Vec::new())
}

/// Renders a template.
pub(super) fn written(
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

/// A text as HTML, on the page whose values components may take.
pub(super) fn filled(
    text: &Text<'_>,
    implicits: &Context,
    site: &RenderContext<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    Filler { site, text, implicits, absolute: false }.body(diagnostics)
}

/// The shared values, and those every page has.
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
    let switch = site.switch(lang, |language| {
        let own = head.alternates.iter().find(|(code, _)| *code == language.code);
        own.map_or_else(|| site.home(language), |(_, route)| site.url(route))
    });
    context.insert_value("languages", switch);
    context
}

/// The template a front matter asks for, or the usual one.
pub(super) fn template(
    document: &Document,
    card: &TeaserView<'_>,
    site: &RenderContext<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    let usual = card.usual_template();
    let Some(asked) = &card.meta.template else { return usual.to_owned() };
    let name = if asked.contains('.') { asked.clone() } else { format!("{asked}.html") };
    // Other generators' names for what is usual here.
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

/// A word of the interface.
pub(super) fn word(lang: &str, key: &str, site: &RenderContext<'_>) -> String {
    site.word(lang, key).unwrap_or_else(|| {
        let mut signs = key.chars();
        signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
    })
}

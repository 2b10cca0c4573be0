//! `404.html`.

use pingmark_core::artifact::Content;
use pingmark_core::diag::Diagnostic;
use pingmark_site::graph::Route;

use super::{context, rendered, word};
use crate::head::Head;
use crate::value::RenderContext;

/// Renders the page for missing addresses in a language.
pub fn render(route: &Route, lang: &str, site: &RenderContext<'_>) -> (Option<Content>, Vec<Diagnostic>) {
    let head = Head {
        title: Some(word(lang, "not_found", site)),
        description: site.language(lang).description.clone(),
        noindex: true,
        ..Head::default()
    };
    let context = context("404.html", lang, route, &head, site);
    rendered("404.html", &context, route, site, Vec::new())
}

//! Posts and pages.

use pingmark_core::artifact::Content;
use pingmark_core::diag::Diagnostic;
use pingmark_site::graph::Route;

use super::{context, html_of, rendered, template};
use crate::head::Head;
use crate::value::RenderContext;
use crate::view::PageView;

/// Variables that only these pages have.
pub(super) const VARIABLES: [&str; 2] = ["page", "related"];

/// Renders a post or a page.
pub fn render(
    route: &Route,
    view: &PageView<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let teaser = view.teaser;
    let template = template(view.text.document, teaser, site, &mut diagnostics);
    let mut alternates = vec![(teaser.lang, teaser.route)];
    alternates.extend(view.translations.iter().map(|(lang, _, route)| (*lang, *route)));
    alternates.sort();
    let head = Head {
        title: Some(teaser.title.to_owned()),
        description: teaser.summary.to_owned(),
        canonical: teaser.meta.canonical_url.clone(),
        page: Some(view),
        alternates,
        trail: vec![(teaser.title.to_owned(), teaser.route.clone())],
        ..Head::default()
    };
    let mut context = context(&template, teaser.lang, route, &head, site);
    if site.templates.reads(&template, "related") {
        context.insert_value("related", site.teasers(&view.related));
    }
    let content = html_of(&view.text, &context, site, &mut diagnostics);
    context.insert_value("page", site.page(view, &content));
    rendered(&template, &context, route, site, diagnostics)
}

//! Pages about everything that the blog cites: the list of websites, and a page about each.

use pingmark_core::artifact::Content;
use pingmark_core::diag::Diagnostic;
use pingmark_site::graph::Route;

use super::list::{add_paginator, borrowed, list_head};
use super::{context, rendered, word};
use crate::head::Head;
use crate::value::{RenderContext, list};
use crate::view::{SourcesView, WebsitePageView};

/// Variables that only these pages have.
pub(super) const VARIABLES: [&str; 2] = ["sites", "site"];

type Rendered = (Option<Content>, Vec<Diagnostic>);

/// Renders the list of all websites.
pub fn index(route: &Route, view: &SourcesView<'_>, site: &RenderContext<'_>) -> Rendered {
    let title = word(view.lang, "sources", site);
    let head = Head {
        description: described(&word(view.lang, "sources_intro", site), "", view.lang, site),
        title: Some(title.clone()),
        trail: vec![(title, route.clone())],
        alternates: borrowed(&view.alternates),
        ..Head::default()
    };
    let mut context = context("sources.html", view.lang, route, &head, site);
    context.insert_value("sites", list(view.websites.iter().map(|one| site.cited_website(one, view.lang))));
    rendered("sources.html", &context, route, site, Vec::new())
}

/// Renders the page about one website.
pub fn website(route: &Route, view: &WebsitePageView<'_>, site: &RenderContext<'_>) -> Rendered {
    let name = view.website.name;
    let description = described(&word(view.lang, "source_intro", site), name, view.lang, site);
    let mut head = list_head(view.slice, description);
    head.title = Some(name.to_owned());
    let index = (word(view.lang, "sources", site), view.index.clone());
    head.trail = vec![index, (name.to_owned(), view.website.route.clone())];
    let mut context = context("source.html", view.lang, route, &head, site);
    context.insert_value("site", site.cited_website(&view.website, view.lang));
    add_paginator(&mut context, view.slice, site);
    rendered("source.html", &context, route, site, Vec::new())
}

/// Text of the theme with the names of the website and of the blog html_of in.
fn described(sentence: &str, name: &str, lang: &str, site: &RenderContext<'_>) -> String {
    sentence.replace("{site}", name).replace("{blog}", &site.language(lang).title)
}

//! Page of the citations between posts: a drawing, and tables that say the same.

use tera::Value;

use pingmark_core::artifact::Content;
use pingmark_core::diag::Diagnostic;
use pingmark_core::lang::Language;
use pingmark_site::graph::Route;

use super::list::of_blog;
use super::{context, rendered, word};
use crate::citation_graph::{Dot, Drawing, svg};
use crate::head::Head;
use crate::value::{RenderContext, group, moment};
use crate::view::citation_graph::{Article, CitationsView};

/// Variables that only this page has.
pub(super) const VARIABLES: [&str; 1] = ["citations"];

/// Renders the page of a language.
pub fn render(
    route: &Route,
    view: &CitationsView<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let title = word(view.lang, "citations", site);
    let head = Head {
        description: of_blog(&title, view.lang, site),
        title: Some(title.clone()),
        trail: vec![(title.clone(), route.clone())],
        alternates: view.alternates.iter().map(|(lang, route)| (*lang, route)).collect(),
        ..Head::default()
    };
    let mut context = context("citations.html", view.lang, route, &head, site);
    let reads = site.templates.reads("citations.html", "citations");
    if reads {
        let rows = |articles: &[Article<'_>]| {
            Value::from(articles.iter().map(|article| row(article, site)).collect::<Vec<_>>())
        };
        let others = view.articles.iter().any(|article| group_of(article, view) == 0);
        let value = group([
            ("picture", Value::safe_string(&drawing(view, &title, site))),
            ("shown", Value::from(view.articles.len())),
            ("total", Value::from(view.total)),
            ("groups", groups(view, site)),
            ("others", if others { Value::safe_string(&svg::symbol(0)) } else { Value::none() }),
            ("most_cited", rows(&view.most_cited)),
            ("citing_most", rows(&view.citing_most)),
            ("orphans", rows(&view.orphans)),
            ("orphans_total", Value::from(view.orphans_total)),
            ("json", Value::from(site.url(&Route::home().join("citations.json")))),
        ]);
        context.insert_value("citations", value);
    }
    rendered("citations.html", &context, route, site, Vec::new())
}

/// Row of a table.
fn row(article: &Article<'_>, site: &RenderContext<'_>) -> Value {
    group([
        ("title", Value::normal_string(article.title)),
        ("url", Value::from(site.url(article.route))),
        ("date", moment(article.date)),
        ("lang", Value::normal_string(article.lang)),
        ("cited_by", Value::from(article.received)),
        ("cites", Value::from(article.cited)),
    ])
}

/// Number of an article's symbol: its category's, from 1, or 0.
fn group_of(article: &Article<'_>, view: &CitationsView<'_>) -> usize {
    let place = article.category.and_then(|name| view.groups.iter().position(|(known, _)| *known == name));
    match place {
        Some(place) if article.lang == view.lang => place + 1,
        _ => 0,
    }
}

fn groups(view: &CitationsView<'_>, site: &RenderContext<'_>) -> Value {
    let signs = view.groups.iter().enumerate().map(|(place, (name, route))| {
        group([
            ("name", Value::normal_string(name)),
            ("url", Value::from(site.url(route))),
            ("sign", Value::safe_string(&svg::symbol(place + 1))),
        ])
    });
    Value::from(signs.collect::<Vec<_>>())
}

fn drawing(view: &CitationsView<'_>, name: &str, site: &RenderContext<'_>) -> String {
    let language = Language::of(view.lang);
    let dots: Vec<Dot> = view
        .articles
        .iter()
        .map(|article| Dot {
            title: article.title.to_owned(),
            url: site.url(article.route),
            lang: (article.lang != view.lang).then(|| article.lang.to_owned()),
            note: site.counted(view.lang, "n_citing", article.received, language),
            group: group_of(article, view),
            weight: article.received,
            age: article.date.map_or(0, |date| date.instant),
        })
        .collect();
    Drawing::new(&dots, &view.edges).svg(name)
}

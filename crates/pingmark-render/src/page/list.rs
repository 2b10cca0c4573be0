//! Pages that list posts or terms.
//!
//! A new list page has its variables in `VARIABLES`, an arm in [`render`], and a function.

use serde::Serialize;
use tera::{Context, Value};

use pingmark_core::artifact::Content;
use pingmark_core::diag::Diagnostic;
use pingmark_site::graph::Route;
use pingmark_site::plan::Slice;

use super::{context, html_of, rendered, template, word};
use crate::head::Head;
use crate::value::{RenderContext, group};
use crate::view::list::Section;
use crate::view::{ArchiveView, ListPageView, ListView, Subject, TeaserView, TermTeaser, TermsView};

/// Variables that only these pages have.
pub(super) const VARIABLES: [&str; 9] =
    ["posts", "paginator", "section", "pinned", "sections", "term", "terms", "taxonomy", "years"];

/// Renders a list page.
pub fn render(
    route: &Route,
    view: &ListPageView<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    match view {
        ListPageView::Posts(view) => match &view.subject {
            Subject::Home => home(route, view, site),
            Subject::Folder => folder(route, view, site),
            Subject::Term { .. } => term(route, view, site),
        },
        ListPageView::Terms(view) => terms(route, view, site),
        ListPageView::Archive(view) => archive(route, view, site),
    }
}

fn home(route: &Route, view: &ListView<'_>, site: &RenderContext<'_>) -> (Option<Content>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let described = view.section.as_ref().and_then(|section| section.teaser.description.map(str::to_owned));
    let mut head =
        list_head(view.slice, described.unwrap_or_else(|| site.language(view.lang).description.clone()));
    head.alternates = borrowed(&view.alternates);
    let mut context = context("index.html", view.lang, route, &head, site);
    context.insert_value("pinned", site.teasers(&view.pinned));
    context.insert_value("section", section(view.section.as_ref(), &context, site, &mut diagnostics));
    let sections = view.sections.iter().map(|(term, posts)| site.category(term, posts));
    context.insert_value("sections", Value::from(sections.collect::<Vec<_>>()));
    add_posts(&mut context, view, site);
    rendered("index.html", &context, route, site, diagnostics)
}

fn folder(
    route: &Route,
    view: &ListView<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let Some(own) = &view.section else { return (None, diagnostics) };
    let teaser = own.teaser;
    let described = teaser.summary.to_owned();
    let mut head = list_head(view.slice, described);
    head.title = Some(teaser.title.to_owned());
    head.trail = vec![(teaser.title.to_owned(), teaser.route.clone())];
    head.alternates = borrowed(&view.alternates);
    let template = template(own.text.document, teaser, site, &mut diagnostics);
    let mut context = context(&template, view.lang, route, &head, site);
    context.insert_value("section", section(Some(own), &context, site, &mut diagnostics));
    add_posts(&mut context, view, site);
    rendered(&template, &context, route, site, diagnostics)
}

fn term(route: &Route, view: &ListView<'_>, site: &RenderContext<'_>) -> (Option<Content>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let Subject::Term { term, taxonomy, index, feed, count } = &view.subject else {
        return (None, diagnostics);
    };
    let own = view.section.as_ref().map(|section| section.teaser);
    let bio = || term.author.as_ref()?.bio.clone();
    let description = own.and_then(|teaser| teaser.description.map(str::to_owned)).or_else(bio);
    let name = own.filter(|teaser| teaser.is_titled).map_or(term.name, |teaser| teaser.title);
    let mut head = list_head(view.slice, description.clone().unwrap_or_default());
    // The kind distinguishes a tag from a category with the same name; authors need none.
    let kind = site.word(view.lang, &format!("term_{taxonomy}")).filter(|_| term.author.is_none());
    head.title =
        Some(kind.map_or_else(|| name.to_owned(), |kind| format!("{name} ({})", kind.to_lowercase())));
    head.person = term.author.as_ref().map(|author| (name, term.route, author));
    head.trail =
        vec![(word(view.lang, taxonomy, site), index.clone()), (name.to_owned(), term.route.clone())];
    head.feeds = feed.iter().map(|route| (name.to_owned(), route.clone())).collect();
    if head.description.is_empty() {
        head.description = of_blog(name, view.lang, site);
    }
    let mut context = context("term.html", view.lang, route, &head, site);
    let content = section(view.section.as_ref(), &context, site, &mut diagnostics);
    let url = |route: &Route| Value::from(site.url(route));
    let author = term.author.is_some().then(|| site.listed_term(term));
    let value = group([
        ("name", Value::from(name)),
        ("slug", Value::from(term.slug)),
        ("url", url(term.route)),
        ("count", Value::from(*count)),
        ("description", Value::from(description.unwrap_or_default())),
        ("content", content.get_from_path("content").cloned().unwrap_or_else(|| Value::from(""))),
        ("feed", feed.as_ref().map_or_else(Value::none, url)),
        ("author", author.unwrap_or_else(Value::none)),
    ]);
    context.insert_value("term", value);
    context.insert_value("taxonomy", site.taxonomy(taxonomy, index));
    add_posts(&mut context, view, site);
    rendered("term.html", &context, route, site, diagnostics)
}

fn terms(
    route: &Route,
    view: &TermsView<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let own = view.section.as_ref().map(|section| section.teaser);
    let title = own.filter(|teaser| teaser.is_titled);
    let title = title.map_or_else(|| word(view.lang, view.taxonomy, site), |teaser| teaser.title.to_owned());
    let described = own.and_then(|teaser| teaser.description.map(str::to_owned));
    let head = Head {
        description: described.unwrap_or_else(|| of_blog(&title, view.lang, site)),
        title: Some(title.clone()),
        trail: vec![(title, route.clone())],
        alternates: borrowed(&view.alternates),
        ..Head::default()
    };
    let mut context = context("terms.html", view.lang, route, &head, site);
    let listed = view.terms.iter().map(|(term, _): &(&TermTeaser<'_>, usize)| site.listed_term(term));
    context.insert_value("terms", Value::from(listed.collect::<Vec<_>>()));
    context.insert_value("taxonomy", site.taxonomy(view.taxonomy, &view.index));
    context.insert_value("section", section(view.section.as_ref(), &context, site, &mut diagnostics));
    rendered("terms.html", &context, route, site, diagnostics)
}

fn archive(
    route: &Route,
    view: &ArchiveView<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let title = word(view.lang, "archive", site);
    let head = Head {
        description: of_blog(&title, view.lang, site),
        title: Some(title.clone()),
        trail: vec![(title, route.clone())],
        alternates: borrowed(&view.alternates),
        ..Head::default()
    };
    let mut context = context("archive.html", view.lang, route, &head, site);
    let year = |teaser: &TeaserView<'_>| teaser.meta.date.map_or(0, |date| date.civil().year());
    let years = view.posts.chunk_by(|a, b| year(a) == year(b)).map(|posts| {
        group([("year", Value::from(i64::from(year(posts[0])))), ("posts", site.teasers(posts))])
    });
    context.insert_value("years", Value::from(years.collect::<Vec<_>>()));
    rendered("archive.html", &context, route, site, Vec::new())
}

pub(super) fn borrowed<'v>(alternates: &'v [(&'v str, Route)]) -> Vec<(&'v str, &'v Route)> {
    alternates.iter().map(|(lang, route)| (*lang, route)).collect()
}

/// Description of a page without one of its own: its title and the description of the blog.
pub(super) fn of_blog(title: &str, lang: &str, site: &RenderContext<'_>) -> String {
    match site.language(lang).description.as_str() {
        "" => title.to_owned(),
        description => format!("{title} — {description}"),
    }
}

pub(super) fn list_head<'h>(slice: &Slice, description: String) -> Head<'h> {
    let at = |number: usize| slice.first.numbered(number);
    Head {
        description,
        previous: (slice.number > 1).then(|| at(slice.number - 1)),
        next: (slice.number < slice.total).then(|| at(slice.number + 1)),
        number: slice.number,
        ..Head::default()
    }
}

fn add_posts(context: &mut Context, view: &ListView<'_>, site: &RenderContext<'_>) {
    context.insert_value("posts", site.teasers(&view.posts));
    add_paginator(context, view.slice, site);
}

/// Adds `paginator`.
pub(super) fn add_paginator(context: &mut Context, slice: &Slice, site: &RenderContext<'_>) {
    let url = |number: usize| site.url(&slice.first.numbered(number));
    let page = |number: usize| PartValue {
        number,
        url: url(number),
        current: number == slice.number,
        gap: is_gap(number, slice.number, slice.total),
    };
    let other = |number: usize, is_there: bool| Value::from(is_there.then(|| url(number)));
    let paginator = site
        .fields_of("paginator")
        .with("number", || Value::from(slice.number))
        .with("total", || Value::from(slice.total))
        .with("count", || Value::from(slice.count))
        .with("previous", || other(slice.number - 1, slice.number > 1))
        .with("next", || other(slice.number + 1, slice.number < slice.total))
        .with("pages", || {
            let pages = shown_pages(slice.number, slice.total).map(page);
            Value::from_serializable(&pages.collect::<Vec<_>>())
        });
    context.insert_value("paginator", paginator.value());
}

/// Page of a list in `paginator.pages`.
#[derive(Serialize)]
struct PartValue {
    number: usize,
    url: String,
    current: bool,
    gap: bool,
}

/// `section`: the text of a list, or none.
fn section(
    section: Option<&Section<'_>>,
    implicits: &Context,
    site: &RenderContext<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Value {
    let Some(section) = section else { return Value::none() };
    let content = html_of(&section.text, implicits, site, diagnostics);
    group([
        ("title", Value::from(section.teaser.title)),
        ("description", Value::from(section.teaser.description.unwrap_or(""))),
        ("content", Value::safe_string(&content)),
    ])
}

/// Number of pages shown on each side of the current one in a pagination.
const NEIGHBOURS: usize = 2;

/// Number of pages up to which a pagination names all of them.
const SHORT: usize = 7;

/// Numbers in a pagination: the first page, the last page, and those around the current one. A list of a
/// thousand pages then costs each of them no more than a short list.
fn shown_pages(current: usize, total: usize) -> impl Iterator<Item = usize> {
    let reach = if total > SHORT { NEIGHBOURS } else { total };
    let from = current.saturating_sub(reach).max(1);
    let to = (current + reach).min(total);
    let first = (from > 1).then_some(1);
    let last = (to < total).then_some(total);
    first.into_iter().chain(from..=to).chain(last)
}

/// Whether a pagination has an ellipsis in the place of this page and of others beside it: never for one
/// page alone.
fn is_gap(number: usize, current: usize, total: usize) -> bool {
    let hides_several = if number < current { number > 2 } else { number + 1 < total };
    total > SHORT && number.abs_diff(current) == NEIGHBOURS && number > 1 && number < total && hides_several
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pagination_names_few_pages() {
        assert_eq!(shown_pages(1, 1).collect::<Vec<_>>(), [1]);
        assert_eq!(shown_pages(1, 4).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(shown_pages(500, 1000).collect::<Vec<_>>(), [1, 498, 499, 500, 501, 502, 1000]);
    }

    #[test]
    fn gaps_stand_where_pages_are_left_out() {
        let gaps = |current, total| -> Vec<usize> {
            shown_pages(current, total).filter(|number| is_gap(*number, current, total)).collect()
        };
        assert!(gaps(4, 7).is_empty());
        assert_eq!(gaps(1, 8), [3]);
        assert_eq!(gaps(3, 8), [5]);
        assert_eq!(gaps(4, 8), [6]);
        assert_eq!(gaps(5, 9), [3, 7]);
        assert_eq!(gaps(8, 8), [6]);
    }

    #[test]
    fn no_single_page_is_hidden() {
        assert_eq!(shown_pages(1, 5).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        for total in 1..30 {
            for current in 1..=total {
                let named = shown_pages(current, total).filter(|number| !is_gap(*number, current, total));
                let named: Vec<usize> = named.collect();
                let single = named.windows(2).find(|pair| pair[1] - pair[0] == 2);
                assert_eq!(single, None, "page {current} of {total}");
                assert!(named.contains(&current) && named.contains(&1) && named.contains(&total));
            }
        }
    }
}

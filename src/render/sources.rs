//! What is cited, in templates' values: the sources at an article's end, and the pages about
//! all that the blog cites.

use tera::Value;

use super::cite::{place_id, source_id};
use super::head::Head;
use super::list::{add_paginator, borrowed, list_head};
use super::page::{context, word, written};
use super::reference::Reference;
use super::value::{Fields, Site, group, list, maybe, text};
use super::view::PageView;
use super::view::work::{SitePageView, SiteView, SourceView, SourcesView, Work, WorkView};
use crate::bibliography::Words;
use crate::diag::Diagnostic;
use crate::document::ReferenceKind;
use crate::graph::Route;
use crate::lang::Language;
use crate::output::Content;

type Made = (Option<Content>, Vec<Diagnostic>);

impl Site<'_> {
    /// A source at an article's end.
    pub(super) fn source(&self, source: &SourceView<'_>, view: &PageView<'_>) -> Value {
        let mut fields = self.work(&source.work, view.card.lang);
        // A link in the author's own HTML has no id to lead back to.
        let references = &view.text.document.summary.references;
        let places = source.places.iter().enumerate().filter(|(_, reference)| {
            references.get(**reference as usize).is_some_and(|found| found.kind != ReferenceKind::Raw)
        });
        let places = places.map(|(at, _)| {
            let id = place_id(source.number, at + 1);
            group([
                ("url", Value::from(format!("#{id}"))),
                ("id", Value::from(id)),
                ("number", Value::from(at + 1)),
            ])
        });
        fields.extend([
            ("number", Value::from(source.number)),
            ("id", Value::from(source_id(source.number))),
            ("places", list(places)),
        ]);
        group(fields)
    }

    /// Something that a page cites, with how often it does.
    pub(super) fn cited(&self, work: &Work<'_>, count: usize, lang: &str) -> Value {
        let mut fields = self.work(work, lang);
        fields.push(("count", Value::from(count)));
        group(fields)
    }

    fn work(&self, work: &Work<'_>, lang: &str) -> Fields {
        let reference = Reference::new(work, self, false);
        let language = Language::of(lang);
        let published = reference.published.as_deref();
        let accessed = reference.accessed;
        let authors = reference.authors.iter().map(|author| text(&author.name));
        let iso = |day: Option<&crate::bibliography::Day>| maybe(day.map(|day| day.iso()));
        let in_words = |day: Option<&crate::bibliography::Day>| {
            day.map_or_else(Value::none, |day| Value::from(day.in_words(language)))
        };
        vec![
            ("title", text(reference.title)),
            ("kind", text(reference.kind)),
            ("key", maybe(reference.key)),
            ("url", maybe(reference.url.as_deref())),
            ("link", maybe(reference.link.as_deref())),
            ("authors", list(authors)),
            ("author", Value::from(reference.names(Words::of(lang)))),
            ("site", maybe(reference.distinct_site())),
            ("date", iso(published)),
            ("date_text", in_words(published)),
            ("accessed", iso(accessed)),
            ("accessed_text", in_words(accessed)),
            ("archived", maybe(reference.archived)),
            ("dead", Value::from(reference.dead)),
            ("note", maybe(reference.note)),
            ("lang", maybe(reference.lang)),
        ]
    }

    fn cited_site(&self, site: &SiteView<'_>, lang: &str) -> Value {
        group([
            ("name", text(site.name)),
            ("url", Value::from(self.url(site.route))),
            ("count", Value::from(site.count)),
            ("total", Value::from(site.total)),
            ("works", list(site.works.iter().map(|work| self.cited_work(work, lang)))),
        ])
    }

    fn cited_work(&self, view: &WorkView<'_>, lang: &str) -> Value {
        let citing = view.citing.iter().map(|(card, count)| {
            let known = self.card(card);
            let of_card = |name| known.get_from_path(name).cloned().unwrap_or_else(Value::none);
            group([
                ("title", of_card("title")),
                ("url", of_card("url")),
                ("date", of_card("date")),
                ("count", Value::from(*count)),
            ])
        });
        let mut fields = self.work(&view.work, lang);
        fields.extend([("count", Value::from(view.citing.len())), ("citing", list(citing))]);
        group(fields)
    }
}

/// Renders the list of all sites.
pub fn index(route: &Route, view: &SourcesView<'_>, site: &Site<'_>) -> Made {
    let title = word(view.lang, "sources", site);
    let head = Head {
        description: described(&word(view.lang, "sources_intro", site), "", view.lang, site),
        title: Some(title.clone()),
        trail: vec![(title, route.clone())],
        alternates: borrowed(&view.alternates),
        ..Head::default()
    };
    let mut context = context("sources.html", view.lang, route, &head, site);
    context.insert_value("sites", list(view.sites.iter().map(|one| site.cited_site(one, view.lang))));
    written("sources.html", &context, route, site, Vec::new())
}

/// Renders the page about one site.
pub fn site(route: &Route, view: &SitePageView<'_>, site: &Site<'_>) -> Made {
    let name = view.site.name;
    let description = described(&word(view.lang, "source_intro", site), name, view.lang, site);
    let mut head = list_head(view.slice, description);
    head.title = Some(name.to_owned());
    let index = (word(view.lang, "sources", site), view.index.clone());
    head.trail = vec![index, (name.to_owned(), view.site.route.clone())];
    let mut context = context("source.html", view.lang, route, &head, site);
    context.insert_value("site", site.cited_site(&view.site, view.lang));
    add_paginator(&mut context, view.slice, site);
    written("source.html", &context, route, site, Vec::new())
}

/// A sentence of the theme's, with the names it asks for.
fn described(sentence: &str, name: &str, lang: &str, site: &Site<'_>) -> String {
    sentence.replace("{site}", name).replace("{blog}", &site.language(lang).title)
}

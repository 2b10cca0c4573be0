//! Cited works as templates see them.

use serde::Serialize;
use tera::Value;
use tera::value::Key;

use pingmark_core::lang::CitationWords;
use pingmark_core::lang::Language;
use pingmark_document::ReferenceKind;
use pingmark_site::bibliography::PartialDate;

use super::reference::{Reference, place_id, source_id};
use super::{RenderContext, group, list, text};
use crate::view::cited_work::{SourceView, WebsiteView, Work, WorkView};
use crate::view::{PageView, TeaserView};

/// Cited work. Fields without a value are none; fields that only some lists have are left out elsewhere.
#[derive(Serialize)]
struct WorkValue<'v> {
    title: &'v str,
    kind: &'v str,
    key: Option<&'v str>,
    url: Option<&'v str>,
    link: Option<&'v str>,
    authors: Vec<&'v str>,
    author: String,
    site: Option<&'v str>,
    date: Option<&'v str>,
    date_text: Option<String>,
    accessed: Option<&'v str>,
    accessed_text: Option<String>,
    archived: Option<&'v str>,
    dead: bool,
    note: Option<&'v str>,
    lang: Option<&'v str>,
    /// Number of citations.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    /// Citing articles.
    #[serde(skip_serializing_if = "Option::is_none")]
    citing: Option<Vec<Value>>,
    /// In the list of sources of an article: number, id of the entry, and citations.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    places: Option<Vec<PlaceValue>>,
}

/// Citation in an article's text.
#[derive(Serialize)]
struct PlaceValue {
    url: String,
    id: String,
    number: usize,
}

/// Article that cites a work.
#[derive(Serialize)]
struct CitingValue<'v> {
    title: &'v str,
    url: &'v str,
    date: Option<String>,
    count: usize,
    /// Article as a line of HTML, as in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<Value>,
}

impl<'v> WorkValue<'v> {
    fn new(reference: &'v Reference<'_>, lang: &str) -> Self {
        let language = Language::of(lang);
        let (published, accessed) = (reference.published.as_deref(), reference.accessed);
        Self {
            title: reference.title,
            kind: reference.kind,
            key: reference.key,
            url: reference.url.as_deref(),
            link: reference.link.as_deref(),
            authors: reference.authors.iter().map(|author| author.name.as_str()).collect(),
            author: reference.names(CitationWords::of(lang)),
            site: reference.distinct_site(),
            date: published.map(PartialDate::iso),
            date_text: published.map(|day| day.in_words(language)),
            accessed: accessed.map(PartialDate::iso),
            accessed_text: accessed.map(|day| day.in_words(language)),
            archived: reference.archived,
            dead: reference.dead,
            note: reference.note,
            lang: reference.lang,
            count: None,
            citing: None,
            number: None,
            id: None,
            places: None,
        }
    }
}

impl RenderContext<'_> {
    /// Source in the list at an article's end.
    pub(super) fn source(&self, source: &SourceView<'_>, view: &PageView<'_>) -> Value {
        // A link in raw HTML has no id for a back link.
        let references = &view.text.document.summary.references;
        let places = source.places.iter().enumerate().filter(|(_, reference)| {
            references.get(**reference as usize).is_some_and(|found| found.kind != ReferenceKind::Raw)
        });
        let places = places.map(|(at, _)| {
            let id = place_id(source.number, at + 1);
            PlaceValue { url: format!("#{id}"), id, number: at + 1 }
        });
        let reference = Reference::new(&source.work, &self.config.base_url, false);
        Value::from_serializable(&WorkValue {
            number: Some(source.number),
            id: Some(source_id(source.number)),
            places: Some(places.collect()),
            ..WorkValue::new(&reference, view.teaser.lang)
        })
    }

    /// Work that a page cites, with the number of citations.
    pub(super) fn cited(&self, work: &Work<'_>, count: usize, lang: &str) -> Value {
        let reference = Reference::new(work, &self.config.base_url, false);
        Value::from_serializable(&WorkValue { count: Some(count), ..WorkValue::new(&reference, lang) })
    }

    pub(crate) fn cited_website(&self, site: &WebsiteView<'_>, lang: &str) -> Value {
        group([
            ("name", text(site.name)),
            ("url", Value::from(self.url(site.route))),
            ("count", Value::from(site.count)),
            ("total", Value::from(site.total)),
            ("works", list(site.works.iter().map(|work| self.cited_work(work, lang)))),
        ])
    }

    fn citing(&self, teaser: &TeaserView<'_>, count: usize) -> Value {
        let date = teaser.meta.date.map(|date| date.rfc3339());
        let line = self.teaser(teaser).as_map().and_then(|teaser| teaser.get(&Key::Str("line")).cloned());
        Value::from_serializable(&CitingValue { title: teaser.title, url: &teaser.url, date, count, line })
    }

    fn cited_work(&self, view: &WorkView<'_>, lang: &str) -> Value {
        let citing = view
            .citing
            .iter()
            .map(|(teaser, count)| self.cache.citing(teaser.id, *count, |count| self.citing(teaser, count)));
        let reference = Reference::new(&view.work, &self.config.base_url, false);
        Value::from_serializable(&WorkValue {
            count: Some(view.citing.len()),
            citing: Some(citing.collect()),
            ..WorkValue::new(&reference, lang)
        })
    }
}

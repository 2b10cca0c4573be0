//! First step of linking: which documents are published, and at which address.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_document::{FileKind, Summary};

use super::{LinkInputs, Page, PageId, PageKind, Unpublished, UnpublishedReason, permalink, route, undated};

/// Pages and their addresses.
pub(super) struct Placed {
    /// Published pages and sections, in the order of their files.
    pub pages: Vec<Page>,
    /// Posts and pages that are not published.
    pub unpublished: Vec<Unpublished>,
    /// Sections by language and folder.
    pub sections: HashMap<(String, String), PageId>,
    /// Whether a slug was made from a title.
    pub used_titles: bool,
    /// Problems found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Places all documents, in parallel, and links translations.
pub(super) fn place(summaries: &[Arc<Summary>], titles: &[&str], inputs: &LinkInputs<'_>) -> Placed {
    let numbered = summaries.par_iter().zip(titles).enumerate();
    let placements: Vec<PlacedDocument> =
        numbered.map(|(number, (summary, title))| place_one(number, summary, title, inputs)).collect();
    let mut pages = Vec::with_capacity(placements.len());
    let (mut unpublished, mut diagnostics, mut used_titles) = (Vec::new(), Vec::new(), false);
    for placed in placements {
        used_titles |= placed.used_title;
        diagnostics.extend(placed.diagnostics);
        match placed.placement {
            Placement::Page(page) => pages.push(*page),
            Placement::Unpublished(document) => unpublished.push(document),
            Placement::Invalid => {}
        }
    }
    if inputs.config.languages.len() > 1 {
        link_translations(&mut pages);
    }
    diagnostics.extend(undated::report(&pages));
    Placed { sections: sections(&pages), pages, unpublished, used_titles, diagnostics }
}

/// Result of placing one document.
struct PlacedDocument {
    placement: Placement,
    used_title: bool,
    diagnostics: Vec<Diagnostic>,
}

enum Placement {
    Page(Box<Page>),
    Unpublished(Unpublished),
    /// The address is not allowed; reported.
    Invalid,
}

fn place_one(number: usize, summary: &Arc<Summary>, title: &str, inputs: &LinkInputs<'_>) -> PlacedDocument {
    let kind = kind_of(summary);
    let mut diagnostics = Vec::new();
    let (slug, mut used_title) = slug_of(summary, title, &mut diagnostics);
    let route = match kind {
        PageKind::Section => route::of_section(summary, inputs.config),
        PageKind::Post => {
            let pattern = &inputs.config.settings.permalink;
            used_title |= summary.meta.permalink.is_none() && permalink::uses_title(pattern);
            route::of_post(summary, &slug, title, inputs.config)
        }
        PageKind::Page => route::of_page(summary, &slug, inputs.config),
    };
    if let Some(reason) = unpublished_reason(summary, inputs) {
        let document = Unpublished { summary: summary.clone(), document: number, reason, route: route.ok() };
        let placement = Placement::Unpublished(document);
        return PlacedDocument { placement, used_title, diagnostics: Vec::new() };
    }
    let placement = match route {
        Ok(route) => {
            let summary = summary.clone();
            let page = Page { summary, document: number, kind, route, slug, translations: Vec::new() };
            Placement::Page(Box::new(page))
        }
        Err(problem) => {
            let key = match (&summary.meta.permalink, &summary.meta.slug) {
                (Some(_), _) => Some("permalink"),
                (None, Some(_)) => Some("slug"),
                (None, None) => None,
            };
            diagnostics.push(catalogue::address_unsafe(&summary.path, key, &problem));
            Placement::Invalid
        }
    };
    PlacedDocument { placement, used_title, diagnostics }
}

/// Reason why a document is not published at this time, if it is not.
fn unpublished_reason(summary: &Summary, inputs: &LinkInputs<'_>) -> Option<UnpublishedReason> {
    let now = inputs.now.as_second();
    let meta = &summary.meta;
    if meta.draft && !inputs.include.drafts {
        return Some(UnpublishedReason::Draft);
    }
    if meta.date.is_some_and(|date| date.instant > now) && !inputs.include.future {
        return Some(UnpublishedReason::Scheduled);
    }
    if meta.expires.is_some_and(|date| date.instant <= now) && !inputs.include.expired {
        return Some(UnpublishedReason::Expired);
    }
    None
}

/// Kind of a document's page: a post if it has a date and is no page by choice.
pub fn kind_of(summary: &Summary) -> PageKind {
    match summary.name.kind {
        FileKind::Section => PageKind::Section,
        _ if summary.meta.date.is_some() && !is_page_by_choice(summary) => PageKind::Post,
        _ => PageKind::Page,
    }
}

/// Whether the author made a document a page: with `type: page`, with the template `page` (`layout:
/// page`), or by putting it into `content/pages/`.
pub(super) fn is_page_by_choice(summary: &Summary) -> bool {
    let template = summary.meta.template.as_deref().map(|name| name.trim_end_matches(".html"));
    let folder = summary.name.folder.split('/').next();
    summary.meta.is_page || template == Some("page") || matches!(folder, Some("pages" | "_pages"))
}

/// Slug of a document: as typed in its front matter, else from its file name or its title, else a
/// hash of its path. Also returns whether the title was used.
fn slug_of(summary: &Summary, title: &str, diagnostics: &mut Vec<Diagnostic>) -> (String, bool) {
    if let Some(typed) = &summary.meta.slug {
        let slug = typed.trim_matches('/');
        if slug.contains(['/', '\\']) || !slug.contains(char::is_alphanumeric) {
            diagnostics.push(catalogue::slug_bad(&summary.path, typed));
        } else {
            return (slug.to_owned(), false);
        }
    }
    let slug = slugify(&summary.name.slug);
    if !slug.is_empty() {
        return (slug, false);
    }
    let from_title = slugify(title);
    match from_title.is_empty() {
        true => (Fingerprint::of(summary.path.as_str().as_bytes()).short(), true),
        false => (from_title, true),
    }
}

fn sections(pages: &[Page]) -> HashMap<(String, String), PageId> {
    let numbered = pages.iter().enumerate().filter(|(_, page)| page.kind == PageKind::Section);
    numbered
        .map(|(number, page)| {
            let key = (page.summary().lang.clone(), page.summary().name.folder.clone());
            (key, PageId(number as u32))
        })
        .collect()
}

/// Links translations: pages with one `translation_key`, or whose file names differ in the
/// language only.
fn link_translations(pages: &mut [Page]) {
    /// Key that translations have in common.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Shared<'a> {
        Key(&'a str),
        File(&'a str, bool, Option<When>, &'a str),
    }
    let mut together: BTreeMap<Shared<'_>, Vec<PageId>> = BTreeMap::new();
    for (number, page) in pages.iter().enumerate() {
        let summary = page.summary();
        let name = &summary.name;
        let shared = match &summary.meta.translation_key {
            Some(key) => Shared::Key(key),
            None => Shared::File(&name.folder, name.kind == FileKind::Section, name.date, &name.slug),
        };
        together.entry(shared).or_default().push(PageId(number as u32));
    }
    let groups: Vec<_> = together.into_values().filter(|group| group.len() > 1).collect();
    for group in groups {
        for id in &group {
            let own = pages[id.index()].summary().lang.clone();
            let others = group.iter().filter(|other| pages[other.index()].summary().lang != own).copied();
            pages[id.index()].translations = others.collect();
        }
    }
}

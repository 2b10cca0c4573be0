//! Addresses that vanish: pages of the last published site that no file of the next one stands for.

use std::collections::{BTreeMap, HashMap, HashSet};

use pingmark_core::diag::args::Gone;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::slug::nearest;
use pingmark_document::Document;
use pingmark_site::graph::{Page, UnpublishedReason};

use super::Site;
use crate::output::manifest::PublishedPage;

/// The posts and pages of a site by their route, as the manifest keeps them.
pub(super) fn pages(site: &Site) -> BTreeMap<String, PublishedPage> {
    let graph = site.graph();
    let pages = graph.published().map(|id| {
        let page = graph.page(id);
        let published = PublishedPage {
            source: page.summary().path.clone(),
            text: text_of(site, &page.summary().path).unwrap_or_default(),
            title: document(site, page).teaser.title.clone(),
        };
        (page.route.as_str().to_owned(), published)
    });
    pages.collect()
}

fn document<'a>(site: &'a Site, page: &Page) -> &'a Document {
    &site.documents[page.document]
}

fn text_of(site: &Site, path: &SitePath) -> Option<Fingerprint> {
    site.sources.files.get(path)?.content.text_fingerprint()
}

/// Reports the addresses of `before` that a site no longer has, each at the file that looks like the page
/// that had it.
pub fn vanished(before: &BTreeMap<String, PublishedPage>, site: &Site) -> Vec<Diagnostic> {
    let targets = &site.plan().targets;
    let is_there = |route: &str| targets.binary_search_by(|target| target.route.as_str().cmp(route)).is_ok();
    let gone: Vec<(&String, &PublishedPage)> = before.iter().filter(|(route, _)| !is_there(route)).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let heirs = Heirs::new(before, site);
    gone.into_iter()
        .map(|(route, page)| {
            let (path, state) = heirs.find(route, page);
            catalogue::address_gone(path, &format!("/{route}"), state)
        })
        .collect()
}

/// What may have taken the place of a page.
struct Heirs<'a> {
    /// Published files.
    published: HashSet<&'a SitePath>,
    /// Files that are not published, with the reason.
    unpublished: HashMap<&'a SitePath, UnpublishedReason>,
    /// New pages: those at addresses that the last site did not have, by text, by title and by the last part
    /// of their address.
    by_text: HashMap<Fingerprint, &'a SitePath>,
    by_title: HashMap<&'a str, &'a SitePath>,
    by_slug: BTreeMap<&'a str, &'a SitePath>,
}

impl<'a> Heirs<'a> {
    fn new(before: &BTreeMap<String, PublishedPage>, site: &'a Site) -> Self {
        let graph = site.graph();
        let unpublished = graph.unpublished.iter();
        let mut heirs = Self {
            published: graph.published().map(|id| &graph.page(id).summary().path).collect(),
            unpublished: unpublished.map(|held| (&held.summary.path, held.reason)).collect(),
            by_text: HashMap::new(),
            by_title: HashMap::new(),
            by_slug: BTreeMap::new(),
        };
        for page in graph.published().map(|id| graph.page(id)) {
            if before.contains_key(page.route.as_str()) {
                continue;
            }
            let path = &page.summary().path;
            if let Some(text) = text_of(site, path) {
                heirs.by_text.entry(text).or_insert(path);
            }
            heirs.by_title.entry(&document(site, page).teaser.title).or_insert(path);
            heirs.by_slug.entry(&page.slug).or_insert(path);
        }
        heirs
    }

    /// The file that looks like a page, and what became of it.
    fn find(&self, route: &str, page: &PublishedPage) -> (Option<&'a SitePath>, Gone) {
        if let Some(path) = self.published.get(&page.source) {
            return (Some(path), Gone::Moved);
        }
        let same = self.by_text.get(&page.text).or_else(|| self.by_title.get(page.title.as_str()));
        if let Some(path) = same {
            return (Some(path), Gone::Alike);
        }
        if let Some((path, reason)) = self.unpublished.get_key_value(&page.source) {
            return (Some(path), Gone::Unpublished(*reason));
        }
        let slug = route.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let slug = slug.strip_suffix(".html").unwrap_or(slug);
        match nearest(slug, self.by_slug.keys().copied()).and_then(|near| self.by_slug.get(near)) {
            Some(path) => (Some(path), Gone::Alike),
            None => (None, Gone::Removed),
        }
    }
}

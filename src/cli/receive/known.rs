//! The published addresses of a site, which can be announced.

use std::collections::BTreeMap;

use pingmark_core::address::UrlKey;
use pingmark_site::graph::mention::PageLookup;

use crate::engine::Site;

/// Published addresses, each with the folder of its mentions.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(BTreeMap<String, String>);

impl Known {
    /// Addresses and aliases of all published pages.
    pub(super) fn of(site: &Site) -> Self {
        let graph = site.graph();
        let base = site.config.base_url.as_str();
        let lookup = PageLookup::new(&graph.pages, &graph.unpublished, &site.config);
        let mut known = BTreeMap::new();
        let mut add = |url: &str, folder: &str| {
            if let Some(key) = UrlKey::of(url) {
                known.entry(key.as_str().to_owned()).or_insert_with(|| folder.to_owned());
            }
        };
        for id in graph.published() {
            let page = graph.page(id);
            add(&page.route.permalink(&site.config.base_url), &page.slug);
            for alias in &page.summary().meta.aliases {
                add(&format!("{}/{}", base.trim_end_matches('/'), alias.trim_start_matches('/')), &page.slug);
            }
        }
        if let Some(folder) = lookup.folder_of(base) {
            add(base, &folder);
        }
        Self(known)
    }

    /// The folder for mentions of an address.
    pub(super) fn folder_of(&self, target: &str) -> Option<&str> {
        self.0.get(UrlKey::of(target)?.as_str()).map(String::as_str)
    }
}

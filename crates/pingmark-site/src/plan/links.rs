//! Links to addresses of the site that no file has.

use std::collections::HashSet;
use std::sync::OnceLock;

use rayon::prelude::*;

use pingmark_core::config::Config;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::html::is_absolute;
use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_core::slug::nearest;
use pingmark_document::ReferenceKind;

use super::Target;
use crate::graph::resolve::{SimilarFiles, as_written, names_file, similar_assets};
use crate::graph::{Graph, Resolved, Route};

/// The addresses of a plan, to check links against.
pub(super) struct LinkTargets<'a> {
    graph: &'a Graph,
    /// Sorted by address.
    targets: &'a [Target],
    /// Addresses of files and of pages, for suggestions. Collected once: after a blog has moved, thousands
    /// of links may be wrong.
    addresses: OnceLock<(Vec<&'a str>, Vec<&'a str>)>,
    /// Copied files by name, for suggestions.
    files: OnceLock<SimilarFiles<'a>>,
}

impl<'a> LinkTargets<'a> {
    /// The addresses of `targets`, which are sorted.
    pub(super) fn new(graph: &'a Graph, targets: &'a [Target]) -> Self {
        Self { graph, targets, addresses: OnceLock::new(), files: OnceLock::new() }
    }

    /// Reports links of texts and cover images that lead to no target. Returns the addresses of the links.
    pub(super) fn check_texts(&self, diagnostics: &mut Vec<Diagnostic>) -> HashSet<Route> {
        let graph = self.graph;
        let unlinked = graph.pages.par_iter().zip(&graph.resolved).flat_map_iter(|(page, references)| {
            let summary = page.summary();
            // A form may send to a program of the server.
            let is_form = |number: usize| summary.references[number].kind == ReferenceKind::Action;
            let nowhere =
                references.iter().enumerate().filter_map(move |(number, resolved)| match resolved {
                    Resolved::SiteUrl(route, _) if !self.has(route) && !is_form(number) => {
                        Some((number, route))
                    }
                    _ => None,
                });
            nowhere.map(|(number, route)| {
                let (reference, spot) = (&summary.references[number], Spot::Reference(number as u32));
                let diagnostic = if reference.kind == ReferenceKind::Image || names_file(route.as_str()) {
                    self.missing_file(&summary.path, &spot, &reference.target, route)
                } else {
                    let address = format!("/{}", route.as_str());
                    catalogue::address_not_found(&summary.path, &spot, &address, self.near(route).as_deref())
                };
                (route.clone(), diagnostic)
            })
        });
        let (nowhere, problems): (HashSet<Route>, Vec<Diagnostic>) =
            unlinked.collect::<Vec<_>>().into_iter().unzip();
        diagnostics.extend(problems);
        for (page, image) in graph.pages.iter().zip(&graph.images) {
            let Some((Resolved::SiteUrl(route, _), target)) =
                image.as_ref().zip(page.summary().meta.image.as_ref())
            else {
                continue;
            };
            if !self.has(route) {
                let spot = Spot::Value(vec!["image".to_owned()], target.clone());
                diagnostics.push(self.missing_file(&page.summary().path, &spot, target, route));
            }
        }
        nowhere
    }

    /// Reports links of menus that lead to no target.
    pub(super) fn check_menus(&self, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
        let path = SitePath::constant(site_files::CONFIG);
        for (mut keys, item) in config.settings.menu_items() {
            let url = item.url.trim();
            if url.starts_with('#') || is_absolute(url) || config.is_elsewhere(url) {
                continue;
            }
            let end = url.find(['?', '#']).unwrap_or(url.len());
            let Ok(route) = Route::new(&url[..end]) else { continue };
            if !self.has(&route) {
                keys.push("url".to_owned());
                diagnostics.push(catalogue::menu_not_found(&path, keys, url, self.near(&route).as_deref()));
            }
        }
    }

    fn has(&self, route: &Route) -> bool {
        let planned =
            |text: &str| self.targets.binary_search_by(|target| target.route.as_str().cmp(text)).is_ok();
        planned(route.as_str()) || planned(route.as_str().trim_end_matches('/'))
    }

    /// The address most like one that does not exist: a file for a file, a page for a page.
    fn near(&self, route: &Route) -> Option<String> {
        let all = || self.targets.iter().map(|target| target.route.as_str());
        let (files, pages) = self.addresses.get_or_init(|| all().partition(|address| names_file(address)));
        let alike = if names_file(route.as_str()) { files } else { pages };
        nearest(route.as_str(), alike.iter().copied()).map(|near| format!("/{near}"))
    }

    fn missing_file(&self, path: &SitePath, spot: &Spot, target: &str, route: &Route) -> Diagnostic {
        let files = self.files.get_or_init(|| similar_assets(&self.graph.assets));
        let same = files.with_name(route.as_str());
        let written = same.map(|same| as_written(same, path)).or_else(|| self.near(route));
        let place = same.and_then(|same| SitePath::new(same).ok());
        catalogue::file_not_found(path, spot, target, written.as_deref(), place.as_ref())
    }
}

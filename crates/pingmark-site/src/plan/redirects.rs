//! Redirects from former addresses.

use std::collections::BTreeSet;

use pingmark_core::config::BaseUrl;
use pingmark_core::diag::catalogue;

use super::{Planner, Recipe};
use crate::graph::alias::Alias;
use crate::graph::{Asset, Graph, PageId, Route};

/// Redirect from an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Address of the alias.
    pub from: Route,
    /// Parameters that the query must have, `p=123`, as Netlify writes them.
    pub conditions: Option<String>,
    /// Page that it leads to.
    pub to: PageId,
}

impl Redirect {
    /// The line of `_redirects`, as Netlify, Cloudflare Pages and others read it: `from to status`.
    pub fn line(&self, graph: &Graph, base: &BaseUrl) -> String {
        let to = graph.page(self.to).route.url(base);
        match &self.conditions {
            Some(conditions) => format!("{} {conditions} {to} 301", self.from.url(base)),
            None => format!("{} {to} 301", self.from.url(base)),
        }
    }
}

/// File that hosts read redirects from.
pub(super) const REDIRECTS: &str = "_redirects";

/// Whether a file's lines are joined with those for aliases.
pub(super) fn is_joined(asset: &Asset) -> bool {
    asset.source.below("static") == Some(REDIRECTS)
}

impl Planner<'_> {
    /// Plans a redirect for each alias that a file can stand for. Reports the others.
    pub(super) fn aliases(&mut self) {
        for id in self.graph.published() {
            let page = self.graph.page(id);
            let path = &page.summary().path;
            for typed in &page.summary().meta.aliases {
                let alias = match Alias::parse(typed, page.route.as_str(), self.config) {
                    Ok(alias) => alias,
                    Err(problem) => {
                        self.diagnostics.push(catalogue::alias_unsafe(path, typed, &problem));
                        continue;
                    }
                };
                if alias.query.is_some() {
                    let redirect =
                        Redirect { conditions: alias.query_conditions(), from: alias.route, to: id };
                    let line = redirect
                        .conditions
                        .is_some()
                        .then(|| redirect.line(self.graph, &self.config.base_url));
                    self.diagnostics.push(catalogue::alias_query(path, typed, line.as_deref()));
                    self.redirects.extend(Some(redirect).filter(|redirect| redirect.conditions.is_some()));
                    continue;
                }
                if alias.is_foreign {
                    self.diagnostics.push(catalogue::alias_host(
                        path,
                        typed,
                        &format!("/{}", alias.route.as_str()),
                    ));
                }
                if alias.route != page.route {
                    self.redirects.push(Redirect { from: alias.route.clone(), conditions: None, to: id });
                    self.add(alias.route, Recipe::Redirect(id, typed.clone()));
                }
            }
        }
    }

    /// Pages that say that a post is gone, where one told other sites about itself and nothing else is
    /// published now (Webmention, 3.1.4).
    pub(super) fn tombstones(&mut self) {
        let routes = self.graph.told.iter().filter_map(|url| {
            let alias = Alias::parse(url, "", self.config).ok()?;
            (!alias.is_foreign && alias.query.is_none()).then_some(alias.route)
        });
        let mut gone: BTreeSet<Route> = routes.collect();
        if gone.is_empty() {
            return;
        }
        for target in &self.targets {
            gone.remove(&target.route);
        }
        for route in gone {
            self.add(route, Recipe::Tombstone);
        }
    }
}

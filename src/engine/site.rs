//! An analyzed site: everything but the rendered files.

use std::sync::Arc;
use std::time::Duration;

use pingmark_core::appearance::Appearance;
use pingmark_core::config::Config;
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::sources::Sources;
use pingmark_document::Document;
use pingmark_render::TemplateSet;
use pingmark_render::view::ViewInputs;
use pingmark_site::graph::Graph;
use pingmark_site::mention::Mention;
use pingmark_site::plan::Plan;

use super::compile::Documents;
use super::memo::{CompiledTheme, LinkedSite};

/// An analyzed site. Immutable: each build makes a new one, which shares unchanged parts with the
/// last.
#[derive(Debug)]
pub struct Site {
    /// Source files.
    pub sources: Sources,
    /// Configuration, with the build's overrides.
    pub config: Arc<Config>,
    /// Style sheets, scripts and colours.
    pub appearance: Arc<Appearance>,
    /// Compiled articles, sorted by path.
    pub documents: Documents,
    /// Received mentions, sorted by path.
    pub mentions: Vec<Arc<Mention>>,
    /// Problems found before rendering, sorted.
    pub diagnostics: Diagnostics,
    /// Time taken by each stage, in order.
    pub stages: Vec<(&'static str, Duration)>,
    /// Parts that were not taken over from the last build.
    pub recomputed: Recomputed,
    /// Fingerprints of the inputs.
    pub fingerprints: SiteFingerprints,
    /// Whether advice is among the diagnostics.
    pub(super) gives_advice: bool,
    pub(super) linked: Arc<LinkedSite>,
    pub(super) theme: Arc<CompiledTheme>,
}

/// Fingerprints of a site's inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteFingerprints {
    /// Fingerprint of the options that articles are compiled with.
    pub options: Fingerprint,
    /// Fingerprint of the texts of all articles.
    pub texts: Fingerprint,
}

/// Parts of a site that were not taken over from the last build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    /// Articles that were compiled.
    pub parsed: Vec<SitePath>,
    /// Whether the site was linked again.
    pub linked: bool,
    /// Whether the templates were compiled again.
    pub theme: bool,
}

/// Counts for the summary of a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Published posts and pages.
    pub pages: usize,
    /// Tags in use.
    pub tags: usize,
    /// Links between articles.
    pub citations: usize,
    /// Visible pings, from this site and from others.
    pub pings: usize,
}

impl Site {
    /// The linked pages of the site.
    pub fn graph(&self) -> &Graph {
        &self.linked.graph
    }

    /// The files to publish.
    pub fn plan(&self) -> &Plan {
        &self.linked.plan
    }

    /// Whether two sites share graph and plan, and so have the same files.
    pub fn has_plan_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.linked, &other.linked)
    }

    /// When the same sources first give a different site, in seconds since 1970: the time at which
    /// a post is published or expires.
    pub fn until(&self) -> Option<i64> {
        self.linked.moments.1
    }

    /// Counts for the summary of a build.
    pub fn counts(&self) -> Counts {
        let graph = self.graph();
        let own = graph.published().map(|id| graph.own_pings(id, &self.config).count()).sum::<usize>();
        let received = graph.mentions.by_page.values().map(|mentions| mentions.pings.len()).sum::<usize>();
        Counts {
            pages: graph.published().count(),
            tags: graph.taxonomies.terms.iter().filter(|term| term.taxonomy.name == "tags").count(),
            citations: graph.backlinks.iter().flatten().map(|backlink| backlink.count).sum(),
            pings: own + received,
        }
    }

    /// Looks up a compiled article by its path.
    pub(super) fn document(&self, path: &SitePath) -> Option<&Document> {
        let at = self.documents.binary_search_by(|document| document.summary.path.cmp(path)).ok()?;
        Some(&self.documents[at])
    }

    /// Inputs of the views.
    pub(super) fn view_inputs<'a>(&'a self, templates: &'a TemplateSet) -> ViewInputs<'a> {
        ViewInputs {
            config: &self.config,
            appearance: &self.appearance,
            graph: self.graph(),
            documents: &self.documents,
            plan: self.plan(),
            sources: &self.sources,
            template_reads: templates,
        }
    }
}

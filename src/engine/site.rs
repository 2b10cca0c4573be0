//! A site, understood: everything but the rendered files.

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

/// A site, understood. Never changed: the next build makes the next one, and shares with this one
/// whatever is the same.
#[derive(Debug)]
pub struct Site {
    /// The files it was made of.
    pub sources: Sources,
    /// The settings.
    pub config: Arc<Config>,
    /// Style sheets, scripts and colours.
    pub appearance: Arc<Appearance>,
    /// The compiled articles, in the order of their paths.
    pub documents: Documents,
    /// The received mentions, in the order of their files.
    pub mentions: Vec<Arc<Mention>>,
    /// Problems found before rendering, sorted.
    pub diagnostics: Diagnostics,
    /// How long each stage took, in order.
    pub stages: Vec<(&'static str, Duration)>,
    /// Results that no earlier build had.
    pub recomputed: Recomputed,
    /// Fingerprints of what everything was made of.
    pub fingerprints: SiteFingerprints,
    pub(super) linked: Arc<LinkedSite>,
    pub(super) theme: Arc<CompiledTheme>,
}

/// Fingerprints of a site's inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteFingerprints {
    /// The options that articles are compiled with.
    pub options: Fingerprint,
    /// The texts of all articles.
    pub texts: Fingerprint,
}

/// Results of a build that no earlier build had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    /// The articles that were compiled.
    pub parsed: Vec<SitePath>,
    /// Whether the graph was made again.
    pub linked: bool,
    /// Whether the templates were compiled again.
    pub theme: bool,
}

/// The numbers of a build's summary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Posts and pages published.
    pub pages: usize,
    /// Tags in use.
    pub tags: usize,
    /// Links between articles.
    pub citations: usize,
    /// Pings that are shown, own ones and received ones.
    pub pings: usize,
}

impl Site {
    /// Who links to whom, and where every page stands.
    pub fn graph(&self) -> &Graph {
        &self.linked.graph
    }

    /// The files to publish.
    pub fn plan(&self) -> &Plan {
        &self.linked.plan
    }

    /// Whether both have the same graph and plan, so that the same files are published.
    pub fn has_plan_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.linked, &other.linked)
    }

    /// The first moment at which the same sources make another site, in seconds since 1970: when
    /// a post falls due or expires.
    pub fn until(&self) -> Option<i64> {
        self.linked.moments.1
    }

    /// The numbers of the build's summary.
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

    /// The compiled article of a file.
    pub(super) fn document(&self, path: &SitePath) -> Option<&Document> {
        let at = self.documents.binary_search_by(|document| document.summary.path.cmp(path)).ok()?;
        Some(&self.documents[at])
    }

    /// The values that views are made of.
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

//! The engine: Sources → [`Site`] → Outputs. Only this module knows every stage.
//!
//! Receives the sources and a request. Gives a [`Site`], and hands its files to a [`Sink`] as they
//! are rendered. Uses rayon. Never reads or writes files itself: reading is handed in as
//! [`ReadFiles`], and caches as [`ArtifactCache`].

mod advice;
pub mod calendar;
mod compile;
mod deferred;
mod evidence;
mod images;
mod memo;
mod progress;
mod publish;
mod read;
mod render;
mod render_cache;
pub mod sharing;
mod site;
mod social_image;
mod vanished;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pingmark_core::artifact::ArtifactCache;
use pingmark_core::config::LinkRule;
use pingmark_core::diag::{Code, Diagnostics};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::sources::{ReadFiles, SourceContent, Sources};
use pingmark_document::{Document, HeldBack};
use pingmark_render::page::unused_templates;
use pingmark_site::graph::{IncludeUnpublished, LinkInputs};
use pingmark_site::mention::Mention;

use crate::source::disk::Disk;
use memo::Memo;
use read::{
    copied_files, fingerprint_of_config, fingerprints_of_assets, read_appearance, read_bibliography,
    read_config,
};
use render_cache::RenderCache;

pub use compile::Documents;
pub use deferred::DeferredPages;
pub use progress::{Progress, ProgressSink};
pub use publish::all_diagnostics;
pub use render::{Rendered, Sink, WholeSitePages};
pub use render_cache::RenderReason;
pub use site::{Counts, Recomputed, Site, SiteFingerprints};
pub use vanished::vanished;

/// Options of a build that decide what the site is, besides the sources.
#[derive(Clone, Debug, Default, Hash)]
pub struct Request {
    /// Replaces the config's `base_url`.
    pub base_url: Option<String>,
    /// Replaces the config's `theme`.
    pub theme: Option<String>,
    /// Whether links that lead nowhere are warnings, whatever the config says.
    pub lenient: bool,
    /// Unpublished documents to include.
    pub shown: IncludeUnpublished,
    /// Whether to add advice: missing descriptions, orphans.
    pub advice: bool,
    /// Fingerprint of the program: another build of it renders everything again.
    pub program: Fingerprint,
    /// Whether the names of style sheets, scripts and icons have no content hash.
    pub plain_names: bool,
}

/// Options of an engine that do not change the site.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Reads the files that stay on disk until a stage needs them.
    pub files: Arc<dyn ReadFiles>,
    /// Whether to keep results for another build.
    pub remember: bool,
    /// Whether to render every file, and without the fingerprint that would let a later build keep
    /// it.
    pub without_cache: bool,
    /// Cache of social images.
    pub social_images: Option<Arc<dyn ArtifactCache>>,
    /// Cache of image versions and icons.
    pub images: Option<Arc<dyn ArtifactCache>>,
    /// Whether social images, image versions and icons are made on request instead of with the
    /// pages.
    pub defer_images: bool,
    /// Whether to specialize templates even for a small number of files.
    pub specialize: bool,
    /// Whether to record why each file is rendered.
    pub explain: bool,
    /// Called as images are made.
    pub progress: Option<ProgressSink>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            files: Arc::new(Disk),
            remember: false,
            without_cache: false,
            social_images: None,
            images: None,
            defer_images: false,
            specialize: false,
            explain: false,
            progress: None,
        }
    }
}

/// The engine: analyzes and renders sites, and keeps results for the next build.
#[derive(Debug, Default)]
pub struct Engine {
    options: EngineOptions,
    memo: Memo,
    render_cache: RenderCache,
}

/// Measures the stages of a build.
struct Stopwatch {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, now - self.last));
        self.last = now;
    }
}

/// Fingerprint of all inputs of a site, except for "now". Articles that have not been read yet do not
/// count.
pub fn fingerprint_of(sources: &Sources, request: &Request) -> Fingerprint {
    let files: Vec<(&SitePath, Fingerprint)> = sources
        .files
        .iter()
        .map(|(path, source)| match &source.content {
            SourceContent::Text(_, fingerprint) => (path, *fingerprint),
            SourceContent::OnDisk(fingerprint) => (path, fingerprint.unwrap_or_default()),
            SourceContent::Bytes(bytes) => (path, Fingerprint::of(bytes)),
            SourceContent::File(facts) => (path, Fingerprint::of_value(facts)),
            SourceContent::OtherMarkup => (path, Fingerprint::of(b"other markup")),
        })
        .collect();
    Fingerprint::of_value(&(request, files))
}

impl Engine {
    /// An engine without any results.
    pub fn new(options: EngineOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Adds documents compiled by an earlier run, each with the fingerprint of its text. `options` is
    /// the fingerprint of the options that they were compiled with.
    pub fn preload(&mut self, options: Fingerprint, documents: Vec<(Fingerprint, Arc<Document>)>) {
        self.memo.compiler.preload(options, documents);
    }

    /// Compiles, links and plans a site, and reuses results of the last build where possible.
    pub fn analyze(&mut self, mut sources: Sources, mut diagnostics: Diagnostics, request: &Request) -> Site {
        let (options, memo) = (&self.options, &mut self.memo);
        let files = &*options.files;
        let now = sources.now;
        let mut watch = Stopwatch::start();

        // Sources → Documents and mentions.
        let config = Arc::new(read_config(&sources, request, &mut diagnostics));
        let compiled = memo.compiler.compile(&mut sources, &config, files);
        let read = memo.mentions(&sources, &config, files, options.remember);
        let mentions: Vec<Arc<Mention>> = read.iter().filter_map(|read| read.mention.clone()).collect();
        watch.lap("compile");

        // Documents → Graph → Plan.
        let appearance = Arc::new(read_appearance(&sources, &config, &mut diagnostics));
        let inputs = LinkInputs {
            config: &config,
            bibliography: read_bibliography(&sources, &config, &mut diagnostics),
            include: request.shown,
            now: sources.now,
            files: copied_files(&sources, &compiled.beside),
            appearance: &appearance,
            fingerprints: if request.plain_names {
                BTreeMap::new()
            } else {
                fingerprints_of_assets(&sources)
            },
            mentions: &mentions,
            other_markup: &compiled.other_markup,
            told: memo.told(&sources, files, options.remember),
        };
        let config_fingerprint = fingerprint_of_config(&sources, request);
        let fingerprint = memo::of_graph(compiled.summaries, &sources, config_fingerprint, &inputs);
        let (linked, is_new_graph) = memo.linked(fingerprint, &compiled.documents, &inputs);
        watch.lap("link");

        // Theme and templates.
        let unused = unused_templates(&linked.plan, &linked.graph);
        let (theme, is_new_theme) = memo.theme(&sources, &config, config_fingerprint, &unused);
        watch.lap("theme");

        diagnostics.extend(compiled.unreadable);
        // Templates of editors and notes that lie in a folder of drafts need not be right.
        let is_set_aside = |document: &&Arc<Document>| {
            matches!(document.summary.meta.held_back, Some(HeldBack::Place(_))) && !request.shown.drafts
        };
        let told = compiled.problematic.iter().filter(|document| !is_set_aside(document));
        diagnostics.extend(told.flat_map(|document| document.diagnostics.iter().cloned()));
        diagnostics.extend(read.iter().flat_map(|mention| mention.diagnostics.iter().cloned()));
        diagnostics.extend(linked.diagnostics.iter().chain(&theme.diagnostics).cloned());
        diagnostics.extend(theme.unused(&compiled.documents));
        if config.settings.links == LinkRule::Warn {
            diagnostics.tolerate_dead_links();
        }
        if request.advice {
            diagnostics.extend(advice::advice(&linked.graph, &compiled.documents, now));
            diagnostics.extend(sharing::advice(&compiled.documents, &linked.graph, &config));
        } else {
            diagnostics.drop_advice();
        }
        if diagnostics.has_errors() {
            // Its pages may only be unreadable.
            diagnostics = diagnostics.into_iter().filter(|problem| problem.code != Code::SiteEmpty).collect();
        }
        diagnostics.sort();
        let fingerprints = SiteFingerprints { options: compiled.options, texts: compiled.texts };
        let recomputed = Recomputed { parsed: compiled.parsed, linked: is_new_graph, theme: is_new_theme };
        Site {
            sources,
            config,
            appearance,
            documents: compiled.documents,
            mentions,
            diagnostics,
            stages: watch.laps,
            recomputed,
            fingerprints,
            gives_advice: request.advice,
            linked,
            theme,
        }
    }
}

//! The line: Sources → Build, and then to disk. The one file that knows every stage.
//!
//! Receives the sources and a request. Gives a [`Build`], and publishes it. Uses rayon, for the
//! two places with parallelism. Never reads or writes by itself.

mod advice;
pub mod calendar;
mod card;
mod compile;
mod evidence;
mod images;
mod memo;
mod read;
mod render_cache;
mod rendering;
pub mod sharing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use pingmark_core::appearance::Appearance;
use pingmark_core::artifact::ArtifactCache;
use pingmark_core::config::Config;
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_core::sources::{ReadFiles, SourceContent, Sources};
use pingmark_document::{Document, Summary};
use pingmark_render::{TemplateSet, theme};
use pingmark_site::graph::{self, Graph, IncludeUnpublished, LinkInputs, Titles};
use pingmark_site::mention::{self, Mention};
use pingmark_site::plan::{self, Plan};

use crate::source::disk::Disk;
use advice::advice;
use images::ProgressSink;
use memo::{CompiledTheme, LinkedSite, Memo, ReadMention};
use read::{
    copied_files, fingerprint_of_config, fingerprints_of_dressing, read_bibliography, read_config, read_look,
};
use render_cache::RenderCache;

pub use compile::Documents;
pub use images::Progress;
pub use render_cache::RenderReason;
pub use rendering::Rendered;

/// What a build is asked for, beside the sources.
#[derive(Clone, Debug, Default, Hash)]
pub struct Request {
    /// Replaces the config's `base_url`.
    pub base_url: Option<String>,
    /// Replaces the config's `theme`.
    pub theme: Option<String>,
    /// Which documents are published that usually are not.
    pub shown: IncludeUnpublished,
    /// Whether to give advice too: missing descriptions, orphans.
    pub advice: bool,
    /// Whether to remember why each file is rendered.
    pub explains: bool,
    /// The fingerprint of the program: another one makes everything anew.
    pub program: Fingerprint,
    /// Whether style sheets, scripts and icons keep their names, whatever is in them.
    pub plain_names: bool,
}

/// The engine: what is worth keeping between two builds.
#[derive(Debug)]
pub struct Engine {
    /// Reads what is left on disk until a stage needs it.
    files: Arc<dyn ReadFiles>,
    memo: Mutex<Memo>,
    render_cache: Arc<Mutex<RenderCache>>,
    /// Whether there will be another build. Without one the program is about to end, and not
    /// everything is taken apart before.
    remembers: bool,
    /// Where cards are kept between builds.
    stash: Option<Arc<dyn ArtifactCache + Send>>,
    /// Where versions of images are.
    images: Option<Arc<dyn ArtifactCache + Send>>,
    /// Whether cards and images are not made with the pages.
    defer_images: bool,
    /// Whether templates are folded, however few files are made.
    folds: bool,
    /// Whether every file is made, whatever is there already.
    anew: bool,
    /// ProgressSink while images are made.
    progress: Option<ProgressSink>,
}

/// A site, understood: everything but the rendered files.
#[derive(Debug)]
pub struct Build {
    /// What it was made of.
    pub sources: Sources,
    /// The settings.
    pub config: Config,
    /// How pages are dressed, beside their templates.
    pub look: Appearance,
    /// The compiled files, in the order of their paths.
    pub documents: Documents,
    /// The fingerprint of the options that they were compiled with.
    pub options: Fingerprint,
    /// What came in from elsewhere, in the order of the files.
    pub mentions: Vec<Arc<Mention>>,
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// How long each stage took, in order.
    pub stages: Vec<(&'static str, Duration)>,
    /// What had to be done.
    pub work: Work,
    files: Arc<dyn ReadFiles>,
    stash: Option<Arc<dyn ArtifactCache + Send>>,
    images: Option<Arc<dyn ArtifactCache + Send>>,
    defer_images: bool,
    folds: bool,
    anew: bool,
    progress: Option<ProgressSink>,
    linked: Arc<LinkedSite>,
    dressed: Arc<CompiledTheme>,
    render_cache: Arc<Mutex<RenderCache>>,
    remembers: bool,
    /// Why each file was rendered, where that is asked for.
    reasons: Option<Mutex<Vec<(SitePath, RenderReason)>>>,
}

/// What a build had to do, and did not know already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The files that were compiled.
    pub parsed: Vec<SitePath>,
    /// Whether the graph was made again.
    pub linked: bool,
    /// Whether the templates were compiled again.
    pub dressed: bool,
}

/// Files that a thread takes on together. Of more, the last ones would keep one thread busy while
/// the others have nothing left to take.
const TARGETS_PER_TASK: usize = 16;

/// Measures the stages of a build.
struct Clock {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, now - self.last));
        self.last = now;
    }
}

/// Numbers of a build, for its last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Posts and pages published.
    pub pages: usize,
    /// Tags in use.
    pub tags: usize,
    /// Links between articles.
    pub citations: usize,
    /// Pings that are shown: those of the blog's own articles, and those that came in.
    pub pings: usize,
}

/// The fingerprint of everything a site is made of, but for the moment taken for now: once its texts have
/// been read.
pub fn fingerprint_of(sources: &Sources, request: &Request) -> Fingerprint {
    let files: Vec<(&SitePath, Fingerprint)> = sources
        .files
        .iter()
        .map(|(path, source)| match &source.content {
            SourceContent::Text(_, fingerprint) => (path, *fingerprint),
            SourceContent::Bytes(bytes) => (path, Fingerprint::of(bytes)),
            SourceContent::File(facts) => (path, Fingerprint::of_value(facts)),
            SourceContent::OnDisk(fingerprint) => (path, fingerprint.unwrap_or_default()),
        })
        .collect();
    Fingerprint::of_value(&(request, files))
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            files: Arc::new(Disk),
            memo: Mutex::default(),
            render_cache: Arc::default(),
            remembers: false,
            stash: None,
            images: None,
            defer_images: false,
            folds: false,
            anew: false,
            progress: None,
        }
    }
}

impl Engine {
    /// An engine that will build again, and keeps what the next build can use.
    pub fn remembering() -> Self {
        Self { remembers: true, ..Self::default() }
    }

    /// Makes known documents that were compiled another time, with options of this fingerprint, each
    /// with the fingerprint of its text.
    pub fn know(&self, options: Fingerprint, documents: Vec<(Fingerprint, Arc<Document>)>) {
        let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        memo.compiler.know(options, documents);
    }

    /// Notes that all files of the last rendering are shown, under a number that no others have.
    pub fn shown(&self, number: u64) {
        RenderCache::show(&self.render_cache, number);
    }

    /// The same, for a site that is looked at: its cards and images are made when they are asked
    /// for.
    pub fn deferring_images(self) -> Self {
        Self { defer_images: true, ..self }
    }

    /// The same, which folds templates as for thousands of files, however few are made.
    pub fn folding(self) -> Self {
        Self { folds: true, ..self }
    }

    /// The same, which makes every file, and leaves nothing by which another build could tell that it
    /// need not.
    pub fn anew(self) -> Self {
        Self { anew: true, ..self }
    }

    /// The same, with a place for the cards that earlier builds drew.
    pub fn keeping(self, stash: Arc<dyn ArtifactCache + Send>) -> Self {
        Self { stash: Some(stash), ..self }
    }

    /// The same, with a place for the versions of images that earlier builds made.
    pub fn keeping_images(self, stash: Arc<dyn ArtifactCache + Send>) -> Self {
        Self { images: Some(stash), ..self }
    }

    /// The same, with somebody who is told how many images are made, of how many.
    pub fn telling(self, progress: Arc<Progress>) -> Self {
        Self { progress: Some(ProgressSink(progress)), ..self }
    }

    /// Reads, compiles, links and plans a site: as much of it as is not known already.
    pub fn understand(&self, mut sources: Sources, mut diagnostics: Diagnostics, request: &Request) -> Build {
        let mut clock = Clock::start();
        let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        let config = read_config(&sources, request, &mut diagnostics);
        let config_fingerprint = fingerprint_of_config(&sources, request);
        let compiled = memo.compiler.compile(&mut sources, &config, &*self.files);
        let documents = compiled.documents;
        diagnostics.extend(compiled.unreadable);
        diagnostics.extend(compiled.telling.iter().flat_map(|document| document.diagnostics.iter().cloned()));
        let read = self.read_mentions(&sources, &config, &mut memo);
        diagnostics.extend(read.iter().flat_map(|mention| mention.diagnostics.iter().cloned()));
        let mentions: Vec<Arc<Mention>> = read.iter().filter_map(|read| read.mention.clone()).collect();
        clock.lap("compile");
        let look = read_look(&sources, &config, &mut diagnostics);
        let facts = LinkInputs {
            config: &config,
            bibliography: read_bibliography(&sources, &config, &mut diagnostics),
            include: request.shown,
            now: sources.now,
            files: copied_files(&sources, &compiled.beside),
            appearance: &look,
            fingerprints: if request.plain_names {
                BTreeMap::new()
            } else {
                fingerprints_of_dressing(&sources)
            },
            mentions: &mentions,
        };
        let mut work = Work { parsed: compiled.parsed, ..Work::default() };
        let fingerprint = memo::of_graph(compiled.summaries, &sources, config_fingerprint, &facts);
        let now = sources.now.as_second();
        let titles = || documents.iter().map(|document| document.teaser.title.as_str());
        let fingerprint_of_titles = || Fingerprint::of_value(&titles().collect::<Vec<_>>());
        let same_titles = |fingerprint: Option<Fingerprint>| {
            fingerprint.is_none_or(|fingerprint| fingerprint == fingerprint_of_titles())
        };
        let known = memo.linked.take();
        let known = known.filter(|known| known.fingerprint == fingerprint && known.holds_at(now));
        let known = known.filter(|known| same_titles(known.titles));
        let linked = match known {
            Some(linked) => linked,
            None => {
                work.linked = true;
                let summaries: Vec<Arc<Summary>> =
                    documents.iter().map(|document| document.summary.clone()).collect();
                let titles = Titles::new(titles().collect());
                let (graph, mut diagnostics) = graph::link(&summaries, &titles, &facts);
                let (plan, more) = plan::plan(&graph, &config);
                diagnostics.extend(more);
                let titles = titles.were_asked().then(fingerprint_of_titles);
                let moments = (now, memo::until(&documents, now));
                Arc::new(LinkedSite { fingerprint, moments, titles, graph, plan, diagnostics })
            }
        };
        memo.linked = Some(linked.clone());
        diagnostics.extend(linked.diagnostics.iter().cloned());
        clock.lap("link");
        let idle = pingmark_render::page::idle_templates(&linked.plan, &linked.graph);
        let fingerprint = memo::of_dress(&sources, config_fingerprint, &idle);
        let dressed = match memo.dressed.take().filter(|dressed| dressed.fingerprint == fingerprint) {
            Some(dressed) => dressed,
            None => {
                work.dressed = true;
                Arc::new(compile_theme(&sources, &config, &idle, fingerprint))
            }
        };
        memo.dressed = Some(dressed.clone());
        diagnostics.extend(dressed.diagnostics.iter().cloned());
        if request.advice {
            diagnostics.extend(advice(&linked.graph, &documents));
            diagnostics.extend(sharing::advice(&documents, &linked.graph, &config));
        }
        clock.lap("theme");
        diagnostics.sort();
        let (render_cache, remembers) = (self.render_cache.clone(), self.remembers);
        let stages = clock.laps;
        Build {
            sources,
            config,
            look,
            documents,
            options: compiled.options,
            mentions,
            diagnostics,
            stages,
            work,
            files: self.files.clone(),
            stash: self.stash.clone(),
            images: self.images.clone(),
            defer_images: self.defer_images,
            folds: self.folds,
            anew: self.anew,
            progress: self.progress.clone(),
            linked,
            dressed,
            render_cache,
            remembers,
            reasons: request.explains.then(Mutex::default),
        }
    }

    /// What came in from elsewhere, file by file.
    fn read_mentions(&self, sources: &Sources, config: &Config, memo: &mut Memo) -> Vec<Arc<ReadMention>> {
        let files: Vec<_> =
            sources.below(site_files::MENTIONS).filter(|(path, ..)| site_files::is_mention(path)).collect();
        let zone = &config.timezone;
        let known = &*memo;
        let read: Vec<(SitePath, Arc<ReadMention>)> = files
            .into_par_iter()
            .filter_map(|(path, _, source)| {
                let fingerprint =
                    Fingerprint::of_value(&(source.content.text_fingerprint()?, zone.iana_name()));
                let read = match known.mention(path, fingerprint) {
                    Some(read) => read,
                    None => {
                        let (mention, diagnostics) =
                            mention::read(path, &source.read_text(&*self.files)?, zone);
                        Arc::new(ReadMention { fingerprint, mention: mention.map(Arc::new), diagnostics })
                    }
                };
                Some((path.clone(), read))
            })
            .collect();
        let mentions = read.iter().map(|(_, read)| read.clone()).collect();
        if self.remembers {
            memo.mentions = read.into_iter().collect();
        }
        mentions
    }
}

/// The theme and its templates.
fn compile_theme(
    sources: &Sources,
    config: &Config,
    idle: &[&str],
    fingerprint: Fingerprint,
) -> CompiledTheme {
    let mut diagnostics = Vec::new();
    let languages: Vec<String> = config.languages.iter().map(|language| language.code.clone()).collect();
    let theme = theme::load(sources, &config.settings.theme, &languages, &mut diagnostics);
    let templates = match TemplateSet::compile(&theme, config, idle) {
        Ok(templates) => Some(templates),
        Err(problems) => {
            diagnostics.extend(problems);
            None
        }
    };
    CompiledTheme { fingerprint, theme, templates, diagnostics }
}

impl Build {
    /// The site as a whole.
    pub fn graph(&self) -> &Graph {
        &self.linked.graph
    }

    /// What will be published.
    pub fn plan(&self) -> &Plan {
        &self.linked.plan
    }

    /// The numbers of the last line.
    pub fn counts(&self) -> Counts {
        let graph = self.graph();
        let own = graph.published().map(|id| graph.own_pings(id, &self.config).count()).sum::<usize>();
        let received = graph.mentions.by_page.values().map(|mentions| mentions.pings.len()).sum::<usize>();
        Counts {
            pages: graph.published().count(),
            tags: graph.taxonomies.terms.iter().filter(|term| term.taxonomy.name == "tags").count(),
            citations: graph.backlinks.iter().flatten().map(|citation| citation.count).sum(),
            pings: own + received,
        }
    }

    fn document(&self, path: &SitePath) -> Option<&Document> {
        let at = self.documents.binary_search_by(|document| document.summary.path.cmp(path)).ok()?;
        Some(&self.documents[at])
    }
}

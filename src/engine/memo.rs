//! Results kept for the next build, each with the fingerprint of all its inputs.
//!
//! A result is reused if the fingerprint of its inputs is the same. Which files changed does not
//! matter here.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::config::Config;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_core::sources::{ReadFiles, Sources};
use pingmark_document::{Document, Summary};
use pingmark_linkback::Ledger;
use pingmark_render::template::theme;
use pingmark_render::{TemplateSet, Theme};
use pingmark_site::graph::{self, Graph, LinkInputs, Linked};
use pingmark_site::mention::{self, Mention};
use pingmark_site::plan::{self, Plan};

use super::compile::Compiler;

/// Results of the last build.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// Compiled articles.
    pub compiler: Compiler,
    mentions: HashMap<SitePath, Arc<ReadMention>>,
    ledgers: HashMap<SitePath, ReadLedger>,
    linked: Option<Arc<LinkedSite>>,
    theme: Option<Arc<CompiledTheme>>,
}

/// A parsed file of `mentions/`.
#[derive(Debug)]
pub(super) struct ReadMention {
    fingerprint: Fingerprint,
    pub mention: Option<Arc<Mention>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A parsed file of `outbox/`.
#[derive(Clone, Debug)]
struct ReadLedger {
    fingerprint: Fingerprint,
    /// Address of the post, if it told another site about itself.
    told: Option<String>,
}

/// The graph of a site and its plan.
#[derive(Debug)]
pub(super) struct LinkedSite {
    pub fingerprint: Fingerprint,
    /// The "now" it was made for, and the time from which it is outdated, in seconds since 1970.
    pub moments: (i64, Option<i64>),
    /// Fingerprint of all titles, if a link was resolved by title.
    titles: Option<Fingerprint>,
    pub graph: Graph,
    pub plan: Plan,
    pub diagnostics: Vec<Diagnostic>,
}

/// A theme with its compiled templates.
#[derive(Debug)]
pub(super) struct CompiledTheme {
    pub fingerprint: Fingerprint,
    pub theme: Theme,
    /// The templates; `None` if one of them has a syntax error.
    pub templates: Option<TemplateSet>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Memo {
    /// Parses mention files, in parallel. With `remember`, keeps the results for the next build.
    pub(super) fn mentions(
        &mut self,
        sources: &Sources,
        config: &Config,
        files: &dyn ReadFiles,
        remember: bool,
    ) -> Vec<Arc<ReadMention>> {
        let zone = &config.timezone;
        let below = sources.below(site_files::MENTIONS);
        let found: Vec<_> = below.filter(|(path, ..)| site_files::is_mention(path)).collect();
        let known = &self.mentions;
        let read = found.into_par_iter().filter_map(|(path, _, source)| {
            let text = source.content.text_fingerprint()?;
            let fingerprint = Fingerprint::of_value(&(text, zone.iana_name()));
            let read = match known.get(path).filter(|known| known.fingerprint == fingerprint) {
                Some(known) => known.clone(),
                None => {
                    let (mention, diagnostics) = mention::read(path, &source.read_text(files)?, zone);
                    Arc::new(ReadMention { fingerprint, mention: mention.map(Arc::new), diagnostics })
                }
            };
            Some((path.clone(), read))
        });
        let read: Vec<(SitePath, Arc<ReadMention>)> = read.collect();
        let mentions = read.iter().map(|(_, read)| read.clone()).collect();
        if remember {
            self.mentions = read.into_iter().collect();
        }
        mentions
    }

    /// Addresses of posts that told other sites about themselves, from the ledgers, in parallel. A ledger that
    /// cannot be read is the concern of `ping`. With `remember`, keeps the results for the next build.
    pub(super) fn told(&mut self, sources: &Sources, files: &dyn ReadFiles, remember: bool) -> Vec<String> {
        let below = sources.below(site_files::OUTBOX);
        let found: Vec<_> = below.filter(|(path, ..)| !path.name().starts_with('_')).collect();
        let known = &self.ledgers;
        let read = found.into_par_iter().filter_map(|(path, _, source)| {
            let fingerprint = source.content.text_fingerprint()?;
            let read = match known.get(path).filter(|known| known.fingerprint == fingerprint) {
                Some(known) => known.clone(),
                None => ReadLedger { fingerprint, told: told(&source.read_text(files)?) },
            };
            Some((path.clone(), read))
        });
        let read: Vec<(SitePath, ReadLedger)> = read.collect();
        let addresses = read.iter().filter_map(|(_, read)| read.told.clone()).collect();
        if remember {
            self.ledgers = read.into_iter().collect();
        }
        addresses
    }

    /// Graph and plan, and whether they were made anew. `fingerprint` covers all inputs except
    /// titles and "now".
    pub(super) fn linked(
        &mut self,
        fingerprint: Fingerprint,
        documents: &[Arc<Document>],
        inputs: &LinkInputs<'_>,
    ) -> (Arc<LinkedSite>, bool) {
        let now = inputs.now.as_second();
        let titles = || documents.iter().map(|document| document.teaser.title.as_str()).collect::<Vec<_>>();
        let fingerprint_of_titles = || Fingerprint::of_value(&titles());
        let holds = |known: &Arc<LinkedSite>| {
            known.fingerprint == fingerprint
                && known.holds_at(now)
                && known.titles.is_none_or(|used| used == fingerprint_of_titles())
        };
        if let Some(known) = self.linked.as_ref().filter(|known| holds(known)) {
            return (known.clone(), false);
        }
        let summaries: Vec<Arc<Summary>> =
            documents.iter().map(|document| document.summary.clone()).collect();
        let Linked { graph, used_titles, mut diagnostics } = graph::link(&summaries, &titles(), inputs);
        let (plan, more) = plan::plan(&graph, inputs.config);
        diagnostics.extend(more);
        let titles = used_titles.then(fingerprint_of_titles);
        let moments = (now, until(documents, now));
        let linked = Arc::new(LinkedSite { fingerprint, moments, titles, graph, plan, diagnostics });
        self.linked = Some(linked.clone());
        (linked, true)
    }

    /// The theme with its templates, and whether it was compiled anew. `unused` lists the templates
    /// that no file needs.
    pub(super) fn theme(
        &mut self,
        sources: &Sources,
        config: &Config,
        config_fingerprint: Fingerprint,
        unused: &[&str],
    ) -> (Arc<CompiledTheme>, bool) {
        let fingerprint = of_theme(sources, config_fingerprint, unused);
        if let Some(known) = self.theme.as_ref().filter(|known| known.fingerprint == fingerprint) {
            return (known.clone(), false);
        }
        let theme = Arc::new(compile_theme(sources, config, unused, fingerprint));
        self.theme = Some(theme.clone());
        (theme, true)
    }
}

impl CompiledTheme {
    /// Templates of the site that nothing uses.
    pub(super) fn unused(&self, documents: &[Arc<Document>]) -> Vec<Diagnostic> {
        let Some(templates) = self.templates.as_ref().filter(|templates| templates.has_unusual()) else {
            return Vec::new();
        };
        let named =
            documents.iter().filter_map(|document| document.summary.meta.template.as_deref()).collect();
        let unused = templates.unreached(&named);
        unused.into_iter().map(|path| catalogue::template_unused(path, &templates.names())).collect()
    }
}

impl LinkedSite {
    /// Whether the same documents are published at this time.
    fn holds_at(&self, now: i64) -> bool {
        let (from, until) = self.moments;
        from <= now && until.is_none_or(|until| now < until)
    }
}

fn compile_theme(
    sources: &Sources,
    config: &Config,
    unused: &[&str],
    fingerprint: Fingerprint,
) -> CompiledTheme {
    let mut diagnostics = Vec::new();
    let languages: Vec<String> = config.languages.iter().map(|language| language.code.clone()).collect();
    let theme = theme::load(sources, config, &languages, &mut diagnostics);
    let templates = pingmark_render::compile(&theme, config, unused);
    let templates = templates.map_err(|problems| diagnostics.extend(problems)).ok();
    CompiledTheme { fingerprint, theme, templates, diagnostics }
}

/// The first time after `now` at which a document is published or expires.
fn until(documents: &[Arc<Document>], now: i64) -> Option<i64> {
    let dates = documents.iter().flat_map(|document| {
        let meta = &document.summary.meta;
        [meta.date, meta.expires]
    });
    dates.flatten().map(|date| date.instant).filter(|instant| *instant > now).min()
}

/// Fingerprint of the inputs of a graph except titles and "now": summaries, included unpublished
/// documents, configuration, and other sources that the graph may read.
pub(super) fn of_graph(
    summaries: Fingerprint,
    sources: &Sources,
    config: Fingerprint,
    inputs: &LinkInputs<'_>,
) -> Fingerprint {
    let (before, after) = sources.files_around("content");
    let texts = before.chain(after).filter(|(path, _)| !is_of_theme(path));
    let texts: Vec<_> =
        texts.filter_map(|(path, source)| Some((path, source.content.text_fingerprint()?))).collect();
    Fingerprint::of_value(&(
        config,
        summaries,
        inputs.include,
        texts,
        &inputs.files,
        &inputs.fingerprints,
        inputs.appearance,
        inputs.other_markup,
    ))
}

/// Fingerprint of the inputs of a theme: its files, the site's templates and `data/`.
fn of_theme(sources: &Sources, config: Fingerprint, unused: &[&str]) -> Fingerprint {
    let texts: Vec<_> = ["data", "templates", "themes"]
        .into_iter()
        .flat_map(|folder| sources.below(folder))
        .filter_map(|(path, _, source)| Some((path, source.content.text_fingerprint()?)))
        .collect();
    Fingerprint::of_value(&(config, texts, unused))
}

/// Whether a file belongs to templates or a theme, which the graph does not read.
fn is_of_theme(path: &SitePath) -> bool {
    matches!(path.components().next(), Some("templates" | "themes"))
}

/// Address of the post whose ledger this is, if it told another site about itself.
fn told(text: &str) -> Option<String> {
    let ledger = Ledger::read(text).ok()?;
    ledger.targets.values().any(|told| told.since.is_some()).then_some(ledger.source)
}

//! Results kept between two builds, each with the fingerprint of everything it was made of.
//!
//! Equal fingerprints stand for equal results. Nothing here looks at which files changed, or
//! guesses what a change could touch.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::config::Config;
use pingmark_core::diag::Diagnostic;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_core::sources::{ReadFiles, Sources};
use pingmark_document::{Document, Summary};
use pingmark_render::template::theme;
use pingmark_render::{TemplateSet, Theme};
use pingmark_site::graph::{self, Graph, LinkInputs, Titles};
use pingmark_site::mention::{self, Mention};
use pingmark_site::plan::{self, Plan};

use super::compile::Compiler;

/// The tables.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// The compiled articles of the last build.
    pub compiler: Compiler,
    mentions: HashMap<SitePath, Arc<ReadMention>>,
    linked: Option<Arc<LinkedSite>>,
    theme: Option<Arc<CompiledTheme>>,
}

/// A file of `mentions/`, read.
#[derive(Debug)]
pub(super) struct ReadMention {
    fingerprint: Fingerprint,
    pub mention: Option<Arc<Mention>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The graph of a site, and the plan made of it.
#[derive(Debug)]
pub(super) struct LinkedSite {
    pub fingerprint: Fingerprint,
    /// The moment it was made at, and the first at which it would be another, in seconds since
    /// 1970.
    pub moments: (i64, Option<i64>),
    /// The fingerprint of all titles, where a link was found by one.
    titles: Option<Fingerprint>,
    pub graph: Graph,
    pub plan: Plan,
    pub diagnostics: Vec<Diagnostic>,
}

/// A theme and its templates.
#[derive(Debug)]
pub(super) struct CompiledTheme {
    pub fingerprint: Fingerprint,
    pub theme: Theme,
    /// The templates, unless one of them has a syntax error.
    pub templates: Option<TemplateSet>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Memo {
    /// The received mentions, file by file. With `remember`, they are kept for the next build.
    pub fn mentions(
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

    /// The graph and the plan, and whether they had to be made. `fingerprint` is that of everything
    /// they are made of but titles and the moment.
    pub fn linked(
        &mut self,
        fingerprint: Fingerprint,
        documents: &[Arc<Document>],
        inputs: &LinkInputs<'_>,
    ) -> (Arc<LinkedSite>, bool) {
        let now = inputs.now.as_second();
        let titles = || documents.iter().map(|document| document.teaser.title.as_str());
        let fingerprint_of_titles = || Fingerprint::of_value(&titles().collect::<Vec<_>>());
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
        let table = Titles::new(titles().collect());
        let (graph, mut diagnostics) = graph::link(&summaries, &table, inputs);
        let (plan, more) = plan::plan(&graph, inputs.config);
        diagnostics.extend(more);
        let titles = table.were_asked().then(fingerprint_of_titles);
        let moments = (now, until(documents, now));
        let linked = Arc::new(LinkedSite { fingerprint, moments, titles, graph, plan, diagnostics });
        self.linked = Some(linked.clone());
        (linked, true)
    }

    /// The theme with its templates, and whether it had to be compiled. `unused` are templates that no
    /// file is made with.
    pub fn theme(
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

impl LinkedSite {
    /// Whether the same documents are published and held back at this moment.
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
    let theme = theme::load(sources, &config.settings.theme, &languages, &mut diagnostics);
    let templates = pingmark_render::compile(&theme, config, unused);
    let templates = templates.map_err(|problems| diagnostics.extend(problems)).ok();
    CompiledTheme { fingerprint, theme, templates, diagnostics }
}

/// The first moment after `now` at which one of these documents falls due or expires.
fn until(documents: &[Arc<Document>], now: i64) -> Option<i64> {
    let dates = documents.iter().flat_map(|document| {
        let meta = &document.summary.meta;
        [meta.date, meta.expires]
    });
    dates.flatten().map(|date| date.instant).filter(|instant| *instant > now).min()
}

/// The fingerprint of what a graph is made of, but for titles and the moment: the summaries, which
/// unpublished documents are shown, the config and the other sources that the graph may know.
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
    ))
}

/// The fingerprint of the texts that templates and their words are made of, `data/` among them.
fn of_theme(sources: &Sources, config: Fingerprint, unused: &[&str]) -> Fingerprint {
    let texts: Vec<_> = ["data", "templates", "themes"]
        .into_iter()
        .flat_map(|folder| sources.below(folder))
        .filter_map(|(path, _, source)| Some((path, source.content.text_fingerprint()?)))
        .collect();
    Fingerprint::of_value(&(config, texts, unused))
}

/// Whether a file belongs to templates or a theme: the graph knows nothing of those.
fn is_of_theme(path: &SitePath) -> bool {
    matches!(path.components().next(), Some("templates" | "themes"))
}

//! What is worth keeping between two builds, each with the fingerprint of everything it was made of.
//!
//! A print that is the same stands for a result that is the same; nothing here looks at what
//! changed, or tries to guess what a change could touch.

use std::collections::HashMap;
use std::sync::Arc;

use pingmark_core::diag::Diagnostic;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::sources::Sources;
use pingmark_document::Document;
use pingmark_render::{TemplateSet, Theme};
use pingmark_site::graph::{Graph, LinkInputs};
use pingmark_site::mention::Mention;
use pingmark_site::plan::Plan;

use super::compile::Compiler;

/// The tables.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// The compiled files of the last build.
    pub compiler: Compiler,
    /// The mentions that were read for the last build.
    pub mentions: HashMap<SitePath, Arc<ReadMention>>,
    /// The last graph and plan.
    pub linked: Option<Arc<LinkedSite>>,
    /// The last theme.
    pub dressed: Option<Arc<CompiledTheme>>,
}

/// A file of `mentions/`, read, with what there was to tell about it.
#[derive(Debug)]
pub(super) struct ReadMention {
    pub fingerprint: Fingerprint,
    pub mention: Option<Arc<Mention>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A graph and its plan, with what there was to tell about them.
#[derive(Debug)]
pub(super) struct LinkedSite {
    pub fingerprint: Fingerprint,
    /// The moment it was made at, and the first at which it would be another, in seconds since
    /// 1970.
    pub moments: (i64, Option<i64>),
    /// The fingerprint of the titles, where they had a part in it.
    pub titles: Option<Fingerprint>,
    pub graph: Graph,
    pub plan: Plan,
    pub diagnostics: Vec<Diagnostic>,
}

/// A theme and its templates, with what there was to tell about them.
#[derive(Debug)]
pub(super) struct CompiledTheme {
    pub fingerprint: Fingerprint,
    pub theme: Theme,
    pub templates: Option<TemplateSet>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Memo {
    /// The mention that a file holds, if its text and the site's clock are the same.
    pub fn mention(&self, path: &SitePath, fingerprint: Fingerprint) -> Option<Arc<ReadMention>> {
        self.mentions.get(path).filter(|known| known.fingerprint == fingerprint).cloned()
    }
}

impl LinkedSite {
    /// Whether the same documents are published and held back at this moment.
    pub fn holds_at(&self, now: i64) -> bool {
        let (from, until) = self.moments;
        from <= now && until.is_none_or(|until| now < until)
    }
}

/// The first moment after now at which one of these documents falls due, or its time is over.
pub(super) fn until(documents: &[Arc<Document>], now: i64) -> Option<i64> {
    let dates = documents.iter().flat_map(|document| {
        let meta = &document.summary.meta;
        [meta.date, meta.expires]
    });
    dates.flatten().map(|date| date.instant).filter(|instant| *instant > now).min()
}

/// The fingerprint of what a graph is made of, but for the moment: the summaries, which documents are
/// shown that usually are not, the config and the other sources that the graph may know.
pub(super) fn of_graph(
    summaries: Fingerprint,
    sources: &Sources,
    config: Fingerprint,
    facts: &LinkInputs<'_>,
) -> Fingerprint {
    let (before, after) = sources.files_around("content");
    let texts = before.chain(after).filter(|(path, _)| !is_dress(path));
    let texts: Vec<_> =
        texts.filter_map(|(path, source)| Some((path, source.content.text_fingerprint()?))).collect();
    Fingerprint::of_value(&(
        config,
        summaries,
        facts.include,
        texts,
        &facts.files,
        &facts.fingerprints,
        facts.appearance,
    ))
}

/// The fingerprint of what templates and their words are made of, those of `data/` among them.
pub(super) fn of_dress(sources: &Sources, config: Fingerprint, idle: &[&str]) -> Fingerprint {
    let texts: Vec<_> = ["data", "templates", "themes"]
        .into_iter()
        .flat_map(|folder| sources.below(folder))
        .filter_map(|(path, _, source)| Some((path, source.content.text_fingerprint()?)))
        .collect();
    Fingerprint::of_value(&(config, texts, idle))
}

/// Templates, themes and their words: the graph knows nothing of them.
fn is_dress(path: &SitePath) -> bool {
    matches!(path.components().next(), Some("templates" | "themes"))
}

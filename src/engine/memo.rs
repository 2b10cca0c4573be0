//! What is worth keeping between two builds, each with the print of everything it was made of.
//!
//! A print that is the same stands for a result that is the same; nothing here looks at what
//! changed, or tries to guess what a change could touch.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::document::Document;
use crate::fingerprint::Fingerprint;
use crate::graph::{self, Facts, Graph};
use crate::mention::Mention;
use crate::path::SitePath;
use crate::plan::Plan;
use crate::render::{TemplateSet, Theme};
use crate::source::Sources;

/// The tables.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// The compiled files of the last build, each with the print of its text.
    documents: HashMap<SitePath, (Fingerprint, Arc<Document>)>,
    /// The options that they were compiled with.
    options: Fingerprint,
    /// The mentions that were read for the last build.
    pub mentions: HashMap<SitePath, Arc<ReadMention>>,
    /// The last graph and plan.
    pub linked: Option<Arc<Linked>>,
    /// The last theme.
    pub dressed: Option<Arc<Dressed>>,
}

/// A file of `mentions/`, read, with what there was to tell about it.
#[derive(Debug)]
pub(super) struct ReadMention {
    pub print: Fingerprint,
    pub mention: Option<Arc<Mention>>,
    pub told: Vec<Diagnostic>,
}

/// A graph and its plan, with what there was to tell about them.
#[derive(Debug)]
pub(super) struct Linked {
    pub print: Fingerprint,
    pub graph: Graph,
    pub plan: Plan,
    pub told: Vec<Diagnostic>,
}

/// A theme and its templates, with what there was to tell about them.
#[derive(Debug)]
pub(super) struct Dressed {
    pub print: Fingerprint,
    pub theme: Theme,
    pub templates: Option<TemplateSet>,
    pub told: Vec<Diagnostic>,
}

impl Memo {
    /// Forgets documents that were compiled with other options.
    pub fn meant_for(&mut self, options: Fingerprint) {
        if self.options != options {
            self.documents.clear();
            self.options = options;
        }
    }

    /// The document that a text became, if it is the same text.
    pub fn document(&self, path: &SitePath, text: Fingerprint) -> Option<Arc<Document>> {
        self.documents.get(path).filter(|(known, _)| *known == text).map(|(_, document)| document.clone())
    }

    /// The mention that a file holds, if its text and the site's clock are the same.
    pub fn mention(&self, path: &SitePath, print: Fingerprint) -> Option<Arc<ReadMention>> {
        self.mentions.get(path).filter(|known| known.print == print).cloned()
    }

    /// Adds documents, each with the print of its text. With all those of a build, the others are
    /// forgotten.
    pub fn keep(&mut self, fresh: Vec<(Fingerprint, Arc<Document>)>, all: Option<&[Arc<Document>]>) {
        let fresh = fresh.into_iter();
        self.documents
            .extend(fresh.map(|(print, document)| (document.summary.path.clone(), (print, document))));
        if let Some(all) = all.filter(|all| self.documents.len() > all.len()) {
            let is_there =
                |path: &SitePath| all.binary_search_by(|document| document.summary.path.cmp(path)).is_ok();
            self.documents.retain(|path, _| is_there(path));
        }
    }
}

/// The print of what a graph is made of: the summaries, which of them are held back at this
/// moment, the config and the other sources that the graph may know.
pub(super) fn of_graph(
    documents: &[Arc<Document>],
    sources: &Sources,
    config: Fingerprint,
    facts: &Facts<'_>,
) -> Fingerprint {
    let summaries: Vec<_> = documents
        .iter()
        .map(|document| (document.summary_print, graph::held_back(&document.summary, facts)))
        .collect();
    let texts: Vec<_> = sources
        .files
        .iter()
        .filter(|(path, _)| !is_dress(path) && path.below("content").is_none())
        .filter_map(|(path, source)| Some((path, source.content.text_print()?)))
        .collect();
    Fingerprint::of_value(&(config, summaries, texts, &facts.files, &facts.prints, facts.look))
}

/// The print of what templates and their words are made of, those of `data/` among them.
pub(super) fn of_dress(sources: &Sources, config: Fingerprint, idle: &[&str]) -> Fingerprint {
    let texts: Vec<_> = ["data", "templates", "themes"]
        .into_iter()
        .flat_map(|folder| sources.below(folder))
        .filter_map(|(path, _, source)| Some((path, source.content.text_print()?)))
        .collect();
    Fingerprint::of_value(&(config, texts, idle))
}

/// Templates, themes and their words: the graph knows nothing of them.
fn is_dress(path: &SitePath) -> bool {
    matches!(path.components().next(), Some("templates" | "themes"))
}

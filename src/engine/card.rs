//! Cards: one that is asked for by itself, those that are drawn when a reader wants them, and
//! which of the kept ones are in use.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use pingmark_core::appearance::Look;
use pingmark_core::artifact::{Content, Later, Stash};
use pingmark_core::config::{CardFormat, Config};
use pingmark_core::diag::{Diagnostic, Diagnostics, Severity};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_render::card::{CardFacts, CardView, render};
use pingmark_render::{Site, TemplateSet, Views, view};

use super::Build;
use super::memo::Dressed;

impl Build {
    /// The card of a post, by its slug, or what keeps it from being made. `None` when there is no
    /// such post.
    pub fn card(&self, slug: &str, format: CardFormat) -> Option<(Option<Vec<u8>>, Diagnostics)> {
        let templates = self.dressed.templates.as_ref()?;
        let graph = self.graph();
        let id = graph.published().find(|id| graph.page(*id).slug == slug)?;
        let terms = view::term_cards(graph, &self.config);
        let cards = view::Cards::new(graph, self.plan(), &self.config, &self.documents, &terms);
        let views = Views::new(self.material(templates), &terms, &cards);
        let site = Site::new(&self.config, &self.look, templates, &self.dressed.theme, &[]);
        let (content, told) = render(&views.card_picture(id, format), &site);
        let bytes = bytes_of(content);
        // Whoever asked for this one does not get it: that is more than a warning.
        let severity = |told: Diagnostic| match bytes {
            Some(_) => told,
            None => Diagnostic { severity: Severity::Error, ..told },
        };
        let told = told.into_iter().map(severity).collect();
        Some((bytes, told))
    }

    /// What views are made of.
    pub(super) fn material<'a>(&'a self, templates: &'a TemplateSet) -> view::Material<'a> {
        view::Material {
            config: &self.config,
            look: &self.look,
            graph: self.graph(),
            documents: &self.documents,
            plan: self.plan(),
            sources: &self.sources,
            templates,
        }
    }
}

fn bytes_of(content: Option<Content>) -> Option<Vec<u8>> {
    match content {
        Some(Content::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// Draws the cards of a site when they are asked for.
#[derive(Clone)]
pub(super) struct Easel {
    config: Arc<Config>,
    look: Arc<Look>,
    dressed: Arc<Dressed>,
    stash: Option<Arc<dyn Stash + Send>>,
}

/// A card that is drawn when it is asked for.
struct LaterCard {
    easel: Easel,
    facts: CardFacts,
    print: Fingerprint,
}

impl Easel {
    /// That of a build.
    pub fn new(build: &Build) -> Self {
        Self {
            config: Arc::new(build.config.clone()),
            look: Arc::new(build.look.clone()),
            dressed: build.dressed.clone(),
            stash: build.stash.clone(),
        }
    }

    /// A card, with the print of all that it is made of.
    pub fn later(&self, view: &CardView<'_>, print: Fingerprint) -> Content {
        Content::Later(Arc::new(LaterCard { easel: self.clone(), facts: view.facts(), print }))
    }
}

impl Later for LaterCard {
    fn print(&self) -> Fingerprint {
        self.print
    }

    fn make(&self) -> Option<Vec<u8>> {
        let Easel { config, look, dressed, stash } = &self.easel;
        let mut site = Site::new(config, look, dressed.templates.as_ref()?, &dressed.theme, &[]);
        site.stash = stash.as_deref().map(|stash| stash as &dyn Stash);
        bytes_of(render(&self.facts.view(), &site).0)
    }
}

impl fmt::Debug for LaterCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaterCard").field("facts", &self.facts).finish_non_exhaustive()
    }
}

/// The cards that are kept, and which of them were asked for.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    stash: &'a (dyn Stash + Send),
    prints: Mutex<Vec<Fingerprint>>,
}

impl<'a> Asked<'a> {
    pub fn new(stash: &'a (dyn Stash + Send)) -> Self {
        Self { stash, prints: Mutex::default() }
    }

    /// Lets go what was not asked for, if everything there is was: a build that finds most cards
    /// in the output folder does not know what they are made of.
    pub fn sweep(self, all: usize) {
        let prints = self.prints.into_inner().unwrap_or_else(PoisonError::into_inner);
        if prints.len() >= all {
            self.stash.sweep(&prints);
        }
    }
}

impl Stash for Asked<'_> {
    fn get(&self, print: Fingerprint) -> Option<Vec<u8>> {
        self.prints.lock().unwrap_or_else(PoisonError::into_inner).push(print);
        self.stash.get(print)
    }

    fn has(&self, print: Fingerprint) -> bool {
        self.stash.has(print)
    }

    fn sweep(&self, used: &[Fingerprint]) {
        self.stash.sweep(used);
    }

    fn put(&self, print: Fingerprint, bytes: &[u8]) {
        self.stash.put(print, bytes);
    }
}

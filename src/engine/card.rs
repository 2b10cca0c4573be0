//! Cards: one that is asked for by itself, those that are drawn when a reader wants them, and
//! which of the kept ones are in use.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use pingmark_core::appearance::Appearance;
use pingmark_core::artifact::{ArtifactCache, Content, Deferred};
use pingmark_core::config::{CardFormat, Config};
use pingmark_core::diag::{Diagnostic, Diagnostics, Severity};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_render::card::{SocialImageFacts, SocialImageView, render};
use pingmark_render::{RenderContext, TemplateSet, Views, view};

use super::Build;
use super::memo::CompiledTheme;

impl Build {
    /// The card of a post, by its slug, or what keeps it from being made. `None` when there is no
    /// such post.
    pub fn card(&self, slug: &str, format: CardFormat) -> Option<(Option<Vec<u8>>, Diagnostics)> {
        let templates = self.dressed.templates.as_ref()?;
        let graph = self.graph();
        let id = graph.published().find(|id| graph.page(*id).slug == slug)?;
        let terms = view::term_cards(graph, &self.config);
        let cards = view::Teasers::new(graph, self.plan(), &self.config, &self.documents, &terms);
        let views = Views::new(self.material(templates), &terms, &cards);
        let site = RenderContext::new(&self.config, &self.look, templates, &self.dressed.theme, &[]);
        let (content, diagnostics) = render(&views.card_picture(id, format), &site);
        let bytes = bytes_of(content);
        // Whoever asked for this one does not get it: that is more than a warning.
        let severity = |diagnostics: Diagnostic| match bytes {
            Some(_) => diagnostics,
            None => Diagnostic { severity: Severity::Error, ..diagnostics },
        };
        let diagnostics = diagnostics.into_iter().map(severity).collect();
        Some((bytes, diagnostics))
    }

    /// What views are made of.
    pub(super) fn material<'a>(&'a self, templates: &'a TemplateSet) -> view::ViewInputs<'a> {
        view::ViewInputs {
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
pub(super) struct SocialImageRenderer {
    config: Arc<Config>,
    look: Arc<Appearance>,
    dressed: Arc<CompiledTheme>,
    stash: Option<Arc<dyn ArtifactCache + Send>>,
}

/// A card that is drawn when it is asked for.
struct DeferredSocialImage {
    easel: SocialImageRenderer,
    facts: SocialImageFacts,
    fingerprint: Fingerprint,
}

impl SocialImageRenderer {
    /// That of a build.
    pub fn new(build: &Build) -> Self {
        Self {
            config: Arc::new(build.config.clone()),
            look: Arc::new(build.look.clone()),
            dressed: build.dressed.clone(),
            stash: build.stash.clone(),
        }
    }

    /// A card, with the fingerprint of all that it is made of.
    pub fn later(&self, view: &SocialImageView<'_>, fingerprint: Fingerprint) -> Content {
        Content::Deferred(Arc::new(DeferredSocialImage {
            easel: self.clone(),
            facts: view.facts(),
            fingerprint,
        }))
    }
}

impl Deferred for DeferredSocialImage {
    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    fn make(&self) -> Option<Vec<u8>> {
        let SocialImageRenderer { config, look, dressed, stash } = &self.easel;
        let mut site = RenderContext::new(config, look, dressed.templates.as_ref()?, &dressed.theme, &[]);
        site.stash = stash.as_deref().map(|stash| stash as &dyn ArtifactCache);
        bytes_of(render(&self.facts.view(), &site).0)
    }
}

impl fmt::Debug for DeferredSocialImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaterCard").field("facts", &self.facts).finish_non_exhaustive()
    }
}

/// The cards that are kept, and which of them were asked for.
#[derive(Debug)]
pub(super) struct UsedKeys<'a> {
    stash: &'a (dyn ArtifactCache + Send),
    fingerprints: Mutex<Vec<Fingerprint>>,
}

impl<'a> UsedKeys<'a> {
    pub fn new(stash: &'a (dyn ArtifactCache + Send)) -> Self {
        Self { stash, fingerprints: Mutex::default() }
    }

    /// Lets go what was not asked for, if everything there is was: a build that finds most cards
    /// in the output folder does not know what they are made of.
    pub fn sweep(self, all: usize) {
        let fingerprints = self.fingerprints.into_inner().unwrap_or_else(PoisonError::into_inner);
        if fingerprints.len() >= all {
            self.stash.sweep(&fingerprints);
        }
    }
}

impl ArtifactCache for UsedKeys<'_> {
    fn get(&self, fingerprint: Fingerprint) -> Option<Vec<u8>> {
        self.fingerprints.lock().unwrap_or_else(PoisonError::into_inner).push(fingerprint);
        self.stash.get(fingerprint)
    }

    fn has(&self, fingerprint: Fingerprint) -> bool {
        self.stash.has(fingerprint)
    }

    fn sweep(&self, used: &[Fingerprint]) {
        self.stash.sweep(used);
    }

    fn put(&self, fingerprint: Fingerprint, bytes: &[u8]) {
        self.stash.put(fingerprint, bytes);
    }
}

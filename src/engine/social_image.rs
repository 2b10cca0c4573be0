//! Social images: drawn with the pages, on request, or singly for `social card`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use pingmark_core::artifact::{ArtifactCache, Content, Deferred};
use pingmark_core::config::{CardFormat, Config};
use pingmark_core::diag::{Diagnostic, Diagnostics, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_render::social_image::lay_out;
use pingmark_render::view::{SocialImageFacts, SocialImageView, Teasers, TermTeaser};
use pingmark_render::{TemplateSet, Views};

use super::memo::CompiledTheme;
use super::{EngineOptions, Site};

/// Makes social images, and records which cached ones are in use.
pub(super) struct SocialImages<'a> {
    cache: Option<&'a dyn ArtifactCache>,
    used: Mutex<Vec<Fingerprint>>,
}

impl<'a> SocialImages<'a> {
    pub(super) fn new(cache: Option<&'a dyn ArtifactCache>) -> Self {
        Self { cache, used: Mutex::default() }
    }

    /// Lays out an image, and draws it unless the cache has it.
    pub(super) fn make(
        &self,
        view: &SocialImageView<'_>,
        config: &Config,
        templates: &TemplateSet,
    ) -> (Option<Content>, Vec<Diagnostic>) {
        let (layout, mut problems) = lay_out(view, config, templates);
        let Some(layout) = layout else { return (None, problems) };
        self.used.lock().unwrap_or_else(PoisonError::into_inner).push(layout.fingerprint());
        if let Some(known) = self.cache.and_then(|cache| cache.get(layout.fingerprint())) {
            return (Some(Content::Bytes(known)), problems);
        }
        match layout.draw() {
            Ok(png) => {
                if let Some(cache) = self.cache {
                    cache.put(layout.fingerprint(), &png);
                }
                (Some(Content::Bytes(png)), problems)
            }
            Err(reason) => {
                problems.push(catalogue::card_failed(view.path, &reason));
                (None, problems)
            }
        }
    }

    /// Lays out an image without drawing it, to find its problems.
    pub(super) fn check(
        view: &SocialImageView<'_>,
        config: &Config,
        templates: &TemplateSet,
    ) -> (Option<Content>, Vec<Diagnostic>) {
        let (layout, problems) = lay_out(view, config, templates);
        (layout.map(|_| Content::Bytes(Vec::new())), problems)
    }

    /// An image that is made on request. `fingerprint` is the fingerprint of its inputs.
    pub(super) fn deferred(
        site: &Site,
        options: &EngineOptions,
        view: &SocialImageView<'_>,
        fingerprint: Fingerprint,
    ) -> Content {
        Content::Deferred(Arc::new(DeferredSocialImage {
            config: site.config.clone(),
            theme: site.theme.clone(),
            cache: options.social_images.clone(),
            facts: view.facts(),
            fingerprint,
        }))
    }

    /// Removes unused images from the cache, but only if all `planned` images were laid out: the
    /// fingerprints of images that were kept in the output folder are unknown.
    pub(super) fn sweep(&self, planned: usize) {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cache) = self.cache.filter(|_| used.len() >= planned) {
            cache.sweep(&used);
        }
    }
}

/// A social image that is made on request.
struct DeferredSocialImage {
    config: Arc<Config>,
    theme: Arc<CompiledTheme>,
    cache: Option<Arc<dyn ArtifactCache>>,
    facts: SocialImageFacts,
    fingerprint: Fingerprint,
}

impl Deferred for DeferredSocialImage {
    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    fn make(&self) -> Option<Vec<u8>> {
        let Self { config, theme, cache, facts, .. } = self;
        let templates = theme.templates.as_ref()?;
        bytes_of(SocialImages::new(cache.as_deref()).make(&facts.view(), config, templates).0)
    }
}

impl fmt::Debug for DeferredSocialImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeferredSocialImage").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl Site {
    /// The social image of a post and its problems; `None` if no published post has this slug.
    pub fn social_image(&self, slug: &str, format: CardFormat) -> Option<(Option<Vec<u8>>, Diagnostics)> {
        let templates = self.theme.templates.as_ref()?;
        let graph = self.graph();
        let id = graph.published().find(|id| graph.page(*id).slug == slug)?;
        let terms = TermTeaser::of_all(graph, &self.config);
        let teasers = Teasers::new(graph, self.plan(), &self.config, &self.documents, &terms);
        let views = Views::new(self.view_inputs(templates), &terms, &teasers);
        let image = views.social_image(id, format);
        let (content, problems) = SocialImages::new(None).make(&image, &self.config, templates);
        let bytes = bytes_of(content);
        // The image was requested explicitly: if there is none, its warnings become errors.
        let weigh = |problem: Diagnostic| match bytes {
            Some(_) => problem,
            None => problem.into_error(),
        };
        let problems = problems.into_iter().map(weigh).collect();
        Some((bytes, problems))
    }
}

fn bytes_of(content: Option<Content>) -> Option<Vec<u8>> {
    match content {
        Some(Content::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

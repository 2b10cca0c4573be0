//! Pages that list the whole site, made on request.
//!
//! While a site is served, an edit is shown as soon as the pages that depend on it are rendered. The
//! archive, the sitemap, the search index and the like follow: the first request for one of them, or
//! [`Engine::finish`](super::Engine::finish), renders all of them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use pingmark_core::artifact::{Content, Deferred, Output};
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;

use super::images::ImageMode;
use super::render::Renderer;
use super::render_cache::CachedTarget;
use super::{EngineOptions, Site};

/// The deferred pages of one render.
pub struct DeferredPages {
    /// Path, index of the target, and fingerprint of the inputs.
    pages: Vec<(SitePath, usize, Fingerprint)>,
    state: Mutex<State>,
}

enum State {
    Waiting(Arc<Site>, EngineOptions),
    Made(Made),
}

/// The rendered pages.
#[derive(Default)]
struct Made {
    /// Bytes of [`DeferredPages::pages`], in the same order; `None` for a page that failed.
    files: Vec<Option<Vec<u8>>>,
    /// Views for the render cache, by index of the target. [`DeferredPages::finish`] takes them.
    cached: Vec<(usize, CachedTarget)>,
    diagnostics: Diagnostics,
}

/// A deferred page as an output.
#[derive(Debug)]
struct DeferredPage {
    pages: Arc<DeferredPages>,
    index: usize,
}

impl DeferredPages {
    /// Defers the targets with these indices; `None` if there are none.
    pub(super) fn new(site: &Arc<Site>, options: &EngineOptions, numbers: Vec<usize>) -> Option<Arc<Self>> {
        if numbers.is_empty() {
            return None;
        }
        // The view is not built yet, so its dependencies are unknown: depend on every text.
        let made_of = (site.linked.fingerprint, site.theme.fingerprint, site.fingerprints.texts);
        let targets = &site.plan().targets;
        let page = |number: usize| {
            let route = &targets[number].route;
            (route.file(), number, Fingerprint::of_value(&(route, made_of)))
        };
        let pages = numbers.into_iter().map(page).collect();
        Some(Arc::new(Self { pages, state: Mutex::new(State::Waiting(site.clone(), options.clone())) }))
    }

    /// An output for each page, rendered when its bytes are requested.
    ///
    /// Rendering runs in parallel while a lock is held. The bytes must therefore not be requested on
    /// a thread of rayon's pool, which could deadlock.
    pub(super) fn outputs(self: &Arc<Self>) -> impl Iterator<Item = Output> {
        self.pages.iter().enumerate().map(|(index, (path, _, fingerprint))| Output {
            path: path.clone(),
            fingerprint: Some(*fingerprint),
            content: Content::Deferred(Arc::new(DeferredPage { pages: self.clone(), index })),
        })
    }

    /// Renders the pages, unless that is done. Returns the problems found, and the first time also
    /// the views.
    pub(super) fn finish(&self) -> (Vec<(usize, CachedTarget)>, Diagnostics) {
        self.with_made(|made| (std::mem::take(&mut made.cached), made.diagnostics.clone()))
    }

    fn with_made<T>(&self, work: impl FnOnce(&mut Made) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Waiting(site, options) = &*state {
            let made = make(site, options, &self.pages);
            *state = State::Made(made);
        }
        match &mut *state {
            State::Made(made) => work(made),
            State::Waiting(..) => work(&mut Made::default()),
        }
    }
}

fn make(site: &Site, options: &EngineOptions, pages: &[(SitePath, usize, Fingerprint)]) -> Made {
    let Some(templates) = &site.theme.templates else { return Made::default() };
    Renderer::with(site, templates, options, false, |renderer| {
        let made = pages.par_iter().with_max_len(1).map(|(_, number, _)| {
            let target = &renderer.site.plan().targets[*number];
            let Some((view, mut cached)) = renderer.view(target) else { return (None, None, Vec::new()) };
            let fingerprint = renderer.fingerprint_of_file(&mut cached);
            let (content, problems) = renderer.render(target, &view, fingerprint, ImageMode::Now);
            cached.is_settled = problems.is_empty() && content.is_some();
            let bytes = content.and_then(|content| match content {
                Content::Bytes(bytes) => Some(bytes),
                Content::Copy(..) | Content::Deferred(_) => None,
            });
            (bytes, Some((*number, cached)), problems)
        });
        let mut all = Made::default();
        for (bytes, cached, problems) in made.collect::<Vec<_>>() {
            all.files.push(bytes);
            all.cached.extend(cached);
            all.diagnostics.extend(problems);
        }
        all.diagnostics.sort();
        all
    })
}

impl fmt::Debug for DeferredPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.pages.iter().map(|(path, ..)| path.as_str());
        f.debug_list().entries(paths).finish()
    }
}

impl Deferred for DeferredPage {
    fn fingerprint(&self) -> Fingerprint {
        self.pages.pages[self.index].2
    }

    fn make(&self) -> Option<Vec<u8>> {
        self.pages.with_made(|made| made.files.get(self.index).cloned().flatten())
    }
}

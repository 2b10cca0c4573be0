//! Rendering: targets → files, each handed to the sink as soon as it is made.
//!
//! One mechanism decides what is rendered. A view records its
//! [`Dependency`](pingmark_render::view::Dependency)s while it is built; the [`RenderCache`] keeps them, and
//! forgets a target if one of them has changed. For other targets the [`Sink`] is asked by fingerprint
//! whether it has the file; if it holds the last render, it is not even asked.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use pingmark_core::artifact::{Content, Output};
use pingmark_core::diag::{Diagnostic, Diagnostics};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_render::view::{IndexShards, Teasers, TermTeaser, View};
use pingmark_render::{RenderContext, TemplateSet, ValueCache, Views};
use pingmark_site::plan::recipe::TEMPLATES;
use pingmark_site::plan::{Recipe, Target};

use super::deferred::DeferredPages;
use super::images::ImageMode;
use super::render_cache::{CachedTarget, RenderCache, RenderReason};
use super::social_image::SocialImages;
use super::{Engine, EngineOptions, Site};

/// Receives rendered files.
pub trait Sink: Sync {
    /// Error of a file that cannot be taken.
    type Error: Send;

    /// Whether the sink still has all files of the engine's last render. Unchanged files are then
    /// neither asked about nor handed over.
    fn holds_last_render(&self) -> bool {
        false
    }

    /// Whether the sink has the file at `path`, made from inputs with this fingerprint. If so, it is
    /// kept and not rendered.
    fn keep(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        let _ = (path, fingerprint);
        false
    }

    /// Takes a file. Called from several threads.
    fn take(&self, output: Output) -> Result<(), Self::Error>;

    /// Called if the file at `path` is planned but could not be rendered. An older version must be
    /// removed.
    fn miss(&self, path: &SitePath) {
        let _ = path;
    }
}

/// When to render pages that list the whole site: archives, sitemap, search index. On a large site
/// each takes as long as thousands of other pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WholeSitePages {
    /// With all other files.
    Now,
    /// On request, or when [`Engine::finish`] is called.
    Deferred,
}

/// Result of a render, besides the files.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Problems found while rendering, sorted.
    pub diagnostics: Diagnostics,
    /// Deferred pages, if any.
    pub deferred: Option<Arc<DeferredPages>>,
    /// Why each file was rendered, sorted by path. Empty without [`EngineOptions::explain`].
    pub reasons: Vec<(SitePath, RenderReason)>,
}

/// Targets per task. With more, a single thread would be busy at the end while the others are idle.
pub(super) const TARGETS_PER_TASK: usize = 16;
/// From this number of files on, specializing the templates costs less than it saves.
const WORTH_SPECIALIZING: usize = 256;
/// With more shards than this, sorting all words once costs less than searching them for each shard.
const MANY_SHARDS: usize = 8;

/// Turns targets into views, and views into files.
pub(super) struct Renderer<'a> {
    pub site: &'a Site,
    pub options: &'a EngineOptions,
    views: Views<'a>,
    context: RenderContext<'a>,
    social_images: SocialImages<'a>,
    /// Fingerprints of the lists that templates show on any page, by language and template.
    shared_lists: Vec<Fingerprint>,
}

impl<'a> Renderer<'a> {
    /// Calls `work` with a renderer of `site`. With `sorts_words`, the words of all pages are sorted
    /// once, instead of being searched for each shard of the search index.
    pub(super) fn with<T>(
        site: &Site,
        templates: &TemplateSet,
        options: &EngineOptions,
        sorts_words: bool,
        work: impl FnOnce(Renderer<'_>) -> T,
    ) -> T {
        let graph = site.graph();
        let sorted = || sorts_words.then(|| IndexShards::of(graph, &site.documents));
        let (shards, terms) = rayon::join(sorted, || TermTeaser::of_all(graph, &site.config));
        let teasers = Teasers::new(graph, site.plan(), &site.config, &site.documents, &terms);
        let mut views = Views::new(site.view_inputs(templates), &terms, &teasers);
        if let Some(shards) = &shards {
            views = views.with_shards(shards);
        }
        let lists = views.shared_lists();
        let shared_lists = lists.iter().flat_map(|lists| {
            template_names().map(move |name| lists.fingerprint(|list| templates.may_read(name, list)))
        });
        let theme = &site.theme.theme;
        work(Renderer {
            site,
            options,
            shared_lists: shared_lists.collect(),
            context: RenderContext::new(
                &site.config,
                &site.appearance,
                templates,
                theme,
                &lists,
                ValueCache::new(graph),
            ),
            social_images: SocialImages::new(options.social_images.as_deref()),
            views,
        })
    }

    /// Builds the view of a target, and its entry for the render cache.
    pub(super) fn view(&self, target: &'a Target) -> Option<(View<'a>, CachedTarget)> {
        let tracked = self.views.of(target)?;
        let without_cache = self.options.without_cache;
        let fingerprint = || Fingerprint::of_value(&(&target.route, &tracked.view));
        let cached = CachedTarget {
            path: target.route.file(),
            fingerprint: if without_cache { Fingerprint::default() } else { fingerprint() },
            made_of: None,
            shared_lists: self.number_of_shared_lists(target),
            is_settled: false,
            dependencies: match self.options.remember {
                true => tracked.dependencies.into_boxed_slice(),
                false => Box::default(),
            },
        };
        Some((tracked.view, cached))
    }

    /// Index in [`Renderer::shared_lists`] of the lists that a page may show beside its own content.
    fn number_of_shared_lists(&self, target: &Target) -> Option<usize> {
        let (lang, template) = target.recipe.facts(self.site.graph()).page_template()?;
        let language = self.site.config.languages.iter().position(|language| language.code == lang)?;
        let count = template_names().count();
        Some(language * count + template_names().position(|name| name == template)?)
    }

    fn shared_lists_beside(&self, cached: &CachedTarget) -> Option<Fingerprint> {
        self.shared_lists.get(cached.shared_lists?).copied()
    }

    /// Fingerprint of all inputs of a target's file; `None` if fingerprints are not used.
    pub(super) fn fingerprint_of_file(&self, cached: &mut CachedTarget) -> Option<Fingerprint> {
        let beside = self.shared_lists_beside(cached);
        let fingerprint = cached.fingerprint_of_file(self.site.theme.fingerprint, beside);
        (!self.options.without_cache).then_some(fingerprint)
    }

    /// Renders a view. If there is no content, a diagnostic usually says why.
    pub(super) fn render(
        &self,
        target: &Target,
        view: &View<'_>,
        fingerprint: Option<Fingerprint>,
        mode: ImageMode,
    ) -> (Option<Content>, Vec<Diagnostic>) {
        match view {
            View::SocialImage(image) => match mode {
                ImageMode::Deferred => {
                    let later = SocialImages::deferred(
                        self.site,
                        self.options,
                        image,
                        fingerprint.unwrap_or_default(),
                    );
                    (Some(later), Vec::new())
                }
                ImageMode::Now => self.social_images.make(image, &self.site.config, self.context.templates),
                ImageMode::Check => SocialImages::check(image, &self.site.config, self.context.templates),
            },
            _ => pingmark_render::render(&target.route, view, &self.context),
        }
    }
}

/// Names of all templates that make files. `None` stands for a template named in a front matter.
fn template_names() -> impl Iterator<Item = Option<&'static str>> + Clone {
    TEMPLATES.into_iter().map(Some).chain([None])
}

/// A sink that discards all files; used to find problems.
struct Discard;

impl Sink for Discard {
    type Error = std::convert::Infallible;

    fn take(&self, _: Output) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl Engine {
    /// Renders the files of a site that the sink does not have yet. Stops early only if the sink
    /// returns an error.
    pub fn render<S: Sink>(
        &mut self,
        site: &Arc<Site>,
        pages: WholeSitePages,
        sink: &S,
    ) -> Result<Rendered, S::Error> {
        let mode = if self.options.defer_images { ImageMode::Deferred } else { ImageMode::Now };
        let cache = std::mem::take(&mut self.render_cache).carried_over(site, self.options.explain);
        let (rendered, cache) = render(site, &self.options, cache, pages, mode, sink)?;
        if self.options.remember {
            self.render_cache = cache;
        }
        Ok(rendered)
    }

    /// Renders everything without keeping it, to find all problems. Social images are laid out and
    /// images decoded, but not drawn or encoded.
    pub fn check(&self, site: &Arc<Site>) -> Diagnostics {
        let cache = RenderCache::default().carried_over(site, false);
        let Ok((rendered, _)) =
            render(site, &self.options, cache, WholeSitePages::Now, ImageMode::Check, &Discard);
        rendered.diagnostics
    }

    /// Renders the deferred pages of a render, and returns their problems.
    pub fn finish(&mut self, pages: &DeferredPages) -> Diagnostics {
        let (cached, diagnostics) = pages.finish();
        for (number, cached) in cached {
            self.render_cache.learn(number, cached);
        }
        diagnostics
    }
}

/// Renders the files that are not in `cache` or not in the sink. Returns the cache for the next
/// render.
fn render<S: Sink>(
    site: &Arc<Site>,
    options: &EngineOptions,
    mut cache: RenderCache,
    pages: WholeSitePages,
    mode: ImageMode,
    sink: &S,
) -> Result<(Rendered, RenderCache), S::Error> {
    let Some(templates) = &site.theme.templates else { return Ok((Rendered::default(), cache)) };
    let sorts_words = pages == WholeSitePages::Now && shards_to_view(site, &cache) > MANY_SHARDS;
    let rendered = Renderer::with(site, templates, options, sorts_words, |mut renderer| {
        let holds_rest = cache.is_same_frame && sink.holds_last_render();
        let mut due = Vec::new();
        let mut deferred = Vec::new();
        let targets = renderer.site.plan().targets.iter().zip(&mut cache.targets).enumerate();
        for (number, (target, known)) in targets {
            let is_image = matches!(target.recipe, Recipe::Image(..) | Recipe::Icon(_));
            let is_held = |cached: &CachedTarget| cached.is_as_before(renderer.shared_lists_beside(cached));
            if is_image || (holds_rest && known.as_ref().is_ok_and(is_held)) {
                continue;
            }
            let lists_whole_site = || target.recipe.facts(renderer.site.graph()).lists_whole_site;
            if pages == WholeSitePages::Deferred && lists_whole_site() {
                deferred.push(number);
            } else {
                due.push((target, known));
            }
        }
        if options.specialize || due.len() >= WORTH_SPECIALIZING {
            renderer.context.specialize();
        }
        let pass = Pass { renderer, mode, sink, found: Mutex::default() };

        let deferred = DeferredPages::new(site, options, deferred);
        for output in deferred.iter().flat_map(DeferredPages::outputs) {
            sink.take(output)?;
        }
        let targets = || {
            let due = due.into_par_iter().with_max_len(TARGETS_PER_TASK);
            due.try_for_each(|(target, known)| pass.target(target, known))
        };
        // Icons are few but slow: they start with the pages, so that they do not run last on one
        // thread.
        let (targets, icons) = rayon::join(targets, || pass.icons());
        targets.and(icons)?;
        if mode == ImageMode::Now && pages == WholeSitePages::Now {
            let is_social_image = |target: &&Target| matches!(target.recipe, Recipe::SocialImage(..));
            let all = pass.renderer.site.plan().targets.iter().filter(is_social_image).count();
            pass.renderer.social_images.sweep(all);
        }
        // Images last: they take longest, and are not needed if a page has an error. They depend only
        // on the graph.
        if !holds_rest {
            pass.images()?;
        }
        Ok(pass.done(&cache.files, deferred))
    })?;
    Ok((rendered, cache))
}

/// Number of shards of the search index whose views have to be built.
fn shards_to_view(site: &Site, cache: &RenderCache) -> usize {
    let is_shard = |target: &Target| matches!(target.recipe, Recipe::SearchWords(..));
    let targets = site.plan().targets.iter().zip(&cache.targets);
    targets.filter(|(target, known)| known.is_err() && is_shard(target)).count()
}

/// One render.
pub(super) struct Pass<'a, 's, S> {
    pub renderer: Renderer<'a>,
    pub mode: ImageMode,
    pub sink: &'s S,
    found: Mutex<Found>,
}

/// Findings of a render so far.
#[derive(Default)]
struct Found {
    diagnostics: Diagnostics,
    reasons: Vec<(SitePath, RenderReason)>,
}

impl<'a, S: Sink> Pass<'a, '_, S> {
    /// Renders the file of a target, unless the sink has it.
    fn target(
        &self,
        target: &'a Target,
        known: &mut Result<CachedTarget, RenderReason>,
    ) -> Result<(), S::Error> {
        let (mut view, mut cached, mut reason) = match std::mem::replace(known, Err(RenderReason::Always)) {
            Ok(cached) => (None, cached, RenderReason::SharedLists),
            Err(reason) => match self.renderer.view(target) {
                Some((view, cached)) => (Some(view), cached, reason),
                None => return Ok(()),
            },
        };
        let fingerprint = self.renderer.fingerprint_of_file(&mut cached);
        cached.is_settled = true;
        // A copied file may change without a change of its view.
        let is_copy = matches!(target.recipe, Recipe::Asset(_));
        if !fingerprint.is_some_and(|fingerprint| self.sink.keep(&cached.path, fingerprint)) {
            view = view.or_else(|| Some(self.renderer.view(target)?.0));
            let Some(view) = view else { return Ok(()) };
            let (content, problems) = self.renderer.render(target, &view, fingerprint, self.mode);
            // A file with a problem is rendered each time, so that the problem is reported again.
            cached.is_settled = problems.is_empty() && content.is_some();
            if is_copy || !problems.is_empty() {
                reason = RenderReason::Always;
            }
            let fingerprint = fingerprint.filter(|_| problems.is_empty());
            self.report(problems, &cached.path, reason);
            match content {
                Some(content) => {
                    self.sink.take(Output { path: cached.path.clone(), fingerprint, content })?
                }
                None => self.sink.miss(&cached.path),
            }
        }
        if self.renderer.options.remember && !is_copy {
            *known = Ok(cached);
        }
        Ok(())
    }

    fn report(&self, problems: Vec<Diagnostic>, path: &SitePath, reason: RenderReason) {
        if problems.is_empty() && !self.renderer.options.explain {
            return;
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.diagnostics.extend(problems);
        if self.renderer.options.explain {
            found.reasons.push((path.clone(), reason));
        }
    }

    /// Reports a problem of an image.
    pub(super) fn report_image(&self, problem: Diagnostic) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).diagnostics.push(problem);
    }

    /// Whether an error was found so far.
    pub(super) fn has_errors(&self) -> bool {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).diagnostics.has_errors()
    }

    /// Finishes the render. `before` holds the files of the last render, to recognise new ones.
    fn done(
        self,
        before: &std::collections::HashSet<SitePath>,
        deferred: Option<Arc<DeferredPages>>,
    ) -> Rendered {
        let Found { mut diagnostics, reasons } =
            self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !self.renderer.site.gives_advice {
            diagnostics.drop_advice();
        }
        diagnostics.sort();
        let mut reasons: Vec<(SitePath, RenderReason)> = reasons
            .into_iter()
            .map(|(path, reason)| {
                let is_new = !before.contains(&path);
                let reason = reason.of_file(is_new);
                (path, reason)
            })
            .collect();
        reasons.sort();
        Rendered { diagnostics, deferred, reasons }
    }
}

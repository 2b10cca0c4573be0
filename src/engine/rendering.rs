//! The second half of the line: targets → files, each handed over as soon as it is made.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use pingmark_core::artifact::{ArtifactCache, Changes, Output};
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_render::view::{self, Tracked};
use pingmark_render::{RenderContext, Views};
use pingmark_site::graph::PageId;
use pingmark_site::plan::{Recipe, Target};

use super::card::{SocialImageRenderer, UsedKeys};
use super::images::Drawing;
use super::render_cache::{CachedTarget, RenderCache};
use super::{Build, RenderReason, TARGETS_PER_TASK};
use crate::output::disk::{PublishError, Publisher};
use crate::output::manifest::BuildStamp;

/// Which files are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All of them.
    Whole,
    /// Those that do not tell of every page.
    Quick,
    /// The others.
    Slow,
}

/// Files that repay what folding the templates takes.
const WORTH_FOLDING: usize = 256;

/// The names of all templates that make files; none stands for one that a front matter asks for.
fn names() -> impl Iterator<Item = Option<&'static str>> + Clone {
    pingmark_render::page::TEMPLATES.into_iter().map(Some).chain([None])
}

/// What came of rendering.
#[derive(Debug, Default)]
pub struct Rendered {
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// How many files were neither asked for nor handed over: they are as they were.
    pub untouched: usize,
}

impl Part {
    fn has(self, recipe: &Recipe) -> bool {
        match self {
            Self::Whole => true,
            Self::Quick => !recipe.lists_whole_site(),
            Self::Slow => recipe.lists_whole_site(),
        }
    }
}

impl Build {
    /// Renders every file and hands each over as soon as it is made; what is wrong is told at
    /// the end. `Err` as soon as one cannot be taken.
    pub fn render<E: Send>(&self, take: impl Fn(Output) -> Result<(), E> + Sync) -> Result<Diagnostics, E> {
        self.render_what(|_, _| false, take)
    }

    /// Renders the files that are not there already. `keep` is asked first, with a file's path
    /// and the fingerprint of everything it is made of: whether it is there as it was made of the
    /// same.
    pub fn render_what<E: Send>(
        &self,
        keep: impl Fn(&SitePath, Fingerprint) -> bool + Sync,
        take: impl Fn(Output) -> Result<(), E> + Sync,
    ) -> Result<Diagnostics, E> {
        Ok(self.render_part(Part::Whole, true, None, keep, take)?.diagnostics)
    }

    /// The same, but for the files of [`Build::slow`]. `since` is the number that the engine was
    /// told of where the files are that are there already ([`super::Engine::shown`]): where
    /// it made them, it does not ask for each of them.
    pub fn render_quick<E: Send>(
        &self,
        since: Option<u64>,
        keep: impl Fn(&SitePath, Fingerprint) -> bool + Sync,
        take: impl Fn(Output) -> Result<(), E> + Sync,
    ) -> Result<Rendered, E> {
        self.render_part(Part::Quick, true, since, keep, take)
    }

    /// Renders the files that [`Build::render_quick`] left, after it.
    pub fn render_slow<E: Send>(
        &self,
        keep: impl Fn(&SitePath, Fingerprint) -> bool + Sync,
        take: impl Fn(Output) -> Result<(), E> + Sync,
    ) -> Result<Diagnostics, E> {
        Ok(self.render_part(Part::Slow, true, None, keep, take)?.diagnostics)
    }

    /// The files that tell of every page: who shows a site can do so before they are made.
    pub fn slow(&self) -> impl Iterator<Item = SitePath> {
        let slow = self.plan().targets.iter().filter(|target| target.recipe.lists_whole_site());
        slow.map(|target| target.route.file())
    }

    /// Renders; without drawing, cards are laid out and images decoded alone, for what there is to
    /// tell of them.
    fn render_part<E: Send>(
        &self,
        part: Part,
        draws: bool,
        since: Option<u64>,
        keep: impl Fn(&SitePath, Fingerprint) -> bool + Sync,
        take: impl Fn(Output) -> Result<(), E> + Sync,
    ) -> Result<Rendered, E> {
        let Some(templates) = &self.dressed.templates else { return Ok(Rendered::default()) };
        let (graph, plan) = (self.graph(), self.plan());

        let terms = view::term_cards(graph, &self.config);
        let cards = Box::new(view::Teasers::new(graph, plan, &self.config, &self.documents, &terms));
        let kept: Box<view::Teasers<'_>>;
        let cards = if self.remembers {
            kept = cards;
            &*kept
        } else {
            // There will be no other build: to take thousands of cards apart would only keep the
            // person waiting for the program's end.
            Box::leak(cards)
        };
        let made_with = (self.linked.fingerprint, self.dressed.fingerprint);
        let (count, explains) = (plan.targets.len(), self.reasons.is_some());
        let mut render_cache =
            RenderCache::take(&self.render_cache, made_with, graph, &self.documents, count, since, explains);
        let are_shown = render_cache.are_shown();
        let wants_words = part != Part::Quick && self.wants_words(&render_cache);
        let views = Views::new(self.material(templates), &terms, cards);
        let around = views.around();
        let mut site = RenderContext::new(&self.config, &self.look, templates, &self.dressed.theme, &around);
        site.draws = draws;
        let kept_cards = self.stash.as_deref().map(UsedKeys::new);
        site.stash = kept_cards.as_ref().map(|stash| stash as &dyn ArtifactCache);
        let easel = self.defer_images.then(|| SocialImageRenderer::new(self));
        // What stands beside a page, by language and template.
        let beside: Vec<Fingerprint> = around
            .iter()
            .flat_map(|around| names().map(move |template| (template, around)))
            .map(|(template, around)| around.fingerprint(|name| templates.may_read(template, name)))
            .collect();
        let beside = |cached: &CachedTarget| cached.made_with.and_then(|number| beside.get(number).copied());
        let diagnostics = Mutex::new(Diagnostics::new());
        let reasons = Mutex::new(Vec::new());
        let mut untouched = 0;
        let mut due = Vec::new();
        for (target, known) in plan.targets.iter().zip(&mut render_cache.targets) {
            if !part.has(&target.recipe) || matches!(target.recipe, Recipe::Image(..) | Recipe::Icon(_)) {
                continue;
            }
            match known {
                Ok(cached) if are_shown && cached.is_as_before(beside(cached)) => untouched += 1,
                _ => due.push((target, known)),
            }
        }
        let folds = self.folds || due.len() >= WORTH_FOLDING;
        let drawers = || wants_words.then(|| view::IndexShards::of(graph, &self.documents));
        let (_, drawers) = rayon::join(|| folds.then(|| site.fold()), drawers);
        let views = match &drawers {
            Some(drawers) => views.with_words(drawers),
            None => views,
        };
        let drawing = match (draws, self.defer_images) {
            (false, _) => Drawing::Never,
            (true, true) => Drawing::Deferred,
            (true, false) => Drawing::Now,
        };
        let pages = || {
            due.into_par_iter().with_max_len(TARGETS_PER_TASK).try_for_each(|(target, known)| {
                let mut view = None;
                let (mut cached, mut why) = match std::mem::replace(known, Err(RenderReason::Always)) {
                    Ok(cached) => (cached, RenderReason::Beside),
                    Err(why) => match views.of(target) {
                        Some(seen) => {
                            let cached = self.cached(target, &seen);
                            view = Some(seen.view);
                            (cached, why)
                        }
                        None => return Ok(()),
                    },
                };
                // A file that is copied may change without anything else.
                let is_copy = matches!(target.recipe, Recipe::Asset(_));
                if is_copy {
                    why = RenderReason::Always;
                }
                let fingerprint = (!self.anew)
                    .then(|| cached.fingerprint_of_file(self.dressed.fingerprint, beside(&cached)));
                cached.is_settled = true;
                if !fingerprint.is_some_and(|fingerprint| keep(&cached.path, fingerprint))
                    && let Some(view) = view.or_else(|| views.of(target).map(|seen| seen.view))
                {
                    let (content, problems) = match (&view, &easel) {
                        (view::View::SocialImage(card), Some(easel)) => {
                            (Some(easel.later(card, fingerprint.unwrap_or_default())), Vec::new())
                        }
                        _ => pingmark_render::render(&target.route, &view, &site),
                    };
                    // What has something to tell is made again each time, so that it is told again.
                    let fingerprint = fingerprint.filter(|_| problems.is_empty());
                    cached.is_settled = problems.is_empty() && content.is_some();
                    if !problems.is_empty() {
                        why = RenderReason::Always;
                        diagnostics.lock().unwrap_or_else(PoisonError::into_inner).extend(problems);
                    }
                    if self.reasons.is_some() {
                        reasons
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((cached.path.clone(), why));
                    }
                    if let Some(content) = content {
                        take(Output { path: cached.path.clone(), fingerprint, content })?;
                    }
                }
                if self.remembers && !is_copy {
                    *known = Ok(cached);
                }
                Ok(())
            })
        };
        // A few that take long: they begin with the pages, so that no thread is left with them.
        let icons = || match part {
            Part::Slow => Ok(()),
            _ => self.draw_icons(drawing, &keep, &take, &diagnostics),
        };
        let (pages, icons) = rayon::join(pages, icons);
        pages.and(icons)?;
        if let Some(kept) = kept_cards.filter(|_| draws && part == Part::Whole) {
            kept.sweep(
                plan.targets.iter().filter(|target| matches!(target.recipe, Recipe::SocialImage(..))).count(),
            );
        }
        // Last: they take longest, and what is wrong with a page is told without waiting for them.
        let has_errors = diagnostics.lock().unwrap_or_else(PoisonError::into_inner).has_errors();
        let drawing = if has_errors { Drawing::Never } else { drawing };
        match part {
            // Of the same site in the same dress, images are the same too.
            Part::Quick if are_shown => untouched += render_cache.images,
            Part::Slow => {}
            _ => render_cache.images = self.draw_images(drawing, &keep, &take, &diagnostics)?,
        }
        if let Some(diagnostics) = &self.reasons {
            let reasons = reasons.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter();
            let reasons = reasons.map(|(path, why)| (render_cache.reason(&path, why), path));
            let mut diagnostics = diagnostics.lock().unwrap_or_else(PoisonError::into_inner);
            diagnostics.extend(reasons.map(|(why, path)| (path, why)));
            diagnostics.sort();
        }
        if self.remembers {
            render_cache.keep(&self.render_cache);
        }
        let mut diagnostics = diagnostics.into_inner().unwrap_or_else(PoisonError::into_inner);
        diagnostics.sort();
        Ok(Rendered { diagnostics: diagnostics, untouched })
    }

    /// Whether so many files of words are looked at that it pays to have the words at hand.
    fn wants_words(&self, render_cache: &RenderCache) -> bool {
        const MANY: usize = 8;
        let of_words = |target: &Target| matches!(target.recipe, Recipe::SearchWords(..));
        let asked = self.plan().targets.iter().zip(&render_cache.targets);
        asked.filter(|(target, known)| known.is_err() && of_words(target)).count() > MANY
    }

    /// What is kept of a view once it was made.
    fn cached(&self, target: &Target, seen: &Tracked<'_>) -> CachedTarget {
        let made_with = seen.view.made_with().and_then(|(lang, template)| {
            let language = self.config.languages.iter().position(|language| language.code == lang)?;
            let mut names = names();
            Some(language * names.clone().count() + names.position(|name| name == template)?)
        });
        // Only what is remembered is asked for again.
        let pages = |pages: &[PageId]| if self.remembers { pages.into() } else { Box::default() };
        CachedTarget {
            path: target.route.file(),
            fingerprint: match self.anew {
                true => Fingerprint::default(),
                false => Fingerprint::of_value(&(&target.route, &seen.view)),
            },
            made_of: None,
            made_with,
            is_settled: false,
            cards: pages(&seen.cards),
            passages: pages(&seen.passages),
            texts: pages(&seen.texts),
            drawer: seen.drawer,
        }
    }

    /// Why each file was rendered, in the order of the files; nothing when it was not asked for.
    pub fn reasons(&self) -> Vec<(SitePath, RenderReason)> {
        let reasons = self.reasons.as_ref();
        reasons.map_or_else(Vec::new, |diagnostics| {
            diagnostics.lock().unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    /// Renders everything and keeps nothing: for what rendering has to say.
    pub fn try_render(&self) -> Diagnostics {
        let take = |_| Ok::<(), std::convert::Infallible>(());
        let Ok(rendered) = self.render_part(Part::Whole, false, None, |_, _| false, take);
        rendered.diagnostics
    }

    /// Renders and publishes. With an error among the diagnostics nothing is published.
    pub fn publish(
        &self,
        publisher: Publisher,
        whole: Option<BuildStamp>,
    ) -> Result<(Option<Changes>, Diagnostics), PublishError> {
        let mut diagnostics = self.render_what(
            |path, fingerprint| !self.anew && publisher.keep(path, fingerprint),
            |output| publisher.take(output),
        )?;
        if diagnostics.has_errors() || self.diagnostics.has_errors() {
            return Ok((None, diagnostics));
        }
        let whole = whole.filter(|_| diagnostics.is_empty() && self.diagnostics.is_empty());
        let (changes, more) = publisher.commit(whole)?;
        if let Some(images) = self.images.as_deref().filter(|_| changes.written > 0) {
            images.sweep(&self.used_images());
        }
        diagnostics.extend(more);
        diagnostics.sort();
        Ok((Some(changes), diagnostics))
    }
}

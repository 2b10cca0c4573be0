//! The second half of the line: targets → files, each handed over as soon as it is made.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use pingmark_core::artifact::{Changes, Output, Stash};
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_render::view::{self, Seen};
use pingmark_render::{Site, Views};
use pingmark_site::graph::PageId;
use pingmark_site::plan::{Recipe, Target};

use super::card::{Asked, Easel};
use super::glances::{Glance, Glances};
use super::pictures::Drawing;
use super::{Build, TOGETHER, Why};
use crate::output::disk::{Publisher, Refusal};
use crate::output::manifest::Whole;

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
    pub told: Diagnostics,
    /// How many files were neither asked for nor handed over: they are as they were.
    pub untouched: usize,
}

impl Part {
    fn has(self, recipe: &Recipe) -> bool {
        match self {
            Self::Whole => true,
            Self::Quick => !recipe.tells_of_all(),
            Self::Slow => recipe.tells_of_all(),
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
    /// and the print of everything it is made of: whether it is there as it was made of the
    /// same.
    pub fn render_what<E: Send>(
        &self,
        keep: impl Fn(&SitePath, Fingerprint) -> bool + Sync,
        take: impl Fn(Output) -> Result<(), E> + Sync,
    ) -> Result<Diagnostics, E> {
        Ok(self.render_part(Part::Whole, true, None, keep, take)?.told)
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
        Ok(self.render_part(Part::Slow, true, None, keep, take)?.told)
    }

    /// The files that tell of every page: who shows a site can do so before they are made.
    pub fn slow(&self) -> impl Iterator<Item = SitePath> {
        let slow = self.plan().targets.iter().filter(|target| target.recipe.tells_of_all());
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
        let cards = Box::new(view::Cards::new(graph, plan, &self.config, &self.documents, &terms));
        let kept: Box<view::Cards<'_>>;
        let cards = if self.remembers {
            kept = cards;
            &*kept
        } else {
            // There will be no other build: to take thousands of cards apart would only keep the
            // person waiting for the program's end.
            Box::leak(cards)
        };
        let made_with = (self.linked.print, self.dressed.print);
        let (count, explains) = (plan.targets.len(), self.reasons.is_some());
        let mut glances =
            Glances::take(&self.glances, made_with, graph, &self.documents, count, since, explains);
        let are_shown = glances.are_shown();
        let wants_words = part != Part::Quick && self.wants_words(&glances);
        let views = Views::new(self.material(templates), &terms, cards);
        let around = views.around();
        let mut site = Site::new(&self.config, &self.look, templates, &self.dressed.theme, &around);
        site.draws = draws;
        let kept_cards = self.stash.as_deref().map(Asked::new);
        site.stash = kept_cards.as_ref().map(|stash| stash as &dyn Stash);
        let easel = self.leaves_pictures.then(|| Easel::new(self));
        // What stands beside a page, by language and template.
        let beside: Vec<Fingerprint> = around
            .iter()
            .flat_map(|around| names().map(move |template| (template, around)))
            .map(|(template, around)| around.print(|name| templates.may_read(template, name)))
            .collect();
        let beside = |glance: &Glance| glance.made_with.and_then(|number| beside.get(number).copied());
        let diagnostics = Mutex::new(Diagnostics::new());
        let reasons = Mutex::new(Vec::new());
        let mut untouched = 0;
        let mut due = Vec::new();
        for (target, known) in plan.targets.iter().zip(&mut glances.targets) {
            if !part.has(&target.recipe) || matches!(target.recipe, Recipe::Image(..) | Recipe::Icon(_)) {
                continue;
            }
            match known {
                Ok(glance) if are_shown && glance.is_as_before(beside(glance)) => untouched += 1,
                _ => due.push((target, known)),
            }
        }
        let folds = self.folds || due.len() >= WORTH_FOLDING;
        let drawers = || wants_words.then(|| view::Drawers::of(graph, &self.documents));
        let (_, drawers) = rayon::join(|| folds.then(|| site.fold()), drawers);
        let views = match &drawers {
            Some(drawers) => views.with_words(drawers),
            None => views,
        };
        let drawing = match (draws, self.leaves_pictures) {
            (false, _) => Drawing::Never,
            (true, true) => Drawing::Later,
            (true, false) => Drawing::Now,
        };
        let pages = || {
            due.into_par_iter().with_max_len(TOGETHER).try_for_each(|(target, known)| {
                let mut view = None;
                let (mut glance, mut why) = match std::mem::replace(known, Err(Why::Always)) {
                    Ok(glance) => (glance, Why::Beside),
                    Err(why) => match views.of(target) {
                        Some(seen) => {
                            let glance = self.glance(target, &seen);
                            view = Some(seen.view);
                            (glance, why)
                        }
                        None => return Ok(()),
                    },
                };
                // A file that is copied may change without anything else.
                let is_copy = matches!(target.recipe, Recipe::Asset(_));
                if is_copy {
                    why = Why::Always;
                }
                let print = (!self.anew).then(|| glance.print_of_file(self.dressed.print, beside(&glance)));
                glance.is_settled = true;
                if !print.is_some_and(|print| keep(&glance.path, print))
                    && let Some(view) = view.or_else(|| views.of(target).map(|seen| seen.view))
                {
                    let (content, told) = match (&view, &easel) {
                        (view::View::Card(card), Some(easel)) => {
                            (Some(easel.later(card, print.unwrap_or_default())), Vec::new())
                        }
                        _ => pingmark_render::render(&target.route, &view, &site),
                    };
                    // What has something to tell is made again each time, so that it is told again.
                    let print = print.filter(|_| told.is_empty());
                    glance.is_settled = told.is_empty() && content.is_some();
                    if !told.is_empty() {
                        why = Why::Always;
                        diagnostics.lock().unwrap_or_else(PoisonError::into_inner).extend(told);
                    }
                    if self.reasons.is_some() {
                        reasons
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((glance.path.clone(), why));
                    }
                    if let Some(content) = content {
                        take(Output { path: glance.path.clone(), print, content })?;
                    }
                }
                if self.remembers && !is_copy {
                    *known = Ok(glance);
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
                plan.targets.iter().filter(|target| matches!(target.recipe, Recipe::Card(..))).count(),
            );
        }
        // Last: they take longest, and what is wrong with a page is told without waiting for them.
        let has_errors = diagnostics.lock().unwrap_or_else(PoisonError::into_inner).has_errors();
        let drawing = if has_errors { Drawing::Never } else { drawing };
        match part {
            // Of the same site in the same dress, images are the same too.
            Part::Quick if are_shown => untouched += glances.images,
            Part::Slow => {}
            _ => glances.images = self.draw_images(drawing, &keep, &take, &diagnostics)?,
        }
        if let Some(told) = &self.reasons {
            let reasons = reasons.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter();
            let reasons = reasons.map(|(path, why)| (glances.reason(&path, why), path));
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            told.extend(reasons.map(|(why, path)| (path, why)));
            told.sort();
        }
        if self.remembers {
            glances.keep(&self.glances);
        }
        let mut diagnostics = diagnostics.into_inner().unwrap_or_else(PoisonError::into_inner);
        diagnostics.sort();
        Ok(Rendered { told: diagnostics, untouched })
    }

    /// Whether so many files of words are looked at that it pays to have the words at hand.
    fn wants_words(&self, glances: &Glances) -> bool {
        const MANY: usize = 8;
        let of_words = |target: &Target| matches!(target.recipe, Recipe::SearchWords(..));
        let asked = self.plan().targets.iter().zip(&glances.targets);
        asked.filter(|(target, known)| known.is_err() && of_words(target)).count() > MANY
    }

    /// What is kept of a view once it was made.
    fn glance(&self, target: &Target, seen: &Seen<'_>) -> Glance {
        let made_with = seen.view.made_with().and_then(|(lang, template)| {
            let language = self.config.languages.iter().position(|language| language.code == lang)?;
            let mut names = names();
            Some(language * names.clone().count() + names.position(|name| name == template)?)
        });
        // Only what is remembered is asked for again.
        let pages = |pages: &[PageId]| if self.remembers { pages.into() } else { Box::default() };
        Glance {
            path: target.route.file(),
            print: match self.anew {
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
    pub fn reasons(&self) -> Vec<(SitePath, Why)> {
        let reasons = self.reasons.as_ref();
        reasons.map_or_else(Vec::new, |told| told.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Renders everything and keeps nothing: for what rendering has to say.
    pub fn try_render(&self) -> Diagnostics {
        let take = |_| Ok::<(), std::convert::Infallible>(());
        let Ok(rendered) = self.render_part(Part::Whole, false, None, |_, _| false, take);
        rendered.told
    }

    /// Renders and publishes. With an error among the diagnostics nothing is published.
    pub fn publish(
        &self,
        publisher: Publisher,
        whole: Option<Whole>,
    ) -> Result<(Option<Changes>, Diagnostics), Refusal> {
        let mut told = self.render_what(
            |path, print| !self.anew && publisher.keep(path, print),
            |output| publisher.take(output),
        )?;
        if told.has_errors() || self.diagnostics.has_errors() {
            return Ok((None, told));
        }
        let whole = whole.filter(|_| told.is_empty() && self.diagnostics.is_empty());
        let (changes, more) = publisher.commit(whole)?;
        if let Some(images) = self.images.as_deref().filter(|_| changes.written > 0) {
            images.sweep(&self.used_images());
        }
        told.extend(more);
        told.sort();
        Ok((Some(changes), told))
    }
}

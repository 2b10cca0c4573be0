//! The fingerprints of a site's views, kept for as long as what they were made of stays the same.
//!
//! A view is made of the graph, the config, the templates' needs, and the words of the pages
//! that were looked at while it was made: of some the whole text, of others what their cards
//! say of it, or the words around a link. While the first three are the same, only a target that
//! looked at words which are others now is looked at again.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_document::Document;
use pingmark_render::view::card;
use pingmark_site::graph::{Graph, PageId};

use super::compile::Documents;

/// The views of the last build, by their fingerprints.
#[derive(Debug, Default)]
pub(super) struct RenderCache {
    /// The fingerprints of the graph and of the dress that all of them were made with.
    made_with: (Fingerprint, Fingerprint),
    /// The documents, in their order.
    documents: Documents,
    /// By the number of the target: what is known, or why nothing is.
    pub targets: Vec<Result<CachedTarget, RenderReason>>,
    /// The number of whatever holds all files that were made of these views, if something does.
    shown: Option<u64>,
    /// How many of those files are versions of images.
    pub images: usize,
    /// The files of the last build, where reasons are asked for and all else is forgotten.
    files: HashSet<SitePath>,
}

/// Why a file was rendered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenderReason {
    /// There was no such file.
    New,
    /// It shows words of this document, which changed.
    Words(SitePath),
    /// What it links to, lists or stands beside is another.
    Graph,
    /// What stands beside every page is another.
    Beside,
    /// The templates, the theme or the settings are others.
    Dress,
    /// It is copied, or had something to tell: those are looked at each time.
    Always,
}

impl fmt::Display for RenderReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("new"),
            Self::Words(path) => write!(f, "the words of {path}"),
            Self::Graph => f.write_str("what it links to, lists or stands beside"),
            Self::Beside => f.write_str("what stands beside every page of its kind"),
            Self::Dress => f.write_str("the templates, the theme or the settings"),
            Self::Always => f.write_str("copied, or with something to tell"),
        }
    }
}

/// One view that was made.
#[derive(Debug)]
pub(super) struct CachedTarget {
    /// The file it is for.
    pub path: SitePath,
    /// The fingerprint of the view and of the address.
    pub fingerprint: Fingerprint,
    /// What stood beside the page, and the fingerprint of everything the file was made of then.
    pub made_of: Option<(Option<Fingerprint>, Fingerprint)>,
    /// What may stand beside it, by its number, if a template makes the file.
    pub made_with: Option<usize>,
    /// Whether the file was handed over, and need not be made again as long as it is made of the
    /// same.
    pub is_settled: bool,
    /// The pages whose cards it shows.
    pub cards: Box<[PageId]>,
    /// The pages of which it shows words around a link.
    pub passages: Box<[PageId]>,
    /// The pages whose whole text it shows.
    pub texts: Box<[PageId]>,
    /// The drawer of words that it shows of all pages.
    pub drawer: Option<(u16, u16)>,
}

impl CachedTarget {
    /// Whether the file is as it was, when this stands beside it.
    pub fn is_as_before(&self, beside: Option<Fingerprint>) -> bool {
        self.is_settled && self.made_of.is_some_and(|(same, _)| same == beside)
    }

    /// The fingerprint of everything the file is made of. As long as a look is kept the dress is the
    /// same.
    pub fn fingerprint_of_file(
        &mut self,
        compile_theme: Fingerprint,
        beside: Option<Fingerprint>,
    ) -> Fingerprint {
        match self.made_of {
            Some((same, fingerprint)) if same == beside => fingerprint,
            _ => {
                let fingerprint = Fingerprint::of_value(&(compile_theme, beside, self.fingerprint));
                self.made_of = Some((beside, fingerprint));
                fingerprint
            }
        }
    }
}

impl RenderCache {
    /// Takes what is known out of a slot, as far as it is of use for a site with this graph,
    /// this dress, these documents and so many targets; `since` is where the files are that are
    /// there already. Views that showed words which have changed are forgotten. With `explains`, the files of the last build are remembered, to tell
    /// new ones from them.
    pub fn take(
        slot: &Mutex<Self>,
        made_with: (Fingerprint, Fingerprint),
        graph: &Graph,
        documents: &Documents,
        targets: usize,
        since: Option<u64>,
        explains: bool,
    ) -> Self {
        let mut render_cache = std::mem::take(&mut *slot.lock().unwrap_or_else(PoisonError::into_inner));
        let same_frame = render_cache.made_with == made_with
            && render_cache.documents.len() == documents.len()
            && render_cache.targets.len() == targets;
        let mut files = std::mem::take(&mut render_cache.files);
        if !same_frame {
            let why = match render_cache.made_with {
                (graph, compile_theme) if compile_theme == made_with.1 && graph != Fingerprint::default() => {
                    RenderReason::Graph
                }
                (graph, _) if graph != Fingerprint::default() => RenderReason::Dress,
                _ => RenderReason::New,
            };
            files.clear();
            if explains {
                let known = render_cache.targets.iter().filter_map(|known| known.as_ref().ok());
                files = known.map(|cached| cached.path.clone()).collect();
            }
            render_cache.targets.clear();
            render_cache.targets.resize_with(targets, || Err(why.clone()));
        } else {
            let pages = || {
                graph
                    .pages
                    .iter()
                    .map(|page| (&render_cache.documents[page.document], &documents[page.document]))
            };
            let others = |differ: fn(&Document, &Document) -> bool| -> Vec<bool> {
                pages().map(|(before, now)| !Arc::ptr_eq(before, now) && differ(before, now)).collect()
            };
            let texts = others(|before, now| before.fingerprint != now.fingerprint);
            let cards = others(|before, now| card::words(before) != card::words(now));
            let passages = others(|before, now| before.passages != now.passages);
            let changed: Vec<usize> = (0..texts.len()).filter(|number| texts[*number]).collect();
            let other = |cached: &CachedTarget| {
                if let Some((drawer, step)) = cached.drawer {
                    let other_words = |number: &&usize| {
                        let at = graph.pages[**number].document;
                        let (before, now) =
                            (&render_cache.documents[at].search_words, &documents[at].search_words);
                        !before.same_in(now, drawer.into(), step.into())
                    };
                    return changed.iter().find(other_words).map(|number| PageId(*number as u32));
                }
                let text = cached.texts.iter().find(|page| texts[page.index()]);
                let text = text.or_else(|| cached.cards.iter().find(|page| cards[page.index()]));
                text.or_else(|| cached.passages.iter().find(|page| passages[page.index()])).copied()
            };
            if !changed.is_empty() {
                let found: Vec<Option<PageId>> = render_cache
                    .targets
                    .par_iter()
                    .map(|known| known.as_ref().ok().and_then(other))
                    .collect();
                for (known, page) in render_cache.targets.iter_mut().zip(found) {
                    if let Some(page) = page {
                        *known = Err(RenderReason::Words(graph.page(page).summary.path.clone()));
                    }
                }
            }
        }
        let shown = render_cache.shown.filter(|shown| same_frame && since == Some(*shown));
        let images = if same_frame { render_cache.images } else { 0 };
        Self { made_with, documents: documents.clone(), targets: render_cache.targets, shown, images, files }
    }

    /// Whether the files are there that were made of these views.
    pub fn are_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// Notes where all files are that were made of the last views.
    pub fn show(slot: &Mutex<Self>, number: u64) {
        slot.lock().unwrap_or_else(PoisonError::into_inner).shown = Some(number);
    }

    /// Why a file was rendered of which this much was known.
    pub fn reason(&self, path: &SitePath, why: RenderReason) -> RenderReason {
        let is_new = matches!(why, RenderReason::Graph | RenderReason::Dress) && !self.files.contains(path);
        if is_new { RenderReason::New } else { why }
    }

    /// Puts it back for the next build. What a build did not finish must not come back: some
    /// of it is new and some is not.
    pub fn keep(mut self, slot: &Mutex<Self>) {
        self.shown = None;
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = self;
    }
}

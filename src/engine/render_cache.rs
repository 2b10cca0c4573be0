//! The render cache: fingerprints and dependencies of the views of the last render.
//!
//! A view is made from the graph, the configuration, the fields that templates use, and the texts that
//! it depends on. While the first three are unchanged, the view of a target is built again only if
//! one of its dependencies has changed.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_document::Document;
use pingmark_render::view::Dependency;
use pingmark_render::view::teaser::TeaserText;
use pingmark_site::graph::{Graph, PageId};

use super::Site;
use super::compile::Documents;

/// Views of the last render.
#[derive(Debug, Default)]
pub(super) struct RenderCache {
    /// Fingerprints of the graph and of the theme that all views were made with.
    made_with: (Fingerprint, Fingerprint),
    /// Documents of the last render, sorted by path.
    documents: Documents,
    /// By index of the target: its cached view, or why it must be rendered.
    pub targets: Vec<Result<CachedTarget, RenderReason>>,
    /// Whether graph, plan and theme are the same as in the last render.
    pub is_same_frame: bool,
    /// Files of the last render, kept with `explain` when all views are forgotten.
    pub files: HashSet<SitePath>,
}

/// Why a file was rendered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenderReason {
    /// The file is new.
    New,
    /// The file depends on the text of this document, which changed.
    Words(SitePath),
    /// The graph changed: the file's links, lists or neighbours may have too.
    Graph,
    /// A list that every page of its kind shows changed.
    SharedLists,
    /// The templates, the theme or the configuration changed.
    Theme,
    /// The file is copied or has a problem to report: such files are made each time.
    Always,
}

impl RenderReason {
    /// Corrects the reason for a file that is new.
    pub(super) fn of_file(self, is_new: bool) -> Self {
        if is_new && matches!(self, Self::Graph | Self::Theme) { Self::New } else { self }
    }
}

impl fmt::Display for RenderReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("new"),
            Self::Words(path) => write!(f, "the words of {path} changed"),
            Self::Graph => f.write_str("its links, lists or neighbours changed"),
            Self::SharedLists => f.write_str("a list beside every page of its kind changed"),
            Self::Theme => f.write_str("the templates, the theme or the settings changed"),
            Self::Always => f.write_str("copied, or with a problem to report"),
        }
    }
}

/// A target as of the last render.
#[derive(Debug)]
pub(super) struct CachedTarget {
    /// Path of its file.
    pub path: SitePath,
    /// Fingerprint of the view and of its route.
    pub fingerprint: Fingerprint,
    /// Fingerprint of the shared lists at the last render, and the resulting fingerprint of the file.
    pub made_of: Option<(Option<Fingerprint>, Fingerprint)>,
    /// Index of the shared lists that its template may show; `None` for a file without a template.
    pub shared_lists: Option<usize>,
    /// Whether the file was handed over without a problem.
    pub is_settled: bool,
    /// Texts that the view depends on, sorted.
    pub dependencies: Box<[Dependency]>,
}

impl CachedTarget {
    /// Whether the file is unchanged, given the fingerprint of the shared lists.
    pub(super) fn is_as_before(&self, beside: Option<Fingerprint>) -> bool {
        self.is_settled && self.made_of.is_some_and(|(same, _)| same == beside)
    }

    /// Fingerprint of all inputs of the file. Cached, because the theme stays the same as long as
    /// this target is kept.
    pub(super) fn fingerprint_of_file(
        &mut self,
        theme: Fingerprint,
        beside: Option<Fingerprint>,
    ) -> Fingerprint {
        match self.made_of {
            Some((same, fingerprint)) if same == beside => fingerprint,
            _ => {
                let fingerprint = Fingerprint::of_value(&(theme, beside, self.fingerprint));
                self.made_of = Some((beside, fingerprint));
                fingerprint
            }
        }
    }
}

/// Pages whose document changed since the last render, by the part that changed.
struct Changes<'a> {
    graph: &'a Graph,
    before: &'a Documents,
    now: &'a Documents,
    /// Pages with any change.
    pages: Vec<PageId>,
    texts: Vec<bool>,
    teasers: Vec<bool>,
    passages: Vec<bool>,
}

impl<'a> Changes<'a> {
    fn between(before: &'a Documents, now: &'a Documents, graph: &'a Graph) -> Self {
        let differ = |differ: fn(&Document, &Document) -> bool| -> Vec<bool> {
            let pages = graph.pages.iter().map(|page| (&before[page.document], &now[page.document]));
            pages.map(|(before, now)| !Arc::ptr_eq(before, now) && differ(before, now)).collect()
        };
        let texts = differ(|before, now| before.fingerprint != now.fingerprint);
        let pages = (0..texts.len()).filter(|number| texts[*number]).map(|number| PageId(number as u32));
        Self {
            graph,
            before,
            now,
            pages: pages.collect(),
            teasers: differ(|before, now| TeaserText::of(before) != TeaserText::of(now)),
            passages: differ(|before, now| before.passages != now.passages),
            texts,
        }
    }

    /// The first changed page that a target with these dependencies depends on.
    fn concerning(&self, dependencies: &[Dependency]) -> Option<PageId> {
        dependencies.iter().find_map(|dependency| match *dependency {
            Dependency::Text(page) => self.texts[page.index()].then_some(page),
            Dependency::Teaser(page) => self.teasers[page.index()].then_some(page),
            Dependency::Passage(page) => self.passages[page.index()].then_some(page),
            Dependency::Shard(shard, shards) => self.pages.iter().copied().find(|page| {
                let at = self.graph.page(*page).document;
                !self.before[at].search_words.same_in(&self.now[at].search_words, shard.into(), shards.into())
            }),
        })
    }
}

impl RenderCache {
    /// Prepares the cache for a render of `site`: forgets the views that depend on a changed text, or
    /// all views if graph, plan or theme changed. With `explain`, remembers the files of the last
    /// render, to recognise new ones.
    pub(super) fn carried_over(mut self, site: &Site, explain: bool) -> Self {
        let made_with = (site.linked.fingerprint, site.theme.fingerprint);
        let count = site.plan().targets.len();
        let is_same_frame = self.made_with == made_with
            && self.documents.len() == site.documents.len()
            && self.targets.len() == count;
        self.files.clear();
        if is_same_frame {
            self.forget_changed(site);
        } else {
            if explain {
                let known = self.targets.iter().filter_map(|known| known.as_ref().ok());
                self.files = known.map(|cached| cached.path.clone()).collect();
            }
            let reason = match self.made_with {
                (graph, _) if graph == Fingerprint::default() => RenderReason::New,
                (_, theme) if theme == made_with.1 => RenderReason::Graph,
                _ => RenderReason::Theme,
            };
            self.targets.clear();
            self.targets.resize_with(count, || Err(reason.clone()));
        }
        Self { made_with, documents: site.documents.clone(), is_same_frame, ..self }
    }

    fn forget_changed(&mut self, site: &Site) {
        let changes = Changes::between(&self.documents, &site.documents, site.graph());
        if changes.pages.is_empty() {
            return;
        }
        self.targets.par_iter_mut().for_each(|known| {
            let page = known.as_ref().ok().and_then(|cached| changes.concerning(&cached.dependencies));
            if let Some(page) = page {
                *known = Err(RenderReason::Words(site.graph().page(page).summary.path.clone()));
            }
        });
    }

    /// Adds the view of a target that was rendered later.
    pub(super) fn learn(&mut self, number: usize, cached: CachedTarget) {
        if let Some(known) = self.targets.get_mut(number) {
            *known = Ok(cached);
        }
    }
}

//! Resolution of names: wikilinks (`[[slug]]`) and citations (`[@key]`).

use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};

use super::{ReferenceResolver, Resolved, split_suffix};
use crate::graph::{Page, PageId, Unpublished};

impl ReferenceResolver<'_> {
    /// Resolves a wikilink: `[[slug]]`, `[[slug#titre]]`, `[[2011-03-04-slug]]`, else a title,
    /// `[[Titre de l’article]]`.
    pub(super) fn wiki(
        &self,
        page: &Page,
        target: &str,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Resolved {
        let path = &page.summary().path;
        let (name, rest) = split_suffix(target);
        if name.is_empty() {
            let rest = format!("#{}", anchor_id(page, rest.trim_start_matches('#')));
            return self.check_anchor(page, &rest, path, spot, diagnostics, Resolved::SamePage(rest.clone()));
        }
        let slug = slugify(name.rsplit('/').next().unwrap_or(name).trim_end_matches(".md"));
        let by_title = || {
            self.graph.published().find(|id| {
                let page = self.graph.page(*id);
                slugify(page.summary().path.stem()) == slug || slugify(self.titles.of(page.document)) == slug
            })
        };
        match self.with_slug(page, &slug) {
            Some([one]) => self.wiki_found(*one, rest, path, spot, diagnostics),
            Some(several) => self.ambiguous(name, several, path, spot, diagnostics),
            None => match by_title() {
                Some(one) => self.wiki_found(one, rest, path, spot, diagnostics),
                None => self.wiki_missing(&slug, name, path, spot, diagnostics),
            },
        }
    }

    fn wiki_found(
        &self,
        target: PageId,
        rest: &str,
        path: &SitePath,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Resolved {
        let page = self.graph.page(target);
        let anchor = rest.strip_prefix('#').map(|words| anchor_id(page, words));
        let found = Resolved::Page(target, anchor.clone());
        let rest = anchor.map(|id| format!("#{id}")).unwrap_or_default();
        self.check_anchor(page, &rest, path, spot, diagnostics, found)
    }

    fn wiki_missing(
        &self,
        slug: &str,
        name: &str,
        path: &SitePath,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Resolved {
        if self.report_unpublished(slug, path, spot, diagnostics) {
            return Resolved::Unpublished;
        }
        let mut slugs: Vec<&str> = self.slugs().keys().map(|(_, slug)| slug.as_str()).collect();
        slugs.sort_unstable();
        diagnostics.push(catalogue::wikilink_not_found(path, spot, name, nearest(slug, slugs)));
        Resolved::Broken
    }

    /// Resolves a citation, `[@key]`: a source of the catalogue, else an article by its slug.
    pub(super) fn cite(
        &self,
        page: &Page,
        key: &str,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Resolved {
        if let Some(source) = self.graph.bibliography.by_key(key) {
            return Resolved::Source(source);
        }
        let path = &page.summary().path;
        let slug = slugify(key);
        match self.with_slug(page, &slug) {
            Some([one]) => return Resolved::Page(*one, None),
            Some(several) => return self.ambiguous(key, several, path, spot, diagnostics),
            None if self.report_unpublished(&slug, path, spot, diagnostics) => return Resolved::Unpublished,
            None => {}
        }
        let slugs = self.slugs().keys().map(|(_, slug)| slug.as_str());
        let mut names: Vec<&str> = self.graph.bibliography.keys().chain(slugs).collect();
        names.sort_unstable();
        diagnostics.push(catalogue::cite_not_found(path, spot, key, nearest(key, names)));
        Resolved::Broken
    }

    /// Articles with a slug: in the page's own language, else in the first language with one.
    fn with_slug<'s>(&'s self, page: &'s Page, slug: &str) -> Option<&'s [PageId]> {
        let others = self.config.languages.iter().map(|language| language.code.as_str());
        std::iter::once(page.summary().lang.as_str())
            .chain(others)
            .find_map(|lang| self.slugs().get(&(lang, slug.to_owned())))
            .map(Vec::as_slice)
    }

    fn ambiguous(
        &self,
        name: &str,
        several: &[PageId],
        path: &SitePath,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Resolved {
        let paths: Vec<&SitePath> = several.iter().map(|id| &self.graph.page(*id).summary().path).collect();
        diagnostics.push(catalogue::wikilink_ambiguous(path, spot, name, &paths));
        Resolved::Broken
    }

    /// Reports a reference to an unpublished article, if one has this slug. Returns whether it did.
    fn report_unpublished(
        &self,
        slug: &str,
        path: &SitePath,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        let is_called = |unpublished: &&Unpublished| {
            let summary = &unpublished.summary;
            slugify(&summary.name.slug) == slug
                || summary.meta.slug.as_deref().is_some_and(|own| slugify(own) == slug)
        };
        let Some(unpublished) = self.graph.unpublished.iter().find(is_called) else { return false };
        let (held, reason) = (unpublished.summary.path.as_str(), unpublished.reason);
        diagnostics.push(catalogue::link_held(path, spot, held, reason));
        true
    }
}

/// Id of a heading, given its id or its text.
fn anchor_id(page: &Page, words: &str) -> String {
    let known = page.summary().anchors.iter().any(|id| id == words);
    if known { words.to_owned() } else { slugify(words) }
}

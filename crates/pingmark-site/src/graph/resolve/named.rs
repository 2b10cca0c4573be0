//! Resolution of names: wikilinks (`[[slug]]`) and citations (`[@key]`).

use pingmark_core::diag::{Spot, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};

use super::{PageResolver, Resolved, split_suffix, with_moved_anchor};
use crate::graph::{Page, PageId, Unpublished, published};

impl<'r> PageResolver<'r, '_> {
    /// Resolves a wikilink: `[[slug]]`, `[[slug#titre]]`, `[[2011-03-04-slug]]`, else a title,
    /// `[[Titre de l’article]]`.
    pub(super) fn wiki(&mut self, target: &str, spot: &Spot) -> Resolved {
        let (name, rest) = split_suffix(target);
        if name.is_empty() {
            let rest = format!("#{}", anchor_id(self.page, rest.trim_start_matches('#')));
            let rest = with_moved_anchor(self.page, &rest).into_owned();
            self.check_anchor(self.page, &rest, spot);
            return Resolved::SamePage(rest);
        }
        let slug = slugify(name.rsplit('/').next().unwrap_or(name).trim_end_matches(".md"));
        match self.with_slug(&slug) {
            Some([one]) => self.wiki_found(*one, rest, spot),
            Some(several) => self.ambiguous(name, several, spot),
            None => match self.with_title(&slug) {
                Some(one) => self.wiki_found(one, rest, spot),
                None => self.wiki_missing(&slug, name, spot),
            },
        }
    }

    fn wiki_found(&mut self, target: PageId, rest: &str, spot: &Spot) -> Resolved {
        let page = self.index.page(target);
        let anchor = rest.strip_prefix('#').map(|words| {
            let rest = format!("#{}", anchor_id(page, words));
            with_moved_anchor(page, &rest)[1..].to_owned()
        });
        if let Some(id) = &anchor {
            self.check_anchor(page, &format!("#{id}"), spot);
        }
        Resolved::Page(target, anchor)
    }

    fn wiki_missing(&mut self, slug: &str, name: &str, spot: &Spot) -> Resolved {
        if self.report_unpublished(slug, spot) {
            return Resolved::Unpublished;
        }
        let mut slugs: Vec<&str> = self.index.slugs().keys().map(|(_, slug)| slug.as_str()).collect();
        slugs.sort_unstable();
        self.broken(catalogue::wikilink_not_found(self.path, spot, name, nearest(slug, slugs)))
    }

    /// Resolves a citation, `[@key]`: a source of the catalogue, else an article by its slug.
    pub(super) fn cite(&mut self, key: &str, spot: &Spot) -> Resolved {
        let index = self.index;
        if let Some(source) = index.bibliography.by_key(key) {
            return Resolved::Source(source);
        }
        let slug = slugify(key);
        match self.with_slug(&slug) {
            Some([one]) => return Resolved::Page(*one, None),
            Some(several) => return self.ambiguous(key, several, spot),
            None if self.report_unpublished(&slug, spot) => return Resolved::Unpublished,
            None => {}
        }
        let slugs = index.slugs().keys().map(|(_, slug)| slug.as_str());
        let mut names: Vec<&str> = index.bibliography.keys().chain(slugs).collect();
        names.sort_unstable();
        self.broken(catalogue::cite_not_found(self.path, spot, key, nearest(key, names)))
    }

    /// Articles with a slug: in the page's own language, else in the first language with one.
    fn with_slug(&self, slug: &str) -> Option<&'r [PageId]> {
        let index = self.index;
        let others = index.config.languages.iter().map(|language| language.code.as_str());
        std::iter::once(self.page.summary().lang.as_str())
            .chain(others)
            .find_map(|lang| index.slugs().get(&(lang, slug.to_owned())))
            .map(Vec::as_slice)
    }

    /// First article with this slug as its file's stem or as its title.
    fn with_title(&mut self, slug: &str) -> Option<PageId> {
        let index = self.index;
        published(index.pages).find(|id| {
            let page = index.page(*id);
            slugify(page.summary().path.stem()) == slug || {
                self.used_titles = true;
                slugify(index.titles[page.document]) == slug
            }
        })
    }

    fn ambiguous(&mut self, name: &str, several: &[PageId], spot: &Spot) -> Resolved {
        let paths: Vec<&SitePath> = several.iter().map(|id| &self.index.page(*id).summary().path).collect();
        self.broken(catalogue::wikilink_ambiguous(self.path, spot, name, &paths))
    }

    /// Reports a reference to an unpublished article, if one has this slug. Returns whether it did.
    fn report_unpublished(&mut self, slug: &str, spot: &Spot) -> bool {
        let has_slug = |document: &&Unpublished| {
            let summary = &document.summary;
            slugify(&summary.name.slug) == slug
                || summary.meta.slug.as_deref().is_some_and(|own| slugify(own) == slug)
        };
        let Some(document) = self.index.unpublished.iter().find(has_slug) else { return false };
        let file = document.summary.path.as_str();
        self.diagnostics.push(catalogue::link_held(self.path, spot, file, document.reason));
        true
    }
}

/// Id of a heading, given its id or its text.
fn anchor_id(page: &Page, words: &str) -> String {
    let known = page.summary().anchors.iter().any(|id| id == words);
    if known { words.to_owned() } else { slugify(words) }
}

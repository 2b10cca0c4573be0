//! The views of what machines read of the site as a whole.

use std::collections::BTreeMap;

use super::Gaze;
use crate::graph::{PageId, Route};
use crate::plan::Recipe;
use crate::when::When;

/// The icons of a site's manifest, by the names under which they are looked for.
const ICONS: [&str; 2] = ["favicon.svg", "icon.png"];

/// Every page that search engines should know.
#[derive(Debug, Hash)]
pub struct SitemapView<'a>(pub Vec<Entry<'a>>);

/// A page in the sitemap.
#[derive(Debug, Hash)]
pub struct Entry<'a> {
    /// Its address.
    pub route: &'a Route,
    /// When it last changed.
    pub changed: Option<When>,
    /// Its versions in all languages, itself among them; none without another.
    pub versions: Vec<(&'a str, &'a Route)>,
}

/// What the site is on a home screen: address and size of each icon.
#[derive(Debug, Hash)]
pub struct ManifestView<'a>(pub Vec<(&'a str, Option<(u32, u32)>)>);

impl<'a> Gaze<'a> {
    pub(super) fn sitemap(&self) -> SitemapView<'a> {
        // Looked up once, however many pages a list has.
        let newest = |posts: &Vec<PageId>| posts.iter().filter_map(|id| self.changed(*id)).max();
        let posts = self.graph.order.posts.iter();
        let languages: BTreeMap<&str, Option<When>> =
            posts.map(|(lang, posts)| (lang.as_str(), newest(posts))).collect();
        let terms: Vec<Option<When>> =
            self.graph.groups.terms.iter().map(|term| newest(&term.posts)).collect();
        let entries = self.plan.targets.iter().filter_map(|target| {
            let (changed, versions) = match &target.recipe {
                // A copy of something that stands elsewhere is that site's to announce.
                Recipe::Page(id) if self.graph.page(*id).summary.meta.canonical_url.is_some() => return None,
                Recipe::Page(id) => (self.changed(*id), self.versions(*id)),
                Recipe::Home(lang, _) | Recipe::Archive(lang) | Recipe::Citations(lang) => {
                    (languages.get(lang.as_str()).copied().flatten(), Vec::new())
                }
                Recipe::Term(id, _) => (terms[id.index()], Vec::new()),
                Recipe::List(..) | Recipe::Terms(..) | Recipe::Sources(_) | Recipe::Site(..) => {
                    (None, Vec::new())
                }
                _ => return None,
            };
            Some(Entry { route: &target.route, changed, versions })
        });
        SitemapView(entries.collect())
    }

    fn changed(&self, id: PageId) -> Option<When> {
        let meta = &self.graph.page(id).summary.meta;
        meta.updated.max(meta.date)
    }

    fn versions(&self, id: PageId) -> Vec<(&'a str, &'a Route)> {
        let page = self.graph.page(id);
        if page.translations.is_empty() {
            return Vec::new();
        }
        let mut all: Vec<PageId> = page.translations.iter().copied().chain([id]).collect();
        all.sort_unstable();
        let pages = all.into_iter().map(|id| self.graph.page(id));
        pages.map(|page| (page.summary.lang.as_str(), &page.route)).collect()
    }

    pub(super) fn manifest(&self) -> ManifestView<'a> {
        let addresses =
            ICONS.into_iter().map(|name| self.graph.dressing.get(name).map_or(name, String::as_str));
        let icon = |address| Some((address, self.graph.assets.get(address)?.dimensions));
        ManifestView(addresses.filter_map(icon).collect())
    }

    /// The files whose names change with their content.
    pub(super) fn lasting(&self) -> Vec<&'a str> {
        let named = self.graph.dressing.iter().filter(|(name, address)| name != address);
        named.map(|(_, address)| address.as_str()).collect()
    }
}

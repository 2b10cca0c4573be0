//! The views of what machines read of the site as a whole.

use std::collections::BTreeMap;

use pingmark_core::icon::Icon;
use pingmark_core::when::When;
use pingmark_site::graph::{PageId, Route};
use pingmark_site::plan::icons::{ICON_SOURCE, icon_source};
use pingmark_site::plan::{Recipe, images};

use super::ViewBuilder;

/// Icons that a site may bring along for its manifest, by the names under which they are looked
/// for.
const OWN_ICONS: [&str; 2] = [ICON_SOURCE, "icon.png"];

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

/// What the site is on a home screen: its icons.
#[derive(Debug, Hash)]
pub struct ManifestView<'a>(pub Vec<IconView<'a>>);

/// An icon in a manifest.
#[derive(Debug, Hash)]
pub struct IconView<'a> {
    /// Its address.
    pub address: &'a str,
    /// Its width and height, if known.
    pub size: Option<(u32, u32)>,
    /// What it is for.
    pub purpose: &'static str,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn sitemap(&self) -> SitemapView<'a> {
        // Looked up once, however many pages a list has.
        let newest = |posts: &Vec<PageId>| posts.iter().filter_map(|id| self.changed(*id)).max();
        let posts = self.graph.order.posts.iter();
        let languages: BTreeMap<&str, Option<When>> =
            posts.map(|(lang, posts)| (lang.as_str(), newest(posts))).collect();
        let terms: Vec<Option<When>> =
            self.graph.taxonomies.terms.iter().map(|term| newest(&term.posts)).collect();
        let entries = self.plan.targets.iter().filter_map(|target| {
            let (changed, versions) = match &target.recipe {
                // A copy of something that stands elsewhere is that site's to announce.
                Recipe::Page(id) if self.graph.page(*id).summary.meta.canonical_url.is_some() => return None,
                Recipe::Page(id) => (self.changed(*id), self.versions(*id)),
                Recipe::Home(lang, _) | Recipe::Archive(lang) | Recipe::Citations(lang) => {
                    (languages.get(lang.as_str()).copied().flatten(), Vec::new())
                }
                Recipe::Term(id, _) => (terms[id.index()], Vec::new()),
                Recipe::List(..) | Recipe::Terms(..) | Recipe::Sources(_) | Recipe::CitedWebsite(..) => {
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
            OWN_ICONS.into_iter().map(|name| self.graph.theme_assets.get(name).map_or(name, String::as_str));
        let own = addresses.filter_map(|address| {
            Some(IconView { address, size: self.graph.assets.get(address)?.dimensions, purpose: "any" })
        });
        let has_drawing = icon_source(self.graph).is_some();
        let made = Icon::ALL.into_iter().filter(|_| has_drawing).filter_map(|icon| {
            let own = self.graph.assets.get(icon.file());
            let size = own.map_or(Some((icon.side(), icon.side())), |asset| asset.dimensions);
            Some(IconView { address: icon.file(), size, purpose: icon.purpose()? })
        });
        ManifestView(own.chain(made).collect())
    }

    /// The files whose names change with their content.
    pub(super) fn lasting(&self) -> Vec<&'a str> {
        let named = self.graph.theme_assets.iter().filter(|(name, address)| name != address);
        let named = named.map(|(_, address)| address.as_str());
        let sized = self
            .plan
            .versions
            .values()
            .any(|versions| !versions.same.is_empty() || !versions.webp.is_empty());
        named.chain(sized.then_some(images::PATTERN)).collect()
    }
}

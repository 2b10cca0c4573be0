//! Views of files for machines: feeds, sitemap, web manifest, redirects, headers.

use std::collections::BTreeMap;

use pingmark_core::icon::Icon;
use pingmark_core::when::When;
use pingmark_site::graph::{PageId, Route};
use pingmark_site::plan::icons::{ICON_SOURCE, icon_source};
use pingmark_site::plan::{Feed, InSitemap, ListPage, Recipe, images};

use super::{TeaserView, TermTeaser, Text, ViewBuilder};

/// Names of icons that a site may provide for its web manifest.
const OWN_ICONS: [&str; 2] = [ICON_SOURCE, "icon.png"];

/// Feed.
#[derive(Debug, Hash)]
pub struct FeedView<'a> {
    /// Format, language and term.
    pub feed: &'a Feed,
    /// Term whose posts it has; `None` for all posts of the language.
    pub term: Option<&'a TermTeaser<'a>>,
    /// Posts, newest first; with their texts if the settings ask for full feeds.
    pub items: Vec<(&'a TeaserView<'a>, Option<Text<'a>>)>,
}

/// Pages of the sitemap, by address.
#[derive(Debug, Hash)]
pub struct SitemapView<'a>(pub Vec<SitemapEntry<'a>>);

/// Page in the sitemap.
#[derive(Debug, Hash)]
pub struct SitemapEntry<'a> {
    /// Address.
    pub route: &'a Route,
    /// Time of the last change.
    pub changed: Option<When>,
    /// Addresses in all languages, itself included; empty without a translation.
    pub versions: Vec<(&'a str, &'a Route)>,
}

/// `_redirects`.
#[derive(Debug, Hash)]
pub struct RedirectsView<'a> {
    /// Text of the site's own file.
    pub own: Option<&'a str>,
    /// Lines for the aliases of pages.
    pub lines: Vec<String>,
}

/// Icons of the web manifest.
#[derive(Debug, Hash)]
pub struct ManifestView<'a>(pub Vec<IconView<'a>>);

/// Icon of the web manifest.
#[derive(Debug, Hash)]
pub struct IconView<'a> {
    /// Address below the site's root.
    pub address: &'a str,
    /// Width and height in pixels, if known.
    pub size: Option<(u32, u32)>,
    /// `purpose`, as the web manifest defines it.
    pub purpose: &'static str,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn feed(&self, feed: &'a Feed) -> FeedView<'a> {
        let posts = match feed.term {
            Some(id) => &self.graph.taxonomies.term(id).posts[..],
            None => self.graph.order.posts.get(&feed.lang).map_or(&[][..], Vec::as_slice),
        };
        let settings = &self.config.settings.feed;
        let newest = &posts[..posts.len().min(settings.limit)];
        FeedView {
            feed,
            term: feed.term.map(|id| self.term(id)),
            items: newest
                .iter()
                .map(|id| (self.teaser(*id), settings.full.then(|| self.text(*id))))
                .collect(),
        }
    }

    pub(super) fn sitemap(&self) -> SitemapView<'a> {
        // Dates of lists are looked up once, however many pages a list has.
        let newest = |posts: &Vec<PageId>| posts.iter().filter_map(|id| self.changed(*id)).max();
        let posts = self.graph.order.posts.iter();
        let languages: BTreeMap<&str, Option<When>> =
            posts.map(|(lang, posts)| (lang.as_str(), newest(posts))).collect();
        let terms: Vec<Option<When>> =
            self.graph.taxonomies.terms.iter().map(|term| newest(&term.posts)).collect();
        let homes = self.homes();
        let entries = self.plan.targets.iter().filter_map(|target| {
            let (changed, versions) = match target.recipe.facts(self.graph).sitemap {
                InSitemap::No => return None,
                InSitemap::Undated => (None, Vec::new()),
                InSitemap::Page(id) => (self.changed(id), self.versions(id)),
                InSitemap::PostsOf(lang) => {
                    let is_home = homes.iter().any(|(_, route)| *route == &target.route);
                    let versions = if is_home { homes.clone() } else { Vec::new() };
                    (languages.get(lang).copied().flatten(), versions)
                }
                InSitemap::Term(id) => (terms[id.index()], Vec::new()),
            };
            Some(SitemapEntry { route: &target.route, changed, versions })
        });
        SitemapView(entries.collect())
    }

    /// Home pages of all languages; none if there is only one.
    fn homes(&self) -> Vec<(&'a str, &'a Route)> {
        let mut homes: Vec<(&str, &Route)> = Vec::new();
        for target in &self.plan.targets {
            if let Recipe::List(ListPage::Home(lang, slice)) = &target.recipe
                && slice.number == 1
            {
                homes.push((lang, &target.route));
            }
        }
        homes.sort_unstable();
        if homes.len() > 1 { homes } else { Vec::new() }
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
        let drawn = Icon::ALL.into_iter().filter(|_| has_drawing).filter_map(|icon| {
            let own = self.graph.assets.get(icon.file());
            let size = own.map_or(Some((icon.side(), icon.side())), |asset| asset.dimensions);
            Some(IconView { address: icon.file(), size, purpose: icon.purpose()? })
        });
        ManifestView(own.chain(drawn).collect())
    }

    /// Lines for `_redirects`, and the site's own file.
    pub(super) fn redirects(&self) -> RedirectsView<'a> {
        let base = &self.config.base_url;
        let mut lines = Vec::with_capacity(self.plan.redirects.len());
        for redirect in &self.plan.redirects {
            let line = redirect.line(self.graph, base);
            // Netlify prefers a file at the address unless the status has a `!`.
            if redirect.conditions.is_some() {
                lines.push(format!("{line}!"));
            }
            lines.push(line);
        }
        RedirectsView { own: self.sources.text("static/_redirects").map(AsRef::as_ref), lines }
    }

    /// Addresses of posts and pages, old ones included.
    pub(super) fn letterbox_targets(&self) -> Vec<String> {
        let base = &self.config.base_url;
        let pages = self.graph.published().map(|id| self.graph.page(id).route.permalink(base));
        let old = self.plan.redirects.iter().map(|redirect| {
            let address = redirect.from.permalink(base);
            match &redirect.conditions {
                Some(conditions) => format!("{address}?{}", conditions.replace(' ', "&")),
                None => address,
            }
        });
        let mut found: Vec<String> = pages.chain(old).chain([format!("{}/", base.as_str())]).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Addresses of files with a content hash in their names.
    pub(super) fn immutable_files(&self) -> Vec<&'a str> {
        let named = self.graph.theme_assets.iter().filter(|(name, address)| is_hashed(name, address));
        let named = named.map(|(_, address)| address.as_str());
        let sized = self
            .plan
            .versions
            .values()
            .any(|versions| !versions.same.is_empty() || !versions.webp.is_empty());
        named.chain(sized.then_some(images::PATTERN)).collect()
    }
}

/// Whether an address is a name with a content hash in it: `plume.1f2e3d4c.css`.
fn is_hashed(name: &str, address: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let hash = address
        .strip_prefix(stem)
        .and_then(|rest| rest.strip_prefix('.')?.strip_suffix(extension)?.strip_suffix('.'));
    hash.is_some_and(|hash| !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

//! Resolution of references: links, images, citations and wikilinks of all pages.

mod files;
mod named;
mod similar;
mod unshowable;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use pingmark_core::config::Config;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::html::{is_absolute, is_local, is_unsafe};
use pingmark_core::path::{SitePath, composed};
use pingmark_core::site_files::is_markdown;
use pingmark_core::slug::{nearest, slugify};
use pingmark_document::outline::HeadingIds;
use pingmark_document::{Reference, ReferenceKind};

use super::alias::{self, is_number_of_post, strip_base};
use super::assets::{Assets, HeldFiles};
use super::backlink::{self, Backlink};
use super::placed::Placed;
use super::route::Route;
use super::{Asset, LinkInputs, Page, PageId, PageKind, Unpublished, UnpublishedReason, published};
use crate::bibliography::{Bibliography, SourceId};
use files::FoldedNames;
pub(crate) use similar::SimilarFiles;

pub use unshowable::is_unshowable;

/// Target of a reference. A *suffix* is `?query#fragment`, kept as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// Page of the site, and the id of a heading on it.
    Page(PageId, Option<String>),
    /// Copied file: its address in [`Graph::assets`](super::Graph::assets), and a suffix (`?v=1`, `#page=2`).
    Asset(String, String),
    /// Heading on the same page: the suffix.
    SamePage(String),
    /// Another address of the site (a tag's page, a feed), and a suffix. The plan checks that it
    /// exists.
    SiteUrl(Route, String),
    /// Another website; the target stays as written.
    External,
    /// Address of the site's own host that another server answers; the target stays as written.
    Elsewhere,
    /// Source of the catalogue.
    Source(SourceId),
    /// Document that is not published; shown without a link.
    Unpublished,
    /// Nothing; reported as a diagnostic.
    Broken,
}

/// Resolved references of the site, by page.
pub(super) struct ResolvedReferences {
    /// Targets of each page's references.
    pub references: Vec<Vec<Resolved>>,
    /// Target of each page's cover image.
    pub images: Vec<Option<Resolved>>,
    /// Backlinks of each page.
    pub backlinks: Vec<Vec<Backlink>>,
    /// Whether a title was compared with a wikilink.
    pub used_titles: bool,
    /// Problems found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Resolves the references of all pages, in parallel. `titles` are those of all documents.
pub(super) fn resolve(
    placed: &Placed,
    assets: &Assets,
    titles: &[&str],
    inputs: &LinkInputs<'_>,
) -> ResolvedReferences {
    let index = ReferenceIndex::new(placed, assets, titles, inputs);
    let found: Vec<PageReferences> =
        placed.pages.par_iter().map(|page| PageResolver::new(&index, page).resolve()).collect();
    let mut references = Vec::with_capacity(found.len());
    let mut images = Vec::with_capacity(found.len());
    let (mut diagnostics, mut used_titles) = (Vec::new(), false);
    for page in found {
        references.push(page.references);
        images.push(page.image);
        used_titles |= page.used_titles;
        diagnostics.extend(page.diagnostics);
    }
    let backlinks = backlink::backlinks(&placed.pages, &references);
    ResolvedReferences { references, images, backlinks, used_titles, diagnostics }
}

/// Index of every way to name a page, a file or a source.
struct ReferenceIndex<'a> {
    pages: &'a [Page],
    /// Titles of all documents.
    titles: &'a [&'a str],
    unpublished: &'a [Unpublished],
    assets: &'a BTreeMap<String, Asset>,
    held: &'a HeldFiles,
    bibliography: &'a Bibliography,
    config: &'a Config,
    /// Pages by file.
    files: HashMap<&'a str, PageId, FastHash>,
    /// Pages by address.
    routes: HashMap<&'a str, PageId, FastHash>,
    /// Pages by alias, with its query.
    aliases: HashMap<String, PageId>,
    /// Ids of comments on pages, to which old links lead.
    mention_anchors: HashSet<&'a str>,
    /// Reasons of unpublished documents by file.
    unpublished_files: HashMap<&'a str, UnpublishedReason>,
    /// Files of unpublished documents by address and alias.
    unpublished_routes: HashMap<String, &'a str>,
    /// Pages by language and slug; computed for the first wikilink.
    slugs: OnceLock<HashMap<(&'a str, String), Vec<PageId>>>,
    /// Markdown files; computed for the first broken link to one.
    similar_texts: OnceLock<SimilarFiles<'a>>,
    /// Copied files; computed for the first broken link to one.
    similar_assets: OnceLock<SimilarFiles<'a>>,
    /// Names by their folded form; computed for the first link to something that does not exist.
    folded: OnceLock<FoldedNames<'a>>,
}

impl<'a> ReferenceIndex<'a> {
    fn new(
        placed: &'a Placed,
        assets: &'a Assets,
        titles: &'a [&'a str],
        inputs: &'a LinkInputs<'_>,
    ) -> Self {
        let count = placed.pages.len();
        let mut index = Self {
            pages: &placed.pages,
            titles,
            unpublished: &placed.unpublished,
            assets: &assets.files,
            held: &assets.held,
            bibliography: &inputs.bibliography,
            config: inputs.config,
            files: HashMap::with_capacity_and_hasher(count, FastHash::default()),
            routes: HashMap::with_capacity_and_hasher(count, FastHash::default()),
            aliases: HashMap::new(),
            mention_anchors: inputs.mentions.iter().filter_map(|mention| mention.anchor.as_deref()).collect(),
            unpublished_files: HashMap::new(),
            unpublished_routes: HashMap::new(),
            slugs: OnceLock::new(),
            similar_texts: OnceLock::new(),
            similar_assets: OnceLock::new(),
            folded: OnceLock::new(),
        };
        for (number, page) in placed.pages.iter().enumerate() {
            let id = PageId(number as u32);
            let summary = page.summary();
            index.files.insert(summary.path.as_str(), id);
            index.routes.insert(page.route.as_str(), id);
            if page.kind == PageKind::Section {
                continue;
            }
            let aliases = alias::keys(&summary.meta.aliases, page.route.as_str(), inputs.config);
            index.aliases.extend(aliases.map(|alias| (alias, id)));
        }
        for document in &placed.unpublished {
            let summary = &document.summary;
            index.unpublished_files.insert(summary.path.as_str(), document.reason);
            let page = document.route.as_ref().map_or("", Route::as_str);
            let aliases = alias::keys(&summary.meta.aliases, page, inputs.config);
            let route = document.route.iter().map(|route| route.as_str().to_owned());
            for key in route.chain(aliases) {
                index.unpublished_routes.insert(key, summary.path.as_str());
            }
        }
        index
    }

    fn page(&self, id: PageId) -> &'a Page {
        &self.pages[id.index()]
    }

    /// Pages by language and slug: a page's own slug, and the slug of its file name.
    fn slugs(&self) -> &HashMap<(&'a str, String), Vec<PageId>> {
        self.slugs.get_or_init(|| {
            let mut slugs: HashMap<_, Vec<PageId>> = HashMap::with_capacity(self.pages.len());
            for id in published(self.pages) {
                let page = self.page(id);
                let summary = page.summary();
                let lang = summary.lang.as_str();
                // A slug that was typed may have accents and capitals.
                let slug = slugify(&page.slug);
                let file_slug = slugify(&summary.name.slug);
                if file_slug != slug {
                    slugs.entry((lang, file_slug)).or_default().push(id);
                }
                slugs.entry((lang, slug)).or_default().push(id);
            }
            slugs
        })
    }

    /// File with a similar name, as a link to it is written: relative to the text's folder, or
    /// from the root for `static/`.
    /// The path is given too if the name is the same.
    fn similar_asset(&self, wanted: &str, path: &SitePath) -> Option<(String, Option<SitePath>)> {
        let assets = self.similar_assets.get_or_init(|| similar_assets(self.assets));
        let near = assets.find(wanted)?;
        let same = assets.is_same_name(wanted, near).then(|| SitePath::new(near).ok()).flatten();
        Some((as_written(near, path), same))
    }

    /// Markdown file with a similar name, as a link to it is written.
    fn similar_text(&self, wanted: &str, path: &SitePath) -> Option<String> {
        let texts = self.similar_texts.get_or_init(|| SimilarFiles::new(self.files.keys().copied()));
        texts.find(wanted).map(|file| relative_path(path.parent(), file))
    }

    /// Address of a file of `content/`: below its bundle's page, or at its path.
    fn asset_address(&self, page: &Page, file: &str, inside: &str) -> String {
        let bundle = page.summary().path.parent();
        let beside = file.strip_prefix(bundle).and_then(|rest| rest.strip_prefix('/'));
        match beside.map(|rest| format!("{}{rest}", page.route.folder())) {
            Some(address) if self.assets.contains_key(&address) => address,
            _ => inside.to_owned(),
        }
    }
}

/// Resolved references of one page.
struct PageReferences {
    references: Vec<Resolved>,
    image: Option<Resolved>,
    used_titles: bool,
    diagnostics: Vec<Diagnostic>,
}

/// Resolver of one page's references.
struct PageResolver<'r, 'a> {
    index: &'r ReferenceIndex<'a>,
    page: &'r Page,
    /// The page's Markdown file, in which problems are reported.
    path: &'r SitePath,
    used_titles: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'r, 'a> PageResolver<'r, 'a> {
    fn new(index: &'r ReferenceIndex<'a>, page: &'r Page) -> Self {
        let path = &page.summary.path;
        Self { index, page, path, used_titles: false, diagnostics: Vec::new() }
    }

    fn resolve(mut self) -> PageReferences {
        let summary = self.page.summary();
        let numbered = summary.references.iter().enumerate();
        let references = numbered
            .map(|(number, reference)| self.reference(reference, &Spot::Reference(number as u32)))
            .collect();
        let image = summary.meta.image.as_ref().map(|target| {
            let reference = Reference {
                kind: ReferenceKind::Image,
                target: target.as_str().into(),
                title: Box::default(),
                words: Box::default(),
            };
            self.reference(&reference, &Spot::Value(vec!["image".into()], target.clone()))
        });
        let Self { used_titles, diagnostics, .. } = self;
        PageReferences { references, image, used_titles, diagnostics }
    }

    fn reference(&mut self, reference: &Reference, spot: &Spot) -> Resolved {
        let told = self.diagnostics.len();
        let mut found = self.resolved(reference, spot);
        if reference.kind == ReferenceKind::Action && matches!(found, Resolved::Broken) {
            // What is no page may be a program of the server.
            self.diagnostics.truncate(told);
            found = Resolved::Elsewhere;
        }
        let asset = match &found {
            Resolved::Asset(address, _) => self.index.assets.get(address),
            _ => None,
        };
        let (kind, target) = (reference.kind, reference.target.trim());
        self.diagnostics.extend(unshowable::problem(self.path, spot, kind, target, &found, asset));
        found
    }

    fn resolved(&mut self, reference: &Reference, spot: &Spot) -> Resolved {
        let target = reference.target.trim();
        match reference.kind {
            ReferenceKind::Wiki => return self.wiki(target, spot),
            ReferenceKind::Cite => return self.cite(target, spot),
            _ => {}
        }
        if is_unsafe(target) {
            if matches!(reference.kind, ReferenceKind::Raw | ReferenceKind::Embed | ReferenceKind::Action) {
                return Resolved::External;
            }
            return self.broken(catalogue::link_unsafe(self.path, spot, target));
        }
        if self.index.config.is_elsewhere(target) {
            return Resolved::Elsewhere;
        }
        if is_local(target) {
            return self.broken(catalogue::link_local(self.path, spot, target));
        }
        let own = self.index.config.own_urls().find_map(|base| strip_base(target, base));
        if own.is_none() && is_absolute(target) {
            return Resolved::External;
        }
        let (address, rest) = split_suffix(own.unwrap_or(target));
        if address.is_empty() && own.is_none() {
            if let Some(found) = self.with_query("", rest, spot) {
                return found;
            }
            let rest = with_moved_anchor(self.page, rest);
            self.check_anchor(self.page, &rest, spot);
            return Resolved::SamePage(rest.into_owned());
        }
        // Zola's path of a file from `content/`.
        if let Some(inside) = address.strip_prefix("@/") {
            return self.site_path(&format!("/{inside}"), rest, spot);
        }
        if own.is_some() || address.starts_with('/') {
            return self.site_path(address, rest, spot);
        }
        self.relative(address, rest, spot, reference.kind)
    }

    /// Reports a broken reference.
    fn broken(&mut self, diagnostic: Diagnostic) -> Resolved {
        self.diagnostics.push(diagnostic);
        Resolved::Broken
    }

    /// Resolves a relative link (`../posts/x.md#titre`, `photo.png`): relative to the Markdown
    /// file, else relative to the page's address.
    fn relative(&mut self, address: &str, rest: &str, spot: &Spot, kind: ReferenceKind) -> Resolved {
        let (index, path) = (self.index, self.path);
        let decoded = percent_decode_str(address).decode_utf8_lossy();
        let decoded = composed(&decoded);
        let joined = join_paths(path.parent(), &decoded);
        if let Some(found) = joined.as_deref().and_then(|file| self.file(file, rest, spot)) {
            return found;
        }
        if let Some(found) = self.in_folder_above(&decoded, rest, spot, kind) {
            return found;
        }
        let other_case = |resolver: &mut Self| {
            joined.as_deref().and_then(|file| resolver.file_in_other_case(file, address, rest, spot))
        };
        if is_markdown(&decoded) {
            if let Some(found) = other_case(self) {
                return found;
            }
            // Suggest a text with this name in another folder, or with a similar name.
            let near = index.similar_text(&decoded, path);
            return self.broken(catalogue::link_not_found(path, spot, address, near.as_deref()));
        }
        // Relative to the page's address, as a browser reads it.
        let from_address = join_paths(self.page.route.folder().trim_end_matches('/'), &decoded);
        if let Some(absolute) = &from_address
            && index.assets.contains_key(absolute.as_str())
        {
            return Resolved::Asset(absolute.clone(), rest.to_owned());
        }
        if let Some(found) = from_address.as_deref().and_then(|address| self.held_at(address, spot)) {
            return found;
        }
        let leads_to_page = !names_file(&decoded) && kind != ReferenceKind::Image;
        match from_address.map(|text| if decoded.ends_with('/') { text + "/" } else { text }) {
            Some(text) if index.config.is_elsewhere(&format!("/{text}")) => Resolved::Elsewhere,
            Some(text) if leads_to_page => self.site_path(&format!("/{text}"), rest, spot),
            _ => {
                if let Some(found) = other_case(self) {
                    return found;
                }
                let (near, place) = index.similar_asset(&decoded, path).unzip();
                let place = place.flatten();
                let near = near.as_deref();
                self.broken(catalogue::file_not_found(path, spot, address, near, place.as_ref()))
            }
        }
    }

    /// Resolves a path that is relative to a folder above the file's own, as in the vaults of Obsidian,
    /// where each path begins at the vault's root.
    fn in_folder_above(
        &mut self,
        decoded: &str,
        rest: &str,
        spot: &Spot,
        kind: ReferenceKind,
    ) -> Option<Resolved> {
        if decoded.starts_with("../") {
            return None;
        }
        let index = self.index;
        let mut folder = self.path.parent();
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            let file = join_paths(folder, decoded)?;
            if let Some(found) = self.markdown_file(&file, rest, spot) {
                return Some(found);
            }
            // A note without its extension; an address without one is that of a page.
            if kind != ReferenceKind::Image
                && !decoded.ends_with('/')
                && decoded.contains('/')
                && let Some(found) = self.markdown_file(&format!("{file}.md"), rest, spot)
            {
                return Some(found);
            }
            if let Some(inside) =
                file.strip_prefix("static/").filter(|inside| index.assets.contains_key(*inside))
            {
                return Some(Resolved::Asset(inside.to_owned(), rest.to_owned()));
            }
            let Some(inside) = file.strip_prefix("content/") else { continue };
            let address = index.asset_address(self.page, &file, inside);
            if index.assets.contains_key(&address) && names_file(decoded) {
                return Some(Resolved::Asset(address, rest.to_owned()));
            }
        }
        None
    }

    /// Resolves a Markdown file of the site, published or not. `None` if there is no such file.
    fn markdown_file(&mut self, file: &str, rest: &str, spot: &Spot) -> Option<Resolved> {
        if let Some(&target) = self.index.files.get(file) {
            let rest = with_moved_anchor(self.index.page(target), rest);
            self.check_anchor(self.index.page(target), &rest, spot);
            return Some(Resolved::Page(target, rest.strip_prefix('#').map(str::to_owned)));
        }
        let reason = self.index.unpublished_files.get(file)?;
        self.diagnostics.push(catalogue::link_held(self.path, spot, file, *reason));
        Some(Resolved::Unpublished)
    }

    /// Resolves a file of the site: a Markdown file, or one that is copied.
    fn file(&mut self, file: &str, rest: &str, spot: &Spot) -> Option<Resolved> {
        if let Some(found) = self.markdown_file(file, rest, spot) {
            return Some(found);
        }
        let index = self.index;
        let is_asset = |address: &str| index.assets.contains_key(address);
        // Path to a file in `static/`, as editors complete it: `../../static/logo.png`.
        if let Some(inside) = file.strip_prefix("static/").filter(|inside| is_asset(inside)) {
            return Some(Resolved::Asset(inside.to_owned(), rest.to_owned()));
        }
        let asset = file.strip_prefix("content/").map(|inside| index.asset_address(self.page, file, inside));
        match asset.filter(|address| is_asset(address)) {
            Some(address) => Some(Resolved::Asset(address, rest.to_owned())),
            None => self.held_file(file, spot),
        }
    }

    /// Resolves an address of this site: `/posts/un/`.
    fn site_path(&mut self, address: &str, rest: &str, spot: &Spot) -> Resolved {
        let index = self.index;
        let decoded = percent_decode_str(address).decode_utf8_lossy();
        let decoded = composed(&decoded);
        let inside = decoded.trim_start_matches('/');
        if is_markdown(inside) {
            // Some authors write paths of files from the site's root, or from `content/`.
            for file in [format!("content/{inside}"), inside.to_owned()] {
                if let Some(found) = self.markdown_file(&file, rest, spot) {
                    return found;
                }
            }
        }
        if index.assets.contains_key(inside) {
            return Resolved::Asset(inside.to_owned(), rest.to_owned());
        }
        if let Some(found) = self.held_at(inside, spot) {
            return found;
        }
        let Ok(route) = Route::new(inside) else {
            return self.broken(catalogue::link_not_found(self.path, spot, address, None));
        };
        if let Some(found) = self.with_query(route.as_str(), rest, spot) {
            return found;
        }
        let target = index.routes.get(route.as_str()).or_else(|| index.aliases.get(route.as_str()));
        match target {
            Some(&target) if index.page(target).kind != PageKind::Section => {
                let rest = with_moved_anchor(index.page(target), rest);
                self.check_anchor(index.page(target), &rest, spot);
                Resolved::Page(target, rest.strip_prefix('#').map(str::to_owned))
            }
            _ => match index.unpublished_routes.get(route.as_str()) {
                Some(file) => self.markdown_file(file, rest, spot).unwrap_or(Resolved::Broken),
                None => match self.address_in_other_case(route.as_str(), rest, spot) {
                    Some(found) => found,
                    None => Resolved::SiteUrl(route, rest.to_owned()),
                },
            },
        }
    }

    /// Resolves an address with a query that is the alias of a page: `/?p=123`, `/index.php?post/un`.
    /// One that numbers a post of WordPress, and is no alias, leads to the home page by mistake.
    fn with_query(&mut self, path: &str, rest: &str, spot: &Spot) -> Option<Resolved> {
        let query = rest.strip_prefix('?')?;
        let (query, fragment) = match query.split_once('#') {
            Some((query, fragment)) => (query, Some(fragment)),
            None => (query, None),
        };
        let index = self.index;
        let decoded = percent_decode_str(query).decode_utf8_lossy();
        for query in [query, &decoded] {
            let key = alias::key(path, Some(query));
            if let Some(&target) = index.aliases.get(&key) {
                let anchor = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
                let anchor = with_moved_anchor(index.page(target), &anchor);
                self.check_anchor(index.page(target), &anchor, spot);
                return Some(Resolved::Page(target, anchor.strip_prefix('#').map(str::to_owned)));
            }
            if let Some(file) = index.unpublished_routes.get(&key) {
                return Some(self.markdown_file(file, "", spot).unwrap_or(Resolved::Broken));
            }
        }
        let is_home = index.config.languages.iter().any(|language| language.prefix == path);
        (is_home && is_number_of_post(query)).then(|| {
            let address = format!("/{path}?{query}");
            self.broken(catalogue::link_not_found(self.path, spot, &address, None))
        })
    }

    /// Reports the anchor of a suffix if `page` does not have it. The link itself is kept: it still
    /// leads to the page.
    fn check_anchor(&mut self, page: &Page, rest: &str, spot: &Spot) {
        let Some(anchor) = rest.strip_prefix('#').filter(|anchor| !anchor.is_empty()) else { return };
        let anchor = percent_decode_str(anchor).decode_utf8_lossy();
        let summary = page.summary();
        let is_generated = self.index.mention_anchors.contains(anchor.as_ref())
            || anchor.starts_with("fn")
            || anchor.starts_with("cite")
            || matches!(anchor.as_ref(), "top" | "mentions")
            || HeadingIds::is_reserved(&anchor);
        let is_known = |ids: &[String]| ids.iter().any(|known| *known == anchor);
        if !is_generated && !is_known(&summary.anchors) && !is_known(&summary.html_ids) {
            let near = nearest(&anchor, summary.anchors.iter().map(String::as_str));
            self.diagnostics.push(catalogue::anchor_not_found(self.path, spot, &anchor, &summary.path, near));
        }
    }
}

/// The suffix of a link to a heading that could not have the id it wanted, because the page itself has
/// it: `#sources` leads to the heading “Sources” all the same.
fn with_moved_anchor<'t>(page: &Page, rest: &'t str) -> Cow<'t, str> {
    let moved = &page.summary().moved_anchors;
    let id = rest.strip_prefix('#').and_then(|wanted| moved.iter().find(|(id, _)| id == wanted));
    id.map_or(Cow::Borrowed(rest), |(_, id)| Cow::Owned(format!("#{id}")))
}

/// Splits an address from its suffix, `?query#fragment`.
fn split_suffix(target: &str) -> (&str, &str) {
    target.split_at(target.find(['?', '#']).unwrap_or(target.len()))
}

/// Joins a relative path to a folder. `None` if it leaves the site.
fn join_paths(folder: &str, address: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether an address names a file rather than a page, by its extension.
pub fn names_file(address: &str) -> bool {
    let name = address.rsplit('/').next().unwrap_or(address);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| {
        !matches!(extension.as_str(), "html" | "htm" | "xml" | "json" | "php") && extension.len() <= 5
    })
}

/// Copied files of the site, without the theme's, to find the one that was meant.
pub(crate) fn similar_assets(assets: &BTreeMap<String, Asset>) -> SimilarFiles<'_> {
    let sources = assets.values().map(|asset| asset.source.as_str());
    SimilarFiles::new(sources.filter(|source| !source.starts_with("themes/")))
}

/// Copied file as a text refers to it: from the root for `static/`, else from the text's folder.
pub(crate) fn as_written(file: &str, text: &SitePath) -> String {
    match file.strip_prefix("static/") {
        Some(inside) => format!("/{inside}"),
        None => relative_path(text.parent(), file),
    }
}

/// Path of a file, relative to a folder.
fn relative_path(folder: &str, file: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = file.split('/').collect();
    let shared = from.iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from.len() - shared);
    up + &to[shared..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses_are_joined_and_never_leave() {
        assert_eq!(join_paths("content/posts", "../a.md").as_deref(), Some("content/a.md"));
        assert_eq!(join_paths("content/posts", "./b.md").as_deref(), Some("content/posts/b.md"));
        assert_eq!(join_paths("content", "../../../etc/passwd"), None);
    }

    #[test]
    fn files_are_named_from_the_folder_of_the_text() {
        assert_eq!(relative_path("content/posts", "content/posts/un.md"), "un.md");
        assert_eq!(relative_path("content/posts", "content/a.md"), "../a.md");
        assert_eq!(relative_path("content", "content/posts/un.md"), "posts/un.md");
    }
}

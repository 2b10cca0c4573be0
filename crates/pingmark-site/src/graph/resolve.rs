//! Resolution of references: links, images, citations and wikilinks of all pages.

mod named;
mod similar;

use std::collections::HashMap;
use std::sync::OnceLock;

use percent_encoding::percent_decode_str;
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use pingmark_core::address::split_host;
use pingmark_core::config::{BaseUrl, Config};
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::html::{is_absolute, is_unsafe};
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};
use pingmark_document::{Reference, ReferenceKind};

use super::backlink::{self, Backlink};
use super::route::Route;
use super::{Graph, Page, PageId, PageKind, Titles, UnpublishedReason};
use crate::bibliography::SourceId;
use similar::SimilarFiles;

/// Target of a reference. A *suffix* is `?query#fragment`, kept as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// Page of the site, and the id of a heading on it.
    Page(PageId, Option<String>),
    /// Copied file: its address in [`Graph::assets`], and a suffix (`?v=1`, `#page=2`).
    Asset(String, String),
    /// Heading on the same page: the suffix.
    SamePage(String),
    /// Another address of the site (a tag's page, a feed), and a suffix. The plan checks that it
    /// exists.
    SiteUrl(Route, String),
    /// Another website; the target stays as written.
    External,
    /// Source of the catalogue.
    Source(SourceId),
    /// Document that is not published; shown without a link.
    Unpublished,
    /// Nothing; reported as a diagnostic.
    Broken,
}

/// Resolver of references, with an index of every way to name a page.
struct ReferenceResolver<'a> {
    graph: &'a Graph,
    titles: &'a Titles<'a>,
    config: &'a Config,
    files: HashMap<&'a str, PageId, FastHash>,
    unpublished: HashMap<&'a str, UnpublishedReason>,
    /// Files of unpublished documents, by their addresses and aliases.
    unpublished_routes: HashMap<String, &'a str>,
    routes: HashMap<&'a str, PageId, FastHash>,
    aliases: HashMap<String, PageId>,
    /// Pages by language and slug; computed for the first wikilink.
    slugs: OnceLock<HashMap<(&'a str, String), Vec<PageId>>>,
    /// Markdown files, and below copied files; computed for the first broken link.
    similar_texts: OnceLock<SimilarFiles<'a>>,
    similar_assets: OnceLock<SimilarFiles<'a>>,
}

/// Resolved references of the site, by page.
pub(super) struct ResolvedReferences {
    /// Targets of each page's references.
    pub references: Vec<Vec<Resolved>>,
    /// Target of each page's cover image.
    pub images: Vec<Option<Resolved>>,
    /// Backlinks of each page.
    pub backlinks: Vec<Vec<Backlink>>,
    /// Problems found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Resolves the references of all pages, in parallel.
pub(super) fn resolve(graph: &Graph, titles: &Titles<'_>, config: &Config) -> ResolvedReferences {
    let names = ReferenceResolver::new(graph, titles, config);
    let found: Vec<(Vec<Resolved>, Option<Resolved>, Vec<Diagnostic>)> =
        (0..graph.pages.len()).into_par_iter().map(|number| names.of_page(PageId(number as u32))).collect();
    let mut references = Vec::with_capacity(found.len());
    let mut images = Vec::with_capacity(found.len());
    let mut diagnostics = Vec::new();
    for (own, image, more) in found {
        references.push(own);
        images.push(image);
        diagnostics.extend(more);
    }
    let backlinks = backlink::backlinks(&graph.pages, &references);
    ResolvedReferences { references, images, backlinks, diagnostics }
}

impl<'a> ReferenceResolver<'a> {
    fn new(graph: &'a Graph, titles: &'a Titles<'a>, config: &'a Config) -> Self {
        let mut names = Self {
            graph,
            titles,
            config,
            files: HashMap::with_capacity_and_hasher(graph.pages.len(), FastHash::default()),
            unpublished: HashMap::new(),
            unpublished_routes: HashMap::new(),
            routes: HashMap::with_capacity_and_hasher(graph.pages.len(), FastHash::default()),
            aliases: HashMap::new(),
            slugs: OnceLock::new(),
            similar_texts: OnceLock::new(),
            similar_assets: OnceLock::new(),
        };
        for (number, page) in graph.pages.iter().enumerate() {
            let id = PageId(number as u32);
            let summary = page.summary();
            names.files.insert(summary.path.as_str(), id);
            names.routes.insert(page.route.as_str(), id);
            if page.kind == PageKind::Section {
                continue;
            }
            for alias in &summary.meta.aliases {
                if let Ok(route) = Route::new(alias) {
                    names.aliases.insert(route.as_str().to_owned(), id);
                }
            }
        }
        for unpublished in &graph.unpublished {
            let summary = &unpublished.summary;
            names.unpublished.insert(summary.path.as_str(), unpublished.reason);
            let aliases = summary.meta.aliases.iter().filter_map(|alias| Route::new(alias).ok());
            for route in unpublished.route.iter().cloned().chain(aliases) {
                names.unpublished_routes.insert(route.as_str().to_owned(), summary.path.as_str());
            }
        }
        names
    }

    /// Pages by language and slug: a page's own slug, and the slug of its file name.
    fn slugs(&self) -> &HashMap<(&'a str, String), Vec<PageId>> {
        self.slugs.get_or_init(|| {
            let mut slugs: HashMap<_, Vec<PageId>> = HashMap::with_capacity(self.graph.pages.len());
            for id in self.graph.published() {
                let page = self.graph.page(id);
                let summary = page.summary();
                let lang = summary.lang.as_str();
                slugs.entry((lang, page.slug.clone())).or_default().push(id);
                let file_slug = slugify(&summary.name.slug);
                if file_slug != page.slug {
                    slugs.entry((lang, file_slug)).or_default().push(id);
                }
            }
            slugs
        })
    }

    fn of_page(&self, id: PageId) -> (Vec<Resolved>, Option<Resolved>, Vec<Diagnostic>) {
        let page = self.graph.page(id);
        let summary = page.summary();
        let mut diagnostics = Vec::new();
        let references = summary
            .references
            .iter()
            .enumerate()
            .map(|(number, reference)| {
                self.reference(page, reference, &Spot::Reference(number as u32), &mut diagnostics)
            })
            .collect();
        let image = summary.meta.image.as_ref().map(|target| {
            let reference = Reference {
                kind: ReferenceKind::Image,
                target: target.as_str().into(),
                title: Box::default(),
                words: Box::default(),
            };
            let spot = Spot::Value(vec!["image".into()], target.clone());
            self.reference(page, &reference, &spot, &mut diagnostics)
        });
        (references, image, diagnostics)
    }

    fn reference(
        &self,
        page: &Page,
        reference: &Reference,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Resolved {
        let path = &page.summary().path;
        let target = reference.target.trim();
        match reference.kind {
            ReferenceKind::Wiki => return self.wiki(page, target, spot, diagnostics),
            ReferenceKind::Cite => return self.cite(page, target, spot, diagnostics),
            _ => {}
        }
        if is_unsafe(target) {
            if matches!(reference.kind, ReferenceKind::Raw | ReferenceKind::Embed) {
                return Resolved::External;
            }
            diagnostics.push(catalogue::link_unsafe(path, spot, target));
            return Resolved::Broken;
        }
        let own = self.config.own_urls().find_map(|base| strip_base(target, base));
        if own.is_none() && is_absolute(target) {
            return Resolved::External;
        }
        let (address, rest) = split_suffix(own.unwrap_or(target));
        if address.is_empty() && own.is_none() {
            return self.check_anchor(
                page,
                rest,
                path,
                spot,
                diagnostics,
                Resolved::SamePage(rest.to_owned()),
            );
        }
        if own.is_some() || address.starts_with('/') {
            return self.site_path(page, address, rest, spot, diagnostics);
        }
        self.relative(page, address, rest, spot, diagnostics, reference)
    }

    /// Resolves a relative link (`../posts/x.md#titre`, `photo.png`): relative to the Markdown
    /// file, else relative to the page's address.
    fn relative(
        &self,
        page: &Page,
        address: &str,
        rest: &str,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
        reference: &Reference,
    ) -> Resolved {
        let path = &page.summary().path;
        let decoded = percent_decode_str(address).decode_utf8_lossy();
        let file = join_paths(path.parent(), &decoded);
        if let Some(file) = &file {
            if let Some(found) = self.markdown_file(file, rest, path, spot, diagnostics) {
                return found;
            }
            // Path to a file in `static/`, as editors complete it: `../../static/logo.png`.
            if let Some(inside) =
                file.strip_prefix("static/").filter(|inside| self.graph.assets.contains_key(*inside))
            {
                return Resolved::Asset(inside.to_owned(), rest.to_owned());
            }
            let asset = file.strip_prefix("content/").map(|inside| self.asset_address(page, file, inside));
            if let Some(address) = asset.filter(|address| self.graph.assets.contains_key(address)) {
                return Resolved::Asset(address, rest.to_owned());
            }
        }
        if is_markdown(&decoded) {
            // Suggest a text with this name in another folder, or with a similar name.
            let similar_texts =
                self.similar_texts.get_or_init(|| SimilarFiles::new(self.files.keys().copied()));
            let near = similar_texts.find(&decoded).map(|file| relative_path(path.parent(), file));
            diagnostics.push(catalogue::link_not_found(path, spot, address, near.as_deref()));
            return Resolved::Broken;
        }
        // Relative to the page's address, as a browser reads it.
        let from_address = join_paths(page.route.folder().trim_end_matches('/'), &decoded);
        if let Some(absolute) = &from_address
            && self.graph.assets.contains_key(absolute.as_str())
        {
            return Resolved::Asset(absolute.clone(), rest.to_owned());
        }
        let is_file = names_file(&decoded) || reference.kind == ReferenceKind::Image;
        let leads_to_page = !is_file;
        match from_address.map(|text| if decoded.ends_with('/') { text + "/" } else { text }) {
            Some(text) if leads_to_page => self.site_path(page, &format!("/{text}"), rest, spot, diagnostics),
            _ => {
                let near = self.similar_asset(&decoded, path);
                diagnostics.push(catalogue::file_not_found(path, spot, address, near.as_deref()));
                Resolved::Broken
            }
        }
    }

    /// File with a similar name, as a link to it is written: relative to the text's folder, or
    /// from the root for `static/`.
    fn similar_asset(&self, wanted: &str, path: &SitePath) -> Option<String> {
        let assets = self.similar_assets.get_or_init(|| {
            let sources = self.graph.assets.values().map(|asset| asset.source.as_str());
            SimilarFiles::new(sources.filter(|source| !source.starts_with("themes/")))
        });
        let near = assets.find(wanted)?;
        Some(match near.strip_prefix("static/") {
            Some(inside) => format!("/{inside}"),
            None => relative_path(path.parent(), near),
        })
    }

    /// Address of a file of `content/`: below its bundle's page, or at its path.
    fn asset_address(&self, page: &Page, file: &str, inside: &str) -> String {
        let bundle = page.summary().path.parent();
        let beside = file.strip_prefix(bundle).and_then(|rest| rest.strip_prefix('/'));
        match beside.map(|rest| format!("{}{rest}", page.route.folder())) {
            Some(address) if self.graph.assets.contains_key(&address) => address,
            _ => inside.to_owned(),
        }
    }

    /// Resolves a Markdown file of the site, published or not. `None` if there is no such file.
    fn markdown_file(
        &self,
        file: &str,
        rest: &str,
        path: &SitePath,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Resolved> {
        if let Some(&target) = self.files.get(file) {
            let page = self.graph.page(target);
            let anchor = rest.strip_prefix('#').map(str::to_owned);
            let found = Resolved::Page(target, anchor);
            return Some(self.check_anchor(page, rest, path, spot, diagnostics, found));
        }
        let reason = self.unpublished.get(file)?;
        diagnostics.push(catalogue::link_held(path, spot, file, *reason));
        Some(Resolved::Unpublished)
    }

    /// Resolves an address of this site: `/posts/un/`.
    fn site_path(
        &self,
        page: &Page,
        address: &str,
        rest: &str,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Resolved {
        let path = &page.summary().path;
        let decoded = percent_decode_str(address).decode_utf8_lossy();
        let decoded = if decoded.is_ascii() { decoded } else { decoded.nfc().collect::<String>().into() };
        let inside = decoded.trim_start_matches('/');
        if is_markdown(inside) {
            // Some authors write paths of files from the site's root, or from `content/`.
            for file in [format!("content/{inside}"), inside.to_owned()] {
                if let Some(found) = self.markdown_file(&file, rest, path, spot, diagnostics) {
                    return found;
                }
            }
        }
        if self.graph.assets.contains_key(inside) {
            return Resolved::Asset(inside.to_owned(), rest.to_owned());
        }
        let Ok(route) = Route::new(inside) else {
            diagnostics.push(catalogue::link_not_found(path, spot, address, None));
            return Resolved::Broken;
        };
        let target = self.routes.get(route.as_str()).or_else(|| self.aliases.get(route.as_str()));
        match target {
            Some(&target) if self.graph.page(target).kind != PageKind::Section => {
                let found = Resolved::Page(target, rest.strip_prefix('#').map(str::to_owned));
                self.check_anchor(self.graph.page(target), rest, path, spot, diagnostics, found)
            }
            _ => match self.unpublished_routes.get(route.as_str()) {
                Some(file) => {
                    self.markdown_file(file, rest, path, spot, diagnostics).unwrap_or(Resolved::Broken)
                }
                None => Resolved::SiteUrl(route, rest.to_owned()),
            },
        }
    }

    /// Reports an unknown anchor of `page`, and returns `found` anyway: the link still leads to
    /// the page.
    fn check_anchor(
        &self,
        page: &Page,
        rest: &str,
        path: &SitePath,
        spot: &Spot,
        diagnostics: &mut Vec<Diagnostic>,
        found: Resolved,
    ) -> Resolved {
        if let Some(anchor) = rest.strip_prefix('#').filter(|anchor| !anchor.is_empty()) {
            let anchor = percent_decode_str(anchor).decode_utf8_lossy();
            let anchors = &page.summary().anchors;
            let generated = anchor.starts_with("fn")
                || anchor.starts_with("cite")
                || matches!(anchor.as_ref(), "top" | "mentions" | "sources");
            if !generated
                && !anchors.iter().any(|known| *known == anchor)
                && !page.summary.html_ids.iter().any(|known| *known == anchor)
            {
                let near = nearest(&anchor, anchors.iter().map(String::as_str));
                diagnostics.push(catalogue::anchor_not_found(
                    path,
                    spot,
                    &anchor,
                    &page.summary().path,
                    near,
                ));
            }
        }
        found
    }
}

fn is_markdown(address: &str) -> bool {
    address.ends_with(".md") || address.ends_with(".markdown")
}

/// Path of a URL below the base URL, `None` for other sites. Scheme, `www.` and default ports are
/// ignored, so that a blog that moved to https recognises its old links.
fn strip_base<'t>(target: &'t str, base: &BaseUrl) -> Option<&'t str> {
    let (host, rest) = split_host(target)?;
    if !host.eq_ignore_ascii_case(base.host()) {
        return None;
    }
    let after = rest.strip_prefix(base.path())?;
    match after.is_empty() {
        true => Some("/"),
        false => after.starts_with(['/', '?', '#']).then_some(after),
    }
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

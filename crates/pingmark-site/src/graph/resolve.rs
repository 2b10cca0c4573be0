//! What every reference leads to.

mod named;
mod near;

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
use super::{Graph, Page, PageId, PageKind, Reason, Titles};
use crate::bibliography::SourceId;
use near::Files;

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// To a page of the site, perhaps to one of its headings.
    Page(PageId, Option<String>),
    /// To a file that is copied, by its address; what follows it (`?v=1`, `#page=2`).
    Asset(String, String),
    /// To a place on the same page.
    Here(String),
    /// To another address of this site (a tag's page, a feed), checked against the plan.
    Site(Route, String),
    /// Away from the site: to the target as written.
    External,
    /// To a source of the catalogue.
    Source(SourceId),
    /// To a document that is not published: shown without its link.
    Unpublished,
    /// Nowhere: told as a diagnostic.
    Nowhere,
}

/// Where names lead: every way in which an article can be named.
struct Names<'a> {
    graph: &'a Graph,
    titles: &'a Titles<'a>,
    config: &'a Config,
    files: HashMap<&'a str, PageId, FastHash>,
    held: HashMap<&'a str, Reason>,
    /// Addresses and aliases of what is held back, with its file.
    held_routes: HashMap<String, &'a str>,
    routes: HashMap<&'a str, PageId, FastHash>,
    aliases: HashMap<String, PageId>,
    /// Pages by language and slug, made for the first wikilink.
    slugs: OnceLock<HashMap<(&'a str, String), Vec<PageId>>>,
    /// All texts, and all files that are copied, for the first name that nothing has.
    texts: OnceLock<Files<'a>>,
    assets: OnceLock<Files<'a>>,
}

/// What all references of the blog lead to.
pub(super) struct All {
    /// The references of each page, in the pages' order.
    pub references: Vec<Vec<Resolved>>,
    /// The image of each.
    pub images: Vec<Option<Resolved>>,
    /// Who cites each.
    pub backlinks: Vec<Vec<Backlink>>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Follows every reference, by the pages and files of a graph.
pub(super) fn resolve(graph: &Graph, titles: &Titles<'_>, config: &Config) -> All {
    let names = Names::new(graph, titles, config);
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
    All { references, images, backlinks, diagnostics }
}

impl<'a> Names<'a> {
    fn new(graph: &'a Graph, titles: &'a Titles<'a>, config: &'a Config) -> Self {
        let mut names = Self {
            graph,
            titles,
            config,
            files: HashMap::with_capacity_and_hasher(graph.pages.len(), FastHash::default()),
            held: HashMap::new(),
            held_routes: HashMap::new(),
            routes: HashMap::with_capacity_and_hasher(graph.pages.len(), FastHash::default()),
            aliases: HashMap::new(),
            slugs: OnceLock::new(),
            texts: OnceLock::new(),
            assets: OnceLock::new(),
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
        for held in &graph.held {
            let summary = &held.summary;
            names.held.insert(summary.path.as_str(), held.reason);
            let aliases = summary.meta.aliases.iter().filter_map(|alias| Route::new(alias).ok());
            for route in held.route.iter().cloned().chain(aliases) {
                names.held_routes.insert(route.as_str().to_owned(), summary.path.as_str());
            }
        }
        names
    }

    /// The pages that a slug names in a language: their own, and those of their files.
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
            return Resolved::Nowhere;
        }
        let own = self.config.own_urls().find_map(|base| strip_base(target, base));
        if own.is_none() && is_absolute(target) {
            return Resolved::External;
        }
        let (address, rest) = split_rest(own.unwrap_or(target));
        if address.is_empty() && own.is_none() {
            return self.anchor_of(page, rest, path, spot, diagnostics, Resolved::Here(rest.to_owned()));
        }
        if own.is_some() || address.starts_with('/') {
            return self.rooted(page, address, rest, spot, diagnostics);
        }
        self.relative(page, address, rest, spot, diagnostics, reference)
    }

    /// `../posts/x.md#titre`, `photo.png`: from the file first, then from the address.
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
        let file = join(path.parent(), &decoded);
        if let Some(file) = &file {
            if let Some(found) = self.file(file, rest, path, spot, diagnostics) {
                return found;
            }
            // As editors show it: `../../static/logo.png`.
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
            // A link to a text that is in the site under another folder or another date.
            let texts = self.texts.get_or_init(|| Files::new(self.files.keys().copied()));
            let near = texts.near(&decoded).map(|file| from_folder(path.parent(), file));
            diagnostics.push(catalogue::link_not_found(path, spot, address, near.as_deref()));
            return Resolved::Nowhere;
        }
        // As a browser would read it: from the page's own address.
        let from_address = join(page.route.folder().trim_end_matches('/'), &decoded);
        if let Some(absolute) = &from_address
            && self.graph.assets.contains_key(absolute.as_str())
        {
            return Resolved::Asset(absolute.clone(), rest.to_owned());
        }
        let is_file = names_file(&decoded) || reference.kind == ReferenceKind::Image;
        let leads_to_page = !is_file;
        match from_address.map(|text| if decoded.ends_with('/') { text + "/" } else { text }) {
            Some(text) if leads_to_page => self.rooted(page, &format!("/{text}"), rest, spot, diagnostics),
            _ => {
                let near = self.near_asset(&decoded, path);
                diagnostics.push(catalogue::file_not_found(path, spot, address, near.as_deref()));
                Resolved::Nowhere
            }
        }
    }

    /// The file most like a name, as one would write it in a text: from the text's folder, or
    /// from the site's root for `static/`.
    fn near_asset(&self, wanted: &str, path: &SitePath) -> Option<String> {
        let assets = self.assets.get_or_init(|| {
            let sources = self.graph.assets.values().map(|asset| asset.source.as_str());
            Files::new(sources.filter(|source| !source.starts_with("themes/")))
        });
        let near = assets.near(wanted)?;
        Some(match near.strip_prefix("static/") {
            Some(inside) => format!("/{inside}"),
            None => from_folder(path.parent(), near),
        })
    }

    /// The address a file of `content/` will have: below its bundle's page, or at its place.
    fn asset_address(&self, page: &Page, file: &str, inside: &str) -> String {
        let bundle = page.summary().path.parent();
        let beside = file.strip_prefix(bundle).and_then(|rest| rest.strip_prefix('/'));
        match beside.map(|rest| format!("{}{rest}", page.route.folder())) {
            Some(address) if self.graph.assets.contains_key(&address) => address,
            _ => inside.to_owned(),
        }
    }

    /// A Markdown file of the site, published or not.
    fn file(
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
            return Some(self.anchor_of(page, rest, path, spot, diagnostics, found));
        }
        let reason = self.held.get(file)?;
        let (state, hint) = reason.words();
        diagnostics.push(catalogue::link_held(path, spot, file, state, hint));
        Some(Resolved::Unpublished)
    }

    /// `/posts/un/`: an address of this site.
    fn rooted(
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
            // Some writers name files from the top of the site.
            for file in [format!("content/{inside}"), inside.to_owned()] {
                if let Some(found) = self.file(&file, rest, path, spot, diagnostics) {
                    return found;
                }
            }
        }
        if self.graph.assets.contains_key(inside) {
            return Resolved::Asset(inside.to_owned(), rest.to_owned());
        }
        let Ok(route) = Route::new(inside) else {
            diagnostics.push(catalogue::link_not_found(path, spot, address, None));
            return Resolved::Nowhere;
        };
        let target = self.routes.get(route.as_str()).or_else(|| self.aliases.get(route.as_str()));
        match target {
            Some(&target) if self.graph.page(target).kind != PageKind::Section => {
                let found = Resolved::Page(target, rest.strip_prefix('#').map(str::to_owned));
                self.anchor_of(self.graph.page(target), rest, path, spot, diagnostics, found)
            }
            _ => match self.held_routes.get(route.as_str()) {
                Some(file) => self.file(file, rest, path, spot, diagnostics).unwrap_or(Resolved::Nowhere),
                None => Resolved::Site(route, rest.to_owned()),
            },
        }
    }

    /// The link stands even when its anchor does not: the reader reaches the page.
    fn anchor_of(
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
                && !page.summary.ids.iter().any(|known| *known == anchor)
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

/// What follows an address of the site, if the target begins with it. The scheme, `www.` and the
/// usual ports are let go: a blog that moved to https still cites itself.
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

/// An address, and what follows it: `?query#fragment`.
fn split_rest(target: &str) -> (&str, &str) {
    target.split_at(target.find(['?', '#']).unwrap_or(target.len()))
}

/// A relative address joined to a folder; `None` when it leaves the site.
fn join(folder: &str, address: &str) -> Option<String> {
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

/// Whether an address is a file's rather than a page's, by its extension.
pub fn names_file(address: &str) -> bool {
    let name = address.rsplit('/').next().unwrap_or(address);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| {
        !matches!(extension.as_str(), "html" | "htm" | "xml" | "json" | "php") && extension.len() <= 5
    })
}

/// A file's path as one writes it in a text of another folder.
fn from_folder(folder: &str, file: &str) -> String {
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
        assert_eq!(join("content/posts", "../a.md").as_deref(), Some("content/a.md"));
        assert_eq!(join("content/posts", "./b.md").as_deref(), Some("content/posts/b.md"));
        assert_eq!(join("content", "../../../etc/passwd"), None);
    }

    #[test]
    fn files_are_named_from_the_folder_of_the_text() {
        assert_eq!(from_folder("content/posts", "content/posts/un.md"), "un.md");
        assert_eq!(from_folder("content/posts", "content/a.md"), "../a.md");
        assert_eq!(from_folder("content", "content/posts/un.md"), "posts/un.md");
    }
}

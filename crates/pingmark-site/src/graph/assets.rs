//! Second step of linking: copied files and their addresses.

use std::collections::{BTreeMap, HashMap};

use pingmark_core::appearance::{ACCENT_SHEET, CUSTOM_SHEET, LOGO, hashed_name};
use pingmark_core::config::DEFAULT_THEME;
use pingmark_core::diag::args::{Occupant, WayOut};
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::site_files::held_back_by;
use pingmark_document::FileKind;

use super::{Asset, LinkInputs, Page, Route, Unpublished, UnpublishedReason};

/// Copied files of the site.
pub(super) struct Assets {
    /// Files by address.
    pub files: BTreeMap<String, Asset>,
    /// Addresses of the theme's files, by the names that templates use.
    pub theme: BTreeMap<String, String>,
    /// Files that are not published, because they belong to a text that is not.
    pub held: HeldFiles,
    /// Problems found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Files below `content/` that are not published.
#[derive(Debug, Default)]
pub(super) struct HeldFiles {
    /// Reasons by file.
    pub files: HashMap<SitePath, UnpublishedReason>,
    /// Files by the address that they would have.
    pub addresses: HashMap<String, SitePath>,
}

/// A folder with an `index.md`, whose files are published with it.
#[derive(Default)]
struct Bundle<'a> {
    /// Its published pages, in all languages.
    pages: Vec<&'a Page>,
    /// Why no page of it is published, and the addresses that they would have.
    held: Option<UnpublishedReason>,
    held_routes: Vec<&'a Route>,
}

/// All bundles, by folder. A folder whose `_index.md` is unpublished counts as one if nothing in it is
/// published.
fn bundles<'a>(pages: &'a [Page], unpublished: &'a [Unpublished]) -> HashMap<&'a str, Bundle<'a>> {
    let mut bundles: HashMap<&str, Bundle<'_>> = HashMap::new();
    for page in pages.iter().filter(|page| page.summary().name.kind == FileKind::Bundle) {
        bundles.entry(page.summary().path.parent()).or_default().pages.push(page);
    }
    for document in unpublished {
        let folder = document.summary.path.parent();
        let is_bundle = match document.summary.name.kind {
            FileKind::Bundle => true,
            FileKind::Section => {
                let is_inside = |page: &Page| page.summary().path.below(folder).is_some();
                folder != "content" && !pages.iter().any(is_inside)
            }
            FileKind::File => false,
        };
        if is_bundle {
            let bundle = bundles.entry(folder).or_default();
            bundle.held = Some(document.reason);
            bundle.held_routes.extend(&document.route);
        }
    }
    bundles
}

/// Collects the copied files: the theme's, the site's `static/`, which may replace them, and files
/// beside pages. A file that belongs to an unpublished text is left out. Reports two files at one
/// address.
pub(super) fn collect(pages: &[Page], unpublished: &[Unpublished], inputs: &LinkInputs<'_>) -> Assets {
    let mut diagnostics = Vec::new();
    let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
    let mut held = HeldFiles::default();
    let bundles = bundles(pages, unpublished);
    // Every theme builds on the default theme: its templates may need the default theme's files.
    for theme in [DEFAULT_THEME, inputs.appearance.theme.as_str()] {
        let folder = format!("themes/{theme}/static");
        for file in &inputs.files {
            if let Some(rest) = file.source.below(&folder) {
                assets.insert(rest.to_owned(), file.clone());
            }
        }
    }
    let names: Vec<String> = assets.keys().cloned().collect();
    // The site may replace files of the theme; two files of its own at one address are an error.
    let mut add = |address: String, file: &Asset| {
        let path = &file.source;
        let before = assets.insert(address.clone(), file.clone());
        if let Some(other) = before.filter(|other| !other.source.as_str().starts_with("themes/")) {
            let by = Occupant::File(other.source);
            let way_out = WayOut::RenameEither;
            let spot = Spot::File;
            diagnostics.push(catalogue::address_taken(Some(path), &spot, &address, by, None, way_out));
        }
    };
    for file in &inputs.files {
        let path = &file.source;
        if let Some(rest) = path.below("static") {
            add(rest.to_owned(), file);
        } else if let Some(inside) = path.below("content") {
            let is_draft = !inputs.include.drafts && held_back_by(inside).is_some();
            match nearest_bundle(path, &bundles) {
                _ if is_draft => held.add(path, UnpublishedReason::Draft, [inside.to_owned()]),
                Some((folder, bundle)) => {
                    let rest = path.below(folder).unwrap_or(path.name());
                    let at = |route: &Route| format!("{}{rest}", route.folder());
                    match bundle.held.filter(|_| bundle.pages.is_empty()) {
                        Some(reason) => {
                            held.add(path, reason, bundle.held_routes.iter().map(|route| at(route)))
                        }
                        None => bundle.pages.iter().for_each(|page| add(at(&page.route), file)),
                    }
                }
                None => add(inside.to_owned(), file),
            }
        }
    }
    let mut names = names;
    if !names.iter().any(|name| name == CUSTOM_SHEET) && assets.contains_key(CUSTOM_SHEET) {
        names.push(CUSTOM_SHEET.to_owned());
    }
    let mut theme = theme_assets(names, &mut assets, inputs);
    if let Some(logo) = &inputs.config.settings.logo {
        match logo_address(logo, &assets) {
            Some(address) => {
                // The drawing in the browser's tab, unless the site has one of its own.
                let has_own =
                    assets.get(ICON).is_some_and(|asset| !asset.source.as_str().starts_with("themes/"));
                if !has_own {
                    theme.insert(ICON.to_owned(), address.clone());
                }
                theme.insert(LOGO.to_owned(), address);
            }
            None => diagnostics.push(catalogue::config_logo(logo, is_picture(logo))),
        }
    }
    if !theme.contains_key(LOGO)
        && let Some(icon) = theme.get(ICON)
    {
        theme.insert(LOGO.to_owned(), icon.clone());
    }
    Assets { files: assets, theme, held, diagnostics }
}

impl HeldFiles {
    fn add(&mut self, path: &SitePath, reason: UnpublishedReason, at: impl IntoIterator<Item = String>) {
        self.files.insert(path.clone(), reason);
        self.addresses.extend(at.into_iter().map(|address| (address, path.clone())));
    }
}

/// Name of the drawing that icons are made of.
const ICON: &str = "favicon.svg";

/// Whether a file is one that browsers show and icons can be made of.
fn is_picture(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    matches!(extension.as_str(), "png" | "jpg" | "jpeg" | "svg")
}

/// Address of the file that `logo` names: an address of the site, or a path below `static/`.
fn logo_address(logo: &str, assets: &BTreeMap<String, Asset>) -> Option<String> {
    let inside = logo.trim_start_matches("./").trim_start_matches('/');
    let inside = inside.strip_prefix("static/").unwrap_or(inside);
    (is_picture(inside) && assets.contains_key(inside)).then(|| inside.to_owned())
}

/// Moves the theme's files to addresses with a content hash, so that browsers may cache them
/// forever. A file of the site that replaces one of the theme stays at its own address too.
/// Returns the addresses by name.
fn theme_assets(
    names: Vec<String>,
    assets: &mut BTreeMap<String, Asset>,
    inputs: &LinkInputs<'_>,
) -> BTreeMap<String, String> {
    let mut theme_assets = BTreeMap::new();
    for name in names {
        let found = assets.get(&name).cloned();
        let fingerprint = found.as_ref().and_then(|asset| inputs.fingerprints.get(&asset.source));
        let address = match (found, fingerprint) {
            (Some(asset), Some(fingerprint)) => {
                let address = hashed_name(&name, *fingerprint);
                if asset.source.as_str().starts_with("themes/") {
                    assets.remove(&name);
                }
                assets.insert(address.clone(), asset);
                address
            }
            _ => name.clone(),
        };
        theme_assets.insert(name, address);
    }
    if let Some(sheet) = &inputs.appearance.accent {
        let named = hashed_name(ACCENT_SHEET, Fingerprint::of(sheet.as_bytes()));
        let address = if inputs.fingerprints.is_empty() { ACCENT_SHEET.to_owned() } else { named };
        theme_assets.insert(ACCENT_SHEET.to_owned(), address);
    }
    theme_assets
}

/// Bundle of a file: the nearest folder above it with an `index.md`.
fn nearest_bundle<'a, 'b>(
    path: &'a SitePath,
    bundles: &'b HashMap<&str, Bundle<'b>>,
) -> Option<(&'a str, &'b Bundle<'b>)> {
    let mut folder = path.parent();
    while !folder.is_empty() {
        if let Some(bundle) = bundles.get(folder) {
            return Some((folder, bundle));
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    None
}

//! Second step of linking: copied files and their addresses.

use std::collections::{BTreeMap, HashMap};

use pingmark_core::appearance::{ACCENT_SHEET, CUSTOM_SHEET, LOGO, hashed_name};
use pingmark_core::config::DEFAULT_THEME;
use pingmark_core::diag::args::{Occupant, WayOut};
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_document::FileKind;

use super::{Asset, LinkInputs, Page};

/// Copied files of the site.
pub(super) struct Assets {
    /// Files by address.
    pub files: BTreeMap<String, Asset>,
    /// Addresses of the theme's files, by the names that templates use.
    pub theme: BTreeMap<String, String>,
    /// Problems found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Collects the copied files: the theme's, the site's `static/`, which may replace them, and files
/// beside pages. Reports two files at one address.
pub(super) fn collect(pages: &[Page], inputs: &LinkInputs<'_>) -> Assets {
    let mut diagnostics = Vec::new();
    let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
    let mut bundles: HashMap<&str, Vec<&Page>> = HashMap::new();
    for page in pages.iter().filter(|page| page.summary().name.kind == FileKind::Bundle) {
        bundles.entry(page.summary().path.parent()).or_default().push(page);
    }
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
            match nearest_bundle(path, &bundles) {
                Some((folder, pages)) => {
                    let rest = path.below(folder).unwrap_or(path.name());
                    for page in pages {
                        add(format!("{}{rest}", page.route.folder()), file);
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
    Assets { files: assets, theme, diagnostics }
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

/// Bundle of a file: the nearest folder above it with an `index.md`, and its pages in all
/// languages.
fn nearest_bundle<'a, 'b>(
    path: &'a SitePath,
    bundles: &'b HashMap<&str, Vec<&'b Page>>,
) -> Option<(&'a str, &'b Vec<&'b Page>)> {
    let mut folder = path.parent();
    while !folder.is_empty() {
        if let Some(pages) = bundles.get(folder) {
            return Some((folder, pages));
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    None
}

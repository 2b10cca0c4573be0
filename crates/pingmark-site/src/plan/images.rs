//! Image versions: smaller copies in the same format and as WebP, and their addresses.
//!
//! An image that a page shows gets versions at the configured widths; every image is published
//! without its metadata. The name of a version contains a content hash, so that browsers may cache
//! it forever.

use std::collections::{BTreeMap, BTreeSet};

use pingmark_core::config::Images;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::raster::{Format, ImageVersion, Raster, Republish, WEBP_SIDE};
use pingmark_core::slug::slugify;
use pingmark_document::ReferenceKind;

use super::{Planner, Recipe};
use crate::graph::resolve::is_unshowable;
use crate::graph::{Asset, Graph, Resolved};

/// Folder of the versions.
pub(super) const FOLDER: &str = "sized";
/// Addresses of all versions, as a pattern.
pub const PATTERN: &str = "sized/*";
/// Images with fewer pixels, or files with fewer bytes, get no versions.
const MIN_PIXELS: u64 = 10_000;
const MIN_BYTES: u64 = 16 * 1024;

/// Versions of one image. Both lists are empty if the image is small or animated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ImageVersions {
    /// Versions in the image's own format, narrowest first.
    pub same: Vec<SizedImage>,
    /// Whether pages offer the original as the widest version. One wider than all configured
    /// widths is only shown by itself.
    pub with_original: bool,
    /// Versions as WebP, narrowest first.
    pub webp: Vec<SizedImage>,
}

/// Version of an image at one width, in one format.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SizedImage {
    /// Path below the site, without the first `/`.
    pub address: String,
    /// Width in pixels.
    pub width: u32,
    version: ImageVersion,
}

/// First place that shows each image: the Markdown file and the place in it, by the image's file.
pub type ImagePlaces = BTreeMap<SitePath, (SitePath, Spot)>;

impl ImageVersions {
    fn of(source: &SitePath, raster: &Raster, settings: &Images) -> Self {
        let (own, height) = raster.size;
        let is_small = u64::from(own) * u64::from(height) < MIN_PIXELS || raster.len < MIN_BYTES;
        if raster.animated || is_small {
            return Self::default();
        }
        let widest = settings.widths.last().copied().unwrap_or(u32::MAX);
        let with_original = own <= widest;
        let narrower = settings.widths.iter().copied().filter(|width| *width < own);
        let original_width = with_original.then_some(own);
        let sized = |format: Format, width: u32| {
            let height = if width == own { height } else { raster.height_at(width) };
            let version = ImageVersion::Resized(format, width, height, settings.quality);
            let fingerprint = raster.fingerprint_of(version).to_string();
            let stem: String = slugify(source.stem()).chars().take(80).collect();
            let name = format!("{stem}-{width}.{}.{}", &fingerprint[..12], format.extension());
            SizedImage { address: format!("{FOLDER}/{name}"), width, version }
        };
        let wants_webp = settings.webp && raster.format != Format::Webp;
        let wants_same = !raster.is_flat();
        let same = narrower.clone().filter(|_| wants_same).map(|width| sized(raster.format, width)).collect();
        let webp = narrower
            .chain(original_width)
            .filter(|width| wants_webp && raster.height_at(*width) <= WEBP_SIDE);
        let webp = webp.map(|width| sized(Format::Webp, width)).collect();
        Self { same, with_original, webp }
    }
}

/// Recipe of an asset at its own address: an image without its metadata, else a plain copy.
pub(super) fn image_recipe(asset: &Asset, settings: &Images) -> Recipe {
    let cleaned = settings.made
        && !settings.keep_metadata
        && asset
            .raster
            .as_ref()
            .is_some_and(|raster| raster.problem.is_none() && raster.republish != Republish::Copy);
    match cleaned {
        true => Recipe::Image(asset.source.clone(), ImageVersion::Original),
        false => Recipe::Asset(asset.source.clone()),
    }
}

impl Planner<'_> {
    /// Plans the versions of the images that pages show. Returns them by the images' files, and the
    /// first place that shows each image.
    pub(super) fn images(&mut self) -> (BTreeMap<SitePath, ImageVersions>, ImagePlaces) {
        let settings = &self.config.settings.images;
        let (mut versions, mut places) = (BTreeMap::new(), BTreeMap::new());
        if !settings.made || self.graph.assets.values().all(|asset| asset.raster.is_none()) {
            // For the pages whose images networks do not show.
            self.link_previews();
            return (versions, places);
        }
        let mut made: BTreeMap<String, Recipe> = self.link_previews().into_iter().collect();
        for (page, spot, asset, is_shown) in shown(self.graph) {
            let Some(raster) = &asset.raster else { continue };
            let first = !places.contains_key(&asset.source);
            let place = places.entry(asset.source.clone()).or_insert_with(|| (page.clone(), spot));
            if let Some(problem) = raster.problem.as_ref().filter(|_| first) {
                self.diagnostics.push(catalogue::image_broken(&place.0, &place.1, &asset.source, problem));
            }
            if raster.problem.is_none() && is_shown && !versions.contains_key(&asset.source) {
                let found = ImageVersions::of(&asset.source, raster, settings);
                // Equal images with the same name in two folders share their versions.
                for sized in found.same.iter().chain(&found.webp) {
                    made.entry(sized.address.clone())
                        .or_insert_with(|| Recipe::Image(asset.source.clone(), sized.version));
                }
                versions.insert(asset.source.clone(), found);
            }
        }
        for (address, recipe) in made {
            self.add(Self::fixed_route("/").join(&address), recipe);
        }
        let is_unused = |asset: &&Asset| !settings.keep_metadata && !places.contains_key(&asset.source);
        let unread: Vec<Diagnostic> = self
            .graph
            .assets
            .values()
            .filter(is_unused)
            .filter_map(|asset| {
                let problem = asset.raster.as_ref()?.problem.as_ref()?;
                Some(catalogue::image_unread(&asset.source, problem))
            })
            .collect();
        self.diagnostics.extend(unread);
        (versions, places)
    }
}

impl Planner<'_> {
    /// Reports pictures and films that are published with their metadata and that no page shows: one
    /// that a page shows as an image is reported there.
    pub(super) fn metadata(&mut self) {
        let kept: Vec<&SitePath> =
            self.graph.assets.values().filter(|asset| asset.metadata).map(|asset| &asset.source).collect();
        if kept.is_empty() || self.config.settings.images.keep_metadata {
            return;
        }
        let told: BTreeSet<&SitePath> = shown(self.graph)
            .filter(|(.., asset, is_shown)| *is_shown && asset.metadata && is_unshowable(asset.source.name()))
            .map(|(.., asset, _)| &asset.source)
            .collect();
        let untold = kept.into_iter().filter(|source| !told.contains(source));
        self.diagnostics.extend(untold.map(catalogue::metadata_kept).collect::<Vec<_>>());
    }
}

/// Images that texts and front matters refer to: the Markdown file, the place in it, the image,
/// and whether versions can be shown there (not in an embed).
fn shown(graph: &Graph) -> impl Iterator<Item = (&SitePath, Spot, &Asset, bool)> {
    let asset = |found: &Resolved| match found {
        Resolved::Asset(address, _) => graph.assets.get(address),
        _ => None,
    };
    graph.pages.iter().enumerate().flat_map(move |(number, page)| {
        let summary = page.summary();
        let cover = graph.images[number].as_ref().and_then(asset).map(|asset| {
            let target = summary.meta.image.clone().unwrap_or_default();
            (&summary.path, Spot::Value(vec!["image".into()], target), asset, true)
        });
        let references = summary.references.iter().zip(&graph.resolved[number]).enumerate();
        let named = references.filter_map(move |(number, (reference, found))| {
            let is_shown = match reference.kind {
                ReferenceKind::Image | ReferenceKind::Picture => true,
                ReferenceKind::Embed => false,
                _ => return None,
            };
            Some((&summary.path, Spot::Reference(number as u32), asset(found)?, is_shown))
        });
        cover.into_iter().chain(named)
    })
}

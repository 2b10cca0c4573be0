//! Which versions of the site's images are made, and where they stand.
//!
//! An image that a page shows is made narrower, in its own format and as WebP; every image is
//! published without what it tells. The names of versions carry a fingerprint of what they are made of,
//! so that browsers may keep them for ever.

use std::collections::BTreeMap;

use pingmark_core::config::Images;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::raster::{Format, ImageVersion, Raster, Republish, WEBP_SIDE};
use pingmark_core::slug::slugify;
use pingmark_document::ReferenceKind;

use super::{Planner, Recipe};
use crate::graph::{Asset, Graph, Resolved};

/// The folder of versions.
const FOLDER: &str = "sized";
/// All of them, as an address with a pattern.
pub const ALL: &str = "sized/*";
/// Images with fewer pixels, or files with fewer bytes, are small enough.
const FEW_PIXELS: u64 = 10_000;
const FEW_BYTES: u64 = 16 * 1024;

/// The versions of an image that pages show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Versions {
    /// Those in its own format, from the narrowest.
    pub same: Vec<Version>,
    /// Whether the image itself belongs to them as the widest; a larger one is only for those who
    /// open it by itself.
    pub with_whole: bool,
    /// Those as WebP, from the narrowest.
    pub webp: Vec<Version>,
}

/// A version of an image.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// Its address.
    pub address: String,
    /// Its width in pixels.
    pub width: u32,
    encoding: ImageVersion,
}

/// An image, and the first place that shows it.
pub type Places = BTreeMap<SitePath, (SitePath, Spot)>;

impl Versions {
    fn of(source: &SitePath, raster: &Raster, settings: &Images) -> Self {
        let (own, height) = raster.size;
        let is_small = u64::from(own) * u64::from(height) < FEW_PIXELS || raster.len < FEW_BYTES;
        if raster.animated || is_small {
            return Self::default();
        }
        let widest = settings.widths.last().copied().unwrap_or(u32::MAX);
        let with_whole = own <= widest;
        let narrower = settings.widths.iter().copied().filter(|width| *width < own);
        let whole = with_whole.then_some(own);
        let version = |format: Format, width: u32| {
            let height = if width == own { height } else { raster.height_at(width) };
            let encoding = ImageVersion::Resized(format, width, height, settings.quality);
            let fingerprint = raster.fingerprint_of(encoding).to_string();
            let stem: String = slugify(source.stem()).chars().take(80).collect();
            let name = format!("{stem}-{width}.{}.{}", &fingerprint[..12], format.extension());
            Version { address: format!("{FOLDER}/{name}"), width, encoding }
        };
        let wants_webp = settings.webp && raster.format != Format::Webp;
        let wants_same = !raster.is_flat();
        let same =
            narrower.clone().filter(|_| wants_same).map(|width| version(raster.format, width)).collect();
        let webp = narrower.chain(whole).filter(|width| wants_webp && raster.height_at(*width) <= WEBP_SIDE);
        let webp = webp.map(|width| version(Format::Webp, width)).collect();
        Self { same, with_whole, webp }
    }
}

/// How an image is published at its own address.
pub(super) fn whole(asset: &Asset, settings: &Images) -> Recipe {
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
    /// The versions of the images that pages show, by their files, and the places that show them.
    pub(super) fn images(&mut self) -> (BTreeMap<SitePath, Versions>, Places) {
        let settings = &self.config.settings.images;
        let (mut versions, mut places) = (BTreeMap::new(), BTreeMap::new());
        if !settings.made || self.graph.assets.values().all(|asset| asset.raster.is_none()) {
            return (versions, places);
        }
        let mut made = BTreeMap::new();
        for (page, spot, asset, is_shown) in shown(self.graph) {
            let Some(raster) = &asset.raster else { continue };
            let first = !places.contains_key(&asset.source);
            let place = places.entry(asset.source.clone()).or_insert_with(|| (page.clone(), spot));
            if let Some(problem) = raster.problem.as_ref().filter(|_| first) {
                self.diagnostics.push(catalogue::image_broken(&place.0, &place.1, &asset.source, problem));
            }
            if raster.problem.is_none() && is_shown && !versions.contains_key(&asset.source) {
                let found = Versions::of(&asset.source, raster, settings);
                // The same image under the same name in two folders has the same versions.
                for version in found.same.iter().chain(&found.webp) {
                    made.entry(version.address.clone())
                        .or_insert_with(|| Recipe::Image(asset.source.clone(), version.encoding));
                }
                versions.insert(asset.source.clone(), found);
            }
        }
        for (address, recipe) in made {
            self.add(Self::fixed_route("/").join(&address), recipe);
        }
        let tells = |asset: &&Asset| !settings.keep_metadata && !places.contains_key(&asset.source);
        let unread: Vec<Diagnostic> = self
            .graph
            .assets
            .values()
            .filter(tells)
            .filter_map(|asset| {
                let problem = asset.raster.as_ref()?.problem.as_ref()?;
                Some(catalogue::image_unread(&asset.source, problem))
            })
            .collect();
        self.diagnostics.extend(unread);
        (versions, places)
    }
}

/// The images that texts and front matters name: the file and the place that does, the image, and
/// whether it is one whose versions can be shown there.
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

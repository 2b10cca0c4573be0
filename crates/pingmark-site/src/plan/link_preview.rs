//! Images for link previews: what networks show of a page.
//!
//! Networks show JPEG and PNG everywhere. WebP is missing on LinkedIn and Bluesky, SVG and HEIC on all of
//! them, and Bluesky takes one megabyte at most. So an image of another kind, or a larger one, gets a
//! JPEG made of it; where none can be made, the page's social image takes its place.

use pingmark_core::config::{CardFormat, Config, Images};
use pingmark_core::diag::{Spot, catalogue};
use pingmark_core::html::is_absolute;
use pingmark_core::raster::{Format, ImageVersion, Raster};
use pingmark_core::slug::slugify;

use super::images::FOLDER;
use super::{Planner, Recipe, social_image_of};
use crate::graph::{Asset, Graph, PageId, Resolved, Route};

/// Longest side of an image for link previews, in pixels.
const MAX_SIDE: u32 = 1200;
/// Largest file, in bytes.
const MAX_BYTES: u64 = 1_000_000;

/// Image that link previews of a page show.
#[derive(Clone, Debug)]
pub enum LinkPreview<'g> {
    /// Image that this build does not publish, by its URL.
    External(String),
    /// Image as it is published, by its address.
    File(&'g str, &'g Asset),
    /// JPEG made of an image: its address and its size in pixels.
    Made(String, (u32, u32)),
    /// The page's social image.
    SocialImage(Route, CardFormat),
}

/// Image that a page names for link previews: under `social:`, else its own.
enum Named<'g> {
    External(String),
    File(&'g str, &'g Asset),
}

impl<'g> Named<'g> {
    /// All that a page names, in order of precedence, with where it does.
    fn of(graph: &'g Graph, config: &Config, id: PageId) -> impl Iterator<Item = (Self, Spot)> + use<'g> {
        let page = graph.page(id);
        let meta = &page.summary.meta;
        let social = meta.social.all.image.as_deref().and_then(|image| {
            let spot = Spot::Value(vec!["social".into(), "image".into()], image.to_owned());
            if is_absolute(image) {
                return Some((Named::External(image.to_owned()), spot));
            }
            graph.asset(&page.route, image).map(|(address, asset)| (Named::File(address, asset), spot))
        });
        let own = graph.images[id.index()].as_ref().and_then(|found| {
            let image = meta.image.as_deref().unwrap_or_default();
            let spot = Spot::Value(vec!["image".into()], image.to_owned());
            match found {
                Resolved::Asset(address, _) => {
                    let (address, asset) = graph.assets.get_key_value(address)?;
                    Some((Named::File(address, asset), spot))
                }
                // A path that another server of the same host answers.
                Resolved::Elsewhere if image.starts_with('/') && !image.starts_with("//") => {
                    Some((Named::External(format!("{}{image}", config.base_url.origin())), spot))
                }
                Resolved::External | Resolved::Elsewhere => Some((Named::External(image.to_owned()), spot)),
                _ => None,
            }
        });
        social.into_iter().chain(own)
    }
}

/// Image that link previews of a published page show; `None` if there is none.
pub fn link_preview<'g>(graph: &'g Graph, config: &Config, id: PageId) -> Option<LinkPreview<'g>> {
    let named = named_preview(graph, config, id);
    named.or_else(|| {
        social_image_of(graph, config, id).map(|(route, format)| LinkPreview::SocialImage(route, format))
    })
}

/// The first image that a page names and that networks show.
pub(super) fn named_preview<'g>(graph: &'g Graph, config: &Config, id: PageId) -> Option<LinkPreview<'g>> {
    Named::of(graph, config, id).find_map(|(named, _)| match named {
        Named::External(address) => Some(LinkPreview::External(address)),
        Named::File(address, asset) => {
            let raster = asset.raster.as_ref().filter(|raster| raster.problem.is_none())?;
            if is_shown(raster) {
                return Some(LinkPreview::File(address, asset));
            }
            match version(asset, raster, &config.settings.images) {
                Some((address, size, _)) => Some(LinkPreview::Made(address, size)),
                // Without smaller versions, a large image is better than none.
                None => (raster.format != Format::Webp).then_some(LinkPreview::File(address, asset)),
            }
        }
    })
}

/// Whether networks show an image as it is.
fn is_shown(raster: &Raster) -> bool {
    raster.format != Format::Webp && raster.size.0.max(raster.size.1) <= MAX_SIDE && raster.len <= MAX_BYTES
}

/// The JPEG to make of an image: address, size in pixels and version.
fn version(asset: &Asset, raster: &Raster, settings: &Images) -> Option<(String, (u32, u32), ImageVersion)> {
    if !settings.made || raster.animated {
        return None;
    }
    let (width, height) = raster.size;
    let longest = u64::from(width.max(height));
    let scaled = |side: u32| match longest <= u64::from(MAX_SIDE) {
        true => side,
        false => ((u64::from(side) * u64::from(MAX_SIDE) + longest / 2) / longest).max(1) as u32,
    };
    let size = (scaled(width), scaled(height));
    let version = ImageVersion::LinkPreview(size.0, size.1);
    let fingerprint = raster.fingerprint_of(version).to_string();
    let stem: String = slugify(asset.source.stem()).chars().take(80).collect();
    let name = format!("{stem}-preview.{}.{}", &fingerprint[..12], Format::Jpeg.extension());
    Some((format!("{FOLDER}/{name}"), size, version))
}

impl Planner<'_> {
    /// Plans the JPEGs for link previews. Reports pages that name an image and get none.
    pub(super) fn link_previews(&mut self) -> Vec<(String, Recipe)> {
        let (graph, config) = (self.graph, self.config);
        let settings = &config.settings.images;
        let mut made = Vec::new();
        for id in graph.published() {
            match link_preview(graph, config, id) {
                Some(LinkPreview::Made(address, _)) => {
                    let file = Named::of(graph, config, id).find_map(|(named, _)| match named {
                        Named::File(_, asset) => {
                            let (own, _, version) = version(asset, asset.raster.as_ref()?, settings)?;
                            (own == address).then(|| Recipe::Image(asset.source.clone(), version))
                        }
                        Named::External(_) => None,
                    });
                    made.extend(file.map(|recipe| (address, recipe)));
                }
                Some(_) => {}
                None => {
                    let problem = Named::of(graph, config, id).find_map(|(named, spot)| match named {
                        // A broken image is reported elsewhere.
                        Named::File(_, asset)
                            if asset.raster.as_ref().is_none_or(|r| r.problem.is_none()) =>
                        {
                            Some((asset, spot))
                        }
                        _ => None,
                    });
                    if let Some((asset, spot)) = problem {
                        let path = &graph.page(id).summary().path;
                        self.diagnostics.push(catalogue::link_preview_missing(path, spot, &asset.source));
                    }
                }
            }
        }
        made
    }
}

//! Icons, made from the site's `favicon.svg` or its logo.

use resvg::tiny_skia::{FilterQuality, Pixmap, PixmapPaint};

use pingmark_core::appearance::Colour;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::icon::Icon;
use pingmark_core::raster::{Format, ImageVersion, Raster};

use crate::svg::{self, Placement};
use crate::{LazyImage, inspect, png_encode};

/// Version of the drawing code. Increment it whenever an icon gets other bytes from the same SVG.
const VERSION: u32 = 2;
/// Share of a maskable icon's diameter that no phone crops: a circle of 80 % (W3C, Web App
/// Manifest, 1.13).
const SAFE_ZONE: f32 = 0.8;

/// Fingerprint of everything an icon is made of.
pub fn fingerprint(svg: &[u8], icon: Icon, background: Colour) -> Fingerprint {
    Fingerprint::of_parts([&VERSION.to_le_bytes()[..], icon.file().as_bytes(), &background.0, svg])
}

/// Draws an icon from an SVG, a PNG or a JPEG: a PNG, or an ICO file for [`Icon::Favicon`]. `background`
/// fills the icons that must be opaque ([`Icon::Apple`], [`Icon::Maskable`]); the others stay
/// transparent.
pub fn draw(source: &[u8], icon: Icon, background: Colour) -> Result<Vec<u8>, String> {
    let side = icon.side();
    let share = match icon {
        // A full square would have to shrink to 0.8 / √2 to fit into the circle. 0.8 × 0.85 is
        // larger, because most drawings have rounded corners.
        Icon::Maskable => SAFE_ZONE * 0.85,
        Icon::Apple | Icon::Favicon | Icon::Small | Icon::Large => 1.0,
    };
    let is_opaque = matches!(icon, Icon::Maskable | Icon::Apple);
    let (placement, background) = (Placement::Centred(share), is_opaque.then_some(background));
    let pixmap = match inspect(source, "") {
        Some(raster) => {
            let image = pixmap(source, &raster)?;
            let mut canvas = svg::canvas((side, side), background)?;
            let size = (image.width() as f32, image.height() as f32);
            let transform = placement.transform(size, (side, side));
            let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
            canvas.draw_pixmap(0, 0, image.as_ref(), &paint, transform, None);
            canvas
        }
        None => svg::draw(source.to_vec(), (side, side), placement, background)?,
    };
    let png = png_encode::encode_with_alpha(&pixmap).map_err(|error| error.to_string())?;
    Ok(if icon == Icon::Favicon { ico(&png, icon.side()) } else { png })
}

/// Longest side of the pixels that icons are drawn from.
const MAX_SIDE: u32 = 512;

/// The pixels of an image, upright and no larger than the largest icon.
fn pixmap(bytes: &[u8], raster: &Raster) -> Result<Pixmap, String> {
    if let Some(problem) = &raster.problem {
        return Err(problem.clone());
    }
    let (width, height) = raster.size;
    let share = f64::from(MAX_SIDE) / f64::from(width.max(height).max(1));
    let side = |side: u32| if share < 1.0 { ((f64::from(side) * share) as u32).max(1) } else { side };
    let image = LazyImage::new(raster, || Ok(bytes.to_vec()))?;
    let png = image.encode(ImageVersion::Resized(Format::Png, side(width), side(height), 0))?;
    Pixmap::decode_png(&png).map_err(|error| error.to_string())
}

/// Wraps a PNG in an ICO container: a header of six bytes, one directory entry of sixteen, the PNG.
fn ico(png: &[u8], side: u32) -> Vec<u8> {
    let mut file = vec![0, 0, 1, 0, 1, 0, side as u8, side as u8, 0, 0, 1, 0, 32, 0];
    file.extend((png.len() as u32).to_le_bytes());
    file.extend(22_u32.to_le_bytes());
    file.extend(png);
    file
}

//! Icons, rasterised from the site's `favicon.svg`.

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{self, Tree};

use pingmark_core::appearance::Colour;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::icon::Icon;

use crate::{png_encode, svg};

/// Version of the drawing code. Increment it whenever an icon gets other bytes from the same SVG.
const VERSION: u32 = 2;
/// Share of a maskable icon's diameter that no phone crops: a circle of 80 % (W3C, Web App
/// Manifest, 1.13).
const SAFE_ZONE: f32 = 0.8;

/// Fingerprint of everything an icon is made of.
pub fn fingerprint(svg: &[u8], icon: Icon, background: Colour) -> Fingerprint {
    Fingerprint::of_parts([&VERSION.to_le_bytes()[..], icon.file().as_bytes(), &background.0, svg])
}

/// Draws an icon from an SVG: a PNG, or an ICO file for [`Icon::Favicon`]. `background` fills the
/// icons that must be opaque ([`Icon::Apple`], [`Icon::Maskable`]); the others stay transparent.
pub fn draw(svg: &[u8], icon: Icon, background: Colour) -> Result<Vec<u8>, String> {
    let tree = Tree::from_data(svg, &svg::options()).map_err(|error: usvg::Error| error.to_string())?;
    let side = icon.side();
    let mut pixmap = Pixmap::new(side, side).ok_or("it has no size")?;
    let share = match icon {
        // A full square would have to shrink to 0.8 / √2 to fit into the circle. 0.8 × 0.85 is
        // larger, because most drawings have rounded corners.
        Icon::Maskable => SAFE_ZONE * 0.85,
        Icon::Apple | Icon::Favicon | Icon::Small | Icon::Large => 1.0,
    };
    if matches!(icon, Icon::Maskable | Icon::Apple) {
        let [red, green, blue] = background.0;
        pixmap.fill(Color::from_rgba8(red, green, blue, u8::MAX));
    }
    let side = side as f32;
    let scale = side * share / tree.size().width().max(tree.size().height());
    let left = (side - tree.size().width() * scale) / 2.0;
    let top = (side - tree.size().height() * scale) / 2.0;
    let transform = Transform::from_scale(scale, scale).post_translate(left, top);
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    let png = png_encode::encode_with_alpha(&pixmap).map_err(|error| error.to_string())?;
    Ok(if icon == Icon::Favicon { ico(&png, icon.side()) } else { png })
}

/// Wraps a PNG in an ICO container: a header of six bytes, one directory entry of sixteen, the PNG.
fn ico(png: &[u8], side: u32) -> Vec<u8> {
    let mut file = vec![0, 0, 1, 0, 1, 0, side as u8, side as u8, 0, 0, 1, 0, 32, 0];
    file.extend((png.len() as u32).to_le_bytes());
    file.extend(22_u32.to_le_bytes());
    file.extend(png);
    file
}

//! Icons, drawn of the site's `favicon.svg`.

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{self, Tree};

use pingmark_core::appearance::Colour;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::icon::Icon;

use crate::{png_encode, svg};

/// Changes when icons come out otherwise than before from the same drawing.
const VERSION: u32 = 2;
/// How much of a maskable icon no phone cuts off (W3C, Web App Manifest, 1.13: a circle of 80 %).
const SAFE: f32 = 0.8;

/// The fingerprint of all that an icon is made of.
pub fn fingerprint(svg: &[u8], icon: Icon, paper: Colour) -> Fingerprint {
    Fingerprint::of_parts([&VERSION.to_le_bytes()[..], icon.file().as_bytes(), &paper.0, svg])
}

/// Draws an icon. `paper` is what stands behind it where nothing may be clear.
pub fn draw(svg: &[u8], icon: Icon, paper: Colour) -> Result<Vec<u8>, String> {
    let tree = Tree::from_data(svg, &svg::options()).map_err(|error: usvg::Error| error.to_string())?;
    let side = icon.side();
    let mut pixmap = Pixmap::new(side, side).ok_or("it has no size")?;
    let share = match icon {
        // What fills a square fills a circle of 80 % when it is as wide as 0.8 / √2; most
        // drawings are round at their corners.
        Icon::Maskable => SAFE * 0.85,
        Icon::Apple | Icon::Favicon | Icon::Small | Icon::Large => 1.0,
    };
    if matches!(icon, Icon::Maskable | Icon::Apple) {
        let [red, green, blue] = paper.0;
        pixmap.fill(Color::from_rgba8(red, green, blue, u8::MAX));
    }
    let side = side as f32;
    let scale = side * share / tree.size().width().max(tree.size().height());
    let left = (side - tree.size().width() * scale) / 2.0;
    let top = (side - tree.size().height() * scale) / 2.0;
    let place = Transform::from_scale(scale, scale).post_translate(left, top);
    resvg::render(&tree, place, &mut pixmap.as_mut());
    let png = png_encode::clear(&pixmap).map_err(|error| error.to_string())?;
    Ok(if icon == Icon::Favicon { ico(&png, icon.side()) } else { png })
}

/// A PNG in the wrapping that `favicon.ico` has had since 1999: six bytes of header, and sixteen
/// for its one picture.
fn ico(png: &[u8], side: u32) -> Vec<u8> {
    let mut file = vec![0, 0, 1, 0, 1, 0, side as u8, side as u8, 0, 0, 1, 0, 32, 0];
    file.extend((png.len() as u32).to_le_bytes());
    file.extend(22_u32.to_le_bytes());
    file.extend(png);
    file
}

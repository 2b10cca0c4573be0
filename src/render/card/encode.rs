//! Drawings as PNG, small: a card has few colours, and so a palette.

use std::collections::HashMap;

use resvg::tiny_skia::Pixmap;

/// A drawing as PNG: with a palette of 256 colours when it has no more, once those that no eye
/// tells apart are one; else in full colour.
pub fn encoded(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let (width, height) = (pixmap.width(), pixmap.height());
    let mut bytes = Vec::with_capacity(48 * 1024);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    // What the edges of letters add is at most 3 of 255, then 7.
    let palette = [0, 2, 3].into_iter().find_map(|shift| indexed(pixmap, shift));
    encoder.set_compression(png::Compression::Balanced);
    match palette {
        Some((colours, pixels)) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(colours);
            encoder.set_filter(png::Filter::NoFilter);
            encoder.write_header()?.write_image_data(&pixels)?;
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            let pixels: Vec<u8> = pixmap
                .pixels()
                .iter()
                .flat_map(|pixel| {
                    let colour = pixel.demultiply();
                    [colour.red(), colour.green(), colour.blue()]
                })
                .collect();
            encoder.write_header()?.write_image_data(&pixels)?;
        }
    }
    Ok(bytes)
}

/// A drawing as PNG, with what is clear in it.
pub fn clear(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::with_capacity(8 * 1024);
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::Balanced);
    let pixels: Vec<u8> = pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let colour = pixel.demultiply();
            [colour.red(), colour.green(), colour.blue(), colour.alpha()]
        })
        .collect();
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

/// A palette and the pixels in it, when there are no more than 256 colours without their lowest
/// bits. A colour is the first that was seen of those that are one.
fn indexed(pixmap: &Pixmap, shift: u32) -> Option<(Vec<u8>, Vec<u8>)> {
    let mask = 0xFFu32 >> shift << shift;
    let mask = mask << 16 | mask << 8 | mask;
    let mut known: HashMap<u32, u8> = HashMap::with_capacity(256);
    let mut palette = Vec::with_capacity(768);
    let mut pixels = Vec::with_capacity(pixmap.pixels().len());
    let mut last = (u32::MAX, 0);
    for pixel in pixmap.pixels() {
        let whole = u32::from(pixel.red()) << 16 | u32::from(pixel.green()) << 8 | u32::from(pixel.blue());
        let key = whole & mask;
        if key != last.0 {
            let next = known.len();
            let index = match known.get(&key) {
                Some(index) => *index,
                None if next == 256 => return None,
                None => {
                    known.insert(key, next as u8);
                    palette.extend([pixel.red(), pixel.green(), pixel.blue()]);
                    next as u8
                }
            };
            last = (key, index);
        }
        pixels.push(last.1);
    }
    Some((palette, pixels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::tiny_skia::{Color, PremultipliedColorU8};

    #[test]
    fn few_colours_make_a_palette_and_many_do_not() {
        let mut few = Pixmap::new(64, 64).unwrap();
        few.fill(Color::from_rgba8(29, 63, 184, 255));
        let (palette, pixels) = indexed(&few, 0).unwrap();
        assert_eq!((palette, pixels.len()), (vec![29, 63, 184], 64 * 64));
        let mut many = few.clone();
        for (at, pixel) in many.pixels_mut().iter_mut().enumerate() {
            let (r, g) = ((at % 64 * 4) as u8, (at / 64 * 4) as u8);
            *pixel = PremultipliedColorU8::from_rgba(r, g, r ^ g, 255).unwrap();
        }
        assert!(indexed(&many, 0).is_none());
        for (pixmap, kind) in [(&few, png::ColorType::Indexed), (&many, png::ColorType::Rgb)] {
            let bytes = encoded(pixmap).unwrap();
            let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            assert_eq!((reader.info().width, reader.info().color_type), (64, kind));
        }
    }
}

//! PNG encoding of drawings. They have few colours, so most get a palette, which makes small files.

use std::collections::HashMap;

use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};

use pingmark_core::fingerprint::FastHash;

/// A palette, and for each pixel its index in it.
type Indexed = (Vec<PremultipliedColorU8>, Vec<u8>);

/// Encodes a drawing as an opaque PNG. It gets a palette if at most 256 colours are left after
/// merging colours that the eye cannot tell apart; otherwise it is RGB.
pub(crate) fn encode_opaque(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    // Antialiasing at the edges of letters adds many shades. Merging those that differ by at most 3
    // of 255 often suffices, else by at most 7.
    encode(pixmap, [0, 2, 3].into_iter().find_map(|shift| indexed(pixmap, shift)), false)
}

/// Encodes a drawing as a PNG with transparency. It gets a palette if it has at most 256 colours.
pub(crate) fn encode_with_alpha(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    encode(pixmap, indexed(pixmap, 0), true)
}

fn encode(pixmap: &Pixmap, palette: Option<Indexed>, has_alpha: bool) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::with_capacity(48 * 1024);
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_depth(png::BitDepth::Eight);
    // For a social image, level 6 saves one byte in eighty and takes a tenth longer.
    encoder.set_deflate_compression(png::DeflateCompression::Level(5));
    let pixels = match palette {
        Some((palette, pixels)) => {
            let (colours, alpha) = split_alpha(&palette);
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(colours);
            if has_alpha {
                encoder.set_trns(alpha);
            }
            encoder.set_filter(png::Filter::NoFilter);
            pixels
        }
        None => {
            let (kind, bytes) = if has_alpha { (png::ColorType::Rgba, 4) } else { (png::ColorType::Rgb, 3) };
            encoder.set_color(kind);
            pixmap.pixels().iter().flat_map(|pixel| straight(*pixel).into_iter().take(bytes)).collect()
        }
    };
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

/// A pixel as red, green, blue and straight alpha, as PNG stores it.
fn straight(pixel: PremultipliedColorU8) -> [u8; 4] {
    let colour = pixel.demultiply();
    [colour.red(), colour.green(), colour.blue(), colour.alpha()]
}

/// Splits a palette into its colours, three bytes each, and its alpha values (PNG, 11.2.2 and
/// 11.3.1.1).
fn split_alpha(palette: &[PremultipliedColorU8]) -> (Vec<u8>, Vec<u8>) {
    let mut colours = Vec::with_capacity(palette.len() * 3);
    let mut alphas = Vec::with_capacity(palette.len());
    for [red, green, blue, alpha] in palette.iter().map(|pixel| straight(*pixel)) {
        colours.extend([red, green, blue]);
        alphas.push(alpha);
    }
    (colours, alphas)
}

/// Builds a palette. `None` if there are more than 256 colours. Colours that differ only in their
/// lowest `shift` bits share an entry; the first one seen wins.
fn indexed(pixmap: &Pixmap, shift: u32) -> Option<Indexed> {
    let mask = u32::from_ne_bytes([0xFF >> shift << shift; 4]);
    let mut known: HashMap<u32, u8, FastHash> = HashMap::default();
    let mut palette = Vec::with_capacity(256);
    let mut pixels = Vec::with_capacity(pixmap.pixels().len());
    let mut rest = pixmap.data().as_chunks().0;
    while let Some(pixel) = pixmap.pixels().get(pixels.len()) {
        let same = run_length(rest);
        let key = u32::from_ne_bytes(rest[0]) & mask;
        let index = match known.get(&key) {
            Some(index) => *index,
            None if palette.len() == 256 => return None,
            None => {
                let index = palette.len() as u8;
                known.insert(key, index);
                palette.push(*pixel);
                index
            }
        };
        pixels.resize(pixels.len() + same, index);
        rest = &rest[same..];
    }
    Some((palette, pixels))
}

/// Number of pixels at the start with the same colour; in a social image, often most of a row.
fn run_length(pixels: &[[u8; 4]]) -> usize {
    let first = u32::from_ne_bytes(pixels[0]);
    let is_other = |pixel: &[u8; 4]| u32::from_ne_bytes(*pixel) ^ first;
    // Runs inside letters are short: try eight pixels before comparing groups of 16.
    let few = pixels.iter().take(8).take_while(|pixel| is_other(pixel) == 0).count();
    if few < 8 {
        return few;
    }
    let (groups, _) = pixels.as_chunks::<16>();
    let are_same = |group: &&[[u8; 4]; 16]| group.iter().fold(0, |other, pixel| other | is_other(pixel)) == 0;
    let whole = 16 * groups.iter().take_while(are_same).count();
    whole + pixels[whole..].iter().take_while(|pixel| is_other(pixel) == 0).count()
}

#[cfg(test)]
mod tests {
    use resvg::tiny_skia::Color;

    use super::*;

    #[test]
    fn a_run_ends_with_its_colour() {
        for len in 1..70_usize {
            let mut pixels = vec![[1, 2, 3, 255]; len];
            assert_eq!(run_length(&pixels), len);
            for at in 1..len {
                pixels[at] = [1, 2, 4, 255];
                assert_eq!(run_length(&pixels), at, "{at} of {len}");
                pixels[at] = [1, 2, 3, 255];
            }
        }
    }

    #[test]
    fn few_colours_make_a_palette_and_many_do_not() {
        let mut few = Pixmap::new(64, 64).unwrap();
        few.fill(Color::from_rgba8(29, 63, 184, 255));
        let (palette, pixels) = indexed(&few, 0).unwrap();
        assert_eq!((split_alpha(&palette).0, pixels.len()), (vec![29, 63, 184], 64 * 64));
        let mut many = few.clone();
        for (at, pixel) in many.pixels_mut().iter_mut().enumerate() {
            let (r, g) = ((at % 64 * 4) as u8, (at / 64 * 4) as u8);
            *pixel = PremultipliedColorU8::from_rgba(r, g, r ^ g, 255).unwrap();
        }
        assert!(indexed(&many, 0).is_none());
        for (pixmap, kind) in [(&few, png::ColorType::Indexed), (&many, png::ColorType::Rgb)] {
            let bytes = encode_opaque(pixmap).unwrap();
            let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            assert_eq!((reader.info().width, reader.info().color_type), (64, kind));
        }
    }

    #[test]
    fn transparency_is_kept_with_and_without_a_palette() {
        let mut few = Pixmap::new(32, 32).unwrap();
        few.pixels_mut()[40] = PremultipliedColorU8::from_rgba(20, 40, 60, 128).unwrap();
        few.pixels_mut()[41] = PremultipliedColorU8::from_rgba(20, 40, 60, 255).unwrap();
        let mut many = few.clone();
        for (at, pixel) in many.pixels_mut().iter_mut().enumerate().skip(42) {
            *pixel = PremultipliedColorU8::from_rgba((at % 128) as u8, (at / 128) as u8, 0, 128).unwrap();
        }
        for (pixmap, kind) in [(&few, png::ColorType::Indexed), (&many, png::ColorType::Rgba)] {
            let bytes = encode_with_alpha(pixmap).unwrap();
            let header = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
            assert_eq!(header.info().color_type, kind);
            let mut decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
            decoder.set_transformations(
                png::Transformations::normalize_to_color8() | png::Transformations::ALPHA,
            );
            let mut reader = decoder.read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            let wanted: Vec<u8> = pixmap.pixels().iter().flat_map(|pixel| straight(*pixel)).collect();
            assert_eq!(pixels, wanted);
        }
    }
}

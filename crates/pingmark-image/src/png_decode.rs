//! PNG decoding, row by row: whatever the bit depth, memory holds the image with eight bits per
//! channel and one row as stored.

use std::io::Cursor;

use image::metadata::Orientation;
use png::{BitDepth, ColorType, Decoder, DecodingError, InterlaceInfo, Limits, Reader, Transformations};

/// Memory for everything but the pixels, in bytes: a row, the colour profile (which is stored
/// compressed, up to a thousandfold) and EXIF data. A profile that does not fit is left out.
const MAX_EXTRAS: usize = 16 << 20;

/// The header of a PNG.
pub(super) struct PngHeader {
    /// Width and height in pixels, as stored.
    pub size: (u32, u32),
    /// EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// Whether it is an animation (APNG).
    pub animated: bool,
    /// Channels of the decoded image: grey, RGB or RGBA.
    pub channels: u8,
}

/// A decoded PNG, as stored: not rotated.
pub(super) struct PngPixels {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Channels of a pixel: grey, RGB or RGBA.
    pub channels: u8,
    /// Eight bits per channel, rows from the top.
    pub bytes: Vec<u8>,
    /// ICC colour profile.
    pub profile: Option<Vec<u8>>,
}

/// Reads the header, without colour profile and texts.
pub(super) fn header(bytes: &[u8]) -> Result<PngHeader, String> {
    let reader = reader(bytes, true)?;
    let info = reader.info();
    let exif = info.exif_metadata.as_deref();
    let orientation = exif.and_then(Orientation::from_exif_chunk).map_or(1, Orientation::to_exif);
    let animated = info.animation_control.is_some();
    Ok(PngHeader { size: info.size(), orientation, animated, channels: channels_of(&reader) })
}

/// Decodes the image; of an animation the first frame.
pub(super) fn decode(bytes: &[u8]) -> Result<PngPixels, String> {
    let mut reader = reader(bytes, false)?;
    let (width, height) = reader.info().size();
    let profile = reader.info().icc_profile.as_ref().map(|profile| profile.to_vec());
    let channels = channels_of(&reader);
    let (stored, depth) = reader.output_color_type();
    let stride = width as usize * usize::from(channels);
    let mut bytes = vec![0; stride * height as usize];
    let mut row = Vec::with_capacity(stride);
    let mut line = 0;
    while let Some(stored_row) = reader.next_interlaced_row().map_err(|error| reason_of(&error))? {
        row.clear();
        convert(stored_row.data(), stored, depth, &mut row);
        match stored_row.interlace() {
            InterlaceInfo::Null(_) => {
                if let Some(target) = bytes.get_mut(line * stride..line * stride + row.len()) {
                    target.copy_from_slice(&row);
                }
                line += 1;
            }
            InterlaceInfo::Adam7(pass) => {
                png::expand_interlaced_row(&mut bytes, stride, &row, pass, channels * 8);
            }
        }
    }
    Ok(PngPixels { width, height, channels, bytes, profile })
}

fn reader(bytes: &[u8], header_only: bool) -> Result<Reader<Cursor<&[u8]>>, String> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MAX_EXTRAS });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(header_only);
    // Palettes, fewer than eight bits and transparent colours; 16 bits stay.
    decoder.set_transformations(Transformations::EXPAND);
    let info = decoder.read_header_info().map_err(|error| reason_of(&error))?;
    // Before a row of it is allocated.
    if let Some(problem) = super::side_problem(info.size()) {
        return Err(problem);
    }
    decoder.read_info().map_err(|error| reason_of(&error))
}

fn channels_of(reader: &Reader<Cursor<&[u8]>>) -> u8 {
    match reader.output_color_type().0 {
        ColorType::Grayscale => 1,
        ColorType::Rgb | ColorType::Indexed => 3,
        ColorType::GrayscaleAlpha | ColorType::Rgba => 4,
    }
}

/// Appends a row with eight bits per channel, and grey with transparency as RGBA.
fn convert(row: &[u8], stored: ColorType, depth: BitDepth, to: &mut Vec<u8>) {
    let start = to.len();
    match depth {
        BitDepth::Sixteen => {
            let samples = row.as_chunks::<2>().0.iter().map(|sample| u32::from(u16::from_be_bytes(*sample)));
            to.extend(samples.map(|sample| ((sample + 128) / 257) as u8));
        }
        _ => to.extend_from_slice(row),
    }
    if stored == ColorType::GrayscaleAlpha {
        let grey: Vec<u8> = to.drain(start..).collect();
        to.extend(grey.as_chunks::<2>().0.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]));
    }
}

fn reason_of(error: &DecodingError) -> String {
    match error {
        DecodingError::LimitsExceeded => "it takes too much memory".to_owned(),
        other => format!("Format error decoding Png: {other}"),
    }
}

//! Pixels: decoded, set upright, made fewer, and encoded.

use std::io::Cursor;

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, Limits,
};
use jpeg_encoder::{ColorType as JpegColour, Encoder as JpegEncoder};
use webp::{Encoder as WebpEncoder, WebPConfig};

use pingmark_core::raster::{Format, Raster};

use super::{MOST_PIXELS, strip};

/// What an image takes while it is worked on, at most, in bytes a pixel: decoded in full depth,
/// and once more while it is turned.
pub(super) const BYTES: u64 = 8;

/// Images with more pixels are encoded in less memory, into somewhat larger files.
const LARGE: u64 = 24_000_000;

/// What the first bytes of a file say.
pub(super) struct Head {
    /// Width and height, as it is shown.
    pub size: (u32, u32),
    /// How it lies in the file, as EXIF counts it.
    pub turn: u8,
    /// Whether it moves.
    pub moves: bool,
}

/// An image in memory: eight bits a channel, rows from above.
#[derive(Debug)]
pub(super) struct Pixels {
    width: u32,
    height: u32,
    kind: Kind,
    bytes: Vec<u8>,
    profile: Option<Vec<u8>>,
}

/// The channels of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Grey,
    Rgb,
    Rgba,
}

fn reason_of(error: ImageError) -> String {
    match error {
        ImageError::Limits(_) => "it takes too much memory".to_owned(),
        other => other.to_string(),
    }
}

/// The format that a file's first bytes tell, `Some(None)` for one that is none of ours; nothing
/// when they tell none.
pub(super) fn format_of(bytes: &[u8]) -> Option<Option<Format>> {
    Some(match image::guess_format(bytes).ok()? {
        ImageFormat::Jpeg => Some(Format::Jpeg),
        ImageFormat::Png => Some(Format::Png),
        ImageFormat::WebP => Some(Format::Webp),
        _ => None,
    })
}

/// Reads the head of a file.
pub(super) fn head(bytes: &[u8], format: Format) -> Result<Head, String> {
    fn read(mut decoder: impl ImageDecoder, moves: bool) -> Result<Head, String> {
        let (width, height) = decoder.dimensions();
        let turn = decoder.orientation().map_or(1, Orientation::to_exif);
        let size = if turn > 4 && !moves { (height, width) } else { (width, height) };
        Ok(Head { size, turn, moves })
    }
    let bytes = Cursor::new(bytes);
    match format {
        Format::Jpeg => read(JpegDecoder::new(bytes).map_err(reason_of)?, false),
        Format::Png => {
            let decoder = PngDecoder::new(bytes).map_err(reason_of)?;
            let moves = decoder.is_apng().map_err(reason_of)?;
            read(decoder, moves)
        }
        Format::Webp => {
            let decoder = WebPDecoder::new(bytes).map_err(reason_of)?;
            let moves = decoder.has_animation();
            read(decoder, moves)
        }
    }
}

impl Pixels {
    /// Decodes an image, upright.
    pub(super) fn decode(bytes: &[u8], raster: &Raster) -> Result<Self, String> {
        let cursor = Cursor::new(bytes);
        match raster.format {
            Format::Jpeg => Self::read(JpegDecoder::new(cursor).map_err(reason_of)?, raster.turn),
            Format::Png => Self::read(PngDecoder::new(cursor).map_err(reason_of)?, raster.turn),
            Format::Webp => Self::read(WebPDecoder::new(cursor).map_err(reason_of)?, raster.turn),
        }
    }

    fn read(mut decoder: impl ImageDecoder, turn: u8) -> Result<Self, String> {
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MOST_PIXELS * BYTES);
        decoder.set_limits(limits).map_err(reason_of)?;
        let profile = decoder.icc_profile().ok().flatten();
        let mut image = DynamicImage::from_decoder(decoder).map_err(reason_of)?;
        if let Some(turn) = Orientation::from_exif(turn) {
            image.apply_orientation(turn);
        }
        let (width, height) = (image.width(), image.height());
        let colour = image.color();
        let (kind, bytes) = match colour {
            ColorType::L8 | ColorType::L16 => (Kind::Grey, image.into_luma8().into_raw()),
            colour if colour.has_alpha() => {
                let rgba = image.into_rgba8();
                if rgba.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
                    (Kind::Rgb, DynamicImage::from(rgba).into_rgb8().into_raw())
                } else {
                    (Kind::Rgba, rgba.into_raw())
                }
            }
            _ => (Kind::Rgb, image.into_rgb8().into_raw()),
        };
        // One that is meant for other channels than there are now would spoil the colours.
        let profile = profile.filter(|profile| {
            let space: &[u8] = if kind == Kind::Grey { b"GRAY" } else { b"RGB " };
            profile.get(16..20) == Some(space)
        });
        Ok(Self { width, height, kind, bytes, profile })
    }

    /// The same in another size.
    pub(super) fn sized(&self, width: u32, height: u32) -> Result<Self, String> {
        let kind = match self.kind {
            Kind::Grey => PixelType::U8,
            Kind::Rgb => PixelType::U8x3,
            Kind::Rgba => PixelType::U8x4,
        };
        let from = fast_image_resize::images::ImageRef::new(self.width, self.height, &self.bytes, kind)
            .map_err(|error| error.to_string())?;
        let mut to = Image::new(width, height, kind);
        Resizer::new().resize(&from, &mut to, &ResizeOptions::new()).map_err(|error| error.to_string())?;
        let (bytes, profile) = (to.into_vec(), self.profile.clone());
        Ok(Self { width, height, kind: self.kind, bytes, profile })
    }

    /// The image as a file.
    pub(super) fn encoded(&self, format: Format, quality: u8) -> Result<Vec<u8>, String> {
        match format {
            Format::Jpeg => self.jpeg(quality),
            Format::Png => self.png(),
            Format::Webp => self.webp(Some(quality)),
        }
    }

    /// The image as a WebP that is the same to the pixel.
    pub(super) fn exact_webp(&self) -> Result<Vec<u8>, String> {
        self.webp(None)
    }

    fn jpeg(&self, quality: u8) -> Result<Vec<u8>, String> {
        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new(&mut file, quality);
        // Both hold the whole image in memory once more, in twice as many bytes.
        let spares = u64::from(self.width) * u64::from(self.height) > LARGE;
        encoder.set_progressive(!spares);
        encoder.set_optimized_huffman_tables(!spares);
        if let Some(profile) = &self.profile {
            encoder.add_icc_profile(profile).map_err(|error| error.to_string())?;
        }
        let side = |side: u32| u16::try_from(side).map_err(|_| "it is too long for a JPEG".to_owned());
        let colour = match self.kind {
            Kind::Grey => JpegColour::Luma,
            Kind::Rgb => JpegColour::Rgb,
            Kind::Rgba => JpegColour::Rgba,
        };
        encoder
            .encode(&self.bytes, side(self.width)?, side(self.height)?, colour)
            .map_err(|error| error.to_string())?;
        Ok(file)
    }

    fn png(&self) -> Result<Vec<u8>, String> {
        let mut file = Vec::new();
        let mut encoder =
            PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::Adaptive);
        if let Some(profile) = &self.profile {
            encoder.set_icc_profile(profile.clone()).map_err(|error| error.to_string())?;
        }
        let colour = match self.kind {
            Kind::Grey => ExtendedColorType::L8,
            Kind::Rgb => ExtendedColorType::Rgb8,
            Kind::Rgba => ExtendedColorType::Rgba8,
        };
        encoder.write_image(&self.bytes, self.width, self.height, colour).map_err(reason_of)?;
        Ok(file)
    }

    /// Without a quality: without loss.
    fn webp(&self, quality: Option<u8>) -> Result<Vec<u8>, String> {
        let rgb;
        let encoder = match self.kind {
            Kind::Rgb => WebpEncoder::from_rgb(&self.bytes, self.width, self.height),
            Kind::Rgba => WebpEncoder::from_rgba(&self.bytes, self.width, self.height),
            Kind::Grey => {
                rgb = self.bytes.iter().flat_map(|grey| [*grey; 3]).collect::<Vec<u8>>();
                WebpEncoder::from_rgb(&rgb, self.width, self.height)
            }
        };
        let mut config = WebPConfig::new().map_err(|()| "no WebP can be made here")?;
        match quality {
            Some(quality) => config.quality = f32::from(quality),
            None => config.lossless = 1,
        }
        let file = encoder.encode_advanced(&config).map_err(|error| format!("{error:?}"))?.to_vec();
        match &self.profile {
            Some(profile) => strip::with_profile(file, profile),
            None => Ok(file),
        }
    }
}

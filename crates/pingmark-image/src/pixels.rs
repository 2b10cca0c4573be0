//! Decoded images: decoding, rotating upright, resizing, encoding.

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

/// Peak memory of an image in bytes per pixel: the decoded image, and a second one while it is
/// rotated.
pub(super) const BYTES_PER_PIXEL: u64 = 8;

/// Number of pixels above which a JPEG is encoded with less memory, into a somewhat larger file.
const LARGE_IMAGE: u64 = 24_000_000;

/// The header of an image file.
pub(super) struct Header {
    /// Width and height in pixels, as displayed.
    pub size: (u32, u32),
    /// EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// Whether it is animated.
    pub animated: bool,
}

/// A decoded, upright image: eight bits per channel, rows from the top.
#[derive(Debug)]
pub(super) struct Pixels {
    width: u32,
    height: u32,
    channels: Channels,
    bytes: Vec<u8>,
    /// ICC colour profile.
    profile: Option<Vec<u8>>,
}

/// The channels of each pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channels {
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

/// Format by a file's first bytes: `Some(None)` for an image format that is not decoded here,
/// `None` if they belong to no image format.
pub(super) fn format_of(bytes: &[u8]) -> Option<Option<Format>> {
    Some(match image::guess_format(bytes).ok()? {
        ImageFormat::Jpeg => Some(Format::Jpeg),
        ImageFormat::Png => Some(Format::Png),
        ImageFormat::WebP => Some(Format::Webp),
        _ => None,
    })
}

/// Reads the header of a file.
pub(super) fn header(bytes: &[u8], format: Format) -> Result<Header, String> {
    fn read(mut decoder: impl ImageDecoder, animated: bool) -> Result<Header, String> {
        let (width, height) = decoder.dimensions();
        let orientation = decoder.orientation().map_or(1, Orientation::to_exif);
        let size = if orientation > 4 && !animated { (height, width) } else { (width, height) };
        Ok(Header { size, orientation, animated })
    }
    let bytes = Cursor::new(bytes);
    match format {
        Format::Jpeg => read(JpegDecoder::new(bytes).map_err(reason_of)?, false),
        Format::Png => {
            let decoder = PngDecoder::new(bytes).map_err(reason_of)?;
            let animated = decoder.is_apng().map_err(reason_of)?;
            read(decoder, animated)
        }
        Format::Webp => {
            let decoder = WebPDecoder::new(bytes).map_err(reason_of)?;
            let animated = decoder.has_animation();
            read(decoder, animated)
        }
    }
}

impl Pixels {
    /// Decodes an image and rotates it upright.
    pub(super) fn decode(bytes: &[u8], raster: &Raster) -> Result<Self, String> {
        let cursor = Cursor::new(bytes);
        match raster.format {
            Format::Jpeg => Self::read(JpegDecoder::new(cursor).map_err(reason_of)?, raster.orientation),
            Format::Png => Self::read(PngDecoder::new(cursor).map_err(reason_of)?, raster.orientation),
            Format::Webp => Self::read(WebPDecoder::new(cursor).map_err(reason_of)?, raster.orientation),
        }
    }

    fn read(mut decoder: impl ImageDecoder, orientation: u8) -> Result<Self, String> {
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MOST_PIXELS * BYTES_PER_PIXEL);
        decoder.set_limits(limits).map_err(reason_of)?;
        let profile = decoder.icc_profile().ok().flatten();
        let mut image = DynamicImage::from_decoder(decoder).map_err(reason_of)?;
        if let Some(orientation) = Orientation::from_exif(orientation) {
            image.apply_orientation(orientation);
        }
        let (width, height) = (image.width(), image.height());
        let colour = image.color();
        let (channels, bytes) = match colour {
            ColorType::L8 | ColorType::L16 => (Channels::Grey, image.into_luma8().into_raw()),
            colour if colour.has_alpha() => {
                let rgba = image.into_rgba8();
                if rgba.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
                    (Channels::Rgb, DynamicImage::from(rgba).into_rgb8().into_raw())
                } else {
                    (Channels::Rgba, rgba.into_raw())
                }
            }
            _ => (Channels::Rgb, image.into_rgb8().into_raw()),
        };
        // A profile for other channels than there are now would spoil the colours.
        let profile = profile.filter(|profile| {
            let space: &[u8] = if channels == Channels::Grey { b"GRAY" } else { b"RGB " };
            profile.get(16..20) == Some(space)
        });
        Ok(Self { width, height, channels, bytes, profile })
    }

    /// Resizes the image.
    pub(super) fn resized(&self, width: u32, height: u32) -> Result<Self, String> {
        let pixel_type = match self.channels {
            Channels::Grey => PixelType::U8,
            Channels::Rgb => PixelType::U8x3,
            Channels::Rgba => PixelType::U8x4,
        };
        let from = fast_image_resize::images::ImageRef::new(self.width, self.height, &self.bytes, pixel_type)
            .map_err(|error| error.to_string())?;
        let mut to = Image::new(width, height, pixel_type);
        Resizer::new().resize(&from, &mut to, &ResizeOptions::new()).map_err(|error| error.to_string())?;
        let (bytes, profile) = (to.into_vec(), self.profile.clone());
        Ok(Self { width, height, channels: self.channels, bytes, profile })
    }

    /// Encodes the image as a file; PNG ignores the quality.
    pub(super) fn encode(&self, format: Format, quality: u8) -> Result<Vec<u8>, String> {
        match format {
            Format::Jpeg => self.jpeg(quality),
            Format::Png => self.png(),
            Format::Webp => self.webp(Some(quality)),
        }
    }

    /// Encodes the image as a lossless WebP.
    pub(super) fn lossless_webp(&self) -> Result<Vec<u8>, String> {
        self.webp(None)
    }

    fn jpeg(&self, quality: u8) -> Result<Vec<u8>, String> {
        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new(&mut file, quality);
        // Progressive encoding and optimised Huffman tables each hold the image a second time, in
        // twice as many bytes.
        let is_large = u64::from(self.width) * u64::from(self.height) > LARGE_IMAGE;
        encoder.set_progressive(!is_large);
        encoder.set_optimized_huffman_tables(!is_large);
        if let Some(profile) = &self.profile {
            encoder.add_icc_profile(profile).map_err(|error| error.to_string())?;
        }
        let side = |side: u32| u16::try_from(side).map_err(|_| "it is too long for a JPEG".to_owned());
        let colour = match self.channels {
            Channels::Grey => JpegColour::Luma,
            Channels::Rgb => JpegColour::Rgb,
            Channels::Rgba => JpegColour::Rgba,
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
        let colour = match self.channels {
            Channels::Grey => ExtendedColorType::L8,
            Channels::Rgb => ExtendedColorType::Rgb8,
            Channels::Rgba => ExtendedColorType::Rgba8,
        };
        encoder.write_image(&self.bytes, self.width, self.height, colour).map_err(reason_of)?;
        Ok(file)
    }

    /// Lossless without a quality.
    fn webp(&self, quality: Option<u8>) -> Result<Vec<u8>, String> {
        let rgb;
        let encoder = match self.channels {
            Channels::Rgb => WebpEncoder::from_rgb(&self.bytes, self.width, self.height),
            Channels::Rgba => WebpEncoder::from_rgba(&self.bytes, self.width, self.height),
            Channels::Grey => {
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

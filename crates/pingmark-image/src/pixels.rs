//! Decoded images: decoding, rotating upright, resizing, encoding.

use std::io::Cursor;

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, ExtendedColorType, GrayImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, Limits,
    RgbImage, RgbaImage,
};
use jpeg_encoder::{ColorType as JpegColour, Encoder as JpegEncoder};
use webp::{Encoder as WebpEncoder, WebPConfig};

use pingmark_core::raster::{Format, Raster};

use super::memory_budget::BUDGET;
use super::{jpeg_frame, png_decode, strip};

/// Memory that decoding a WebP takes in bytes per pixel, measured: planes, transforms and the
/// image, and more with transparency.
const WEBP_MEMORY: (u64, u64) = (8, 12);
/// Memory that encoding a lossless WebP takes in bytes per pixel, measured.
const LOSSLESS_MEMORY: u64 = 40;

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
    /// Memory in bytes that decoding it takes at most, with the file.
    pub memory: u64,
}

/// A decoded, upright image: eight bits per channel, rows from the top.
#[derive(Clone, Debug)]
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
    let len = bytes.len() as u64;
    let upright = |(width, height): (u32, u32), orientation: u8, animated: bool| {
        if orientation > 4 && !animated { (height, width) } else { (width, height) }
    };
    let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
    match format {
        Format::Jpeg => {
            let mut decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(reason_of)?;
            let (size, orientation) = (decoder.dimensions(), orientation_of(&mut decoder));
            let pixels = area(size) * u64::from(decoder.color_type().bytes_per_pixel());
            let decoding = pixels + jpeg_frame::coefficient_memory(bytes);
            // The decoder has a copy of the file.
            // Turning by a quarter makes a second image.
            let turned = if orientation > 4 { 2 * pixels } else { pixels };
            let memory = 2 * len + decoding.max(turned);
            Ok(Header { size: upright(size, orientation, false), orientation, animated: false, memory })
        }
        Format::Png => {
            let png_decode::PngHeader { size, orientation, animated, channels } = png_decode::header(bytes)?;
            // One that is not upright is encoded again, and the encoder has a copy too.
            let copies = if orientation == 1 { 1 } else { 2 };
            let memory = len + copies * area(size) * u64::from(channels);
            Ok(Header { size: upright(size, orientation, animated), orientation, animated, memory })
        }
        Format::Webp => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(reason_of)?;
            let (size, orientation) = (decoder.dimensions(), orientation_of(&mut decoder));
            let animated = decoder.has_animation();
            let has_alpha = decoder.color_type().has_alpha();
            let memory = 2 * len + area(size) * if has_alpha { WEBP_MEMORY.1 } else { WEBP_MEMORY.0 };
            Ok(Header { size: upright(size, orientation, animated), orientation, animated, memory })
        }
    }
}

fn orientation_of(decoder: &mut impl ImageDecoder) -> u8 {
    decoder.orientation().map_or(1, Orientation::to_exif)
}

/// Decodes an image with its colour profile.
fn read(mut decoder: impl ImageDecoder) -> Result<(DynamicImage, Option<Vec<u8>>), String> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(BUDGET);
    decoder.set_limits(limits).map_err(reason_of)?;
    let profile = decoder.icc_profile().ok().flatten();
    Ok((DynamicImage::from_decoder(decoder).map_err(reason_of)?, profile))
}

/// Pixels with their channels, without alpha if all of them are opaque. Works in place.
fn without_opaque_alpha(mut rgba: Vec<u8>) -> (Channels, Vec<u8>) {
    if rgba.as_chunks::<4>().0.iter().any(|pixel| pixel[3] != u8::MAX) {
        return (Channels::Rgba, rgba);
    }
    let pixels = rgba.len() / 4;
    for number in 0..pixels {
        rgba.copy_within(number * 4..number * 4 + 3, number * 3);
    }
    rgba.truncate(pixels * 3);
    (Channels::Rgb, rgba)
}

impl Pixels {
    /// Decodes an image and rotates it upright.
    pub(super) fn decode(bytes: &[u8], raster: &Raster) -> Result<Self, String> {
        let cursor = Cursor::new(bytes);
        let (mut image, profile) = match raster.format {
            Format::Jpeg => read(JpegDecoder::new(cursor).map_err(reason_of)?)?,
            Format::Webp => read(WebPDecoder::new(cursor).map_err(reason_of)?)?,
            Format::Png => {
                let png_decode::PngPixels { width, height, channels, bytes, profile } =
                    png_decode::decode(bytes)?;
                let image = match channels {
                    1 => GrayImage::from_raw(width, height, bytes).map(DynamicImage::from),
                    3 => RgbImage::from_raw(width, height, bytes).map(DynamicImage::from),
                    _ => RgbaImage::from_raw(width, height, bytes).map(DynamicImage::from),
                };
                (image.ok_or("it has no size")?, profile)
            }
        };
        if let Some(orientation) = Orientation::from_exif(raster.orientation) {
            image.apply_orientation(orientation);
        }
        let (width, height) = (image.width(), image.height());
        let (channels, bytes) = match image {
            DynamicImage::ImageLuma8(image) => (Channels::Grey, image.into_raw()),
            DynamicImage::ImageRgba8(image) => without_opaque_alpha(image.into_raw()),
            image if image.color().has_alpha() => without_opaque_alpha(image.into_rgba8().into_raw()),
            image => (Channels::Rgb, image.into_rgb8().into_raw()),
        };
        // A profile for other channels than there are now would spoil the colours.
        let profile = profile.filter(|profile| {
            let space: &[u8] = if channels == Channels::Grey { b"GRAY" } else { b"RGB " };
            profile.get(16..20) == Some(space)
        });
        Ok(Self { width, height, channels, bytes, profile })
    }

    /// Width and height in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The image on a white background, without transparency.
    pub(super) fn on_white(&self) -> Self {
        if self.channels != Channels::Rgba {
            return self.clone();
        }
        let over = |colour: u8, alpha: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        let pixels = self.bytes.as_chunks::<4>().0.iter();
        let bytes = pixels.flat_map(|[red, green, blue, alpha]| [red, green, blue].map(|c| over(*c, *alpha)));
        Self { channels: Channels::Rgb, bytes: bytes.collect(), profile: self.profile.clone(), ..*self }
    }

    /// Resizes the image.
    pub(super) fn resized(&self, width: u32, height: u32) -> Result<Self, String> {
        let pixel_type = match self.channels {
            Channels::Grey => PixelType::U8,
            Channels::Rgb => PixelType::U8x3,
            Channels::Rgba => PixelType::U8x4,
        };
        self.has_room_to_resize(width, height)?;
        let from = fast_image_resize::images::ImageRef::new(self.width, self.height, &self.bytes, pixel_type)
            .map_err(|error| error.to_string())?;
        let mut to = Image::new(width, height, pixel_type);
        Resizer::new().resize(&from, &mut to, &ResizeOptions::new()).map_err(|error| error.to_string())?;
        let (bytes, profile) = (to.into_vec(), self.profile.clone());
        Ok(Self { width, height, channels: self.channels, bytes, profile })
    }

    /// Fails if resizing takes more memory than one image may have: the image scaled in one
    /// direction, and a copy of it where transparent pixels must not bleed.
    fn has_room_to_resize(&self, width: u32, height: u32) -> Result<(), String> {
        let own = self.bytes.len() as u64;
        let pixel = own / (u64::from(self.width) * u64::from(self.height)).max(1);
        let half_done = u64::from(width) * u64::from(self.height) * pixel;
        let copy = if self.channels == Channels::Rgba { own } else { 0 };
        let done = u64::from(width) * u64::from(height) * pixel;
        if own + copy + half_done + done > BUDGET {
            return Err("it takes too much memory to be made smaller".to_owned());
        }
        Ok(())
    }

    /// Whether a lossless WebP can be made of it within the memory of one image.
    pub(super) fn has_room_for_lossless(&self) -> bool {
        u64::from(self.width) * u64::from(self.height) * LOSSLESS_MEMORY + self.bytes.len() as u64 <= BUDGET
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

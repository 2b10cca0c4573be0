//! Raster images and rasterised drawings: facts about a file, metadata removal, other sizes and
//! formats.
//!
//! Receives the bytes of an image file or of an SVG. Gives the facts from its header
//! ([`Raster`]), the file without its metadata, versions of it in other sizes and formats
//! ([`LazyImage`]), icons, and text measured for drawings. Never does IO: the caller reads files.
//!
//! Each package has one place: fast_image_resize, jpeg-encoder and webp in `pixels`, img-parts in
//! `strip` and `jpeg_frame`, png in `png_decode` and `png_encode`.
//!
//! ```
//! use pingmark_core::{appearance::Colour, icon::Icon, raster::{Format, ImageVersion}};
//! use pingmark_image::{LazyImage, icon, inspect};
//!
//! # fn main() -> Result<(), String> {
//! let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>"#;
//! let png = icon::draw(svg, Icon::Small, Colour([0xff; 3]))?;
//!
//! let facts = inspect(&png, "png").expect("PNG is one of the formats");
//! assert_eq!((facts.format, facts.size), (Format::Png, (192, 192)));
//!
//! let image = LazyImage::new(&facts, || Ok(png.clone()))?;
//! let webp = image.encode(ImageVersion::Resized(Format::Webp, 96, 96, 80))?;
//! assert_eq!(inspect(&webp, "webp").map(|facts| facts.size), Some((96, 96)));
//! # Ok(())
//! # }
//! ```

pub mod fonts;
pub mod glyphs;
pub mod icon;
mod jpeg_frame;
mod memory_budget;
mod pixels;
mod png_decode;
mod png_encode;
mod strip;
pub mod svg;
mod svg_cost;
pub mod text_layout;

use std::borrow::Cow;
use std::cell::OnceCell;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::raster::{Format, ImageVersion, Raster, Republish};

use pixels::Pixels;

/// Most pixels of an image that is decoded: more than phones and cameras take.
const MOST_PIXELS: u64 = 120_000_000;
/// Longest side of an image that is decoded, in pixels; that of a JPEG cannot be longer. A row fits
/// into the cache of a processor.
const LONGEST_SIDE: u32 = 65_535;
/// Quality of an image that is encoded again at its own size ([`Republish::Reencode`]): camera
/// files lose nothing visible and grow no larger.
const REENCODE_QUALITY: u8 = 88;

/// Qualities tried for an image in link previews, until the file is small enough.
const LINK_PREVIEW_QUALITIES: [u8; 5] = [82, 70, 55, 35, 10];
/// Largest file of an image in link previews, in bytes: Bluesky takes no more.
const MAX_LINK_PREVIEW: usize = 1_000_000;

/// Inspects an image file without decoding its pixels. Returns `None` if it is not in one of the
/// formats of [`Format`], and so is published unchanged. A broken image gives a [`Raster`] with a
/// `problem`; the extension counts only if the content has no known signature.
pub fn inspect(bytes: &[u8], extension: &str) -> Option<Raster> {
    let (fingerprint, len) = (Fingerprint::of(bytes), bytes.len() as u64);
    let format = match pixels::format_of(bytes) {
        Some(Some(format)) => format,
        Some(None) => return None,
        None => {
            let promised = Format::of_extension(extension)?;
            let problem = if bytes.is_empty() { "it is empty" } else { "it is not a JPEG, PNG or WebP" };
            return Some(Raster { len, ..broken(fingerprint, promised, problem.to_owned()) });
        }
    };
    Some(match pixels::header(bytes, format) {
        Ok(header) => {
            let republish = match strip::strip_metadata(bytes, format) {
                _ if header.orientation != 1 && !header.animated => Republish::Reencode,
                Ok(stripped) if stripped == bytes => Republish::Copy,
                Ok(_) => Republish::Strip,
                Err(_) => Republish::Reencode,
            };
            // An animation is published as it is.
            let is_decoded = !header.animated || republish == Republish::Reencode;
            let problem = size_problem(&header, is_decoded).or_else(|| match format {
                Format::Jpeg if !strip::is_complete_jpeg(bytes) => Some("it is truncated".to_owned()),
                _ => None,
            });
            let pixels::Header { size, orientation, animated, memory } = header;
            Raster { fingerprint, len, format, size, orientation, animated, memory, republish, problem }
        }
        Err(problem) => Raster { len, ..broken(fingerprint, format, problem) },
    })
}

/// Why an image is too large to be decoded, if it is.
fn size_problem(header: &pixels::Header, is_decoded: bool) -> Option<String> {
    let (width, height) = header.size;
    if let Some(problem) = side_problem(header.size) {
        return Some(problem);
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        let most = MOST_PIXELS / 1_000_000;
        return Some(format!("it has {width} × {height} pixels; the limit is {most} million"));
    }
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    (is_decoded && header.memory > memory_budget::BUDGET).then(|| {
        let (takes, most) = (mib(header.memory), mib(memory_budget::BUDGET));
        format!("with its {width} × {height} pixels it takes {takes} MiB of memory; the limit is {most} MiB")
    })
}

fn side_problem((width, height): (u32, u32)) -> Option<String> {
    let text = || format!("it has {width} × {height} pixels; the limit is {LONGEST_SIDE} on a side");
    (width.max(height) > LONGEST_SIDE).then(text)
}

fn broken(fingerprint: Fingerprint, format: Format, problem: String) -> Raster {
    Raster {
        fingerprint,
        len: 0,
        format,
        size: (0, 0),
        orientation: 1,
        animated: false,
        memory: 0,
        republish: Republish::Copy,
        problem: Some(problem),
    }
}

/// An image file of which versions are made. Its pixels are decoded on first use, and only once.
#[derive(Debug)]
pub struct LazyImage<'r> {
    raster: &'r Raster,
    bytes: Vec<u8>,
    pixels: OnceCell<Pixels>,
    /// Memory for the pixels, released with the image.
    _reservation: memory_budget::Reservation,
}

impl<'r> LazyImage<'r> {
    /// Reads an image file with `read`. Blocks while other images take up the memory budget; fails
    /// if the file is no longer the one that `raster` describes.
    pub fn new(raster: &'r Raster, read: impl FnOnce() -> Result<Vec<u8>, String>) -> Result<Self, String> {
        let reservation = memory_budget::reserve(raster.memory);
        let bytes = read()?;
        if Fingerprint::of(&bytes) != raster.fingerprint {
            return Err("it was changed while the site was built; build again".to_owned());
        }
        Ok(Self { raster, bytes, pixels: OnceCell::new(), _reservation: reservation })
    }

    /// Encodes a version of the image as a file.
    pub fn encode(&self, version: ImageVersion) -> Result<Vec<u8>, String> {
        match version {
            ImageVersion::Original => match self.raster.republish {
                Republish::Copy => Ok(self.bytes.clone()),
                Republish::Strip => strip::strip_metadata(&self.bytes, self.raster.format),
                Republish::Reencode => self.pixels()?.encode(self.raster.format, REENCODE_QUALITY),
            },
            ImageVersion::LinkPreview(width, height) => {
                let pixels = self.sized(width, height)?.on_white();
                // Each step halves a file, roughly; noise alone needs more than one.
                let mut files =
                    LINK_PREVIEW_QUALITIES.into_iter().map(|quality| pixels.encode(Format::Jpeg, quality));
                let fits = |file: &Result<Vec<u8>, String>| {
                    file.as_ref().map_or(true, |file| file.len() <= MAX_LINK_PREVIEW)
                };
                files.find(fits).unwrap_or_else(|| Err("no small JPEG can be made of it".to_owned()))
            }
            ImageVersion::Resized(format, width, height, quality) => {
                let pixels = &*self.sized(width, height)?;
                let file = pixels.encode(format, quality)?;
                if format != Format::Webp || !self.raster.is_flat() || !pixels.has_room_for_lossless() {
                    return Ok(file);
                }
                // With few colours, the lossless file is often the smaller one.
                let lossless = pixels.lossless_webp()?;
                Ok(if lossless.len() <= file.len() { lossless } else { file })
            }
        }
    }

    /// The decoded image in a size.
    fn sized(&self, width: u32, height: u32) -> Result<Cow<'_, Pixels>, String> {
        let pixels = self.pixels()?;
        Ok(match pixels.size() == (width, height) {
            true => Cow::Borrowed(pixels),
            false => Cow::Owned(pixels.resized(width, height)?),
        })
    }

    /// Decodes the image, to find out whether it can be.
    pub fn check(&self) -> Result<(), String> {
        self.pixels().map(drop)
    }

    fn pixels(&self) -> Result<&Pixels, String> {
        match self.pixels.get() {
            Some(pixels) => Ok(pixels),
            None => {
                let pixels = Pixels::decode(&self.bytes, self.raster)?;
                Ok(self.pixels.get_or_init(|| pixels))
            }
        }
    }
}

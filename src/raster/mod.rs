//! Photographs and other pictures of pixels: what they are, what they tell, and smaller versions.
//!
//! Receives a file's bytes. Gives what is known of it without looking at its pixels ([`Raster`]),
//! its bytes without what is private, and versions of it in other sizes and formats. Uses image,
//! fast_image_resize, jpeg-encoder, webp and png in `pixels`, img-parts in `clean`. Never does IO.

mod clean;
mod pixels;
mod room;

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use pixels::Pixels;

/// Changes when other bytes come out of the same image than before.
const VERSION: u32 = 1;
/// Most pixels of an image that is decoded: more than phones and cameras take, less than a
/// machine's memory.
pub const MOST_PIXELS: u64 = 120_000_000;
/// The longest side of a WebP (its bitstream has 14 bits for each).
pub const WEBP_SIDE: u32 = 16_383;
/// The quality of an image that has to be encoded again in its own size: what cameras' files lose
/// by it, no eye sees, and they grow no larger.
const WHOLE: u8 = 88;

/// The formats that are understood. Others are published as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl Format {
    /// The format that a file's name promises.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// What is known of an image without looking at its pixels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Raster {
    /// The print of the file.
    pub print: Fingerprint,
    /// Its length in bytes.
    pub len: u64,
    /// What it is, whatever its name says.
    pub format: Format,
    /// Width and height in pixels, as it is shown.
    pub size: (u32, u32),
    /// How it lies in the file, as EXIF counts it: 1 is upright.
    pub turn: u8,
    /// Whether it moves: then it has one size and one format.
    pub moves: bool,
    /// What has to be done before it can be published in its own size.
    pub whole: Whole,
    /// Why it cannot be shown, if it cannot.
    pub problem: Option<String>,
}

/// How an image gets published in its own size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Whole {
    /// As it is: it tells nothing and stands upright.
    Copied,
    /// Without what it tells, its pixels untouched.
    Stripped,
    /// Encoded again, upright.
    Redrawn,
}

/// A version of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// In its own size and format, without what is private.
    Whole,
    /// In another size or format: format, width, height and quality.
    Sized(Format, u32, u32, u8),
}

impl Raster {
    /// Looks at a file; `None` for one that is of another format and published as it is.
    pub fn of(bytes: &[u8], extension: &str) -> Option<Self> {
        let (print, len) = (Fingerprint::of(bytes), bytes.len() as u64);
        let format = match pixels::format_of(bytes) {
            Some(Some(format)) => format,
            Some(None) => return None,
            None => {
                let promised = Format::of_extension(extension)?;
                let problem = if bytes.is_empty() { "it is empty" } else { "it is no JPEG, PNG or WebP" };
                return Some(Self { len, ..Self::broken(print, promised, problem.to_owned()) });
            }
        };
        Some(match pixels::head(bytes, format) {
            Ok(head) => {
                let (width, height) = head.size;
                let whole = match clean::cleaned(bytes, format) {
                    _ if head.turn != 1 && !head.moves => Whole::Redrawn,
                    Ok(clean) if clean == bytes => Whole::Copied,
                    Ok(_) => Whole::Stripped,
                    Err(_) => Whole::Redrawn,
                };
                let too_many = u64::from(width) * u64::from(height) > MOST_PIXELS;
                let problem = match format {
                    _ if too_many => Some(format!(
                        "it has {width} × {height} pixels; the most is {} million",
                        MOST_PIXELS / 1_000_000
                    )),
                    Format::Jpeg if !clean::is_whole(bytes) => Some("it is cut off".to_owned()),
                    _ => None,
                };
                let (size, turn, moves) = (head.size, head.turn, head.moves);
                Self { print, len, format, size, turn, moves, whole, problem }
            }
            Err(problem) => Self { len, ..Self::broken(print, format, problem) },
        })
    }

    fn broken(print: Fingerprint, format: Format, problem: String) -> Self {
        let (size, whole) = ((0, 0), Whole::Copied);
        Self { print, len: 0, format, size, turn: 1, moves: false, whole, problem: Some(problem) }
    }

    /// The print of a version: the same on every machine, for what comes out of an image in a
    /// form is.
    pub fn print_of(&self, form: Form) -> Fingerprint {
        let mut parts = [0; 14];
        parts[..4].copy_from_slice(&VERSION.to_le_bytes());
        if let Form::Sized(format, width, height, quality) = form {
            parts[4] = 1 + format as u8;
            parts[5..9].copy_from_slice(&width.to_le_bytes());
            parts[9..13].copy_from_slice(&height.to_le_bytes());
            parts[13] = quality;
        }
        Fingerprint::of_parts([&parts[..], &self.print.to_bytes()])
    }

    /// Whether it is a PNG of few colours, a drawing rather than a photograph: it takes less than
    /// half a byte for a pixel, and made narrower as PNG, with the colours in between, it would
    /// take more than it does as it is.
    pub fn is_flat(&self) -> bool {
        let (width, height) = self.size;
        self.format == Format::Png && self.len * 2 < u64::from(width) * u64::from(height)
    }

    /// Its height at a width.
    pub fn height_at(&self, width: u32) -> u32 {
        let (own, height) = (u64::from(self.size.0.max(1)), u64::from(self.size.1));
        u32::try_from((u64::from(width) * height + own / 2) / own).unwrap_or(u32::MAX).max(1)
    }
}

/// An image of which versions are made: decoded once, and only when that is needed.
#[derive(Debug)]
pub struct Opened<'r> {
    raster: &'r Raster,
    bytes: Vec<u8>,
    pixels: OnceCell<Pixels>,
    _room: room::Place,
}

impl<'r> Opened<'r> {
    /// Takes the bytes of an image. Waits while others fill the memory that there is for images.
    pub fn new(raster: &'r Raster, read: impl FnOnce() -> Result<Vec<u8>, String>) -> Result<Self, String> {
        let (width, height) = raster.size;
        let room = room::take(u64::from(width) * u64::from(height) * pixels::BYTES);
        let bytes = read()?;
        if Fingerprint::of(&bytes) != raster.print {
            return Err("it was changed while the site was built; build again".to_owned());
        }
        Ok(Self { raster, bytes, pixels: OnceCell::new(), _room: room })
    }

    /// Makes a version.
    pub fn make(&self, form: Form) -> Result<Vec<u8>, String> {
        match form {
            Form::Whole => match self.raster.whole {
                Whole::Copied => Ok(self.bytes.clone()),
                Whole::Stripped => clean::cleaned(&self.bytes, self.raster.format),
                Whole::Redrawn => self.pixels()?.encoded(self.raster.format, WHOLE),
            },
            Form::Sized(format, width, height, quality) => {
                let pixels = self.pixels()?;
                let sized;
                let pixels = match (width, height) == self.raster.size {
                    true => pixels,
                    false => {
                        sized = pixels.sized(width, height)?;
                        &sized
                    }
                };
                let file = pixels.encoded(format, quality)?;
                if format != Format::Webp || !self.raster.is_flat() {
                    return Ok(file);
                }
                // What has few colours is often smaller without loss.
                let exact = pixels.exact_webp()?;
                Ok(if exact.len() <= file.len() { exact } else { file })
            }
        }
    }

    /// Whether it can be decoded.
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

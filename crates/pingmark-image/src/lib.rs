//! Photographs and other pictures of pixels: what they are, what they tell, and smaller versions.
//!
//! Receives a file's bytes. Gives what is known of it without looking at its pixels ([`Raster`]),
//! its bytes without what is private, and versions of it in other sizes and formats. Uses image,
//! fast_image_resize, jpeg-encoder, webp and png in `pixels`, img-parts in `clean`. Never does IO.

pub mod fonts;
pub mod glyphs;
pub mod icon;
mod memory_budget;
mod pixels;
mod png_encode;
mod strip;
pub mod svg;
pub mod text_layout;

use std::cell::OnceCell;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::raster::{Form, Format, Raster, Whole};

use pixels::Pixels;

/// Most pixels of an image that is decoded: more than phones and cameras take, less than a
/// machine's memory.
pub const MOST_PIXELS: u64 = 120_000_000;
/// The quality of an image that has to be encoded again in its own size: what cameras' files lose
/// by it, no eye sees, and they grow no larger.
const WHOLE: u8 = 88;

/// Looks at a file; `None` for one that is of another format and published as it is.
pub fn inspect(bytes: &[u8], extension: &str) -> Option<Raster> {
    let (fingerprint, len) = (Fingerprint::of(bytes), bytes.len() as u64);
    let format = match pixels::format_of(bytes) {
        Some(Some(format)) => format,
        Some(None) => return None,
        None => {
            let promised = Format::of_extension(extension)?;
            let problem = if bytes.is_empty() { "it is empty" } else { "it is no JPEG, PNG or WebP" };
            return Some(Raster { len, ..broken(fingerprint, promised, problem.to_owned()) });
        }
    };
    Some(match pixels::head(bytes, format) {
        Ok(head) => {
            let (width, height) = head.size;
            let whole = match strip::cleaned(bytes, format) {
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
                Format::Jpeg if !strip::is_whole(bytes) => Some("it is cut off".to_owned()),
                _ => None,
            };
            let (size, turn, moves) = (head.size, head.turn, head.moves);
            Raster { fingerprint, len, format, size, turn, moves, whole, problem }
        }
        Err(problem) => Raster { len, ..broken(fingerprint, format, problem) },
    })
}

fn broken(fingerprint: Fingerprint, format: Format, problem: String) -> Raster {
    let (size, whole) = ((0, 0), Whole::Copied);
    Raster { fingerprint, len: 0, format, size, turn: 1, moves: false, whole, problem: Some(problem) }
}

/// An image of which versions are made: decoded once, and only when that is needed.
#[derive(Debug)]
pub struct Opened<'r> {
    raster: &'r Raster,
    bytes: Vec<u8>,
    pixels: OnceCell<Pixels>,
    _room: memory_budget::Place,
}

impl<'r> Opened<'r> {
    /// Takes the bytes of an image. Waits while others fill the memory that there is for images.
    pub fn new(raster: &'r Raster, read: impl FnOnce() -> Result<Vec<u8>, String>) -> Result<Self, String> {
        let (width, height) = raster.size;
        let room = memory_budget::take(u64::from(width) * u64::from(height) * pixels::BYTES);
        let bytes = read()?;
        if Fingerprint::of(&bytes) != raster.fingerprint {
            return Err("it was changed while the site was built; build again".to_owned());
        }
        Ok(Self { raster, bytes, pixels: OnceCell::new(), _room: room })
    }

    /// Makes a version.
    pub fn make(&self, form: Form) -> Result<Vec<u8>, String> {
        match form {
            Form::Whole => match self.raster.whole {
                Whole::Copied => Ok(self.bytes.clone()),
                Whole::Stripped => strip::cleaned(&self.bytes, self.raster.format),
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

//! What is known of a JPEG, PNG or WebP without its pixels, and the versions that can be made of it.

use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;

/// Changes when other bytes come out of the same image than before.
const VERSION: u32 = 1;
/// The longest side of a WebP (its bitstream has 14 bits for each).
pub const WEBP_SIDE: u32 = 16_383;

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
    /// The fingerprint of the file.
    pub fingerprint: Fingerprint,
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
    /// The fingerprint of a version: the same on every machine, for what comes out of an image in a
    /// form is.
    pub fn fingerprint_of(&self, form: Form) -> Fingerprint {
        let mut parts = [0; 14];
        parts[..4].copy_from_slice(&VERSION.to_le_bytes());
        if let Form::Sized(format, width, height, quality) = form {
            parts[4] = 1 + format as u8;
            parts[5..9].copy_from_slice(&width.to_le_bytes());
            parts[9..13].copy_from_slice(&height.to_le_bytes());
            parts[13] = quality;
        }
        Fingerprint::of_parts([&parts[..], &self.fingerprint.to_bytes()])
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

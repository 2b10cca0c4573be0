//! Facts about a JPEG, PNG or WebP file that need no decoding, and the versions it can be published
//! in.

use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;

/// Version of the encoders. Increment it whenever an image is encoded to other bytes than before:
/// it is part of every version's fingerprint, so all versions are then made again.
const VERSION: u32 = 1;
/// Longest side of a WebP in pixels; its bitstream stores each side in 14 bits.
pub const WEBP_SIDE: u32 = 16_383;

/// An image format that can be decoded and encoded. Files of other formats are published unchanged.
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
    /// The format that belongs to a file name extension, in any case. The content may differ.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// The file name extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// Facts about an image file, read from its header and its bytes without decoding the pixels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Raster {
    /// Fingerprint of the file's bytes.
    pub fingerprint: Fingerprint,
    /// Length of the file in bytes.
    pub len: u64,
    /// Format by content, whatever the file name says.
    pub format: Format,
    /// Width and height in pixels, as displayed: with the orientation applied.
    pub size: (u32, u32),
    /// EXIF orientation, 1 to 8; 1 is upright.
    pub orientation: u8,
    /// Whether it is animated. Animated images get no versions in other sizes or formats.
    pub animated: bool,
    /// Memory in bytes that decoding it takes at most.
    pub memory: u64,
    /// Steps needed to publish it at its own size.
    pub republish: Republish,
    /// Why it cannot be decoded, if it cannot; a clause such as `it is truncated`.
    pub problem: Option<String>,
}

/// Steps needed to publish an image at its own size and in its own format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Republish {
    /// Byte for byte: it has no metadata and is upright.
    Copy,
    /// Without its metadata; the pixels stay untouched.
    Strip,
    /// Decoded, rotated upright and encoded again.
    Reencode,
}

/// A version of an image that can be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageVersion {
    /// Own size and format, without metadata.
    Original,
    /// Another size or format: format, width and height in pixels, quality from 1 to 100.
    Resized(Format, u32, u32, u8),
    /// JPEG for link previews, with a size in bytes that all networks take: width and height in
    /// pixels.
    LinkPreview(u32, u32),
}

impl Raster {
    /// Fingerprint of a version of this image, the same on every machine: file names contain it,
    /// and the encoders give the same bytes everywhere.
    pub fn fingerprint_of(&self, version: ImageVersion) -> Fingerprint {
        let mut parts = [0; 14];
        parts[..4].copy_from_slice(&VERSION.to_le_bytes());
        let (kind, width, height, quality) = match version {
            ImageVersion::Original => (0, 0, 0, 0),
            ImageVersion::Resized(format, width, height, quality) => {
                (1 + format as u8, width, height, quality)
            }
            ImageVersion::LinkPreview(width, height) => (u8::MAX, width, height, 0),
        };
        parts[4] = kind;
        parts[5..9].copy_from_slice(&width.to_le_bytes());
        parts[9..13].copy_from_slice(&height.to_le_bytes());
        parts[13] = quality;
        Fingerprint::of_parts([&parts[..], &self.fingerprint.to_bytes()])
    }

    /// Whether it is a PNG of few colours, so a drawing and no photograph: the file has less than
    /// half a byte per pixel. Resized to a smaller PNG, with the colours that interpolation adds,
    /// it would take more bytes than the original.
    pub fn is_flat(&self) -> bool {
        let (width, height) = self.size;
        self.format == Format::Png && self.len * 2 < u64::from(width) * u64::from(height)
    }

    /// Height in pixels after scaling to a width; rounded, at least 1.
    pub fn height_at(&self, width: u32) -> u32 {
        let (own, height) = (u64::from(self.size.0.max(1)), u64::from(self.size.1));
        u32::try_from((u64::from(width) * height + own / 2) / own).unwrap_or(u32::MAX).max(1)
    }
}

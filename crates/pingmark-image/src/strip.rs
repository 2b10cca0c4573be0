//! Removes metadata from image files without touching a pixel: place and time, camera, author,
//! thumbnails that may show what was cropped.
//!
//! Works by allow lists: an unknown segment or chunk is removed, because the next thing that a
//! camera maker invents is private too. Colour profiles stay, since colours would change without
//! them.

use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::webp::{
    CHUNK_ALPH, CHUNK_ANIM, CHUNK_ANMF, CHUNK_ICCP, CHUNK_VP8, CHUNK_VP8L, CHUNK_VP8X, WebP,
};
use img_parts::{Bytes, ImageICC};

use pingmark_core::raster::Format;

/// PNG chunks that are kept: pixels, colours, physical size and animation.
const PNG_CHUNKS: [&[u8; 4]; 19] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
    b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];
/// WebP chunks that are kept: pixels, alpha, colours and animation.
const WEBP_CHUNKS: [[u8; 4]; 7] =
    [CHUNK_VP8X, CHUNK_VP8, CHUNK_VP8L, CHUNK_ALPH, CHUNK_ANIM, CHUNK_ANMF, CHUNK_ICCP];
/// Flags of the VP8X chunk that announce EXIF and XMP chunks.
const WEBP_METADATA_FLAGS: u8 = 0b0000_1100;

/// The bytes of a file without its metadata. For a JPEG, whatever follows the end of the image goes
/// too.
pub(super) fn strip_metadata(bytes: &[u8], format: Format) -> Result<Vec<u8>, String> {
    let reason = |error: img_parts::Error| error.to_string();
    let bytes = Bytes::copy_from_slice(bytes);
    let stripped = match format {
        Format::Jpeg => {
            let end = end_of_jpeg(&bytes).ok_or("it is truncated")?;
            let mut jpeg = Jpeg::from_bytes(bytes.slice(..end)).map_err(reason)?;
            jpeg.segments_mut().retain(|segment| is_picture(segment.marker(), segment.contents()));
            jpeg.encoder().bytes()
        }
        Format::Png => {
            let mut png = Png::from_bytes(bytes).map_err(reason)?;
            png.chunks_mut().retain(|chunk| PNG_CHUNKS.contains(&&chunk.kind()));
            png.encoder().bytes()
        }
        Format::Webp => {
            let mut webp = WebP::from_bytes(bytes).map_err(reason)?;
            webp.chunks_mut().retain(|chunk| WEBP_CHUNKS.contains(&chunk.id()));
            let mut stripped = webp.encoder().bytes().to_vec();
            // `RIFF`, length, `WEBP` (12 bytes), then the first chunk: `VP8X`, length, flags.
            if stripped.get(12..16) == Some(&CHUNK_VP8X[..])
                && let Some(flags) = stripped.get_mut(20)
            {
                *flags &= !WEBP_METADATA_FLAGS;
            }
            return Ok(stripped);
        }
    };
    Ok(stripped.to_vec())
}

/// Whether a JPEG segment is needed to display the image: JFIF header (not JFXX, which holds a
/// thumbnail), colour profile, Adobe's colour transform, and every segment that is neither
/// application data nor a comment.
fn is_picture(marker: u8, contents: &[u8]) -> bool {
    match marker {
        markers::APP0 => contents.starts_with(b"JFIF\0"),
        markers::APP2 => contents.starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => contents.starts_with(b"Adobe"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Whether a JPEG has its end marker. Decoders do not report a truncated file: they fill the rest
/// with grey.
pub(super) fn is_complete_jpeg(jpeg: &[u8]) -> bool {
    end_of_jpeg(jpeg).is_some()
}

/// Offset behind the end marker of a JPEG, `None` if it has none. Phones append other images and
/// videos behind it.
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        // Skips entropy-coded data up to the next marker: there, a byte `FF` is followed by a zero.
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        let marker = *bytes.get(at + 1)?;
        match marker {
            0xff => at += 1,
            markers::EOI => return Some(at + 2),
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?])),
        }
    }
}

/// Adds a colour profile to a WebP.
pub(super) fn with_profile(webp: Vec<u8>, profile: &[u8]) -> Result<Vec<u8>, String> {
    let mut webp = WebP::from_bytes(webp.into()).map_err(|error| error.to_string())?;
    webp.set_icc_profile(Some(Bytes::copy_from_slice(profile)));
    Ok(webp.encoder().bytes().to_vec())
}

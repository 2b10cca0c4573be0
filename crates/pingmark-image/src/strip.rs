//! What an image file tells beside the picture: where and when it was taken, with what, by whom,
//! what was cut off. Taken out without touching a pixel.
//!
//! Parts are kept by their names, and everything that is not known goes: what a maker of cameras
//! thinks of next is private too. Profiles of colour stay, without which colours are others.

use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::webp::{
    CHUNK_ALPH, CHUNK_ANIM, CHUNK_ANMF, CHUNK_ICCP, CHUNK_VP8, CHUNK_VP8L, CHUNK_VP8X, WebP,
};
use img_parts::{Bytes, ImageICC};

use pingmark_core::raster::Format;

/// The chunks of a PNG that make the picture, its colours and its size in print.
const PNG: [&[u8; 4]; 19] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
    b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];
/// The chunks of a WebP that do.
const WEBP: [[u8; 4]; 7] =
    [CHUNK_VP8X, CHUNK_VP8, CHUNK_VP8L, CHUNK_ALPH, CHUNK_ANIM, CHUNK_ANMF, CHUNK_ICCP];
/// The bits of a WebP's header that announce EXIF and XMP.
const WEBP_TELLS: u8 = 0b0000_1100;

/// A file without what it tells.
pub(super) fn cleaned(bytes: &[u8], format: Format) -> Result<Vec<u8>, String> {
    let diagnostics = |error: img_parts::Error| error.to_string();
    let bytes = Bytes::copy_from_slice(bytes);
    let clean = match format {
        Format::Jpeg => {
            let end = end_of_jpeg(&bytes).ok_or("it is cut off")?;
            let mut jpeg = Jpeg::from_bytes(bytes.slice(..end)).map_err(diagnostics)?;
            jpeg.segments_mut().retain(|segment| is_picture(segment.marker(), segment.contents()));
            jpeg.encoder().bytes()
        }
        Format::Png => {
            let mut png = Png::from_bytes(bytes).map_err(diagnostics)?;
            png.chunks_mut().retain(|chunk| PNG.contains(&&chunk.kind()));
            png.encoder().bytes()
        }
        Format::Webp => {
            let mut webp = WebP::from_bytes(bytes).map_err(diagnostics)?;
            webp.chunks_mut().retain(|chunk| WEBP.contains(&chunk.id()));
            let mut clean = webp.encoder().bytes().to_vec();
            // RIFF, its length, WEBP, then the first chunk: VP8X with its length and its bits.
            if clean.get(12..16) == Some(&CHUNK_VP8X[..])
                && let Some(bits) = clean.get_mut(20)
            {
                *bits &= !WEBP_TELLS;
            }
            return Ok(clean);
        }
    };
    Ok(clean.to_vec())
}

/// Whether a segment of a JPEG makes the picture: JFIF's without a small copy of it, the profile
/// of its colours, Adobe's word on how they are stored, and all that is no note.
fn is_picture(marker: u8, contents: &[u8]) -> bool {
    match marker {
        markers::APP0 => contents.starts_with(b"JFIF\0"),
        markers::APP2 => contents.starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => contents.starts_with(b"Adobe"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Whether a JPEG has its end: decoders fill up with grey what they miss.
pub(super) fn is_whole(jpeg: &[u8]) -> bool {
    end_of_jpeg(jpeg).is_some()
}

/// Where the picture of a JPEG ends: phones put other pictures and films behind it. `None` when
/// it has no end.
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        // Anything but a marker is the picture itself; a marker has no zero behind its `FF`.
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

/// A WebP with a profile of colours.
pub(super) fn with_profile(webp: Vec<u8>, profile: &[u8]) -> Result<Vec<u8>, String> {
    let mut webp = WebP::from_bytes(webp.into()).map_err(|error| error.to_string())?;
    webp.set_icc_profile(Some(Bytes::copy_from_slice(profile)));
    Ok(webp.encoder().bytes().to_vec())
}

//! Pictures and films whose metadata cannot be taken out: whether it may tell where they were taken.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The largest index of a film that is searched, in bytes.
const MAX_INDEX: u64 = 32 * 1024 * 1024;
/// Metadata of an AVIF is announced in this many bytes.
const HEAD: u64 = 64 * 1024;

/// Whether a file is a picture or film with metadata that is published with it. Formats of cameras and
/// phones always count; others are opened.
pub(super) fn is_published(location: &Path, extension: &str) -> bool {
    match extension {
        "heic" | "heif" | "hif" | "tif" | "tiff" => true,
        "arw" | "cr2" | "cr3" | "dng" | "nef" | "orf" | "raf" | "rw2" => true,
        "avif" => announces_exif(location).unwrap_or(false),
        "3gp" | "m4v" | "mov" | "mp4" => tells_place(location).unwrap_or(false),
        _ => false,
    }
}

/// Whether an AVIF has an item of type `Exif` (ISO/IEC 23008-12, annex A).
fn announces_exif(location: &Path) -> Option<bool> {
    let mut head = Vec::new();
    File::open(location).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    Some(contains(&head, b"Exif"))
}

/// Whether the index of a film (`moov`, ISO/IEC 14496-12) has one of the boxes in which phones write the
/// place.
fn tells_place(location: &Path) -> Option<bool> {
    let mut file = File::open(location).ok()?;
    loop {
        let mut header = [0; 8];
        file.read_exact(&mut header).ok()?;
        let (size, name) = header.split_at(4);
        let mut len = u64::from(u32::from_be_bytes(size.try_into().ok()?)).checked_sub(8);
        if size == [0, 0, 0, 1] {
            let mut large = [0; 8];
            file.read_exact(&mut large).ok()?;
            len = u64::from_be_bytes(large).checked_sub(16);
        }
        if name == b"moov" {
            let mut index = Vec::new();
            file.take(len.unwrap_or(MAX_INDEX).min(MAX_INDEX)).read_to_end(&mut index).ok()?;
            let places: [&[u8]; 3] = [b"\xa9xyz", b"loci", b"location.ISO6709"];
            return Some(places.iter().any(|place| contains(&index, place)));
        }
        file.seek(SeekFrom::Current(i64::try_from(len?).ok()?)).ok()?;
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|found| found == wanted)
}

#[cfg(test)]
mod tests {
    use super::is_published;

    #[test]
    fn films_that_tell_a_place_are_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let part = |name: &[u8], body: &[u8]| {
            [&u32::try_from(8 + body.len()).unwrap().to_be_bytes()[..], name, body].concat()
        };
        let check = |name: &str, bytes: &[u8]| {
            let location = folder.path().join(name);
            std::fs::write(&location, bytes).unwrap();
            is_published(&location, name.rsplit('.').next().unwrap())
        };
        let place = part(b"moov", &part(b"udta", &part(b"\xa9xyz", b"+48.8566+002.3522/")));
        let film = [part(b"ftyp", b"qt  "), part(b"mdat", b"\xa9xyz, but not in the index"), place].concat();
        assert!(check("a.mov", &film));
        assert!(!check(
            "b.mp4",
            &[part(b"ftyp", b"isom"), part(b"mdat", b"\xa9xyz"), part(b"moov", b"x")].concat()
        ));
        assert!(
            !check("c.mp4", b"no film")
                && !check("d.avif", b"ftypavif")
                && check("e.avif", b"ftypavif..Exif")
        );
        assert!(check("f.heic", b"") && !check("g.pdf", b"Exif"));
    }
}

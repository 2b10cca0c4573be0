//! Images in formats that browsers do not show.

use pingmark_core::diag::args::ShownAs;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::path::SitePath;
use pingmark_document::ReferenceKind;

use super::Resolved;
use crate::graph::Asset;

/// Extensions, with the name of the format and what the file is. JPEG XL is shown by Safari only.
const FORMATS: [(&[&str], &str, ShownAs); 21] = [
    (&["heic", "heif", "hif"], "HEIC", ShownAs::Image),
    (&["tif", "tiff"], "TIFF", ShownAs::Image),
    (&["psd", "psb"], "a Photoshop file", ShownAs::Image),
    (&["ai", "eps", "ps"], "PostScript", ShownAs::Image),
    (&["xcf"], "a GIMP file", ShownAs::Image),
    (&["jxl"], "JPEG XL", ShownAs::Image),
    (&["jp2", "j2k", "jpf", "jpx"], "JPEG 2000", ShownAs::Image),
    (&["arw", "cr2", "cr3", "dng", "nef", "orf", "raf", "rw2"], "the raw file of a camera", ShownAs::Image),
    (
        &["tga", "dds", "exr", "hdr", "pbm", "pgm", "ppm", "pcx", "wmf", "emf", "pict"],
        "an old format",
        ShownAs::Image,
    ),
    (
        &["sketch", "fig", "afdesign", "afphoto", "indd", "cdr", "drawio"],
        "a drawing program’s file",
        ShownAs::Image,
    ),
    (&["mp4", "m4v"], "MP4", ShownAs::Film),
    (&["mov"], "QuickTime", ShownAs::Film),
    (&["webm"], "WebM", ShownAs::Film),
    (&["avi", "mkv", "mpg", "mpeg", "wmv", "flv", "3gp", "ogv"], "a film", ShownAs::Film),
    (&["mp3", "m4a", "wav", "flac", "aac"], "a sound", ShownAs::Film),
    (&["ogg", "oga", "opus"], "Ogg", ShownAs::Film),
    (&["pdf"], "PDF", ShownAs::Paper),
    (&["doc", "docx", "odt", "rtf", "pages"], "a text document", ShownAs::Paper),
    (&["ppt", "pptx", "odp", "key"], "a presentation", ShownAs::Paper),
    (&["xls", "xlsx", "ods", "csv", "numbers"], "a table", ShownAs::Paper),
    (&["zip", "gz", "7z", "rar", "tar", "epub"], "an archive", ShownAs::Paper),
];

/// The format of a file that no browser shows as an image, by its extension.
fn format_of(name: &str) -> Option<(&'static str, ShownAs)> {
    let (_, extension) = name.rsplit_once('.')?;
    let is_one = |(extensions, ..): &&(&[&str], _, _)| {
        extensions.iter().any(|one| extension.eq_ignore_ascii_case(one))
    };
    FORMATS.iter().find(is_one).map(|(_, name, kind)| (*name, *kind))
}

/// Whether a file is in a format that no browser shows as an image, by its extension.
pub fn is_unshowable(name: &str) -> bool {
    format_of(name).is_some()
}

/// Reports an image that browsers will not show. `asset` is the file that it resolved to, if it is one of
/// the site's.
pub(super) fn problem(
    path: &SitePath,
    spot: &Spot,
    kind: ReferenceKind,
    target: &str,
    found: &Resolved,
    asset: Option<&Asset>,
) -> Option<Diagnostic> {
    let is_image = match kind {
        ReferenceKind::Image => true,
        // `src` of HTML or of a component, which may be that of a film or a frame.
        ReferenceKind::Embed | ReferenceKind::Picture => false,
        _ => return None,
    };
    if !matches!(found, Resolved::Asset(..) | Resolved::External) {
        return None;
    }
    let address = target.split(['?', '#']).next().unwrap_or(target);
    let name = asset.map_or(address, |asset| asset.source.name());
    let (format, shown_as) = format_of(name)?;
    if !is_image && shown_as != ShownAs::Image {
        return None;
    }
    let metadata = asset.is_some_and(|asset| asset.metadata);
    Some(catalogue::image_unshowable(path, spot, target, format, shown_as, metadata))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_extension() {
        assert_eq!(format_of("IMG_1.HEIC"), Some(("HEIC", ShownAs::Image)));
        assert_eq!(format_of("a/film.mp4"), Some(("MP4", ShownAs::Film)));
        for shown in
            ["a.jpg", "a.svg", "a.avif", "a.bmp", "a.ico", "a.gif", "https://a.example/photo", "heic"]
        {
            assert_eq!(format_of(shown), None, "{shown}");
        }
    }
}

//! Reads the site's folder. Nothing else walks directories.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use pingmark_core::diag::args::{FileNameProblem, MentionProblem};
use pingmark_core::diag::{Diagnostic, Diagnostics, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::{SitePath, composed};
use pingmark_core::raster::Format;
use pingmark_core::sources::{CachedFacts, FileFacts, ReadError, ReadFiles, Source, SourceContent, Sources};
use pingmark_core::stamp::Stamp;
use pingmark_core::{site_files, yaml};
use pingmark_image::inspect;

use super::content_kind::ContentKind;
use super::stamp::stamp_of;
use super::{builtin, metadata, svg};

/// Largest text file that is read, in bytes.
pub const MAX_TEXT: u64 = 10 * 1024 * 1024;

/// Largest file of `static/` that is read to fingerprint its content, in bytes.
const MAX_STATIC_ASSET: u64 = 64 * 1024;
/// Largest image that is decoded, in bytes.
const MAX_IMAGE: u64 = 128 * 1024 * 1024;

/// The folders of a site that are read.
pub(crate) const FOLDERS: [&str; 7] =
    ["content", "data", "mentions", "outbox", "static", "templates", "themes"];
/// The files at the top of a site that are read.
pub(crate) const TOP_FILES: [&str; 2] = ["pingmark.yaml", "sources.yaml"];

/// Reads a site. Files that cannot be used are reported and left out; an error is returned
/// only when the folder itself cannot be read.
///
/// `config` names another file to read as `pingmark.yaml`. Articles and mentions in `known` are
/// not opened if their stamp is unchanged. With `defers_articles`, articles are left
/// [on disk](SourceContent::OnDisk).
pub fn read(
    root: &Path,
    config: Option<&Path>,
    now: Timestamp,
    known: &CachedFacts,
    defers_articles: bool,
) -> io::Result<(Sources, Diagnostics)> {
    let canonical_root = root.canonicalize()?;
    let mut diagnostics = Diagnostics::new();
    let mut found = Vec::new();
    for name in TOP_FILES {
        let location = match config {
            Some(file) if name == "pingmark.yaml" => file.to_path_buf(),
            _ => root.join(name),
        };
        if location.is_symlink()
            && config.is_none_or(|file| *file != location)
            && leaves_root(&location, &canonical_root)
        {
            diagnostics.push(catalogue::link_leaves_site(Path::new(name)));
        } else if location.is_file() {
            found.push((Some(SitePath::constant(name)), location));
        }
    }
    for folder in FOLDERS {
        walk(root, &canonical_root, folder, &mut found, &mut diagnostics);
    }
    let read = |(path, location): (Option<SitePath>, PathBuf)| {
        let path = path.map_or_else(|| path_in_site(root, &location), Ok)?;
        let loaded = load(&path, &location, known, defers_articles);
        let (content, stamp) = loaded.map_err(|problem| Box::new(unreadable(&path, &problem)))?;
        Ok((path, Arc::new(Source { content, built_in: false, location: Some(location), stamp })))
    };
    let read: Vec<Result<_, Box<Diagnostic>>> = found.into_par_iter().map(read).collect();
    let built_in = builtin::files().into_iter().map(|(path, bytes)| {
        let content = builtin_content(bytes);
        (path, Arc::new(Source { content, built_in: true, location: None, stamp: None }))
    });
    let mut files: Vec<(SitePath, Arc<Source>)> = built_in.collect();
    for read in read {
        match read {
            Ok(file) => files.push(file),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    // The sort is stable and the last of two files with the same path wins: the site's own file.
    files.par_sort_by(|(one, _), (other, _)| one.cmp(other));
    for pair in files.windows(2) {
        let [(path, first), (same, second)] = pair else { continue };
        if path == same && !first.built_in && !second.built_in {
            diagnostics.push(catalogue::twin_names(path));
        }
    }
    Ok((Sources { files: Arc::new(files.into_iter().collect()), now }, diagnostics))
}

/// A file's path in the site; a diagnostic if its name cannot be one.
fn path_in_site(root: &Path, location: &Path) -> Result<SitePath, Box<Diagnostic>> {
    let below_root = location.strip_prefix(root).unwrap_or(location);
    // What strangers send must not stop a build.
    let report = match below_root.starts_with(site_files::MENTIONS) {
        true => catalogue::mention_file_name,
        false => catalogue::bad_file_name,
    };
    site_path(below_root).map_err(|reason| Box::new(report(below_root, reason)))
}

fn walk(
    root: &Path,
    canonical_root: &Path,
    folder: &str,
    found: &mut Vec<(Option<SitePath>, PathBuf)>,
    diagnostics: &mut Diagnostics,
) {
    let top = root.join(folder);
    if !top.exists() {
        return;
    }
    let mut entries = WalkDir::new(&top).follow_links(true).into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let place = error.path().unwrap_or(&top).strip_prefix(root).unwrap_or(&top);
                diagnostics.push(match (error.loop_ancestor(), error.io_error()) {
                    (Some(_), _) => catalogue::link_without_end(place),
                    (None, Some(reason)) => catalogue::unreadable_entry(place, &reason.to_string()),
                    (None, None) => catalogue::unreadable_entry(place, &error.to_string()),
                });
                continue;
            }
        };
        if is_clutter(&entry, folder) {
            if entry.file_type().is_dir() {
                entries.skip_current_dir();
            }
            continue;
        }
        if entry.path_is_symlink() && leaves_site(entry.path(), canonical_root) {
            let place = entry.path().strip_prefix(root).unwrap_or(entry.path());
            diagnostics.push(catalogue::link_leaves_site(place));
            if entry.file_type().is_dir() {
                entries.skip_current_dir();
            }
            continue;
        }
        if entry.file_type().is_dir() {
            continue;
        }
        if !entry.file_type().is_file() {
            let below_root = entry.path().strip_prefix(root).unwrap_or(entry.path());
            diagnostics.push(catalogue::special_file(below_root));
            continue;
        }
        // Paths in the site are worked out later, in parallel.
        found.push((None, entry.into_path()));
    }
}

/// Whether a link leads out of the site's folder.
pub fn leaves_root(path: &Path, canonical_root: &Path) -> bool {
    !path.canonicalize().is_ok_and(|target| target.starts_with(canonical_root))
}

/// Whether a link leads out of the site's source folders. Sources get published, so a link must
/// not bring in a home folder, `/etc` or the output itself.
fn leaves_site(path: &Path, canonical_root: &Path) -> bool {
    let inside =
        |target: PathBuf| FOLDERS.iter().any(|folder| target.starts_with(canonical_root.join(folder)));
    !path.canonicalize().is_ok_and(inside)
}

/// Turns a path relative to the root into a [`SitePath`], in composed form; the error is the reason why
/// not.
pub(super) fn site_path(path: &Path) -> Result<SitePath, FileNameProblem> {
    let mut text = String::new();
    for component in path.components() {
        let name = component.as_os_str().to_str().ok_or(FileNameProblem::NotUtf8)?;
        if !text.is_empty() {
            text.push('/');
        }
        text.push_str(name);
    }
    SitePath::new(&composed(&text)).map_err(FileNameProblem::Path)
}

/// Whether an entry was left behind by an editor or the system.
fn is_clutter(entry: &DirEntry, folder: &str) -> bool {
    entry.depth() > 0 && is_clutter_name(&entry.file_name().to_string_lossy(), folder)
}

/// Whether a file name below a folder of the site was left by an editor, an office program or the
/// system: backups, swap files, merge leftovers, hidden files. Hidden files below `static/` are kept,
/// because `.well-known` and the like are meant to be published.
pub(crate) fn is_clutter_name(name: &str, folder: &str) -> bool {
    /// Names that systems and version control give, in lower case.
    const SYSTEM: [&str; 16] = [
        ".ds_store",
        ".env",
        ".git",
        ".gitattributes",
        ".gitignore",
        ".gitkeep",
        ".gitmodules",
        ".hg",
        ".idea",
        ".svn",
        ".vscode",
        "$recycle.bin",
        "__macosx",
        "desktop.ini",
        "ehthumbs.db",
        "thumbs.db",
    ];
    /// Ends of the names of backups, swap files, and files that were not saved or not downloaded whole,
    /// in lower case.
    const LEFT: [&str; 15] = [
        "~",
        ".bak",
        ".backup",
        ".crdownload",
        ".old",
        ".orig",
        ".part",
        ".rej",
        ".save",
        ".swn",
        ".swo",
        ".swp",
        ".swx",
        ".temp",
        ".tmp",
    ];
    if folder != "static" && name.starts_with('.') {
        return true;
    }
    let ends = |end: &&str| {
        let at = name.len().checked_sub(end.len());
        at.and_then(|at| name.get(at..)).is_some_and(|found| found.eq_ignore_ascii_case(end))
    };
    // `a.md.bak2`
    let unnumbered = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let office =
        name.starts_with("~$") || name.starts_with(".~") || name.starts_with("._") || name.starts_with(".#");
    let editor =
        (name.starts_with('#') && name.ends_with('#')) || name == "4913" || name.ends_with("___jb_tmp___");
    office
        || editor
        || name.contains(".sync-conflict-")
        || LEFT.iter().any(ends)
        || (unnumbered.len() < name.len() && unnumbered.to_ascii_lowercase().ends_with(".bak"))
        || SYSTEM.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether a stage reads a file outside `content/` as text.
fn is_text(path: &SitePath) -> bool {
    let extension = path.extension();
    match path.components().next().unwrap_or("") {
        "content" => false,
        // Joined with the lines for aliases.
        "static" => path.as_str() == "static/_redirects",
        site_files::MENTIONS | site_files::OUTBOX => site_files::is_mention(path),
        // A theme may hold anything else: fonts, pictures of itself, a licence.
        "themes" => match path.components().nth(2) {
            Some("templates" | "i18n") => true,
            Some(_) => path.components().nth(3).is_none() && matches!(extension, "yaml" | "yml"),
            None => false,
        },
        _ => true,
    }
}

/// Reports a file that cannot be read. For a mention this is only a warning: what strangers send
/// must not stop a build.
fn unreadable(path: &SitePath, reason: &ReadError) -> Diagnostic {
    match path.below(site_files::MENTIONS) {
        Some(_) => catalogue::mention_unreadable(path, MentionProblem::File(reason.clone()), None),
        None => catalogue::unreadable_file(path, reason),
    }
}

/// Reads one file, or as much of it as the build needs. The error is the reason for a diagnostic.
pub(super) fn load(
    path: &SitePath,
    location: &Path,
    known: &CachedFacts,
    defers_articles: bool,
) -> Result<(SourceContent, Option<Stamp>), ReadError> {
    if let Some((stamp, fingerprint)) = known.texts.get(path)
        && fs::metadata(location).is_ok_and(|metadata| stamp_of(&metadata) == *stamp)
    {
        return Ok((SourceContent::OnDisk(Some(*fingerprint)), Some(*stamp)));
    }
    let is_content = path.below("content").is_some();
    let kind = match is_content {
        true => ContentKind::of(path, location),
        false if is_text(path) => ContentKind::Article,
        false => ContentKind::Copied,
    };
    match kind {
        ContentKind::Article => {}
        ContentKind::OtherMarkup => return Ok((SourceContent::OtherMarkup, None)),
        ContentKind::Copied => {
            let (facts, stamp) = facts(path, location, known).map_err(system)?;
            return Ok((SourceContent::File(facts), stamp));
        }
    }
    if defers_articles && is_content {
        return Ok((SourceContent::OnDisk(None), None));
    }
    let (text, stamp) = read_text(location)?;
    let fingerprint = Fingerprint::of(text.as_bytes());
    Ok((SourceContent::Text(text.into(), fingerprint), Some(stamp)))
}

thread_local! {
    /// Buffer reused for every text of a thread: no allocation per file.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// File access that is handed to the stages which read a file only when they need it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl ReadFiles for Disk {
    fn text(&self, location: &Path, with: &mut dyn FnMut(&str, Stamp)) -> Result<(), ReadError> {
        with_text(location, with)
    }

    fn bytes(&self, location: &Path) -> Result<Vec<u8>, String> {
        fs::read(location).map_err(|error| error.to_string())
    }
}

/// Reads a text file. The error is the reason why it cannot be used.
fn read_text(location: &Path) -> Result<(String, Stamp), ReadError> {
    with_text(location, |text, stamp| (text.to_owned(), stamp))
}

/// Calls `make` with the text of a file, without keeping a copy of it.
fn with_text<T>(location: &Path, make: impl FnOnce(&str, Stamp) -> T) -> Result<T, ReadError> {
    /// A larger buffer is freed after use.
    const MAX_KEPT: usize = 1024 * 1024;
    let mut bytes = BUFFER.take();
    let stamp = read_into(&mut bytes, location)?;
    let made = make(&decode(&bytes)?, stamp);
    if bytes.capacity() <= MAX_KEPT {
        bytes.clear();
        BUFFER.set(bytes);
    }
    Ok(made)
}

fn read_into(bytes: &mut Vec<u8>, location: &Path) -> Result<Stamp, ReadError> {
    let mut file = File::open(location).map_err(system)?;
    let metadata = file.metadata().map_err(system)?;
    let len = metadata.len();
    if len > MAX_TEXT {
        return Err(ReadError::TooLarge { size: len, max: MAX_TEXT });
    }
    bytes.reserve(len as usize);
    // Reading exactly the known length saves the system call that finds the end. Some file systems
    // report a length of 0; then everything is read.
    let end = if len == 0 { MAX_TEXT + 1 } else { len };
    file.by_ref().take(end).read_to_end(bytes).map_err(system)?;
    Ok(stamp_of(&metadata))
}

/// Decodes UTF-8, drops the byte order mark and turns `\r\n` and `\r` into `\n`. Later stages see
/// nothing else.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadError::Utf16);
    }
    let text = simdutf8::compat::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    Ok(normal(text))
}

/// A text without byte order mark, with `\n` at its line ends.
fn normal(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        false => text.into(),
    }
}

/// The place of the first byte that is not UTF-8, in the text as editors show it.
fn not_utf8(bytes: &[u8], byte: usize) -> ReadError {
    let valid = String::from_utf8_lossy(&bytes[..byte]);
    let (line, column) = yaml::line_column(&normal(&valid), usize::MAX);
    ReadError::NotUtf8 { byte, line, column }
}

fn system(error: io::Error) -> ReadError {
    ReadError::System(error.to_string())
}

/// Facts about a file that is copied as it is. The stamp is there for images only.
fn facts(path: &SitePath, location: &Path, known: &CachedFacts) -> io::Result<(FileFacts, Option<Stamp>)> {
    let metadata = fs::metadata(location)?;
    let extension = path.extension().to_ascii_lowercase();
    let is_image = Format::of_extension(&extension).is_some() && metadata.len() <= MAX_IMAGE;
    let stamp = stamp_of(&metadata);
    let raster = match known.images.get(path).filter(|(known, _)| is_image && *known == stamp) {
        Some((_, raster)) => Some(raster.clone()),
        None if is_image => inspect(&fs::read(location)?, &extension),
        None => None,
    };
    let of_header = |size: imagesize::ImageSize| (size.width as u32, size.height as u32);
    let dimensions = match (&raster, extension.as_str()) {
        (Some(raster), _) => raster.problem.is_none().then_some(raster.size),
        (None, "svg") => svg::size(location),
        (None, "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "bmp") => {
            imagesize::size(location).ok().map(of_header)
        }
        _ => None,
    };
    let facts = FileFacts {
        location: location.to_path_buf(),
        stamp,
        dimensions,
        raster,
        metadata: metadata::is_published(location, &extension),
        fingerprint: may_be_theme_asset(path, metadata.len())
            .then(|| fs::read(location))
            .transpose()?
            .map(|b| Fingerprint::of(&b)),
    };
    Ok((facts, is_image.then_some(stamp)))
}

/// Whether a theme's pages may link to the file by its content hash: it is part of a theme, or
/// may replace a part of one.
fn may_be_theme_asset(path: &SitePath, len: u64) -> bool {
    let of_theme = path.components().next() == Some("themes");
    let small = matches!(path.extension(), "css" | "js" | "svg" | "png" | "ico" | "woff2");
    len <= MAX_TEXT && (of_theme || (small && len <= MAX_STATIC_ASSET && path.below("static").is_some()))
}

fn builtin_content(bytes: &'static [u8]) -> SourceContent {
    match std::str::from_utf8(bytes) {
        Ok(text) => SourceContent::Text(text.into(), Fingerprint::of(bytes)),
        Err(_) => SourceContent::Bytes(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{ReadError, decode, is_clutter_name};

    #[test]
    fn what_programs_leave_behind_is_no_source() {
        for name in [
            "a.md~",
            "a.md.bak",
            "A.MD.BAK",
            "a.md.bak2",
            "a.md.orig",
            "a.md.rej",
            "a.md.tmp",
            "a.md.save",
            "~$a.docx",
            ".a.md.swp",
            "#a.md#",
            ".~lock.a.odt#",
            "._a.jpg",
            ".DS_Store",
            "THUMBS.DB",
            "__MACOSX",
            ".env",
            "a.sync-conflict-20260101-1.md",
        ] {
            assert!(is_clutter_name(name, "static") && is_clutter_name(name, "content"), "{name}");
        }
        for name in [
            "a.md",
            "backup.md",
            "tmp",
            "bak2",
            "orig.png",
            "~a.md",
            "save",
            ".well-known",
            ".htaccess",
            "a#.md",
        ] {
            assert!(!is_clutter_name(name, "static"), "{name}");
        }
        assert!(is_clutter_name(".htaccess", "content") && !is_clutter_name("a.part.md", "content"));
    }

    #[test]
    fn byte_order_marks_and_line_ends_are_normalised() {
        assert_eq!(decode(b"\xef\xbb\xbfun\r\ndeux\r").unwrap(), "un\ndeux\n");
        let not_utf8 = |byte, line, column| Err(ReadError::NotUtf8 { byte, line, column });
        assert_eq!(decode(b"un\nd\xe9j\xe0"), not_utf8(4, 2, 2));
        assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9\xe9"), not_utf8(5, 1, 2));
        assert_eq!(decode(b"un\r\n\rd\xe9"), not_utf8(6, 3, 2));
        assert_eq!(decode(b"\xff\xfeu\0"), Err(ReadError::Utf16));
    }
}

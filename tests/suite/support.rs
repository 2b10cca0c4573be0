//! A site in a temporary folder, and the program run on it from the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scraper::ElementRef;
use tempfile::TempDir;

/// The `--today` of all tests that do not set their own.
pub(crate) const TODAY: &str = "2026-11-22";

/// A site in a temporary folder.
pub(crate) struct Site {
    folder: TempDir,
}

/// Exit code and output of one run of the program.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Site {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A site with the smallest config, in French.
    pub(crate) fn new() -> Self {
        Self::empty().file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\n")
    }

    /// The example site, not built: two languages, bundles, images, a series, citations, every key.
    pub(crate) fn example() -> Self {
        let files = tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("example-site")).into_iter();
        let sources = files.filter(|(path, _)| !path.starts_with("public/") && !path.starts_with('.'));
        sources.fold(Self::empty(), |site, (path, bytes)| site.file(&path, bytes))
    }

    /// A site from one text: each file follows a line `//- path`.
    pub(crate) fn fixture(text: &str) -> Self {
        let mut site = Self::empty();
        for part in text.split("//- ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap_or((part, ""));
            site = site.file(path.trim(), body);
        }
        site
    }

    /// Adds a file, and its folders if missing.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// A post dated 2026-01-01 with a title and a body.
    pub(crate) fn post(self, slug: &str, body: &str) -> Self {
        let text = format!("---\ntitle: {slug}\ndate: 2026-01-01\ndescription: Un essai.\n---\n\n{body}\n");
        self.file(&format!("content/posts/{slug}.md"), text)
    }

    /// Writes a file, and its folders if missing.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// A path in the folder.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The program with arguments, ready to run in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pingmark"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("SOURCE_DATE_EPOCH")
            .env("NO_COLOR", "1");
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().expect("the program starts"))
    }

    /// Builds the site as of [`TODAY`].
    pub(crate) fn build(&self) -> Run {
        self.run(&["build", "--today", TODAY])
    }

    /// Builds the site. Fails on an error or a warning, except that it has no pages.
    pub(crate) fn built(self) -> Self {
        let run = self.build();
        assert_eq!(run.code, 0, "{}", run.err);
        let is_empty = run.err.contains("warning[site-empty]") && run.err.contains("1 warning ");
        assert!(run.err.contains("0 warnings") || is_empty, "{}", run.err);
        self
    }

    /// The text of a file in the output folder.
    pub(crate) fn public(&self, path: &str) -> String {
        let path = self.path("public").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The bytes of a file in the output folder.
    pub(crate) fn public_bytes(&self, path: &str) -> Vec<u8> {
        let path = self.path("public").join(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The bytes of every file below a folder, by path.
    pub(crate) fn tree(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path(folder))
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// [`sample`] as JPEG.
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95);
    sample(width, height).write_with_encoder(encoder).expect("a JPEG");
    bytes
}

/// [`sample`] as PNG.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    sample(width, height).write_with_encoder(encoder).expect("a PNG");
    bytes
}

/// An image in which no two rows or columns are alike, and which compresses like a photograph: red
/// grows to the right, green downwards, and blue is noise. The top left corner is white.
fn sample(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| {
        let is_corner = x < width / 4 && y < height / 4;
        let share = |at: u32, of: u32| (at * 255 / of.max(1)) as u8;
        let rough =
            (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77)).wrapping_mul(0xc2b2_ae3d) >> 26;
        image::Rgb(if is_corner { [255; 3] } else { [share(x, width), share(y, height), rough as u8] })
    })
}

/// Adds EXIF data to a JPEG: its orientation and a GPS position.
pub(crate) fn taken_in_paris(jpeg: Vec<u8>, orientation: u8) -> Vec<u8> {
    use img_parts::ImageEXIF;
    // TIFF 6.0: byte order, offset of the first directory, its two entries, and the GPS directory.
    let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend([1, 0, 0x01, 0x00, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"Paris, 48.8566 N");
    let mut jpeg = img_parts::jpeg::Jpeg::from_bytes(jpeg.into()).expect("a JPEG");
    jpeg.set_exif(Some(exif.into()));
    jpeg.encoder().bytes().to_vec()
}

/// The bytes of every file below a folder, by path with `/` between folders.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside").to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    files
}

/// Whether a script is one of Plume's two: the inline one in the head, or the file.
pub(crate) fn is_of_the_theme(script: ElementRef<'_>) -> bool {
    const HEAD: &str = include_str!("../../themes/plume/templates/partials/head.html");
    let text: String = script.text().collect();
    match script.value().attr("src") {
        Some(src) => {
            let name = src.trim_start_matches('/').split('.').next().unwrap_or_default();
            ["plume", "citations", "fonts"].contains(&name) && src.ends_with(".js") && text.is_empty()
        }
        None => !text.is_empty() && HEAD.contains(&format!("<script>{text}</script>")),
    }
}

/// Whether a script element holds JSON-LD, which no browser runs.
pub(crate) fn is_data(script: ElementRef<'_>) -> bool {
    script.value().attr("type") == Some("application/ld+json")
}

/// Size after gzip at its best level, as a reader downloads it.
pub(crate) fn gzipped(bytes: &[u8]) -> usize {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything").len()
}

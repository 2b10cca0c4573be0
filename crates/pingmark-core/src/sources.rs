//! What comes into a build: every file it may know, as values.
//!
//! Files are named by their place in the site. Settings, templates and mentions are texts in
//! memory; articles of a large site stay on disk until they are compiled; all other files are facts
//! about a file that is copied. Reading is handed in as [`ReadFiles`], so that no stage touches the
//! disk by itself.

use std::collections::btree_map::Range;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::fingerprint::Fingerprint;
use crate::path::SitePath;
use crate::raster::Raster;
use crate::stamp::Stamp;

/// Everything a build may know.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The files, in the order of their paths.
    pub files: Arc<BTreeMap<SitePath, Arc<Source>>>,
    /// The build's "now": posts dated later are held back.
    pub now: Timestamp,
}

/// One file.
#[derive(Debug)]
pub struct Source {
    /// Its content, or where to find it.
    pub content: Content,
    /// Whether it came with the program instead of the site's folder.
    pub built_in: bool,
    /// Its path on disk, if it was read from there.
    pub location: Option<PathBuf>,
    /// The stamp it had when it was read.
    pub stamp: Option<Stamp>,
}

/// Facts about files that an earlier run kept, each with the stamp the file had then.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Fingerprints of articles and mentions.
    pub texts: HashMap<SitePath, (Stamp, Fingerprint)>,
    /// Facts about images.
    pub images: HashMap<SitePath, (Stamp, Raster)>,
}

/// The content of a file.
#[derive(Debug)]
pub enum Content {
    /// A text in memory: UTF-8, without byte order mark, lines ended by `\n`.
    Text(Arc<str>, Fingerprint),
    /// A text that is read when it is needed and let go afterwards, so that a large site is never
    /// in memory whole. The fingerprint is `None` until the text has been read once.
    OnDisk(Option<Fingerprint>),
    /// Bytes that come with the program.
    Bytes(&'static [u8]),
    /// A file that is copied as it is, and never read into memory.
    File(FileFacts),
}

/// Facts about a file that is copied as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileFacts {
    /// Its path on disk.
    pub location: PathBuf,
    /// Its length in bytes.
    pub len: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub modified: i128,
    /// Width and height in pixels, for an image whose header says so.
    pub dimensions: Option<(u32, u32)>,
    /// Facts about a JPEG, PNG or WebP.
    pub raster: Option<Raster>,
    /// The fingerprint of its bytes, for the small files that pages load under a name with a content
    /// hash: style sheets, scripts, icons.
    pub fingerprint: Option<Fingerprint>,
}

/// Reads files from disk on behalf of the stages. An error is the reason, in words that follow
/// a file's name.
pub trait ReadFiles: Debug + Send + Sync {
    /// Calls `with` with the text of the file at `location`, decoded as [`Content::Text`] is, and its
    /// stamp.
    fn text(&self, location: &Path, with: &mut dyn FnMut(&str, Stamp)) -> Result<(), String>;
    /// The bytes of the file at `location`.
    fn bytes(&self, location: &Path) -> Result<Vec<u8>, String>;
}

/// The reason given for a file that has no place on disk, or no longer.
const GONE: &str = "it is gone";

impl Content {
    /// The fingerprint of a text, if it is one and has been read.
    pub fn text_fingerprint(&self) -> Option<Fingerprint> {
        match self {
            Self::Text(_, fingerprint) => Some(*fingerprint),
            Self::OnDisk(fingerprint) => *fingerprint,
            Self::Bytes(_) | Self::File(_) => None,
        }
    }
}

impl Source {
    /// The text, if it is in memory.
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.content {
            Content::Text(text, _) => Some(text),
            Content::OnDisk(_) | Content::Bytes(_) | Content::File(_) => None,
        }
    }

    /// The text, read from disk if it is not in memory. `None` for other files, and when reading
    /// fails.
    pub fn read_text(&self, files: &dyn ReadFiles) -> Option<Arc<str>> {
        match &self.content {
            Content::Text(text, _) => Some(text.clone()),
            Content::OnDisk(_) => {
                let mut found = None;
                files.text(self.location.as_deref()?, &mut |text, _| found = Some(text.into())).ok()?;
                found
            }
            Content::Bytes(_) | Content::File(_) => None,
        }
    }

    /// The bytes, read from disk if they are not in memory.
    pub fn read_bytes(&self, files: &dyn ReadFiles) -> Result<Vec<u8>, String> {
        match &self.content {
            Content::Text(text, _) => Ok(text.as_bytes().to_vec()),
            Content::Bytes(bytes) => Ok(bytes.to_vec()),
            Content::File(facts) => files.bytes(&facts.location),
            Content::OnDisk(_) => {
                self.read_text(files).map(|text| text.as_bytes().to_vec()).ok_or_else(|| GONE.into())
            }
        }
    }

    /// Calls `make` with the text and its fingerprint. Gives the file without its text if that can be
    /// read again, and what was made; `None` for a file that is no text.
    pub fn with_text<T>(
        self: Arc<Self>,
        files: &dyn ReadFiles,
        make: impl FnOnce(&str, Fingerprint) -> T,
    ) -> Result<(Arc<Self>, Option<T>), String> {
        let (text, fingerprint) = match &self.content {
            Content::Text(text, fingerprint) => (text, *fingerprint),
            Content::Bytes(_) | Content::File(_) => return Ok((self, None)),
            Content::OnDisk(_) => {
                let location = self.location.as_deref().ok_or(GONE)?;
                let (mut make, mut made) = (Some(make), None);
                files.text(location, &mut |text, stamp| {
                    let fingerprint = Fingerprint::of(text.as_bytes());
                    made = make.take().map(|make| (fingerprint, stamp, make(text, fingerprint)));
                })?;
                let (fingerprint, stamp, made) = made.ok_or(GONE)?;
                let content = Content::OnDisk(Some(fingerprint));
                return Ok((self.with_content(content, Some(stamp)), Some(made)));
            }
        };
        let made = make(text, fingerprint);
        if self.location.is_none() {
            return Ok((self, Some(made)));
        }
        let stamp = self.stamp;
        Ok((self.with_content(Content::OnDisk(Some(fingerprint)), stamp), Some(made)))
    }

    /// The file with other content. Takes the file apart where nobody else holds it.
    fn with_content(self: Arc<Self>, content: Content, stamp: Option<Stamp>) -> Arc<Self> {
        let (built_in, location) = match Arc::try_unwrap(self) {
            Ok(own) => (own.built_in, own.location),
            Err(shared) => (shared.built_in, shared.location.clone()),
        };
        Arc::new(Self { content, built_in, location, stamp })
    }
}

/// The first text that a path below a folder may be, and the first that none of them is: `0`
/// follows `/` in ASCII.
fn inside(folder: &str) -> (String, String) {
    (format!("{folder}/"), format!("{folder}0"))
}

impl Sources {
    /// Whether there are articles that have not been read yet.
    pub fn has_unread(&self) -> bool {
        self.files_below("content").any(|(_, source)| matches!(source.content, Content::OnDisk(None)))
    }

    /// The text of a file, if there is one and its text is in memory.
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(path)?.text()
    }

    /// The files below a folder, with the rest of their path.
    pub fn below<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a SitePath, &'a str, &'a Arc<Source>)> {
        self.files_below(folder).filter_map(move |(path, source)| Some((path, path.below(folder)?, source)))
    }

    /// The files below a folder, in order.
    pub fn files_below(&self, folder: &str) -> Range<'_, SitePath, Arc<Source>> {
        let (first, end) = inside(folder);
        self.files.range::<str, _>((Bound::Included(first.as_str()), Bound::Excluded(end.as_str())))
    }

    /// The files that do not lie below a folder: those before it in order, and those after it.
    pub fn files_around(
        &self,
        folder: &str,
    ) -> (Range<'_, SitePath, Arc<Source>>, Range<'_, SitePath, Arc<Source>>) {
        let (first, end) = inside(folder);
        let before = self.files.range::<str, _>((Bound::Unbounded, Bound::Excluded(first.as_str())));
        (before, self.files.range::<str, _>((Bound::Included(end.as_str()), Bound::Unbounded)))
    }
}

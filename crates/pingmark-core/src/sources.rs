//! Inputs of a build: every file of the site, as a value.
//!
//! Settings, templates and mentions are texts in memory. Articles of a large site stay on disk
//! until they are compiled. All other files are copied, and only facts about them are known. Stages
//! read through [`ReadFiles`], which is handed in, so that none touches the disk by itself.

use std::collections::btree_map::Range;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::path::SitePath;
use crate::raster::Raster;
use crate::stamp::Stamp;

/// Everything that a build depends on.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The files, by their path in the site.
    pub files: Arc<BTreeMap<SitePath, Arc<Source>>>,
    /// The time of the build. Posts with a later date are not published.
    pub now: Timestamp,
}

/// One input file.
#[derive(Debug)]
pub struct Source {
    /// Content, or where to find it.
    pub content: SourceContent,
    /// Whether it is part of the program (a theme's file) instead of the site's folder.
    pub built_in: bool,
    /// Path on disk; `None` if it was not read from there.
    pub location: Option<PathBuf>,
    /// Stamp when it was read.
    pub stamp: Option<Stamp>,
}

/// Facts about files from the cache of an earlier run. Each is valid as long as the file has the
/// stamp stored with it.
#[derive(Clone, Debug, Default)]
pub struct CachedFacts {
    /// Fingerprints of articles and mentions.
    pub texts: HashMap<SitePath, (Stamp, Fingerprint)>,
    /// Facts about images.
    pub images: HashMap<SitePath, (Stamp, Raster)>,
}

/// The content of a file.
#[derive(Debug)]
pub enum SourceContent {
    /// A text in memory: UTF-8, without byte order mark, lines ended by `\n`.
    Text(Arc<str>, Fingerprint),
    /// A text that is read on demand and dropped afterwards, so that a large site is never in
    /// memory as a whole. The fingerprint is `None` until the text has been read once.
    OnDisk(Option<Fingerprint>),
    /// Bytes that are part of the program.
    Bytes(&'static [u8]),
    /// A file that is copied unchanged, and never read into memory.
    File(FileFacts),
    /// The source of a page in a markup that is not read: neither compiled nor copied.
    OtherMarkup,
}

/// Facts about a file that is copied unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileFacts {
    /// Path on disk.
    pub location: PathBuf,
    /// Stamp of the file: another one means that it may have other bytes.
    pub stamp: Stamp,
    /// Width and height in pixels, if it is an image with a readable header.
    pub dimensions: Option<(u32, u32)>,
    /// Facts about a JPEG, PNG or WebP.
    pub raster: Option<Raster>,
    /// Whether it is a picture or film whose metadata is published with it and may tell where it was
    /// taken.
    pub metadata: bool,
    /// Fingerprint of the bytes, only for small files that get a name with a content hash: style
    /// sheets, scripts, icons.
    pub fingerprint: Option<Fingerprint>,
}

/// Reads files from disk on behalf of the stages.
pub trait ReadFiles: Debug + Send + Sync {
    /// Calls `with` with the text of the file at `location`, decoded as [`SourceContent::Text`] is,
    /// and its stamp.
    fn text(&self, location: &Path, with: &mut dyn FnMut(&str, Stamp)) -> Result<(), ReadError>;
    /// Reads the bytes of the file at `location`. An error is the reason in words, to be shown behind a
    /// file name.
    fn bytes(&self, location: &Path) -> Result<Vec<u8>, String>;
}

/// Reason why a text file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadError {
    /// It has no place on disk, or no longer.
    Gone,
    /// It is not UTF-8 from this place on.
    NotUtf8 {
        /// Offset in the file.
        byte: usize,
        /// Line of the decoded text, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// It is UTF-16.
    Utf16,
    /// It is larger than texts may be.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The largest size in bytes.
        max: u64,
    },
    /// The system's reason.
    System(String),
}

/// The reason given for a file that is not on disk, or no longer.
const GONE: &str = "it is gone";

impl SourceContent {
    /// The fingerprint of a text; `None` for other files and for texts not read yet.
    pub fn text_fingerprint(&self) -> Option<Fingerprint> {
        match self {
            Self::Text(_, fingerprint) => Some(*fingerprint),
            Self::OnDisk(fingerprint) => *fingerprint,
            Self::Bytes(_) | Self::File(_) | Self::OtherMarkup => None,
        }
    }
}

impl Source {
    /// The text, if it is one and in memory.
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.content {
            SourceContent::Text(text, _) => Some(text),
            SourceContent::OnDisk(_)
            | SourceContent::Bytes(_)
            | SourceContent::File(_)
            | SourceContent::OtherMarkup => None,
        }
    }

    /// The text, read from disk if it is not in memory. `None` for other files and if reading
    /// fails.
    pub fn read_text(&self, files: &dyn ReadFiles) -> Option<Arc<str>> {
        match &self.content {
            SourceContent::Text(text, _) => Some(text.clone()),
            SourceContent::OnDisk(_) => {
                let mut found = None;
                files.text(self.location.as_deref()?, &mut |text, _| found = Some(text.into())).ok()?;
                found
            }
            SourceContent::Bytes(_) | SourceContent::File(_) | SourceContent::OtherMarkup => None,
        }
    }

    /// The bytes, read from disk if they are not in memory.
    pub fn read_bytes(&self, files: &dyn ReadFiles) -> Result<Vec<u8>, String> {
        match &self.content {
            SourceContent::Text(text, _) => Ok(text.as_bytes().to_vec()),
            SourceContent::Bytes(bytes) => Ok(bytes.to_vec()),
            SourceContent::File(facts) => files.bytes(&facts.location),
            SourceContent::OtherMarkup => Err(GONE.into()),
            SourceContent::OnDisk(_) => {
                self.read_text(files).map(|text| text.as_bytes().to_vec()).ok_or_else(|| GONE.into())
            }
        }
    }

    /// Calls `make` with the text and its fingerprint. Returns the source without its text, if it
    /// can be read again, and the result of `make`, which is `None` for a file that is no text.
    pub fn with_text<T>(
        self: Arc<Self>,
        files: &dyn ReadFiles,
        make: impl FnOnce(&str, Fingerprint) -> T,
    ) -> Result<(Arc<Self>, Option<T>), ReadError> {
        let (text, fingerprint) = match &self.content {
            SourceContent::Text(text, fingerprint) => (text, *fingerprint),
            SourceContent::Bytes(_) | SourceContent::File(_) | SourceContent::OtherMarkup => {
                return Ok((self, None));
            }
            SourceContent::OnDisk(_) => {
                let location = self.location.as_deref().ok_or(ReadError::Gone)?;
                let (mut make, mut made) = (Some(make), None);
                files.text(location, &mut |text, stamp| {
                    let fingerprint = Fingerprint::of(text.as_bytes());
                    made = make.take().map(|make| (fingerprint, stamp, make(text, fingerprint)));
                })?;
                let (fingerprint, stamp, made) = made.ok_or(ReadError::Gone)?;
                let content = SourceContent::OnDisk(Some(fingerprint));
                return Ok((self.with_content(content, Some(stamp)), Some(made)));
            }
        };
        let made = make(text, fingerprint);
        if self.location.is_none() {
            return Ok((self, Some(made)));
        }
        let stamp = self.stamp;
        Ok((self.with_content(SourceContent::OnDisk(Some(fingerprint)), stamp), Some(made)))
    }

    /// Replaces content and stamp; clones the rest only if the source is shared.
    fn with_content(self: Arc<Self>, content: SourceContent, stamp: Option<Stamp>) -> Arc<Self> {
        let (built_in, location) = match Arc::try_unwrap(self) {
            Ok(own) => (own.built_in, own.location),
            Err(shared) => (shared.built_in, shared.location.clone()),
        };
        Arc::new(Self { content, built_in, location, stamp })
    }
}

/// Bounds of the paths below a folder: first and one past the last (`0` follows `/` in ASCII).
fn bounds_of(folder: &str) -> (String, String) {
    (format!("{folder}/"), format!("{folder}0"))
}

impl Sources {
    /// Whether some articles have not been read yet.
    pub fn has_unread(&self) -> bool {
        self.files_below("content").any(|(_, source)| matches!(source.content, SourceContent::OnDisk(None)))
    }

    /// The text of the file at `path`, if there is one and it is in memory.
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(path)?.text()
    }

    /// The files below a folder, each with its path relative to the folder.
    pub fn below<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a SitePath, &'a str, &'a Arc<Source>)> {
        self.files_below(folder).filter_map(move |(path, source)| Some((path, path.below(folder)?, source)))
    }

    /// The files below a folder, in order.
    pub fn files_below(&self, folder: &str) -> Range<'_, SitePath, Arc<Source>> {
        let (first, end) = bounds_of(folder);
        self.files.range::<str, _>((Bound::Included(first.as_str()), Bound::Excluded(end.as_str())))
    }

    /// The files outside a folder: those sorted before it, and those sorted after it.
    pub fn files_around(
        &self,
        folder: &str,
    ) -> (Range<'_, SitePath, Arc<Source>>, Range<'_, SitePath, Arc<Source>>) {
        let (first, end) = bounds_of(folder);
        let before = self.files.range::<str, _>((Bound::Unbounded, Bound::Excluded(first.as_str())));
        (before, self.files.range::<str, _>((Bound::Included(end.as_str()), Bound::Unbounded)))
    }
}

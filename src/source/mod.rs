//! STAGE 1. Disk → Sources.
//!
//! Receives a folder. Gives [`Sources`]: every file the build may know, named by its place in
//! the site, texts in memory, the rest as facts about a file. Uses walkdir, in [`disk`]. Never
//! understands what it reads: a front matter is text here.

pub mod builtin;
pub mod disk;
pub mod reader;
pub mod stamp;
pub mod survey;
mod svg;

use std::collections::btree_map::Range;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::fingerprint::Fingerprint;
use crate::path::SitePath;
use crate::raster::Raster;

pub use stamp::Stamp;

/// Everything a build may know.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The files, in the order of their paths.
    pub files: Arc<BTreeMap<SitePath, Arc<Source>>>,
    /// The moment the build takes for now: posts dated later are held back.
    pub now: Timestamp,
}

/// One file.
#[derive(Debug)]
pub struct Source {
    /// What stands in it.
    pub content: Content,
    /// Whether it came with the program instead of the site's folder.
    pub built_in: bool,
    /// Where it lies, if it was read from disk.
    pub location: Option<PathBuf>,
    /// The stamp it had when it was read.
    pub stamp: Option<Stamp>,
}

/// What is known of files from another time, each with the stamp it had then.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The prints of articles and mentions.
    pub texts: HashMap<SitePath, (Stamp, Fingerprint)>,
    /// What images are.
    pub images: HashMap<SitePath, (Stamp, Raster)>,
}

/// What stands in a file.
#[derive(Debug)]
pub enum Content {
    /// A text that nobody has read yet: whoever needs it takes it from the disk, uses it and lets
    /// it go. A large site is never in memory whole.
    Unread,
    /// A text that a stage will read: UTF-8, without byte order mark, lines ended by `\n`.
    Text(Arc<str>, Fingerprint),
    /// A text that a stage has read, and that is needed again only to show a line of it: it is
    /// let go, and read once more if that happens.
    Released(OnceLock<Option<Arc<str>>>, Fingerprint),
    /// Bytes in memory.
    Bytes(&'static [u8]),
    /// A file that is copied as it is, and never read into memory.
    File(FileFacts),
}

/// A file that is copied as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileFacts {
    /// Where it lies.
    pub location: PathBuf,
    /// Its length in bytes.
    pub len: u64,
    /// When it was last changed, in nanoseconds since 1970.
    pub modified: i128,
    /// Width and height in pixels, for an image whose header says so.
    pub dimensions: Option<(u32, u32)>,
    /// What is known of a JPEG, PNG or WebP.
    pub raster: Option<Raster>,
    /// The print of its bytes, for the small files that dress pages: style sheets, scripts, icons.
    pub print: Option<Fingerprint>,
}

impl Content {
    /// A text that is known, and read when it is asked for.
    pub fn released(print: Fingerprint) -> Self {
        Self::Released(OnceLock::new(), print)
    }

    /// The print of a text, if it is one.
    pub fn text_print(&self) -> Option<Fingerprint> {
        match self {
            Self::Text(_, print) | Self::Released(_, print) => Some(*print),
            Self::Unread | Self::Bytes(_) | Self::File(_) => None,
        }
    }
}

impl Source {
    /// The text, if it is one. A text that was let go is read once more.
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.content {
            Content::Text(text, _) => Some(text),
            Content::Released(again, _) => {
                let read = || Some(disk::read_text(self.location.as_deref()?).ok()?.0.into());
                again.get_or_init(read).as_ref()
            }
            Content::Unread | Content::Bytes(_) | Content::File(_) => None,
        }
    }

    /// The bytes of a file that is copied, read now; the reason when they cannot be.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        match &self.content {
            Content::Text(text, _) => Ok(text.as_bytes().to_vec()),
            Content::Bytes(bytes) => Ok(bytes.to_vec()),
            Content::File(facts) => std::fs::read(&facts.location).map_err(|error| error.to_string()),
            Content::Unread | Content::Released(..) => {
                self.text().map(|text| text.as_bytes().to_vec()).ok_or("it is gone".into())
            }
        }
    }

    /// Does something with the text of a file, and its print. Gives the file without the text,
    /// if it can be read again. The reason, when it is one that nobody has read and it cannot be.
    pub fn with_text<T>(
        mut self: Arc<Self>,
        make: impl FnOnce(&str, Fingerprint) -> T,
    ) -> Result<(Arc<Self>, Option<T>), String> {
        if let (Content::Unread, Some(location)) = (&self.content, &self.location) {
            let made = disk::with_text(location, |text, stamp| {
                let print = Fingerprint::of(text.as_bytes());
                (print, stamp, make(text, print))
            });
            let (print, stamp, made) = made?;
            let (content, stamp) = (Content::released(print), Some(stamp));
            match Arc::get_mut(&mut self) {
                Some(file) => (file.content, file.stamp) = (content, stamp),
                None => {
                    let (built_in, location) = (self.built_in, self.location.clone());
                    self = Arc::new(Self { content, built_in, location, stamp });
                }
            }
            return Ok((self, Some(made)));
        }
        let print = self.content.text_print();
        let made = print.and_then(|print| Some(make(self.text()?, print)));
        Ok((self.release(), made))
    }

    /// The file without its text, if it can be read again.
    pub fn release(self: Arc<Self>) -> Arc<Self> {
        match Arc::try_unwrap(self) {
            Ok(Self { content: Content::Text(_, print), location: location @ Some(_), built_in, stamp }) => {
                Arc::new(Self { content: Content::released(print), built_in, location, stamp })
            }
            Ok(other) => Arc::new(other),
            Err(shared) => shared,
        }
    }
}

/// The first text that a path below a folder may be, and the first that none of them is: `0`
/// follows `/` in ASCII.
fn inside(folder: &str) -> (String, String) {
    (format!("{folder}/"), format!("{folder}0"))
}

impl Sources {
    /// Whether there are texts that nobody has read yet.
    pub fn has_unread(&self) -> bool {
        self.files_below("content").any(|(_, source)| matches!(source.content, Content::Unread))
    }

    /// The text of a file, if there is one and it is text.
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

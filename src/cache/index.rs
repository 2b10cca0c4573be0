//! The index of the cache: a small file that is rewritten each time.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::raster::Raster;
use pingmark_core::stamp::Stamp;

use super::LogEntry;
use crate::output::fault_injection::checkpoint;

const MAGIC: &[u8; 8] = b"PMINDX03";
const NAME: &str = "index";

/// Index of a site's cache.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Index {
    /// Fingerprint of the program that wrote it.
    pub program: Fingerprint,
    /// Number of the log file that holds the documents; 0 if there is none.
    pub log: u64,
    /// Length of the log in bytes.
    pub end: u64,
    /// Fingerprint of the options that the documents were compiled with.
    pub options: Fingerprint,
    /// Articles and mentions, sorted by path.
    pub texts: Vec<Text>,
    /// Images with settled stamps.
    pub images: Vec<(SitePath, Stamp, Raster)>,
}

/// An article or a mention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Text {
    pub path: SitePath,
    /// Stamp at the time of reading, if settled: every later change gives another stamp.
    pub stamp: Option<Stamp>,
    /// Fingerprint of the text.
    pub fingerprint: Fingerprint,
    /// Position of its document in the log.
    pub document: Option<LogEntry>,
}

impl Index {
    /// Reads the index; `None` if it is missing or damaged.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let bytes = fs::read(folder.join(NAME)).ok()?;
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (sum, body) = rest.split_first_chunk::<16>()?;
        if magic != MAGIC || *sum != Fingerprint::of(body).to_bytes() {
            return None;
        }
        postcard::from_bytes(body).ok()
    }

    /// Writes the index atomically.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let body = postcard::to_stdvec(self).map_err(io::Error::other)?;
        let beside = folder.join("index.new");
        checkpoint()?;
        let mut file = fs::File::create(&beside)?;
        file.write_all(MAGIC)?;
        file.write_all(&Fingerprint::of(&body).to_bytes())?;
        file.write_all(&body)?;
        checkpoint()?;
        fs::rename(&beside, folder.join(NAME))
    }
}

//! The list of what is kept: small, and written whole each time.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::raster::Raster;
use pingmark_core::stamp::Stamp;

use super::Place;
use crate::output::step;

const MAGIC: &[u8; 8] = b"PMINDX03";
const NAME: &str = "index";

/// What is kept of a site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Index {
    /// The fingerprint of the program that kept it.
    pub program: Fingerprint,
    /// The number of the log that holds the documents; zero when there is none.
    pub log: u64,
    /// The log's length.
    pub end: u64,
    /// The fingerprint of the options that the documents were compiled with.
    pub options: Fingerprint,
    /// The articles and mentions, in the order of their paths.
    pub texts: Vec<Text>,
    /// The images, each with the stamp that tells it from every later state, and what it is.
    pub images: Vec<(SitePath, Stamp, Raster)>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Text {
    pub path: SitePath,
    /// The stamp it had when it was read, if that tells it from every later state.
    pub stamp: Option<Stamp>,
    /// The fingerprint of its text.
    pub fingerprint: Fingerprint,
    /// Where its document is kept.
    pub document: Option<Place>,
}

impl Index {
    /// Reads the index; none when there is none, or it is damaged.
    pub fn read(folder: &Path) -> Option<Self> {
        let bytes = fs::read(folder.join(NAME)).ok()?;
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (sum, body) = rest.split_first_chunk::<16>()?;
        if magic != MAGIC || *sum != Fingerprint::of(body).to_bytes() {
            return None;
        }
        postcard::from_bytes(body).ok()
    }

    /// Writes the index: whole, or not at all.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let body = postcard::to_stdvec(self).map_err(io::Error::other)?;
        let beside = folder.join("index.new");
        step::next()?;
        let mut file = fs::File::create(&beside)?;
        file.write_all(MAGIC)?;
        file.write_all(&Fingerprint::of(&body).to_bytes())?;
        file.write_all(&body)?;
        step::next()?;
        fs::rename(&beside, folder.join(NAME))
    }
}

//! What we wrote into the output folder: the only files that are ever replaced or deleted.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;

use super::step;

const MAGIC: &[u8; 8] = b"PMANIF04";
/// Bytes that a file takes in a manifest, more or less.
const ROOM: usize = 160;

/// The files written into one output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// By path in the output folder.
    pub files: BTreeMap<SitePath, Entry>,
    /// What stood in the place of some of them before. Written down before the first file is
    /// moved, and dropped after the last: a build that is killed in between leaves files of
    /// both kinds, all of them ours.
    pub replaced: BTreeMap<SitePath, Entry>,
    /// What the site as a whole was made of, if there was nothing to tell about it.
    pub whole: Option<BuildStamp>,
}

/// What a site was made of when it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildStamp {
    /// The fingerprint of its sources and of what was asked for.
    pub fingerprint: Fingerprint,
    /// The moment taken for now, in seconds since 1970.
    pub from: i64,
    /// The first moment at which the same sources make another site, if there is one.
    pub until: Option<i64>,
    /// Its numbers, in words.
    pub counts: String,
    /// What comes out next, in words.
    pub next: Option<String>,
}

impl BuildStamp {
    /// Whether the same site would be made of sources with this fingerprint, at this moment.
    pub fn is_made_of(&self, fingerprint: Fingerprint, now: i64) -> bool {
        self.fingerprint == fingerprint && self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

/// One file as we left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What stands in it.
    pub content: Fingerprint,
    /// Its length.
    pub len: u64,
    /// When it was last changed, in nanoseconds since 1970: as long as this stands, nobody
    /// else changed it.
    pub modified: i128,
    /// The fingerprint of everything it was made of, if that is known.
    pub fingerprint: Option<Fingerprint>,
    /// Length and time of the file it was copied from, for copies.
    pub source: Option<(u64, i128)>,
}

impl Manifest {
    /// Where the manifest of an output folder is kept, in the site's own folder.
    pub fn location(state: &Path, output: &Path) -> PathBuf {
        let absolute = std::path::absolute(output).unwrap_or_else(|_| output.to_path_buf());
        let name = Fingerprint::of(absolute.as_os_str().as_encoded_bytes()).short();
        state.join(format!("published-{name}"))
    }

    /// Reads a manifest; `None` when there is none, or it is damaged: then nothing is ours.
    pub fn read(location: &Path) -> Option<Self> {
        let bytes = fs::read(location).ok()?;
        let (head, body) = bytes.split_at_checked(MAGIC.len() + 32)?;
        let (magic, sum) = head.split_at(MAGIC.len());
        if magic != MAGIC || sum != Fingerprint::of(body).to_string().as_bytes() {
            return None;
        }
        postcard::from_bytes(body).ok()
    }

    /// Writes the manifest: whole, or not at all.
    pub fn write(&self, location: &Path) -> io::Result<()> {
        let room = (self.files.len() + self.replaced.len()) * ROOM;
        let body = postcard::to_io(self, Vec::with_capacity(room)).map_err(io::Error::other)?;
        let beside = location.with_extension("new");
        step::next()?;
        let mut file = fs::File::create(&beside)?;
        step::next()?;
        file.write_all(MAGIC)?;
        file.write_all(Fingerprint::of(&body).to_string().as_bytes())?;
        file.write_all(&body)?;
        file.sync_all()?;
        step::next()?;
        fs::rename(&beside, location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_manifest_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let location = folder.path().join("m");
        let mut manifest = Manifest::default();
        let entry =
            Entry { content: Fingerprint::of(b"x"), len: 1, modified: 2, fingerprint: None, source: None };
        manifest.files.insert(SitePath::constant("index.html"), entry);
        manifest.write(&location).unwrap();
        assert_eq!(Manifest::read(&location), Some(manifest));
        let mut bytes = fs::read(&location).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 0x20;
            fs::write(&location, &bytes).unwrap();
            assert_eq!(Manifest::read(&location), None, "a flipped bit at {at} passed");
            bytes[at] ^= 0x20;
        }
    }
}

//! The manifest: a list of the files that pingmark wrote into an output folder. Only these are
//! ever replaced or deleted.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::stamp::Stamp;

use super::disk::STATE;
use super::fault_injection::checkpoint;

const MAGIC: &[u8; 8] = b"PMANIF05";
/// Approximate size of an entry in a manifest, in bytes.
const ENTRY_SIZE: usize = 160;

/// The files written into one output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// By path in the output folder.
    pub files: BTreeMap<SitePath, Entry>,
    /// The previous versions of files that are being replaced or removed. Stored before the first
    /// file is moved and dropped after the last one: a build that is killed in between leaves
    /// files of both versions, and both count as ours.
    pub replaced: BTreeMap<SitePath, Entry>,
    /// Posts and pages by their route, so that the next build notices addresses that are gone.
    pub pages: BTreeMap<String, PublishedPage>,
    /// Stamp of the build that published the site; `None` if it reported any problem, so that the
    /// next build reports it again.
    pub stamp: Option<BuildStamp>,
}

/// Inputs and summary of a published build, so that an unchanged site can be recognised without
/// compiling it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildStamp {
    /// Fingerprint of the sources and of the build's options.
    pub fingerprint: Fingerprint,
    /// The build's "now", in seconds since 1970.
    pub from: i64,
    /// When the same sources first give a different site, in seconds since 1970, if ever.
    pub until: Option<i64>,
    /// Summary line: posts, pages, warnings.
    pub counts: String,
    /// Lines that follow the summary: what is held back, the next scheduled post.
    pub notes: Vec<String>,
}

impl BuildStamp {
    /// Whether a build with this fingerprint at `now` would give the same site.
    pub fn matches(&self, fingerprint: Fingerprint, now: i64) -> bool {
        self.fingerprint == fingerprint && self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

/// A published file, as pingmark wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Fingerprint of its bytes.
    pub content: Fingerprint,
    /// Length in bytes.
    pub len: u64,
    /// Modification time, in nanoseconds since 1970. While length and time are the same, nobody
    /// else has changed the file.
    pub modified: i128,
    /// Fingerprint of all its inputs, if known.
    pub fingerprint: Option<Fingerprint>,
    /// Stamp of the source, for a copied file; `None` if the source was too new for its stamp to be
    /// reliable.
    pub source: Option<Stamp>,
}

/// A published post or page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedPage {
    /// Its file in the site.
    pub source: SitePath,
    /// Fingerprint of its file's text.
    pub text: Fingerprint,
    /// Its title.
    pub title: String,
}

impl Manifest {
    /// Path of the manifest of an output folder, which is kept in the site's state folder. Both folders
    /// are absolute, with links followed. An output folder inside the site is named by its path in the
    /// site, so that the record stays valid when the site's folder is moved or renamed.
    pub fn location(root: &Path, output: &Path) -> PathBuf {
        let name = match output.strip_prefix(root) {
            Ok(inside) => Fingerprint::of_parts([&b"inside"[..], inside.as_os_str().as_encoded_bytes()]),
            Err(_) => Fingerprint::of(output.as_os_str().as_encoded_bytes()),
        };
        root.join(STATE).join(format!("published-{}", name.short()))
    }

    /// The manifest of an output folder: the one at its [location](Self::location), else another one of
    /// the site that describes the folder as it is. So a published folder may be renamed or moved.
    pub fn find(root: &Path, output: &Path) -> Option<Self> {
        let location = Self::location(root, output);
        if let Some(manifest) = Self::read(&location) {
            return Some(manifest);
        }
        let entries = fs::read_dir(root.join(STATE)).into_iter().flatten().flatten();
        let mut others: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        others.sort();
        let is_manifest = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("published-"))
        };
        let mut others = others.into_iter().filter(is_manifest).filter_map(|path| Self::read(&path));
        others.find(|manifest| manifest.describes(output))
    }

    /// Whether more than nine of ten files are in a folder, with the length that they were published with.
    fn describes(&self, output: &Path) -> bool {
        let len = |path: &SitePath| fs::symlink_metadata(path.under(output)).ok().map(|file| file.len());
        let known = self.files.iter().filter(|(path, entry)| len(path) == Some(entry.len)).count();
        known * 10 > self.files.len() * 9
    }

    /// Reads a manifest; `None` if it is missing or damaged. Then no file counts as ours.
    pub fn read(location: &Path) -> Option<Self> {
        let bytes = fs::read(location).ok()?;
        let (head, body) = bytes.split_at_checked(MAGIC.len() + 32)?;
        let (magic, sum) = head.split_at(MAGIC.len());
        if magic != MAGIC || sum != Fingerprint::of(body).to_string().as_bytes() {
            return None;
        }
        postcard::from_bytes(body).ok()
    }

    /// Writes the manifest atomically.
    pub fn write(&self, location: &Path) -> io::Result<()> {
        let capacity = (self.files.len() + self.replaced.len()) * ENTRY_SIZE;
        let body = postcard::to_io(self, Vec::with_capacity(capacity)).map_err(io::Error::other)?;
        let beside = location.with_extension("new");
        checkpoint()?;
        let mut file = fs::File::create(&beside)?;
        checkpoint()?;
        file.write_all(MAGIC)?;
        file.write_all(Fingerprint::of(&body).to_string().as_bytes())?;
        file.write_all(&body)?;
        file.sync_all()?;
        checkpoint()?;
        fs::rename(&beside, location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_manifest_is_ignored() {
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

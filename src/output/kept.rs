//! Pictures on disk, between two builds: cards that were drawn, versions that were made of images.
//!
//! A file is named for the fingerprint of what it was made of, and ends with the fingerprint of its bytes:
//! one that was damaged or cut off is made again.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pingmark_core::artifact::ArtifactCache;
use pingmark_core::fingerprint::Fingerprint;

/// The folder of cards, below that of the program's own state.
pub const CARDS: &str = "cards";
/// The folder of images.
pub const IMAGES: &str = "images";
/// How long an image stays that is no longer in use: it may be so again, on another branch.
const REST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The pictures of a kind.
#[derive(Debug)]
pub struct DiskCache {
    folder: PathBuf,
}

impl DiskCache {
    /// The cards that are kept in the state folder of a site.
    pub fn cards(state: &Path) -> Self {
        Self { folder: state.join(CARDS) }
    }

    /// The images.
    pub fn images(state: &Path) -> Self {
        Self { folder: state.join(IMAGES) }
    }

    fn place(&self, fingerprint: Fingerprint) -> PathBuf {
        self.folder.join(fingerprint.to_string())
    }
}

impl ArtifactCache for DiskCache {
    fn get(&self, fingerprint: Fingerprint) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.place(fingerprint)).ok()?;
        let at = bytes.len().checked_sub(32)?;
        let seal = bytes.split_off(at);
        (Fingerprint::of(&bytes).to_string().as_bytes() == seal).then_some(bytes)
    }

    fn has(&self, fingerprint: Fingerprint) -> bool {
        self.place(fingerprint).is_file()
    }

    fn put(&self, fingerprint: Fingerprint, bytes: &[u8]) {
        let place = self.place(fingerprint);
        // Several may make the same at once; each writes a file of its own and moves it in place.
        let own = format!("{}-{:?}.tmp", std::process::id(), std::thread::current().id());
        let temporary = place.with_extension(own);
        let written = fs::create_dir_all(&self.folder).and_then(|()| {
            let mut file = File::create(&temporary)?;
            file.write_all(bytes)?;
            file.write_all(Fingerprint::of(bytes).to_string().as_bytes())?;
            fs::rename(&temporary, &place)
        });
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
    }

    fn sweep(&self, used: &[Fingerprint]) {
        let used: HashSet<String> = used.iter().map(Fingerprint::to_string).collect();
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files: Vec<_> = entries
            .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?.modified().ok()?)))
            .collect();
        // The newest was written moments ago: a build without anything new sweeps nothing.
        let Some(now) = files.iter().map(|(_, modified)| *modified).max() else { return };
        for (path, modified) in files {
            let is_used = path.file_name().is_some_and(|name| used.contains(&*name.to_string_lossy()));
            if !is_used && now.duration_since(modified).is_ok_and(|age| age > REST) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Removes the pictures that are kept.
pub fn clean(state: &Path) {
    for folder in [CARDS, IMAGES] {
        let _ = fs::remove_dir_all(state.join(folder));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_damaged_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let cards = DiskCache::cards(folder.path());
        let fingerprint = Fingerprint::of(b"x");
        assert_eq!(cards.get(fingerprint), None);
        cards.put(fingerprint, b"picture");
        assert_eq!(cards.get(fingerprint).as_deref(), Some(&b"picture"[..]));
        let file = cards.place(fingerprint);
        let whole = fs::read(&file).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[1..], &[][..], &[0; 40][..]] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(cards.get(fingerprint), None);
        }
        let mut flipped = whole.clone();
        flipped[2] ^= 1;
        fs::write(&file, flipped).unwrap();
        assert_eq!(cards.get(fingerprint), None);
        cards.put(fingerprint, b"picture");
        assert!(cards.get(fingerprint).is_some());
        clean(folder.path());
        assert!(!file.exists());
    }

    #[test]
    fn what_is_not_in_use_goes_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let images = DiskCache::images(folder.path());
        let fingerprints = [b"a", b"b", b"c"].map(|name| Fingerprint::of(name));
        fingerprints.iter().for_each(|fingerprint| images.put(*fingerprint, b"picture"));
        images.sweep(&fingerprints[..1]);
        assert!(fingerprints.iter().all(|fingerprint| images.has(*fingerprint)), "all are new");
        for fingerprint in &fingerprints[..2] {
            let file = File::options().write(true).open(images.place(*fingerprint)).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - REST - REST).unwrap();
        }
        images.sweep(&fingerprints[..1]);
        assert_eq!(fingerprints.map(|fingerprint| images.has(fingerprint)), [true, false, true]);
    }
}

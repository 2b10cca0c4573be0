//! Cache of generated images between builds: social images and image versions.
//!
//! Each file is named by the fingerprint of its inputs and ends with the fingerprint of its bytes, so that
//! a damaged or truncated file is noticed and made again.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pingmark_core::artifact::ArtifactCache;
use pingmark_core::fingerprint::Fingerprint;

/// Folder of social images, inside the site's state folder.
pub const SOCIAL_IMAGES: &str = "cards";
/// Folder of image versions.
pub const IMAGES: &str = "images";
/// Unused images are kept this long: another git branch may still use them.
const MAX_UNUSED_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A folder of cached images.
#[derive(Debug)]
pub struct DiskCache {
    folder: PathBuf,
}

impl DiskCache {
    /// The social images cached in a site's state folder.
    pub fn social_images(state: &Path) -> Self {
        Self { folder: state.join(SOCIAL_IMAGES) }
    }

    /// The image versions cached in a site's state folder.
    pub fn images(state: &Path) -> Self {
        Self { folder: state.join(IMAGES) }
    }

    fn location(&self, fingerprint: Fingerprint) -> PathBuf {
        self.folder.join(fingerprint.to_string())
    }
}

impl ArtifactCache for DiskCache {
    fn get(&self, fingerprint: Fingerprint) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.location(fingerprint)).ok()?;
        let at = bytes.len().checked_sub(32)?;
        let checksum = bytes.split_off(at);
        (Fingerprint::of(&bytes).to_string().as_bytes() == checksum).then_some(bytes)
    }

    fn has(&self, fingerprint: Fingerprint) -> bool {
        self.location(fingerprint).is_file()
    }

    fn put(&self, fingerprint: Fingerprint, bytes: &[u8]) {
        let location = self.location(fingerprint);
        // Several threads may make the same image at once: each writes its own temporary file and
        // renames it.
        let extension = format!("{}-{:?}.tmp", std::process::id(), std::thread::current().id());
        let temporary = location.with_extension(extension);
        let written = fs::create_dir_all(&self.folder).and_then(|()| {
            let mut file = File::create(&temporary)?;
            file.write_all(bytes)?;
            file.write_all(Fingerprint::of(bytes).to_string().as_bytes())?;
            fs::rename(&temporary, &location)
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
        // Ages are relative to the newest file instead of the clock: while no image is added, none
        // gets older.
        let Some(now) = files.iter().map(|(_, modified)| *modified).max() else { return };
        for (path, modified) in files {
            let is_used = path.file_name().is_some_and(|name| used.contains(&*name.to_string_lossy()));
            let is_ours = path.file_name().is_some_and(|name| is_ours(&name.to_string_lossy()));
            if is_ours && !is_used && now.duration_since(modified).is_ok_and(|age| age > MAX_UNUSED_AGE) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Removes all cached images of a site. Files of other names are somebody else's and stay.
pub fn clear(state: &Path) {
    for folder in [SOCIAL_IMAGES, IMAGES] {
        let folder = state.join(folder);
        // A link may lead anywhere.
        if folder.is_symlink() {
            continue;
        }
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if is_ours(&entry.file_name().to_string_lossy()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        // Fails if somebody else's file is in it.
        let _ = fs::remove_dir(&folder);
    }
}

/// Whether a file name is a fingerprint, or that of a temporary file for one.
fn is_ours(name: &str) -> bool {
    let (fingerprint, rest) = name.split_at_checked(32).unwrap_or((name, ""));
    let is_fingerprint = fingerprint.len() == 32 && fingerprint.bytes().all(|b| b.is_ascii_hexdigit());
    is_fingerprint && (rest.is_empty() || (rest.starts_with('.') && rest.ends_with(".tmp")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_image_is_not_returned() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::social_images(folder.path());
        let fingerprint = Fingerprint::of(b"x");
        assert_eq!(cache.get(fingerprint), None);
        cache.put(fingerprint, b"image");
        assert_eq!(cache.get(fingerprint).as_deref(), Some(&b"image"[..]));
        let file = cache.location(fingerprint);
        let whole = fs::read(&file).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[1..], &[][..], &[0; 40][..]] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(cache.get(fingerprint), None);
        }
        let mut flipped = whole.clone();
        flipped[2] ^= 1;
        fs::write(&file, flipped).unwrap();
        assert_eq!(cache.get(fingerprint), None);
        cache.put(fingerprint, b"image");
        assert!(cache.get(fingerprint).is_some());
        let foreign = file.with_file_name("photo.png");
        fs::write(&foreign, "x").unwrap();
        clear(folder.path());
        assert!(!file.exists() && foreign.exists());
    }

    #[test]
    fn unused_images_are_removed_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let images = DiskCache::images(folder.path());
        let fingerprints = [b"a", b"b", b"c"].map(|name| Fingerprint::of(name));
        fingerprints.iter().for_each(|fingerprint| images.put(*fingerprint, b"image"));
        images.sweep(&fingerprints[..1]);
        assert!(fingerprints.iter().all(|fingerprint| images.has(*fingerprint)), "all are new");
        for fingerprint in &fingerprints[..2] {
            let file = File::options().write(true).open(images.location(*fingerprint)).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - 2 * MAX_UNUSED_AGE).unwrap();
        }
        images.sweep(&fingerprints[..1]);
        assert_eq!(fingerprints.map(|fingerprint| images.has(fingerprint)), [true, false, true]);
    }
}

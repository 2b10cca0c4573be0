//! Cards on disk, between two builds.
//!
//! A file is named for the print of what it was made of, and ends with the print of its bytes:
//! one that was damaged or cut off is made again.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Stash;
use crate::fingerprint::Fingerprint;

/// The folder of cards, below that of the program's own state.
pub const CARDS: &str = "cards";

/// The cards of a site.
#[derive(Debug)]
pub struct Cards {
    folder: PathBuf,
}

impl Cards {
    /// Those that are kept in the state folder of a site.
    pub fn new(state: &Path) -> Self {
        Self { folder: state.join(CARDS) }
    }

    fn place(&self, print: Fingerprint) -> PathBuf {
        self.folder.join(format!("{print}.png"))
    }
}

impl Stash for Cards {
    fn get(&self, print: Fingerprint) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.place(print)).ok()?;
        let at = bytes.len().checked_sub(32)?;
        let seal = bytes.split_off(at);
        (Fingerprint::of(&bytes).to_string().as_bytes() == seal).then_some(bytes)
    }

    fn put(&self, print: Fingerprint, bytes: &[u8]) {
        let place = self.place(print);
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
}

/// Removes the cards that are kept.
pub fn clean(state: &Path) {
    let _ = fs::remove_dir_all(state.join(CARDS));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_damaged_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let cards = Cards::new(folder.path());
        let print = Fingerprint::of(b"x");
        assert_eq!(cards.get(print), None);
        cards.put(print, b"picture");
        assert_eq!(cards.get(print).as_deref(), Some(&b"picture"[..]));
        let file = cards.place(print);
        let whole = fs::read(&file).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[1..], &[][..], &[0; 40][..]] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(cards.get(print), None);
        }
        let mut flipped = whole.clone();
        flipped[2] ^= 1;
        fs::write(&file, flipped).unwrap();
        assert_eq!(cards.get(print), None);
        cards.put(print, b"picture");
        assert!(cards.get(print).is_some());
        clean(folder.path());
        assert!(!file.exists());
    }
}

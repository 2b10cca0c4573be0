//! What changes of a file when it is written or put in the place of another, as the system
//! tells without opening it.

use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A file's stamp. While it is the same the file is, unless it was read within moments of
/// being written: see [`Stamp::is_settled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    len: u64,
    /// When its content was changed, in nanoseconds since 1970. People set this at will.
    modified: i128,
    /// When anything of it was changed, in nanoseconds since 1970; zero where it is not kept.
    changed: i128,
    identity: u64,
}

impl Stamp {
    /// Some file systems count time in steps of two seconds: within one step a file can change
    /// and keep its stamp.
    const STEP: i128 = 2_000_000_000;

    /// The stamp of a file, of what the system says about it.
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let (identity, changed) = {
            use std::os::unix::fs::MetadataExt;
            let (seconds, nanoseconds) = (i128::from(metadata.ctime()), i128::from(metadata.ctime_nsec()));
            (metadata.ino(), seconds * 1_000_000_000 + nanoseconds)
        };
        #[cfg(not(unix))]
        let (identity, changed) = (0, 0);
        let modified = metadata.modified().map_or(0, nanoseconds);
        Self { len: metadata.len(), modified, changed, identity }
    }

    /// Whether a file that was read at a moment, in nanoseconds since 1970, can be told by its
    /// stamp from every later state of it.
    pub fn is_settled(&self, read_at: i128) -> bool {
        self.modified.max(self.changed) + Self::STEP < read_at
    }
}

/// A moment in nanoseconds since 1970.
pub fn nanoseconds(moment: SystemTime) -> i128 {
    match moment.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}

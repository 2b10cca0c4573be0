//! What changes of a file when it is written or put in the place of another, as the system
//! tells without opening it.

use serde::{Deserialize, Serialize};

/// A file's stamp. While it is the same the file is, unless it was read within moments of
/// being written: see [`Stamp::is_settled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its length in bytes.
    pub len: u64,
    /// When its content was changed, in nanoseconds since 1970. People set this at will.
    pub modified: i128,
    /// When anything of it was changed, in nanoseconds since 1970; zero where it is not kept.
    pub changed: i128,
    /// Its inode, or zero where there is none.
    pub identity: u64,
}

impl Stamp {
    /// Some file systems count time in steps of two seconds: within one step a file can change
    /// and keep its stamp.
    const STEP: i128 = 2_000_000_000;

    /// Whether a file that was read at a moment, in nanoseconds since 1970, can be told by its
    /// stamp from every later state of it.
    pub fn is_settled(&self, read_at: i128) -> bool {
        self.modified.max(self.changed) + Self::STEP < read_at
    }
}

//! File stamps: the metadata by which a changed file is recognised without opening it.

use serde::{Deserialize, Serialize};

/// Length, times and inode of a file. As long as they stay equal the content does, unless the file
/// was read within moments of being written: see [`Stamp::is_settled`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Length in bytes.
    pub len: u64,
    /// Modification time (mtime) in nanoseconds since 1970. Users can set it at will.
    pub modified: i128,
    /// Time of the last change of content or metadata (ctime), in nanoseconds since 1970; zero
    /// where the system keeps none.
    pub changed: i128,
    /// Inode number, or zero where there is none.
    pub identity: u64,
}

impl Stamp {
    /// Coarsest time resolution of common file systems, in nanoseconds (FAT: two seconds). Within
    /// one step a file can change and keep its stamp.
    const RESOLUTION: i128 = 2_000_000_000;

    /// Whether every later change will show in the stamp of a file that was read at `read_at`, in
    /// nanoseconds since 1970.
    pub fn is_settled(&self, read_at: i128) -> bool {
        self.modified.max(self.changed) + Self::RESOLUTION < read_at
    }
}

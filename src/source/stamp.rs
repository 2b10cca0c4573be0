//! File stamps, made of file system metadata.

use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

use pingmark_core::stamp::Stamp;

/// Makes a file's stamp from its metadata. Inode and change time are 0 where the system has none.
pub fn stamp_of(metadata: &Metadata) -> Stamp {
    #[cfg(unix)]
    let (identity, changed) = {
        use std::os::unix::fs::MetadataExt;
        let (seconds, nanoseconds) = (i128::from(metadata.ctime()), i128::from(metadata.ctime_nsec()));
        (metadata.ino(), seconds * 1_000_000_000 + nanoseconds)
    };
    #[cfg(not(unix))]
    let (identity, changed) = (0, 0);
    let modified = metadata.modified().map_or(0, nanoseconds);
    Stamp { len: metadata.len(), modified, changed, identity }
}

/// Converts a time to nanoseconds since 1970; negative before that.
pub fn nanoseconds(moment: SystemTime) -> i128 {
    match moment.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}

//! Syncing: written data reach the disk before the record that names them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

/// Up to this many files are synced one by one, so that other programs' data are not waited for.
const FEW: usize = 64;

/// Waits until the data of files in `folder` are on the disk. Best effort where the system has no such
/// call.
pub(super) fn sync(folder: &Path, files: &[PathBuf]) -> io::Result<()> {
    if files.len() > FEW && sync_file_system(folder)? {
        return Ok(());
    }
    files.par_iter().try_for_each(|file| match File::open(file).and_then(|file| file.sync_data()) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        synced => synced,
    })
}

/// Syncs the whole file system that a folder is on. False if there is no such call.
#[cfg(target_os = "linux")]
fn sync_file_system(folder: &Path) -> io::Result<bool> {
    rustix::fs::syncfs(File::open(folder)?)?;
    Ok(true)
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(_: &Path) -> io::Result<bool> {
    Ok(false)
}

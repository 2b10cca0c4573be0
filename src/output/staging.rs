//! The staging folder, into which a build writes before it publishes: beside the output folder, or
//! inside it where the system allows no other place on the same file system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::PublishError;
use super::fault_injection::checkpoint;

/// Beginning of the name of a staging folder inside an output folder.
const INSIDE: &str = ".pingmark-";

/// A staging folder. Removed when dropped, with what is left in it.
#[derive(Debug)]
pub(super) struct Staging {
    /// The folder.
    pub folder: PathBuf,
    /// Whether it lies inside the output folder.
    pub inside: bool,
}

impl Staging {
    /// Creates the staging folder of an output folder, and removes those of killed builds. The caller
    /// holds the lock, so none of them is in use.
    pub(super) fn create(output: &Path) -> Result<Self, PublishError> {
        let failed = |folder: &Path, error| PublishError::Io(folder.to_path_buf(), error);
        for folder in of(output) {
            let _ = fs::remove_dir_all(folder);
        }
        let beside = output.with_file_name(format!("{}{}", name_beside(output), std::process::id()));
        if !is_mounted(output) {
            match checkpoint().and_then(|()| fs::create_dir(&beside)) {
                Ok(()) => return Ok(Self { folder: beside, inside: false }),
                // Only the output folder may be written to.
                Err(error) if is_refused(&error) && output.is_dir() => {}
                Err(error) => return Err(failed(&beside, error)),
            }
        }
        let inside = output.join(format!("{INSIDE}{}", std::process::id()));
        checkpoint().and_then(|()| fs::create_dir(&inside)).map_err(|error| failed(&inside, error))?;
        Ok(Self { folder: inside, inside: true })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Staged files after a failure, empty folders after a commit.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whether the system refuses to write to a folder. Injected faults do not count.
fn is_refused(error: &io::Error) -> bool {
    let refused = [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem];
    error.raw_os_error().is_some() && refused.contains(&error.kind())
}

/// Whether a folder is on another file system than the folder around it. Files cannot be moved from one
/// to the other.
#[cfg(unix)]
fn is_mounted(output: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).ok().map(|metadata| metadata.dev());
    let around = output.parent().and_then(device);
    device(output).is_some_and(|own| around.is_some_and(|around| around != own))
}

#[cfg(not(unix))]
fn is_mounted(_: &Path) -> bool {
    false
}

/// Whether a name in an output folder is that of a staging folder.
pub(super) fn is_staging(name: &str) -> bool {
    name.strip_prefix(INSIDE).is_some_and(is_number)
}

/// The staging folders of an output folder, whether their builds are running or were killed.
pub(super) fn of(output: &Path) -> impl Iterator<Item = PathBuf> {
    let beside = output.parent().into_iter().map(|parent| (parent.to_path_buf(), name_beside(output)));
    let inside = std::iter::once((output.to_path_buf(), INSIDE.to_owned()));
    beside.chain(inside).flat_map(|(folder, prefix)| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(move |entry| {
            let name = entry.file_name();
            is_number(name.to_str()?.strip_prefix(&prefix)?).then(|| entry.path())
        })
    })
}

fn name_beside(output: &Path) -> String {
    let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!(".{name}.pingmark-")
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

//! Reads and changes single files of a site's folder. Files are written atomically, and links are
//! never followed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use pingmark_core::path::{SitePath, composed};
use pingmark_core::site_files;

use super::AuthoringError;

/// Mentions are read up to this size, in bytes; a larger file counts as unreadable.
const MAX: u64 = 4 * 1024 * 1024;
/// Folders of mentions may be nested this deep.
const MAX_DEPTH: usize = 4;

/// A site's folder.
#[derive(Clone, Debug)]
pub struct SiteFolder {
    root: PathBuf,
}

impl SiteFolder {
    /// Opens a folder. Reads nothing yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// All mention files with their texts, sorted by path. Invalid UTF-8 is replaced by U+FFFD.
    pub fn mentions(&self) -> Result<Vec<(SitePath, String)>, AuthoringError> {
        self.files(site_files::MENTIONS)
    }

    /// All YAML files below a folder of the site with their texts, likewise.
    pub fn files(&self, top: &'static str) -> Result<Vec<(SitePath, String)>, AuthoringError> {
        let mut found = Vec::new();
        let top = SitePath::constant(top);
        match fs::symlink_metadata(top.under(&self.root)) {
            Ok(metadata) if metadata.is_dir() => {}
            _ => return Ok(found),
        }
        let mut folders = vec![(top, 0)];
        while let Some((folder, depth)) = folders.pop() {
            let location = folder.under(&self.root);
            let failed = |error| AuthoringError::Io(location.clone(), error);
            for entry in fs::read_dir(&location).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name();
                let Some(path) = name.to_str().and_then(|name| folder.join(name).ok()) else { continue };
                let kind = entry.file_type().map_err(failed)?;
                if kind.is_dir() && depth < MAX_DEPTH {
                    folders.push((path, depth + 1));
                } else if kind.is_file() && site_files::is_mention(&path) && !path.name().starts_with('.') {
                    let bytes = read_bytes(&entry.path()).map_err(failed)?;
                    found.push((path, String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Reads a file as text.
    pub fn read(&self, path: &SitePath) -> Result<String, AuthoringError> {
        let location = self.inside(path)?;
        fs::read_to_string(&location).map_err(|error| AuthoringError::Io(location, error))
    }

    /// Replaces the text of a file. Fails if the file no longer contains `old`.
    pub fn replace(&self, path: &SitePath, old: &str, new: &str) -> Result<(), AuthoringError> {
        let location = self.inside(path)?;
        let failed = |error| AuthoringError::Io(location.clone(), error);
        if fs::read(&location).map_err(failed)? != old.as_bytes() {
            return Err(AuthoringError::Changed(path.clone()));
        }
        let temporary = write_beside(&location, new).map_err(failed)?;
        let permissions = fs::metadata(&location).map_err(failed)?.permissions();
        let moved =
            fs::set_permissions(&temporary, permissions).and_then(|()| fs::rename(&temporary, &location));
        moved.map_err(|error| {
            let _ = fs::remove_file(&temporary);
            AuthoringError::Io(location.clone(), error)
        })
    }

    /// Writes a new file and its folders. Returns false if there is already a file of that name.
    pub fn create(&self, path: &SitePath, text: &str) -> Result<bool, AuthoringError> {
        let location = self.inside(path)?;
        let failed = |error| AuthoringError::Io(location.clone(), error);
        if let Some(folder) = location.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        if fs::symlink_metadata(&location).is_ok() {
            return Ok(false);
        }
        let temporary = write_beside(&location, text).map_err(failed)?;
        // Unlike a rename, a hard link never replaces a file that was created in the meantime.
        let linked = fs::hard_link(&temporary, &location);
        let made = match linked {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            // Not every file system has hard links.
            Err(_) => fs::rename(&temporary, &location).map(|()| true),
        };
        let _ = fs::remove_file(&temporary);
        made.map_err(failed)
    }

    /// Bytes of a file; `None` if there is none.
    pub fn bytes(&self, path: &SitePath) -> Result<Option<Vec<u8>>, AuthoringError> {
        let location = self.inside(path)?;
        match fs::read(&location) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(AuthoringError::Io(location, error)),
        }
    }

    /// Writes a file, whatever was there, and its folders. The file is whole at every moment, but not synced
    /// to the disk: for thousands of files at once.
    pub fn put(&self, path: &SitePath, bytes: &[u8]) -> Result<(), AuthoringError> {
        let location = self.inside(path)?;
        let failed = |error| AuthoringError::Io(location.clone(), error);
        // A fixed name, so that what an interrupted run left is used up by the next one.
        let temporary = location.with_file_name(format!(".{}.import.tmp", path.name()));
        if let Err(error) = fs::write(&temporary, bytes) {
            let Some(folder) = location.parent().filter(|_| error.kind() == ErrorKind::NotFound) else {
                return Err(failed(error));
            };
            fs::create_dir_all(folder).map_err(failed)?;
            fs::write(&temporary, bytes).map_err(failed)?;
        }
        fs::rename(&temporary, &location).map_err(|error| {
            let _ = fs::remove_file(&temporary);
            AuthoringError::Io(location.clone(), error)
        })
    }

    /// Copies a file from elsewhere to a path where there is none. Returns whether it did.
    pub fn copy(&self, from: &Path, path: &SitePath) -> Result<bool, AuthoringError> {
        let location = self.inside(path)?;
        let failed = |error| AuthoringError::Io(location.clone(), error);
        if fs::symlink_metadata(&location).is_ok() {
            return Ok(false);
        }
        if let Some(folder) = location.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let temporary = location.with_file_name(format!(".{}.import.tmp", path.name()));
        let copied = fs::copy(from, &temporary).and_then(|_| fs::rename(&temporary, &location));
        copied.map(|()| true).map_err(|error| {
            let _ = fs::remove_file(&temporary);
            AuthoringError::Io(location.clone(), error)
        })
    }

    /// Removes a file, and its folder if that is then empty.
    pub fn remove(&self, path: &SitePath) -> Result<(), AuthoringError> {
        let location = self.inside(path)?;
        fs::remove_file(&location).map_err(|error| AuthoringError::Io(location.clone(), error))?;
        if path.parent() != site_files::MENTIONS
            && let Some(folder) = location.parent()
        {
            // Fails if the folder is not empty.
            let _ = fs::remove_dir(folder);
        }
        Ok(())
    }

    /// The location of a path. Fails if the path leads through a link.
    fn inside(&self, path: &SitePath) -> Result<PathBuf, AuthoringError> {
        let mut location = self.root.clone();
        for component in path.components() {
            location.push(component);
            if !component.is_ascii()
                && fs::symlink_metadata(&location).is_err()
                && let Some(name) = composed_otherwise(&location, component)
            {
                location.set_file_name(name);
            }
            if fs::symlink_metadata(&location).is_ok_and(|metadata| metadata.is_symlink()) {
                return Err(AuthoringError::BehindLink(path.clone()));
            }
        }
        Ok(location)
    }
}

/// The name on disk of a file whose accents are composed in another way than in `name`.
fn composed_otherwise(location: &Path, name: &str) -> Option<OsString> {
    let names = fs::read_dir(location.parent()?).ok()?.flatten().map(|entry| entry.file_name());
    names.into_iter().find(|found| found.to_str().is_some_and(|found| composed(found) == name))
}

fn read_bytes(location: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(location)?.take(MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a temporary file beside another one, under a name that builds ignore, and syncs it.
fn write_beside(location: &Path, text: &str) -> io::Result<PathBuf> {
    let name = location.file_name().unwrap_or_default().to_string_lossy();
    let temporary = location.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let _ = fs::remove_file(&temporary);
    let written = File::create_new(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(temporary),
        Err(error) => {
            let _ = fs::remove_file(&temporary);
            Err(error)
        }
    }
}

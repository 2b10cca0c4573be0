//! Safety checks of the output folder: where it may lie, and links inside it.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use pingmark_core::path::SitePath;

use super::disk::{PublishError, STATE};

/// Checks an output folder, which need not exist yet, and returns its path with links followed.
/// Refuses a folder that contains the site's sources or lies inside them, a home folder, a file, and
/// a link that leads out of the site.
pub(super) fn check_output_folder(root: &Path, output: &Path) -> Result<PathBuf, PublishError> {
    let absolute =
        std::path::absolute(output).map_err(|error| PublishError::Io(output.to_path_buf(), error))?;
    let (real_root, real) = (real_absolute(root), real(&absolute));
    let refuse = |reason| Err(PublishError::Dangerous(output.to_path_buf(), reason));
    if real_root.starts_with(&real) {
        return refuse("it contains the site's sources");
    }
    for folder in ["content", "static", "templates", "themes", "data", "mentions", STATE] {
        if real.starts_with(real_root.join(folder)) {
            return refuse("it is inside the site's sources");
        }
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    if real.parent().is_none() || home.is_some_and(|home| self::real(&home) == real) {
        return refuse("it is a home folder or the root of the file system");
    }
    // A link out of the site would publish to a place that the path does not show.
    if lexical(&absolute).starts_with(&real_root) && !real.starts_with(&real_root) {
        return refuse("it is a link that leads out of the site");
    }
    if real.exists() && !real.is_dir() {
        return refuse("it is a file");
    }
    Ok(real)
}

/// The absolute path of the site's folder with its links followed. Without a current folder the path stays
/// relative.
pub(super) fn real_absolute(root: &Path) -> PathBuf {
    real(&std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf()))
}

/// Follows the links of a path as far as it exists, and keeps the rest as written.
pub(super) fn real(path: &Path) -> PathBuf {
    let mut known = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => _ = known.pop(),
            other => known.push(other),
        }
        if let Ok(followed) = known.canonicalize() {
            known = followed;
        }
    }
    known
}

/// Resolves the `..` of a path without following links.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => _ = plain.pop(),
            other => plain.push(other),
        }
    }
    plain
}

/// Finds links among the folders inside an output folder. Nothing is read, written or removed
/// through a link. Each folder is checked once.
#[derive(Debug)]
pub(super) struct LinkCheck {
    output: PathBuf,
    known: Mutex<HashMap<String, bool>>,
}

impl LinkCheck {
    pub(super) fn new(output: &Path) -> Self {
        Self { output: output.to_path_buf(), known: Mutex::default() }
    }

    /// The first parent folder of a path that is really a link or a file.
    pub(super) fn link_above(&self, path: &SitePath) -> Option<PathBuf> {
        let folders = path.as_str().match_indices('/').map(|(at, _)| &path.as_str()[..at]);
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        folders
            .into_iter()
            .find(|folder| {
                if let Some(is_link) = known.get(*folder) {
                    return *is_link;
                }
                let metadata = fs::symlink_metadata(self.output.join(folder));
                let is_link = metadata.is_ok_and(|metadata| !metadata.is_dir());
                known.insert((*folder).to_owned(), is_link);
                is_link
            })
            .map(|folder| self.output.join(folder))
    }
}

//! What must never be written into: the check of an output folder before it is opened.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use pingmark_core::path::SitePath;

use super::disk::{PublishError, STATE};

/// The real place of an output folder, which need not exist yet; refused when it is, or lies
/// in, or holds what is not ours to write.
pub(super) fn output_folder(root: &Path, output: &Path) -> Result<PathBuf, PublishError> {
    let absolute =
        std::path::absolute(output).map_err(|error| PublishError::Io(output.to_path_buf(), error))?;
    let (real_root, real) = (real(&std::path::absolute(root).unwrap_or_default()), real(&absolute));
    let refuse = |reason| Err(PublishError::Dangerous(output.to_path_buf(), reason));
    if real_root.starts_with(&real) {
        return refuse("the site's own sources lie in it");
    }
    for folder in ["content", "static", "templates", "themes", "data", "mentions", STATE] {
        if real.starts_with(real_root.join(folder)) {
            return refuse("it lies among the site's sources");
        }
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    if real.parent().is_none() || home.is_some_and(|home| self::real(&home) == real) {
        return refuse("it is somebody's home");
    }
    // A link out of the site would publish somewhere else than it seems.
    if lexical(&absolute).starts_with(&real_root) && !real.starts_with(&real_root) {
        return refuse("it is a link that leads out of the site");
    }
    if real.exists() && !real.is_dir() {
        return refuse("it is a file");
    }
    Ok(real)
}

/// A path with its links followed, as far as it exists; the rest as it reads.
fn real(path: &Path) -> PathBuf {
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

/// A path with its `..` taken back, links not followed.
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

/// Links among the folders of an output folder: nothing is read, written or removed through
/// them. Each folder is looked at once.
#[derive(Debug)]
pub(super) struct Links {
    output: PathBuf,
    known: Mutex<HashMap<String, bool>>,
}

impl Links {
    pub(super) fn below(output: &Path) -> Self {
        Self { output: output.to_path_buf(), known: Mutex::default() }
    }

    /// The first link, or file, among the folders that lead to a path.
    pub(super) fn before(&self, path: &SitePath) -> Option<PathBuf> {
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

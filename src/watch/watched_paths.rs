//! Decides which paths are watched: the site's sources, without the files that editors and other
//! programs leave among them.

use std::io;
use std::path::{Path, PathBuf};

use pingmark_core::site_files;

use crate::source::disk::{FOLDERS, TOP_FILES, is_clutter_name};

/// The paths of a site that matter to the watch, with links followed.
#[derive(Clone, Debug)]
pub(super) struct WatchedPaths {
    pub root: PathBuf,
    /// A file read in place of `pingmark.yaml`.
    pub config: Option<PathBuf>,
    output: PathBuf,
    /// Lock file that exists while git writes the work tree.
    git_lock: Option<PathBuf>,
}

impl WatchedPaths {
    pub(super) fn new(root: &Path, config: Option<&Path>, output: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        // Only the folder is resolved: the file itself may be a link, or be replaced by one.
        let config = config.map(|file| -> io::Result<PathBuf> {
            let absolute = std::path::absolute(file)?;
            match (absolute.parent(), absolute.file_name()) {
                (Some(folder), Some(name)) => Ok(folder.canonicalize()?.join(name)),
                _ => Ok(absolute),
            }
        });
        let config = config.transpose()?.filter(|file: &PathBuf| *file != root.join(site_files::CONFIG));
        let output = std::path::absolute(output)?;
        let output = output.canonicalize().unwrap_or(output);
        let git = root.ancestors().map(|folder| folder.join(".git")).find(|folder| folder.is_dir());
        let git_lock = git.map(|git| git.join("index.lock"));
        Ok(Self { root, config, output, git_lock })
    }

    /// The source folders, which are watched recursively.
    pub(super) fn folders(&self) -> impl Iterator<Item = PathBuf> {
        FOLDERS.iter().map(|name| self.root.join(name))
    }

    /// Whether git is changing files, for example in a checkout.
    pub(super) fn git_is_writing(&self) -> bool {
        self.git_lock.as_ref().is_some_and(|lock| lock.exists())
    }

    /// Whether a change of this file or folder may change the site.
    pub(super) fn includes(&self, path: &Path) -> bool {
        if self.config.as_deref() == Some(path) {
            return true;
        }
        let Ok(below) = path.strip_prefix(&self.root) else { return false };
        let mut names = below.iter().map(|name| name.to_string_lossy());
        let Some(top) = names.next() else { return false };
        if !FOLDERS.contains(&top.as_ref()) {
            return TOP_FILES.contains(&top.as_ref()) && names.next().is_none();
        }
        !path.starts_with(&self.output) && !names.any(|name| is_clutter_name(&name, &top))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_included_and_clutter_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let paths = WatchedPaths::new(&root, None, &root.join("static/out")).unwrap();
        for path in
            ["content", "content/a/b.md", "static/.well-known/x", "pingmark.yaml", "sources.yaml", "themes/t"]
        {
            assert!(paths.includes(&root.join(path)), "{path}");
        }
        for path in [
            "",
            "public/index.html",
            ".git/index",
            ".pingmark/lock",
            "content/.a.md.swp",
            "content/4913",
            "content/a.md~",
            "static/out/x",
            "README.md",
            "pingmark.yaml/x",
            "static/.git/x",
        ] {
            assert!(!paths.includes(&root.join(path)), "{path}");
        }
        assert!(!paths.includes(Path::new("/elsewhere/content/a.md")));
    }
}

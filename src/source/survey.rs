//! A list of a site's files with their stamps, to find changes without opening a file: for
//! polling, and for changes that the system did not report.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use pingmark_core::stamp::Stamp;

use super::disk::{FOLDERS, TOP_FILES, is_clutter_name};
use super::stamp::stamp_of;

/// Deeper folders are skipped: links that lead in a circle.
const DEEPEST: usize = 64;

/// The files of a site with their stamps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    root: PathBuf,
    config: Option<PathBuf>,
    files: BTreeMap<PathBuf, Stamp>,
}

impl Survey {
    /// Scans a whole site. `config` is the file read in place of its `pingmark.yaml`.
    pub fn of(root: &Path, config: Option<&Path>) -> Self {
        let mut survey =
            Self { root: root.to_path_buf(), config: config.map(Path::to_path_buf), files: BTreeMap::new() };
        survey.rescan();
        survey
    }

    /// Scans everything again and returns the files that were added, changed or removed.
    pub fn rescan(&mut self) -> Vec<PathBuf> {
        let mut files = BTreeMap::new();
        let tops = TOP_FILES.iter().chain(&FOLDERS).map(|name| self.root.join(name));
        for top in tops.chain(self.config.clone()) {
            self.collect(&top, 0, &mut files);
        }
        let before = std::mem::replace(&mut self.files, files);
        differences(&before, &self.files)
    }

    /// Like [`Survey::rescan`], for some files and folders only.
    pub fn rescan_paths<'p>(&mut self, paths: impl IntoIterator<Item = &'p PathBuf>) -> Vec<PathBuf> {
        let (mut before, mut now) = (BTreeMap::new(), BTreeMap::new());
        for path in paths {
            let inside = self.files.range::<Path, _>((Bound::Included(path.as_path()), Bound::Unbounded));
            let inside = inside.take_while(|(file, _)| file.starts_with(path));
            before.extend(inside.map(|(file, stamp)| (file.clone(), *stamp)));
            self.collect(path, 0, &mut now);
        }
        self.files.retain(|file, _| !before.contains_key(file));
        self.files.extend(now.iter().map(|(file, stamp)| (file.clone(), *stamp)));
        differences(&before, &now)
    }

    fn collect(&self, path: &Path, depth: usize, found: &mut BTreeMap<PathBuf, Stamp>) {
        let Ok(metadata) = fs::metadata(path) else { return };
        if !metadata.is_dir() {
            found.insert(path.to_path_buf(), stamp_of(&metadata));
            return;
        }
        let folder = path.strip_prefix(&self.root).ok().and_then(|below| below.iter().next());
        let folder = folder.and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            if depth < DEEPEST && !is_clutter_name(&entry.file_name().to_string_lossy(), &folder) {
                self.collect(&entry.path(), depth + 1, found);
            }
        }
    }
}

fn differences(before: &BTreeMap<PathBuf, Stamp>, now: &BTreeMap<PathBuf, Stamp>) -> Vec<PathBuf> {
    let new = now.iter().filter(|(path, stamp)| before.get(*path) != Some(stamp));
    let gone = before.iter().filter(|(path, _)| !now.contains_key(*path));
    new.chain(gone).map(|(path, _)| path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rescan_finds_what_changed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let posts = root.join("content/posts");
        fs::create_dir_all(&posts).unwrap();
        fs::write(posts.join("un.md"), "un").unwrap();
        fs::write(posts.join("deux.md"), "deux").unwrap();
        fs::create_dir_all(root.join("public")).unwrap();
        let mut survey = Survey::of(root, None);
        assert!(survey.rescan().is_empty());
        fs::write(posts.join("un.md"), "un, changé").unwrap();
        fs::remove_file(posts.join("deux.md")).unwrap();
        fs::write(posts.join("trois.md"), "").unwrap();
        fs::write(posts.join("trois.md~"), "").unwrap();
        fs::write(root.join("public/x"), "").unwrap();
        let mut half = survey.clone();
        assert_eq!(half.rescan_paths([&posts.join("trois.md")]), [posts.join("trois.md")]);
        assert_eq!(half.rescan().len(), 2);
        let mut all = survey.rescan_paths([&root.join("content")]);
        all.sort();
        assert_eq!(all, [posts.join("deux.md"), posts.join("trois.md"), posts.join("un.md")]);
        assert_eq!(survey, half);
        fs::remove_dir_all(root.join("content")).unwrap();
        assert_eq!(survey.rescan().len(), 2);
    }
}

//! A table of the served files by path: a large base that is shared between snapshots, and a
//! small overlay of changes.

use std::collections::HashMap;
use std::sync::Arc;

use pingmark_core::fingerprint::FastHash;
use pingmark_core::path::SitePath;

use super::snapshot::ServedFile;

/// A hash map by path.
pub(super) type Table<T> = HashMap<SitePath, T, FastHash>;

/// The base is rebuilt when more than one file in this many has changed.
const MAX_OVERLAY_SHARE: usize = 8;

/// The files of a site. Changes go into an overlay, so that a small change does not copy the table
/// of a large site.
#[derive(Clone, Debug, Default)]
pub(super) struct FileTable {
    base: Arc<Table<Arc<ServedFile>>>,
    /// Changes since the base was built; `None` for a removed file.
    overlay: Table<Option<Arc<ServedFile>>>,
    len: usize,
}

impl FileTable {
    /// A table without an overlay.
    pub(super) fn new(files: Table<Arc<ServedFile>>) -> Self {
        Self { len: files.len(), base: files.into(), overlay: Table::default() }
    }

    /// A copy of the table with some files replaced or added and others removed.
    pub(super) fn with(&self, others: Table<Arc<ServedFile>>, gone: &[SitePath]) -> Self {
        let mut next = self.clone();
        next.overlay.extend(others.into_iter().map(|(path, file)| (path, Some(file))));
        next.overlay.extend(gone.iter().map(|path| (path.clone(), None)));
        if next.overlay.len() > self.base.len() / MAX_OVERLAY_SHARE {
            return Self::new(next.iter().map(|(path, file)| (path.clone(), file.clone())).collect());
        }
        let is_new =
            |(path, file): &(&SitePath, &Option<_>)| file.is_some() && !self.base.contains_key(path.as_str());
        let is_gone =
            |(path, file): &(&SitePath, &Option<_>)| file.is_none() && self.base.contains_key(path.as_str());
        let (new, gone) =
            (next.overlay.iter().filter(is_new).count(), next.overlay.iter().filter(is_gone).count());
        next.len = self.base.len() + new - gone;
        next
    }

    /// Looks up a file by path.
    pub(super) fn get(&self, path: &str) -> Option<(&SitePath, &Arc<ServedFile>)> {
        match self.overlay.get_key_value(path) {
            Some((path, file)) => file.as_ref().map(|file| (path, file)),
            None => self.base.get_key_value(path),
        }
    }

    /// All files, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&SitePath, &Arc<ServedFile>)> {
        let overlay = self.overlay.iter().filter_map(|(path, file)| Some((path, file.as_ref()?)));
        overlay.chain(self.base.iter().filter(|(path, _)| !self.overlay.contains_key(path.as_str())))
    }

    /// Number of files.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}

//! The files of a site by their paths: many that stay from build to build, and the few that
//! came since.

use std::collections::HashMap;
use std::sync::Arc;

use pingmark_core::fingerprint::FastHash;
use pingmark_core::path::SitePath;

use super::snapshot::Entry;

/// A table by path.
pub(super) type Table<T> = HashMap<SitePath, T, FastHash>;

/// With more changes than one for so many files, the whole table is laid anew.
const SHARE: usize = 8;

/// The files of a site. Those that change together are laid over those that stay, so that a small
/// change does not copy the table of a large site.
#[derive(Clone, Debug, Default)]
pub(super) struct FileTable {
    base: Arc<Table<Arc<Entry>>>,
    /// What has changed since: nothing where a file is gone.
    since: Table<Option<Arc<Entry>>>,
    len: usize,
}

impl FileTable {
    /// Those files.
    pub fn new(files: Table<Arc<Entry>>) -> Self {
        Self { len: files.len(), base: files.into(), since: Table::default() }
    }

    /// The same files, but for some that are others and some that are gone.
    pub fn with(&self, others: Table<Arc<Entry>>, gone: &[SitePath]) -> Self {
        let mut next = self.clone();
        next.since.extend(others.into_iter().map(|(path, entry)| (path, Some(entry))));
        next.since.extend(gone.iter().map(|path| (path.clone(), None)));
        if next.since.len() > self.base.len() / SHARE {
            return Self::new(next.iter().map(|(path, entry)| (path.clone(), entry.clone())).collect());
        }
        let is_new = |(path, entry): &(&SitePath, &Option<_>)| {
            entry.is_some() && !self.base.contains_key(path.as_str())
        };
        let is_gone = |(path, entry): &(&SitePath, &Option<_>)| {
            entry.is_none() && self.base.contains_key(path.as_str())
        };
        let (new, gone) =
            (next.since.iter().filter(is_new).count(), next.since.iter().filter(is_gone).count());
        next.len = self.base.len() + new - gone;
        next
    }

    /// A file, with its path.
    pub fn get(&self, path: &str) -> Option<(&SitePath, &Arc<Entry>)> {
        match self.since.get_key_value(path) {
            Some((path, entry)) => entry.as_ref().map(|entry| (path, entry)),
            None => self.base.get_key_value(path),
        }
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&SitePath, &Arc<Entry>)> {
        let since = self.since.iter().filter_map(|(path, entry)| Some((path, entry.as_ref()?)));
        since.chain(self.base.iter().filter(|(path, _)| !self.since.contains_key(path.as_str())))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }
}

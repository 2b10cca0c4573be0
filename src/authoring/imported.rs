//! Files of an import, and the record of them.
//!
//! The record, `import.lock`, has the fingerprint of each file as the import wrote it. A file that differs from
//! its fingerprint was edited, and is kept. The record stands beside `pingmark.yaml` and is meant to be
//! committed: in a fresh clone the next import still knows what was edited, which it could not from
//! `.pingmark/`, which is left out of repositories.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_import::file::NewFile;

use super::AuthoringError;
use super::site_folder::SiteFolder;

/// Name of the record.
pub const RECORD: &str = "import.lock";
/// First line of the record.
const HEAD: &str = "# What `pingmark import` wrote: fingerprint and file. A file that differs from its fingerprint was edited, and is kept.\n";

/// Writer of an import's files.
#[derive(Debug)]
pub struct ImportWriter {
    folder: SiteFolder,
    /// Folder that files are written to instead, for a rehearsal.
    rehearsal: Option<SiteFolder>,
    before: BTreeMap<String, String>,
    record: BTreeMap<String, String>,
    /// What happened.
    pub done: Written,
}

/// What happened to the files of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Number of new files.
    pub new: usize,
    /// Number of files that were replaced: they were as an earlier import wrote them.
    pub replaced: usize,
    /// Number of files that were the same already.
    pub unchanged: usize,
    /// Files that were edited, or that no import wrote; they were kept.
    pub edited: Vec<SitePath>,
    /// Files that an earlier import wrote and somebody deleted; they stay deleted.
    pub deleted: Vec<SitePath>,
}

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    New,
    Replaced,
    Unchanged,
    Edited,
    Deleted,
}

impl ImportWriter {
    /// Opens a site's folder. With `rehearsal`, nothing is written there: files go to that folder instead.
    pub fn open(root: PathBuf, rehearsal: Option<PathBuf>) -> Result<Self, AuthoringError> {
        let folder = SiteFolder::new(root);
        let text = folder.bytes(&SitePath::constant(RECORD))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines =
            text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
        let before: BTreeMap<String, String> =
            lines.map(|(fingerprint, path)| (path.to_owned(), fingerprint.to_owned())).collect();
        let rehearsal = rehearsal.map(SiteFolder::new);
        Ok(Self { folder, rehearsal, record: before.clone(), before, done: Written::default() })
    }

    /// Text of a file of the site that an import did not write, or that was edited since.
    pub fn edited(&self, path: &SitePath) -> Result<Option<String>, AuthoringError> {
        let Some(bytes) = self.folder.bytes(path)? else { return Ok(None) };
        let is_own = self.before.get(path.as_str()).is_some_and(|known| *known == fingerprint(&bytes));
        Ok((!is_own).then(|| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Writes files, except for those that were edited.
    pub fn write(&mut self, files: Vec<NewFile>) -> Result<(), AuthoringError> {
        let fates: Vec<Result<Fate, AuthoringError>> = files.par_iter().map(|file| self.one(file)).collect();
        for (file, fate) in files.into_iter().zip(fates) {
            let NewFile { path, text } = file;
            match fate? {
                Fate::New => self.done.new += 1,
                Fate::Replaced => self.done.replaced += 1,
                Fate::Unchanged => self.done.unchanged += 1,
                Fate::Edited => {
                    self.done.edited.push(path);
                    continue;
                }
                Fate::Deleted => {
                    self.done.deleted.push(path);
                    continue;
                }
            }
            self.record.insert(path.as_str().to_owned(), fingerprint(text.as_bytes()));
        }
        Ok(())
    }

    fn one(&self, file: &NewFile) -> Result<Fate, AuthoringError> {
        let NewFile { path, text } = file;
        let known = self.before.get(path.as_str());
        let fate = match (self.folder.bytes(path)?, known) {
            (None, None) => Fate::New,
            (None, Some(_)) => Fate::Deleted,
            (Some(bytes), _) if bytes == text.as_bytes() => Fate::Unchanged,
            (Some(bytes), Some(known)) if *known == fingerprint(&bytes) => Fate::Replaced,
            (Some(_), _) => Fate::Edited,
        };
        match &self.rehearsal {
            Some(folder) => folder.put(path, text.as_bytes())?,
            None if matches!(fate, Fate::New | Fate::Replaced) => self.folder.put(path, text.as_bytes())?,
            None => {}
        }
        Ok(fate)
    }

    /// Writes a report, whatever was there.
    pub fn report(&self, path: &SitePath, text: &str) -> Result<(), AuthoringError> {
        let folder = self.rehearsal.as_ref().unwrap_or(&self.folder);
        match folder.bytes(path)? {
            Some(bytes) if bytes == text.as_bytes() => Ok(()),
            _ => folder.put(path, text.as_bytes()),
        }
    }

    /// Writes the record.
    pub fn finish(&self) -> Result<(), AuthoringError> {
        let mut text = HEAD.to_owned();
        for (path, fingerprint) in &self.record {
            text.push_str(&format!("{fingerprint} {path}\n"));
        }
        self.report(&SitePath::constant(RECORD), &text)
    }
}

fn fingerprint(bytes: &[u8]) -> String {
    Fingerprint::of(bytes).to_string()
}

//! The ledgers of a site: `outbox/<slug>.yaml`, what each post told to whom.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_linkback::Ledger;

use super::AuthoringError;
use super::site_folder::SiteFolder;
use crate::output::fault_injection::checkpoint;

/// File that remembers how far other services were read.
const FETCHED: &str = "_fetched.yaml";

/// The ledgers in a site's folder.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: SiteFolder,
    /// Ledgers with the files that they were read from, sorted by path.
    pub ledgers: BTreeMap<SitePath, LedgerFile>,
}

/// A ledger, and the text of its file as it was read or last written.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    /// The ledger.
    pub ledger: Ledger,
    text: Option<String>,
}

impl LedgerFile {
    /// A ledger without a file yet.
    pub fn new(source: &str) -> Self {
        Self { ledger: Ledger::new(source), text: None }
    }
}

impl Outbox {
    /// Reads all ledgers. A ledger that cannot be read is an error: without it, everything in it would be
    /// told again.
    pub fn open(root: PathBuf) -> Result<Self, AuthoringError> {
        let folder = SiteFolder::new(root);
        let mut ledgers = BTreeMap::new();
        for (path, text) in folder.files(site_files::OUTBOX)? {
            if path.name().starts_with('_') {
                continue;
            }
            let ledger =
                Ledger::read(&text).map_err(|reason| AuthoringError::Ledger(path.clone(), reason))?;
            ledgers.insert(path, LedgerFile { ledger, text: Some(text) });
        }
        Ok(Self { folder, ledgers })
    }

    /// The file of the ledger of a post: the one with its address, else a new one named after its slug.
    pub fn file_of(&self, source: &str, slug: &str) -> SitePath {
        let known = self.ledgers.iter().find(|(_, file)| file.ledger.source == source);
        if let Some((path, _)) = known {
            return path.clone();
        }
        let free = |name: String| {
            let path = SitePath::new(&format!("{}/{name}.yaml", site_files::OUTBOX)).ok()?;
            (!self.ledgers.contains_key(&path)).then_some(path)
        };
        let names =
            std::iter::once(slug.to_owned()).chain((2..1000).map(|number| format!("{slug}-{number}")));
        let fallback = || SitePath::constant("outbox/post.yaml");
        names.into_iter().find_map(free).unwrap_or_else(fallback)
    }

    /// A handle that writes single ledgers.
    pub fn writer(&self) -> LedgerWriter {
        LedgerWriter { folder: self.folder.clone() }
    }

    /// How far webmention.io was read: the highest id.
    pub fn fetched(&self) -> Option<u64> {
        let path = SitePath::new(&format!("{}/{FETCHED}", site_files::OUTBOX)).ok()?;
        let text = self.folder.read(&path).ok()?;
        text.lines().find_map(|line| line.strip_prefix("webmention_io: ")?.trim().parse().ok())
    }

    /// Remembers how far webmention.io was read.
    pub fn set_fetched(&self, id: u64) -> Result<(), AuthoringError> {
        let invalid =
            |problem: pingmark_core::path::PathProblem| AuthoringError::Invalid(problem.to_string());
        let path = SitePath::new(&format!("{}/{FETCHED}", site_files::OUTBOX)).map_err(invalid)?;
        let text = format!("# How far `pingmark mentions fetch` read other services.\nwebmention_io: {id}\n");
        let old = self.folder.read(&path).ok();
        match old {
            Some(old) if old == text => Ok(()),
            Some(old) => self.folder.replace(&path, &old, &text),
            None => self.folder.create(&path, &text).map(drop),
        }
    }
}

/// Writes ledgers, atomically.
#[derive(Clone, Debug)]
pub struct LedgerWriter {
    folder: SiteFolder,
}

impl LedgerWriter {
    /// Writes a ledger if it changed. Fails if another program changed the file meanwhile.
    pub fn write(&self, path: &SitePath, file: &mut LedgerFile) -> Result<(), AuthoringError> {
        let text = file.ledger.text();
        if file.text.as_ref() == Some(&text) || (file.text.is_none() && file.ledger.targets.is_empty()) {
            return Ok(());
        }
        let failed = |error| AuthoringError::Io(path.as_str().into(), error);
        checkpoint().map_err(failed)?;
        match &file.text {
            Some(old) => self.folder.replace(path, old, &text)?,
            None if self.folder.create(path, &text)? => {}
            None => return Err(AuthoringError::Changed(path.clone())),
        }
        file.text = Some(text);
        checkpoint().map_err(failed)
    }
}

//! Cache of compiled documents between runs, in the site's `.pingmark/cache`.
//!
//! Receives the sources and the documents of a build. Gives the next run the stamps of files that
//! need not be opened, and the documents that need not be compiled. Uses postcard, and the size and
//! time of the program's own file: a cache written by another build of the program is ignored.
//! Never decides what is up to date: documents are handed over by the fingerprint of their text,
//! and the engine compares fingerprints.
//!
//! A build never needs the cache. If it is missing, damaged or outdated, everything is compiled.

mod index;
mod log;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::raster::Raster;
use pingmark_core::site_files;
use pingmark_core::sources::{CachedFacts, FileFacts, SourceContent, Sources};
use pingmark_core::stamp::Stamp;
use pingmark_document::Document;

use crate::source::stamp::nanoseconds;
use index::{Index, Text};
use log::LogEntry;

/// Name of the cache folder inside the site's state folder.
const FOLDER: &str = "cache";
/// A log is rewritten when less than this share of it is in use.
const MIN_USED: f64 = 0.5;
/// Logs up to this size, in bytes, are never rewritten.
const SMALL_LOG: u64 = 4 << 20;

/// The cache of one site.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    program: Fingerprint,
    index: Index,
    /// A time before the sources were read, in nanoseconds since 1970. Stamps are settled if they
    /// are clearly older.
    opened: i128,
}

/// Documents of an earlier run, each with the fingerprint of its text.
pub type Documents = Vec<(Fingerprint, Arc<Document>)>;

/// Fingerprint of this build of the program: its version, and size and time of its file.
pub fn program() -> Fingerprint {
    let file = std::env::current_exe().and_then(fs::metadata);
    let build = file.and_then(|file| Ok((file.len(), nanoseconds(file.modified()?)))).unwrap_or_default();
    Fingerprint::of_value(&(env!("CARGO_PKG_VERSION"), build))
}

/// Removes the cache of a site. Files of other names are somebody else's and stay.
pub fn remove(state: &Path) -> io::Result<()> {
    let folder = state.join(FOLDER);
    // A link may lead anywhere.
    if folder.is_symlink() {
        return Ok(());
    }
    for entry in fs::read_dir(&folder).into_iter().flatten() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let name = name.to_string_lossy();
        if ["documents-", "index", "lock"].iter().any(|own| name.starts_with(own)) {
            fs::remove_file(path)?;
        }
    }
    // Fails if somebody else's file is in it.
    let _ = fs::remove_dir(&folder);
    Ok(())
}

impl Cache {
    /// Opens the cache in a site's state folder, which need not exist. `now` is the time of the
    /// system clock, in nanoseconds since 1970.
    pub fn open(state: &Path, program: Fingerprint, now: i128) -> Self {
        let folder = state.join(FOLDER);
        let index = Index::read(&folder).filter(|index| index.program == program).unwrap_or_default();
        Self { folder, program, index, opened: now }
    }

    /// Facts about files, valid while their stamps are unchanged.
    pub fn facts(&self) -> CachedFacts {
        let texts = self.index.texts.iter();
        let images = self.index.images.iter();
        CachedFacts {
            texts: texts
                .filter_map(|text| Some((text.path.clone(), (text.stamp?, text.fingerprint))))
                .collect(),
            images: images.map(|(path, stamp, raster)| (path.clone(), (*stamp, raster.clone()))).collect(),
        }
    }

    /// Reads the cached documents of these sources. The first value is the fingerprint of the options
    /// that they were compiled with. Damaged documents are dropped from the index.
    pub fn documents(&mut self, sources: &Sources) -> (Fingerprint, Documents) {
        let is_current = |text: &&Text| {
            let source = sources.files.get(&text.path);
            source.is_some_and(|source| source.content.text_fingerprint() == Some(text.fingerprint))
        };
        let wanted: Vec<(&Text, LogEntry)> = self
            .index
            .texts
            .iter()
            .filter(is_current)
            .filter_map(|text| Some((text, text.document?)))
            .collect();
        let count = wanted.len();
        let documents = log::read(&self.folder, self.index.log, wanted);
        if documents.len() < count {
            let read: HashSet<&SitePath> =
                documents.iter().map(|(_, document)| &document.summary.path).collect();
            self.index
                .texts
                .iter_mut()
                .filter(|text| !read.contains(&text.path))
                .for_each(|text| text.document = None);
        }
        (self.index.options, documents)
    }

    /// Saves the stamps and documents of a build. Does nothing while another process is writing.
    pub fn save(
        &mut self,
        sources: &Sources,
        options: Fingerprint,
        documents: &[Arc<Document>],
    ) -> io::Result<()> {
        let mut texts = self.texts_of(sources);
        let same_options = self.index.options == options;
        let kept: HashMap<&SitePath, &Text> =
            self.index.texts.iter().filter(|_| same_options).map(|text| (&text.path, text)).collect();
        for text in &mut texts {
            let known = kept.get(&text.path).filter(|known| known.fingerprint == text.fingerprint);
            text.document = known.and_then(|known| known.document);
        }
        let used: u64 = texts.iter().filter_map(|text| Some(text.document?.len)).sum();
        let is_new = self.index.log == 0
            || (self.index.end > SMALL_LOG && (used as f64) < self.index.end as f64 * MIN_USED);
        if is_new {
            texts.iter_mut().for_each(|text| text.document = None);
        }
        let missing = missing(&texts, documents);
        let next = Index {
            program: self.program,
            log: if is_new { self.index.log + 1 } else { self.index.log },
            end: self.index.end,
            options,
            texts,
            images: self.images_of(sources),
        };
        if missing.is_empty() && next == self.index {
            return Ok(());
        }
        self.write(next, &missing, is_new)
    }

    /// Saves new stamps for files that were read again and had not changed. Does nothing if any
    /// text is different.
    pub fn save_stamps(&mut self, sources: &Sources) -> io::Result<()> {
        let mut texts = self.texts_of(sources);
        let same = texts.len() == self.index.texts.len()
            && texts
                .iter()
                .zip(&self.index.texts)
                .all(|(now, kept)| (&now.path, now.fingerprint) == (&kept.path, kept.fingerprint));
        if !same {
            return Ok(());
        }
        for (now, kept) in texts.iter_mut().zip(&self.index.texts) {
            now.document = kept.document;
        }
        let next = Index { texts, images: self.images_of(sources), ..self.index.clone() };
        if next == self.index { Ok(()) } else { self.write(next, &[], false) }
    }

    /// Articles and mentions of a site, with their stamps if settled.
    fn texts_of(&self, sources: &Sources) -> Vec<Text> {
        let both = ["content", site_files::MENTIONS].into_iter().flat_map(|folder| sources.below(folder));
        both.filter_map(|(path, _, source)| {
            let fingerprint = source.content.text_fingerprint()?;
            let stamp = source.stamp.filter(|stamp| stamp.is_settled(self.opened));
            Some(Text { path: path.clone(), stamp, fingerprint, document: None })
        })
        .collect()
    }

    /// Images of a site whose stamps are settled.
    fn images_of(&self, sources: &Sources) -> Vec<(SitePath, Stamp, Raster)> {
        let all = sources.files.iter();
        all.filter_map(|(path, source)| match &source.content {
            SourceContent::File(FileFacts { raster: Some(raster), .. }) => {
                let stamp = source.stamp.filter(|stamp| stamp.is_settled(self.opened))?;
                Some((path.clone(), stamp, raster.clone()))
            }
            _ => None,
        })
        .collect()
    }

    fn write(&mut self, mut next: Index, missing: &[(usize, &Document)], is_new: bool) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(self.folder.join("lock"))?;
        if lock.try_lock().is_err() {
            return Ok(());
        }
        // Another process may have written since the index was read.
        let on_disk = Index::read(&self.folder).map_or(0, |index| index.log);
        if on_disk != self.index.log && self.index.log != 0 {
            return Ok(());
        }
        if is_new {
            next.log = next.log.max(on_disk + 1);
        }
        let (entries, end) = log::append(&self.folder, next.log, is_new, missing)?;
        for ((number, _), entry) in missing.iter().zip(entries) {
            next.texts[*number].document = Some(entry);
        }
        next.end = end;
        next.write(&self.folder)?;
        log::remove_others(&self.folder, next.log);
        self.index = next;
        Ok(())
    }
}

/// The documents that are not in the log yet, each with the index of its text. Both slices are
/// sorted by path.
fn missing<'d>(texts: &[Text], documents: &'d [Arc<Document>]) -> Vec<(usize, &'d Document)> {
    let number = |path: &SitePath| texts.binary_search_by(|text| text.path.cmp(path)).ok();
    let numbered =
        documents.iter().filter_map(|document| Some((number(&document.summary.path)?, &**document)));
    numbered.filter(|(number, _)| texts[*number].document.is_none()).collect()
}

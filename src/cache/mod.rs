//! What is kept of a site between two runs, in its `.pingmark/cache`.
//!
//! Receives the sources and the documents of a build. Gives them back to the next run: which
//! files need not be opened, and the documents that need not be compiled. Uses postcard, and asks
//! the system for the program's own file: what another program kept is not read.
//! Never decides what is up to date: a document is handed on under the fingerprint of its text, and
//! the engine asks for prints.
//!
//! Nothing in here is needed. What is missing, damaged, older or of another program is as if it
//! had never been kept, and is made anew.

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
use log::Place;

/// The folder, in the one that holds a site's state.
const FOLDER: &str = "cache";
/// A log is written anew when less than this part of it is in use.
const LEAST_USED: f64 = 0.5;
/// Below so many bytes it may hold what it wants.
const SMALL: u64 = 4 << 20;

/// The cache of a site.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    program: Fingerprint,
    index: Index,
    /// A moment before the sources were read, in nanoseconds since 1970.
    opened: i128,
}

/// The documents of another run, each with the fingerprint of its text.
pub type Documents = Vec<(Fingerprint, Arc<Document>)>;

/// The fingerprint of this program: its version, and which build of it this is.
pub fn program() -> Fingerprint {
    let file = std::env::current_exe().and_then(fs::metadata);
    let build = file.and_then(|file| Ok((file.len(), nanoseconds(file.modified()?)))).unwrap_or_default();
    Fingerprint::of_value(&(env!("CARGO_PKG_VERSION"), build))
}

/// Removes what is kept of a site.
pub fn remove(state: &Path) -> io::Result<()> {
    match fs::remove_dir_all(state.join(FOLDER)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Cache {
    /// Opens the cache in the folder that holds a site's state, there or not. `now` is the moment
    /// the clock shows, in nanoseconds since 1970.
    pub fn open(state: &Path, program: Fingerprint, now: i128) -> Self {
        let folder = state.join(FOLDER);
        let index = Index::read(&folder).filter(|index| index.program == program).unwrap_or_default();
        Self { folder, program, index, opened: now }
    }

    /// The files that need not be opened while their stamps are the same.
    pub fn known(&self) -> CachedFacts {
        let texts = self.index.texts.iter();
        let images = self.index.images.iter();
        CachedFacts {
            texts: texts
                .filter_map(|text| Some((text.path.clone(), (text.stamp?, text.fingerprint))))
                .collect(),
            images: images.map(|(path, stamp, raster)| (path.clone(), (*stamp, raster.clone()))).collect(),
        }
    }

    /// The documents that are kept of these sources, and the fingerprint of the options that they were
    /// compiled with. What turns out to be damaged counts as not kept from then on.
    pub fn documents(&mut self, sources: &Sources) -> (Fingerprint, Documents) {
        let is_current = |text: &&Text| {
            let source = sources.files.get(&text.path);
            source.is_some_and(|source| source.content.text_fingerprint() == Some(text.fingerprint))
        };
        let wanted: Vec<(&Text, Place)> = self
            .index
            .texts
            .iter()
            .filter(is_current)
            .filter_map(|text| Some((text, text.document?)))
            .collect();
        let asked = wanted.len();
        let documents = log::read(&self.folder, self.index.log, wanted);
        if documents.len() < asked {
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

    /// Keeps what a build read and compiled. When another process is writing, nothing is kept.
    pub fn keep(
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
            || (self.index.end > SMALL && (used as f64) < self.index.end as f64 * LEAST_USED);
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

    /// Keeps what is known of files that were read again and found to be the same.
    pub fn keep_stamps(&mut self, sources: &Sources) -> io::Result<()> {
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

    /// The articles and mentions of a site, with the stamps that can be relied on.
    fn texts_of(&self, sources: &Sources) -> Vec<Text> {
        let both = ["content", site_files::MENTIONS].into_iter().flat_map(|folder| sources.below(folder));
        both.filter_map(|(path, _, source)| {
            let fingerprint = source.content.text_fingerprint()?;
            let stamp = source.stamp.filter(|stamp| stamp.is_settled(self.opened));
            Some(Text { path: path.clone(), stamp, fingerprint, document: None })
        })
        .collect()
    }

    /// The images of a site, with the stamps that can be relied on.
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
        // Somebody else may have been here since it was read.
        let there = Index::read(&self.folder).map_or(0, |index| index.log);
        if there != self.index.log && self.index.log != 0 {
            return Ok(());
        }
        if is_new {
            next.log = next.log.max(there + 1);
        }
        let (places, end) = log::append(&self.folder, next.log, is_new, missing)?;
        for ((number, _), place) in missing.iter().zip(places) {
            next.texts[*number].document = Some(place);
        }
        next.end = end;
        next.write(&self.folder)?;
        log::remove_others(&self.folder, next.log);
        self.index = next;
        Ok(())
    }
}

/// The documents that are not kept yet, each with the number of its text. Both are in the order
/// of their paths.
fn missing<'d>(texts: &[Text], documents: &'d [Arc<Document>]) -> Vec<(usize, &'d Document)> {
    let number = |path: &SitePath| texts.binary_search_by(|text| text.path.cmp(path)).ok();
    let numbered =
        documents.iter().filter_map(|document| Some((number(&document.summary.path)?, &**document)));
    numbered.filter(|(number, _)| texts[*number].document.is_none()).collect()
}

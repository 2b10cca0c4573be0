//! A session: one site, built once or repeatedly.
//!
//! Receives the site's folder, and at each refresh the paths that changed. Gives a [`Site`]. Uses
//! the reader, the cache on disk and the engine, which meet nowhere else. Never decides what is
//! shown to the user.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::sources::Sources;

use crate::cache::{Cache, program};
use crate::engine::{Engine, EngineOptions, Request, Site, fingerprint_of};
use crate::output::disk::STATE;
use crate::output::disk_cache::DiskCache;
use crate::output::manifest::BuildStamp;
use crate::output::published::find_unchanged;
use crate::source::reader::Reader;

/// Options of a session.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The site's folder.
    pub root: PathBuf,
    /// A file that is read in place of the site's `pingmark.yaml`.
    pub config: Option<PathBuf>,
    /// Whether to use documents of earlier runs and to save the ones of this run.
    pub disk_cache: bool,
    /// Time of the system clock, in nanoseconds since 1970. It decides which file stamps are
    /// settled, whatever "now" the site is built for.
    pub clock: i128,
    /// Options of the engine.
    pub engine: EngineOptions,
}

/// One site, built once or repeatedly.
pub struct Session {
    options: SessionOptions,
    reader: Reader,
    engine: Engine,
    /// Read at the first refresh; written and dropped by [`Session::save`].
    cache: Option<Cache>,
}

/// The sources of a site, not yet analyzed.
pub struct Read {
    sources: Sources,
    diagnostics: Diagnostics,
}

impl Session {
    /// Opens a session. Reads nothing of the site yet.
    pub fn open(options: SessionOptions) -> Self {
        let state = options.root.join(STATE);
        let cache = options.disk_cache.then(|| Cache::open(&state, program(), options.clock));
        let facts = cache.as_ref().map(Cache::facts).unwrap_or_default();
        let reader = Reader::new(&options.root, options.config.as_deref()).with_cached_facts(facts);
        let reader = if options.engine.remember { reader } else { reader.with_deferred_articles() };
        Self { reader, engine: Engine::new(options.engine.clone()), cache, options }
    }

    /// Forgets everything that was remembered. Needed after a panic, which may leave half-updated
    /// state.
    pub fn reset(&mut self) {
        self.reader = Reader::new(&self.options.root, self.options.config.as_deref());
        self.engine = Engine::new(self.options.engine.clone());
        self.cache = None;
    }

    /// The engine, for rendering.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Whether articles are left on disk until they are compiled, which saves memory.
    pub fn leaves_articles_on_disk(&self) -> bool {
        self.reader.defers_articles()
    }

    /// Reads and analyzes the site. `changed` holds absolute paths with their links followed;
    /// everything else is taken to be as it was at the last refresh.
    pub fn refresh(
        &mut self,
        now: Timestamp,
        changed: Option<&[PathBuf]>,
        request: &Request,
    ) -> io::Result<Arc<Site>> {
        let read = self.read(now, changed)?;
        Ok(self.analyze(read, request))
    }

    /// Reads the site: the first half of [`Session::refresh`].
    pub fn read(&mut self, now: Timestamp, changed: Option<&[PathBuf]>) -> io::Result<Read> {
        let (sources, diagnostics) = self.reader.read(now, changed)?;
        Ok(Read { sources, diagnostics })
    }

    /// Analyzes the sources: the second half of [`Session::refresh`].
    pub fn analyze(&mut self, read: Read, request: &Request) -> Arc<Site> {
        if let Some(cache) = &mut self.cache {
            let (options, documents) = cache.documents(&read.sources);
            self.engine.preload(options, documents);
        }
        let files = read.sources.files.len();
        let site = self.engine.analyze(read.sources, read.diagnostics, request);
        if site.sources.files.len() < files {
            // A file could not be read. It may become readable without any event.
            self.reader.forget();
        } else if self.options.engine.remember {
            self.reader.keep(&site.sources);
        }
        Arc::new(site)
    }

    /// Stamp and number of files of the published site, if building these sources again would
    /// change nothing. `None` also if that cannot be known without compiling.
    pub fn find_unchanged(
        &mut self,
        read: &Read,
        request: &Request,
        output: &Path,
    ) -> Option<(BuildStamp, usize)> {
        if !read.diagnostics.is_empty() {
            return None;
        }
        let now = read.sources.now.as_second();
        let found = find_unchanged(&self.options.root, output, read.fingerprint(request)?, now)?;
        if let Some(cache) = &mut self.cache {
            // Stamps have settled since they were last saved. Failing to save them only makes the
            // next run slower.
            let _ = cache.save_stamps(&read.sources);
        }
        if self.options.engine.remember {
            // An edit that was undone: the next partial reading starts from the files as they are
            // now, not from those of the last analysis.
            self.reader.keep(&read.sources);
        }
        Some(found)
    }

    /// Saves the documents of a site for the next run. Only the first call has an effect.
    pub fn save(&mut self, site: &Site) -> io::Result<()> {
        match self.cache.take() {
            Some(mut cache) => cache.save(&site.sources, site.fingerprints.options, &site.documents),
            None => Ok(()),
        }
    }
}

impl Read {
    /// Fingerprint of the sources and the request; `None` if an article has not been read yet.
    pub fn fingerprint(&self, request: &Request) -> Option<Fingerprint> {
        (!self.sources.has_unread()).then(|| fingerprint_of(&self.sources, request))
    }
}

/// Cache of social images between builds.
pub fn social_images(root: &Path) -> Arc<DiskCache> {
    Arc::new(DiskCache::social_images(&root.join(STATE)))
}

/// Cache of image versions between builds.
pub fn images(root: &Path) -> Arc<DiskCache> {
    Arc::new(DiskCache::images(&root.join(STATE)))
}

//! A site that is built once, or again and again.
//!
//! Receives the site's folder, and at each refresh the paths that changed. Gives a [`Site`]. Holds
//! the reader, the cache on disk and the engine, and is the only place where the three meet. Never
//! decides what is shown to a person.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::sources::Sources;

use crate::cache::{Cache, program};
use crate::engine::{Engine, EngineOptions, Request, Site, fingerprint_of};
use crate::output::disk::{STATE, standing};
use crate::output::kept::DiskCache;
use crate::output::manifest::BuildStamp;
use crate::source::reader::Reader;

/// How a session works.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The site's folder.
    pub root: PathBuf,
    /// A file that is read in place of the site's `pingmark.yaml`.
    pub config: Option<PathBuf>,
    /// Whether documents of earlier runs are used and those of this run are kept.
    pub disk_cache: bool,
    /// What the clock shows, in nanoseconds since 1970. Stamps of files are judged by it, whatever "now" a
    /// site is built for.
    pub clock: i128,
    /// How the engine works.
    pub engine: EngineOptions,
}

/// A site that is built once, or again and again.
pub struct Session {
    options: SessionOptions,
    reader: Reader,
    engine: Engine,
    /// Asked at the first refresh, told by [`Session::save`], and then gone.
    cache: Option<Cache>,
}

/// A site's folder, read.
pub struct Read {
    sources: Sources,
    diagnostics: Diagnostics,
}

impl Session {
    /// Opens a session. Nothing of the site is read yet.
    pub fn open(options: SessionOptions) -> Self {
        let state = options.root.join(STATE);
        let cache = options.disk_cache.then(|| Cache::open(&state, program(), options.clock));
        let known = cache.as_ref().map(Cache::known).unwrap_or_default();
        let reader = Reader::new(&options.root, options.config.as_deref()).knowing(known);
        let reader = if options.engine.remember { reader } else { reader.deferring() };
        Self { reader, engine: Engine::new(options.engine.clone()), cache, options }
    }

    /// Forgets everything, as if the session had just been opened: after a panic, whatever was kept may be
    /// half done.
    pub fn reset(&mut self) {
        self.reader = Reader::new(&self.options.root, self.options.config.as_deref());
        self.engine = Engine::new(self.options.engine.clone());
        self.cache = None;
    }

    /// The engine, for rendering.
    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Whether articles are left on disk until they are compiled: then a build takes little memory.
    pub fn leaves_articles_on_disk(&self) -> bool {
        self.reader.defers()
    }

    /// Reads and analyses the site. With `changed`, absolute paths with their links followed, everything
    /// else is taken to be as it was at the last refresh.
    pub fn refresh(
        &mut self,
        now: Timestamp,
        changed: Option<&[PathBuf]>,
        request: &Request,
    ) -> io::Result<Arc<Site>> {
        let read = self.read(now, changed)?;
        Ok(self.analyze(read, request))
    }

    /// The first half of [`Session::refresh`].
    pub fn read(&mut self, now: Timestamp, changed: Option<&[PathBuf]>) -> io::Result<Read> {
        let (sources, diagnostics) = self.reader.read(now, changed)?;
        Ok(Read { sources, diagnostics })
    }

    /// The second half of [`Session::refresh`].
    pub fn analyze(&mut self, read: Read, request: &Request) -> Arc<Site> {
        if let Some(cache) = &mut self.cache {
            let (options, documents) = cache.documents(&read.sources);
            self.engine.preload(options, documents);
        }
        let site = self.engine.analyze(read.sources, read.diagnostics, request);
        if self.options.engine.remember {
            self.reader.keep(&site.sources);
        }
        Arc::new(site)
    }

    /// The stamp of the build that published the same sources in `output` as they are now, and the
    /// number of its files; `None` when there is none, or when it cannot be known without
    /// compiling.
    pub fn published(
        &mut self,
        read: &Read,
        request: &Request,
        output: &Path,
    ) -> Option<(BuildStamp, usize)> {
        if !read.diagnostics.is_empty() {
            return None;
        }
        let now = read.sources.now.as_second();
        let found = standing(&self.options.root, output, read.fingerprint(request)?, now)?;
        if let Some(mut cache) = self.cache.take() {
            // Stamps settle with time. Without them the next run is slower, and no more.
            let _ = cache.keep_stamps(&read.sources);
        }
        Some(found)
    }

    /// Keeps the documents of a site for the next run. Only the first call has an effect.
    pub fn save(&mut self, site: &Site) -> io::Result<()> {
        match self.cache.take() {
            Some(mut cache) => cache.keep(&site.sources, site.fingerprints.options, &site.documents),
            None => Ok(()),
        }
    }
}

impl Read {
    /// The fingerprint of the sources and the request; `None` while there are articles that have not been
    /// read.
    pub fn fingerprint(&self, request: &Request) -> Option<Fingerprint> {
        (!self.sources.has_unread()).then(|| fingerprint_of(&self.sources, request))
    }
}

/// The social images of earlier builds.
pub fn social_images(root: &Path) -> Arc<DiskCache> {
    Arc::new(DiskCache::cards(&root.join(STATE)))
}

/// The versions of images of earlier builds.
pub fn images(root: &Path) -> Arc<DiskCache> {
    Arc::new(DiskCache::images(&root.join(STATE)))
}

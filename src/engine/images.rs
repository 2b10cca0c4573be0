//! Image versions and icons. Each source image is read and decoded once for all its versions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use pingmark_core::appearance::Colour;
use pingmark_core::artifact::{ArtifactCache, Content, Deferred, Output};
use pingmark_core::diag::{Spot, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::icon::Icon;
use pingmark_core::path::SitePath;
use pingmark_core::raster::{ImageVersion, Raster, Republish};
use pingmark_core::sources::{ReadFiles, Source, SourceContent};
use pingmark_image::{LazyImage, icon};
use pingmark_site::plan::icons::icon_source;
use pingmark_site::plan::{Recipe, Target};

use super::render::Pass;
use super::{Engine, Sink, Site};

/// When to make social images, image versions and icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageMode {
    /// With the pages.
    Now,
    /// On request.
    Deferred,
    /// Never; only find out whether they can be made.
    Check,
}

/// A source image and the versions to make of it.
struct Job<'b> {
    source: &'b SitePath,
    file: &'b Arc<Source>,
    raster: &'b Raster,
    versions: Vec<(&'b Target, ImageVersion)>,
}

/// An image version that is made on request.
#[derive(Debug)]
struct DeferredImage {
    file: Arc<Source>,
    raster: Raster,
    version: ImageVersion,
    cache: Option<Arc<dyn ArtifactCache>>,
    files: Arc<dyn ReadFiles>,
}

impl Deferred for DeferredImage {
    fn fingerprint(&self) -> Fingerprint {
        self.raster.fingerprint_of(self.version)
    }

    fn make(&self) -> Option<Vec<u8>> {
        let cache = self.cache.as_deref();
        if let Some(known) = cache.and_then(|cache| cache.get(self.fingerprint())) {
            return Some(known);
        }
        let bytes = LazyImage::new(&self.raster, || self.file.read_bytes(&*self.files))
            .ok()?
            .encode(self.version)
            .ok()?;
        if let Some(cache) = cache {
            cache.put(self.fingerprint(), &bytes);
        }
        Some(bytes)
    }
}

/// An icon that is drawn on request.
#[derive(Debug)]
struct DeferredIcon {
    svg: Arc<[u8]>,
    icon: Icon,
    paper: Colour,
}

impl Deferred for DeferredIcon {
    fn fingerprint(&self) -> Fingerprint {
        icon::fingerprint(&self.svg, self.icon, self.paper)
    }

    fn make(&self) -> Option<Vec<u8>> {
        icon::draw(&self.svg, self.icon, self.paper).ok()
    }
}

impl<S: Sink> Pass<'_, '_, S> {
    /// Makes the image versions that neither the sink nor the cache has.
    pub(super) fn images(&self) -> Result<(), S::Error> {
        // Nothing will be published if a page has an error, and images are slow: only check them.
        let mode = if self.has_errors() { ImageMode::Check } else { self.mode };
        let missing: Vec<Job<'_>> = jobs(self.renderer.site)
            .into_par_iter()
            .map(|job| self.missing(job, mode))
            .collect::<Result<Vec<_>, S::Error>>()?
            .into_iter()
            .filter(|job| !job.versions.is_empty())
            .collect();
        let (all, done) = (missing.len(), AtomicUsize::new(0));
        missing.into_par_iter().with_max_len(1).try_for_each(|job| {
            let made = self.make(&job, mode);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(progress) = &self.renderer.options.progress {
                progress(done, all);
            }
            made.unwrap_or_else(|reason| {
                let of_file = (job.source.clone(), Spot::File);
                let (path, spot) = self.renderer.site.plan().places.get(job.source).unwrap_or(&of_file);
                self.report_image(catalogue::image_broken(path, spot, job.source, &reason));
                Ok(())
            })
        })
    }

    /// Hands over versions that are cached or deferred, and returns the job with the ones to make.
    fn missing<'j>(&self, job: Job<'j>, mode: ImageMode) -> Result<Job<'j>, S::Error> {
        let mut versions = Vec::new();
        let cache = self.renderer.options.images.as_deref();
        for (target, version) in job.versions {
            let (path, made_of) = (target.route.file(), job.raster.fingerprint_of(version));
            if mode == ImageMode::Check {
                if !cache.is_some_and(|cache| cache.has(made_of)) {
                    versions.push((target, version));
                }
                continue;
            }
            let fingerprint = Fingerprint::of_value(&(&target.route, made_of));
            if self.keeps(&path, fingerprint) {
                continue;
            }
            let content = match mode {
                ImageMode::Deferred => Some(Content::Deferred(Arc::new(DeferredImage {
                    file: job.file.clone(),
                    raster: job.raster.clone(),
                    version,
                    cache: self.renderer.options.images.clone(),
                    files: self.renderer.options.files.clone(),
                }))),
                _ => cache.and_then(|cache| cache.get(made_of)).map(Content::Bytes),
            };
            match content {
                Some(content) => self.sink.take(Output { path, fingerprint: Some(fingerprint), content })?,
                None => versions.push((target, version)),
            }
        }
        Ok(Job { versions, ..job })
    }

    /// Makes all versions of a job. The outer error is the reason why the image cannot be used.
    fn make(&self, job: &Job<'_>, mode: ImageMode) -> Result<Result<(), S::Error>, String> {
        let needs_pixels = |version: &ImageVersion| {
            *version != ImageVersion::Original || job.raster.republish == Republish::Reencode
        };
        if mode == ImageMode::Check && !job.versions.iter().any(|(_, version)| needs_pixels(version)) {
            return Ok(Ok(()));
        }
        let image = LazyImage::new(job.raster, || job.file.read_bytes(&*self.renderer.options.files))?;
        if mode == ImageMode::Check {
            return image.check().map(Ok);
        }
        // Translations of an article use the same image at different addresses.
        let mut last: Option<(ImageVersion, Vec<u8>)> = None;
        for (target, version) in &job.versions {
            let made_of = job.raster.fingerprint_of(*version);
            let bytes = match &last {
                Some((same, bytes)) if same == version => bytes.clone(),
                _ => {
                    let bytes = image.encode(*version)?;
                    if let Some(cache) = &self.renderer.options.images {
                        cache.put(made_of, &bytes);
                    }
                    last = Some((*version, bytes.clone()));
                    bytes
                }
            };
            let fingerprint = Some(Fingerprint::of_value(&(&target.route, made_of)));
            let output = Output { path: target.route.file(), fingerprint, content: Content::Bytes(bytes) };
            if let Err(refusal) = self.sink.take(output) {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    /// Draws the icons that the sink does not have.
    pub(super) fn icons(&self) -> Result<(), S::Error> {
        let targets = self.renderer.site.plan().targets.iter();
        let icons: Vec<(&Target, Icon)> = targets
            .filter_map(|target| match target.recipe {
                Recipe::Icon(icon) => Some((target, icon)),
                _ => None,
            })
            .collect();
        let source = icon_source(self.renderer.site.graph());
        let found = source.and_then(|source| Some((source, self.renderer.site.sources.files.get(source)?)));
        let Some((source, file)) = found.filter(|_| !icons.is_empty()) else { return Ok(()) };
        let svg: Arc<[u8]> = match file.read_bytes(&*self.renderer.options.files) {
            Ok(svg) => svg.into(),
            Err(reason) => {
                self.report_image(catalogue::icon_failed(source, &reason));
                return Ok(());
            }
        };
        let problems = icons
            .into_par_iter()
            .map(|(target, icon)| self.icon(target, icon, &svg))
            .collect::<Result<Vec<Option<String>>, S::Error>>()?;
        if let Some(reason) = problems.into_iter().flatten().next() {
            self.report_image(catalogue::icon_failed(source, &reason));
        }
        Ok(())
    }

    /// Draws an icon, unless the sink has it. Returns the reason if it cannot be drawn.
    fn icon(&self, target: &Target, icon: Icon, svg: &Arc<[u8]>) -> Result<Option<String>, S::Error> {
        let paper = self.renderer.site.appearance.paper[0];
        let (path, made_of) = (target.route.file(), icon::fingerprint(svg, icon, paper));
        let fingerprint = Some(Fingerprint::of_value(&(&target.route, made_of)));
        if self.mode != ImageMode::Check && fingerprint.is_some_and(|made_of| self.keeps(&path, made_of)) {
            return Ok(None);
        }
        if self.mode == ImageMode::Deferred {
            let content = Content::Deferred(Arc::new(DeferredIcon { svg: svg.clone(), icon, paper }));
            self.sink.take(Output { path, fingerprint, content })?;
            return Ok(None);
        }
        let cache = self.renderer.options.images.as_deref();
        let known = cache.and_then(|cache| cache.get(made_of));
        let bytes = match known.map_or_else(|| icon::draw(svg, icon, paper), Ok) {
            Ok(bytes) => bytes,
            Err(reason) => return Ok(Some(reason)),
        };
        if let Some(cache) = cache.filter(|cache| !cache.has(made_of)) {
            cache.put(made_of, &bytes);
        }
        if self.mode != ImageMode::Check {
            self.sink.take(Output { path, fingerprint, content: Content::Bytes(bytes) })?;
        }
        Ok(None)
    }

    fn keeps(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        self.sink.keep(path, fingerprint)
    }
}

impl Engine {
    /// Fingerprints of the cached images that a site uses; others may be removed.
    pub(super) fn used_images(&self, site: &Site) -> Vec<Fingerprint> {
        let jobs = jobs(site);
        let versions = jobs
            .iter()
            .flat_map(|job| job.versions.iter().map(|(_, version)| job.raster.fingerprint_of(*version)));
        let mut used: Vec<Fingerprint> = versions.collect();
        let source = icon_source(site.graph()).and_then(|source| site.sources.files.get(source));
        if let Some(svg) = source.and_then(|source| source.read_bytes(&*self.options.files).ok()) {
            used.extend(Icon::ALL.map(|icon| icon::fingerprint(&svg, icon, site.appearance.paper[0])));
        }
        used
    }
}

/// All planned image versions, grouped by source image.
fn jobs(site: &Site) -> Vec<Job<'_>> {
    let mut jobs: BTreeMap<&SitePath, Job<'_>> = BTreeMap::new();
    for target in &site.plan().targets {
        let Recipe::Image(source, version) = &target.recipe else { continue };
        let Some(file) = site.sources.files.get(source) else { continue };
        let SourceContent::File(facts) = &file.content else { continue };
        let Some(raster) = &facts.raster else { continue };
        let job = jobs.entry(source).or_insert_with(|| Job { source, file, raster, versions: Vec::new() });
        job.versions.push((target, *version));
    }
    jobs.into_values().collect()
}

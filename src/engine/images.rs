//! The versions of images, and the icons: what is made of a file that is no text. Each file is
//! read and decoded once, whatever is made of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use pingmark_core::appearance::Colour;
use pingmark_core::artifact::{ArtifactCache, Content, Deferred, Output};
use pingmark_core::diag::{Diagnostic, Diagnostics, Spot, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::icon::Icon;
use pingmark_core::path::SitePath;
use pingmark_core::raster::{ImageVersion, Raster, Republish};
use pingmark_core::sources::{ReadFiles, Source, SourceContent};
use pingmark_image::{LazyImage, icon};
use pingmark_site::plan::{Recipe, Target};

use super::Build;

/// ProgressSink while images are made: how many are, of how many.
pub type Progress = dyn Fn(usize, usize) + Send + Sync;

/// Whom to tell of the progress.
#[derive(Clone)]
pub(super) struct ProgressSink(pub Arc<Progress>);

impl std::fmt::Debug for ProgressSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProgressSink")
    }
}

impl std::ops::Deref for ProgressSink {
    type Target = Progress;

    fn deref(&self) -> &Progress {
        &*self.0
    }
}

/// How far images are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawing {
    /// As files.
    Now,
    /// When they are asked for.
    Deferred,
    /// Not at all: it is only found out whether they could be.
    Never,
}

/// A file, and what is made of it.
struct Job<'b> {
    source: &'b SitePath,
    file: &'b Arc<Source>,
    raster: &'b Raster,
    versions: Vec<(&'b Target, ImageVersion)>,
}

/// A version that is made when it is asked for.
#[derive(Debug)]
struct DeferredImage {
    file: Arc<Source>,
    raster: Raster,
    version: ImageVersion,
    stash: Option<Arc<dyn ArtifactCache + Send>>,
    files: Arc<dyn ReadFiles>,
}

impl Deferred for DeferredImage {
    fn fingerprint(&self) -> Fingerprint {
        self.raster.fingerprint_of(self.version)
    }

    fn make(&self) -> Option<Vec<u8>> {
        let stash = self.stash.as_deref();
        if let Some(known) = stash.and_then(|stash| stash.get(self.fingerprint())) {
            return Some(known);
        }
        let bytes = LazyImage::new(&self.raster, || self.file.read_bytes(&*self.files))
            .ok()?
            .encode(self.version)
            .ok()?;
        if let Some(stash) = stash {
            stash.put(self.fingerprint(), &bytes);
        }
        Some(bytes)
    }
}

/// An icon that is drawn when it is asked for.
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

fn tell(diagnostics: &Mutex<Diagnostics>, diagnostic: Diagnostic) {
    diagnostics.lock().unwrap_or_else(PoisonError::into_inner).extend([diagnostic]);
}

impl Build {
    /// Makes the versions of images that are not there already; see [`Build::render_what`]. Gives how
    /// many there are now.
    pub(super) fn draw_images<E: Send>(
        &self,
        drawing: Drawing,
        keep: impl Fn(&SitePath, Fingerprint) -> bool + Sync,
        take: impl Fn(Output) -> Result<(), E> + Sync,
        diagnostics: &Mutex<Diagnostics>,
    ) -> Result<usize, E> {
        let jobs = self.jobs();
        let (planned, broken) =
            (jobs.iter().map(|job| job.versions.len()).sum::<usize>(), AtomicUsize::new(0));
        let missing: Vec<Job<'_>> = jobs
            .into_par_iter()
            .map(|job| self.missing(job, drawing, &keep, &take))
            .collect::<Result<Vec<_>, E>>()?
            .into_iter()
            .filter(|job| !job.versions.is_empty())
            .collect();
        let (all, done) = (missing.len(), AtomicUsize::new(0));
        missing.into_par_iter().with_max_len(1).try_for_each(|job| {
            let versions = job.versions.len();
            let made = self.make(&job, drawing, &take);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(progress) = &self.progress {
                progress(done, all);
            }
            made.unwrap_or_else(|reason| {
                let of_file = (job.source.clone(), Spot::File);
                let (path, spot) = self.plan().places.get(job.source).unwrap_or(&of_file);
                tell(diagnostics, catalogue::image_broken(path, spot, job.source, &reason));
                broken.fetch_add(versions, Ordering::Relaxed);
                Ok(())
            })
        })?;
        Ok(planned - broken.into_inner())
    }

    /// What is to be made, by files.
    fn jobs(&self) -> Vec<Job<'_>> {
        let mut jobs: BTreeMap<&SitePath, Job<'_>> = BTreeMap::new();
        for target in &self.plan().targets {
            let Recipe::Image(source, version) = &target.recipe else { continue };
            let Some(file) = self.sources.files.get(source) else { continue };
            let SourceContent::File(facts) = &file.content else { continue };
            let Some(raster) = &facts.raster else { continue };
            let job =
                jobs.entry(source).or_insert_with(|| Job { source, file, raster, versions: Vec::new() });
            job.versions.push((target, *version));
        }
        jobs.into_values().collect()
    }

    /// What of it is neither there already nor kept from another time.
    fn missing<'b, E: Send>(
        &self,
        job: Job<'b>,
        drawing: Drawing,
        keep: &(impl Fn(&SitePath, Fingerprint) -> bool + Sync),
        take: &(impl Fn(Output) -> Result<(), E> + Sync),
    ) -> Result<Job<'b>, E> {
        let mut versions = Vec::new();
        let stash = self.images.as_deref();
        for (target, version) in job.versions {
            let (path, made_of) = (target.route.file(), job.raster.fingerprint_of(version));
            if drawing == Drawing::Never {
                if !stash.is_some_and(|stash| stash.has(made_of)) {
                    versions.push((target, version));
                }
                continue;
            }
            let fingerprint = Fingerprint::of_value(&(&target.route, made_of));
            if keep(&path, fingerprint) {
                continue;
            }
            let content = match drawing {
                Drawing::Deferred => {
                    let (file, raster) = (job.file.clone(), job.raster.clone());
                    let (stash, files) = (self.images.clone(), self.files.clone());
                    Some(Content::Deferred(Arc::new(DeferredImage { file, raster, version, stash, files })))
                }
                _ => stash.and_then(|stash| stash.get(made_of)).map(Content::Bytes),
            };
            match content {
                Some(content) => take(Output { path, fingerprint: Some(fingerprint), content })?,
                None => versions.push((target, version)),
            }
        }
        Ok(Job { versions, ..job })
    }

    /// Makes all that is missing of a file. The reason, where nothing can be made of it.
    fn make<E: Send>(
        &self,
        job: &Job<'_>,
        drawing: Drawing,
        take: &(impl Fn(Output) -> Result<(), E> + Sync),
    ) -> Result<Result<(), E>, String> {
        let needs_pixels = |version: &ImageVersion| {
            *version != ImageVersion::Original || job.raster.republish == Republish::Reencode
        };
        if drawing == Drawing::Never && !job.versions.iter().any(|(_, version)| needs_pixels(version)) {
            return Ok(Ok(()));
        }
        let image = LazyImage::new(job.raster, || job.file.read_bytes(&*self.files))?;
        if drawing == Drawing::Never {
            return image.check().map(Ok);
        }
        // Translations of an article have the same image at an address each.
        let mut last: Option<(ImageVersion, Vec<u8>)> = None;
        for (target, version) in &job.versions {
            let bytes = match &last {
                Some((same, bytes)) if same == version => bytes.clone(),
                _ => {
                    let bytes = image.encode(*version)?;
                    if let Some(stash) = &self.images {
                        stash.put(job.raster.fingerprint_of(*version), &bytes);
                    }
                    last = Some((*version, bytes.clone()));
                    bytes
                }
            };
            let fingerprint = Fingerprint::of_value(&(&target.route, job.raster.fingerprint_of(*version)));
            let output = Output {
                path: target.route.file(),
                fingerprint: Some(fingerprint),
                content: Content::Bytes(bytes),
            };
            if let Err(refusal) = take(output) {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    /// Draws the icons that are not there already.
    pub(super) fn draw_icons<E: Send>(
        &self,
        drawing: Drawing,
        keep: &(impl Fn(&SitePath, Fingerprint) -> bool + Sync),
        take: &(impl Fn(Output) -> Result<(), E> + Sync),
        diagnostics: &Mutex<Diagnostics>,
    ) -> Result<(), E> {
        let targets = self.plan().targets.iter();
        let icons: Vec<(&Target, Icon)> = targets
            .filter_map(|target| match target.recipe {
                Recipe::Icon(icon) => Some((target, icon)),
                _ => None,
            })
            .collect();
        let source = pingmark_site::plan::icons::icon_source(self.graph());
        let found = source.and_then(|source| Some((source, self.sources.files.get(source)?)));
        let Some((source, file)) = found.filter(|_| !icons.is_empty()) else { return Ok(()) };
        let svg: Arc<[u8]> = match file.read_bytes(&*self.files) {
            Ok(svg) => svg.into(),
            Err(reason) => {
                tell(diagnostics, catalogue::icon_failed(source, &reason));
                return Ok(());
            }
        };
        let paper = self.look.paper[0];
        let problems = icons
            .into_par_iter()
            .map(|(target, icon)| {
                let (path, made_of) = (target.route.file(), icon::fingerprint(&svg, icon, paper));
                let fingerprint = Fingerprint::of_value(&(&target.route, made_of));
                if drawing != Drawing::Never && keep(&path, fingerprint) {
                    return Ok(None);
                }
                if drawing == Drawing::Deferred {
                    let later = Content::Deferred(Arc::new(DeferredIcon { svg: svg.clone(), icon, paper }));
                    take(Output { path, fingerprint: Some(fingerprint), content: later })?;
                    return Ok(None);
                }
                let stash = self.images.as_deref();
                let known = stash.and_then(|stash| stash.get(made_of));
                let bytes = match known.map_or_else(|| icon::draw(&svg, icon, paper), Ok) {
                    Ok(bytes) => bytes,
                    Err(reason) => return Ok(Some(reason)),
                };
                if let Some(stash) = stash.filter(|stash| !stash.has(made_of)) {
                    stash.put(made_of, &bytes);
                }
                if drawing != Drawing::Never {
                    take(Output { path, fingerprint: Some(fingerprint), content: Content::Bytes(bytes) })?;
                }
                Ok(None)
            })
            .collect::<Result<Vec<Option<String>>, E>>()?;
        if let Some(reason) = problems.into_iter().flatten().next() {
            tell(diagnostics, catalogue::icon_failed(source, &reason));
        }
        Ok(())
    }

    /// What is in use of the images that are kept: the rest may go.
    pub(super) fn used_images(&self) -> Vec<Fingerprint> {
        let jobs = self.jobs();
        let mut used: Vec<Fingerprint> = jobs
            .iter()
            .flat_map(|job| job.versions.iter().map(|(_, version)| job.raster.fingerprint_of(*version)))
            .collect();
        if let Some(svg) = pingmark_site::plan::icons::icon_source(self.graph())
            .and_then(|source| self.sources.files.get(source)?.read_bytes(&*self.files).ok())
        {
            used.extend(Icon::ALL.map(|icon| icon::fingerprint(&svg, icon, self.look.paper[0])));
        }
        used
    }
}

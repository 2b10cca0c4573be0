//! `build` and `check`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use pingmark_core::artifact::Changes;
use pingmark_core::diag::Diagnostics;
use pingmark_core::diag::draw::{Format, Reporter};
use pingmark_core::sources::Sources;
use pingmark_core::when::When;
use pingmark_site::graph::IncludeUnpublished;

use super::args::{BuildArgs, Check, Form, Scope};
use super::terminal::{Terminal, data, say};
use super::{Failure, Project, fixed_now, now, signals};
use crate::cache::{Cache, program};
use crate::engine::{self, Build, Counts, Engine, RenderReason, Request};
use crate::output::disk::{PublishError, Publisher, STATE, standing};
use crate::output::kept::DiskCache;
use crate::output::manifest::BuildStamp;
use crate::source::reader::Reader;
use crate::watch::Watch;

pub(super) fn run(args: &BuildArgs, site: &Project, terminal: &Terminal) -> Result<(), Failure> {
    signals::listen();
    let state = site.root.join(STATE);
    let cache = (!args.no_cache).then(|| Cache::open(&state, program(), clock()));
    let mut engine = if args.watch { Engine::remembering() } else { Engine::default() };
    if !args.no_cache && !args.dry_run {
        engine = engine.keeping(cards(site)).keeping_images(images(site));
    }
    if args.no_cache && !args.watch {
        engine = engine.anew();
    }
    if let Some(progress) = terminal.progress("Images") {
        engine = engine.telling(Arc::new(progress));
    }
    // Before anything is read: what is saved during the first build counts.
    let watch =
        if args.watch { Some(start_watch(args.output_dir.as_deref(), args.poll, site)?) } else { None };
    let known = cache.as_ref().map(Cache::known).unwrap_or_default();
    let reader = Reader::new(&site.root, site.config.as_deref()).knowing(known);
    let reader = if args.watch { reader } else { reader.deferring() };
    if reader.defers() {
        spare_memory();
    }
    let mut line = Line { engine, reader, cache, until: None, args, site, terminal };
    let Some(mut watch) = watch else { return line.build(None) };
    let mut changed: Option<Vec<PathBuf>> = None;
    loop {
        match line.build(changed.as_deref()) {
            Err(Failure::Told(sentence) | Failure::Usage(sentence)) => terminal.problem(&sentence),
            Err(Failure::Stopped) => return Err(Failure::Stopped),
            Ok(()) | Err(Failure::Site) => {}
        }
        for notice in watch.take_notices() {
            terminal.problem(&notice);
        }
        terminal.word("Watching; press Ctrl-C to stop.");
        let paths = next_batch(&mut watch, line.until);
        for path in &paths {
            terminal.detail(&format!("changed: {}", path.display()));
        }
        changed = Some(paths);
    }
}

/// Takes memory in small pages from now on. Huge ones are cleared whole, whatever is needed of them:
/// without them a build of ten thousand posts that knows nothing from before takes a twelfth less, and
/// as long on a machine whose host takes unused memory back. Where less is done they save time. That
/// it cannot be said is no failure.
fn spare_memory() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// The cards that earlier builds drew.
pub(super) fn cards(site: &Project) -> Arc<DiskCache> {
    Arc::new(DiskCache::cards(&site.root.join(STATE)))
}

/// The versions of images that earlier builds made.
pub(super) fn images(site: &Project) -> Arc<DiskCache> {
    Arc::new(DiskCache::images(&site.root.join(STATE)))
}

/// Begins to watch a site.
pub(super) fn start_watch(output: Option<&Path>, poll: bool, site: &Project) -> Result<Watch, Failure> {
    let output =
        output.map_or_else(|| site.root.join(site.settings().output_dir), std::path::Path::to_path_buf);
    Watch::start(&site.root, site.config.as_deref(), &output, poll)
        .map_err(|error| Failure::Told(format!("`{}`: {error}", site.root.display())))
}

/// From the folder to the published site, once or again and again.
struct Line<'a> {
    engine: Engine,
    reader: Reader,
    /// What is kept between two runs: asked at the first build, told after it.
    cache: Option<Cache>,
    /// When the same sources make another site.
    until: Option<Timestamp>,
    args: &'a BuildArgs,
    site: &'a Project,
    terminal: &'a Terminal,
}

impl Line<'_> {
    fn build(&mut self, changed: Option<&[PathBuf]>) -> Result<(), Failure> {
        let started = Instant::now();
        let Self { args, site, terminal, .. } = *self;
        let (sources, diagnostics) = read(&args.scope, site, &mut self.reader, changed)?;
        let wanted = if args.plain_names { Wanted::Look } else { Wanted::Site };
        let request = request(&args.scope, wanted);
        // Of texts that nobody has read yet, there is none before they are compiled.
        let fingerprint = (!sources.has_unread()).then(|| engine::fingerprint_of(&sources, &request));
        let output = args.output_dir.clone().unwrap_or_else(|| site.root.join(site.settings().output_dir));
        if diagnostics.is_empty()
            && !(args.no_cache || args.dry_run || args.force || args.until_next)
            && let Some(fingerprint) = fingerprint
            && let Some((whole, files)) = standing(&site.root, &output, fingerprint, sources.now.as_second())
        {
            if let Some(mut cache) = self.cache.take() {
                // Stamps settle with time.
                let _ = cache.keep_stamps(&sources);
            }
            let unchanged = Changes { written: 0, unchanged: files, removed: 0 };
            terminal.word(&last_line(&whole.counts, &words_of(unchanged, &output), started.elapsed()));
            whole.next.iter().for_each(|next| terminal.word(next));
            return Ok(());
        }
        if let Some(cache) = &mut self.cache {
            let (options, documents) = cache.documents(&sources);
            self.engine.know(options, documents);
        }
        let request = Request { explains: args.watch && terminal.tells_details(), ..request };
        let build = self.engine.understand(sources, diagnostics, &request);
        if args.watch {
            self.reader.keep(&build.sources);
            self.until = until(&build, &args.scope);
        }
        let understood = started.elapsed();
        if build.diagnostics.has_errors() {
            // Rendering may have more to say; nothing is written.
            let mut all = build.diagnostics.clone();
            all.extend(build.try_render());
            tell(&all, &build, args.scope.format, site, terminal);
            return Err(ended_badly(&all, terminal));
        }
        let (counts, next) = (build.counts(), next_due(&build));
        let (changes, rendered) = if args.dry_run {
            (None, build.try_render())
        } else {
            let waiting = |pid: &str| {
                terminal.word(&format!("another build (process {pid}) is running; waiting for it…"))
            };
            let publisher = Publisher::open(&site.root, &output, args.force, waiting).map_err(failed)?;
            let whole = BuildStamp {
                fingerprint: fingerprint.unwrap_or_else(|| engine::fingerprint_of(&build.sources, &request)),
                from: build.sources.now.as_second(),
                until: build.until(),
                counts: in_words(counts, 0),
                next: next.clone(),
            };
            build.publish(publisher, Some(whole)).map_err(failed)?
        };
        let mut all = build.diagnostics.clone();
        all.extend(rendered);
        all.sort();
        tell(&all, &build, args.scope.format, site, terminal);
        if all.has_errors() {
            return Err(ended_badly(&all, terminal));
        }
        let (_, warnings) = all.counts();
        let took = started.elapsed();
        terminal.detail(&stages(&build, understood, took));
        tell_reasons(&build, terminal);
        let files = match changes {
            Some(changes) => words_of(changes, &output),
            None => {
                format!("{} would be made; nothing was written", many(build.plan().targets.len(), "file"))
            }
        };
        terminal.word(&last_line(&in_words(counts, warnings), &files, took));
        if let Some(next) = next {
            terminal.word(&next);
        }
        if !args.dry_run {
            keep(&mut self.cache, &build, terminal);
        }
        if args.until_next
            && let Some((date, _)) = due(&build)
        {
            data(&format!("{}\n", date.rfc3339()));
        }
        // The program is about to end, or to build again: taking a large site apart would only
        // keep the person waiting.
        if !args.watch {
            std::mem::forget(build);
        }
        if args.deny_warnings && warnings > 0 {
            return Err(Failure::Site);
        }
        Ok(())
    }
}

/// Tells the cache of a build, which ends its part in this run. Without a cache the next run is
/// slower, and no more.
pub(super) fn keep(cache: &mut Option<Cache>, build: &Build, terminal: &Terminal) {
    let Some(mut cache) = cache.take() else { return };
    if let Err(error) = cache.keep(&build.sources, build.options, &build.documents) {
        terminal.detail(&format!("nothing is kept for the next build: {error}"));
    }
}

/// When a site has to be built again though no file changes: something falls due, or its time is
/// over. Never, where the moment taken for now was given.
pub(super) fn until(build: &Build, scope: &Scope) -> Option<Timestamp> {
    let until = build.until().filter(|_| fixed_now(scope.today.as_deref()).is_none())?;
    Timestamp::from_second(until).ok()
}

/// Waits for the next changes, or until a moment that the clock will show; then there are none.
pub(super) fn next_batch(watch: &mut Watch, until: Option<Timestamp>) -> Vec<PathBuf> {
    /// A machine that slept does not count that time as passed: the clock is looked at so often.
    const LOOK: Duration = Duration::from_secs(30);
    loop {
        let left =
            until.map(|until| Duration::try_from(until.duration_since(wall_clock())).unwrap_or_default());
        let paths = watch.next_batch(left.map(|left| Instant::now() + left.min(LOOK))).paths;
        if !paths.is_empty() || until.is_some_and(|until| until <= wall_clock()) {
            return paths;
        }
    }
}

fn failed(refusal: PublishError) -> Failure {
    match refusal {
        PublishError::Stopped => Failure::Stopped,
        other => Failure::Told(other.to_string()),
    }
}

pub(super) fn check(args: &Check, site: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let build = understand(&args.scope, site, Wanted::Advice)?;
    let mut all = build.diagnostics.clone();
    all.extend(build.try_render());
    all.sort();
    tell(&all, &build, args.scope.format, site, terminal);
    let (errors, warnings) = all.counts();
    let name = &build.config.main_language().title;
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    terminal.word(&format!("{name}{}, {}", many(errors, "error"), many(warnings, "warning")));
    if errors > 0 || (args.deny_warnings && warnings > 0) { Err(Failure::Site) } else { Ok(()) }
}

/// What a site is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To be published, or listed.
    Site,
    /// To be advised on.
    Advice,
    /// To be looked at while it changes, under names that stay: a style sheet that changes is no
    /// reason to make every page again.
    Look,
}

/// Reads a site and understands it, with what another run kept of it.
pub(super) fn understand(scope: &Scope, site: &Project, wanted: Wanted) -> Result<Build, Failure> {
    let engine = Engine::default().keeping_images(images(site));
    let mut cache = Cache::open(&site.root.join(STATE), program(), clock());
    let mut reader = Reader::new(&site.root, site.config.as_deref()).knowing(cache.known()).deferring();
    let (sources, diagnostics) = read(scope, site, &mut reader, None)?;
    let (options, documents) = cache.documents(&sources);
    engine.know(options, documents);
    Ok(engine.understand(sources, diagnostics, &request(scope, wanted)))
}

/// Reads a site. A reader reads again what changed since it last did.
pub(super) fn read(
    scope: &Scope,
    site: &Project,
    reader: &mut Reader,
    changed: Option<&[PathBuf]>,
) -> Result<(Sources, Diagnostics), Failure> {
    let now = now(scope.today.as_deref(), &site.settings().timezone)?;
    let read = reader.read(now, changed);
    read.map_err(|error| Failure::Told(format!("`{}`: {error}", site.root.display())))
}

/// What is asked for.
pub(super) fn request(scope: &Scope, wanted: Wanted) -> Request {
    Request {
        base_url: scope.base_url.clone(),
        theme: scope.theme.clone(),
        shown: IncludeUnpublished { drafts: scope.drafts, future: scope.future, expired: scope.expired },
        advice: wanted == Wanted::Advice,
        plain_names: wanted == Wanted::Look,
        explains: false,
        program: program(),
    }
}

/// What the clock shows, in nanoseconds since 1970: what is kept of files is measured by it,
/// whatever moment a site is built for.
pub(super) fn clock() -> i128 {
    wall_clock().as_nanosecond()
}

fn wall_clock() -> Timestamp {
    Timestamp::now()
}

pub(super) fn tell(
    diagnostics: &Diagnostics,
    build: &Build,
    form: Form,
    site: &Project,
    terminal: &Terminal,
) {
    let format = match form {
        Form::Human => Format::Human,
        Form::Short => Format::Short,
        Form::Json => Format::Json,
    };
    let drawer = Reporter::new(build, &site.root, format, terminal.colour);
    let mut text = String::new();
    for diagnostic in drawer.in_order(diagnostics) {
        text.push_str(&drawer.draw(diagnostic));
        if format == Format::Human {
            text.push('\n');
        }
    }
    // What a program asked for is data.
    if format == Format::Json { data(&text) } else { say(&text) }
}

fn ended_badly(diagnostics: &Diagnostics, terminal: &Terminal) -> Failure {
    let (errors, warnings) = diagnostics.counts();
    let kept = "what was published before stays as it is";
    terminal.word(&format!(
        "nothing published: {}, {}; {kept}",
        many(errors, "error"),
        many(warnings, "warning")
    ));
    Failure::Site
}

/// The one line at the end that a person can trust.
fn last_line(counts: &str, files: &str, took: Duration) -> String {
    format!("{counts} · {files} · {}", duration(took))
}

fn words_of(changes: Changes, output: &Path) -> String {
    let Changes { written, unchanged, removed } = changes;
    format!("{written} written, {unchanged} unchanged, {removed} removed in {}", output.display())
}

fn in_words(counts: Counts, warnings: usize) -> String {
    format!(
        "{}, {}, {}, {}, {}",
        many(counts.pages, "page"),
        many(counts.tags, "tag"),
        many(counts.citations, "citation"),
        many(counts.pings, "ping"),
        many(warnings, "warning")
    )
}

/// Why each file was rendered again. Not told of a first build, which renders all of them.
pub(super) fn tell_reasons(build: &Build, terminal: &Terminal) {
    let reasons = build.reasons();
    if reasons.iter().any(|(_, why)| *why != RenderReason::New) {
        for (path, why) in reasons {
            terminal.detail(&format!("rendered {path}: {why}"));
        }
    }
}

/// How long each stage took.
pub(super) fn stages(build: &Build, understood: Duration, took: Duration) -> String {
    let known: Duration = build.stages.iter().map(|(_, took)| *took).sum();
    let read = ("read", understood.saturating_sub(known));
    let render = ("render and write", took.saturating_sub(understood));
    let all = std::iter::once(read).chain(build.stages.iter().copied()).chain(std::iter::once(render));
    all.map(|(stage, took)| format!("{stage} {}", duration(took))).collect::<Vec<_>>().join(" · ")
}

/// When the next scheduled post comes out.
pub(super) fn next_due(build: &Build) -> Option<String> {
    let (date, title) = due(build)?;
    Some(format!("next: “{title}” on {}; build again then to publish it", date.rfc3339()))
}

/// The date and the title of the next scheduled post.
fn due(build: &Build) -> Option<(When, String)> {
    let ahead = build
        .graph()
        .unpublished
        .iter()
        .filter(|held| held.reason == pingmark_site::graph::UnpublishedReason::Scheduled);
    ahead
        .filter_map(|held| {
            Some((held.summary.meta.date?, build.documents[held.document].teaser.title.clone()))
        })
        .min()
}

pub(super) fn many(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn duration(took: Duration) -> String {
    match took.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms => format!("{:.2} s", ms as f64 / 1000.0),
    }
}

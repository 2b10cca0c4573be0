//! `build` and `check`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use pingmark_core::artifact::Changes;
use pingmark_core::diag::{Diagnostics, Tally};

use super::args::{BuildArgs, Check, Scope};
use super::project::{Purpose, request};
use super::report::{self, duration, many};
use super::terminal::{Terminal, data};
use super::watchdog::Watchdog;
use super::watching::{self, Repeat};
use super::{Failure, Project, signals};
use crate::engine::{
    EngineOptions, ProgressSink, Rendered, Request, Site, all_diagnostics, fingerprint_of, vanished,
};
use crate::output::disk::{PublishError, Publisher};
use crate::output::manifest::BuildStamp;
use crate::output::published::published_pages;
use crate::session::{Session, images, social_images};

pub(super) fn run(args: &BuildArgs, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    signals::listen();
    watch_templates(&args.scope, project, terminal);
    let mut watch = match args.watch {
        true => Some(watching::start(project, args.output_dir.as_deref(), args.poll)?),
        false => None,
    };
    let mut build = Build::new(args, project, terminal);
    let first = build.run(None);
    let Some(watch) = &mut watch else { return first };
    match first.map_err(|failure| watching::report(failure, &mut build, terminal)) {
        Err(Some(failure)) => Err(failure),
        Ok(()) | Err(None) => Err(watching::follow(&mut build, watch, terminal)),
    }
}

/// Starts to look after templates that do not end.
pub(super) fn watch_templates(scope: &Scope, project: &Project, terminal: &Terminal) {
    Watchdog { root: project.root.clone(), form: scope.format, colour: terminal.colour }.start();
}

/// Disables transparent huge pages. On a cold build of 10 000 posts they cost a twelfth more memory and
/// gain no time; where less is done they save time. Best effort.
pub(super) fn spare_memory() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Builds and publishes a site, once or repeatedly.
struct Build<'a> {
    session: Session,
    request: Request,
    output: PathBuf,
    until: Option<Timestamp>,
    args: &'a BuildArgs,
    project: &'a Project,
    terminal: &'a Terminal,
}

impl<'a> Build<'a> {
    fn new(args: &'a BuildArgs, project: &'a Project, terminal: &'a Terminal) -> Self {
        let caches = !args.no_cache && !args.dry_run;
        let progress = terminal.progress("Images");
        let engine = EngineOptions {
            remember: args.watch,
            without_cache: args.no_cache && !args.watch,
            social_images: if caches { Some(social_images(&project.root)) } else { None },
            images: if caches { Some(images(&project.root)) } else { None },
            explain: args.watch && terminal.is_verbose(),
            progress: progress.map(|progress| ProgressSink(Arc::new(progress))),
            ..EngineOptions::default()
        };
        let session = project.session(!args.no_cache, engine);
        if session.leaves_articles_on_disk() {
            spare_memory();
        }
        let purpose = if args.plain_names { Purpose::Preview } else { Purpose::Publish };
        Self {
            session,
            request: request(&args.scope, purpose),
            output: project.output(args.output_dir.as_deref()),
            until: None,
            args,
            project,
            terminal,
        }
    }

    fn run(&mut self, changed: Option<&[PathBuf]>) -> Result<(), Failure> {
        let started = Instant::now();
        let Self { args, project, terminal, .. } = *self;
        let read = self.session.read(project.now(&args.scope)?, changed);
        let read = read.map_err(|error| project.unreadable(&error))?;
        let may_be_published = !(args.no_cache || args.dry_run || args.force || args.until_next);
        if may_be_published
            && let Some((stamp, files)) = self.session.find_unchanged(&read, &self.request, &self.output)
        {
            self.until = watching::until(stamp.until, &args.scope);
            let unchanged = Changes { written: 0, unchanged: files, removed: 0 };
            let files = changes(unchanged, &self.output);
            terminal.message(&format!("{} · {files} · {}", stamp.counts, duration(started.elapsed())));
            stamp.notes.iter().for_each(|note| terminal.message(note));
            return Ok(());
        }
        let site = self.session.analyze(read, &self.request);
        self.until = watching::until(site.until(), &args.scope);
        let analyzed = started.elapsed();
        let (changed, rendered) = self.render(&site)?;
        let all = all_diagnostics(&site, &rendered.diagnostics);
        report::diagnostics(&all, &site, args.scope.format, project, terminal);
        if all.has_errors() {
            return Err(not_published(&all, terminal));
        }
        let warnings = all.tally().warnings;
        let took = started.elapsed();
        terminal.detail(&report::stages(&site, analyzed, took));
        report::reasons(&rendered.reasons, terminal);
        let counts = report::counts(site.counts(), warnings);
        let files = match changed {
            Some(changed) => changes(changed, &self.output),
            None => {
                format!("{} would be written (dry run)", many(site.plan().targets.len(), "file"))
            }
        };
        terminal.message(&format!("{counts} · {files} · {}", duration(took)));
        for note in report::notes(&site) {
            terminal.message(&note);
        }
        if !args.dry_run
            && let Err(error) = self.session.save(&site)
        {
            terminal.detail(&format!("cache not saved, the next build will be slower: {error}"));
        }
        if args.until_next
            && let Some((date, _)) = report::due(&site)
        {
            data(&format!("{}\n", date.rfc3339()));
        }
        if !args.watch {
            // The program is about to end: freeing a large site would only take time.
            std::mem::forget(site);
        }
        if args.deny_warnings && warnings > 0 { Err(Failure::Site) } else { Ok(()) }
    }

    /// Renders and publishes. In a dry run, or if there are errors already, only renders, to find
    /// all problems.
    fn render(&mut self, site: &Arc<Site>) -> Result<(Option<Changes>, Rendered), Failure> {
        if self.args.dry_run || site.diagnostics.has_errors() {
            let mut diagnostics = self.session.engine().check(site);
            diagnostics.extend(vanished(&published_pages(&self.project.root, &self.output), site));
            return Ok((None, Rendered { diagnostics, ..Rendered::default() }));
        }
        let terminal = self.terminal;
        let waiting = |pid: &str| {
            terminal.message(&format!("another build (process {pid}) is running; waiting for it…"))
        };
        let publisher = Publisher::open(&self.project.root, &self.output, self.args.force, waiting);
        let stamp = BuildStamp {
            fingerprint: fingerprint_of(&site.sources, &self.request),
            from: site.sources.now.as_second(),
            until: site.until(),
            counts: report::counts(site.counts(), 0),
            notes: report::notes(site),
        };
        self.session.engine().publish(site, publisher.map_err(failed)?, Some(stamp)).map_err(failed)
    }
}

impl Repeat for Build<'_> {
    fn build(&mut self, changed: &[PathBuf]) -> Result<(), Failure> {
        self.run(Some(changed))
    }

    fn until(&self) -> Option<Timestamp> {
        self.until
    }

    fn failed(&mut self, _: &str) {}

    fn waiting(&self) -> Option<&'static str> {
        Some("Watching for changes; press Ctrl-C to stop.")
    }
}

pub(super) fn check(args: &Check, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    watch_templates(&args.scope, project, terminal);
    let (mut session, site) = project.open(&args.scope, Purpose::Advice)?;
    let mut problems = session.engine().check(&site);
    problems.extend(vanished(&published_pages(&project.root, &project.output(None)), &site));
    let all = all_diagnostics(&site, &problems);
    report::diagnostics(&all, &site, args.scope.format, project, terminal);
    let Tally { errors, warnings, advice } = all.tally();
    let name = &site.config.main_language().title;
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    let advice = match advice {
        0 => String::new(),
        1 => ", 1 piece of advice".to_owned(),
        count => format!(", {count} pieces of advice"),
    };
    let problems = format!("{}, {}", many(errors, "error"), many(warnings, "warning"));
    terminal.message(&format!("{name}{problems}{advice}"));
    if let Some(held) = report::held_back(&site) {
        terminal.message(&held);
    }
    if errors > 0 || (args.deny_warnings && warnings > 0) { Err(Failure::Site) } else { Ok(()) }
}

fn failed(error: PublishError) -> Failure {
    match error {
        PublishError::Stopped => Failure::Stopped,
        other => Failure::Error(other.to_string()),
    }
}

fn not_published(all: &Diagnostics, terminal: &Terminal) -> Failure {
    let Tally { errors, warnings, .. } = all.tally();
    let (errors, warnings) = (many(errors, "error"), many(warnings, "warning"));
    let kept = "the previously published site is unchanged";
    terminal.message(&format!("nothing published: {errors}, {warnings}; {kept}"));
    Failure::Site
}

fn changes(changes: Changes, output: &Path) -> String {
    let Changes { written, unchanged, removed } = changes;
    format!("{written} written, {unchanged} unchanged, {removed} removed in {}", output.display())
}

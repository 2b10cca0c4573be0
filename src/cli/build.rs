//! `build` and `check`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::args::{BuildArgs, Check, Form, Scope};
use super::terminal::{Terminal, data, say};
use super::{Failure, SiteAt, now, signals};
use crate::diag::Diagnostics;
use crate::diag::draw::{Drawer, Format};
use crate::engine::{Build, Engine, Request};
use crate::graph::Shown;
use crate::output::Changes;
use crate::output::disk::{Publisher, Refusal};
use crate::source::reader::Reader;
use crate::watch::Watch;

pub(super) fn run(args: &BuildArgs, site: &SiteAt, terminal: &Terminal) -> Result<(), Failure> {
    signals::listen();
    let engine = if args.watch { Engine::remembering() } else { Engine::default() };
    if !args.watch {
        return once(&engine, args, site, None, terminal);
    }
    // Before anything is read: what is saved during the first build counts.
    let mut watch = start_watch(args.output_dir.as_deref(), args.poll, site)?;
    let mut reader = Reader::new(&site.root, site.config.as_deref());
    let mut changed: Option<Vec<PathBuf>> = None;
    loop {
        match once(&engine, args, site, Some((&mut reader, changed.as_deref())), terminal) {
            Err(Failure::Told(sentence) | Failure::Usage(sentence)) => terminal.problem(&sentence),
            Err(Failure::Stopped) => return Err(Failure::Stopped),
            Ok(()) | Err(Failure::Site) => {}
        }
        for notice in watch.take_notices() {
            terminal.problem(&notice);
        }
        terminal.word("Watching; press Ctrl-C to stop.");
        let paths = watch.next_batch().paths;
        for path in &paths {
            terminal.detail(&format!("changed: {}", path.display()));
        }
        changed = Some(paths);
    }
}

/// Begins to watch a site.
pub(super) fn start_watch(output: Option<&Path>, poll: bool, site: &SiteAt) -> Result<Watch, Failure> {
    let output =
        output.map_or_else(|| site.root.join(site.settings().output_dir), std::path::Path::to_path_buf);
    Watch::start(&site.root, site.config.as_deref(), &output, poll)
        .map_err(|error| Failure::Told(format!("`{}`: {error}", site.root.display())))
}

fn once(
    engine: &Engine,
    args: &BuildArgs,
    site: &SiteAt,
    reader: Option<(&mut Reader, Option<&[PathBuf]>)>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let started = Instant::now();
    let wanted = if args.plain_names { Wanted::Look } else { Wanted::Site };
    let build = understand(engine, &args.scope, site, reader, wanted)?;
    let understood = started.elapsed();
    if build.diagnostics.has_errors() {
        // Rendering may have more to say; nothing is written.
        let mut all = build.diagnostics.clone();
        all.extend(build.try_render());
        tell(&all, &build, args.scope.format, site, terminal);
        return Err(ended_badly(&all, terminal));
    }
    let output = args.output_dir.clone().unwrap_or_else(|| site.root.join(&build.config.output_dir));
    let (changes, told) = if args.dry_run {
        (None, build.try_render())
    } else {
        let waiting =
            |pid: &str| terminal.word(&format!("another build (process {pid}) is running; waiting for it…"));
        let publisher = Publisher::open(&site.root, &output, args.force, waiting).map_err(failed)?;
        build.publish(publisher).map_err(failed)?
    };
    let mut all = build.diagnostics.clone();
    all.extend(told);
    all.sort();
    tell(&all, &build, args.scope.format, site, terminal);
    if all.has_errors() {
        return Err(ended_badly(&all, terminal));
    }
    let (_, warnings) = all.counts();
    terminal.detail(&stages(&build, understood, started.elapsed()));
    terminal.word(&summary(&build, changes, warnings, &output, started.elapsed()));
    if let Some(next) = next_due(&build) {
        terminal.word(&next);
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

fn failed(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Stopped => Failure::Stopped,
        other => Failure::Told(other.to_string()),
    }
}

pub(super) fn check(args: &Check, site: &SiteAt, terminal: &Terminal) -> Result<(), Failure> {
    let build = understand(&Engine::default(), &args.scope, site, None, Wanted::Advice)?;
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

/// Reads a site and understands it. A reader reads again what changed since it last did.
pub(super) fn understand(
    engine: &Engine,
    scope: &Scope,
    site: &SiteAt,
    reader: Option<(&mut Reader, Option<&[PathBuf]>)>,
    wanted: Wanted,
) -> Result<Build, Failure> {
    let now = now(scope.today.as_deref(), &site.settings().timezone)?;
    let mut once = Reader::new(&site.root, site.config.as_deref());
    let again = reader.is_some();
    let (reader, changed) = reader.unwrap_or((&mut once, None));
    let (sources, diagnostics) = reader
        .read(now, changed)
        .map_err(|error| Failure::Told(format!("`{}`: {error}", site.root.display())))?;
    let request = Request {
        base_url: scope.base_url.clone(),
        theme: scope.theme.clone(),
        shown: Shown { drafts: scope.drafts, future: scope.future, expired: scope.expired },
        advice: wanted == Wanted::Advice,
        plain_names: wanted == Wanted::Look,
    };
    let build = engine.understand(sources, diagnostics, &request);
    if again {
        reader.keep(&build.sources);
    }
    Ok(build)
}

pub(super) fn tell(diagnostics: &Diagnostics, build: &Build, form: Form, site: &SiteAt, terminal: &Terminal) {
    let format = match form {
        Form::Human => Format::Human,
        Form::Short => Format::Short,
        Form::Json => Format::Json,
    };
    let drawer = Drawer { evidence: build, root: &site.root, format, colour: terminal.colour };
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
fn summary(
    build: &Build,
    changes: Option<Changes>,
    warnings: usize,
    output: &Path,
    took: Duration,
) -> String {
    let counts = build.counts();
    let files = match changes {
        Some(Changes { written, unchanged, removed }) => {
            format!("{written} written, {unchanged} unchanged, {removed} removed in {}", output.display())
        }
        None => format!("{} would be made; nothing was written", many(build.plan().targets.len(), "file")),
    };
    format!(
        "{}, {}, {}, {}, {} · {files} · {}",
        many(counts.pages, "page"),
        many(counts.tags, "tag"),
        many(counts.citations, "citation"),
        many(counts.pings, "ping"),
        many(warnings, "warning"),
        duration(took)
    )
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
    let ahead = build.graph().held.iter().filter(|held| held.reason == crate::graph::Reason::Scheduled);
    let (date, title) =
        ahead.filter_map(|held| Some((held.summary.meta.date?, held.summary.title.clone()))).min()?;
    Some(format!("next: “{title}” on {}; build again then to publish it", date.rfc3339()))
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

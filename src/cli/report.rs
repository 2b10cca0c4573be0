//! Reports about a build: problems, counts, times.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use pingmark_core::diag::Diagnostics;
use pingmark_core::diag::format::{Format, Report, Reporter};
use pingmark_core::path::SitePath;
use pingmark_core::printable::printable_line;
use pingmark_core::site_files;
use pingmark_core::when::When;
use pingmark_document::HeldBack;
use pingmark_site::graph::UnpublishedReason;

use super::Project;
use super::args::Form;
use super::terminal::{Terminal, data, eprint_text};
use crate::engine::{Counts, RenderReason, Site};
use crate::output::disk::STATE;

/// File in the state folder with all problems of the last report that was too long for a terminal.
pub(super) const REPORT: &str = "report.txt";

/// Prints diagnostics in the given format.
pub(super) fn diagnostics(
    diagnostics: &Diagnostics,
    site: &Site,
    form: Form,
    project: &Project,
    terminal: &Terminal,
) {
    let format = match form {
        Form::Human => Format::Human,
        Form::Short => Format::Short,
        Form::Json => Format::Json,
    };
    let reporter = Reporter::new(site, &project.root, format, terminal.colour);
    if format == Format::Human && !terminal.is_verbose() {
        return for_people(&reporter, diagnostics, site, project);
    }
    let mut text = String::new();
    for diagnostic in reporter.in_order(diagnostics) {
        text.push_str(&reporter.draw(diagnostic));
        if format == Format::Human {
            text.push('\n');
        }
    }
    // JSON is for programs: it goes to standard output.
    if format == Format::Json { data(&text) } else { eprint_text(&text) }
}

/// Prints a report that a person can take in. If it does not name every place, the whole list is
/// written to a file.
fn for_people(reporter: &Reporter<'_>, diagnostics: &Diagnostics, site: &Site, project: &Project) {
    let Report { mut text, is_whole } = reporter.report(diagnostics);
    let file = project.root.join(STATE).join(REPORT);
    if is_whole {
        // One of an earlier build would be wrong by now.
        let _ = fs::remove_file(file);
        return eprint_text(&text);
    }
    // A line each: drawing thousands with their source lines takes seconds, and nobody reads them.
    let short = Reporter::new(site, &project.root, Format::Short, false);
    let whole: String =
        short.in_order(diagnostics).into_iter().map(|diagnostic| short.draw(diagnostic)).collect();
    let folder = project.root.join(STATE);
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, whole));
    let all = match written {
        Ok(()) => format!("Every place is in {}; -v shows them here.\n\n", file.display()),
        Err(_) => "-v shows every place.\n\n".to_owned(),
    };
    text.push_str(&all);
    eprint_text(&text);
}

/// The counts in the summary of a build.
pub(super) fn counts(counts: Counts, warnings: usize) -> String {
    format!(
        "{}, {}, {}, {}, {}",
        many(counts.pages, "page"),
        many(counts.tags, "tag"),
        many(counts.citations, "citation"),
        many(counts.pings, "ping"),
        many(warnings, "warning")
    )
}

/// Prints why each file was rendered again. Prints nothing for a first build, which renders all files.
pub(super) fn reasons(reasons: &[(SitePath, RenderReason)], terminal: &Terminal) {
    if reasons.iter().any(|(_, reason)| *reason != RenderReason::New) {
        for (path, reason) in reasons {
            terminal.detail(&format!("rendered {path}: {reason}"));
        }
    }
}

/// Times of the stages. `analyzed` is the time until the site was analyzed, `took` the time of the
/// whole build.
pub(super) fn stages(site: &Site, analyzed: Duration, took: Duration) -> String {
    let known: Duration = site.stages.iter().map(|(_, took)| *took).sum();
    let read = ("read", analyzed.saturating_sub(known));
    let render = ("render and write", took.saturating_sub(analyzed));
    let all = std::iter::once(read).chain(site.stages.iter().copied()).chain(std::iter::once(render));
    all.map(|(stage, took)| format!("{stage} {}", duration(took))).collect::<Vec<_>>().join(" · ")
}

/// A line about the posts and pages that the site does not show, with the options that show them.
pub(super) fn not_shown(site: &Site) -> Option<String> {
    let held = |reason| site.graph().unpublished.iter().filter(|held| held.reason == reason).count();
    let kinds = [
        (held(UnpublishedReason::Draft), "draft", "--drafts"),
        (held(UnpublishedReason::Scheduled), "scheduled post", "--future"),
        (held(UnpublishedReason::Expired), "expired post", "--expired"),
    ];
    let kinds = kinds.iter().filter(|(count, ..)| *count > 0);
    let counted: Vec<String> = kinds.clone().map(|(count, noun, _)| many(*count, noun)).collect();
    let options: Vec<&str> = kinds.map(|(.., option)| *option).collect();
    (!counted.is_empty()).then(|| format!("{} not shown: {}", counted.join(", "), options.join(" ")))
}

/// Lines that follow the summary of a build: what is held back, and what is due next.
pub(super) fn notes(site: &Site) -> Vec<String> {
    held_back(site).into_iter().chain(next_due(site)).collect()
}

/// A line about the next scheduled post.
pub(super) fn next_due(site: &Site) -> Option<String> {
    let (date, title) = due(site)?;
    Some(format!("next: “{title}” on {}; build again then to publish it", date.rfc3339()))
}

/// A line about the texts and files that are held back like drafts for another reason than
/// `draft: true`.
pub(super) fn held_back(site: &Site) -> Option<String> {
    let graph = site.graph();
    let mut causes: BTreeMap<&HeldBack, Vec<&SitePath>> = BTreeMap::new();
    for held in &graph.unpublished {
        if let Some(cause) =
            held.summary.meta.held_back.as_ref().filter(|_| held.reason == UnpublishedReason::Draft)
        {
            causes.entry(cause).or_default().push(&held.summary.path);
        }
    }
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for path in graph.held_files.keys() {
        if let Some(place) = path.below("content").and_then(site_files::held_back_by) {
            *places.entry(place).or_default() += 1;
        }
    }
    let mut parts = Vec::new();
    for (cause, paths) in causes {
        let path = if let [one] = paths.as_slice() { format!(" ({one})") } else { String::new() };
        match cause {
            HeldBack::Key(key) => {
                parts.push(format!("{} with `{}`{path}", many(paths.len(), "text"), printable_line(key)))
            }
            HeldBack::Place(place) => *places.entry(place).or_default() += paths.len(),
        }
    }
    parts.extend(places.into_iter().map(|(place, count)| {
        let is_file = count == 1 && Path::new(place).extension().is_some();
        if is_file { format!("`{place}`") } else { format!("{} in `{place}`", many(count, "file")) }
    }));
    let parts = (!parts.is_empty()).then(|| parts.join(", "))?;
    Some(format!("held back like drafts: {parts}; --drafts includes them"))
}

/// Date and title of the next scheduled post.
pub(super) fn due(site: &Site) -> Option<(When, String)> {
    let scheduled =
        site.graph().unpublished.iter().filter(|held| held.reason == UnpublishedReason::Scheduled);
    let titled = scheduled.filter_map(|held| {
        Some((held.summary.meta.date?, site.documents[held.document].teaser.title.clone()))
    });
    titled.min()
}

/// A count with its noun: `1 page`, `2 pages`.
pub(super) fn many(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Formats a duration: milliseconds below one second, seconds above.
pub(super) fn duration(took: Duration) -> String {
    match took.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms => format!("{:.2} s", ms as f64 / 1000.0),
    }
}

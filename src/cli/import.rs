//! `import`: brings a blog over from another system.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::tz::TimeZone;

use pingmark_core::config::{BaseUrl, Config};
use pingmark_core::diag::Severity;
use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_import::atom;
use pingmark_import::file::NewFile;
use pingmark_import::ghost::{self, Blog};
use pingmark_import::report::{Report, Section};
use pingmark_import::wordpress::clock::zone_named;
use pingmark_import::wordpress::index::{self, Index};
use pingmark_import::wordpress::run::{OwnPing, Run};
use pingmark_import::wordpress::site::{Options, Site};
use pingmark_site::graph::MentionTarget;
use pingmark_site::graph::mention::PageLookup;

use super::args::import::{ImportArgs, ImportSystem};
use super::args::{Global, Scope};
use super::report::many;
use super::terminal::{Terminal, data};
use super::{Failure, Project, import_media, now};
use crate::authoring::imported::{ImportWriter, RECORD};

/// Largest export whose site is analysed afterwards, in bytes: that takes memory for all its texts.
const MAX_ANALYSED: u64 = 256 << 20;
/// Largest export that is read at once, in bytes.
const MAX_WHOLE: u64 = 512 << 20;
/// What git leaves out: everything that a build makes again.
const GITIGNORE: &str = "/public/\n/.pingmark/\n";

pub(super) fn run(args: &ImportArgs, global: &Global, terminal: &Terminal) -> Result<(), Failure> {
    let root = match &global.root {
        Some(root) => root.clone(),
        None => Project::find(global).map_or_else(|_| PathBuf::from("."), |project| project.root),
    };
    if let Some(zone) = &args.timezone
        && zone_named(zone).is_err()
    {
        return Err(Failure::Usage(format!(
            "--timezone: there is no time zone `{zone}`; write it as Europe/Paris"
        )));
    }
    let rehearsal = args.dry_run.then(Rehearsal::new).transpose()?;
    let folder = rehearsal.as_ref().map(|rehearsal| rehearsal.0.clone());
    let mut writer = ImportWriter::open(root.clone(), folder.clone())?;
    let (index, items, zone) = match args.from {
        ImportSystem::Wordpress => (scan(args, terminal)?, None, None),
        _ => {
            let Blog { index, items, zone } = whole(args)?;
            (index, Some(items), zone)
        }
    };
    let site = Site::new(index, options(args, &writer, zone)?);
    let files = import_media::media(args, &site.wanted_files(), &root, terminal)?;
    let site = site.with_files(files);
    let mut run = Run::new(&site);
    let reading = Reading::new(&args.files, "Texts", terminal)?;
    match &items {
        Some(items) => run.items(items, &mut |files| writer.write(files))?,
        None => {
            for file in &args.files {
                run.part(reading.open(file)?, &mut |files| writer.write(files))?;
            }
        }
    }
    reading.end();
    let finished = run.finish();
    let mut report = finished.report;
    writer.write(finished.files)?;
    writer.write(vec![NewFile { path: SitePath::constant(".gitignore"), text: GITIGNORE.to_owned() }])?;
    let checked = folder.as_deref().unwrap_or(&root);
    let state = if size(&args.files)? <= MAX_ANALYSED {
        Some(analysed(checked, &finished.own_pings, args, &mut report)?)
    } else {
        report.note(
            Section::OwnPings,
            "The export is too large to analyse the site at once: own pings were not compared",
        );
        None
    };
    for path in &writer.done.edited {
        if path.as_str() != ".gitignore" {
            report.note(Section::Kept, format!("`{path}`"));
        }
    }
    for path in &writer.done.deleted {
        report.note(Section::Kept, format!("`{path}`, which you deleted"));
    }
    let markdown = report.markdown();
    let json = serde_json::to_string_pretty(&report.json()).unwrap_or_default() + "\n";
    if args.dry_run {
        data(&markdown);
    } else {
        writer.report(&SitePath::constant("import-report.md"), &markdown)?;
        writer.report(&SitePath::constant("import-report.json"), &json)?;
        writer.finish()?;
        data(&format!("{}\n", root.display()));
    }
    tell(&report, &writer, state, args, terminal);
    Ok(())
}

/// Folder of a rehearsal, which is removed at the end.
struct Rehearsal(PathBuf);

impl Rehearsal {
    fn new() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("pingmark-import-{}", std::process::id()));
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::Error(format!("`{}`: {error}", folder.display())))?;
        Ok(Self(folder))
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

// ---- reading ----------------------------------------------------------------------------

/// Files that are read, with the progress shown in megabytes.
struct Reading {
    all: u64,
    done: std::sync::Arc<AtomicU64>,
    show: Option<std::sync::Arc<dyn Fn(usize, usize) + Send + Sync>>,
}

/// A file that counts what was read of it.
struct Counted<R> {
    inner: R,
    all: u64,
    done: std::sync::Arc<AtomicU64>,
    show: Option<std::sync::Arc<dyn Fn(usize, usize) + Send + Sync>>,
}

impl Reading {
    fn new(files: &[PathBuf], what: &'static str, terminal: &Terminal) -> Result<Self, Failure> {
        let show = terminal.progress(what);
        let show =
            show.map(|show| std::sync::Arc::new(show) as std::sync::Arc<dyn Fn(usize, usize) + Send + Sync>);
        Ok(Self { all: size(files)?, done: std::sync::Arc::default(), show })
    }

    fn open(&self, path: &Path) -> Result<BufReader<Counted<File>>, Failure> {
        let inner =
            File::open(path).map_err(|error| Failure::Error(format!("`{}`: {error}", path.display())))?;
        let counted = Counted { inner, all: self.all, done: self.done.clone(), show: self.show.clone() };
        Ok(BufReader::with_capacity(256 * 1024, counted))
    }

    fn end(&self) {
        if let Some(show) = &self.show {
            show(1, 1);
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.inner.read(buffer)?;
        let done = self.done.fetch_add(len as u64, Ordering::Relaxed) + len as u64;
        if let Some(show) = &self.show
            && done < self.all
        {
            let megabytes = |bytes: u64| usize::try_from(bytes >> 20).unwrap_or(usize::MAX);
            show(megabytes(done), megabytes(self.all).max(megabytes(done) + 1));
        }
        Ok(len)
    }
}

fn size(files: &[PathBuf]) -> Result<u64, Failure> {
    let one = |path: &PathBuf| {
        let metadata =
            fs::metadata(path).map_err(|error| Failure::Error(format!("`{}`: {error}", path.display())))?;
        if metadata.is_dir() {
            let next = "give the export file itself, which Tools, Export in WordPress downloads";
            return Err(Failure::Usage(format!("`{}` is a folder; {next}", path.display())));
        }
        Ok(metadata.len())
    };
    files.iter().map(one).sum()
}

/// First reading. Fails if nothing could be read at all.
fn scan(args: &ImportArgs, terminal: &Terminal) -> Result<Index, Failure> {
    let mut found = Index::new();
    let reading = Reading::new(&args.files, "Reading the export, MB", terminal)?;
    let mut problems = Vec::new();
    for file in &args.files {
        if let Some(problem) = found.read(reading.open(file)?) {
            let line = line_of(file, problem.offset);
            let name = file.display().to_string();
            index::note_problem(&mut found.report, &name, &problem, line);
            problems.push(format!("`{name}`, line {line}: {}", problem.message));
        }
    }
    reading.end();
    for problem in &problems {
        terminal.message(&format!("not read to the end: {problem}"));
    }
    if found.entries.is_empty() && found.attachments.is_empty() {
        let next = "export the blog again in WordPress, under Tools, Export, “All content”";
        let problem =
            problems.first().cloned().unwrap_or_else(|| "it has neither posts nor pages".to_owned());
        return Err(Failure::Error(format!("nothing to import: {problem}; {next}")));
    }
    Ok(found)
}

/// Reads an export that is not read in parts.
fn whole(args: &ImportArgs) -> Result<Blog, Failure> {
    let [file] = args.files.as_slice() else {
        return Err(Failure::Usage("give one file: only exports of WordPress come in parts".into()));
    };
    let failed =
        |reason: String| Failure::Error(format!("nothing to import: `{}`: {reason}", file.display()));
    let len = size(&args.files)?;
    if len > MAX_WHOLE {
        return Err(failed(format!("it is {} MB; the limit is {} MB", len >> 20, MAX_WHOLE >> 20)));
    }
    let bytes = fs::read(file).map_err(|error| failed(error.to_string()))?;
    if let Some(url) = args.base_url.as_deref().filter(|url| BaseUrl::parse(url).is_none()) {
        return Err(Failure::Usage(format!(
            "`{url}` is not the address of a site; write it as https://example.org/"
        )));
    }
    let mut blog = match (args.from, &args.base_url) {
        (ImportSystem::Ghost, None) => {
            let next = "give it with --base-url https://example.org/";
            return Err(Failure::Usage(format!("exports of Ghost do not tell the blog's address; {next}")));
        }
        (ImportSystem::Ghost, Some(url)) => ghost::read(&String::from_utf8_lossy(&bytes), url),
        (ImportSystem::Blogger, _) => atom::read(&bytes[..], "Blogger"),
        _ => atom::read(&bytes[..], "Feed"),
    }
    .map_err(failed)?;
    if let Some(url) = &args.base_url {
        blog.index.channel.link = url.trim_end_matches('/').to_owned();
    }
    if blog.index.entries.is_empty() {
        return Err(failed("it has neither posts nor pages".into()));
    }
    Ok(blog)
}

/// Line of an offset in a file; 0 if it cannot be read again.
fn line_of(file: &Path, offset: u64) -> usize {
    let Ok(file) = File::open(file) else { return 0 };
    let mut before = BufReader::new(file).take(offset);
    let (mut lines, mut buffer) = (1, vec![0; 64 * 1024]);
    while let Ok(len) = before.read(&mut buffer) {
        if len == 0 {
            break;
        }
        lines += buffer[..len].iter().filter(|byte| **byte == b'\n').count();
    }
    lines
}

/// How to import. Settings that the site has already are followed.
fn options(args: &ImportArgs, writer: &ImportWriter, zone: Option<String>) -> Result<Options, Failure> {
    let own = writer.edited(&SitePath::constant(site_files::CONFIG))?;
    let own = own.map(|text| Config::read(&text, None).0);
    let of_site = || own.as_ref().map(|config| config.settings.timezone.clone());
    let zone = args.timezone.clone().or_else(of_site).or(zone);
    Ok(Options {
        zone,
        now: now(args.today.as_deref(), &TimeZone::UTC)?,
        keep_html: args.keep_html,
        proposes_sources: args.sources,
        permalink: own.map(|config| config.settings.permalink),
        files: HashSet::new(),
    })
}

// ---- checking ---------------------------------------------------------------------------

/// Errors and warnings of the site.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    errors: usize,
    warnings: usize,
    pings: usize,
}

/// Analyses the imported site: compares WordPress's own pings with the graph, and counts problems.
fn analysed(
    root: &Path,
    own_pings: &[OwnPing],
    args: &ImportArgs,
    report: &mut Report,
) -> Result<State, Failure> {
    let project = Project { root: root.to_path_buf(), config: None };
    let scope = Scope { today: args.today.clone(), ..Scope::default() };
    let site = project.site(&scope)?;
    let graph = site.graph();
    let pages = PageLookup::new(&graph.pages, &graph.unpublished, &site.config);
    let page = |address: &str| match pages.by_address(address) {
        Some(MentionTarget::Page(id)) => Some(id),
        _ => None,
    };
    let mut state = State::default();
    for ping in own_pings {
        let found = page(&ping.source).zip(page(&ping.target));
        let is_cited = found.is_some_and(|(source, target)| {
            graph.backlinks[target.index()].iter().any(|citation| citation.from == source)
        });
        if is_cited {
            state.pings += 1;
        } else {
            report.note(Section::OwnPings, format!("`{}` on `{}`", ping.source, ping.target));
        }
    }
    let errors = site.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let warnings =
        site.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
    Ok(State { errors, warnings, ..state })
}

/// The summary.
fn tell(
    report: &Report,
    writer: &ImportWriter,
    state: Option<State>,
    args: &ImportArgs,
    terminal: &Terminal,
) {
    let counts: Vec<String> =
        ["posts", "pages", "comments", "pingbacks", "trackbacks", "webmentions", "attachments"]
            .into_iter()
            .filter_map(|kind| Some((kind, report.count(kind))).filter(|(_, count)| *count > 0))
            .map(|(kind, count)| many(count, kind.trim_end_matches('s')))
            .collect();
    terminal.message(&format!("{}: {}", report.source, counts.join(", ")));
    let left: usize = report.tallies().flat_map(|(_, _, tally)| tally.left.values()).sum();
    if left > 0 {
        terminal.message(&format!("{left} left out, with the reasons in the report"));
    }
    let done = &writer.done;
    let kept = if done.edited.is_empty() {
        String::new()
    } else {
        format!(", {} edited by you and kept", done.edited.len())
    };
    terminal.message(&format!(
        "{} new, {} replaced, {} unchanged{kept}",
        many(done.new, "file"),
        done.replaced,
        done.unchanged
    ));
    if let Some(state) = state {
        if state.pings > 0 {
            terminal.message(&format!("{} of the blog itself found as citations", many(state.pings, "ping")));
        }
        match (state.errors, state.warnings) {
            (0, 0) => terminal.message("The site has no errors and no warnings"),
            (errors, warnings) => terminal.message(&format!(
                "The site has {} and {}: `pingmark check` shows them",
                many(errors, "error"),
                many(warnings, "warning")
            )),
        }
    }
    if args.dry_run {
        terminal.message("Nothing was written");
    } else {
        terminal
            .message(&format!("The whole account is in import-report.md; {RECORD} records what was written"));
    }
}

//! `serve`: the site in the browser while it is written.

use std::collections::HashSet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use pingmark_core::artifact::Output;
use pingmark_core::diag::draw::{Format, Reporter};
use pingmark_core::diag::{Diagnostic, Diagnostics};

use super::args::{Scope, Serve};
use super::build::{
    Wanted, clock, duration, images, keep, many, next_batch, next_due, read, request, stages, start_watch,
    tell, tell_reasons, until,
};
use super::dashboard::Dashboard;
use super::terminal::Terminal;
use super::{Failure, Project, now, signals};
use crate::cache::{Cache, program};
use crate::engine::{Build, Engine, Request};
use crate::output::disk::STATE;
use crate::server::{Server, Settings, SnapshotBuilder, SnapshotDiff};
use crate::source::reader::Reader;

pub(super) fn run(args: &Serve, site: &Project, terminal: &Terminal) -> Result<(), Failure> {
    // What was typed wrongly is told before anything is opened.
    now(args.scope.today.as_deref(), &site.settings().timezone)?;
    signals::listen();
    let settings = Settings {
        interface: args.interface,
        port: args.port,
        hosts: args.allow_host.clone(),
        live: args.watch,
        session: format!("{:x}-{:x}", Timestamp::now().as_nanosecond(), std::process::id()),
        token: token(),
    };
    let refused = |error: std::io::Error| {
        Failure::Told(format!(
            "{} cannot be listened on: {error}",
            SocketAddr::new(args.interface, args.port)
        ))
    };
    let server = Server::bind(&settings).map_err(refused)?;
    let address = server.address().map_err(refused)?;
    if args.port != 0 && address.port() != args.port {
        terminal.word(&format!("Port {} is busy; taking {}.", args.port, address.port()));
    }
    if !args.interface.is_loopback() {
        terminal.problem(&format!(
            "listening on {}: everyone who reaches this machine can read the blog{}",
            args.interface,
            if args.scope.drafts { ", its drafts included" } else { "" }
        ));
    }
    // Before anything is read: what is saved during the first build counts.
    let watch = if args.watch { Some(start_watch(None, args.poll, site)?) } else { None };
    let origin = format!("http://{}", SocketAddr::new(asked_as(address.ip()), address.port()));
    let cache = Cache::open(&site.root.join(STATE), program(), clock());
    let mut session = ServeSession {
        engine: Engine::remembering().deferring_images().keeping_images(images(site)),
        reader: Reader::new(&site.root, site.config.as_deref()).knowing(cache.known()),
        cache: Some(cache),
        until: None,
        server,
        dashboard: Arc::new(Dashboard::new(site.root.clone(), site.config.clone(), site.settings().timezone)),
        args,
        site,
        terminal,
        origin,
        diagnostics: HashSet::new(),
        broken: false,
    };
    let home = match session.build(None) {
        Err(failure) => return Err(failure),
        Ok(None) if !args.watch => return Err(Failure::Site),
        Ok(home) => home.unwrap_or_else(|| format!("{}/", session.origin)),
    };
    session.server.open(session.dashboard.clone()).map_err(refused)?;
    let how = if args.watch { "watching for changes" } else { "as it is now; --watch follows your changes" };
    terminal.word(&format!("Your desk: {}/__pingmark/", session.origin));
    terminal.word(&format!("Serving {home} ({how}); press Ctrl-C to stop."));
    if args.open {
        open(&home, terminal);
    }
    let Some(mut watch) = watch else {
        // Until a signal comes.
        loop {
            std::thread::park();
        }
    };
    loop {
        for notice in watch.take_notices() {
            terminal.problem(&notice);
        }
        let paths = next_batch(&mut watch, session.until);
        if let Err(Failure::Told(sentence) | Failure::Usage(sentence)) = session.build(Some(&paths)) {
            terminal.problem(&sentence);
            session.server.show_problems(vec![format!("error: {sentence}")]);
        }
    }
}

/// A word that nobody can guess: the system's own randomness, as the standard library keys its
/// tables with it.
fn token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let part = |number: u8| RandomState::new().hash_one(number);
    format!("{:016x}{:016x}", part(0), part(1))
}

/// The address to ask for what listens on all interfaces.
fn asked_as(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// Where builds are shown.
struct ServeSession<'a> {
    engine: Engine,
    reader: Reader,
    /// What is kept between two runs: asked at the first build, told after it.
    cache: Option<Cache>,
    /// When the same sources make another site.
    until: Option<Timestamp>,
    server: Server,
    /// What the desk in the browser shows.
    dashboard: Arc<Dashboard>,
    args: &'a Serve,
    site: &'a Project,
    terminal: &'a Terminal,
    origin: String,
    /// What was told of the last build: a warning that stays is not told at every save.
    diagnostics: HashSet<Diagnostic>,
    /// Whether the last build failed.
    broken: bool,
}

/// What a build did to the files that are shown.
struct Shown {
    /// Which are others now.
    swap: SnapshotDiff,
    /// How many there are.
    total: usize,
    /// The number of all of them.
    number: u64,
    /// How long it took, as it is told.
    took: String,
}

impl ServeSession<'_> {
    /// Builds the site and shows it, or what is wrong with it. Gives the address of its home
    /// when it could be built.
    fn build(&mut self, changed: Option<&[PathBuf]>) -> Result<Option<String>, Failure> {
        let attempt = panic::catch_unwind(AssertUnwindSafe(|| self.try_build(changed)));
        attempt.unwrap_or_else(|_| {
            // What the engine kept may be half done.
            self.engine = Engine::remembering().deferring_images().keeping_images(images(self.site));
            self.reader = Reader::new(&self.site.root, self.site.config.as_deref());
            Err(Failure::Told("the build failed within the program itself; this is a bug of Pingmark".into()))
        })
    }

    fn try_build(&mut self, changed: Option<&[PathBuf]>) -> Result<Option<String>, Failure> {
        let started = Instant::now();
        let scope = self.scope();
        let (sources, diagnostics) = read(&scope, self.site, &mut self.reader, changed)?;
        if let Some(cache) = &mut self.cache {
            let (options, documents) = cache.documents(&sources);
            self.engine.know(options, documents);
        }
        let request = Request { explains: self.terminal.tells_details(), ..request(&scope, Wanted::Look) };
        let build = self.engine.understand(sources, diagnostics, &request);
        self.reader.keep(&build.sources);
        self.until = until(&build, &scope);
        let understood = started.elapsed();
        // While templates are the same, nothing is to be feared of the files that take long: the
        // others need not wait for them.
        let in_turn = changed.is_some() && !self.broken && !build.work.dressed;
        let quick = if in_turn { self.quick(&build) } else { None };
        let in_turn = quick.is_some();
        let (shelf, diagnostics) = quick.unwrap_or_else(|| self.whole(&build));
        let mut all = build.diagnostics.clone();
        all.extend(diagnostics);
        all.sort();
        if all.has_errors() {
            self.fail(&all, &build, changed, started);
            return Ok(None);
        }
        let banner = banner(&build, &self.args.scope);
        let (snapshot, swap) = shelf.finish(build.config.base_url.path(), banner.clone());
        let first = self.server.shown().is_none();
        let mended = if std::mem::take(&mut self.broken) { "mended, " } else { "" };
        let build = Arc::new(build);
        // First: who is told of the new site finds the desk up to date.
        self.dashboard.show(build.clone());
        let (total, number) = (snapshot.len(), snapshot.number());
        self.server.show(snapshot, &swap);
        let mut shown = Shown { swap, total, number, took: duration(started.elapsed()) };
        if in_turn {
            let diagnostics = self.follow(&build, banner, &mut shown, started);
            let fails = diagnostics.has_errors();
            all.extend(diagnostics);
            all.sort();
            if fails {
                self.fail(&all, &build, changed, started);
                return Ok(None);
            }
        }
        self.engine.shown(shown.number);
        self.tell(&all, &build);
        let Shown { swap, total, took, .. } = &shown;
        let words = if first { many(*total, "file") } else { changed_files(&build, swap, *total) };
        self.terminal.word(&format!("{}{mended}{words} · {took}", self.names(changed)));
        self.terminal.detail(&stages(&build, understood, started.elapsed()));
        tell_reasons(&build, self.terminal);
        for path in &swap.paths {
            self.terminal.detail(&format!("changed: {path}"));
        }
        if let Some(next) = next_due(&build).filter(|_| first) {
            self.terminal.word(&next);
        }
        keep(&mut self.cache, &build, self.terminal);
        Ok(Some(format!("{}/", build.config.base_url.as_str())))
    }

    /// Renders and shows the files that take long, after the others are shown.
    fn follow(
        &self,
        build: &Build,
        banner: Option<String>,
        shown: &mut Shown,
        started: Instant,
    ) -> Diagnostics {
        let shelf = SnapshotBuilder::adding(self.server.shown());
        let Ok(diagnostics) =
            build.render_slow(|path, fingerprint| shelf.keep(path, fingerprint), taking(&shelf));
        if diagnostics.has_errors() {
            return diagnostics;
        }
        let (snapshot, others) = shelf.finish(build.config.base_url.path(), banner);
        if others.made > 0 {
            (shown.total, shown.number) = (snapshot.len(), snapshot.number());
            self.server.show(snapshot, &others);
            shown.swap.made += others.made;
            shown.swap.paths.extend(others.paths);
            shown.swap.paths.sort();
            let took = duration(started.elapsed());
            shown.took.push_str(&format!(" ({took} with the pages that list everything)"));
        }
        diagnostics
    }

    /// Renders all of a site.
    fn whole(&self, build: &Build) -> (SnapshotBuilder, Diagnostics) {
        let shelf = SnapshotBuilder::new(self.server.shown());
        let Ok(diagnostics) =
            build.render_what(|path, fingerprint| shelf.keep(path, fingerprint), taking(&shelf));
        (shelf, diagnostics)
    }

    /// Renders what does not take long; nothing, when it would not be known of each file that is
    /// shown whether it stays.
    fn quick(&self, build: &Build) -> Option<(SnapshotBuilder, Diagnostics)> {
        let before = self.server.shown();
        let since = before.as_ref().map(|before| before.number());
        let shelf = SnapshotBuilder::new(before);
        build.slow().for_each(|path| shelf.leave(&path));
        let Ok(rendered) =
            build.render_quick(since, |path, fingerprint| shelf.keep(path, fingerprint), taking(&shelf));
        shelf.leave_others(rendered.untouched);
        let fails = build.diagnostics.has_errors() || rendered.diagnostics.has_errors();
        (fails || shelf.is_settled()).then_some((shelf, rendered.diagnostics))
    }

    /// Tells what is wrong with a site that cannot be shown.
    fn fail(&mut self, all: &Diagnostics, build: &Build, changed: Option<&[PathBuf]>, started: Instant) {
        self.broken = true;
        self.tell(all, build);
        let (errors, _) = all.counts();
        let (names, errors) = (self.names(changed), many(errors, "error"));
        let took = duration(started.elapsed());
        self.terminal.word(&format!("{names}{errors}; the pages stay as they are · {took}"));
        self.server.show_problems(self.drawn(all, build));
    }

    /// What is asked for: the site as configured, under the local address.
    fn scope(&self) -> Scope {
        let asked = &self.args.scope;
        let local = || format!("{}{}/", self.origin, self.site.settings().base_url.path());
        Scope {
            base_url: asked.base_url.clone().or_else(|| Some(local())),
            today: asked.today.clone(),
            theme: asked.theme.clone(),
            ..*asked
        }
    }

    /// Tells what is wrong, errors always, warnings when they are new.
    fn tell(&mut self, all: &Diagnostics, build: &Build) {
        let is_news =
            |diagnostic: &&Diagnostic| diagnostic.is_error() || !self.diagnostics.contains(*diagnostic);
        let news: Diagnostics = all.iter().filter(is_news).cloned().collect();
        tell(&news, build, self.args.scope.format, self.site, self.terminal);
        self.diagnostics = all.iter().cloned().collect();
    }

    /// The errors as the terminal shows them, one text each.
    fn drawn(&self, all: &Diagnostics, build: &Build) -> Vec<String> {
        let drawer = Reporter::new(build, &self.site.root, Format::Human, false);
        let errors = drawer.in_order(all).into_iter().filter(|diagnostic| diagnostic.is_error());
        errors.map(|diagnostic| drawer.draw(diagnostic)).collect()
    }

    /// The files that were saved, the first few by name.
    fn names(&self, changed: Option<&[PathBuf]>) -> String {
        const NAMED: usize = 3;
        let Some(changed) = changed else { return String::new() };
        if changed.is_empty() {
            return "it is time: ".to_owned();
        }
        let root = self.site.root.canonicalize().unwrap_or_default();
        let name = |path: &PathBuf| path.strip_prefix(&root).unwrap_or(path).display().to_string();
        let mut names = changed.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
        if changed.len() > NAMED {
            names.push_str(&format!(" and {} more", changed.len() - NAMED));
        }
        format!("{names}: ")
    }
}

/// Puts what is rendered on a shelf.
fn taking(shelf: &SnapshotBuilder) -> impl Fn(Output) -> Result<(), Infallible> + Sync {
    |output| {
        shelf.take(output);
        Ok(())
    }
}

fn changed_files(build: &Build, swap: &SnapshotDiff, total: usize) -> String {
    let changed = match swap.paths.len() {
        0 => "nothing to show anew".to_owned(),
        changed => format!("{changed} of {} changed", many(total, "file")),
    };
    format!("{} parsed, {} rendered, {changed}", build.work.parsed.len(), swap.made)
}

/// What is said at the foot of each page when more is shown than is published.
fn banner(build: &Build, scope: &Scope) -> Option<String> {
    let now = build.sources.now.as_second();
    let metas = || build.graph().published().map(|id| &build.graph().page(id).summary().meta);
    let drafts = metas().filter(|meta| meta.draft).count();
    let future = metas().filter(|meta| meta.date.is_some_and(|date| date.instant > now)).count();
    let expired = metas().filter(|meta| meta.expires.is_some_and(|date| date.instant <= now)).count();
    let kinds = [
        (scope.drafts, drafts, "drafts"),
        (scope.future, future, "scheduled posts"),
        (scope.expired, expired, "expired posts"),
    ];
    let shown =
        kinds.into_iter().filter(|(shown, ..)| *shown).map(|(_, count, kind)| format!("{kind} ({count})"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    (!shown.is_empty()).then(|| format!("Shown here, but not published: {shown}"))
}

/// Opens an address in the person's browser.
fn open(address: &str, terminal: &Terminal) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(target_os = "windows") {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        Ok(mut child) => _ = std::thread::spawn(move || child.wait()),
        Err(error) => terminal.problem(&format!("no browser could be opened ({program}: {error})")),
    }
}

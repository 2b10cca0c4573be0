//! `serve`: previews the site in the browser while it is written.

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
use pingmark_core::diag::format::{Format, Reporter};
use pingmark_core::diag::{Diagnostic, Diagnostics};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;

use super::args::{Scope, Serve};
use super::build::watch_templates;
use super::dashboard::Dashboard;
use super::project::{Purpose, request};
use super::report::{self, duration, many};
use super::terminal::Terminal;
use super::watching::{self, Repeat};
use super::{Failure, Project, now, signals};
use crate::engine::{EngineOptions, Rendered, Sink, Site, WholeSitePages, all_diagnostics};
use crate::server::{DashboardAccess, Server, Settings, SnapshotBuilder, SnapshotDiff};
use crate::session::{Session, images};
use crate::source::disk::Disk;

pub(super) fn run(args: &Serve, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    // A wrong date is reported before anything is opened.
    now(args.scope.today.as_deref(), &project.settings().timezone)?;
    signals::listen();
    watch_templates(&args.scope, project, terminal);
    let (server, origin) = bind(args, terminal)?;
    let mut watch = if args.watch { Some(watching::start(project, None, args.poll)?) } else { None };
    let mut preview = Preview::new(args, project, terminal, server, origin);
    match preview.build(None) {
        Err(Failure::Site) if args.watch => {}
        first => first?,
    }
    preview.open()?;
    match &mut watch {
        Some(watch) => Err(watching::follow(&mut preview, watch, terminal)),
        // A signal ends the program.
        None => loop {
            std::thread::park();
        },
    }
}

/// Binds the port. Returns the server and its origin, such as `http://127.0.0.1:1111`.
fn bind(args: &Serve, terminal: &Terminal) -> Result<(Server, String), Failure> {
    let settings = Settings {
        interface: args.interface,
        port: args.port,
        hosts: args.allow_host.clone(),
        access: DashboardAccess { ranges: args.desk_from.clone() },
        live: args.watch,
        session: format!("{:x}-{:x}", Timestamp::now().as_nanosecond(), std::process::id()),
        token: token(),
    };
    let failed = |error| cannot_listen(args, error);
    let server = Server::bind(&settings).map_err(failed)?;
    let address = server.address().map_err(failed)?;
    if args.port != 0 && address.port() != args.port {
        terminal.message(&format!("Port {} is in use; using {} instead.", args.port, address.port()));
    }
    if !args.interface.is_loopback() {
        let drafts = if args.scope.drafts { ", including drafts" } else { "" };
        terminal.problem(&format!(
            "listening on {}: anyone who can reach this machine can read the blog{drafts}; {}",
            args.interface,
            who_may_edit(args)
        ));
    } else if !args.desk_from.is_empty() {
        terminal.problem("--desk-from has no effect: no other machine can connect without --interface");
    }
    let origin = format!("http://{}", SocketAddr::new(reachable_at(address.ip()), address.port()));
    Ok((server, origin))
}

/// Who may use the dashboard of a server that other machines can reach, as a clause.
fn who_may_edit(args: &Serve) -> String {
    if args.desk_from.is_empty() {
        let only = "the dashboard, which shows drafts and approves mentions, answers only this machine";
        return format!("{only} (--desk-from ADDRESS opens it to another)");
    }
    let names: Vec<String> = args.desk_from.iter().map(ToString::to_string).collect();
    format!("{} can use the dashboard too, and see drafts and approve mentions", names.join(" and "))
}

fn cannot_listen(args: &Serve, error: std::io::Error) -> Failure {
    let address = SocketAddr::new(args.interface, args.port);
    Failure::Error(format!("cannot listen on {address}: {error}; choose another --port or --interface"))
}

/// A token that nobody can guess, from the system's randomness that seeds the standard library's
/// hash maps.
fn token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let part = |number: u8| RandomState::new().hash_one(number);
    format!("{:016x}{:016x}", part(0), part(1))
}

/// The address to request from a server: the loopback address if it listens on all interfaces.
fn reachable_at(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// Builds the site repeatedly and shows it in the browser.
struct Preview<'a> {
    session: Session,
    server: Server,
    /// The author's dashboard.
    dashboard: Arc<Dashboard>,
    /// The site that the server shows.
    shown: Option<Arc<Site>>,
    until: Option<Timestamp>,
    args: &'a Serve,
    project: &'a Project,
    terminal: &'a Terminal,
    origin: String,
    /// Problems of the last build: a warning is not reported again at every save.
    reported: HashSet<Diagnostic>,
    /// Whether the last build failed.
    broken: bool,
}

/// Sink for the files of the next snapshot.
struct NextSnapshot {
    files: SnapshotBuilder,
    /// Whether the server shows the engine's last render.
    continues: bool,
}

impl Sink for NextSnapshot {
    type Error = Infallible;

    fn holds_last_render(&self) -> bool {
        self.continues
    }

    fn keep(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        self.files.has(path, fingerprint)
    }

    fn take(&self, output: Output) -> Result<(), Infallible> {
        self.files.take(output);
        Ok(())
    }

    fn miss(&self, path: &SitePath) {
        self.files.remove(path);
    }
}

impl<'a> Preview<'a> {
    fn new(
        args: &'a Serve,
        project: &'a Project,
        terminal: &'a Terminal,
        server: Server,
        origin: String,
    ) -> Self {
        let engine = EngineOptions {
            remember: true,
            defer_images: true,
            images: Some(images(&project.root)),
            explain: terminal.is_verbose(),
            ..EngineOptions::default()
        };
        let zone = project.settings().timezone;
        Self {
            session: project.session(true, engine),
            server,
            dashboard: Arc::new(Dashboard::new(project.root.clone(), project.config.clone(), zone)),
            shown: None,
            until: None,
            args,
            project,
            terminal,
            origin,
            reported: HashSet::new(),
            broken: false,
        }
    }

    /// Starts to answer requests, and prints the addresses.
    fn open(&self) -> Result<(), Failure> {
        self.server.open(self.dashboard.clone()).map_err(|error| cannot_listen(self.args, error))?;
        let base_url = self.shown.as_ref().map(|site| site.config.base_url.as_str());
        let home = format!("{}/", base_url.unwrap_or(&self.origin));
        let how = match self.args.watch {
            true => "watching for changes",
            false => "not watching; use --watch to follow changes",
        };
        self.terminal.message(&self.dashboard_address());
        self.terminal.message(&format!("Serving {home} ({how}); press Ctrl-C to stop."));
        if self.args.open {
            open(&home, self.terminal);
        }
        Ok(())
    }

    /// Where the author finds the dashboard.
    fn dashboard_address(&self) -> String {
        let interface = self.args.interface;
        let is_reachable = interface.is_loopback() || interface.is_unspecified();
        if is_reachable || self.args.desk_from.iter().any(|range| range.contains(interface)) {
            return format!("Dashboard: {}/__pingmark/", self.origin);
        }
        format!(
            "Dashboard: closed, because {interface} is not this machine alone; --desk-from {interface} opens it"
        )
    }

    /// Builds the site and shows it, or its errors.
    fn build(&mut self, changed: Option<&[PathBuf]>) -> Result<(), Failure> {
        let attempt = panic::catch_unwind(AssertUnwindSafe(|| self.try_build(changed)));
        attempt.unwrap_or_else(|_| {
            self.session.reset();
            self.broken = true;
            Err(Failure::Error("the build crashed; this is a bug in Pingmark, please report it".into()))
        })
    }

    fn try_build(&mut self, changed: Option<&[PathBuf]>) -> Result<(), Failure> {
        let started = Instant::now();
        let scope = self.scope();
        let now = self.project.now(&scope)?;
        let site = self.session.refresh(now, changed, &request(&scope, Purpose::Preview));
        let site = site.map_err(|error| self.project.unreadable(&error))?;
        self.until = watching::until(site.until(), &scope);
        let analyzed = started.elapsed();
        let (next, rendered) = self.render(&site);
        let mut all = all_diagnostics(&site, &rendered.diagnostics);
        if all.has_errors() {
            return Err(self.fail(&all, &site, changed, started));
        }
        let is_first = self.shown.is_none();
        let fixed = if std::mem::take(&mut self.broken) { "fixed, " } else { "" };
        let (total, diff) = self.show(&site, next);
        let mut took = duration(started.elapsed());
        if let Some(pages) = &rendered.deferred {
            let problems = self.session.engine().finish(pages);
            all.extend(problems);
            all.sort();
            if all.has_errors() {
                return Err(self.fail(&all, &site, changed, started));
            }
            took.push_str(&format!(" ({} with pages that list the whole site)", duration(started.elapsed())));
        }
        self.report(&all, &site);
        let files = if is_first { many(total, "file") } else { changed_files(&site, &diff, total) };
        self.terminal.message(&format!("{}{fixed}{files} · {took}", self.names(changed)));
        self.terminal.detail(&report::stages(&site, analyzed, started.elapsed()));
        report::reasons(&rendered.reasons, self.terminal);
        for path in &diff.paths {
            self.terminal.detail(&format!("changed: {path}"));
        }
        if let Some(hidden) = report::not_shown(&site).filter(|_| is_first) {
            self.terminal.message(&hidden);
        }
        for note in report::notes(&site).into_iter().filter(|_| is_first) {
            self.terminal.message(&note);
        }
        if let Err(error) = self.session.save(&site) {
            self.terminal.detail(&format!("cache not saved, the next build will be slower: {error}"));
        }
        Ok(())
    }

    /// Renders the files that the server does not show yet. Pages that list the whole site are
    /// deferred, unless templates have changed: a template error must be found before anything is
    /// shown.
    fn render(&mut self, site: &Arc<Site>) -> (SnapshotBuilder, Rendered) {
        let continues = self.shown.is_some() && !self.broken;
        let pages = match continues && !site.recomputed.theme {
            true => WholeSitePages::Deferred,
            false => WholeSitePages::Now,
        };
        let next = NextSnapshot { files: SnapshotBuilder::new(self.server.shown()), continues };
        let Ok(rendered) = self.session.engine().render(site, pages, &next);
        (next.files, rendered)
    }

    /// Shows a site from now on. Returns the number of its files, and the changes.
    fn show(&mut self, site: &Arc<Site>, mut next: SnapshotBuilder) -> (usize, SnapshotDiff) {
        if self.shown.as_ref().is_none_or(|shown| !shown.has_plan_of(site)) {
            next.retain(site.plan().targets.iter().map(|target| target.route.file()));
        }
        let headers = own_headers(site);
        let banner = banner(site, &self.args.scope);
        let (snapshot, diff) = next.finish(site.config.base_url.path(), banner, headers.as_deref());
        let total = snapshot.len();
        // The dashboard first, so that it is up to date when pages learn about the new site.
        self.dashboard.show(site.clone());
        self.server.show(snapshot, &diff);
        self.shown = Some(site.clone());
        (total, diff)
    }

    /// Reports the errors of a site that cannot be shown.
    fn fail(
        &mut self,
        all: &Diagnostics,
        site: &Site,
        changed: Option<&[PathBuf]>,
        started: Instant,
    ) -> Failure {
        self.broken = true;
        self.report(all, site);
        let errors = all.tally().errors;
        let (names, errors) = (self.names(changed), many(errors, "error"));
        let took = duration(started.elapsed());
        self.terminal.message(&format!("{names}{errors}; pages are not updated · {took}"));
        self.server.show_problems(self.drawn(all, site));
        Failure::Site
    }

    /// The site as configured, under the local address.
    fn scope(&self) -> Scope {
        let scope = &self.args.scope;
        let local = || format!("{}{}/", self.origin, self.project.settings().base_url.path());
        Scope {
            base_url: scope.base_url.clone().or_else(|| Some(local())),
            today: scope.today.clone(),
            theme: scope.theme.clone(),
            ..*scope
        }
    }

    /// Reports problems: all errors, and warnings that are new.
    fn report(&mut self, all: &Diagnostics, site: &Site) {
        let is_new = |diagnostic: &&Diagnostic| diagnostic.is_error() || !self.reported.contains(*diagnostic);
        let new: Diagnostics = all.iter().filter(is_new).cloned().collect();
        report::diagnostics(&new, site, self.args.scope.format, self.project, self.terminal);
        self.reported = all.iter().cloned().collect();
    }

    /// The errors as the terminal shows them, one text each.
    fn drawn(&self, all: &Diagnostics, site: &Site) -> Vec<String> {
        let reporter = Reporter::new(site, &self.project.root, Format::Human, false);
        // More than these nobody reads in a browser; the terminal has them in groups.
        const MAX_DRAWN: usize = 20;
        let errors = reporter.in_order(all).into_iter().filter(|diagnostic| diagnostic.is_error());
        let mut drawn: Vec<String> =
            errors.take(MAX_DRAWN).map(|diagnostic| reporter.draw(diagnostic)).collect();
        let count = all.tally().errors;
        if count > MAX_DRAWN {
            drawn.push(format!("and {} more; the terminal tells them", count - MAX_DRAWN));
        }
        drawn
    }

    /// Names of the first few files that were saved, as a prefix for a message.
    fn names(&self, changed: Option<&[PathBuf]>) -> String {
        const MAX_NAMES: usize = 3;
        let Some(changed) = changed else { return String::new() };
        if changed.is_empty() {
            return "scheduled time reached: ".to_owned();
        }
        let root = self.project.root.canonicalize().unwrap_or_default();
        let name = |path: &PathBuf| path.strip_prefix(&root).unwrap_or(path).display().to_string();
        let mut names = changed.iter().take(MAX_NAMES).map(name).collect::<Vec<_>>().join(", ");
        if changed.len() > MAX_NAMES {
            names.push_str(&format!(" and {} more", changed.len() - MAX_NAMES));
        }
        format!("{names}: ")
    }
}

impl Repeat for Preview<'_> {
    fn build(&mut self, changed: &[PathBuf]) -> Result<(), Failure> {
        Preview::build(self, Some(changed))
    }

    fn until(&self) -> Option<Timestamp> {
        self.until
    }

    fn failed(&mut self, message: &str) {
        self.server.show_problems(vec![format!("error: {message}")]);
    }

    fn waiting(&self) -> Option<&'static str> {
        None
    }
}

fn changed_files(site: &Site, diff: &SnapshotDiff, total: usize) -> String {
    let changed = match diff.paths.len() {
        0 => "no file changed".to_owned(),
        changed => format!("{changed} of {} changed", many(total, "file")),
    };
    format!("{} parsed, {} rendered, {changed}", site.recomputed.parsed.len(), diff.made)
}

/// Text of the site's own `_headers`, which replaces the generated one.
fn own_headers(site: &Site) -> Option<String> {
    let source = &site.graph().assets.get("_headers")?.source;
    let bytes = site.sources.files.get(source)?.read_bytes(&Disk).ok()?;
    String::from_utf8(bytes).ok()
}

/// Text of the banner on each page when unpublished posts are shown.
fn banner(site: &Site, scope: &Scope) -> Option<String> {
    let now = site.sources.now.as_second();
    let metas = || site.graph().published().map(|id| &site.graph().page(id).summary().meta);
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
    (!shown.is_empty()).then(|| format!("Shown here but not published: {shown}"))
}

/// Opens an address in the user's browser.
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
        Err(error) => {
            terminal.problem(&format!("cannot open a browser ({program}: {error}); open {address} yourself"))
        }
    }
}

//! The loop of `build --watch` and `serve --watch`: wait for changes, then build again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::args::Scope;
use super::terminal::Terminal;
use super::{Failure, Project, fixed_now};
use crate::watch::Watch;

/// A build that can be repeated.
pub(super) trait Repeat {
    /// Builds. `changed` holds absolute paths with their links followed.
    fn build(&mut self, changed: &[PathBuf]) -> Result<(), Failure>;

    /// When the same sources first give a different site, if ever.
    fn until(&self) -> Option<Timestamp>;

    /// Called with the message that the terminal shows when a build cannot start or finish.
    fn failed(&mut self, message: &str);

    /// A message to print before each wait.
    fn waiting(&self) -> Option<&'static str>;
}

/// Starts to watch a site. Call it before reading the site, so that changes during the first build
/// are noticed.
pub(super) fn start(project: &Project, output: Option<&Path>, poll: bool) -> Result<Watch, Failure> {
    Watch::start(&project.root, project.config.as_deref(), &project.output(output), poll)
        .map_err(|error| project.unreadable(&error))
}

/// Builds again after each change, until shutdown is requested.
pub(super) fn follow(build: &mut dyn Repeat, watch: &mut Watch, terminal: &Terminal) -> Failure {
    loop {
        for notice in watch.take_notices() {
            terminal.problem(&notice);
        }
        if let Some(message) = build.waiting() {
            terminal.message(message);
        }
        let paths = next_batch(watch, build.until());
        for path in &paths {
            terminal.detail(&format!("changed: {}", path.display()));
        }
        if let Err(failure) = build.build(&paths)
            && let Some(failure) = report(failure, build, terminal)
        {
            return failure;
        }
    }
}

/// Reports why a build failed. Returns the failure if the program has to end.
pub(super) fn report(failure: Failure, build: &mut dyn Repeat, terminal: &Terminal) -> Option<Failure> {
    match failure {
        Failure::Error(message) | Failure::Usage(message) => {
            terminal.problem(&message);
            build.failed(&message);
            None
        }
        Failure::Site => None,
        Failure::Stopped => Some(Failure::Stopped),
    }
}

/// When the site has to be built again even if no file changes, given the time in seconds since
/// 1970 at which the same sources first give a different site; `None` if "now" is fixed.
pub(super) fn until(until: Option<i64>, scope: &Scope) -> Option<Timestamp> {
    let until = until.filter(|_| fixed_now(scope.today.as_deref()).is_none())?;
    Timestamp::from_second(until).ok()
}

/// Waits for the next changes. Returns no paths if `until` is reached before.
fn next_batch(watch: &mut Watch, until: Option<Timestamp>) -> Vec<PathBuf> {
    /// Interval at which the system clock is checked: timers do not advance while the machine
    /// sleeps.
    const CLOCK_CHECK: Duration = Duration::from_secs(30);
    loop {
        let left =
            until.map(|until| Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default());
        let paths = watch.next_batch(left.map(|left| Instant::now() + left.min(CLOCK_CHECK))).paths;
        if !paths.is_empty() || until.is_some_and(|until| until <= Timestamp::now()) {
            return paths;
        }
    }
}

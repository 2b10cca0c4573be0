//! The loop of `build --watch` and `serve --watch`: build, wait for changes, build again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::args::Scope;
use super::terminal::Terminal;
use super::{Failure, Project, fixed_now};
use crate::engine::Site;
use crate::watch::Watch;

/// A build that can be repeated.
pub(super) trait Repeat {
    /// Builds. `changed` are the paths that changed, absolute and with their links followed.
    fn build(&mut self, changed: &[PathBuf]) -> Result<(), Failure>;

    /// The first moment at which the same sources make another site.
    fn until(&self) -> Option<Timestamp>;

    /// Called with a sentence on why a build could not begin or end, beside the terminal.
    fn failed(&mut self, sentence: &str);

    /// A sentence to print before each wait.
    fn waiting(&self) -> Option<&'static str>;
}

/// Starts to watch a site. Begins before anything is read, so that what is saved during the first build
/// counts.
pub(super) fn start(project: &Project, output: Option<&Path>, poll: bool) -> Result<Watch, Failure> {
    Watch::start(&project.root, project.config.as_deref(), &project.output(output), poll)
        .map_err(|error| project.unreadable(&error))
}

/// Builds again after each change, until the program is asked to stop.
pub(super) fn follow(build: &mut dyn Repeat, watch: &mut Watch, terminal: &Terminal) -> Failure {
    loop {
        for notice in watch.take_notices() {
            terminal.problem(&notice);
        }
        if let Some(sentence) = build.waiting() {
            terminal.word(sentence);
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

/// Reports why a build ended early. Gives the failure back when the program is to end.
pub(super) fn report(failure: Failure, build: &mut dyn Repeat, terminal: &Terminal) -> Option<Failure> {
    match failure {
        Failure::Error(sentence) | Failure::Usage(sentence) => {
            terminal.problem(&sentence);
            build.failed(&sentence);
            None
        }
        Failure::Site => None,
        Failure::Stopped => Some(Failure::Stopped),
    }
}

/// When a site has to be built again though no file changes; never, where "now" is fixed.
pub(super) fn until(site: &Site, scope: &Scope) -> Option<Timestamp> {
    let until = site.until().filter(|_| fixed_now(scope.today.as_deref()).is_none())?;
    Timestamp::from_second(until).ok()
}

/// Waits for the next changes, or for a moment that the clock will show; then there are none.
fn next_batch(watch: &mut Watch, until: Option<Timestamp>) -> Vec<PathBuf> {
    /// How often the clock is looked at: a machine that slept does not count that time as passed.
    const LOOK: Duration = Duration::from_secs(30);
    loop {
        let left =
            until.map(|until| Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default());
        let paths = watch.next_batch(left.map(|left| Instant::now() + left.min(LOOK))).paths;
        if !paths.is_empty() || until.is_some_and(|until| until <= Timestamp::now()) {
            return paths;
        }
    }
}

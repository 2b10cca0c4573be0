//! Changes on disk, in batches. Events are hints: the build that follows looks for itself.
//!
//! Receives a site's folder. Gives a [`Batch`] for each group of changes that belong together.
//! Uses notify, in `eyes`. Never looks into a file.
//!
//! Where the system tells of no changes, or of no more of them, the folder is looked through
//! twice a second instead, and the person is told why.

mod batch;
mod eyes;
mod place;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::source::survey::Survey;
use batch::{Debounce, Gathered};
use eyes::NotifyWatcher;
use place::Place;

/// How often a folder is looked through that the system does not watch.
const POLL: Duration = Duration::from_millis(500);
/// How long after a folder was made it is looked into once more: what was put into it before it
/// was watched was told by nobody.
const SECOND_LOOK: Duration = Duration::from_millis(150);

/// How long after a batch, when nothing more has come, the whole folder is looked through once:
/// whatever was not told is found then.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// Changes that belong together; none when it was time for another reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The files and folders that may have changed, absolute, in order.
    pub paths: Vec<PathBuf>,
}

/// A site's folder under watch.
#[derive(Debug)]
pub struct Watch {
    sight: WatchMode,
    pace: Debounce,
    /// What lay there when the last batch was told.
    known: Survey,
    second_look: Option<(Instant, BTreeSet<PathBuf>)>,
    last_look: Option<Instant>,
    notices: Vec<String>,
}

#[derive(Debug)]
enum WatchMode {
    Told(NotifyWatcher, Receiver<eyes::WatchEvent>),
    Polling,
}

impl Watch {
    /// Begins to watch: everything that happens from now on will be told.
    ///
    /// `config` is the file read in place of the site's `pingmark.yaml`; what happens below
    /// `output` never counts. With `polling`, the system is not asked to tell of changes.
    pub fn start(root: &Path, config: Option<&Path>, output: &Path, polling: bool) -> io::Result<Self> {
        Self::start_with(root, config, output, if polling { None } else { Some(&eyes::of_the_system) })
    }

    fn start_with(
        root: &Path,
        config: Option<&Path>,
        output: &Path,
        make: Option<&eyes::Make>,
    ) -> io::Result<Self> {
        let place = Place::new(root, config, output)?;
        let mut notices = Vec::new();
        let sight = make.and_then(|make| {
            let (sender, receiver) = mpsc::channel();
            match NotifyWatcher::open(&place, sender, make) {
                Ok(eyes) => Some(WatchMode::Told(eyes, receiver)),
                Err(reason) => {
                    notices.push(reason);
                    None
                }
            }
        });
        let known = Survey::of(&place.root, place.config.as_deref());
        let sight = sight.unwrap_or(WatchMode::Polling);
        Ok(Self { sight, pace: Debounce::default(), known, second_look: None, last_look: None, notices })
    }

    /// What a person should know about how the folder is watched, each once.
    pub fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }

    /// Waits for the next changes; for none longer than until `due`.
    pub fn next_batch(&mut self, due: Option<Instant>) -> Batch {
        loop {
            let paths = match &self.sight {
                WatchMode::Polling => self.poll(),
                WatchMode::Told(..) => self.listen(due),
            };
            if !paths.is_empty() || due.is_some_and(|due| due <= Instant::now()) {
                return Batch { paths };
            }
        }
    }

    /// What changed since the last look, as soon as it changes no more.
    fn poll(&mut self) -> Vec<PathBuf> {
        std::thread::sleep(POLL);
        let mut changed: BTreeSet<PathBuf> = self.known.rescan().into_iter().collect();
        let mut last = changed.len();
        while last > 1 {
            std::thread::sleep(POLL / 5);
            let more = self.known.rescan();
            last = more.len();
            changed.extend(more);
        }
        changed.into_iter().collect()
    }

    /// What the system told; nothing when it told of nothing that counts.
    fn listen(&mut self, due: Option<Instant>) -> Vec<PathBuf> {
        let WatchMode::Told(eyes, receiver) = &mut self.sight else { return Vec::new() };
        let looks = self.second_look.iter().map(|(due, _)| *due).chain(self.last_look);
        let until = looks.chain(due).min();
        let Gathered { mut paths, folders, lost, failed } =
            batch::gather(receiver, &mut self.pace, until, || eyes.place.git_at_work());
        if let Some((_, looked)) = self.second_look.take_if(|(due, _)| *due <= Instant::now()) {
            paths.extend(self.known.rescan_paths(&looked));
        }
        if self.last_look.take_if(|due| *due <= Instant::now()).is_some() {
            paths.extend(self.known.rescan());
        }
        if !folders.is_empty() || lost {
            // Folders that came, came back or went: what is watched is settled anew, before
            // anything is read.
            if let Err(reason) = eyes.renew() {
                self.go_blind(reason);
            }
        }
        if let Some(reason) = failed {
            self.go_blind(reason);
        }
        if lost {
            // What happened was not told: look for it. With nothing found there is nothing to
            // do, or reading many files would start a build without end.
            paths.extend(self.known.rescan());
        }
        if !paths.is_empty() {
            self.known.rescan_paths(&paths);
            self.last_look = Some(Instant::now() + LAST_LOOK);
        }
        if !folders.is_empty() {
            let due = Instant::now() + SECOND_LOOK;
            let (_, looked) = self.second_look.get_or_insert_with(|| (due, BTreeSet::new()));
            looked.extend(folders);
        }
        paths.into_iter().collect()
    }

    fn go_blind(&mut self, reason: String) {
        if matches!(self.sight, WatchMode::Told(..)) {
            self.notices.push(reason);
            self.sight = WatchMode::Polling;
        }
    }
}

#[cfg(test)]
mod tests;

//! Watches a site's folder and reports changes in batches. A batch is a hint: the build that
//! follows reads the files itself.
//!
//! Receives a site's folder. Gives a [`Batch`] for each group of changes that belong together.
//! Uses notify, in `notify_watcher`. Never opens a file.
//!
//! If the system cannot report changes, or stops doing so, the folder is scanned twice a second
//! instead, and the user is told why.

mod batch;
mod notify_watcher;
mod watched_paths;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::source::survey::Survey;
use batch::{Debounce, Gathered};
use notify_watcher::NotifyWatcher;
use watched_paths::WatchedPaths;

/// Interval between scans while polling.
const POLL: Duration = Duration::from_millis(500);
/// Delay after which a new folder is scanned: files written before it was watched caused no event.
const FOLDER_RESCAN: Duration = Duration::from_millis(150);

/// Delay after the last batch at which the whole folder is scanned once, to find changes without
/// an event.
const FINAL_SCAN: Duration = Duration::from_secs(2);

/// Changes that belong together; empty if the wait ended because a time was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Files and folders that may have changed: absolute paths, sorted.
    pub paths: Vec<PathBuf>,
}

/// A watch on a site's folder.
#[derive(Debug)]
pub struct Watch {
    mode: WatchMode,
    debounce: Debounce,
    /// The files as of the last batch.
    known: Survey,
    folder_rescan: Option<(Instant, BTreeSet<PathBuf>)>,
    final_scan: Option<Instant>,
    notices: Vec<String>,
}

#[derive(Debug)]
enum WatchMode {
    System(NotifyWatcher, Receiver<notify_watcher::WatchEvent>),
    Polling,
}

impl Watch {
    /// Starts to watch: every change from now on will be reported.
    ///
    /// `config` is the file read in place of the site's `pingmark.yaml`. Changes below `output` are
    /// ignored. With `polling`, the watcher of the operating system is not used.
    pub fn start(root: &Path, config: Option<&Path>, output: &Path, polling: bool) -> io::Result<Self> {
        Self::start_with(
            root,
            config,
            output,
            if polling { None } else { Some(&notify_watcher::system_watcher) },
        )
    }

    fn start_with(
        root: &Path,
        config: Option<&Path>,
        output: &Path,
        make: Option<&notify_watcher::MakeWatcher>,
    ) -> io::Result<Self> {
        let paths = WatchedPaths::new(root, config, output)?;
        let mut notices = Vec::new();
        let mode = make.and_then(|make| {
            let (sender, receiver) = mpsc::channel();
            match NotifyWatcher::open(&paths, sender, make) {
                Ok(watcher) => Some(WatchMode::System(watcher, receiver)),
                Err(reason) => {
                    notices.push(reason);
                    None
                }
            }
        });
        let known = Survey::of(&paths.root, paths.config.as_deref());
        let mode = mode.unwrap_or(WatchMode::Polling);
        Ok(Self {
            mode,
            debounce: Debounce::default(),
            known,
            folder_rescan: None,
            final_scan: None,
            notices,
        })
    }

    /// Takes the messages for the user about how the folder is watched.
    pub fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }

    /// Waits for the next changes, but not beyond `due`.
    pub fn next_batch(&mut self, due: Option<Instant>) -> Batch {
        loop {
            let paths = match &self.mode {
                WatchMode::Polling => self.poll(),
                WatchMode::System(..) => self.listen(due),
            };
            if !paths.is_empty() || due.is_some_and(|due| due <= Instant::now()) {
                return Batch { paths };
            }
        }
    }

    /// Scans for changes. After more than one, keeps scanning until they stop.
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

    /// Waits for events of the system. May return nothing, for example after an overflow that
    /// turned out to concern no file.
    fn listen(&mut self, due: Option<Instant>) -> Vec<PathBuf> {
        let WatchMode::System(watcher, receiver) = &mut self.mode else { return Vec::new() };
        let scans = self.folder_rescan.iter().map(|(due, _)| *due).chain(self.final_scan);
        let until = scans.chain(due).min();
        let Gathered { mut paths, folders, lost, failed } =
            batch::gather(receiver, &mut self.debounce, until, || watcher.paths.git_is_writing());
        if let Some((_, new)) = self.folder_rescan.take_if(|(due, _)| *due <= Instant::now()) {
            paths.extend(self.known.rescan_paths(&new));
        }
        if self.final_scan.take_if(|due| *due <= Instant::now()).is_some() {
            paths.extend(self.known.rescan());
        }
        if !folders.is_empty() || lost {
            // Watch new folders before anything is read.
            if let Err(reason) = watcher.watch_folders() {
                self.fall_back_to_polling(reason);
            }
        }
        if let Some(reason) = failed {
            self.fall_back_to_polling(reason);
        }
        if lost {
            // Find out what changed. If nothing did, the batch stays empty: reading many files may
            // overflow the queue too, and would otherwise start builds without end.
            paths.extend(self.known.rescan());
        }
        if !paths.is_empty() {
            self.known.rescan_paths(&paths);
            self.final_scan = Some(Instant::now() + FINAL_SCAN);
        }
        if !folders.is_empty() {
            let due = Instant::now() + FOLDER_RESCAN;
            let (_, new) = self.folder_rescan.get_or_insert_with(|| (due, BTreeSet::new()));
            new.extend(folders);
        }
        paths.into_iter().collect()
    }

    fn fall_back_to_polling(&mut self, reason: String) {
        if matches!(self.mode, WatchMode::System(..)) {
            self.notices.push(reason);
            self.mode = WatchMode::Polling;
        }
    }
}

#[cfg(test)]
mod tests;

//! Debouncing: decides when a batch of changes is complete. After a single save that is almost at
//! once; after many changes, when no more have come for a while.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::notify_watcher::{ChangeKind, WatchEvent};

/// Wait after a file was written and closed: whatever an editor does after that takes less.
const AFTER_CLOSE: Duration = Duration::from_millis(2);
/// Wait after a write when the file has not been closed.
const AFTER_WRITE: Duration = if cfg!(target_os = "linux") {
    Duration::from_millis(50)
} else {
    // Other systems do not report when a file is closed.
    Duration::from_millis(15)
};
/// Wait after a file was removed: some editors delete a file and write it again.
const AFTER_REMOVAL: Duration = Duration::from_millis(40);
/// Wait after a folder was created or removed: the files of a new one may not be written yet, and
/// their events may be missing.
const AFTER_FOLDER: Duration = Duration::from_millis(25);
/// Wait after more than this many files changed: a program is writing them and may pause.
const SEVERAL: (usize, Duration) = (4, Duration::from_millis(25));
/// Wait after more than this many files changed: a git checkout, or an archive being unpacked.
const MANY: (usize, Duration) = (40, Duration::from_millis(120));
/// With several files, the wait is at least three times the longest pause so far, up to this.
const MAX_PAUSE: Duration = Duration::from_millis(400);
/// Batches that follow each other within this time count as one run of changes.
const SAME_RUN: Duration = Duration::from_millis(500);
/// A batch ends after this time, even if changes keep coming.
const MAX_BATCH: Duration = Duration::from_secs(5);

/// The changes of one batch.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Files and folders that may have changed.
    pub paths: BTreeSet<PathBuf>,
    /// Folders that were created or removed.
    pub folders: BTreeSet<PathBuf>,
    /// Whether events were lost.
    pub lost: bool,
    /// Why no more events will come, if watching failed.
    pub failed: Option<String>,
}

/// State of debouncing from one batch to the next.
#[derive(Debug, Default)]
pub(super) struct Debounce {
    last: Option<Instant>,
    /// Files that changed in the present run of batches. Saving one file repeatedly does not
    /// count as changing several.
    run: BTreeSet<PathBuf>,
    /// Longest pause between two events of the run.
    pause: Duration,
}

/// Waits for the next batch; gives an empty one if nothing has come by `until`. After several
/// changes, the batch goes on while `is_busy` returns true.
pub(super) fn gather(
    receiver: &Receiver<WatchEvent>,
    debounce: &mut Debounce,
    until: Option<Instant>,
    is_busy: impl Fn() -> bool,
) -> Gathered {
    let mut gathered = Gathered::default();
    let first = match until {
        None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(until) => receiver.recv_timeout(until.saturating_duration_since(Instant::now())),
    };
    let first = match first {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout) => return gathered,
        Err(RecvTimeoutError::Disconnected) => {
            gathered.failed = Some("the system no longer reports changes".to_owned());
            return gathered;
        }
    };
    let started = Instant::now();
    if debounce.last.is_none_or(|last| started.duration_since(last) > SAME_RUN) {
        *debounce = Debounce::default();
    }
    let (mut unfinished, mut gone) = (BTreeSet::new(), BTreeSet::new());
    note(first, &mut gathered, &mut unfinished, &mut gone);
    while started.elapsed() < MAX_BATCH {
        let mut quiet = AFTER_CLOSE;
        let before = debounce.run.difference(&gathered.paths).take(MANY.0 + 1).count();
        let count = before + gathered.paths.len();
        for (is_so, wait) in [
            (!unfinished.is_empty(), AFTER_WRITE),
            (!gone.is_empty(), AFTER_REMOVAL),
            (!gathered.folders.is_empty(), AFTER_FOLDER),
            (count > SEVERAL.0, SEVERAL.1.max((debounce.pause * 3).min(MAX_PAUSE))),
            (count > MANY.0 || gathered.lost, MANY.1),
        ] {
            if is_so {
                quiet = quiet.max(wait);
            }
        }
        let waited = Instant::now();
        match receiver.recv_timeout(quiet) {
            Ok(event) => {
                debounce.pause = debounce.pause.max(waited.elapsed());
                note(event, &mut gathered, &mut unfinished, &mut gone);
            }
            Err(RecvTimeoutError::Timeout) if count > SEVERAL.0 && is_busy() => {}
            Err(_) => break,
        }
    }
    debounce.last = Some(Instant::now());
    debounce.run.extend(gathered.paths.iter().cloned());
    gathered
}

fn note(
    event: WatchEvent,
    gathered: &mut Gathered,
    unfinished: &mut BTreeSet<PathBuf>,
    gone: &mut BTreeSet<PathBuf>,
) {
    let (path, kind) = match event {
        WatchEvent::Lost => {
            gathered.lost = true;
            return;
        }
        WatchEvent::Failed(reason) => {
            gathered.failed = Some(reason);
            gathered.lost = true;
            return;
        }
        WatchEvent::Changed(path, kind) => (path, kind),
    };
    match kind {
        // Opened for writing and closed without a change.
        ChangeKind::Closed if !gathered.paths.contains(&path) => return,
        ChangeKind::Closed | ChangeKind::Settled => {
            unfinished.remove(&path);
            gone.remove(&path);
        }
        ChangeKind::Written => {
            gone.remove(&path);
            unfinished.insert(path.clone());
        }
        ChangeKind::Gone => {
            unfinished.remove(&path);
            gone.insert(path.clone());
        }
        ChangeKind::Folder => _ = gathered.folders.insert(path.clone()),
    }
    gathered.paths.insert(path);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn at(path: &str, kind: ChangeKind) -> WatchEvent {
        WatchEvent::Changed(path.into(), kind)
    }

    fn gathered(events: Vec<WatchEvent>) -> (Gathered, Duration) {
        let (sender, receiver) = mpsc::channel();
        for event in events {
            sender.send(event).unwrap();
        }
        let started = Instant::now();
        let gathered = gather(&receiver, &mut Debounce::default(), None, || false);
        drop(sender);
        (gathered, started.elapsed())
    }

    #[test]
    fn a_save_is_complete_when_the_file_is_closed() {
        let (open, took) = gathered(vec![at("a", ChangeKind::Written)]);
        assert_eq!(open.paths.len(), 1);
        assert!(took >= AFTER_WRITE, "{took:?}");
        let (closed, _) = gathered(vec![at("a", ChangeKind::Written), at("a", ChangeKind::Closed)]);
        assert_eq!(closed.paths.len(), 1);
    }

    #[test]
    fn a_removed_file_may_be_written_again() {
        let (_, took) = gathered(vec![at("a", ChangeKind::Gone)]);
        assert!(took >= AFTER_REMOVAL, "{took:?}");
        let (back, _) = gathered(vec![
            at("a", ChangeKind::Gone),
            at("a", ChangeKind::Written),
            at("a", ChangeKind::Closed),
        ]);
        assert_eq!(back.paths.len(), 1);
    }

    #[test]
    fn a_new_folder_is_given_time_to_be_filled() {
        let (folder, took) = gathered(vec![at("a", ChangeKind::Folder)]);
        assert_eq!(folder.folders.len(), 1);
        assert!(took >= AFTER_FOLDER, "{took:?}");
    }

    #[test]
    fn closing_alone_is_no_change() {
        let (nothing, _) = gathered(vec![at("a", ChangeKind::Closed)]);
        assert!(nothing.paths.is_empty() && !nothing.lost);
    }

    #[test]
    fn lost_events_and_failures_are_noticed() {
        let (lost, _) = gathered(vec![WatchEvent::Lost, at("a", ChangeKind::Settled)]);
        assert!(lost.lost && lost.paths.len() == 1);
        let (failed, _) = gathered(vec![WatchEvent::Failed("why".into())]);
        assert!(failed.lost && failed.failed.is_some());
    }

    #[test]
    fn a_batch_waits_for_a_program_that_writes_many_files() {
        let (sender, receiver) = mpsc::channel();
        for number in 0..8 {
            sender.send(at(&format!("{number}"), ChangeKind::Settled)).unwrap();
        }
        let started = Instant::now();
        let busy = || started.elapsed() < Duration::from_millis(300);
        let gathered = gather(&receiver, &mut Debounce::default(), None, busy);
        assert_eq!(gathered.paths.len(), 8);
        assert!(!busy());
        sender.send(at("one", ChangeKind::Settled)).unwrap();
        let one = gather(&receiver, &mut Debounce::default(), None, || true);
        assert_eq!(one.paths.len(), 1);
    }

    #[test]
    fn saving_one_file_often_does_not_count_as_several() {
        let (sender, receiver) = mpsc::channel();
        let mut debounce = Debounce::default();
        let mut save = |name: &str| {
            [ChangeKind::Written, ChangeKind::Closed]
                .into_iter()
                .for_each(|kind| sender.send(at(name, kind)).unwrap());
            let started = Instant::now();
            gather(&receiver, &mut debounce, None, || false);
            started.elapsed()
        };
        (0..9).for_each(|_| _ = save("a"));
        let quickest = |saved: &mut dyn FnMut(usize) -> Duration| (0..9).map(saved).min().unwrap();
        assert!(quickest(&mut |_| save("a")) < SEVERAL.1);
        (0..5).for_each(|number| _ = save(&number.to_string()));
        assert!(quickest(&mut |number| save(&number.to_string())) >= SEVERAL.1);
    }

    #[test]
    fn without_events_the_batch_is_empty() {
        let (_sender, receiver) = mpsc::channel();
        let nothing = gather(&receiver, &mut Debounce::default(), Some(Instant::now()), || false);
        assert!(nothing.paths.is_empty());
    }
}

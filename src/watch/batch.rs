//! When a group of changes is complete: soon after a single save, and only when it has grown
//! quiet after many.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::eyes::{WatchEvent, What};

/// A file was written and closed: all that an editor does after that is done by then.
const QUIET: Duration = Duration::from_millis(2);
/// A file is being written, and nobody has said that it is whole.
const UNFINISHED: Duration = if cfg!(target_os = "linux") {
    Duration::from_millis(50)
} else {
    // Other systems do not tell when a file is closed.
    Duration::from_millis(15)
};
/// A file is gone: some editors delete it, and write it again.
const GONE: Duration = Duration::from_millis(40);
/// A folder came or went. What will lie in a new one is not written yet, and nothing of it is told
/// so far.
const CAME: Duration = Duration::from_millis(25);
/// Several files: a program is at work, which may pause.
const SEVERAL: (usize, Duration) = (4, Duration::from_millis(25));
/// Many files: a branch is checked out, a folder unpacked.
const MANY: (usize, Duration) = (40, Duration::from_millis(120));
/// A program that has paused for so long before may pause three times as long again; but nobody
/// waits longer than this.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A batch that follows another so soon belongs to the same work.
const SOON: Duration = Duration::from_millis(500);
/// A batch is complete after so long, however much comes.
const LONGEST: Duration = Duration::from_secs(5);

/// A batch in the making.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// What may have changed.
    pub paths: BTreeSet<PathBuf>,
    /// Folders that came or went.
    pub folders: BTreeSet<PathBuf>,
    /// Whether something was not told.
    pub lost: bool,
    /// Why no more will be told.
    pub failed: Option<String>,
}

/// How the last batches came.
#[derive(Debug, Default)]
pub(super) struct Debounce {
    last: Option<Instant>,
    /// The files that changed in the batches that came one upon the other: who saves one file
    /// again and again does not change several.
    run: BTreeSet<PathBuf>,
    /// The longest pause between two events of theirs.
    pause: Duration,
}

/// The next batch; an empty one when nothing has come by `until`. While `at_work` says that a
/// program is changing many files, more of them are awaited.
pub(super) fn gather(
    receiver: &Receiver<WatchEvent>,
    pace: &mut Debounce,
    until: Option<Instant>,
    at_work: impl Fn() -> bool,
) -> Gathered {
    let mut gathered = Gathered::default();
    let first = match until {
        None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(until) => receiver.recv_timeout(until.saturating_duration_since(Instant::now())),
    };
    let first = match first {
        Ok(sign) => sign,
        Err(RecvTimeoutError::Timeout) => return gathered,
        Err(RecvTimeoutError::Disconnected) => {
            gathered.failed = Some("the system tells of no more changes".to_owned());
            return gathered;
        }
    };
    let started = Instant::now();
    if pace.last.is_none_or(|last| started.duration_since(last) > SOON) {
        *pace = Debounce::default();
    }
    let (mut unfinished, mut gone) = (BTreeSet::new(), BTreeSet::new());
    note(first, &mut gathered, &mut unfinished, &mut gone);
    while started.elapsed() < LONGEST {
        let mut quiet = QUIET;
        let before = pace.run.difference(&gathered.paths).take(MANY.0 + 1).count();
        let count = before + gathered.paths.len();
        for (is_so, wait) in [
            (!unfinished.is_empty(), UNFINISHED),
            (!gone.is_empty(), GONE),
            (!gathered.folders.is_empty(), CAME),
            (count > SEVERAL.0, SEVERAL.1.max((pace.pause * 3).min(LONGEST_PAUSE))),
            (count > MANY.0 || gathered.lost, MANY.1),
        ] {
            if is_so {
                quiet = quiet.max(wait);
            }
        }
        let waited = Instant::now();
        match receiver.recv_timeout(quiet) {
            Ok(sign) => {
                pace.pause = pace.pause.max(waited.elapsed());
                note(sign, &mut gathered, &mut unfinished, &mut gone);
            }
            Err(RecvTimeoutError::Timeout) if count > SEVERAL.0 && at_work() => {}
            Err(_) => break,
        }
    }
    pace.last = Some(Instant::now());
    pace.run.extend(gathered.paths.iter().cloned());
    gathered
}

fn note(
    sign: WatchEvent,
    gathered: &mut Gathered,
    unfinished: &mut BTreeSet<PathBuf>,
    gone: &mut BTreeSet<PathBuf>,
) {
    let (path, what) = match sign {
        WatchEvent::Lost => {
            gathered.lost = true;
            return;
        }
        WatchEvent::Blind(reason) => {
            gathered.failed = Some(reason);
            gathered.lost = true;
            return;
        }
        WatchEvent::At(path, what) => (path, what),
    };
    match what {
        // Closed without a change before it: opened for writing, and left as it was.
        What::Closed if !gathered.paths.contains(&path) => return,
        What::Closed | What::Settled => {
            unfinished.remove(&path);
            gone.remove(&path);
        }
        What::Written => {
            gone.remove(&path);
            unfinished.insert(path.clone());
        }
        What::Gone => {
            unfinished.remove(&path);
            gone.insert(path.clone());
        }
        What::Folder => _ = gathered.folders.insert(path.clone()),
    }
    gathered.paths.insert(path);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn at(path: &str, what: What) -> WatchEvent {
        WatchEvent::At(path.into(), what)
    }

    fn gathered(signs: Vec<WatchEvent>) -> (Gathered, Duration) {
        let (sender, receiver) = mpsc::channel();
        for sign in signs {
            sender.send(sign).unwrap();
        }
        let started = Instant::now();
        let gathered = gather(&receiver, &mut Debounce::default(), None, || false);
        drop(sender);
        (gathered, started.elapsed())
    }

    #[test]
    fn a_save_is_complete_when_the_file_is_closed() {
        let (open, took) = gathered(vec![at("a", What::Written)]);
        assert_eq!(open.paths.len(), 1);
        assert!(took >= UNFINISHED, "{took:?}");
        let (closed, _) = gathered(vec![at("a", What::Written), at("a", What::Closed)]);
        assert_eq!(closed.paths.len(), 1);
    }

    #[test]
    fn a_file_that_is_written_again_is_awaited() {
        let (_, took) = gathered(vec![at("a", What::Gone)]);
        assert!(took >= GONE, "{took:?}");
        let (back, _) = gathered(vec![at("a", What::Gone), at("a", What::Written), at("a", What::Closed)]);
        assert_eq!(back.paths.len(), 1);
    }

    #[test]
    fn a_folder_that_came_is_given_time_to_be_filled() {
        let (folder, took) = gathered(vec![at("a", What::Folder)]);
        assert_eq!(folder.folders.len(), 1);
        assert!(took >= CAME, "{took:?}");
    }

    #[test]
    fn closing_alone_changes_nothing() {
        let (nothing, _) = gathered(vec![at("a", What::Closed)]);
        assert!(nothing.paths.is_empty() && !nothing.lost);
    }

    #[test]
    fn what_was_not_told_is_known_to_be_missing() {
        let (lost, _) = gathered(vec![WatchEvent::Lost, at("a", What::Settled)]);
        assert!(lost.lost && lost.paths.len() == 1);
        let (failed, _) = gathered(vec![WatchEvent::Blind("why".into())]);
        assert!(failed.lost && failed.failed.is_some());
    }

    #[test]
    fn a_program_at_work_on_many_files_is_awaited() {
        let (sender, receiver) = mpsc::channel();
        for number in 0..8 {
            sender.send(at(&format!("{number}"), What::Settled)).unwrap();
        }
        let started = Instant::now();
        let busy = || started.elapsed() < Duration::from_millis(300);
        let gathered = gather(&receiver, &mut Debounce::default(), None, busy);
        assert_eq!(gathered.paths.len(), 8);
        assert!(!busy());
        sender.send(at("one", What::Settled)).unwrap();
        let one = gather(&receiver, &mut Debounce::default(), None, || true);
        assert_eq!(one.paths.len(), 1);
    }

    #[test]
    fn one_file_saved_often_is_one_file() {
        let (sender, receiver) = mpsc::channel();
        let mut pace = Debounce::default();
        let mut save = |name: &str| {
            [What::Written, What::Closed].into_iter().for_each(|what| sender.send(at(name, what)).unwrap());
            let started = Instant::now();
            gather(&receiver, &mut pace, None, || false);
            started.elapsed()
        };
        (0..9).for_each(|_| _ = save("a"));
        let quickest = |saved: &mut dyn FnMut(usize) -> Duration| (0..9).map(saved).min().unwrap();
        assert!(quickest(&mut |_| save("a")) < SEVERAL.1);
        (0..5).for_each(|number| _ = save(&number.to_string()));
        assert!(quickest(&mut |number| save(&number.to_string())) >= SEVERAL.1);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        let (_sender, receiver) = mpsc::channel();
        let nothing = gather(&receiver, &mut Debounce::default(), Some(Instant::now()), || false);
        assert!(nothing.paths.is_empty());
    }
}

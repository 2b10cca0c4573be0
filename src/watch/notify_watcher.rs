//! What the system tells of a folder, in the program's words. The only place that knows notify.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RemoveKind, RenameMode};
use notify::{ErrorKind, Event, RecursiveMode, Watcher};

use super::place::Place;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WatchEvent {
    /// To a file or a folder that counts.
    At(PathBuf, What),
    /// Something that could not be told: more happened than was listened to.
    Lost,
    /// The system will tell of no more folders; what to do about it.
    Blind(String),
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It is being written: more is to come.
    Written,
    /// Who wrote it is done.
    Closed,
    /// It is there, whole: renamed, linked, its permissions changed.
    Settled,
    /// It is gone, perhaps to come back.
    Gone,
    /// It is a folder, which came or went.
    Folder,
}

/// Where events go.
pub(super) type Handler = Box<dyn Fn(notify::Result<Event>) + Send>;
/// Makes what tells of events.
pub(super) type Make = dyn Fn(Handler) -> notify::Result<Box<dyn Watcher + Send>>;

/// The system's own way to tell.
pub(super) fn of_the_system(handler: Handler) -> notify::Result<Box<dyn Watcher + Send>> {
    Ok(Box::new(notify::recommended_watcher(handler)?))
}

/// The folders that are watched.
pub(super) struct NotifyWatcher {
    watcher: Box<dyn Watcher + Send>,
    pub place: Place,
}

impl std::fmt::Debug for NotifyWatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Eyes").field("place", &self.place).finish_non_exhaustive()
    }
}

impl NotifyWatcher {
    /// Watches a site; the reason in a sentence when that cannot be.
    pub fn open(place: &Place, sender: Sender<WatchEvent>, make: &Make) -> Result<Self, String> {
        let here = place.clone();
        let handler = move |event| {
            for sign in signs(event, &here) {
                // Nobody listening any more is the end of the program.
                let _ = sender.send(sign);
            }
        };
        let watcher = make(Box::new(handler)).map_err(|error| explain(&error))?;
        let mut eyes = Self { watcher, place: place.clone() };
        // The top is watched without what lies below it: the output folder is none of ours.
        let config_folder = place.config.as_deref().and_then(Path::parent);
        for folder in std::iter::once(place.root.as_path()).chain(config_folder) {
            eyes.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| explain(&error))?;
        }
        eyes.renew()?;
        Ok(eyes)
    }

    /// Watches every folder that is there now. Those that are watched already stay so.
    pub fn renew(&mut self) -> Result<(), String> {
        for folder in self.place.folders() {
            // Twice: a folder that goes while the watch is laid ends that for its neighbours.
            for _ in 0..2 {
                match self.watcher.watch(&folder, RecursiveMode::Recursive) {
                    Ok(()) => break,
                    Err(error) if is_limit(&error) => return Err(explain(&error)),
                    // Not there, or no longer.
                    Err(_) => {}
                }
            }
        }
        Ok(())
    }
}

/// What an event says about what counts. Opening and reading a file is an event too: a build
/// would start the next one.
fn signs(event: notify::Result<Event>, place: &Place) -> Vec<WatchEvent> {
    let event = match event {
        Ok(event) => event,
        Err(error) if is_limit(&error) => return vec![WatchEvent::Blind(explain(&error))],
        Err(_) => return vec![WatchEvent::Lost],
    };
    if event.need_rescan() {
        return vec![WatchEvent::Lost];
    }
    let what = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => What::Closed,
        EventKind::Access(_) | EventKind::Other => return Vec::new(),
        EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => What::Folder,
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_)) => What::Written,
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => What::Gone,
        EventKind::Modify(_) | EventKind::Any => What::Settled,
    };
    let is_rename = matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
    let counted = event.paths.into_iter().filter(|path| place.counts(path));
    counted
        .map(|path| {
            // A rename does not say what was renamed.
            let is_folder = is_rename && (path.is_dir() || place.folders().any(|folder| folder == path));
            WatchEvent::At(path, if is_folder { What::Folder } else { what })
        })
        .collect()
}

fn is_limit(error: &notify::Error) -> bool {
    /// Too many open files: that many programs watch at once already (inotify_init(2)).
    const EMFILE: i32 = 24;
    match &error.kind {
        ErrorKind::MaxFilesWatch => true,
        ErrorKind::Io(error) => error.raw_os_error() == Some(EMFILE),
        _ => false,
    }
}

/// What the system refused, and what to do about it.
fn explain(error: &notify::Error) -> String {
    let meanwhile = "until then the folder is looked through twice a second";
    match &error.kind {
        ErrorKind::MaxFilesWatch => format!(
            "the system watches no more folders; raise its limit with \
             `sudo sysctl fs.inotify.max_user_watches=524288`; {meanwhile}"
        ),
        ErrorKind::Io(_) if is_limit(error) => format!(
            "too many programs watch folders already; raise the system's limit with \
             `sudo sysctl fs.inotify.max_user_instances=512`; {meanwhile}"
        ),
        _ => format!(
            "the system does not tell of changes ({error}); the folder is looked through twice a second"
        ),
    }
}

//! The file watcher of the operating system, through the notify crate: translates its events.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RemoveKind, RenameMode};
use notify::{ErrorKind, Event, RecursiveMode, Watcher};

use super::watched_paths::WatchedPaths;

/// An event of the watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WatchEvent {
    /// A watched file or folder changed.
    Changed(PathBuf, ChangeKind),
    /// Events were lost: more came than the queue could hold.
    Lost,
    /// The system refuses to watch more folders. The message says what to do about it.
    Failed(String),
}

/// Kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChangeKind {
    /// The file is being written; more may follow.
    Written,
    /// The file was closed after writing.
    Closed,
    /// The file is complete: it was renamed or linked, or its permissions changed.
    Settled,
    /// The file was removed or renamed, and may come back.
    Gone,
    /// A folder was created, removed or renamed.
    Folder,
}

/// Receives the events of notify.
pub(super) type Handler = Box<dyn Fn(notify::Result<Event>) + Send>;
/// Makes a notify watcher; tests make one that fails.
pub(super) type MakeWatcher = dyn Fn(Handler) -> notify::Result<Box<dyn Watcher + Send>>;

/// Makes the watcher that suits the operating system.
pub(super) fn system_watcher(handler: Handler) -> notify::Result<Box<dyn Watcher + Send>> {
    Ok(Box::new(notify::recommended_watcher(handler)?))
}

/// A watcher of a site's folders.
pub(super) struct NotifyWatcher {
    watcher: Box<dyn Watcher + Send>,
    pub paths: WatchedPaths,
}

impl std::fmt::Debug for NotifyWatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NotifyWatcher").field("paths", &self.paths).finish_non_exhaustive()
    }
}

impl NotifyWatcher {
    /// Starts to watch a site. The error is a message for the user.
    pub(super) fn open(
        paths: &WatchedPaths,
        sender: Sender<WatchEvent>,
        make: &MakeWatcher,
    ) -> Result<Self, String> {
        let here = paths.clone();
        let handler = move |event| {
            for event in events_of(event, &here) {
                // The receiver is gone only when the program ends.
                let _ = sender.send(event);
            }
        };
        let watcher = make(Box::new(handler)).map_err(|error| explain(&error))?;
        let mut watcher = Self { watcher, paths: paths.clone() };
        // The root is watched without its subfolders, one of which may be the output folder.
        let config_folder = paths.config.as_deref().and_then(Path::parent);
        for folder in std::iter::once(paths.root.as_path()).chain(config_folder) {
            watcher.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| explain(&error))?;
        }
        watcher.watch_folders()?;
        Ok(watcher)
    }

    /// Watches every source folder that exists now, including those that are watched already.
    pub(super) fn watch_folders(&mut self) -> Result<(), String> {
        for folder in self.paths.folders() {
            // Try twice: if a subfolder disappears meanwhile, the rest is not watched.
            for _ in 0..2 {
                match self.watcher.watch(&folder, RecursiveMode::Recursive) {
                    Ok(()) => break,
                    Err(error) if is_limit(&error) => return Err(explain(&error)),
                    // The folder does not exist.
                    Err(_) => {}
                }
            }
        }
        Ok(())
    }
}

/// Translates an event of notify and drops paths that do not matter. Opening and reading a file
/// are ignored: otherwise each build would start the next one.
fn events_of(event: notify::Result<Event>, paths: &WatchedPaths) -> Vec<WatchEvent> {
    let event = match event {
        Ok(event) => event,
        Err(error) if is_limit(&error) => return vec![WatchEvent::Failed(explain(&error))],
        Err(_) => return vec![WatchEvent::Lost],
    };
    if event.need_rescan() {
        return vec![WatchEvent::Lost];
    }
    let kind = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => ChangeKind::Closed,
        EventKind::Access(_) | EventKind::Other => return Vec::new(),
        EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => ChangeKind::Folder,
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_)) => ChangeKind::Written,
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => ChangeKind::Gone,
        EventKind::Modify(_) | EventKind::Any => ChangeKind::Settled,
    };
    let is_rename = matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
    let watched = event.paths.into_iter().filter(|path| paths.includes(path));
    watched
        .map(|path| {
            // A rename does not tell a file from a folder.
            let is_folder = is_rename && (path.is_dir() || paths.folders().any(|folder| folder == path));
            WatchEvent::Changed(path, if is_folder { ChangeKind::Folder } else { kind })
        })
        .collect()
}

fn is_limit(error: &notify::Error) -> bool {
    /// Too many open files. Here: the limit of inotify instances is reached (inotify_init(2)).
    const EMFILE: i32 = 24;
    match &error.kind {
        ErrorKind::MaxFilesWatch => true,
        ErrorKind::Io(error) => error.raw_os_error() == Some(EMFILE),
        _ => false,
    }
}

/// Says why watching failed and what to do about it.
fn explain(error: &notify::Error) -> String {
    let meanwhile = "until then the folder is scanned for changes twice a second";
    match &error.kind {
        ErrorKind::MaxFilesWatch => format!(
            "cannot watch more folders; raise the system's limit with \
             `sudo sysctl fs.inotify.max_user_watches=524288`; {meanwhile}"
        ),
        ErrorKind::Io(_) if is_limit(error) => format!(
            "too many programs are watching folders; raise the system's limit with \
             `sudo sysctl fs.inotify.max_user_instances=512`; {meanwhile}"
        ),
        _ => format!(
            "the system cannot report changes ({error}); the folder is scanned twice a second instead"
        ),
    }
}

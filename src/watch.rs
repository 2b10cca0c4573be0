//! Changes on disk, in batches. Events are hints: the build that follows reads everything again.
//!
//! Receives a site's folder. Gives one call for each batch of changes. Uses notify. Never
//! looks into a file.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher};

/// A batch is closed when nothing more has come for so long.
const QUIET: Duration = Duration::from_millis(30);
/// And at the latest after so long, however much comes.
const LONGEST: Duration = Duration::from_millis(500);

/// The folders of a site whose changes matter.
const FOLDERS: [&str; 6] = ["content", "data", "mentions", "static", "templates", "themes"];

/// Calls `changed` after each batch of changes, with the paths that were named; for ever, or
/// until it says stop by returning false.
pub fn watch(root: &Path, mut changed: impl FnMut(&[PathBuf]) -> bool) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event| _ = sender.send(event)).map_err(explain)?;
    // The top is watched without what lies below it: the output folder must not start builds.
    watcher.watch(root, RecursiveMode::NonRecursive).map_err(explain)?;
    let mut watched: Vec<PathBuf> = Vec::new();
    loop {
        // A folder that was made, or made again, since the last batch is watched from now on.
        for folder in FOLDERS.map(|name| root.join(name)) {
            if folder.is_dir() && !watched.contains(&folder) {
                watcher.watch(&folder, RecursiveMode::Recursive).map_err(explain)?;
                watched.push(folder);
            }
        }
        let Some(paths) = batch(&receiver, root) else { return Ok(()) };
        watched.retain(|folder| folder.is_dir());
        if !changed(&paths) {
            return Ok(());
        }
    }
}

/// The paths of the next batch; `None` when there will be no more.
fn batch(receiver: &Receiver<notify::Result<Event>>, root: &Path) -> Option<Vec<PathBuf>> {
    let mut paths = Vec::new();
    while paths.is_empty() {
        paths.extend(relevant(receiver.recv().ok()?, root));
    }
    let until = std::time::Instant::now() + LONGEST;
    while std::time::Instant::now() < until {
        match receiver.recv_timeout(QUIET) {
            Ok(event) => paths.extend(relevant(event, root)),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    paths.sort();
    paths.dedup();
    Some(paths)
}

/// The paths of an event that can change the site. Opening and reading a file is an event
/// too: a build would start the next one.
fn relevant(event: notify::Result<Event>, root: &Path) -> Vec<PathBuf> {
    let Ok(event) = event else { return vec![root.to_path_buf()] };
    if event.need_rescan() {
        return vec![root.to_path_buf()];
    }
    let changes = !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)));
    let inside = |path: &PathBuf| {
        let top = path.parent() == Some(root);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        !top || FOLDERS.contains(&name.as_str()) || matches!(name.as_str(), "pingmark.yaml" | "sources.yaml")
    };
    if changes { event.paths.into_iter().filter(inside).collect() } else { Vec::new() }
}

/// What the system refused, and what to do about it.
fn explain(error: notify::Error) -> String {
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => "the system watches no more folders; raise its limit: \
             sudo sysctl fs.inotify.max_user_watches=524288"
            .to_owned(),
        _ => format!("changes cannot be watched: {error}"),
    }
}

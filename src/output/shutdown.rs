//! Shutdown on request, by Ctrl-C or a signal. A build that is writing stops, leaves the published
//! folder as it is and removes its staging folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Global because a signal concerns the whole process.
static REQUESTED: AtomicBool = AtomicBool::new(false);
static ACTIVE_BUILDS: AtomicUsize = AtomicUsize::new(0);
/// Staging folders of builds that render, which nothing published depends on.
static STAGING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Asks every build of this process to stop. True while at least one is still writing.
pub fn request() -> bool {
    REQUESTED.store(true, Ordering::SeqCst);
    ACTIVE_BUILDS.load(Ordering::SeqCst) > 0
}

/// Removes the staging folders of builds that render and do not stop, such as those whose template does
/// not end. False while a build moves files into place: it has to be waited for. The process must end
/// right after.
pub fn abandon() -> bool {
    let staging = staging();
    if staging.len() < ACTIVE_BUILDS.load(Ordering::SeqCst) {
        return false;
    }
    for folder in &*staging {
        // A thread that was about to write a file may make the folder anew, once.
        for _ in 0..3 {
            if fs::remove_dir_all(folder).is_ok() && !folder.exists() {
                break;
            }
        }
    }
    true
}

pub(super) fn is_requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

fn staging() -> MutexGuard<'static, Vec<PathBuf>> {
    STAGING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Marks a build as writing until it is dropped.
#[derive(Debug)]
pub(super) struct ActiveBuild(Option<PathBuf>);

impl ActiveBuild {
    pub(super) fn begin() -> Self {
        ACTIVE_BUILDS.fetch_add(1, Ordering::SeqCst);
        Self(None)
    }

    /// The build writes only into this folder, until it commits.
    pub(super) fn stages_in(&mut self, folder: &Path) {
        staging().push(folder.to_path_buf());
        self.0 = Some(folder.to_path_buf());
    }

    /// The build moves files into place from now on.
    pub(super) fn commits(&mut self) {
        if let Some(folder) = self.0.take() {
            staging().retain(|other| *other != folder);
        }
    }
}

impl Drop for ActiveBuild {
    fn drop(&mut self) {
        self.commits();
        ACTIVE_BUILDS.fetch_sub(1, Ordering::SeqCst);
    }
}

//! Shutdown on request, by Ctrl-C or a signal. A build that is writing stops, leaves the published
//! folder as it is and removes its staging folder.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Global because a signal concerns the whole process.
static REQUESTED: AtomicBool = AtomicBool::new(false);
static ACTIVE_BUILDS: AtomicUsize = AtomicUsize::new(0);

/// Asks every build of this process to stop. True while at least one is still writing.
pub fn request() -> bool {
    REQUESTED.store(true, Ordering::SeqCst);
    ACTIVE_BUILDS.load(Ordering::SeqCst) > 0
}

pub(super) fn is_requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Marks a build as writing until it is dropped.
#[derive(Debug)]
pub(super) struct ActiveBuild(());

impl ActiveBuild {
    pub(super) fn begin() -> Self {
        ACTIVE_BUILDS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for ActiveBuild {
    fn drop(&mut self) {
        ACTIVE_BUILDS.fetch_sub(1, Ordering::SeqCst);
    }
}

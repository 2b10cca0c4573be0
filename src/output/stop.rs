//! The end that comes from outside: a key pressed, a signal sent. Asked to stop, a build that
//! is writing leaves the published folder as it is and takes its staging folder with it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// One process has one end.
static ASKED: AtomicBool = AtomicBool::new(false);
static AT_WORK: AtomicUsize = AtomicUsize::new(0);

/// Asks every build of this process to stop. Whether one is writing, and will.
pub fn ask() -> bool {
    ASKED.store(true, Ordering::SeqCst);
    AT_WORK.load(Ordering::SeqCst) > 0
}

pub(super) fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Stands for a build that is writing.
#[derive(Debug)]
pub(super) struct Work(());

impl Work {
    pub(super) fn begin() -> Self {
        AT_WORK.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        AT_WORK.fetch_sub(1, Ordering::SeqCst);
    }
}

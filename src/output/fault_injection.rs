//! Fault injection at every change on disk: a power cut, a full disk, a missing permission.
//!
//! Code that changes something on disk passes a checkpoint first. In debug builds one checkpoint,
//! chosen by its number, can abort the process or start to fail. In release builds a checkpoint
//! does nothing.

/// Passes a checkpoint.
#[cfg(not(debug_assertions))]
#[inline]
pub(crate) fn checkpoint() -> std::io::Result<()> {
    Ok(())
}

#[cfg(debug_assertions)]
pub(crate) use enabled::checkpoint;
#[cfg(debug_assertions)]
pub use enabled::{Fault, inject};

#[cfg(debug_assertions)]
mod enabled {
    use std::io;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// An injected fault.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Fault {
        /// The process ends there, as by a signal that cannot be caught.
        Abort,
        /// That checkpoint and all later ones fail with this error.
        Fail(io::ErrorKind),
    }

    static INJECTED: OnceLock<(u64, Fault)> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    /// Injects a fault at a checkpoint, counted from 1. Only the first call in a process counts.
    pub fn inject(checkpoint: u64, fault: Fault) {
        let _ = INJECTED.set((checkpoint, fault));
    }

    /// Passes a checkpoint.
    pub(crate) fn checkpoint() -> io::Result<()> {
        let Some((at, fault)) = INJECTED.get() else { return Ok(()) };
        let number = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
        match fault {
            Fault::Abort if number == *at => std::process::abort(),
            Fault::Fail(kind) if number >= *at => Err((*kind).into()),
            _ => Ok(()),
        }
    }
}

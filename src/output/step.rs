//! The steps of a publication, any of which may be its last: power goes, the disk is full,
//! somebody takes away a right.
//!
//! Every touch of the disk that changes something is announced here first. In a program built
//! for tests one of them can be made to fail or to be the end; in a release this is nothing.

/// Announces a step.
#[cfg(not(debug_assertions))]
#[inline]
pub(crate) fn next() -> std::io::Result<()> {
    Ok(())
}

#[cfg(debug_assertions)]
pub(crate) use trial::next;
#[cfg(debug_assertions)]
pub use trial::{Trial, try_out};

#[cfg(debug_assertions)]
mod trial {
    use std::io;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// What happens at a step.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Trial {
        /// The process ends, as by a signal that cannot be caught.
        End,
        /// That step and all later ones fail so.
        Fail(io::ErrorKind),
    }

    static PLAN: OnceLock<(u64, Trial)> = OnceLock::new();
    static DONE: AtomicU64 = AtomicU64::new(0);

    /// Makes a step, counted from 1, what is tried out. Once in a process.
    pub fn try_out(step: u64, trial: Trial) {
        let _ = PLAN.set((step, trial));
    }

    /// Announces a step.
    pub(crate) fn next() -> io::Result<()> {
        let Some((step, trial)) = PLAN.get() else { return Ok(()) };
        let number = DONE.fetch_add(1, Ordering::SeqCst) + 1;
        match trial {
            Trial::End if number == *step => std::process::abort(),
            Trial::Fail(kind) if number >= *step => Err((*kind).into()),
            _ => Ok(()),
        }
    }
}

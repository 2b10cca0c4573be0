//! The memory that decoded images may fill, all threads together.

use std::sync::{Condvar, Mutex, PoisonError};

/// In bytes. An image that needs more has it to itself.
const ALL: u64 = 512 << 20;

static TAKEN: Mutex<u64> = Mutex::new(0);
static LEFT: Condvar = Condvar::new();

/// Room for one image, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(u64);

/// Waits until there is room for so many bytes. Whoever has room never waits for more, so that
/// all get theirs.
pub(super) fn take(bytes: u64) -> Place {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut taken = LEFT
        .wait_while(taken, |taken| *taken > 0 && *taken + bytes > ALL)
        .unwrap_or_else(PoisonError::into_inner);
    *taken += bytes;
    Place(bytes)
}

impl Drop for Place {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= self.0;
        LEFT.notify_all();
    }
}

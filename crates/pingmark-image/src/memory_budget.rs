//! The memory that decoded images may take, all threads together.

use std::sync::{Condvar, Mutex, PoisonError};

/// The budget in bytes. No image needs more: [`inspect`](crate::inspect) refuses those.
pub(super) const BUDGET: u64 = 448 << 20;

static RESERVED: Mutex<u64> = Mutex::new(0);
static RELEASED: Condvar = Condvar::new();

/// A share of the budget, in bytes; returned when dropped.
#[derive(Debug)]
pub(super) struct Reservation(u64);

/// Reserves memory for one image; blocks until enough is free. Must not be called by a thread that
/// holds a [`Reservation`]: no holder waits for another, so there is no deadlock.
pub(super) fn reserve(bytes: u64) -> Reservation {
    let reserved = RESERVED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut reserved = RELEASED
        .wait_while(reserved, |reserved| *reserved > 0 && *reserved + bytes > BUDGET)
        .unwrap_or_else(PoisonError::into_inner);
    *reserved += bytes;
    Reservation(bytes)
}

impl Drop for Reservation {
    fn drop(&mut self) {
        *RESERVED.lock().unwrap_or_else(PoisonError::into_inner) -= self.0;
        RELEASED.notify_all();
    }
}

//! Progress of long tasks.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Called with the number of images made so far and the total number.
pub type Progress = dyn Fn(usize, usize) + Send + Sync;

/// A shared [`Progress`] for the engine's options.
#[derive(Clone)]
pub struct ProgressSink(pub Arc<Progress>);

impl fmt::Debug for ProgressSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProgressSink")
    }
}

impl Deref for ProgressSink {
    type Target = Progress;

    fn deref(&self) -> &Progress {
        &*self.0
    }
}

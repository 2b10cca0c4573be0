//! Progress of long work, for whoever shows it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Called with the number of images that are made, and of how many.
pub type Progress = dyn Fn(usize, usize) + Send + Sync;

/// A [`Progress`] that can be part of the engine's options.
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

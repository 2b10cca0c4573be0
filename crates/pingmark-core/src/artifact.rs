//! What comes out of a build: files to publish, as values.

use std::path::PathBuf;
use std::sync::Arc;

use crate::fingerprint::Fingerprint;
use crate::path::SitePath;

/// One file to publish.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its path in the output folder.
    pub path: SitePath,
    /// The fingerprint of everything it was made of; none when it must be made again each time.
    pub fingerprint: Option<Fingerprint>,
    /// What stands in it.
    pub content: Content,
}

/// What stands in an output.
#[derive(Clone, Debug)]
pub enum Content {
    /// Bytes that were made.
    Bytes(Vec<u8>),
    /// A file to copy: where it lies, its length and the nanosecond it was last changed.
    Copy(PathBuf, u64, i128),
    /// Bytes that are made when somebody asks for them.
    Deferred(Arc<dyn Deferred>),
}

/// What is dear to make, and not needed before somebody asks for it.
pub trait Deferred: Send + Sync + std::fmt::Debug {
    /// The fingerprint of all that it is made of.
    fn fingerprint(&self) -> Fingerprint;
    /// Makes it; `None` when that fails.
    fn make(&self) -> Option<Vec<u8>>;
}

/// A place for what is dear to make, by the fingerprint of all that it was made of.
pub trait ArtifactCache: Sync + std::fmt::Debug {
    /// What was kept, if it is whole.
    fn get(&self, fingerprint: Fingerprint) -> Option<Vec<u8>>;
    /// Whether something is kept, as far as can be told without looking into it.
    fn has(&self, fingerprint: Fingerprint) -> bool;
    /// Lets go what is not among these and has not been for long.
    fn sweep(&self, used: &[Fingerprint]);
    /// Keeps something. That it cannot be kept is no failure.
    fn put(&self, fingerprint: Fingerprint, bytes: &[u8]);
}

/// What publishing changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files written.
    pub written: usize,
    /// Files that stood there already, byte for byte.
    pub unchanged: usize,
    /// Files taken away.
    pub removed: usize,
}

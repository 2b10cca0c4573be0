//! Outputs of a build: files to publish, as values.

use std::path::PathBuf;
use std::sync::Arc;

use crate::fingerprint::Fingerprint;
use crate::path::SitePath;
use crate::stamp::Stamp;

/// One file to publish.
#[derive(Clone, Debug)]
pub struct Output {
    /// Path in the output folder.
    pub path: SitePath,
    /// Fingerprint of everything the file is made of; `None` if it must be made again on each
    /// build.
    pub fingerprint: Option<Fingerprint>,
    /// Content of the file.
    pub content: Content,
}

/// The content of an output.
#[derive(Clone, Debug)]
pub enum Content {
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// A file to copy: its path on disk, and its stamp.
    Copy(PathBuf, Stamp),
    /// Bytes made on request.
    Deferred(Arc<dyn Deferred>),
}

/// An output that is expensive to make, and so is only made on request.
pub trait Deferred: Send + Sync + std::fmt::Debug {
    /// Fingerprint of everything the output is made of; cheap to compute.
    fn fingerprint(&self) -> Fingerprint;
    /// Makes the output; `None` if that fails.
    fn make(&self) -> Option<Vec<u8>>;
}

/// A cache for artifacts that are expensive to make (images, icons), keyed by the fingerprint of
/// everything they are made of.
pub trait ArtifactCache: Send + Sync + std::fmt::Debug {
    /// The cached bytes; `None` if there are none or they are damaged.
    fn get(&self, fingerprint: Fingerprint) -> Option<Vec<u8>>;
    /// Whether an entry exists. Does not read it, so it may turn out to be damaged.
    fn has(&self, fingerprint: Fingerprint) -> bool;
    /// Removes entries that are not in `used` and have not been used for a long time.
    fn sweep(&self, used: &[Fingerprint]);
    /// Stores an artifact. Best effort: a failure is ignored.
    fn put(&self, fingerprint: Fingerprint, bytes: &[u8]);
}

/// The number of files that publishing changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files written.
    pub written: usize,
    /// Files that already had the same bytes.
    pub unchanged: usize,
    /// Files removed.
    pub removed: usize,
}

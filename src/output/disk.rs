//! Publishes a site all or nothing: every file is written to a staging folder beside the output folder
//! first, and moved when all of them are there.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use rayon::prelude::*;

use pingmark_core::artifact::{Changes, Content, Output};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;

use super::fault_injection::checkpoint;
use super::manifest::{BuildStamp, Entry, Manifest};
use super::safety::{LinkCheck, check_output_folder};
use super::shutdown::{self, ActiveBuild};

/// Folder of the site that keeps state between runs.
pub const STATE: &str = ".pingmark";

/// Why nothing was published.
#[derive(Debug)]
pub enum PublishError {
    /// The output folder has files that pingmark did not write.
    Foreign(PathBuf),
    /// The path must not be written to, with the reason.
    Dangerous(PathBuf, &'static str),
    /// A file operation failed before anything was published.
    Io(PathBuf, io::Error),
    /// A file operation failed while files were being moved into the output folder. Each file is
    /// either the old version or the new one.
    Incomplete(PathBuf, io::Error),
    /// Shutdown was requested.
    Stopped,
}

impl std::fmt::Display for PublishError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign(path) => write!(
                f,
                "`{}` is not empty and was not written by pingmark; choose another folder with --output-dir, or \
                 publish into it with --force (files that pingmark did not write are kept)",
                path.display()
            ),
            Self::Dangerous(path, reason) => {
                write!(f, "`{}` cannot be the output folder: {reason}", path.display())
            }
            Self::Io(path, error) => write!(f, "`{}`: {error}; nothing was published", path.display()),
            Self::Incomplete(path, error) => write!(
                f,
                "`{}`: {error}; only some of the new files are published, but each file is intact: fix the problem \
                 and build again",
                path.display()
            ),
            Self::Stopped => write!(f, "stopped; nothing was published"),
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> PublishError + '_ {
    move |error| PublishError::Io(path.to_path_buf(), error)
}

fn incomplete(path: &Path) -> impl FnOnce(io::Error) -> PublishError + '_ {
    move |error| PublishError::Incomplete(path.to_path_buf(), error)
}

/// An output folder being written.
#[derive(Debug)]
pub struct Publisher {
    output: PathBuf,
    staging: PathBuf,
    manifest_at: PathBuf,
    previous: Manifest,
    /// Whether the output folder is missing or empty.
    fresh: bool,
    force: bool,
    links: LinkCheck,
    progress: Mutex<Progress>,
    _lock: File,
    // Dropped last: a shutdown waits until the staging folder has been removed.
    active: ActiveBuild,
}

/// The outputs taken so far.
#[derive(Debug, Default)]
struct Progress {
    /// The next manifest.
    entries: BTreeMap<SitePath, Entry>,
    staged: Vec<SitePath>,
    /// Published versions of the staged files.
    replaced: BTreeMap<SitePath, Entry>,
    /// Files that somebody else has edited; they are not replaced.
    edited: Vec<SitePath>,
    unchanged: usize,
}

impl Publisher {
    /// Opens an output folder for a site: checks that it may be written, takes the lock, and
    /// creates the staging folder beside it, on the same file system. If another build of this
    /// site is running, calls `waiting` with its process id and waits for it.
    pub fn open(
        root: &Path,
        output: &Path,
        force: bool,
        waiting: impl FnOnce(&str),
    ) -> Result<Self, PublishError> {
        let output = check_output_folder(root, output)?;
        let state = root.join(STATE);
        checkpoint().and_then(|()| fs::create_dir_all(&state)).map_err(at(&state))?;
        let lock = lock(&state, waiting)?;
        let mut active = ActiveBuild::begin();
        if shutdown::is_requested() {
            return Err(PublishError::Stopped);
        }
        let manifest_at = Manifest::location(&state, &output);
        let fresh = is_empty(&output).map_err(at(&output))?;
        // Whatever a manifest says, an empty folder has no files.
        let known = if fresh { Some(Manifest::default()) } else { Manifest::read(&manifest_at) };
        if known.is_none() && !force {
            return Err(PublishError::Foreign(output));
        }
        let parent = output.parent().unwrap_or(Path::new("/")).to_path_buf();
        fs::create_dir_all(&parent).map_err(at(&parent))?;
        remove_stale_staging(&output);
        let staging = staging_of(&output);
        checkpoint().and_then(|()| fs::create_dir(&staging)).map_err(at(&staging))?;
        active.stages_in(&staging);
        let previous = known.unwrap_or_default();
        let links = LinkCheck::new(&output);
        let progress = Mutex::default();
        Ok(Self {
            output,
            staging,
            manifest_at,
            previous,
            fresh,
            force,
            links,
            progress,
            _lock: lock,
            active,
        })
    }

    /// Keeps a published file that was made from inputs with this fingerprint. Returns whether
    /// there is one; then it need not be rendered.
    pub fn keep(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        let known = self.previous.files.get(path).is_some_and(|entry| entry.fingerprint == Some(fingerprint));
        if !known || self.fresh {
            return false;
        }
        match self.file_state(path) {
            Ok(FileState::Ours(entry)) if entry.fingerprint == Some(fingerprint) => {
                self.unchanged(path.clone(), entry);
                true
            }
            _ => false,
        }
    }

    /// Takes one output and writes it into the staging folder, unless the published file is already
    /// the same.
    pub fn take(&self, output: Output) -> Result<(), PublishError> {
        if shutdown::is_requested() {
            return Err(PublishError::Stopped);
        }
        let Output { path, fingerprint, content } = output;
        let state = if self.fresh { FileState::Missing } else { self.file_state(&path)? };
        if let (Content::Copy(_, len, modified), FileState::Ours(entry)) = (&content, &state)
            && entry.source == Some((*len, *modified))
        {
            self.unchanged(path, Entry { fingerprint, ..*entry });
            return Ok(());
        }
        if matches!(state, FileState::Foreign) && !self.force {
            let mut progress = self.progress();
            if let Some(entry) = self.previous.files.get(&path) {
                progress.entries.insert(path.clone(), *entry);
            }
            progress.edited.push(path);
            return Ok(());
        }
        if !self.fresh
            && let Some(link) = self.links.link_above(&path)
        {
            return Err(PublishError::Dangerous(link, "it is a link, and nothing is written through links"));
        }
        let (bytes, source) = match content {
            Content::Bytes(bytes) => (bytes, None),
            Content::Copy(from, len, modified) => {
                (fs::read(&from).map_err(at(&from))?, Some((len, modified)))
            }
            Content::Deferred(later) => {
                let failed = || io::Error::other("it could not be generated");
                (later.make().ok_or_else(failed).map_err(at(&path.under(&self.output)))?, None)
            }
        };
        let content = Fingerprint::of(&bytes);
        if let FileState::Ours(entry) = state
            && entry.content == content
        {
            self.unchanged(path, Entry { fingerprint, source, ..entry });
            return Ok(());
        }
        let modified = self.stage(&path, &bytes)?;
        let entry = Entry { content, len: bytes.len() as u64, modified, fingerprint, source };
        let mut progress = self.progress();
        if let FileState::Ours(replaced) = state {
            progress.replaced.insert(path.clone(), replaced);
        }
        progress.entries.insert(path.clone(), entry);
        progress.staged.push(path);
        Ok(())
    }

    fn progress(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn unchanged(&self, path: SitePath, entry: Entry) {
        let mut progress = self.progress();
        progress.entries.insert(path, entry);
        progress.unchanged += 1;
    }

    /// Finds out whether the published file is still as pingmark wrote it. The bytes are read only
    /// if length or modification time differ from the manifest.
    fn file_state(&self, path: &SitePath) -> Result<FileState, PublishError> {
        let location = path.under(&self.output);
        if self.links.link_above(path).is_some() {
            return Ok(FileState::Foreign);
        }
        let Ok(metadata) = fs::symlink_metadata(&location) else { return Ok(FileState::Missing) };
        if !metadata.is_file() {
            return Ok(FileState::Foreign);
        }
        let known = [self.previous.files.get(path), self.previous.replaced.get(path)];
        let untouched = |entry: &&Entry| metadata.len() == entry.len && modified(&metadata) == entry.modified;
        if let Some(entry) = known.into_iter().flatten().find(untouched) {
            return Ok(FileState::Ours(*entry));
        }
        if known == [None, None] {
            return Ok(FileState::Foreign);
        }
        let content = Fingerprint::of(&fs::read(&location).map_err(at(&location))?);
        let same = known.into_iter().flatten().find(|entry| entry.content == content);
        Ok(same.map_or(FileState::Foreign, |entry| {
            FileState::Ours(Entry { modified: modified(&metadata), ..*entry })
        }))
    }

    fn stage(&self, path: &SitePath, bytes: &[u8]) -> Result<i128, PublishError> {
        let location = path.under(&self.staging);
        let folder = location.parent().unwrap_or(&self.staging);
        // Most files are alone in their folder, and its parent mostly exists: try one call before
        // `create_dir_all`.
        if let Err(error) = fs::create_dir(folder)
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        let mut file = checkpoint().and_then(|()| File::create(&location)).map_err(at(&location))?;
        checkpoint().and_then(|()| file.write_all(bytes)).map_err(at(&location))?;
        let metadata = file.metadata().map_err(at(&location))?;
        Ok(modified(&metadata))
    }

    /// Publishes the outputs taken. An empty output folder is replaced by one rename; otherwise
    /// files are moved one by one, pages before the lists that link to them, and files that are no
    /// longer part of the site are removed at the end.
    ///
    /// The manifest is written before the first file is moved and names both the old and the new
    /// versions, so that even a killed build leaves no file that pingmark does not know.
    pub fn commit(mut self, stamp: Option<BuildStamp>) -> Result<(Changes, Vec<Diagnostic>), PublishError> {
        self.active.commits();
        if shutdown::is_requested() {
            return Err(PublishError::Stopped);
        }
        let progress = std::mem::take(&mut self.progress);
        let progress = progress.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Progress { mut entries, mut staged, replaced, edited, unchanged } = progress;
        let mut diagnostics: Vec<Diagnostic> = edited.iter().map(catalogue::edited_by_hand).collect();
        let mut removed = 0;
        let nothing_to_do =
            staged.is_empty() && self.previous.replaced.is_empty() && entries == self.previous.files;
        if !self.fresh && nothing_to_do {
            if stamp != self.previous.stamp {
                let manifest = Manifest { files: entries, replaced: BTreeMap::new(), stamp };
                manifest.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
            }
            return Ok((Changes { written: 0, unchanged, removed }, diagnostics));
        }
        if self.fresh {
            // The manifest names files that do not exist until the rename. That does no harm: a
            // missing file is never taken for a published one.
            let manifest = Manifest { files: entries, replaced: BTreeMap::new(), stamp };
            manifest.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
            if self.output.exists() {
                checkpoint().and_then(|()| fs::remove_dir(&self.output)).map_err(at(&self.output))?;
            }
            checkpoint().and_then(|()| fs::rename(&self.staging, &self.output)).map_err(at(&self.output))?;
            return Ok((Changes { written: staged.len(), unchanged, removed }, diagnostics));
        }
        let replaced = self.with_removed(replaced, &entries)?;
        let both = Manifest { files: entries.clone(), replaced, stamp: None };
        both.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
        // Deep paths are pages, shallow ones are lists and feeds: a page is there before a list
        // links to it.
        staged.sort_by_key(|path| (std::cmp::Reverse(path.components().count()), path.clone()));
        for path in &staged {
            self.move_in(path)?;
        }
        removed = self.remove_gone(&both.replaced, &mut entries, &mut diagnostics)?;
        let manifest = Manifest { files: entries, replaced: BTreeMap::new(), stamp };
        manifest.write(&self.manifest_at).map_err(incomplete(&self.manifest_at))?;
        Ok((Changes { written: staged.len(), unchanged, removed }, diagnostics))
    }

    /// Adds the files that are to be removed to the ones that are replaced, each as it is on disk
    /// now: after several killed builds that may be any of the known versions.
    fn with_removed(
        &self,
        mut replaced: BTreeMap<SitePath, Entry>,
        entries: &BTreeMap<SitePath, Entry>,
    ) -> Result<BTreeMap<SitePath, Entry>, PublishError> {
        let known = self.previous.replaced.iter().chain(&self.previous.files);
        for (path, entry) in known.filter(|(path, _)| !entries.contains_key(*path)) {
            match self.file_state(path)? {
                FileState::Ours(on_disk) => _ = replaced.insert(path.clone(), on_disk),
                FileState::Foreign => _ = replaced.insert(path.clone(), *entry),
                FileState::Missing => {}
            }
        }
        Ok(replaced)
    }

    /// Removes published files that are no longer part of the site. Edited ones are kept and
    /// reported.
    fn remove_gone(
        &self,
        before: &BTreeMap<SitePath, Entry>,
        entries: &mut BTreeMap<SitePath, Entry>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<usize, PublishError> {
        let mut removed = 0;
        let gone: Vec<_> = before.iter().filter(|(path, _)| !entries.contains_key(*path)).collect();
        for (path, entry) in gone {
            match self.file_state(path)? {
                FileState::Ours(_) => {
                    let location = path.under(&self.output);
                    checkpoint().and_then(|()| fs::remove_file(&location)).map_err(incomplete(&location))?;
                    remove_empty_folders(&location, &self.output);
                    removed += 1;
                }
                FileState::Foreign => {
                    diagnostics.push(catalogue::edited_by_hand(path));
                    entries.insert(path.clone(), *entry);
                }
                FileState::Missing => {}
            }
        }
        Ok(removed)
    }

    fn move_in(&self, path: &SitePath) -> Result<(), PublishError> {
        let (from, to) = (path.under(&self.staging), path.under(&self.output));
        checkpoint().map_err(incomplete(&to))?;
        if fs::rename(&from, &to).is_ok() {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(incomplete(folder))?;
        }
        fs::rename(&from, &to).map_err(incomplete(&to))
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // Leave nothing beside the output folder: staged files after a failure, empty folders after
        // a commit.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

/// State of a file in the output folder.
enum FileState {
    /// Unchanged since pingmark wrote it.
    Ours(Entry),
    /// Written or edited by somebody else.
    Foreign,
    /// There is no such file.
    Missing,
}

/// Stamp and number of files of the site published in `output`, if it was built from inputs with
/// this fingerprint, would be the same at `now` (seconds since 1970), and none of its files has
/// been touched. Opens no file but the manifest.
pub fn find_unchanged(
    root: &Path,
    output: &Path,
    fingerprint: Fingerprint,
    now: i64,
) -> Option<(BuildStamp, usize)> {
    let output = check_output_folder(root, output).ok()?;
    let manifest = Manifest::read(&Manifest::location(&root.join(STATE), &output))?;
    let stamp = manifest.stamp.filter(|stamp| stamp.matches(fingerprint, now))?;
    // A killed build has left files to clean up.
    if staging_folders(&output).next().is_some() {
        return None;
    }
    let links = LinkCheck::new(&output);
    let untouched = |(path, entry): (&SitePath, &Entry)| {
        let metadata = fs::symlink_metadata(path.under(&output));
        let same = |metadata: Metadata| {
            metadata.is_file() && metadata.len() == entry.len && modified(&metadata) == entry.modified
        };
        metadata.is_ok_and(same) && links.link_above(path).is_none()
    };
    (manifest.replaced.is_empty() && manifest.files.par_iter().all(untouched))
        .then_some((stamp, manifest.files.len()))
}

/// Removes the files that pingmark wrote into an output folder, unless they were edited since.
/// Returns their number.
pub fn remove_published(root: &Path, output: &Path) -> Result<usize, PublishError> {
    let output = check_output_folder(root, output)?;
    let state = root.join(STATE);
    let manifest_at = Manifest::location(&state, &output);
    let Some(manifest) = Manifest::read(&manifest_at) else { return Ok(0) };
    let links = LinkCheck::new(&output);
    let mut removed = 0;
    for (path, entry) in manifest.files.iter().chain(&manifest.replaced) {
        let location = path.under(&output);
        let ours = links.link_above(path).is_none()
            && fs::symlink_metadata(&location).is_ok_and(|metadata| metadata.is_file())
            && fs::read(&location).is_ok_and(|bytes| Fingerprint::of(&bytes) == entry.content);
        if ours {
            fs::remove_file(&location).map_err(at(&location))?;
            remove_empty_folders(&location, &output);
            removed += 1;
        }
    }
    let _ = fs::remove_dir(&output);
    fs::remove_file(&manifest_at).map_err(at(&manifest_at))?;
    Ok(removed)
}

fn modified(metadata: &Metadata) -> i128 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos() as i128)
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Takes the lock that allows one build of a site at a time. The system releases it when the
/// process ends, however it ends.
fn lock(state: &Path, waiting: impl FnOnce(&str)) -> Result<File, PublishError> {
    let location = state.join("lock");
    let open = File::options().create(true).truncate(false).read(true).write(true).open(&location);
    let file = open.map_err(at(&location))?;
    if file.try_lock().is_err() {
        let pid = fs::read_to_string(&location).unwrap_or_default();
        waiting(pid.trim());
        file.lock().map_err(at(&location))?;
    }
    let _ = file.set_len(0);
    let _ = (&file).write_all(std::process::id().to_string().as_bytes());
    Ok(file)
}

fn staging_name(output: &Path) -> String {
    let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!(".{name}.pingmark-")
}

fn staging_of(output: &Path) -> PathBuf {
    output.with_file_name(format!("{}{}", staging_name(output), std::process::id()))
}

/// The staging folders of an output folder, whether their builds are running or were killed.
fn staging_folders(output: &Path) -> impl Iterator<Item = PathBuf> {
    let prefix = staging_name(output);
    let beside = output.parent().map(fs::read_dir).into_iter().flatten().flatten().flatten();
    beside.filter_map(move |entry| {
        let name = entry.file_name();
        let digits = name.to_str()?.strip_prefix(&prefix)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| entry.path())
    })
}

/// Removes the staging folders of killed builds. The caller holds the lock, so none is in use.
fn remove_stale_staging(output: &Path) {
    for folder in staging_folders(output) {
        let _ = fs::remove_dir_all(folder);
    }
}

fn remove_empty_folders(file: &Path, output: &Path) {
    let mut folder = file.parent();
    while let Some(path) = folder.filter(|path| *path != output && path.starts_with(output)) {
        // Fails for the first folder that is not empty, which is where to stop.
        if fs::remove_dir(path).is_err() {
            return;
        }
        folder = path.parent();
    }
}

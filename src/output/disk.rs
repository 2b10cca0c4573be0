//! Publishes a site all or nothing: every file is written to a staging folder beside the output folder
//! first, and moved when all of them are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use pingmark_core::artifact::{Changes, Content, Output};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;

use super::fault_injection::checkpoint;
use super::manifest::{BuildStamp, Entry, Manifest, PublishedPage};
use super::safety::{LinkCheck, check_output_folder, real_absolute};
use super::shutdown::{self, ActiveBuild};
use super::staging::{Staging, is_staging};
use super::sync::sync;

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
                "`{}` is not empty, and this site has no record of having written it (a record is kept in \
                 `{STATE}/`, which a fresh clone does not have); choose another folder with --output-dir, or publish \
                 into it with --force: files of the same names are replaced, all others are kept",
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

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> PublishError + '_ {
    move |error| PublishError::Io(path.to_path_buf(), error)
}

fn incomplete(path: &Path) -> impl FnOnce(io::Error) -> PublishError + '_ {
    move |error| PublishError::Incomplete(path.to_path_buf(), error)
}

/// An output folder being written.
#[derive(Debug)]
pub struct Publisher {
    output: PathBuf,
    staging: Staging,
    manifest_at: PathBuf,
    previous: Manifest,
    /// Time of the file system at which the build began to write, in nanoseconds since 1970.
    began: i128,
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
    /// Whether a copied file was too new for its stamp to be reliable.
    is_unsettled: bool,
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
        let root = real_absolute(root);
        let state = root.join(STATE);
        checkpoint().and_then(|()| fs::create_dir_all(&state)).map_err(at(&state))?;
        let lock = lock(&state, waiting)?;
        let mut active = ActiveBuild::begin();
        if shutdown::is_requested() {
            return Err(PublishError::Stopped);
        }
        let manifest_at = Manifest::location(&root, &output);
        let fresh = is_empty(&output).map_err(at(&output))?;
        let mut known = Manifest::find(&root, &output);
        if fresh {
            // Whatever a manifest says, an empty folder has no files. Its addresses were published
            // nevertheless.
            let pages = known.map(|known| known.pages).unwrap_or_default();
            known = Some(Manifest { pages, ..Manifest::default() });
        }
        if known.is_none() && !force {
            return Err(PublishError::Foreign(output));
        }
        let parent = output.parent().unwrap_or(Path::new("/")).to_path_buf();
        fs::create_dir_all(&parent).map_err(at(&parent))?;
        let staging = Staging::create(&output)?;
        let began = fs::metadata(&staging.folder).map_or(0, |metadata| modified(&metadata));
        active.stages_in(&staging.folder);
        let previous = known.unwrap_or_default();
        let links = LinkCheck::new(&output);
        let progress = Mutex::default();
        Ok(Self {
            output,
            staging,
            manifest_at,
            previous,
            began,
            fresh,
            force,
            links,
            progress,
            _lock: lock,
            active,
        })
    }

    /// Posts and pages of the last published site, by their route.
    pub fn published_pages(&self) -> &BTreeMap<String, PublishedPage> {
        &self.previous.pages
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
        let Output { path, mut fingerprint, content } = output;
        let state = if self.fresh { FileState::Missing } else { self.file_state(&path)? };
        if let (Content::Copy(_, stamp), FileState::Ours(entry)) = (&content, &state)
            && entry.source == Some(*stamp)
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
            && let Some(link) = self.links.link_above(&path).filter(|link| !self.makes_way(link))
        {
            return Err(PublishError::Dangerous(link, "it is a link, and nothing is written through links"));
        }
        let (bytes, source) = match content {
            Content::Bytes(bytes) => (bytes, None),
            Content::Copy(from, stamp) => {
                let bytes = fs::read(&from).map_err(at(&from))?;
                let source = Some(stamp).filter(|stamp| stamp.is_settled(self.began));
                if source.is_none() {
                    // It may change again and keep its stamp: the next build looks at its bytes.
                    fingerprint = None;
                    self.progress().is_unsettled = true;
                }
                (bytes, source)
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
        if let Some(above) = self.links.link_above(path) {
            return Ok(if self.makes_way(&above) { FileState::Missing } else { FileState::Foreign });
        }
        let Ok(metadata) = fs::symlink_metadata(&location) else { return Ok(FileState::Missing) };
        if metadata.is_dir() {
            return Ok(if self.folder_makes_way(path)? { FileState::Missing } else { FileState::Foreign });
        }
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
        let bytes = fs::read(&location).map_err(at(&location))?;
        let content = Fingerprint::of(&bytes);
        let same = known.into_iter().flatten().find(|entry| entry.content == content);
        Ok(match same {
            Some(entry) => FileState::Ours(Entry { modified: modified(&metadata), ..*entry }),
            // What a crash of the system leaves of a file whose data were not on the disk yet.
            None if bytes.iter().all(|byte| *byte == 0) => FileState::Missing,
            None => FileState::Foreign,
        })
    }

    /// Whether a file stands where a folder is needed and will be removed: it is ours, and so belongs
    /// to a site that had no such folder.
    fn makes_way(&self, location: &Path) -> bool {
        let path = location.strip_prefix(&self.output).ok().and_then(Path::to_str);
        let path = path.and_then(|path| SitePath::new(&path.replace('\\', "/")).ok());
        path.is_some_and(|path| {
            fs::symlink_metadata(location).is_ok_and(|metadata| metadata.is_file())
                && matches!(self.file_state(&path), Ok(FileState::Ours(_)))
        })
    }

    /// Whether a folder stands where a file is needed and holds only files of ours.
    fn folder_makes_way(&self, folder: &SitePath) -> Result<bool, PublishError> {
        let location = folder.under(&self.output);
        for entry in fs::read_dir(&location).map_err(at(&location))? {
            let name = entry.map_err(at(&location))?.file_name();
            let Some(path) = name.to_str().and_then(|name| folder.join(name).ok()) else { return Ok(false) };
            let is_folder = fs::symlink_metadata(path.under(&self.output)).is_ok_and(|entry| entry.is_dir());
            let makes_way = match is_folder {
                true => self.folder_makes_way(&path)?,
                false => matches!(self.file_state(&path)?, FileState::Ours(_)),
            };
            if !makes_way {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn stage(&self, path: &SitePath, bytes: &[u8]) -> Result<i128, PublishError> {
        let location = path.under(&self.staging.folder);
        let folder = location.parent().unwrap_or(&self.staging.folder);
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
    pub fn commit(
        mut self,
        pages: BTreeMap<String, PublishedPage>,
        stamp: Option<BuildStamp>,
    ) -> Result<(Changes, Vec<Diagnostic>), PublishError> {
        self.active.commits();
        if shutdown::is_requested() {
            return Err(PublishError::Stopped);
        }
        let progress = std::mem::take(&mut self.progress);
        let progress = progress.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Progress { mut entries, mut staged, replaced, edited, unchanged, is_unsettled } = progress;
        let stamp = stamp.filter(|_| !is_unsettled);
        let mut diagnostics: Vec<Diagnostic> = edited.iter().map(catalogue::edited_by_hand).collect();
        let nothing_to_do =
            staged.is_empty() && self.previous.replaced.is_empty() && entries == self.previous.files;
        if !self.fresh && nothing_to_do {
            if stamp != self.previous.stamp || pages != self.previous.pages || !self.manifest_at.exists() {
                let manifest = Manifest { files: entries, replaced: BTreeMap::new(), pages, stamp };
                manifest.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
            }
            return Ok((Changes { written: 0, unchanged, removed: 0 }, diagnostics));
        }
        let (written, mut manifest) =
            (staged.len(), Manifest { files: entries, replaced: BTreeMap::new(), pages, stamp });
        if self.fresh && !self.staging.inside {
            // The manifest names files that do not exist until the rename. That does no harm: a
            // missing file is never taken for a published one.
            manifest.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
            if self.move_whole()? {
                return Ok((Changes { written, unchanged, removed: 0 }, diagnostics));
            }
        }
        entries = std::mem::take(&mut manifest.files);
        let both = Manifest {
            replaced: self.with_removed(replaced, &entries)?,
            files: entries.clone(),
            pages: self.previous.pages.clone(),
            stamp: None,
        };
        // A first site has nothing to lose, and is large: a file that a crash leaves empty is written
        // again by the next build.
        if !self.fresh {
            let files: Vec<PathBuf> = staged.iter().map(|path| path.under(&self.staging.folder)).collect();
            sync(&self.staging.folder, &files).map_err(at(&self.staging.folder))?;
        }
        both.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
        // Deep paths are pages, shallow ones are lists and feeds: a page is there before a list
        // links to it.
        staged.sort_by_key(|path| (std::cmp::Reverse(path.components().count()), path.clone()));
        let mut cleared = BTreeSet::new();
        for path in &staged {
            self.clear_way(path, &both.replaced, &mut cleared)?;
            self.move_in(path)?;
        }
        let gone = both.replaced.iter().filter(|(path, _)| !cleared.contains(*path));
        let removed = cleared.len() + self.remove_gone(gone, &mut entries, &mut diagnostics)?;
        let manifest = Manifest { files: entries, ..manifest };
        manifest.write(&self.manifest_at).map_err(incomplete(&self.manifest_at))?;
        Ok((Changes { written, unchanged, removed }, diagnostics))
    }

    /// Replaces an empty output folder by the staging folder. False if the system does not allow it: the
    /// folder is a mount point, or the folder around it is not ours to change.
    fn move_whole(&self) -> Result<bool, PublishError> {
        let refused = |error: &io::Error| {
            use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
            let kinds = [CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy];
            // Injected faults do not count.
            error.raw_os_error().is_some() && kinds.contains(&error.kind())
        };
        if self.output.exists() {
            match checkpoint().and_then(|()| fs::remove_dir(&self.output)) {
                Err(error) if refused(&error) => return Ok(false),
                removed => removed.map_err(at(&self.output))?,
            }
        }
        match checkpoint().and_then(|()| fs::rename(&self.staging.folder, &self.output)) {
            Err(error) if refused(&error) => {
                fs::create_dir_all(&self.output).map_err(at(&self.output))?;
                Ok(false)
            }
            moved => moved.map(|()| true).map_err(at(&self.output)),
        }
    }

    /// Removes files of the last site that are where a new file needs a folder, or inside a folder where
    /// it needs a file. Adds them to `cleared`.
    fn clear_way(
        &self,
        path: &SitePath,
        gone: &BTreeMap<SitePath, Entry>,
        cleared: &mut BTreeSet<SitePath>,
    ) -> Result<(), PublishError> {
        let above =
            path.as_str().match_indices('/').filter_map(|(at, _)| gone.get_key_value(&path.as_str()[..at]));
        let inside = match path.under(&self.output).is_dir() {
            true => gone.iter().filter(|(file, _)| file.below(path.as_str()).is_some()).collect(),
            false => Vec::new(),
        };
        for (file, _) in above.chain(inside) {
            if !cleared.contains(file) && matches!(self.file_state(file)?, FileState::Ours(_)) {
                let location = file.under(&self.output);
                checkpoint().and_then(|()| fs::remove_file(&location)).map_err(incomplete(&location))?;
                remove_empty_folders(&location, &self.output);
                cleared.insert(file.clone());
            }
        }
        Ok(())
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
    fn remove_gone<'e>(
        &self,
        before: impl Iterator<Item = (&'e SitePath, &'e Entry)>,
        entries: &mut BTreeMap<SitePath, Entry>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<usize, PublishError> {
        let mut removed = 0;
        let gone: Vec<_> = before.filter(|(path, _)| !entries.contains_key(*path)).collect();
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
        let (from, to) = (path.under(&self.staging.folder), path.under(&self.output));
        checkpoint().map_err(incomplete(&to))?;
        if fs::rename(&from, &to).is_ok() {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(incomplete(folder))?;
        }
        match fs::rename(&from, &to) {
            // Two mounts of one file system: the copy is made beside its place.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let name = to.file_name().unwrap_or_default().to_string_lossy();
                let copy = to.with_file_name(format!(".{name}.pingmark-{}", std::process::id()));
                let moved = fs::copy(&from, &copy).and_then(|_| fs::rename(&copy, &to));
                moved.map_err(incomplete(&to))
            }
            moved => moved.map_err(incomplete(&to)),
        }
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

pub(super) fn modified(metadata: &Metadata) -> i128 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos() as i128)
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(!entries.any(|entry| {
            let name = entry.map(|entry| entry.file_name()).unwrap_or_default();
            let name = name.to_string_lossy();
            // A new disk has `lost+found`.
            !is_staging(&name) && name != "lost+found"
        })),
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

pub(super) fn remove_empty_folders(file: &Path, output: &Path) {
    let mut folder = file.parent();
    while let Some(path) = folder.filter(|path| *path != output && path.starts_with(output)) {
        // Fails for the first folder that is not empty, which is where to stop.
        if fs::remove_dir(path).is_err() {
            return;
        }
        folder = path.parent();
    }
}

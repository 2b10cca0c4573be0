//! Publishes all or nothing: every file is written beside the output folder first, and moved
//! into it only when all are there.

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

use super::manifest::{BuildStamp, Entry, Manifest};
use super::stop::{self, Work};
use super::{guard, step};

/// The folder of the site in which state is kept between runs.
pub const STATE: &str = ".pingmark";

/// Why nothing was published.
#[derive(Debug)]
pub enum PublishError {
    /// The output folder has files that we did not write.
    Foreign(PathBuf),
    /// The output folder is, or holds, something that must not be overwritten.
    Dangerous(PathBuf, &'static str),
    /// The system refused: what was done to which file, and why.
    Io(PathBuf, io::Error),
    /// The same, while files were moved in: every file is the old one or the new one.
    Half(PathBuf, io::Error),
    /// Somebody asked to stop.
    Stopped,
}

impl std::fmt::Display for PublishError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign(path) => write!(
                f,
                "`{}` is not empty and was not written by pingmark; name another folder with --output-dir, or \
                 publish into it with --force (files that are not ours stay)",
                path.display()
            ),
            Self::Dangerous(path, reason) => {
                write!(f, "`{}` cannot be the output folder: {reason}", path.display())
            }
            Self::Io(path, error) => write!(f, "`{}`: {error}; nothing was published", path.display()),
            Self::Half(path, error) => write!(
                f,
                "`{}`: {error}; some files are published and others not yet, each of them whole: build again when \
                 this is mended",
                path.display()
            ),
            Self::Stopped => write!(f, "stopped; nothing was published"),
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> PublishError + '_ {
    move |error| PublishError::Io(path.to_path_buf(), error)
}

fn half(path: &Path) -> impl FnOnce(io::Error) -> PublishError + '_ {
    move |error| PublishError::Half(path.to_path_buf(), error)
}

/// An output folder being written.
#[derive(Debug)]
pub struct Publisher {
    output: PathBuf,
    staging: PathBuf,
    manifest_at: PathBuf,
    before: Manifest,
    fresh: bool,
    force: bool,
    links: guard::Links,
    done: Mutex<Done>,
    _lock: File,
    // Dropped last: until then a signal waits for the staging folder to be gone.
    _work: Work,
}

#[derive(Debug, Default)]
struct Done {
    entries: BTreeMap<SitePath, Entry>,
    staged: Vec<SitePath>,
    /// What stands in the place of staged files.
    stood: BTreeMap<SitePath, Entry>,
    edited: Vec<SitePath>,
    unchanged: usize,
}

impl Publisher {
    /// Opens an output folder for a site: checks that it may be written, takes the lock, and
    /// makes the staging folder beside it, on the same file system. Waits while another build
    /// of this site runs.
    pub fn open(
        root: &Path,
        output: &Path,
        force: bool,
        waiting: impl FnOnce(&str),
    ) -> Result<Self, PublishError> {
        let output = guard::output_folder(root, output)?;
        let state = root.join(STATE);
        step::next().and_then(|()| fs::create_dir_all(&state)).map_err(at(&state))?;
        let lock = lock(&state, waiting)?;
        let work = Work::begin();
        if stop::is_asked() {
            return Err(PublishError::Stopped);
        }
        let manifest_at = Manifest::location(&state, &output);
        let is_empty = is_empty(&output).map_err(at(&output))?;
        // Of an empty folder nothing has to be known.
        let known = if is_empty { Some(Manifest::default()) } else { Manifest::read(&manifest_at) };
        if known.is_none() && !force {
            return Err(PublishError::Foreign(output));
        }
        let parent = output.parent().unwrap_or(Path::new("/")).to_path_buf();
        fs::create_dir_all(&parent).map_err(at(&parent))?;
        remove_stale_staging(&output);
        let staging = staging_of(&output);
        step::next().and_then(|()| fs::create_dir(&staging)).map_err(at(&staging))?;
        let before = known.unwrap_or_default();
        let links = guard::Links::below(&output);
        let done = Mutex::default();
        let fresh = is_empty;
        Ok(Self { output, staging, manifest_at, before, fresh, force, links, done, _lock: lock, _work: work })
    }

    /// Whether a file stands in the output folder as it was made of the same before; then it
    /// stays, and need not be made.
    pub fn keep(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        let known = self.before.files.get(path).is_some_and(|entry| entry.fingerprint == Some(fingerprint));
        if !known || self.fresh {
            return false;
        }
        match self.standing(path) {
            Ok(FileState::Ours(entry)) if entry.fingerprint == Some(fingerprint) => {
                self.unchanged(path.clone(), entry);
                true
            }
            _ => false,
        }
    }

    /// Takes one output: writes it into the staging folder, unless it stands in the output
    /// folder already.
    pub fn take(&self, output: Output) -> Result<(), PublishError> {
        if stop::is_asked() {
            return Err(PublishError::Stopped);
        }
        let Output { path, fingerprint, content } = output;
        let standing = if self.fresh { FileState::Missing } else { self.standing(&path)? };
        if let (Content::Copy(_, len, modified), FileState::Ours(entry)) = (&content, &standing)
            && entry.source == Some((*len, *modified))
        {
            self.unchanged(path, Entry { fingerprint, ..*entry });
            return Ok(());
        }
        if matches!(standing, FileState::Foreign) && !self.force {
            let mut done = self.done();
            if let Some(entry) = self.before.files.get(&path) {
                done.entries.insert(path.clone(), *entry);
            }
            done.edited.push(path);
            return Ok(());
        }
        if !self.fresh
            && let Some(link) = self.links.before(&path)
        {
            return Err(PublishError::Dangerous(link, "it is a link, through which nothing is written"));
        }
        let (bytes, source) = match content {
            Content::Bytes(bytes) => (bytes, None),
            Content::Copy(from, len, modified) => {
                (fs::read(&from).map_err(at(&from))?, Some((len, modified)))
            }
            Content::Deferred(later) => {
                let failed = || io::Error::other("it cannot be made");
                (later.make().ok_or_else(failed).map_err(at(&path.under(&self.output)))?, None)
            }
        };
        let content = Fingerprint::of(&bytes);
        if let FileState::Ours(entry) = standing
            && entry.content == content
        {
            self.unchanged(path, Entry { fingerprint, source, ..entry });
            return Ok(());
        }
        let modified = self.stage(&path, &bytes)?;
        let entry = Entry { content, len: bytes.len() as u64, modified, fingerprint, source };
        let mut done = self.done();
        if let FileState::Ours(stood) = standing {
            done.stood.insert(path.clone(), stood);
        }
        done.entries.insert(path.clone(), entry);
        done.staged.push(path);
        Ok(())
    }

    fn done(&self) -> std::sync::MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn unchanged(&self, path: SitePath, entry: Entry) {
        let mut done = self.done();
        done.entries.insert(path, entry);
        done.unchanged += 1;
    }

    /// How a file stands in the output folder now: as we left it, or as somebody else did.
    fn standing(&self, path: &SitePath) -> Result<FileState, PublishError> {
        let location = path.under(&self.output);
        if self.links.before(path).is_some() {
            return Ok(FileState::Foreign);
        }
        let Ok(metadata) = fs::symlink_metadata(&location) else { return Ok(FileState::Missing) };
        if !metadata.is_file() {
            return Ok(FileState::Foreign);
        }
        let known = [self.before.files.get(path), self.before.replaced.get(path)];
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
        // Most files are alone in their folder, and most folders' parents are there: one call
        // is tried before the walk.
        if let Err(error) = fs::create_dir(folder)
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        let mut file = step::next().and_then(|()| File::create(&location)).map_err(at(&location))?;
        step::next().and_then(|()| file.write_all(bytes)).map_err(at(&location))?;
        let metadata = file.metadata().map_err(at(&location))?;
        Ok(modified(&metadata))
    }

    /// Publishes what was taken: into an empty place by one rename, else file by file, pages
    /// before the lists that lead to them; then removes what is no longer made.
    ///
    /// What is ours is written down before the first file is moved, as it will be and as it
    /// was, so that a killed build leaves no file of ours unknown.
    pub fn commit(mut self, whole: Option<BuildStamp>) -> Result<(Changes, Vec<Diagnostic>), PublishError> {
        if stop::is_asked() {
            return Err(PublishError::Stopped);
        }
        let done =
            std::mem::take(&mut self.done).into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Done { mut entries, mut staged, stood, edited, unchanged } = done;
        let mut diagnostics: Vec<Diagnostic> = edited.iter().map(catalogue::edited_by_hand).collect();
        let mut removed = 0;
        let nothing_to_do =
            staged.is_empty() && self.before.replaced.is_empty() && entries == self.before.files;
        if !self.fresh && nothing_to_do {
            if whole != self.before.whole {
                let ours = Manifest { files: entries, replaced: BTreeMap::new(), whole };
                ours.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
            }
            return Ok((Changes { written: 0, unchanged, removed }, diagnostics));
        }
        if self.fresh {
            // Until the rename none of these files is there, which every reader of the manifest sees.
            let ours = Manifest { files: entries, replaced: BTreeMap::new(), whole };
            ours.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
            if self.output.exists() {
                step::next().and_then(|()| fs::remove_dir(&self.output)).map_err(at(&self.output))?;
            }
            step::next().and_then(|()| fs::rename(&self.staging, &self.output)).map_err(at(&self.output))?;
            return Ok((Changes { written: staged.len(), unchanged, removed }, diagnostics));
        }
        let replaced = self.replaced(stood, &entries)?;
        let both = Manifest { files: entries.clone(), replaced, whole: None };
        both.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
        // Deep paths are pages, shallow ones lists and feeds: what a list leads to is there
        // before the list says so.
        staged.sort_by_key(|path| (std::cmp::Reverse(path.components().count()), path.clone()));
        for path in &staged {
            self.move_in(path)?;
        }
        removed = self.remove_gone(&both.replaced, &mut entries, &mut diagnostics)?;
        let ours = Manifest { files: entries, replaced: BTreeMap::new(), whole };
        ours.write(&self.manifest_at).map_err(half(&self.manifest_at))?;
        Ok((Changes { written: staged.len(), unchanged, removed }, diagnostics))
    }

    /// What stands in the place of files that are moved in or removed. Of a file that several
    /// killed builds have left, it is what really stands there that has to be known as ours.
    fn replaced(
        &self,
        mut stood: BTreeMap<SitePath, Entry>,
        entries: &BTreeMap<SitePath, Entry>,
    ) -> Result<BTreeMap<SitePath, Entry>, PublishError> {
        let known = self.before.replaced.iter().chain(&self.before.files);
        for (path, entry) in known.filter(|(path, _)| !entries.contains_key(*path)) {
            match self.standing(path)? {
                FileState::Ours(standing) => _ = stood.insert(path.clone(), standing),
                FileState::Foreign => _ = stood.insert(path.clone(), *entry),
                FileState::Missing => {}
            }
        }
        Ok(stood)
    }

    /// Removes files of ours that are no longer made; what was edited stays, and is told.
    fn remove_gone(
        &self,
        before: &BTreeMap<SitePath, Entry>,
        entries: &mut BTreeMap<SitePath, Entry>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<usize, PublishError> {
        let mut removed = 0;
        let gone: Vec<_> = before.iter().filter(|(path, _)| !entries.contains_key(*path)).collect();
        for (path, entry) in gone {
            match self.standing(path)? {
                FileState::Ours(_) => {
                    let location = path.under(&self.output);
                    step::next().and_then(|()| fs::remove_file(&location)).map_err(half(&location))?;
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
        step::next().map_err(half(&to))?;
        if fs::rename(&from, &to).is_ok() {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(half(folder))?;
        }
        fs::rename(&from, &to).map_err(half(&to))
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // After a failure, and empty after a commit: nothing of ours stays beside the output.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

/// How a file stands in the output folder.
enum FileState {
    /// As we left it.
    Ours(Entry),
    /// Somebody else wrote or changed it.
    Foreign,
    /// Not at all.
    Missing,
}

/// What stands in an output folder, if it is a site that was made of `fingerprint` and would be the
/// same `now`, in seconds since 1970: with how many files. Nothing is opened but the manifest.
pub fn standing(
    root: &Path,
    output: &Path,
    fingerprint: Fingerprint,
    now: i64,
) -> Option<(BuildStamp, usize)> {
    let output = guard::output_folder(root, output).ok()?;
    let manifest = Manifest::read(&Manifest::location(&root.join(STATE), &output))?;
    let whole = manifest.whole.filter(|whole| whole.is_made_of(fingerprint, now))?;
    // A killed build left something to clear away.
    if staging_folders(&output).next().is_some() {
        return None;
    }
    let links = guard::Links::below(&output);
    let untouched = |(path, entry): (&SitePath, &Entry)| {
        let metadata = fs::symlink_metadata(path.under(&output));
        let same = |metadata: Metadata| {
            metadata.is_file() && metadata.len() == entry.len && modified(&metadata) == entry.modified
        };
        metadata.is_ok_and(same) && links.before(path).is_none()
    };
    (manifest.replaced.is_empty() && manifest.files.par_iter().all(untouched))
        .then_some((whole, manifest.files.len()))
}

/// Removes what we wrote into an output folder; how many files.
pub fn clean(root: &Path, output: &Path) -> Result<usize, PublishError> {
    let output = guard::output_folder(root, output)?;
    let state = root.join(STATE);
    let manifest_at = Manifest::location(&state, &output);
    let Some(manifest) = Manifest::read(&manifest_at) else { return Ok(0) };
    let links = guard::Links::below(&output);
    let mut removed = 0;
    for (path, entry) in manifest.files.iter().chain(&manifest.replaced) {
        let location = path.under(&output);
        let ours = links.before(path).is_none()
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

/// One build of a site at a time: the lock dies with its process, however that ends.
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

/// The staging folders of this output folder: of a build that goes on, or was killed.
fn staging_folders(output: &Path) -> impl Iterator<Item = PathBuf> {
    let prefix = staging_name(output);
    let beside = output.parent().map(fs::read_dir).into_iter().flatten().flatten().flatten();
    beside.filter_map(move |entry| {
        let name = entry.file_name();
        let digits = name.to_str()?.strip_prefix(&prefix)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| entry.path())
    })
}

/// Removes what a killed build left. The lock is ours, so no build of this site is using it.
fn remove_stale_staging(output: &Path) {
    for folder in staging_folders(output) {
        let _ = fs::remove_dir_all(folder);
    }
}

fn remove_empty_folders(file: &Path, output: &Path) {
    let mut folder = file.parent();
    while let Some(path) = folder.filter(|path| *path != output && path.starts_with(output)) {
        // Fails as soon as a folder holds something: that is where to stop.
        if fs::remove_dir(path).is_err() {
            return;
        }
        folder = path.parent();
    }
}

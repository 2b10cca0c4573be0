//! Publishes all or nothing: every file is written beside the output folder first, and moved
//! into it only when all are there.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use super::manifest::{Entry, Manifest};
use super::{Changes, Content, Output};
use crate::diag::{Diagnostic, catalogue};
use crate::fingerprint::Fingerprint;
use crate::path::SitePath;

/// The folder of the site in which state is kept between runs.
pub const STATE: &str = ".pingmark";

/// Why nothing was published.
#[derive(Debug)]
pub enum Refusal {
    /// The output folder has files that we did not write.
    Foreign(PathBuf),
    /// The output folder is, or holds, something that must not be overwritten.
    Dangerous(PathBuf, &'static str),
    /// The system refused: what was done to which file, and why.
    Io(PathBuf, io::Error),
}

impl std::fmt::Display for Refusal {
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
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Refusal + '_ {
    move |error| Refusal::Io(path.to_path_buf(), error)
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
    folders: Mutex<HashSet<PathBuf>>,
    done: Mutex<Done>,
    _lock: File,
}

#[derive(Debug, Default)]
struct Done {
    entries: BTreeMap<SitePath, Entry>,
    staged: Vec<SitePath>,
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
    ) -> Result<Self, Refusal> {
        let output = std::path::absolute(output).map_err(at(output))?;
        refuse_dangerous(root, &output)?;
        let state = root.join(STATE);
        fs::create_dir_all(&state).map_err(at(&state))?;
        let lock = lock(&state, waiting)?;
        let manifest_at = Manifest::location(&state, &output);
        let known = Manifest::read(&manifest_at);
        let is_empty = is_empty(&output).map_err(at(&output))?;
        if known.is_none() && !is_empty && !force {
            return Err(Refusal::Foreign(output));
        }
        let parent = output.parent().unwrap_or(Path::new("/")).to_path_buf();
        fs::create_dir_all(&parent).map_err(at(&parent))?;
        remove_stale_staging(&output);
        let staging = staging_of(&output);
        fs::create_dir(&staging).map_err(at(&staging))?;
        let before = if is_empty { Manifest::default() } else { known.unwrap_or_default() };
        Ok(Self {
            output,
            staging,
            manifest_at,
            before,
            fresh: is_empty,
            force,
            folders: Mutex::default(),
            done: Mutex::default(),
            _lock: lock,
        })
    }

    /// Takes one output: writes it into the staging folder, unless it stands in the output
    /// folder already.
    pub fn take(&self, output: Output) -> Result<(), Refusal> {
        let Output { path, content } = output;
        let known = self.before.files.get(&path);
        let standing = match known {
            Some(entry) => self.standing(&path, entry)?,
            None if self.fresh => Standing::Missing,
            None => self.foreign(&path),
        };
        if let (Content::Copy(_, len, modified), Some(entry), Standing::Ours) = (&content, known, &standing)
            && entry.source == Some((*len, *modified))
        {
            return Ok(self.unchanged(path, *entry));
        }
        if matches!(standing, Standing::Edited) && !self.force {
            let mut done = self.done();
            if let Some(entry) = known {
                done.entries.insert(path.clone(), *entry);
            }
            done.edited.push(path);
            return Ok(());
        }
        let (bytes, source) = match content {
            Content::Bytes(bytes) => (bytes, None),
            Content::Copy(from, len, modified) => {
                (fs::read(&from).map_err(at(&from))?, Some((len, modified)))
            }
        };
        let content = Fingerprint::of(&bytes);
        if let (Some(entry), Standing::Ours) = (known, &standing)
            && entry.content == content
        {
            return Ok(self.unchanged(path, Entry { source, ..*entry }));
        }
        let modified = self.stage(&path, &bytes)?;
        let entry = Entry { content, len: bytes.len() as u64, modified, source };
        let mut done = self.done();
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

    /// How a file of ours stands in the output folder now.
    fn standing(&self, path: &SitePath, entry: &Entry) -> Result<Standing, Refusal> {
        let location = path.under(&self.output);
        let Ok(metadata) = fs::symlink_metadata(&location) else { return Ok(Standing::Missing) };
        if !metadata.is_file() {
            return Ok(Standing::Edited);
        }
        if metadata.len() == entry.len && modified(&metadata) == entry.modified {
            return Ok(Standing::Ours);
        }
        let bytes = fs::read(&location).map_err(at(&location))?;
        Ok(if Fingerprint::of(&bytes) == entry.content { Standing::Ours } else { Standing::Edited })
    }

    /// A file where we want to write, of which we know nothing: somebody else's.
    fn foreign(&self, path: &SitePath) -> Standing {
        let location = path.under(&self.output);
        if fs::symlink_metadata(location).is_ok() { Standing::Edited } else { Standing::Missing }
    }

    fn stage(&self, path: &SitePath, bytes: &[u8]) -> Result<i128, Refusal> {
        let location = path.under(&self.staging);
        if let Some(folder) = location.parent() {
            self.make_folder(folder)?;
        }
        let mut file = File::create(&location).map_err(at(&location))?;
        file.write_all(bytes).map_err(at(&location))?;
        let metadata = file.metadata().map_err(at(&location))?;
        Ok(modified(&metadata))
    }

    fn make_folder(&self, folder: &Path) -> Result<(), Refusal> {
        let known = |folders: &Mutex<HashSet<PathBuf>>, folder: &Path| {
            folders.lock().unwrap_or_else(std::sync::PoisonError::into_inner).contains(folder)
        };
        if folder == self.staging || known(&self.folders, folder) {
            return Ok(());
        }
        // Most folders have a parent that exists already: one call instead of a walk.
        if fs::create_dir(folder).is_err() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        self.folders.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(folder.to_path_buf());
        Ok(())
    }

    /// Publishes what was taken: into an empty place by one rename, else file by file, pages
    /// before the lists that lead to them; then removes what is no longer made, and writes
    /// down what is ours.
    pub fn commit(mut self) -> Result<(Changes, Vec<Diagnostic>), Refusal> {
        let done =
            std::mem::take(&mut self.done).into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Done { mut entries, mut staged, edited, unchanged } = done;
        let mut told: Vec<Diagnostic> = edited.iter().map(catalogue::edited_by_hand).collect();
        let mut removed = 0;
        if self.fresh {
            if self.output.exists() {
                fs::remove_dir(&self.output).map_err(at(&self.output))?;
            }
            fs::rename(&self.staging, &self.output).map_err(at(&self.output))?;
        } else {
            // What is ours is written down first, so that a killed build never leaves a file
            // of ours unknown: the union of before and after.
            let mut union = self.before.clone();
            union.files.extend(entries.iter().map(|(path, entry)| (path.clone(), *entry)));
            union.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
            // Deep paths are pages, shallow ones lists and feeds: what a list leads to is
            // there before the list says so.
            staged.sort_by_key(|path| (std::cmp::Reverse(path.components().count()), path.clone()));
            for path in &staged {
                self.move_in(path)?;
            }
            let gone: Vec<_> =
                self.before.files.iter().filter(|(path, _)| !entries.contains_key(*path)).collect();
            for (path, entry) in gone {
                match self.standing(path, entry)? {
                    Standing::Ours => {
                        let location = path.under(&self.output);
                        fs::remove_file(&location).map_err(at(&location))?;
                        remove_empty_folders(&location, &self.output);
                        removed += 1;
                    }
                    Standing::Edited => {
                        told.push(catalogue::edited_by_hand(path));
                        entries.insert(path.clone(), *entry);
                    }
                    Standing::Missing => {}
                }
            }
        }
        Manifest { files: entries }.write(&self.manifest_at).map_err(at(&self.manifest_at))?;
        Ok((Changes { written: staged.len(), unchanged, removed }, told))
    }

    fn move_in(&self, path: &SitePath) -> Result<(), Refusal> {
        let (from, to) = (path.under(&self.staging), path.under(&self.output));
        if fs::rename(&from, &to).is_ok() {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        fs::rename(&from, &to).map_err(at(&to))
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        // After a failure, and empty after a commit: nothing of ours stays beside the output.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

enum Standing {
    Ours,
    Edited,
    Missing,
}

/// Removes what we wrote into an output folder; how many files.
pub fn clean(root: &Path, output: &Path) -> Result<usize, Refusal> {
    let output = std::path::absolute(output).map_err(at(output))?;
    let state = root.join(STATE);
    let manifest_at = Manifest::location(&state, &output);
    let Some(manifest) = Manifest::read(&manifest_at) else { return Ok(0) };
    let mut removed = 0;
    for (path, entry) in &manifest.files {
        let location = path.under(&output);
        let ours = fs::read(&location).is_ok_and(|bytes| Fingerprint::of(&bytes) == entry.content);
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
fn lock(state: &Path, waiting: impl FnOnce(&str)) -> Result<File, Refusal> {
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

/// What a killed build left. The lock is ours, so no build of this site is using it.
fn remove_stale_staging(output: &Path) {
    let Some(parent) = output.parent() else { return };
    let prefix = staging_name(output);
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let digits = name.to_str().and_then(|name| name.strip_prefix(&prefix)).map(str::to_owned);
        if digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn refuse_dangerous(root: &Path, output: &Path) -> Result<(), Refusal> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let (root, real_output) = (real(root), real(output));
    let refuse = |reason| Err(Refusal::Dangerous(output.to_path_buf(), reason));
    if root.starts_with(&real_output) {
        return refuse("the site's own sources lie in it");
    }
    for folder in ["content", "static", "templates", "themes", "data", "mentions", STATE] {
        if real_output.starts_with(root.join(folder)) {
            return refuse("it lies among the site's sources");
        }
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    if real_output.parent().is_none() || home.is_some_and(|home| real(&home) == real_output) {
        return refuse("it is somebody's home");
    }
    // A link out of the site would publish somewhere else than it seems.
    if output.starts_with(&root) && !real_output.starts_with(&root) && output.exists() {
        return refuse("it is a link that leads out of the site");
    }
    Ok(())
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

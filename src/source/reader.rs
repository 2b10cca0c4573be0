//! Reads a site repeatedly. After the first time, only the files reported as changed are read.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use pingmark_core::diag::Diagnostics;
use pingmark_core::path::SitePath;
use pingmark_core::site_files;
use pingmark_core::sources::{CachedFacts, Source, Sources};

use super::disk::{self, TOP_FILES};

/// Reads one site, and remembers it so that the next reading can be partial.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    config: Option<PathBuf>,
    last: Option<LastRead>,
    known: CachedFacts,
    defers_articles: bool,
}

#[derive(Debug)]
struct LastRead {
    sources: Sources,
    /// The root with its links followed: changed paths are reported like this.
    real_root: PathBuf,
    real_config: Option<PathBuf>,
}

impl Reader {
    /// Reads the site in `root`; `config` names another file to read as its `pingmark.yaml`.
    pub fn new(root: &Path, config: Option<&Path>) -> Self {
        let (root, config) = (root.to_path_buf(), config.map(Path::to_path_buf));
        Self { root, config, last: None, known: CachedFacts::default(), defers_articles: false }
    }

    /// Hands in the facts cached by an earlier run. The next full reading uses them.
    pub fn with_cached_facts(mut self, known: CachedFacts) -> Self {
        self.known = known;
        self
    }

    /// Leaves articles on disk until they are compiled, unless the cache knows some of them. For a
    /// site that is read once.
    pub fn with_deferred_articles(mut self) -> Self {
        self.defers_articles = self.known.texts.is_empty();
        self
    }

    /// Whether articles are left on disk until they are compiled.
    pub fn defers_articles(&self) -> bool {
        self.defers_articles
    }

    /// Reads the site. `changed` holds absolute paths with their links followed: only these files
    /// are read, and everything else is as it was at the last [`Reader::keep`]. The whole site is
    /// read if looking at those files is not enough.
    pub fn read(
        &mut self,
        now: Timestamp,
        changed: Option<&[PathBuf]>,
    ) -> io::Result<(Sources, Diagnostics)> {
        if let Some(changed) = changed
            && let Some(sources) = self.read_changed(now, changed)
        {
            return Ok((sources, Diagnostics::new()));
        }
        self.last = None;
        let known = std::mem::take(&mut self.known);
        let (sources, diagnostics) =
            disk::read(&self.root, self.config.as_deref(), now, &known, self.defers_articles)?;
        // A file that could not be read may become readable without any event.
        if diagnostics.is_empty() {
            let real_config = self.config.as_deref().map(Path::canonicalize).transpose()?;
            let none = Sources { files: Default::default(), now };
            self.last = Some(LastRead { sources: none, real_root: self.root.canonicalize()?, real_config });
        }
        Ok((sources, diagnostics))
    }

    /// Remembers the sources as the build has left them: texts that are no longer needed are gone.
    pub fn keep(&mut self, sources: &Sources) {
        if let Some(last) = &mut self.last {
            last.sources = sources.clone();
        }
    }

    /// Forgets the last reading, so that the next one reads everything.
    pub fn forget(&mut self) {
        self.last = None;
    }

    fn read_changed(&self, now: Timestamp, changed: &[PathBuf]) -> Option<Sources> {
        let last = self.last.as_ref().filter(|last| !last.sources.files.is_empty())?;
        let mut sources = Sources { now, ..last.sources.clone() };
        for file in changed {
            let (path, location) = self.locate(last, file)?;
            let known = sources.files.get(&path).and_then(|source| source.location.as_ref());
            if known.is_some_and(|known| *known != location) {
                // Another file whose name is the same in composed form.
                return None;
            }
            match fs::symlink_metadata(file) {
                // A full reading decides whether a link may be followed.
                Ok(metadata) if metadata.is_file() && file.canonicalize().ok()? == *file => {
                    let (content, stamp) =
                        disk::load(&path, &location, &CachedFacts::default(), false).ok()?;
                    let source = Source { content, built_in: false, location: Some(location), stamp };
                    Arc::make_mut(&mut sources.files).insert(path, Arc::new(source));
                }
                Ok(_) => return None,
                Err(error) if error.kind() == ErrorKind::NotFound && file.parent()?.is_dir() => {
                    let was_folder = sources.below(path.as_str()).next().is_some();
                    // A file of a built-in theme may show through again.
                    if was_folder || path.as_str().starts_with("themes/") {
                        return None;
                    }
                    Arc::make_mut(&mut sources.files).remove(&path);
                }
                Err(_) => return None,
            }
        }
        Some(sources)
    }

    /// A file's path in the site, and the path that it is read from.
    fn locate(&self, last: &LastRead, file: &Path) -> Option<(SitePath, PathBuf)> {
        if last.real_config.as_deref() == Some(file) {
            return Some((SitePath::constant(site_files::CONFIG), self.config.clone()?));
        }
        let below = file.strip_prefix(&last.real_root).ok()?;
        let path = disk::site_path(below).ok()?;
        let replaced = self.config.is_some() && path.as_str() == site_files::CONFIG;
        let is_top = below.components().count() == 1;
        if replaced || (is_top && !TOP_FILES.contains(&path.as_str())) {
            return None;
        }
        Some((path, self.root.join(below)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sources: &Sources) -> Vec<(String, String)> {
        let site = sources.files.iter().filter(|(_, source)| !source.built_in);
        let text = |path: &SitePath| sources.text(path.as_str()).map(|text| text.to_string());
        site.map(|(path, source)| (path.to_string(), text(path).unwrap_or_else(|| format!("{source:?}"))))
            .collect()
    }

    #[test]
    fn a_partial_reading_gives_the_same_as_a_full_one() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let write = |path: &str, text: &str| {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
            root.join(path)
        };
        write("pingmark.yaml", "title: Un");
        write("content/a.md", "a");
        write("content/b/c.md", "c");
        write("static/x.png", "x");
        write("themes/plume/templates/post.html", "le mien");
        let mut reader = Reader::new(&root, None);
        let now = Timestamp::UNIX_EPOCH;
        let (sources, _) = reader.read(now, None).unwrap();
        reader.keep(&sources);
        let steps: [&dyn Fn() -> Vec<PathBuf>; 8] = [
            &|| vec![write("content/a.md", "a, changé")],
            &|| vec![write("content/b/d.md", "neuf"), write("static/x.png", "xx")],
            &|| vec![write("pingmark.yaml", "title: Deux")],
            &|| {
                fs::remove_file(root.join("content/a.md")).unwrap();
                vec![root.join("content/a.md"), root.join("content/jamais.md")]
            },
            &|| {
                fs::remove_file(root.join("themes/plume/templates/post.html")).unwrap();
                vec![root.join("themes/plume/templates/post.html")]
            },
            &|| {
                fs::rename(root.join("content/b"), root.join("content/z")).unwrap();
                vec![root.join("content/b"), root.join("content/z")]
            },
            &|| {
                fs::remove_dir_all(root.join("content/z")).unwrap();
                vec![root.join("content/z"), root.join("content/z/c.md")]
            },
            &|| {
                fs::remove_dir_all(root.join("content")).unwrap();
                vec![root.join("content")]
            },
        ];
        for (number, step) in steps.iter().enumerate() {
            let changed = step();
            let (again, _) = reader.read(now, Some(&changed)).unwrap();
            let (whole, _) = disk::read(&root, None, now, &CachedFacts::default(), false).unwrap();
            assert_eq!(shown(&again), shown(&whole), "step {number}");
            assert_eq!(again.files.len(), whole.files.len(), "step {number}");
            reader.keep(&again);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_new_link_is_checked_before_it_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("content")).unwrap();
        fs::write(root.join("content/a.md"), "a").unwrap();
        let mut reader = Reader::new(&root, None);
        let (sources, _) = reader.read(Timestamp::UNIX_EPOCH, None).unwrap();
        reader.keep(&sources);
        std::os::unix::fs::symlink("/etc/hostname", root.join("content/b.md")).unwrap();
        let (again, diagnostics) =
            reader.read(Timestamp::UNIX_EPOCH, Some(&[root.join("content/b.md")])).unwrap();
        assert!(!again.files.contains_key("content/b.md") && diagnostics.has_errors(), "{diagnostics:?}");
    }
}

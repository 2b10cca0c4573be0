//! A site that is read again and again: after the first time, only what is said to have changed.

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

/// Reads one site.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    config: Option<PathBuf>,
    last: Option<Last>,
    known: CachedFacts,
    defers: bool,
}

#[derive(Debug)]
struct Last {
    sources: Sources,
    /// The root with its links followed, as changes are named.
    real_root: PathBuf,
    real_config: Option<PathBuf>,
}

impl Reader {
    /// Reads the site in `root`; `config` names another file to read as its `pingmark.yaml`.
    pub fn new(root: &Path, config: Option<&Path>) -> Self {
        let (root, config) = (root.to_path_buf(), config.map(Path::to_path_buf));
        Self { root, config, last: None, known: CachedFacts::default(), defers: false }
    }

    /// What is known from another time. Serves the next whole reading.
    pub fn knowing(mut self, known: CachedFacts) -> Self {
        self.known = known;
        self
    }

    /// Leaves articles to the one who compiles them, if nothing is known of any: for a site that
    /// is read once.
    pub fn deferring(mut self) -> Self {
        self.defers = self.known.texts.is_empty();
        self
    }

    /// Whether it leaves them.
    pub fn defers(&self) -> bool {
        self.defers
    }

    /// Reads the site. With `changed`, absolute paths with their links followed, everything else
    /// is as it was at the last [`Reader::keep`]; what cannot be settled by looking at those
    /// files alone makes the whole site be read.
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
            disk::read(&self.root, self.config.as_deref(), now, &known, self.defers)?;
        // What could not be read may be readable the next time, and nobody says so.
        if diagnostics.is_empty() {
            let real_config = self.config.as_deref().map(Path::canonicalize).transpose()?;
            let none = Sources { files: Default::default(), now };
            self.last = Some(Last { sources: none, real_root: self.root.canonicalize()?, real_config });
        }
        Ok((sources, diagnostics))
    }

    /// Remembers the sources as a build has left them: without the texts that it needs no more.
    pub fn keep(&mut self, sources: &Sources) {
        if let Some(last) = &mut self.last {
            last.sources = sources.clone();
        }
    }

    fn read_changed(&self, now: Timestamp, changed: &[PathBuf]) -> Option<Sources> {
        let last = self.last.as_ref().filter(|last| !last.sources.files.is_empty())?;
        let mut sources = Sources { now, ..last.sources.clone() };
        for file in changed {
            let (path, location) = self.place(last, file)?;
            match fs::symlink_metadata(file) {
                // A link, or a file behind one, may be one that must not be followed.
                Ok(metadata) if metadata.is_file() && file.canonicalize().ok()? == *file => {
                    let (content, stamp) =
                        disk::load(&path, &location, &CachedFacts::default(), false).ok()?;
                    let source = Source { content, built_in: false, location: Some(location), stamp };
                    Arc::make_mut(&mut sources.files).insert(path, Arc::new(source));
                }
                Ok(_) => return None,
                Err(error) if error.kind() == ErrorKind::NotFound && file.parent()?.is_dir() => {
                    let was_folder = sources.below(path.as_str()).next().is_some();
                    // The program's own theme stands behind the site's.
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

    /// The place of a file in the site, and where it is read from.
    fn place(&self, last: &Last, file: &Path) -> Option<(SitePath, PathBuf)> {
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
    fn what_is_read_again_is_what_a_whole_reading_gives() {
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
    fn a_link_is_not_followed_without_a_look_at_where_it_leads() {
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

//! A snapshot of the built site: all its files by path. Only snapshots are served.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use percent_encoding::percent_decode_str;

use pingmark_core::artifact::{Content, Deferred, Output};
use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::path::SitePath;
use pingmark_core::stamp::Stamp;
use pingmark_site::graph::route;

use super::file_table::{FileTable, Table};
use super::header_rules::HeaderRules;
use super::mime;

/// All files of a built site. Immutable: each build makes a new one.
#[derive(Debug)]
pub struct Snapshot {
    files: FileTable,
    /// Path of the site's base URL without the last slash: empty or `/blog`.
    base: String,
    /// Text of the banner at the bottom of each page.
    pub(super) banner: Option<String>,
    /// Rules of `_headers`.
    pub(super) rules: HeaderRules,
}

/// File with rules for the host, as the build writes it.
const HEADERS: &str = "_headers";

/// A file of a snapshot.
#[derive(Debug)]
pub(super) struct ServedFile {
    pub body: FileSource,
    pub mime: &'static str,
    /// Fingerprint of the content, sent as `ETag`.
    pub etag: Fingerprint,
    /// Fingerprint of all inputs, if known.
    fingerprint: Option<Fingerprint>,
}

/// Source of a file's bytes.
#[derive(Clone, Debug)]
pub(super) enum FileSource {
    /// In memory.
    Memory(Bytes),
    /// A copied file: its path on disk, and its stamp.
    Disk(PathBuf, Stamp),
    /// Made on request.
    Deferred(Arc<dyn Deferred>),
}

impl PartialEq for FileSource {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Memory(one), Self::Memory(other)) => one == other,
            (Self::Disk(path, stamp), Self::Disk(other, other_stamp)) => {
                (path, stamp) == (other, other_stamp)
            }
            (Self::Deferred(one), Self::Deferred(other)) => one.fingerprint() == other.fingerprint(),
            _ => false,
        }
    }
}

/// Result of looking up a path.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// A file.
    File(&'a SitePath, &'a Arc<ServedFile>),
    /// A folder with an index page, requested without its last `/`: its address.
    Folder(String),
    /// The root above the base, or the base without its last `/`: the address of the home page.
    Home(String),
    /// No such file; the error page to show, if there is one.
    Missing(Option<(&'a SitePath, &'a Arc<ServedFile>)>),
}

/// Difference between a snapshot and the previous one.
#[derive(Debug, Default)]
pub struct SnapshotDiff {
    /// Number of files that were rendered; the others were kept.
    pub made: usize,
    /// Addresses of files that were added, changed or removed, as paths: `/posts/un/`. Sorted.
    pub paths: Vec<String>,
}

/// Builds a snapshot from the previous one, with some files replaced and some removed. Unchanged
/// files are shared.
#[derive(Debug)]
pub struct SnapshotBuilder {
    before: Option<Arc<Snapshot>>,
    edits: Mutex<Edits>,
}

#[derive(Debug, Default)]
struct Edits {
    taken: Table<Arc<ServedFile>>,
    changed: Vec<SitePath>,
    removed: Vec<SitePath>,
}

impl SnapshotBuilder {
    /// Starts from the snapshot that is served now.
    pub fn new(before: Option<Arc<Snapshot>>) -> Self {
        Self { before, edits: Mutex::default() }
    }

    /// Whether the previous snapshot has this file, made from inputs with this fingerprint.
    pub fn has(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        self.old(path).is_some_and(|old| old.fingerprint == Some(fingerprint))
    }

    /// Adds or replaces a file.
    pub fn take(&self, output: Output) {
        let Output { path, fingerprint, content } = output;
        let body = match content {
            Content::Bytes(bytes) => FileSource::Memory(bytes.into()),
            Content::Copy(location, stamp) => FileSource::Disk(location, stamp),
            Content::Deferred(later) => FileSource::Deferred(later),
        };
        let same = self.old(&path).filter(|old| old.body == body);
        let file = match same {
            Some(old) if old.fingerprint == fingerprint => old.clone(),
            Some(old) => {
                Arc::new(ServedFile { body: old.body.clone(), fingerprint, mime: old.mime, etag: old.etag })
            }
            None => Arc::new(ServedFile::new(&path, body, fingerprint)),
        };
        let mut edits = self.edits.lock().unwrap_or_else(PoisonError::into_inner);
        if same.is_none() {
            edits.changed.push(path.clone());
        }
        edits.taken.insert(path, file);
    }

    /// Removes a file of the previous snapshot, if there is one.
    pub fn remove(&self, path: &SitePath) {
        if self.old(path).is_some() {
            self.edits.lock().unwrap_or_else(PoisonError::into_inner).removed.push(path.clone());
        }
    }

    /// Removes all files of the previous snapshot but these.
    pub fn retain(&mut self, paths: impl Iterator<Item = SitePath>) {
        let Some(before) = &self.before else { return };
        let paths: HashSet<SitePath, FastHash> = paths.collect();
        let gone = before.files.iter().map(|(path, _)| path).filter(|path| !paths.contains(*path));
        self.edits.get_mut().unwrap_or_else(PoisonError::into_inner).removed.extend(gone.cloned());
    }

    fn old(&self, path: &SitePath) -> Option<&Arc<ServedFile>> {
        self.before.as_ref()?.files.get(path.as_str()).map(|(_, file)| file)
    }

    /// Finishes the snapshot. `base` is the path of the site's base URL without the last slash:
    /// empty or `/blog`. `headers` is the site's own `_headers`, which replaces the generated one.
    pub fn finish(
        self,
        base: &str,
        banner: Option<String>,
        headers: Option<&str>,
    ) -> (Snapshot, SnapshotDiff) {
        let Edits { taken, changed, mut removed } =
            self.edits.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (made, base) = (taken.len(), base.to_owned());
        let Some(before) = self.before else {
            let snapshot = Snapshot::new(FileTable::new(taken), base, banner, headers);
            return (snapshot, SnapshotDiff { made, paths: Vec::new() });
        };
        removed.retain(|path| !taken.contains_key(path));
        removed.sort();
        removed.dedup();
        let snapshot = Snapshot::new(before.files.with(taken, &removed), base, banner, headers);
        let mut paths: Vec<String> = changed.iter().map(|path| snapshot.address(path)).collect();
        if before.base == snapshot.base {
            paths.extend(removed.iter().map(|path| before.address(path)));
        } else {
            paths.extend(before.files.iter().map(|(path, _)| before.address(path)));
        }
        paths.sort();
        (snapshot, SnapshotDiff { made, paths })
    }
}

impl ServedFile {
    fn new(path: &SitePath, body: FileSource, fingerprint: Option<Fingerprint>) -> Self {
        let etag = match &body {
            FileSource::Memory(bytes) => Fingerprint::of(bytes),
            FileSource::Deferred(later) => later.fingerprint(),
            FileSource::Disk(location, stamp) => Fingerprint::of_parts([
                location.as_os_str().as_encoded_bytes(),
                Fingerprint::of_value(stamp).to_string().as_bytes(),
            ]),
        };
        Self { body, mime: mime::of(path.as_str()), etag, fingerprint }
    }

    pub(super) fn is_page(&self) -> bool {
        self.mime.starts_with("text/html")
    }
}

impl Snapshot {
    fn new(files: FileTable, base: String, banner: Option<String>, headers: Option<&str>) -> Self {
        let generated = || match &files.get(HEADERS)?.1.body {
            FileSource::Memory(bytes) => std::str::from_utf8(bytes).ok(),
            FileSource::Disk(..) | FileSource::Deferred(_) => None,
        };
        let rules = headers.or_else(generated).map(HeaderRules::read).unwrap_or_default();
        Self { files, base, banner, rules }
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are no files.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Address of a file as a path: `/blog/posts/un/`.
    pub(super) fn address(&self, path: &SitePath) -> String {
        let text = path.as_str();
        let text =
            text.strip_suffix("index.html").filter(|t| t.is_empty() || t.ends_with('/')).unwrap_or(text);
        format!("{}{}", self.base, route::encode(text))
    }

    /// The file at an address returned by [`Snapshot::address`].
    pub(super) fn at_address(&self, address: &str) -> Option<&Arc<ServedFile>> {
        match self.find(address)? {
            Found::File(_, file) => Some(file),
            _ => None,
        }
    }

    /// Looks up the raw path of a request; `None` if it is not a valid path. The path is only used
    /// as a key: no file has a key with `..`.
    pub(super) fn find(&self, raw: &str) -> Option<Found<'_>> {
        let below = match raw.strip_prefix(self.base.as_str()) {
            Some(below) if below.starts_with('/') => below,
            Some("") if !self.base.is_empty() => return Some(Found::Home(format!("{}/", self.base))),
            _ if raw == "/" => return Some(Found::Home(format!("{}/", self.base))),
            _ => {
                return raw.starts_with('/').then(|| Found::Missing(self.not_found("")));
            }
        };
        let decoded = decode(below)?;
        let folder = decoded.is_empty() || decoded.ends_with('/');
        let key = if folder { format!("{decoded}index.html") } else { decoded };
        if let Some((path, file)) = self.files.get(&key) {
            return Some(Found::File(path, file));
        }
        if !folder && let Some((path, _)) = self.files.get(&format!("{key}/index.html")) {
            return Some(Found::Folder(self.address(path)));
        }
        Some(Found::Missing(self.not_found(&key)))
    }

    /// The `404.html` of the nearest folder upwards that has one.
    fn not_found(&self, key: &str) -> Option<(&SitePath, &Arc<ServedFile>)> {
        let folders = key.match_indices('/').map(|(at, _)| &key[..=at]).collect::<Vec<_>>();
        let mut places = folders.into_iter().rev().chain(std::iter::once(""));
        places.find_map(|folder| self.files.get(&format!("{folder}404.html")))
    }
}

/// Strips the first `/` and decodes percent-encoding once. `None` if an encoded byte is a
/// separator, a control character or invalid UTF-8.
fn decode(path: &str) -> Option<String> {
    let decoded = percent_decode_str(&path[1..]).decode_utf8().ok()?;
    let separators = |text: &str| text.bytes().filter(|b| *b == b'/').count();
    let hides = decoded.contains(['\\', '\0']) || decoded.contains(char::is_control);
    (!hides && separators(&decoded) == separators(&path[1..])).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(files: &[&str], base: &str) -> Snapshot {
        builder(None, files, "x").finish(base, None, None).0
    }

    fn builder(before: Option<Arc<Snapshot>>, files: &[&str], text: &str) -> SnapshotBuilder {
        let builder = SnapshotBuilder::new(before);
        for file in files {
            let content = Content::Bytes(text.as_bytes().to_vec());
            builder.take(Output { path: SitePath::new(file).unwrap(), fingerprint: None, content });
        }
        builder
    }

    fn found(snapshot: &Snapshot, path: &str) -> String {
        match snapshot.find(path) {
            Some(Found::File(path, _)) => path.to_string(),
            Some(Found::Folder(to) | Found::Home(to)) => format!("-> {to}"),
            Some(Found::Missing(page)) => format!("404 {}", page.map_or("", |(path, _)| path.as_str())),
            None => "400".to_owned(),
        }
    }

    #[test]
    fn folders_have_index_pages() {
        let files =
            ["index.html", "posts/un/index.html", "été/index.html", "feed.xml", "404.html", "en/404.html"];
        let site = snapshot(&files, "");
        for (path, expected) in [
            ("/", "index.html"),
            ("/posts/un/", "posts/un/index.html"),
            ("/posts/un", "-> /posts/un/"),
            ("/posts/un/index.html", "posts/un/index.html"),
            ("/%C3%A9t%C3%A9", "-> /%C3%A9t%C3%A9/"),
            ("/feed.xml", "feed.xml"),
            ("/feed.xml/", "404 404.html"),
            ("/en/rien/du/tout", "404 en/404.html"),
            ("/posts/", "404 404.html"),
        ] {
            assert_eq!(found(&site, path), expected, "{path}");
        }
    }

    #[test]
    fn a_site_with_a_base_path_is_served_only_below_it() {
        let site = snapshot(&["index.html", "a/index.html", "404.html"], "/blog");
        for (path, expected) in [
            ("/blog/", "index.html"),
            ("/blog", "-> /blog/"),
            ("/", "-> /blog/"),
            ("/blog/a", "-> /blog/a/"),
            ("/a/", "404 404.html"),
            ("/blogger/", "404 404.html"),
        ] {
            assert_eq!(found(&site, path), expected, "{path}");
        }
    }

    #[test]
    fn paths_outside_the_site_are_not_found() {
        let site = snapshot(&["index.html", "a/b/index.html"], "");
        for path in
            ["/../index.html", "/a/../index.html", "//a/b/", "/./index.html", "/.git/config", "/a/b/."]
        {
            assert_eq!(found(&site, path), "404 ", "{path}");
        }
        for path in ["/a%2fb/", "/a%5cb", "/%00", "/a\\b", "/%c0%ae%c0%ae/", "/%ff", "/%0a"] {
            assert_eq!(found(&site, path), "400", "{path}");
        }
        assert_eq!(found(&site, "/%252e%252e/index.html"), "404 ");
        assert_eq!(found(&site, "*"), "400");
    }

    #[test]
    fn unchanged_files_are_shared_and_changes_are_listed() {
        let before = Arc::new(snapshot(&["a.html", "b/index.html"], ""));
        let (same, diff) =
            builder(Some(before.clone()), &["a.html", "b/index.html"], "x").finish("", None, None);
        assert!(diff.paths.is_empty());
        assert!(Arc::ptr_eq(same.files.get("a.html").unwrap().1, before.files.get("a.html").unwrap().1));
        let mut next = builder(Some(before.clone()), &["a.html", "c/index.html"], "y");
        next.retain(["a.html", "c/index.html"].map(SitePath::constant).into_iter());
        let (_, diff) = next.finish("", None, None);
        assert_eq!(diff.paths, ["/a.html", "/b/", "/c/"]);
    }

    #[test]
    fn a_file_is_found_by_its_fingerprint() {
        let (path, fingerprint) = (SitePath::constant("a.html"), Fingerprint::of(b"1"));
        let builder = SnapshotBuilder::new(None);
        assert!(!builder.has(&path, fingerprint));
        let content = Content::Bytes(b"x".to_vec());
        builder.take(Output { path: path.clone(), fingerprint: Some(fingerprint), content });
        let before = Arc::new(builder.finish("", None, None).0);
        let builder = SnapshotBuilder::new(Some(before));
        assert!(!builder.has(&path, Fingerprint::of(b"2")) && builder.has(&path, fingerprint));
        let (snapshot, diff) = builder.finish("", None, None);
        assert_eq!((snapshot.len(), diff.made, diff.paths), (1, 0, Vec::<String>::new()));
    }

    #[test]
    fn a_removed_file_is_not_served() {
        let before = Arc::new(snapshot(&["a.html", "b.html"], ""));
        let next = builder(Some(before), &["a.html"], "y");
        next.remove(&SitePath::constant("b.html"));
        next.remove(&SitePath::constant("never.html"));
        let (snapshot, diff) = next.finish("", None, None);
        assert_eq!((snapshot.len(), diff.paths), (1, vec!["/a.html".to_owned(), "/b.html".to_owned()]));
    }

    #[test]
    fn a_few_changes_to_many_files_add_up() {
        let names: Vec<String> = (0..40).map(|number| format!("{number}.html")).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut site = Arc::new(snapshot(&all, ""));
        let mut expected: Vec<&str> = all.clone();
        for round in 0..30 {
            let others = [all[round % 40], "new.html"];
            let mut next = builder(Some(site.clone()), &others, &round.to_string());
            expected.retain(|name| round % 5 > 0 || *name != all[39 - round]);
            let paths = expected.iter().chain(&others).map(|name| SitePath::new(name).unwrap());
            next.retain(paths.collect::<Vec<_>>().into_iter());
            site = Arc::new(next.finish("", None, None).0);
            expected.extend(others.iter().filter(|name| !expected.contains(name)).collect::<Vec<_>>());
            let mut found: Vec<&str> = site.files.iter().map(|(path, _)| path.as_str()).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!((site.len(), found), (expected.len(), expected.clone()), "round {round}");
            for name in &all {
                assert_eq!(site.files.get(name).is_some(), expected.contains(name), "{name}");
            }
        }
    }
}

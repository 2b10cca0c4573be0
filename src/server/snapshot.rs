//! A whole site as it was built, by path: the only thing that is served.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use percent_encoding::percent_decode_str;

use pingmark_core::artifact::{Content, Deferred, Output};
use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::path::SitePath;
use pingmark_site::graph::route;

use super::entries::{FileTable, Table};
use super::mime;

/// A site. Never changed: the next build makes the next one.
#[derive(Debug)]
pub struct Snapshot {
    entries: FileTable,
    /// The path of the site's address, empty or `/blog`.
    base: String,
    /// What is said at the foot of each page, as HTML.
    pub(super) banner: Option<String>,
}

/// One file of a site.
#[derive(Debug)]
pub(super) struct Entry {
    pub body: Stored,
    pub mime: &'static str,
    /// Changes with the content.
    pub tag: Fingerprint,
    /// The fingerprint of everything it was made of, if that is known.
    fingerprint: Option<Fingerprint>,
}

/// Where a file's bytes are.
#[derive(Clone, Debug)]
pub(super) enum Stored {
    Here(Bytes),
    /// A file that is copied: where it lies, its length and when it was changed.
    There(PathBuf, u64, i128),
    /// Nowhere, until somebody asks for it.
    Deferred(Arc<dyn Deferred>),
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Here(one), Self::Here(other)) => one == other,
            (Self::There(path, len, modified), Self::There(other, other_len, other_modified)) => {
                (path, len, modified) == (other, other_len, other_modified)
            }
            (Self::Deferred(one), Self::Deferred(other)) => one.fingerprint() == other.fingerprint(),
            _ => false,
        }
    }
}

/// What stands at a path.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// A file.
    Entry(&'a SitePath, &'a Arc<Entry>),
    /// A folder with a page, asked for without its last `/`: where it is.
    Folder(String),
    /// The site begins there.
    Home(String),
    /// Nothing, but a page that says so.
    Nothing(Option<(&'a SitePath, &'a Arc<Entry>)>),
}

/// How a snapshot differs from the one before.
#[derive(Debug, Default)]
pub struct SnapshotDiff {
    /// How many files were made for it; the others were known.
    pub made: usize,
    /// The addresses of what is new, different or gone, as paths: `/posts/un/`.
    pub paths: Vec<String>,
}

/// A snapshot in the making: the one before, with some files taken and some removed. Shares with it what is
/// the same in both.
#[derive(Debug)]
pub struct SnapshotBuilder {
    before: Option<Arc<Snapshot>>,
    edits: Mutex<Edits>,
}

#[derive(Debug, Default)]
struct Edits {
    taken: Table<Arc<Entry>>,
    changed: Vec<SitePath>,
    removed: Vec<SitePath>,
}

impl SnapshotBuilder {
    /// Starts from the snapshot that is shown now.
    pub fn new(before: Option<Arc<Snapshot>>) -> Self {
        Self { before, edits: Mutex::default() }
    }

    /// Whether a file of the snapshot before was made of the inputs with this fingerprint.
    pub fn has(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        self.old(path).is_some_and(|old| old.fingerprint == Some(fingerprint))
    }

    /// Takes a file.
    pub fn take(&self, output: Output) {
        let Output { path, fingerprint, content } = output;
        let body = match content {
            Content::Bytes(bytes) => Stored::Here(bytes.into()),
            Content::Copy(location, len, modified) => Stored::There(location, len, modified),
            Content::Deferred(later) => Stored::Deferred(later),
        };
        let same = self.old(&path).filter(|old| old.body == body);
        let entry = match same {
            Some(old) if old.fingerprint == fingerprint => old.clone(),
            Some(old) => {
                Arc::new(Entry { body: old.body.clone(), fingerprint, mime: old.mime, tag: old.tag })
            }
            None => Arc::new(Entry::new(&path, body, fingerprint)),
        };
        let mut edits = self.edits.lock().unwrap_or_else(PoisonError::into_inner);
        if same.is_none() {
            edits.changed.push(path.clone());
        }
        edits.taken.insert(path, entry);
    }

    /// Removes a file of the snapshot before, if there is one.
    pub fn remove(&self, path: &SitePath) {
        if self.old(path).is_some() {
            self.edits.lock().unwrap_or_else(PoisonError::into_inner).removed.push(path.clone());
        }
    }

    /// Removes all files of the snapshot before but these.
    pub fn retain(&mut self, paths: impl Iterator<Item = SitePath>) {
        let Some(before) = &self.before else { return };
        let paths: HashSet<SitePath, FastHash> = paths.collect();
        let gone = before.entries.iter().map(|(path, _)| path).filter(|path| !paths.contains(*path));
        self.edits.get_mut().unwrap_or_else(PoisonError::into_inner).removed.extend(gone.cloned());
    }

    fn old(&self, path: &SitePath) -> Option<&Arc<Entry>> {
        self.before.as_ref()?.entries.get(path.as_str()).map(|(_, entry)| entry)
    }

    /// The snapshot, and how it differs from the one before. `base` is the path of the site's
    /// address, empty or `/blog`.
    pub fn finish(self, base: &str, banner: Option<String>) -> (Snapshot, SnapshotDiff) {
        let Edits { taken, changed, mut removed } =
            self.edits.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (made, base) = (taken.len(), base.to_owned());
        let Some(before) = self.before else {
            let snapshot = Snapshot { entries: FileTable::new(taken), base, banner };
            return (snapshot, SnapshotDiff { made, paths: Vec::new() });
        };
        removed.retain(|path| !taken.contains_key(path));
        removed.sort();
        removed.dedup();
        let snapshot = Snapshot { entries: before.entries.with(taken, &removed), base, banner };
        let mut paths: Vec<String> = changed.iter().map(|path| snapshot.address(path)).collect();
        if before.base == snapshot.base {
            paths.extend(removed.iter().map(|path| before.address(path)));
        } else {
            paths.extend(before.entries.iter().map(|(path, _)| before.address(path)));
        }
        paths.sort();
        (snapshot, SnapshotDiff { made, paths })
    }
}

impl Entry {
    fn new(path: &SitePath, body: Stored, fingerprint: Option<Fingerprint>) -> Self {
        let tag = match &body {
            Stored::Here(bytes) => Fingerprint::of(bytes),
            Stored::Deferred(later) => later.fingerprint(),
            Stored::There(location, len, modified) => Fingerprint::of_parts([
                location.as_os_str().as_encoded_bytes(),
                len.to_le_bytes().as_slice(),
                modified.to_le_bytes().as_slice(),
            ]),
        };
        Self { body, mime: mime::of(path.as_str()), tag, fingerprint }
    }

    pub(super) fn is_page(&self) -> bool {
        self.mime.starts_with("text/html")
    }
}

impl Snapshot {
    /// How many files it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The address of a file, as a path: `/blog/posts/un/`.
    pub(super) fn address(&self, path: &SitePath) -> String {
        let text = path.as_str();
        let text =
            text.strip_suffix("index.html").filter(|t| t.is_empty() || t.ends_with('/')).unwrap_or(text);
        format!("{}{}", self.base, route::encode(text))
    }

    /// The file that stands at an address that [`Snapshot::address`] gave.
    pub(super) fn at_address(&self, address: &str) -> Option<&Arc<Entry>> {
        match self.find(address)? {
            Found::Entry(_, entry) => Some(entry),
            _ => None,
        }
    }

    /// What stands at the path of a request, as it was sent; `None` when that is no path at
    /// all. Nothing is made of it but a key: a path with `..` in it is a key that no file has.
    pub(super) fn find(&self, raw: &str) -> Option<Found<'_>> {
        let below = match raw.strip_prefix(self.base.as_str()) {
            Some(below) if below.starts_with('/') => below,
            Some("") if !self.base.is_empty() => return Some(Found::Home(format!("{}/", self.base))),
            _ if raw == "/" => return Some(Found::Home(format!("{}/", self.base))),
            _ => {
                return raw.starts_with('/').then(|| Found::Nothing(self.not_found("")));
            }
        };
        let decoded = decode(below)?;
        let folder = decoded.is_empty() || decoded.ends_with('/');
        let key = if folder { format!("{decoded}index.html") } else { decoded };
        if let Some((path, entry)) = self.entries.get(&key) {
            return Some(Found::Entry(path, entry));
        }
        if !folder && let Some((path, _)) = self.entries.get(&format!("{key}/index.html")) {
            return Some(Found::Folder(self.address(path)));
        }
        Some(Found::Nothing(self.not_found(&key)))
    }

    /// The page that says that there is none: of the nearest folder upwards that has one.
    fn not_found(&self, key: &str) -> Option<(&SitePath, &Arc<Entry>)> {
        let folders = key.match_indices('/').map(|(at, _)| &key[..=at]).collect::<Vec<_>>();
        let mut places = folders.into_iter().rev().chain(std::iter::once(""));
        places.find_map(|folder| self.entries.get(&format!("{folder}404.html")))
    }
}

/// The path without its first `/`, its percent-encoding undone once. What hides a separator,
/// a control character or no UTF-8 behind the encoding is no path.
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
        builder(None, files, "x").finish(base, None).0
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
            Some(Found::Entry(path, _)) => path.to_string(),
            Some(Found::Folder(to) | Found::Home(to)) => format!("-> {to}"),
            Some(Found::Nothing(page)) => format!("404 {}", page.map_or("", |(path, _)| path.as_str())),
            None => "400".to_owned(),
        }
    }

    #[test]
    fn folders_are_their_pages() {
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
    fn a_site_below_a_folder_is_only_there() {
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
    fn what_leaves_the_site_is_nothing() {
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
    fn what_is_the_same_is_shared_and_what_differs_is_told() {
        let before = Arc::new(snapshot(&["a.html", "b/index.html"], ""));
        let (same, diff) = builder(Some(before.clone()), &["a.html", "b/index.html"], "x").finish("", None);
        assert!(diff.paths.is_empty());
        assert!(Arc::ptr_eq(same.entries.get("a.html").unwrap().1, before.entries.get("a.html").unwrap().1));
        let mut next = builder(Some(before.clone()), &["a.html", "c/index.html"], "y");
        next.retain(["a.html", "c/index.html"].map(SitePath::constant).into_iter());
        let (_, diff) = next.finish("", None);
        assert_eq!(diff.paths, ["/a.html", "/b/", "/c/"]);
    }

    #[test]
    fn a_file_is_known_by_its_fingerprint() {
        let (path, fingerprint) = (SitePath::constant("a.html"), Fingerprint::of(b"1"));
        let builder = SnapshotBuilder::new(None);
        assert!(!builder.has(&path, fingerprint));
        let content = Content::Bytes(b"x".to_vec());
        builder.take(Output { path: path.clone(), fingerprint: Some(fingerprint), content });
        let before = Arc::new(builder.finish("", None).0);
        let builder = SnapshotBuilder::new(Some(before));
        assert!(!builder.has(&path, Fingerprint::of(b"2")) && builder.has(&path, fingerprint));
        let (snapshot, diff) = builder.finish("", None);
        assert_eq!((snapshot.len(), diff.made, diff.paths), (1, 0, Vec::<String>::new()));
    }

    #[test]
    fn a_file_that_could_not_be_made_does_not_stay() {
        let before = Arc::new(snapshot(&["a.html", "b.html"], ""));
        let next = builder(Some(before), &["a.html"], "y");
        next.remove(&SitePath::constant("b.html"));
        next.remove(&SitePath::constant("never.html"));
        let (snapshot, diff) = next.finish("", None);
        assert_eq!((snapshot.len(), diff.paths), (1, vec!["/a.html".to_owned(), "/b.html".to_owned()]));
    }

    #[test]
    fn few_changes_are_laid_over_many_files() {
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
            site = Arc::new(next.finish("", None).0);
            expected.extend(others.iter().filter(|name| !expected.contains(name)).collect::<Vec<_>>());
            let mut found: Vec<&str> = site.entries.iter().map(|(path, _)| path.as_str()).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!((site.len(), found), (expected.len(), expected.clone()), "round {round}");
            for name in &all {
                assert_eq!(site.entries.get(name).is_some(), expected.contains(name), "{name}");
            }
        }
    }
}

//! A whole site as it was built, by path: the only thing that is served.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use percent_encoding::percent_decode_str;

use pingmark_core::artifact::{Content, Deferred, Output};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_site::graph::route;

use super::entries::{FileTable, Table};
use super::mime;

/// A site. Never changed: the next build makes the next one.
#[derive(Debug)]
pub struct Snapshot {
    /// The build that it is of.
    number: u64,
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
    /// The last build that kept it.
    kept_by: AtomicU64,
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

/// A snapshot in the making. Shares with the one before what is the same in both.
#[derive(Debug)]
pub struct SnapshotBuilder {
    before: Option<Arc<Snapshot>>,
    /// Whether what is neither kept nor taken stays.
    adds: bool,
    /// The number of this build.
    build: u64,
    /// How many files of the snapshot before stay.
    kept: AtomicUsize,
    /// How many of these were not named.
    unnamed: AtomicUsize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    entries: Table<Arc<Entry>>,
    changed: Vec<SitePath>,
    /// How many of the entries take the place of one of the snapshot before.
    replacing: usize,
}

impl SnapshotBuilder {
    /// An empty shelf; `before` is the snapshot that it will take the place of.
    pub fn new(before: Option<Arc<Snapshot>>) -> Self {
        // One that was never shown has a number too: its marks must not count for the next.
        static BUILDS: AtomicU64 = AtomicU64::new(1);
        let build = BUILDS.fetch_add(1, Ordering::Relaxed);
        let (kept, unnamed, taken) = Default::default();
        Self { before, adds: false, build, kept, unnamed, taken }
    }

    /// A shelf for some files of a site that is shown already: all others stay.
    pub fn adding(before: Option<Arc<Snapshot>>) -> Self {
        Self { adds: true, ..Self::new(before) }
    }

    /// Leaves so many files as they are, without their names.
    pub fn leave_others(&self, count: usize) {
        self.kept.fetch_add(count, Ordering::Relaxed);
        self.unnamed.fetch_add(count, Ordering::Relaxed);
    }

    /// Whether it is known of each file of the snapshot before what becomes of it. It is not, when
    /// some are left without their names and others are gone.
    pub fn is_settled(&self) -> bool {
        let replacing = self.taken.lock().unwrap_or_else(PoisonError::into_inner).replacing;
        let left = self.kept.load(Ordering::Relaxed) + replacing;
        self.unnamed.load(Ordering::Relaxed) == 0
            || self.before.as_ref().is_some_and(|before| before.len() == left)
    }

    /// Leaves a file as it is, if there is one.
    pub fn leave(&self, path: &SitePath) {
        if let Some(old) = self.old(path) {
            self.stay(old);
        }
    }

    /// Whether a file of the snapshot before was made of the same; then it stays, and need not
    /// be made.
    pub fn keep(&self, path: &SitePath, fingerprint: Fingerprint) -> bool {
        let Some(old) = self.old(path).filter(|old| old.fingerprint == Some(fingerprint)) else {
            return false;
        };
        self.stay(old);
        true
    }

    fn stay(&self, old: &Entry) {
        old.kept_by.store(self.build, Ordering::Relaxed);
        self.kept.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes one output.
    pub fn take(&self, output: Output) {
        let Output { path, fingerprint, content } = output;
        let body = match content {
            Content::Bytes(bytes) => Stored::Here(bytes.into()),
            Content::Copy(location, len, modified) => Stored::There(location, len, modified),
            Content::Deferred(later) => Stored::Deferred(later),
        };
        let old = self.old(&path);
        let same = old.filter(|old| old.body == body);
        let entry = match same {
            Some(old) if old.fingerprint == fingerprint => old.clone(),
            Some(old) => Arc::new(Entry {
                body: old.body.clone(),
                fingerprint,
                mime: old.mime,
                tag: old.tag,
                kept_by: AtomicU64::new(self.build),
            }),
            None => Arc::new(Entry::new(&path, body, fingerprint)),
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.replacing += usize::from(old.is_some());
        if same.is_none() {
            taken.changed.push(path.clone());
        }
        taken.entries.insert(path, entry);
    }

    fn old(&self, path: &SitePath) -> Option<&Arc<Entry>> {
        self.before.as_ref()?.entries.get(path.as_str()).map(|(_, entry)| entry)
    }

    /// The snapshot, and how it differs from the one before. `base` is the path of the site's
    /// address, empty or `/blog`.
    pub fn finish(self, base: &str, banner: Option<String>) -> (Snapshot, SnapshotDiff) {
        let Taken { entries: taken, changed, replacing } =
            self.taken.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (made, base) = (taken.len(), base.to_owned());
        let Some(before) = self.before else {
            let snapshot = Snapshot { number: self.build, entries: FileTable::new(taken), base, banner };
            return (snapshot, SnapshotDiff { made, paths: Vec::new() });
        };
        let is_gone = |(path, entry): &(&SitePath, &Arc<Entry>)| {
            entry.kept_by.load(Ordering::Relaxed) != self.build && !taken.contains_key(*path)
        };
        let gone: Vec<SitePath> = if !self.adds && self.kept.into_inner() + replacing < before.entries.len() {
            before.entries.iter().filter(is_gone).map(|(path, _)| path.clone()).collect()
        } else {
            Vec::new()
        };
        let entries = before.entries.with(taken, &gone);
        let snapshot = Snapshot { number: self.build, entries, base, banner };
        let mut paths: Vec<String> = changed.iter().map(|path| snapshot.address(path)).collect();
        if before.base == snapshot.base {
            paths.extend(gone.iter().map(|path| before.address(path)));
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
        Self { body, mime: mime::of(path.as_str()), tag, fingerprint, kept_by: AtomicU64::new(0) }
    }

    pub(super) fn is_page(&self) -> bool {
        self.mime.starts_with("text/html")
    }
}

impl Snapshot {
    /// The number of the build that it is of.
    pub fn number(&self) -> u64 {
        self.number
    }

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
        shelf(None, files, "x").finish(base, None).0
    }

    fn shelf(before: Option<Arc<Snapshot>>, files: &[&str], text: &str) -> SnapshotBuilder {
        let shelf = SnapshotBuilder::new(before);
        for file in files {
            let content = Content::Bytes(text.as_bytes().to_vec());
            shelf.take(Output { path: SitePath::new(file).unwrap(), fingerprint: None, content });
        }
        shelf
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
        let (same, swap) = shelf(Some(before.clone()), &["a.html", "b/index.html"], "x").finish("", None);
        assert!(swap.paths.is_empty());
        assert!(Arc::ptr_eq(same.entries.get("a.html").unwrap().1, before.entries.get("a.html").unwrap().1));
        let (_, swap) = shelf(Some(before.clone()), &["a.html", "c/index.html"], "y").finish("", None);
        assert_eq!(swap.paths, ["/a.html", "/b/", "/c/"]);
    }

    #[test]
    fn what_is_made_of_the_same_is_kept() {
        let (path, fingerprint) = (SitePath::constant("a.html"), Fingerprint::of(b"1"));
        let shelf = SnapshotBuilder::new(None);
        assert!(!shelf.keep(&path, fingerprint));
        shelf.take(Output {
            path: path.clone(),
            fingerprint: Some(fingerprint),
            content: Content::Bytes(b"x".to_vec()),
        });
        let before = Arc::new(shelf.finish("", None).0);
        let shelf = SnapshotBuilder::new(Some(before));
        assert!(!shelf.keep(&path, Fingerprint::of(b"2")) && shelf.keep(&path, fingerprint));
        let (_, swap) = shelf.finish("", None);
        assert_eq!((swap.made, swap.paths), (0, Vec::<String>::new()));
    }

    #[test]
    fn few_changes_are_laid_over_many_files() {
        let names: Vec<String> = (0..40).map(|number| format!("{number}.html")).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut site = Arc::new(snapshot(&all, ""));
        let mut expected: Vec<&str> = all.clone();
        for round in 0..30 {
            let others = [all[round % 40], "new.html"];
            let shelf = shelf(Some(site.clone()), &others, &round.to_string());
            expected.retain(|name| round % 5 > 0 || *name != all[39 - round]);
            let stay = expected.iter().filter(|name| !others.contains(name));
            stay.for_each(|name| shelf.leave(&SitePath::new(name).unwrap()));
            site = Arc::new(shelf.finish("", None).0);
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

    #[test]
    fn files_without_their_names_are_counted() {
        let before = Arc::new(snapshot(&["a.html", "b.html", "c.html"], ""));
        let with = |unnamed| {
            let shelf = shelf(Some(before.clone()), &["a.html"], "y");
            shelf.leave_others(unnamed);
            shelf
        };
        assert!(with(2).is_settled() && with(0).is_settled() && !with(1).is_settled());
        let (site, swap) = with(2).finish("", None);
        assert_eq!((site.len(), swap.paths), (3, vec!["/a.html".to_owned()]));
    }

    #[test]
    fn a_site_is_shown_in_two_parts() {
        let before = Arc::new(snapshot(&["a.html", "all.html", "gone.html"], ""));
        let quick = shelf(Some(before), &["a.html"], "y");
        quick.leave(&SitePath::constant("all.html"));
        quick.leave(&SitePath::constant("never.html"));
        let (first, swap) = quick.finish("", None);
        assert_eq!((first.len(), swap.paths), (2, vec!["/a.html".to_owned(), "/gone.html".to_owned()]));
        let slow = SnapshotBuilder::adding(Some(Arc::new(first)));
        let content = Content::Bytes(b"z".to_vec());
        slow.take(Output { path: SitePath::constant("all.html"), fingerprint: None, content });
        let (whole, swap) = slow.finish("", None);
        assert_eq!((whole.len(), swap.paths), (2, vec!["/all.html".to_owned()]));
        assert_eq!(found(&whole, "/a.html"), "a.html");
    }

    #[test]
    fn what_a_build_that_was_never_shown_kept_does_not_stay_for_it() {
        let (path, fingerprint) = (SitePath::constant("a.html"), Fingerprint::of(b"1"));
        let shelf = SnapshotBuilder::new(None);
        shelf.take(Output {
            path: path.clone(),
            fingerprint: Some(fingerprint),
            content: Content::Bytes(b"x".to_vec()),
        });
        let before = Arc::new(shelf.finish("", None).0);
        assert!(SnapshotBuilder::new(Some(before.clone())).keep(&path, fingerprint));
        let (snapshot, swap) = super::tests::shelf(Some(before), &["b.html"], "y").finish("", None);
        assert_eq!((snapshot.len(), swap.paths), (1, vec!["/a.html".to_owned(), "/b.html".to_owned()]));
    }
}

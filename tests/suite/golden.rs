//! Whole sites with the output they must have, byte for byte.
//!
//! A site is a folder below `tests/sites/`: its sources, `expected/` with what `build` writes, and
//! `diagnostics.txt` with what `build` reports, if anything. A folder below `variants/` replaces
//! some of the sources, such as the config; its `expected/` holds only the files that come out
//! different from the site's own. All sites use the minimal theme in `tests/sites/theme/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pingmark_core::icon::Icon;

use super::expected::{Files, assert_none, differences};
use super::support::{Site, TODAY, tree};

/// A site, or a variant of one.
pub(crate) struct Golden {
    folder: PathBuf,
    sources: Files,
    expected: Files,
}

impl Golden {
    /// The site of that name, then its variants.
    pub(crate) fn read(name: &str) -> Vec<Self> {
        let folder = sites().join(name);
        let (variants, files): (Files, Files) =
            tree(&folder).into_iter().partition(|(path, _)| path.starts_with("variants/"));
        let base = Self::of(folder, files);
        let names: BTreeSet<&str> = variants.keys().filter_map(|path| path.split('/').nth(1)).collect();
        let variant = |name: &str| {
            let prefix = format!("variants/{name}/");
            let own = variants
                .iter()
                .filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?.to_owned(), bytes.clone())));
            let mut variant = Self::of(base.folder.join(&prefix), own.collect());
            for (path, bytes) in &base.sources {
                variant.sources.entry(path.clone()).or_insert_with(|| bytes.clone());
            }
            variant
        };
        let variants: Vec<Self> = names.into_iter().map(variant).collect();
        [base].into_iter().chain(variants).collect()
    }

    fn of(folder: PathBuf, files: Files) -> Self {
        let is_expected = |path: &str| path.starts_with("expected/") || path == "diagnostics.txt";
        let (expected, sources) = files.into_iter().partition(|(path, _)| is_expected(path));
        Self { folder, sources, expected }
    }

    /// The sources and the theme in a temporary folder.
    pub(crate) fn site(&self) -> Site {
        let theme = tree(&sites().join("theme")).into_iter();
        let theme = theme.map(|(path, bytes)| (format!("themes/plain/{path}"), bytes));
        let own = self.sources.iter().map(|(path, bytes)| (path.clone(), bytes.clone()));
        theme.chain(own).fold(Site::empty(), |site, (path, bytes)| site.file(&path, bytes))
    }

    /// The files that a build writes, below `expected/`, and what it reports.
    fn build(&self) -> Files {
        let site = self.site();
        let run = site.run(&["build", "--today", TODAY]);
        assert_eq!(run.code, 0, "{}", run.err);
        // Icons are the same everywhere, and have tests of their own.
        let is_icon = |path: &str| Icon::ALL.iter().any(|icon| icon.file() == path);
        let written = site.tree("public").into_iter().filter(|(path, _)| !is_icon(path));
        let mut files: Files =
            written.map(|(path, bytes)| (format!("expected/{path}"), without_version(bytes))).collect();
        // The last line counts the files and gives the time.
        let reported = run.err.rsplit_once(" written, ").map_or(run.err.as_str(), |(before, _)| before);
        let reported = reported.rsplit_once('\n').map_or("", |(before, _)| before);
        if !reported.is_empty() {
            files.insert("diagnostics.txt".to_owned(), reported.into());
        }
        files
    }
}

fn sites() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sites"))
}

/// Feeds and pages name the version, which changes with every release.
fn without_version(bytes: Vec<u8>) -> Vec<u8> {
    let version = env!("CARGO_PKG_VERSION");
    match String::from_utf8(bytes) {
        Ok(text) => {
            let text = text.replace(&format!("Pingmark {version}"), "Pingmark VERSION");
            text.replace(&format!("version=\"{version}\">Pingmark"), "version=\"VERSION\">Pingmark")
                .into_bytes()
        }
        Err(error) => error.into_bytes(),
    }
}

fn golden(name: &str) {
    let all = Golden::read(name);
    let (base, variants) = all.split_first().expect("the site itself");
    let files = base.build();
    let mut wrong = differences(&base.folder, &base.expected, &files);
    for variant in variants {
        let mut own = variant.build();
        let missing: Vec<&String> = files.keys().filter(|path| !own.contains_key(*path)).collect();
        assert!(missing.is_empty(), "{}: files of {name} are missing: {missing:?}", variant.folder.display());
        own.retain(|path, bytes| files.get(path) != Some(bytes));
        wrong.extend(differences(&variant.folder, &variant.expected, &own));
    }
    assert_none(&wrong);
}

macro_rules! sites {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            golden($name);
        })*

        /// The names of all sites, sorted.
        pub(crate) const SITES: &[&str] = &[$($name),*];
    };
}

sites! {
    base: "base",
    cite: "cite",
    dates: "dates",
    feeds: "feeds",
    languages: "languages",
    links: "links",
    markdown_en: "markdown-en",
    markdown_fr: "markdown-fr",
    taxonomies: "taxonomies",
}

#[test]
fn every_site_is_tested() {
    let files = tree(sites());
    let found: BTreeSet<&str> = files.keys().filter_map(|path| path.split('/').next()).collect();
    let found: Vec<&str> = found.into_iter().filter(|name| *name != "theme").collect();
    assert_eq!(found, SITES);
}

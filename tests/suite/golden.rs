//! Whole sites, each with the output it must have, byte for byte.
//!
//! A site is a folder of `tests/sites/`: its files, `expected/` for what `build` writes, and
//! `told.txt` for what it says before its last line, if it says anything. All wear the theme in
//! `tests/sites/theme/`, of the plainest HTML. `UPDATE_GOLDEN=1` writes what is expected anew:
//! read the difference before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pingmark_core::icon::Icon;

use super::support::{Site, TODAY, tree};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites").join(name)
}

/// The version stands in feeds and changes with every release.
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
    let here = folder(name);
    let expected_at = here.join("expected");
    let told_at = here.join("told.txt");
    let mut site = Site::empty();
    for (path, bytes) in tree(&folder("theme")) {
        site = site.file(&format!("themes/plain/{path}"), bytes);
    }
    for (path, bytes) in tree(&here) {
        if !path.starts_with("expected/") && path != "told.txt" {
            site = site.file(&path, bytes);
        }
    }
    let run = site.run(&["build", "--today", TODAY]);
    assert_eq!(run.code, 0, "{}", run.err);
    let diagnostics = run.err.rsplit_once(" written, ").map_or(run.err.as_str(), |(before, _)| before);
    let diagnostics = diagnostics.rsplit_once('\n').map_or("", |(before, _)| before);
    // Icons are the same everywhere, and have tests of their own.
    let is_icon = |path: &str| Icon::ALL.iter().any(|icon| icon.file() == path);
    let files = site.tree("public").into_iter().filter(|(path, _)| !is_icon(path));
    let made: BTreeMap<String, Vec<u8>> = files.map(|(path, bytes)| (path, without_version(bytes))).collect();

    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        _ = fs::remove_dir_all(&expected_at);
        _ = fs::remove_file(&told_at);
        for (path, bytes) in made {
            let path = expected_at.join(path);
            fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        if !diagnostics.is_empty() {
            fs::write(told_at, diagnostics).expect("a file");
        }
        return;
    }

    let mut wrong = Vec::new();
    let expected = tree(&expected_at);
    for (path, bytes) in &expected {
        match made.get(path) {
            Some(found) if found == bytes => {}
            Some(found) => wrong.push(format!("{path} differs{}", difference(bytes, found))),
            None => wrong.push(format!("{path} is missing")),
        }
    }
    wrong.extend(
        made.keys().filter(|path| !expected.contains_key(*path)).map(|path| format!("{path} is too much")),
    );
    let expected_words = fs::read_to_string(told_at).unwrap_or_default();
    if diagnostics != expected_words {
        wrong.push(format!(
            "what is told differs{}",
            difference(expected_words.as_bytes(), diagnostics.as_bytes())
        ));
    }
    assert!(
        wrong.is_empty(),
        "{name}:\n{}\n(UPDATE_GOLDEN=1 writes what is expected anew)",
        wrong.join("\n")
    );
}

/// The first lines that differ.
fn difference(expected: &[u8], found: &[u8]) -> String {
    let (Ok(expected), Ok(found)) = (std::str::from_utf8(expected), std::str::from_utf8(found)) else {
        return String::new();
    };
    let (mut left, mut right) = (expected.split('\n'), found.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        match (left.next(), right.next()) {
            (None, None) => return String::new(),
            (a, b) if a == b => {}
            (a, b) => {
                let line =
                    |line: Option<&str>| line.map_or("(the end)".to_owned(), |line| format!("{line:?}"));
                return format!(" at line {number}\n  expected {}\n  found    {}", line(a), line(b));
            }
        }
    }
}

macro_rules! sites {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            golden($name);
        })*

        const SITES: &[&str] = &[$($name),*];
    };
}

sites! {
    cite_author_date: "cite-author-date",
    cite_note: "cite-note",
    cite_numbered: "cite-numbered",
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
    let mut found: Vec<String> = fs::read_dir(folder(""))
        .expect("the folder of sites")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "theme")
        .collect();
    found.sort();
    assert_eq!(found, SITES);
}

//! Expected files, and the one switch that accepts what the tests produce instead:
//! `UPDATE_EXPECT=1 cargo nextest run`. Review the difference before you commit it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::support::tree;

/// Bytes of files by path, relative to a folder.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

const SWITCH: &str = "UPDATE_EXPECT";

fn is_accepting() -> bool {
    std::env::var_os(SWITCH).is_some_and(|value| value == "1")
}

fn snapshots() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"))
}

/// Fails unless a text is that of a file below `tests/snapshots/`. The file ends with one line break,
/// however the text ends.
#[track_caller]
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let found = Files::from([(name.to_owned(), format!("{}\n", text.trim_end()).into_bytes())]);
    let expected = fs::read(snapshots().join(name)).map(|bytes| Files::from([(name.to_owned(), bytes)]));
    assert_none(&differences(snapshots(), &expected.unwrap_or_default(), &found));
}

/// Fails unless files are exactly those of a folder below `tests/snapshots/`.
#[track_caller]
pub(crate) fn assert_snapshots(folder: &str, found: &Files) {
    let folder = snapshots().join(folder);
    assert_none(&differences(&folder, &tree(&folder), found));
}

/// How the files found differ from those expected in a folder. Accepting writes what was found to
/// the folder instead, removes files that are no longer produced, and finds no difference.
pub(crate) fn differences(folder: &Path, expected: &Files, found: &Files) -> Vec<String> {
    let mut all = Vec::new();
    for (path, bytes) in found {
        let here = folder.join(path);
        match expected.get(path) {
            Some(known) if known == bytes => {}
            _ if is_accepting() => {
                fs::create_dir_all(here.parent().expect("a file lies in a folder")).expect("a folder");
                fs::write(here, bytes).expect("a file");
            }
            Some(known) => all.push(format!("{} differs{}", here.display(), first_difference(known, bytes))),
            None => all.push(format!("{} is not expected", here.display())),
        }
    }
    for path in expected.keys().filter(|path| !found.contains_key(*path)) {
        let here = folder.join(path);
        if is_accepting() {
            fs::remove_file(here).expect("it was read above");
        } else {
            all.push(format!("{} is missing", here.display()));
        }
    }
    all
}

/// Fails with all differences.
#[track_caller]
pub(crate) fn assert_none(differences: &[String]) {
    let all = differences.join("\n");
    assert!(
        differences.is_empty(),
        "{all}\nIf this is what should come out, accept it with {SWITCH}=1 and review the changed files."
    );
}

/// The first line that differs, as the end of a message. Empty for bytes that are not text.
fn first_difference(expected: &[u8], found: &[u8]) -> String {
    let (Ok(expected), Ok(found)) = (std::str::from_utf8(expected), std::str::from_utf8(found)) else {
        return String::new();
    };
    let (mut left, mut right) = (expected.split('\n'), found.split('\n'));
    let shown = |line: Option<&str>| line.map_or("(end of file)".to_owned(), |line| format!("{line:?}"));
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                return format!(" at line {number}\n  expected {}\n  found    {}", shown(a), shown(b));
            }
        }
    }
    String::new()
}

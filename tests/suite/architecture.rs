//! Rules that neither Cargo nor the lints can state: a package is used in one room, IO happens at the
//! two ends, every room documents what it receives and gives, and no file is too long to read at once.
//!
//! The dependencies of the crates ensure that a stage uses only earlier ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::support::tree;

/// Rooms of the program in the order of the data. Each uses only the ones before it.
const PROGRAM: [&str; 8] = ["source", "output", "engine", "cache", "server", "watch", "authoring", "cli"];
/// Packages and the only files or folders that may name them.
const ROOMS: [(&str, &[&str]); 33] = [
    ("rapidfuzz", &["crates/pingmark-core/src/slug.rs"]),
    ("image", &["crates/pingmark-image/"]),
    ("fast_image_resize", &["crates/pingmark-image/src/pixels.rs"]),
    ("jpeg_encoder", &["crates/pingmark-image/src/pixels.rs"]),
    ("webp", &["crates/pingmark-image/src/pixels.rs"]),
    ("img_parts", &["crates/pingmark-image/src/strip.rs", "crates/pingmark-image/src/jpeg_frame.rs"]),
    ("resvg", &["crates/pingmark-image/"]),
    ("png", &["crates/pingmark-image/src/png_encode.rs", "crates/pingmark-image/src/png_decode.rs"]),
    ("ttf_parser", &["crates/pingmark-image/"]),
    ("ammonia", &["crates/pingmark-site/src/mention/sanitise.rs"]),
    ("walkdir", &["src/source/disk.rs"]),
    ("simdutf8", &["src/source/disk.rs"]),
    (
        "serde_yaml",
        &[
            "crates/pingmark-core/src/yaml",
            "crates/pingmark-document/src/front_matter",
            "crates/pingmark-site/src/mention/read.rs",
            "crates/pingmark-render/src/template/theme.rs",
        ],
    ),
    ("toml", &["crates/pingmark-core/src/front_matter/"]),
    ("pulldown_cmark", &["crates/pingmark-document/src/markdown"]),
    ("tera", &["crates/pingmark-render/"]),
    ("syntect", &["crates/pingmark-document/src/highlight.rs"]),
    ("two_face", &["crates/pingmark-document/src/highlight.rs"]),
    ("notify", &["src/watch/"]),
    ("axum", &["src/server/"]),
    ("hyper", &["src/server/mod.rs"]),
    ("hyper_util", &["src/server/mod.rs"]),
    ("futures_util", &["src/server/"]),
    ("tokio", &["src/server/", "src/cli/signals.rs"]),
    ("clap", &["src/cli/"]),
    ("rustix", &["src/cli/build.rs", "src/output/sync.rs"]),
    ("annotate_snippets", &["crates/pingmark-core/src/diag/"]),
    ("postcard", &["src/cache/", "src/output/manifest.rs"]),
    (
        "quick_xml",
        &[
            "crates/pingmark-render/",
            "crates/pingmark-linkback/src/xmlrpc.rs",
            "crates/pingmark-import/src/wordpress/wxr.rs",
        ],
    ),
    (
        "scraper",
        &[
            "crates/pingmark-linkback/src/page/",
            "crates/pingmark-import/src/html/",
            "crates/pingmark-import/src/text.rs",
        ],
    ),
    ("ego_tree", &["crates/pingmark-linkback/src/page/", "crates/pingmark-import/src/html/node.rs"]),
    ("encoding_rs", &["crates/pingmark-linkback/src/charset.rs"]),
    ("ureq", &["crates/pingmark-http/src/client.rs"]),
];
/// Side effects and the only files or folders that may have them.
const IO: [(&str, &[&str]); 6] = [
    (
        "std::fs",
        &[
            "src/source/",
            "src/output/",
            "src/cache/",
            "src/authoring/",
            "src/cli/",
            "src/server/file_body.rs",
            "src/watch/tests.rs",
        ],
    ),
    ("std::net", &["src/cli/", "src/server/", "crates/pingmark-http/"]),
    ("process::Command", &["src/cli/"]),
    ("env::var", &["src/cli/"]),
    ("Timestamp::now", &["src/cli/"]),
    ("SystemTime::now", &["src/cli/"]),
];
/// Longest file in lines, except for [`TABLE`].
const MAX_LINES: usize = 640;
/// The catalogue of diagnostics.
const TABLE: &str = "crates/pingmark-core/src/diag/catalogue";

/// A file of the program or of a crate.
struct File {
    /// Path from the root of the repository.
    name: String,
    text: String,
    /// The text without its comments.
    code: String,
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files: Vec<File> = ["src", "crates"]
        .into_iter()
        .flat_map(|top| {
            tree(&root.join(top)).into_iter().map(move |(name, bytes)| (format!("{top}/{name}"), bytes))
        })
        .filter(|(name, _)| name.ends_with(".rs"))
        .map(|(name, bytes)| {
            let text = String::from_utf8(bytes).expect("Rust is UTF-8");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            File { name, text, code }
        })
        .collect();
    assert!(files.len() > 150, "the sources were not found");
    files
}

impl File {
    fn lies_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.name.starts_with(place))
    }

    /// Whether the code contains a name as a whole word.
    fn names(&self, what: &str) -> bool {
        names(&self.code, what)
    }

    /// Whether the code names a package, and not a module of ours with the same name.
    fn names_package(&self, package: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let as_path = self.code.match_indices(&format!("{package}::")).any(|(at, _)| {
            let before = &self.code[..at];
            !before.ends_with("::") && !before.ends_with(is_word)
        });
        as_path || self.names(&format!("use {package}"))
    }
}

/// Whether code contains a name as a whole word.
fn names(code: &str, what: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(what).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + what.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn rooms_of_the_program_use_only_what_comes_before_them() {
    let place = |room: &str| PROGRAM.iter().position(|one| *one == room);
    let mut problems = Vec::new();
    for file in files() {
        let Some(own) = file.name.strip_prefix("src/").and_then(|rest| place(rest.split('/').next()?)) else {
            continue;
        };
        for (at, start) in file.code.match_indices("crate::") {
            let used = file.code[at + start.len()..].split(|c: char| !c.is_alphanumeric() && c != '_').next();
            if used.and_then(place).is_some_and(|other| other > own) {
                problems.push(format!("{} uses crate::{}", file.name, used.unwrap_or_default()));
            }
        }
    }
    report(&problems);
}

/// The room of a crate in which a file lies, and the crate: `("crates/pingmark-site/src", "graph")`.
fn room(name: &str) -> Option<(&str, &str)> {
    let (root, inside) = name.split_once("/src/").map(|(root, inside)| (&name[..root.len() + 4], inside))?;
    let room = inside.split('/').next()?.trim_end_matches(".rs");
    (!matches!(room, "lib" | "main")).then_some((root, room))
}

#[test]
fn rooms_of_a_crate_do_not_use_each_other_in_a_circle() {
    let files = files();
    let mut uses: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for file in &files {
        let Some((root, own)) = room(&file.name) else { continue };
        let code = file.code.split("#[cfg(test)]").next().unwrap_or_default();
        let depth =
            file.name[root.len() + 1..].matches('/').count() + usize::from(!file.name.ends_with("/mod.rs"));
        let outside = "super::".repeat(depth);
        let others = files.iter().filter_map(|other| room(&other.name)).filter(|(other, _)| *other == root);
        let used = others.map(|(_, other)| other).filter(|other| {
            let uses = |before: &str| names(code, &format!("{before}{other}"));
            *other != own && (uses("crate::") || uses(&outside))
        });
        uses.entry((root, own)).or_default().extend(used);
    }
    // A room without a use that is left is no part of a circle.
    let mut left = uses.clone();
    loop {
        let free: Vec<_> = left.iter().filter(|(_, used)| used.is_empty()).map(|(room, _)| *room).collect();
        if free.is_empty() {
            break;
        }
        for (root, room) in free {
            left.remove(&(root, room));
            let others = left.iter_mut().filter(|((other, _), _)| *other == root);
            others.for_each(|(_, used)| _ = used.remove(room));
        }
    }
    assert!(uses.len() > 60, "the rooms were not found");
    report(
        &left.iter().map(|((root, room), used)| format!("{root}: {room} uses {used:?}")).collect::<Vec<_>>(),
    );
}

#[test]
fn only_the_diagnostics_module_makes_diagnostics() {
    let constructors = ["Diagnostic::error", "Diagnostic::warning", "Diagnostic::advice"];
    let makes = |file: &File| constructors.iter().any(|constructor| file.names(constructor));
    let others = files().into_iter().filter(|file| !file.lies_in(&["crates/pingmark-core/src/diag/"]));
    let problems: Vec<String> = others
        .filter(makes)
        .map(|file| {
            format!("{} makes a diagnostic of its own; add a constructor to the catalogue", file.name)
        })
        .collect();
    report(&problems);
}

#[test]
fn a_package_has_one_room() {
    let mut problems = Vec::new();
    let files = files();
    for (package, rooms) in ROOMS {
        for file in &files {
            if file.names_package(package) && !file.lies_in(rooms) {
                problems.push(format!(
                    "{} names {package}, which belongs in {}",
                    file.name,
                    rooms.join(", ")
                ));
            }
        }
        let is_used = files.iter().any(|file| file.lies_in(rooms) && file.names_package(package));
        assert!(is_used, "{package} is used nowhere: remove it from the list");
    }
    report(&problems);
}

#[test]
fn only_the_two_ends_touch_the_world() {
    let mut problems = Vec::new();
    for file in files() {
        for (what, places) in IO {
            let module = what.rsplit("::").next().unwrap_or(what);
            // `use std::{fs, io}` too.
            let grouped = what.starts_with("std::")
                && file.code.lines().any(|line| {
                    let group =
                        line.trim_start().strip_prefix("use std::{").and_then(|rest| rest.split('}').next());
                    group.is_some_and(|group| group.split(',').any(|name| name.trim().starts_with(module)))
                });
            if (file.names(what) || grouped) && !file.lies_in(places) {
                problems.push(format!("{} uses {what}, which belongs in {}", file.name, places.join(", ")));
            }
        }
    }
    report(&problems);
}

#[test]
fn every_file_opens_with_its_purpose_and_every_room_with_its_sign() {
    let mut problems = Vec::new();
    for file in files() {
        let is_room = file.name.ends_with("/mod.rs") || file.name.ends_with("/lib.rs");
        let sign: String = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        if sign.is_empty() && file.name != "src/main.rs" {
            problems.push(format!("{} does not open with `//!`", file.name));
        }
        for word in ["Receives", "Gives"] {
            if is_room && file.name != "src/lib.rs" && !sign.to_lowercase().contains(&word.to_lowercase()) {
                problems.push(format!("{}: its `//!` lacks `{word}`", file.name));
            }
        }
    }
    report(&problems);
}

#[test]
fn no_file_is_too_long_to_read_at_once() {
    let long = files().into_iter().map(|file| (file.text.lines().count(), file.name));
    let problems: Vec<String> = long
        .filter(|(lines, name)| *lines > MAX_LINES && !name.starts_with(TABLE))
        .map(|(lines, name)| format!("{name} has {lines} lines; the most is {MAX_LINES}"))
        .collect();
    report(&problems);
}

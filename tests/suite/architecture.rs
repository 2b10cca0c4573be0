//! What `src/lib.rs` promises of the code: stages look back only, a package has one room, IO
//! stands at the two ends, every stage says what it receives and gives.

use std::path::Path;

use super::support::tree;

/// The stages, in the order of the data.
const STAGES: [&str; 12] = [
    "source", "document", "graph", "plan", "output", "render", "engine", "cache", "server", "watch", "desk",
    "cli",
];
/// Facts and words that every stage may use, and that use no stage.
const SHARED: [&str; 15] = [
    "address",
    "bibliography",
    "config",
    "diag",
    "fingerprint",
    "html",
    "lang",
    "look",
    "mention",
    "path",
    "raster",
    "slug",
    "social",
    "when",
    "yaml",
];
/// Packages, and the only files or folders that may name them.
const ROOMS: [(&str, &[&str]); 28] = [
    ("rapidfuzz", &["slug.rs"]),
    ("image", &["raster/"]),
    ("fast_image_resize", &["raster/pixels.rs"]),
    ("jpeg_encoder", &["raster/pixels.rs"]),
    ("webp", &["raster/pixels.rs"]),
    ("img_parts", &["raster/clean.rs"]),
    ("resvg", &["render/card/", "render/icon.rs"]),
    ("png", &["render/card/encode.rs"]),
    ("ttf_parser", &["document/letters.rs", "render/card/measure.rs"]),
    ("ammonia", &["mention/sanitise.rs"]),
    ("walkdir", &["source/disk.rs"]),
    ("simdutf8", &["source/disk.rs"]),
    (
        "serde_yaml",
        &[
            "yaml.rs",
            "document/front_matter.rs",
            "document/front_matter/",
            "mention/read.rs",
            "render/theme.rs",
        ],
    ),
    ("pulldown_cmark", &["document/markdown.rs", "document/markdown/"]),
    ("tera", &["render/"]),
    ("syntect", &["document/highlight.rs"]),
    ("two_face", &["document/highlight.rs"]),
    ("notify", &["watch/eyes.rs", "watch/tests.rs"]),
    ("axum", &["server/"]),
    ("hyper", &["server/mod.rs"]),
    ("hyper_util", &["server/mod.rs"]),
    ("futures_util", &["server/"]),
    ("tokio", &["server/", "cli/signals.rs"]),
    ("clap", &["cli/"]),
    ("rustix", &["cli/build.rs"]),
    ("annotate_snippets", &["diag/draw.rs"]),
    ("postcard", &["cache/", "output/manifest.rs"]),
    ("quick_xml", &["render/feed.rs", "render/interchange.rs", "render/sitemap.rs"]),
];
/// What touches the world, and where it may.
const IO: [(&str, &[&str]); 6] = [
    ("std::fs", &["source/", "output/", "cache/", "desk/", "cli/", "server/file.rs", "watch/tests.rs"]),
    ("std::net", &["cli/", "server/"]),
    ("process::Command", &["cli/"]),
    ("env::var", &["cli/"]),
    ("Timestamp::now", &["cli/"]),
    ("SystemTime::now", &["cli/"]),
];
/// Longest file, but for the catalogue of everything the program can say, which is one page.
const MAX_LINES: usize = 640;
const ONE_PAGE: &str = "diag/catalogue.rs";

/// A file below `src/`.
struct File {
    name: String,
    text: String,
    /// The text without its comments.
    code: String,
}

fn files() -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<File> = tree(&folder)
        .into_iter()
        .filter(|(name, _)| name.ends_with(".rs"))
        .map(|(name, bytes)| {
            let text = String::from_utf8(bytes).expect("Rust is UTF-8");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            File { name, text, code }
        })
        .collect();
    assert!(files.len() > 30, "src/ was not found");
    files
}

impl File {
    /// The module of the crate's root that it belongs to.
    fn module(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn lies_in(&self, places: &[&str]) -> bool {
        let lies =
            |place: &&str| self.name == **place || (place.ends_with('/') && self.name.starts_with(*place));
        places.iter().any(lies)
    }

    /// Whether the code names something, as a whole word.
    fn names(&self, what: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        self.code.match_indices(what).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + what.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
    }

    /// Whether the code names a package: not a module of ours that is called alike.
    fn names_package(&self, package: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let as_path = self.code.match_indices(&format!("{package}::")).any(|(at, _)| {
            let before = &self.code[..at];
            !before.ends_with("::") && !before.ends_with(is_word)
        });
        as_path || self.names(&format!("use {package}"))
    }

    /// The paths it uses of this crate, such as `graph::route::encode`, a group's paths one by
    /// one.
    fn uses(&self) -> Vec<String> {
        let mut used = Vec::new();
        for (at, start) in self.code.match_indices("crate::") {
            let rest = &self.code[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(group) => {
                    let group = group.split('}').next().unwrap_or_default();
                    used.extend(group.split(',').map(|path| path.trim().to_owned()));
                }
                None => {
                    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                    let path: String = rest.chars().take_while(|c| is_path(*c)).collect();
                    // `output::{Content, disk}`: the group's names stand for themselves.
                    match rest[path.len()..].strip_prefix('{').filter(|_| path.ends_with("::")) {
                        Some(group) => {
                            let group = group.split(';').next().unwrap_or_default();
                            let names = group.split([',', '{', '}']).map(str::trim).filter(|n| !n.is_empty());
                            used.extend(names.map(|name| format!("{path}{name}")));
                        }
                        None => used.push(path),
                    }
                }
            }
        }
        used
    }
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_module_has_its_place_in_the_order() {
    let lib = include_str!("../../src/lib.rs");
    let mut modules: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let mut known: Vec<&str> = STAGES.into_iter().chain(SHARED).collect();
    modules.sort_unstable();
    known.sort_unstable();
    assert_eq!(modules, known);
}

#[test]
fn stages_use_only_what_comes_before_them() {
    let place = |module: &str| STAGES.iter().position(|stage| *stage == module);
    let mut problems = Vec::new();
    for file in files().iter().filter(|file| !matches!(file.name.as_str(), "lib.rs" | "main.rs")) {
        let own = file.module();
        for used in file.uses() {
            let module = used.split("::").next().unwrap_or_default();
            let allowed = match (place(own), place(module)) {
                (_, None) => SHARED.contains(&module),
                (None, Some(_)) => false,
                (Some(own), Some(other)) => other <= own,
            };
            if !allowed {
                problems.push(format!("src/{} uses crate::{used}", file.name));
            }
        }
    }
    report(&problems);
}

#[test]
fn rendering_knows_what_an_output_is_and_not_how_it_is_written() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|file| file.module() == "render") {
        for used in file.uses() {
            if used.starts_with("output::disk") || used.starts_with("output::manifest") {
                problems.push(format!("src/{} uses crate::{used}", file.name));
            }
        }
    }
    report(&problems);
}

#[test]
fn only_the_diagnostics_module_makes_diagnostics() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|file| file.module() != "diag") {
        if file.names("Diagnostic::error") || file.names("Diagnostic::warning") {
            problems.push(format!("src/{} makes a diagnostic of its own", file.name));
        }
    }
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
                    "src/{} names {package}, which belongs in {}",
                    file.name,
                    rooms.join(", ")
                ));
            }
        }
        let is_used = files.iter().any(|file| file.lies_in(rooms) && file.names_package(package));
        assert!(is_used, "{package} is used nowhere: take it out of the list");
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
                problems.push(format!(
                    "src/{} uses {what}, which belongs in {}",
                    file.name,
                    places.join(", ")
                ));
            }
        }
    }
    report(&problems);
}

#[test]
fn every_stage_says_what_it_receives_and_gives() {
    let mut problems = Vec::new();
    for file in files() {
        let is_root =
            file.name.ends_with("/mod.rs") || STAGES.iter().any(|stage| file.name == format!("{stage}.rs"));
        let sign: String = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        if sign.is_empty() && file.name != "main.rs" {
            problems.push(format!("src/{} does not open with `//!`", file.name));
        }
        for word in ["Receives", "Gives"] {
            if is_root && !sign.contains(word) && !sign.contains(&word.to_lowercase()) {
                problems.push(format!("src/{}: its `//!` lacks `{word}`", file.name));
            }
        }
    }
    report(&problems);
}

#[test]
fn no_file_is_too_long_to_be_read_at_once() {
    let long = files().into_iter().map(|file| (file.text.lines().count(), file.name));
    let problems: Vec<String> = long
        .filter(|(lines, name)| *lines > MAX_LINES && name != ONE_PAGE)
        .map(|(lines, name)| format!("src/{name} has {lines} lines; the most is {MAX_LINES}"))
        .collect();
    report(&problems);
}

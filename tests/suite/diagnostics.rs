//! A fixture for every diagnostic, and the output of `check` for it.
//!
//! A fixture is `tests/diagnostics/CODE-CASE.txt`. Its first line names the constructors of
//! `diag/catalogue/` that it covers; the site follows, in the format of [`Site::fixture`].
//! The output is in `tests/snapshots/diagnostics/`: before you accept it, check the message, the
//! underlined place and the hint.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rayon::prelude::*;

use pingmark_core::diag::args::{FileNameProblem, Gone};
use pingmark_core::diag::{Code, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::sources::ReadError;

use super::expected::{Files, assert_snapshots};
use super::support::{Run, Site, TODAY};

/// Constructors whose files a fixture cannot hold. Each has a test of its own below.
const WITHOUT_FIXTURE: [&str; 13] = [
    "address_gone",
    "bad_file_name",
    "edited_by_hand",
    "given_theme_missing",
    "link_leaves_site",
    "link_without_end",
    "mention_file_name",
    "special_file",
    "template_endless",
    "template_hungry",
    "twin_names",
    "unreadable_entry",
    "unreadable_file",
];

struct Fixture {
    name: String,
    constructors: Vec<String>,
    text: String,
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut fixtures: Vec<Fixture> = fs::read_dir(&folder)
        .expect("the folder of fixtures")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("a fixture is text");
            let first = text.lines().next().and_then(|line| line.strip_prefix("Shows: "));
            let first = first.unwrap_or_else(|| panic!("{name}: the first line must be `Shows: …`"));
            let constructors = first.split(", ").map(str::to_owned).collect();
            Fixture { name, constructors, text }
        })
        .collect();
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    fixtures
}

fn check(site: &Site) -> Run {
    site.run(&["check", "--today", TODAY])
}

/// The codes in the output of `check`: `error[code]:` or another level at the start of a line.
fn codes(output: &str) -> BTreeSet<String> {
    let code = |line: &str| {
        let rest = ["error[", "warning[", "advice["].iter().find_map(|level| line.strip_prefix(level))?;
        rest.split_once("]:").map(|(code, _)| code.to_owned())
    };
    output.lines().filter_map(code).collect()
}

#[test]
fn every_fixture_is_told_as_it_should_be() {
    let fixtures = fixtures();
    let runs: Vec<Run> = fixtures.par_iter().map(|fixture| check(&Site::fixture(&fixture.text))).collect();
    let mut wrong = Vec::new();
    let mut snapshots = Files::new();
    for (Fixture { name, .. }, Run { code, out, err }) in fixtures.iter().zip(runs) {
        if !out.is_empty() {
            wrong.push(format!("{name}: text on standard output: {out}"));
        }
        if !codes(&err).iter().any(|code| *name == *code || name.starts_with(&format!("{code}-"))) {
            wrong.push(format!("{name}: the code that the fixture is named for is missing\n{err}"));
        }
        snapshots.insert(format!("{name}.txt"), format!("exit code {code}\n\n{err}").into_bytes());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_snapshots("diagnostics", &snapshots);
}

/// The constructors of the catalogue: its public functions that return a diagnostic.
fn constructors() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/pingmark-core/src/diag/catalogue");
    let mut constructors = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the folder of the catalogue") {
        let section = fs::read_to_string(entry.expect("an entry").path()).expect("Rust is UTF-8");
        for function in section.split("\npub fn ").skip(1) {
            let (signature, _) = function.split_once(" {\n").expect("a body");
            let (name, rest) = signature.split_once('(').expect("parameters");
            if rest.ends_with("-> Diagnostic") {
                constructors.insert(name.to_owned());
            }
        }
    }
    constructors
}

#[test]
fn every_constructor_and_every_code_has_a_fixture() {
    let constructors = constructors();
    let fixtures = fixtures();
    let shown: BTreeSet<String> = fixtures
        .iter()
        .flat_map(|fixture| fixture.constructors.clone())
        .chain(WITHOUT_FIXTURE.map(str::to_owned))
        .collect();
    let missing: Vec<_> = constructors.difference(&shown).collect();
    assert!(missing.is_empty(), "no fixture shows {missing:?}");
    let gone: Vec<_> = shown.difference(&constructors).collect();
    assert!(gone.is_empty(), "the catalogue no longer has {gone:?}");

    let without = [
        Code::AddressGone,
        Code::EditedByHand,
        Code::FileSpecial,
        Code::FileUnreadable,
        Code::LinkLeavesSite,
        Code::LinkWithoutEnd,
    ];
    for code in Code::ALL.iter().filter(|code| !without.contains(code)) {
        let found = fixtures.iter().any(|fixture| fixture.name.starts_with(&format!("{code}-")));
        assert!(found, "no fixture is named for `{code}`");
    }
}

#[test]
fn the_short_and_the_json_form_say_the_same() {
    fixtures().par_iter().for_each(|fixture| {
        let site = Site::fixture(&fixture.text);
        let human = check(&site);
        let short = site.run(&["check", "--today", TODAY, "--format", "short"]);
        let json = site.run(&["check", "--today", TODAY, "--format", "json"]);
        assert_eq!((short.code, json.code), (human.code, human.code), "{}", fixture.name);
        let objects: Vec<serde_json::Value> = json
            .out
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", fixture.name))
            })
            .collect();
        let lines: Vec<&str> = short.err.lines().collect();
        assert_eq!(
            lines.len(),
            objects.len() + 1,
            "{}: one line per diagnostic and the summary",
            fixture.name
        );
        for (line, object) in lines.iter().zip(&objects) {
            let text = |key: &str| object[key].as_str().unwrap_or_default();
            let expected = format!("{}[{}]: {}", text("severity"), text("code"), text("message"));
            assert!(line.contains(&expected), "{}: {line}", fixture.name);
            assert!(human.err.contains(&expected), "{}: {expected}", fixture.name);
            if object["place"].is_object() {
                let place =
                    format!("{}:{}:{}: ", text("path"), object["place"]["line"], object["place"]["column"]);
                assert!(line.starts_with(&place), "{}: {line} at {place}", fixture.name);
            }
        }
    });
}

/// The French sentences of the dashboard: the code of each, and the arguments it takes. An argument
/// with a default need not be in every diagnostic of the code.
fn french() -> BTreeMap<Code, Vec<(String, bool)>> {
    let script = include_str!("../../src/server/web/dashboard/words/problems-fr.js");
    let (_, sentences) = script.split_once("PROBLEMS_FR = {").expect("the sentences");
    let lines = sentences.lines().filter_map(|line| line.strip_prefix("  \"")?.split_once("\": ("));
    lines
        .map(|(code, rest)| {
            let (names, _) = rest.split_once(") =>").expect("a function");
            let names = names.trim_matches(['{', '}', ' ']).split(", ").filter(|name| !name.is_empty());
            let argument = |name: &str| match name.split_once(" = ") {
                Some((name, _)) => (name.to_owned(), true),
                None => (name.to_owned(), false),
            };
            (code.parse().unwrap_or_else(|_| panic!("no code `{code}`")), names.map(argument).collect())
        })
        .collect()
}

/// The arguments of diagnostics by code: of every fixture, and of those that no fixture can hold.
fn arguments() -> BTreeMap<Code, Vec<serde_json::Value>> {
    let place = Path::new("static/x");
    let without_fixture = [
        catalogue::address_gone(None, "/posts/un/", Gone::Removed),
        catalogue::bad_file_name(place, FileNameProblem::NotUtf8),
        catalogue::edited_by_hand(&SitePath::new("robots.txt").unwrap()),
        catalogue::link_leaves_site(place),
        catalogue::link_without_end(place),
        catalogue::mention_file_name(place, FileNameProblem::NotUtf8),
        catalogue::special_file(place),
        catalogue::twin_names(&SitePath::new("content/é.md").unwrap()),
        catalogue::unreadable_entry(place, "permission denied"),
        catalogue::unreadable_file(&SitePath::new("content/x.md").unwrap(), &ReadError::Utf16),
    ];
    let mut found: BTreeMap<Code, Vec<serde_json::Value>> = BTreeMap::new();
    for diagnostic in without_fixture {
        found.entry(diagnostic.code).or_default().push(diagnostic.args());
    }
    let runs: Vec<Run> = fixtures()
        .par_iter()
        .map(|fixture| Site::fixture(&fixture.text).run(&["check", "--today", TODAY, "--format", "json"]))
        .collect();
    for line in runs.iter().flat_map(|run| run.out.lines()) {
        let mut object: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let code = object["code"].as_str().and_then(|code| code.parse().ok()).expect("a code");
        found.entry(code).or_default().push(object["args"].take());
    }
    found
}

#[test]
fn every_code_has_a_french_sentence_made_of_its_arguments() {
    let (french, arguments) = (french(), arguments());
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !french.contains_key(code)).collect();
    assert!(missing.is_empty(), "no French for {missing:?}");
    for (code, names) in french {
        for (name, is_optional) in names {
            let mut has = arguments[&code].iter().map(|args| args.get(&name).is_some());
            let is_there = if is_optional { has.any(|has| has) } else { has.all(|has| has) };
            assert!(is_there, "`{code}` in French takes `{name}`: {:?}", arguments[&code]);
        }
    }
}

// ---- files that a fixture cannot hold ----------------------------------------------------

fn assert_reported(site: &Site, code: i32, words: &[&str]) -> String {
    let run = check(site);
    assert_eq!(run.code, code, "{}", run.err);
    for word in words {
        assert!(run.err.contains(word), "{word:?} is missing from\n{}", run.err);
    }
    run.err
}

#[test]
fn a_text_that_is_not_utf_8_is_told() {
    let site = Site::new().file("content/un.md", b"---\ntitle: Un\n---\n\nd\xe9j\xe0 vu\n");
    assert_reported(
        &site,
        1,
        &[
            "error[file-unreadable]: this file cannot be read: it is not UTF-8 (byte 20)",
            "--> content/un.md:5:2",
            "= help: save it as UTF-8",
            "1 error, 0 warnings",
        ],
    );
    let short = site.run(&["check", "--today", TODAY, "--format", "short"]);
    assert!(short.err.starts_with("content/un.md:5:2: error[file-unreadable]: "), "{}", short.err);
    let json = site.run(&["check", "--today", TODAY, "--format", "json"]);
    assert!(json.out.contains(r#""column":2,"end_column":2,"end_line":5,"line":5"#), "{}", json.out);
    let site = Site::new().file("content/un.md", b"\xff\xfe#\0");
    assert_reported(
        &site,
        1,
        &["error[file-unreadable]: this file cannot be read: it is UTF-16", "= help: save it as UTF-8"],
    );
}

#[test]
fn a_text_that_is_too_long_is_told() {
    let site = Site::new().file("content/un.md", vec![b'x'; 11 * 1024 * 1024]);
    assert_reported(&site, 1, &["this file cannot be read: it is 11 MB; the limit is 10 MB"]);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::{Site, assert_reported};

    #[test]
    fn a_link_out_of_the_site_is_an_error() {
        let outside = Site::empty().file("secret.txt", "secret").file("dossier/secret.txt", "secret");
        let site = Site::new().file("static/a.txt", "a");
        symlink(outside.path("secret.txt"), site.path("static/lien.txt")).unwrap();
        symlink(outside.path("dossier"), site.path("static/dossier")).unwrap();
        assert_reported(
            &site,
            1,
            &[
                "error[link-leaves-site]: `static/lien.txt` is a symbolic link to something outside the site's sources",
                "error[link-leaves-site]: `static/dossier` is a symbolic link to something outside the site's sources",
                "= help: copy it into the site: everything that a link leads to would be published",
                "2 errors, 0 warnings",
            ],
        );
    }

    #[test]
    fn settings_and_sources_are_no_links_out_of_the_site() {
        let outside = Site::empty().file("secret.txt", "mot de passe: \"1234\n");
        for name in ["sources.yaml", "pingmark.yaml"] {
            let site = Site::new().post("un", "Texte.");
            let _ = fs::remove_file(site.path(name));
            symlink(outside.path("secret.txt"), site.path(name)).unwrap();
            let told = format!("error[link-leaves-site]: `{name}` is a symbolic link to something outside");
            for command in ["check", "build", "list posts"] {
                let run = site.run(&command.split(' ').collect::<Vec<_>>());
                assert!(
                    !run.err.contains("mot de passe") && !run.out.contains("mot de passe"),
                    "{}",
                    run.err
                );
                assert!(
                    command.starts_with("list") || (run.code == 1 && run.err.contains(&told)),
                    "{}",
                    run.err
                );
            }
            // A link to another place in the site is followed.
            let _ = fs::remove_file(site.path(name));
            site.write(
                "config/own.yaml",
                if name == "sources.yaml" { "" } else { "title: E\nbase_url: https://e.example\n" },
            );
            symlink("config/own.yaml", site.path(name)).unwrap();
            assert_eq!(site.build().code, 0, "{}", site.build().err);
        }
    }

    #[test]
    fn new_writes_through_no_link() {
        let (site, outside) = (Site::new(), Site::empty().file("x", "x"));
        symlink(outside.root(), site.path("content")).unwrap();
        let run = site.run(&["new", "Un titre", "--today", "2026-01-01"]);
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(run.err.contains("leads through a link"), "{}", run.err);
        assert_eq!(outside.tree("").len(), 1);
    }

    #[test]
    fn a_link_inside_the_site_is_followed() {
        let site = Site::new().file("static/a.txt", "a");
        symlink("a.txt", site.path("static/b.txt")).unwrap();
        let site = site.built();
        assert_eq!(site.public("b.txt"), "a");
    }

    #[test]
    fn a_link_back_to_its_folder_is_an_error() {
        let site = Site::new().file("content/un.md", "# Un\n");
        symlink(site.path("content"), site.path("content/encore")).unwrap();
        let err = assert_reported(
            &site,
            1,
            &[
                "error[link-without-end]: `content/encore` is a symbolic link to a folder that contains it",
                "remove the link",
            ],
        );
        assert!(!err.contains(site.root().to_str().unwrap()), "the message has an absolute path:\n{err}");
    }

    #[test]
    fn a_link_to_nothing_is_an_error() {
        let site = Site::new().file("content/un.md", "# Un\n");
        symlink("rien.txt", site.path("content/lien.txt")).unwrap();
        let err = assert_reported(&site, 1, &["error[file-unreadable]: `content/lien.txt` cannot be read"]);
        assert!(!err.contains(site.root().to_str().unwrap()), "the message has an absolute path:\n{err}");
        assert!(!err.contains("leads back"), "the hint is that of another problem:\n{err}");
    }

    #[test]
    fn a_pipe_is_left_out() {
        let site = Site::new().file("static/a.txt", "a");
        let made = Command::new("mkfifo").arg(site.path("static/tube")).status();
        if made.is_ok_and(|status| status.success()) {
            assert_reported(
                &site,
                0,
                &["warning[file-special]: `static/tube` is not a regular file and is ignored"],
            );
        }
    }

    #[test]
    fn two_names_that_look_the_same_are_an_error() {
        let site =
            Site::new().file("static/\u{e9}t\u{e9}.txt", "x").file("static/e\u{301}te\u{301}.txt", "y");
        // Some file systems take the two for one.
        if fs::read_dir(site.path("static")).unwrap().count() == 2 {
            assert_reported(&site, 1, &["error[file-name]: two files have this name", "--> static/été.txt"]);
        }
    }

    #[test]
    fn a_name_that_is_no_path_is_an_error() {
        let site = Site::new().file("static/a.txt", "a");
        // Not every file system accepts such a name.
        if fs::write(site.path("static").join(OsStr::from_bytes(b"d\xe9j\xe0.txt")), "x").is_ok() {
            assert_reported(
                &site,
                1,
                &["error[file-name]: `static/d", "its name is not UTF-8", "= help: rename the file"],
            );
        }
        let site = Site::new().post("un", "Texte.").file("mentions/un/a\\b.yaml", "x");
        assert_reported(&site, 0, &["warning[file-name]: `mentions/un/a\\b.yaml` is left out", "1 warning"]);
        let site = Site::new().file("static/a\\b.txt", "x");
        assert_reported(
            &site,
            1,
            &["error[file-name]: `static/a\\b.txt` cannot be published: it contains '\\\\'"],
        );
    }
}

#[test]
fn a_theme_that_an_option_misspells_is_told_at_the_option() {
    let run = Site::new().run(&["build", "--today", TODAY, "--theme", "gazete"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("there is no theme `gazete`, which --theme asks for"), "{}", run.err);
    assert!(run.err.contains("did you mean `--theme gazette`?"), "{}", run.err);
    assert!(!run.err.contains("pingmark.yaml"), "{}", run.err);
}

#[test]
fn a_published_file_changed_by_hand_is_kept_and_told() {
    let site = Site::new().built();
    site.write("public/robots.txt", "User-agent: *\nDisallow: /\n");
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.err.contains(
            "warning[edited-by-hand]: `robots.txt` in the output folder was edited by hand and is kept"
        ),
        "{}",
        run.err
    );
    assert!(run.err.contains("build with --force to overwrite it"), "{}", run.err);
    assert!(site.public("robots.txt").contains("Disallow: /\n"));
    let forced = site.run(&["build", "--today", TODAY, "--force"]);
    assert_eq!(forced.code, 0, "{}", forced.err);
    assert!(!site.public("robots.txt").contains("Disallow: /\n"));
}

//! Equal inputs give equal bytes, wherever, whenever and however a build runs. Only the build date
//! decides what is published.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::support::{Site, TODAY, tree};

type Tree = BTreeMap<String, Vec<u8>>;

/// The files of the example site: two languages, bundles, images, a series, citations, every key.
fn example() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-site");
    let files = tree(&folder).into_iter();
    files.filter(|(name, _)| !name.starts_with("public/") && !name.starts_with(".pingmark/")).collect()
}

fn site_of(files: &[(String, Vec<u8>)]) -> Site {
    files.iter().fold(Site::empty(), |site, (name, bytes)| site.file(name, bytes))
}

/// Names of the files that differ between two trees.
fn differences(a: &Tree, b: &Tree) -> Vec<String> {
    let mut names: Vec<String> =
        a.keys().chain(b.keys()).filter(|n| a.get(*n) != b.get(*n)).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn run(mut command: Command, what: &str) {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Threads, timezone, locale, `HOME` and the spelling of the folder do not change the output.
#[test]
fn the_environment_changes_no_byte() {
    let site = site_of(&example());
    run(site.command(&["build", "--today", TODAY, "--output-dir", "reference"]), "the reference");
    let reference = site.tree("reference");
    assert!(reference.len() > 100, "the example site has only {} files", reference.len());
    let environments: [(&str, &[(&str, &str)]); 12] = [
        ("a second run", &[]),
        ("one thread", &[("RAYON_NUM_THREADS", "1")]),
        ("four threads", &[("RAYON_NUM_THREADS", "4")]),
        ("sixteen threads", &[("RAYON_NUM_THREADS", "16")]),
        ("India", &[("TZ", "Asia/Kolkata")]),
        ("Brazil", &[("TZ", "America/Sao_Paulo")]),
        ("a timezone that is none", &[("TZ", "Nulle/Part")]),
        ("no locale", &[("LANG", "C"), ("LC_ALL", "C")]),
        ("French", &[("LANG", "fr_FR.UTF-8"), ("LC_ALL", "fr_FR.UTF-8")]),
        ("Turkish, of the dotless i", &[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")]),
        ("another home", &[("HOME", "/nonexistent"), ("XDG_CONFIG_HOME", "/nonexistent")]),
        ("a terminal", &[("TERM", "xterm-256color"), ("COLUMNS", "40")]),
    ];
    for (what, variables) in environments {
        let mut command = site.command(&["build", "--today", TODAY, "--output-dir", "other"]);
        command.envs(variables.iter().copied());
        run(command, what);
        assert_eq!(differences(&reference, &site.tree("other")), [""; 0], "{what}");
        // Each time from an empty folder, so that nothing is carried over.
        fs::remove_dir_all(site.path("other")).expect("it was built");
    }
    let mut bare = site.command(&["build", "--today", TODAY, "--output-dir", "other"]);
    bare.env_clear();
    run(bare, "an empty environment");
    assert_eq!(differences(&reference, &site.tree("other")), [""; 0], "an empty environment");
}

/// The path of the folder, its spelling on the command line and the order in which its files were
/// created do not change the output.
#[test]
fn the_place_changes_no_byte() {
    let mut files = example();
    let site = site_of(&files);
    run(site.command(&["build", "--today", TODAY]), "the reference");
    let reference = site.tree("public");
    files.reverse();
    let outer = Site::empty();
    for (name, bytes) in &files {
        outer.write(&format!("un dossier/à côté/{name}"), bytes);
    }
    let elsewhere = outer.path("un dossier/à côté");
    let absolute = elsewhere.to_string_lossy().into_owned();
    for (what, from, root) in [
        ("its own folder", elsewhere.clone(), "."),
        ("a folder in it", elsewhere.join("content/posts"), "../.."),
        ("an absolute path", outer.root().to_path_buf(), absolute.as_str()),
        ("a relative path", outer.path("un dossier"), "./à côté/"),
    ] {
        let mut command = outer.command(&["build", "--today", TODAY, "--root", root]);
        command.current_dir(&from);
        run(command, what);
        assert_eq!(differences(&reference, &tree(&elsewhere.join("public"))), [""; 0], "{what}");
        fs::remove_dir_all(elsewhere.join("public")).expect("it was built");
    }
}

/// The umask decides permissions and nothing else.
#[cfg(unix)]
#[test]
fn the_umask_changes_no_byte() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = site_of(&example());
    let built = |mask: &str, output: &str| {
        let script = format!("umask {mask}; exec \"$0\" build --today {TODAY} --output-dir {output}");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_pingmark")]).current_dir(site.root());
        run(command, mask);
        let mode =
            fs::metadata(site.path(output).join("index.html")).expect("it was built").permissions().mode();
        (site.tree(output), mode & 0o777)
    };
    let (closed, closed_mode) = built("077", "closed");
    let (open, open_mode) = built("022", "open");
    assert_eq!(differences(&closed, &open), [""; 0]);
    assert_eq!((closed_mode, open_mode), (0o600, 0o644));
}

/// The output does not depend on earlier builds: after each edit it is that of a clean build.
#[test]
fn the_way_there_changes_no_byte() {
    let post = |title: &str, more: &str, body: &str| {
        format!("---\ntitle: {title}\ndate: 2026-02-0{}\n{more}\n---\n\n{body}\n", title.len() % 9 + 1)
    };
    let site = Site::new();
    let edits: [(&str, &str, String); 14] = [
        ("a post", "content/posts/a.md", post("A", "tags: [x, y]", "Texte.")),
        ("a citing post", "content/posts/bb.md", post("Bb", "tags: [x]", "[a](a.md)")),
        ("another title", "content/posts/a.md", post("Aaa", "tags: [x, y]", "Texte.")),
        ("a tag less", "content/posts/a.md", post("Aaa", "tags: [x]", "Texte.")),
        ("another slug", "content/posts/a.md", post("Aaa", "tags: [x]\nslug: z", "Texte.")),
        ("an alias", "content/posts/a.md", post("Aaa", "tags: [x]\nslug: z\naliases: [/posts/a/]", "Texte.")),
        ("a draft", "content/posts/c.md", post("C", "draft: true", "[[z]]")),
        ("published", "content/posts/c.md", post("C", "series: S", "[[z]]")),
        ("a page", "content/p.md", "---\ntitle: P\n---\n\n[c](posts/c.md)\n".to_owned()),
        ("a template", "templates/404.html", "<!doctype html>\n<title>Rien</title>\n".to_owned()),
        ("a static file", "static/x.txt", "x".to_owned()),
        (
            "the config",
            "pingmark.yaml",
            "title: Autre\nbase_url: https://a.example/b/\nlang: en\n".to_owned(),
        ),
        ("a removal", "content/p.md", String::new()),
        ("another removal", "templates/404.html", String::new()),
    ];
    for (what, path, text) in edits {
        match text.is_empty() {
            true => fs::remove_file(site.path(path)).expect("it was written before"),
            false => site.write(path, text),
        }
        let run = site.build();
        assert_eq!(run.code, 0, "{what}: {}", run.err);
        let _ = fs::remove_dir_all(site.path("clean"));
        let clean = site.run(&["build", "--today", TODAY, "--output-dir", "clean"]);
        assert_eq!(clean.code, 0, "{what}: {}", clean.err);
        assert_eq!(differences(&site.tree("clean"), &site.tree("public")), [""; 0], "{what}");
    }
}

fn dated(slug: &str, front_matter: &str) -> (String, String) {
    (format!("content/posts/{slug}.md"), format!("---\ntitle: {slug}\n{front_matter}\n---\n\nTexte.\n"))
}

fn published(site: &Site) -> Vec<String> {
    let names = site.tree("public").into_keys();
    let mut slugs: Vec<String> = names
        .filter_map(|name| Some(name.strip_prefix("posts/")?.strip_suffix("/index.html")?.to_owned()))
        .collect();
    slugs.sort();
    slugs
}

/// The build date decides what is scheduled and what has expired, in the site's timezone (here
/// Paris, where in winter the day starts one hour before UTC's).
#[test]
fn now_decides_what_is_published() {
    let posts = [
        dated("hier", "date: 2026-11-21"),
        dated("jour", "date: 2026-11-22"),
        dated("matin", "date: 2026-11-22 10:30"),
        dated("demain", "date: 2026-11-23"),
        dated("nuit", "date: 2026-11-23 00:30"),
        dated("fini", "date: 2026-11-01\nexpires: 2026-11-22"),
        dated("finissant", "date: 2026-11-01\nexpires: 2026-11-22 10:30"),
        dated("durable", "date: 2026-11-01\nexpires: 2027-01-01"),
    ];
    let site = posts.into_iter().fold(Site::new(), |site, (path, text)| site.file(&path, text));
    let cases: [(&str, &[&str], &[&str]); 9] = [
        ("2026-10-31", &[], &[]),
        ("2026-11-20", &[], &["durable", "fini", "finissant"]),
        ("2026-11-21", &[], &["durable", "fini", "finissant", "hier"]),
        ("2026-11-22 08:00", &[], &["durable", "finissant", "hier", "jour"]),
        ("2026-11-22 12:00", &[], &["durable", "hier", "jour", "matin"]),
        ("2026-11-22", &[], &["durable", "hier", "jour", "matin"]),
        ("2026-11-23", &[], &["demain", "durable", "hier", "jour", "matin", "nuit"]),
        ("2027-06-01", &[], &["demain", "hier", "jour", "matin", "nuit"]),
        (
            "2026-11-20",
            &["--future"],
            &["demain", "durable", "fini", "finissant", "hier", "jour", "matin", "nuit"],
        ),
    ];
    for (today, more, expected) in cases {
        let mut arguments = vec!["build", "--today", today];
        arguments.extend(more);
        let run = site.run(&arguments);
        assert_eq!(run.code, 0, "{today}: {}", run.err);
        assert_eq!(published(&site), expected, "--today {today} {more:?}");
    }
    let run = site.run(&["build", "--today", "2027-06-01", "--expired"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(published(&site).len(), 8, "--expired publishes everything that has appeared by then");
}

/// Scheduled posts are in no list, feed or sitemap, and `build` prints which one is next.
#[test]
fn what_is_scheduled_is_nowhere_yet() {
    let (path, text) = dated("secret-de-demain", "date: 2026-11-30\ntags: [cachette]");
    let site = Site::new().post("un", "Texte.").file(&path, text);
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("2026-11-30"), "{}", run.err);
    for (name, bytes) in site.tree("public") {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("secret-de-demain") && !text.contains("cachette"),
            "{name} shows the scheduled post"
        );
    }
}

/// `--today` overrides `SOURCE_DATE_EPOCH`, which must be a number.
#[test]
fn source_date_epoch_stands_for_the_clock() {
    let (past, future) = (dated("passe", "date: 2001-01-01"), dated("futur", "date: 2500-01-01"));
    let site = Site::new().file(&past.0, past.1).file(&future.0, future.1);
    let in_2026 = "1795305600";
    let cases: [(&str, &[&str], i32, &[&str]); 8] = [
        ("0", &[], 0, &[]),
        (in_2026, &[], 0, &["passe"]),
        (" 1795305600\n", &[], 0, &["passe"]),
        ("16756761600", &[], 0, &["futur", "passe"]),
        ("0", &["--today", "2026-11-22"], 0, &["passe"]),
        ("hier", &[], 2, &["passe"]),
        ("", &[], 2, &["passe"]),
        ("99999999999999999999", &[], 2, &["passe"]),
    ];
    for (epoch, more, code, expected) in cases {
        let mut arguments = vec!["build"];
        arguments.extend(more);
        let output = site.command(&arguments).env("SOURCE_DATE_EPOCH", epoch).output().expect("it starts");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "SOURCE_DATE_EPOCH={epoch:?}: {err}");
        assert_eq!(published(&site), expected, "SOURCE_DATE_EPOCH={epoch:?} {more:?}");
        assert!(code == 0 || err.contains("SOURCE_DATE_EPOCH"), "{err}");
    }
    assert_eq!(site.run(&["build"]).code, 0);
    assert_eq!(published(&site), ["passe"], "the system clock");
}

/// An invalid `--today` is a usage error, and nothing is built.
#[test]
fn a_wrong_today_is_wrong_usage() {
    let site = Site::new().post("un", "Texte.");
    for today in
        ["", "demain", "2026-13-01", "2026-02-30", "13/22/2026", "2026-11-22 25:00", "-1", "99999-01-01"]
    {
        let run = site.run(&["build", &format!("--today={today}")]);
        assert_eq!(run.code, 2, "--today={today}: {}", run.err);
        assert!(!site.path("public").exists());
    }
}

//! Publishing over what is there: moved folders, files that become folders, files with the same stamp,
//! what a crash leaves, mount points, and addresses that vanish.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngSeed, TestRunner};

use super::support::{Run, Site, TODAY, tree};

fn site() -> Site {
    Site::new()
        .post("un", "Le premier billet.")
        .post("deux", "Voir [[un]].")
        .file("static/note.txt", "une note")
}

fn built(site: &Site) -> Run {
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    run
}

/// The output of a first build of the same sources.
fn cold(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let fresh = Site::empty();
    for (path, bytes) in tree(site.root()) {
        if !path.starts_with("public/") && !path.starts_with(".pingmark/") {
            fresh.write(&path, bytes);
        }
    }
    built(&fresh);
    fresh.tree("public")
}

// ---- moved and renamed folders -----------------------------------------------------------------

#[test]
fn a_moved_site_is_built_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let first = Site::new();
    let (before, after) = (folder.path().join("avant"), folder.path().join("apres"));
    for (path, bytes) in tree(site().root()) {
        fs::create_dir_all(before.join(&path).parent().unwrap()).unwrap();
        fs::write(before.join(&path), bytes).unwrap();
    }
    let build = |root: &std::path::Path, more: &[&str]| {
        let mut command = first
            .command(&[&["build", "--today", TODAY, "--root"], &[root.to_str().unwrap()][..], more].concat());
        Run::of(command.output().unwrap())
    };
    assert_eq!(build(&before, &[]).code, 0);
    fs::rename(&before, &after).unwrap();
    let moved = build(&after, &[]);
    assert!(
        moved.code == 0 && moved.err.contains(" 0 written, ") && moved.err.contains(" 0 removed"),
        "{}",
        moved.err
    );
    // A copy has other times and inodes.
    let copy = folder.path().join("copie");
    assert!(Command::new("cp").arg("-r").arg(&after).arg(&copy).status().unwrap().success());
    let copied = build(&copy, &[]);
    assert!(copied.code == 0 && copied.err.contains(" 0 written, "), "{}", copied.err);
    // The output folder was renamed, and the settings with it.
    fs::rename(copy.join("public"), copy.join("dist")).unwrap();
    fs::write(
        copy.join("pingmark.yaml"),
        "title: Essai\nbase_url: https://essai.example\noutput_dir: dist\n",
    )
    .unwrap();
    let renamed = build(&copy, &[]);
    assert!(renamed.code == 0 && renamed.err.contains(" 0 removed in "), "{}", renamed.err);
    // Outside the site, both are moved together or alone.
    let outside = folder.path().join("www");
    assert_eq!(build(&copy, &["-o", outside.to_str().unwrap()]).code, 0);
    fs::rename(&outside, folder.path().join("www2")).unwrap();
    let again = build(&copy, &["-o", folder.path().join("www2").to_str().unwrap()]);
    assert!(again.code == 0 && again.err.contains(" 0 written, "), "{}", again.err);
}

#[test]
fn the_refusal_of_a_foreign_folder_says_what_is_true() {
    let site = site().file("public/index.html", "à moi").file("public/photo.jpg", "à moi aussi");
    let run = site.build();
    assert_eq!(run.code, 1);
    assert!(run.err.contains("this site has no record of having written it"), "{}", run.err);
    assert!(run.err.contains("files of the same names are replaced, all others are kept"), "{}", run.err);
    let forced = site.run(&["build", "--today", TODAY, "--force"]);
    assert_eq!(forced.code, 0, "{}", forced.err);
    assert!(site.public("index.html").contains("Essai") && site.public("photo.jpg") == "à moi aussi");
}

// ---- files and folders -------------------------------------------------------------------------

#[test]
fn a_file_may_become_a_folder_and_a_folder_a_file() {
    let site = site().file("static/chose", "un fichier").file("static/dossier/a/b.txt", "b").built();
    fs::remove_file(site.path("static/chose")).unwrap();
    fs::remove_dir_all(site.path("static/dossier")).unwrap();
    let site = site.file("static/chose/index.html", "un dossier").file("static/dossier", "un fichier");
    let run = built(&site);
    assert!(
        run.err.contains("0 warnings") && run.err.contains("2 written") && run.err.contains("2 removed"),
        "{}",
        run.err
    );
    assert_eq!(site.tree("public"), cold(&site));
    fs::remove_dir_all(site.path("static/chose")).unwrap();
    let site = site.file("static/chose", "un fichier");
    built(&site);
    assert_eq!(site.tree("public"), cold(&site));
    // Somebody else's file in the folder is kept, and the folder with it.
    site.write("public/dossier2/a-moi.txt", "à moi");
    let site = site.file("static/dossier2", "x");
    let run = built(&site);
    assert!(run.err.contains("warning[edited-by-hand]"), "{}", run.err);
    assert_eq!(site.public("dossier2/a-moi.txt"), "à moi");
}

/// Any edits of names that are a file here and a folder there: incremental and clean builds agree.
#[test]
fn incremental_is_clean_whatever_becomes_a_folder() {
    const NAMES: [&str; 8] =
        ["a", "a/b", "a/b/index.html", "a/index.html", "c.txt", "c.txt/x", "posts/un/x.txt", "d/e/f"];
    let usual = Runs::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { usual.cases } else { 4 };
    let config = Runs {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20,
        rng_seed: RngSeed::Fixed(0xB10C),
        ..usual
    };
    let steps = vec((0..NAMES.len(), any::<bool>(), 0..3_u8), 6);
    TestRunner::new(config)
        .run(&steps, |steps| {
            let site = site();
            built(&site);
            for (name, is_there, text) in steps {
                let path = site.path("static").join(NAMES[name]);
                // Only one of a file and a folder can be there.
                for above in path.ancestors().skip(1).take_while(|above| *above != site.path("static")) {
                    if above.is_file() {
                        fs::remove_file(above).unwrap();
                    }
                }
                let _ = fs::remove_dir_all(&path);
                let _ = fs::remove_file(&path);
                if is_there {
                    site.write(&format!("static/{}", NAMES[name]), format!("texte {text}"));
                }
                let run = site.build();
                prop_assert_eq!(run.code, 0, "{}", run.err);
                prop_assert_eq!(site.tree("public"), cold(&site));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_copied_file_of_the_same_size_and_time_is_replaced() {
    let site = site();
    let path = site.path("static/note.txt");
    let time = fs::metadata(&path).unwrap().modified().unwrap() - Duration::from_secs(3600);
    let stamp =
        |file: &std::path::Path| File::options().write(true).open(file).unwrap().set_modified(time).unwrap();
    stamp(&path);
    built(&site);
    for text in ["deux mot", "trois mo"] {
        fs::write(&path, text).unwrap();
        stamp(&path);
        built(&site);
        assert_eq!(site.public("note.txt"), text);
        // By a rename, as editors save.
        let beside = site.path("static/autre");
        let text = text.to_uppercase();
        fs::write(&beside, &text).unwrap();
        stamp(&beside);
        fs::rename(&beside, &path).unwrap();
        built(&site);
        assert_eq!(site.public("note.txt"), text);
    }
}

#[test]
fn what_a_crash_leaves_empty_is_written_again() {
    let site = site().built();
    let good = site.tree("public");
    site.write("public/posts/un/index.html", "");
    site.write("public/note.txt", [0; 8]);
    let run = built(&site);
    assert!(run.err.contains("0 warnings") && run.err.contains("2 written"), "{}", run.err);
    assert_eq!(site.tree("public"), good);
}

// ---- mount points ------------------------------------------------------------------------------

/// Runs a shell script as root of a new mount namespace. `None` where the system does not allow it.
#[cfg(target_os = "linux")]
fn with_mounts(site: &Site, script: &str) -> Option<Run> {
    let program = env!("CARGO_BIN_EXE_pingmark");
    let shell = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-ec", script]).current_dir(site.root());
        command.env("NO_COLOR", "1").env("PINGMARK", program).output()
    };
    if !shell("mkdir -p monte && mount -t tmpfs x monte").is_ok_and(|run| run.status.success()) {
        return None;
    }
    Some(Run::of(shell(script).expect("it starts")))
}

#[cfg(target_os = "linux")]
#[test]
fn a_mount_point_can_be_the_output_folder() {
    let site = site().file("bind/vide", "x");
    let build = format!("\"$PINGMARK\" build --today {TODAY}");
    for mount in ["mount -t tmpfs x public", "rm bind/vide; mount --bind bind public"] {
        let script = format!(
            "mkdir -p public bind; touch bind/vide; {mount}\n\
             {build} && echo 'encore' >> static/note.txt && {build} && {build}\n\
             cat public/note.txt public/posts/un/index.html; ls -a public; ls -a"
        );
        let Some(run) = with_mounts(&site, &script) else { return };
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.out.contains("encore") && run.out.contains("Le premier billet."), "{}", run.out);
        assert!(!run.out.contains(".pingmark-"), "a staging folder is left: {}", run.out);
        let _ = fs::remove_dir_all(site.path(".pingmark"));
    }
    // Foreign files on another file system, with --force.
    let script =
        format!("mkdir -p public; mount -t tmpfs x public; echo x > public/y; {build} --force; cat public/y");
    let Some(run) = with_mounts(&site, &script) else { return };
    assert_eq!((run.code, run.out.as_str()), (0, "x\n"), "{}", run.err);
}

// ---- addresses that vanish ---------------------------------------------------------------------

fn post(title: &str, more: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2026-01-01\ndescription: Un essai.\n{more}---\n\n{body}\n")
}

#[test]
fn an_address_that_vanishes_is_told_with_the_file_that_looks_like_it() {
    let body = "Un billet comme un autre.";
    let site =
        || Site::new().post("temoin", "Texte.").file("content/posts/ancien.md", post("Un billet", "", body));
    let warned = |site: &Site, file: &str, words: &str| {
        // `check` tells it before it happens, and the build when it does. Then it is done.
        for command in ["check", "build"] {
            let run = site.run(&[command, "--today", TODAY]);
            assert_eq!(run.code, 0, "{}", run.err);
            assert_eq!(run.err.matches("warning[address-gone]").count(), 1, "{command}: {}", run.err);
            assert!(run.err.contains(words), "{words}: {}", run.err);
            assert!(run.err.contains("`aliases: [/posts/ancien/]`"), "{}", run.err);
            assert!(file.is_empty() || run.err.contains(&format!("--> {file}:")), "{file}: {}", run.err);
        }
        assert!(!site.build().err.contains("address-gone"));
    };
    let renamed = |to: &str, text: String| {
        let site = site();
        built(&site);
        fs::remove_file(site.path("content/posts/ancien.md")).unwrap();
        site.file(&format!("content/posts/{to}"), text)
    };
    // The file was renamed; renamed and rewritten; renamed to something alike with another title.
    warned(
        &renamed("tout-neuf.md", post("Un billet", "", body)),
        "content/posts/tout-neuf.md",
        "this file looks like it",
    );
    warned(
        &renamed("tout-neuf.md", post("Un billet", "", "Autre.")),
        "content/posts/tout-neuf.md",
        "looks like it",
    );
    warned(&renamed("anciens.md", post("Titre", "", "Autre.")), "content/posts/anciens.md", "looks like it");
    // The same file has another slug, or is a draft now.
    warned(
        &renamed("ancien.md", post("Un billet", "slug: autre\n", body)),
        "content/posts/ancien.md",
        "has another address now",
    );
    warned(
        &renamed("ancien.md", post("Un billet", "draft: true\n", body)),
        "content/posts/ancien.md",
        "is a draft now",
    );
    // Nothing looks like it.
    warned(&renamed("zzz.md", post("Titre", "", "Autre.")), "", "no file looks like it");
    // With an alias, or with a file of the site's own at the old address, nothing is missing.
    let aliased = renamed("tout-neuf.md", post("Un billet", "aliases: [/posts/ancien/]\n", body));
    assert!(!built(&aliased).err.contains("address-gone"));
    // The output folder was emptied meanwhile: the address had been published all the same.
    let emptied = renamed("tout-neuf.md", post("Un billet", "", body));
    fs::remove_dir_all(emptied.path("public")).unwrap();
    warned(&emptied, "content/posts/tout-neuf.md", "looks like it");
}

// ---- Ctrl-C ------------------------------------------------------------------------------------

#[cfg(unix)]
#[test]
fn ctrl_c_during_images_ends_the_build_at_once() {
    let mut text = String::new();
    let mut site = site();
    for number in 0..3 {
        text.push_str(&format!("![x](grande-{number}.jpg)\n\n"));
        site = site.file(
            &format!("content/posts/photos/grande-{number}.jpg"),
            super::support::jpeg(5000 + number, 3500),
        );
    }
    let site = site.file("content/posts/photos/index.md", post("Photos", "", &text));
    let mut child = site.command(&["build", "--today", TODAY]).stderr(Stdio::null()).spawn().unwrap();
    // Images are made last: by then the pages are staged.
    let until = Instant::now() + Duration::from_secs(20);
    let is_staged = || {
        let entries = fs::read_dir(site.root()).unwrap().flatten().map(|entry| entry.path());
        entries
            .filter(|path| path.to_string_lossy().contains(".pingmark-"))
            .any(|path| path.join("sitemap.xml").exists())
    };
    while !is_staged() {
        assert!(Instant::now() < until, "nothing was staged");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(100));
    let asked = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    assert!(asked.elapsed() < Duration::from_millis(1500), "it took {:?}", asked.elapsed());
    assert_eq!(status.code(), Some(130));
    assert!(!site.path("public").exists());
    let left: Vec<_> = fs::read_dir(site.root()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".pingmark-")), "{left:?}");
}

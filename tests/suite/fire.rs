//! Fault injection: builds killed at any moment and at every step, a full disk, a read-only folder.
//! Every published file is the old one or the new one, and the next build ends in the output of a
//! clean build, whatever was left behind.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::support::{Run, Site, TODAY};

type Tree = BTreeMap<String, Vec<u8>>;

/// Posts whose text contains a version number, and a page that only this version has.
fn write(site: &Site, posts: usize, version: usize) {
    for n in 0..posts {
        let text = format!(
            "---\ntitle: Texte {n}\ndate: 2026-02-01\ndescription: x\ntags: [veille]\n---\n\n\
             Version {version}, [un](texte-0.md) parmi d'autres.\n"
        );
        site.write(&format!("content/posts/texte-{n}.md"), text);
    }
    if let Some(before) = version.checked_sub(1) {
        let _ = fs::remove_file(site.path(&format!("content/page-{before}.md")));
    }
    site.write(&format!("content/page-{version}.md"), "---\ntitle: Page\ndescription: x\n---\n\nx\n");
}

fn leftovers(site: &Site) -> Vec<String> {
    let names = fs::read_dir(site.root()).expect("a folder").flatten();
    names.map(|e| e.file_name().to_string_lossy().into_owned()).filter(|n| n.contains("pingmark-")).collect()
}

/// Fails unless every file is as in one of the two trees.
fn assert_old_or_new(found: &Tree, old: &Tree, new: &Tree, what: &str) {
    for (name, bytes) in found {
        let known = [old.get(name), new.get(name)].into_iter().flatten().any(|known| known == bytes);
        assert!(known, "{what}: {name} is neither the old file nor the new one");
    }
    for name in old.keys().filter(|name| new.contains_key(*name)) {
        assert!(found.contains_key(name), "{what}: {name} is missing");
    }
}

/// Fails unless one more build gives the output of a clean build.
fn assert_converges(site: &Site, new: &Tree, what: &str) {
    let run = site.build();
    assert_eq!(run.code, 0, "{what}: {}", run.err);
    // Pages that the new sources lack are told; nothing else is.
    let (all, gone) = (run.err.matches("warning[").count(), run.err.matches("warning[address-gone]").count());
    assert_eq!(all, gone, "{what}: {}", run.err);
    assert!(site.tree("public") == *new, "{what}: the output differs from a clean build");
    assert_eq!(leftovers(site), [""; 0], "{what}");
}

/// The output of a clean build of the same sources.
fn clean(twin: &Site, posts: usize, version: usize) -> Tree {
    write(twin, posts, version);
    let run = twin.run(&["build", "--today", TODAY, "--no-cache"]);
    assert_eq!(run.code, 0, "{}", run.err);
    twin.tree("public")
}

/// Two hundred builds, each killed at another moment. After every fifth, one build runs to its end.
#[cfg(unix)]
#[test]
fn two_hundred_killed_builds_do_no_harm() {
    const POSTS: usize = 12;
    // Images that are drawn once would make the first build longer than the ones that are killed.
    let plain = || {
        Site::empty()
            .file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\nsocial: {cards: false}\n")
    };
    let (site, twin) = (plain(), plain());
    write(&site, POSTS, 0);
    let site = site.built();
    let mut states = vec![clean(&twin, POSTS, 0)];
    assert!(site.tree("public") == states[0]);
    let started = Instant::now();
    write(&site, POSTS, 1);
    states.push(clean(&twin, POSTS, 1));
    assert_eq!(site.build().code, 0);
    let length = started.elapsed().div_f64(2.0);
    let mut state = 0x2545_f491_u32;
    let mut met = 0;
    for round in 2..202 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let delay = length.mul_f64(1.1 * f64::from(state) / f64::from(u32::MAX));
        write(&site, POSTS, round);
        states.push(clean(&twin, POSTS, round));
        let mut command = site.command(&["build", "--today", TODAY]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(delay);
        child.kill().expect("SIGKILL");
        met += usize::from(!child.wait().expect("it ends").success());
        let what = format!("round {round}, killed after {delay:?} of {length:?}");
        // Several killed builds in a row may have left files of several versions.
        let found = site.tree("public");
        for (name, bytes) in &found {
            let known =
                states.iter().rev().take(7).filter_map(|tree| tree.get(name)).any(|known| known == bytes);
            assert!(known, "{what}: {name} is of no version that was built");
        }
        for name in states[round].keys().filter(|name| states[round - 6.min(round)].contains_key(*name)) {
            assert!(found.contains_key(name), "{what}: {name} is missing");
        }
        if round % 5 == 0 {
            assert_converges(&site, &states[round], &what);
        }
    }
    assert!(met > 50, "only {met} of 200 builds were killed while running");
}

/// The fault injected at a step.
fn tried(site: &Site, step: usize, how: &str) -> Run {
    let mut command = site.command(&["build", "--today", TODAY]);
    Run::of(command.env("PINGMARK_FAULT", format!("{step}{how}")).output().expect("it starts"))
}

/// Injects a fault at each step in turn, until a build has fewer steps; returns their number. With
/// `first` there is no published site yet.
fn every_step(how: &str, first: bool) -> usize {
    const POSTS: usize = 2;
    let twin = Site::new();
    let old = if first { Tree::new() } else { clean(&twin, POSTS, 0) };
    let new = clean(&twin, POSTS, 1);
    for step in 1.. {
        let mut site = Site::new();
        if !first {
            write(&site, POSTS, 0);
            site = site.built();
        }
        write(&site, POSTS, 1);
        let run = tried(&site, step, how);
        let what =
            format!("step {step}{how} of a {} build: {}", if first { "first" } else { "later" }, run.err);
        let found = site.tree("public");
        if run.code == 0 {
            // A failure to write the cache leaves the site complete.
            assert!(found == new, "{what}");
            assert_eq!(leftovers(&site), [""; 0], "{what}");
            if !run.err.contains("cache not saved") && tried(&site, 10_000, how).code == 0 && step > 20 {
                return step;
            }
            continue;
        }
        assert_old_or_new(&found, &old, &new, &what);
        if !how.is_empty() {
            // The build was not killed: it reports what failed and where, and cleans up.
            assert_eq!(run.code, 1, "{what}");
            assert!(run.err.contains('`') && !run.err.contains("panicked"), "{what}");
            assert_eq!(leftovers(&site), [""; 0], "{what}");
            let says_nothing = run.err.contains("nothing was published");
            assert!(!says_nothing || found == old, "{what}");
            assert!(says_nothing || run.err.contains("each file is intact"), "{what}");
        }
        assert_converges(&site, &new, &what);
    }
    unreachable!("a build has an end")
}

/// The process is killed at each step.
#[cfg(all(unix, debug_assertions))]
#[test]
fn a_build_may_end_at_every_step() {
    assert!(every_step("", true) > 30);
    assert!(every_step("", false) > 30);
}

/// From some step on, the disk is full or the folder is read-only.
#[cfg(debug_assertions)]
#[test]
fn a_build_may_fail_at_every_step() {
    for how in [":full", ":denied"] {
        assert!(every_step(how, true) > 30);
        assert!(every_step(how, false) > 30);
    }
}

/// On a file system that is really full, and on one that is really read-only, where the test may
/// mount them.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_read_only_one() {
    let site = Site::new();
    write(&site, 30, 0);
    let script = |setup: &str| {
        format!(
            "set -e; mkdir -p disk; mount -t tmpfs -o size=400k none disk; {setup}; \
             \"$0\" build --today {TODAY} --output-dir disk/public 2>err || echo \"code $?\"; \
             find disk -mindepth 1 | sort | head -40; cat err"
        )
    };
    let run = |setup: &str| {
        let mut command = std::process::Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script(setup)]);
        command.arg(env!("CARGO_BIN_EXE_pingmark")).current_dir(site.root()).env("NO_COLOR", "1");
        command.output().map(Run::of)
    };
    if !run("exit 0").is_ok_and(|run| run.code == 0) {
        // Not every system lets a test mount a file system.
        return;
    }
    let full = run("true").expect("it ran before");
    assert!(full.out.contains("code 1") && full.out.contains("No space left"), "{}\n{}", full.out, full.err);
    assert!(
        !full.out.lines().any(|line| line.starts_with("disk/")),
        "staging folders are left: {}",
        full.out
    );
    let locked = run("mkdir disk/public; mount -o remount,ro disk").expect("it ran before");
    assert!(
        locked.out.contains("code 1") && locked.out.contains("Read-only"),
        "{}\n{}",
        locked.out,
        locked.err
    );
}

/// Eight builds at once give the output of one.
#[test]
fn eight_builds_at_once() {
    let (site, twin) = (Site::new(), Site::new());
    write(&site, 20, 0);
    let new = clean(&twin, 20, 0);
    let started = Instant::now();
    let children: Vec<_> = (0..8)
        .map(|_| {
            let mut command = site.command(&["build", "--today", TODAY]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    assert!(started.elapsed() < Duration::from_secs(60));
    assert!(site.tree("public") == new);
    assert_converges(&site, &new, "after eight builds at once");
}

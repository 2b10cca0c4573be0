//! Build script: the commit and its date, which `pingmark --version` prints.
//!
//! `PINGMARK_COMMIT` and `PINGMARK_COMMIT_DATE` go before what git says, for sources that travel without
//! their history. A debug build names no commit, so that the next commit does not compile it again.

#![expect(
    clippy::disallowed_macros,
    reason = "Cargo reads the instructions of a build script from its output"
)]

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=packaging/commit.rs");
    for name in ["PINGMARK_COMMIT", "PINGMARK_COMMIT_DATE"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let build = match (given(), is_release) {
        (Some(commit), _) => commit,
        (None, true) => last_commit().unwrap_or_else(|| "built from source".to_owned()),
        (None, false) => "development build".to_owned(),
    };
    println!("cargo::rustc-env=PINGMARK_BUILD={build}");
}

/// The commit that the environment names, with its date if that is named too.
fn given() -> Option<String> {
    let named = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let commit: String = named("PINGMARK_COMMIT")?.trim().chars().take(9).collect();
    let date = named("PINGMARK_COMMIT_DATE").map(|date| format!(" {}", date.trim()));
    Some(format!("{commit}{}", date.unwrap_or_default()))
}

/// The last commit of the repository that this folder is the root of. A copy of the sources within
/// another repository has no commit: the one of that repository would be a wrong answer.
fn last_commit() -> Option<String> {
    let root = env::var("CARGO_MANIFEST_DIR").ok()?;
    if !Path::new(&root).join(".git").exists() {
        return None;
    }
    if let Some(log) = git(&root, &["rev-parse", "--git-path", "logs/HEAD"]) {
        let log = Path::new(&root).join(log);
        if log.exists() {
            println!("cargo::rerun-if-changed={}", log.display());
        }
    }
    git(&root, &["log", "-1", "--abbrev=9", "--format=%h %cs"])
}

/// The first line that git answers, if it succeeds and answers.
fn git(root: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let line = answer.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

//! Input that nobody should write and somebody does. A build ends soon, says what is wrong and
//! where, never panics, and neither reads nor writes where it should not.

#![expect(clippy::type_complexity, reason = "a table of cases spells out its type")]

mod bytes;
mod escaping;
mod inert;
mod links;
mod markdown;
mod mentions;
mod names;
mod pictures;
mod templates;
mod traversal;
mod yaml;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{Run, Site, TODAY};

/// Longest that a debug build of the program may take for one hostile site.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// Builds a site. Fails when the build takes longer than [`TIME_LIMIT`], panics or ends in a signal.
/// `what` names the case in failure messages.
fn build(site: &Site, what: &str) -> Run {
    let log = site.path("stderr.log");
    let mut child = site
        .command(&["build", "--today", TODAY, "--format", "short"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&log).expect("a file"))
        .spawn()
        .expect("the program starts");
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a state") {
            break status;
        }
        if started.elapsed() > TIME_LIMIT {
            child.kill().expect("SIGKILL");
            child.wait().expect("it ends");
            panic!("{what}: still running after {TIME_LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let err = String::from_utf8_lossy(&fs::read(&log).expect("readable")).into_owned();
    fs::remove_file(&log).expect("it was made above");
    let code = status.code().unwrap_or_else(|| panic!("{what}: {status}: {err}"));
    assert!(matches!(code, 0..=2) && !err.contains("panicked"), "{what}: {status}: {err}");
    Run { code, out: String::new(), err }
}

/// A post with more front matter.
fn post(more: &str) -> String {
    format!("---\ntitle: Titre\ndate: 2026-01-01\n{more}\n---\n\nTexte.\n")
}

/// The errors and warnings of `--format short`, one a line.
fn diagnostics(run: &Run) -> BTreeSet<&str> {
    run.err.lines().filter(|line| line.contains("error[") || line.contains("warning[")).collect()
}

/// Fails unless a build fails, reports every expected text and publishes nothing.
fn assert_refused(site: &Site, what: &str, expected: &[&str]) {
    let run = build(site, what);
    assert_eq!(run.code, 1, "{what}: {}", run.err);
    for word in expected {
        assert!(run.err.contains(word), "{what}: {word:?} is missing from\n{}", run.err);
    }
    assert!(!site.path("public").exists(), "{what}: something was published");
}

/// Checks every case of a table and reports all that fail instead of the first.
fn every<T>(cases: impl IntoIterator<Item = T>, check: impl Fn(T)) {
    let check = |case| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(case))).err();
    let failures: Vec<String> = cases
        .into_iter()
        .filter_map(check)
        .map(|payload| {
            payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "a check failed".to_owned())
        })
        .collect();
    assert!(failures.is_empty(), "{} cases failed:\n{}", failures.len(), failures.join("\n"));
}

/// A text as a double-quoted YAML string. JSON's escapes are valid YAML; the characters that YAML
/// accepts only when escaped are escaped on top.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("JSON of a text");
    let sign = |c: char| match c {
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            format!("\\u{:04x}", u32::from(c))
        }
        c => c.to_string(),
    };
    json.chars().map(sign).collect()
}

/// The smallest config with more settings.
fn config(more: &str) -> String {
    format!("title: Essai\nbase_url: https://essai.example\n{more}\n")
}

//! Templates that do not end, or take all memory: the program ends, names the template, and leaves
//! nothing behind.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::support::{Run, Site, TODAY};

const LOOPS: &str = "{% for a in range(end=99999) %}{% for b in range(end=99999) %}\
                     {% for c in range(end=99999) %}{% endfor %}{% endfor %}{% endfor %}";

fn build(site: &Site, seconds: &str) -> Run {
    let mut command = site.command(&["build", "--today", TODAY]);
    Run::of(command.env("PINGMARK_RENDER_SECONDS", seconds).output().expect("the program starts"))
}

/// Nothing but the state folder is left beside the sources.
fn assert_clean(site: &Site) {
    let names: Vec<String> = std::fs::read_dir(site.root())
        .expect("the site")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !["pingmark.yaml", "content", "templates", ".pingmark"].contains(&name.as_str()))
        .collect();
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn a_loop_without_end_is_told_with_its_template() {
    for (path, text, name) in [
        ("templates/post.html", LOOPS.to_owned(), "templates/post.html"),
        ("templates/partials/card.html", LOOPS.to_owned(), "card.html"),
        (
            "templates/components/c.html",
            format!("{{% component c() %}}{LOOPS}{{% endcomponent c %}}"),
            "templates/components/c.html",
        ),
    ] {
        let site = Site::new().post("un", "Un.\n\n{{ <c /> }}\n").file(path, text);
        let site = match path.ends_with("c.html") {
            true => site,
            false => site.post("un", "Un."),
        };
        let run = build(&site, "2");
        assert_eq!(run.code, 1, "{path}: {}", run.err);
        assert!(run.err.contains(name) && run.err.contains("seconds"), "{path}: {}", run.err);
        assert_clean(&site);
    }
}

#[test]
fn a_text_that_is_doubled_for_ever_takes_no_more_than_its_share() {
    let doubled = format!("{{% set x = \"0123456789\" %}}{}", "{% set x = x ~ x %}".repeat(40));
    let site = Site::new().post("un", "Un.").file("templates/post.html", doubled);
    let run = build(&site, "120");
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("templates/post.html") && run.err.contains("MB of memory"), "{}", run.err);
    assert!(run.err.contains("/posts/un/"), "{}", run.err);
    assert_clean(&site);
}

#[test]
fn ctrl_c_ends_a_template_that_does_not_end() {
    let site = Site::new().post("un", "Un.").file("templates/post.html", LOOPS);
    let mut command = site.command(&["build", "--today", TODAY]);
    let mut child = command.stderr(Stdio::null()).spawn().expect("the program starts");
    // The staging folder is there while pages are rendered.
    let started = Instant::now();
    let is_staging = || std::fs::read_dir(site.root()).expect("the site").count() > 4;
    while !is_staging() && started.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(200));
    let asked = Instant::now();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    let status = child.wait().expect("it ends");
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(status.code(), Some(130));
    assert_clean(&site);
}

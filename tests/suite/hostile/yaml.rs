//! Front matter and config that are not the YAML they should be.

use super::{assert_refused, build, config, every, post};
use crate::support::Site;

/// Invalid YAML and YAML bombs are errors with line and column, and are found at once.
#[test]
fn yaml_traps_are_errors_at_their_place() {
    let bomb: String = (b'b'..=b'j')
        .map(|c| {
            let (own, other) = (char::from(c), char::from(c - 1));
            format!("{own}: &{own} [{}]\n", vec![format!("*{other}"); 9].join(","))
        })
        .collect();
    let bomb = format!("extra:\n  a: &a [x,x,x,x,x,x,x,x,x]\n{}", indented(&bomb));
    // The text, the code expected in a front matter and in the config, the line in the text.
    let cases: Vec<(&str, String, &str, &str, usize)> = vec![
        ("alias bomb", bomb, "front-matter-syntax", "yaml-syntax", 0),
        ("alias of itself", "extra: &a [*a]".into(), "front-matter-syntax", "yaml-syntax", 0),
        ("unknown alias", "extra: *rien".into(), "front-matter-syntax", "yaml-syntax", 1),
        ("64 KiB of [", format!("extra: {}", "[".repeat(65_000)), "front-matter-syntax", "yaml-syntax", 1),
        ("64 KiB of {", format!("extra: {}", "{".repeat(65_000)), "front-matter-syntax", "yaml-syntax", 1),
        (
            "64 KiB of - ",
            format!("extra:\n  {}", "- ".repeat(32_000)),
            "front-matter-syntax",
            "yaml-syntax",
            0,
        ),
        (
            "64 KiB of ? ",
            format!("extra:\n  {}", "? ".repeat(32_000)),
            "front-matter-syntax",
            "yaml-syntax",
            0,
        ),
        (
            "64 KiB of &a ",
            format!("extra: {}", "&a ".repeat(21_000)),
            "front-matter-syntax",
            "yaml-syntax",
            1,
        ),
        ("64 KiB of !", format!("extra: {}", "!a ".repeat(21_000)), "front-matter-syntax", "yaml-syntax", 1),
        ("a key twice", "lang: fr\nextra: {}\nlang: fr".into(), "front-matter-syntax", "yaml-syntax", 3),
        ("a tab", "extra:\n\ta: 1".into(), "front-matter-syntax", "yaml-syntax", 2),
        ("a bare colon", "description: un: deux".into(), "front-matter-syntax", "yaml-syntax", 1),
        ("an open quote", "description: \"un".into(), "front-matter-syntax", "yaml-syntax", 0),
        ("a control character", "description: \"a\u{1}b\"".into(), "front-matter-syntax", "yaml-syntax", 1),
        ("a bad escape", "description: \"\\q\"".into(), "front-matter-syntax", "yaml-syntax", 1),
        ("a list at the top", "- a\n- b".into(), "front-matter-syntax", "yaml-syntax", 0),
        ("a group where text belongs", "description: {a: b}".into(), "wrong-value", "wrong-value", 1),
        ("a list where text belongs", "lang: [fr, en]".into(), "wrong-value", "wrong-value", 1),
    ];
    every(cases, |(what, yaml, in_post, in_config, line)| {
        let head = "title: Essai\n";
        let (head, config_head) = match yaml.starts_with('-') {
            true => ("", ""),
            false => (head, "title: Essai\nbase_url: https://essai.example\n"),
        };
        let place = |file: &str, before: usize| match line {
            0 => format!("{file}:"),
            line => format!("{file}:{}:", line + before),
        };
        let site = Site::new().file("content/mal.md", format!("---\n{head}{yaml}\n---\n\nTexte.\n"));
        let at = place("content/mal.md", 1 + head.lines().count());
        assert_refused(&site, &format!("{what} in a post"), &[&at, &format!("[{in_post}]")]);
        let site = Site::new().file("pingmark.yaml", format!("{config_head}{yaml}\n"));
        let at = place("pingmark.yaml", config_head.lines().count());
        assert_refused(&site, &format!("{what} in the config"), &[&at, &format!("[{in_config}]")]);
    });
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// Mistakes that only one of the two files can have. A misspelt key is answered with the nearest one.
#[test]
fn yaml_mistakes_are_explained() {
    let cases: Vec<(&str, String, i32, &[&str])> = vec![
        ("pingmark.yaml", config("descripton: x"), 1, &["pingmark.yaml:3:1", "description"]),
        ("pingmark.yaml", config("feed:\n  limti: 3"), 1, &["pingmark.yaml:4:3", "limit"]),
        ("pingmark.yaml", config("paginate: 1e400"), 1, &["pingmark.yaml:3:", "[wrong-value]"]),
        ("pingmark.yaml", config("paginate: -1"), 1, &["pingmark.yaml:3:", "[wrong-value]"]),
        ("pingmark.yaml", config("paginate: dix"), 1, &["pingmark.yaml:3:", "[wrong-value]"]),
        ("pingmark.yaml", config("---\ntitle: Deux"), 1, &["pingmark.yaml:", "[yaml-syntax]"]),
        ("content/x.md", post("tgas: [a]"), 0, &["content/x.md:4:1", "tags", "warning[unknown-key]"]),
        ("content/x.md", post("weight: 1e400"), 1, &["content/x.md:4:", "[wrong-value]"]),
        ("content/x.md", post("date: 2026-01-02"), 1, &["content/x.md:4:", "`date`"]),
        ("content/x.md", post("12: douze"), 1, &["content/x.md:", "[front-matter-key]"]),
        ("content/x.md", post("draft: peut-être"), 1, &["content/x.md:4:", "[wrong-value]"]),
        ("content/x.md", post("tags: {a: {b: c}}"), 1, &["content/x.md:4:", "[wrong-value]"]),
        ("content/x.md", post("extra: {n: 1e400, i: .inf, j: .nan}"), 0, &["0 warnings"]),
        ("content/x.md", post("tags: !!binary aGVsbG8="), 0, &[]),
        ("content/x.md", post("tags: &t [a]\ncategories: *t"), 0, &["0 warnings"]),
        ("content/x.md", post("tags: [~, '', ' ']"), 0, &["0 warnings"]),
    ];
    every(cases, |(path, text, code, words)| {
        let site = Site::new().file(path, &text);
        let run = build(&site, &text);
        assert_eq!(run.code, code, "{text}\n{}", run.err);
        for word in words {
            assert!(run.err.contains(word), "{text}\n{word:?} is missing from\n{}", run.err);
        }
    });
}

//! Input as nobody should write it, and some does: a build ends soon, says what is wrong and
//! where, never panics, and never writes or reads where it should not.

#![expect(clippy::type_complexity, reason = "a table of cases says its own type")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use scraper::{ElementRef, Html, Selector};

use super::support::{Run, Site, TODAY, is_of_the_theme, png};

/// Longest a build of one hostile file may take, in a debug build.
const PATIENCE: Duration = Duration::from_secs(5);

/// Builds a site; fails when that takes too long, or ends in a panic or a signal.
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
        if started.elapsed() > PATIENCE {
            child.kill().expect("SIGKILL");
            child.wait().expect("it ends");
            panic!("{what}: not done after {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let err = String::from_utf8_lossy(&fs::read(&log).expect("readable")).into_owned();
    fs::remove_file(&log).expect("it was made above");
    let code = status.code().unwrap_or_else(|| panic!("{what}: {status}: {err}"));
    assert!(matches!(code, 0..=2) && !err.contains("panicked"), "{what}: {status}: {err}");
    Run { code, out: String::new(), err }
}

fn post(more: &str) -> String {
    format!("---\ntitle: Titre\ndate: 2026-01-01\n{more}\n---\n\nTexte.\n")
}

/// The errors and warnings of `--format short`, one a line.
fn diagnostics(run: &Run) -> BTreeSet<&str> {
    run.err.lines().filter(|line| line.contains("error[") || line.contains("warning[")).collect()
}

/// A build must fail, and tell a code at a place.
fn assert_refused(site: &Site, what: &str, expected: &[&str]) {
    let run = build(site, what);
    assert_eq!(run.code, 1, "{what}: {}", run.err);
    for word in expected {
        assert!(run.err.contains(word), "{what}: no {word:?} in\n{}", run.err);
    }
    assert!(!site.path("public").exists(), "{what}: something was published");
}

/// Checks every case of a table, and tells all that fail instead of the first.
fn every<T>(cases: impl IntoIterator<Item = T>, check: impl Fn(T)) {
    let check = |case| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(case))).err();
    let failures: Vec<String> = cases
        .into_iter()
        .filter_map(check)
        .map(|payload| {
            payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "a check failed".to_owned())
        })
        .collect();
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}

// ---- 11, 12: bytes ----------------------------------------------------------------------

/// Hazard 11: what is not UTF-8 is named with its line; everything else is diagnosed all the same.
#[test]
fn bytes_that_are_no_text_are_named() {
    let cases: [(&str, &[u8], &[&str]); 6] = [
        ("Latin-1", b"---\ntitle: \xe9t\xe9\n---\n", &["line 2", "not UTF-8"]),
        ("a stray byte at the end", b"---\ntitle: x\n---\n\nfin\n\xff", &["line 6", "not UTF-8"]),
        ("overlong", b"---\ntitle: \xc0\xaf\n---\n", &["line 2"]),
        ("a surrogate", b"---\ntitle: \xed\xa0\x80\n---\n", &["line 2"]),
        ("UTF-16, little end first", b"\xff\xfe-\0-\0-\0\n\0", &["UTF-16"]),
        ("UTF-16, big end first", b"\xfe\xff\0-\0-\0-\0\n", &["UTF-16"]),
    ];
    for path in ["content/posts/mal.md", "content/mal.md", "templates/post.html", "pingmark.yaml"] {
        for (what, bytes, words) in cases {
            let site = Site::new().file(path, bytes).file("content/autre.md", "---\ntitle: [\n---\n");
            let what = format!("{what} in {path}");
            assert_refused(&site, &what, words);
            let run = build(&site, &what);
            assert!(run.err.contains(path), "{what}: the file is not named in\n{}", run.err);
            assert!(run.err.contains("content/autre.md:"), "{what}: the other error is lost\n{}", run.err);
        }
    }
}

/// Hazard 11: file names that are not UTF-8 are errors, each told for itself.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_errors() {
    use std::os::unix::ffi::OsStrExt as _;
    for folder in ["content/posts", "static", "templates"] {
        let site = Site::new().post("un", "Texte.");
        fs::create_dir_all(site.path(folder)).expect("a folder");
        for name in [&b"\xe9t\xe9.md"[..], b"\xe8t\xe8.md"] {
            let path = site.path(folder).join(std::ffi::OsStr::from_bytes(name));
            fs::write(path, post("")).expect("Linux takes any name");
        }
        assert_refused(&site, folder, &["file-name", "UTF-8", folder]);
        let run = build(&site, folder);
        assert_eq!(diagnostics(&run).len(), 2, "{folder}: {}", run.err);
    }
}

/// Hazard 11: a byte order mark and Windows's or old Mac's line ends leave no trace.
#[test]
fn marks_and_line_ends_leave_no_trace() {
    let texts = [
        (
            "pingmark.yaml",
            "title: Essai\nbase_url: https://essai.example\ndescription: |\n  Deux\n  lignes\n",
        ),
        (
            "content/posts/un.md",
            "---\ntitle: Un\ndate: 2026-01-01\ntags:\n  - a\n  - b\n---\n\nTexte  \nsuite.\n\n\
             ```rust\nfn f() {\n}\n```\n\n{% <note> %}\nUne note.\n{% </note> %}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        ),
        ("templates/404.html", "<!doctype html>\n<pre>\n{{ t.not_found }}\n</pre>\n"),
    ];
    let made = |change: &dyn Fn(&str) -> Vec<u8>| {
        let site = texts.iter().fold(Site::empty(), |site, (path, text)| site.file(path, change(text)));
        let run = build(&site, "line ends");
        assert_eq!(run.code, 0, "{}", run.err);
        site.tree("public")
    };
    let plain = made(&|text| text.as_bytes().to_vec());
    let changes: [(&str, &dyn Fn(&str) -> Vec<u8>); 4] = [
        ("a mark", &|text| [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("\\r\\n", &|text| text.replace('\n', "\r\n").into_bytes()),
        ("\\r", &|text| text.replace('\n', "\r").into_bytes()),
        ("a mark and \\r\\n", &|text| [b"\xef\xbb\xbf", text.replace('\n', "\r\n").as_bytes()].concat()),
    ];
    for (what, change) in changes {
        assert!(made(change) == plain, "{what} changed the output");
    }
}

/// Hazard 12: a text over 10 MiB and a front matter over 64 KiB are refused; a photo is not.
#[test]
fn what_is_too_big_is_refused() {
    let huge = |site: &Site, path: &str| {
        site.write(path, "---\ntitle: x\n---\n");
        let file = File::options().write(true).open(site.path(path)).expect("a file");
        file.set_len(10 * 1024 * 1024 + 1).expect("a sparse file");
    };
    for path in ["content/posts/long.md", "templates/post.html", "pingmark.yaml"] {
        let site = Site::new();
        huge(&site, path);
        assert_refused(&site, path, &["10 MB", path]);
    }
    let site =
        Site::new().file("content/x.md", format!("---\ntitle: x\nnote: {}\n---\n", "y".repeat(65 * 1024)));
    assert_refused(&site, "a long front matter", &["64 kB", "content/x.md:1"]);
    let site = Site::new();
    huge(&site, "static/photo.jpg");
    assert_eq!(build(&site, "a big photo").code, 0);
    assert_eq!(
        fs::metadata(site.path("public/photo.jpg")).expect("it was copied").len(),
        10 * 1024 * 1024 + 1
    );
}

// ---- 14: Markdown -----------------------------------------------------------------------

/// Hazard 14: ten thousand times what parsers of Markdown are slow or recursive about: done in
/// seconds, without overflow of the stack.
fn assert_patient_with(families: &[(&str, String)]) {
    every(families, |(what, text)| {
        let site = Site::new().post("cible", "Texte.").post("mal", text);
        let started = Instant::now();
        build(&site, what);
        let took = started.elapsed();
        assert!(took < PATIENCE / 2, "{what}: {took:?}");
    });
}

const MANY: usize = 10_000;

fn times(text: &str) -> String {
    text.repeat(MANY)
}

fn each(line: impl Fn(usize) -> String) -> String {
    (0..MANY).map(line).collect()
}

#[test]
fn nested_blocks_cost_little() {
    assert_patient_with(&[
        ("quotes in quotes", format!("{} fin", times(">"))),
        ("quotes and lists", format!("{} fin", times("> - "))),
        ("lists in lists on a line", format!("{} fin", times("- "))),
        ("lists in lists, indented", (0..600).map(|n| format!("{}- x\n", "  ".repeat(n))).collect()),
        ("lazy quotes", each(|_| "> a\nb\n".to_owned())),
        ("alerts in alerts", format!("{}[!NOTE]\n", times("> "))),
        ("alerts", times("> [!TIP]\n> x\n\n")),
        ("fences never closed", times("~~~\n> ```\n")),
        ("definitions", times("x\n: y\n\n")),
        ("tables", format!("|{}|\n|{}|\n{}", "a|".repeat(1000), "-|".repeat(1000), "|x\n".repeat(1000))),
        ("tables of empty rows", format!("a|b\n-|-\n{}", times("|\n"))),
        ("headings of one name", times("# a\n\n")),
        ("setext", times("a\n-\n")),
        ("headings ever deeper", each(|n| format!("{} h{n}\n\n", "#".repeat(n % 6 + 1)))),
        ("thematic breaks", times("* * *\n")),
        ("blanks", format!("a{}b", times("\n \t\n"))),
    ]);
}

#[test]
fn nested_inlines_cost_little() {
    assert_patient_with(&[
        ("open brackets", times("[")),
        ("open links", times("[a](")),
        ("open links with targets", times("[a](<b")),
        ("open images", times("![")),
        ("images in images", format!("{}{}", times("!["), times("](/x)"))),
        ("closed brackets", format!("{}{}", times("["), times("]"))),
        ("open emphasis", times("**a ")),
        ("mixed emphasis", times("*a __b ~~c ")),
        ("emphasis in emphasis", format!("{}a{}", times("*a _b "), times(" b_ a*"))),
        ("strong in strong", format!("{}a{}", times("**"), times("**"))),
        ("backticks of every length", (1..400).map(|n| format!("{} ", "`".repeat(n))).collect()),
        ("backticks", times("` `` ")),
        ("open comments", times("<!-- a ")),
        ("open declarations", times("<!A ")),
        ("open instructions", times("<?")),
        ("open CDATA", times("<![CDATA[")),
        ("open tags", times("<a href=\"")),
        ("attributes", format!("<a {}>", times("b=\"c\" "))),
        ("equals", format!("<p {}>", times("="))),
        ("tags in tags", format!("{}{}", times("<b>"), times("</b>"))),
        ("entities", times("&#x1F600;&")),
        ("backslashes", times("\\*\\")),
        ("superscripts", times("^a ~b ")),
        ("quotes", times("\"a 'b « c ")),
        ("dots and dashes", times("...--- ! ? ; ")),
        ("a word without end", times("aaaaaaaaaa")),
        ("hard breaks", times("a  \n")),
        ("emoji families", times("👨\u{200d}👩\u{200d}👧")),
        ("combining accents", format!("e{}", times("\u{301}"))),
    ]);
}

#[test]
fn references_cost_little() {
    assert_patient_with(&[
        ("definitions of links", each(|n| format!("[r{n}]: /posts/cible/\n\n[r{n}]\n\n"))),
        ("one definition, ever again", format!("[a]: /posts/cible/\n\n{}", times("[a][a] "))),
        ("definitions of one name", times("[a]: /posts/cible/\n")),
        ("wikilinks", times("[[cible]] ")),
        ("open wikilinks", times("[[cible|")),
        ("missing wikilinks", each(|n| format!("[[rien-{n}]]\n\n"))),
        ("missing files", each(|n| format!("[a](rien-{n}.md)\n\n"))),
        ("missing images", each(|n| format!("![a](rien-{n}.png)\n\n"))),
        ("missing headings", each(|n| format!("[a](#rien-{n})\n\n"))),
        ("missing addresses", each(|n| format!("[a](/rien-{n}/)\n\n"))),
        ("links and the headings they name", each(|n| format!("## h{n}\n\n[a](#h{n})\n\n"))),
        ("links to ids in HTML", each(|n| format!("<i id=\"h{n}\"></i> [a](#h{n})\n\n"))),
        ("footnotes", each(|n| format!("a[^{n}]\n\n[^{n}]: b\n\n"))),
        ("footnotes in footnotes", each(|n| format!("[^{n}]: a[^{}]\n\n", n + 1))),
        ("one footnote, ever again", format!("{}\n\n[^a]: b\n", times("[^a] "))),
        ("footnotes never written", each(|n| format!("[^{n}] "))),
        ("the marks of the summary", times("<!-- more -->\n\n")),
    ]);
}

#[test]
fn components_cost_little() {
    assert_patient_with(&[
        ("open notes", times("{% <note> %}\n")),
        ("open notes on a line", times("{% <note> %}")),
        ("closed notes", times("{% </note> %}\n")),
        (
            "notes in notes",
            format!("{}x\n{}", "{% <note> %}\n\n".repeat(500), "{% </note> %}\n\n".repeat(500)),
        ),
        ("notes", times("{% <note> %}\nx\n{% </note> %}\n\n")),
        ("figures", times("{{ <figure src=\"/feed.xml\" /> }}\n\n")),
        ("unknown components", times("{{ <inconnu /> }}\n\n")),
        ("open braces", times("{{ <")),
        ("braces", times("{{")),
        ("open arguments", times("{{ <figure src=\"")),
        ("open lists of arguments", format!("{{{{ <figure x={{{}", times("["))),
        ("shortcodes of others", times("{{< x >}} {% x %} ")),
        ("components in code", times("`{{ <figure src=\"x\" /> }}` ")),
        ("code in every language", each(|n| format!("```l{n}\nx\n```\n\n"))),
        ("code of one language", times("```rust\nfn f() {}\n```\n\n")),
        ("code on one line", format!("```js\n{}\n```\n", times("a=[{(/*\"' "))),
    ]);
}

// ---- 15: YAML ---------------------------------------------------------------------------

/// Hazard 15: YAML that is wrong, or a trap, is an error at its line and column, at once.
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

/// Hazard 15: what only one of the two files can have wrong, with the nearest name.
#[test]
fn yaml_mistakes_are_explained() {
    let config = |more: &str| format!("title: Essai\nbase_url: https://essai.example\n{more}\n");
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
            assert!(run.err.contains(word), "{text}\nno {word:?} in\n{}", run.err);
        }
    });
}

// ---- 16: collisions and names -----------------------------------------------------------

/// Hazard 16: two things at one address are an error that names both.
#[test]
fn collisions_name_both_sides() {
    let at = |path: &str, more: &str| (path.to_owned(), post(more));
    let raw = |path: &str| (path.to_owned(), "x".to_owned());
    let page = |path: &str, more: &str| (path.to_owned(), format!("---\ntitle: P\n{more}\n---\n\nTexte.\n"));
    let cases: Vec<(&str, Vec<(String, String)>, [&str; 2])> = vec![
        (
            "one slug",
            vec![at("content/posts/a.md", "slug: un"), at("content/posts/b.md", "slug: un")],
            ["posts/a.md", "posts/b.md"],
        ),
        (
            "one file name, two dates",
            vec![at("content/posts/2026-01-01-un.md", ""), at("content/posts/2026-01-02-un.md", "")],
            ["2026-01-01-un.md", "2026-01-02-un.md"],
        ),
        (
            "a bundle and a file",
            vec![at("content/posts/un.md", ""), at("content/posts/un/index.md", "")],
            ["posts/un.md", "posts/un/index.md"],
        ),
        (
            "an alias and a page",
            vec![at("content/posts/a.md", "aliases: [/posts/b/]"), at("content/posts/b.md", "")],
            ["posts/a.md", "posts/b.md"],
        ),
        (
            "an alias and a page, encoded",
            vec![
                at("content/posts/a.md", "aliases: ['/posts/%62/index.html']"),
                at("content/posts/b.md", ""),
            ],
            ["posts/a.md", "posts/b.md"],
        ),
        (
            "two aliases",
            vec![at("content/posts/a.md", "aliases: [/x/]"), at("content/posts/b.md", "aliases: [/x]")],
            ["posts/a.md", "posts/b.md"],
        ),
        (
            "C# and C",
            vec![at("content/posts/a.md", "tags: [C]"), at("content/posts/b.md", "tags: ['C#']")],
            ["posts/a.md", "posts/b.md"],
        ),
        (
            "a page and a static file",
            vec![at("content/posts/a.md", ""), raw("static/posts/a/index.html")],
            ["posts/a.md", "static/posts/a/index.html"],
        ),
        (
            "a page and a static file in other capitals",
            vec![at("content/posts/a.md", ""), raw("static/Posts/A/index.html")],
            ["posts/a.md", "static/Posts/A/index.html"],
        ),
        (
            "a tag and a page",
            vec![
                at("content/posts/a.md", "tags: [veille]"),
                page("content/v.md", "permalink: /tags/veille/"),
            ],
            ["content/v.md", "veille"],
        ),
        (
            "the list of tags and a page",
            vec![at("content/posts/a.md", "tags: [veille]"), page("content/tags.md", "")],
            ["content/tags.md", "tags"],
        ),
        ("the archive and a page", vec![page("content/archive.md", "")], ["content/archive.md", "archive"]),
        ("a feed and a page", vec![page("content/x.md", "permalink: /feed.xml")], ["content/x.md", "feed"]),
        ("the sitemap and a file", vec![raw("static/sitemap.xml")], ["static/sitemap.xml", "sitemap"]),
        ("the home and a file", vec![raw("static/index.html")], ["static/index.html", "home"]),
        (
            "the second page of the home and a page",
            pages_and("permalink: /page/2/"),
            ["content/x.md", "home"],
        ),
        (
            "addresses in other capitals",
            vec![page("content/a.md", "permalink: /Mot/"), page("content/b.md", "permalink: /mot/")],
            ["content/a.md", "content/b.md"],
        ),
        (
            "addresses composed and not",
            vec![page("content/a.md", "permalink: /\u{e9}/"), page("content/b.md", "permalink: /e\u{301}/")],
            ["content/a.md", "content/b.md"],
        ),
        (
            "capitals with accents",
            vec![page("content/a.md", "permalink: /É/"), page("content/b.md", "permalink: /é/")],
            ["content/a.md", "content/b.md"],
        ),
        (
            "files composed and not",
            vec![raw("static/\u{e9}.txt"), raw("static/e\u{301}.txt")],
            ["static/\u{e9}.txt", "static/e\u{301}.txt"],
        ),
        (
            "files in other capitals",
            vec![raw("static/A.txt"), raw("static/a.txt")],
            ["static/A.txt", "static/a.txt"],
        ),
        (
            "a folder and a file",
            vec![raw("static/posts"), at("content/posts/a.md", "")],
            ["static/posts", "posts/a.md"],
        ),
        (
            "a file's address and a folder's",
            vec![page("content/a.md", "permalink: /x.html"), page("content/b.md", "permalink: /x.html/y/")],
            ["content/a.md", "content/b.md"],
        ),
        (
            "a bundle's image and a static file",
            vec![
                at("content/posts/a/index.md", ""),
                raw("content/posts/a/x.png"),
                raw("static/posts/a/x.png"),
            ],
            ["content/posts/a/x.png", "static/posts/a/x.png"],
        ),
    ];
    every(cases, |(what, files, names)| {
        let site = files.iter().fold(Site::new(), |site, (path, text)| site.file(path, text));
        assert_refused(&site, what, &names);
    });
}

/// Enough posts for a second page of the home, and a page that wants to stand there.
fn pages_and(more: &str) -> Vec<(String, String)> {
    let posts = (0..12).map(|n| (format!("content/posts/t{n}.md"), post("")));
    let page = ("content/x.md".to_owned(), format!("---\ntitle: X\n{more}\n---\n\nTexte.\n"));
    posts.chain([page]).collect()
}

/// Hazard 16: names that some system cannot hold are refused for pages, and told for files.
#[test]
fn names_no_system_takes_are_told() {
    let long = "a".repeat(256);
    let of_post = |more: &str| ("content/posts/x.md".to_owned(), post(more));
    let file = |path: &str| (path.to_owned(), "x".to_owned());
    let cases: Vec<(&str, (String, String), i32, &[&str])> = vec![
        ("256 bytes of slug", of_post(&format!("slug: {long}")), 1, &["256 bytes", "posts/x.md"]),
        ("255 bytes of slug", of_post(&format!("slug: {}", &long[1..])), 0, &[]),
        ("256 bytes of alias", of_post(&format!("aliases: [/{long}/]")), 1, &["256 bytes"]),
        ("256 bytes of permalink", of_post(&format!("permalink: /{long}.html")), 1, &["261 bytes"]),
        ("256 bytes of tag", of_post(&format!("tags: [{long}]")), 1, &["256 bytes", "posts/x.md:4"]),
        ("256 bytes of é", of_post(&format!("permalink: /{}/", "é".repeat(128))), 1, &["256 bytes"]),
        ("CON", of_post("slug: con"), 1, &["Windows", "posts/x.md:4"]),
        ("NUL.html", of_post("permalink: /nul.html"), 1, &["Windows"]),
        ("COM1", of_post("aliases: [/a/COM1/b/]"), 1, &["Windows"]),
        ("the tag Aux", of_post("tags: [Aux]"), 1, &["Windows", "posts/x.md:4"]),
        ("a dot at the end", of_post("permalink: /fin./x/"), 1, &["dot"]),
        ("a space at the end", of_post("permalink: '/fin /x/'"), 1, &["space"]),
        ("a file called con", ("content/posts/con.md".to_owned(), post("")), 1, &["Windows", "posts/con.md"]),
        ("a file NUL.txt", file("static/NUL.txt"), 0, &["warning[file-name]", "static/NUL.txt"]),
        ("a file with a dot at the end", file("static/fin."), 0, &["warning[file-name]"]),
        ("a file with a colon", file("static/a:b.txt"), 0, &["warning[file-name]"]),
        ("a file with a question mark", file("static/a?.txt"), 0, &["warning[file-name]"]),
        ("a folder called aux", file("static/aux/x.txt"), 0, &["warning[file-name]"]),
        ("a file with a backslash", file("static/a\\b.txt"), 1, &["[file-name]"]),
        ("a file with a line end", file("static/a\nb.txt"), 1, &["[file-name]"]),
    ];
    every(cases, |(what, (path, text), code, words)| {
        let site = Site::new().file(&path, text);
        let run = build(&site, what);
        assert_eq!(run.code, code, "{what}: {}", run.err);
        for word in words {
            assert!(run.err.contains(word), "{what}: no {word:?} in\n{}", run.err);
        }
    });
}

/// Hazard 16: settings that look like names of devices, or like nothing, are told and no panic.
#[test]
fn settings_that_make_bad_addresses_are_told() {
    let settings = [
        "languages: {con: {}}",
        "languages: {aux: {title: X}}",
        "languages: {nul: {}, COM1: {}}",
        "languages: {'../x': {}}",
        "languages: {tags: {}}",
        "languages: {page: {}}",
        "lang: con",
        "lang: ../..",
        "lang: ''",
        "taxonomies: ['..']",
        "taxonomies: ['']",
        "taxonomies: ['/']",
        "taxonomies: ['!!!']",
        "taxonomies: [con]",
        "taxonomies: [posts]",
        "taxonomies: [page]",
        "taxonomies: [tags, Tags]",
        "taxonomies: [tags, tags]",
        "permalink: /",
        "permalink: ''",
        "permalink: /:slug",
        "permalink: /:slug/../",
        "permalink: /../:slug/",
        "permalink: '/%2e%2e/:slug/'",
        "permalink: /con/:slug/",
        "permalink: '/:slug.html'",
        "permalink: '/:slug/:slug/:lang/'",
        "permalink: /:lang:lang/:slug/",
        "paginate: 18446744073709551615",
        "feed: {limit: 18446744073709551615}",
        "feed: {formats: [rss, rss]}",
        "base_url: 'https://user:pass@host.example:99/a b/é/'",
        "base_url: 'https://x.example/\"><script>'",
        "timezone: ../../etc/passwd",
        "theme: ../../etc",
        "theme: ''",
        "theme: /etc",
        "menus: {main: [{label: x, url: 'javascript:alert(1)'}]}",
    ];
    every(settings, |setting| {
        let key = setting.split(':').next().unwrap_or_default();
        let base: String = ["title: Essai", "base_url: https://essai.example"]
            .iter()
            .filter(|line| !line.starts_with(key))
            .map(|line| format!("{line}\n"))
            .collect();
        let posts = [post("tags: [con, un]\nlang: con"), post("slug: deux\ntags: [un]")];
        let site = Site::empty()
            .file("pingmark.yaml", format!("{base}{setting}\n"))
            .file("content/posts/a.md", &posts[1])
            .file("content/p.md", "---\ntitle: P\n---\n\nTexte.\n");
        let run = build(&site, setting);
        assert!(run.code == 0 || run.err.contains("error["), "{setting}: {}", run.err);
        site.write("content/posts/b.md", &posts[0]);
        build(&site, setting);
    });
}

// ---- 17: traversal ----------------------------------------------------------------------

/// Ways to name a place outside of a folder.
const ESCAPES: [&str; 16] = [
    "../evasion",
    "../../evasion",
    "a/../../evasion",
    "/../evasion",
    "/tmp/evasion-pingmark",
    "//tmp/evasion-pingmark",
    "%2e%2e/evasion",
    "..%2fevasion",
    "%252e%252e/evasion",
    "..\\evasion",
    "C:\\evasion",
    "C:evasion",
    "\\\\serveur\\evasion",
    "evasion::$DATA",
    "evasion\u{0}.html",
    "evasion%00.html",
];

/// A text as a YAML string: JSON's, with what YAML takes only as an escape written as one.
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

/// Hazard 17: whatever a site's files name, nothing is written outside of the output folder, and
/// nothing outside of the site is read.
#[test]
fn nothing_is_written_outside_of_the_output() {
    type Sink = (&'static str, fn(&str) -> (&'static str, String));
    let sinks: [Sink; 22] = [
        ("slug", |text| ("content/posts/x.md", post(&format!("slug: {}", quoted(text))))),
        ("permalink", |text| ("content/posts/x.md", post(&format!("permalink: {}", quoted(text))))),
        ("alias", |text| ("content/posts/x.md", post(&format!("aliases: [{}]", quoted(text))))),
        ("tag", |text| ("content/posts/x.md", post(&format!("tags: [{}]", quoted(text))))),
        ("category", |text| ("content/posts/x.md", post(&format!("categories: [{}]", quoted(text))))),
        ("series", |text| ("content/posts/x.md", post(&format!("series: {}", quoted(text))))),
        ("author", |text| ("content/posts/x.md", post(&format!("authors: [{}]", quoted(text))))),
        ("lang", |text| ("content/posts/x.md", post(&format!("lang: {}", quoted(text))))),
        ("image", |text| ("content/posts/x.md", post(&format!("image: {}", quoted(text))))),
        ("template", |text| ("content/posts/x.md", post(&format!("template: {}", quoted(text))))),
        ("translation", |text| ("content/posts/x.md", post(&format!("translation_key: {}", quoted(text))))),
        ("page's permalink", |text| {
            ("content/x.md", format!("---\ntitle: X\npermalink: {}\n---\n", quoted(text)))
        }),
        ("section's permalink", |text| {
            ("content/x/_index.md", format!("---\ntitle: X\npermalink: {}\n---\n", quoted(text)))
        }),
        ("link", |text| {
            ("content/posts/x.md", post("") + &format!("[a](<{}>)\n", text.replace('\u{0}', "")))
        }),
        ("picture", |text| {
            ("content/posts/x.md", post("") + &format!("![a](<{}>)\n", text.replace('\u{0}', "")))
        }),
        ("component", |text| {
            ("content/posts/x.md", post("") + &format!("{{{{ <figure src=\"{text}\" /> }}}}\n"))
        }),
        ("HTML", |text| ("content/posts/x.md", post("") + &format!("<img src=\"{text}\">\n"))),
        ("wikilink", |text| ("content/posts/x.md", post("") + &format!("[[{text}]]\n"))),
        ("theme", |text| ("pingmark.yaml", config(&format!("theme: {}", quoted(text))))),
        ("pattern", |text| {
            ("pingmark.yaml", config(&format!("permalink: {}", quoted(&format!("{text}/:slug")))))
        }),
        ("taxonomy", |text| ("pingmark.yaml", config(&format!("taxonomies: [tags, {}]", quoted(text))))),
        ("output", |text| ("pingmark.yaml", config(&format!("output_dir: {}", quoted(text))))),
    ];
    let outer = Site::empty();
    let secret = "SECRET-DE-DEHORS";
    for place in ["evasion", "blog/evasion-secrete.txt", "tmp/evasion"] {
        outer.write(place, secret);
    }
    let site = |path: &str| format!("blog/site/{path}");
    for (name, sink) in sinks {
        for escape in ESCAPES {
            let what = format!("{name}: {escape:?}");
            let (path, text) = sink(escape);
            outer.write(&site("pingmark.yaml"), config(""));
            outer.write(&site("content/posts/un.md"), post("tags: [un]"));
            outer.write(&site(path), &text);
            let before = outer.tree("");
            let mut command = outer.command(&["build", "--today", TODAY, "--format", "short"]);
            let output = command.current_dir(outer.path("blog/site")).output().expect("the program starts");
            let err = String::from_utf8_lossy(&output.stderr);
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 1)) && !err.contains("panicked"), "{what}: {err}");
            assert!(code == Some(0) || err.contains("error"), "{what}: failed without a word");
            let mut after = outer.tree("");
            let ours = |name: &String| {
                name.starts_with("blog/site/.pingmark/")
                    || name.starts_with("blog/site/public/")
                    || (name.starts_with("blog/site/") && path == "pingmark.yaml" && code == Some(0))
            };
            for (file, bytes) in after.iter().filter(|(file, _)| ours(file)) {
                let text = String::from_utf8_lossy(bytes);
                assert!(!text.contains(secret), "{what}: {file} tells what lies outside");
            }
            after.retain(|file, _| !ours(file));
            let mut expected = before;
            expected.retain(|file, _| !ours(file));
            assert!(after == expected, "{what}: files changed outside of the output: {err}");
            for stranger in ["/tmp/evasion", "/tmp/evasion-pingmark"] {
                assert!(fs::symlink_metadata(stranger).is_err(), "{what}: made {stranger}");
            }
            fs::remove_dir_all(outer.path("blog/site")).expect("it is there");
        }
    }
}

fn config(more: &str) -> String {
    format!("title: Essai\nbase_url: https://essai.example\n{more}\n")
}

/// Hazard 17: what could leave the output folder is an error, not silently made something else.
#[test]
fn what_could_leave_is_an_error() {
    let all = [
        "../x",
        "/../x",
        "a/../../x",
        "%2e%2e/x",
        "..%2fx",
        "..\\x",
        "C:\\x",
        "C:x",
        "x\u{0}",
        "x%00",
        "x::$DATA",
    ];
    for key in ["permalink: ", "aliases: ", "slug: "] {
        for text in all {
            // A slug is one word: signs it cannot keep are dropped, folders are not.
            if key == "slug: " && !text.contains(['/', '\\']) {
                continue;
            }
            let site = Site::new().file("content/posts/x.md", post(&format!("{key}{}", quoted(text))));
            assert_refused(&site, &format!("{key}{text:?}"), &["content/posts/x.md:4"]);
        }
    }
}

// ---- 18, 19: links and special files ----------------------------------------------------

/// Hazard 18: a link out of the site is an error that names it; nothing of what it leads to is
/// published or shown.
#[cfg(unix)]
#[test]
fn links_out_of_the_site_are_errors() {
    use std::os::unix::fs::symlink;
    let outside = Site::empty().file("dossier/secret.md", "SECRET").file("dossier/post.html", "SECRET");
    let cases = [
        ("content/posts/x.md", "dossier/secret.md"),
        ("content/posts/x.png", "dossier/secret.md"),
        ("content/dehors", "dossier"),
        ("content", ""),
        ("static/x.txt", "dossier/secret.md"),
        ("static/dehors", "dossier"),
        ("static/.well-known", "dossier"),
        ("static", "dossier"),
        ("templates/post.html", "dossier/post.html"),
        ("templates/partials", "dossier"),
        ("templates", "dossier"),
        ("themes/mien/templates/post.html", "dossier/post.html"),
        ("themes/mien/templates/partials", "dossier"),
        ("themes/mien/static", "dossier"),
        ("themes/mien", "dossier"),
        ("themes", "dossier"),
        ("data/x.yaml", "dossier/secret.md"),
        ("data", "dossier"),
    ];
    every(cases, |(link, target)| {
        let site = Site::new().file("pingmark.yaml", config("theme: mien"));
        let site = site.file("themes/mien/templates/404.html", "<!doctype html>\n");
        let place = site.path(link);
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        symlink(outside.path(target), &place).expect("a link");
        assert_refused(&site, link, &["[link-leaves-site]", link]);
        let run = build(&site, link);
        assert!(!run.err.contains("SECRET"), "{link}: {}", run.err);
    });
}

/// Hazard 18: links inside the site work; those that end nowhere or lead in a circle are told.
#[cfg(unix)]
#[test]
fn links_inside_the_site_work_and_circles_end() {
    use std::os::unix::fs::symlink;
    let site = Site::new().file("data/vrai.md", post("")).file("data/photo.txt", "photo");
    fs::create_dir_all(site.path("content/posts")).expect("a folder");
    fs::create_dir_all(site.path("static")).expect("a folder");
    symlink("../../data/vrai.md", site.path("content/posts/lien.md")).expect("a link");
    symlink("../data", site.path("static/photos")).expect("a link");
    assert_eq!(build(&site, "links inside").code, 0);
    assert!(site.public("posts/lien/index.html").contains("Titre"));
    assert_eq!(site.public("photos/photo.txt"), "photo");
    let circles = [
        ("content/boucle", "."),
        ("content/boucle", ".."),
        ("content/a/b/boucle", "../../a"),
        ("static/boucle", "../static"),
        ("static/soi", "soi"),
        ("content/rien.md", "nulle-part.md"),
        ("templates/boucle", ".."),
        ("themes/t/boucle", "../../themes"),
    ];
    every(circles, |(link, target)| {
        let site = Site::new().post("un", "Texte.");
        let place = site.path(link);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        symlink(target, &place).expect("a link");
        let name = link.rsplit('/').next().unwrap_or(link);
        assert_refused(&site, &format!("{link} -> {target}"), &["error[", name]);
    });
}

/// Hazard 18: a link to the output folder does not make the site grow at each build.
#[cfg(unix)]
#[test]
fn the_output_is_no_source() {
    every([("static/tout", "../public"), ("content/tout", "../public/posts")], |(link, target)| {
        let site = Site::new().post("un", "Texte.").built();
        fs::create_dir_all(site.path("static")).expect("a folder");
        std::os::unix::fs::symlink(target, site.path(link)).expect("a link");
        let sizes: Vec<usize> = (0..3)
            .map(|_| {
                build(&site, link);
                site.tree("public").len()
            })
            .collect();
        assert_eq!(sizes[1], sizes[2], "{link}: the site grows: {sizes:?}");
    });
}

/// Hazard 19: pipes and sockets are left out with a warning, and never opened.
#[cfg(unix)]
#[test]
fn pipes_and_sockets_are_left_out() {
    for path in
        ["content/posts/tube.md", "content/tube.png", "static/tube", "templates/post.html", "data/x.yaml"]
    {
        let site = Site::new().post("un", "Texte.");
        let place = site.path(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        let made = Command::new("mkfifo").arg(&place).status().expect("mkfifo");
        assert!(made.success());
        let run = build(&site, path);
        assert_eq!(run.code, 0, "{path}: {}", run.err);
        assert!(run.err.contains("[file-special]") && run.err.contains(path), "{path}: {}", run.err);
        assert!(run.err.contains("1 warning"), "{path}: {}", run.err);
    }
    let site = Site::new().post("un", "Texte.");
    let _socket = std::os::unix::net::UnixListener::bind(site.path("content/prise.md")).expect("a socket");
    let run = build(&site, "a socket");
    assert_eq!((run.code, run.err.contains("[file-special]")), (0, true), "{}", run.err);
}

// ---- 20: templates ----------------------------------------------------------------------

/// Hazard 20: templates that never end, or ask for what they do not get, are errors that name
/// the template.
#[test]
fn hostile_templates_are_errors() {
    let html = "<!doctype html>\n";
    let long = "x".repeat(2000);
    let fat = format!(
        "{html}{{% for a in range(end=300) %}}{{% for b in range(end=300) %}}{long}{{% endfor %}}{{% endfor %}}"
    );
    let cases: Vec<(&str, Vec<(&str, String)>, &[&str])> = vec![
        ("includes itself", vec![("post.html", "{% include \"post.html\" %}".into())], &["post.html"]),
        (
            "include cycle",
            vec![
                ("post.html", "{% include \"partials/a.html\" %}".into()),
                ("partials/a.html", "{% include \"partials/b.html\" %}".into()),
                ("partials/b.html", "{% include \"partials/a.html\" %}".into()),
            ],
            &["a.html"],
        ),
        ("extends itself", vec![("post.html", "{% extends \"post.html\" %}".into())], &["post.html"]),
        (
            "extends in a circle",
            vec![
                ("post.html", "{% extends \"partials/a.html\" %}".into()),
                ("partials/a.html", "{% extends \"post.html\" %}".into()),
            ],
            &["a.html"],
        ),
        (
            "component of itself",
            vec![
                ("components/c.html", "{% component c() %}{{ <c /> }}{% endcomponent c %}".into()),
                ("post.html", "{{ <c /> }}".into()),
            ],
            &["post.html", "recursion"],
        ),
        (
            "components of each other",
            vec![
                ("components/c.html", "{% component c() %}{{ <d /> }}{% endcomponent c %}".into()),
                ("components/d.html", "{% component d() %}{{ <c /> }}{% endcomponent d %}".into()),
                ("post.html", "{{ <c /> }}".into()),
            ],
            &[".html"],
        ),
        ("missing variable", vec![("post.html", "a\n{{ page.titel }}".into())], &["post.html:2:", "title"]),
        ("missing variable", vec![("post.html", "{{ pgae.title }}".into())], &["post.html:1:", "page"]),
        ("missing filter", vec![("post.html", "\n\n{{ page.title | majuscule }}".into())], &["post.html:3:"]),
        (
            "missing function",
            vec![("post.html", "{{ get_env(name=\"HOME\") }}".into())],
            &["post.html:1:", "get_env"],
        ),
        ("a file", vec![("post.html", "{% include \"/etc/passwd\" %}".into())], &["/etc/passwd"]),
        (
            "a file above",
            vec![("post.html", "{% include \"../pingmark.yaml\" %}".into())],
            &["pingmark.yaml"],
        ),
        ("a page of 180 MB", vec![("post.html", fat.clone())], &["64 MB", "posts/un"]),
        (
            "a component of 180 MB",
            vec![
                ("components/c.html", format!("{{% component c() %}}{fat}{{% endcomponent c %}}")),
                ("post.html", "{{ <c /> }}".into()),
            ],
            &["64 MB"],
        ),
        ("division by zero", vec![("post.html", "{{ 1 / 0 }}".into())], &["post.html:1:"]),
        ("deep brackets", vec![("post.html", format!("{{{{ {}1 }}}}", "(".repeat(100_000)))], &["post.html"]),
        ("deep lists", vec![("post.html", format!("{{{{ {}1 }}}}", "[".repeat(100_000)))], &["post.html"]),
        ("deep nots", vec![("post.html", format!("{{{{ {}1 }}}}", "not ".repeat(100_000)))], &["post.html"]),
        ("deep minuses", vec![("post.html", format!("{{{{ {}1 }}}}", "-".repeat(100_000)))], &["post.html"]),
        ("deep ifs", vec![("post.html", "{% if 1 %}".repeat(100_000))], &["post.html"]),
        ("a broken delimiter", vec![("post.html", "{{ \"".into())], &["post.html:1:"]),
        ("an open comment", vec![("post.html", "{# sans fin".into())], &["post.html:1:"]),
    ];
    every(cases, |(what, files, words)| {
        let site = Site::new().post("un", "Texte.");
        let site =
            files.iter().fold(site, |site, (path, text)| site.file(&format!("templates/{path}"), text));
        assert_refused(&site, what, words);
    });
}

/// Hazard 20: a range that no memory holds is refused, not made.
#[test]
fn endless_ranges_are_refused() {
    for range in ["range(end=100000000000)", "range(start=0, end=9223372036854775807)"] {
        let template = format!("{{% for i in {range} %}}{{% endfor %}}");
        let site = Site::new().post("un", "Texte.").file("templates/post.html", template);
        assert_refused(&site, range, &["post.html"]);
    }
}

// ---- 21: escaping -----------------------------------------------------------------------

/// Texts that would be markup, script or the end of something, were they not escaped.
const PAYLOADS: [&str; 50] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "<ScRiPt src=//x.example></sCrIpT>",
    "<script/x>alert(1)</script >",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "\" onmouseover=\"alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "` onmouseover=`alert(1)",
    "x onerror=alert(1)",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//x.example/>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<a href=javascript:alert(1)>x</a>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<style>@import '//x.example';</style>",
    "<link rel=stylesheet href=//x.example>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</h1></header></main><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<!--<script>alert(1)</script>-->",
    "]]><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y \"z\">]>&y;",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;b&amp;gt; &nbsp; &#60;script&#62; &rien; &",
    "{{ config.title }} {% if x %}",
    "{{ <figure src=\"x\" /> }}",
    "${alert(1)} #{alert(1)} <%= alert(1) %>",
    "\\\"});alert(1);//\\u003c/script\\u003e",
    "\u{2028}alert(1)\u{2029}\u{feff}",
    "\u{202e}tpircs\u{202c} \u{200b}<\u{200d}b>",
    "\u{1}\u{8}\u{b}\u{c}\u{1b}[31m\u{7f}\u{85}\u{fffe}\u{ffff}<b>",
];

/// A text as Markdown that means the text itself.
fn as_markdown(text: &str) -> String {
    let sign = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => c.to_string(),
        c if c.is_control() => String::new(),
        c => format!("&#x{:x};", u32::from(c)),
    };
    text.chars().map(sign).collect()
}

/// A text with its blanks made one, and without the signs that HTML or XML cannot hold.
fn flat(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control() || c.is_whitespace());
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).expect("a selector")).collect()
}

fn words(element: &ElementRef<'_>) -> String {
    flat(&element.text().collect::<String>())
}

/// Whether an address runs a script when it is followed, as browsers read it.
fn runs_script(address: &str) -> bool {
    let kept: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let kept = kept.to_ascii_lowercase();
    let image = ["png", "jpeg", "gif", "webp", "avif"]
        .iter()
        .any(|kind| kept.starts_with(&format!("data:image/{kind}")));
    kept.starts_with("javascript:") || kept.starts_with("vbscript:") || (kept.starts_with("data:") && !image)
}

/// Why a parsed page could do something of its own, if it could.
fn danger(html: &Html, is_page: bool) -> Option<String> {
    let known = |name: &str| {
        let bad = ["iframe", "object", "embed", "base", "form", "svg", "math", "style", "marquee", "applet"];
        !bad.contains(&name)
    };
    // The one page with a picture, and nobody's text but titles.
    let has_picture = is_page && !select(html, "body.citations").is_empty();
    let is_icon = |element: ElementRef<'_>| is_page && element.value().attr("class") == Some("icon");
    let is_picture = |classes: &str| classes.starts_with("graph ") || classes == "sign";
    for element in select(html, "*") {
        let value = element.value();
        let is_ours = (value.name() == "svg" && is_icon(element))
            || has_picture && value.name() == "svg" && value.attr("class").is_some_and(is_picture);
        if !known(value.name()) && !is_ours {
            return Some(format!("an element <{}>", value.name()));
        }
        if value.name() == "script" && !(is_page && is_of_the_theme(element)) {
            let text: String = element.text().collect();
            let is_data = is_page && value.attr("type") == Some("application/ld+json");
            if !is_data || serde_json::from_str::<serde_json::Value>(&text).is_err() {
                return Some(format!("a script {value:?}: {text}"));
            }
        }
        for (name, value) in value.attrs() {
            let address = matches!(
                name,
                "href" | "src" | "action" | "formaction" | "poster" | "data" | "cite" | "ping"
            );
            if name.starts_with("on") || name == "srcdoc" || (address && runs_script(value)) {
                return Some(format!("an attribute {name}={value:?}"));
            }
            if name == "style" || name == "http-equiv" {
                return Some(format!("an attribute {name}={value:?}"));
            }
        }
    }
    None
}

/// The elements of an XML text with their text, and their attributes, in order; fails when it
/// is not well-formed or holds what XML 1.0 cannot.
fn xml(text: &str, what: &str) -> Vec<(String, String)> {
    use quick_xml::events::Event;
    let fits =
        |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    assert!(text.chars().all(fits), "{what}: a character that XML cannot hold");
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open: Vec<(String, String)> = Vec::new();
    let mut found = Vec::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{what}: {error}"));
        let more = match &event {
            Event::Text(text) => text.to_string(),
            Event::CData(text) => text.to_string(),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(c)) => {
                    assert!(fits(c), "{what}: a reference to a character that XML cannot hold");
                    c.to_string()
                }
                Ok(None) => match &**name {
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "amp" => "&".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" => "'".to_owned(),
                    other => panic!("{what}: an entity &{other};"),
                },
                Err(error) => panic!("{what}: {error}"),
            },
            _ => String::new(),
        };
        if let Some((_, text)) = open.last_mut() {
            text.push_str(&more);
        }
        match event {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                for attribute in tag.attributes() {
                    attribute.unwrap_or_else(|error| panic!("{what}: {error}"));
                }
                open.push((name, String::new()));
            }
            Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{what}: {error}"));
                    let name = attribute.key.as_ref().to_owned();
                    found.push((name, attribute.value.into_owned()));
                }
            }
            Event::End(_) => found.push(open.pop().expect("it was opened")),
            Event::DocType(_) => panic!("{what}: a document type"),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty() && !found.is_empty(), "{what}: it ends too soon");
    found
}

/// Fails unless every page, feed and sitemap is well-formed and does nothing of its own.
fn assert_inert(site: &Site, what: &str) {
    let fragment = |name: &str, html: &str| {
        if let Some(danger) = danger(&Html::parse_fragment(html), false) {
            panic!("{what}: {name} holds {danger}");
        }
    };
    let is_text = |name: &str| !name.ends_with(".png") && !name.ends_with(".ico");
    for (name, bytes) in site.tree("public").into_iter().filter(|(name, _)| is_text(name)) {
        let text = String::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {name}: {error}"));
        match name.rsplit('.').next().unwrap_or_default() {
            "html" => {
                if let Some(danger) = danger(&Html::parse_document(&text), true) {
                    panic!("{what}: {name} holds {danger}");
                }
            }
            "xml" => {
                for (element, text) in xml(&text, &format!("{what}: {name}")) {
                    let is_html = match element.as_str() {
                        // Readers show what RSS calls a description as HTML.
                        "content:encoded" | "content" => true,
                        "description" => name.ends_with("feed.xml"),
                        _ => false,
                    };
                    if is_html {
                        fragment(&format!("{element} of {name}"), &text);
                    }
                    let address =
                        matches!(element.as_str(), "href" | "url" | "uri" | "link" | "guid" | "loc" | "id");
                    assert!(!(address && runs_script(&text)), "{what}: {name} leads to {text:?}");
                }
            }
            "json" | "webmanifest" => {
                let value: serde_json::Value =
                    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {name}: {error}"));
                for item in value["items"].as_array().into_iter().flatten() {
                    fragment(&name, item["content_html"].as_str().unwrap_or_default());
                    for key in ["url", "external_url", "image", "id"] {
                        assert!(
                            !runs_script(item[key].as_str().unwrap_or_default()),
                            "{what}: {name}: {key}"
                        );
                    }
                }
            }
            _ => {}
        }
    }
}

/// Hazard 21: what is typed as text is shown as that text and is nothing else, in every place
/// of a post where a text can be typed.
#[test]
fn texts_of_posts_are_shown_as_typed() {
    let plain = "title: Essai\nbase_url: https://essai.example\ntypography: false\npaginate: 0\nfeed: {limit: 1000}\n";
    let site = Site::new().file("pingmark.yaml", plain).file("static/x.png", png(40, 21));
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let (yaml, markdown) = (quoted(payload), as_markdown(payload));
        let named = quoted(&format!("n{number} {payload}"));
        let line = flat(payload);
        let quote = if line.contains('"') { '\'' } else { '"' };
        let argument = line.replace(quote, "");
        // A component is told wherever it stands; in code it is text.
        let info = line.replace("{{", "{ {");
        let id: String =
            line.chars().filter(|c| !c.is_whitespace() && !"<>{}\\`*_[]&~^".contains(*c)).collect();
        site.write(
            &format!("content/posts/p{number}.md"),
            format!(
                "---\ntitle: {yaml}\ndate: 2026-01-01\ndescription: {yaml}\ntags: [{named}]\ncategories: [{named}]\n\
                 authors: [{named}]\nseries: {named}\nimage: /x.png\nimage_alt: {yaml}\nvia: {yaml}\n\
                 extra: {{note: {yaml}}}\nsocial: {{og_title: {yaml}, og_description: {yaml}}}\ntoc: true\n---\n\n\
                 ## H {markdown}\n\n## Ancre {{#i{id}}}\n\n## Classe {{.i{id}}}\n\n\
                 ![{markdown}](/x.png) et [{markdown}](/x.png \"{markdown}\")\n\n![seule](/x.png \"{markdown}\")\n\n\
                 {{{{ <figure src=\"/x.png\" caption={quote}{argument}{quote} alt={quote}{argument}{quote} /> }}}}\n\n\
                 ~~~ {info}\n{line}\n~~~\n\n~~~ js {info}\nvar x;\n~~~\n\n- [ ] {markdown}\n\n| {} |\n|---|\n| x |\n\n\
                 note[^{number}]\n\n[^{number}]: {markdown}\n\n> [!NOTE]\n> {markdown}\n\n[p0](p0.md) {markdown}\n",
                markdown.replace('|', "&#x7c;"),
            ),
        );
        // Without a description, the beginning of the text stands in.
        site.write(
            &format!("content/posts/q{number}.md"),
            format!("---\ntitle: q{number}\ndate: 2026-01-01\n---\n\n{markdown}\n"),
        );
        site.write(
            &format!("content/posts/r{number}.md"),
            format!("---\ndate: 2026-01-01\n---\n\n# {markdown}\n\nx\n"),
        );
    }
    let run = build(&site, "payloads");
    assert_eq!(run.code, 0, "{}", run.err);
    assert_inert(&site, "a post");
    every(PAYLOADS.iter().enumerate(), |(number, payload)| {
        if payload.chars().any(|c| c.is_control() || c == '\u{feff}' || c > '\u{fff0}') {
            return;
        }
        let typed = flat(payload);
        let page = Html::parse_document(&site.public(&format!("posts/p{number}/index.html")));
        let text = |selector: &str| select(&page, selector).first().map(words).unwrap_or_default();
        let attribute = |selector: &str, name: &str| {
            let elements = select(&page, selector);
            flat(elements.first().and_then(|element| element.value().attr(name)).unwrap_or_default())
        };
        assert_eq!(text("h1"), typed, "the title of p{number}");
        assert_eq!(text(".lede"), typed, "the description of p{number}");
        assert_eq!(text("a[rel=tag]"), format!("n{number} {typed}"), "the tag of p{number}");
        assert_eq!(text(".e-content h2"), format!("H {typed}"), "the heading of p{number}");
        assert_eq!(text(".e-content pre"), typed, "the code of p{number}");
        assert_eq!(attribute("meta[name=description]", "content"), typed, "the description of p{number}");
        assert_eq!(attribute("img.u-featured", "alt"), typed, "the image of p{number}");
        assert_eq!(attribute(".e-content p > img", "alt"), typed, "a picture of p{number}");
        assert_eq!(attribute(".e-content p > a", "title"), typed, "a link of p{number}");
        let heading = Html::parse_document(&site.public(&format!("posts/r{number}/index.html")));
        let heading = select(&heading, "h1").first().map(words).unwrap_or_default();
        assert_eq!(heading, typed, "the title in the text of r{number}");
    });
}

/// Hazard 21: what an XML reader or a JSON reader gets is the text as typed, too.
#[test]
fn feeds_hold_texts_as_typed() {
    let plain = "title: Essai\nbase_url: https://essai.example\ntypography: false\n";
    every(PAYLOADS, |payload| {
        if payload.chars().any(|c| c.is_control() || c == '\u{feff}' || c > '\u{fff0}') {
            return;
        }
        let yaml = quoted(payload);
        let text = format!(
            "---\ntitle: {yaml}\ndate: 2026-01-01\ndescription: {yaml}\ntags: [{yaml}, x]\n---\n\nTexte.\n"
        );
        let site = Site::new().file("pingmark.yaml", plain).file("content/posts/x.md", text);
        let run = build(&site, payload);
        assert!(run.code == 0 || run.err.contains("[term-without-slug]"), "{payload}: {}", run.err);
        let typed = flat(payload);
        for name in ["feed.xml", "atom.xml"] {
            let found = xml(&site.public(name), name);
            let titles: Vec<String> =
                found.iter().filter(|(name, _)| name == "title").map(|(_, t)| flat(t)).collect();
            assert!(titles.contains(&typed), "{name}: {titles:?} instead of {typed:?}");
        }
        let feed: serde_json::Value = serde_json::from_str(&site.public("feed.json")).expect("JSON");
        assert_eq!(flat(feed["items"][0]["title"].as_str().unwrap_or_default()), typed);
        let page = Html::parse_document(&site.public("posts/x/index.html"));
        let data: String = select(&page, "script[type='application/ld+json']")
            .iter()
            .flat_map(|script| script.text())
            .collect();
        let data: serde_json::Value = serde_json::from_str(&data).expect("JSON-LD is JSON");
        assert_eq!(flat(data["@graph"][0]["headline"].as_str().unwrap_or_default()), typed);
    });
}

/// Hazard 21: the same for the texts of the config.
#[test]
fn texts_of_the_config_are_shown_as_typed() {
    every(PAYLOADS, |payload| {
        let yaml = quoted(payload);
        let site = Site::new().post("un", "Texte.").file(
            "pingmark.yaml",
            format!(
                "title: {yaml}\ndescription: {yaml}\nbase_url: https://essai.example\ntypography: false\nauthor: moi\n\
                 authors: {{moi: {{name: {}, bio: {yaml}, email: {yaml}}}}}\nextra: {{note: {yaml}}}\n\
                 languages: {{en: {{title: {yaml}, description: {yaml}}}}}\n\
                 menus: {{main: [{{label: {yaml}, url: /}}], footer: [{{label: {yaml}, url: /archive/}}]}}\n",
                quoted(&format!("n {payload}")),
            ),
        );
        let run = build(&site, payload);
        assert_eq!(run.code, 0, "{payload}: {}", run.err);
        assert_inert(&site, payload);
        if payload.chars().any(|c| c.is_control() || c == '\u{feff}' || c > '\u{fff0}') {
            return;
        }
        let home = Html::parse_document(&site.public("index.html"));
        let brand = select(&home, ".brand").first().map(words).unwrap_or_default();
        assert_eq!(brand, flat(payload), "the site's title");
        let item = select(&home, ".menu a").first().map(words).unwrap_or_default();
        assert_eq!(item, flat(payload), "an item of the menu");
    });
}

/// Addresses that run a script, in the disguises browsers see through.
const SCRIPTS: [&str; 10] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\u{1}javascript:alert(1)",
    "java\nscript:alert(1)",
    "javascript://essai.example/%0aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
];

/// Hazard 21: an address that runs a script is an error, or leads nowhere; wherever it is typed.
#[test]
fn addresses_run_no_scripts() {
    type Sink = (&'static str, fn(&str) -> (&'static str, String));
    let sinks: [Sink; 26] = [
        ("a link", |text| body(&format!("[a](<{}>)", as_markdown(text)))),
        ("a link to what the page says", |text| body(&format!("[a]\n\n[a]: <{}>", as_markdown(text)))),
        ("an address in brackets", |text| body(&format!("<{}>", text.replace(['<', '>'], "")))),
        ("a picture", |text| body(&format!("![a](<{}>)", as_markdown(text)))),
        ("a wikilink", |text| body(&format!("[[{text}]]"))),
        ("figure", |text| body(&format!("{{{{ <figure src=\"{}\" /> }}}}", text.replace('"', "")))),
        ("video", |text| {
            body(&format!("{{{{ <video src=\"{}\" poster=\"{text}\" /> }}}}", text.replace('"', "")))
        }),
        ("canonical_url", |text| key("canonical_url", text)),
        ("link", |text| key("link", text)),
        ("in_reply_to", |text| key("in_reply_to", text)),
        ("bookmark_of", |text| key("bookmark_of", text)),
        ("repost_of", |text| key("repost_of", text)),
        ("like_of", |text| key("like_of", text)),
        ("via", |text| key("via", text)),
        ("syndication", |text| ("content/posts/x.md", post(&format!("syndication: [{}]", quoted(text))))),
        ("image", |text| key("image", text)),
        ("images", |text| ("content/posts/x.md", post(&format!("images: [{}]", quoted(text))))),
        ("image.src", |text| ("content/posts/x.md", post(&format!("image: {{src: {}}}", quoted(text))))),
        ("permalink", |text| key("permalink", text)),
        ("aliases", |text| key("aliases", text)),
        ("author's url", |text| of_author("url", &quoted(text))),
        ("author's photo", |text| of_author("photo", &quoted(text))),
        ("author's profile", |text| of_author("social", &format!("{{mastodon: {}}}", quoted(text)))),
        ("the blog's profile", |text| {
            ("pingmark.yaml", config(&format!("social: {{github: {}}}", quoted(text))))
        }),
        ("a menu", |text| {
            ("pingmark.yaml", config(&format!("menus: {{main: [{{label: x, url: {}}}]}}", quoted(text))))
        }),
        ("base_url", |text| ("pingmark.yaml", format!("title: Essai\nbase_url: {}\n", quoted(text)))),
    ];
    let pairs = sinks.iter().flat_map(|sink| SCRIPTS.map(|script| (sink, script)));
    every(pairs, |((name, sink), script)| {
        let (path, text) = sink(script);
        let site = Site::new().file("content/posts/un.md", post("")).file(path, text);
        let what = format!("{name}: {script:?}");
        let run = build(&site, &what);
        match run.code {
            0 => assert_inert(&site, &what),
            _ => assert!(run.err.contains(path), "{what}: {}", run.err),
        }
    });
}

fn body(text: &str) -> (&'static str, String) {
    ("content/posts/x.md", post("") + text + "\n")
}

fn key(name: &str, text: &str) -> (&'static str, String) {
    ("content/posts/x.md", post(&format!("{name}: {}", quoted(text))))
}

fn of_author(key: &str, value: &str) -> (&'static str, String) {
    (
        "pingmark.yaml",
        config(&format!("author: moi\nauthors: {{moi: {{name: Moi, bio: x, {key}: {value}}}}}")),
    )
}

//! Paths that try to leave the site or its output folder.

use std::fs;

use super::{assert_refused, config, post, quoted};
use crate::support::{Site, TODAY};

/// Paths that lead out of a folder, in the syntax of several systems.
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

/// Whatever the files of a site name, nothing is written outside the output folder and nothing
/// outside the site is read.
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
            assert!(code == Some(0) || err.contains("error"), "{what}: failed without an error");
            let mut after = outer.tree("");
            let ours = |name: &String| {
                name.starts_with("blog/site/.pingmark/")
                    || name.starts_with("blog/site/public/")
                    || (name.starts_with("blog/site/") && path == "pingmark.yaml" && code == Some(0))
            };
            for (file, bytes) in after.iter().filter(|(file, _)| ours(file)) {
                let text = String::from_utf8_lossy(bytes);
                assert!(!text.contains(secret), "{what}: {file} shows a file outside the site");
            }
            after.retain(|file, _| !ours(file));
            let mut expected = before;
            expected.retain(|file, _| !ours(file));
            assert!(after == expected, "{what}: files changed outside the output: {err}");
            for stranger in ["/tmp/evasion", "/tmp/evasion-pingmark"] {
                assert!(fs::symlink_metadata(stranger).is_err(), "{what}: created {stranger}");
            }
            fs::remove_dir_all(outer.path("blog/site")).expect("it is there");
        }
    }
}

/// A path that would leave the output folder is an error; it is not silently rewritten.
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
            // A browser resolves the dots of an address, and so does an alias: it stays below the root.
            if key == "aliases: " && text.contains("..") && !text.contains(['%', '\\']) {
                let site = site.built();
                assert!(site.path("public/x/index.html").exists(), "{text:?}");
                continue;
            }
            assert_refused(&site, &format!("{key}{text:?}"), &["content/posts/x.md:4"]);
        }
    }
}

//! Encodings, line ends and sizes of files.

use std::fs::{self, File};

use super::{assert_refused, build, diagnostics, post};
use crate::support::Site;

/// A file that is not UTF-8 is reported with its line and column, and the other files are still checked.
#[test]
fn bytes_that_are_no_text_are_named() {
    let cases: [(&str, &[u8], &[&str]); 6] = [
        ("Latin-1", b"---\ntitle: \xe9t\xe9\n---\n", &[":2:8: ", "not UTF-8"]),
        ("a stray byte at the end", b"---\ntitle: x\n---\n\nfin\n\xff", &[":6:1: ", "not UTF-8"]),
        ("overlong", b"---\ntitle: \xc0\xaf\n---\n", &[":2:8: "]),
        ("a surrogate", b"---\ntitle: \xed\xa0\x80\n---\n", &[":2:8: "]),
        ("UTF-16, little end first", b"\xff\xfe-\0-\0-\0\n\0", &["UTF-16"]),
        ("UTF-16, big end first", b"\xfe\xff\0-\0-\0-\0\n", &["UTF-16"]),
    ];
    for path in ["content/posts/mal.md", "content/mal.md", "templates/post.html", "pingmark.yaml"] {
        for (what, bytes, words) in cases {
            let site = Site::new().file(path, bytes).file("content/autre.md", "---\ntitle: [\n---\n");
            let what = format!("{what} in {path}");
            assert_refused(&site, &what, words);
            let run = build(&site, &what);
            assert!(run.err.contains(path), "{what}: {path} is missing from\n{}", run.err);
            assert!(
                run.err.contains("content/autre.md:"),
                "{what}: the other error is missing from\n{}",
                run.err
            );
        }
    }
}

/// File names that are not UTF-8 are errors, one diagnostic each.
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

/// A byte order mark and the line ends of Windows and of old Macs do not change the output.
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

/// A text over 10 MiB or a front matter over 64 KiB is refused; an image of that size is not.
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

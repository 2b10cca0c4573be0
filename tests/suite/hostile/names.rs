//! Outputs that collide, and names that some operating system cannot hold.

use super::{assert_refused, build, every, post};
use crate::support::Site;

/// Two outputs with the same path are an error that names both.
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
            "two tags with one slug",
            vec![
                at("content/posts/a.md", "tags: [réseaux]"),
                at("content/posts/b.md", "tags: [veille]"),
                page("content/tags/veille/_index.md", "slug: reseaux"),
            ],
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
            [".txt", "two files have this name"],
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

/// Enough posts for a second home page, and a page with extra front matter.
fn pages_and(more: &str) -> Vec<(String, String)> {
    let posts = (0..12).map(|n| (format!("content/posts/t{n}.md"), post("")));
    let page = ("content/x.md".to_owned(), format!("---\ntitle: X\n{more}\n---\n\nTexte.\n"));
    posts.chain([page]).collect()
}

/// A path that some operating system cannot hold is an error for a page and a warning for a
/// static file.
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
            assert!(run.err.contains(word), "{what}: {word:?} is missing from\n{}", run.err);
        }
    });
}

/// Settings that make reserved, empty or unusable paths are diagnosed without a panic.
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

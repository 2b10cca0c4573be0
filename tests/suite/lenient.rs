//! `links: warn` and `--lenient`: a site is published although links lead nowhere; `elsewhere:`.

use super::support::{Run, Site, TODAY, png};

const POST: &str = "\
[un](absent.md) [deux](/nulle/part/) [trois](#rien) [[quatre-absent]] <https://essai.example/cinq/>

![Un chat](chat.png)

![Six](/img/six.png \"Légende\")

<a href=\"/sept/\">sept</a> <img src='huit.png' alt='Huit'>

Comme le dit [@neuf].

{{ figure(src=\"dix.png\", alt=\"Dix\", caption=\"Dix aussi\") }}
";

fn site(config: &str) -> Site {
    Site::empty()
        .file("pingmark.yaml", format!("title: Essai\nbase_url: https://essai.example\n{config}"))
        .post("un", POST)
}

fn lenient(site: &Site) -> Run {
    site.run(&["build", "--today", TODAY, "--lenient", "-v"])
}

#[test]
fn dead_links_stop_a_site_unless_it_is_lenient() {
    let strict = site("").run(&["build", "--today", TODAY, "-v"]);
    assert_eq!(strict.code, 1, "{}", strict.err);
    let errors = strict.err.matches("error[").count();
    let set = site("links: warn\n").run(&["build", "--today", TODAY, "-v"]);
    for run in [lenient(&site("")), set] {
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(!run.err.contains("error["), "{}", run.err);
        // All that was an error is told as a warning, and counted.
        let warnings = run.err.matches("warning[").count();
        let before = strict.err.matches("warning[").count();
        assert_eq!(warnings, before + errors, "{}\n{}", strict.err, run.err);
        assert!(run.err.contains(&format!("{warnings} warnings")), "{}", run.err);
    }
    let denied = site("").run(&["build", "--today", TODAY, "--lenient", "--deny-warnings"]);
    assert_eq!(denied.code, 1, "{}", denied.err);
    let check = site("").run(&["check", "--today", TODAY, "--lenient"]);
    assert_eq!(check.code, 0, "{}", check.err);
}

#[test]
fn readers_see_the_words_of_dead_links_and_images() {
    let site = site("");
    assert_eq!(lenient(&site).code, 0);
    let page = site.public("posts/un/index.html");
    let feed = site.public("feed.xml");
    for words in ["un", "deux", "quatre-absent", "https://essai.example/cinq/", "Un chat", "Six", "neuf"] {
        assert!(page.contains(&format!("<span class=\"broken\">{words}</span>")), "{words}\n{page}");
    }
    // The heading is missing, and the link still leads to its page.
    assert!(page.contains("<a href=\"#rien\">trois</a>"), "{page}");
    assert!(page.contains(">sept</a>") && page.contains("alt='Huit'"), "{page}");
    assert!(page.contains("Légende") && page.contains("Dix"), "{page}");
    for text in [&page, &feed] {
        for gone in [
            "href=\"absent",
            "href=\"/nulle",
            "href=\"/sept",
            "src=\"chat",
            "src=\"dix",
            "six.png",
            "<picture",
        ] {
            assert!(!text.contains(&format!(" {gone}")), "{gone}\n{text}");
        }
        assert!(!text.contains("src=\"\""), "{text}");
    }
}

#[test]
fn a_cover_that_does_not_exist_is_told_like_an_image_in_the_text() {
    for (image, hint) in [
        ("/img/absente.png", ""),
        ("absente.png", ""),
        ("https://essai.example/img/absente.png", ""),
        ("/2014/photo.png", "it is at static/uploads/photo.png: write `/uploads/photo.png`"),
    ] {
        let text = format!("---\ntitle: Un\ndate: 2026-01-01\nimage: {image}\n---\n\nUn.\n");
        let site =
            Site::new().file("content/posts/un.md", text).file("static/uploads/photo.png", png(40, 21));
        let run = site.build();
        assert_eq!(run.code, 1, "{image}: {}", run.err);
        assert!(run.err.contains("error[file-not-found]") && run.err.contains(hint), "{}", run.err);
        assert!(run.err.contains("content/posts/un.md:4:8"), "{}", run.err);
        assert_eq!(lenient(&site).code, 0, "{image}");
        assert!(!site.public("posts/un/index.html").contains("absente"), "{image}");
    }
}

#[test]
fn what_is_unsafe_unreadable_or_taken_stays_an_error() {
    for (path, text) in [
        ("content/a.md", "[x](javascript:alert(1))"),
        ("static/posts/un/index.html", "x"),
        ("content/b.md", "---\ntitle: [\n---\n"),
    ] {
        let run = lenient(&Site::new().post("un", "x").file(path, text));
        assert_eq!(run.code, 1, "{path}: {}", run.err);
    }
}

#[test]
fn what_is_elsewhere_is_left_alone() {
    let site = Site::empty()
        .file(
            "pingmark.yaml",
            "title: Essai\nbase_url: https://essai.example\nelsewhere: [/docs/, /api, www.essai.example]\n",
        )
        .post("un", "Un.")
        .post(
            "deux",
            "[a](/docs/guide/?v=1#x) [b](https://essai.example/api/v1) ![c](/docs/c.png) \
             [d](https://www.essai.example/posts/un/) <a href=\"/api\">e</a> [f](../../docs/f/)",
        )
        .built();
    let page = site.public("posts/deux/index.html");
    for link in [
        "<a href=\"/docs/guide/?v=1#x\">a</a>",
        "<a href=\"https://essai.example/api/v1\">b</a>",
        "src=\"/docs/c.png\"",
        "<a href=\"https://www.essai.example/posts/un/\">d</a>",
        "<a href=\"/api\">e</a>",
    ] {
        assert!(page.contains(link), "{link}\n{page}");
    }
    // No citation of the blog's own page, and none of a site.
    assert!(!site.public("posts/un/index.html").contains("/posts/deux/#"));
    assert!(!site.path("public/sources/index.html").exists());
    let feed = site.public("feed.xml");
    assert!(feed.contains("https://essai.example/docs/guide/?v=1#x"), "{feed}");
    // Its neighbour is checked.
    let run = Site::new().post("un", "[a](/docs2/)").build();
    assert_eq!(run.code, 1);
}

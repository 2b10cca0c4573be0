//! Nothing private gets out: files of unpublished texts, statuses of other programs, folders of drafts,
//! leftovers, and sources in a markup that is not read.

use super::support::{Run, Site, TODAY};

fn titled(more: &str, body: &str) -> String {
    format!("---\ntitle: Titre\ndate: 2026-01-01\ndescription: Un essai.\n{more}---\n\n{body}\n")
}

/// The published paths below a folder.
fn published(site: &Site, folder: &str) -> Vec<String> {
    site.tree("public").into_keys().filter(|path| path.starts_with(folder)).collect()
}

/// Fails if a word of a private text or file is anywhere in the output.
fn nothing_says(site: &Site, word: &str) {
    for (path, bytes) in site.tree("public") {
        assert!(!path.contains(word), "{path}");
        assert!(!String::from_utf8_lossy(&bytes).contains(word), "{path} has {word}");
    }
}

fn built(site: &Site) -> Run {
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    run
}

#[test]
fn files_of_an_unpublished_bundle_stay_with_it() {
    for more in ["draft: true\n", "date: 2027-01-01\n", "expires: 2026-02-01\n", "status: private\n"] {
        let more = more.to_owned();
        let text = titled(&more, "![x](SECRET.png)\n\n[y](sous/SECRET.pdf)");
        let text = if more.starts_with("date") { text.replacen("date: 2026-01-01\n", "", 1) } else { text };
        let site = Site::new()
            .post("un", "Texte.")
            .file("content/posts/plan/index.md", text)
            .file("content/posts/plan/SECRET.png", super::support::png(400, 300))
            .file("content/posts/plan/sous/SECRET.pdf", "SECRET");
        built(&site);
        nothing_says(&site, "SECRET");
        let shown =
            site.run(&["build", "--today", TODAY, "--drafts", "--future", "--expired", "-o", "alles"]);
        assert_eq!(shown.code, 0, "{}", shown.err);
        assert!(site.tree("alles").keys().any(|path| path.ends_with("SECRET.pdf")), "{more}");
    }
}

#[test]
fn a_bundle_with_one_published_language_has_its_files() {
    let site = Site::empty()
        .file(
            "pingmark.yaml",
            "title: E\nbase_url: https://e.example\nlang: fr\nlanguages:\n  en:\n    title: E\n",
        )
        .file("content/posts/plan/index.md", titled("draft: true\n", "![x](photo.pdf)"))
        .file("content/posts/plan/index.en.md", titled("", "[x](photo.pdf)"))
        .file("content/posts/plan/photo.pdf", "PHOTO");
    built(&site);
    assert_eq!(published(&site, "en/posts/plan/p"), ["en/posts/plan/photo.pdf"]);
    assert!(published(&site, "posts/plan/").is_empty());
}

#[test]
fn a_page_that_names_a_held_file_is_told() {
    let site = Site::new()
        .file("content/posts/plan/index.md", titled("draft: true\n", "x"))
        .file("content/posts/plan/SECRET.png", super::support::png(400, 300))
        .post(
            "un",
            "![x](plan/SECRET.png) et [y](/posts/plan/SECRET.png) et <img src=\"/posts/plan/SECRET.png\">",
        );
    let run = built(&site);
    assert_eq!(run.err.matches("warning[link-held]").count(), 3, "{}", run.err);
    assert!(run.err.contains("belongs to a post that is a draft"), "{}", run.err);
    assert!(published(&site, "posts/plan").is_empty());
}

#[test]
fn an_unpublished_section_keeps_its_files() {
    let site = Site::new()
        .post("un", "Texte.")
        .file("content/prive/_index.md", "---\ntitle: Privé\ndraft: true\n---\n")
        .file("content/prive/SECRET.pdf", "x")
        .file("content/ouvert/_index.md", "---\ntitle: Ouvert\ndraft: true\n---\n")
        .file("content/ouvert/page.md", titled("", "[x](a.pdf)"))
        .file("content/ouvert/a.pdf", "x");
    built(&site);
    nothing_says(&site, "SECRET");
    assert_eq!(published(&site, "ouvert/a.pdf").len(), 1);
}

#[test]
fn statuses_of_other_programs_hold_a_text_back() {
    for line in [
        "status: draft",
        "status: pending",
        "status: private",
        "status: hidden",
        "status: future",
        "status: trash",
        "status: Draft",
        "Status: draft",
        "Draft: true",
        "status: brouillon",
        "status: [draft]",
        "post_status: inherit",
        "unpublished: true",
        "private: true",
        "private: yes",
        "hidden: true",
        "unlisted: true",
        "isDraft: true",
        "published: false",
        "published: \"false\"",
        "published: no",
        "publish: false",
        "permalink: false",
        "render: false",
        "visibility: private",
        "visibility: members",
        "visibility: paid",
        "audience: only_paid",
        "password: SECRET-MOT",
        "draft: false\nstatus: private",
        "status: private\ndraft: false",
    ] {
        let site = Site::new()
            .post("un", "Texte.")
            .file("content/posts/cache.md", titled(&format!("{line}\n"), "SECRET-MOT"));
        let run = built(&site);
        assert!(run.err.contains("0 warnings"), "{line}: {}", run.err);
        nothing_says(&site, "SECRET-MOT");
        assert!(published(&site, "posts/cache").is_empty(), "{line}");
        assert!(!run.err.contains("SECRET-MOT"), "{line}: {}", run.err);
        // A plain `draft` needs no word; anything else is told, by an unchanged build too.
        if !line.starts_with("Draft") {
            assert!(run.err.contains("held back like drafts: 1 text with `"), "{line}: {}", run.err);
            assert!(built(&site).err.contains("held back"), "{line}: not told by an unchanged build");
        }
        assert!(site.run(&["list", "drafts"]).out.contains("content/posts/cache.md"), "{line}");
    }
}

#[test]
fn what_is_published_elsewhere_is_published_here() {
    for line in [
        "status: published",
        "status: publish",
        "status: public",
        "visibility: public",
        "visibility: everyone",
        "published: true",
        "published: 2026-01-01",
        "hidden: false",
        "private: no",
        "password: \"\"",
        "publish: true",
    ] {
        let site = Site::new().file("content/posts/a.md", titled(&format!("{line}\n"), "x"));
        let run = built(&site);
        assert!(run.err.contains("0 warnings") && !run.err.contains("held back"), "{line}: {}", run.err);
        assert_eq!(published(&site, "posts/a/").len(), 2, "{line}");
    }
    // A word that says nothing about publishing is told, and kept for templates.
    let site = Site::new().file("content/posts/a.md", titled("status: evergreen\n", "x"));
    assert!(built(&site).err.contains("warning[unknown-key]"));
    assert!(!published(&site, "posts/a/").is_empty());
}

#[test]
fn folders_of_drafts_and_underscores_are_held_back() {
    let site = Site::new()
        .post("un", "Texte.")
        .file("content/_drafts/a.md", titled("", "SECRET"))
        .file("content/_drafts/SECRET.png", super::support::png(9, 9))
        .file("content/drafts/b.md", titled("", "SECRET"))
        .file("content/posts/Brouillons/c.md", titled("", "SECRET"))
        .file("content/posts/_d.md", titled("", "SECRET"))
        .file("content/_modeles/e.md", "---\ntitle: {{title}}\n---\nSECRET")
        .file("content/_SECRET.pdf", "SECRET")
        .file("content/_index.md", "---\ntitle: Accueil\n---\nBienvenue.")
        .file("content/_posts/2026-01-01-jekyll.md", titled("", "Publié."));
    let run = built(&site);
    nothing_says(&site, "SECRET");
    assert!(site.public("index.html").contains("Bienvenue"));
    assert!(!published(&site, "posts/jekyll").is_empty());
    assert_eq!(run.err.matches("held back like drafts").count(), 1, "{}", run.err);
    for place in ["`_drafts`", "`drafts`", "`Brouillons`", "`_d.md`", "`_modeles`", "`_SECRET.pdf`"] {
        assert!(run.err.contains(place), "{place}: {}", run.err);
    }
    assert!(run.err.contains("0 warnings"), "{}", run.err);
}

#[test]
fn leftovers_of_programs_are_not_published() {
    let mut site = Site::new().post("a", "Texte.");
    for name in [
        "a.md.bak",
        "a.md.orig",
        "a.md.rej",
        "a.md.tmp",
        "a.md.save",
        "~$a.docx",
        "a.md~",
        "#a.md#",
        "A.BAK",
        "__MACOSX/x",
        "a.md.old",
        "a.md.swp",
        "x.part",
        "._a.png",
    ] {
        site =
            site.file(&format!("content/posts/{name}"), "SECRET").file(&format!("static/{name}"), "SECRET");
    }
    let site = site.file("static/.well-known/x", "visible").built();
    nothing_says(&site, "SECRET");
    assert_eq!(site.public(".well-known/x"), "visible");
}

#[test]
fn sources_in_other_markups_are_told_and_not_copied() {
    let site = Site::new()
        .post("un", "Texte.")
        .file("content/posts/a.mdx", "import X from 'x'\n\nSECRET")
        .file("content/posts/b.mdx", "---\ntitle: x\ndraft: true\n---\nSECRET")
        .file("content/posts/c.rst", "Titre\n=====\n\n:date: 2026-01-01\n:status: draft\n\nSECRET")
        .file("content/posts/d.org", "#+TITLE: x\nSECRET")
        .file("content/posts/e.adoc", "= Titre\n:status: draft\n\nSECRET")
        .file("content/posts/f.txt", "---\ntitle: x\n---\nSECRET")
        .file("content/posts/note.txt", "Un texte à télécharger.");
    let run = built(&site);
    nothing_says(&site, "SECRET");
    assert_eq!(run.err.matches("warning[").count(), 1, "{}", run.err);
    let kinds = "1 *.adoc, 2 *.mdx, 1 *.org, 1 *.rst, 1 *.txt";
    assert!(run.err.contains("warning[markup-unread]") && run.err.contains(kinds), "{}", run.err);
    assert_eq!(site.public("posts/note.txt"), "Un texte à télécharger.");
}

#[test]
fn an_html_file_with_a_front_matter_is_a_post() {
    let body = "<p>Un <em>été</em> &eacute;clatant, voir <a href=\"../un.md\">le premier</a>.</p>\n\
                <h2>Partie &amp; suite</h2>\n<p>*pas du Markdown* <img src=\"photo.png\" alt=\"\"></p>\n\
                <pre>code</pre><script>var a = \"<p>\";</script>";
    let site = Site::new()
        .post("un", "Texte.")
        .file(
            "content/posts/jour/index.html",
            titled("tags: [veille]\n", body).replacen("description: Un essai.\n", "", 1),
        )
        .file("content/posts/jour/photo.png", super::support::png(9, 9))
        .file("content/posts/brouillon.html", titled("draft: true\n", "SECRET"))
        .file("content/posts/tel-quel.html", "<!doctype html><title>x</title>")
        .built();
    nothing_says(&site, "SECRET");
    let page = site.public("posts/jour/index.html");
    assert!(
        page.contains("<p>Un <em>été</em> &eacute;clatant, voir <a href=\"/posts/un/\">le premier</a>.</p>"),
        "{page}"
    );
    assert!(page.contains("<h2 id=\"partie-suite\">Partie &amp; suite"), "{page}");
    assert!(page.contains("<p>*pas du Markdown* <img src=\"/posts/jour/photo.png\""), "{page}");
    assert!(page.contains("var a = \"<p>\";"), "{page}");
    // It cites, is listed, has an excerpt, and its words are found.
    let cited = site.public("posts/un/index.html");
    assert!(cited.contains("Un été éclatant, voir"), "{cited}");
    assert!(site.public("index.html").contains("Un été éclatant, voir le premier."));
    assert!(site.public("feed.xml").contains("éclatant"));
    assert_eq!(site.public("posts/tel-quel.html"), "<!doctype html><title>x</title>");
}

#[test]
fn markdown_has_more_than_one_extension() {
    let site = Site::new()
        .file("content/posts/un.MD", titled("", "Voir [deux](deux.mkd)."))
        .file("content/posts/deux.mkd", titled("", "x"))
        .file("content/posts/trois.Markdown", titled("draft: true\n", "SECRET"))
        .built();
    nothing_says(&site, "SECRET");
    assert!(site.public("posts/un/index.html").contains("href=\"/posts/deux/\""));
}

#[test]
fn a_site_without_a_page_is_told() {
    let empty = built(&Site::new());
    assert!(empty.err.contains("warning[site-empty]: the site has no posts and no pages"), "{}", empty.err);
    let drafts = built(&Site::new().file("content/posts/a.md", titled("draft: true\n", "x")));
    assert!(drafts.err.contains("warning[site-empty]: no post or page is published"), "{}", drafts.err);
    let mdx = built(&Site::new().file("content/posts/a.mdx", "# x"));
    assert!(mdx.err.contains("markup-unread") && mdx.err.contains("site-empty"), "{}", mdx.err);
}

#[test]
fn feeds_have_nothing_active() {
    let body = "Texte.\n\n<script>location.href='https://ailleurs.example/'</script>\n\n<style>body{color:red}</style>\n\n\
                <p onclick=\"x()\">Cliquez</p>\n\n<form action=\"/go\"><input name=\"q\"></form>\n";
    let site = Site::empty()
        .file(
            "pingmark.yaml",
            "title: E\nbase_url: https://e.example\nfeed:\n  full: true\n  formats: [rss, atom, json]\n",
        )
        .post("a", body);
    built(&site);
    for feed in ["feed.xml", "atom.xml", "feed.json"] {
        let text = site.public(feed);
        assert!(text.contains("Cliquez") && text.contains("Texte."), "{text}");
        for active in
            ["<script", ";script", "style", "onclick", ";form", "<form", "input", "color:red", "location"]
        {
            assert!(!text.contains(active), "{feed} has {active}: {text}");
        }
    }
    let page = site.public("posts/a/index.html");
    assert!(page.contains("onclick=\"x()\"") && page.contains("<form action="), "{page}");
}

#[test]
fn images_that_browsers_do_not_show_are_told() {
    let site = Site::new()
        .file(
            "content/posts/m/index.md",
            titled(
                "image: couverture.tif\n",
                "![Photo](IMG_1.HEIC) ![Scan](scan.tiff) ![Doc](doc.pdf) ![Film](film.mp4)\n\n\
                 ![Loin](https://ailleurs.example/a.heic) <img src=\"IMG_1.HEIC\"> [le film](film.mp4)\n\n\
                 <video src=\"film.mp4\"></video>",
            ),
        )
        .file("static/vu-de-personne.heic", "x");
    let site = ["IMG_1.HEIC", "scan.tiff", "doc.pdf", "film.mp4", "couverture.tif"]
        .iter()
        .fold(site, |site, name| site.file(&format!("content/posts/m/{name}"), "x"));
    let run = built(&site);
    assert_eq!(run.err.matches("warning[image-format]").count(), 7, "{}", run.err);
    assert!(run.err.contains("browsers do not show `IMG_1.HEIC` as an image: it is HEIC"), "{}", run.err);
    assert!(run.err.contains("save it as JPEG, PNG or WebP; its metadata"), "{}", run.err);
    assert_eq!(run.err.matches("warning[image-unread]").count(), 1, "{}", run.err);
    assert!(run.err.contains("vu-de-personne.heic"), "{}", run.err);
}

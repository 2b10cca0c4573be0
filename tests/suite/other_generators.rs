//! Sites as other generators and their authors left them: forms of front matter, dates, addresses.

use super::support::{Run, Site, TODAY};

/// Builds a site and reports one problem a line: reports for people draw problems that are alike once.
fn build(site: &Site) -> Run {
    site.run(&["build", "--today", TODAY, "--format", "short"])
}

/// Codes of the diagnostics of a run, in order: `path:line:column: warning[code]: message`.
fn codes(run: &Run) -> Vec<String> {
    let code = |line: &str| {
        let rest = ["error[", "warning["].iter().find_map(|level| line.split_once(level))?.1;
        Some(rest.split_once("]:")?.0.to_owned())
    };
    run.err.lines().filter_map(code).collect()
}

/// A site with the smallest config and some files below `content/posts/`.
fn posts(files: &[(&str, &str)]) -> Site {
    files.iter().fold(Site::new(), |site, (name, text)| site.file(&format!("content/posts/{name}"), text))
}

/// Builds and fails on an error. Returns the codes of the warnings.
fn warnings(site: &Site) -> Vec<String> {
    let run = build(site);
    assert_eq!(run.code, 0, "{}", run.err);
    codes(&run)
}

#[test]
fn every_form_of_front_matter_makes_the_same_post() {
    for (form, text) in [
        ("yaml", "---\ntitle: Un\ndate: 2026-01-02 10:30\ntags: [a, b]\ndraft: false\n---\n\nTexte.\n"),
        ("toml", "+++\ntitle = \"Un\"\ndate = 2026-01-02T10:30:00\ntags = [\"a\", \"b\"]\n+++\n\nTexte.\n"),
        (
            "zola",
            "+++\ntitle = \"Un\"\ndate = 2026-01-02T10:30:00\n[taxonomies]\ntags = [\"a\", \"b\"]\n[extra]\nnote = 1\n+++\n\nTexte.\n",
        ),
        (
            "json",
            "{\n  \"title\": \"Un\",\n  \"date\": \"2026-01-02 10:30\",\n  \"tags\": [\"a\", \"b\"]\n}\n\nTexte.\n",
        ),
        ("hexo", "title: Un\ndate: 2026/01/02 10:30:00\ntags:\n- a\n- b\n---\nTexte.\n"),
        (
            "hexo-json",
            "\"title\": \"Un\",\n\"date\": \"2026/01/02 10:30\",\n\"tags\": [\"a\", \"b\"]\n;;;\nTexte.\n",
        ),
        ("pelican", "Title: Un\nDate : 2026-01-02 10:30\nTags: a, b\n\nTexte.\n"),
        (
            "pelican-dashes",
            "---\nTitle: Un\nDate: 2026-01-02 10:30\nTags: a, b\nSummary: un : deux\n---\n\nTexte.\n",
        ),
        ("dashes", "----\ntitle: Un\ndate: 2026-01-02 10:30\ntags: [a, b]\n----\n\nTexte.\n"),
        ("blank", "\n---\ntitle: Un\ndate: 2026-01-02 10:30\ntags: [a, b]\n---\n\nTexte.\n"),
        ("em", "—\ntitle: Un\ndate: 2026-01-02 10:30\ntags: [a, b]\n—\n\nTexte.\n"),
    ] {
        let site = posts(&[("un.md", text)]);
        let told = warnings(&site);
        let wrong = matches!(form, "dashes" | "blank" | "em");
        assert_eq!(told, if wrong { vec!["front-matter-fence"] } else { Vec::new() }, "{form}");
        let page = site.public("posts/un/index.html");
        assert!(page.contains("datetime=\"2026-01-02T10:30:00+01:00\""), "{form}: {page}");
        assert!(page.contains("/tags/a/") && page.contains("/tags/b/"), "{form}");
        for word in ["title", "date:", "Title", "----", "—\n"] {
            assert!(!site.public("feed.xml").contains(&format!("<p>{word}")), "{form}: {word}");
        }
        assert!(!page.contains("2026-01-02 10:30"), "{form}: the front matter is shown");
    }
}

#[test]
fn texts_keep_what_was_typed() {
    let text = "---\ntitle: 1.10\ndate: 2026-11-01\ndescription: Un essai.\n\
                tags: [1.10, 1.1, 24.10, 1e5, 0x10, +33, .5]\nslug: 1.10\nseries: 2.10\n---\n\nTexte.\n";
    let site = posts(&[("a.md", text)]).built();
    let page = site.public("posts/1-10/index.html");
    assert!(page.contains(">1.10</h1>"), "{page}");
    for tag in ["1.10", "1.1", "24.10", "1e5", "0x10", "+33", ".5"] {
        assert!(page.contains(&format!(">{tag}<")), "{tag}: {page}");
    }
    site.public("series/2-10/index.html");
}

#[test]
fn words_behind_a_hash_are_not_lost_in_silence() {
    let text = "---\ntitle: Le bilan #2 du mois\ndate: 2026-11-01\ndescription: Le top 3 #CMGR de la semaine\n\
                tags:\n  - #veille\n  - modération\n---\n\nTexte.\n";
    let site = posts(&[("a.md", text)]);
    assert_eq!(warnings(&site), ["yaml-comment"; 3]);
    let quoted = text
        .replace("Le bilan #2 du mois", "\"Le bilan #2 du mois\"")
        .replace("Le top 3 #CMGR de la semaine", "\"Le top 3 #CMGR de la semaine\"")
        .replace("- #veille", "- \"#veille\"");
    let site = posts(&[("a.md", &quoted)]).built();
    let page = site.public("posts/a/index.html");
    assert!(page.contains("Le bilan #2 du mois") && page.contains("Le top 3 #CMGR de la semaine"));
    assert!(page.contains("/tags/veille/") && page.contains("/tags/moderation/"));
}

#[test]
fn terms_are_told_apart_by_their_signs() {
    let post =
        |tags: &str| format!("---\ntitle: T\ndate: 2026-11-01\ndescription: d\ntags: {tags}\n---\n\nx\n");
    let site = posts(&[
        ("a.md", &post("[\"#veille\", C, R&D]")),
        ("b.md", &post("[veille, C++, R D]")),
        ("c.md", &post("[\"C#\", Yahoo!]")),
        ("d.md", &post("[Yahoo, Go]")),
    ])
    .file("content/tags/Go/_index.md", "---\ntitle: Go\nslug: golang\n---\n")
    .built();
    for slug in ["veille", "c", "c-plus-plus", "c-sharp", "r-d", "r-and-d", "yahoo", "golang"] {
        site.public(&format!("tags/{slug}/index.html"));
    }
    assert!(!site.path("public/tags/go").exists());
    let veille = site.public("tags/veille/index.html");
    assert!(veille.contains("/posts/a/") && veille.contains("/posts/b/"));
}

#[test]
fn undated_files_among_posts_are_told() {
    let plain = "---\ntitle: T\ndescription: d\n---\n\nTexte.\n";
    let site = posts(&[
        ("2026-13-45-quatre.md", plain),
        ("cree.md", "---\ntitle: T\ndescription: d\nextra: { created: 2026-11-02 }\n---\n\nTexte.\n"),
        ("mon-article.md", plain),
        ("2026_11_29_deux.md", plain),
        ("vide.md", "---\ntitle: T\ndescription: d\ndate:\n---\n\nTexte.\n"),
        ("20261128-trois.md", plain),
        ("2026-11-01-date.md", plain),
    ])
    .file("content/a-propos.md", plain);
    let run = build(&site);
    assert_eq!(codes(&run), ["undated-post"; 6], "{}", run.err);
    for hint in
        ["date: 2026-11-28", "date: 2026-11-29", "created: 2026-11-02", "`2026-13-45` in its file name"]
    {
        assert!(run.err.contains(hint), "{hint}: {}", run.err);
    }
}

#[test]
fn pages_are_made_of_dated_files_by_choice() {
    let page = |line: &str| format!("---\ntitle: T\ndescription: d\ndate: 2026-01-01\n{line}---\n\nTexte.\n");
    let site =
        posts(&[("a.md", &page("type: page\n")), ("b.md", &page("layout: page\n")), ("c.md", &page(""))])
            .file("content/pages/d.md", page(""))
            .built();
    let feed = site.public("feed.xml");
    assert!(feed.contains("/posts/c/"));
    for page in ["posts/a", "posts/b", "pages/d"] {
        site.public(&format!("{page}/index.html"));
        assert!(!feed.contains(page), "{page} is in the feed");
    }
}

#[test]
fn aliases_have_every_form() {
    let post = |alias: &str| {
        format!("---\ntitle: T\ndate: 2026-11-01\ndescription: d\naliases: [\"{alias}\"]\n---\n\nx\n")
    };
    let site = posts(&[
        ("a.md", &post("https://essai.example/abs/")),
        ("b.md", &post("/archives/2011#x")),
        ("c.md", &post("/?p=123")),
        ("d.md", &post("/index.php?post/2011/un")),
        (
            "e.md",
            "---\ntitle: T\ndate: 2026-11-01\ndescription: d\n---\n\n[un](/?p=123#x), [deux](https://essai.example/?p=123), \
             [trois](/index.php?post/2011/un)\n\n## X {#x}\n",
        ),
    ])
    .file("static/_redirects", "/ancien/* /:splat 301\n/abs/ /ailleurs/ 302\n");
    assert!(warnings(&site).contains(&"anchor-not-found".to_owned()), "the heading is not in c yet");
    site.write("content/posts/c.md", post("/?p=123").replace("x\n", "## X {#x}\n"));
    // `_redirects` can say the first query, so only hosts without it miss that one.
    assert_eq!(warnings(&site), ["alias-partial"]);
    site.public("abs/index.html");
    site.public("archives/2011/index.html");
    let lines = site.public("_redirects");
    let expected = "/ p=123 /posts/c/ 301\n/ p=123 /posts/c/ 301!\n/archives/2011/ /posts/b/ 301\n\
                    /ancien/* /:splat 301\n/abs/ /ailleurs/ 302\n";
    assert_eq!(lines, expected);
    let page = site.public("posts/e/index.html");
    assert!(page.contains("href=\"/posts/c/#x\"") && page.contains("href=\"/posts/c/\""), "{page}");
    assert!(page.contains("href=\"/posts/d/\""), "{page}");
    assert!(site.public("posts/c/index.html").contains("/posts/e/"), "an old address makes a ping too");
}

#[test]
fn a_number_of_wordpress_is_not_the_home_page() {
    let run = build(&Site::new().post("un", "[vieux](https://essai.example/?p=7)"));
    assert_eq!((run.code, codes(&run)), (1, vec!["link-not-found".to_owned()]), "{}", run.err);
}

#[test]
fn an_explicit_slug_is_kept_as_typed() {
    let post =
        |slug: &str| format!("---\ntitle: T\ndate: 2026-11-01\ndescription: d\nslug: {slug}\n---\n\nx\n");
    let site = posts(&[
        ("a.md", &post("café-du-port")),
        ("b.md", &post("Ελλάδα")),
        ("c.md", &post("Mon-Article")),
        ("d.md", &post("v1.2")),
        (
            "e.md",
            "---\ntitle: T\ndate: 2026-11-01\ndescription: d\n---\n\n[[cafe-du-port]] [[Mon-Article]]\n",
        ),
    ])
    .built();
    for slug in ["café-du-port", "Ελλάδα", "Mon-Article", "v1.2"] {
        site.public(&format!("posts/{slug}/index.html"));
    }
    assert!(site.public("feed.xml").contains("/posts/caf%C3%A9-du-port/"));
    assert!(site.public("posts/e/index.html").contains("href=\"/posts/caf%C3%A9-du-port/\""));
}

#[test]
fn own_static_files_win() {
    let files = [
        "404.html",
        "feed.xml",
        "atom.xml",
        "sitemap.xml",
        "site.webmanifest",
        "robots.txt",
        "archive/index.html",
    ];
    let site = files
        .iter()
        .fold(Site::new().post("un", "Texte."), |site, name| site.file(&format!("static/{name}"), "le mien"));
    let site = site.built();
    for name in files {
        assert_eq!(site.public(name), "le mien", "{name}");
    }
    let site = Site::new().post("un", "Texte.").file("static/atom.xml/index.html", "le mien").built();
    assert_eq!(site.public("atom.xml/index.html"), "le mien");
}

#[test]
fn permalinks_are_made_of_every_token() {
    let post = "---\ntitle: L’été\ndate: 2026-03-04 05:06:07\ndescription: d\ncategories: [Vie privée, Droit]\nauthor: lea\nid: 12\n---\n\nx\n";
    for (pattern, address) in [
        ("/:section/:slug/", "blog/un"),
        ("/:path/:slug/", "blog/2026/un"),
        ("/:filename/", "2026-03-01-un"),
        ("/:title/", "l-ete"),
        ("/:category/:slug/", "vie-privee/un"),
        ("/:categories/:slug/", "vie-privee/droit/un"),
        ("/:author/:slug/", "lea/un"),
        ("/:year/:month/:day/:hour:minute:second-:slug/", "2026/03/04/050607-un"),
        ("/:id/:slug", "12/un"),
    ] {
        let site = Site::empty()
            .file(
                "pingmark.yaml",
                format!("title: Essai\nbase_url: https://essai.example\npermalink: {pattern}\nauthors: {{ lea: {{ name: Léa Martin }} }}\n"),
            )
            .file("content/blog/2026/2026-03-01-un.md", post)
            .built();
        site.public(&format!("{address}/index.html"));
    }
}

#[test]
fn feeds_keep_the_identifier_of_a_former_home() {
    let post = |line: &str| format!("---\ntitle: T\ndate: 2026-11-01\ndescription: d\n{line}---\n\nx\n");
    let site = posts(&[("a.md", &post("guid: https://vieux.example/?p=12\n")), ("b.md", &post(""))]).built();
    let rss = site.public("feed.xml");
    assert!(rss.contains("<guid isPermaLink=\"false\">https://vieux.example/?p=12</guid>"), "{rss}");
    assert!(rss.contains("<guid isPermaLink=\"true\">https://essai.example/posts/b/</guid>"), "{rss}");
    assert!(site.public("atom.xml").contains("<id>https://vieux.example/?p=12</id>"));
    assert!(site.public("feed.json").contains("\"id\": \"https://vieux.example/?p=12\""));
}

#[test]
fn names_of_keys_of_other_generators_are_read() {
    for (key, value) in [
        ("pubDate", "Jul 08 2022"),
        ("publishedAt", "2022-07-08"),
        ("pubDatetime", "2022-07-08T10:00:00Z"),
        ("publishDate", "July 8, 2022"),
        ("Date", "08/07/2022 10h30"),
    ] {
        let text = format!(
            "---\nTitle: T\n{key}: \"{value}\"\nmodDatetime: 2023-01-01\ndescription: d\nheroImage: x.png\nheroImageAlt: Un\n---\n\nx\n"
        );
        let site = posts(&[("a/index.md", &text)]).file("content/posts/a/x.png", super::support::png(20, 20));
        let told = warnings(&site);
        assert_eq!(told, if key == "Date" { vec!["date-ambiguous"] } else { Vec::new() }, "{key}");
        assert!(site.public("posts/a/index.html").contains("2022-07-08"), "{key}");
    }
}

#[test]
fn paths_of_zola_and_of_vaults_lead_to_their_files() {
    let dated = |body: &str| format!("---\ntitle: T\ndate: 2026-11-01\ndescription: d\n---\n\n{body}\n");
    let site = Site::new()
        .file("content/posts/un.md", dated("[deux](@/notes/deux.md#x) [page](@/a-propos.md)\n\n## X {#x}"))
        .file(
            "content/notes/deux.md",
            dated("[un](posts/un.md) [sous](notes/sous/trois) ![Une image](images/x.png)\n\n## X {#x}"),
        )
        .file("content/notes/sous/trois.md", dated("[deux](notes/deux.md) et [quatre](quatre.md)"))
        .file("content/notes/sous/quatre.md", dated("x"))
        .file("content/images/x.png", super::support::png(20, 20))
        .file("content/a-propos.md", "---\ntitle: A\ndescription: d\n---\n\nx\n")
        .built();
    assert!(site.public("posts/un/index.html").contains("href=\"/posts/deux/#x\""));
    let deux = site.public("posts/deux/index.html");
    assert!(deux.contains("href=\"/posts/un/\"") || deux.contains("href=\"/posts/trois/\""), "{deux}");
}

#[test]
fn brackets_of_code_and_numbers_are_text() {
    let site = Site::new()
        .post(
            "un",
            "Un [[1,2],[3,4]], [[12]], [[https://a.example]] et `x` //a[@class=\"x\"], [@media (max)].",
        )
        .built();
    let page = site.public("posts/un/index.html");
    for text in ["[[1,2],[3,4]]", "[[12]]", "[@class=", "[@media (max)]"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn sources_are_read_as_front_matters_are() {
    let site = Site::new()
        .file(
            "sources.yaml",
            "king:\n  title: 1.10\n  authors: [\"King, Martin Luther, Jr.\"]\n  published: 1963\n  dead: yes\n\
             lee:\n  title: Livre deux\n  authors: Ann Lee and Bo Kim\n  published: 2020\n  type: podcast\n",
        )
        .file("pingmark.yaml", "title: 2026\nbase_url: https://essai.example\ncitations: { style: author-date }\n")
        .post("un", "Un [@king], deux [@lee].");
    assert_eq!(warnings(&site), ["source-type"]);
    let page = site.public("posts/un/index.html");
    assert!(page.contains("Lee et Kim, 2020"), "{page}");
    assert!(page.contains("Martin Luther King Jr.") && page.contains("1.10"), "{page}");
}

//! The look of a site: its own `base.html`, a copied theme, `custom.css`, a logo, the policy.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use super::served::Served;
use super::support::{Site, TODAY, jpeg, png, tree};

const EXTENDING: &str =
    "{% extends \"plume/base.html\" %}\n{% block footer %}<footer>à moi</footer>{% endblock footer %}\n";

/// A site with a page of every kind.
fn site() -> Site {
    Site::new()
        .post("un", "Un. [deux](2026-01-02-deux.md) [ailleurs](https://autre.example/x)")
        .file(
            "content/posts/2026-01-02-deux.md",
            "---\ntitle: Deux\ntags: [a]\ndescription: D.\n---\n\n[un](un.md)\n",
        )
        .file("content/page.md", "---\ntitle: Page\ndescription: P.\n---\n\nPage.\n")
}

const PAGES: [&str; 9] = [
    "index.html",
    "posts/un/index.html",
    "page/index.html",
    "tags/index.html",
    "tags/a/index.html",
    "archive/index.html",
    "citations/index.html",
    "sources/index.html",
    "404.html",
];

#[test]
fn a_base_of_ones_own_is_used_by_every_page() {
    for theme in ["plume", "gazette"] {
        let config = format!("title: Essai\nbase_url: https://essai.example\ntheme: {theme}\n");
        let site = site().file("pingmark.yaml", config).file("templates/base.html", EXTENDING).built();
        for page in PAGES {
            let html = site.public(page);
            assert!(html.contains("<footer>à moi</footer>"), "{theme}: {page}\n{html}");
            assert!(html.contains("<header") && html.contains("</html>"), "{theme}: {page}\n{html}");
        }
    }
}

#[test]
fn a_base_written_whole_is_used_by_every_page() {
    let whole = "<!doctype html><html lang=\"{{ lang }}\"><title>{{ head.title }}</title>\
                 <body class=\"mine\"><main id=\"main\">{% block content %}{% endblock content %}</main></body></html>";
    let site = site().file("templates/base.html", whole).built();
    for page in PAGES {
        let html = site.public(page);
        assert!(html.starts_with("<!doctype html><html lang=\"fr\"><title>"), "{page}\n{html}");
        assert!(html.contains("<body class=\"mine\">"), "{page}\n{html}");
        assert_eq!(
            (html.matches("<main").count(), html.matches("id=\"main\"").count()),
            (1, 1),
            "{page}\n{html}"
        );
    }
    assert!(site.public("posts/un/index.html").contains("Un. "));
}

#[test]
fn the_base_of_a_theme_is_used_by_every_page() {
    let config = "title: Essai\nbase_url: https://essai.example\ntheme: mine\n";
    let theme = site().file("pingmark.yaml", config).file("themes/mine/theme.yaml", "name: Mine\n");
    let site = theme.file("themes/mine/templates/base.html", EXTENDING).built();
    for page in PAGES {
        assert!(site.public(page).contains("<footer>à moi</footer>"), "{page}");
    }
    // The site's own comes before it.
    site.write("templates/base.html", EXTENDING.replace("plume/", "mine/").replace("à moi", "au site"));
    assert_eq!(site.build().code, 0);
    for page in PAGES {
        assert!(site.public(page).contains("<footer>au site</footer>"), "{page}");
    }
}

#[test]
fn a_theme_copied_whole_is_a_theme() {
    for built_in in ["plume", "gazette"] {
        for name in [built_in, "mine"] {
            let config = format!("title: Essai\nbase_url: https://essai.example\ntheme: {name}\n");
            let files = tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("themes").join(built_in));
            let copied =
                files.into_iter().fold(site().file("pingmark.yaml", config), |site, (path, bytes)| {
                    site.file(&format!("themes/{name}/{path}"), bytes)
                });
            let copied = copied.built();
            let plain = site()
                .file(
                    "pingmark.yaml",
                    format!("title: Essai\nbase_url: https://essai.example\ntheme: {built_in}\n"),
                )
                .built();
            assert_eq!(copied.public("posts/un/index.html"), plain.public("posts/un/index.html"), "{name}");
        }
    }
}

#[test]
fn a_style_sheet_of_ones_own_is_loaded_last() {
    let site = site().file("static/custom.css", "body { color: red }\n").built();
    let home = site.public("index.html");
    let at = |part: &str| home.find(part).unwrap_or_else(|| panic!("{part}\n{home}"));
    assert!(at("href=\"/plume.") < at("href=\"/custom."));
    assert_eq!(home.matches("custom.").count(), 1, "{home}");
    assert_eq!(site.public("custom.css"), "body { color: red }\n");
    assert!(!Site::new().built().public("index.html").contains("custom."));
}

#[test]
fn a_logo_is_a_png_a_jpeg_or_an_svg() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h8v8z\"/></svg>";
    for (name, bytes) in
        [("logo.png", png(90, 60)), ("logo.jpg", jpeg(700, 900)), ("logo.svg", svg.as_bytes().to_vec())]
    {
        let config = format!("title: Essai\nbase_url: https://essai.example\nlogo: /img/{name}\n");
        let site = site().file("pingmark.yaml", config).file(&format!("static/img/{name}"), &bytes).built();
        let home = site.public("index.html");
        assert!(home.contains(&format!("<img src=\"/img/{name}\"")), "{home}");
        let is_svg = name.ends_with("svg");
        assert_eq!(home.contains("type=\"image/svg+xml\""), is_svg, "{home}");
        let icon = site.public_bytes("icon-192.png");
        assert!(icon.starts_with(b"\x89PNG"), "{name}");
        let without = self::site().built();
        assert_ne!(icon, without.public_bytes("icon-192.png"), "{name}");
    }
    for (logo, words) in
        [("/img/absent.png", "does not exist in static/"), ("/img/a.gif", "cannot be a logo")]
    {
        let config = format!("title: Essai\nbase_url: https://essai.example\nlogo: {logo}\n");
        let run = site().file("pingmark.yaml", config).file("static/img/a.gif", "GIF89a").build();
        assert!(run.code == 1 && run.err.contains(words), "{}", run.err);
    }
}

#[test]
fn redirect_pages_and_alternates_of_homes_are_right_below_any_host() {
    let site = Site::empty()
        .file(
            "pingmark.yaml",
            "title: Essai\nbase_url: https://essai.example/blog\nlanguages:\n  en:\n    title: Trial\n",
        )
        .file(
            "content/posts/2026-01-01-un.md",
            "---\ntitle: Un\ndescription: D.\naliases: [/blog/ancien/, /vieux.html]\n---\n\nUn.\n",
        )
        .file("content/posts/2026-01-01-one.en.md", "---\ntitle: One\ndescription: D.\n---\n\nOne.\n");
    let run = site.run(&["build", "--today", TODAY]);
    assert_eq!(run.code, 0, "{}", run.err);
    for page in ["ancien/index.html", "vieux.html"] {
        let html = site.public(page);
        assert!(html.contains("url=/blog/posts/un/\""), "{html}");
        assert!(html.contains("<a href=\"/blog/posts/un/\">"), "{html}");
        assert!(
            html.contains("<link rel=\"canonical\" href=\"https://essai.example/blog/posts/un/\">"),
            "{html}"
        );
    }
    let sitemap = site.public("sitemap.xml");
    for home in ["https://essai.example/blog/", "https://essai.example/blog/en/"] {
        let entry = sitemap.split("<url>").find(|entry| entry.contains(&format!("<loc>{home}</loc>")));
        let entry = entry.unwrap_or_else(|| panic!("{sitemap}"));
        assert!(entry.contains("hreflang=\"fr\" href=\"https://essai.example/blog/\""), "{entry}");
        assert!(entry.contains("hreflang=\"en\" href=\"https://essai.example/blog/en/\""), "{entry}");
    }
}

#[test]
fn a_preview_obeys_the_policy_of_the_published_site() {
    let policy = |text: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix("Content-Security-Policy: "));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let site = site().built();
    let generated = policy(&site.public("_headers"));
    let served = Served::start(&site, &[]);
    for path in ["/", "/posts/un/", "/feed.xml"] {
        assert_eq!(served.get(path).header("content-security-policy"), generated, "{path}");
    }
    let own = "/*\n  Content-Security-Policy: default-src 'self' https:\n";
    let site = self::site().file("static/_headers", own);
    let served = Served::start(&site, &[]);
    assert_eq!(served.get("/").header("content-security-policy"), policy(own));
}

#[test]
fn a_preview_tells_what_it_does_not_show() {
    let site = site()
        .file("content/posts/2026-01-03-trois.md", "---\ntitle: Trois\ndraft: true\n---\n\nTrois.\n")
        .file("content/posts/2027-01-03-quatre.md", "---\ntitle: Quatre\n---\n\nQuatre.\n")
        .file("content/posts/2027-01-04-cinq.md", "---\ntitle: Cinq\n---\n\nCinq.\n");
    let mut command = site.command(&["serve", "-p", "0", "--today", TODAY]);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
    let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    let told = lines.map_while(Result::ok).take_while(|line| !line.starts_with("Serving "));
    let told: Vec<String> = told.collect();
    let _ = child.kill();
    let _ = child.wait();
    let expected = "1 draft, 2 scheduled posts not shown: --drafts --future";
    assert!(told.iter().any(|line| line == expected), "{told:?}");
}

#[test]
fn a_title_that_is_taken_gets_a_number() {
    let site = Site::new().file("content/a-propos.md", "---\ntitle: À propos\n---\n\nx\n");
    for (arguments, file) in [
        (&["Un titre 🎉", "--today", "2026-01-01"][..], "content/posts/2026-01-01-un-titre.md"),
        (&["Un titre", "--today", "2026-01-02"], "content/posts/2026-01-02-un-titre-2.md"),
        (&["Un titre", "--today", "2026-01-02"], "content/posts/2026-01-02-un-titre-3.md"),
        (&["Un titre", "--bundle", "--today", "2026-01-02"], "content/posts/2026-01-02-un-titre-4/index.md"),
        (&["À propos", "--page"], "content/a-propos-2.md"),
    ] {
        let run = site.run(&[&["new"], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.out.trim_end().ends_with(file), "{} is not {file}", run.out);
        assert!(site.path(file).is_file());
    }
    let run = site.run(&["build", "--drafts", "--today", TODAY]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn a_blog_beside_the_folder_is_named() {
    let folder = Site::empty()
        .file("mon blog/pingmark.yaml", "title: Essai\nbase_url: https://essai.example\n")
        .file("autre/x.txt", "x");
    let run = folder.run(&["build"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(
        run.err.contains("there is a blog in `mon blog`: go there, or use `--root 'mon blog'`"),
        "{}",
        run.err
    );
    let run = folder.run(&["build", "mon blog"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("give its folder as `--root 'mon blog'`"), "{}", run.err);
    let run = folder.run(&["build", "--root", "mon blog/content"]);
    assert_eq!(run.code, 2, "{}", run.err);
    let run = folder.run(&["build", "--root", "autre"]);
    assert!(run.code == 2 && run.err.contains("there is no `autre/pingmark.yaml`"), "{}", run.err);
}

#[test]
fn what_counts_visits_is_in_the_page_and_in_the_policy() {
    let page_of = |settings: &str, base_url: &str| {
        let site = Site::empty()
            .file("pingmark.yaml", format!("title: Essai\nbase_url: {base_url}\n{settings}"))
            .post("un", "Texte.")
            .built();
        (site.public("posts/un/index.html"), site.public("_headers"))
    };
    let own = "https://essai.example";
    for (settings, script, origins) in [
        (
            "plausible: essai.example",
            "<script src=\"https://plausible.io/js/script.js\" defer data-domain=\"essai.example\">",
            ["https://plausible.io"; 2],
        ),
        (
            "{ umami: \"7\", host: \"https://stats.example\" }",
            "<script src=\"https://stats.example/script.js\" defer data-website-id=\"7\">",
            ["https://stats.example"; 2],
        ),
        (
            "goatcounter: essai",
            "data-goatcounter=\"https://essai.goatcounter.com/count\"",
            ["https://gc.zgo.at", "https://essai.goatcounter.com"],
        ),
        (
            "{ matomo: \"1\", host: \"https://stats.example/\" }",
            "data-url=\"https://stats.example\" data-site=\"1\"",
            ["https://stats.example"; 2],
        ),
    ] {
        let settings = match settings.starts_with('{') {
            true => format!("analytics: {settings}\n"),
            false => format!("analytics:\n  {settings}\n"),
        };
        let (page, headers) = page_of(&settings, own);
        assert!(page.contains(script), "{script} is missing from\n{page}");
        assert!(headers.contains(&format!("script-src 'self' {}", origins[0])), "{headers}");
        assert!(headers.contains(&format!("connect-src 'self' {}", origins[1])), "{headers}");
    }
    let (page, headers) = page_of("analytics:\n  plausible: essai.example\n", "http://127.0.0.1:8000");
    assert!(!page.contains("plausible") && !headers.contains("connect-src"), "a preview counts no visits");
}

#[test]
fn readers_subscribe_by_a_form_and_may_keep_their_own_fonts() {
    let site = Site::new()
        .file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\nfonts: false\nnewsletter: { action: \"https://lettre.example/abonner\" }\n")
        .post("un", "Avant.\n\n{{ <newsletter /> }}")
        .built();
    let page = site.public("posts/un/index.html");
    assert!(page.contains("action=\"https://lettre.example/abonner\" method=\"post\""), "{page}");
    assert!(page.contains("name=\"email\""), "{page}");
    assert!(!page.contains("fonts."), "{page}");
}

//! Style sheets, scripts and icons: names with a content hash, cache headers, the accent colour, and
//! sites below a path.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{Html, Selector};

use super::support::{Site, TODAY, gzipped};

/// The example site, built with that base URL.
fn example(base_url: &str) -> Site {
    let site = Site::example();
    let run = site.run(&["build", "--today", TODAY, "--base-url", base_url]);
    assert_eq!(run.code, 0, "{}", run.err);
    site
}

/// The name of the only file with that prefix and suffix.
fn named(files: &BTreeMap<String, Vec<u8>>, start: &str, end: &str) -> String {
    let found: Vec<_> = files.keys().filter(|name| name.starts_with(start) && name.ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{start}*{end}: {found:?}");
    found[0].clone()
}

#[test]
fn a_file_that_dresses_pages_is_named_by_its_content() {
    let site = Site::new().post("un", "Texte.").built();
    let files = site.tree("public");
    let sheet = named(&files, "plume.", ".css");
    assert!(!files.contains_key("plume.css") && !files.contains_key("favicon.svg"));
    assert!(site.public("index.html").contains(&format!("href=\"/{sheet}\"")));
    assert!(site.public("site.webmanifest").contains(&named(&files, "favicon.", ".svg")));

    // The site's own file replaces the theme's, and every page links to its new name.
    let site = site.file("static/plume.css", "body { color: red }").built();
    let files = site.tree("public");
    let others: Vec<_> =
        files.keys().filter(|name| name.starts_with("plume.") && name.ends_with("css")).collect();
    assert_eq!(others.len(), 2, "{others:?}");
    assert!(others.contains(&&"plume.css".to_owned()) && !others.contains(&&sheet));
    let own = others.iter().find(|name| **name != "plume.css").expect("the other");
    assert!(site.public("posts/un/index.html").contains(own.as_str()));

    // The name depends on the content alone, not on when or where the file was written.
    let again = Site::new().post("un", "Texte.").file("static/plume.css", "body { color: red }").built();
    assert_eq!(again.tree("public").keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
}

#[test]
fn headers_let_browsers_keep_what_changes_its_name() {
    let base = "title: Essai\nbase_url: https://essai.example/blog/\n";
    let site = Site::empty().file("pingmark.yaml", base).post("un", "Texte.").built();
    let headers = site.public("_headers");
    assert!(headers.starts_with("/blog/*\n  Content-Security-Policy: default-src 'self';"), "{headers}");
    assert!(
        !headers.contains("unsafe") && headers.contains("nosniff") && headers.contains("Referrer-Policy")
    );
    let kept: BTreeSet<&str> =
        headers.lines().filter_map(|line| line.strip_prefix("/blog/")).skip(1).collect();
    let files = site.tree("public");
    assert!(kept.len() >= 4 && kept.iter().all(|name| files.contains_key(*name)), "{kept:?}");
    assert!(kept.contains(named(&files, "plume.", ".js").as_str()));
    // The policy lists the hashes of inline scripts and allows nothing else.
    let page = site.public("posts/un/index.html");
    let inline = page.split("<script>").nth(1).and_then(|rest| rest.split("</script>").next());
    assert!(inline.is_some_and(|script| script.contains("pingmark-theme")));
    assert_eq!(headers.matches("'sha256-").count(), 1);
    let own = site.file("static/_headers", "/*\n  X-Own: 1\n").built();
    assert_eq!(own.public("_headers"), "/*\n  X-Own: 1\n");
}

#[test]
fn a_site_has_its_own_colour() {
    let config = "title: Essai\nbase_url: https://essai.example\naccent: \"#ffe100\"\n";
    let site = Site::empty().file("pingmark.yaml", config).post("un", "Texte.").built();
    let name = named(&site.tree("public"), "accent.", ".css");
    let sheet = site.public(&name);
    assert!(sheet.contains("light-dark(#") && sheet.contains(",#ffe100)"), "{sheet}");
    assert!(site.public("index.html").contains(&format!("href=\"/{name}\"")));
    let each = "title: Essai\nbase_url: https://essai.example\naccent: { light: \"#123\", dark: \"#def\" }\n";
    let site = Site::empty().file("pingmark.yaml", each).built();
    let sheet = site.public(&named(&site.tree("public"), "accent.", ".css"));
    assert_eq!(sheet, ":root{--accent:light-dark(#112233,#ddeeff)}\n");
    let wrong = Site::empty().file("pingmark.yaml", config.replace("#ffe100", "yellow"));
    let run = wrong.build();
    assert!(run.code == 1 && run.err.contains("expected a colour such as"), "{}", run.err);
}

/// Every URL in the example site: in pages, feeds, the sitemap, the manifest, robots.txt, and the
/// lists of redirects and headers.
#[test]
fn a_site_below_a_path_stays_below_it() {
    let (origin, base) = ("https://x.example", "/blog/");
    let site = example("https://x.example/blog/");
    let files = site.tree("public");
    let mut wrong = BTreeSet::new();
    let mut seen = 0;
    let mut check = |from: &str, address: &str| {
        let path = match address.strip_prefix(origin) {
            Some(path) => path,
            None if address.starts_with("//") || !address.starts_with('/') => return,
            None => address,
        };
        seen += 1;
        let path = path.split(['#', '?']).next().unwrap_or_default();
        let inside = path.strip_prefix(base).map(|path| {
            let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
            if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path }
        });
        if inside.is_none_or(|file| !files.contains_key(&file)) {
            wrong.insert(format!("{from}: {address}"));
        }
    };
    for (name, bytes) in &files {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        match name.rsplit('.').next() {
            Some("html") => addresses(text).iter().for_each(|address| check(name, address)),
            Some("xml" | "json" | "webmanifest" | "txt") => {
                let unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
                let unescaped = unescaped.replace("&amp;", "&").replace("\\\"", "\"");
                for part in unescaped.split(['"', '<', '>', ' ', '\n', '\'']) {
                    if part.starts_with(origin) || (name.ends_with("webmanifest") && part.starts_with('/')) {
                        check(name, part);
                    }
                }
            }
            _ => {}
        }
    }
    for line in site.public("_redirects").lines() {
        check("_redirects", line.split(' ').nth(1).unwrap_or_default());
        assert!(line.starts_with(base), "{line}");
    }
    for line in site.public("_headers").lines().filter(|line| !line.starts_with(' ')) {
        match line.strip_suffix("/*").and_then(|folder| folder.strip_prefix(base)) {
            Some(folder) => {
                assert!(files.keys().any(|file| file.starts_with(&format!("{folder}/"))), "{line}")
            }
            None => check("_headers", line.trim_end_matches('*')),
        }
    }
    assert!(site.public("robots.txt").contains("Sitemap: https://x.example/blog/sitemap.xml"));
    assert!(seen > 3000, "only {seen} URLs were found");
    assert!(wrong.is_empty(), "{} of {seen} URLs have no file:\n{wrong:#?}", wrong.len());
}

/// Everything a page links to or loads.
fn addresses(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut found = Vec::new();
    for name in ["href", "src", "poster", "action", "data-src", "srcset", "cite"] {
        let selector = Selector::parse(&format!("[{name}]")).expect("a selector");
        for element in page.select(&selector) {
            let value = element.value().attr(name).unwrap_or_default();
            match name {
                "srcset" => found.extend(
                    value.split(',').filter_map(|one| one.split_whitespace().next()).map(str::to_owned),
                ),
                _ => found.push(value.to_owned()),
            }
        }
    }
    for (selector, attribute) in
        [("meta[property^='og:'], meta[name^='twitter:']", "content"), ("data", "value")]
    {
        let selector = Selector::parse(selector).expect("a selector");
        found.extend(page.select(&selector).filter_map(|e| e.value().attr(attribute)).map(str::to_owned));
    }
    found
}

/// Download size of an article of 800 words.
#[test]
fn pages_stay_light() {
    let words = "communauté modération écoute veille mesure publication lecteurs réponse charte forum";
    let paragraphs: Vec<String> = (0..16)
        .map(|at| {
            let mut own: Vec<String> = words
                .split(' ')
                .cycle()
                .take(50)
                .enumerate()
                .map(|(n, w)| format!("{w}{}", (n * 7 + at * 13) % 97))
                .collect();
            own[20] = "[un lien](autre.md)".to_owned();
            own.join(" ")
        })
        .collect();
    let body = format!("{}\n\n## Titre\n\nFin[^1].\n\n[^1]: Une note.\n", paragraphs.join("\n\n"));
    for theme in ["plume", "gazette"] {
        let site = Site::new().post("un", &body).post("autre", "Texte, [retour](un.md).");
        let run = site.run(&["build", "--today", TODAY, "--theme", theme]);
        assert_eq!(run.code, 0, "{}", run.err);
        let files = site.tree("public");
        // Everything the pages of a theme share. The page with the citation graph has its own test.
        let html = site.public("posts/un/index.html") + &site.public("index.html");
        let loaded =
            addresses(&html).into_iter().filter_map(|address| address.strip_prefix('/').map(str::to_owned));
        // The search is loaded when it is opened.
        let search = files.keys().filter(|name| name.starts_with("search.")).cloned();
        let loaded: BTreeSet<String> = loaded.chain(search).collect();
        let sum = |end: &str| {
            loaded.iter().filter(|name| name.ends_with(end)).map(|name| gzipped(&files[name])).sum()
        };
        let page = gzipped(&files["posts/un/index.html"]);
        let (css, js): (usize, usize) = (sum(".css"), sum(".js"));
        assert!(css > 0 && js > 0, "{theme}: the page loads nothing");
        assert!(page < 9 * 1024, "{theme}: the page has {page} bytes");
        assert!(css < 14 * 1024, "{theme}: the style sheets have {css} bytes");
        assert!(js < 6 * 1024, "{theme}: the scripts have {js} bytes");
        for script in html.split("<script src").skip(1) {
            assert!(
                script.split('>').next().is_some_and(|tag| tag.contains(" defer")),
                "a script blocks rendering"
            );
        }
    }
}

/// Download size of the citations page for a blog of 300 posts that cite two others each: the graph
/// with all titles and links, and the tables.
#[test]
fn the_page_of_citations_stays_light() {
    const WORDS: &str = "communauté modération écoute veille mesure publication lecteurs réponse charte forum \
                         crise retours bénévoles calendrier débats questions";
    let words: Vec<&str> = WORDS.split(' ').collect();
    let mut chance: usize = 7;
    let mut below = |end: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % end
    };
    let mut site = Site::new();
    for post in 0..300 {
        let title: Vec<&str> = (0..5).map(|_| words[below(words.len())]).collect();
        let (slug, title, category) = (title.join("-"), title.join(" "), words[post % 7]);
        let (one, other) = (below(post.max(2)), below(post.max(2)));
        let text = format!(
            "---\ntitle: {title} {post}\nslug: {slug}-{post}\ndate: 2026-01-01\ncategories: [{category}]\n---\n\n\
             Voir [un](p{one}.md) et [un autre](p{other}.md).\n"
        );
        site = site.file(&format!("content/posts/p{post}.md"), text);
    }
    for theme in ["plume", "gazette"] {
        let run = site.run(&["build", "--today", TODAY, "--theme", theme]);
        assert_eq!(run.code, 0, "{}", run.err);
        let page = site.public("citations/index.html");
        assert!(page.matches("<path id=").count() > 500, "{theme}: the graph has no lines");
        let weight = gzipped(page.as_bytes());
        assert!(weight < 27 * 1024, "{theme}: the page has {weight} bytes");
    }
}

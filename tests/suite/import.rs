//! `import`: an export of WordPress with every trap becomes a site that builds at once.

use std::fs;
use std::path::Path;

use super::support::{Run, Site, TODAY, tree};

const EXPORT: &str = "tests/import/wordpress.xml";

fn export() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXPORT);
    fs::read_to_string(path).expect("the export of the tests")
}

/// A site with the export in it, and a folder of media.
fn before() -> Site {
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("example-site/static/img/poster.png");
    let picture = fs::read(picture).expect("a picture");
    Site::empty()
        .file("export.xml", export())
        .file("media/2011/03/ete.jpg", &picture)
        .file("media/2011/03/secret.jpg", &picture)
}

fn import(site: &Site, more: &[&str]) -> Run {
    let arguments = ["import", "wordpress", "export.xml", "--root", "blog", "--today", TODAY];
    site.run(&[&arguments, more].concat())
}

fn imported() -> Site {
    let site = before();
    let run = import(&site, &["--media", "media"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("no errors and no warnings"), "{}", run.err);
    site
}

fn text(site: &Site, path: &str) -> String {
    let path = site.path("blog").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All mention files, one after the other.
fn mentions(site: &Site) -> Vec<(String, String)> {
    let files = tree(&site.path("blog/mentions")).into_iter();
    files.map(|(path, bytes)| (path, String::from_utf8(bytes).expect("UTF-8"))).collect()
}

fn build(site: &Site) {
    let run = site.run(&["build", "--root", "blog", "--deny-warnings", "--today", TODAY]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn an_imported_site_builds_at_once_without_a_warning() {
    let site = imported();
    build(&site);
    for (path, words) in [
        ("2011/03/04/un/index.html", "id=\"comment-101\""),
        ("2011/03/04/un/index.html", "https://autre.example/reponse/"),
        ("2012/01/01/deux/index.html", "Texte <em>partagé</em>"),
        ("2012/07/14/café/index.html", "Sans titre, un café."),
        ("a-propos/equipe/index.html", "Nous."),
        ("2011/03/04/vieux/index.html", "/2011/03/04/un/"),
        ("2011/03/04/un/ete/index.html", "/2011/03/04/un/"),
        ("category/metier/outils-2/index.html", "/categories/outils/"),
        ("tag/c-2/index.html", "/tags/c-sharp/"),
        ("author/ana/index.html", "/authors/ana/"),
        ("2011/03/index.html", "/archive/#y2011"),
        ("feed/index.html", "/feed.xml"),
        ("_redirects", "/ p=10 /2011/03/04/un/ 301"),
        ("_redirects", "/ page_id=30 /a-propos/ 301"),
        ("_redirects", "/feed/ /feed.xml 301"),
        ("feed.xml", "<guid isPermaLink=\"false\">https://carnet.example/?p=10</guid>"),
        ("atom.xml", "<id>https://carnet.example/?p=10</id>"),
    ] {
        let page = text(&site, &format!("public/{path}")).replace("http://autre", "https://autre");
        assert!(page.contains(words), "{path} lacks {words}:\n{page}");
    }
    // The ping of the blog itself is computed, and shown once.
    let page = text(&site, "public/2011/03/04/un/index.html");
    assert_eq!(page.matches("href=\"/2012/01/01/deux/\"").count(), 3, "text, ping and neighbour:\n{page}");
}

#[test]
fn texts_come_back_as_wordpress_showed_them() {
    let site = imported();
    let post = text(&site, "content/posts/2011-03-04-un.md");
    for line in [
        "title: \"Un «premier» billet\"",
        "date: 2011-03-04 10:30:00",
        "updated: 2012-05-06 09:08:09",
        "description: \"Un résumé: court\"",
        "categories: [Métier, Outils]",
        "tags: [\"C#\"]",
        "author: ana",
        "pinned: true",
        "image: /wp-content/uploads/2011/03/ete.jpg",
        "image_alt: La plage",
        "aliases: [\"/?p=10\", /2011/03/04/vieux/, /2011/03/04/un/ete/]",
        "Première ligne,\\",
        "seconde ligne.",
        "Un paragraphe avec \\*étoiles\\*, \\[\\[crochets\\]\\], \\[@cle\\] et &#123;&#123; }}.",
        "{{ <figure src=\"/wp-content/uploads/2011/03/ete.jpg\" alt=\"La plage\" caption=\"Un *été* à la mer\" /> }}",
        "{{ <figure src=\"/wp-content/uploads/2011/03/ete.jpg\" alt=\"La plage\" caption=\"Légende **forte**\" /> }}",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "```php",
        "if ($a < 1) echo \"[gallery]\";",
        "<!-- more -->",
        "&#35; pas un titre",
        "1\\. pas une liste",
        "&#45; pas une liste non plus",
        "\\[contact-form-7 id=\"3\" title=\"Contact\"\\]",
    ] {
        assert!(post.lines().any(|own| own == line), "{line} is not in\n{post}");
    }
    assert!(
        post.contains("[le second](/2012/01/01/deux/)") && post.contains("(/2011/03/04/un/#comment-101)")
    );
    let second = text(&site, "content/posts/2012-01-01-deux.md");
    for part in [
        "## Début {#debut}",
        "Un renvoi au [premier](/2011/03/04/un/), sans saut.",
        "- a\n  - b",
        "| B\\|C |",
        "\nhttps://vimeo.com/76979871\n",
    ] {
        assert!(second.contains(part), "{part} is not in\n{second}");
    }
}

#[test]
fn the_settings_are_those_of_the_blog() {
    let settings = text(&imported(), "pingmark.yaml");
    for line in [
        "title: Le carnet d'Ana",
        "description: \"Des notes & des réponses\"",
        "base_url: https://carnet.example/",
        "lang: fr",
        "timezone: Europe/Paris",
        "permalink: /:year/:month/:day/:slug/",
        "    name: \"Zoé & Cie\"",
        "    - label: À propos",
        "      url: /a-propos/",
        "  - \"/2009/01/01/perdu/\"",
    ] {
        assert!(settings.lines().any(|own| own == line), "{line} is not in\n{settings}");
    }
}

#[test]
fn comments_and_pings_are_mentions() {
    let site = imported();
    let all = mentions(&site);
    assert_eq!(all.len(), 7, "{all:?}");
    let of = |anchor: &str| all.iter().find(|(_, text)| text.contains(anchor)).expect("a mention");
    let (name, first) = of("anchor: comment-101");
    assert!(name.starts_with("un/2011-03-05-ici-"));
    for line in [
        "type: comment",
        "target: https://carnet.example/2011/03/04/un/",
        "  name: \"Bob – B\"",
        "published: 2011-03-05T11:00:00Z",
        "status: approved",
        "via: wordpress",
    ] {
        assert!(first.lines().any(|own| own == line), "{line} is not in\n{first}");
    }
    let stem = name.trim_start_matches("un/").trim_end_matches(".yaml");
    let (_, answer) = of("anchor: comment-102");
    assert!(
        answer.contains(&format!("parent: \"{stem}\""))
            && !answer.contains("script")
            && !answer.contains("onclick")
    );
    assert!(of("anchor: comment-105").1.contains("status: pending"));
    assert!(of("anchor: comment-106").1.contains("status: spam"));
    let (_, ping) = of("type: pingback");
    assert!(ping.contains("title: \"Un autre carnet » Réponse\"") && ping.contains("[...] comme le dit Ana"));
    let (_, trackback) = of("type: trackback");
    assert!(trackback.contains("title: \"Titre suivi\"") && trackback.contains("  Son extrait"));
    assert!(of("type: like").1.contains("source: https://mina.example/aime"));
}

#[test]
fn nothing_private_comes_out() {
    let site = imported();
    build(&site);
    for (path, bytes) in tree(&site.path("blog")) {
        let bytes = String::from_utf8_lossy(&bytes);
        for secret in ["secret@mail.example", "203.0.113.", "sesame-ouvre"] {
            assert!(!bytes.contains(secret), "{path} has {secret}");
        }
        if path.starts_with("public/") {
            assert!(!bytes.contains("motsecret"), "{path} is not published");
        }
    }
    assert!(!site.path("blog/static/wp-content/uploads/2011/03/secret.jpg").exists());
    for (path, line) in [
        ("2012-08-01-prive.md", "status: private"),
        ("2012-08-02-verrou.md", "protected: true"),
        ("2012-08-03-brouillon.md", "draft: true"),
        ("2012-08-04-en-attente.md", "status: pending"),
        ("2036-08-05-plus-tard.md", "date: 2036-08-05 10:00:00"),
    ] {
        assert!(text(&site, &format!("content/posts/{path}")).contains(line), "{path}");
    }
}

#[test]
fn what_came_in_is_what_went_out_and_what_was_left_out() {
    let site = imported();
    let report: serde_json::Value = serde_json::from_str(&text(&site, "import-report.json")).expect("JSON");
    let counts = report["counts"].as_array().expect("a list");
    for count in counts {
        let left: u64 =
            count["left_out"].as_object().expect("reasons").values().filter_map(|n| n.as_u64()).sum();
        assert_eq!(count["in"].as_u64(), count["out"].as_u64().map(|out| out + left), "{count}");
    }
    let arrived = |kind: &str| -> u64 {
        counts.iter().filter(|count| count["kind"] == kind).filter_map(|count| count["in"].as_u64()).sum()
    };
    let xml = export();
    let posts = xml.matches("<wp:post_type>post<").count() as u64;
    let comments = xml.matches("<wp:comment>").count() as u64;
    assert_eq!(arrived("posts"), posts);
    let remarks: u64 = ["comments", "pingbacks", "trackbacks", "webmentions"].into_iter().map(arrived).sum();
    assert_eq!(remarks, comments);
}

#[test]
fn a_second_import_changes_nothing_and_keeps_what_was_edited() {
    let site = imported();
    let before = tree(&site.path("blog"));
    let run = import(&site, &["--media", "media"]);
    assert!(run.err.contains("0 files new, 0 replaced"), "{}", run.err);
    assert_eq!(tree(&site.path("blog")), before);
    let edited = "blog/content/posts/2012-01-01-deux.md";
    site.write(edited, "---\ntitle: À moi\ndate: 2012-01-01\n---\n\nÉcrit ici.\n");
    fs::remove_file(site.path("blog/content/posts/2012-07-14-cafe.md")).expect("a file");
    let run = import(&site, &["--media", "media"]);
    assert!(run.err.contains("1 edited by you and kept"), "{}", run.err);
    assert!(fs::read_to_string(site.path(edited)).expect("a file").contains("Écrit ici."));
    assert!(!site.path("blog/content/posts/2012-07-14-cafe.md").exists());
    assert!(text(&site, "import-report.md").contains("`content/posts/2012-01-01-deux.md`"));
}

#[test]
fn a_rehearsal_writes_nothing_and_says_the_same() {
    let site = before();
    let run = import(&site, &["--media", "media", "--dry-run"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!site.path("blog").exists(), "a rehearsal wrote something");
    import(&site, &["--media", "media"]);
    assert_eq!(run.out, text(&site, "import-report.md"));
}

#[test]
fn control_characters_and_a_torn_end_lose_only_what_is_torn() {
    let clean = imported();
    let marked = before().file("export.xml", export().replace("Première ligne", "Pre\u{1}m\u{b}ière ligne"));
    let torn = export();
    let torn = &torn[..torn.find("<item><title>Équipe").expect("an item") + 40];
    let site = marked;
    assert_eq!(import(&site, &["--media", "media"]).code, 0);
    let of = |site: &Site| text(site, "content/posts/2012-01-01-deux.md");
    assert_eq!(of(&site), of(&clean));
    let post = text(&site, "content/posts/2011-03-04-un.md");
    assert!(post.contains("Première ligne"), "{post}");
    let site = before().file("export.xml", torn);
    let run = import(&site, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("not read to the end: `export.xml`, line"), "{}", run.err);
    assert!(text(&site, "import-report.md").contains("in the middle"));
    assert!(site.path("blog/content/pages/a-propos.md").exists());
}

#[test]
fn what_is_no_export_is_refused_with_the_next_step() {
    for (file, words) in [
        ("<!DOCTYPE x [<!ENTITY a \"b\">]><rss><channel></channel></rss>", "document type"),
        ("<html><body>non</body></html>", "not with `<rss>`"),
        ("", "no `<rss>` element"),
    ] {
        let site = Site::empty().file("export.xml", file);
        let run = import(&site, &[]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains(words) && run.err.contains("export the blog again"), "{}", run.err);
    }
    let run = Site::empty().run(&["import", "wordpress", "absent.xml", "--root", "blog"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let run =
        before().run(&["import", "wordpress", "export.xml", "--root", "blog", "--timezone", "Europe/Pari"]);
    assert_eq!(run.code, 2, "{}", run.err);
}

/// Answers each request for a picture with one, and others with a page, on a port of this machine.
fn old_site() -> (String, std::thread::JoinHandle<()>) {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = listener.local_addr().expect("an address").to_string();
    let picture = super::support::png(40, 30);
    let answers = std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut request = [0; 4096];
            let len = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..len]).into_owned();
            if request.contains("GET /end") {
                return;
            }
            let (kind, body) = match request.contains("/ete.jpg ") {
                true => ("image/png", picture.clone()),
                false => ("text/html", b"<p>Absent</p>".to_vec()),
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    (host, answers)
}

#[test]
fn media_are_fetched_from_the_old_site_once() {
    use std::io::Write;
    let (host, answers) = old_site();
    let xml = export().replace("https://carnet.example", &format!("http://{host}"));
    let site = Site::empty().file("export.xml", xml);
    let run = import(&site, &["--media", "fetch", "--allow-private", &host]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("1 file fetched to static/"), "{}", run.err);
    assert!(site.path("blog/static/wp-content/uploads/2011/03/ete.jpg").exists());
    // What belongs to a private text is not asked for, and a page is no picture.
    assert_eq!(tree(&site.path("blog/static/wp-content")).len(), 1);
    let _ = std::net::TcpStream::connect(&host)
        .and_then(|mut stream| stream.write_all(b"GET /end HTTP/1.1\r\n\r\n"));
    answers.join().expect("the old site ends");
    // Without the old site: the file is there.
    let run = import(&site, &["--media", "fetch", "--allow-private", &host]);
    assert!(run.err.contains("0 files fetched") || !run.err.contains("fetched"), "{}", run.err);
    assert!(site.path("blog/static/wp-content/uploads/2011/03/ete.jpg").exists());
    build(&site);
}

#[test]
fn an_export_of_ghost_becomes_a_site() {
    let export = serde_json::json!({"db": [{"data": {
        "posts": [
            {"id": "a1", "title": "Bonjour", "slug": "bonjour", "html": "<p>Un <b>mot</b>, <a href=\"__GHOST_URL__/deux/\">ici</a>.</p>", "type": "post",
             "status": "published", "visibility": "public", "featured": 1, "custom_excerpt": "Court", "published_at": "2020-01-02T23:30:00.000Z"},
            {"id": "a2", "title": "Deux", "slug": "deux", "html": "<p>Deux.</p>", "type": "post", "status": "published", "visibility": "public", "published_at": "2020-02-02T10:00:00.000Z"},
            {"id": "a3", "title": "Membres", "slug": "membres", "html": "<p>motsecret</p>", "type": "post", "status": "published", "visibility": "members", "published_at": "2020-03-02T10:00:00.000Z"},
            {"id": "a4", "title": "Brouillon", "slug": "brouillon", "html": "<p>motsecret</p>", "type": "post", "status": "draft", "visibility": "public", "created_at": "2020-03-02T10:00:00.000Z"},
            {"id": "a5", "title": "À propos", "slug": "a-propos", "html": "<p>Nous.</p>", "type": "page", "status": "published", "visibility": "public", "published_at": "2020-01-01T10:00:00.000Z"}
        ],
        "tags": [{"id": "t1", "name": "Nouvelles", "slug": "news"}, {"id": "t2", "name": "#interne", "slug": "hash-interne"}],
        "posts_tags": [{"post_id": "a1", "tag_id": "t1", "sort_order": 0}, {"post_id": "a1", "tag_id": "t2", "sort_order": 1}],
        "users": [{"id": "u1", "name": "Ana Martin", "slug": "ana", "email": "ana.secret@mail.example"}],
        "posts_authors": [{"post_id": "a1", "author_id": "u1"}, {"post_id": "a2", "author_id": "u1"}],
        "settings": [{"key": "title", "value": "Chez Ana"}, {"key": "locale", "value": "fr"}, {"key": "timezone", "value": "Europe/Paris"}]
    }}]});
    let site = Site::empty().file("ghost.json", export.to_string());
    let arguments = ["import", "ghost", "ghost.json", "--root", "blog", "--today", TODAY];
    assert_eq!(site.run(&arguments).code, 2, "the address is missing");
    let run = site.run(&[&arguments[..], &["--base-url", "https://ana.example/"]].concat());
    assert!(run.code == 0 && run.err.contains("no errors and no warnings"), "{}", run.err);
    build(&site);
    let post = text(&site, "content/posts/2020-01-03-bonjour.md");
    for line in [
        "date: 2020-01-03 00:30:00",
        "description: Court",
        "tags: [Nouvelles]",
        "pinned: true",
        "guid: \"a1\"",
        "Un **mot**, [ici](/deux/).",
    ] {
        assert!(post.lines().any(|own| own == line), "{line} is not in\n{post}");
    }
    assert!(text(&site, "pingmark.yaml").contains("permalink: /:slug/"));
    assert!(text(&site, "public/a-propos/index.html").contains("Nous."));
    assert!(text(&site, "public/tag/news/index.html").contains("/tags/nouvelles/"));
    assert!(text(&site, "content/posts/2020-03-02-membres.md").contains("status: private"));
    for (path, bytes) in tree(&site.path("blog")) {
        let bytes = String::from_utf8_lossy(&bytes);
        assert!(
            !(bytes.contains("secret@mail") || path.starts_with("public/") && bytes.contains("motsecret")),
            "{path}"
        );
    }
}

#[test]
fn an_export_of_blogger_keeps_its_comments() {
    let kind = |kind: &str| {
        format!(
            "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>"
        )
    };
    let export = format!(
        "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:app='a' xmlns:thr='t'><title>Journal</title>\
         <link rel='alternate' type='text/html' href='https://journal.example/'/>\
         <entry><id>tag:blogger.com,1999:blog-1.post-10</id><published>2012-05-06T10:00:00.000+02:00</published>{post}\
         <category scheme='http://www.blogger.com/atom/ns#' term='Métier'/><title>Un jour</title>\
         <content type='html'>&lt;div&gt;Bonjour&lt;br /&gt;à tous&lt;/div&gt;</content>\
         <link rel='alternate' type='text/html' href='https://journal.example/2012/05/un-jour.html'/><author><name>Ana</name><email>ana.secret@mail.example</email></author></entry>\
         <entry><id>tag:blogger.com,1999:blog-1.post-11</id><published>2012-05-07T10:00:00.000+02:00</published>{post}<title>Caché</title>\
         <content type='html'>motsecret</content><app:control><app:draft>yes</app:draft></app:control><author><name>Ana</name></author></entry>\
         <entry><id>tag:blogger.com,1999:blog-1.post-20</id><published>2012-05-08T10:00:00.000+02:00</published>{comment}<title>Bravo</title>\
         <content type='html'>Bravo &lt;b&gt;Ana&lt;/b&gt;</content><author><name>Bob</name><uri>https://bob.example/</uri><email>noreply@blogger.com</email></author>\
         <thr:in-reply-to ref='tag:blogger.com,1999:blog-1.post-10' href='https://journal.example/2012/05/un-jour.html'/></entry>\
         <entry><id>tag:blogger.com,1999:blog-1.settings.X</id>{settings}<title>x</title></entry></feed>",
        post = kind("post"),
        comment = kind("comment"),
        settings = kind("settings"),
    );
    let site = Site::empty().file("blogger.xml", export);
    let run = site.run(&[
        "import",
        "blogger",
        "blogger.xml",
        "--root",
        "blog",
        "--timezone",
        "Europe/Paris",
        "--today",
        TODAY,
    ]);
    assert!(run.code == 0 && run.err.contains("no errors and no warnings"), "{}", run.err);
    build(&site);
    let page = text(&site, "public/2012/05/un-jour.html");
    assert!(page.contains("id=\"c20\"") && page.contains("Bonjour<br"), "{page}");
    let all = mentions(&site);
    assert!(all.len() == 1 && all[0].1.contains("<p>Bravo <strong>Ana</strong></p>"), "{all:?}");
    assert!(text(&site, "content/posts/2012-05-07-cache.md").contains("draft: true"));
    assert!(!site.path("blog/public/posts/cache/index.html").exists());
}

#[test]
fn a_feed_gives_what_it_holds() {
    let rss = "<rss version='2.0'><channel><title>Fil</title><link>https://fil.example/</link><description>d</description><language>fr</language>\
        <item><title>Un</title><link>https://fil.example/blog/un</link><guid>abc</guid><pubDate>Thu, 03 Feb 2011 04:05:06 +0000</pubDate>\
        <category>Notes</category><description>&lt;p&gt;Un &lt;em&gt;mot&lt;/em&gt;.&lt;/p&gt;</description></item></channel></rss>";
    let site = Site::empty().file("fil.xml", rss);
    let run = site.run(&["import", "feed", "fil.xml", "--root", "blog", "--today", TODAY]);
    assert!(run.code == 0 && run.err.contains("no errors and no warnings"), "{}", run.err);
    build(&site);
    let post = text(&site, "content/posts/2011-02-03-un.md");
    assert!(
        post.contains("guid: \"abc\"") && post.contains("Un *mot*.") && post.contains("tags: [Notes]"),
        "{post}"
    );
    assert!(text(&site, "public/blog/un/index.html").contains("<em>mot</em>"));
}

#[test]
fn what_posts_link_to_is_proposed_as_sources() {
    let linked = export().replace(
        "seconde ligne.",
        "seconde ligne, <a title=\"Le manifeste\" href=\"http://www.cluetrain.example/book/\">ici</a> et <a href=\"https://b.example/x\">un long article</a>.",
    );
    let site = before().file("export.xml", linked);
    let run = import(&site, &["--media", "media", "--sources"]);
    assert!(run.code == 0 && run.err.contains("no errors and no warnings"), "{}", run.err);
    build(&site);
    let sources = text(&site, "sources.yaml");
    let expected = "  title: Le manifeste\n  url: http://www.cluetrain.example/book/\n";
    assert!(sources.contains(expected) && sources.contains("title: un long article"), "{sources}");
    assert!(sources.contains("  accessed: 2011-03-04\n"), "{sources}");
    let page = text(&site, "public/2011/03/04/un/index.html");
    assert!(page.contains("Le manifeste"), "{page}");
}

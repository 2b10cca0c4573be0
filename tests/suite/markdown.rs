//! Markdown as people write it: what it becomes on the page, in lists and in feeds.

use super::support::{Site, TODAY};

/// A site whose settings add `settings` to the smallest ones.
fn site_with(settings: &str) -> Site {
    Site::empty().file(
        "pingmark.yaml",
        format!("title: Essai\nbase_url: https://essai.example\ndescription: Un essai.\n{settings}"),
    )
}

fn post(body: &str) -> String {
    format!("---\ntitle: Un\ndate: 2026-11-01\ndescription: Un essai.\n---\n\n{body}\n")
}

/// The text of a post's page: what stands in `e-content`.
fn content(html: &str) -> &str {
    let (_, rest) = html.split_once("e-content").expect("the text");
    let (_, rest) = rest.split_once('>').expect("the end of the tag");
    rest
}

/// The built page of one post with this body.
fn page(settings: &str, body: &str) -> String {
    let site = site_with(settings).file("content/posts/a.md", post(body)).built();
    content(&site.public("posts/a/index.html")).to_owned()
}

fn assert_has(html: &str, expected: &[&str]) {
    for part in expected {
        assert!(html.contains(part), "{part:?} is missing from\n{html}");
    }
}

#[test]
fn bare_addresses_are_links() {
    let html = page(
        "",
        "Voir https://auto.example/page?a=1&b=2. Et www.auto.example aussi (https://fr.example/Foo_(bar)).\n\n\
         https://seul.example/ligne\n\n<https://ok.example> `https://code.example` [x](https://a.example \"y\")\n\n\
         «\u{a0}https://cite.example/*a*/_b_/c\u{a0}» et moi@exemple.fr, @ana@social.example.\n\n\
         <a href=\"https://html.example\">https://html.example</a>\n\n| https://cellule.example |\n|---|\n| x |",
    );
    assert_has(
        &html,
        &[
            "<a href=\"https://auto.example/page?a=1&amp;b=2\" rel=\"noopener\">https://auto.example/page?a=1&amp;b=2</a>. Et",
            "<a href=\"https://www.auto.example\" rel=\"noopener\">www.auto.example</a> aussi",
            "(<a href=\"https://fr.example/Foo_(bar)\" rel=\"noopener\">https://fr.example/Foo_(bar)</a>).",
            "<p><a href=\"https://seul.example/ligne\" rel=\"noopener\">",
            "<code>https://code.example</code>",
            "href=\"https://cite.example/*a*/_b_/c\"",
            "<a href=\"mailto:moi@exemple.fr\">moi@exemple.fr</a>, @ana@social.example.",
            "<a href=\"https://html.example\">https://html.example</a>",
            "<a href=\"https://cellule.example\" rel=\"noopener\">https://cellule.example</a>",
        ],
    );
}

#[test]
fn an_address_of_a_network_alone_on_its_line_is_an_embed() {
    let html = page(
        "",
        "Regardez :\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42\net la suite.\n\n\
         https://social.example/@ana/109876543210987654\n\n<https://youtu.be/dQw4w9WgXcQ>\n\n\
         - https://youtu.be/dQw4w9WgXcQ\n\nVoir https://youtu.be/dQw4w9WgXcQ ici.",
    );
    assert_has(
        &html,
        &[
            "<p>Regardez\u{a0}:</p>\n<figure class=\"embed embed-video\"",
            "youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&amp;rel=0&amp;start=42",
            "</figure>\n<p>et la suite.</p>",
            "data-src=\"https://social.example/@ana/109876543210987654/embed\"",
            "<p><a href=\"https://youtu.be/dQw4w9WgXcQ\" rel=\"noopener\">",
            "<li><a href=\"https://youtu.be/dQw4w9WgXcQ\"",
            "Voir <a href=\"https://youtu.be/dQw4w9WgXcQ\"",
        ],
    );
    assert_eq!(html.matches("<figure").count(), 2, "{html}");
}

#[test]
fn captions_have_markup() {
    let body = "{{ <figure src=\"/a.svg\" alt=\"x\" caption=\"Photo : [Ana](https://e.example/), *CC BY*, [B](b.md)\" /> }}\n\n\
        ![x](/a.svg \"Photo : [Ana](https://e.example/), *l'été* \\<b>\")\n\n![x](/a.svg \"simple l'été\")\n\n\
        {{ <figure src=\"/a.svg\" alt=\"x\" caption=\"A & B [@b]\" /> }}\n\n![y](/a.svg \"un *titre*\") et un texte.";
    let site = site_with("")
        .file("static/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
        .file("content/posts/a.md", post(body))
        .file("content/posts/b.md", post("x").replace("Un\n", "B\n"))
        .built();
    assert_has(
        content(&site.public("posts/a/index.html")),
        &[
            "<figcaption>Photo\u{a0}: <a href=\"https://e.example/\" rel=\"noopener\">Ana</a>, <em>CC BY</em>, \
             <a id=\"citeref-1\" href=\"/posts/b/\">B</a></figcaption>",
            "<figcaption>Photo\u{a0}: <a href=\"https://e.example/\" rel=\"noopener\">Ana</a>, <em>l’été</em> &lt;b&gt;</figcaption>",
            "<figcaption>simple l’été</figcaption>",
            "<figcaption>A &amp; B <span class=\"cite\">[",
            "title=\"un *titre*\"",
        ],
    );
    // A link in a caption is a link of the post.
    assert_has(&site.public("posts/b/index.html"), &["id=\"pings\"", "Photo\u{a0}: Ana, CC BY, "]);
    let site = site.file("content/posts/c.md", post("![x](/a.svg \"[nulle part](absent.md)\")"));
    let run = site.run(&["check", "--today", TODAY, "--format", "short"]);
    assert!(run.err.contains("content/posts/c.md:7:27: error[link-not-found]"), "{}", run.err);
}

#[test]
fn a_colon_begins_a_definition_only_before_a_blank() {
    let html = page(
        "",
        "Merci à tous.\n\n:) À bientôt\n\nBonne nouvelle.\n\n:rocket: Lancement demain.\n\n\
         Une phrase\n:-) et sa suite\n\nNote.\n\n:memo:\n\n::: note\n\nTerme\n: définition\n\n`:a`\n\n| a |\n|:-:|\n| b |",
    );
    assert_has(
        &html,
        &[
            "<p>:) À bientôt</p>",
            "<p>:rocket: Lancement demain.</p>",
            "<p>Une phrase\n:-) et sa suite</p>",
            "<p>:memo:</p>",
            "<dt>Terme</dt>\n<dd>définition</dd>",
            "<code>:a</code>",
            "<th scope=\"col\" class=\"center\">a</th>",
        ],
    );
    assert_eq!(html.matches("<dt>").count(), 1, "{html}");
}

#[test]
fn ids_of_headings_avoid_those_of_the_page() {
    let site = site_with("")
        .file("sources.yaml", "a:\n  title: A\n  url: https://e.example/\n")
        .file(
            "content/posts/a.md",
            "---\ntitle: A\ndate: 2026-11-01\ndescription: d\ntoc: true\n---\n\n\
             Voir [les sources](#sources), <a href=\"#sources\">ici</a> [@a] et la note[^1]. [[b#sources]]\n\n\
             <div id=\"encart\">x</div>\n\n## Main\n\n## Sources\n\n## Cite 1\n\n## Citeref 1\n\n## fn-1\n\n## Encart\n\n\
             [^1]: Note.\n",
        )
        .file(
            "content/posts/b.md",
            "---\ntitle: B\ndate: 2026-11-02\ndescription: d\n---\n\n[là](a.md#sources) [@a]\n\n## Sources\n",
        )
        .built();
    let html = site.public("posts/a/index.html");
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    let unique = {
        let mut unique = ids.clone();
        unique.dedup();
        unique
    };
    assert_eq!(ids, unique);
    assert_has(
        &html,
        &[
            "<a href=\"#sources-1\">les sources</a>",
            "<a href=\"#sources-1\">ici</a>",
            "<h2 id=\"main-1\">",
            "<h2 id=\"encart-1\">",
            "href=\"/posts/b/#sources-1\"",
        ],
    );
    assert_has(&site.public("posts/b/index.html"), &["<a href=\"/posts/a/#sources-1\">là</a>"]);
}

#[test]
fn any_beginning_gives_a_summary() {
    for (body, summary) in [
        (
            "<p>Un paragraphe <b>HTML</b> &eacute;tendu.</p>\n\n<p>Deux.</p>",
            "Un paragraphe HTML étendu. Deux.",
        ),
        ("- un\n- deux", "un deux"),
        ("> Une citation.", "Une citation."),
        ("## Titre\n\n- puis une liste", "puis une liste"),
        ("<h2>Titre</h2>\n<div>Un <script>x</script>bloc</div>\n<ul><li>liste</li></ul>", "Un bloc"),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
        ("- liste\n\nUn paragraphe.", "Un paragraphe."),
        ("Avant <!-- more --> après.", "Avant"),
        ("- un\n\n<!--more Lire la suite-->\n\nAprès.", "un"),
        ("![x](https://a.example/x.png)\n\n> Cité.", "Cité."),
    ] {
        let text = format!("---\ntitle: C\ndate: 2026-11-01\n---\n\n{body}\n");
        let site = site_with("").file("content/posts/c.md", text).built();
        let html = site.public("posts/c/index.html");
        let expected = format!("<meta name=\"description\" content=\"{summary}\">");
        assert!(
            html.contains(&expected),
            "{body:?}: {:?}",
            html.split("\"description\"").nth(1).map(|rest| &rest[..80])
        );
        assert!(site.public("feed.xml").contains(summary), "{body:?}");
    }
}

#[test]
fn addresses_in_html_are_those_of_the_site() {
    let body = "<picture><source srcset=\"/img/a.svg 1x, /img/a.svg 2x\"><img src=\"/img/a.svg\"\nsrcset='/img/a.svg 2x' alt=\"a\"></picture>\n\n\
        <object data=\"/img/a.svg\"></object> <blockquote cite=\"/archive/\">q</blockquote> <form action=\"/archive/\"></form>\n\n\
        <video poster=\"/img/a.svg\"></video> <button formaction=/archive/>x</button> <a href=/archive/>y</a>\n\n\
        <div\nid=\"x\"\nstyle=\"\"><img\nsrc=\"/img/a.svg\" alt=\"\" srcset=\"https://cdn.example/a,b.png 1x,/img/a.svg 2x\"></div>";
    let site = Site::empty()
        .file("pingmark.yaml", "title: Essai\nbase_url: https://u.example/depot/\ndescription: d\n")
        .file("static/img/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
        .file("content/posts/a.md", post(body))
        .built();
    assert_has(
        &site.public("posts/a/index.html"),
        &[
            "srcset=\"/depot/img/a.svg 1x, /depot/img/a.svg 2x\"",
            "srcset='/depot/img/a.svg 2x'",
            "data=\"/depot/img/a.svg\"",
            "cite=\"/depot/archive/\"",
            "action=\"/depot/archive/\"",
            "poster=\"/depot/img/a.svg\"",
            "formaction=\"/depot/archive/\"",
            "<a href=\"/depot/archive/\">y</a>",
            "src=\"/depot/img/a.svg\" alt=\"\" srcset=\"https://cdn.example/a,b.png 1x,/depot/img/a.svg 2x\"",
        ],
    );
    let feed = site.public("feed.xml");
    assert!(feed.contains("https://u.example/depot/img/a.svg 2x"), "{feed}");
    let site = site.file("content/posts/b.md", post("<img srcset=\"/img/absente.png 2x\" alt=\"b\">"));
    let run = site.run(&["check", "--today", TODAY]);
    assert!(run.err.contains("/img/absente.png") && run.code == 1, "{}", run.err);
}

#[test]
fn quotes_pair_across_markup() {
    let body = "'*word*' '**word**' '[link](https://e.example/)' '`code`' 'a *b*' '*a* b'\n\n\
        rock 'n' roll, 'cause, 'em, 'til, \"'Twas so\", '5 things'\n\n*foo*'s, l'*été*, the '90s";
    assert_has(
        &page("lang: en\n", body),
        &[
            "‘<em>word</em>’ ‘<strong>word</strong>’ ‘<a href=\"https://e.example/\" rel=\"noopener\">link</a>’ \
             ‘<code>code</code>’ ‘a <em>b</em>’ ‘<em>a</em> b’",
            "rock ’n’ roll, ’cause, ’em, ’til, “’Twas so”, ‘5 things’",
            "<em>foo</em>’s, l’<em>été</em>, the ’90s",
        ],
    );
    assert_has(&page("lang: de\n", "'*Wort*' \"*Wort*\""), &["‚<em>Wort</em>‘ „<em>Wort</em>“"]);
    assert_has(&page("lang: fr\n", "'*mot*' et l'*été*"), &["‘<em>mot</em>’ et l’<em>été</em>"]);
}

#[test]
fn formulas_are_kept_as_typed() {
    let html = page(
        "",
        "Soit $$a_b * c * \\frac{1}{2}$$ et \\(x_1 < y_1\\).\n\n$$\n\\begin{a}\na_1 \\\\\nb_1 -- c\n$$\n\n\
         `$$a_b$$` et 5 $ ou 6 $ (\\*non\\*).",
    );
    assert_has(
        &html,
        &[
            "Soit $$a_b * c * \\frac{1}{2}$$ et \\(x_1 &lt; y_1\\).",
            "$$\n\\begin{a}\na_1 \\\\\nb_1 -- c\n$$",
            "<code>$$a_b$$</code>",
            "(*non*)",
        ],
    );
}

#[test]
fn no_control_character_is_published() {
    let text = "---\ntitle: \"Un \\a son\"\ndate: 2026-11-01\ndescription: \"d\\u009b\\x02\"\ntags: [\"t\\eg\"]\n---\n\n\
        Un\u{7} texte\u{9b} `co\u{2}de`.\n\n```\na\u{1b}b\n```\n\n<p title=\"\u{1}\">\u{c}x</p>\n\n[l\u{3}](https://a.example/)\n";
    let site = site_with("").file("content/posts/a.md", text);
    let run = site.build();
    assert!(run.code == 0 && run.err.contains("control-character"), "{}", run.err);
    for path in ["posts/a/index.html", "index.html", "feed.xml", "atom.xml", "feed.json", "tags/index.html"] {
        let html = site.public(path);
        let found = html.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(found, None, "{path}");
    }
}

#[test]
fn an_image_has_the_width_behind_its_name() {
    let image = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"400\"/>";
    let site = site_with("")
        .file(
            "content/posts/a/index.md",
            post("![[photo.svg|300]]\n\n![Un port|200](photo.svg)\n\n![[photo.svg|Le port]]"),
        )
        .file("content/posts/a/photo.svg", image)
        .built();
    assert_has(
        content(&site.public("posts/a/index.html")),
        &["width=\"300\"", "width=\"200\"", "alt=\"Un port\"", "alt=\"Le port\""],
    );
}

#[test]
fn a_language_from_right_to_left_says_so() {
    let site =
        site_with("lang: ar\nlanguages:\n  fr: { title: Mon blog }\n").file("content/posts/a.md", post("نص"));
    assert_eq!(site.build().code, 0);
    assert_has(&site.public("index.html"), &["<html lang=\"ar\" dir=\"rtl\">"]);
    assert_has(&site.public("fr/index.html"), &["<html lang=\"fr\">"]);
}

#[test]
fn labels_of_menus_are_set_by_the_rules_of_typography() {
    let site = site_with("menus:\n  main:\n    - label: \"S'abonner\"\n      url: /feed.xml\n").built();
    assert_has(&site.public("index.html"), &[">S’abonner</a>"]);
}

#[test]
fn a_passage_shows_the_mark_of_a_citation() {
    let text = "Pour qui publie chez soi [@b], c'est la pièce qui manquait.";
    for (style, mark) in [("numbered", "[1]"), ("author-date", "[…]"), ("note", "[…]")] {
        let site = site_with(&format!("citations:\n  style: {style}\n"))
            .file("content/posts/a.md", post(text))
            .file("content/posts/b.md", "---\ntitle: POSSE\ndate: 2026-10-01\ndescription: d\n---\n\nx\n")
            .built();
        let html = site.public("posts/b/index.html");
        let (_, pings) = html.split_once("id=\"pings\"").expect("the pings");
        assert!(pings.contains(mark) && !pings.contains("POSSE"), "{style}: {pings}");
    }
}

#[test]
fn an_article_in_html_is_read_as_html_inside_markdown_is() {
    let site = Site::new()
        .file(
            "content/posts/a.html",
            "---\ndate: 2026-01-02\n---\n<h1>Titre <em>à</em> moi</h1>\n\
             <main><p>Un &eacute;t&eacute; avec <a href=\"/posts/b/\">un lien</a>,<br>deux.</p><svg/><p>Trois.</p></main>\n\
             <blockquote>Citation</blockquote><pre>code</pre><h2 id=x>Fixe</h2><h3>Libre &amp; seul</h3>",
        )
        .post("b", "Texte.");
    let run = site.run(&["build", "--deny-warnings"]);
    assert_eq!(run.code, 0, "a first-level heading that became the title is no second one: {}", run.err);
    let page = site.public("posts/a/index.html");
    assert_has(
        &page,
        &[
            "content=\"Un été avec un lien, deux. Trois.\"",
            "<h2 id=x>Fixe",
            "<h3 id=\"libre-seul\">Libre &amp; seul",
            "<svg/>",
        ],
    );
    assert_eq!(page.matches("<h1").count(), 1, "{page}");
    assert_has(&site.public("posts/b/index.html"), &["Un été avec <mark>un lien</mark>, deux."]);
}

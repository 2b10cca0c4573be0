//! Citations: pings between a blog's own articles, the sources at the end of an article, and the
//! pages about everything that is cited. Pages are read back with a separate HTML parser.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngSeed};
use scraper::{ElementRef, Html, Selector};

use super::support::{Site, TODAY, is_data, is_of_the_theme};

fn all<'h>(html: &'h Html, selector: &str) -> Vec<ElementRef<'h>> {
    html.select(&Selector::parse(selector).expect("a selector")).collect()
}

fn inside<'h>(element: ElementRef<'h>, selector: &str) -> Vec<ElementRef<'h>> {
    element.select(&Selector::parse(selector).expect("a selector")).collect()
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn page(site: &Site, path: &str) -> Html {
    Html::parse_document(&site.public(path))
}

// ---- pings ------------------------------------------------------------------------------

/// The state of a generated post.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Published,
    Draft,
    Future,
    Expired,
}

/// The syntax of a link between generated posts.
#[derive(Clone, Copy, Debug)]
enum Form {
    File,
    Anchor,
    Wiki,
    WikiWords,
    Cite,
    Whole,
    Www,
    Rooted,
    Alias,
    Html,
    Reference,
}

const FORMS: [Form; 11] = [
    Form::File,
    Form::Anchor,
    Form::Wiki,
    Form::WikiWords,
    Form::Cite,
    Form::Whole,
    Form::Www,
    Form::Rooted,
    Form::Alias,
    Form::Html,
    Form::Reference,
];

const STATES: [State; 6] =
    [State::Published, State::Published, State::Published, State::Draft, State::Future, State::Expired];

type Blog = (Vec<State>, Vec<(usize, usize, Form)>);

/// Posts, and links between them: from, to, syntax. Links to posts that are not published are only
/// warnings, so they occur, too.
fn blog() -> impl Strategy<Value = Blog> {
    let states = vec(proptest::sample::select(&STATES[..]), 5..7);
    let links = vec((0..6_usize, 0..6_usize, proptest::sample::select(&FORMS[..])), 0..24);
    (states, links).prop_map(|(states, links)| {
        let count = states.len();
        (states, links.into_iter().map(|(from, to, form)| (from % count, to % count, form)).collect())
    })
}

/// A link in Markdown, and its text as readers see it.
fn written(to: usize, form: Form, number: usize) -> (String, String) {
    let words = format!("lien{number}");
    let title = format!("Titre numéro {to}");
    match form {
        Form::File => (format!("[{words}](p{to}.md)"), words),
        Form::Anchor => (format!("[*{words}*](p{to}.md#suite)"), words),
        Form::Wiki => (format!("[[p{to}]]"), title),
        Form::WikiWords => (format!("[[p{to}|{words}]]"), words),
        Form::Cite => (format!("[voir @p{to}, p. 3]"), "[1]".to_owned()),
        Form::Whole => (format!("[{words}](https://essai.example/posts/p{to}/)"), words),
        Form::Www => (format!("[{words}](http://www.Essai.example:80/posts/p{to}/?utm_source=x)"), words),
        Form::Rooted => (format!("[{words}](/posts/p{to}/)"), words),
        Form::Alias => (format!("[{words}](/vieux/p{to}/)"), words),
        Form::Html => (format!("<a class=\"x\" href=\"p{to}.md\">{words}</a>"), words),
        Form::Reference => (format!("[{words}][r{to}]"), words),
    }
}

fn site_of((states, links): &Blog) -> Site {
    let mut site = Site::new();
    for (number, state) in states.iter().enumerate() {
        let extra = match state {
            State::Published => "",
            State::Draft => "draft: true\n",
            State::Future => "date: 2030-01-01\n",
            State::Expired => "expires: 2026-06-01\n",
        };
        let date = if *state == State::Future {
            String::new()
        } else {
            format!("date: 2026-01-{:02}\n", number + 1)
        };
        let mut text = format!(
            "---\ntitle: Titre numéro {number}\n{date}{extra}description: Un essai.\naliases: [/vieux/p{number}/]\n---\n\n"
        );
        for (at, (_, to, form)) in links.iter().enumerate().filter(|(_, (from, ..))| *from == number) {
            text.push_str(&format!("Avant {} après.\n\n", written(*to, *form, at).0));
        }
        text.push_str("## Suite\n\nLa fin.\n\n");
        text.extend((0..states.len()).map(|to| format!("[r{to}]: p{to}.md\n")));
        site = site.file(&format!("content/posts/p{number}.md"), text);
    }
    site
}

#[test]
fn a_preview_shows_the_pings_that_the_site_will_have() {
    let mut pings = Vec::new();
    for preview in ["", "http://localhost:4321", "https://apercu.example/sous/"] {
        let site = site_of(&(vec![State::Published; 2], vec![(1, 0, Form::Whole), (1, 0, Form::Rooted)]));
        let asked: &[&str] = if preview.is_empty() { &[] } else { &["--base-url", preview] };
        let run = site.run(&[&["build", "--today", TODAY], asked].concat());
        assert!(run.code == 0 && run.err.contains("0 warnings"), "{}", run.err);
        let html = page(&site, "posts/p0/index.html");
        pings.push(all(&html, ".ping blockquote").into_iter().map(words).collect::<Vec<_>>());
        // Links in a preview do not lead to the published site.
        assert!(!site.public("posts/p1/index.html").contains("https://essai.example/posts/p0/"), "{preview}");
    }
    assert_eq!(pings, vec![["Avant lien0 après."]; 3]);
}

/// The pings of each published post, by citing post: how often it links, and the marked text.
fn expected((states, links): &Blog) -> BTreeMap<usize, BTreeMap<usize, (usize, String)>> {
    let is_published = |post: usize| states[post] == State::Published;
    let mut pings: BTreeMap<usize, BTreeMap<usize, (usize, String)>> = BTreeMap::new();
    for (at, (from, to, form)) in links.iter().enumerate() {
        if from != to && is_published(*from) && is_published(*to) {
            let first = (0, written(*to, *form, at).1);
            pings.entry(*to).or_default().entry(*from).or_insert(first).0 += 1;
        }
    }
    pings
}

/// The pings that a page shows: address, count, marked text, passage.
fn shown(html: &Html) -> Vec<(String, usize, String, String)> {
    all(html, ".pings li")
        .into_iter()
        .map(|ping| {
            let link = inside(ping, "a.u-url.p-name")[0];
            let count = inside(ping, ".meta > span")
                .iter()
                .find_map(|span| words(*span).split_whitespace().find_map(|word| word.parse().ok()));
            let mark = inside(ping, "mark").first().map(|mark| words(*mark)).unwrap_or_default();
            let passage = inside(ping, ".p-content").first().map(|quote| words(*quote)).unwrap_or_default();
            (link.value().attr("href").unwrap_or_default().to_owned(), count.unwrap_or(1), mark, passage)
        })
        .collect()
}

fn check_pings(blog: &Blog) -> Result<(), TestCaseError> {
    let site = site_of(blog);
    let run = site.build();
    prop_assert_eq!(run.code, 0, "{}", run.err);
    let expected = expected(blog);
    for (number, state) in blog.0.iter().enumerate() {
        let path = format!("public/posts/p{number}/index.html");
        prop_assert_eq!(site.path(&path).exists(), *state == State::Published);
        if *state != State::Published {
            continue;
        }
        let html = page(&site, &format!("posts/p{number}/index.html"));
        let nothing = BTreeMap::new();
        let pings = expected.get(&number).unwrap_or(&nothing);
        let found = shown(&html);
        // Posts are dated in the order of their numbers, and pings are sorted by date.
        let addresses: Vec<String> = pings.keys().map(|from| format!("/posts/p{from}/")).collect();
        prop_assert_eq!(found.iter().map(|ping| ping.0.clone()).collect::<Vec<_>>(), addresses);
        for ((_, count, mark, passage), (expected_count, text)) in found.iter().zip(pings.values()) {
            prop_assert_eq!(count, expected_count);
            // The number of a citation depends on the other links of its post.
            let is_number = |mark: &str| mark.trim_matches(['[', ']']).parse::<usize>().is_ok();
            prop_assert!(mark == text || (text == "[1]" && is_number(mark)), "{} is not {}", mark, text);
            prop_assert!(passage.contains(mark.as_str()) && passage.contains("Avant"), "{}", passage);
            for leak in ["](", "[[", "@p", "href", "*"] {
                prop_assert!(!passage.contains(leak), "{}", passage);
            }
        }
    }
    // An unpublished post leaves no trace but the text of the links to it.
    let published: String =
        site.tree("public").into_values().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    for (number, state) in blog.0.iter().enumerate() {
        let title = format!("Titre numéro {number}");
        prop_assert_eq!(published.contains(&title), *state == State::Published, "{}", title);
        let address = format!("/posts/p{number}/");
        let stands = *state == State::Published || !published.contains(&address);
        prop_assert!(stands, "{}", address);
    }
    Ok(())
}

proptest! {
    #![proptest_config(Runs {
        cases: 12,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x5EED),
        ..Runs::default()
    })]

    #[test]
    fn every_link_between_published_posts_is_one_ping(blog in blog()) {
        check_pings(&blog)?;
    }

    #[test]
    fn a_link_that_goes_takes_its_ping_along(blog in blog()) {
        let site = site_of(&blog);
        prop_assert_eq!(site.build().code, 0);
        let (states, mut links) = blog;
        links.pop();
        let less = (states, links);
        let after = site_of(&less);
        for (path, bytes) in after.tree("content") {
            site.write(&format!("content/{path}"), bytes);
        }
        prop_assert_eq!(site.build().code, 0);
        prop_assert_eq!(after.build().code, 0);
        // An incremental build gives the bytes of a clean build.
        prop_assert!(site.tree("public") == after.tree("public"));
        check_pings(&less)?;
    }
}

#[test]
fn a_passage_is_about_a_hundred_characters_each_side() {
    let word = "mot ".repeat(60);
    let body = format!("{word}avant [le **lien**](un.md) `après` {word}");
    let site = Site::new().post("un", "Texte.").post("deux", &body).built();
    let html = page(&site, "posts/un/index.html");
    let quote = words(all(&html, ".pings .p-content")[0]);
    assert!(quote.starts_with("[…] mot") && quote.ends_with("mot […]"), "{quote}");
    let (before, after) = quote.split_once("le lien").expect("the words of the link");
    for side in [before, after] {
        let signs = side.trim_matches(['[', '…', ']', ' ']).chars().count();
        assert!((90..=100).contains(&signs), "{signs}: {side}");
    }
}

#[test]
fn a_passage_shows_titles_where_its_reader_sees_titles() {
    let beside =
        "D’abord [[un]], puis [ceci](cible.md), puis [[un#suite]] et [[un|ses mots]], [[brouillon]].";
    let held = "---\ntitle: Brouillon\ndate: 2026-01-01\ndraft: true\ndescription: x\n---\n";
    let one = |title: &str| {
        format!("---\ntitle: {title}\ndate: 2026-01-01\ndescription: x\n---\n\n## Suite\n\nTexte.\n")
    };
    let site = Site::new()
        .file("content/posts/un.md", one("Premier titre"))
        .post("cible", "Rien.")
        .post("citant", beside)
        .file("content/posts/brouillon.md", held);
    assert_eq!(site.build().code, 0);
    let quote = |site: &Site| words(all(&page(site, "posts/cible/index.html"), ".pings .p-content")[0]);
    let expected = "D’abord Premier titre, puis ceci, puis Premier titre et ses mots, brouillon.";
    assert_eq!(quote(&site), expected);
    let edges = site.public("citations.json");
    assert!(edges.contains("D’abord Premier titre, puis ") && !edges.contains("puis un et"), "{edges}");

    // A changed title is updated wherever it is quoted.
    site.write("content/posts/un.md", one("Autre titre"));
    assert_eq!(site.build().code, 0);
    assert_eq!(quote(&site), expected.replace("Premier", "Autre"));
    let anew = Site::new()
        .file("content/posts/un.md", one("Autre titre"))
        .post("cible", "Rien.")
        .post("citant", beside)
        .file("content/posts/brouillon.md", held);
    assert_eq!(anew.build().code, 0);
    assert!(site.tree("public") == anew.tree("public"));
}

#[test]
fn a_link_among_the_words_of_a_citation_is_a_ping_too() {
    let site = Site::new()
        .file("sources.yaml", SOURCES)
        .post("un", "Rien.")
        .post("deux", "Avant [voir *aussi* [ces mots](un.md) et @manifeste, **fin**] après.")
        .built();
    let html = page(&site, "posts/un/index.html");
    let found = shown(&html);
    assert_eq!((found.len(), found[0].2.as_str()), (1, "ces mots"));
    assert_eq!(found[0].3, "[…] voir aussi ces mots et […]");
    let html = site.public("posts/deux/index.html");
    assert!(
        html.contains("<span class=\"cite\">[voir <em>aussi</em> <a href=\"/posts/un/\">ces mots</a> et ")
    );
    assert!(html.contains("</a>, <strong>fin</strong>]</span> après."), "{html}");
}

#[test]
fn a_post_without_mentions_shows_none_and_still_cites() {
    let off = "---\ntitle: Un\ndate: 2026-01-01\ndescription: x\nmentions: off\n---\n\n[deux](deux.md)\n";
    let site = Site::new().file("content/posts/un.md", off).post("deux", "[un](un.md)").built();
    assert!(all(&page(&site, "posts/un/index.html"), ".pings").is_empty());
    assert_eq!(shown(&page(&site, "posts/deux/index.html")).len(), 1);
}

// ---- sources ----------------------------------------------------------------------------

const SOURCES: &str = "\
manifeste:
  title: Le manifeste
  url: https://www.manifeste.example/
  authors: [Rick Levine, Doc Searls]
  published: 1999-04
  type: book
  lang: en
perdu:
  title: Le moteur <perdu>
  url: http://perdu.example/page
  authors: Rédaction du Moteur
  site: Le Moteur
  dead: true
  archived: https://archive.example/2011/http://perdu.example/page
  note: Fermé en 2015.
jamais:
  title: Jamais cité
";

fn cited() -> Site {
    let body = "Une [@manifeste, p. 3], deux [voir @perdu ; @deux], trois [-@manifeste] et \
                [un lien](http://perdu.example/page/?utm_source=x#haut).\n\nAilleurs : [page](https://www.ailleurs.example/a), \
                [autre](https://ailleurs.example/b) et [la même](http://ailleurs.example/a/).";
    Site::new()
        .file("sources.yaml", SOURCES)
        .post("un", body)
        .post("deux", "Encore [@perdu] et [page](https://ailleurs.example/a).")
        .built()
}

#[test]
fn the_list_of_sources_leads_back_to_every_place() {
    let site = cited();
    let html = page(&site, "posts/un/index.html");
    let sources = all(&html, ".sources li.h-cite");
    let titles: Vec<String> = sources.iter().map(|source| words(inside(*source, ".p-name")[0])).collect();
    assert_eq!(titles, ["Le manifeste", "Le moteur <perdu>", "deux"]);
    for (source, places) in sources.iter().zip([2, 2, 1]) {
        let id = source.value().attr("id").expect("an id");
        let backs = inside(*source, "a.source-back");
        assert_eq!(backs.len(), places, "{id}");
        for back in backs {
            let place = back.value().attr("href").expect("an address").trim_start_matches('#');
            let found = all(&html, &format!(".e-content [id=\"{place}\"]"));
            assert_eq!(found.len(), 1, "{place}");
            // A citation links to its source; a plain link keeps its target.
            let leads_to = found[0].value().attr("href").expect("a link");
            assert!(
                leads_to == format!("#{id}") || leads_to.starts_with("https://archive.example/"),
                "{leads_to}"
            );
        }
    }
    let ids: Vec<&str> = all(&html, "[id]").iter().filter_map(|element| element.value().attr("id")).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "an id is used twice: {ids:?}");
}

#[test]
fn each_source_is_an_h_cite() {
    let site = cited();
    let html = page(&site, "posts/un/index.html");
    let sources = all(&html, ".h-entry .sources li.h-cite");
    let texts = |source: ElementRef<'_>, class: &str| -> Vec<String> {
        inside(source, class).into_iter().map(words).collect()
    };
    let book = sources[0];
    assert_eq!(texts(book, ".p-author"), ["Rick Levine", "Doc Searls"]);
    let link = inside(book, "a.u-url.p-name")[0].value();
    assert_eq!((link.attr("href"), link.attr("lang")), (Some("https://www.manifeste.example/"), Some("en")));
    assert_eq!(inside(book, ".dt-published")[0].value().attr("datetime"), Some("1999-04"));
    // A dead source links to its archived copy, says so, and keeps its own URL in the microformats.
    let gone = sources[1];
    let copy = "https://archive.example/2011/http://perdu.example/page";
    assert_eq!(inside(gone, "a.p-name")[0].value().attr("href"), Some(copy));
    assert_eq!(inside(gone, "data.u-url")[0].value().attr("value"), Some("http://perdu.example/page"));
    assert_eq!(inside(gone, "a.u-archive")[0].value().attr("href"), Some(copy));
    assert!(words(gone).contains("Page disparue") && words(gone).contains("Fermé en 2015."));
    assert_eq!(inside(sources[2], "a.u-url")[0].value().attr("href"), Some("/posts/deux/"));
}

#[test]
fn json_ld_says_what_is_cited() {
    let site = cited();
    let html = page(&site, "posts/un/index.html");
    let text: String = all(&html, "script[type=\"application/ld+json\"]")[0].text().collect();
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let posting = &value["@graph"][0];
    assert_eq!(posting["@type"], "BlogPosting");
    let citation = posting["citation"].as_array().expect("a list");
    assert_eq!(citation.len(), 3);
    assert_eq!(citation[0]["@type"], "Book");
    assert_eq!(citation[0]["author"][1]["name"], "Doc Searls");
    assert_eq!(citation[0]["datePublished"], "1999-04");
    assert_eq!(citation[1]["name"], "Le moteur <perdu>");
    assert_eq!(citation[1]["author"][0]["@type"], "Organization");
    assert_eq!(citation[1]["archivedAt"], "https://archive.example/2011/http://perdu.example/page");
    assert_eq!(citation[2]["url"], "https://essai.example/posts/deux/");
    // Without sources the key is missing.
    let site = Site::new().post("un", "Rien.").built();
    assert!(!site.public("posts/un/index.html").contains("\"citation\""));
}

#[test]
fn everything_cited_has_its_place_on_the_pages_of_sources() {
    let site = cited();
    let html = page(&site, "sources/index.html");
    let sites: Vec<String> = all(&html, "h2 a").into_iter().map(words).collect();
    assert_eq!(sites, ["ailleurs.example", "perdu.example", "manifeste.example"]);
    let html = page(&site, "sources/ailleurs.example/index.html");
    let works: Vec<(String, Vec<String>)> = all(&html, ".works > li")
        .into_iter()
        .map(|work| {
            let citing = inside(work, ".citing a").into_iter().map(words).collect();
            (words(inside(work, ".p-name")[0]), citing)
        })
        .collect();
    // URLs that differ in spelling are one source, named by the first link text.
    assert_eq!(works[0], ("page".to_owned(), vec!["deux".to_owned(), "un".to_owned()]));
    assert_eq!(works[1], ("autre".to_owned(), vec!["un".to_owned()]));
    let first = all(&html, ".works .p-name")[0].value().attr("href");
    assert_eq!(first, Some("https://ailleurs.example/a"));
    let sitemap = site.public("sitemap.xml");
    assert!(sitemap.contains("/sources/</loc>") && sitemap.contains("/sources/perdu.example/</loc>"));
    assert!(site.public("sources/perdu.example/index.html").contains("\"BreadcrumbList\""));
}

#[test]
fn pages_of_sources_can_be_left_out_or_replaced() {
    let config = "title: Essai\nbase_url: https://essai.example\ncitations: { pages: false }\n";
    let site = Site::new().file("pingmark.yaml", config).post("un", "[a](https://a.example)").built();
    assert!(!site.path("public/sources").exists());
    let own = "---\ntitle: Mes sources\ndescription: x\n---\n\nÀ moi.\n";
    let site = Site::new().file("content/sources.md", own).post("un", "[a](https://a.example)").built();
    assert!(site.public("sources/index.html").contains("Mes sources"));
    assert!(!site.path("public/sources/a.example").exists());
}

#[test]
fn every_page_leads_to_the_list_of_sources_where_there_is_one() {
    let leads = |site: &Site, file: &str| {
        let html = page(site, file);
        all(&html, "footer a").iter().any(|link| link.value().attr("href") == Some("/sources/"))
    };
    let site = Site::new().post("un", "[a](https://a.example)").post("deux", "Rien.").built();
    for file in ["index.html", "posts/deux/index.html", "archive/index.html", "sources/index.html"] {
        assert!(leads(&site, file), "{file}");
    }
    let site = Site::new().post("un", "Rien.").built();
    assert!(!leads(&site, "index.html"));
}

#[test]
fn front_matter_credits_and_answers_are_marked_up() {
    let text = "---\ntitle: Un\ndate: 2026-01-01\ndescription: x\nvia: https://claire.example/\n\
                in_reply_to: https://a.example/1\nbookmark_of: https://b.example/2\n\
                repost_of: https://c.example/3\nlike_of: https://d.example/4\nlink: http://e.example/5/\n---\n\nTexte.\n";
    let site = Site::new().file("content/posts/un.md", text).built();
    let html = page(&site, "posts/un/index.html");
    for (class, address) in [
        ("u-in-reply-to", "https://a.example/1"),
        ("u-bookmark-of", "https://b.example/2"),
        ("u-repost-of", "https://c.example/3"),
        ("u-like-of", "https://d.example/4"),
    ] {
        let found = all(&html, &format!(".h-entry .context a.{class}"));
        assert_eq!(found[0].value().attr("href"), Some(address));
    }
    let shown: Vec<String> = all(&html, ".context").into_iter().map(words).collect();
    assert!(shown.iter().any(|line| line.ends_with("e.example")), "{shown:?}");
    assert!(shown.iter().any(|line| line.ends_with("claire.example")), "{shown:?}");
    // The targets of replies, likes and bookmarks count as cited.
    let sites: Vec<String> = all(&page(&site, "sources/index.html"), "h2 a").into_iter().map(words).collect();
    assert_eq!(sites.len(), 6, "{sites:?}");
}

#[test]
fn what_strangers_call_themselves_stays_text() {
    let sources = "x:\n  title: '<script>alert(1)</script>'\n  url: 'https://a.example/\"><script>alert(2)</script>'\n  \
                   authors: ['<img src=x onerror=alert(3)>']\n  site: '</cite><svg onload=alert(4)>'\n  note: '<!--'\n  \
                   archived: \"https://b.example/'onclick='alert(5)\"\n";
    for style in ["numbered", "author-date", "note"] {
        let config =
            format!("title: Essai\nbase_url: https://essai.example\ncitations: {{ style: {style} }}\n");
        let site = Site::new().file("pingmark.yaml", config).file("sources.yaml", sources);
        let site = site.post("un", "A [voir <b @x, \"p\" & 3].").built();
        for path in ["posts/un/index.html", "sources/index.html", "sources/a.example/index.html"] {
            let html = page(&site, path);
            assert!(
                all(&html, "main script, svg:not(.icon), [onerror], [onclick]").is_empty()
                    && all(&html, "script")
                        .into_iter()
                        .all(|script| is_of_the_theme(script) || is_data(script))
            );
            assert!(all(&html, "img[src=x]").is_empty(), "{path} ({style})");
        }
        let feed = site.public("feed.xml");
        assert!(!feed.contains("<script") && !feed.contains("&lt;script"), "{feed}");
    }
}

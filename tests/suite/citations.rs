//! The citation graph: `list citations`, `list orphans`, and its exports.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use pingmark_core::html::without_forbidden;

use super::support::{Site, TODAY, is_data, is_of_the_theme};

/// Titles that are markup, delimiters or formulas in one of the formats.
const HOSTILE: [&str; 12] = [
    "</title><script>alert(1)</script>",
    "\"];\nn0 -> n1; x [label=\"",
    "back\\slash\\",
    "\\\"];",
    "\\N \\G \\l",
    "]]>",
    "<![CDATA[",
    "&lt;b&gt; &amp; &#0;",
    "-->",
    "a\u{1}b\u{8}c\u{fffe}d",
    "\u{202e}renversé\u{2066}",
    "'onload='alert(1)",
];

/// A blog with these titles, in which each post cites the next one.
fn hostile_site() -> Site {
    let mut site = Site::new();
    for (number, title) in HOSTILE.iter().enumerate() {
        // YAML accepts characters that are not printable only as escapes.
        let title: String =
            serde_json::to_string(title).expect("a string is JSON").chars().fold(String::new(), |text, c| {
                if c.is_ascii() { text + &c.to_string() } else { text + &format!("\\u{:04x}", c as u32) }
            });
        let next = (number + 1) % HOSTILE.len();
        let text = format!(
            "---\ntitle: {title}\ndate: 2026-01-{:02}\ncategories: [{title}]\ndescription: x\n---\n\nVoir [cela](p{next}.md).\n",
            number + 1
        );
        site = site.file(&format!("content/posts/p{number}.md"), text);
    }
    // Categories with such names may have colliding or empty slugs, which is not tested here.
    site.write(
        "pingmark.yaml",
        "title: Essai\nbase_url: https://essai.example\ntypography: false\ntaxonomies: [tags]\n",
    );
    site
}

fn three() -> Site {
    Site::new()
        .post(
            "un",
            "Voir [deux](deux.md), encore [deux](deux.md), [moi](un.md) et [un brouillon](brouillon.md).",
        )
        .post("deux", "Rien.")
        .post("trois", "Avant [[deux]], après, et [[un|le premier]].")
        .file(
            "content/posts/brouillon.md",
            "---\ntitle: B\ndate: 2026-01-01\ndraft: true\n---\n[deux](deux.md)\n",
        )
        .file("content/a-propos.md", "---\ntitle: À propos\n---\n\n[un](posts/un.md)\n")
        .file("content/seule.md", "---\ntitle: Seule\n---\n\nRien.\n")
}

fn list(site: &Site, what: &str, format: &str) -> String {
    let run = site.run(&["list", what, "--format", format, "--today", TODAY]);
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

#[test]
fn citations_are_listed_once_for_each_pair() {
    let site = three();
    let table = list(&site, "citations", "table");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines,
        [
            "2026-01-01  1  trois     → deux",
            "2026-01-01  1  trois     → un",
            "2026-01-01  2  un        → deux",
            "-           1  À propos  → un",
        ]
    );
    let json: Value = serde_json::from_str(&list(&site, "citations", "json")).expect("JSON");
    let nodes = json["nodes"].as_array().expect("nodes");
    let titles: Vec<&str> = nodes.iter().filter_map(|node| node["title"].as_str()).collect();
    // Drafts and pages without citations are left out.
    assert_eq!(titles, ["À propos", "deux", "trois", "un"]);
    assert_eq!((&nodes[1]["cited_by"], &nodes[1]["cites"]), (&2.into(), &0.into()));
    assert_eq!((&nodes[0]["kind"], &nodes[0]["date"]), (&"page".into(), &Value::Null));
    let edges = json["edges"].as_array().expect("edges");
    let words: Vec<[&str; 3]> = edges
        .iter()
        .map(|edge| ["before", "text", "after"].map(|part| edge["passage"][part].as_str().unwrap_or("?")))
        .collect();
    assert!(words.contains(&["Avant ", "deux", ", après, et le premier."]), "{words:?}");
    assert!(words.contains(&["Avant deux, après, et ", "le premier", "."]), "{words:?}");
    let twice = edges.iter().find(|edge| edge["count"] == 2).expect("two links make one edge");
    assert_eq!(twice["from"], "https://essai.example/posts/un/");
    assert_eq!(twice["to"], "https://essai.example/posts/deux/");
}

#[test]
fn orphans_are_posts_that_nothing_cites() {
    let site = three();
    assert_eq!(list(&site, "orphans", "table"), "2026-01-01  trois  content/posts/trois.md\n");
    let json: Value = serde_json::from_str(&list(&site, "orphans", "json")).expect("JSON");
    assert_eq!(json[0]["url"], "https://essai.example/posts/trois/");
    assert_eq!(json.as_array().map(Vec::len), Some(1));
}

#[test]
fn forms_of_networks_are_for_networks() {
    let run = three().run(&["list", "posts", "--format", "dot"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("list citations"), "{}", run.err);
}

#[test]
fn an_empty_blog_has_an_empty_network() {
    let site = Site::new();
    assert_eq!(list(&site, "citations", "table"), "");
    assert_eq!(read_dot(&list(&site, "citations", "dot")), (BTreeMap::new(), Vec::new()));
    assert_eq!(read_graphml(&list(&site, "citations", "graphml")), (BTreeMap::new(), Vec::new()));
    let json: Value = serde_json::from_str(&list(&site, "citations", "json")).expect("JSON");
    assert_eq!((&json["nodes"], &json["edges"]), (&Value::Array(vec![]), &Value::Array(vec![])));
}

type Read = (BTreeMap<String, String>, Vec<(String, String)>);

/// Parses the subset of DOT that the program writes: statements end at a `;` outside quotes, and
/// inside quotes only `\"` is an escape.
fn read_dot(text: &str) -> Read {
    let inside = text.strip_prefix("digraph citations {").and_then(|rest| rest.trim_end().strip_suffix('}'));
    let inside = inside.expect("one digraph");
    let (mut nodes, mut edges) = (BTreeMap::new(), Vec::new());
    let mut statement: Vec<String> = Vec::new();
    let mut signs = inside.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => {
                let mut token = String::from("\"");
                loop {
                    match signs.next().expect("a closing quote") {
                        '"' => break,
                        '\\' => {
                            let next = signs.next().expect("a character after the backslash");
                            assert!(matches!(next, '"' | '\\'), "\\{next} is an escape sequence of DOT");
                            token.push(next);
                        }
                        c => token.push(c),
                    }
                }
                statement.push(token);
            }
            ';' => {
                match statement.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                    ["node", ..] => {}
                    [from, "->", to, ..] => edges.push((from.to_owned(), to.to_owned())),
                    [id, "[", "label", "=", label, ..] => {
                        nodes.insert(id.to_owned(), label[1..].to_owned());
                    }
                    _ => panic!("{statement:?}"),
                }
                statement.clear();
            }
            c if c.is_whitespace() => {}
            '[' | ']' | '=' | ',' => statement.push(sign.to_string()),
            '-' => {
                assert_eq!(signs.next(), Some('>'));
                statement.push("->".into());
            }
            c => {
                let mut word = c.to_string();
                while let Some(more) = signs.next_if(|c| c.is_alphanumeric()) {
                    word.push(more);
                }
                statement.push(word);
            }
        }
    }
    assert!(statement.is_empty(), "{statement:?} was not parsed");
    (nodes, edges)
}

/// Parses GraphML with a strict XML parser.
fn read_graphml(text: &str) -> Read {
    let (mut nodes, mut edges) = (BTreeMap::new(), Vec::new());
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut node, mut in_title) = (String::new(), false);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) | Event::Empty(tag) => {
                let of = |name: &str| {
                    let found = tag.attributes().map(|one| one.expect("an attribute"));
                    let value = found.into_iter().find(|one| one.key.as_ref() == name);
                    value.map(|one| one.value.to_string()).unwrap_or_default()
                };
                match tag.name().as_ref() {
                    "node" => {
                        node = of("id");
                        nodes.insert(node.clone(), String::new());
                    }
                    "edge" => edges.push((of("source"), of("target"))),
                    "data" => in_title = of("key") == "title",
                    "graphml" | "key" | "graph" => {}
                    other => panic!("{other}"),
                }
            }
            Event::End(_) => in_title = false,
            Event::Text(words) if in_title => {
                nodes.get_mut(&node).expect("a node").push_str(&words);
            }
            Event::GeneralRef(name) if in_title => {
                let sign = match &*name {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    "apos" => "'",
                    other => panic!("&{other};"),
                };
                nodes.get_mut(&node).expect("a node").push_str(sign);
            }
            Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {
                panic!("an element the program does not write")
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (nodes, edges)
}

/// Whatever a title holds, it is a title in every format.
#[test]
fn hostile_titles_are_inert_in_every_form() {
    let site = hostile_site();
    // Control characters are no part of a title; XML keeps line ends.
    let in_xml = |text: &str| without_forbidden(text).into_owned();
    let plain = |text: &str| in_xml(text).replace('\n', " ");
    let (nodes, edges) = read_dot(&list(&site, "citations", "dot"));
    assert_eq!((nodes.len(), edges.len()), (HOSTILE.len(), HOSTILE.len()));
    for title in HOSTILE {
        assert!(nodes.values().any(|label| *label == plain(title)), "{title:?} in {nodes:?}");
    }
    let (nodes, edges) = read_graphml(&list(&site, "citations", "graphml"));
    assert_eq!((nodes.len(), edges.len()), (HOSTILE.len(), HOSTILE.len()));
    for title in HOSTILE {
        assert!(nodes.values().any(|label| *label == in_xml(title)), "{title:?} in {nodes:?}");
    }
    let json: Value = serde_json::from_str(&list(&site, "citations", "json")).expect("JSON");
    assert_eq!(json["nodes"].as_array().map(Vec::len), Some(HOSTILE.len()));
    assert_eq!(list(&site, "citations", "table").lines().count(), HOSTILE.len());
}

#[test]
fn the_page_shows_a_picture_and_tables() {
    let site = three();
    assert_eq!(site.build().code, 0);
    let page = site.public("citations/index.html");
    let html = scraper::Html::parse_document(&page);
    let texts = |selector: &str| -> Vec<String> {
        let selector = scraper::Selector::parse(selector).expect("a selector");
        html.select(&selector).map(|one| one.text().collect::<String>().trim().to_owned()).collect()
    };
    assert_eq!(texts("figure svg.graph a > title").len(), 4);
    assert_eq!(texts("section[aria-labelledby=most-cited] tbody a"), ["deux", "un"]);
    assert_eq!(texts("section[aria-labelledby=citing-most] tbody a"), ["trois", "un", "À propos"]);
    assert_eq!(texts("section[aria-labelledby=orphans] li a"), ["trois"]);
    assert!(site.public("sitemap.xml").contains("<loc>https://essai.example/citations/</loc>"));
    assert!(site.public("index.html").contains("href=\"/citations/\""));
    let json: Value = serde_json::from_str(&site.public("citations.json")).expect("JSON");
    let listed: Value = serde_json::from_str(&list(&site, "citations", "json")).expect("JSON");
    assert_eq!(json, listed);
}

#[test]
fn the_pages_can_be_left_out() {
    let site = three();
    site.write("pingmark.yaml", "title: E\nbase_url: https://essai.example\ncitations: { pages: false }\n");
    assert_eq!(site.build().code, 0);
    assert!(!site.path("public/citations").exists() && !site.path("public/citations.json").exists());
    assert!(!site.public("index.html").contains("citations/"));
    // A blog without citations has no citations page.
    let site = Site::new().post("un", "Rien.").built();
    assert!(!site.path("public/citations").exists());
}

#[test]
fn an_article_of_another_language_stands_in_the_picture_and_not_in_the_tables() {
    let site = Site::empty()
        .file("pingmark.yaml", "title: E\nbase_url: https://essai.example\nlanguages: { en: {}, de: {} }\n")
        .post("un", "Rien.")
        .file("content/posts/two.en.md", "---\ntitle: Two\ndate: 2026-01-01\n---\n\n[one](un.md)\n")
        .file("content/posts/drei.de.md", "---\ntitle: Drei\ndate: 2026-01-01\n---\n\nNichts.\n")
        .built();
    let french = site.public("citations/index.html");
    assert!(french.contains("hreflang=\"en\" lang=\"en\"><title>Two"), "{french}");
    assert!(!french.contains("id=\"citing-most\"") && french.contains("id=\"most-cited\""));
    let english = site.public("en/citations/index.html");
    assert!(english.contains("id=\"citing-most\"") && !english.contains("id=\"most-cited\""));
    assert!(!site.path("public/de/citations").exists());
}

#[test]
fn a_large_blog_shows_its_most_cited_posts_and_says_so() {
    let config = "title: Essai\nbase_url: https://essai.example\nsocial: {cards: false}\n";
    let mut site = Site::empty().file("pingmark.yaml", config);
    for number in 0..700 {
        // Each of the first hundred is cited by seven others.
        let cited = number % 100;
        let body = if number < 100 { String::new() } else { format!("[un](p{cited}.md)") };
        site = site.post(&format!("p{number}"), &body);
    }
    let page = site.built().public("citations/index.html");
    assert!(page.contains("(500 / 700)"));
    assert_eq!(page.matches("<title>").count(), 501);
    for cited in 0..100 {
        assert!(page.contains(&format!("<title>p{cited} — cité par 6")), "p{cited}");
    }
}

/// Hostile titles are inert on the citations page too.
#[test]
fn hostile_titles_are_inert_on_the_page() {
    let site = hostile_site();
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    let page = scraper::Html::parse_document(&site.public("citations/index.html"));
    let select =
        |selector: &str| page.select(&scraper::Selector::parse(selector).expect("a selector")).count();
    let selector = scraper::Selector::parse("script").expect("a selector");
    let scripts = page.select(&selector);
    assert_eq!(scripts.filter(|script| !is_of_the_theme(*script) && !is_data(*script)).count(), 0);
    assert_eq!(select("[onload]"), 0);
    assert_eq!(select("svg.graph a"), HOSTILE.len());
    assert_eq!(select("section[aria-labelledby=most-cited] tbody tr"), HOSTILE.len());
    let json: Value = serde_json::from_str(&site.public("citations.json")).expect("JSON");
    assert_eq!(json["edges"].as_array().map(Vec::len), Some(HOSTILE.len()));
}

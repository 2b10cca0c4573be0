//! Texts and addresses that would be markup or script if they were not escaped.

use scraper::Html;

use super::inert::{assert_inert, flat, select, words, xml};
use super::{build, config, every, post, quoted};
use crate::support::{Site, png};

/// Texts that become markup, script or the end of an element unless they are escaped.
const PAYLOADS: [&str; 50] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "<ScRiPt src=//x.example></sCrIpT>",
    "<script/x>alert(1)</script >",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "\" onmouseover=\"alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "` onmouseover=`alert(1)",
    "x onerror=alert(1)",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//x.example/>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<a href=javascript:alert(1)>x</a>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<style>@import '//x.example';</style>",
    "<link rel=stylesheet href=//x.example>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</h1></header></main><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<!--<script>alert(1)</script>-->",
    "]]><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y \"z\">]>&y;",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;b&amp;gt; &nbsp; &#60;script&#62; &rien; &",
    "{{ config.title }} {% if x %}",
    "{{ <figure src=\"x\" /> }}",
    "${alert(1)} #{alert(1)} <%= alert(1) %>",
    "\\\"});alert(1);//\\u003c/script\\u003e",
    "\u{2028}alert(1)\u{2029}\u{feff}",
    "\u{202e}tpircs\u{202c} \u{200b}<\u{200d}b>",
    "\u{1}\u{8}\u{b}\u{c}\u{1b}[31m\u{7f}\u{85}\u{fffe}\u{ffff}<b>",
];

/// A text as Markdown that renders as exactly that text.
fn as_markdown(text: &str) -> String {
    let sign = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => c.to_string(),
        c if c.is_control() => String::new(),
        c => format!("&#x{:x};", u32::from(c)),
    };
    text.chars().map(sign).collect()
}

/// Text is shown as it was typed and is nothing else, wherever a post takes text.
#[test]
fn texts_of_posts_are_shown_as_typed() {
    let plain = "title: Essai\nbase_url: https://essai.example\ntypography: false\npaginate: 0\nfeed: {limit: 1000}\n";
    let site = Site::new().file("pingmark.yaml", plain).file("static/x.png", png(40, 21));
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let (yaml, markdown) = (quoted(payload), as_markdown(payload));
        let named = quoted(&format!("n{number} {payload}"));
        let line = flat(payload);
        let quote = if line.contains('"') { '\'' } else { '"' };
        let argument = line.replace(quote, "");
        // A component in an info string would be diagnosed; the braces are kept apart.
        let info = line.replace("{{", "{ {");
        let id: String =
            line.chars().filter(|c| !c.is_whitespace() && !"<>{}\\`*_[]&~^".contains(*c)).collect();
        site.write(
            &format!("content/posts/p{number}.md"),
            format!(
                "---\ntitle: {yaml}\ndate: 2026-01-01\ndescription: {yaml}\ntags: [{named}]\ncategories: [{named}]\n\
                 authors: [{named}]\nseries: {named}\nimage: /x.png\nimage_alt: {yaml}\nvia: {yaml}\n\
                 extra: {{note: {yaml}}}\nsocial: {{og_title: {yaml}, og_description: {yaml}}}\ntoc: true\n---\n\n\
                 ## H {markdown}\n\n## Ancre {{#i{id}}}\n\n## Classe {{.i{id}}}\n\n\
                 ![{markdown}](/x.png) et [{markdown}](/x.png \"{markdown}\")\n\n![seule](/x.png \"{markdown}\")\n\n\
                 {{{{ <figure src=\"/x.png\" caption={quote}{argument}{quote} alt={quote}{argument}{quote} /> }}}}\n\n\
                 ~~~ {info}\n{line}\n~~~\n\n~~~ js {info}\nvar x;\n~~~\n\n- [ ] {markdown}\n\n| {} |\n|---|\n| x |\n\n\
                 note[^{number}]\n\n[^{number}]: {markdown}\n\n> [!NOTE]\n> {markdown}\n\n[p0](p0.md) {markdown}\n",
                markdown.replace('|', "&#x7c;"),
            ),
        );
        // Without a description, the beginning of the text stands in.
        site.write(
            &format!("content/posts/q{number}.md"),
            format!("---\ntitle: q{number}\ndate: 2026-01-01\n---\n\n{markdown}\n"),
        );
        site.write(
            &format!("content/posts/r{number}.md"),
            format!("---\ndate: 2026-01-01\n---\n\n# {markdown}\n\nx\n"),
        );
    }
    let run = build(&site, "payloads");
    assert_eq!(run.code, 0, "{}", run.err);
    assert_inert(&site, "a post");
    every(PAYLOADS.iter().enumerate(), |(number, payload)| {
        if payload.chars().any(|c| c.is_control() || c == '\u{feff}' || c > '\u{fff0}') {
            return;
        }
        let typed = flat(payload);
        let page = Html::parse_document(&site.public(&format!("posts/p{number}/index.html")));
        let text = |selector: &str| select(&page, selector).first().map(words).unwrap_or_default();
        let attribute = |selector: &str, name: &str| {
            let elements = select(&page, selector);
            flat(elements.first().and_then(|element| element.value().attr(name)).unwrap_or_default())
        };
        assert_eq!(text("h1"), typed, "the title of p{number}");
        assert_eq!(text(".lede"), typed, "the description of p{number}");
        assert_eq!(text("a[rel=tag]"), format!("n{number} {typed}"), "the tag of p{number}");
        assert_eq!(text(".e-content h2"), format!("H {typed}"), "the heading of p{number}");
        assert_eq!(text(".e-content pre"), typed, "the code of p{number}");
        assert_eq!(attribute("meta[name=description]", "content"), typed, "the description of p{number}");
        assert_eq!(attribute("img.u-featured", "alt"), typed, "the image of p{number}");
        assert_eq!(attribute(".e-content p > img", "alt"), typed, "a picture of p{number}");
        assert_eq!(attribute(".e-content p > a", "title"), typed, "a link of p{number}");
        let heading = Html::parse_document(&site.public(&format!("posts/r{number}/index.html")));
        let heading = select(&heading, "h1").first().map(words).unwrap_or_default();
        assert_eq!(heading, typed, "the title in the text of r{number}");
    });
}

/// A feed reader, and whoever reads JSON-LD, gets the text as it was typed.
#[test]
fn feeds_hold_texts_as_typed() {
    let plain = "title: Essai\nbase_url: https://essai.example\ntypography: false\n";
    every(PAYLOADS, |payload| {
        if payload.chars().any(|c| c.is_control() || c == '\u{feff}' || c > '\u{fff0}') {
            return;
        }
        let yaml = quoted(payload);
        let text = format!(
            "---\ntitle: {yaml}\ndate: 2026-01-01\ndescription: {yaml}\ntags: [{yaml}, x]\n---\n\nTexte.\n"
        );
        let site = Site::new().file("pingmark.yaml", plain).file("content/posts/x.md", text);
        let run = build(&site, payload);
        assert!(run.code == 0 || run.err.contains("[term-without-slug]"), "{payload}: {}", run.err);
        let typed = flat(payload);
        for name in ["feed.xml", "atom.xml"] {
            let found = xml(&site.public(name), name);
            let titles: Vec<String> =
                found.iter().filter(|(name, _)| name == "title").map(|(_, t)| flat(t)).collect();
            assert!(titles.contains(&typed), "{name}: {titles:?} instead of {typed:?}");
        }
        let feed: serde_json::Value = serde_json::from_str(&site.public("feed.json")).expect("JSON");
        assert_eq!(flat(feed["items"][0]["title"].as_str().unwrap_or_default()), typed);
        let page = Html::parse_document(&site.public("posts/x/index.html"));
        let data: String = select(&page, "script[type='application/ld+json']")
            .iter()
            .flat_map(|script| script.text())
            .collect();
        let data: serde_json::Value = serde_json::from_str(&data).expect("JSON-LD is JSON");
        assert_eq!(flat(data["@graph"][0]["headline"].as_str().unwrap_or_default()), typed);
    });
}

/// The texts of the config are shown as they were typed.
#[test]
fn texts_of_the_config_are_shown_as_typed() {
    every(PAYLOADS, |payload| {
        let yaml = quoted(payload);
        let site = Site::new().post("un", "Texte.").file(
            "pingmark.yaml",
            format!(
                "title: {yaml}\ndescription: {yaml}\nbase_url: https://essai.example\ntypography: false\nauthor: moi\n\
                 authors: {{moi: {{name: {}, bio: {yaml}, email: {yaml}}}}}\nextra: {{note: {yaml}}}\n\
                 languages: {{en: {{title: {yaml}, description: {yaml}}}}}\n\
                 menus: {{main: [{{label: {yaml}, url: /}}], footer: [{{label: {yaml}, url: /archive/}}]}}\n",
                quoted(&format!("n {payload}")),
            ),
        );
        let run = build(&site, payload);
        assert_eq!(run.code, 0, "{payload}: {}", run.err);
        assert_inert(&site, payload);
        if payload.chars().any(|c| c.is_control() || c == '\u{feff}' || c > '\u{fff0}') {
            return;
        }
        let home = Html::parse_document(&site.public("index.html"));
        let brand = select(&home, ".brand").first().map(words).unwrap_or_default();
        assert_eq!(brand, flat(payload), "the site's title");
        let item = select(&home, ".menu a").first().map(words).unwrap_or_default();
        assert_eq!(item, flat(payload), "an item of the menu");
    });
}

/// Addresses that run a script, in disguises that browsers see through.
const SCRIPTS: [&str; 10] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\u{1}javascript:alert(1)",
    "java\nscript:alert(1)",
    "javascript://essai.example/%0aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
];

/// An address that runs a script is an error or is dropped, wherever it is typed.
#[test]
fn addresses_run_no_scripts() {
    type Sink = (&'static str, fn(&str) -> (&'static str, String));
    let sinks: [Sink; 26] = [
        ("a link", |text| body(&format!("[a](<{}>)", as_markdown(text)))),
        ("a link to what the page says", |text| body(&format!("[a]\n\n[a]: <{}>", as_markdown(text)))),
        ("an address in brackets", |text| body(&format!("<{}>", text.replace(['<', '>'], "")))),
        ("a picture", |text| body(&format!("![a](<{}>)", as_markdown(text)))),
        ("a wikilink", |text| body(&format!("[[{text}]]"))),
        ("figure", |text| body(&format!("{{{{ <figure src=\"{}\" /> }}}}", text.replace('"', "")))),
        ("video", |text| {
            body(&format!("{{{{ <video src=\"{}\" poster=\"{text}\" /> }}}}", text.replace('"', "")))
        }),
        ("canonical_url", |text| key("canonical_url", text)),
        ("link", |text| key("link", text)),
        ("in_reply_to", |text| key("in_reply_to", text)),
        ("bookmark_of", |text| key("bookmark_of", text)),
        ("repost_of", |text| key("repost_of", text)),
        ("like_of", |text| key("like_of", text)),
        ("via", |text| key("via", text)),
        ("syndication", |text| ("content/posts/x.md", post(&format!("syndication: [{}]", quoted(text))))),
        ("image", |text| key("image", text)),
        ("images", |text| ("content/posts/x.md", post(&format!("images: [{}]", quoted(text))))),
        ("image.src", |text| ("content/posts/x.md", post(&format!("image: {{src: {}}}", quoted(text))))),
        ("permalink", |text| key("permalink", text)),
        ("aliases", |text| key("aliases", text)),
        ("author's url", |text| of_author("url", &quoted(text))),
        ("author's photo", |text| of_author("photo", &quoted(text))),
        ("author's profile", |text| of_author("social", &format!("{{mastodon: {}}}", quoted(text)))),
        ("the blog's profile", |text| {
            ("pingmark.yaml", config(&format!("social: {{github: {}}}", quoted(text))))
        }),
        ("a menu", |text| {
            ("pingmark.yaml", config(&format!("menus: {{main: [{{label: x, url: {}}}]}}", quoted(text))))
        }),
        ("base_url", |text| ("pingmark.yaml", format!("title: Essai\nbase_url: {}\n", quoted(text)))),
    ];
    let pairs = sinks.iter().flat_map(|sink| SCRIPTS.map(|script| (sink, script)));
    every(pairs, |((name, sink), script)| {
        let (path, text) = sink(script);
        let site = Site::new().file("content/posts/un.md", post("")).file(path, text);
        let what = format!("{name}: {script:?}");
        let run = build(&site, &what);
        match run.code {
            0 => assert_inert(&site, &what),
            _ => assert!(run.err.contains(path), "{what}: {}", run.err),
        }
    });
}

fn body(text: &str) -> (&'static str, String) {
    ("content/posts/x.md", post("") + text + "\n")
}

fn key(name: &str, text: &str) -> (&'static str, String) {
    ("content/posts/x.md", post(&format!("{name}: {}", quoted(text))))
}

fn of_author(key: &str, value: &str) -> (&'static str, String) {
    (
        "pingmark.yaml",
        config(&format!("author: moi\nauthors: {{moi: {{name: Moi, bio: x, {key}: {value}}}}}")),
    )
}

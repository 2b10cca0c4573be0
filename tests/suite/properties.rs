//! Properties of every text, however strange: paths stay inside the site, nothing panics, feeds are
//! well-formed, and operations are idempotent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngSeed};

use pingmark::engine::{Engine, Request, Sink, Site, WholeSitePages};
use pingmark_core::artifact::{Content, Output};
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::front_matter::{self, Start};
use pingmark_core::path::SitePath;
use pingmark_core::slug::slugify;
use pingmark_core::sources::{Source, SourceContent, Sources};
use pingmark_core::when::When;
use pingmark_core::yaml;
use pingmark_document::typography::{self, Style};
use pingmark_document::{self, Argument, Body, Document, Options, ReferenceKind, Slot};
use pingmark_site::graph::route::Route;

/// Number of cases; `PROPERTIES_TIMES=100` multiplies it by 100. The cases are fixed, so that a
/// failure is the fault of a change; `PROPTEST_RNG_SEED=number` gives others. There is no regression
/// file: a failure that was found becomes a test of its own.
fn runs(cases: u32) -> Runs {
    let times = std::env::var("PROPERTIES_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let usual = Runs::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(0x5EED),
        given => given,
    };
    Runs { cases: cases * times, failure_persistence: None, rng_seed, ..usual }
}

// ---- texts ------------------------------------------------------------------------------

/// Fragments of paths and URLs.
#[rustfmt::skip]
const ADDRESS: &[&str] = &[
    "/", "//", "..", ".", "../", "./", "%2e", "%2E%2e", "%25", "%252e", "%2f", "%5c", "\\", "%00", "\0", "%", "%ff", "~",
    "con", "nul.txt", "aux.", ":", "a", "été", "e\u{301}", "index.html", ".html", "#x", "?y", " ", "\t",
    "C:\\", "file://", "https://x.example/", "page", "posts", "IMG", "img", "\u{202e}", "\u{feff}",
];

/// Fragments of Markdown.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "\n", "\n\n", "  \n", "\\\n", "# ", "## ", "###### ", "> ", "> [!NOTE]\n", "- ", "* ", "1. ", "7) ",
    "- [x] ", "- [ ] ", "    ", "\t", "```\n", "```rust\n", "~~~\n", "---\n", "***\n", "===\n",
    "| a | b |\n|:--|--:|\n", "| x |", "[^1]", "[^1]: ", "[^é]", "[^é]: ", ": ", "\nterme\n: ", "*", "**",
    "_", "__", "~", "~~", "^", "`", "``", "[", "]", "](", "(", ")", "![", "![a](b.png \"c\")", "[[", "]]",
    "[[a|b]]", "[[a#b]]", "[a]: /x 'y'\n", "[a]", "[a][]", "{#id}", "{#id .c}", "{.c}", "&amp;", "&lt;",
    "&#0;", "&nbsp;", "\\", "\"", "'", "...", "--", "---", "!", "?", ";", ":", "«", "»", "\u{a0}",
    "\u{202f}", "é", "😀", "\u{0}", "\r", "@", "[@a]", "[voir @a, p. 3; -@b]", "; @c", "\\[@a]", " [@é]",
    "[*voir* @a, **p", "[voir `x` @a; [b](c)\n-@d *", "*[@a, ", " @a *p*]",
];

/// Fragments of HTML and of components.
#[rustfmt::skip]
const WILD: &[&str] = &[
    "<", ">", "<a href=\"", "<a href='x.md'>", "</a>", "<img src=", "\">", "<!--", "-->", "<!-- more -->",
    "<!--more", "<div>\n", "</div>\n", "<script>", "</script>", "<pre>", "<?", "<![CDATA[",
    "<https://x.example>", "<a@b.example>", "{{", "}}", "{%", "%}", "{{ <figure src=\"a.png\" /> }}",
    "{{ <figure ", "src=\"a.png\"", "src='é", " /> }}", "> }}", "{% <note> %}", "{% </note> %}",
    "{% <note kind=\"tip\"> %}\n\n", "{% </", "{% <", "{{ <", "{{ </a> }}", "={3}", "={[1,2]}", "={", "{{<",
    ">}}", "{{% x %}}", "{% include x %}", "`{{ <a /> }}`", "\n\n", "\n", "é", "- ", "> ", "```\n", "`",
    "[x](", ")", "[^1]", "[^1]: ", "# ", "| ", "\u{0}", "\u{301}",
];

/// Fragments of front matter.
#[rustfmt::skip]
const MATTER: &[&str] = &[
    "---\n", "---", "...\n", "+++\n", "title: ", "title:\n", "date: 2026-01-01\n", "date: ", "tags: [",
    "a, b", "]\n", "tags:\n  - ", "\n  - ", "draft: true\n", "slug: ", "permalink: ", "aliases: ",
    "image: {src: x, alt: y}\n", "image: [x]\n", "extra:\n  a: 1\n", "social: ", "weight: 1e400\n",
    "weight: ", "? ", ": ", "- ", "&a ", "*a", "!!str ", "!x ", "|\n", ">\n", "\"", "'", "{", "}", "[", "]",
    "#", "\n", "\t", "é", "\u{0}", "\u{85}", "\u{2028}", "<<: ", "~", "0x1f", ".inf",
    "2026-01-01T00:00:00Z", "null", "author: {name: x}\n", "1: 2\n", "lang: en\n", "%YAML 1.2\n",
];

/// Characters and words that typography changes.
#[rustfmt::skip]
const MARKS: &[&str] = &[
    "\"", "'", "’", "«", "»", "“", "”", "„", "‚", "‘", " ", "\u{a0}", "\u{202f}", "\n", "...", "…", "-",
    "--", "---", "–", "—", "!", "?", ";", ":", "10", "1", "h", "%", "€", "km", "n°", "p.", "M.", "Mme",
    "www.", "http://", "a@b.fr", "(", ")", "[", "]", "<", ">", "/", "\u{2060}", ".",
];

/// Fragments of dates.
#[rustfmt::skip]
const DATES: &[&str] = &[
    "2011-03-04", "2011/3/4", "T", " ", "10:30", "10:30:59", "Z", "+0100", "-05:00", "UTC", ".5", "+25",
    ":", "-", "0000", "9999-12-31", "0001-01-01", "1800-06-01", "23:59:60", "+9999", "+1", "é",
];

/// Any text: plain, strange, or decoded from bytes that are not text.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        vec(any::<u8>(), 0..80).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        "[a-zé’'\"«»!?;: \u{a0}\u{202f}.-]{0,40}",
    ]
}

/// A text of fragments with words between them.
fn of(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(pieces).prop_map(str::to_owned),
        1 => "[a-zA-Zéœ0-9 ]{0,8}",
        1 => "\\PC{0,3}",
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// A text that may be a path or URL.
fn address() -> impl Strategy<Value = String> {
    prop_oneof![of(ADDRESS), text(),]
}

/// Markdown without inline HTML and components.
fn plain_markdown() -> impl Strategy<Value = String> {
    of(PLAIN).prop_map(|text| {
        text.replace('<', "‹").replace('{', "(").replace("(#id", "{#id").replace("(.c", "{.c")
    })
}

/// Markdown with HTML and components.
fn markdown() -> impl Strategy<Value = String> {
    let wild = of(WILD);
    vec(prop_oneof![plain_markdown(), wild], 0..4).prop_map(|parts| parts.concat())
}

/// Something like front matter.
fn front_matter() -> impl Strategy<Value = String> {
    of(MATTER)
}

// ---- compiling --------------------------------------------------------------------------

fn options() -> Options {
    Options {
        lang: "fr".into(),
        languages: vec!["fr".into(), "en".into()],
        timezone: TimeZone::UTC,
        typography: true,
        citations_in_footnotes: false,
        search: true,
        highlight: false,
        taxonomies: ["tags", "categories", "authors", "series"].map(str::to_owned).to_vec(),
        hosts: vec!["essai.example".into()],
    }
}

fn compiled(text: &str) -> Document {
    pingmark_document::compile(&SitePath::constant("content/posts/un.md"), text, &options())
}

/// Fails unless the parts of a document are consistent with each other and with its text.
fn assert_fits(document: &Document, text: &str) {
    let spans = &document.spans;
    let references = &document.summary.references;
    assert_eq!(references.len(), spans.references.len());
    for span in spans.references.iter().chain(&spans.components) {
        assert!(text.get(span.clone()).is_some(), "{span:?} is not inside the text");
    }
    let mut components = Vec::new();
    let items = || document.citations.iter().flat_map(|group| &group.items);
    let mut bodies = vec![&document.body];
    bodies.extend(items().flat_map(|item| [&item.prefix, &item.suffix]));
    while let Some(body) = bodies.pop() {
        body.fill(&mut String::new(), |slot, _| match slot {
            Slot::LinkOpen(number)
            | Slot::LinkClose(number)
            | Slot::Title(number)
            | Slot::PictureOpen(number, _)
            | Slot::Image(number, _)
            | Slot::PictureClose(number)
            | Slot::Address(number) => assert!((number as usize) < references.len(), "{slot:?}"),
            Slot::Component(number) => assert!((number as usize) < body.components.len(), "{slot:?}"),
            Slot::Anchor(number) => assert!((number as usize) < document.outline.len(), "{slot:?}"),
            Slot::Cite(number) | Slot::CiteMark(number) => {
                for item in &document.citations[number as usize].items {
                    assert_eq!(references[item.reference as usize].kind, ReferenceKind::Cite);
                }
            }
            Slot::Here => {}
        });
        for component in &body.components {
            components.push(component.number);
            bodies.extend(component.body.iter().chain(&component.fallback));
            bodies.extend(component.arguments.iter().filter_map(|(_, argument)| match argument {
                Argument::Html(caption) => Some(caption),
                _ => None,
            }));
        }
    }
    let places: BTreeSet<u32> = components.iter().copied().collect();
    assert_eq!(places.len(), components.len(), "two components overlap");
    assert!(components.iter().all(|number| (*number as usize) < spans.components.len()));
    let ids: BTreeSet<&String> = document.outline.iter().map(|heading| &heading.id).collect();
    assert_eq!(ids.len(), document.outline.len(), "two headings share an id");
}

fn html(document: &Document, body: &Body) -> String {
    let mut html = String::new();
    body.fill(&mut html, |slot, out| match slot {
        Slot::LinkOpen(_) => out.push_str("<a href=\"\">"),
        Slot::LinkClose(_) => out.push_str("</a>"),
        Slot::Image(..) => out.push_str(" src=\"\""),
        Slot::Cite(number) => {
            for item in &document.citations[number as usize].items {
                out.push_str(&self::html(document, &item.prefix));
                out.push_str(&self::html(document, &item.suffix));
            }
        }
        _ => {}
    });
    html
}

/// Fails unless every element that opens also closes, in order.
fn assert_balanced(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').unwrap_or_else(|| panic!("a tag does not end: <{rest}"));
        let tag = &rest[..end];
        let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
        let is_void = matches!(name, "br" | "hr" | "img" | "input");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()) && !name.is_empty(), "<{tag}> in {html}");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{html}");
        } else if !is_void {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed in {html}");
}

proptest! {
    #![proptest_config(runs(512))]

    #[test]
    fn any_markdown_compiles(body in markdown()) {
        for text in [format!("---\ntitle: Un\n---\n{body}"), body] {
            assert_fits(&compiled(&text), &text);
        }
    }

    #[test]
    fn markdown_without_html_gives_balanced_html(body in plain_markdown()) {
        let text = format!("---\ntitle: Un\n---\n{body}");
        let document = compiled(&text);
        assert_fits(&document, &text);
        assert_balanced(&html(&document, &document.body));
    }

    #[test]
    fn any_front_matter_is_read(matter in front_matter(), wild in text()) {
        for text in [format!("---\n{matter}\n---\nx"), format!("{matter}x"), wild] {
            assert_fits(&compiled(&text), &text);
        }
    }

    #[test]
    fn a_key_is_located_inside_its_text(
        text in front_matter(),
        wild in text(),
        path in vec(prop_oneof![Just("tags".to_owned()), Just("title".into()), Just("0".into()), Just("a".into()), "\\PC{0,2}"], 0..4),
    ) {
        for text in [text, wild] {
            if let Some((key, value)) = yaml::locate(&text, &path) {
                prop_assert!(text.get(key.clone()).is_some() && text.get(value.clone()).is_some(), "{key:?} {value:?}");
            }
            for text in [text.clone(), format!("+++\n{text}\n+++\n"), format!("{{\"a\": {text}"), format!("Title: {text}")] {
                if let Start::FrontMatter(block) = front_matter::find(&text) {
                    prop_assert!(block.range.end <= block.body && text.get(block.range.clone()).is_some());
                    prop_assert!(text.is_char_boundary(block.body));
                    if let Ok(mapping) = block.parse(&text) {
                        block.typed(&text, &mapping);
                    }
                    if let Some((key, value)) = block.locate(&text, &path) {
                        prop_assert!(text.get(key).is_some() && text.get(value).is_some());
                    }
                }
            }
            for lost in yaml::lost_texts(&text) {
                prop_assert!(text[lost.at..].starts_with('#'));
            }
            let (line, column) = yaml::line_column(&text, text.len() / 2);
            prop_assert!(text.is_char_boundary(yaml::offset_of(&text, line, column)));
        }
    }
}

// ---- words and addresses ----------------------------------------------------------------

proptest! {
    #![proptest_config(runs(1024))]

    #[test]
    fn a_slug_is_a_word_of_an_address(text in prop_oneof![text(), address()]) {
        let slug = slugify(&text);
        prop_assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{slug}");
        prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"), "{slug}");
        prop_assert_eq!(slugify(&slug), slug);
    }

    #[test]
    fn an_address_never_leaves_its_folder(text in address()) {
        let root = Path::new("/srv/site/public");
        if let Ok(route) = Route::new(&text) {
            let file = route.file().under(root);
            let inside = file.strip_prefix(root).expect("below the root");
            prop_assert!(inside.components().all(|part| matches!(part, Component::Normal(_))), "{}", file.display());
            prop_assert!(!route.as_str().contains(['\\', '\0']));
            prop_assert_eq!(Route::new(&route.encoded()), Ok(route));
        }
        if let Ok(path) = SitePath::new(&text) {
            let file = path.under(root);
            let inside = file.strip_prefix(root).expect("below the root");
            prop_assert!(inside.components().all(|part| matches!(part, Component::Normal(_))), "{}", file.display());
            prop_assert_eq!(inside.to_str(), Some(path.as_str()));
        }
    }

    #[test]
    fn typography_set_twice_is_set_once(
        text in prop_oneof![
            text(),
            of(MARKS),
        ],
    ) {
        for lang in ["fr", "fr-CA", "en", "de", "es", "it", "pt"] {
            let style = Style::of(lang);
            let once = typography::set(style, &text);
            prop_assert_eq!(typography::set(style, &once), once.clone(), "{}", lang);
        }
    }

    #[test]
    fn a_date_is_read_again_as_it_was_written(
        text in prop_oneof![
            text(),
            of(DATES),
            "[0-9]{4}-[01]?[0-9]-[0-3]?[0-9]( [0-2][0-9]:[0-5][0-9](:[0-5][0-9])?)?( ?[+-][01][0-9]:?[0-5][0-9]|Z)?",
        ],
    ) {
        for zone in ["Europe/Paris", "America/Montreal", "Asia/Kathmandu", "UTC"] {
            let zone = TimeZoneDatabase::bundled().get(zone).expect("a known zone");
            if let Some(when) = When::parse(&text, &zone) {
                let again = When::parse(&when.rfc3339(), &zone);
                prop_assert_eq!(again.map(|when| when.rfc3339()), Some(when.rfc3339()));
                prop_assert_eq!(again, Some(When { has_time: true, ..when }));
                when.rfc822();
                prop_assert_eq!(When::parse(&when.day(), &zone).map(|when| when.day()), Some(when.day()));
            }
        }
    }
}

// ---- whole sites ------------------------------------------------------------------------

/// Templates that are replaced by trivial ones, so that rendering is fast.
const TEMPLATES: [&str; 9] = [
    "index.html",
    "page.html",
    "post.html",
    "list.html",
    "term.html",
    "terms.html",
    "archive.html",
    "citations.html",
    "404.html",
];

/// A site in memory.
fn sources(files: &[(&str, String)]) -> Sources {
    let source = |text: &str| {
        let content = SourceContent::Text(text.into(), Fingerprint::of(text.as_bytes()));
        Arc::new(Source { content, built_in: false, location: None, stamp: None })
    };
    let mut all = BTreeMap::new();
    for (path, bytes) in pingmark::source::builtin::files() {
        if let Ok(text) = std::str::from_utf8(bytes) {
            all.insert(path, source(text));
        }
    }
    for name in TEMPLATES {
        all.insert(SitePath::new(&format!("templates/{name}")).expect("a path"), source("x"));
    }
    for (path, text) in files {
        all.insert(SitePath::new(path).expect("a path"), source(text));
    }
    Sources { files: all.into(), now: Timestamp::from_second(1_800_000_000).expect("a moment") }
}

/// Keeps the files that are made of bytes, each made once.
#[derive(Default)]
struct Keep(Mutex<BTreeMap<SitePath, Vec<u8>>>);

impl Sink for Keep {
    type Error = ();

    fn take(&self, output: Output) -> Result<(), ()> {
        if let Content::Bytes(bytes) = output.content {
            let before = self.0.lock().expect("no test panics here").insert(output.path.clone(), bytes);
            assert!(before.is_none(), "{} is made twice", output.path);
        }
        Ok(())
    }
}

/// The files of a site, by path.
fn made(engine: &mut Engine, site: &Arc<Site>) -> BTreeMap<SitePath, Vec<u8>> {
    let files = Keep::default();
    engine.render(site, WholeSitePages::Now, &files).expect("every file was taken");
    files.0.into_inner().expect("no test panics here")
}

fn analyzed(files: &[(&str, String)]) -> (Engine, Arc<Site>) {
    let mut engine = Engine::default();
    let site = Arc::new(engine.analyze(sources(files), Diagnostics::new(), &Request::default()));
    (engine, site)
}

/// A text as a double-quoted YAML string.
fn quoted(text: &str) -> String {
    let text: String =
        text.chars().map(|c| if ('\u{7f}'..='\u{9f}').contains(&c) { ' ' } else { c }).collect();
    serde_json::to_string(&text).expect("a text is JSON")
}

/// Fails unless bytes are well-formed XML whose entities resolve, without characters that XML
/// forbids.
fn assert_well_formed(bytes: &[u8]) {
    use quick_xml::events::Event;
    let text = std::str::from_utf8(bytes).expect("a feed is UTF-8");
    let forbidden =
        |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!text.contains(forbidden), "{text:?}");
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {text}")) {
            Event::Start(tag) => {
                depth += 1;
                tag.attributes().for_each(|attribute| drop(attribute.expect("an attribute")));
            }
            Event::Empty(tag) => {
                tag.attributes().for_each(|attribute| drop(attribute.expect("an attribute")))
            }
            Event::End(_) => depth -= 1,
            Event::GeneralRef(name) => {
                let known = ["amp", "lt", "gt", "quot", "apos"].contains(&name.as_ref());
                let is_number = name.resolve_char_ref().expect("a reference").is_some();
                assert!(known || is_number, "&{name:?}; in {text}");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

proptest! {
    #![proptest_config(runs(48))]

    #[test]
    fn feeds_are_always_well_formed(
        title in text(),
        description in text(),
        tag in text(),
        body in markdown(),
    ) {
        let config = format!(
            "title: {}\ndescription: {}\nbase_url: https://essai.example/blog/\n",
            quoted(&title), quoted(&description)
        );
        let post = format!(
            "---\ntitle: {}\ndescription: {}\ntags: [{}]\ndate: 2026-01-01\n---\n\n{body}",
            quoted(&title), quoted(&description), quoted(&tag)
        );
        let (mut engine, site) = analyzed(&[("pingmark.yaml", config), ("content/posts/un.md", post)]);
        let mut feeds = 0;
        for (path, bytes) in made(&mut engine, &site) {
            if path.extension() == "xml" {
                assert_well_formed(&bytes);
                feeds += 1;
            } else if path.as_str().ends_with(".json") || path.extension() == "webmanifest" {
                serde_json::from_slice::<serde_json::Value>(&bytes).expect("JSON");
            }
        }
        prop_assert!(feeds >= 3, "RSS, Atom and the sitemap");
    }

    #[test]
    fn whatever_a_site_asks_for_stays_in_its_folder(
        slug in address(),
        permalink in address(),
        alias in address(),
        tag in address(),
        key in prop_oneof![Just("slug"), Just("permalink")],
    ) {
        let wish = if key == "slug" { slug } else { permalink };
        let post = format!(
            "---\ntitle: Un\ndate: 2026-01-01\n{key}: {}\naliases: [{}]\ntags: [{}]\n---\n\nx\n",
            quoted(&wish), quoted(&alias), quoted(&tag)
        );
        let config = "title: Essai\nbase_url: https://essai.example\n".to_owned();
        let (mut engine, site) = analyzed(&[("pingmark.yaml", config), ("content/posts/un.md", post)]);
        let root = Path::new("/srv/site/public");
        let mut folded = BTreeSet::new();
        for path in made(&mut engine, &site).keys() {
            prop_assert!(path.under(root).starts_with(root));
            prop_assert!(path.components().all(|part| !matches!(part, "" | "." | "..")));
            prop_assert!(path.unportable().is_none(), "{path} is not a valid name on every system");
            prop_assert!(folded.insert(path.as_str().to_lowercase()), "{path} has the path of another file");
        }
    }

    #[test]
    fn any_config_is_read(config in front_matter(), wild in text()) {
        for text in [config, wild] {
            let (mut engine, site) = analyzed(&[("pingmark.yaml", text), ("content/un.md", "# Un\n".into())]);
            made(&mut engine, &site);
        }
    }
}

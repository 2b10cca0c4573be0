//! Checks that a published site holds no markup, script or address that acts on its own.

use scraper::{ElementRef, Html, Selector};

use crate::support::{Site, is_of_the_theme};

/// A text with its white space collapsed, and without the characters that HTML or XML cannot hold.
pub(super) fn flat(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control() || c.is_whitespace());
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).expect("a selector")).collect()
}

pub(super) fn words(element: &ElementRef<'_>) -> String {
    flat(&element.text().collect::<String>())
}

/// Whether following an address runs a script, read as browsers read it.
fn runs_script(address: &str) -> bool {
    let kept: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let kept = kept.to_ascii_lowercase();
    let image = ["png", "jpeg", "gif", "webp", "avif"]
        .iter()
        .any(|kind| kept.starts_with(&format!("data:image/{kind}")));
    kept.starts_with("javascript:") || kept.starts_with("vbscript:") || (kept.starts_with("data:") && !image)
}

/// The first element, attribute or script of a parsed page that could act on its own.
fn danger(html: &Html, is_page: bool) -> Option<String> {
    let known = |name: &str| {
        let bad = ["iframe", "object", "embed", "base", "form", "svg", "math", "style", "marquee", "applet"];
        !bad.contains(&name)
    };
    // The one page with a picture, and nobody's text but titles.
    let has_picture = is_page && !select(html, "body.citations").is_empty();
    let is_icon = |element: ElementRef<'_>| is_page && element.value().attr("class") == Some("icon");
    let is_picture = |classes: &str| classes.starts_with("graph ") || classes == "sign";
    for element in select(html, "*") {
        let value = element.value();
        let is_ours = (value.name() == "svg" && is_icon(element))
            || has_picture && value.name() == "svg" && value.attr("class").is_some_and(is_picture);
        if !known(value.name()) && !is_ours {
            return Some(format!("an element <{}>", value.name()));
        }
        if value.name() == "script" && !(is_page && is_of_the_theme(element)) {
            let text: String = element.text().collect();
            let is_data = is_page && value.attr("type") == Some("application/ld+json");
            if !is_data || serde_json::from_str::<serde_json::Value>(&text).is_err() {
                return Some(format!("a script {value:?}: {text}"));
            }
        }
        for (name, value) in value.attrs() {
            let address = matches!(
                name,
                "href" | "src" | "action" | "formaction" | "poster" | "data" | "cite" | "ping"
            );
            if name.starts_with("on") || name == "srcdoc" || (address && runs_script(value)) {
                return Some(format!("an attribute {name}={value:?}"));
            }
            if name == "style" || name == "http-equiv" {
                return Some(format!("an attribute {name}={value:?}"));
            }
        }
    }
    None
}

/// The elements of an XML document with their text, and the attributes, in order. Fails when the
/// document is not well-formed or holds a character that XML 1.0 cannot.
pub(super) fn xml(text: &str, what: &str) -> Vec<(String, String)> {
    use quick_xml::events::Event;
    let fits =
        |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    assert!(text.chars().all(fits), "{what}: a character that XML cannot hold");
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open: Vec<(String, String)> = Vec::new();
    let mut found = Vec::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{what}: {error}"));
        let more = match &event {
            Event::Text(text) => text.to_string(),
            Event::CData(text) => text.to_string(),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(c)) => {
                    assert!(fits(c), "{what}: a reference to a character that XML cannot hold");
                    c.to_string()
                }
                Ok(None) => match &**name {
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "amp" => "&".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" => "'".to_owned(),
                    other => panic!("{what}: an entity &{other};"),
                },
                Err(error) => panic!("{what}: {error}"),
            },
            _ => String::new(),
        };
        if let Some((_, text)) = open.last_mut() {
            text.push_str(&more);
        }
        match event {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                for attribute in tag.attributes() {
                    attribute.unwrap_or_else(|error| panic!("{what}: {error}"));
                }
                open.push((name, String::new()));
            }
            Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{what}: {error}"));
                    let name = attribute.key.as_ref().to_owned();
                    found.push((name, attribute.value.into_owned()));
                }
            }
            Event::End(_) => found.push(open.pop().expect("it was opened")),
            Event::DocType(_) => panic!("{what}: a document type"),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty() && !found.is_empty(), "{what}: it ends too soon");
    found
}

/// Fails unless every page, feed and sitemap is well-formed and nothing in them acts on its own.
pub(super) fn assert_inert(site: &Site, what: &str) {
    let fragment = |name: &str, html: &str| {
        if let Some(danger) = danger(&Html::parse_fragment(html), false) {
            panic!("{what}: {name} holds {danger}");
        }
    };
    let is_text = |name: &str| ![".png", ".ico", ".jpg", ".woff2"].iter().any(|end| name.ends_with(end));
    for (name, bytes) in site.tree("public").into_iter().filter(|(name, _)| is_text(name)) {
        let text = String::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {name}: {error}"));
        match name.rsplit('.').next().unwrap_or_default() {
            "html" => {
                if let Some(danger) = danger(&Html::parse_document(&text), true) {
                    panic!("{what}: {name} holds {danger}");
                }
            }
            "xml" => {
                for (element, text) in xml(&text, &format!("{what}: {name}")) {
                    let is_html = match element.as_str() {
                        // Readers show what RSS calls a description as HTML.
                        "content:encoded" | "content" => true,
                        "description" => name.ends_with("feed.xml"),
                        _ => false,
                    };
                    if is_html {
                        fragment(&format!("{element} of {name}"), &text);
                    }
                    let address =
                        matches!(element.as_str(), "href" | "url" | "uri" | "link" | "guid" | "loc" | "id");
                    assert!(!(address && runs_script(&text)), "{what}: {name} leads to {text:?}");
                }
            }
            "json" | "webmanifest" => {
                let value: serde_json::Value =
                    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {name}: {error}"));
                for item in value["items"].as_array().into_iter().flatten() {
                    fragment(&name, item["content_html"].as_str().unwrap_or_default());
                    for key in ["url", "external_url", "image", "id"] {
                        assert!(
                            !runs_script(item[key].as_str().unwrap_or_default()),
                            "{what}: {name}: {key}"
                        );
                    }
                }
            }
            _ => {}
        }
    }
}

//! A small parser of microformats2, independent of the code that writes them: `h-*` roots with their
//! properties, nested ones included (microformats.org/wiki/microformats2-parsing).

use std::collections::BTreeMap;

use scraper::{ElementRef, Html};

/// An `h-*` root and its properties.
#[derive(Debug, Default)]
pub(crate) struct Item {
    kinds: Vec<String>,
    texts: BTreeMap<String, Vec<String>>,
    items: BTreeMap<String, Vec<Item>>,
}

impl Item {
    /// Whether the item has a type, such as `h-entry`.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kinds.iter().any(|own| own == kind)
    }

    /// The first text of a property.
    pub(crate) fn text(&self, property: &str) -> Option<&str> {
        self.texts.get(property)?.first().map(String::as_str)
    }

    /// The nested items of a property.
    pub(crate) fn children(&self, property: &str) -> Vec<&Item> {
        self.items.get(property).map(|items| items.iter().collect()).unwrap_or_default()
    }
}

/// The roots of a page that are not nested in another.
pub(crate) fn items(html: &str) -> Vec<Item> {
    let document = Html::parse_document(html);
    let mut found = Vec::new();
    roots(document.root_element(), &mut found);
    found
}

fn classes<'a>(element: &ElementRef<'a>, prefixes: &[&str]) -> Vec<&'a str> {
    let value = element.value();
    value
        .attr("class")
        .unwrap_or("")
        .split_whitespace()
        .filter(|class| prefixes.iter().any(|p| class.starts_with(p)))
        .collect()
}

fn roots(element: ElementRef<'_>, found: &mut Vec<Item>) {
    for child in element.child_elements() {
        if classes(&child, &["h-"]).is_empty() {
            roots(child, found);
        } else {
            found.push(item(child));
        }
    }
}

fn item(root: ElementRef<'_>) -> Item {
    let kinds = classes(&root, &["h-"]).into_iter().map(str::to_owned).collect();
    let mut item = Item { kinds, ..Item::default() };
    read(root, &mut item);
    if item.text("name").is_none() && item.items.is_empty() && !item.texts.contains_key("content") {
        item.texts.insert("name".into(), vec![words(&root)]);
    }
    item
}

fn read(element: ElementRef<'_>, item: &mut Item) {
    for child in element.child_elements() {
        let properties = classes(&child, &["p-", "u-", "dt-", "e-"]);
        let is_root = !classes(&child, &["h-"]).is_empty();
        for class in &properties {
            let (prefix, name) = class.split_once('-').expect("a prefix");
            if is_root {
                item.items.entry(name.to_owned()).or_default().push(self::item(child));
            } else {
                item.texts.entry(name.to_owned()).or_default().push(value(&child, prefix));
            }
        }
        if !is_root {
            read(child, item);
        }
    }
}

fn value(element: &ElementRef<'_>, prefix: &str) -> String {
    let attribute = match (prefix, element.value().name()) {
        ("u", "a" | "area" | "link") => Some("href"),
        ("u", "img" | "audio" | "video" | "source") => Some("src"),
        ("dt", "time" | "ins" | "del") => Some("datetime"),
        ("u" | "p" | "dt", "data" | "input") => Some("value"),
        _ => None,
    };
    let given = attribute.and_then(|attribute| element.value().attr(attribute));
    given.map_or_else(|| words(element), str::to_owned)
}

fn words(element: &ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

//! Microformats: the h-entry around a link, with its author, date, kind and text.
//!
//! Follows the [parsing rules](https://microformats.org/wiki/microformats2-parsing) as far as these
//! properties go, implied names of authors included. The classes that WordPress themes have used since
//! before microformats2 (`hentry`, `entry-title`, `vcard`) are read too.

use pingmark_core::address::UrlKey;
use scraper::ElementRef;

use super::{Page, passage};

/// Longest text of an entry that is kept, in bytes.
const MAX_CONTENT: usize = 20_000;

/// What a page says about another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Kind.
    pub kind: EntryKind,
    /// Permanent address, if it differs from where it was found.
    pub url: Option<String>,
    /// Title; notes have none.
    pub title: Option<String>,
    /// Author.
    pub author: Author,
    /// Date of publication, as written.
    pub published: Option<String>,
    /// Text, as HTML. Not sanitised.
    pub content: Option<String>,
    /// Text around the link.
    pub excerpt: Option<String>,
}

/// Author of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// Name.
    pub name: Option<String>,
    /// Address of the author's page.
    pub url: Option<String>,
    /// Address of a portrait.
    pub photo: Option<String>,
}

/// How an entry refers to the other page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryKind {
    /// A link somewhere in it.
    #[default]
    Mention,
    /// `u-in-reply-to`
    Reply,
    /// `u-like-of`
    Like,
    /// `u-repost-of`
    Repost,
    /// `u-bookmark-of`
    Bookmark,
}

const KINDS: [(&str, EntryKind); 4] = [
    ("in-reply-to", EntryKind::Reply),
    ("like-of", EntryKind::Like),
    ("repost-of", EntryKind::Repost),
    ("bookmark-of", EntryKind::Bookmark),
];

/// The old classes, and what they became.
const OLD: [(&str, &str); 13] = [
    ("hentry", "h-entry"),
    ("entry-title", "p-name"),
    ("entry-content", "e-content"),
    ("entry-summary", "p-summary"),
    ("published", "dt-published"),
    ("entry-date", "dt-published"),
    ("author", "p-author"),
    ("vcard", "h-card"),
    ("fn", "p-name"),
    ("n", "p-name"),
    ("url", "u-url"),
    ("photo", "u-photo"),
    ("bookmark", "u-url"),
];

/// Reads the entry that `link` is in: the outermost `h-entry` around it, else the first one of the page.
pub(super) fn entry(page: &Page, link: ElementRef<'_>, target: &UrlKey) -> Option<Entry> {
    let root = link.ancestors().filter_map(ElementRef::wrap).filter(|above| is_a(*above, "h-entry")).last();
    let root = root.or_else(|| page.elements().find(|element| is_a(*element, "h-entry")))?;
    let reader = Reader { page, root };
    let content = reader.first("e-content");
    let text = content.map(passage::text).unwrap_or_default();
    let title = reader.first("p-name").and_then(|name| passage::one_line(&passage::text(name)));
    // A note's name is its text.
    let squeezed = passage::one_line(&text).unwrap_or_default();
    let title = title.filter(|title| !squeezed.starts_with(title.trim_end_matches('…')));
    let kind = KINDS.into_iter().find(|(property, _)| reader.refers(property, target));
    let html = content.map(|content| content.inner_html().trim().to_owned());
    let html =
        html.or_else(|| reader.first("p-summary").map(|summary| passage::text(summary).trim().to_owned()));
    Some(Entry {
        kind: kind.map(|(_, kind)| kind).unwrap_or_default(),
        url: reader.first("u-url").and_then(|element| reader.url_of(element)),
        title,
        author: reader.author(),
        published: reader.first("dt-published").and_then(date_of),
        content: html.filter(|html| !html.is_empty()).map(|html| cut(html, MAX_CONTENT)),
        excerpt: reader.first("p-summary").and_then(|summary| passage::one_line(&passage::text(summary))),
    })
}

/// Reads the properties of one item.
struct Reader<'p> {
    page: &'p Page,
    root: ElementRef<'p>,
}

impl<'p> Reader<'p> {
    /// First element of the item with a property. Properties inside a nested item belong to that one.
    fn first(&self, property: &str) -> Option<ElementRef<'p>> {
        self.all(property).next()
    }

    fn all(&self, property: &str) -> impl Iterator<Item = ElementRef<'p>> {
        let root = self.root.id();
        let elements = self.root.descendants().skip(1).filter_map(ElementRef::wrap);
        elements.filter(move |element| is_a(*element, property)).filter(move |element| {
            let mut above =
                element.ancestors().take_while(|above| above.id() != root).filter_map(ElementRef::wrap);
            !above.any(is_item)
        })
    }

    /// Whether a property of the item is the address `target`.
    fn refers(&self, property: &str, target: &UrlKey) -> bool {
        let property = format!("u-{property}");
        self.all(&property).any(|element| {
            let inside = Reader { page: self.page, root: element };
            let url = self.url_of(element).or_else(|| inside.url_of(inside.first("u-url")?));
            url.and_then(|url| UrlKey::of(&url)).as_ref() == Some(target)
        })
    }

    /// Value of a `u-*` property.
    fn url_of(&self, element: ElementRef<'p>) -> Option<String> {
        let attribute = match element.value().name() {
            "a" | "area" | "link" => "href",
            "img" | "audio" | "video" | "source" | "iframe" => "src",
            "object" => "data",
            "data" | "input" => "value",
            "abbr" => "title",
            _ => {
                let text = passage::one_line(&passage::text(element))?;
                // Only a whole address: the text of a container would be resolved to nonsense.
                return self.page.resolve(&text).filter(|_| text.contains("://") && !text.contains(' '));
            }
        };
        self.page.resolve(element.attr(attribute)?)
    }

    fn author(&self) -> Author {
        let found = self.first("p-author").or_else(|| self.first("u-author"));
        // A feed names its author once, for all entries.
        let found = found.or_else(|| {
            let feed =
                self.root.ancestors().filter_map(ElementRef::wrap).find(|above| is_a(*above, "h-feed"))?;
            Reader { page: self.page, root: feed }.first("p-author")
        });
        let Some(element) = found else { return Author::default() };
        let inner =
            element.descendants().skip(1).filter_map(ElementRef::wrap).find(|inner| is_a(*inner, "h-card"));
        let card = if is_a(element, "h-card") { Some(element) } else { inner };
        let Some(card) = card else {
            let name = passage::one_line(&passage::text(element)).filter(|name| !name.contains("://"));
            return Author { name, url: self.url_of(element), photo: None };
        };
        let reader = Reader { page: self.page, root: card };
        let image = || {
            let images =
                card.descendants().filter_map(ElementRef::wrap).filter(|one| one.value().name() == "img");
            let mut images = images.collect::<Vec<_>>();
            if images.len() == 1 { images.pop() } else { None }
        };
        let name = reader.first("p-name").map(passage::text).and_then(|name| passage::one_line(&name));
        let name = name.or_else(|| passage::one_line(&passage::text(card)));
        let name = name.or_else(|| passage::one_line(image()?.attr("alt")?));
        let link = || card.descendants().filter_map(ElementRef::wrap).find(|one| one.attr("href").is_some());
        let url = reader.first("u-url").or_else(link).and_then(|element| self.url_of(element));
        let photo = reader.first("u-photo").or_else(image).and_then(|element| self.url_of(element));
        Author { name, url, photo }
    }
}

/// Value of a `dt-*` property.
fn date_of(element: ElementRef<'_>) -> Option<String> {
    let own = |element: ElementRef<'_>| {
        let attribute = match element.value().name() {
            "time" | "ins" | "del" => "datetime",
            "abbr" => "title",
            "data" | "input" => "value",
            _ => return None,
        };
        element.attr(attribute).and_then(passage::one_line)
    };
    let inner = || element.descendants().skip(1).filter_map(ElementRef::wrap).find_map(own);
    own(element).or_else(inner).or_else(|| passage::one_line(&passage::text(element)))
}

/// Whether an element has a class of microformats2, or an old one that stands for it.
fn is_a(element: ElementRef<'_>, class: &str) -> bool {
    element
        .value()
        .classes()
        .any(|one| one == class || OLD.iter().any(|(old, new)| *old == one && *new == class))
}

/// Whether an element is an item of its own.
fn is_item(element: ElementRef<'_>) -> bool {
    element.value().classes().any(|class| {
        let is_new =
            class.strip_prefix("h-").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
        is_new || matches!(class, "hentry" | "vcard")
    })
}

fn cut(mut text: String, max: usize) -> String {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

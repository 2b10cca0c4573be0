//! Feeds: Blogger's export, which is Atom with comments in it, and any other Atom or RSS feed.

use std::collections::HashMap;
use std::io::BufRead;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::ghost::{Blog, written};
use crate::report::Section;
use crate::wordpress::index::Index;
use crate::wordpress::item::{Author, Comment, Item, number_of};
use crate::wordpress::wxr::{Element, WxrReader};

/// Name of the kind of an entry in Blogger's exports.
const KIND: &str = "http://schemas.google.com/g/2005#kind";

/// Reads a feed. `system` is its name in the report.
pub fn read(input: impl BufRead, system: &str) -> Result<Blog, String> {
    let mut reader = WxrReader::new(input);
    let mut index = Index::of(system);
    let (mut items, mut comments): (Vec<Item>, Vec<(String, Comment)>) = (Vec::new(), Vec::new());
    let mut names: HashMap<String, usize> = HashMap::new();
    loop {
        match reader.next_element() {
            Ok(Some(element)) => match element.name.as_str() {
                "title" if index.channel.title.is_empty() => {
                    index.channel.title = crate::text::plain(&element.text)
                }
                "subtitle" | "description" if index.channel.description.is_empty() => {
                    index.channel.description = crate::text::plain(&element.text);
                }
                "language" => index.channel.language = element.text.trim().to_owned(),
                "link" => site_link(&element, &mut index),
                "entry" => match kind(&element) {
                    "comment" => comments.push(comment(&element)),
                    "settings" | "template" => index.report.left("settings", "", "of Blogger itself"),
                    kind => {
                        names.insert(element.get("id").trim().to_owned(), items.len());
                        items.push(entry(&element, kind, &mut index));
                    }
                },
                "item" => items.push(item(&element, &mut index)),
                _ => {}
            },
            Ok(None) => break,
            Err(problem) if items.is_empty() => return Err(problem.message),
            Err(problem) => {
                index.report.note(Section::Unread, problem.message);
                break;
            }
        }
    }
    for (post, comment) in comments {
        match names.get(&post) {
            Some(&number) => items[number].comments.push(comment),
            None => index.report.left("comments", "approved", "of a text that is not in the export"),
        }
    }
    // Blogger's export names no address: that of the first post has it.
    if index.channel.link.is_empty() {
        let first = items.iter().find_map(|item| {
            let (scheme, rest) = item.link.split_once("://")?;
            Some(format!("{scheme}://{}", rest.split('/').next()?))
        });
        index.channel.link = first.unwrap_or_default();
    }
    items.iter().for_each(|item| index.item(item.clone()));
    Ok(Blog { index, items, zone: None })
}

fn site_link(element: &Element, index: &mut Index) {
    let rel = element.attribute("rel").unwrap_or("alternate");
    let href = element.attribute("href").unwrap_or(element.text.trim());
    let is_page = rel == "alternate" && element.attribute("type").is_none_or(|kind| kind == "text/html");
    if is_page && index.channel.link.is_empty() && href.contains("://") {
        index.channel.link = href.trim_end_matches('/').to_owned();
    }
}

/// Kind of an entry: `post`, `page`, `comment`, `settings`, `template`.
fn kind(entry: &Element) -> &str {
    let own = entry.get("blogger:type").trim();
    match own {
        "POST" => return "post",
        "PAGE" => return "page",
        "COMMENT" => return "comment",
        _ => {}
    }
    let category = entry.all("category").find(|category| category.attribute("scheme") == Some(KIND));
    category
        .and_then(|category| category.attribute("term"))
        .map_or("post", |term| term.rsplit('#').next().unwrap_or("post"))
}

fn date(text: &str) -> String {
    let text = text.trim();
    let instant = text.parse::<Timestamp>().ok();
    let mail = || rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    instant.or_else(mail).map(written).unwrap_or_default()
}

/// Entry of Atom.
fn entry(element: &Element, kind: &str, index: &mut Index) -> Item {
    let is_draft = element
        .children
        .iter()
        .any(|child| child.name == "app:control" && child.get("app:draft").trim() == "yes")
        || matches!(element.get("blogger:status").trim(), "DRAFT" | "SOFT_TRASHED" | "SCHEDULED");
    let link = element.all("link").find(|link| link.attribute("rel").unwrap_or("alternate") == "alternate");
    let link = link.and_then(|link| link.attribute("href")).unwrap_or_default().to_owned();
    let file = element.get("blogger:filename").trim();
    let labels = element.all("category").filter(|category| category.attribute("scheme") != Some(KIND));
    let labels = labels.filter_map(|label| label.attribute("label").or_else(|| label.attribute("term")));
    let content =
        ["content", "summary"].into_iter().map(|name| element.get(name)).find(|text| !text.trim().is_empty());
    let id = element.get("id").trim();
    let author =
        element.children.iter().find(|child| child.name == "author").map(|author| author.get("name"));
    Item {
        id: number_of(&[id.to_owned(), link.clone(), element.get("title").to_owned()]),
        kind: if kind == "page" { "page" } else { "post" }.to_owned(),
        status: if is_draft { "draft" } else { "publish" }.to_owned(),
        title: element.get("title").to_owned(),
        slug: slug_of(if link.is_empty() { file } else { &link }),
        link: if link.is_empty() && !file.is_empty() && !is_draft {
            format!("{}{file}", index.channel.link)
        } else {
            link
        },
        guid: id.to_owned(),
        creator: creator(author.unwrap_or_default(), index),
        content: content.unwrap_or_default().to_owned(),
        gmt: date(
            [element.get("published"), element.get("updated")]
                .into_iter()
                .find(|date| !date.is_empty())
                .unwrap_or(""),
        ),
        modified_gmt: date(element.get("updated")),
        terms: labels.map(term).collect(),
        is_html: true,
        ..Item::default()
    }
}

/// Item of RSS.
fn item(element: &Element, index: &mut Index) -> Item {
    let get = |name: &str| element.get(name).trim().to_owned();
    let content = ["content:encoded", "description"].into_iter().map(get).find(|text| !text.is_empty());
    let author =
        [get("dc:creator"), get("author")].into_iter().find(|name| !name.is_empty() && !name.contains('@'));
    let link = get("link");
    Item {
        id: number_of(&[get("guid"), link.clone(), get("title")]),
        kind: "post".to_owned(),
        status: "publish".to_owned(),
        title: get("title"),
        slug: slug_of(&link),
        guid: get("guid"),
        creator: creator(&author.unwrap_or_default(), index),
        content: content.unwrap_or_default(),
        gmt: date(&[get("pubDate"), get("dc:date")].concat()),
        terms: element
            .all("category")
            .filter(|one| !one.text.trim().is_empty())
            .map(|one| term(one.text.trim()))
            .collect(),
        is_html: true,
        link,
        ..Item::default()
    }
}

fn comment(element: &Element) -> (String, Comment) {
    let reply = element.all("thr:in-reply-to").find_map(|reply| reply.attribute("ref"));
    let post = reply.map(str::to_owned).unwrap_or_else(|| element.get("blogger:parent").trim().to_owned());
    let author = element.children.iter().find(|child| child.name == "author");
    let number = |id: &str| {
        id.rsplit(['-', '/', '='])
            .next()
            .unwrap_or(id)
            .parse::<u64>()
            .unwrap_or_else(|_| number_of(&[id.to_owned()]))
    };
    let related = element.all("link").find(|link| link.attribute("rel") == Some("related"));
    let related = related.and_then(|link| link.attribute("href")).map(number);
    let name = author.map(|author| crate::text::plain(author.get("name"))).unwrap_or_default();
    let is_pending = matches!(element.get("blogger:status").trim(), "PENDING" | "SPAM_COMMENT" | "GHOSTED");
    let comment = Comment {
        id: number(element.get("id").trim()),
        author: if name == "noreply@blogger.com" { String::new() } else { name },
        url: author.map(|author| author.get("uri").trim().to_owned()).unwrap_or_default(),
        gmt: date(element.get("published")),
        content: element.get("content").to_owned(),
        approved: if is_pending { "0" } else { "1" }.to_owned(),
        parent: related.unwrap_or(0),
        ..Comment::default()
    };
    (post, comment)
}

fn term(name: &str) -> (String, String, String) {
    let name = crate::text::plain(name);
    ("post_tag".to_owned(), pingmark_core::slug::slugify(&name), name)
}

/// The account of a name, which the index gets to know.
fn creator(name: &str, index: &mut Index) -> String {
    let name = crate::text::plain(name);
    let login = pingmark_core::slug::slugify(&name);
    if !login.is_empty() && !index.authors.iter().any(|author| author.login == login) {
        index.authors.push(Author { id: 0, login: login.clone(), name });
    }
    login
}

/// The slug in an address: its last part, without the extension.
fn slug_of(address: &str) -> String {
    let path = &address[..address.find(['?', '#']).unwrap_or(address.len())];
    let path =
        path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

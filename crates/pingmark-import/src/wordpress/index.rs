//! First reading of an export: what there is, and at which address. Texts are not kept.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::BufRead;

use pingmark_core::address::split_host;

use super::clock::Pair;
use super::item::{Author, Channel, Item, Term};
use super::wxr::{Element, WxrProblem, WxrReader};
use crate::report::{Report, Section};
use crate::text;

/// Longest lists of ids that are kept of one text.
const MAX_IDS: usize = 500;

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Post.
    Post,
    /// Page, or anything else that has an address.
    Page,
}

/// Whether and why an item is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Published.
    Published,
    /// Published behind a password.
    Locked,
    /// Published at a later date.
    Future,
    /// Draft.
    Draft,
    /// Waits for approval.
    Pending,
    /// Only for people with an account.
    Private,
}

impl Status {
    /// Name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Locked => "password",
            Self::Future => "future",
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Private => "private",
        }
    }
}

/// Post or page.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Number.
    pub id: u64,
    /// Kind.
    pub kind: Kind,
    /// Type as WordPress names it.
    pub type_name: String,
    /// Status.
    pub status: Status,
    /// Title, plain.
    pub title: String,
    /// Address as the export has it.
    pub link: String,
    /// Identifier in feeds.
    pub guid: String,
    /// Slug, decoded.
    pub slug: String,
    /// Former slugs.
    pub old_slugs: Vec<String>,
    /// Date on the blog's clock, and in UTC.
    pub local: String,
    /// The same in UTC.
    pub gmt: String,
    /// Page above it.
    pub parent: u64,
    /// Author's account.
    pub creator: String,
    /// Ids in the text, that links may lead to.
    pub ids: HashSet<String>,
    /// Numbers of its comments that are shown.
    pub comments: HashSet<u64>,
    /// Categories and tags: taxonomy, slug, name.
    pub terms: Vec<(String, String, String)>,
}

impl Entry {
    /// Whether everybody may read it now or later.
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Published)
    }
}

/// File of the blog's library.
#[derive(Clone, Debug, Default)]
pub struct Attachment {
    /// Address of the file.
    pub url: String,
    /// Address of its page.
    pub link: String,
    /// Post that it belongs to.
    pub parent: u64,
    /// Place among its siblings.
    pub order: i64,
    /// Alternative text.
    pub alt: String,
    /// Caption, as HTML.
    pub caption: String,
}

/// Entry of a menu.
#[derive(Clone, Debug)]
pub struct MenuLine {
    /// Number.
    pub id: u64,
    /// Slug of the menu.
    pub menu: String,
    /// Words.
    pub label: String,
    /// `custom`, `post_type` or `taxonomy`.
    pub kind: String,
    /// Number of what it leads to.
    pub object: u64,
    /// Address, of a custom entry.
    pub url: String,
    /// Entry above it.
    pub parent: u64,
    /// Place.
    pub order: i64,
}

/// Contents of an export: settings, authors, terms, and the texts and files by number.
#[derive(Debug, Default)]
pub struct Index {
    /// Settings.
    pub channel: Channel,
    /// Authors.
    pub authors: Vec<Author>,
    /// Terms.
    pub terms: Vec<Term>,
    /// Posts and pages by number.
    pub entries: BTreeMap<u64, Entry>,
    /// Files by number.
    pub attachments: BTreeMap<u64, Attachment>,
    /// Texts that others include, by number.
    pub reusable: HashMap<u64, String>,
    /// Menus.
    pub menus: Vec<MenuLine>,
    /// Dates in both forms.
    pub pairs: Vec<Pair>,
    /// Addresses of files in texts that are published.
    pub files: BTreeSet<String>,
    /// Ids that links lead to.
    pub anchors: HashSet<String>,
    /// Offsets in the files of items that were already there.
    pub report: Report,
    seen: HashSet<(u64, String)>,
}

impl Index {
    /// Index of nothing yet, for a blog of WordPress.
    pub fn new() -> Self {
        Self::of("WordPress")
    }

    /// Index of nothing yet, for a blog of another system.
    pub fn of(system: &str) -> Self {
        Self { report: Report::new(system), ..Self::default() }
    }

    /// Reads a part of an export. What could be read stays, also if the part is damaged; the problem is
    /// returned.
    pub fn read(&mut self, input: impl BufRead) -> Option<WxrProblem> {
        let mut reader = WxrReader::new(input);
        loop {
            match reader.next_element() {
                Ok(Some(element)) => self.add(&element),
                Ok(None) => return None,
                Err(problem) => return Some(problem),
            }
        }
    }

    fn add(&mut self, element: &Element) {
        let text = || element.text.trim().to_owned();
        match element.name.as_str() {
            "title" if self.channel.title.is_empty() => self.channel.title = text::plain(&element.text),
            "link" if self.channel.link.is_empty() => self.channel.link = text(),
            "description" if self.channel.description.is_empty() => {
                self.channel.description = text::plain(&element.text);
            }
            "language" => self.channel.language = text(),
            "generator" => self.channel.generator = text(),
            "wp:base_blog_url" => self.channel.blog = text(),
            "wp:author" => {
                let author = Author::read(element);
                if !self.authors.iter().any(|known| known.login == author.login) {
                    self.authors.push(author);
                }
            }
            "wp:category" | "wp:tag" | "wp:term" => {
                let known = |term: &Term| {
                    self.terms.iter().any(|known| known.taxonomy == term.taxonomy && known.slug == term.slug)
                };
                let term = Term::read(element).filter(|term| !term.name.is_empty() && !known(term));
                self.terms.extend(term);
            }
            "item" => self.item(Item::read(element)),
            _ => {}
        }
    }

    /// Adds an item; one that is there already is left alone.
    pub fn item(&mut self, item: Item) {
        if !self.seen.insert((item.id, item.kind.clone())) && item.id != 0 {
            return;
        }
        self.pairs.extend(
            Pair::read(&item.local, &item.gmt).filter(|_| item.kind == "post" || item.kind == "page"),
        );
        self.pairs.extend(item.comments.iter().take(3).filter_map(|one| Pair::read(&one.local, &one.gmt)));
        match item.kind.as_str() {
            "attachment" => self.attachment(item),
            "nav_menu_item" => self.menu_line(&item),
            "wp_block" => {
                self.report.kept("reusable blocks", "");
                self.reusable.insert(item.id, item.content);
            }
            kind if is_internal(kind) => self.report.left(kind, "", "internal to WordPress"),
            _ => self.entry(item),
        }
    }

    fn attachment(&mut self, item: Item) {
        let alt = item.meta("_wp_attachment_image_alt").map(text::plain).unwrap_or_default();
        let url = if item.file.is_empty() { item.guid.clone() } else { item.file.clone() };
        let attachment = Attachment {
            url: url.trim().to_owned(),
            link: item.link,
            parent: item.parent,
            order: item.order,
            alt,
            caption: item.excerpt,
        };
        self.attachments.insert(item.id, attachment);
    }

    fn menu_line(&mut self, item: &Item) {
        let Some((_, menu, _)) = item.terms.iter().find(|(taxonomy, ..)| taxonomy == "nav_menu") else {
            self.report.left("menu entries", "", "in no menu");
            return;
        };
        let number = |key: &str| item.meta(key).and_then(|value| value.trim().parse().ok()).unwrap_or(0);
        self.menus.push(MenuLine {
            id: item.id,
            menu: menu.clone(),
            label: text::plain(&item.title),
            kind: item.meta("_menu_item_type").unwrap_or_default().trim().to_owned(),
            object: number("_menu_item_object_id"),
            url: item.meta("_menu_item_url").unwrap_or_default().trim().to_owned(),
            parent: number("_menu_item_menu_item_parent"),
            order: item.order,
        });
    }

    fn entry(&mut self, item: Item) {
        let kind = if item.kind == "post" { Kind::Post } else { Kind::Page };
        let name = kind_name(&item.kind);
        let status = match item.status.as_str() {
            "publish" | "" if item.is_locked => Status::Locked,
            "publish" | "" => Status::Published,
            "future" => Status::Future,
            "pending" => Status::Pending,
            "private" => Status::Private,
            "draft" => Status::Draft,
            "auto-draft" => return self.report.left(name, "auto-draft", "never saved"),
            "trash" => return self.left_with_comments(&item, name, "trash", "in the trash"),
            "inherit" => return self.report.left(name, "revision", "an older version of another text"),
            // Statuses of plugins hold back.
            _ => Status::Private,
        };
        let is_empty = item.content.trim().is_empty() && item.title.trim().is_empty();
        if is_empty && status != Status::Published {
            return self.left_with_comments(&item, name, status.name(), "without a title and a text");
        }
        self.report.kept(name, status.name());
        if status == Status::Published {
            self.scan(&item.content);
        }
        let ids = ids(&item.content);
        let comments =
            item.comments.iter().filter(|comment| comment.approved == "1").map(|comment| comment.id);
        let title = text::plain(&item.title);
        let title = if title.is_empty() { first_words(&item.content) } else { title };
        let entry = Entry {
            id: item.id,
            kind,
            type_name: item.kind.clone(),
            status,
            title,
            slug: text::path(&item.slug).trim_matches('/').to_owned(),
            old_slugs: item
                .meta
                .iter()
                .filter(|(key, _)| key == "_wp_old_slug")
                .map(|(_, slug)| text::path(slug.trim()))
                .filter(|slug| !slug.trim_matches('/').is_empty())
                .collect(),
            comments: comments.collect(),
            ids,
            link: item.link,
            guid: item.guid,
            local: item.local,
            gmt: item.gmt,
            parent: item.parent,
            creator: item.creator,
            terms: item.terms,
        };
        self.entries.insert(item.id, entry);
    }

    fn left_with_comments(&mut self, item: &Item, name: &str, status: &str, reason: &str) {
        self.report.left(name, status, reason);
        for comment in &item.comments {
            let (kind, status) = super::comment::kind_and_status(comment);
            self.report.left(kind, status, "of a text that is not published");
        }
    }

    /// Finds addresses of files and ids in a text, without parsing it.
    fn scan(&mut self, content: &str) {
        for start in ["://", "src=\"/", "src='/", "href=\"/", "href='/"] {
            for (at, _) in content.match_indices(start) {
                let from = match start {
                    "://" => content[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic()).len(),
                    other => at + other.len() - 1,
                };
                let rest = &content[from..];
                let ends = |c: char| {
                    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ']' | ')' | '\\' | ',')
                };
                let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
                if address.len() > 2000 {
                    continue;
                }
                if let Some((_, id)) = address.split_once('#')
                    && !id.is_empty()
                {
                    self.anchors.insert(id.to_owned());
                }
                if names_file(address) {
                    self.files.insert(address.to_owned());
                }
            }
        }
        for (at, start) in content.match_indices("href=\"#") {
            let id = content[at + start.len()..].split('"').next().unwrap_or("");
            if !id.is_empty() && id.len() < 200 {
                self.anchors.insert(id.to_owned());
            }
        }
    }

    /// Address of the blog, with a slash at its end.
    pub fn base_url(&self) -> String {
        let channel = &self.channel;
        let own = [&channel.blog, &channel.link].into_iter().find(|url| split_host(url).is_some());
        let own = own.map_or("https://example.org", |url| url.as_str());
        let own = &own[..own.find(['?', '#']).unwrap_or(own.len())];
        format!("{}/", own.trim_end_matches('/'))
    }
}

/// Types of content that only WordPress and its plugins have a use for.
fn is_internal(kind: &str) -> bool {
    const INTERNAL: [&str; 22] = [
        "acf-field",
        "acf-field-group",
        "amp_validated_url",
        "custom_css",
        "customize_changeset",
        "elementor_library",
        "feedback",
        "jp_img_sitemap",
        "jp_pay_order",
        "mc4wp-form",
        "nf_sub",
        "oembed_cache",
        "revision",
        "safecss",
        "scheduled-action",
        "shop_order",
        "user_request",
        "vip-legacy-redirect",
        "wp_font_face",
        "wp_font_family",
        "wpcf7_contact_form",
        "wpforms",
    ];
    INTERNAL.contains(&kind)
        || kind.starts_with("wp_")
        || kind.starts_with("jp_")
        || kind.starts_with("jetpack")
        || kind.starts_with("flamingo")
        || kind.starts_with("et_pb")
}

/// Name of a type in reports.
pub fn kind_name(kind: &str) -> &str {
    match kind {
        "post" => "posts",
        "page" => "pages",
        other => other,
    }
}

/// Whether an address names a file rather than a page.
pub fn names_file(address: &str) -> bool {
    const PAGES: [&str; 9] = ["html", "htm", "php", "asp", "aspx", "jsp", "cgi", "com", "xml"];
    let path = address[..address.find(['?', '#']).unwrap_or(address.len())].to_ascii_lowercase();
    let Some((_, rest)) = path.split_once("://").or(Some(("", path.as_str()))) else { return false };
    let Some((folder, name)) = rest.rsplit_once('/') else { return false };
    let extension =
        name.rsplit_once('.').map_or("", |(stem, extension)| if stem.is_empty() { "" } else { extension });
    // `http://example.org` has no path.
    !folder.ends_with(':')
        && (2..=5).contains(&extension.len())
        && extension.chars().all(|c| c.is_ascii_alphanumeric())
        && extension.chars().any(|c| c.is_ascii_alphabetic())
        && !PAGES.contains(&extension)
}

/// Ids of elements in a text.
fn ids(content: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    for start in [" id=\"", " id='", " name=\"", " name='"] {
        for (at, _) in content.match_indices(start).take(MAX_IDS) {
            let rest = &content[at + start.len()..];
            let id = rest.split(['"', '\'']).next().unwrap_or("");
            if !id.is_empty() && id.len() < 200 {
                found.insert(id.to_owned());
            }
        }
    }
    found
}

/// The first words of a text, as a title.
fn first_words(content: &str) -> String {
    let end = (0..=content.len().min(4000)).rev().find(|at| content.is_char_boundary(*at)).unwrap_or(0);
    let words = text::plain(&content[..end].replace("<!--", " <!--").replace('>', "> "));
    text::beginning(words.trim(), 60)
}

/// Notes a damaged part of an export.
pub fn note_problem(report: &mut Report, name: &str, problem: &WxrProblem, line: usize) {
    report.note(Section::Unread, format!("`{name}`, line {line}: {}", problem.message));
}

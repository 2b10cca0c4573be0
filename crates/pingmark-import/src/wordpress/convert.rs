//! Second reading of an export: each post and page becomes a file, with its mentions.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use pingmark_core::address::split_host;
use pingmark_core::html::escaped;
use pingmark_core::yaml_edit::quoted;

use super::address::Target;
use super::index::{Entry, Kind, Status};
use super::item::Item;
use super::shortcode::{Attributes, Expanded, Library, expand};
use super::site::{Place, Site, author_key};
use crate::file::NewFile;
use crate::html::escape::address as tidy;
use crate::html::{Rules, markdown, plain, read};
use crate::report::{Report, Section};
use crate::text::{self, yaml, yaml_list};

/// What an item became.
#[derive(Debug, Default)]
pub struct Converted {
    /// Number of the item.
    pub id: u64,
    /// Its file and those of its mentions.
    pub files: Vec<NewFile>,
    /// What is to be told.
    pub report: Report,
    /// Paths of the blog that its text leads to and the site has not.
    pub dead: BTreeSet<String>,
    /// Posts and pages that its text links to.
    pub links: BTreeSet<u64>,
    /// Addresses of other sites that its text links to, each with a title as far as the link has one.
    pub outside: Vec<(String, String)>,
    /// Own pings on it: the address of the page that links, and the number of this one.
    pub own_pings: Vec<(String, u64)>,
    /// Shortcodes that are not known.
    pub shortcodes: BTreeMap<String, usize>,
    /// Elements that were left out.
    pub elements: BTreeMap<String, usize>,
    /// Missing files.
    pub missing: BTreeSet<String>,
}

/// What the text of an entry may lead to.
pub(super) struct EntryRules<'s> {
    site: &'s Site,
    entry: &'s Entry,
    found: RefCell<Found>,
}

#[derive(Default)]
struct Found {
    dead: BTreeSet<String>,
    unlinked: BTreeSet<String>,
    missing: BTreeSet<String>,
    links: BTreeSet<u64>,
}

impl<'s> EntryRules<'s> {
    fn new(site: &'s Site, entry: &'s Entry) -> Self {
        Self { site, entry, found: RefCell::default() }
    }

    /// Name of the entry in reports.
    pub(super) fn title(&self) -> String {
        title_of(self.entry)
    }

    /// Rules for its comments, whose links are no links of the text.
    pub(super) fn of_comments(&self) -> Self {
        Self::new(self.site, self.entry)
    }
}

impl Rules for EntryRules<'_> {
    fn link(&self, href: &str) -> Option<String> {
        let mut found = self.found.borrow_mut();
        match self.site.resolve(href, self.entry) {
            Target::Outside(address) => Some(tidy(&address)),
            Target::Entry(id, address) => {
                found.links.insert(id);
                Some(address)
            }
            Target::Own(address) => Some(address),
            Target::Same(fragment) => Some(fragment).filter(|fragment| !fragment.is_empty()),
            Target::Nowhere => {
                found.unlinked.insert(href.trim().to_owned());
                None
            }
            Target::Dead(address, path) => {
                if self.site.is_above_known(&path) || path.trim_matches('/').is_empty() {
                    found.unlinked.insert(href.trim().to_owned());
                    return None;
                }
                if super::index::names_file(&path) {
                    found.missing.insert(path.clone());
                }
                let address = tidy(&address);
                found.dead.insert(raw_path(&address));
                Some(address)
            }
        }
    }

    fn file(&self, src: &str, id: Option<u64>) -> Option<(String, String)> {
        let index = &self.site.index;
        let (address, is_there, known) = self.site.file(src, self.entry)?;
        if !is_there {
            let mut found = self.found.borrow_mut();
            found.missing.insert(text::path(&address));
            found.dead.insert(raw_path(&tidy(&address)));
        }
        let of_library = known.or(id).and_then(|id| index.attachments.get(&id));
        Some((tidy(&address), of_library.map_or_else(String::new, |attachment| attachment.alt.clone())))
    }

    fn is_of_image(&self, href: &str) -> bool {
        self.site.leads_to_image(href)
    }

    fn keeps_id(&self, id: &str) -> bool {
        self.site.index.anchors.contains(id)
    }

    fn included(&self, id: u64) -> Option<String> {
        self.site.index.reusable.get(&id).cloned()
    }
}

/// Title of an entry in reports.
pub(super) fn title_of(entry: &Entry) -> String {
    format!("“{}”", text::beginning(&entry.title, 60))
}

/// The path of an address as it is typed, for `elsewhere`.
fn raw_path(address: &str) -> String {
    let rest = split_host(address).map_or(address, |(_, rest)| rest);
    rest[..rest.find(['?', '#']).unwrap_or(rest.len())].to_owned()
}

/// Files of the library, for the shortcodes of one text.
struct TextLibrary<'s> {
    site: &'s Site,
    id: u64,
}

impl Library for TextLibrary<'_> {
    fn gallery(&self, attributes: &Attributes) -> String {
        let attachments = &self.site.index.attachments;
        let numbers = |key: &str| -> Vec<u64> {
            let ids = attributes.get(key).map_or("", String::as_str).split([',', ' ']);
            ids.filter_map(|id| id.trim().parse().ok()).collect()
        };
        let mut ids = numbers("ids");
        if ids.is_empty() {
            ids = numbers("include");
        }
        if ids.is_empty() {
            let excluded = numbers("exclude");
            let of = numbers("id").first().copied().unwrap_or(self.id);
            let mut own: Vec<(i64, u64)> = attachments
                .iter()
                .filter(|(id, one)| {
                    one.parent == of && super::address::is_image(&one.url) && !excluded.contains(id)
                })
                .map(|(id, one)| (one.order, *id))
                .collect();
            own.sort_unstable();
            ids = own.into_iter().map(|(_, id)| id).collect();
        }
        let figure = |id: u64| {
            let one = attachments.get(&id)?;
            let (url, alt) = (escaped(&one.url), escaped(&one.alt));
            let caption = if one.caption.trim().is_empty() {
                String::new()
            } else {
                format!("<figcaption>{}</figcaption>", one.caption)
            };
            Some(format!(
                "<figure><img src=\"{url}\" alt=\"{alt}\" class=\"wp-image-{id}\">{caption}</figure>"
            ))
        };
        ids.into_iter().filter_map(figure).collect::<Vec<_>>().join("\n")
    }

    fn file(&self, id: u64) -> Option<String> {
        self.site.index.attachments.get(&id).map(|one| one.url.clone())
    }
}

impl Site {
    /// Converts an item. `None` if it is no post or page that is imported.
    pub fn convert(&self, item: &Item) -> Option<Converted> {
        let (entry, place) = (self.index.entries.get(&item.id)?, self.places.get(&item.id)?);
        if entry.type_name != item.kind {
            return None;
        }
        let mut done =
            Converted { id: item.id, report: Report::new(&self.index.report.source), ..Converted::default() };
        let rules = EntryRules::new(self, entry);
        let expanded = match item.is_html {
            true => Expanded { html: item.content.clone(), ..Expanded::default() },
            false => expand(&item.content, &TextLibrary { site: self, id: item.id }),
        };
        let breaks_lines = !item.is_html && !item.content.contains("<!-- wp:");
        let read = read(&expanded.html, breaks_lines, &rules);
        let body = match self.options.keep_html {
            true => plain::html(&read.blocks) + "\n",
            false => markdown::markdown(&read.blocks),
        };
        let image = self.image(item, &rules);
        let front_matter = self.front_matter(item, entry, place, image);
        done.files.push(NewFile { path: place.file.clone(), text: format!("{front_matter}\n{body}") });
        if entry.is_open() {
            done.outside = super::sources::outside(&read.blocks);
        }
        done.shortcodes = expanded.unknown;
        done.elements = read.dropped;
        if entry.is_open() {
            self.mentions(item, place, &rules, &mut done);
        } else {
            for comment in &item.comments {
                let (kind, status) = super::comment::kind_and_status(comment);
                done.report.left(kind, status, "of a text that is not published");
            }
        }
        let found = rules.found.into_inner();
        if entry.is_open() {
            let title = title_of(entry);
            for address in found.dead.iter().filter(|path| !found.missing.contains(&text::path(path))) {
                done.report.note(Section::Dead, format!("{title}: `{address}`"));
            }
            for address in &found.unlinked {
                done.report
                    .note(Section::Dead, format!("{title}: `{address}` (the words stay without the link)"));
            }
        }
        // Also those of drafts, which their author sees with `--drafts`.
        done.dead = found.dead;
        done.missing = found.missing;
        done.links = found.links;
        if text::plain(&item.title).is_empty() {
            done.report.note(Section::Titles, format!("`{}`: “{}”", place.file, entry.title));
        }
        if entry.type_name != "post" && entry.type_name != "page" {
            done.report.note(Section::Types, format!("`{}`, of type `{}`", place.file, entry.type_name));
        }
        Some(done)
    }

    /// The post's image, if the site has it.
    fn image(&self, item: &Item, rules: &EntryRules<'_>) -> Option<(String, String)> {
        let id = item.meta("_thumbnail_id")?.trim().parse::<u64>().ok()?;
        let attachment = self.index.attachments.get(&id)?;
        let (address, is_there, _) = self.file(&attachment.url, rules.entry)?;
        if !is_there {
            rules.found.borrow_mut().missing.insert(text::path(&address));
            return None;
        }
        Some((address, attachment.alt.clone()))
    }

    fn front_matter(
        &self,
        item: &Item,
        entry: &Entry,
        place: &Place,
        image: Option<(String, String)>,
    ) -> String {
        let mut lines = vec!["---".to_owned(), format!("title: {}", yaml(&entry.title))];
        let mut add = |key: &str, value: String| lines.push(format!("{key}: {value}"));
        if entry.kind == Kind::Page {
            add("type", "page".to_owned());
        }
        if let Some(date) =
            place.date.clone().filter(|_| entry.kind == Kind::Post || entry.status != Status::Draft)
        {
            add("date", date);
        }
        if let Some(updated) = self.updated(item, place) {
            add("updated", updated);
        }
        match entry.status {
            Status::Published | Status::Future => {}
            Status::Draft => add("draft", "true".to_owned()),
            Status::Pending => add("status", "pending".to_owned()),
            Status::Private => add("status", "private".to_owned()),
            // The password itself stays where it was.
            Status::Locked => add("protected", "true".to_owned()),
        }
        let description = text::plain(&item.excerpt);
        if !description.is_empty() {
            add("description", yaml(&description));
        }
        let names = |taxonomy: &str| -> Vec<String> {
            let own = entry.terms.iter().filter(|(one, ..)| one == taxonomy);
            let mut names: Vec<String> = own
                .filter(|(_, _, name)| !pingmark_core::slug::slugify(name).is_empty())
                .map(|(_, _, name)| name.clone())
                .collect();
            names.dedup();
            names
        };
        for (key, taxonomy) in [("categories", "category"), ("tags", "post_tag")] {
            let names = names(taxonomy);
            if !names.is_empty() && entry.kind == Kind::Post {
                add(key, yaml_list(names.iter().map(String::as_str)));
            }
        }
        if !entry.creator.is_empty() && self.authors().len() > 1 {
            add("author", yaml(&author_key(&entry.creator)));
        }
        if item.is_sticky {
            add("pinned", "true".to_owned());
        }
        if let Some((address, alt)) = image {
            add("image", yaml(&address));
            if !alt.is_empty() {
                add("image_alt", yaml(&alt));
            }
        }
        if let Some(slug) = &place.slug {
            add("slug", yaml(slug));
        }
        if place.needs_permalink {
            add("permalink", yaml(&place.route));
        }
        let aliases = if entry.is_open() { self.aliases(entry, place) } else { Vec::new() };
        if !aliases.is_empty() {
            add("aliases", yaml_list(aliases.iter().map(String::as_str)));
        }
        if !entry.guid.is_empty() && entry.kind == Kind::Post {
            add("guid", quoted(&entry.guid));
        }
        lines.push("---\n".to_owned());
        lines.join("\n")
    }

    /// Date of the last change, if it is later than the publication by more than a minute.
    fn updated(&self, item: &Item, place: &Place) -> Option<String> {
        use jiff::tz::Offset;
        let modified = super::clock::date(&item.modified_gmt)?;
        let published = super::clock::date(&item.gmt)?;
        place.date.as_ref()?;
        if modified.duration_since(published).as_secs() < 60 {
            return None;
        }
        let instant = Offset::UTC.to_timestamp(modified).ok()?;
        let local = self.zone.to_offset(instant).to_datetime(instant);
        Some(local.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// Old addresses of an entry.
    fn aliases(&self, entry: &Entry, place: &Place) -> Vec<String> {
        use super::site::key;
        let mut aliases = Vec::new();
        let query = if entry.type_name == "page" { "page_id" } else { "p" };
        if entry.id < 1 << 63 {
            aliases.push(format!("/?{query}={}", entry.id));
        }
        let mut paths: Vec<String> = Vec::new();
        if let Some((path, suffix)) = self.path_of(&entry.link).filter(|(_, suffix)| !suffix.starts_with('?'))
        {
            let _ = suffix;
            paths.push(path);
        }
        if let Some((path, _)) = self.path_of(&entry.guid).filter(|(_, suffix)| !suffix.starts_with('?')) {
            paths.push(path);
        }
        for old in &entry.old_slugs {
            let (above, _) = place.route.trim_end_matches('/').rsplit_once('/').unwrap_or_default();
            paths.push(format!("{above}/{old}/"));
        }
        for attachment in self.index.attachments.values().filter(|attachment| attachment.parent == entry.id) {
            paths.extend(
                self.path_of(&attachment.link)
                    .filter(|(_, suffix)| !suffix.starts_with('?'))
                    .map(|(path, _)| path),
            );
        }
        for path in paths {
            let is_new = !self.known.contains(&key(&path)) && !key(&path).is_empty();
            let is_path = pingmark_core::path::SitePath::new(path.trim_matches('/')).is_ok_and(|path| {
                path.unportable().is_none() && path.components().all(|part| part.len() <= 200)
            });
            let is_known = aliases.iter().any(|alias| key(alias) == key(&path));
            if is_new && is_path && !is_known {
                aliases.push(path);
            }
        }
        aliases
    }

    /// Accounts that wrote something that is imported, and their names.
    pub fn authors(&self) -> BTreeMap<String, String> {
        let used: BTreeSet<&str> = self
            .index
            .entries
            .values()
            .map(|entry| entry.creator.as_str())
            .filter(|login| !login.is_empty())
            .collect();
        let name = |login: &str| {
            let known = self.index.authors.iter().find(|author| author.login == login);
            let alike =
                || self.index.authors.iter().find(|author| author_key(&author.login) == author_key(login));
            let known = known.or_else(alike);
            known.map_or_else(|| login.to_owned(), |author| author.name.clone())
        };
        used.into_iter().map(|login| (login.to_owned(), name(login))).collect()
    }
}

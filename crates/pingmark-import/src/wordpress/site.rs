//! Where everything of an export stands in the site: addresses, files and the clock.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::clock::{self, Pair};
use super::index::{Entry, Index, Kind, Status};
use crate::file::unique;
use crate::report::Section;
use crate::text;
use pingmark_core::address::split_host;
use pingmark_core::path::{SitePath, folded};
use pingmark_core::slug::slugify;

/// How to import.
#[derive(Clone, Debug)]
pub struct Options {
    /// Time zone of the blog; inferred if not given.
    pub zone: Option<String>,
    /// The current time: what was to be published in the past is held back.
    pub now: Timestamp,
    /// Whether texts stay HTML.
    pub keep_html: bool,
    /// Whether works that the texts link to are proposed for the catalogue of sources.
    pub proposes_sources: bool,
    /// Pattern of addresses that the site's settings already have.
    pub permalink: Option<String>,
    /// Files that the site has below `static/`, as addresses: `/wp-content/uploads/x.jpg`.
    pub files: HashSet<String>,
}

/// Place of a post or page.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its file.
    pub file: SitePath,
    /// Its address, from the root of the site, with a slash at its start.
    pub route: String,
    /// Whether the address has to be written into the file.
    pub needs_permalink: bool,
    /// Slug, if the file's name does not say it.
    pub slug: Option<String>,
    /// Name of the folder of its mentions.
    pub folder: String,
    /// Date as it is written into the file.
    pub date: Option<String>,
}

/// Old address that leads to a page which Pingmark makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Old address, from the root of the site.
    pub from: String,
    /// New address.
    pub to: String,
}

/// An export with everything in its place.
#[derive(Debug)]
pub struct Site {
    /// Contents of the export.
    pub index: Index,
    /// How to import.
    pub options: Options,
    /// Address of the blog, with a slash at its end.
    pub base_url: String,
    /// Path of the blog on its host, without a slash at its end.
    pub base_path: String,
    /// Hosts of the blog, without `www.`.
    pub hosts: HashSet<String>,
    /// Time zone.
    pub zone: TimeZone,
    /// Its name.
    pub zone_name: String,
    /// Pattern of addresses.
    pub permalink: String,
    /// Places by number.
    pub places: BTreeMap<u64, Place>,
    /// Addresses of posts and pages, folded, without slashes at the ends.
    pub routes: HashMap<String, u64>,
    /// Addresses of the pages of attachments.
    pub attachment_pages: HashMap<String, u64>,
    /// Files of attachments by address.
    pub attachment_files: HashMap<String, u64>,
    /// Addresses of lists, by taxonomy and slug.
    pub terms: BTreeMap<(String, String), String>,
    /// Old addresses of lists and feeds.
    pub moved: Vec<Moved>,
    /// All addresses that the site has, folded, without slashes at the ends.
    pub known: BTreeSet<String>,
    /// Years with posts.
    pub years: BTreeSet<i16>,
    /// Files of the site by folded address.
    pub files_by_key: HashMap<String, String>,
    /// New addresses of [`moved`](Self::moved), by the folded old ones.
    pub moved_by_key: HashMap<String, String>,
}

/// An address without slashes at its ends, so that forms of it can be compared.
pub fn key(path: &str) -> String {
    folded(path.trim_matches('/'))
}

impl Site {
    /// Finds a place for everything.
    pub fn new(mut index: Index, options: Options) -> Self {
        let base_url = index.base_url();
        let (host, rest) = split_host(&base_url).unwrap_or(("example.org", "/"));
        let base_path = rest.trim_end_matches('/').to_owned();
        let mut hosts = HashSet::from([host.to_ascii_lowercase()]);
        hosts.extend(split_host(&index.channel.link).map(|(host, _)| host.to_ascii_lowercase()));
        let (zone_name, zone) = zone(&mut index, &options);
        let mut site = Self {
            hosts,
            base_path,
            base_url: base_url.clone(),
            zone,
            zone_name,
            permalink: String::new(),
            places: BTreeMap::new(),
            routes: HashMap::new(),
            attachment_pages: HashMap::new(),
            attachment_files: HashMap::new(),
            terms: BTreeMap::new(),
            moved: Vec::new(),
            known: BTreeSet::new(),
            years: BTreeSet::new(),
            files_by_key: options.files.iter().map(|file| (key(file), file.clone())).collect(),
            moved_by_key: HashMap::new(),
            index,
            options,
        };
        site.hold_back();
        site.permalink = site.pattern();
        site.place_terms();
        site.place_entries();
        site.place_attachments();
        site.move_lists();
        site
    }

    /// What was to be published in the past, and was not, is a draft.
    fn hold_back(&mut self) {
        let now = self.options.now;
        for entry in self.index.entries.values_mut().filter(|entry| entry.status == Status::Future) {
            let instant = clock::date(&entry.gmt).and_then(|gmt| Offset::UTC.to_timestamp(gmt).ok());
            if instant.is_none_or(|instant| instant <= now) {
                entry.status = Status::Draft;
            }
        }
    }

    /// Path of an address of the blog, decoded, below its base; `None` for other hosts.
    pub fn path_of<'t>(&self, address: &'t str) -> Option<(String, &'t str)> {
        let rest = match split_host(address) {
            Some((host, rest)) if self.hosts.contains(&host.to_ascii_lowercase()) => rest,
            Some(_) => return None,
            None if address.starts_with('/') && !address.starts_with("//") => address,
            None => return None,
        };
        let (path, suffix) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
        let path = text::path(path);
        let below = path
            .strip_prefix(self.base_path.as_str())
            .filter(|below| below.is_empty() || below.starts_with('/'));
        Some((below.map_or(path.clone(), str::to_owned), suffix))
    }

    /// Old path of an entry; `None` if its address is a number.
    fn old_path(&self, entry: &Entry) -> Option<String> {
        let (path, suffix) = self.path_of(&entry.link)?;
        (!suffix.starts_with('?') && !path.trim_matches('/').is_empty()).then_some(path)
    }

    /// The most common pattern of the posts' addresses.
    fn pattern(&self) -> String {
        if let Some(given) = &self.options.permalink {
            return given.clone();
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for entry in self.index.entries.values().filter(|entry| entry.kind == Kind::Post && entry.is_open()) {
            if let Some(pattern) =
                self.old_path(entry).and_then(|path| pattern_of(&path, entry, self.when(entry)?))
            {
                *counts.entry(pattern).or_default() += 1;
            }
        }
        let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        best.map_or_else(|| "/posts/:slug/".to_owned(), |(pattern, _)| pattern)
    }

    fn place_entries(&mut self) {
        let mut files = HashSet::new();
        let mut notes = Vec::new();
        // Published ones first: an address belongs to what readers see.
        let mut ids: Vec<u64> = self.index.entries.keys().copied().collect();
        ids.sort_by_key(|id| (self.index.entries[id].status != Status::Published, *id));
        for id in ids {
            let entry = &self.index.entries[&id];
            let when = self.when(entry);
            let date = self.written_date(entry);
            let slug = if entry.slug.is_empty() { slugify(&entry.title) } else { entry.slug.clone() };
            let slug = if slug.is_empty() { id.to_string() } else { slug };
            let ascii = slugify(&slug);
            let stem = if ascii.is_empty() { id.to_string() } else { ascii.clone() };
            let extension = if self.options.keep_html { "html" } else { "md" };
            let file = match (entry.kind, &when) {
                (Kind::Post, Some(when)) => {
                    let day = when.date();
                    unique("content/posts", &format!("{day}-{stem}"), extension, &mut files)
                }
                (Kind::Post, None) => unique("content/posts", &stem, extension, &mut files),
                (Kind::Page, _) => unique(&self.page_folder(entry), &stem, extension, &mut files),
            };
            let by_pattern = match entry.kind {
                Kind::Post => fill(&self.permalink, &slug, when),
                Kind::Page => format!("/{}/", self.page_slugs(entry, &slug)),
            };
            let wanted =
                self.old_path(entry).filter(|_| entry.is_open()).unwrap_or_else(|| by_pattern.clone());
            let route = self.free_route(&wanted, &slug, entry, &mut notes);
            if entry.status == Status::Published {
                self.routes.insert(key(&route), id);
                self.known.insert(key(&route));
                if entry.kind == Kind::Post {
                    self.years.extend(when.map(|when| when.year()));
                }
            }
            let name = file.stem();
            let named = if when.is_some() && entry.kind == Kind::Post {
                name.get(11..).unwrap_or(name)
            } else {
                name
            };
            let place = Place {
                needs_permalink: entry.kind == Kind::Page || key(&route) != key(&by_pattern),
                slug: (named != slug).then_some(slug),
                folder: named.to_owned(),
                file,
                route,
                date,
            };
            self.places.insert(id, place);
        }
        for (section, note) in notes {
            self.index.report.note(section, note);
        }
    }

    /// An address that nothing else has.
    fn free_route(
        &self,
        wanted: &str,
        slug: &str,
        entry: &Entry,
        notes: &mut Vec<(Section, String)>,
    ) -> String {
        let tail = wanted.rsplit('/').next().unwrap_or("");
        let is_file =
            tail.contains('.') && tail.rsplit_once('.').is_some_and(|(_, extension)| extension.len() <= 5);
        let tidy = |path: &str| {
            let path = path.trim_matches('/');
            if is_file { format!("/{path}") } else { format!("/{path}/") }
        };
        let is_valid = |route: &str| {
            SitePath::new(route.trim_matches('/')).is_ok_and(|path| {
                path.unportable().is_none() && path.components().all(|part| part.len() <= 200)
            })
        };
        let route = tidy(wanted);
        let route = if is_valid(&route) {
            route
        } else {
            let ascii = slugify(slug);
            let other =
                format!("/{}/", if ascii.is_empty() { entry.id.to_string() } else { format!("x-{ascii}") });
            notes.push((
                Section::Addresses,
                format!("`{wanted}` cannot be a file on every system: `{other}`"),
            ));
            other
        };
        if entry.status != Status::Published || !self.known.contains(&key(&route)) {
            return route;
        }
        let (stem, end) = match route.rsplit_once('.').filter(|_| is_file) {
            Some((stem, extension)) => (stem.to_owned(), format!(".{extension}")),
            None => (route.trim_end_matches('/').to_owned(), "/".to_owned()),
        };
        let other = (2..)
            .map(|number| format!("{stem}-{number}{end}"))
            .find(|route| !self.known.contains(&key(route)));
        let other = other.unwrap_or_default();
        let text = format!("`{route}` is taken: “{}” is at `{other}`", entry.title);
        notes.push((Section::Collisions, text));
        other
    }

    /// Date and time of an entry on the site's clock.
    pub fn when(&self, entry: &Entry) -> Option<DateTime> {
        let local = clock::date(&entry.local);
        let instant = clock::date(&entry.gmt).and_then(|gmt| Offset::UTC.to_timestamp(gmt).ok());
        match (Pair::read(&entry.local, &entry.gmt), instant) {
            (Some(pair), _) if clock::fits(&self.zone, &pair) => Some(pair.local),
            (_, Some(instant)) => Some(self.zone.to_offset(instant).to_datetime(instant)),
            _ => local,
        }
    }

    /// The date as it is written into a file: on the site's clock, with an offset where that clock says
    /// something else than the export.
    fn written_date(&self, entry: &Entry) -> Option<String> {
        let local = clock::date(&entry.local);
        let Some(instant) = clock::date(&entry.gmt).and_then(|gmt| Offset::UTC.to_timestamp(gmt).ok()) else {
            return Some(local?.strftime("%Y-%m-%d %H:%M:%S").to_string());
        };
        let local = self.zone.to_offset(instant).to_datetime(instant);
        // In the hour that a clock has twice, only the offset tells which one is meant.
        let read_again = self.zone.to_ambiguous_timestamp(local).compatible();
        if read_again.is_ok_and(|found| found.as_second() == instant.as_second()) {
            return Some(local.strftime("%Y-%m-%d %H:%M:%S").to_string());
        }
        let seconds = self.zone.to_offset(instant).seconds() / 60 * 60;
        let sign = if seconds < 0 { '-' } else { '+' };
        let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
        Some(format!("{}{sign}{hours:02}:{minutes:02}", local.strftime("%Y-%m-%dT%H:%M:%S")))
    }

    /// Slugs of a page and of those above it.
    fn page_slugs(&self, entry: &Entry, own: &str) -> String {
        let mut slugs = vec![own.to_owned()];
        let mut parent = entry.parent;
        while let Some(above) = self.index.entries.get(&parent).filter(|_| slugs.len() < 20) {
            slugs.push(if above.slug.is_empty() { slugify(&above.title) } else { above.slug.clone() });
            parent = above.parent;
        }
        slugs.reverse();
        slugs.retain(|slug| !slug.is_empty());
        slugs.join("/")
    }

    fn page_folder(&self, entry: &Entry) -> String {
        let slugs = self.page_slugs(entry, "x");
        let above = slugs.rsplit_once('/').map_or("", |(above, _)| above);
        let parts: Vec<String> = above.split('/').map(slugify).filter(|part| !part.is_empty()).collect();
        let is_fine = |part: &String| SitePath::new(part).is_ok_and(|path| path.unportable().is_none());
        let mut folder = "content/pages".to_owned();
        for part in parts.iter().filter(|part| is_fine(part)) {
            folder.push('/');
            folder.push_str(part);
        }
        folder
    }
}

/// Key of an author in the settings.
pub fn author_key(login: &str) -> String {
    let slug = slugify(login);
    if slug.is_empty() { "author".to_owned() } else { slug }
}

fn zone(index: &mut Index, options: &Options) -> (String, TimeZone) {
    let inferred = clock::infer(&index.pairs, &index.channel.language);
    if let Some(given) = options.zone.as_deref()
        && let Ok(zone) = clock::zone_named(given)
    {
        let fits = index.pairs.iter().filter(|pair| clock::fits(&zone, pair)).count();
        index.report.note(
            Section::Settings,
            format!("The time zone `{given}` was given; {fits} of {} dates agree with it", index.pairs.len()),
        );
        return (given.to_owned(), zone);
    }
    match inferred {
        Some(found) => {
            let text = format!(
                "The time zone `{}` was inferred from the dates: {} of {} agree with it. `--timezone` names another",
                found.zone, found.fits, found.of
            );
            index.report.note(Section::Settings, text);
            let zone = clock::zone_named(&found.zone).unwrap_or(TimeZone::UTC);
            (found.zone, zone)
        }
        None => {
            index.report.note(
                Section::Settings,
                "The export does not tell the time zone: it is `UTC`. `--timezone` names another",
            );
            ("UTC".to_owned(), TimeZone::UTC)
        }
    }
}

/// The pattern of an address: `/:year/:month/:slug/`. `None` if it does not end with the slug.
fn pattern_of(path: &str, entry: &Entry, local: DateTime) -> Option<String> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (last, above) = parts.split_last()?;
    let (name, end) = match last.rsplit_once('.') {
        Some((name, extension)) if matches!(extension, "html" | "htm") => (name, format!(".{extension}")),
        _ => (*last, "/".to_owned()),
    };
    if folded(name) != folded(&entry.slug) {
        return None;
    }
    let mut pattern = String::new();
    let dates = [
        (":year", format!("{:04}", local.year())),
        (":month", format!("{:02}", local.month())),
        (":day", format!("{:02}", local.day())),
    ];
    let mut next = 0;
    for part in above {
        let found = dates.iter().enumerate().skip(next).find(|(_, (_, value))| value == part);
        match found {
            Some((number, (token, _))) => {
                pattern.push_str(&format!("/{token}"));
                next = number + 1;
            }
            None if part.contains(':') || part.is_empty() => return None,
            None => pattern.push_str(&format!("/{part}")),
        }
    }
    Some(format!("{pattern}/:slug{end}"))
}

/// Fills a pattern in.
fn fill(pattern: &str, slug: &str, when: Option<DateTime>) -> String {
    let number =
        |value: Option<i32>, width: usize| value.map(|value| format!("{value:0width$}")).unwrap_or_default();
    let filled = pattern
        .replace(":year", &number(when.map(|when| when.year().into()), 4))
        .replace(":month", &number(when.map(|when| when.month().into()), 2))
        .replace(":day", &number(when.map(|when| when.day().into()), 2))
        .replace(":slug", slug);
    filled.replace("//", "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_come_from_addresses() {
        let mut index = Index::new();
        let item = super::super::item::Item {
            id: 1,
            kind: "post".into(),
            status: "publish".into(),
            title: "x".into(),
            content: "x".into(),
            slug: "un".into(),
            local: "2011-03-04 10:00:00".into(),
            ..Default::default()
        };
        index.entries.insert(1, entry_of(item));
        let entry = &index.entries[&1];
        for (path, pattern) in [
            ("/2011/03/04/un/", Some("/:year/:month/:day/:slug/")),
            ("/2011/03/un.html", Some("/:year/:month/:slug.html")),
            ("/blog/un", Some("/blog/:slug/")),
            ("/un/", Some("/:slug/")),
            ("/deux/", None),
        ] {
            assert_eq!(
                pattern_of(path, entry, clock::date(&entry.local).unwrap()).as_deref(),
                pattern,
                "{path}"
            );
        }
        assert_eq!(
            fill("/:year/:month/:slug.html", "un", clock::date("2011-03-04 10:00:00")),
            "/2011/03/un.html"
        );
    }

    fn entry_of(item: super::super::item::Item) -> Entry {
        Entry {
            id: item.id,
            kind: Kind::Post,
            type_name: item.kind,
            status: Status::Published,
            title: item.title,
            link: item.link,
            guid: item.guid,
            slug: item.slug,
            old_slugs: Vec::new(),
            local: item.local,
            gmt: item.gmt,
            parent: 0,
            creator: String::new(),
            ids: HashSet::new(),
            comments: HashSet::new(),
            terms: Vec::new(),
        }
    }
}

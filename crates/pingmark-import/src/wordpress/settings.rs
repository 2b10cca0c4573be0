//! The settings of the site, its menus, and what leads from old lists to new ones.

use std::collections::{BTreeMap, BTreeSet};

use pingmark_core::html::escaped;
use pingmark_core::path::SitePath;
use pingmark_core::yaml_edit::quoted;

use super::address::{Target, encoded};
use super::index::{Entry, Kind, MenuLine};
use super::site::{Site, author_key};
use crate::file::NewFile;
use crate::report::{Report, Section};
use crate::text::yaml;

/// Missing files that are named one by one; where more of a folder are missing, the folder is named.
const MAX_NAMED: usize = 3;

impl Site {
    /// `pingmark.yaml`. `dead` are the paths that lead nowhere.
    pub fn settings(&self, dead: &BTreeSet<String>, report: &mut Report) -> NewFile {
        let channel = &self.index.channel;
        let mut lines =
            vec![format!("title: {}", yaml(if channel.title.is_empty() { "Blog" } else { &channel.title }))];
        if !channel.description.is_empty() {
            lines.push(format!("description: {}", yaml(&channel.description)));
        }
        lines.push(format!("base_url: {}", yaml_url(&self.base_url)));
        let lang = channel.language.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        let lang = if (2..=3).contains(&lang.len()) && lang.bytes().all(|byte| byte.is_ascii_lowercase()) {
            lang
        } else {
            "en".to_owned()
        };
        lines.push(format!("lang: {}", yaml(&lang)));
        lines.push(format!("timezone: {}", self.zone_name));
        lines.push(format!("permalink: {}", yaml_url(&self.permalink)));
        self.author_lines(&mut lines, report);
        self.menu_lines(&mut lines, report);
        let elsewhere = self.elsewhere(dead);
        if !elsewhere.is_empty() {
            lines.push(
                "# Addresses of the old blog that the site does not have: see import-report.md.".to_owned(),
            );
            lines.push("elsewhere:".to_owned());
            lines.extend(elsewhere.iter().map(|path| format!("  - {}", quoted(path))));
        }
        lines.push(String::new());
        report.note(
            Section::Settings,
            format!("Posts are at `{}`, as their old addresses were", self.permalink),
        );
        NewFile { path: SitePath::constant("pingmark.yaml"), text: lines.join("\n") }
    }

    fn author_lines(&self, lines: &mut Vec<String>, report: &mut Report) {
        let authors = self.authors();
        let listed: BTreeSet<&str> = self.index.authors.iter().map(|author| author.login.as_str()).collect();
        for login in listed.iter().filter(|login| !authors.contains_key(**login)) {
            let _ = login;
            report.left("authors", "", "wrote nothing that is in the export");
        }
        if authors.is_empty() {
            return;
        }
        lines
            .push(format!("author: {}", yaml(&author_key(authors.keys().next().map_or("", String::as_str)))));
        lines.push("authors:".to_owned());
        let mut keys = BTreeSet::new();
        for (login, name) in &authors {
            report.kept("authors", "");
            let own = author_key(login);
            if keys.insert(own.clone()) {
                lines.push(format!("  {}:", yaml(&own)));
                lines.push(format!("    name: {}", yaml(name)));
            }
        }
    }

    fn menu_lines(&self, lines: &mut Vec<String>, report: &mut Report) {
        let mut menus: BTreeMap<&str, Vec<&MenuLine>> = BTreeMap::new();
        for line in &self.index.menus {
            menus.entry(line.menu.as_str()).or_default().push(line);
        }
        let mut written: Vec<(String, Vec<(String, String)>)> = Vec::new();
        for (menu, mut entries) in menus {
            entries.sort_by_key(|entry| (entry.order, entry.id));
            let mut items = Vec::new();
            for entry in entries {
                match self.menu_target(entry) {
                    Some((label, url)) => {
                        report.kept("menu entries", "");
                        items.push((label, url));
                    }
                    None => report.left("menu entries", "", "leads to nothing that is published"),
                }
            }
            if !items.is_empty() {
                written.push((pingmark_core::slug::slugify(menu), items));
            }
        }
        // The largest one is the navigation.
        written.sort_by_key(|(_, items)| std::cmp::Reverse(items.len()));
        if written.is_empty() {
            self.page_menu(lines);
            return;
        }
        lines.push("menus:".to_owned());
        for (number, (name, items)) in written.into_iter().enumerate() {
            let name = if number == 0 { "main".to_owned() } else { name };
            let name = if number > 0 && (name.is_empty() || name == "main") {
                format!("menu-{number}")
            } else {
                name
            };
            lines.push(format!("  {}:", yaml(&name)));
            for (label, url) in items {
                lines.push(format!("    - label: {}", yaml(&label)));
                lines.push(format!("      url: {}", yaml_url(&url)));
            }
        }
    }

    /// Without a menu WordPress lists the pages that have none above them.
    fn page_menu(&self, lines: &mut Vec<String>) {
        let is_top = |entry: &&Entry| {
            entry.kind == Kind::Page && entry.type_name == "page" && entry.parent == 0 && entry.is_open()
        };
        let mut pages: Vec<&Entry> = self.index.entries.values().filter(is_top).collect();
        pages.sort_by(|a, b| a.title.cmp(&b.title));
        if pages.is_empty() {
            return;
        }
        lines.push("menus:".to_owned());
        lines.push("  main:".to_owned());
        for page in pages.into_iter().take(8) {
            lines.push(format!("    - label: {}", yaml(&page.title)));
            lines.push(format!("      url: {}", yaml_url(&encoded(&self.places[&page.id].route))));
        }
    }

    fn menu_target(&self, line: &MenuLine) -> Option<(String, String)> {
        let own = |url: String, label: String| {
            let label = if line.label.is_empty() { label } else { line.label.clone() };
            (!label.is_empty()).then_some((label, url))
        };
        match line.kind.as_str() {
            "taxonomy" => {
                let term = self.index.terms.iter().find(|term| term.id == line.object && term.id != 0)?;
                let route = self.terms.get(&(term.taxonomy.clone(), term.slug.clone()))?;
                own(route.clone(), term.name.clone())
            }
            "custom" | "" => {
                let home = self.index.entries.values().next()?;
                let url = match self.resolve(&line.url, home) {
                    Target::Entry(_, address) | Target::Own(address) | Target::Outside(address) => address,
                    _ => return None,
                };
                own(url, String::new())
            }
            _ => {
                let entry = self.index.entries.get(&line.object).filter(|entry| entry.is_open())?;
                own(encoded(&self.places.get(&line.object)?.route), entry.title.clone())
            }
        }
    }

    /// Paths for `elsewhere`: none of them is above something that the site has.
    fn elsewhere(&self, dead: &BTreeSet<String>) -> BTreeSet<String> {
        let mut folders: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for path in dead.iter().filter(|path| {
            !self.is_above_known(&crate::text::path(path)) && !path.trim_matches('/').is_empty()
        }) {
            folders.entry(self.folder_of(path)).or_default().push(path);
        }
        let mut out = BTreeSet::new();
        for (folder, paths) in folders {
            if paths.len() > MAX_NAMED && !folder.is_empty() {
                out.insert(format!("{folder}/"));
            } else {
                out.extend(paths.into_iter().cloned());
            }
        }
        // What another entry holds already is not named again.
        let all = out.clone();
        let is_within = |path: &String| {
            path.match_indices('/').skip(1).any(|(at, _)| at + 1 < path.len() && all.contains(&path[..=at]))
        };
        out.retain(|path| !is_within(path));
        out
    }

    /// The highest folder of a missing file in which the site has nothing; empty if it is no file.
    fn folder_of(&self, path: &str) -> String {
        if !super::index::names_file(path) {
            return String::new();
        }
        let ends = path.match_indices('/').skip(1).map(|(at, _)| &path[..at]);
        let free = ends.into_iter().find(|folder| {
            let folder = crate::text::path(folder);
            !self.is_above_known(&folder) && !self.known.contains(&super::site::key(&folder))
        });
        free.unwrap_or_default().to_owned()
    }

    /// Pages and lines that lead from old addresses of lists and feeds to the new ones.
    pub fn redirects(&self) -> Vec<NewFile> {
        let base = &self.base_path;
        let mut files = Vec::new();
        let mut lines = vec!["# Old addresses of lists and feeds.".to_owned()];
        for moved in &self.moved {
            lines.push(format!("{base}{} {base}{} 301", encoded(&moved.from), encoded_target(&moved.to)));
            let path = format!("static/{}/index.html", moved.from.trim_matches('/'));
            let Ok(path) = SitePath::new(&path) else { continue };
            files
                .push(NewFile { path, text: redirect_page(&format!("{base}{}", encoded_target(&moved.to))) });
        }
        for (id, attachment) in &self.index.attachments {
            // Those of posts are aliases there.
            if self.index.entries.contains_key(&attachment.parent) {
                continue;
            }
            let file = self.local_file(&attachment.url).filter(|file| self.options.files.contains(file));
            if let Some(file) = file {
                lines.push(format!("{base}/ attachment_id={id} {base}{} 301", encoded(&file)));
            }
        }
        for (query, to) in [("feed=rss2", "/feed.xml"), ("feed=rss", "/feed.xml"), ("feed=atom", "/atom.xml")]
        {
            lines.push(format!("{base}/ {query} {base}{to} 301"));
        }
        for year in &self.years {
            lines.push(format!("{base}/{year:04}/:month/:day {base}/archive/#y{year} 301"));
        }
        lines.push(String::new());
        files.push(NewFile { path: SitePath::constant("static/_redirects"), text: lines.join("\n") });
        files
    }
}

fn encoded_target(target: &str) -> String {
    match target.split_once('#') {
        Some((path, fragment)) => format!("{}#{fragment}", encoded(path)),
        None => encoded(target),
    }
}

/// A page that leads to another one.
fn redirect_page(to: &str) -> String {
    let to = escaped(to);
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{to}</title>\n<link rel=\"canonical\" href=\"{to}\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n\
         <body>\n<p><a href=\"{to}\">{to}</a></p>\n</body>\n</html>\n"
    )
}

/// An address as a value of YAML.
fn yaml_url(url: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:.-_~?&=+%@".contains(c);
    let is_text = url.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') && !url.ends_with(':');
    if is_text && url.chars().all(is_plain) && !url.contains(": ") { url.to_owned() } else { quoted(url) }
}

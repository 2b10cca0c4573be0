//! The import of all parts of an export, and its report.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::BufRead;

use rayon::prelude::*;

use super::convert::{Converted, title_of};
use super::index::Status;
use super::item::Item;
use super::site::Site;
use super::sources::Sources;
use super::wxr::WxrReader;
use crate::file::NewFile;
use crate::report::{Report, Section};

/// Texts that are converted at once: their number, and their bytes.
const BATCH: usize = 128;
const BATCH_BYTES: usize = 8 << 20;

/// An import on its way.
pub struct Run<'s> {
    site: &'s Site,
    report: Report,
    seen: HashSet<(u64, String)>,
    dead: BTreeSet<String>,
    links: HashSet<(u64, u64)>,
    own_pings: Vec<(String, u64)>,
    shortcodes: BTreeMap<String, (usize, Vec<String>)>,
    elements: BTreeMap<String, usize>,
    missing: BTreeMap<String, Vec<String>>,
    sources: Sources,
}

/// Ping of one post of the blog on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPing {
    /// Address of the page that links.
    pub source: String,
    /// Address of the page that is linked to.
    pub target: String,
}

/// What is written at the end.
#[derive(Debug)]
pub struct Finished {
    /// The settings and the redirects.
    pub files: Vec<NewFile>,
    /// The report.
    pub report: Report,
    /// Own pings that a link explains: the site's graph must have each of them.
    pub own_pings: Vec<OwnPing>,
}

impl<'s> Run<'s> {
    /// Starts the second reading.
    pub fn new(site: &'s Site) -> Self {
        Self {
            site,
            report: site.index.report.clone(),
            seen: HashSet::new(),
            dead: BTreeSet::new(),
            links: HashSet::new(),
            own_pings: Vec::new(),
            shortcodes: BTreeMap::new(),
            elements: BTreeMap::new(),
            missing: BTreeMap::new(),
            sources: Sources::default(),
        }
    }

    /// Converts a part, and hands each file to `write`. Stops when that fails. A part that is damaged is
    /// converted as far as it was read the first time.
    pub fn part<E>(
        &mut self,
        input: impl BufRead,
        write: &mut dyn FnMut(Vec<NewFile>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut reader = WxrReader::new(input);
        let mut batch = Vec::new();
        let mut bytes = 0;
        loop {
            let element = reader.next_element().ok().flatten();
            let is_end = element.is_none();
            if let Some(element) = element.filter(|element| element.name == "item") {
                let item = Item::read(&element);
                if self.seen.insert((item.id, item.kind.clone())) || item.id == 0 {
                    bytes += item.content.len();
                    batch.push(item);
                }
            }
            if is_end || batch.len() >= BATCH || bytes >= BATCH_BYTES {
                write(self.converted(&std::mem::take(&mut batch)))?;
                bytes = 0;
            }
            if is_end {
                return Ok(());
            }
        }
    }

    /// Converts the items of another system, and hands each file to `write`.
    pub fn items<E>(
        &mut self,
        items: &[Item],
        write: &mut dyn FnMut(Vec<NewFile>) -> Result<(), E>,
    ) -> Result<(), E> {
        items.chunks(BATCH).try_for_each(|items| write(self.converted(items)))
    }

    fn converted(&mut self, items: &[Item]) -> Vec<NewFile> {
        let site = self.site;
        let done: Vec<Converted> = items.par_iter().filter_map(|item| site.convert(item)).collect();
        done.into_iter().flat_map(|converted| self.take(converted)).collect()
    }

    fn take(&mut self, converted: Converted) -> Vec<NewFile> {
        let Converted { id, files, report, dead, links, own_pings, shortcodes, elements, missing, outside } =
            converted;
        let entry = &self.site.index.entries[&id];
        let day = self.site.when(entry).map(|when| when.date().to_string());
        self.sources.extend(outside, day.as_deref());
        self.report.join(report);
        self.dead.extend(dead);
        self.links.extend(links.into_iter().map(|target| (id, target)));
        self.own_pings.extend(own_pings);
        for (name, count) in shortcodes {
            let known = self.shortcodes.entry(name).or_default();
            known.0 += count;
            known.1.push(title_of(entry));
        }
        for (name, count) in elements {
            *self.elements.entry(name).or_default() += count;
        }
        for path in missing {
            self.missing.entry(path).or_default().push(title_of(entry));
        }
        files
    }

    /// Makes the settings, the redirects and the report.
    pub fn finish(mut self) -> Finished {
        let site = self.site;
        let own_pings = self.own_pings();
        let count_of = |(name, (count, titles)): (&String, &(usize, Vec<String>))| {
            let more = titles.len().saturating_sub(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "`[{name}]` {count} ×: {}{more}",
                titles.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
            )
        };
        let notes: Vec<String> = self.shortcodes.iter().map(count_of).collect();
        notes.into_iter().for_each(|note| self.report.note(Section::Shortcodes, note));
        for (name, count) in std::mem::take(&mut self.elements) {
            self.report.note(Section::Elements, format!("`{name}` {count} ×"));
        }
        for (path, titles) in std::mem::take(&mut self.missing) {
            let more = titles.len().saturating_sub(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let titles = titles.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            self.report.note(Section::Missing, format!("`{path}`: {titles}{more}"));
        }
        self.tally_attachments();
        self.tally_terms();
        let mut files = site.redirects();
        let settings = site.settings(&self.dead, &mut self.report);
        files.push(settings);
        if site.options.proposes_sources {
            files.push(self.sources.file());
        }
        Finished { files, report: self.report, own_pings }
    }

    fn own_pings(&mut self) -> Vec<OwnPing> {
        let mut found = Vec::new();
        let site = self.site;
        let pings = std::mem::take(&mut self.own_pings);
        for (source, target) in pings {
            let Some(target_entry) = site.index.entries.get(&target) else { continue };
            let from = match site.resolve(&source, target_entry) {
                super::address::Target::Entry(id, _) => Some(id),
                _ => None,
            };
            let url =
                |id: u64| format!("{}{}", site.base_url, site.places[&id].route.trim_start_matches('/'));
            match from {
                Some(id) if self.links.contains(&(id, target)) => {
                    found.push(OwnPing { source: url(id), target: url(target) });
                }
                Some(id) => {
                    let from = title_of(&site.index.entries[&id]);
                    self.report.note(Section::OwnPings, format!("{from} on {}", title_of(target_entry)));
                }
                None => {
                    let text = format!("`{source}`, which is not published, on {}", title_of(target_entry));
                    self.report.note(Section::OwnPings, text);
                }
            }
        }
        found
    }

    fn tally_attachments(&mut self) {
        let site = self.site;
        for attachment in site.index.attachments.values() {
            let parent = site.index.entries.get(&attachment.parent);
            let path = site.local_file(&attachment.url);
            match path {
                Some(path) if site.options.files.contains(&path) => self.report.kept("attachments", ""),
                _ if parent.is_some_and(|parent| parent.status != Status::Published) => {
                    self.report.left("attachments", "", "of texts that are not published");
                }
                Some(_) => self.report.left("attachments", "", "not here yet: import again with `--media`"),
                None => self.report.left("attachments", "", "without the address of a file"),
            }
        }
    }

    fn tally_terms(&mut self) {
        let site = self.site;
        for term in &site.index.terms {
            let kind = match term.taxonomy.as_str() {
                "category" => "categories",
                "post_tag" => "tags",
                "nav_menu" => "menus",
                other => other,
            };
            let used = site.terms.contains_key(&(term.taxonomy.clone(), term.slug.clone()));
            match kind {
                "menus" => match site.index.menus.iter().any(|line| line.menu == term.slug) {
                    true => self.report.kept("menus", ""),
                    false => self.report.left("menus", "", "without an entry"),
                },
                "categories" | "tags" if used => self.report.kept(kind, ""),
                "categories" | "tags" => self.report.left(kind, "", "of no published post"),
                other => self.report.left(other, "", "terms of a taxonomy of the theme or a plugin"),
            }
        }
    }
}

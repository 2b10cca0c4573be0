//! Pages of other sites that posts link to, as a proposal for `sources.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use pingmark_core::path::SitePath;
use pingmark_core::slug::slugify;
use pingmark_core::web_address;
use pingmark_core::yaml_edit::quoted;

use crate::file::NewFile;
use crate::html::inline::text;
use crate::html::{Block, Inline};
use crate::text::{beginning, one_line, yaml};

/// Longest key, in bytes.
const MAX_KEY: usize = 60;
/// Longest title, in characters.
const MAX_TITLE: usize = 150;

/// Works by the comparable form of their address.
#[derive(Debug, Default)]
pub(super) struct Sources(BTreeMap<String, Work>);

#[derive(Debug)]
struct Work {
    url: String,
    title: String,
    /// Day of the first post that links to it.
    day: Option<String>,
}

impl Sources {
    /// Adds what a post of a day links to.
    pub(super) fn extend(&mut self, outside: Vec<(String, String)>, day: Option<&str>) {
        for (url, title) in outside {
            let Some(url) = web_address::normalized(&url) else { continue };
            let new = || Work { url: url.clone(), title: String::new(), day: day.map(str::to_owned) };
            let work = self.0.entry(web_address::comparison_key(&url)).or_insert_with(new);
            if title.chars().count() > work.title.chars().count() {
                work.title = title;
            }
            if day.is_some_and(|day| work.day.as_deref().is_none_or(|known| day < known)) {
                work.day = day.map(str::to_owned);
            }
        }
    }

    /// `sources.yaml`.
    pub(super) fn file(&self) -> NewFile {
        let mut keys = BTreeSet::new();
        let mut out = "# Pages that the posts link to, as the import found them. Delete what is no source.\n"
            .to_owned();
        for work in self.0.values() {
            let host = web_address::host(&work.url).unwrap_or("web");
            let path = work
                .url
                .split_once("://")
                .map_or("", |(_, rest)| rest)
                .split(['?', '#'])
                .next()
                .unwrap_or("");
            let name = path.trim_end_matches('/').split_once('/').map_or("", |(_, path)| path);
            let name = name.rsplit('/').next().unwrap_or("");
            let mut key = slugify(&format!("{host} {name}"));
            key.truncate(MAX_KEY);
            let key = key.trim_matches('-').to_owned();
            // A key that begins with a digit would be a number.
            let key =
                if key.starts_with(|c: char| c.is_ascii_alphabetic()) { key } else { format!("w-{key}") };
            let mut free = std::iter::once(key.clone()).chain((2..).map(|number| format!("{key}-{number}")));
            let key = free.find(|key| keys.insert(key.clone())).unwrap_or_default();
            let title = if work.title.is_empty() { host } else { &work.title };
            out.push_str(&format!(
                "{key}:\n  title: {}\n  url: {}\n  site: {}\n",
                yaml(title),
                url(&work.url),
                yaml(host)
            ));
            if let Some(day) = &work.day {
                out.push_str(&format!("  accessed: {day}\n"));
            }
        }
        NewFile { path: SitePath::constant("sources.yaml"), text: out }
    }
}

fn url(url: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:.-_~?&=+%".contains(c);
    if url.chars().all(is_plain) && !url.ends_with(':') { url.to_owned() } else { quoted(url) }
}

/// Addresses of other sites in some blocks, each with a title: that of the link, else its words if they are
/// more than a word or two.
pub(super) fn outside(blocks: &[Block]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    blocks.iter().for_each(|block| of_block(block, &mut found));
    found
}

fn of_block(block: &Block, found: &mut Vec<(String, String)>) {
    match block {
        Block::Paragraph(lines) | Block::Heading(_, _, lines) | Block::Figure(_, lines) => {
            of_line(lines, found)
        }
        Block::Quote(blocks) | Block::Wrapped(_, blocks, _) | Block::Component(_, _, Some(blocks)) => {
            blocks.iter().for_each(|block| of_block(block, found));
        }
        Block::List(_, items) => items.iter().flatten().for_each(|block| of_block(block, found)),
        Block::Definitions(entries) => entries.iter().for_each(|(term, words)| {
            of_line(term, found);
            words.iter().for_each(|words| of_line(words, found));
        }),
        Block::Table(head, rows, _) => {
            head.iter().chain(rows.iter().flatten()).for_each(|cell| of_line(cell, found))
        }
        _ => {}
    }
}

fn of_line(line: &[Inline], found: &mut Vec<(String, String)>) {
    for inline in line {
        match inline {
            Inline::Link(href, title, inside)
                if href.starts_with("http://") || href.starts_with("https://") =>
            {
                let title = one_line(title);
                let words = one_line(&text(inside));
                let is_title = words.split(' ').count() > 2 && !words.contains("://");
                let title = if title.is_empty() && is_title { words } else { title };
                found.push((href.clone(), beginning(&title, MAX_TITLE)));
            }
            Inline::Emphasis(inside)
            | Inline::Strong(inside)
            | Inline::Struck(inside)
            | Inline::Link(_, _, inside)
            | Inline::Tagged(_, _, inside) => of_line(inside, found),
            _ => {}
        }
    }
}

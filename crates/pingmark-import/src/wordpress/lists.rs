//! Addresses of lists: the new ones, and what leads there from the old ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pingmark_core::path::SitePath;
use pingmark_core::slug::slugify;
use pingmark_site::graph::term_slug::term_slug;

use super::index::Kind;
use super::site::{Moved, Site, author_key, key};
use crate::report::Section;

/// Pages that Pingmark makes itself.
const OWN_ROUTES: [&str; 13] = [
    "404.html",
    "archive",
    "atom.xml",
    "authors",
    "categories",
    "citations",
    "citations.json",
    "feed.json",
    "feed.xml",
    "robots.txt",
    "site.webmanifest",
    "sitemap.xml",
    "tags",
];

impl Site {
    /// Finds the addresses of the categories, tags and authors of published posts.
    pub(super) fn place_terms(&mut self) {
        let mut used: BTreeMap<(String, String), String> = BTreeMap::new();
        for entry in self.index.entries.values().filter(|entry| entry.kind == Kind::Post && entry.is_open()) {
            for (taxonomy, slug, name) in &entry.terms {
                used.entry((taxonomy.clone(), slug.clone())).or_insert_with(|| name.clone());
            }
        }
        let mut taken: HashMap<String, String> = HashMap::new();
        for ((taxonomy, slug), name) in used {
            let folder = match taxonomy.as_str() {
                "category" => "categories",
                "post_tag" => "tags",
                _ => continue,
            };
            let own = term_slug(&name);
            if own.is_empty() {
                self.index.report.note(
                    Section::Addresses,
                    format!("`{name}` has neither letters nor digits to make an address of: it was left out"),
                );
                continue;
            }
            let route = format!("/{folder}/{own}/");
            if let Some(other) = taken.get(&route).filter(|other| **other != name) {
                let text =
                    format!("`{name}` and `{other}` are one entry of {folder}: their addresses are the same");
                self.index.report.note(Section::Collisions, text);
            }
            taken.entry(route.clone()).or_insert(name);
            self.known.insert(key(&route));
            self.terms.insert((taxonomy, slug), route);
        }
        let authors: BTreeSet<String> = self
            .index
            .entries
            .values()
            .filter(|entry| entry.kind == Kind::Post && entry.is_open())
            .map(|entry| entry.creator.clone())
            .collect();
        for login in authors {
            let route = format!("/authors/{}/", author_key(&login));
            self.known.insert(key(&route));
            self.terms.insert(("author".to_owned(), login), route);
        }
        self.known.extend(OWN_ROUTES.iter().map(|route| (*route).to_owned()));
    }

    /// Old addresses of lists and feeds, which lead to the new ones.
    pub(super) fn move_lists(&mut self) {
        let mut moved: Vec<(String, String)> = Vec::new();
        let parents: HashMap<&str, &str> = self
            .index
            .terms
            .iter()
            .filter(|term| term.taxonomy == "category" && !term.parent.is_empty())
            .map(|term| (term.slug.as_str(), term.parent.as_str()))
            .collect();
        for ((taxonomy, slug), route) in &self.terms {
            match taxonomy.as_str() {
                "category" => {
                    let mut path = slug.clone();
                    let mut above = parents.get(slug.as_str());
                    while let Some(parent) = above.filter(|_| path.len() < 500) {
                        path = format!("{parent}/{path}");
                        above = parents.get(parent);
                    }
                    moved.push((format!("/category/{path}/"), route.clone()));
                    moved.push((format!("/category/{slug}/"), route.clone()));
                }
                "post_tag" => moved.push((format!("/tag/{slug}/"), route.clone())),
                _ => {
                    let slug = slugify(slug);
                    moved.push((format!("/author/{slug}/"), route.clone()));
                }
            }
        }
        let dates: BTreeSet<(i16, i8)> = self
            .index
            .entries
            .values()
            .filter(|entry| entry.kind == Kind::Post && entry.is_open())
            .filter_map(|entry| self.when(entry))
            .map(|when| (when.year(), when.month()))
            .collect();
        for (year, month) in dates {
            moved.push((format!("/{year:04}/"), format!("/archive/#y{year}")));
            moved.push((format!("/{year:04}/{month:02}/"), format!("/archive/#y{year}")));
        }
        for (from, to) in [
            ("/feed/", "/feed.xml"),
            ("/feed/rss/", "/feed.xml"),
            ("/feed/rss2/", "/feed.xml"),
            ("/feed/atom/", "/atom.xml"),
            ("/comments/feed/", "/feed.xml"),
        ] {
            moved.push((from.to_owned(), to.to_owned()));
        }
        match self.index.report.source.as_str() {
            "Ghost" => moved.push(("/rss/".to_owned(), "/feed.xml".to_owned())),
            "Blogger" => {
                moved.push(("/feeds/posts/default/".to_owned(), "/atom.xml".to_owned()));
                for entry in
                    self.index.entries.values().filter(|entry| entry.kind == Kind::Post && entry.is_open())
                {
                    for (taxonomy, slug, name) in &entry.terms {
                        if let Some(route) = self.terms.get(&(taxonomy.clone(), slug.clone())) {
                            moved.push((format!("/search/label/{name}/"), route.clone()));
                        }
                    }
                }
            }
            _ => {}
        }
        moved.sort();
        moved.dedup_by(|a, b| a.0 == b.0);
        for (from, to) in moved {
            let is_path = SitePath::new(from.trim_matches('/')).is_ok_and(|path| path.unportable().is_none());
            if is_path && key(&from) != key(&to) && self.known.insert(key(&from)) {
                self.moved_by_key.insert(key(&from), to.clone());
                self.moved.push(Moved { from, to });
            }
        }
    }
}

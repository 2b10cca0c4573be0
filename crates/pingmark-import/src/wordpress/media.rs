//! Files of the blog's library, and those that texts name.

use std::collections::{BTreeMap, HashSet};

use super::site::{Site, key};

impl Site {
    /// Files of the blog that published texts show, or that the library has for them: the address of each in
    /// the site, and those at which it can be found, best first.
    pub fn wanted_files(&self) -> BTreeMap<String, Vec<String>> {
        let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut add = |path: String, url: String| {
            let urls = wanted.entry(path).or_default();
            if !urls.contains(&url) {
                urls.push(url);
            }
        };
        let whole = |address: &str| match address.starts_with('/') {
            true => format!("{}{address}", &self.base_url[..self.base_url.len() - self.base_path.len() - 1]),
            false => address.to_owned(),
        };
        for attachment in self.index.attachments.values() {
            let parent = self.index.entries.get(&attachment.parent);
            // What belongs to a text that is not published is not published either.
            if parent.is_some_and(|parent| !parent.is_open()) {
                continue;
            }
            if let Some(path) = self.local_file(&attachment.url) {
                add(path, attachment.url.clone());
            }
        }
        let held: HashSet<String> = self
            .index
            .attachments
            .values()
            .filter(|one| self.index.entries.get(&one.parent).is_some_and(|parent| !parent.is_open()))
            .filter_map(|one| self.local_file(&one.url))
            .collect();
        for address in &self.index.files {
            let Some(path) = self.local_file(address) else { continue };
            let whole = whole(address);
            match super::address::original(&path) {
                Some(original) if self.attachment_files.contains_key(&original) => {}
                Some(original) => {
                    let name = path.rsplit('/').next().unwrap_or_default();
                    let own = original.rsplit('/').next().unwrap_or_default();
                    add(original.clone(), whole.replace(name, own));
                    add(path, whole);
                }
                None if held.contains(&path) => {}
                None => add(path, whole),
            }
        }
        wanted
    }

    /// The same, with the files that the site has.
    pub fn with_files(mut self, files: HashSet<String>) -> Self {
        self.known.extend(files.iter().map(|file| key(file)));
        self.files_by_key = files.iter().map(|file| (key(file), file.clone())).collect();
        self.options.files = files;
        self
    }

    /// Finds the pages and files of attachments.
    pub(super) fn place_attachments(&mut self) {
        for (&id, attachment) in &self.index.attachments {
            if let Some((path, suffix)) = self.path_of(&attachment.link)
                && !suffix.starts_with('?')
                && !path.trim_matches('/').is_empty()
            {
                self.attachment_pages.entry(key(&path)).or_insert(id);
            }
            if let Some(path) = self.local_file(&attachment.url) {
                self.attachment_files.entry(path).or_insert(id);
            }
        }
        self.known.extend(self.options.files.iter().map(|file| key(file)));
    }
}

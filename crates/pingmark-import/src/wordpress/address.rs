//! Where the links and images of a text lead.

use pingmark_core::address::split_host;
use pingmark_core::html::{is_local, is_unsafe, scheme};
use pingmark_core::slug::slugify;

use super::index::{Entry, names_file};
use super::site::{Site, key};
use crate::text;

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Another site, or something that is no page: kept as typed.
    Outside(String),
    /// Post or page: its number, and its address with a fragment.
    Entry(u64, String),
    /// Another page or a file of the site: its address.
    Own(String),
    /// Place on the same page.
    Same(String),
    /// Nothing that the site has: the address as typed, and its path.
    Dead(String, String),
    /// Nothing that can be linked to.
    Nowhere,
}

/// Extensions of images.
const IMAGES: [&str; 9] = ["jpg", "jpeg", "png", "gif", "webp", "svg", "avif", "bmp", "jpe"];

impl Site {
    /// Where a link in the text of an entry leads.
    pub fn resolve(&self, href: &str, from: &Entry) -> Target {
        let href = href.trim();
        if href.is_empty() || is_unsafe(href) {
            return Target::Nowhere;
        }
        if let Some(id) = href.strip_prefix('#') {
            return self.same_page(id, from);
        }
        let absolute = self.absolute(href, from);
        let Some((path, suffix)) = self.path_of(&absolute) else {
            return if is_local(&absolute) { Target::Nowhere } else { Target::Outside(absolute) };
        };
        let (query, fragment) = suffix.split_once('#').unwrap_or((suffix, ""));
        let query = query.trim_start_matches('?').replace("&amp;", "&");
        if let Some(found) = self.by_query(&path, &query) {
            return self.at(found, fragment, &absolute, &path);
        }
        if query.starts_with("feed=") {
            return Target::Own(if query.contains("atom") { "/atom.xml" } else { "/feed.xml" }.to_owned());
        }
        match self.by_path(&path) {
            Some(Found::Page(route)) if !fragment.is_empty() && route.ends_with('/') => Target::Own(route),
            Some(Found::Page(route)) => Target::Own(route),
            Some(Found::Entry(id)) => self.at(id, fragment, &absolute, &path),
            None if path.trim_matches('/').is_empty() => Target::Own("/".to_owned()),
            None => Target::Dead(self.typed(href, &absolute), path),
        }
    }

    /// A dead address as it is kept: as typed, or from the root if it was relative.
    fn typed(&self, href: &str, absolute: &str) -> String {
        if split_host(href).is_some() || href.starts_with('/') {
            href.to_owned()
        } else {
            absolute.to_owned()
        }
    }

    /// An address with scheme and host, or one from the root.
    fn absolute(&self, href: &str, from: &Entry) -> String {
        if href.starts_with("//") {
            return format!("https:{href}");
        }
        if href.starts_with('/') || scheme(href).is_some() {
            return href.to_owned();
        }
        // Typed without its scheme.
        let host = href.split('/').next().unwrap_or("");
        if host.starts_with("www.") {
            return format!("http://{href}");
        }
        if host.contains('@') && !href.contains('/') {
            return format!("mailto:{href}");
        }
        let (path, _) = self.path_of(&from.link).unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if href.starts_with('?') {
            return format!("{}{path}{href}", self.base_path);
        }
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let (own, suffix) = href.split_at(href.find(['?', '#']).unwrap_or(href.len()));
        for part in own.split('/') {
            match part {
                "." => {}
                ".." => _ = parts.pop(),
                part => parts.push(part),
            }
        }
        format!("{}/{}{suffix}", self.base_path, parts.join("/"))
    }

    fn same_page(&self, id: &str, from: &Entry) -> Target {
        match self.fragment(from, id) {
            Some(fragment) => Target::Same(fragment),
            None => Target::Nowhere,
        }
    }

    /// The fragment of a link to an entry, `#id`; empty if it is not needed. `None` if there is no such place.
    fn fragment(&self, entry: &Entry, id: &str) -> Option<String> {
        if id.is_empty() || id.starts_with("more-") {
            return Some(String::new());
        }
        if matches!(id, "comments" | "respond" | "postcomment" | "commentform" | "comment" | "disqus_thread")
        {
            return Some(String::new());
        }
        if let Some(number) = id.strip_prefix("comment-") {
            let number = number.parse::<u64>().ok()?;
            return entry.comments.contains(&number).then(|| format!("#comment-{number}"));
        }
        if let Some(number) = id.strip_prefix('c').and_then(|number| number.parse::<u64>().ok())
            && self.index.report.source == "Blogger"
        {
            return entry.comments.contains(&number).then(|| format!("#c{number}"));
        }
        let decoded = text::path(id);
        entry.ids.contains(&decoded).then(|| format!("#{id}"))
    }

    /// A post or page that is published, else its dead address.
    fn at(&self, id: u64, fragment: &str, typed: &str, path: &str) -> Target {
        let (Some(entry), Some(place)) = (self.index.entries.get(&id), self.places.get(&id)) else {
            return Target::Dead(typed.to_owned(), path.to_owned());
        };
        if !entry.is_open() {
            return Target::Nowhere;
        }
        let fragment = self.fragment(entry, fragment).unwrap_or_default();
        Target::Entry(id, format!("{}{fragment}", encoded(&place.route)))
    }

    /// Number in a query: `?p=12`, `?page_id=12`, `?attachment_id=12`.
    fn by_query(&self, path: &str, query: &str) -> Option<u64> {
        let is_home = matches!(path.trim_matches('/'), "" | "index.php");
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        for (name, value) in pairs.filter(|_| is_home) {
            let id = value.parse::<u64>().ok();
            match (name, id) {
                ("p" | "page_id", Some(id)) if self.index.entries.contains_key(&id) => return Some(id),
                ("attachment_id" | "p", Some(id)) => {
                    let parent = self.index.attachments.get(&id).map(|attachment| attachment.parent);
                    return parent.filter(|parent| self.index.entries.contains_key(parent));
                }
                _ => {}
            }
        }
        None
    }

    fn by_path(&self, path: &str) -> Option<Found> {
        let own = key(path);
        let own = own.strip_prefix("index.php/").unwrap_or(&own).to_owned();
        if own == "index.php" || own.is_empty() {
            return Some(Found::Page("/".to_owned()));
        }
        // What WordPress adds to the address of a post.
        let mut shorter = own.as_str();
        loop {
            if let Some(found) = self.exactly(shorter) {
                return Some(found);
            }
            let (above, last) = shorter.rsplit_once('/')?;
            let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
            let is_added =
                matches!(last, "feed" | "trackback" | "amp" | "embed" | "rss" | "rss2" | "atom" | "rdf")
                    || last.starts_with("comment-page-")
                    || (is_number && self.routes.contains_key(above))
                    || last == "page"
                    || (is_number && above.ends_with("/page"));
            if !is_added {
                break;
            }
            shorter = above;
        }
        let plain = own.trim_end_matches(".html").trim_end_matches(".htm");
        if plain != own
            && let Some(found) = self.exactly(plain)
        {
            return Some(found);
        }
        let parts: Vec<&str> = own.split('/').collect();
        match parts.as_slice() {
            ["page", _] => Some(Found::Page("/".to_owned())),
            ["feed" | "comments", ..] => Some(Found::Page("/feed.xml".to_owned())),
            [year, rest @ ..]
                if rest.len() <= 2
                    && year.len() == 4
                    && rest.iter().all(|part| part.len() <= 2 && part.parse::<u8>().is_ok()) =>
            {
                let year = year.parse::<i16>().ok().filter(|year| self.years.contains(year))?;
                Some(Found::Page(format!("/archive/#y{year}")))
            }
            ["category" | "tag" | "author", .., last] => {
                let taxonomy = match parts[0] {
                    "category" => "category",
                    "tag" => "post_tag",
                    _ => "author",
                };
                let found = self.terms.iter().find(|((own, slug), _)| {
                    own == taxonomy && (pingmark_core::path::folded(slug) == *last || slugify(slug) == *last)
                });
                found.map(|(_, route)| Found::Page(route.clone()))
            }
            _ => None,
        }
    }

    fn exactly(&self, own: &str) -> Option<Found> {
        if let Some(&id) = self.routes.get(own) {
            return Some(Found::Entry(id));
        }
        if let Some(&id) = self.attachment_pages.get(own) {
            let attachment = self.index.attachments.get(&id)?;
            if self.index.entries.contains_key(&attachment.parent) {
                return Some(Found::Entry(attachment.parent));
            }
            let file = self.local_file(&attachment.url).filter(|file| self.options.files.contains(file))?;
            return Some(Found::Page(encoded(&file)));
        }
        if let Some(file) = self.files_by_key.get(own) {
            return Some(Found::Page(encoded(file)));
        }
        self.moved_by_key.get(own).map(|to| Found::Page(to.clone()))
    }

    /// Address that a file has in the site, whether it is there or not: its path on the blog's host, or below
    /// `/wp-content/uploads/` for the file servers of WordPress.com. `None` for other hosts.
    pub fn local_file(&self, address: &str) -> Option<String> {
        let address = address.trim();
        let address = match split_host(address) {
            // The image server of WordPress.com has the other host in its path.
            Some(("i0.wp.com" | "i1.wp.com" | "i2.wp.com" | "i3.wp.com", rest)) => {
                format!("https:/{rest}")
            }
            _ => address.to_owned(),
        };
        if let Some((host, rest)) = split_host(&address)
            && (host.ends_with(".files.wordpress.com")
                || host.ends_with(".wordpress.com") && rest.starts_with("/wp-content/"))
        {
            let path = text::path(&rest[..rest.find(['?', '#']).unwrap_or(rest.len())]);
            let inside =
                path.strip_prefix("/wp-content/uploads").or_else(|| path.strip_prefix("/wp-content"));
            return Some(format!("/wp-content/uploads{}", inside.unwrap_or(&path)));
        }
        let (path, _) = self.path_of(&address)?;
        (names_file(&path) && !path.split('/').any(|part| part == "..")).then_some(path)
    }

    /// Address of an image or a file that a text shows, and whether the site has it. Sized copies lead to
    /// their originals.
    pub fn file(&self, src: &str, from: &Entry) -> Option<(String, bool, Option<u64>)> {
        let src = src.trim();
        if src.is_empty() || is_unsafe(src) && !src.starts_with("data:image/") {
            return None;
        }
        if src.starts_with("data:") {
            return Some((src.to_owned(), true, None));
        }
        let absolute = self.absolute(src, from);
        let Some(path) = self.local_file(&absolute) else {
            if is_local(&absolute) {
                return None;
            }
            return Some((absolute, true, None));
        };
        let original = original(&path);
        let known = |path: &str| self.attachment_files.get(path).copied();
        for candidate in original.iter().map(String::as_str).chain([path.as_str()]) {
            if self.options.files.contains(candidate) {
                return Some((encoded(candidate), true, known(candidate)));
            }
        }
        let candidate = original.filter(|original| known(original).is_some()).unwrap_or(path);
        let id = known(&candidate);
        // What another host serves is still shown from there.
        if split_host(&absolute).is_some() && self.path_of(&absolute).is_none() {
            let url = id
                .and_then(|id| self.index.attachments.get(&id))
                .map_or(absolute.as_str(), |one| one.url.as_str());
            return Some((url.to_owned(), true, id));
        }
        Some((encoded(&candidate), false, id))
    }

    /// Whether a link is to an image, or to a page that only shows one.
    pub fn leads_to_image(&self, href: &str) -> bool {
        if is_image(href) {
            return true;
        }
        match self.path_of(href) {
            Some((path, suffix)) => {
                self.attachment_pages.contains_key(&key(&path)) || suffix.contains("attachment_id=")
            }
            None => false,
        }
    }

    /// Whether some page or file of the site stands below a path.
    pub fn is_above_known(&self, path: &str) -> bool {
        let start = format!("{}/", key(path));
        self.known.range(start.clone()..).next().is_some_and(|known| known.starts_with(&start))
    }
}

enum Found {
    Entry(u64),
    Page(String),
}

/// Whether an address is that of an image, by its extension.
pub fn is_image(address: &str) -> bool {
    let path = address[..address.find(['?', '#']).unwrap_or(address.len())].to_ascii_lowercase();
    path.rsplit_once('.').is_some_and(|(_, extension)| IMAGES.contains(&extension))
}

/// The path of the original of a sized copy: `x-300x200.jpg` of `x.jpg`.
pub fn original(path: &str) -> Option<String> {
    let (stem, extension) = path.rsplit_once('.')?;
    let (rest, size) = stem.rsplit_once('-')?;
    let (width, height) = size.split_once('x')?;
    let is_number =
        |text: &str| !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(width) && is_number(height) && !rest.is_empty()).then(|| format!("{rest}.{extension}"))
}

/// A path for a link.
pub fn encoded(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const UNSAFE: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'?').add(b'#').add(b'%');
    utf8_percent_encode(path, UNSAFE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sized_copies_lead_to_originals() {
        assert_eq!(original("/a/x-300x200.jpg").as_deref(), Some("/a/x.jpg"));
        assert_eq!(original("/a/x-2x.jpg"), None);
        assert_eq!(original("/a/plan-3x4.png").as_deref(), Some("/a/plan.png"));
        assert!(is_image("https://a.example/x.JPG?w=300") && !is_image("/a/x.pdf"));
    }
}

//! Routes: addresses of everything the site publishes, none of which can leave the output folder.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use pingmark_core::config::{BaseUrl, Config};
use pingmark_core::path::{PathProblem, SitePath};
use pingmark_core::slug::slugify;
use pingmark_document::Summary;

use super::permalink::PermalinkParts;
use super::term_slug::term_slug;

/// Characters that are percent-encoded in paths: all but `pchar` and `/` (RFC 3986).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Address of something that the site publishes, below the base URL and without its first `/`:
/// `posts/un/`, `feed.xml`, or empty for the home. In NFC, not percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(String);

impl Route {
    /// Parses a permalink or alias: `/2011/03/un/`, `vieux.html`. Without a file extension it
    /// becomes a folder: `un` is `un/`.
    ///
    /// Fails on a path that could leave the output folder, or that some file system refuses.
    /// Percent-encoding is decoded first, so that it hides nothing.
    pub fn new(text: &str) -> Result<Self, PathProblem> {
        use unicode_normalization::UnicodeNormalization;
        let decoded =
            percent_decode_str(text.trim()).decode_utf8().map_err(|_| PathProblem::Character('%'))?;
        let decoded = if decoded.is_ascii() { decoded } else { decoded.nfc().collect::<String>().into() };
        let path = decoded.strip_prefix('/').unwrap_or(&decoded);
        let path =
            path.strip_suffix("index.html").filter(|p| p.is_empty() || p.ends_with('/')).unwrap_or(path);
        if path.is_empty() {
            return Ok(Self(String::new()));
        }
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        let checked = SitePath::new(trimmed)?;
        if let Some(problem) = checked.unportable() {
            return Err(problem);
        }
        let is_file = !path.ends_with('/') && !checked.extension().is_empty();
        Ok(Self(if is_file { trimmed.to_owned() } else { format!("{trimmed}/") }))
    }

    /// Route of the home page.
    pub fn home() -> Self {
        Self(String::new())
    }

    /// Text of the route, without the first `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Folder that relative links on this page start from, with its `/`: the route itself, or the
    /// folder of a file.
    pub fn folder(&self) -> &str {
        match self.0.rfind('/') {
            Some(at) => &self.0[..=at],
            None => "",
        }
    }

    /// Output file of the route: `index.html` in its folder, unless it is a file itself.
    pub fn file(&self) -> SitePath {
        SitePath::new(&self.file_name()).expect("a route is a path by construction")
    }

    /// Path of [`file`](Self::file) as text, without the cost of a `SitePath`.
    pub fn file_name(&self) -> Cow<'_, str> {
        if self.0.is_empty() || self.0.ends_with('/') {
            format!("{}index.html", self.0).into()
        } else {
            self.0.as_str().into()
        }
    }

    /// Route of a page of a paginated list: `posts/page/2/`. Page 1 is the route itself.
    pub fn numbered(&self, page: usize) -> Self {
        if page <= 1 { self.clone() } else { Self(format!("{}page/{page}/", self.folder())) }
    }

    /// Route of a file in this route's folder. `name` is not checked.
    pub fn join(&self, name: &str) -> Self {
        Self(format!("{}{name}", self.folder()))
    }

    /// Route of a file that belongs to this page: `un/card.png` for `un/`, `un.card.png` for
    /// `un.html`. `name` is not checked.
    pub fn beside(&self, name: &str) -> Self {
        if self.0.is_empty() || self.0.ends_with('/') {
            return self.join(name);
        }
        let stem = self.0.rsplit_once('.').map_or(self.0.as_str(), |(stem, _)| stem);
        Self(format!("{stem}.{name}"))
    }

    /// URL relative to the host: the path of the base URL, and the encoded route.
    pub fn url(&self, base: &BaseUrl) -> String {
        format!("{}{}", base.path(), self.encoded())
    }

    /// Absolute URL.
    pub fn permalink(&self, base: &BaseUrl) -> String {
        format!("{}{}", base.as_str(), self.encoded())
    }

    /// Percent-encoded path with the first `/`, below the base URL.
    pub fn encoded(&self) -> String {
        encode(&self.0)
    }
}

/// Percent-encodes a path for a link, and puts `/` before it.
pub fn encode(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 1);
    text.push('/');
    // Nearly all paths are made of slugs and need no encoding.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    match path.bytes().all(is_plain) {
        true => text.push_str(path),
        false => text.extend(utf8_percent_encode(path, PATH)),
    }
    text
}

/// Path prefix of a document's language: empty, or `en/`.
fn prefix<'a>(summary: &Summary, config: &'a Config) -> &'a str {
    config.language(&summary.lang).map_or("", |language| &language.prefix)
}

/// Route of a post: its permalink, or the permalink pattern of the settings.
pub fn of_post(summary: &Summary, slug: &str, title: &str, config: &Config) -> Result<Route, PathProblem> {
    if let Some(permalink) = &summary.meta.permalink {
        return Route::new(permalink);
    }
    let pattern = &config.settings.permalink;
    let filled = PermalinkParts { summary, slug, title, config }.fill(pattern);
    // A pattern with `:lang` gets no language prefix.
    match pattern.contains(":lang") {
        true => Route::new(&filled),
        false => Route::new(&format!("{}{}", prefix(summary, config), filled.trim_start_matches('/'))),
    }
}

/// Route of a page: its permalink, or its path below `content/`.
pub fn of_page(summary: &Summary, slug: &str, config: &Config) -> Result<Route, PathProblem> {
    if let Some(permalink) = &summary.meta.permalink {
        return Route::new(permalink);
    }
    let prefix = prefix(summary, config);
    let folder = slug_folder(&summary.name.folder);
    let is_home = folder.is_empty() && summary.name.slug == "index";
    Route::new(&if is_home { prefix.to_owned() } else { format!("{prefix}{folder}{slug}/") })
}

/// Route of a section's list: the permalink of `_index.md`, or its folder.
pub fn of_section(summary: &Summary, config: &Config) -> Result<Route, PathProblem> {
    if let Some(permalink) = &summary.meta.permalink {
        return Route::new(permalink);
    }
    let folder = &summary.name.folder;
    let is_term =
        |(first, _): &(&str, &str)| config.taxonomies.iter().any(|taxonomy| taxonomy.name == *first);
    let folder = match folder.split_once('/').filter(is_term) {
        Some((taxonomy, term)) => {
            let slug = summary.meta.slug.clone().unwrap_or_else(|| term_slug(term));
            format!("{}/{slug}/", slugify(taxonomy))
        }
        None => slug_folder(folder),
    };
    Route::new(&format!("{}{folder}", prefix(summary, config)))
}

/// Folder with every component as a slug, and a `/` after each.
pub(super) fn slug_folder(folder: &str) -> String {
    folder.split('/').map(slugify).filter(|part| !part.is_empty()).map(|part| part + "/").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permalinks_become_routes() {
        for (text, route, file) in [
            ("/2011/03/un/", "2011/03/un/", "2011/03/un/index.html"),
            ("2011/un", "2011/un/", "2011/un/index.html"),
            ("/vieux.html", "vieux.html", "vieux.html"),
            ("/", "", "index.html"),
            ("/a/index.html", "a/", "a/index.html"),
            ("/%C3%A9t%C3%A9/", "été/", "été/index.html"),
        ] {
            let made = Route::new(text).unwrap();
            assert_eq!((made.as_str(), made.file().as_str()), (route, file));
        }
        for text in ["/../x", "/%2e%2e/x", "a/./b", "//x", "a\\b", "/con/", "a:b", "x\0", "%ff"] {
            assert!(Route::new(text).is_err(), "{text} became a route");
        }
        assert_eq!(Route::new("/été/").unwrap().encoded(), "/%C3%A9t%C3%A9/");
    }
}

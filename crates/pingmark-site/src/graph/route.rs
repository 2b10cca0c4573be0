//! Addresses: where every page stands, and the proof that none leaves the output folder.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use pingmark_core::config::{BaseUrl, Config};
use pingmark_core::path::{PathProblem, SitePath};
use pingmark_core::slug::slugify;
use pingmark_document::Summary;

/// What stands unencoded in the path of an address (RFC 3986, `pchar` and `/`).
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

/// The address of something the site publishes, below the site's own, without its first `/`:
/// empty for the home, `posts/un/`, `feed.xml`. In NFC and not percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(String);

impl Route {
    /// Makes an address of a text such as a permalink: `/2011/03/un/`, `vieux.html`.
    ///
    /// Percent-encoding is undone first, so that what could leave the folder is seen. An
    /// address without a file's extension is a folder's.
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

    /// The address of the site itself.
    pub fn home() -> Self {
        Self(String::new())
    }

    /// The address as text, without the first `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that relative addresses on this page start from: itself, or for a file the
    /// folder it stands in.
    pub fn folder(&self) -> &str {
        match self.0.rfind('/') {
            Some(at) => &self.0[..=at],
            None => "",
        }
    }

    /// The file that is written for it.
    pub fn file(&self) -> SitePath {
        SitePath::new(&self.file_name()).expect("a route is a path by construction")
    }

    /// The same as text.
    pub fn file_name(&self) -> Cow<'_, str> {
        if self.0.is_empty() || self.0.ends_with('/') {
            format!("{}index.html", self.0).into()
        } else {
            self.0.as_str().into()
        }
    }

    /// The address with a page number: `posts/page/2/`; the first page is the address itself.
    pub fn numbered(&self, page: usize) -> Self {
        if page <= 1 { self.clone() } else { Self(format!("{}page/{page}/", self.folder())) }
    }

    /// Something in this folder.
    pub fn join(&self, name: &str) -> Self {
        Self(format!("{}{name}", self.folder()))
    }

    /// A file that belongs to this address: in its folder, or, for a file, under its name.
    pub fn beside(&self, name: &str) -> Self {
        if self.0.is_empty() || self.0.ends_with('/') {
            return self.join(name);
        }
        let stem = self.0.rsplit_once('.').map_or(self.0.as_str(), |(stem, _)| stem);
        Self(format!("{stem}.{name}"))
    }

    /// The address from the root of the host that the site stands on.
    pub fn url(&self, base: &BaseUrl) -> String {
        format!("{}{}", base.path(), self.encoded())
    }

    /// The whole address.
    pub fn permalink(&self, base: &BaseUrl) -> String {
        format!("{}{}", base.as_str(), self.encoded())
    }

    /// The path as it stands in links: percent-encoded, with the first `/`.
    pub fn encoded(&self) -> String {
        encode(&self.0)
    }
}

/// A path made fit for a link, with a `/` before it.
pub fn encode(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 1);
    text.push('/');
    // Nearly all are made of slugs, and stand as they are.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    match path.bytes().all(is_plain) {
        true => text.push_str(path),
        false => text.extend(utf8_percent_encode(path, PATH)),
    }
    text
}

fn prefix<'a>(summary: &Summary, config: &'a Config) -> &'a str {
    config.language(&summary.lang).map_or("", |language| &language.prefix)
}

/// The address of a post: its permalink, or the site's pattern filled in.
pub fn of_post(summary: &Summary, slug: &str, config: &Config) -> Result<Route, PathProblem> {
    if let Some(permalink) = &summary.meta.permalink {
        return Route::new(permalink);
    }
    let date = summary.meta.date.map(|date| date.civil());
    let number = |value: Option<String>| value.unwrap_or_default();
    let mut filled = config.settings.permalink.clone();
    if [":year", ":month", ":day"].iter().any(|token| filled.contains(token)) {
        filled = filled
            .replace(":year", &number(date.map(|d| format!("{:04}", d.year()))))
            .replace(":month", &number(date.map(|d| format!("{:02}", d.month()))))
            .replace(":day", &number(date.map(|d| format!("{:02}", d.day()))));
    }
    let filled = filled.replace(":slug", slug);
    // A pattern that says where the language goes has said it for every language.
    match filled.contains(":lang") {
        true => Route::new(&filled.replace(":lang", &summary.lang)),
        false => Route::new(&format!("{}{}", prefix(summary, config), filled.trim_start_matches('/'))),
    }
}

/// The address of a page: its permalink, or its place in `content/`.
pub fn of_page(summary: &Summary, slug: &str, config: &Config) -> Result<Route, PathProblem> {
    if let Some(permalink) = &summary.meta.permalink {
        return Route::new(permalink);
    }
    let prefix = prefix(summary, config);
    let folder = slug_folder(&summary.name.folder);
    let is_home = folder.is_empty() && summary.name.slug == "index";
    Route::new(&if is_home { prefix.to_owned() } else { format!("{prefix}{folder}{slug}/") })
}

/// The address of the list that a section's text belongs to.
pub fn of_section(summary: &Summary, config: &Config) -> Result<Route, PathProblem> {
    if let Some(permalink) = &summary.meta.permalink {
        return Route::new(permalink);
    }
    Route::new(&format!("{}{}", prefix(summary, config), slug_folder(&summary.name.folder)))
}

fn slug_folder(folder: &str) -> String {
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

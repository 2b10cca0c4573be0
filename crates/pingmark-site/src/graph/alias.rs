//! Aliases: former addresses of a page, as other programs write them.

use std::borrow::Cow;

use pingmark_core::address::split_host;
use pingmark_core::config::{BaseUrl, Config};
use pingmark_core::path::PathProblem;

use super::route::Route;

/// Former address of a page: `/2011/03/un/`, `https://blog.example/un/`, `/?p=123`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Path below the base URL.
    pub route: Route,
    /// Query, without its `?`. No file of the output can stand for it.
    pub query: Option<String>,
    /// Whether it was written with the host of another site.
    pub is_foreign: bool,
}

impl Alias {
    /// Parses an alias of the page at `page`. Its fragment is dropped: no server ever sees one. `..` is
    /// resolved, because no browser asks for an address with it: `../un/` from the folder of the page, as in
    /// Hugo, and `/../un/` from the root.
    pub fn parse(text: &str, page: &str, config: &Config) -> Result<Self, PathProblem> {
        let text = text.trim();
        let own =
            config.own_urls().find_map(|base| strip_base(text, base).or_else(|| below_path(text, base)));
        let foreign = if own.is_none() { split_host(text).map(|(_, rest)| rest) } else { None };
        let address = own.or(foreign).unwrap_or(text);
        let address = &address[..address.find('#').unwrap_or(address.len())];
        let (path, query) = match address.split_once('?') {
            Some((path, query)) => (path, Some(query).filter(|query| !query.is_empty())),
            None => (address, None),
        };
        if path.is_empty() && query.is_none() && foreign.is_none() {
            return Err(PathProblem::Empty);
        }
        let query = query.map(str::to_owned);
        let from = if path.starts_with('/') || own.is_some() || foreign.is_some() { "" } else { page };
        Ok(Self { route: Route::new(&without_dots(path, from))?, query, is_foreign: foreign.is_some() })
    }

    /// Key of the alias among addresses: its path, and its query if it has one.
    pub fn key(&self) -> String {
        key(self.route.as_str(), self.query.as_deref())
    }

    /// The query as Netlify's `_redirects` has it, `p=123`. `None` if it cannot be said there:
    /// `post/2011/03/un`, as Dotclear wrote it.
    pub fn query_conditions(&self) -> Option<String> {
        let pairs: Vec<&str> = self.query.as_deref()?.split('&').filter(|pair| !pair.is_empty()).collect();
        let is_pair = |pair: &&str| {
            let name = pair.split_once('=').map_or("", |(name, _)| name);
            !name.is_empty() && !pair.contains(char::is_whitespace) && !pair.contains(":")
        };
        (!pairs.is_empty() && pairs.iter().all(is_pair)).then(|| pairs.join(" "))
    }
}

/// Keys of the aliases of the page at `page`, without those that are unsafe.
pub fn keys(aliases: &[String], page: &str, config: &Config) -> impl Iterator<Item = String> {
    aliases.iter().filter_map(move |alias| Some(Alias::parse(alias, page, config).ok()?.key()))
}

/// A path with its `.` and `..` resolved, from the folder in which the page at `from` lies.
fn without_dots<'t>(path: &'t str, from: &'t str) -> Cow<'t, str> {
    if !path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return path.into();
    }
    let mut segments: Vec<&str> = from.trim_end_matches('/').split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." => _ = segments.pop(),
            other => segments.push(other),
        }
    }
    segments.join("/").into()
}

/// Key of an address with a query.
pub fn key(path: &str, query: Option<&str>) -> String {
    match query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

/// Whether a query selects an article in WordPress, whose address is that of its home page.
pub fn is_number_of_post(query: &str) -> bool {
    query.split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        matches!(name, "p" | "page_id" | "attachment_id") && is_number
    })
}

/// Path of a URL below the base URL, `None` for other sites. Scheme, `www.` and default ports are
/// ignored, so that a blog that moved to https recognises its old links.
pub(super) fn strip_base<'t>(target: &'t str, base: &BaseUrl) -> Option<&'t str> {
    let (host, rest) = split_host(target)?;
    if !host.eq_ignore_ascii_case(base.host()) {
        return None;
    }
    let after = rest.strip_prefix(base.path())?;
    match after.is_empty() {
        true => Some("/"),
        false => after.starts_with(['/', '?', '#']).then_some(after),
    }
}

/// Path below the path of the base URL: `/blog/un/` is `/un/` of a site at `https://example.org/blog/`.
fn below_path<'t>(text: &'t str, base: &BaseUrl) -> Option<&'t str> {
    let rest = text.strip_prefix(base.path()).filter(|_| !base.path().is_empty())?;
    rest.starts_with('/').then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_of_other_programs_are_read() {
        let (config, _) = Config::read("title: Un\nbase_url: https://blog.example/\n", None);
        for (text, path, query, is_foreign) in [
            ("/2011/03/un/", "2011/03/un/", None, false),
            ("https://blog.example/abs/", "abs/", None, false),
            ("http://www.blog.example/abs", "abs/", None, false),
            ("https://old.example/abs/?x=1", "abs/", Some("x=1"), true),
            ("/archives/2011#x", "archives/2011/", None, false),
            ("/?p=123", "", Some("p=123"), false),
            ("?p=123", "", Some("p=123"), false),
            ("https://blog.example?p=123#c", "", Some("p=123"), false),
            ("index.php?post/2011/un", "index.php", Some("post/2011/un"), false),
            ("/a/?", "a/", None, false),
            ("/../x", "x/", None, false),
            ("/a/./b/../c/", "a/c/", None, false),
            ("../x/", "x/", None, false),
            ("./x.html", "posts/x.html", None, false),
            ("../../../x/", "x/", None, false),
        ] {
            let found = Alias::parse(text, "posts/un/", &config).unwrap();
            let expected = (path, query, is_foreign);
            assert_eq!((found.route.as_str(), found.query.as_deref(), found.is_foreign), expected, "{text}");
        }
        let (below, _) = Config::read("title: Un\nbase_url: https://blog.example/blog/\n", None);
        for (text, path) in [
            ("/blog/2011/03/un/", "2011/03/un/"),
            ("/2011/03/un/", "2011/03/un/"),
            ("/blogs/un/", "blogs/un/"),
            ("https://blog.example/blog/un/", "un/"),
            ("/blog/?p=3", ""),
        ] {
            assert_eq!(Alias::parse(text, "posts/un/", &below).unwrap().route.as_str(), path, "{text}");
        }
        for text in ["", "#x", "a:b"] {
            assert!(Alias::parse(text, "posts/un/", &config).is_err(), "{text}");
        }
        let conditions = |text| Alias::parse(text, "posts/un/", &config).unwrap().query_conditions();
        assert_eq!(conditions("/?p=1&page=2").as_deref(), Some("p=1 page=2"));
        assert_eq!((conditions("/?post/1"), conditions("/a/")), (None, None));
    }
}

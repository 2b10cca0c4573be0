//! Names of content files: `2011-03-04-le-slug.fr.md`, `le-slug/index.md`, `_index.md`.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use pingmark_core::path::SitePath;
use pingmark_core::site_files::article_stem;
use pingmark_core::when::When;

/// The parsed name of a content file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileName {
    /// Kind of file.
    pub kind: FileKind,
    /// Folder below `content/`; empty at the top. For a bundle, the folder around the bundle's own
    /// one; for a section, the section's own folder.
    pub folder: String,
    /// Name without date, language and extension.
    pub slug: String,
    /// Date before the slug.
    pub date: Option<When>,
    /// Language before the extension, if it is one of the site's.
    pub lang: Option<String>,
}

/// Kinds of content files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// `slug.md`
    File,
    /// `slug/index.md`, with images beside it.
    Bundle,
    /// `_index.md`: the introduction of a list page.
    Section,
}

/// Parses the path of a file below `content/`. Dates are in `timezone`.
pub fn parse(path: &SitePath, languages: &[String], timezone: &TimeZone) -> FileName {
    let inside = path.below("content").unwrap_or(path.as_str());
    let (folder, file) = inside.rsplit_once('/').unwrap_or(("", inside));
    let (stem, lang) = split_language(article_stem(file), languages);
    let (kind, folder, own) = match stem {
        "_index" => (FileKind::Section, folder, folder.rsplit('/').next().unwrap_or("")),
        "index" if !folder.is_empty() => {
            let (outer, own) = folder.rsplit_once('/').unwrap_or(("", folder));
            (FileKind::Bundle, outer, own)
        }
        _ => (FileKind::File, folder, stem),
    };
    let (date, slug) = if kind == FileKind::Section { (None, own) } else { split_date(own) };
    let date = date.and_then(|date| When::local(date.to_datetime(Time::midnight()), timezone, false));
    FileName { kind, folder: folder.to_owned(), slug: slug.to_owned(), date, lang }
}

/// The date of a post whose only date is in its permalink: `/2014/12/12/un/`.
pub fn date_in_address(permalink: &str, timezone: &TimeZone) -> Option<When> {
    let mut parts = permalink.trim_start_matches('/').split('/');
    let mut number = |len: usize| {
        let part =
            parts.next().filter(|part| part.len() == len && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<i16>().ok()
    };
    let date = Date::new(number(4)?, number(2)? as i8, number(2)? as i8).ok()?;
    let is_of_post = parts.next().is_some_and(|name| !name.is_empty());
    When::local(date.to_datetime(Time::midnight()), timezone, false).filter(|_| is_of_post)
}

/// Splits off the language, if the site has it: `slug.fr` into `slug` and `fr`.
fn split_language<'a>(stem: &'a str, languages: &[String]) -> (&'a str, Option<String>) {
    match stem.rsplit_once('.') {
        Some((rest, code)) if !rest.is_empty() => {
            match languages.iter().find(|language| language.eq_ignore_ascii_case(code)) {
                Some(language) => (rest, Some(language.clone())),
                None => (stem, None),
            }
        }
        _ => (stem, None),
    }
}

/// Languages of blogs, by their codes. Without the codes that are also words or endings in file
/// names, such as `io`, `is` and `no`.
#[rustfmt::skip]
const LANGUAGE_CODES: [&str; 41] = [
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "lv", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk",
    "vi", "zh", "nb",
];

/// The language in a file's name, `de` of `slug.de.md`, if the site does not have it.
pub fn foreign_language<'p>(path: &'p SitePath, languages: &[String]) -> Option<&'p str> {
    let (_, code) = article_stem(path.name()).rsplit_once('.')?;
    let primary = code.split(['-', '_']).next()?;
    let region = code.get(primary.len()..)?;
    let is_region =
        region.is_empty() || (region.len() == 3 && region[1..].bytes().all(|b| b.is_ascii_alphabetic()));
    let is_known = languages.iter().any(|language| language.eq_ignore_ascii_case(code));
    let is_language = LANGUAGE_CODES.iter().any(|known| primary.eq_ignore_ascii_case(known));
    (is_language && is_region && !is_known).then_some(code)
}

/// Splits `2011-03-04-slug` into the date and `slug`. The date may also be followed by `_`.
fn split_date(stem: &str) -> (Option<Date>, &str) {
    let parsed = stem.get(..10).and_then(|day| {
        let mut parts = day.split('-');
        let year = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
        let month = parts.next().filter(|m| m.len() == 2)?.parse().ok()?;
        Date::new(year, month, parts.next()?.parse().ok()?).ok()
    });
    match (parsed, stem.get(10..).unwrap_or("")) {
        (Some(date), rest) if rest.starts_with(['-', '_']) && rest.len() > 1 => (Some(date), &rest[1..]),
        _ => (None, stem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_that_the_site_lacks_are_found() {
        let languages = ["fr".to_owned(), "en".to_owned()];
        for (name, found) in [
            ("un.de.md", Some("de")),
            ("index.pt-BR.md", Some("pt-BR")),
            ("un.fr.md", None),
            ("v1.2.md", None),
            ("socket.io.md", None),
            ("un.md", None),
        ] {
            let path = SitePath::new(&format!("content/posts/{name}")).unwrap();
            assert_eq!(foreign_language(&path, &languages), found, "{name}");
        }
    }

    #[test]
    fn a_permalink_may_have_the_date() {
        let day = |text| date_in_address(text, &TimeZone::UTC).map(|date| date.day());
        assert_eq!(day("2014/12/12/un").as_deref(), Some("2014-12-12"));
        assert_eq!(day("/2014/12/12/un.html").as_deref(), Some("2014-12-12"));
        for text in ["/2014/12/12/", "/2014/12/un/", "/2014/13/12/un/", "/a/2014/12/12/un/", "/"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_parsed() {
        let languages = ["fr".to_owned(), "en".to_owned()];
        for (path, kind, folder, slug, day, lang) in [
            (
                "content/posts/2011-03-04-le-slug.md",
                FileKind::File,
                "posts",
                "le-slug",
                Some("2011-03-04"),
                None,
            ),
            ("content/posts/le-slug.fr.md", FileKind::File, "posts", "le-slug", None, Some("fr")),
            ("content/posts/v1.2.md", FileKind::File, "posts", "v1.2", None, None),
            (
                "content/posts/2011-03-04-x/index.en.md",
                FileKind::Bundle,
                "posts",
                "x",
                Some("2011-03-04"),
                Some("en"),
            ),
            ("content/_index.md", FileKind::Section, "", "", None, None),
            ("content/tags/veille/_index.md", FileKind::Section, "tags/veille", "veille", None, None),
            ("content/index.md", FileKind::File, "", "index", None, None),
            ("content/posts/2011-13-04-x.md", FileKind::File, "posts", "2011-13-04-x", None, None),
            ("content/posts/2011-03-04.md", FileKind::File, "posts", "2011-03-04", None, None),
        ] {
            let name = parse(&SitePath::constant(path), &languages, &TimeZone::UTC);
            let found = (
                name.kind,
                name.folder.as_str(),
                name.slug.as_str(),
                name.date.map(|d| d.day()),
                name.lang.as_deref(),
            );
            assert_eq!(found, (kind, folder, slug, day.map(str::to_owned), lang), "{path}");
        }
    }
}

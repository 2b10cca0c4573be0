//! What a file's name says: `2011-03-04-le-slug.fr.md`, `le-slug/index.md`, `_index.md`.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use pingmark_core::path::SitePath;
use pingmark_core::when::When;

/// The parts of a content file's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Name {
    /// What kind of file it is.
    pub kind: Kind,
    /// The folder below `content/` that it stands in (for a bundle, the folder around the
    /// bundle's own; for a section, the section's own); empty at the top.
    pub folder: String,
    /// The name without date, language and extension.
    pub slug: String,
    /// The date before the slug.
    pub date: Option<When>,
    /// The language before the extension, if the site has it.
    pub lang: Option<String>,
}

/// The kinds of content files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `slug.md`
    File,
    /// `slug/index.md`, with its images beside it.
    Bundle,
    /// `_index.md`: the text of a list.
    Section,
}

/// Reads the name of a file below `content/`.
pub fn read(path: &SitePath, languages: &[String], timezone: &TimeZone) -> Name {
    let inside = path.below("content").unwrap_or(path.as_str());
    let (folder, file) = inside.rsplit_once('/').unwrap_or(("", inside));
    let stem = file.strip_suffix(".md").or_else(|| file.strip_suffix(".markdown")).unwrap_or(file);
    let (stem, lang) = split_language(stem, languages);
    let (kind, folder, own) = match stem {
        "_index" => (Kind::Section, folder, folder.rsplit('/').next().unwrap_or("")),
        "index" if !folder.is_empty() => {
            let (outer, own) = folder.rsplit_once('/').unwrap_or(("", folder));
            (Kind::Bundle, outer, own)
        }
        _ => (Kind::File, folder, stem),
    };
    let (date, slug) = if kind == Kind::Section { (None, own) } else { split_date(own) };
    let date = date.and_then(|date| When::local(date.to_datetime(Time::midnight()), timezone, false));
    Name { kind, folder: folder.to_owned(), slug: slug.to_owned(), date, lang }
}

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

/// `2011-03-04-slug` → the date and `slug`; `_` may stand for the hyphen after the date.
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
    fn names_are_taken_apart() {
        let languages = ["fr".to_owned(), "en".to_owned()];
        for (path, kind, folder, slug, day, lang) in [
            ("content/posts/2011-03-04-le-slug.md", Kind::File, "posts", "le-slug", Some("2011-03-04"), None),
            ("content/posts/le-slug.fr.md", Kind::File, "posts", "le-slug", None, Some("fr")),
            ("content/posts/v1.2.md", Kind::File, "posts", "v1.2", None, None),
            (
                "content/posts/2011-03-04-x/index.en.md",
                Kind::Bundle,
                "posts",
                "x",
                Some("2011-03-04"),
                Some("en"),
            ),
            ("content/_index.md", Kind::Section, "", "", None, None),
            ("content/tags/veille/_index.md", Kind::Section, "tags/veille", "veille", None, None),
            ("content/index.md", Kind::File, "", "index", None, None),
            ("content/posts/2011-13-04-x.md", Kind::File, "posts", "2011-13-04-x", None, None),
            ("content/posts/2011-03-04.md", Kind::File, "posts", "2011-03-04", None, None),
        ] {
            let name = read(&SitePath::constant(path), &languages, &TimeZone::UTC);
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

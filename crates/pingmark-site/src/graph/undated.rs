//! Files without a date among posts: they are pages, and in no list, which few authors mean.

use std::collections::HashMap;

use jiff::civil::Date;

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_document::{FileKind, Summary};

use super::placed::is_page_by_choice;
use super::{Page, PageKind};

/// Folders that hold posts, by what other generators and their users call them.
#[rustfmt::skip]
const POST_FOLDERS: [&str; 14] = [
    "_posts", "actualites", "article", "articles", "billets", "blog", "entries", "journal", "news", "post", "posts",
    "stories", "weblog", "writing",
];

/// Keys with which other programs date a file, although they need not mean its publication.
const DATE_KEYS: [&str; 9] = [
    "created",
    "createdAt",
    "created_at",
    "creation_date",
    "dateCreated",
    "date_created",
    "ctime",
    "birthtime",
    "written",
];

/// Reports the pages in folders of posts that have no date.
pub(super) fn report(pages: &[Page]) -> Vec<Diagnostic> {
    let mut folders: HashMap<&str, (usize, usize)> = HashMap::new();
    for page in pages {
        let count = folders.entry(page.summary().name.folder.as_str()).or_default();
        match page.kind {
            PageKind::Post => count.0 += 1,
            PageKind::Page => count.1 += 1,
            PageKind::Section => {}
        }
    }
    let holds_posts = |folder: &str| {
        let (dated, undated) = folders.get(folder).copied().unwrap_or_default();
        let first = folder.split('/').next().unwrap_or("");
        POST_FOLDERS.binary_search(&first).is_ok() || (!folder.is_empty() && dated > undated)
    };
    let undated = pages.iter().map(Page::summary).filter(|summary| {
        let meta = &summary.meta;
        let could_be_post = summary.name.kind != FileKind::Section && !is_page_by_choice(summary);
        could_be_post
            && meta.date.is_none()
            && !meta.unreadable
            && !meta.is_misdated
            && !meta.draft
            && holds_posts(&summary.name.folder)
    });
    undated.map(diagnostic).collect()
}

fn diagnostic(summary: &Summary) -> Diagnostic {
    let key = DATE_KEYS.iter().find_map(|key| {
        let value = summary.meta.extra.get(*key)?;
        Some((*key, value.as_str()?))
    });
    let name = date_in_name(&summary.name.slug);
    let name = name.as_ref().map(|(written, date)| (*written, date.as_deref()));
    catalogue::undated_post(&summary.path, key, name.filter(|_| key.is_none()))
}

/// What looks like a date at the start of a file's name, and the date it would be: `20261128`,
/// `2026_11_29`; `2026-13-45` would be none.
fn date_in_name(name: &str) -> Option<(&str, Option<String>)> {
    let is_sign = |c: char| matches!(c, '-' | '_' | '.');
    let end = name.find(|c: char| !c.is_ascii_digit() && !is_sign(c)).unwrap_or(name.len());
    let written = name[..end].trim_end_matches(is_sign);
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 8 || !(written.len() == 8 || written.len() == 10) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits[range].parse::<i16>().unwrap_or(0);
    let year_first = Date::new(part(0..4), part(4..6) as i8, part(6..8) as i8).ok();
    let year_last = || Date::new(part(4..8), part(2..4) as i8, part(0..2) as i8).ok();
    let date =
        year_first.filter(|date| date.year() >= 1900).or_else(year_last).filter(|date| date.year() >= 1900);
    Some((written, date.map(|date| date.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_names_are_seen() {
        for (name, expected) in [
            ("20261128-trois", Some(("20261128", Some("2026-11-28")))),
            ("2026_11_29_deux", Some(("2026_11_29", Some("2026-11-29")))),
            ("2026-13-45-quatre", Some(("2026-13-45", None))),
            ("29-11-2026-cinq", Some(("29-11-2026", Some("2026-11-29")))),
            ("mon-article", None),
            ("100-idees", None),
        ] {
            let found = date_in_name(name);
            assert_eq!(found.as_ref().map(|(name, date)| (*name, date.as_deref())), expected, "{name}");
        }
        assert!(POST_FOLDERS.is_sorted());
    }
}

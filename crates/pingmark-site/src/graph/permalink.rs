//! The pattern of posts' addresses, `/:year/:month/:slug/`, filled in for one post.

use std::borrow::Cow;

use pingmark_core::config::{Config, PERMALINK_TOKENS};
use pingmark_core::slug::slugify;
use pingmark_document::Summary;

use super::route::slug_folder;
use super::term_slug::term_slug;

/// What the tokens of a pattern stand for.
pub(super) struct PermalinkParts<'a> {
    /// Summary of the post.
    pub summary: &'a Summary,
    /// Slug.
    pub slug: &'a str,
    /// Title.
    pub title: &'a str,
    /// Settings.
    pub config: &'a Config,
}

/// Whether a pattern needs the titles of posts.
pub(super) fn uses_title(pattern: &str) -> bool {
    tokens(pattern).any(|(_, token)| token == Some(":title"))
}

/// Splits a pattern into literal text and the token behind it.
fn tokens(pattern: &str) -> impl Iterator<Item = (&str, Option<&'static str>)> {
    let mut rest = pattern;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut from = 0;
        while let Some(found) = rest[from..].find(':') {
            let at = from + found;
            // `:categories` begins with `:category`'s letters, but is longer.
            let known = PERMALINK_TOKENS.into_iter().filter(|token| rest[at..].starts_with(token));
            if let Some(token) = known.max_by_key(|token| token.len()) {
                let literal = &rest[..at];
                rest = &rest[at + token.len()..];
                return Some((literal, Some(token)));
            }
            from = at + 1;
        }
        Some((std::mem::take(&mut rest), None))
    })
}

impl PermalinkParts<'_> {
    /// Fills in a pattern. Parts that are empty leave no empty folder; a post without a file extension
    /// in the pattern is a folder.
    pub(super) fn fill(&self, pattern: &str) -> String {
        let mut filled = String::with_capacity(pattern.len() + self.slug.len());
        for (literal, token) in tokens(pattern) {
            filled.push_str(literal);
            if let Some(token) = token {
                filled.push_str(&self.value(token));
            }
        }
        while filled.contains("//") {
            filled = filled.replace("//", "/");
        }
        let last = pattern.rsplit('/').next().unwrap_or("");
        if !last.is_empty() && !last.contains('.') {
            filled.push('/');
        }
        filled
    }

    fn value(&self, token: &str) -> Cow<'_, str> {
        let name = &self.summary.name;
        let date = self.summary.meta.date.map(|date| date.civil());
        let number = |value: Option<i16>, width: usize| match value {
            Some(value) => format!("{value:0width$}").into(),
            None => "".into(),
        };
        match token {
            ":year" => number(date.map(|date| date.year()), 4),
            ":month" => number(date.map(|date| date.month().into()), 2),
            ":day" => number(date.map(|date| date.day().into()), 2),
            ":hour" => number(date.map(|date| date.hour().into()), 2),
            ":minute" => number(date.map(|date| date.minute().into()), 2),
            ":second" => number(date.map(|date| date.second().into()), 2),
            ":lang" => self.summary.lang.as_str().into(),
            ":title" => match slugify(self.title) {
                empty if empty.is_empty() => self.slug.into(),
                title => title.into(),
            },
            ":filename" => match (name.date, slugify(&name.slug)) {
                (_, slug) if slug.is_empty() => self.slug.into(),
                (Some(date), slug) => format!("{}-{slug}", date.day()).into(),
                (None, slug) => slug.into(),
            },
            ":section" => slugify(name.folder.split('/').next().unwrap_or("")).into(),
            ":path" => slug_folder(&name.folder).trim_end_matches('/').to_owned().into(),
            ":category" => self.terms("categories").next().unwrap_or_default().into(),
            ":categories" => self.terms("categories").collect::<Vec<_>>().join("/").into(),
            ":author" => {
                let by_default = self.config.settings.author.as_deref();
                let named = self.summary.meta.terms.get("authors").and_then(|names| names.first());
                let author = named.map(String::as_str).or(by_default).unwrap_or("");
                slugify(self.config.author(author).map_or(author, |(key, _)| key)).into()
            }
            ":id" => match self.summary.meta.extra.get("id") {
                Some(serde_json::Value::String(id)) => slugify(id).into(),
                Some(serde_json::Value::Number(id)) => id.to_string().into(),
                _ => self.slug.into(),
            },
            _ => self.slug.into(),
        }
    }

    fn terms(&self, taxonomy: &str) -> impl Iterator<Item = String> {
        let names = self.summary.meta.terms.get(taxonomy).map_or(&[][..], Vec::as_slice);
        names.iter().map(|name| term_slug(name)).filter(|slug| !slug.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_split_into_tokens() {
        let found: Vec<_> = tokens("/:categories/:section-x/:slug.html").collect();
        let expected =
            [("/", Some(":categories")), ("/", Some(":section")), ("-x/", Some(":slug")), (".html", None)];
        assert_eq!(found, expected);
        assert!(uses_title("/:title/") && !uses_title("/:slug/:titre"));
    }
}

//! Reading of a mention's file. Every problem is a warning.

use jiff::tz::TimeZone;
use serde_yaml::Value;

use pingmark_core::diag::args::{Expected, Fallback, Found, MentionProblem};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::nearest;
use pingmark_core::when::When;
use pingmark_core::yaml::{self, Problem, SyntaxError, kind};
use pingmark_core::{site_files, web_address};

use super::{Mention, MentionAuthor, MentionKind, MentionStatus, UntrustedHtml, plain_text};

/// Maximum length of a file, in bytes.
pub const MAX_LEN: usize = 64 * 1024;
/// Maximum length of `parent`, in characters.
const MAX_PARENT: usize = 200;

/// Keys of a mention.
pub const KEYS: [&str; 14] = [
    "type",
    "source",
    "url",
    "target",
    "title",
    "author",
    "content",
    "excerpt",
    "published",
    "received",
    "status",
    "parent",
    "via",
    "anchor",
];
const AUTHOR_KEYS: [&str; 3] = ["name", "url", "photo"];

/// Reads a file below [`site_files::MENTIONS`]. `None` if it cannot be shown; then a diagnostic
/// says why. `zone` is for dates without one.
pub fn read(path: &SitePath, text: &str, zone: &TimeZone) -> (Option<Mention>, Vec<Diagnostic>) {
    let mut reader = MentionReader { path, zone, diagnostics: Vec::new() };
    let mention = reader.mention(text);
    (mention, reader.diagnostics)
}

struct MentionReader<'a> {
    path: &'a SitePath,
    zone: &'a TimeZone,
    diagnostics: Vec<Diagnostic>,
}

impl MentionReader<'_> {
    fn mention(&mut self, text: &str) -> Option<Mention> {
        if text.len() > MAX_LEN {
            let reason = MentionProblem::TooLong(text.len(), MAX_LEN);
            self.diagnostics.push(catalogue::mention_unreadable(self.path, reason, None));
            return None;
        }
        let mapping = match yaml::parse_texts(text) {
            Ok(mapping) => mapping,
            Err(problem) => {
                let (reason, at) = match problem {
                    Problem::Syntax(reason, line, column) => (shown(reason), Some((line, column))),
                    Problem::UnknownKey(_) | Problem::Value(..) => (SyntaxError::Parser(String::new()), None),
                };
                let reason = MentionProblem::Syntax(reason);
                self.diagnostics.push(catalogue::mention_unreadable(self.path, reason, at));
                return None;
            }
        };
        let stem = self.path.name().rsplit_once('.').map_or(self.path.name(), |(stem, _)| stem);
        let folder = self.path.below(site_files::MENTIONS).and_then(|rest| rest.rsplit_once('/'));
        let mut mention = Mention {
            path: self.path.clone(),
            id: stem.to_owned(),
            folder: folder.map_or_else(String::new, |(folder, _)| folder.to_owned()),
            kind: MentionKind::Webmention,
            source: None,
            url: None,
            target: None,
            title: String::new(),
            author: MentionAuthor::default(),
            content: UntrustedHtml::default(),
            excerpt: UntrustedHtml::default(),
            published: None,
            received: None,
            status: MentionStatus::Pending,
            parent: None,
            via: String::new(),
            anchor: None,
        };
        for (key, value) in &mapping {
            let Some(key) = key.as_str() else {
                let shown = scalar(key).unwrap_or_else(|| kind(key).to_string());
                self.unknown(&[], &shown);
                continue;
            };
            self.take(&mut mention, key, value);
        }
        let has_place = match (&mention.source, mention.kind) {
            (Some(_), _) => true,
            // A comment was written on the blog and needs no source; an invalid one is refused.
            (None, MentionKind::Comment) => mapping.get("source").is_none_or(Value::is_null),
            (None, _) => false,
        };
        if !has_place {
            let given = mapping.get("source").and_then(scalar);
            let given = given.map(|given| plain_text::one_line(&given, plain_text::MAX_NAME));
            self.diagnostics.push(catalogue::mention_source(self.path, given.as_deref()));
            return None;
        }
        Some(mention)
    }

    fn take(&mut self, mention: &mut Mention, key: &str, value: &Value) {
        match key {
            "type" => {
                if let Some(word) = self.text(key, value) {
                    mention.kind = MentionKind::of(&word).unwrap_or_else(|| {
                        self.unfit(
                            key,
                            &word,
                            &MentionKind::ALL.map(MentionKind::name),
                            Fallback::Webmention,
                        );
                        MentionKind::Webmention
                    });
                }
            }
            "status" => {
                if let Some(word) = self.text(key, value) {
                    mention.status = MentionStatus::of(&word).unwrap_or_else(|| {
                        self.unfit(
                            key,
                            &word,
                            &MentionStatus::ALL.map(MentionStatus::name),
                            Fallback::Pending,
                        );
                        MentionStatus::Pending
                    });
                }
            }
            "source" => {
                mention.source = self.text(key, value).and_then(|text| web_address::normalized(&text))
            }
            "url" => mention.url = self.text(key, value).and_then(|text| web_address::normalized(&text)),
            // Not checked: old addresses have many forms, and this one is only compared.
            "target" => {
                mention.target =
                    self.text(key, value).map(|text| plain_text::one_line(&text, web_address::MAX_LEN))
            }
            "title" => {
                let text = self.text(key, value).unwrap_or_default();
                mention.title = plain_text::one_line(&text, plain_text::MAX_TITLE);
            }
            "content" => mention.content = UntrustedHtml::new(&self.text(key, value).unwrap_or_default()),
            "excerpt" => mention.excerpt = UntrustedHtml::new(&self.text(key, value).unwrap_or_default()),
            "published" => mention.published = self.date(key, value),
            "received" => mention.received = self.date(key, value),
            "parent" => {
                mention.parent = self.text(key, value).map(|text| plain_text::one_line(&text, MAX_PARENT))
            }
            "via" => {
                mention.via =
                    plain_text::one_line(&self.text(key, value).unwrap_or_default(), plain_text::MAX_NAME)
            }
            "author" => mention.author = self.author(value),
            // An id: letters, digits, hyphens, dots and underscores.
            "anchor" => {
                let is_id = |text: &String| {
                    text.len() <= MAX_PARENT
                        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
                };
                mention.anchor = self.text(key, value).filter(is_id);
            }
            other => self.unknown(&[], other),
        }
    }

    /// Reads `author: {name, url, photo}`, or a name alone.
    fn author(&mut self, value: &Value) -> MentionAuthor {
        let mut author = MentionAuthor::default();
        let Value::Mapping(mapping) = value else {
            let name = self.text("author", value).unwrap_or_default();
            author.name = plain_text::one_line(&name, plain_text::MAX_NAME);
            return author;
        };
        for (key, value) in mapping {
            let key = scalar(key).unwrap_or_default();
            let text = if AUTHOR_KEYS.contains(&key.as_str()) { self.text("author", value) } else { None };
            match key.as_str() {
                "name" => author.name = plain_text::one_line(&text.unwrap_or_default(), plain_text::MAX_NAME),
                "url" => author.url = text.and_then(|text| web_address::normalized(&text)),
                "photo" => author.photo = text.and_then(|text| web_address::normalized(&text)),
                other => self.unknown(&["author"], other),
            }
        }
        author
    }

    /// Reads a text. `None` if it is blank, or no scalar, which is reported.
    fn text(&mut self, key: &str, value: &Value) -> Option<String> {
        if value.is_null() {
            return None;
        }
        let text = scalar(value);
        if text.is_none() {
            self.wrong(key, Found::Kind(kind(value)), Expected::Text, None, Fallback::LeftOut);
        }
        text.filter(|text| !text.trim().is_empty())
    }

    fn date(&mut self, key: &str, value: &Value) -> Option<When> {
        let text = self.text(key, value)?;
        let when = When::parse(&text, self.zone);
        if when.is_none() {
            let found = Found::Text(plain_text::one_line(&text, plain_text::MAX_NAME));
            self.wrong(key, found, Expected::Timestamp, None, Fallback::LeftOut);
        }
        when
    }

    fn unfit(&mut self, key: &str, word: &str, known: &[&'static str], fallback: Fallback) {
        let near = nearest(word, known.iter().copied());
        let found = Found::Text(plain_text::one_line(word, plain_text::MAX_NAME));
        let expected = Expected::OneOf(known.iter().map(|&name| name.to_owned()).collect());
        self.wrong(key, found, expected, near, fallback);
    }

    fn wrong(&mut self, key: &str, found: Found, expected: Expected, near: Option<&str>, then: Fallback) {
        self.diagnostics.push(catalogue::mention_value(self.path, key, found, expected, near, then));
    }

    fn unknown(&mut self, parents: &[&str], key: &str) {
        let known = if parents.is_empty() { &KEYS[..] } else { &AUTHOR_KEYS };
        let key = plain_text::one_line(key, plain_text::MAX_NAME);
        let near = nearest(&key, known.iter().copied());
        self.diagnostics.push(catalogue::mention_unknown_key(self.path, parents, &key, known, near));
    }
}

/// Makes the quotations in a syntax error safe to show in a terminal.
fn shown(error: SyntaxError) -> SyntaxError {
    const MAX: usize = 200;
    match error {
        SyntaxError::DuplicateKey(key) => SyntaxError::DuplicateKey(plain_text::one_line(&key, MAX)),
        SyntaxError::Parser(message) => SyntaxError::Parser(plain_text::one_line(&message, MAX)),
        other => other,
    }
}

/// Text of a scalar: unquoted numbers and booleans are texts too.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_at(path: &str, text: &str) -> (Option<Mention>, Vec<&'static str>) {
        let (mention, diagnostics) = read(&SitePath::new(path).unwrap(), text, &TimeZone::UTC);
        assert!(diagnostics.iter().all(|diagnostic| !diagnostic.is_error()));
        (mention, diagnostics.into_iter().map(|diagnostic| diagnostic.code.as_str()).collect())
    }

    #[test]
    fn a_whole_mention_is_read() {
        let text = "type: reply\nsource: https://a.example/1\ntarget: https://b.example/un/\ntitle: Un\n\
            author:\n  name: Zoé\n  url: https://a.example/\n  photo: \"\"\ncontent: |\n  Oui.\n\
            published: 2011-03-04T10:00:00+01:00\nreceived:\nstatus: approved\nparent: x\nvia: hand\n";
        let (mention, diagnostics) = read_at("mentions/un/2011-03-04-a.example-12.yaml", text);
        let mention = mention.unwrap();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!((mention.id.as_str(), mention.folder.as_str()), ("2011-03-04-a.example-12", "un"));
        assert_eq!((mention.kind, mention.status), (MentionKind::Reply, MentionStatus::Approved));
        assert_eq!((mention.name(), mention.author.photo.as_deref()), ("Zoé", None));
        assert_eq!(mention.content.html(), "<p>Oui.</p>");
        assert_eq!(mention.date().unwrap().rfc3339(), "2011-03-04T09:00:00+00:00");
    }

    #[test]
    fn what_is_missing_is_missing() {
        let (mention, diagnostics) = read_at("mentions/un/x.yaml", "source: https://www.a.example/1\n");
        let mention = mention.unwrap();
        assert!(diagnostics.is_empty());
        assert_eq!((mention.kind, mention.status), (MentionKind::Webmention, MentionStatus::Pending));
        assert_eq!((mention.name(), mention.date()), ("a.example", None));
    }

    #[test]
    fn what_is_wrong_is_told_and_never_an_error() {
        for (text, codes, is_kept) in [
            ("source: javascript:alert(1)\n", vec!["mention-source"], false),
            ("title: x\n", vec!["mention-source"], false),
            ("type: comment\ncontent: x\n", vec![], true),
            ("type: comment\nsource: 'javascript:x'\n", vec!["mention-source"], false),
            (
                "source: https://a.example/\ntype: pingbak\nstatus: oui\n",
                vec!["mention-value", "mention-value"],
                true,
            ),
            (
                "source: https://a.example/\ntitel: x\nauthor: {nom: y}\n",
                vec!["unknown-key", "unknown-key"],
                true,
            ),
            ("source: https://a.example/\npublished: hier\n", vec!["mention-value"], true),
            ("source: https://a.example/\ntitle: [x]\n", vec!["mention-value"], true),
            ("source: https://a.example/\n1: x\n? [a]\n: y\n", vec!["unknown-key", "unknown-key"], true),
            ("source: [\n", vec!["mention-unreadable"], false),
            ("- a\n", vec!["mention-unreadable"], false),
            ("source: https://a.example/\nsource: https://b.example/\n", vec!["mention-unreadable"], false),
            (&"[".repeat(60_000), vec!["mention-unreadable"], false),
            (&"x".repeat(70_000), vec!["mention-unreadable"], false),
        ] {
            let (mention, diagnostics) = read_at("mentions/un/x.yaml", text);
            let start: String = text.chars().take(60).collect();
            assert_eq!((mention.is_some(), diagnostics), (is_kept, codes), "{start}");
        }
    }
}

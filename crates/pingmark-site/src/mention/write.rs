//! Writing of a new mention: the name of its file and its text.

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::when::When;
use pingmark_core::{web_address, yaml, yaml_edit};

use super::{MentionKind, MentionStatus, plain_text};

/// Maximum length of the host in a file's name, in characters.
const MAX_HOST: usize = 80;

/// New mention as it was received, not cleaned yet. Fields are those of
/// [`Mention`](super::Mention).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Kind.
    pub kind: MentionKind,
    /// URL of the page that mentions the post.
    pub source: Option<String>,
    /// URL for readers, if `source` is a bridge's copy.
    pub url: Option<String>,
    /// Mentioned address.
    pub target: Option<String>,
    /// Title of the page that mentions the post.
    pub title: Option<String>,
    /// Name of the author.
    pub name: Option<String>,
    /// URL of the author's own page.
    pub author_url: Option<String>,
    /// URL of the author's portrait.
    pub photo: Option<String>,
    /// Text of the mention.
    pub content: Option<String>,
    /// Passage around the link.
    pub excerpt: Option<String>,
    /// Date of publication.
    pub published: Option<String>,
    /// Date of receipt.
    pub received: Option<String>,
    /// Status.
    pub status: MentionStatus,
    /// Id or URL of the mention that it answers.
    pub parent: Option<String>,
    /// Origin.
    pub via: String,
    /// Id on the post's page that links elsewhere lead to: `comment-123`.
    pub anchor: Option<String>,
}

impl Draft {
    /// Draft with a kind and an origin only, pending.
    pub fn new(kind: MentionKind, via: &str) -> Self {
        Self {
            kind,
            source: None,
            url: None,
            target: None,
            title: None,
            name: None,
            author_url: None,
            photo: None,
            content: None,
            excerpt: None,
            published: None,
            received: None,
            status: MentionStatus::Pending,
            parent: None,
            via: via.to_owned(),
            anchor: None,
        }
    }

    /// Name of the file: `<date>-<host>-<short hash>.yaml`. The date is `day`, else `today`. The
    /// hash is of source, target and anchor, so that a mention received twice has one name.
    pub fn file_name(&self, day: Option<When>, today: When) -> String {
        let host = self.source.as_deref().and_then(web_address::host).unwrap_or("ici");
        let host: String = host
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' })
            .take(MAX_HOST)
            .collect();
        let source = self.source.as_deref().map(web_address::comparison_key).or_else(|| self.content.clone());
        let target = self.target.as_deref().map(web_address::comparison_key);
        let parts = [source.unwrap_or_default(), target.unwrap_or_default()];
        let parts = parts.into_iter().chain(self.anchor.clone()).collect::<Vec<_>>();
        let hash = Fingerprint::of_parts(parts.iter().map(String::as_bytes));
        format!("{}-{}-{}.yaml", day.unwrap_or(today).day(), host.trim_matches(['.', '-']), hash.short())
    }

    /// Keys and their values as YAML, in the order of the file. Blank values are left out.
    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("type", self.kind.name().to_owned())];
        let mut add = |key: &'static str, value: Option<String>| {
            lines.extend(value.filter(|value| !value.trim().is_empty()).map(|value| (key, scalar(&value))));
        };
        add("source", self.source.clone());
        add("url", self.url.clone());
        add("target", self.target.clone());
        add("title", self.title.as_deref().map(|title| plain_text::one_line(title, plain_text::MAX_TITLE)));
        let name = self
            .name
            .as_deref()
            .map(|name| plain_text::one_line(name, plain_text::MAX_NAME))
            .unwrap_or_default();
        let fields = [("name", Some(name)), ("url", self.author_url.clone()), ("photo", self.photo.clone())];
        let author: Vec<String> = fields
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.filter(|value| !value.is_empty())?)))
            .map(|(key, value)| format!("\n  {key}: {}", scalar(&value)))
            .collect();
        if !author.is_empty() {
            lines.push(("author", author.concat()));
        }
        let text =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(block);
        lines.extend(text(&self.content).map(|content| ("content", content)));
        lines.extend(text(&self.excerpt).map(|excerpt| ("excerpt", excerpt)));
        let mut add = |key: &'static str, value: Option<String>| {
            lines.extend(value.filter(|value| !value.trim().is_empty()).map(|value| (key, scalar(&value))));
        };
        add("published", self.published.clone());
        add("received", self.received.clone());
        add("status", Some(self.status.name().to_owned()));
        add("parent", self.parent.clone());
        add("via", Some(plain_text::one_line(&self.via, plain_text::MAX_NAME)));
        add("anchor", self.anchor.clone());
        lines
    }

    /// Text of the file.
    pub fn text(&self) -> String {
        let line = |(key, value): (&str, String)| {
            let space = if value.starts_with('\n') { "" } else { " " };
            format!("{key}:{space}{value}\n")
        };
        self.lines().into_iter().map(line).collect()
    }

    /// Completes `text`, an existing file of this mention, with keys that are missing or empty
    /// there. Its type, status and origin, and everything already written stay. `None` if nothing
    /// changes, or if the file cannot be parsed.
    pub fn complete(&self, text: &str) -> Option<String> {
        let known = yaml::parse_mapping(text).ok()?;
        let mut completed = text.to_owned();
        for (key, value) in self.lines() {
            let is_there = known.get(key).is_some_and(|value| {
                !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
            });
            if is_there || matches!(key, "type" | "status" | "via") {
                continue;
            }
            if let Some(edited) = yaml_edit::set_value(&completed, key, &value) {
                completed = edited;
            }
        }
        (completed != text).then_some(completed)
    }

    /// Replaces what the source says now in `text`, an existing file of this mention: kind, title, author,
    /// texts, dates. Its addresses, status and origin stay. `None` if nothing changes, or if the file cannot
    /// be edited.
    pub fn update(&self, text: &str) -> Option<String> {
        let (known, now) = (yaml::parse_mapping(text).ok()?, yaml::parse_mapping(&self.text()).ok()?);
        let mut updated = text.to_owned();
        for (key, value) in self.lines() {
            let is_kept = matches!(key, "source" | "target" | "status" | "via" | "received" | "parent");
            if is_kept || known.get(key) == now.get(key) {
                continue;
            }
            updated = yaml_edit::set_value(&without_key(&updated, key), key, &value)?;
        }
        (updated != text).then_some(updated)
    }
}

/// A text without a top-level key and the lines of its value.
fn without_key(text: &str, key: &str) -> String {
    let mut is_inside = false;
    let is_other = |line: &&str| {
        let starts = line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'));
        let goes_on = is_inside && (line.starts_with([' ', '\t']) || line.trim().is_empty());
        is_inside = starts || goes_on;
        !is_inside
    };
    text.split_inclusive('\n').filter(is_other).collect()
}

/// YAML scalar on one line: plain if it reads as a text without quotes, else double-quoted.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:.-_~%?&=+@#".contains(c);
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let word = text.to_ascii_lowercase();
    let is_other =
        matches!(word.as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    let is_date = text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains('T')
        && text.chars().all(|c| c.is_ascii_digit() || "-:TZ+.".contains(c));
    if is_date || (starts && text.chars().all(is_plain) && !text.ends_with(':') && !is_other) {
        return text.to_owned();
    }
    yaml_edit::quoted(text)
}

/// YAML block scalar (`|-`), as people would type it; double-quoted where a block scalar would
/// change the text.
fn block(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_simple = text
        .split('\n')
        .all(|line| !line.starts_with([' ', '\t']) && !line.ends_with(' ') && !line.chars().any(is_escaped));
    if !is_simple {
        return scalar(&text);
    }
    let lines =
        text.split('\n').map(|line| if line.is_empty() { "\n".to_owned() } else { format!("\n  {line}") });
    format!("|-{}", lines.collect::<String>())
}

/// Whether YAML allows a character in double quotes only.
fn is_escaped(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use pingmark_core::path::SitePath;

    use super::*;

    fn draft() -> Draft {
        Draft {
            source: Some("https://a.example/1?x=y#z".into()),
            target: Some("https://b.example/posts/un/".into()),
            name: Some("Zoé \"Z\": Martin".into()),
            content: Some("Un.\n\n# Deux: trois\n".into()),
            published: Some("2020-01-02T03:04:05Z".into()),
            ..Draft::new(MentionKind::Reply, "hand")
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for content in
            ["simple", "  début\nfin", "a\u{0}b\u{2028}c", "- x\n- y", "|", "a: b # c", "fin \nx", "\t"]
        {
            for title in ["Un", "true", "12", "- x", "a: b", "é\u{85}", "'", "\"", "# x", "@x", "", "~"] {
                let draft = Draft { content: Some(content.into()), title: Some(title.into()), ..draft() };
                let path = SitePath::new("mentions/un/x.yaml").unwrap();
                let (mention, diagnostics) = crate::mention::read(&path, &draft.text(), &TimeZone::UTC);
                assert!(diagnostics.is_empty(), "{diagnostics:?}\n{}", draft.text());
                let mention = mention.unwrap();
                assert_eq!(mention.source, draft.source);
                assert_eq!(mention.author.name, "Zoé \"Z\": Martin");
                assert_eq!(mention.title, plain_text::one_line(title, 200));
                assert_eq!(mention.content.text(), plain_text::multi_line(content.trim()));
            }
        }
    }

    #[test]
    fn a_file_is_named_for_its_day_its_host_and_what_it_is() {
        let today = When::parse("2026-11-22", &TimeZone::UTC).unwrap();
        let name = draft().file_name(When::parse("2020-01-02", &TimeZone::UTC), today);
        assert!(name.starts_with("2020-01-02-a.example-") && name.ends_with(".yaml"), "{name}");
        assert_eq!(name.len(), "2020-01-02-a.example-12345678.yaml".len());
        let other = Draft { source: Some("http://www.a.example/1?x=y#z".into()), ..draft() };
        assert_eq!(other.file_name(None, today), name.replace("2020-01-02", "2026-11-22"));
        let odd = Draft { source: Some("https://[::1]:80/".into()), ..draft() };
        assert!(SitePath::new(&odd.file_name(None, today)).unwrap().unportable().is_none());
    }

    #[test]
    fn a_file_is_completed_with_what_it_lacks() {
        let text = "# note\ntype: like\nsource: https://a.example/1?x=y#z\nauthor: Zoé\nstatus: approved\ncontent: \"\"\n";
        let completed = draft().complete(text).unwrap();
        assert_eq!(
            completed,
            "# note\ntype: like\nsource: https://a.example/1?x=y#z\nauthor: Zoé\nstatus: approved\n\
             content: |-\n  Un.\n\n  # Deux: trois\ntarget: https://b.example/posts/un/\n\
             published: 2020-01-02T03:04:05Z\n"
        );
        assert_eq!(draft().complete(&completed), None);
    }
}

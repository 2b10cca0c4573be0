//! Mentions. All problems are warnings: files that strangers send must not stop a build.

use serde::{Deserialize, Serialize};

use super::files::{read_error, read_error_spot};
use super::front_matter::expected_value;
use super::yaml::syntax_error;
use super::{Text, owned, says, value};
use crate::diag::args::{Expected, Fallback, Found, MentionProblem};
use crate::diag::{Code, Diagnostic, Spot};
use crate::path::SitePath;

/// Problems of mentions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Mentions {
    Unreadable { reason: MentionProblem },
    Source { value: Option<String> },
    Value { key: String, found: Found, expected: Expected, near: Option<String>, fallback: Fallback },
    UnknownKey { key: String, near: Option<String>, known: Vec<String> },
    WithoutPost { target: Option<String>, folder: String, near: Option<String> },
}

impl Mentions {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::Unreadable { reason } => {
                let reason = match reason {
                    MentionProblem::File(reason) => read_error(reason),
                    MentionProblem::TooLong(size, max) => {
                        format!("it is {} kB long; the most is {} kB", size >> 10, max >> 10)
                    }
                    MentionProblem::Syntax(reason) => syntax_error(reason),
                };
                says(format!("this mention cannot be read: {reason}"))
                    .hint("it is left out; repair the file, or remove it with `pingmark mentions delete`")
            }
            Self::Source { value } => match value {
                Some(value) => says(format!("`{value}` is no address of the web; the mention is left out")),
                None => says("this mention does not say where it stands; it is left out"),
            }
            .hint("such as `source: https://example.org/article/`"),
            Self::Value { key, found, expected, near, fallback } => {
                let found = match found {
                    Found::Kind(kind) => kind.to_string(),
                    Found::Text(text) => format!("`{text}`"),
                };
                let then = match fallback {
                    Fallback::LeftOut => "it is left out",
                    Fallback::Webmention => "it is shown as a webmention",
                    Fallback::Pending => "it counts as pending",
                };
                says(format!("`{key}` is {found}; {then}"))
                    .hint(format!("expected {}", expected_value(expected)))
                    .near(near)
            }
            Self::UnknownKey { key, near, known } => {
                says(format!("`{key}` is not a key of mentions; it is passed over"))
                    .hint(format!("the keys here are {}", known.join(", ")))
                    .near(near)
            }
            Self::WithoutPost { target, folder, near } => {
                let cause = match target {
                    Some(target) => format!("nothing of this site stands at `{target}`"),
                    None => format!("no post is called `{folder}`"),
                };
                says(format!("{cause}; the mention is kept, and shown nowhere"))
                    .hint("correct `target`, add the old address to the post's `aliases`, or reject the mention")
                    .near(near)
            }
        }
    }
}

/// A file that is not read as a mention; `line` and `column` say where it is not YAML.
pub fn mention_unreadable(path: &SitePath, reason: MentionProblem, at: Option<(usize, usize)>) -> Diagnostic {
    let spot = match (&reason, at) {
        (_, Some((line, column))) => Spot::LineColumn(line, column),
        (MentionProblem::File(reason), None) => read_error_spot(reason),
        _ => Spot::File,
    };
    Diagnostic::warning(Code::MentionUnreadable, Mentions::Unreadable { reason }).at(path, spot)
}

/// A mention that stands at no address of the web.
pub fn mention_source(path: &SitePath, given: Option<&str>) -> Diagnostic {
    let spot = given.map_or(Spot::LineColumn(1, 1), |given| value("source", given));
    Diagnostic::warning(Code::MentionSource, Mentions::Source { value: owned(given) }).at(path, spot)
}

/// A value that fits no mention; `fallback` says what becomes of it.
pub fn mention_value(
    path: &SitePath,
    key: &str,
    found: Found,
    expected: Expected,
    near: Option<&str>,
    fallback: Fallback,
) -> Diagnostic {
    let cause = Mentions::Value { key: key.to_owned(), found, expected, near: owned(near), fallback };
    Diagnostic::warning(Code::MentionValue, cause).at(path, value(key, ""))
}

/// A key no mention has.
pub fn mention_unknown_key(
    path: &SitePath,
    parents: &[&str],
    name: &str,
    known: &[&str],
    near: Option<&str>,
) -> Diagnostic {
    let keys: Vec<String> = parents.iter().chain([&name]).map(|&key| key.to_owned()).collect();
    let known = known.iter().map(|key| (*key).to_owned()).collect();
    let cause = Mentions::UnknownKey { key: keys.join("."), near: owned(near), known };
    Diagnostic::warning(Code::UnknownKey, cause).at(path, Spot::Key(keys))
}

/// A mention of something that is not there.
pub fn mention_without_post(
    path: &SitePath,
    target: Option<&str>,
    folder: &str,
    near: Option<&str>,
) -> Diagnostic {
    let spot = target.map_or(Spot::LineColumn(1, 1), |target| value("target", target));
    let cause = Mentions::WithoutPost { target: owned(target), folder: folder.to_owned(), near: owned(near) };
    Diagnostic::warning(Code::MentionWithoutPost, cause).at(path, spot)
}

//! Mentions. All problems are warnings: files that strangers send must not stop a build.

use serde::{Deserialize, Serialize};

use super::files::{read_error, read_error_spot};
use super::front_matter::{expected_value, is_a};
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
                        format!("it is {} kB long; the limit is {} kB", size >> 10, max >> 10)
                    }
                    MentionProblem::Syntax(reason) => syntax_error(reason),
                };
                says(format!("this mention cannot be read and is left out: {reason}"))
                    .hint("correct the file, or remove it with `pingmark mentions delete`")
            }
            Self::Source { value } => match value {
                Some(value) => says(format!("`{value}` is not the URL of a web page")),
                None => says("this mention has no `source`"),
            }
            .hint(
                "the mention is left out; give the URL of the page that mentions the post: `source: \
                 https://example.org/reply/`",
            ),
            Self::Value { key, found, expected, near, fallback } => {
                let cause = match found {
                    Found::Kind(kind) => format!("`{key}` is {}", is_a(*kind)),
                    Found::Text(text) => format!("`{text}` is not a valid `{key}`"),
                };
                let then = match fallback {
                    Fallback::LeftOut => "it is ignored",
                    Fallback::Webmention => "the mention is shown as a webmention",
                    Fallback::Pending => "the mention is treated as pending",
                };
                says(format!("{cause}; {then}"))
                    .hint(format!("expected {}", expected_value(expected)))
                    .near(near)
            }
            Self::UnknownKey { key, near, known } => says(format!("unknown key `{key}`; it is ignored"))
                .hint(format!("the keys here are {}", known.join(", ")))
                .near(near),
            Self::WithoutPost { target, folder, near } => {
                let cause = match target {
                    Some(target) => format!("this site has no page `{target}`"),
                    None => format!("there is no post `{folder}`"),
                };
                says(format!("{cause}; the mention is not shown"))
                    .hint("correct `target`, add the old URL to the post's `aliases`, or reject the mention")
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

//! Front matters, and the addresses and names that are made of them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::yaml::{syntax_error, syntax_hint};
use super::{Text, key, keys_of, owned, says, value};
use crate::diag::args::Expected;
use crate::diag::{Code, Diagnostic, Spot};
use crate::network::Network;
use crate::path::{PathProblem, SitePath};
use crate::site_files;
use crate::yaml::{Problem, SyntaxError, ValueKind};

/// Problems of front matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum FrontMatter {
    Fence { found: String },
    Open,
    Long { size: usize, max: usize },
    Syntax { reason: SyntaxError },
    Key { key: String, found: ValueKind },
    UnknownKey { key: String, near: Option<String> },
    UnknownKeyBelow { key: String, near: Option<String> },
    Network { name: String, near: Option<String> },
    WrongValue { key: String, found: ValueKind, expected: Expected },
    Date { key: String, value: String },
    DateAmbiguous { key: String, value: String, expected: String },
    UpdatedEarlier { value: String, other: String },
    Undated { key: Option<String>, value: Option<String>, name: Option<String>, expected: Option<String> },
    AuthorUnknown { name: String, near: Option<String>, known: Vec<String> },
    UnsafeAddress { key: String, value: String },
    LocalAddress { key: String, value: String },
    Language { name: String, known: Vec<String> },
    FileLanguage { name: String, known: Vec<String> },
    TitleMissing,
    Slug { value: String },
    Address { key: Option<String>, reason: PathProblem },
    Alias { value: String, reason: PathProblem },
    AliasQuery { value: String, expected: Option<String> },
    AliasHost { value: String, expected: String },
    TermWithoutSlug { key: String, name: String },
    TermAddress { key: String, name: String, reason: PathProblem },
    TermsCollide { key: String, name: String, other: String, path: Option<SitePath> },
}

impl FrontMatter {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::Fence { found } if found.is_empty() => {
                says("the front matter does not start in the first line of the file; it was read all the same")
                    .hint("remove what stands before it")
            }
            Self::Fence { found } => {
                says(format!("this front matter is delimited by `{found}` instead of `---`; it was read all the same"))
                    .hint("write three hyphens: some word processors turn them into a dash")
            }
            Self::Open => says("this front matter is not closed")
                .label("it starts here")
                .hint("close it with a line of `---`, or of `+++` if it is TOML"),
            Self::Long { size, max } => {
                says(format!("this front matter is {} kB long; the limit is {} kB", size >> 10, max >> 10))
                    .hint("check that it ends with a line of `---`")
            }
            Self::Syntax { reason } => {
                let form = match reason {
                    SyntaxError::Toml(_) => "TOML",
                    SyntaxError::Json(_) => "JSON",
                    _ => "YAML",
                };
                says(format!("this front matter is not valid {form}: {}", syntax_error(reason)))
                    .hint(syntax_hint(reason))
            }
            Self::Key { key, found } => says(format!("the key `{key}` is {}, not text", is_a(*found)))
                .hint(format!("put quotes around it: \"{key}\"")),
            Self::UnknownKey { key, near } => {
                says(format!("unknown key `{key}`; templates find it as `page.extra.{key}`"))
                    .hint(format!("put values of your own below `extra:`, as `extra.{key}`"))
                    .near(near)
            }
            Self::UnknownKeyBelow { key, near } => {
                says(format!("unknown key `{key}`; it is ignored")).near(near)
            }
            Self::Network { name, near } => {
                let known = Network::ALL.map(Network::key).join(", ");
                says(format!("unknown network `{name}`")).hint(format!("the networks are {known}")).near(near)
            }
            Self::WrongValue { key, found, expected } => {
                says(format!("`{key}` must be {}, but is {}", expected_value(expected), is_a(*found)))
            }
            Self::Date { value, .. } => says(format!("`{value}` is not a date"))
                .hint("write 2011-03-04, 2011-03-04 10:30 or 2011-03-04T10:30:00+01:00"),
            Self::DateAmbiguous { value, expected, .. } => {
                says(format!("`{value}` can be read as two dates; it was read as {expected}"))
                    .hint(format!("write `{expected}`, which means the same in every language"))
            }
            Self::UpdatedEarlier { value, other } => {
                says(format!("this post was updated on {value}, before its publication on {other}"))
                    .hint("correct one of the dates, or remove `updated:`")
            }
            Self::Undated { key, value, name, expected } => {
                let hint = match (key, value, name, expected) {
                    (Some(key), Some(value), ..) => {
                        format!("if `{key}: {value}` is its date, write `date: {value}`")
                    }
                    (_, _, Some(name), Some(expected)) => {
                        format!("if `{name}` is its date, write `date: {expected}` in the front matter")
                    }
                    (_, _, Some(name), None) => {
                        format!("`{name}` in its file name is not a valid date: correct it, or add `date:`")
                    }
                    _ => "add `date: 2011-03-04` to the front matter, or `type: page` if it is a page".to_owned(),
                };
                says("this file is among posts but has no date: it becomes a page, which no list or feed shows")
                    .hint(hint)
            }
            Self::AuthorUnknown { name, near, known } => {
                says(format!("`{name}` is not one of the `authors` in {}", site_files::CONFIG))
                    .hint(format!("the authors are {}; add this one, or use one of them", known.join(", ")))
                    .near(near)
            }
            Self::UnsafeAddress { value, .. } => {
                says(format!("`{value}` could run a script in the reader's browser"))
                    .hint("use a URL that starts with https://")
            }
            Self::LocalAddress { value, .. } => {
                says(format!("`{value}` exists on your computer only: readers cannot open it"))
                    .hint("name a file next to this post or below static/, or a page on the web")
            }
            Self::Language { name, known } => {
                says(format!("the site has no language `{name}`")).hint(format!(
                    "its languages are {}; add `{name}` below `languages:` in {}",
                    known.join(", "),
                    site_files::CONFIG
                ))
            }
            Self::FileLanguage { name, known } => says(format!(
                "the site has no language `{name}`, so `{name}` in the file name becomes part of the URL"
            ))
            .hint(format!(
                "it has {}; add `{name}` below `languages:` in {}, or rename the file",
                known.join(", "),
                site_files::CONFIG
            )),
            Self::TitleMissing => says("this page has no title; its file name is used")
                .hint("add `title: …` to the front matter"),
            Self::Slug { value } => says(format!("`{value}` is not a valid slug"))
                .hint("use letters, digits and hyphens; to set the whole path, use `permalink:`"),
            Self::Address { key, reason } => {
                says(format!("this page cannot have this URL: {reason}")).hint(match key.as_deref() {
                    Some("permalink") => "for example `permalink: /2011/03/my-post/`",
                    Some(_) => "choose another one, for example `slug: my-post`",
                    None => "rename the file or its folder, or set `permalink:`",
                })
            }
            Self::Alias { value, reason } => says(format!("`{value}` cannot be an alias: {reason}"))
                .hint("for example `/2011/03/old/` or `old.html`"),
            Self::AliasQuery { value, expected: Some(line) } => {
                says(format!("no page can redirect from `{value}`: a file has no query")).hint(format!(
                    "`_redirects` has the line `{line}` for hosts that read it; other hosts need a rule of their own"
                ))
            }
            Self::AliasQuery { value, expected: None } => {
                says(format!("no page can redirect from `{value}`: a file has no query"))
                    .hint("links in your own texts work; for other visitors, add a rule at your host")
            }
            Self::AliasHost { value, expected } => {
                says(format!("`{value}` is a URL of another site; only `{expected}` redirects here"))
                    .hint(format!("write `{expected}`, and let the other host redirect to this one"))
            }
            Self::TermWithoutSlug { name, .. } => {
                says(format!("`{name}` has no letter or digit to make a URL of"))
                    .hint("add a letter or a digit")
            }
            Self::TermAddress { name, reason, .. } => {
                says(format!("`{name}` cannot be part of a URL: {reason}")).hint("rename it")
            }
            Self::TermsCollide { name, other, path, .. } => {
                let of = path.as_ref().map(|path| format!(" in {path}")).unwrap_or_default();
                says(format!("`{name}` has the same URL as `{other}`{of}"))
                    .hint("rename one of them, or spell both the same way")
            }
        }
    }
}

/// The value that a key takes, as it follows "expected".
pub(super) fn expected_value(expected: &Expected) -> String {
    match expected {
        Expected::Text => "text",
        Expected::Texts => "a list of texts",
        Expected::Words => "a list, or text with commas",
        Expected::Thread => "text, or a list of texts for a thread",
        Expected::SocialKeys => "a mapping with keys such as `text:` and `mastodon:`",
        Expected::WholeNumber => "a whole number",
        Expected::Flag => "`true` or `false`",
        Expected::Date => "a date such as `2011-03-04 10:30`",
        Expected::Timestamp => "a date such as 2011-03-04T10:30:00+01:00",
        Expected::OneOf(words) => return format!("one of {}", words.join(", ")),
    }
    .to_owned()
}

/// A kind of value as it follows "is".
pub(super) fn is_a(kind: ValueKind) -> String {
    match kind {
        ValueKind::Nothing => "empty".to_owned(),
        other => other.to_string(),
    }
}

/// A front matter whose delimiter at these bytes is wrong, or in the wrong line if `found` is empty.
pub fn front_matter_fence(path: &SitePath, range: Range<usize>, found: &str) -> Diagnostic {
    Diagnostic::warning(Code::FrontMatterFence, FrontMatter::Fence { found: found.to_owned() })
        .at(path, Spot::Bytes(range.start, range.end))
}

/// A front matter without its second line of `---`.
pub fn front_matter_open(path: &SitePath) -> Diagnostic {
    Diagnostic::error(Code::FrontMatterOpen, FrontMatter::Open).at(path, Spot::LineColumn(1, 1))
}

/// A front matter that is too long to be one; both lengths in bytes.
pub fn front_matter_long(path: &SitePath, size: usize, max: usize) -> Diagnostic {
    Diagnostic::error(Code::FrontMatterLong, FrontMatter::Long { size, max }).at(path, Spot::LineColumn(1, 1))
}

/// A front matter that cannot be parsed. `lines_before` is the number of lines before it, from which
/// its parser counts.
pub fn front_matter_syntax(path: &SitePath, problem: &Problem, lines_before: usize) -> Diagnostic {
    let (reason, line, column) = match problem {
        Problem::Syntax(reason, line, column) => (reason.clone(), *line, *column),
        Problem::UnknownKey(_) | Problem::Value(..) => (SyntaxError::Parser(String::new()), 1, 1),
    };
    Diagnostic::error(Code::FrontMatterSyntax, FrontMatter::Syntax { reason })
        .at(path, Spot::LineColumn(line + lines_before, column))
}

/// A key that is no text.
pub fn front_matter_key(path: &SitePath, name: &str, found: ValueKind) -> Diagnostic {
    Diagnostic::error(Code::FrontMatterKey, FrontMatter::Key { key: name.to_owned(), found })
        .at(path, key(name))
}

/// A key nobody knows.
pub fn front_matter_unknown(path: &SitePath, name: &str, near: Option<&str>) -> Diagnostic {
    let cause = FrontMatter::UnknownKey { key: name.to_owned(), near: owned(near) };
    Diagnostic::warning(Code::UnknownKey, cause).at(path, key(name))
}

/// A key nobody knows, inside a group that takes no others.
pub fn front_matter_unknown_below(
    path: &SitePath,
    parent: &str,
    name: &str,
    near: Option<&str>,
) -> Diagnostic {
    let keys = [keys_of(parent), vec![name.to_owned()]].concat();
    let cause = FrontMatter::UnknownKeyBelow { key: format!("{parent}.{name}"), near: owned(near) };
    Diagnostic::warning(Code::UnknownKey, cause).at(path, Spot::Key(keys))
}

/// A network nobody knows.
pub fn social_network(path: &SitePath, key: &str, word: &str, near: Option<&str>) -> Diagnostic {
    let cause = FrontMatter::Network { name: word.to_owned(), near: owned(near) };
    Diagnostic::warning(Code::UnknownNetwork, cause).at(path, Spot::Value(keys_of(key), word.to_owned()))
}

/// A value of the wrong kind.
pub fn front_matter_value(path: &SitePath, key: &str, expected: Expected, found: ValueKind) -> Diagnostic {
    Diagnostic::error(Code::WrongValue, FrontMatter::WrongValue { key: key.to_owned(), found, expected })
        .at(path, Spot::Value(keys_of(key), String::new()))
}

/// A date nobody can read.
pub fn front_matter_date(path: &SitePath, key: &str, text: &str) -> Diagnostic {
    let cause = FrontMatter::Date { key: key.to_owned(), value: text.to_owned() };
    Diagnostic::error(Code::BadDate, cause).at(path, Spot::Value(keys_of(key), text.to_owned()))
}

/// A date that the language alone tells from another; `expected` is the one it was taken for.
pub fn date_ambiguous(path: &SitePath, key: &str, text: &str, expected: &str) -> Diagnostic {
    let (key, value, expected) = (key.to_owned(), text.to_owned(), expected.to_owned());
    let spot = Spot::Value(keys_of(&key), value.clone());
    Diagnostic::warning(Code::DateAmbiguous, FrontMatter::DateAmbiguous { key, value, expected })
        .at(path, spot)
}

/// A change that is older than the publication; both as days.
pub fn updated_earlier(path: &SitePath, updated: &str, published: &str) -> Diagnostic {
    let cause = FrontMatter::UpdatedEarlier { value: updated.to_owned(), other: published.to_owned() };
    Diagnostic::warning(Code::DateOrder, cause).at(path, key("updated"))
}

/// A file without a date in a folder of posts. Each text is what might be its date: a key with its
/// value, or the start of the file's name with the date it would be.
pub fn undated_post(
    path: &SitePath,
    key: Option<(&str, &str)>,
    name: Option<(&str, Option<&str>)>,
) -> Diagnostic {
    let cause = FrontMatter::Undated {
        key: owned(key.map(|(key, _)| key)),
        value: owned(key.map(|(_, value)| value)),
        name: owned(name.map(|(name, _)| name)),
        expected: owned(name.and_then(|(_, expected)| expected)),
    };
    Diagnostic::warning(Code::UndatedPost, cause).at(path, Spot::LineColumn(1, 1))
}

/// An author whom the settings do not know, although they list authors.
pub fn author_unknown(path: &SitePath, name: &str, known: &[&str], near: Option<&str>) -> Diagnostic {
    let known = known.iter().map(|name| (*name).to_owned()).collect();
    let cause = FrontMatter::AuthorUnknown { name: name.to_owned(), near: owned(near), known };
    Diagnostic::warning(Code::AuthorUnknown, cause).at(path, value("authors", name))
}

/// An address that could run a script.
pub fn front_matter_address(path: &SitePath, key: &str, text: &str) -> Diagnostic {
    let cause = FrontMatter::UnsafeAddress { key: key.to_owned(), value: text.to_owned() };
    Diagnostic::error(Code::LinkUnsafe, cause).at(path, Spot::Value(keys_of(key), text.to_owned()))
}

/// An address that only the author's machine has.
pub fn front_matter_local(path: &SitePath, key: &str, text: &str) -> Diagnostic {
    let cause = FrontMatter::LocalAddress { key: key.to_owned(), value: text.to_owned() };
    Diagnostic::error(Code::LinkLocal, cause).at(path, Spot::Value(keys_of(key), text.to_owned()))
}

/// A language the site does not have.
pub fn language_unknown(path: &SitePath, lang: &str, languages: &[String]) -> Diagnostic {
    let cause = FrontMatter::Language { name: lang.to_owned(), known: languages.to_vec() };
    Diagnostic::warning(Code::LanguageUnknown, cause).at(path, value("lang", lang))
}

/// A language in a file's name that the site does not have.
pub fn file_language_unknown(path: &SitePath, lang: &str, languages: &[String]) -> Diagnostic {
    let cause = FrontMatter::FileLanguage { name: lang.to_owned(), known: languages.to_vec() };
    Diagnostic::warning(Code::LanguageUnknown, cause).at(path, Spot::LineColumn(1, 1))
}

/// No title anywhere.
pub fn title_missing(path: &SitePath) -> Diagnostic {
    Diagnostic::warning(Code::TitleMissing, FrontMatter::TitleMissing).at(path, Spot::LineColumn(1, 1))
}

/// A slug that is no single word of an address.
pub fn slug_bad(path: &SitePath, text: &str) -> Diagnostic {
    Diagnostic::error(Code::SlugBad, FrontMatter::Slug { value: text.to_owned() })
        .at(path, value("slug", text))
}

/// An address that leaves the site, or that some system cannot hold. `name` is the key it was
/// made of; none when it was made of the file's own name.
pub fn address_unsafe(path: &SitePath, name: Option<&str>, reason: &PathProblem) -> Diagnostic {
    let cause = FrontMatter::Address { key: owned(name), reason: reason.clone() };
    Diagnostic::error(Code::AddressUnsafe, cause).at(path, name.map_or(Spot::LineColumn(1, 1), key))
}

/// An alias nothing can stand at.
pub fn alias_unsafe(path: &SitePath, alias: &str, reason: &PathProblem) -> Diagnostic {
    let cause = FrontMatter::Alias { value: alias.to_owned(), reason: reason.clone() };
    Diagnostic::error(Code::AddressUnsafe, cause).at(path, value("aliases", alias))
}

/// An alias with a query. `line` is what `_redirects` says of it, if it can: then it is advice only.
pub fn alias_query(path: &SitePath, alias: &str, line: Option<&str>) -> Diagnostic {
    let cause = FrontMatter::AliasQuery { value: alias.to_owned(), expected: owned(line) };
    let told = match line {
        Some(_) => Diagnostic::advice(Code::AliasPartial, cause),
        None => Diagnostic::warning(Code::AliasPartial, cause),
    };
    told.at(path, value("aliases", alias))
}

/// An alias on another host; `path_alone` is what leads here.
pub fn alias_host(path: &SitePath, alias: &str, path_alone: &str) -> Diagnostic {
    let cause = FrontMatter::AliasHost { value: alias.to_owned(), expected: path_alone.to_owned() };
    Diagnostic::warning(Code::AliasPartial, cause).at(path, value("aliases", alias))
}

/// A name made of signs alone.
pub fn term_without_slug(path: &SitePath, taxonomy: &str, name: &str) -> Diagnostic {
    let cause = FrontMatter::TermWithoutSlug { key: taxonomy.to_owned(), name: name.to_owned() };
    Diagnostic::error(Code::TermWithoutSlug, cause).at(path, value(taxonomy, name))
}

/// A name whose address no file can have.
pub fn term_unsafe(path: &SitePath, taxonomy: &str, name: &str, reason: &PathProblem) -> Diagnostic {
    let (key, term) = (taxonomy.to_owned(), name.to_owned());
    Diagnostic::error(Code::TermUnsafe, FrontMatter::TermAddress { key, name: term, reason: reason.clone() })
        .at(path, value(taxonomy, name))
}

/// Two names that fall on one address.
pub fn terms_collide(
    path: &SitePath,
    taxonomy: &str,
    name: &str,
    known: &str,
    first: Option<SitePath>,
) -> Diagnostic {
    let (key, term, other) = (taxonomy.to_owned(), name.to_owned(), known.to_owned());
    Diagnostic::error(Code::TermsCollide, FrontMatter::TermsCollide { key, name: term, other, path: first })
        .at(path, value(taxonomy, name))
}

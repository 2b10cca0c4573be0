//! The catalogue of sources, `sources.yaml`.

use serde::{Deserialize, Serialize};

use super::{Text, key, owned, says};
use crate::diag::{Code, Diagnostic, Spot};
use crate::path::SitePath;
use crate::site_files;

/// Problems of sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Sources {
    Key { name: String },
    TitleMissing { name: String },
    Address { value: String },
    Date { value: String },
    Flag { key: String, value: String },
    Type { value: String, known: Vec<String>, near: Option<String> },
}

impl Sources {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::Key { name } => {
                says(format!("`{name}` is not a valid key: it cannot be cited as `[@{name}]`"))
                    .hint("use letters, digits and `_`, with `-`, `.`, `:` or `/` between them")
            }
            Self::TitleMissing { name } => {
                says(format!("the source `{name}` has no title")).hint("add `title: …` below it")
            }
            Self::Address { value } => says(format!("`{value}` is not the URL of a web page"))
                .hint("write it with https:// or http://, or leave the line out if there is no URL"),
            Self::Date { value } => says(format!("`{value}` is not a date"))
                .hint("write as much as is known: 2011, 2011-03 or 2011-03-04"),
            Self::Flag { key, value } => says(format!("`{key}` must be `true` or `false`, but is `{value}`"))
                .hint(format!("for example `{key}: true`")),
            Self::Type { value, known, near } => {
                says(format!("unknown source type `{value}`; the source is shown as an article"))
                    .hint(format!("the types are {}", known.join(", ")))
                    .near(near)
            }
        }
    }
}

fn sources_file() -> SitePath {
    SitePath::constant(site_files::SOURCES)
}

/// A problem of the value of a key of a source.
fn at_value(code: Code, cause: Sources, source: &str, key: &str, word: &str) -> Diagnostic {
    let keys = vec![source.to_owned(), key.to_owned()];
    Diagnostic::error(code, cause).at(&sources_file(), Spot::Value(keys, word.to_owned()))
}

/// A source whose name no citation can hold.
pub fn source_key(source: &str) -> Diagnostic {
    Diagnostic::error(Code::SourceKey, Sources::Key { name: source.to_owned() })
        .at(&sources_file(), key(source))
}

/// A source without a title.
pub fn source_title_missing(source: &str) -> Diagnostic {
    Diagnostic::error(Code::SourceIncomplete, Sources::TitleMissing { name: source.to_owned() })
        .at(&sources_file(), key(source))
}

/// An address of a source that no browser follows.
pub fn source_address(source: &str, key: &str, address: &str) -> Diagnostic {
    let cause = Sources::Address { value: address.to_owned() };
    at_value(Code::SourceAddress, cause, source, key, address)
}

/// A date of a source nobody can read.
pub fn source_date(source: &str, key: &str, text: &str) -> Diagnostic {
    at_value(Code::BadDate, Sources::Date { value: text.to_owned() }, source, key, text)
}

/// A type of a source nobody knows; the source is taken for an article.
pub fn source_kind(source: &str, text: &str, known: &[&str], near: Option<&str>) -> Diagnostic {
    let known = known.iter().map(|name| (*name).to_owned()).collect();
    let cause = Sources::Type { value: text.to_owned(), known, near: owned(near) };
    let keys = vec![source.to_owned(), "type".to_owned()];
    Diagnostic::warning(Code::SourceType, cause).at(&sources_file(), Spot::Value(keys, text.to_owned()))
}

/// A value of a source that is neither true nor false.
pub fn source_flag(source: &str, name: &str, text: &str) -> Diagnostic {
    let cause = Sources::Flag { key: name.to_owned(), value: text.to_owned() };
    at_value(Code::WrongValue, cause, source, name, text)
}

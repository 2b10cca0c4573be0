//! The settings, `pingmark.yaml`.

use serde::{Deserialize, Serialize};

use super::{Text, config_file, owned, says, value};
use crate::diag::args::{OutputDirProblem, PermalinkProblem};
use crate::diag::{Code, Diagnostic, Spot};
use crate::share_template;

/// Problems of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Settings {
    Missing { key: String, example: String },
    BaseUrl { value: String },
    Timezone { value: String, near: Option<String> },
    Permalink { value: String, reason: PermalinkProblem },
    OutputDir { value: String, reason: OutputDirProblem },
    UnsafeAddress { value: String },
    LocalAddress { value: String },
    Domain { value: String },
    ShareTemplate { name: String, near: Option<String> },
    Colour { value: String },
    Slot { value: String },
    Author { name: String, near: Option<String> },
    Language { value: String },
    Elsewhere { value: String },
    Logo { target: String, is_picture: bool },
    Placeholder { key: String, value: String },
}

impl Settings {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::Missing { key, example } => {
                says(format!("`{key}` is missing")).hint(format!("add a line such as `{example}`"))
            }
            Self::BaseUrl { value } => says(format!("`{value}` is not the URL of a site"))
                .hint("write it with https:// and without `?` or `#`, for example https://example.org/blog/"),
            Self::Timezone { value, near } => says(format!("unknown time zone `{value}`"))
                .hint("use a name from the IANA database, such as Europe/Paris")
                .near(near),
            Self::Permalink { reason, .. } => {
                let reason = match reason {
                    PermalinkProblem::NotRooted => "it must start with `/`".to_owned(),
                    PermalinkProblem::NoSlug => {
                        "without `:slug`, all posts would have the same URL".to_owned()
                    }
                    PermalinkProblem::UnknownToken(token, known) => {
                        format!("`{token}` is not one of {}", known.join(", "))
                    }
                };
                says(format!("this permalink pattern is not valid: {reason}"))
                    .hint("for example /:year/:month/:slug/")
            }
            Self::OutputDir { value, reason } => {
                let reason = match reason {
                    OutputDirProblem::Path(problem) => problem.to_string(),
                    OutputDirProblem::HoldsSources => "it holds the site's sources".to_owned(),
                };
                says(format!("`{value}` cannot be the output folder: {reason}"))
                    .hint("use a separate folder inside the site, or --output-dir for one elsewhere")
            }
            Self::UnsafeAddress { value } => {
                says(format!("`{value}` could run a script in the reader's browser"))
                    .hint("use a URL that starts with https://, or with `/` for a page of this site")
            }
            Self::LocalAddress { value } => {
                says(format!("`{value}` exists on your computer only: readers cannot open it"))
                    .hint("use a URL that starts with https://, or with `/` for this site")
            }
            Self::Domain { value } => says(format!("`{value}` is not a domain"))
                .hint("for example example.org, which includes its subdomains"),
            Self::ShareTemplate { name, near } => {
                let known = share_template::NAMES.map(|name| format!("{{{{ {name} }}}}")).join(", ");
                says(format!("unknown placeholder `{name}` in a share text"))
                    .hint(format!("the placeholders are {known}"))
                    .near(near)
            }
            Self::Colour { value } => says(format!("`{value}` is not a colour"))
                .hint("write it as a hex code in quotes, such as \"#1d3fb8\""),
            Self::Slot { value } => says(format!("`{value}` is not a posting time"))
                .hint("write `tue 09:00`, or `09:00` for every day"),
            Self::Author { name, near } => says(format!("`{name}` is not one of the `authors`"))
                .hint("correct the name, or add it below `authors:`")
                .near(near),
            Self::Logo { target, is_picture: true } => {
                says(format!("the file `{target}` does not exist in static/"))
                    .hint("put the picture into static/, and write its path from there: /img/logo.png")
            }
            Self::Logo { target, is_picture: false } => {
                says(format!("`{target}` cannot be a logo")).hint("a logo is a PNG, a JPEG or an SVG")
            }
            Self::Placeholder { key, value } => says(format!(
                "`{value}` is only the example that a new blog starts with"
            ))
            .hint(match key.as_str() {
                "base_url" => "write the URL of your blog: links in feeds and on social networks use it",
                _ => "write the name of the person: readers see it below each post",
            }),
            Self::Elsewhere { value } => says(format!("`{value}` is neither a path nor a host"))
                .hint("write a path as /docs/, and a host as docs.example.org"),
            Self::Language { value } => {
                says(format!("`{value}` is not a language code")).hint("use a code such as fr, en or pt-BR")
            }
        }
    }
}

/// A problem of the value at a path of keys.
fn at_keys(code: Code, cause: Settings, keys: &[&str], word: &str) -> Diagnostic {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Diagnostic::error(code, cause).at(&config_file(), Spot::Value(keys, word.to_owned()))
}

/// A key that every site needs.
pub fn config_key_missing(key: &str, example: &str) -> Diagnostic {
    let cause = Settings::Missing { key: key.to_owned(), example: example.to_owned() };
    Diagnostic::error(Code::ConfigMissing, cause).at(&config_file(), Spot::File)
}

/// `base_url` is no address.
pub fn config_base_url(text: &str) -> Diagnostic {
    let cause = Settings::BaseUrl { value: text.to_owned() };
    at_keys(Code::ConfigBaseUrl, cause, &["base_url"], text)
}

/// `timezone` is unknown.
pub fn config_timezone(text: &str, near: Option<&str>) -> Diagnostic {
    let cause = Settings::Timezone { value: text.to_owned(), near: owned(near) };
    at_keys(Code::ConfigTimezone, cause, &["timezone"], text)
}

/// `permalink` cannot make addresses.
pub fn config_permalink(pattern: &str, reason: PermalinkProblem) -> Diagnostic {
    let cause = Settings::Permalink { value: pattern.to_owned(), reason };
    at_keys(Code::ConfigPermalink, cause, &["permalink"], pattern)
}

/// `output_dir` is not a folder of its own.
pub fn config_output_dir(text: &str, reason: OutputDirProblem) -> Diagnostic {
    let cause = Settings::OutputDir { value: text.to_owned(), reason };
    at_keys(Code::ConfigOutputDir, cause, &["output_dir"], text)
}

/// An address that could run a script.
pub fn config_address(keys: Vec<String>, address: &str) -> Diagnostic {
    Diagnostic::error(Code::LinkUnsafe, Settings::UnsafeAddress { value: address.to_owned() })
        .at(&config_file(), Spot::Value(keys, address.to_owned()))
}

/// An address that only the author's machine has.
pub fn config_address_local(keys: Vec<String>, address: &str) -> Diagnostic {
    Diagnostic::error(Code::LinkLocal, Settings::LocalAddress { value: address.to_owned() })
        .at(&config_file(), Spot::Value(keys, address.to_owned()))
}

/// What should be a domain is none.
pub fn config_domain(key: &str, number: usize, text: &str) -> Diagnostic {
    let cause = Settings::Domain { value: text.to_owned() };
    at_keys(Code::ConfigDomain, cause, &["mentions", key, &number.to_string()], text)
}

/// A template of share texts with a name that nothing has.
pub fn config_template(network: &str, name: &str, near: Option<&str>) -> Diagnostic {
    let cause = Settings::ShareTemplate { name: name.to_owned(), near: owned(near) };
    at_keys(Code::ConfigTemplate, cause, &["social", "templates", network], name)
}

/// A colour that is none.
pub fn config_colour(key: &str, text: &str) -> Diagnostic {
    let cause = Settings::Colour { value: text.to_owned() };
    at_keys(Code::ConfigColour, cause, &["social", "cards", key], text)
}

/// A time of the week nobody can read.
pub fn config_slot(number: usize, text: &str) -> Diagnostic {
    let cause = Settings::Slot { value: text.to_owned() };
    at_keys(Code::ConfigSlot, cause, &["social", "slots", &number.to_string()], text)
}

/// `author` names nobody of `authors`.
pub fn config_author(name: &str, near: Option<&str>) -> Diagnostic {
    let cause = Settings::Author { name: name.to_owned(), near: owned(near) };
    Diagnostic::warning(Code::ConfigAuthor, cause).at(&config_file(), value("author", name))
}

/// A logo that does not exist, or that is no picture.
pub fn config_logo(text: &str, is_picture: bool) -> Diagnostic {
    at_keys(Code::FileNotFound, Settings::Logo { target: text.to_owned(), is_picture }, &["logo"], text)
}

/// A value that a new blog begins with, at a path of keys.
pub fn config_placeholder(keys: &[&str], text: &str) -> Diagnostic {
    let cause = Settings::Placeholder { key: keys.join("."), value: text.to_owned() };
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Diagnostic::warning(Code::Placeholder, cause).at(&config_file(), Spot::Value(keys, text.to_owned()))
}

/// A place of `elsewhere` that is neither a path nor a host.
pub fn config_elsewhere(number: usize, text: &str) -> Diagnostic {
    let cause = Settings::Elsewhere { value: text.to_owned() };
    at_keys(Code::ConfigElsewhere, cause, &["elsewhere", &number.to_string()], text)
}

/// A language that is no tag.
pub fn config_language(key: &str, code: &str) -> Diagnostic {
    at_keys(Code::ConfigLanguage, Settings::Language { value: code.to_owned() }, &[key], code)
}

//! Themes, templates and the strings of the interface.

use serde::{Deserialize, Serialize};

use super::{Text, config_file, key, owned, says, value};
use crate::diag::{Code, Diagnostic, Spot};
use crate::path::SitePath;
use crate::slug::nearest;

/// Problems of themes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Templates {
    ThemeMissing { name: String, near: Option<String>, known: Vec<String> },
    GivenThemeMissing { name: String, near: Option<String>, known: Vec<String> },
    Syntax { reason: String, near: Option<String>, known: Vec<String> },
    Parent { name: String, near: Option<String> },
    Failed { reason: String, page: String, near: Option<String>, known: Vec<String> },
    PageFailed { reason: String, page: Option<String> },
    Endless { page: String, count: u64 },
    Hungry { page: String, max: usize },
    PageTooLarge { page: String, max: usize },
    Missing { name: String, near: Option<String> },
    Unused { name: String, near: Option<String> },
    WordsMissing { missing: Vec<String> },
    LanguageWithoutWords { name: String },
}

impl Templates {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::ThemeMissing { name, near, known } => says(format!("unknown theme `{name}`"))
                .hint(format!("the themes are {}", known.join(", ")))
                .near(near),
            Self::GivenThemeMissing { name, near, known } => {
                says(format!("there is no theme `{name}`, which --theme asks for"))
                    .hint(format!("the themes are {}", known.join(", ")))
                    .hint_opt(near.as_ref().map(|near| format!("did you mean `--theme {near}`?")))
            }
            Self::Syntax { reason, near, known } => {
                let lacks_block = reason.starts_with("Block `").then(|| {
                    "the base.html that this template extends has no such block: add it there, or replace this \
                     template with one of your own in templates/"
                        .to_owned()
                });
                says(lowercase(reason)).hint_opt(listed(known)).hint_opt(lacks_block).near(near)
            }
            Self::Parent { name, near } => says(format!("there is no template `{name}`")).near(near),
            Self::Failed { reason, page, near, known } => {
                says(format!("{} (while rendering /{page})", lowercase(reason)))
                    .hint_opt(listed(known))
                    .near(near)
            }
            Self::PageFailed { reason, page: Some(page) } => {
                says(format!("/{page} cannot be rendered: {reason}"))
            }
            Self::PageFailed { reason, page: None } => {
                says(format!("the templates cannot be compiled: {}", lowercase(reason)))
            }
            Self::PageTooLarge { page, max } => {
                says(format!("/{page} cannot be rendered: it is larger than {} MB", max >> 20))
                    .hint("check that the loops of its template end")
            }
            Self::Endless { page, count } => {
                says(format!("{} is still being rendered after {count} seconds", page_name(page)))
                    .hint("look for loops inside loops; lists of the whole site belong on pages of their own")
            }
            Self::Hungry { page, max } => {
                says(format!("{} takes more than {} MB of memory", page_name(page), max >> 20)).hint(
                    "look for a text that is joined to itself again and again, as in `{% set x = x ~ x %}`",
                )
            }
            Self::Missing { name, near } => {
                says(format!("there is no template `{name}`; the default one is used")).near(near)
            }
            Self::Unused { name, .. } if name == "base.html" => says("no page is made with this base.html")
                .hint("give it `{% block content %}{% endblock %}`, into which pages are put"),
            Self::Unused { near, .. } => says("nothing uses this template")
                .hint("include or extend it, name it as `template:` in a front matter, or remove it")
                .near(near),
            Self::WordsMissing { missing } => {
                let shown: Vec<String> = missing.iter().take(3).map(|key| format!("`{key}`")).collect();
                let more = if missing.len() > 3 {
                    format!(" and {} more", missing.len() - 3)
                } else {
                    String::new()
                };
                let verb = if missing.len() == 1 { "is" } else { "are" };
                says(format!("{}{more} {verb} not translated", shown.join(", ")))
                    .hint("English is used instead; add translations to this file")
            }
            Self::LanguageWithoutWords { name } => {
                says(format!("the theme has no translations for `{name}`; English is used instead"))
                    .hint(format!("add them in data/i18n/{name}.yaml, as `key: text`"))
            }
        }
    }
}

/// A message of the template engine, which begins with a capital letter.
fn lowercase(message: &str) -> String {
    let mut chars = message.chars();
    match (chars.next(), chars.as_str()) {
        (Some(first), rest) if rest.starts_with(char::is_lowercase) => {
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => message.to_owned(),
    }
}

/// What is being rendered, at the start of a sentence.
fn page_name(page: &str) -> String {
    if page.is_empty() { "what this template makes".to_owned() } else { format!("/{page}") }
}

fn listed(known: &[String]) -> Option<String> {
    (!known.is_empty()).then(|| format!("available: {}", known.join(", ")))
}

/// The theme does not exist.
pub fn theme_missing(name: &str, themes: &[String]) -> Diagnostic {
    let near = owned(nearest(name, themes.iter().map(String::as_str)));
    let cause = Templates::ThemeMissing { name: name.to_owned(), near, known: themes.to_vec() };
    Diagnostic::error(Code::ThemeMissing, cause).at(&config_file(), value("theme", name))
}

/// The theme that `--theme` names does not exist.
pub fn given_theme_missing(name: &str, themes: &[String]) -> Diagnostic {
    let near = owned(nearest(name, themes.iter().map(String::as_str)));
    let cause = Templates::GivenThemeMissing { name: name.to_owned(), near, known: themes.to_vec() };
    Diagnostic::error(Code::ThemeMissing, cause)
}

/// A template that cannot be read. `known` are names that could have been meant.
pub fn template_syntax(path: &SitePath, spot: Spot, message: &str, known: &[String]) -> Diagnostic {
    let quoted = message.split('`').nth(1).unwrap_or("");
    let near = owned(nearest(quoted, known.iter().map(String::as_str)));
    let reason = message.trim_end_matches('.').to_owned();
    Diagnostic::error(Code::TemplateSyntax, Templates::Syntax { reason, near, known: known.to_vec() })
        .at(path, spot)
}

/// A template that extends or includes one that does not exist.
pub fn template_parent(path: &SitePath, spot: Spot, name: &str, near: Option<&str>) -> Diagnostic {
    let cause = Templates::Parent { name: name.to_owned(), near: owned(near) };
    Diagnostic::error(Code::TemplateSyntax, cause).at(path, spot)
}

/// A template that fails while a page is rendered. `known` are the names of which `missing` is
/// none, when that is why.
pub fn template_failed(
    path: &SitePath,
    spot: Spot,
    message: &str,
    page: &str,
    missing: Option<&str>,
    known: Vec<String>,
) -> Diagnostic {
    let near = missing.and_then(|missing| nearest(missing, known.iter().map(String::as_str)));
    let (reason, page, near) = (message.trim_end_matches('.').to_owned(), page.to_owned(), owned(near));
    Diagnostic::error(Code::TemplateFailed, Templates::Failed { reason, page, near, known }).at(path, spot)
}

/// A failure that names no place: of a page, or of the templates as a whole.
pub fn render_failed(page: Option<&str>, message: &str) -> Diagnostic {
    let (reason, page) = (message.trim_end_matches('.').to_owned(), owned(page));
    Diagnostic::error(Code::TemplateFailed, Templates::PageFailed { reason, page })
}

/// A template that does not end: the page it makes, and for how many seconds.
pub fn template_endless(template: Option<&SitePath>, page: &str, seconds: u64) -> Diagnostic {
    let cause = Templates::Endless { page: page.to_owned(), count: seconds };
    of_template(Diagnostic::error(Code::TemplateFailed, cause), template)
}

/// A template that takes more memory than `max` bytes.
pub fn template_hungry(template: Option<&SitePath>, page: &str, max: usize) -> Diagnostic {
    let cause = Templates::Hungry { page: page.to_owned(), max };
    of_template(Diagnostic::error(Code::TemplateFailed, cause), template)
}

fn of_template(diagnostic: Diagnostic, template: Option<&SitePath>) -> Diagnostic {
    match template {
        Some(path) => diagnostic.at(path, Spot::File),
        None => diagnostic,
    }
}

/// A page that grows beyond `max` bytes while it is rendered.
pub fn page_too_large(page: &str, max: usize) -> Diagnostic {
    Diagnostic::error(Code::TemplateFailed, Templates::PageTooLarge { page: page.to_owned(), max })
}

/// A front matter that asks for a template that does not exist.
pub fn template_missing(path: &SitePath, name: &str, near: Option<&str>) -> Diagnostic {
    let cause = Templates::Missing { name: name.to_owned(), near: owned(near) };
    Diagnostic::warning(Code::TemplateMissing, cause).at(path, key("template"))
}

/// A template of the site that nothing uses. `names` are those that pages are made with.
pub fn template_unused(path: &SitePath, names: &[String]) -> Diagnostic {
    let name = path.below("templates").unwrap_or(path.name()).to_owned();
    let near = owned(nearest(&name, names.iter().map(String::as_str).filter(|other| **other != name)));
    Diagnostic::warning(Code::TemplateUnused, Templates::Unused { name, near }).at(path, Spot::File)
}

/// Words of the interface that a language lacks.
pub fn words_missing(path: &SitePath, keys: &[String]) -> Diagnostic {
    Diagnostic::warning(Code::WordsMissing, Templates::WordsMissing { missing: keys.to_vec() })
        .at(path, Spot::File)
}

/// A language the theme has no words in.
pub fn language_without_words(lang: &str, is_main: bool) -> Diagnostic {
    let keys = if is_main { vec!["lang".to_owned()] } else { vec!["languages".to_owned(), lang.to_owned()] };
    Diagnostic::warning(Code::WordsMissing, Templates::LanguageWithoutWords { name: lang.to_owned() })
        .at(&config_file(), Spot::Key(keys))
}

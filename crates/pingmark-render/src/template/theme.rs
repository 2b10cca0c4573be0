//! Themes: templates in layers, and interface texts.
//!
//! A template is looked up in the site's `templates/`, then in the theme, then in the built-in theme, which
//! stands in for everything that a theme leaves out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::Value as Yaml;

use pingmark_core::config::{Config, DEFAULT_THEME};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::sources::{SourceContent, Sources};
use pingmark_core::yaml;

use super::layers;

/// Template: name, file, text.
pub type Template = (String, SitePath, Arc<str>);

/// Theme, with the layers below it.
#[derive(Debug)]
pub struct Theme {
    /// Name.
    pub name: String,
    /// Templates. Names of the theme's own begin with `NAME/`, those of the site have no prefix.
    pub templates: Vec<Template>,
    /// Interface texts by language code, complete: English stands in for missing ones.
    pub words: BTreeMap<String, BTreeMap<String, Words>>,
}

/// Interface text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// Text with one form.
    Plain(String),
    /// Plural forms, by category of CLDR.
    Counted(BTreeMap<String, String>),
}

/// Names of the themes: folders of `themes/`.
pub fn names(sources: &Sources) -> Vec<String> {
    let mut names: Vec<String> =
        sources.below("themes").filter_map(|(_, rest, _)| Some(rest.split_once('/')?.0.to_owned())).collect();
    names.dedup();
    names
}

/// Reads a theme, and reports problems of its interface texts. If it does not exist, the built-in theme
/// takes its place.
pub fn load(
    sources: &Sources,
    config: &Config,
    languages: &[String],
    diagnostics: &mut Vec<Diagnostic>,
) -> Theme {
    let name = config.settings.theme.as_str();
    let known = names(sources);
    let name = if known.iter().any(|known| known == name) {
        name
    } else {
        diagnostics.push(match config.theme_is_given {
            true => catalogue::given_theme_missing(name, &known),
            false => catalogue::theme_missing(name, &known),
        });
        DEFAULT_THEME
    };
    let mut templates = Vec::new();
    let mut layer = |folder: &str, prefix: &str| {
        for (path, rest, source) in sources.below(folder) {
            if let SourceContent::Text(text, _) = &source.content {
                templates.push((format!("{prefix}{rest}"), path.clone(), text.clone()));
            }
        }
    };
    layer("templates", "");
    layer(&format!("themes/{name}/templates"), &format!("{name}/"));
    if name != DEFAULT_THEME {
        layer(&format!("themes/{DEFAULT_THEME}/templates"), &format!("{DEFAULT_THEME}/"));
    }
    let templates = layers::stacked(templates, name);
    let words = languages
        .iter()
        .enumerate()
        .map(|(number, lang)| (lang.clone(), words(sources, name, lang, number == 0, diagnostics)))
        .collect();
    Theme { name: name.to_owned(), templates, words }
}

/// Interface texts of a language. Each layer overrides the one before: English, the built-in theme in the
/// language, the theme, the site's `data/i18n/`.
fn words(
    sources: &Sources,
    theme: &str,
    lang: &str,
    is_main: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Words> {
    let primary = lang.split('-').next().unwrap_or(lang);
    let english = read_words(sources, &format!("themes/{DEFAULT_THEME}/i18n/en.yaml"), diagnostics);
    let mut own = read_words(sources, &format!("themes/{DEFAULT_THEME}/i18n/{primary}.yaml"), diagnostics);
    let file = format!("themes/{theme}/i18n/{primary}.yaml");
    if theme != DEFAULT_THEME {
        own.extend(read_words(sources, &file, diagnostics));
    }
    own.extend(read_words(sources, &format!("data/i18n/{primary}.yaml"), diagnostics));
    if primary != lang {
        own.extend(read_words(sources, &format!("data/i18n/{lang}.yaml"), diagnostics));
    }
    let mut complete = english;
    if theme != DEFAULT_THEME {
        complete.extend(read_words(sources, &format!("themes/{theme}/i18n/en.yaml"), diagnostics));
    }
    let missing: Vec<String> = complete.keys().filter(|key| !own.contains_key(*key)).cloned().collect();
    // Not a language tag, which is reported elsewhere.
    if !lang.is_ascii() {
        return complete;
    }
    if own.is_empty() {
        diagnostics.push(catalogue::language_without_words(lang, is_main));
    } else if !missing.is_empty()
        && let Ok(path) = SitePath::new(&file)
    {
        diagnostics.push(catalogue::words_missing(&path, &missing));
    }
    complete.extend(own);
    complete
}

fn read_words(sources: &Sources, file: &str, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<String, Words> {
    let Some(text) = sources.text(file) else { return BTreeMap::new() };
    let path = SitePath::new(file).expect("a file of the sources has a path");
    let mapping = match yaml::parse_mapping(text) {
        Ok(mapping) => mapping,
        Err(problem) => {
            diagnostics.push(catalogue::yaml_problem(&path, &problem, &|_| Vec::new()));
            return BTreeMap::new();
        }
    };
    let mut words = BTreeMap::new();
    for (key, value) in mapping {
        let Some(key) = key.as_str().map(str::to_owned) else { continue };
        match value {
            Yaml::String(text) => _ = words.insert(key, Words::Plain(text)),
            Yaml::Mapping(forms) => {
                let forms =
                    forms.iter().filter_map(|(k, v)| Some((k.as_str()?.to_owned(), v.as_str()?.to_owned())));
                words.insert(key, Words::Counted(forms.collect()));
            }
            other => {
                let expected = format!(
                    "expected text, or a mapping with `one` and `other`, found {}",
                    yaml::kind(&other)
                );
                let problem = yaml::Problem::Value(vec![key], expected);
                diagnostics.push(catalogue::yaml_problem(&path, &problem, &|_| Vec::new()));
            }
        }
    }
    words
}

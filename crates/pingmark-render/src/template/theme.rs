//! Themes: templates in layers, and interface texts.
//!
//! A template is looked up in the site's `templates/`, then in the theme, then in the built-in theme, which
//! stands in for everything that a theme leaves out.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde_yaml::Value as Yaml;

use pingmark_core::config::DEFAULT_THEME;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::sources::{SourceContent, Sources};
use pingmark_core::yaml;

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
pub fn load(sources: &Sources, name: &str, languages: &[String], diagnostics: &mut Vec<Diagnostic>) -> Theme {
    let known = names(sources);
    let name = if known.iter().any(|known| known == name) {
        name
    } else {
        diagnostics.push(catalogue::theme_missing(name, &known));
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
    let templates = reachable(with_own_base(templates));
    let words = languages
        .iter()
        .enumerate()
        .map(|(number, lang)| (lang.clone(), words(sources, name, lang, number == 0, diagnostics)))
        .collect();
    Theme { name: name.to_owned(), templates, words }
}

/// Lets templates of the built-in theme keep its own `base.html` if the one of the site or theme lacks
/// blocks that they fill.
fn with_own_base(templates: Vec<Template>) -> Vec<Template> {
    let base = format!("{DEFAULT_THEME}/base.html");
    let other = templates
        .iter()
        .find(|(name, ..)| name.ends_with("base.html") && *name != base && !name.contains("partials"));
    let Some(text) = other.map(|(_, _, text)| text.clone()) else { return templates };
    let blocks = |text: &str| -> HashSet<String> {
        let names = text.split("{% block ").chain(text.split("{%- block ")).skip(1);
        names.filter_map(|rest| rest.split([' ', '%', '-']).next().map(str::to_owned)).collect()
    };
    let offered = blocks(&text);
    templates
        .into_iter()
        .map(|(name, path, text)| {
            let lacks = name.starts_with(&format!("{DEFAULT_THEME}/"))
                && text.contains("extends \"base.html\"")
                && !blocks(&text).is_subset(&offered);
            let text = if lacks {
                text.replace("extends \"base.html\"", &format!("extends \"{base}\"")).into()
            } else {
                text
            };
            (name, path, text)
        })
        .collect()
}

/// Leaves out templates that a higher layer overrides, unless a template names them with their theme
/// (`{% extends "plume/base.html" %}`). An override then need not provide what other templates of the theme
/// expect of the original.
fn reachable(templates: Vec<Template>) -> Vec<Template> {
    let plain = |name: &str, path: &SitePath| {
        let in_theme = path.as_str().starts_with("themes/");
        if in_theme {
            name.split_once('/').map_or(name, |(_, rest)| rest).to_owned()
        } else {
            name.to_owned()
        }
    };
    let mut seen = HashSet::new();
    let shadowed: HashSet<String> = templates
        .iter()
        .filter(|(name, path, _)| !seen.insert(plain(name, path)))
        .map(|(name, _, _)| name.clone())
        .collect();
    let named: HashSet<String> = shadowed
        .iter()
        .filter(|name| templates.iter().any(|(_, _, text)| text.contains(name.as_str())))
        .cloned()
        .collect();
    templates.into_iter().filter(|(name, _, _)| !shadowed.contains(name) || named.contains(name)).collect()
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

//! Reads the inputs other than articles: configuration, catalogue of cited sources, theme
//! settings, copied files.

use std::collections::BTreeMap;
use std::sync::Arc;

use pingmark_core::appearance::{Appearance, THEME_KEYS, ThemeFile};
use pingmark_core::config::{Config, DEFAULT_THEME, LinkRule};
use pingmark_core::diag::{Diagnostics, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;
use pingmark_core::sources::{Source, SourceContent, Sources};
use pingmark_core::{site_files, yaml};
use pingmark_document::typography::{self, Style};
use pingmark_site::bibliography::Bibliography;
use pingmark_site::graph::Asset;

use super::Request;

/// Reads the configuration, and applies the request's overrides and the typography of each language.
pub(super) fn read_config(sources: &Sources, request: &Request, diagnostics: &mut Diagnostics) -> Config {
    let text = sources.text(site_files::CONFIG).map_or("", AsRef::as_ref);
    let (mut config, problems) = Config::read(text, request.base_url.as_deref());
    diagnostics.extend(problems);
    if let Some(theme) = &request.theme {
        config.settings.theme.clone_from(theme);
        config.theme_is_given = true;
    }
    if request.lenient {
        config.settings.links = LinkRule::Warn;
    }
    if config.settings.typography {
        for language in &mut config.languages {
            let style = Style::of(&language.code);
            language.title = typography::set(style, &language.title);
            language.description = typography::set(style, &language.description);
        }
        let style = Style::of(&config.settings.lang);
        for author in config.settings.authors.values_mut() {
            author.bio = author.bio.take().map(|bio| typography::set(style, &bio));
        }
    }
    config
}

/// Reads the catalogue of cited sources, and applies the typography of each source's language.
pub(super) fn read_bibliography(
    sources: &Sources,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Arc<Bibliography> {
    let text = sources.text(site_files::SOURCES).map_or("", AsRef::as_ref);
    let (mut bibliography, problems) = Bibliography::read(text);
    diagnostics.extend(problems);
    if config.settings.typography {
        let main = &config.main_language().code;
        let style = |lang: Option<&str>| Style::of(lang.unwrap_or(main));
        bibliography.typeset(|lang, text| typography::set(style(lang), text));
    }
    Arc::new(bibliography)
}

/// Files that are copied, sorted by path. `beside` holds the ones below `content/`.
pub(super) fn copied_files(sources: &Sources, beside: &[(SitePath, Arc<Source>)]) -> Vec<Asset> {
    let theme_static =
        |path: &SitePath| path.as_str().starts_with("themes/") && path.components().nth(2) == Some("static");
    let (before, after) = sources.files_around("content");
    let beside = beside.iter().map(|(path, source)| (path, source));
    before
        .chain(beside)
        .chain(after)
        .filter_map(|(path, source)| {
            let (dimensions, raster, metadata) = match &source.content {
                SourceContent::File(facts) => (facts.dimensions, facts.raster.clone(), facts.metadata),
                SourceContent::Bytes(_) => (None, None, false),
                SourceContent::Text(..) if theme_static(path) || path.below("static").is_some() => {
                    (None, None, false)
                }
                SourceContent::Text(..) | SourceContent::OnDisk(_) | SourceContent::OtherMarkup => {
                    return None;
                }
            };
            Some(Asset { source: path.clone(), dimensions, raster, metadata })
        })
        .collect()
}

/// Reads the appearance: the theme's `theme.yaml` and the site's accent colour.
pub(super) fn read_appearance(
    sources: &Sources,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Appearance {
    let settings = &config.settings;
    let there = sources.below(&format!("themes/{}", settings.theme)).next().is_some();
    let theme = if there { &settings.theme } else { DEFAULT_THEME };
    let name = format!("themes/{theme}/theme.yaml");
    let (file, problems) = yaml::decode::<ThemeFile>(sources.text(&name).map_or("", AsRef::as_ref));
    if let Ok(path) = SitePath::new(&name) {
        let known = |_: &[String]| THEME_KEYS.map(str::to_owned).to_vec();
        diagnostics.extend(problems.iter().map(|problem| catalogue::yaml_problem(&path, problem, &known)));
    }
    Appearance::new(theme, file, settings.accent)
}

/// Fingerprints of theme assets and small static files, which become content hashes in their names.
pub(super) fn fingerprints_of_assets(sources: &Sources) -> BTreeMap<SitePath, Fingerprint> {
    let of_theme = sources.below("themes").filter(|(path, ..)| path.components().nth(2) == Some("static"));
    of_theme
        .chain(sources.below("static"))
        .filter_map(|(path, _, source)| {
            let fingerprint = match &source.content {
                SourceContent::Text(_, fingerprint) | SourceContent::OnDisk(Some(fingerprint)) => {
                    *fingerprint
                }
                SourceContent::Bytes(bytes) => Fingerprint::of(bytes),
                SourceContent::File(facts) => facts.fingerprint?,
                SourceContent::OnDisk(None) | SourceContent::OtherMarkup => return None,
            };
            Some((path.clone(), fingerprint))
        })
        .collect()
}

/// Fingerprint of all inputs of the configuration.
pub(super) fn fingerprint_of_config(sources: &Sources, request: &Request) -> Fingerprint {
    let text = sources.text(site_files::CONFIG).map_or("", AsRef::as_ref);
    let version = env!("CARGO_PKG_VERSION");
    Fingerprint::of_value(&(version, request.program, text, &request.base_url, &request.theme))
}

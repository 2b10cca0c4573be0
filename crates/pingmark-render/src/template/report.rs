//! Diagnostics from Tera's errors, with the place and suggestions.

use std::collections::{BTreeSet, HashMap};

use tera::{Context, ErrorKind, Tera};

use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::nearest;

use super::theme::Template;
use super::{Variables, short_name};

/// The name that a template asked for and that does not exist, with the names that do.
pub(super) fn missing<'m>(
    message: &'m str,
    context: &Context,
    variables: &Variables,
) -> Option<(&'m str, Vec<String>)> {
    if !message.contains("is not defined") {
        return None;
    }
    let missing = message.split('`').nth(1)?;
    let listed = message.split_once(" fields: ").map(|(_, fields)| fields);
    let mut names: Vec<&str> = match listed {
        Some(fields) => fields.split(", ").map(|field| field.trim_matches(['`', '.'])).collect(),
        None => {
            let known = variables.shared.iter().chain(&variables.of_page).copied();
            known.filter(|name| context.contains_key(name)).collect()
        }
    };
    names.sort_unstable();
    Some((missing, names.into_iter().map(str::to_owned).collect()))
}

/// All problems of templates that do not compile. Tera stops at the first broken template, so each is
/// compiled alone too.
pub(super) fn problems(
    error: &tera::Error,
    templates: &[&Template],
    paths: &HashMap<String, SitePath>,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (name, path, text) in templates {
        let alone = Tera::new().add_raw_template(name, text).err();
        if let Some(ErrorKind::SyntaxError(report)) = alone.as_ref().map(tera::Error::kind) {
            diagnostics.push(catalogue::template_syntax(path, spot(report.span()), report.message(), &[]));
        }
    }
    if diagnostics.is_empty() {
        diagnostics.extend(missing_parent(error, templates));
    }
    if diagnostics.is_empty() {
        diagnostics.extend(reports(&error.to_string(), templates, paths));
    }
    if diagnostics.is_empty() {
        diagnostics.push(catalogue::render_failed(None, &error.to_string()));
    }
    diagnostics
}

/// Diagnostic for a template that extends one that does not exist.
fn missing_parent(error: &tera::Error, templates: &[&Template]) -> Option<Diagnostic> {
    let ErrorKind::MissingParent { current, parent } = error.kind() else { return None };
    let (_, path, text) = templates.iter().find(|(name, ..)| name == current)?;
    let spot =
        text.find(parent.as_str()).map_or(Spot::LineColumn(1, 1), |at| Spot::Bytes(at, at + parent.len()));
    let names: BTreeSet<&str> = templates.iter().map(|(name, ..)| short_name(name)).collect();
    Some(catalogue::template_parent(path, spot, parent, nearest(parent, names)))
}

/// Filters of Tera and of Pingmark, for suggestions.
const FILTERS: [&str; 40] = [
    "absolute_url",
    "abs",
    "capitalize",
    "date",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "json",
    "keys",
    "last",
    "length",
    "lower",
    "markdown",
    "newlines_to_br",
    "nth",
    "pairs",
    "plural",
    "replace",
    "reverse",
    "round",
    "safe",
    "slugify",
    "sort",
    "split",
    "str",
    "striptags",
    "title",
    "trim",
    "truncate",
    "unique",
    "upper",
    "values",
];

/// Diagnostics from Tera's printed report, its only form for unknown filters, components and the like:
/// `error: message`, then ` --> template:line:column`.
fn reports(text: &str, templates: &[&Template], paths: &HashMap<String, SitePath>) -> Vec<Diagnostic> {
    let components: Vec<String> = templates
        .iter()
        .flat_map(|(_, _, text)| text.split("{% component ").skip(1))
        .filter_map(|rest| rest.split(['(', ' ']).next().map(str::to_owned))
        .collect();
    let mut diagnostics = Vec::new();
    let mut message = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("error: ") {
            message = rest;
        } else if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let mut parts = place.rsplitn(3, ':');
            let column = parts.next().and_then(|c| c.parse().ok());
            let row = parts.next().and_then(|r| r.parse().ok());
            let path = parts.next().and_then(|name| paths.get(name));
            let known = match message.split('`').next() {
                Some("Unknown filter ") => FILTERS.map(str::to_owned).to_vec(),
                Some("Unknown component ") => components.clone(),
                Some("Unknown template ") => {
                    templates.iter().map(|(name, ..)| short_name(name).to_owned()).collect()
                }
                _ => Vec::new(),
            };
            if let (Some(column), Some(row), Some(path)) = (column, row, path) {
                let text = templates.iter().find(|(_, own, _)| own == path).map_or("", |(_, _, text)| text);
                diagnostics.push(catalogue::template_syntax(
                    path,
                    word_at(text, row, column, message),
                    message,
                    &known,
                ));
            }
        }
    }
    diagnostics
}

/// Span of the word that a message is about, if it stands at the place that the message gives.
fn word_at(text: &str, row: usize, column: usize, message: &str) -> Spot {
    let start = pingmark_core::yaml::offset_of(text, row, column);
    let word = message.split('`').nth(1).unwrap_or("");
    let line = text[start..].split('\n').next().unwrap_or("");
    match line.find(word).filter(|_| !word.is_empty()) {
        Some(at) => Spot::Bytes(start + at, start + at + word.len()),
        None => Spot::LineColumn(row, column),
    }
}

pub(super) fn spot(span: &tera::Span) -> Spot {
    if span.range.is_empty() {
        return Spot::LineColumn(span.start_line, span.start_col + 1);
    }
    Spot::Bytes(span.range.start, span.range.end)
}

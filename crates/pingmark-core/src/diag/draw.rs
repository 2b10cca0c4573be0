//! Diagnostics as people and programs read them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity, Spot};
use crate::path::SitePath;
use crate::yaml;

/// Forms of diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// With the line and the place underlined.
    #[default]
    Human,
    /// One line each: `path:line:column: error[code]: message`.
    Short,
    /// One JSON object a line.
    Json,
}

/// What diagnostics are drawn from: the texts, and where things stand in them.
pub trait Evidence {
    /// The text of a file.
    fn text(&self, path: &SitePath) -> Option<Arc<str>>;
    /// The place of a reference in its file, whose text is given.
    fn reference(&self, path: &SitePath, text: &str, number: u32) -> Option<Range<usize>>;
    /// The place of a component in its file.
    fn component(&self, path: &SitePath, number: u32) -> Option<Range<usize>>;
    /// The other names that people give to a key of a file.
    fn other_names(&self, path: &SitePath, key: &str) -> Vec<&'static str>;
    /// Whether the file came with the program.
    fn built_in(&self, path: &SitePath) -> bool;
}

/// Draws diagnostics.
pub struct Reporter<'a> {
    /// What they are drawn from.
    pub evidence: &'a dyn Evidence,
    /// The site's folder, as the user named it.
    pub root: &'a Path,
    /// The form.
    pub format: Format,
    /// Whether to use colours.
    pub colour: bool,
    /// Texts that were asked for already: a file with many problems is read once.
    texts: RefCell<BTreeMap<SitePath, Option<Arc<str>>>>,
}

impl<'a> Reporter<'a> {
    /// Draws diagnostics of the site at `root` in one format.
    pub fn new(evidence: &'a dyn Evidence, root: &'a Path, format: Format, colour: bool) -> Self {
        Self { evidence, root, format, colour, texts: RefCell::default() }
    }

    /// The text of the file that a diagnostic is about.
    fn text(&self, diagnostic: &Diagnostic) -> Option<Arc<str>> {
        let path = diagnostic.path.as_ref()?;
        let mut texts = self.texts.borrow_mut();
        texts.entry(path.clone()).or_insert_with(|| self.evidence.text(path)).clone()
    }

    /// The diagnostics as they stand in the files: by file, then by line, errors first.
    pub fn in_order<'d>(&self, diagnostics: &'d Diagnostics) -> Vec<&'d Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by_cached_key(|diagnostic| {
            let text = self.text(diagnostic);
            let start = text.and_then(|text| self.span(diagnostic, &text)).map(|span| span.start);
            (diagnostic.path.clone(), start, diagnostic.severity, diagnostic.code.clone())
        });
        sorted
    }

    /// One diagnostic, with the line end.
    pub fn draw(&self, diagnostic: &Diagnostic) -> String {
        let text = self.text(diagnostic);
        let text = text.as_deref();
        let span = text.and_then(|text| self.span(diagnostic, text));
        match self.format {
            Format::Human => self.human(diagnostic, text, span),
            Format::Short => self.short(diagnostic, text, span),
            Format::Json => self.json(diagnostic, text, span),
        }
    }

    fn span(&self, diagnostic: &Diagnostic, text: &str) -> Option<Range<usize>> {
        let path = diagnostic.path.as_ref()?;
        let whole_line = |offset: usize| {
            let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
            offset..end.max(offset)
        };
        let span = match &diagnostic.spot {
            Spot::File => None,
            Spot::Bytes(start, end) => Some(*start..*end),
            Spot::LineColumn(line, column) => {
                let offset = yaml::offset_of(text, *line, *column);
                Some(whole_line(offset))
            }
            Spot::Key(keys) => self.locate(path, text, keys).map(|(key, _)| key),
            Spot::Value(keys, word) => {
                self.locate(path, text, keys).map(|(key, value)| narrowed(text, key, value, word))
            }
            Spot::Reference(number) => self.evidence.reference(path, text, *number),
            Spot::Component(number) => self.evidence.component(path, *number),
        }?;
        let fits = span.start <= span.end && span.end <= text.len();
        (fits && text.is_char_boundary(span.start) && text.is_char_boundary(span.end)).then_some(span)
    }

    /// A key's place, in a YAML file or in the front matter of a text, by its own name or by
    /// one that people also use for it; what has no place of its own is told at its parent.
    fn locate(&self, path: &SitePath, text: &str, keys: &[String]) -> Option<(Range<usize>, Range<usize>)> {
        let (offset, yaml) = match yaml::front_matter(text) {
            Some((yaml, _)) => (yaml.start, &text[yaml]),
            None => (0, text),
        };
        let shift = |range: Range<usize>| range.start + offset..range.end + offset;
        let named = |keys: &[String]| {
            let (last, parents) = keys.split_last()?;
            let names = std::iter::once(last.as_str()).chain(self.evidence.other_names(path, last));
            names
                .filter_map(|name| yaml::locate(yaml, &[parents, &[name.to_owned()]].concat()))
                .next()
                .map(|(key, value)| (shift(key), shift(value)))
        };
        (1..=keys.len()).rev().find_map(|length| named(&keys[..length]))
    }

    fn shown_path(&self, path: &SitePath) -> String {
        if self.evidence.built_in(path) {
            return format!("{path} (built in)");
        }
        let root = self.root.to_string_lossy();
        let root = root.trim_start_matches("./").trim_end_matches('/');
        if root.is_empty() || root == "." { path.to_string() } else { format!("{root}/{path}") }
    }

    fn human(&self, diagnostic: &Diagnostic, text: Option<&str>, span: Option<Range<usize>>) -> String {
        let renderer = if self.colour { Renderer::styled() } else { Renderer::plain() };
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(&diagnostic.message).id(&diagnostic.code);
        let shown = diagnostic.path.as_ref().map(|path| self.shown_path(path));
        let mut group = match (text, span, &shown) {
            (Some(text), Some(span), Some(path)) => {
                let annotation = AnnotationKind::Primary.span(span);
                let label = (!diagnostic.label.is_empty()).then_some(diagnostic.label.as_str());
                title.element(Snippet::source(text).path(path.as_str()).annotation(annotation.label(label)))
            }
            (_, _, Some(path)) => title.element(annotate_snippets::Origin::path(path.as_str())),
            _ => annotate_snippets::Group::with_title(title),
        };
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.message(hint));
        }
        renderer.render(&[group]) + "\n"
    }

    fn short(&self, diagnostic: &Diagnostic, text: Option<&str>, span: Option<Range<usize>>) -> String {
        let mut line = String::new();
        if let Some(path) = &diagnostic.path {
            line.push_str(&self.shown_path(path));
            if let (Some(text), Some(span)) = (text, &span) {
                let (row, column) = yaml::line_column(text, span.start);
                let _ = write!(line, ":{row}:{column}");
            }
            line.push_str(": ");
        }
        let _ = write!(line, "{}[{}]: {}", word(diagnostic.severity), diagnostic.code, diagnostic.message);
        if let Some(hint) = &diagnostic.hint {
            let _ = write!(line, " ({hint})");
        }
        line.push('\n');
        line
    }

    fn json(&self, diagnostic: &Diagnostic, text: Option<&str>, span: Option<Range<usize>>) -> String {
        let place = text.zip(span.as_ref()).map(|(text, span)| {
            let (line, column) = yaml::line_column(text, span.start);
            let (end_line, end_column) = yaml::line_column(text, span.end);
            serde_json::json!({"line": line, "column": column, "end_line": end_line, "end_column": end_column})
        });
        let object = serde_json::json!({
            "severity": word(diagnostic.severity),
            "code": diagnostic.code,
            "message": diagnostic.message,
            "path": diagnostic.path.as_ref().map(|path| self.shown_path(path)),
            "place": place,
            "hint": diagnostic.hint,
        });
        format!("{object}\n")
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The word inside a value; else the value, else the key.
fn narrowed(text: &str, key: Range<usize>, value: Range<usize>, word: &str) -> Range<usize> {
    let found = (!word.is_empty()).then(|| yaml::locate_word(text, &key, word)).flatten();
    match found {
        Some(range) => range,
        None if value.is_empty() => key,
        None => value,
    }
}

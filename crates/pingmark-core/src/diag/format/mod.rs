//! Diagnostics as people and programs read them, one file per format.
//!
//! Receives diagnostics, and [`Evidence`] to look up places in the files they are about. Gives text.
//! Uses annotate-snippets for people. Never does IO by itself.

mod grouped;
mod human;
mod json;
mod short;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::{Diagnostic, Diagnostics, Spot, Text};
use crate::front_matter::{self, Start};
use crate::path::SitePath;
use crate::yaml;

pub use grouped::Report;

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

/// The texts that diagnostics are about, and where things stand in them.
pub trait Evidence {
    /// The text of a file.
    fn text(&self, path: &SitePath) -> Option<Arc<str>>;
    /// The place of a reference in its file, whose text is given.
    fn reference(&self, path: &SitePath, text: &str, number: u32) -> Option<Range<usize>>;
    /// The place of a component in its file.
    fn component(&self, path: &SitePath, number: u32) -> Option<Range<usize>>;
    /// The other names that people give to a key of a file.
    fn other_names(&self, path: &SitePath, key: &str) -> Vec<&'static str>;
    /// Whether a file of the published site has an address below a folder, such as `books/`.
    fn publishes_below(&self, folder: &str) -> bool;
    /// Whether the file came with the program.
    fn built_in(&self, path: &SitePath) -> bool;
}

/// Puts diagnostics in order and draws them.
pub struct Reporter<'a> {
    evidence: &'a dyn Evidence,
    /// The site's folder, as the user named it.
    root: &'a Path,
    format: Format,
    colour: bool,
    /// Files that were asked for already: a file with many problems is read once.
    files: RefCell<BTreeMap<SitePath, Option<Rc<Lines>>>>,
}

/// The text of a file, and where its lines begin.
struct Lines {
    text: Arc<str>,
    starts: Vec<usize>,
}

/// A diagnostic, with its words and its place looked up.
struct Found<'a> {
    diagnostic: &'a Diagnostic,
    words: Text,
    /// The file as it is shown.
    path: Option<String>,
    place: Option<Place>,
    /// The file's text and the span in it; neither when the file cannot be read.
    source: Option<(Rc<Lines>, Range<usize>)>,
}

/// Lines and columns of a place, from 1; columns in characters.
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl Lines {
    fn new(text: Arc<str>) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(breaks).collect();
        Self { text, starts }
    }

    /// The index of the line that an offset stands in.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Line and column of an offset, as [`yaml::line_column`] gives them.
    fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        (line + 1, self.text[self.starts[line]..offset].chars().count() + 1)
    }

    /// The rest of a line from a column on; both from 1.
    fn rest_of_line(&self, line: usize, column: usize) -> Range<usize> {
        let line = line.clamp(1, self.starts.len()) - 1;
        let start = self.starts[line];
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let mut columns = self.text[start..end].char_indices();
        columns.nth(column.saturating_sub(1)).map_or(end, |(at, _)| start + at)..end
    }
}

impl<'a> Reporter<'a> {
    /// Draws diagnostics of the site at `root` in one format.
    pub fn new(evidence: &'a dyn Evidence, root: &'a Path, format: Format, colour: bool) -> Self {
        Self { evidence, root, format, colour, files: RefCell::default() }
    }

    /// The diagnostics as they stand in the files: by file, then by line, errors first.
    pub fn in_order<'d>(&self, diagnostics: &'d Diagnostics) -> Vec<&'d Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by_cached_key(|diagnostic| {
            let start = self.source(diagnostic).map(|(_, span)| span.start);
            (diagnostic.path.clone(), start, diagnostic.severity, diagnostic.code)
        });
        sorted
    }

    /// One diagnostic, with the line end.
    pub fn draw(&self, diagnostic: &Diagnostic) -> String {
        let found = self.find(diagnostic);
        match self.format {
            Format::Human => human::draw(&found, self.colour, None),
            Format::Short => short::draw(&found),
            Format::Json => json::draw(&found),
        }
    }

    fn find<'d>(&self, diagnostic: &'d Diagnostic) -> Found<'d> {
        let source = self.source(diagnostic);
        let place = match (&source, &diagnostic.spot) {
            (Some((lines, span)), _) => {
                let (line, column) = lines.line_column(span.start);
                let (end_line, end_column) = lines.line_column(span.end);
                Some(Place { line, column, end_line, end_column })
            }
            // The place where a text cannot be decoded.
            (None, &Spot::LineColumn(line, column)) => {
                Some(Place { line, column, end_line: line, end_column: column })
            }
            (None, _) => None,
        };
        let path = diagnostic.path.as_ref().map(|path| self.shown_path(path));
        Found { diagnostic, words: diagnostic.english(), path, place, source }
    }

    fn lines(&self, path: &SitePath) -> Option<Rc<Lines>> {
        let mut files = self.files.borrow_mut();
        let read = || self.evidence.text(path).map(|text| Rc::new(Lines::new(text)));
        files.entry(path.clone()).or_insert_with(read).clone()
    }

    /// The text of the file that a diagnostic is about, and the span it is about.
    fn source(&self, diagnostic: &Diagnostic) -> Option<(Rc<Lines>, Range<usize>)> {
        let path = diagnostic.path.as_ref()?;
        let lines = self.lines(path)?;
        let text = &*lines.text;
        let span = match &diagnostic.spot {
            Spot::File => None,
            Spot::Bytes(start, end) => Some(*start..*end),
            Spot::LineColumn(line, column) => Some(lines.rest_of_line(*line, *column)),
            Spot::Key(keys) => self.locate(path, text, keys).map(|(key, _)| key),
            Spot::Value(keys, word) => {
                self.locate(path, text, keys).map(|(key, value)| narrowed(text, key, value, word))
            }
            Spot::Reference(number) => self.evidence.reference(path, text, *number),
            Spot::Component(number) => self.evidence.component(path, *number),
        }?;
        // Texts may have changed since.
        let fits = span.start <= span.end && text.get(span.clone()).is_some();
        fits.then_some((lines, span))
    }

    /// A key's place, in a YAML file or in the front matter of a text, by its own name or by
    /// one that people also use for it; what has no place of its own is told at its parent.
    fn locate(&self, path: &SitePath, text: &str, keys: &[String]) -> Option<(Range<usize>, Range<usize>)> {
        let block = match front_matter::find(text) {
            Start::FrontMatter(block) if is_markdown(path) => Some(block),
            _ => None,
        };
        let locate = |keys: &[String]| match &block {
            Some(block) => block.locate(text, keys),
            None => yaml::locate(text, keys),
        };
        let named = |keys: &[String]| {
            let (last, parents) = keys.split_last()?;
            let names = std::iter::once(last.as_str()).chain(self.evidence.other_names(path, last));
            names.filter_map(|name| locate(&[parents, &[name.to_owned()]].concat())).next()
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
}

/// Whether a file is a text with a front matter, rather than YAML as a whole.
fn is_markdown(path: &SitePath) -> bool {
    !matches!(path.extension(), "yaml" | "yml")
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

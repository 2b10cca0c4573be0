//! Diagnostics about a site: severity, code, place, cause, next step.
//!
//! Receives nothing. Gives [`Diagnostic`], made only by the constructors in [`catalogue`], put in
//! words there and drawn by [`mod@format`]. Uses annotate-snippets, in `format/human.rs`. Never does IO.

pub mod args;
pub mod catalogue;
mod code;
pub mod format;

use serde::{Deserialize, Serialize};

use crate::path::SitePath;
use catalogue::{Alike, Cause};

pub use catalogue::Text;
pub use code::{Code, UnknownCode};

/// How serious a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The site cannot be published as it is.
    Error,
    /// The site can be published, but readers will see something wrong.
    Warning,
    /// Nothing is wrong; something could be better. Only `check` and the dashboard show it, and it
    /// never makes a command fail.
    Advice,
}

/// Numbers of diagnostics by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Problems that keep the site from being published.
    pub errors: usize,
    /// Problems that readers will see.
    pub warnings: usize,
    /// Things that could be better.
    pub advice: usize,
}

impl Severity {
    /// Its name in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

/// Where in a file a problem lies.
///
/// Places that move when lines are added are named by what they belong to and looked up in
/// the text only when the diagnostic is drawn, so that a kept result never shows a stale line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Spot {
    /// The file as a whole.
    File,
    /// From one byte of its text to another.
    Bytes(usize, usize),
    /// A line and a column, both from 1, the column in characters.
    LineColumn(usize, usize),
    /// A YAML key by its path: `["menus", "main", "0", "url"]`.
    Key(Vec<String>),
    /// The value of that key, or one of its words.
    Value(Vec<String>, String),
    /// The reference of that number in a document.
    Reference(u32),
    /// The component of that number in a document.
    Component(u32),
}

/// One problem of a site, with the arguments of its message.
///
/// Diagnostics are ordered by file, place, severity and code, then by their arguments: never by
/// words, which depend on a language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file it is about, if it is about one.
    pub path: Option<SitePath>,
    /// Where in the file.
    pub spot: Spot,
    /// How serious it is.
    pub severity: Severity,
    /// The kind of problem.
    pub code: Code,
    cause: Cause,
}

impl Diagnostic {
    fn new(severity: Severity, code: Code, cause: impl Into<Cause>) -> Self {
        Self { path: None, spot: Spot::File, severity, code, cause: cause.into() }
    }

    fn error(code: Code, cause: impl Into<Cause>) -> Self {
        Self::new(Severity::Error, code, cause)
    }

    fn warning(code: Code, cause: impl Into<Cause>) -> Self {
        Self::new(Severity::Warning, code, cause)
    }

    fn advice(code: Code, cause: impl Into<Cause>) -> Self {
        Self::new(Severity::Advice, code, cause)
    }

    fn at(mut self, path: &SitePath, spot: Spot) -> Self {
        self.path = Some(path.clone());
        self.spot = spot;
        self
    }

    /// Whether it keeps the site from being published.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The diagnostic as an error, whatever it was.
    pub fn into_error(self) -> Self {
        Self { severity: Severity::Error, ..self }
    }

    /// Its words in English.
    pub fn english(&self) -> Text {
        let text = self.cause.english();
        // Advice is about words, in which a no-break space is as it should be.
        if self.severity == Severity::Advice { text } else { text.with_invisible_shown() }
    }

    /// What it has in common with others of its kind, besides the kind.
    pub(crate) fn alike(&self) -> Option<Alike> {
        self.cause.alike()
    }

    /// Its arguments by their names, as a JSON object. An argument that is absent has no key.
    pub fn args(&self) -> serde_json::Value {
        self.cause.args()
    }
}

/// A list of diagnostics, in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds several.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(others);
    }

    /// By file, then place, without repeats: the order in which they are shown.
    pub fn sort(&mut self) {
        self.0.sort();
        self.0.dedup();
    }

    /// Whether at least one is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// How many there are of each severity.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for diagnostic in &self.0 {
            *match diagnostic.severity {
                Severity::Error => &mut tally.errors,
                Severity::Warning => &mut tally.warnings,
                Severity::Advice => &mut tally.advice,
            } += 1;
        }
        tally
    }

    /// Makes warnings of the errors about links that lead nowhere.
    pub fn tolerate_dead_links(&mut self) {
        let dead = self.0.iter_mut().filter(|diagnostic| diagnostic.code.is_of_dead_link());
        dead.for_each(|diagnostic| diagnostic.severity = Severity::Warning);
    }

    /// Leaves out advice, for commands that do not give any.
    pub fn drop_advice(&mut self) {
        self.0.retain(|diagnostic| diagnostic.severity != Severity::Advice);
    }

    /// The diagnostics, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

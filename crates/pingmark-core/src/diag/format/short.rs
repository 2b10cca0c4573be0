//! `path:line:column: error[code]: message (hint)`, a diagnostic a line.

use std::fmt::Write as _;

use super::Found;
use crate::printable::printable_line;

pub(super) fn draw(found: &Found<'_>) -> String {
    let mut line = String::new();
    if let Some(path) = &found.path {
        line.push_str(&printable_line(path));
        if let Some(place) = &found.place {
            let _ = write!(line, ":{}:{}", place.line, place.column);
        }
        line.push_str(": ");
    }
    let (severity, code) = (found.diagnostic.severity.as_str(), found.diagnostic.code);
    let _ = write!(line, "{severity}[{code}]: {}", printable_line(&found.words.message));
    if let Some(hint) = &found.words.hint {
        let _ = write!(line, " ({})", printable_line(hint));
    }
    line.push('\n');
    line
}

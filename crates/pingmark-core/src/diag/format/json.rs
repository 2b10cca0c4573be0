//! One JSON object a line, for programs: words in English, and the arguments they are made of.

use serde_json::json;

use super::Found;
use crate::printable::printable_json;

pub(super) fn draw(found: &Found<'_>) -> String {
    let place = found.place.as_ref().map(|place| {
        json!({
            "line": place.line,
            "column": place.column,
            "end_line": place.end_line,
            "end_column": place.end_column,
        })
    });
    let object = json!({
        "severity": found.diagnostic.severity.as_str(),
        "code": found.diagnostic.code.as_str(),
        "message": found.words.message,
        "path": found.path,
        "place": place,
        "hint": found.words.hint,
        "args": found.diagnostic.args(),
    });
    printable_json(format!("{object}\n"))
}

//! Text that the parser must not see: each byte of it is replaced by a placeholder, so that offsets
//! stay.
//!
//! The placeholders are control characters. Those of the author's are masked themselves, and left out
//! of the document: neither HTML nor XML allows them.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::CowStr;

use pingmark_core::html::{has_forbidden, is_forbidden};
use pingmark_core::text::prefix;

/// Placeholder for a colon that begins a line but no definition: the parser does not ask for a blank
/// behind it.
const COLON: char = '\u{1}';
/// Placeholder for each byte of a control character.
const CONTROL: char = '\u{2}';
/// Placeholder for each byte of a formula.
const FORMULA: char = '\u{3}';
/// Longest formula between `\(` and `\)`, in bytes.
const MAX_INLINE_FORMULA: usize = 2000;

/// The masked parts of a source.
#[derive(Default)]
pub(super) struct Masks {
    /// Byte ranges of formulas, one for each line; ascending.
    formulas: Vec<Range<usize>>,
    /// Byte ranges of control characters.
    pub controls: Vec<Range<usize>>,
    /// Whether anything is masked.
    any: bool,
}

/// A part of a text: as it is, or a formula in its source.
pub(super) enum Piece<'t, 's> {
    Text(&'t str),
    Formula(&'s str),
}

impl Masks {
    /// Masks a source, of which the tags of components are masked already.
    pub(super) fn hide<'t>(source: &str, text: Cow<'t, str>) -> (Self, Cow<'t, str>) {
        let mut masks = Self { formulas: formulas(source), ..Self::default() };
        if has_forbidden(source) {
            let forbidden = source.char_indices().filter(|(_, c)| is_forbidden(*c));
            masks.controls = forbidden.map(|(at, c)| at..at + c.len_utf8()).collect();
        }
        let colons: Vec<usize> =
            text.match_indices(':').map(|(at, _)| at).filter(|at| is_bare_colon(&text, *at)).collect();
        masks.any = !(masks.formulas.is_empty() && masks.controls.is_empty() && colons.is_empty());
        if !masks.any {
            return (masks, text);
        }
        let mut bytes = text.into_owned().into_bytes();
        for at in colons {
            bytes[at] = COLON as u8;
        }
        for (ranges, placeholder) in [(&masks.formulas, FORMULA), (&masks.controls, CONTROL)] {
            ranges.iter().for_each(|range| bytes[range.clone()].fill(placeholder as u8));
        }
        // Whole characters were replaced by ASCII.
        let masked = String::from_utf8(bytes).unwrap_or_default();
        (masks, masked.into())
    }

    /// A text of the parser's without control characters, and with its colons.
    pub(super) fn shown<'t>(&self, text: CowStr<'t>) -> CowStr<'t> {
        if !self.any || !text.contains([COLON, CONTROL]) {
            return text;
        }
        let kept = text.chars().filter(|c| *c != CONTROL);
        kept.map(|c| if c == COLON { ':' } else { c }).collect::<String>().into()
    }

    /// Whether a text contains formulas.
    pub(super) fn has_formula(&self, text: &str) -> bool {
        !self.formulas.is_empty() && text.contains(FORMULA)
    }

    /// The pieces of a text, which has the range in the source.
    pub(super) fn pieces<'t, 's>(
        &self,
        source: &'s str,
        text: &'t str,
        range: &Range<usize>,
    ) -> Vec<Piece<'t, 's>> {
        let mut pieces = Vec::new();
        let first = self.formulas.partition_point(|formula| formula.end <= range.start);
        let mut formulas = self.formulas[first..].iter();
        let mut rest = text;
        while let Some(at) = rest.find(FORMULA) {
            let Some(formula) = formulas.next() else { break };
            pieces.extend((at > 0).then(|| Piece::Text(&rest[..at])));
            pieces.push(Piece::Formula(&source[formula.clone()]));
            rest = rest.get(at + formula.len()..).unwrap_or("");
        }
        pieces.extend((!rest.is_empty()).then_some(Piece::Text(rest)));
        pieces
    }

    /// A text as typed.
    pub(super) fn restored<'t>(&self, source: &str, text: &'t str, range: &Range<usize>) -> Cow<'t, str> {
        if !self.has_formula(text) {
            return text.into();
        }
        let pieces = self.pieces(source, text, range).into_iter();
        let text = pieces.map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Formula(formula) => formula.to_owned(),
        });
        text.collect::<String>().into()
    }
}

/// Whether the colon at an offset begins a line, after the marks of quotes and lists, but no
/// definition, which has a blank behind it, and no row of a table.
fn is_bare_colon(text: &str, at: usize) -> bool {
    if text[at + 1..].starts_with([' ', '\t']) {
        return false;
    }
    let is_container = |byte: &u8| byte.is_ascii_digit() || b" \t>-*+.)".contains(byte);
    let before = text.as_bytes()[..at].iter().rev().find(|byte| !is_container(byte));
    if before.is_some_and(|byte| *byte != b'\n') {
        return false;
    }
    let line = text[at..].split('\n').next().unwrap_or("");
    let is_row = line.contains("--") || line.contains('|');
    !(is_row && line.trim_end().bytes().all(|byte| b" \t:|-".contains(&byte)))
}

/// The formulas in a source, for scripts such as KaTeX: `$$…$$` and `\(…\)`, line by line, without
/// the marks of quotes at the start of lines.
fn formulas(source: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (open, close, longest) in [("$$", "$$", usize::MAX), ("\\(", "\\)", MAX_INLINE_FORMULA)] {
        let mut from = 0;
        while let Some(start) = source[from..].find(open).map(|at| from + at) {
            let inside = start + open.len();
            from = inside;
            if !begins_formula(&source[..start], open) {
                continue;
            }
            let window = prefix(&source[inside..], longest);
            let Some(end) = window.find(close).map(|at| inside + at) else {
                // Nothing further on can be closed either, if the window was not cut.
                if window.len() == source.len() - inside {
                    break;
                }
                continue;
            };
            if is_formula(&source[inside..end]) {
                from = end + close.len();
                found.push(start..from);
            } else if open == close {
                from = end;
            }
        }
    }
    found.sort_by_key(|range| range.start);
    let mut lines = Vec::new();
    let mut done = 0;
    for range in found {
        if range.start < done {
            continue;
        }
        done = range.end;
        let mut at = range.start;
        for (number, line) in source[range].split('\n').enumerate() {
            let text = if number == 0 { line } else { line.trim_start_matches([' ', '\t', '>']) };
            let start = at + line.len() - text.len();
            let end = start + text.trim_end_matches('\r').len();
            lines.extend((start < end).then_some(start..end));
            at += line.len() + 1;
        }
    }
    lines
}

/// Whether a mark behind `before` may begin a formula: it is not escaped, and `\(` is not part of a
/// word or an address.
fn begins_formula(before: &str, mark: &str) -> bool {
    match before.chars().next_back() {
        Some('\\') => false,
        Some(c) if mark == "\\(" => !c.is_alphanumeric() && !matches!(c, ']' | '/' | '_' | '`'),
        _ => true,
    }
}

/// Whether a text may stand between the marks of a formula: in one paragraph, and without code.
fn is_formula(inside: &str) -> bool {
    let lines: Vec<&str> = inside.split('\n').collect();
    let is_blank = |line: &&str| line.trim_matches([' ', '\t', '>', '\r']).is_empty();
    let is_one_paragraph = lines.len() < 3 || !lines[1..lines.len() - 1].iter().any(is_blank);
    is_one_paragraph && !inside.trim().is_empty() && !inside.contains('`') && !inside.contains("~~~")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(source: &str) -> String {
        let (_, text) = Masks::hide(source, source.into());
        text.replace(COLON, "¦").replace(CONTROL, "×").replace(FORMULA, "=")
    }

    #[test]
    fn colons_that_begin_no_definition_are_masked() {
        for (source, expected) in [
            (":) x", "¦) x"),
            ("a\n:rocket: b", "a\n¦rocket: b"),
            ("> - :-) a", "> - ¦-) a"),
            (":::note\n:", "¦::note\n¦"),
            ("T\n: d\n:\te", "T\n: d\n:\te"),
            ("à 10:30, a:b", "à 10:30, a:b"),
            ("a|b\n:-|-:\n", "a|b\n:-|-:\n"),
            (":--\n :---:| :-: ", ":--\n :---:| :-: "),
        ] {
            assert_eq!(masked(source), expected, "{source:?}");
        }
    }

    #[test]
    fn formulas_are_masked_line_by_line() {
        for (source, expected) in [
            ("$$a_b$$ c", "======= c"),
            ("> $$\n> a \\\\\n> b\n> $$", "> ==\n> ====\n> =\n> =="),
            ("\\(a_b\\), x\\(a\\) \\\\(b\\)", "=======, x\\(a\\) \\\\(b\\)"),
            ("$$a\n\nb$$ c_d_ $$", "$$a\n\nb=========="),
            ("$$ `a` $$", "$$ `a` $$"),
            ("\\$$b$$ $$$$", "\\$$b$$ $$$$"),
            ("5 $ et 6 $, \\(seul", "5 $ et 6 $, \\(seul"),
        ] {
            assert_eq!(masked(source), expected, "{source:?}");
        }
    }

    #[test]
    fn control_characters_are_masked() {
        assert_eq!(masked("a\u{7}b\u{9b}c\td\u{fffe}"), "a×b××c\td×××");
    }
}

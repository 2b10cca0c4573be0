//! YAML decoding that reports every problem at once, each by the path of its key.
//!
//! serde_yaml reports only the first problem, and no position for keys that the type does not know.
//! So a text is first parsed into a tree. The tree is then deserialised repeatedly; each time, the
//! value that does not fit is reported and removed. The position of a key is only looked up when a
//! diagnostic is drawn ([`locate`]).

use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

mod comments;
mod syntax;
mod typed;

pub use comments::{LostText, lost_texts};
pub use serde_yaml::{Mapping, Value};
pub use typed::{typed, with_numbers};

use crate::invisible;
use crate::text::prefix;

/// Deepest nesting of `[` and `{` that is passed to the parser, whose time grows with the square of
/// it.
const MAX_FLOW_DEPTH: usize = 64;
/// Most problems reported for one text.
const MAX_PROBLEMS: usize = 50;

/// Reason why a text cannot be read as YAML.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SyntaxError {
    /// A key stands twice in one group.
    DuplicateKey(String),
    /// A quotation mark is never closed.
    OpenQuote,
    /// A character that nobody sees stands where a space should.
    Invisible(char),
    /// Brackets are nested deeper than this.
    TooDeep(usize),
    /// The text is a value of this kind instead of `key: value` lines.
    NotAMapping(ValueKind),
    /// A key is a value of this kind instead of a name.
    KeyKind(ValueKind),
    /// A line is indented with a tab.
    Tab,
    /// A `[` or `{` is never closed.
    OpenBracket(char),
    /// A `#` inside brackets begins a comment, which takes the closing bracket with it.
    CommentInBrackets,
    /// A text is not TOML, in the parser's words.
    Toml(String),
    /// A text is not JSON, in the parser's words.
    Json(String),
    /// Anything else, in the parser's words.
    Parser(String),
}

/// Kind of a YAML value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueKind {
    /// No value, or `null`.
    Nothing,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// A string.
    Text,
    /// A sequence.
    List,
    /// A mapping.
    Group,
    /// A value with a tag, `!name value`.
    Tagged,
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::Flag => "a boolean",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Group => "a mapping",
            Self::Tagged => "a tagged value",
        })
    }
}

/// A problem in a YAML text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text is not valid YAML: reason, line and column, both from 1.
    Syntax(SyntaxError, usize, usize),
    /// A key that the type does not have, by its path.
    UnknownKey(Vec<String>),
    /// A value of the wrong type: the path of its key, and the message.
    Value(Vec<String>, String),
}

/// Parses a text into a mapping. An empty text is an empty mapping.
pub fn parse_mapping(text: &str) -> Result<Mapping, Problem> {
    if let Some(offset) = too_deep(text) {
        let (line, column) = line_column(text, offset);
        return Err(Problem::Syntax(SyntaxError::TooDeep(MAX_FLOW_DEPTH), line, column));
    }
    match serde_yaml::from_str(text) {
        Ok(Value::Null) => Ok(Mapping::new()),
        Ok(Value::Mapping(mapping)) => Ok(mapping),
        Ok(other) => Err(invisible_space(text).unwrap_or(Problem::Syntax(
            SyntaxError::NotAMapping(kind(&other)),
            1,
            1,
        ))),
        Err(error) => Err(invisible_space(text).unwrap_or_else(|| syntax::problem(text, &error))),
    }
}

/// Parses a text into a mapping whose values are texts: numbers are as they were typed.
pub fn parse_texts(text: &str) -> Result<Mapping, Problem> {
    let tree = Value::Mapping(parse_mapping(text)?);
    let tree = match typed(text, &tree) {
        Some(as_typed) => with_numbers(tree, &as_typed),
        None => tree,
    };
    match tree {
        Value::Mapping(mapping) => Ok(mapping),
        _ => Ok(Mapping::new()),
    }
}

/// The first invisible character after `key:` or `-`, or in an indentation. To YAML it is a part of
/// the text, so that the parser complains about a later line.
fn invisible_space(text: &str) -> Option<Problem> {
    let is_hidden = |c: &char| invisible::name(*c).is_some();
    let (at, c) = lines(text, 0).find_map(|(start, line)| {
        let inside = line.trim_start_matches(' ');
        let indent = line.len() - inside.len();
        let before = match inside.strip_prefix('-') {
            Some(_) => 1,
            None => {
                let name = inside.len()
                    - inside.trim_start_matches(|c: char| c.is_alphanumeric() || "_-".contains(c)).len();
                let ends = inside[name..].starts_with(':') && name > 0;
                if ends { name + 1 } else { 0 }
            }
        };
        let c = inside[before..].chars().next().filter(is_hidden)?;
        Some((start + indent + before, c))
    })?;
    let (line, column) = line_column(text, at);
    Some(Problem::Syntax(SyntaxError::Invisible(c), line, column))
}

/// Decodes a text into a type. Values that do not fit are reported and left at their default.
///
/// Every field of the type must have a default; the caller checks required keys.
pub fn decode<T: DeserializeOwned + Default>(text: &str) -> (T, Vec<Problem>) {
    match parse_mapping(text) {
        Ok(mapping) => decode_tree(mapping, Some(text)),
        Err(problem) => (T::default(), vec![problem]),
    }
}

/// Decodes a mapping from names to values of one type, as [`decode`] does. The result is in the
/// order of the text; values that are no mappings are reported and left out. Numbers are texts, as
/// they were typed.
pub fn decode_each<T: DeserializeOwned + Default>(text: &str) -> (Vec<(String, T)>, Vec<Problem>) {
    let mapping = match parse_texts(text) {
        Ok(mapping) => mapping,
        Err(problem) => return (Vec::new(), vec![problem]),
    };
    let mut found = Vec::with_capacity(mapping.len());
    let mut problems = Vec::new();
    for (key, value) in mapping {
        let name = match key {
            Value::String(name) => name,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            other => {
                problems.push(Problem::Syntax(SyntaxError::KeyKind(kind(&other)), 1, 1));
                continue;
            }
        };
        let mapping = match value {
            Value::Mapping(mapping) => mapping,
            other => {
                let message = format!("expected a mapping, found {}", kind(&other));
                problems.push(Problem::Value(vec![name], message));
                continue;
            }
        };
        let (value, found_inside) = decode_tree(mapping, None);
        let below = |path: Vec<String>| [vec![name.clone()], path].concat();
        problems.extend(found_inside.into_iter().map(|problem| match problem {
            Problem::UnknownKey(path) => Problem::UnknownKey(below(path)),
            Problem::Value(path, message) => Problem::Value(below(path), message),
            syntax @ Problem::Syntax(..) => syntax,
        }));
        found.push((name, value));
    }
    (found, problems)
}

/// Decodes a mapping into a type, as [`decode`] does. Where `text` is given, a number in place of a
/// text is taken as it was typed there.
fn decode_tree<T: DeserializeOwned + Default>(mapping: Mapping, text: Option<&str>) -> (T, Vec<Problem>) {
    let mut tree = Value::Mapping(mapping);
    let mut problems = Vec::new();
    loop {
        let mut unknown = Vec::new();
        let mut note = |path: serde_ignored::Path<'_>| unknown.push(ignored_path(&path));
        let mut track = serde_path_to_error::Track::new();
        let ignoring = serde_ignored::Deserializer::new(tree.clone(), &mut note);
        let tracked = serde_path_to_error::Deserializer::new(ignoring, &mut track);
        match T::deserialize(tracked) {
            Ok(value) => {
                problems.extend(unknown.into_iter().map(Problem::UnknownKey));
                return (value, problems);
            }
            Err(error) => {
                let path = error_path(&track.path());
                let is_text = error.to_string().ends_with("expected a string");
                if is_text && text.is_some_and(|text| take_as_typed(&mut tree, &path, text)) {
                    continue;
                }
                let removed = problems.len() < MAX_PROBLEMS && remove(&mut tree, &path);
                problems.push(Problem::Value(path, error.to_string()));
                if !removed {
                    return (T::default(), problems);
                }
            }
        }
    }
}

fn ignored_path(path: &serde_ignored::Path<'_>) -> Vec<String> {
    // serde_ignored writes `?` for each Option and newtype on the way to a key.
    path.to_string().split('.').filter(|part| *part != "?").map(str::to_owned).collect()
}

fn error_path(path: &serde_path_to_error::Path) -> Vec<String> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(key.clone()),
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// The value at a path in a tree.
fn value_at<'v>(tree: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(tree, |node, part| match node {
        Value::Mapping(mapping) => mapping.get_mut(part.as_str()),
        Value::Sequence(items) => part.parse::<usize>().ok().and_then(|i| items.get_mut(i)),
        _ => None,
    })
}

/// Replaces the number at a path by the text that was typed: `2026` of `title: 2026`. False if no
/// number is there.
fn take_as_typed(tree: &mut Value, path: &[String], text: &str) -> bool {
    if !value_at(tree, path).is_some_and(|value| value.is_number()) {
        return false;
    }
    let Some(mut as_typed) = typed(text, tree) else { return false };
    match (value_at(&mut as_typed, path), value_at(tree, path)) {
        (Some(found), Some(place)) if found.is_string() => {
            *place = found.clone();
            true
        }
        _ => false,
    }
}

/// Removes the value at a path from the tree; false if there is none.
fn remove(tree: &mut Value, path: &[String]) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    let Some(node) = value_at(tree, parents) else { return false };
    match node {
        Value::Mapping(mapping) => mapping.remove(last.as_str()).is_some(),
        Value::Sequence(items) => match last.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The kind of a value.
pub fn kind(value: &Value) -> ValueKind {
    match value {
        Value::Null => ValueKind::Nothing,
        Value::Bool(_) => ValueKind::Flag,
        Value::Number(_) => ValueKind::Number,
        Value::String(_) => ValueKind::Text,
        Value::Sequence(_) => ValueKind::List,
        Value::Mapping(_) => ValueKind::Group,
        Value::Tagged(_) => ValueKind::Tagged,
    }
}

/// The flag that a word stands for: `yes`, `on`, `oui`, `false`…
pub fn flag(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "oui" | "1" => Some(true),
        "false" | "no" | "off" | "non" | "0" => Some(false),
        _ => None,
    }
}

/// The byte offset at which brackets are nested too deep, if they are.
///
/// Brackets inside quotes count too: an over-estimate, but no honest text has 64 open ones.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_FLOW_DEPTH {
            return Some(offset);
        }
    }
    None
}

/// Line and column of a byte offset; both from 1, the column in characters.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = prefix(text, offset);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.bytes().filter(|b| *b == b'\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Byte offset of a line and column; both from 1, the column in characters.
pub fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let rest = text.get(start..).unwrap_or("");
    let row = rest.split('\n').next().unwrap_or("");
    start + row.char_indices().nth(column.saturating_sub(1)).map_or(row.len(), |(at, _)| at)
}

/// Locates a key in a YAML text: the byte range of the key, and of the first line of its value.
///
/// Goes by indentation, without parsing. This is exact for block style, which is what people write;
/// inside `{…}` or `[…]` it finds the first occurrence of the key after its parent.
pub fn locate(text: &str, path: &[String]) -> Option<(Range<usize>, Range<usize>)> {
    let mut from = 0;
    let mut deeper_than: Option<usize> = None;
    let mut found = None;
    for part in path {
        found = if let Ok(index) = part.parse::<usize>() {
            nth_item(text, from, deeper_than, index).or_else(|| block_key(text, from, deeper_than, part))
        } else {
            block_key(text, from, deeper_than, part)
        }
        .or_else(|| flow_key(text, from, deeper_than?, part));
        let (key, _) = found.clone()?;
        deeper_than = Some(indent_at(text, key.start));
        from = key.end;
    }
    found
}

/// Column of an offset in its line, from 0, in characters.
fn indent_at(text: &str, offset: usize) -> usize {
    let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    // For the first key of a list item, `- ` counts as indentation.
    text[line_start..offset].chars().count()
}

/// The lines from the one that contains an offset, each with its own offset; without comments and
/// blank lines.
fn lines(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let start = if from == 0 { 0 } else { text[..from].rfind('\n').map_or(0, |at| at + 1) };
    let mut offset = start;
    text[start..].split_inclusive('\n').filter_map(move |line| {
        let at = offset;
        offset += line.len();
        let body = line.trim();
        (!body.is_empty() && !body.starts_with('#')).then_some((at, line.trim_end()))
    })
}

/// Finds a key in block style. `deeper_than` is the indentation of its parent, `None` at the top
/// level.
fn block_key(
    text: &str,
    from: usize,
    deeper_than: Option<usize>,
    key: &str,
) -> Option<(Range<usize>, Range<usize>)> {
    for (at, line) in lines(text, from) {
        let content = line.trim_start_matches([' ', '-']);
        let indent = line.len() - content.len();
        let start = at + indent;
        if start < from {
            continue;
        }
        if deeper_than.is_some_and(|parent| indent <= parent && at > from) {
            return None;
        }
        if deeper_than.is_none() && indent > 0 {
            continue;
        }
        let bare = content.trim_start_matches(['"', '\'']);
        let quoted = content.len() - bare.len();
        let Some(rest) = bare.strip_prefix(key) else { continue };
        let Some(value) = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':') else {
            continue;
        };
        let value_text = value.trim();
        let value_start = at + line.len() - value.trim_start().len();
        let key_start = start + quoted;
        return Some((key_start..key_start + key.len(), value_start..value_start + value_text.len()));
    }
    None
}

/// Finds the item of a block list by its index.
fn nth_item(
    text: &str,
    from: usize,
    deeper_than: Option<usize>,
    index: usize,
) -> Option<(Range<usize>, Range<usize>)> {
    let mut seen = 0;
    let mut item_indent = None;
    for (at, line) in lines(text, from).filter(|(at, _)| *at >= from) {
        let indent = line.len() - line.trim_start().len();
        if deeper_than.is_some_and(|parent| indent < parent) {
            return None;
        }
        let Some(rest) = line.trim_start().strip_prefix('-') else { continue };
        if *item_indent.get_or_insert(indent) != indent {
            continue;
        }
        if seen == index {
            let start = at + line.len() - rest.trim_start().len();
            let whole = at + indent..at + indent + 1;
            return Some((whole, start..at + line.len()));
        }
        seen += 1;
    }
    None
}

/// Finds a key, or the text of a list item, in flow style: the first occurrence inside the parent's
/// value.
fn flow_key(text: &str, from: usize, parent: usize, key: &str) -> Option<(Range<usize>, Range<usize>)> {
    let inside = &text[from..from + extent(&text[from..], parent)];
    let at = from + find_word(inside, key)?;
    let end = at + key.len();
    let value = text[end..].split(['\n', ',', '}', ']']).next().unwrap_or("");
    let trimmed = value.trim_start_matches([':', ' ', '"', '\'']);
    let start = end + value.len() - trimmed.len();
    Some((at..end, start..start + trimmed.trim_end().len()))
}

/// Length in bytes of a value that begins in the first line of a text: up to the next line that is
/// indented no deeper than its key. List items may be indented like the key.
fn extent(text: &str, key_indent: usize) -> usize {
    let mut reached = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        let goes_on = content.is_empty()
            || content.starts_with('#')
            || indent > key_indent
            || (indent == key_indent && content.starts_with('-'));
        if number > 0 && !goes_on {
            break;
        }
        reached += line.len();
    }
    reached
}

/// Locates a word inside the value of a key; prefers a whole word to a part of one.
pub fn locate_word(text: &str, key: &Range<usize>, word: &str) -> Option<Range<usize>> {
    let indent = indent_at(text, key.start);
    let inside = text.get(key.end..)?;
    let inside = &inside[..extent(inside, indent)];
    let at = key.end + find_word(inside, word).or_else(|| inside.find(word))?;
    Some(at..at + word.len())
}

/// Byte offset of a text as a whole word.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word)
        .find(|(at, _)| {
            !joins(text[..*at].chars().next_back()) && !joins(text[at + word.len()..].chars().next())
        })
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Sample {
        title: String,
        count: u32,
        menus: Vec<Item>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Item {
        url: String,
        weight: i32,
    }

    const TEXT: &str = "title: Un\ncount: beaucoup\nmenus:\n  - url: /a/\n    weight: lourd\n  - url: /b/\n    ulr: x\nzzz: 1\n";

    #[test]
    fn every_problem_is_found_at_once() {
        let (sample, problems) = decode::<Sample>(TEXT);
        assert_eq!(sample.title, "Un");
        assert_eq!(sample.menus[1].url, "/b/");
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        let values: Vec<_> = problems
            .iter()
            .filter_map(|p| if let Problem::Value(path, _) = p { Some(path.clone()) } else { None })
            .collect();
        assert_eq!(values, [path("count"), path("menus.0.weight")]);
        assert!(problems.contains(&Problem::UnknownKey(path("menus.1.ulr"))));
        assert!(problems.contains(&Problem::UnknownKey(path("zzz"))));
    }

    #[test]
    fn keys_are_found_in_the_text() {
        for (path, key, value) in [
            ("count", "count", "beaucoup"),
            ("menus.0.weight", "weight", "lourd"),
            ("menus.1.ulr", "ulr", "x"),
            ("zzz", "zzz", "1"),
        ] {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            let (k, v) = locate(TEXT, &path).unwrap_or_else(|| panic!("{path:?} was not found"));
            assert_eq!((&TEXT[k], &TEXT[v]), (key, value));
        }
    }

    #[test]
    fn deep_brackets_are_refused_before_they_are_parsed() {
        let text = format!("a: {}", "[".repeat(60_000));
        assert!(matches!(parse_mapping(&text), Err(Problem::Syntax(..))));
    }

    #[test]
    fn a_key_given_twice_is_an_error() {
        assert!(matches!(parse_mapping("a: 1\nb: 2\na: 3\n"), Err(Problem::Syntax(..))));
    }

    #[test]
    fn offsets_and_lines_agree() {
        let text = "été\nun deux\n";
        let offset = text.find("deux").unwrap();
        assert_eq!(line_column(text, offset), (2, 4));
        assert_eq!(offset_of(text, 2, 4), offset);
    }
}

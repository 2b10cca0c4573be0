//! Front matters: where a text has one, in which form, and its values.
//!
//! Receives the text of a Markdown file. Gives the [`Block`] that holds its metadata, and from it a
//! tree of values, the same for every form. Uses toml (in `toml.rs`) and serde_json (in `json.rs`).
//! Never knows which keys there are, but for the few by which a block without delimiters is told from
//! prose.

mod headers;
mod json;
mod toml;

use std::ops::Range;

use crate::yaml::{self, Mapping, Problem, Value};

/// The form of a front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// YAML, between lines of `---`. The only form that Pingmark writes.
    Yaml,
    /// TOML between lines of `+++`, as in Hugo and Zola.
    Toml,
    /// A JSON object, as in Hugo.
    Json,
    /// `Key: value` lines up to a blank one, as in Pelican and MultiMarkdown.
    Headers,
}

/// The place of a front matter in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Form.
    pub form: Form,
    /// Byte range of the metadata, without delimiters.
    pub range: Range<usize>,
    /// Byte offset of the body.
    pub body: usize,
    /// Whether its delimiters are not what they should be; it is read all the same.
    pub misplaced: Option<Misplaced>,
}

/// A delimiter of a front matter that is not a `---` of its own in the right line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// Byte range of the delimiter.
    pub range: Range<usize>,
    /// What stands there instead of `---`; empty if it is right, but not in the first line.
    pub found: String,
}

/// What a text begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A front matter.
    FrontMatter(Block),
    /// The first delimiter of a front matter that has no second one.
    Open,
    /// The body.
    Body,
}

/// Keys that begin the front matter of an article, in lower case. A block without delimiters must
/// begin with one of them.
#[rustfmt::skip]
const FIRST_KEYS: [&str; 34] = [
    "abbrlink", "aliases", "author", "authors", "categories", "category", "comments", "cover", "created", "date",
    "description", "draft", "excerpt", "headline", "id", "image", "lang", "layout", "modified", "permalink",
    "pubdate", "published", "slug", "status", "subtitle", "summary", "tag", "tags", "template", "title", "toc",
    "type", "updated", "url",
];

/// Finds the front matter of a text.
pub fn find(text: &str) -> Start {
    let (first, rest) = line_at(text, 0);
    if let Some(form) = opening(first) {
        return match closing(text, rest, form) {
            Some((end, body, misplaced)) => {
                Start::FrontMatter(Block { form, range: rest..end, body, misplaced })
            }
            None => Start::Open,
        };
    }
    if let Some(end) = json::end(text) {
        return Start::FrontMatter(Block { form: Form::Json, range: 0..end, body: end, misplaced: None });
    }
    fenced_elsewhere(text).or_else(|| without_fence(text)).map_or(Start::Body, Start::FrontMatter)
}

/// The form of the front matter that a line opens: `---`, `+++`, or `---toml` as in Eleventy.
fn opening(line: &str) -> Option<Form> {
    match line.trim_end() {
        "+++" => Some(Form::Toml),
        "---" | "---yaml" | "---yml" => Some(Form::Yaml),
        "---toml" => Some(Form::Toml),
        "---json" => Some(Form::Json),
        _ => None,
    }
}

/// Finds the line that closes a front matter, from an offset on: its offset, the offset behind it,
/// and whether it is wrong.
fn closing(text: &str, from: usize, form: Form) -> Option<(usize, usize, Option<Misplaced>)> {
    let is_toml = text.starts_with("+++");
    let mut at = from;
    while at < text.len() {
        let (line, next) = line_at(text, at);
        let bare = line.trim_end();
        let is_end = if is_toml { bare == "+++" } else { matches!(bare, "---" | "...") };
        if is_end {
            return Some((at, next, None));
        }
        // Four dashes at the start of a line are nothing that YAML could hold.
        if form == Form::Yaml && is_nearly_fence(bare) {
            let misplaced = Misplaced { range: at..at + bare.len(), found: bare.to_owned() };
            return Some((at, next, Some(misplaced)));
        }
        at = next;
    }
    None
}

/// The line at an offset, without its end, and the offset of the next one.
fn line_at(text: &str, at: usize) -> (&str, usize) {
    match text[at..].find('\n') {
        Some(end) => (&text[at..at + end], at + end + 1),
        None => (&text[at..], text.len()),
    }
}

/// Whether a line is what word processors and hasty hands make of `---`: `----`, `—`, `–-`.
fn is_nearly_fence(line: &str) -> bool {
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}');
    let width = |c: char| match c {
        '-' | '\u{2010}' | '\u{2011}' => 1,
        '\u{2014}' | '\u{2015}' => 3,
        _ => 2,
    };
    !line.is_empty() && line.chars().all(is_dash) && line.chars().map(width).sum::<usize>() >= 3
}

/// Whether a character is nothing to see: a blank, or one without a width.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// A front matter between delimiters that are wrong, or that do not begin in the first line. Read
/// only if what they enclose looks like one: `---` is a thematic break too.
fn fenced_elsewhere(text: &str) -> Option<Block> {
    let start = text.find(|c| !is_blank(c))?;
    let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let (line, inside) = line_at(text, start);
    let fence = line.trim_matches(is_blank);
    let form = opening(fence).or_else(|| is_nearly_fence(fence).then_some(Form::Yaml))?;
    let at = start + line.find(fence)?;
    let mut end = inside;
    let body = loop {
        if end >= text.len() {
            return None;
        }
        let (line, next) = line_at(text, end);
        let closes = line.trim_matches(is_blank);
        if closes == fence || (form == Form::Yaml && is_nearly_fence(closes)) {
            break next;
        }
        end = next;
    };
    let found = if matches!(fence, "---" | "+++") { String::new() } else { fence.to_owned() };
    let misplaced = Some(Misplaced { range: at..at + fence.len(), found });
    let looks_right = match form {
        Form::Yaml => text[inside..end].lines().find(|line| !line.trim().is_empty()).is_some_and(is_first),
        _ => true,
    };
    looks_right.then_some(Block { form, range: inside..end, body, misplaced })
}

/// Whether a line begins with one of [`FIRST_KEYS`].
fn is_first(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or(line);
    let name = name.trim().trim_matches(['"', '\'']);
    line.contains(':') && FIRST_KEYS.binary_search(&name.to_ascii_lowercase().as_str()).is_ok()
}

/// A front matter without a first delimiter: up to a line of `---` (YAML) or `;;;` (JSON without
/// braces), as in Hexo, or up to a blank line, as in Pelican.
fn without_fence(text: &str) -> Option<Block> {
    let start = text.find(|c| !is_blank(c))?;
    let (first, _) = line_at(text, start);
    if !is_first(first) {
        return None;
    }
    let is_json = first.starts_with('"');
    let (mut at, mut blank, mut has_name) = (start, None, false);
    while at < text.len() {
        let (line, next) = line_at(text, at);
        let bare = line.trim_end();
        if (is_json && bare == ";;;") || (!is_json && bare == "---") {
            let form = if is_json { Form::Json } else { Form::Yaml };
            return Some(Block { form, range: start..at, body: next, misplaced: None });
        }
        if bare.is_empty() {
            blank = blank.or(Some((at, next)));
        } else if !is_json && !headers::is_header(bare) {
            break;
        }
        has_name |= blank.is_none() && is_name(bare);
        at = next;
    }
    // Prose may have a line such as `Summary: nothing new.`
    let (end, body) = blank.unwrap_or((at, at));
    let is_whole = blank.is_some() || at >= text.len();
    (has_name && is_whole && !is_json).then_some(Block {
        form: Form::Headers,
        range: start..end,
        body,
        misplaced: None,
    })
}

/// Whether a line gives a title or a date.
fn is_name(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or(line).trim();
    ["title", "date"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

impl Block {
    /// The metadata as they are in the text.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.range.clone()]
    }

    /// Parses the values. Lines and columns of a problem count from the start of the block.
    pub fn parse(&self, text: &str) -> Result<Mapping, Problem> {
        let text = self.text(text);
        match self.form {
            Form::Yaml => {
                yaml::parse_mapping(text).or_else(|problem| headers::parse_lenient(text).ok_or(problem))
            }
            Form::Toml => toml::parse(text),
            Form::Json => json::parse(text),
            Form::Headers => Ok(headers::parse(text)),
        }
    }

    /// The values with every scalar as it was typed, for [`Block::parse`]'s result. `None` if that
    /// has nothing but texts.
    pub fn typed(&self, text: &str, mapping: &Mapping) -> Option<Mapping> {
        let text = self.text(text);
        let typed = match self.form {
            Form::Yaml => yaml::typed(text, &Value::Mapping(mapping.clone()))?,
            Form::Toml => return toml::parse_typed(text),
            Form::Json => yaml::typed(&json::whole(text), &Value::Mapping(mapping.clone()))?,
            Form::Headers => return None,
        };
        match typed {
            Value::Mapping(typed) => Some(typed),
            _ => None,
        }
    }

    /// Locates a key by its path: byte ranges in the whole text, of the key and of its value (in YAML,
    /// of the value's first line).
    pub fn locate(&self, text: &str, path: &[String]) -> Option<(Range<usize>, Range<usize>)> {
        let inside = self.text(text);
        let (key, value) = match self.form {
            Form::Yaml | Form::Headers => {
                yaml::locate(inside, path).or_else(|| headers::locate(inside, path))?
            }
            Form::Toml => toml::locate(inside, path)?,
            Form::Json => json::locate(inside, path)?,
        };
        let shift = |range: Range<usize>| range.start + self.range.start..range.end + self.range.start;
        Some((shift(key), shift(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(Form, &str, &str, Option<String>)> {
        match find(text) {
            Start::FrontMatter(block) => Some((
                block.form,
                &text[block.range],
                &text[block.body..],
                block.misplaced.map(|misplaced| misplaced.found),
            )),
            Start::Open | Start::Body => None,
        }
    }

    #[test]
    fn every_form_is_found() {
        for (text, form, inside, body) in [
            ("---\ntitle: A\n---\nT", Form::Yaml, "title: A\n", "T"),
            ("--- \ntitle: A\n...\nT", Form::Yaml, "title: A\n", "T"),
            ("---\n---\n", Form::Yaml, "", ""),
            ("+++\ntitle = \"A\"\n+++\nT", Form::Toml, "title = \"A\"\n", "T"),
            ("---toml\ntitle = \"A\"\n---\nT", Form::Toml, "title = \"A\"\n", "T"),
            ("{\n  \"title\": \"A}\"\n}\n\nT", Form::Json, "{\n  \"title\": \"A}\"\n}", "\n\nT"),
            ("title: A\ndate: 2020-01-01\n---\nT", Form::Yaml, "title: A\ndate: 2020-01-01\n", "T"),
            ("title: A\n\ntags:\n- b\n---\nT", Form::Yaml, "title: A\n\ntags:\n- b\n", "T"),
            (
                "\"title\": \"A\",\n\"date\": \"2020\"\n;;;\nT",
                Form::Json,
                "\"title\": \"A\",\n\"date\": \"2020\"\n",
                "T",
            ),
            ("Title: A\nTags : b, c\n\nT", Form::Headers, "Title: A\nTags : b, c\n", "T"),
            ("Title: A\nSummary: b\n    c\n\nT", Form::Headers, "Title: A\nSummary: b\n    c\n", "T"),
            ("Title: A\n\nT\n\n---\n\nU", Form::Headers, "Title: A\n", "T\n\n---\n\nU"),
        ] {
            assert_eq!(found(text), Some((form, inside, body, None)), "{text:?}");
        }
        assert_eq!(find("---\ntitle: A\n"), Start::Open);
    }

    #[test]
    fn wrong_delimiters_are_told_and_read() {
        for (text, inside, wrong) in [
            ("\n---\ntitle: A\n---\nT", "title: A\n", ""),
            ("\u{200b}\n  ---\ntitle: A\n---\nT", "title: A\n", ""),
            ("----\ntitle: A\n----\nT", "title: A\n", "----"),
            ("—\ntitle: A\n—\nT", "title: A\n", "—"),
            ("–-\ntitle: A\n---\nT", "title: A\n", "–-"),
            ("---\ntitle: A\n----\nT", "title: A\n", "----"),
            ("---\ntitle: A\n—\nT\n\n---\n", "title: A\n", "—"),
        ] {
            let (form, range, _, misplaced) = found(text).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!((form, range, misplaced.as_deref()), (Form::Yaml, inside, Some(wrong)), "{text:?}");
        }
    }

    #[test]
    fn prose_is_no_front_matter() {
        for text in [
            "",
            "\n",
            "Text.\n",
            "\n---\n\nText.\n\n---\n",
            "\n---\nNote: a\n---\n",
            "----\nText.\n----\n",
            "Note: this is prose.\n\nMore.\n",
            "Summary: this is prose.\n\nMore.\n",
            "Title: a\nand prose goes on.\n\nMore.\n",
            "{{< figure >}}\n",
            "{: .class}\n",
            "- a\n- b\n",
        ] {
            assert_eq!(find(text), Start::Body, "{text:?}");
        }
    }

    #[test]
    fn keys_are_located_in_every_form() {
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        for (text, keys, key, value) in [
            ("---\ntitle: A\n---\n", "title", "title", "A"),
            ("Title: A\nDate : x\n\nT", "Date", "Date", "x"),
            ("+++\ntitle = \"A\"\n[extra]\nn = 1.10\n+++\n", "extra.n", "n", "1.10"),
            ("+++\n[taxonomies]\ntags = [\"a\"]\n+++\n", "tags", "tags", "[\"a\"]"),
            ("{\n \"a\": {\"n\": [1, 2]},\n \"n\": \"x\\\"\"\n}\n", "n", "n", "\"x\\\"\""),
            ("{\n \"a\": {\"n\": [1, 2]}\n}\n", "a.n", "n", "[1, 2]"),
        ] {
            let Start::FrontMatter(block) = find(text) else { panic!("{text:?}") };
            let (k, v) = block.locate(text, &path(keys)).unwrap_or_else(|| panic!("{keys} in {text:?}"));
            assert_eq!((&text[k], &text[v]), (key, value), "{text:?}");
        }
    }
}

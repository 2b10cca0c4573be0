//! Components in Markdown, with the syntax of templates:
//! `{{ <figure src="x.png" /> }}`, or `{% <note kind="tip"> %}` … `{% </note> %}`.
//!
//! The Markdown parser must not see their tags, and offsets must stay. So each tag is masked by an
//! HTML comment of equal length, and recognised later by its position.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use pingmark_core::diag::args::TagProblem;
use pingmark_core::text::prefix;

/// Longest tag, in bytes.
const MAX_TAG: usize = 4096;
/// Length of an empty HTML comment, and so the shortest tag that can be masked.
const MIN_MASK: usize = "<!---->".len();

/// A component's tag in the source.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentTag {
    /// Byte range in the text.
    pub span: Range<usize>,
    /// Kind, with name and arguments.
    pub kind: TagKind,
}

/// Kinds of tags.
#[derive(Clone, Debug, PartialEq)]
pub enum TagKind {
    /// `{{ <name … /> }}`
    Single(String, Vec<(String, Value)>),
    /// `{% <name …> %}`
    Open(String, Vec<(String, Value)>),
    /// `{% </name> %}`
    Close(String),
    /// Starts like a tag, but is malformed; the reason.
    Broken(TagProblem),
}

/// Finds the tags in a text, and masks each. The masked text has the same length.
pub fn mask(text: &str) -> (Vec<ComponentTag>, Cow<'_, str>) {
    let tags = find(text);
    if tags.is_empty() {
        return (tags, Cow::Borrowed(text));
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for tag in &tags {
        masked.push_str(&text[done..tag.span.start]);
        masked.push_str("<!--");
        masked.extend(std::iter::repeat_n('x', tag.span.len() - MIN_MASK));
        masked.push_str("-->");
        done = tag.span.end;
    }
    masked.push_str(&text[done..]);
    (tags, Cow::Owned(masked))
}

/// Finds the tags in a text.
fn find(text: &str) -> Vec<ComponentTag> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('{').map(|at| at + from) {
        from = at + 1;
        let (closing, single) = match &text.as_bytes()[at..] {
            [b'{', b'{', ..] => ("}}", true),
            [b'{', b'%', ..] => ("%}", false),
            _ => continue,
        };
        // So much that parsing an unclosed tag takes constant time.
        let inner = prefix(text[at + 2..].trim_start(), MAX_TAG);
        let starts_tag = inner.strip_prefix('<').is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphabetic()) || (!single && rest.starts_with('/'))
        });
        // `{{<name …>}}` without blanks is a shortcode of another generator.
        let is_foreign = single && text[at + 2..].starts_with('<') && {
            let end = inner.find("}}").map_or("", |end| inner[..end].trim_end());
            end.ends_with('>') && !end.ends_with("/>")
        };
        if !starts_tag || is_foreign {
            continue;
        }
        let inner_start = text.len() - text[at + 2..].trim_start().len();
        let (end, kind) = match parse(inner, single) {
            Ok((kind, used)) => match text[inner_start + used..].trim_start().strip_prefix(closing) {
                Some(rest) => (text.len() - rest.len(), kind),
                None => continue,
            },
            Err(reason) => match prefix(&text[at..], MAX_TAG).find(closing) {
                Some(close) => (at + close + 2, TagKind::Broken(reason)),
                None => continue,
            },
        };
        // Too short to be masked; too short for a tag, too.
        if end - at < MIN_MASK {
            continue;
        }
        tags.push(ComponentTag { span: at..end, kind });
        from = end;
    }
    tags
}

/// Parses `<name a="b" />`. Returns the tag and its length in bytes.
fn parse(text: &str, single: bool) -> Result<(TagKind, usize), TagProblem> {
    let mut rest = &text[1..];
    let closes = rest.starts_with('/');
    if closes {
        rest = &rest[1..];
    }
    let name = take_while(&mut rest, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let mut arguments = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            let used = text.len() - after.len();
            return match single {
                true => Ok((TagKind::Single(name, arguments), used)),
                false => Err(TagProblem::Braces(name)),
            };
        }
        if let Some(after) = rest.strip_prefix('>') {
            let used = text.len() - after.len();
            return match (single, closes) {
                (true, _) => Err(TagProblem::NotClosed(name)),
                (false, true) => Ok((TagKind::Close(name), used)),
                (false, false) => Ok((TagKind::Open(name, arguments), used)),
            };
        }
        let key = take_while(&mut rest, |c| c.is_ascii_alphanumeric() || c == '_');
        if key.is_empty() {
            return Err(TagProblem::NotAnArgument(rest.chars().next()));
        }
        let value = match rest.strip_prefix('=') {
            Some(after) => {
                rest = after;
                value(&mut rest, &key)?
            }
            None => Value::Bool(true),
        };
        arguments.push((key, value));
    }
}

/// Parses the value of an argument: `"text"`, `'text'`, or JSON between braces (a number, `true`, a
/// list).
fn value(rest: &mut &str, key: &str) -> Result<Value, TagProblem> {
    for (open, close) in [('"', '"'), ('\'', '\''), ('{', '}')] {
        let Some(inside) = rest.strip_prefix(open) else { continue };
        let end = inside.find(close).ok_or(TagProblem::OpenValue(key.to_owned(), close))?;
        let text = &inside[..end];
        *rest = &inside[end + 1..];
        return match open {
            '{' => serde_json::from_str(text.trim()).map_err(|_| TagProblem::BadValue(text.to_owned())),
            _ => Ok(Value::String(text.to_owned())),
        };
    }
    Err(TagProblem::Unquoted(key.to_owned()))
}

/// Splits off the longest prefix whose characters satisfy `keep`.
fn take_while(rest: &mut &str, keep: impl Fn(char) -> bool) -> String {
    let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
    let (taken, left) = rest.split_at(end);
    *rest = left;
    taken.to_owned()
}

/// Whether an argument is inline Markdown, by its name.
pub fn is_caption(argument: &str) -> bool {
    argument == "caption"
}

/// Whether an argument is text for readers, by its name. Typographic rules apply to it.
pub fn is_text(argument: &str) -> bool {
    matches!(argument, "title" | "alt" | "label" | "author")
}

/// Whether an argument is a URL, by its name. It is resolved like a link.
pub fn is_address(argument: &str) -> bool {
    matches!(argument, "src" | "href" | "url" | "poster" | "image" | "cite")
}

/// Whether an argument is the URL of an image, or of something that may be one, by its name.
pub fn is_image(argument: &str) -> bool {
    matches!(argument, "src" | "poster" | "image")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parsed_and_masked() {
        let text =
            "a {{ <figure src=\"x.png\" width={300} wide /> }} b\n{% <note kind='tip'> %}\nc\n{% </note> %}";
        let (tags, masked) = mask(text);
        assert_eq!(masked.len(), text.len());
        assert!(!masked.contains("figure") && masked.contains("\nc\n"));
        let TagKind::Single(name, arguments) = &tags[0].kind else { panic!("{:?}", tags[0]) };
        assert_eq!(name, "figure");
        assert_eq!(arguments[1], ("width".to_owned(), Value::from(300)));
        assert_eq!(arguments[2], ("wide".to_owned(), Value::Bool(true)));
        assert_eq!(tags[1].kind, TagKind::Open("note".into(), vec![("kind".into(), "tip".into())]));
        assert_eq!(tags[2].kind, TagKind::Close("note".into()));
    }

    #[test]
    fn other_braces_are_left_alone() {
        for text in
            ["{{ page.title }}", "{% if x %}", "{{< youtube abc >}}", "{{ <em>x</em> }}", "{", "{{", "{% <"]
        {
            let (tags, masked) = mask(text);
            assert!(tags.iter().all(|tag| matches!(tag.kind, TagKind::Broken(_))), "{text}: {tags:?}");
            assert_eq!(masked.len(), text.len());
        }
    }

    #[test]
    fn a_malformed_tag_gives_the_reason() {
        let (tags, _) = mask("{{ <figure src=x /> }}");
        assert!(
            matches!(&tags[0].kind, TagKind::Broken(TagProblem::Unquoted(argument)) if argument == "src")
        );
    }
}

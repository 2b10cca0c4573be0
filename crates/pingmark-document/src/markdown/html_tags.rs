//! Tags and attributes in HTML of the author's, with their byte ranges. Follows the tokenizer of the HTML
//! standard as far as well-formed tags go; what is not closed ends with the text.

use std::ops::Range;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Text, entities included.
    Text(Range<usize>),
    /// A comment, a declaration or a processing instruction.
    Comment(Range<usize>),
    /// A tag.
    Tag(Tag),
}

/// An opening or closing tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub range: Range<usize>,
    /// Name in lower case.
    pub name: String,
    pub closes: bool,
    pub attributes: Vec<Attribute>,
}

/// An attribute that has a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    /// Name in lower case.
    pub name: String,
    /// Value as typed, without quotes.
    pub value: Range<usize>,
    pub is_quoted: bool,
}

/// Elements whose content is text for the parser, whatever it looks like.
pub(super) fn is_raw_text(name: &str) -> bool {
    matches!(name, "script" | "style" | "textarea" | "title" | "xmp" | "iframe" | "noembed" | "noframes")
}

/// The tokens of a piece of HTML.
pub(super) struct Tokens<'h> {
    html: &'h str,
    at: usize,
    /// Element whose content is text, if one is open.
    raw: Option<String>,
}

impl<'h> Tokens<'h> {
    pub(super) fn new(html: &'h str) -> Self {
        Self { html, at: 0, raw: None }
    }

    fn raw_text(&mut self, name: &str) -> Token {
        let (start, bytes) = (self.at, self.html.as_bytes());
        let is_end = |at: usize| {
            let after = &bytes[at + 2..];
            after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
                && after.get(name.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
        };
        let end = self.html[start..].match_indices("</").map(|(at, _)| start + at).find(|at| is_end(*at));
        if end.is_some() {
            self.raw = None;
        }
        self.at = end.unwrap_or(self.html.len());
        Token::Text(start..self.at)
    }

    fn tag(&mut self) -> Token {
        let (start, bytes) = (self.at, self.html.as_bytes());
        let closes = bytes.get(start + 1) == Some(&b'/');
        let name_start = start + 1 + usize::from(closes);
        let name_end =
            self.position_of(name_start, |byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
        let name = self.html[name_start..name_end].to_ascii_lowercase();
        let mut attributes = Vec::new();
        let mut at = name_end;
        loop {
            at = self.position_of(at, |byte| !byte.is_ascii_whitespace() && byte != b'/');
            match bytes.get(at) {
                None => break,
                Some(b'>') => {
                    at += 1;
                    break;
                }
                Some(_) => {}
            }
            let is_end = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'=');
            let key_end = self.position_of(at + 1, is_end);
            let key = self.html.get(at..key_end).unwrap_or_default().to_ascii_lowercase();
            at = self.position_of(key_end, |byte| !byte.is_ascii_whitespace());
            if bytes.get(at) != Some(&b'=') {
                continue;
            }
            at = self.position_of(at + 1, |byte| !byte.is_ascii_whitespace());
            let (value, is_quoted) = match bytes.get(at) {
                Some(quote @ (b'"' | b'\'')) => {
                    (at + 1..self.position_of(at + 1, |byte| byte == *quote), true)
                }
                _ => (at..self.position_of(at, |byte| byte.is_ascii_whitespace() || byte == b'>'), false),
            };
            at = (value.end + usize::from(is_quoted)).min(bytes.len());
            attributes.push(Attribute { name: key, value, is_quoted });
        }
        self.at = at;
        if !closes && is_raw_text(&name) {
            self.raw = Some(name.clone());
        }
        Token::Tag(Tag { range: start..at, name, closes, attributes })
    }

    /// Offset of the first byte from `from` on that satisfies `is`; the length if there is none.
    fn position_of(&self, from: usize, is: impl Fn(u8) -> bool) -> usize {
        let bytes = self.html.as_bytes();
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().position(|byte| is(*byte)).map_or(bytes.len(), |at| from + at)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        if start >= self.html.len() {
            return None;
        }
        if let Some(name) = self.raw.clone() {
            let text = self.raw_text(&name);
            if self.at > start {
                return Some(text);
            }
        }
        let rest = &self.html[self.at..];
        let closed = |mark: &str| rest.find(mark).map_or(self.html.len(), |at| start + at + mark.len());
        let comment = match rest.as_bytes() {
            [b'<', b'!', b'-', b'-', ..] => Some(closed("-->")),
            [b'<', b'!' | b'?', ..] => Some(closed(">")),
            _ => None,
        };
        if let Some(end) = comment {
            self.at = end;
            return Some(Token::Comment(start..end));
        }
        if starts_tag(rest) {
            return Some(self.tag());
        }
        let mut marks = rest.match_indices('<').map(|(at, _)| at);
        let end = marks.find(|at| starts_tag(&rest[*at..]) || rest[at + 1..].starts_with(['!', '?']));
        self.at = start + end.unwrap_or(rest.len());
        Some(Token::Text(start..self.at))
    }
}

fn starts_tag(text: &str) -> bool {
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix('<'));
    name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens: text as it is, comments as `!`, tags with their attributes.
    fn tokens(html: &str) -> Vec<String> {
        let shown = |token| match token {
            Token::Text(range) => html[range].to_owned(),
            Token::Comment(_) => "!".to_owned(),
            Token::Tag(tag) => {
                let attributes = tag.attributes.iter();
                let attributes = attributes.map(|one| format!(" {}={}", one.name, &html[one.value.clone()]));
                let slash = if tag.closes { "/" } else { "" };
                format!("<{slash}{}{}>", tag.name, attributes.collect::<String>())
            }
        };
        Tokens::new(html).map(shown).collect()
    }

    #[test]
    fn tags_and_attributes_are_found() {
        for (html, expected) in [
            ("a <b>c</B> d", vec!["a ", "<b>", "c", "</b>", " d"]),
            ("<IMG\n SRC = 'x y.png'\nalt=\"\" hidden>", vec!["<img src=x y.png alt=>"]),
            ("<a href=/x/>y</a>", vec!["<a href=/x/>", "y", "</a>"]),
            ("<br/><hr />", vec!["<br>", "<hr>"]),
            ("1 < 2 <3 <!-- <b> --> <!doctype x>", vec!["1 < 2 <3 ", "!", " ", "!"]),
            ("<script>if (a<b) \"</p>\"</script>x", vec!["<script>", "if (a<b) \"</p>\"", "</script>", "x"]),
            ("<a title=\"x", vec!["<a title=x>"]),
            ("<!-- x", vec!["!"]),
            ("<style>", vec!["<style>"]),
        ] {
            assert_eq!(tokens(html), expected, "{html:?}");
        }
    }
}

//! Tokens of HTML, with their place in the text: for passes that change a few tags of an author's HTML
//! and leave every other byte alone.
//!
//! Follows the tokenizer of the HTML standard (13.2.5) as far as tags, attributes, comments and the text
//! of elements such as `<script>` reach. Builds no tree: a caller sees `</p>` whether or not a `<p>` is
//! open.

use std::ops::Range;

/// Kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'t> {
    /// Text, with its character references.
    Text,
    /// Text of an element in which tags and character references mean nothing: `<script>`, `<style>`.
    RawText,
    /// Opening tag: the name as written.
    Open(&'t str),
    /// Closing tag: the name as written.
    Close(&'t str),
    /// Comment, declaration or processing instruction.
    Comment,
}

/// Token of an HTML text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// Kind of the token.
    pub kind: Kind<'t>,
    /// Byte range in the text.
    pub range: Range<usize>,
}

/// Attribute of an opening tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'t> {
    /// Name as written.
    pub name: &'t str,
    /// Value as written, without its quotes; empty if there is none.
    pub value: &'t str,
    /// Byte range of the value in the tag.
    pub value_range: Range<usize>,
    /// Whether the value is in quotes.
    pub is_quoted: bool,
    /// Byte range in the tag, from the name to the end of the value and its quote.
    pub range: Range<usize>,
}

/// Elements whose content is text only.
const RAW_TEXT: [&str; 9] =
    ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// Splits HTML into tokens. Their ranges cover the whole text, in order.
pub fn tokens(html: &str) -> Tokens<'_> {
    Tokens { html, at: 0, raw: None }
}

/// Iterator of [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'t> {
    html: &'t str,
    at: usize,
    /// Name of the element whose content is text only, if one was just opened.
    raw: Option<&'t str>,
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        let (start, rest) = (self.at, &self.html[self.at..]);
        if rest.is_empty() {
            return None;
        }
        if let Some(name) = self.raw.take() {
            let len = raw_text_len(rest, name);
            if len > 0 {
                return Some(self.token(start, len, Kind::RawText));
            }
        }
        if rest.starts_with('<')
            && let Some((len, kind)) = markup(rest)
        {
            if let Kind::Open(name) = kind {
                self.raw = RAW_TEXT.iter().any(|raw| name.eq_ignore_ascii_case(raw)).then_some(name);
            }
            return Some(self.token(start, len, kind));
        }
        // A `<` that starts no tag is text.
        let from = usize::from(rest.starts_with('<'));
        let mut len = rest.len();
        for (at, _) in rest[from..].match_indices('<') {
            if starts_markup(&rest[from + at..]) {
                len = from + at;
                break;
            }
        }
        Some(self.token(start, len, Kind::Text))
    }
}

impl<'t> Tokens<'t> {
    fn token(&mut self, start: usize, len: usize, kind: Kind<'t>) -> Token<'t> {
        self.at = start + len;
        Token { kind, range: start..self.at }
    }
}

/// Whether a text that starts with `<` starts a tag or a comment.
fn starts_markup(text: &str) -> bool {
    match text.as_bytes() {
        [b'<', b'!' | b'?', ..] => true,
        [b'<', b'/', next, ..] => next.is_ascii_alphabetic(),
        [b'<', next, ..] => next.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Length and kind of the tag or comment at the start of a text. `None` if there is none.
fn markup(text: &str) -> Option<(usize, Kind<'_>)> {
    if !starts_markup(text) {
        return None;
    }
    if let Some(inner) = text.strip_prefix("<!--") {
        // `<!-->` and `<!--->` are complete.
        let short = [">", "->"].into_iter().find(|end| inner.starts_with(end)).map(str::len);
        let long = || {
            let ends = ["-->", "--!>"].into_iter();
            ends.filter_map(|end| Some(inner.find(end)? + end.len())).min()
        };
        let len = short.or_else(long).map_or(text.len(), |len| len + 4);
        return Some((len, Kind::Comment));
    }
    if text.starts_with("<!") || text.starts_with("<?") {
        return Some((text.find('>').map_or(text.len(), |end| end + 1), Kind::Comment));
    }
    let closing = text.starts_with("</");
    let name = &text[1 + usize::from(closing)..];
    let name =
        &name[..name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(name.len())];
    let len = tag_len(text);
    Some((len, if closing { Kind::Close(name) } else { Kind::Open(name) }))
}

/// Length of a tag; the whole text if the tag is not closed. A `>` inside quotes does not close it.
fn tag_len(text: &str) -> usize {
    let mut last = 0;
    for attribute in attributes(text) {
        last = attribute.range.end;
    }
    text[last..].find('>').map_or(text.len(), |end| last + end + 1)
}

/// Length of the text of an element that has no markup, up to its closing tag.
fn raw_text_len(text: &str, name: &str) -> usize {
    if name.eq_ignore_ascii_case("plaintext") {
        return text.len();
    }
    let closes = |at: usize| {
        let rest = &text.as_bytes()[at + 2..];
        let is_name = rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        is_name && rest.get(name.len()).is_some_and(ends)
    };
    text.match_indices("</").map(|(at, _)| at).find(|at| closes(*at)).unwrap_or(text.len())
}

/// The attributes of a tag, which starts at the start of `tag`.
pub fn attributes(tag: &str) -> impl Iterator<Item = Attribute<'_>> {
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
    let name = tag.trim_start_matches(['<', '/']);
    let mut at = tag.len() - name.len() + name.find(is_end).unwrap_or(name.len());
    std::iter::from_fn(move || {
        let rest = tag[at..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        at = tag.len() - rest.len();
        if rest.is_empty() || rest.starts_with('>') {
            return None;
        }
        let start = at;
        // A name may start with `=`.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let len = first + rest[first..].find(|c: char| c == '=' || is_end(c)).unwrap_or(rest.len() - first);
        let name = &rest[..len];
        at += len;
        let Some(value) = tag[at..].trim_start().strip_prefix('=') else {
            return Some(Attribute {
                name,
                value: "",
                value_range: at..at,
                is_quoted: false,
                range: start..at,
            });
        };
        let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let from = tag.len() - value.len();
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let value_start = from + usize::from(quote.is_some());
        let value = &tag[value_start..];
        let len = match quote {
            Some(quote) => value.find(quote),
            None => value.find(|c: char| c.is_ascii_whitespace() || c == '>'),
        };
        let value = &value[..len.unwrap_or(value.len())];
        let value_range = value_start..value_start + value.len();
        at = (value_range.end + usize::from(quote.is_some())).min(tag.len());
        Some(Attribute { name, value, value_range, is_quoted: quote.is_some(), range: start..at })
    })
}

/// An attribute's value with its numeric character references decoded, and the few named ones that
/// stand for characters of a URL's scheme. Enough to recognise a scheme.
pub fn decoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let body = &rest[1..];
        // A number ends where its digits end, with or without a semicolon.
        let (start, radix) = match body.as_bytes() {
            [b'#', b'x' | b'X', ..] => (2, 16),
            [b'#', ..] => (1, 10),
            _ => (0, 36),
        };
        let digits = &body[start..];
        let len = start + digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        let name = &body[..len];
        let number = (start > 0).then(|| u32::from_str_radix(&body[start..len], radix).ok()).flatten();
        let named = match name {
            "colon" => Some(':'),
            "Tab" => Some('\t'),
            "NewLine" => Some('\n'),
            "amp" => Some('&'),
            _ => number.and_then(char::from_u32),
        };
        match named {
            Some(c) => {
                out.push(c);
                rest = &rest[1 + len..];
                rest = rest.strip_prefix(';').unwrap_or(rest);
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        let mut end = 0;
        let all = tokens(html).map(|token| {
            assert_eq!(token.range.start, end, "{html}");
            end = token.range.end;
            let text = &html[token.range];
            match token.kind {
                Kind::Text => text.to_owned(),
                Kind::RawText => format!("raw({text})"),
                Kind::Open(name) => format!("[{name}]"),
                Kind::Close(name) => format!("[/{name}]"),
                Kind::Comment => "[!]".to_owned(),
            }
        });
        all.collect()
    }

    #[test]
    fn tags_are_told_from_text_as_a_browser_does() {
        for (html, tokens) in [
            ("un <b>deux</b> 1 < 2", "un [b]deux[/b] 1 < 2"),
            ("<a title=\"x>y\" href='z>'>w</a>", "[a]w[/a]"),
            ("<SCRIPT>a<b>c</scripts></Script >d", "[SCRIPT]raw(a<b>c</scripts>)[/Script]d"),
            ("<!-- <b> --><!--><i><!DOCTYPE x>", "[!][!][i][!]"),
            ("<!-- a --!>b", "[!]b"),
            ("<img/onerror=x>y", "[img]y"),
            ("<p", "[p]"),
            ("a<", "a<"),
            ("<style>x", "[style]raw(x)"),
            ("<script></script>", "[script][/script]"),
            ("<a b=c/>x", "[a]x"),
            ("</ x><3", "</ x><3"),
        ] {
            assert_eq!(shown(html), tokens, "{html}");
        }
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        let shown = |tag: &str, a: Attribute<'_>| {
            assert_eq!(&tag[a.value_range], a.value);
            format!("{}={}", a.name, a.value)
        };
        let found = |tag| attributes(tag).map(|a| shown(tag, a)).collect::<Vec<_>>().join("|");
        assert_eq!(
            found("<img src=x alt='a b'onerror = \"y>z\" hidden/>"),
            "src=x|alt=a b|onerror=y>z|hidden="
        );
        assert_eq!(found("<img/onload=x>"), "onload=x");
        assert_eq!(found("<a =b>"), "=b=");
        assert_eq!(found("<a x=\"y"), "x=y");
        assert_eq!(found("<a>"), "");
        assert_eq!(decoded("&#106;ava&#x73cript&colon;x&amp;y&z"), "java\u{73c}ript:x&y&z");
    }
}

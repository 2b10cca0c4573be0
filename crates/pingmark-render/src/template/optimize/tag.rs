//! Tokens of templates: text, and the tags between.
//!
//! Reads only as much of Tera's syntax as tells where a tag begins and ends, and of which tokens it
//! consists.

use std::ops::Range;

/// Kind of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{ … }}`
    Output,
    /// `{% … %}`
    Statement,
    /// `{# … #}`
    Comment,
}

/// Tag of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    /// Kind.
    pub kind: Kind,
    /// Byte range, braces included.
    pub at: Range<usize>,
    /// Code, without braces and the white space beside them.
    pub inside: &'t str,
    /// Tokens of the code; empty for a comment.
    pub tokens: Vec<Token<'t>>,
    /// Whether it removes the white space before it.
    pub trims_before: bool,
    /// Whether it removes the white space after it.
    pub trims_after: bool,
}

/// Token of a template's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// Name, keyword or number.
    Word(&'t str),
    /// String, without quotes.
    Text(&'t str),
    /// Any other character.
    Sign(char),
}

impl<'t> Tag<'t> {
    /// Keyword of a statement.
    pub(super) fn keyword(&self) -> Option<&'t str> {
        match self.tokens.first() {
            Some(Token::Word(word)) if self.kind == Kind::Statement => Some(word),
            _ => None,
        }
    }

    /// Name of the template in an `include` or `extends`.
    pub(super) fn part(&self) -> Option<&'t str> {
        match (self.keyword()?, self.tokens.get(1)?) {
            ("extends" | "include", Token::Text(name)) => Some(name),
            _ => None,
        }
    }
}

/// Tags of a template, in order.
pub(super) fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find('{')?;
            let (kind, end) = match text.as_bytes().get(start + 1) {
                Some(b'{') => (Kind::Output, "}}"),
                Some(b'%') => (Kind::Statement, "%}"),
                Some(b'#') => (Kind::Comment, "#}"),
                _ => {
                    from = start + 1;
                    continue;
                }
            };
            let after = &text[start + 2..];
            let (inside, trims_before) = after.strip_prefix('-').map_or((after, false), |rest| (rest, true));
            let (tokens, rest) = match kind {
                Kind::Comment => (Vec::new(), inside.split_once(end).map_or("", |(_, rest)| rest)),
                _ => tokens(inside, end),
            };
            from = text.len() - rest.len();
            let inside = &inside[..inside.len() - rest.len()];
            let inside = inside.strip_suffix(end).unwrap_or(inside);
            let (inside, trims_after) =
                inside.strip_suffix('-').map_or((inside, false), |inside| (inside, true));
            let inside = inside.trim();
            return Some(Tag { kind, at: start..from, inside, tokens, trims_before, trims_after });
        }
    })
}

/// Tokens of a text up to `end`, and the text after it.
fn tokens<'t>(text: &'t str, end: &str) -> (Vec<Token<'t>>, &'t str) {
    let mut rest = text;
    let mut found = Vec::new();
    // The end of a map may look like the end of the tag.
    let mut open = 0_usize;
    while let Some(next) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(end).filter(|_| open == 0) {
            return (found, after);
        }
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        if is_part(next) {
            let (word, after) = rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
            found.push(Token::Word(word));
            rest = after;
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
        if matches!(next, '"' | '\'' | '`') {
            let end = end_of_text(rest, next);
            found.push(Token::Text(&rest[..end]));
            rest = rest.get(end + 1..).unwrap_or("");
        } else if !next.is_whitespace() && (next != '-' || !rest.starts_with(end)) {
            found.push(Token::Sign(next));
        }
    }
    (found, "")
}

/// Position of the quote that ends a string; a backslash escapes a quote.
fn end_of_text(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == quote && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// Text or tag of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text, without the white space that tags remove.
    Text(&'t str),
    /// Tag; comments are left out.
    Tag(Tag<'t>),
}

/// Texts and tags of a template.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    // White space control of a tag reaches across a comment after it.
    let mut trims = false;
    for tag in tags(text) {
        let before = &text[from..tag.at.start];
        let before = if trims { before.trim_start() } else { before };
        let is_between = from < tag.at.start;
        let before = if tag.trims_before { before.trim_end() } else { before };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        from = tag.at.end;
        if tag.kind == Kind::Comment {
            trims = tag.trims_after || (trims && !is_between);
        } else {
            trims = tag.trims_after;
            pieces.push(Piece::Tag(tag));
        }
    }
    let rest = if trims { text[from..].trim_start() } else { &text[from..] };
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let piece = |piece: Piece<'_>| match piece {
            Piece::Text(text) => format!("{text:?} "),
            Piece::Tag(tag) => format!("<{}> ", tag.inside),
        };
        pieces(text).into_iter().map(piece).collect()
    }

    #[test]
    fn a_text_falls_into_pieces() {
        for (text, pieces) in [
            ("a { b } {", r#""a { b } {" "#),
            ("<p>{{ a.b }}</p>{% if c %}", r#""<p>" <a.b> "</p>" <if c> "#),
            ("a {{- b -}} c {%- d %} e", r#""a" <b> "c" <d> " e" "#),
            ("a {#- b -#} c {# d #} e", r#""a" "c " " e" "#),
            // White space control reaches across a comment.
            ("{% a -%}{# b #} c {{ d }}", r#"<a> "c " <d> "#),
            ("{% a -%} {# b #} c {{ d }}", r#"<a> " c " <d> "#),
            (r#"{{ {"a": {"b": "}}"}} }}|{{ '%}' }}"#, r#"<{"a": {"b": "}}"}}> "|" <'%}'> "#),
            ("{{-1}} {{ -1 }}", r#"<1> " " <-1> "#),
            ("{{ a", "<a> "),
            ("{# a", ""),
        ] {
            assert_eq!(shown(text), pieces, "{text}");
        }
    }
}

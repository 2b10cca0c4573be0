//! Syntax tree of a template: parsed from its text, and written again.

use std::borrow::Cow;

use super::tag::{Kind, Piece, Tag, Token, pieces};

/// Node of a template.
#[derive(Clone, Debug)]
pub(super) enum Node<'t> {
    Text(Cow<'t, str>),
    /// `{{ … }}`, or a statement without an end tag.
    Tag(Tag<'t>),
    /// Statement, its body, and its end tag.
    Between(Tag<'t>, Vec<Self>, Tag<'t>),
    /// Conditions with their bodies, and the body of `else`.
    If(Vec<(Tag<'t>, Vec<Self>)>, Vec<Self>),
    /// Loop, its body, and the body of `else`.
    For(Tag<'t>, Vec<Self>, Option<Vec<Self>>),
}

/// Nodes of a template. `None` if it has a statement that is not known here.
pub(super) fn parsed(text: &str) -> Option<Vec<Node<'_>>> {
    let mut pieces = pieces(text).into_iter();
    let (nodes, end) = until_end(&mut pieces)?;
    end.is_none().then_some(nodes)
}

/// Nodes up to an end tag, `else` or `elif`, and that tag.
fn until_end<'t>(pieces: &mut impl Iterator<Item = Piece<'t>>) -> Option<(Vec<Node<'t>>, Option<Tag<'t>>)> {
    let mut nodes = Vec::new();
    while let Some(piece) = pieces.next() {
        let tag = match piece {
            Piece::Text(text) => {
                nodes.push(Node::Text(text.into()));
                continue;
            }
            Piece::Tag(tag) => tag,
        };
        let gives_value = tag.tokens.get(2) == Some(&Token::Sign('='));
        nodes.push(match tag.keyword() {
            None if tag.kind == Kind::Statement => return None,
            None | Some("include" | "extends" | "break" | "continue") => Node::Tag(tag),
            Some("elif" | "else" | "endif" | "endfor" | "endblock" | "endset" | "endfilter") => {
                return Some((nodes, Some(tag)));
            }
            Some("if") => conditions(tag, pieces)?,
            Some("for") => {
                let (body, end) = until_end(pieces)?;
                match end?.keyword() {
                    Some("else") => {
                        let (other, end) = until_end(pieces)?;
                        (end?.keyword() == Some("endfor")).then_some(())?;
                        Node::For(tag, body, Some(other))
                    }
                    Some("endfor") => Node::For(tag, body, None),
                    _ => return None,
                }
            }
            Some("set" | "set_global") if gives_value => Node::Tag(tag),
            Some(opens @ ("block" | "filter" | "set" | "set_global")) => {
                let (body, end) = until_end(pieces)?;
                let end = end.filter(|end| end.keyword() == Some(end_of(opens)))?;
                Node::Between(tag, body, end)
            }
            Some(_) => return None,
        });
    }
    Some((nodes, None))
}

/// Keyword of the end tag of a statement.
fn end_of(keyword: &str) -> &'static str {
    match keyword {
        "block" => "endblock",
        "filter" => "endfilter",
        _ => "endset",
    }
}

fn conditions<'t>(first: Tag<'t>, pieces: &mut impl Iterator<Item = Piece<'t>>) -> Option<Node<'t>> {
    let mut branches = Vec::new();
    let mut open = first;
    loop {
        let (body, end) = until_end(pieces)?;
        branches.push((open, body));
        let end = end?;
        match end.keyword() {
            Some("elif") => open = end,
            Some("endif") => return Some(Node::If(branches, Vec::new())),
            Some("else") => {
                let (other, end) = until_end(pieces)?;
                return (end?.keyword() == Some("endif")).then_some(Node::If(branches, other));
            }
            _ => return None,
        }
    }
}

/// Text of a template. `None` if a brace and the text after it would become code.
pub(super) fn written(nodes: &[Node<'_>]) -> Option<String> {
    let mut out = String::new();
    write(nodes, &mut out)?;
    Some(out)
}

fn write(nodes: &[Node<'_>], out: &mut String) -> Option<()> {
    for node in nodes {
        match node {
            Node::Text(text) => {
                let is_code = out.ends_with('{') && text.starts_with(['{', '%', '#']);
                (!is_code).then(|| out.push_str(text))?;
            }
            Node::Tag(tag) => write_tag(tag, out)?,
            Node::Between(tag, body, end) => {
                write_tag(tag, out)?;
                write(body, out)?;
                write_tag(end, out)?;
            }
            Node::If(branches, other) => {
                for (number, (tag, body)) in branches.iter().enumerate() {
                    let condition = tag.inside.trim_start_matches("el");
                    let keyword = if number == 0 { "" } else { "el" };
                    write_code(Kind::Statement, &format!("{keyword}{condition}"), out)?;
                    write(body, out)?;
                }
                if !other.is_empty() {
                    write_code(Kind::Statement, "else", out)?;
                    write(other, out)?;
                }
                write_code(Kind::Statement, "endif", out)?;
            }
            Node::For(tag, body, other) => {
                write_tag(tag, out)?;
                write(body, out)?;
                if let Some(other) = other {
                    write_code(Kind::Statement, "else", out)?;
                    write(other, out)?;
                }
                write_code(Kind::Statement, "endfor", out)?;
            }
        }
    }
    Some(())
}

fn write_tag(tag: &Tag<'_>, out: &mut String) -> Option<()> {
    write_code(tag.kind, tag.inside, out)
}

fn write_code(kind: Kind, code: &str, out: &mut String) -> Option<()> {
    let (open, close) = if kind == Kind::Output { ("{{ ", " }}") } else { ("{% ", " %}") };
    (!out.ends_with('{')).then(|| out.extend([open, code, close]))
}

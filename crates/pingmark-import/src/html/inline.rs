//! Lists of inline parts: their whitespace and their text.

use super::Inline;

/// Text of inline parts, without markup.
pub fn text(inlines: &[Inline]) -> String {
    let mut out = String::new();
    push_text(inlines, &mut out);
    out
}

fn push_text(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Break => out.push('\n'),
            Inline::Emphasis(inside)
            | Inline::Strong(inside)
            | Inline::Struck(inside)
            | Inline::Link(_, _, inside)
            | Inline::Tagged(_, _, inside) => push_text(inside, out),
            Inline::Image(image) => out.push_str(&image.alt),
            Inline::Anchor(_) => {}
        }
    }
}

/// Whether nothing of it would be seen.
pub fn is_blank(inlines: &[Inline]) -> bool {
    inlines.iter().all(|inline| match inline {
        Inline::Text(text) => is_blank_text(text),
        Inline::Break => true,
        Inline::Emphasis(inside)
        | Inline::Strong(inside)
        | Inline::Struck(inside)
        | Inline::Link(_, _, inside)
        | Inline::Tagged(_, _, inside) => is_blank(inside),
        Inline::Code(text) => text.is_empty(),
        Inline::Image(_) | Inline::Anchor(_) => false,
    })
}

/// Whether a text is made of spaces that nobody sees, no-break and zero-width ones included.
pub fn is_blank_text(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}'))
}

/// Puts inline parts into an element, with blanks at the ends outside of it: `<em> a </em>` is ` <em>a</em> `.
pub fn wrapped(inside: Vec<Inline>, wrap: impl FnOnce(Vec<Inline>) -> Inline) -> Vec<Inline> {
    let (before, inside, after) = split_blanks(inside);
    if inside.is_empty() {
        return before.into_iter().chain(after).collect();
    }
    before.into_iter().chain([wrap(inside)]).chain(after).collect()
}

/// The blanks at the start, the rest, and the blanks at the end.
fn split_blanks(mut inside: Vec<Inline>) -> (Vec<Inline>, Vec<Inline>, Vec<Inline>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    loop {
        match inside.first_mut() {
            Some(Inline::Break) => before.push(inside.remove(0)),
            Some(Inline::Text(text)) => {
                let rest = text.trim_start().len();
                if rest < text.len() {
                    before.push(Inline::Text(text[..text.len() - rest].to_owned()));
                    text.drain(..text.len() - rest);
                }
                if !text.is_empty() {
                    break;
                }
                inside.remove(0);
            }
            _ => break,
        }
    }
    loop {
        match inside.last_mut() {
            Some(Inline::Break) => after.extend(inside.pop()),
            Some(Inline::Text(text)) => {
                let kept = text.trim_end().len();
                if kept < text.len() {
                    after.push(Inline::Text(text.split_off(kept)));
                }
                if !text.is_empty() {
                    break;
                }
                inside.pop();
            }
            _ => break,
        }
    }
    after.reverse();
    (before, inside, after)
}

/// Lines of a paragraph without blanks at its ends and around its line ends. Two line ends in a row end the
/// paragraph: the result has one list for each.
pub fn paragraphs(inlines: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut all = Vec::new();
    let mut current: Vec<Inline> = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Break => {
                trim_end(&mut current);
                match current.last() {
                    None if all.is_empty() => {}
                    Some(Inline::Break) => {
                        current.pop();
                        all.push(std::mem::take(&mut current));
                    }
                    None => {}
                    Some(_) => current.push(Inline::Break),
                }
            }
            Inline::Text(text) => {
                let begins = matches!(current.last(), None | Some(Inline::Break));
                let text = if begins { text.trim_start_matches([' ', '\n', '\t', '\u{a0}']) } else { &text };
                match (current.last_mut(), text) {
                    (_, "") => {}
                    (Some(Inline::Text(last)), more) => {
                        let more = if last.ends_with(' ') { more.trim_start_matches(' ') } else { more };
                        last.push_str(more);
                    }
                    (_, more) => current.push(Inline::Text(more.to_owned())),
                }
            }
            other => current.push(other),
        }
    }
    all.push(current);
    for lines in &mut all {
        while matches!(lines.last(), Some(Inline::Break)) {
            lines.pop();
        }
        trim_end(lines);
    }
    all.retain(|lines| !is_blank(lines));
    all
}

fn trim_end(inlines: &mut Vec<Inline>) {
    while let Some(Inline::Text(text)) = inlines.last_mut() {
        text.truncate(text.trim_end_matches([' ', '\n', '\t', '\u{a0}']).len());
        if !text.is_empty() {
            break;
        }
        inlines.pop();
    }
}

/// One line: line ends become spaces.
pub fn one_line(inlines: Vec<Inline>) -> Vec<Inline> {
    let spaced = inlines.into_iter().map(|inline| match inline {
        Inline::Break => Inline::Text(" ".to_owned()),
        other => other,
    });
    paragraphs(spaced.collect()).into_iter().next().unwrap_or_default()
}

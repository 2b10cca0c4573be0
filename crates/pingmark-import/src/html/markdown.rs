//! Blocks → Markdown.

use pingmark_core::html::escaped as html_escaped;

use super::escape::{destination, escape, title};
use super::inline::text;
use super::{Align, Block, Image, Inline, raw};

/// Longest tag of a component, in bytes, with room for what stands around it.
const MAX_TAG: usize = 3800;

/// Markdown of some blocks, with a line end behind the last one. Empty if there are none.
pub fn markdown(blocks: &[Block]) -> String {
    let mut out = blocks_text(blocks);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn blocks_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    // Whether the list before this one had the other mark, so that two lists do not become one.
    let mut other_mark = false;
    let mut previous: Option<&Block> = None;
    for block in blocks {
        if let (Some(Block::List(before, _)), Block::List(now, _)) = (previous, block) {
            other_mark = before.is_some() == now.is_some() && !other_mark;
        } else {
            other_mark = false;
        }
        let text = match block {
            Block::List(start, items) => list(*start, items, other_mark),
            other => block_text(other),
        };
        if text.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&text);
        previous = Some(block);
    }
    out
}

fn block_text(block: &Block) -> String {
    match block {
        Block::Paragraph(lines) => inlines(lines, true),
        Block::Heading(level, id, words) => heading(*level, id.as_deref(), words),
        Block::Quote(blocks) => prefixed(&blocks_text(blocks), "> ", "> "),
        Block::List(start, items) => list(*start, items, false),
        Block::Definitions(entries) => {
            let entry = |(term, words): &(Vec<Inline>, Vec<Vec<Inline>>)| {
                let words = words.iter().map(|words| {
                    let words = inlines(words, false);
                    format!("\n: {}", words.replace('\n', "\n  "))
                });
                format!("{}{}", inlines(term, true), words.collect::<String>())
            };
            entries.iter().map(entry).collect::<Vec<_>>().join("\n\n")
        }
        Block::Code(language, text) => code(language, text),
        Block::Table(head, rows, aligns) => table(head, rows, aligns),
        Block::Rule => "---".to_owned(),
        Block::Figure(image, caption) => figure(image, caption),
        Block::Component(name, arguments, body) => component(name, arguments, body.as_deref()),
        Block::Embed(url) => url.clone(),
        Block::Html(html) => {
            html.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
        }
        Block::Wrapped(open, blocks, close) => {
            let inside = blocks_text(blocks);
            let parts = [open.as_str(), inside.as_str(), close.as_str()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
        }
        Block::More => "<!-- more -->".to_owned(),
    }
}

fn heading(level: u8, id: Option<&str>, words: &[Inline]) -> String {
    let mut text = inlines(words, false).replace("\\\n", " ");
    // Signs at the end would close it, or be its attributes.
    if text.ends_with('#') {
        text.pop();
        text.push_str("\\#");
    }
    if text.ends_with('}') {
        text.pop();
        text.push_str("&#125;");
    }
    let id = id.map(|id| format!(" {{#{id}}}")).unwrap_or_default();
    format!("{} {text}{id}", "#".repeat(usize::from(level)))
}

fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let line = |(number, line): (usize, &str)| {
        let prefix = if number == 0 { first } else { rest };
        let whole = format!("{prefix}{line}");
        if line.is_empty() { whole.trim_end().to_owned() } else { whole }
    };
    text.split('\n').enumerate().map(line).collect::<Vec<_>>().join("\n")
}

fn list(start: Option<u64>, items: &[Vec<Block>], other_mark: bool) -> String {
    let is_tight = items.iter().all(|item| {
        matches!(item.as_slice(), [Block::Paragraph(_)] | [Block::Paragraph(_), Block::List(..)])
    });
    let mut out = Vec::with_capacity(items.len());
    for (number, item) in items.iter().enumerate() {
        let mark = match start {
            Some(start) => format!("{}{}", start + number as u64, if other_mark { ')' } else { '.' }),
            None => if other_mark { "*" } else { "-" }.to_owned(),
        };
        let text = match item.as_slice() {
            [paragraph, nested] if is_tight => format!("{}\n{}", block_text(paragraph), block_text(nested)),
            blocks => blocks_text(blocks),
        };
        let indent = " ".repeat(mark.len() + 1);
        out.push(prefixed(&text, &format!("{mark} "), &indent));
    }
    out.join(if is_tight { "\n" } else { "\n\n" })
}

fn code(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    format!("{fence}{language}\n{text}\n{fence}")
}

fn table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], aligns: &[Align]) -> String {
    let cell = |words: &Vec<Inline>| {
        let text = inlines(words, false).replace("\\\n", "<br>").replace('\n', " ");
        if text.is_empty() { " ".to_owned() } else { format!(" {text} ") }
    };
    let line = |cells: Vec<String>| format!("|{}|", cells.join("|"));
    let marks = aligns.iter().map(|align| {
        match align {
            Align::None => " --- ",
            Align::Left => " :-- ",
            Align::Centre => " :-: ",
            Align::Right => " --: ",
        }
        .to_owned()
    });
    let mut lines = vec![line(head.iter().map(cell).collect()), line(marks.collect())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(cell).collect())));
    lines.join("\n")
}

/// An argument of a component. A value with both kinds of quotation marks loses one of them.
fn argument(key: &str, value: &str) -> String {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match (value.contains('"'), value.contains('\'')) {
        (false, _) => format!(" {key}=\"{value}\""),
        (true, false) => format!(" {key}='{value}'"),
        (true, true) => format!(" {key}=\"{}\"", value.replace('"', "”")),
    }
}

fn figure(image: &Image, caption: &[Inline]) -> String {
    let caption_text = inlines(caption, false).replace("\\\n", "<br>");
    if image.link.is_none() {
        let caption = if caption_text.contains('"') && caption_text.contains('\'') {
            caption_text.replace('"', "&quot;")
        } else {
            caption_text.clone()
        };
        let mut tag = format!("{{{{ <figure{}", argument("src", &destination_argument(&image.src)));
        if !image.alt.is_empty() {
            tag.push_str(&argument("alt", &image.alt));
        }
        if !caption.is_empty() {
            tag.push_str(&argument("caption", &caption));
        }
        tag.push_str(" /> }}");
        if tag.len() < MAX_TAG {
            return tag;
        }
        return format!("{}\n\n{}", image_text(image), emphasised(&caption_text));
    }
    if caption.is_empty() {
        return image_text(image);
    }
    let link = image.link.as_deref().unwrap_or_default();
    let (href, src, alt) =
        (raw::attribute_value(link), raw::attribute_value(&image.src), raw::attribute_value(&image.alt));
    format!(
        "<figure>\n<a href=\"{href}\"><img src=\"{src}\" alt=\"{alt}\"></a>\n<figcaption>\n\n{caption_text}\n\n</figcaption>\n</figure>"
    )
}

fn emphasised(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<em>{text}</em>") }
}

fn destination_argument(address: &str) -> String {
    address.replace('"', "%22").replace(' ', "%20")
}

fn component(name: &str, arguments: &[(&str, String)], body: Option<&[Block]>) -> String {
    let arguments: String = arguments.iter().map(|(key, value)| argument(key, value)).collect();
    match body {
        None => format!("{{{{ <{name}{arguments} /> }}}}"),
        Some(blocks) => format!("{{% <{name}{arguments}> %}}\n{}\n{{% </{name}> %}}", blocks_text(blocks)),
    }
}

fn image_text(image: &Image) -> String {
    let alt = escape(&image.alt.split_whitespace().collect::<Vec<_>>().join(" "), false, None);
    let own = format!("![{alt}]({})", destination(&image.src));
    match &image.link {
        Some(link) => format!("[{own}]({})", destination(link)),
        None => own,
    }
}

/// Part of a line that was already written: how it looks, and how it looks as HTML if Markdown's marks would
/// not be read as such where it stands.
struct Part {
    text: String,
    marks: Option<(&'static str, &'static str)>,
}

/// Markdown of inline parts.
pub fn inlines(inlines: &[Inline], begins_line: bool) -> String {
    let mut out = String::new();
    let mut at_start = begins_line;
    for (number, inline) in inlines.iter().enumerate() {
        let next = inlines.get(number + 1).and_then(first_char);
        let part = part(inline, at_start, next, inlines.get(number + 1));
        let begins = out.is_empty() || out.ends_with('\n');
        let previous = if begins { None } else { out.chars().next_back() };
        match part.marks {
            None => out.push_str(&part.text),
            Some((mark, element)) => {
                if marks_are_read(&part.text, previous, next) {
                    out.push_str(&format!("{mark}{}{mark}", part.text));
                } else {
                    out.push_str(&format!("<{element}>{}</{element}>", part.text));
                }
            }
        }
        at_start = matches!(inline, Inline::Break) && begins_line || (at_start && out.is_empty());
        if matches!(inline, Inline::Break) {
            at_start = true;
        }
    }
    out
}

fn part(inline: &Inline, at_start: bool, next: Option<char>, following: Option<&Inline>) -> Part {
    let plain = |text: String| Part { text, marks: None };
    match inline {
        Inline::Text(text) => plain(escaped_text(text, at_start, next, following)),
        Inline::Code(text) => plain(code_span(text)),
        Inline::Break => plain("\\\n".to_owned()),
        Inline::Emphasis(inside) => Part { text: inlines(inside, at_start), marks: Some(("*", "em")) },
        Inline::Strong(inside) => Part { text: inlines(inside, at_start), marks: Some(("**", "strong")) },
        Inline::Struck(inside) => Part { text: inlines(inside, at_start), marks: Some(("~~", "del")) },
        Inline::Link(href, title_text, inside) => plain(link(href, title_text, inside)),
        Inline::Image(image) => plain(image_text(image)),
        Inline::Tagged(name, attributes, inside) => {
            plain(format!("<{name}{attributes}>{}</{name}>", inlines(inside, false)))
        }
        Inline::Anchor(id) => plain(format!("<a id=\"{}\"></a>", html_escaped(id))),
    }
}

/// A text; `!` before a link would make an image of it.
fn escaped_text(text: &str, at_start: bool, next: Option<char>, following: Option<&Inline>) -> String {
    let mut escaped = escape(text, at_start, next);
    if escaped.ends_with('!') && matches!(following, Some(Inline::Link(..))) {
        escaped.pop();
        escaped.push_str("&#33;");
    }
    escaped
}

fn link(href: &str, title_text: &str, inside: &[Inline]) -> String {
    let words = inlines(inside, false);
    let is_same = title_text.trim() == text(inside).trim();
    let title = if is_same { String::new() } else { title(title_text) };
    format!("[{words}]({}{title})", destination(href))
}

fn code_span(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // A pipe would end a table's cell, and braces would begin a component even here.
    if text.contains("{{ <")
        || text.contains("{% <")
        || text.contains("$$")
        || text.contains("\\(")
        || text.contains('|')
    {
        let text = html_escaped(&text);
        let text =
            text.replace('{', "&#123;").replace('$', "&#36;").replace('\\', "&#92;").replace('|', "&#124;");
        let text =
            text.replace('*', "&#42;").replace('_', "&#95;").replace('[', "&#91;").replace('`', "&#96;");
        return format!("<code>{}</code>", text.replace('~', "&#126;").replace("://", ":&#47;/"));
    }
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// The first character that something is written with.
fn first_char(inline: &Inline) -> Option<char> {
    match inline {
        Inline::Text(text) => text.chars().next(),
        Inline::Code(_) => Some('`'),
        Inline::Break => None,
        Inline::Emphasis(_) | Inline::Strong(_) => Some('*'),
        Inline::Struck(_) => Some('~'),
        Inline::Link(..) => Some('['),
        Inline::Image(_) => Some('!'),
        Inline::Tagged(..) | Inline::Anchor(_) => Some('<'),
    }
}

/// Whether marks around a text are read as emphasis: the rules of CommonMark's delimiter runs, on the side of
/// caution.
fn marks_are_read(inside: &str, previous: Option<char>, next: Option<char>) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_gap = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_mark = |c: Option<char>| c.is_some_and(|c| matches!(c, '*' | '_' | '~' | '\\'));
    let (first, last) = (inside.chars().next(), inside.chars().next_back());
    let is_light = |c: Option<char>| {
        c.is_some_and(|c| {
            matches!(
                c,
                '(' | '"' | '\'' | ',' | '.' | ';' | ':' | '!' | '?' | ')' | '-' | '/' | '>' | '<' | '['
            )
        })
    };
    !inside.is_empty()
        && !inside.contains('\n')
        && !is_gap(first)
        && !is_gap(last)
        && !is_mark(first)
        && !is_mark(last)
        && !is_mark(previous)
        && !is_mark(next)
        && (is_word(first) || is_gap(previous) || is_light(previous))
        && (is_word(last) || is_gap(next) || is_light(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Inline> {
        vec![Inline::Text(text.to_owned())]
    }

    #[test]
    fn emphasis_is_read_wherever_it_stands() {
        let line = |parts: Vec<Inline>| inlines(&parts, true);
        let strong = |text: &str| Inline::Strong(words(text));
        let plain = |text: &str| Inline::Text(text.to_owned());
        assert_eq!(line(vec![plain("un "), strong("deux"), plain(" trois")]), "un **deux** trois");
        assert_eq!(line(vec![plain("un"), strong("deux"), plain("trois")]), "un**deux**trois");
        assert_eq!(
            line(vec![plain("un"), strong("« deux »"), plain("trois")]),
            "un<strong>« deux »</strong>trois"
        );
        assert_eq!(line(vec![Inline::Strong(vec![Inline::Emphasis(words("un"))])]), "<strong>*un*</strong>");
        assert_eq!(line(vec![strong("un"), Inline::Emphasis(words("deux"))]), "<strong>un</strong>*deux*");
    }

    #[test]
    fn blocks_are_apart() {
        let item = |text: &str| vec![Block::Paragraph(words(text))];
        let lists = [
            Block::List(None, vec![item("un"), item("deux")]),
            Block::List(None, vec![item("trois")]),
            Block::List(Some(3), vec![item("quatre")]),
            Block::Code("php".into(), "echo `a`;\n```".into()),
            Block::Quote(vec![Block::Paragraph(vec![
                Inline::Text("un".into()),
                Inline::Break,
                Inline::Text("# deux".into()),
            ])]),
        ];
        assert_eq!(
            markdown(&lists),
            "- un\n- deux\n\n* trois\n\n3. quatre\n\n````php\necho `a`;\n```\n````\n\n> un\\\n> &#35; deux\n"
        );
    }

    #[test]
    fn figures_keep_their_captions() {
        let image = Image { src: "/a b.png".into(), alt: "Un \"alt\"".into(), link: None };
        let caption = vec![
            Inline::Text("Photo : ".into()),
            Inline::Link("https://a.example/".into(), String::new(), words("Ana")),
        ];
        assert_eq!(
            figure(&image, &caption),
            "{{ <figure src=\"/a%20b.png\" alt='Un \"alt\"' caption=\"Photo : [Ana](https://a.example/)\" /> }}"
        );
    }
}

//! Blocks → HTML: for comments, which Pingmark keeps as HTML, and for texts that are to stay HTML.

use pingmark_core::html::escaped;

use super::inline::text;
use super::{Align, Block, Image, Inline, raw};

/// HTML of some blocks, one line for each.
pub fn html(blocks: &[Block]) -> String {
    blocks.iter().map(block).filter(|html| !html.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A text without any markup, if the blocks have none: paragraphs with a blank line between them.
pub fn plain_text(blocks: &[Block]) -> Option<String> {
    let is_plain = |inline: &Inline| matches!(inline, Inline::Text(_) | Inline::Break);
    let paragraph = |block: &Block| match block {
        Block::Paragraph(lines) if lines.iter().all(is_plain) => Some(text(lines)),
        _ => None,
    };
    let texts = blocks.iter().map(paragraph).collect::<Option<Vec<_>>>()?.join("\n\n");
    // What looks like HTML would be read as such.
    (!texts.contains(['<', '&'])).then_some(texts)
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(lines) => format!("<p>{}</p>", inlines(lines)),
        Block::Heading(level, id, words) => {
            let id = id.as_ref().map(|id| format!(" id=\"{}\"", escaped(id))).unwrap_or_default();
            format!("<h{level}{id}>{}</h{level}>", inlines(words))
        }
        Block::Quote(blocks) => format!("<blockquote>{}</blockquote>", html(blocks)),
        Block::List(start, items) => {
            let (name, start) = match start {
                Some(1) => ("ol", String::new()),
                Some(start) => ("ol", format!(" start=\"{start}\"")),
                None => ("ul", String::new()),
            };
            let items = items.iter().map(|item| match item.as_slice() {
                [Block::Paragraph(lines)] => format!("<li>{}</li>", inlines(lines)),
                blocks => format!("<li>{}</li>", html(blocks)),
            });
            format!("<{name}{start}>{}</{name}>", items.collect::<String>())
        }
        Block::Definitions(entries) => {
            let entry = |(term, words): &(Vec<Inline>, Vec<Vec<Inline>>)| {
                let words = words.iter().map(|words| format!("<dd>{}</dd>", inlines(words)));
                format!("<dt>{}</dt>{}", inlines(term), words.collect::<String>())
            };
            format!("<dl>{}</dl>", entries.iter().map(entry).collect::<String>())
        }
        Block::Code(language, text) => {
            let class =
                if language.is_empty() { String::new() } else { format!(" class=\"language-{language}\"") };
            format!("<pre><code{class}>{}</code></pre>", escaped(text))
        }
        Block::Table(head, rows, aligns) => table(head, rows, aligns),
        Block::Rule => "<hr>".to_owned(),
        Block::Figure(image, caption) => {
            let caption = if caption.is_empty() {
                String::new()
            } else {
                format!("<figcaption>{}</figcaption>", inlines(caption))
            };
            format!("<figure>{}{caption}</figure>", image_html(image))
        }
        Block::Component(_, arguments, body) => {
            let address = arguments.iter().find(|(key, _)| matches!(*key, "url" | "src"));
            let address = address.map(|(_, value)| raw::attribute_value(value)).unwrap_or_default();
            match body {
                Some(blocks) => format!("<blockquote cite=\"{address}\">{}</blockquote>", html(blocks)),
                None => format!("<video controls preload=\"metadata\" src=\"{address}\"></video>"),
            }
        }
        Block::Embed(url) => {
            let url = raw::attribute_value(url);
            format!("<p><a href=\"{url}\">{url}</a></p>")
        }
        Block::Html(html) => html.clone(),
        Block::Wrapped(open, blocks, close) => format!("{open}{}{close}", html(blocks)),
        Block::More => "<!-- more -->".to_owned(),
    }
}

fn table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], aligns: &[Align]) -> String {
    let align = |column: usize| match aligns.get(column) {
        Some(Align::Centre) => " align=\"center\"",
        Some(Align::Right) => " align=\"right\"",
        _ => "",
    };
    let row = |name: &str, cells: &[Vec<Inline>]| {
        let cells = cells.iter().enumerate();
        let cells =
            cells.map(|(number, cell)| format!("<{name}{}>{}</{name}>", align(number), inlines(cell)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let body: String = rows.iter().map(|cells| row("td", cells)).collect();
    format!("<table><thead>{}</thead><tbody>{body}</tbody></table>", row("th", head))
}

fn image_html(image: &Image) -> String {
    let (src, alt) = (raw::attribute_value(&image.src), raw::attribute_value(&image.alt));
    let own = format!("<img src=\"{src}\" alt=\"{alt}\">");
    match &image.link {
        Some(link) => format!("<a href=\"{}\">{own}</a>", raw::attribute_value(link)),
        None => own,
    }
}

fn inlines(parts: &[Inline]) -> String {
    parts.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) => format!("<code>{}</code>", escaped(text)),
        Inline::Break => "<br>".to_owned(),
        Inline::Emphasis(inside) => format!("<em>{}</em>", inlines(inside)),
        Inline::Strong(inside) => format!("<strong>{}</strong>", inlines(inside)),
        Inline::Struck(inside) => format!("<del>{}</del>", inlines(inside)),
        Inline::Link(href, _, inside) => {
            format!("<a href=\"{}\">{}</a>", raw::attribute_value(href), inlines(inside))
        }
        Inline::Image(image) => image_html(image),
        Inline::Tagged(name, attributes, inside) => {
            format!("<{name}{attributes}>{}</{name}>", inlines(inside))
        }
        Inline::Anchor(id) => format!("<a id=\"{}\"></a>", escaped(id)),
    }
}

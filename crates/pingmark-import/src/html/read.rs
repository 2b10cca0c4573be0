//! HTML → blocks. The only module, with its neighbours in `html`, that knows scraper's tree.
//!
//! Text of WordPress's classic editor has no `<p>`: blank lines end paragraphs, and line ends are line ends
//! (`wpautop`). Both are read from the tree's texts, so that no tag is looked at by hand.

use std::collections::BTreeMap;

use scraper::{Html, Node};

use super::embed::{self, Embedded};
use super::inline::{is_blank, is_blank_text, one_line, paragraphs, wrapped};
use super::node::{Element, attribute, collapsed, is_plain_id, language_of, name_of, push_text, text_of};
use super::{Block, Image, Inline, Rules, raw};

/// Deepest nesting of elements that is looked at; what is deeper is plain text.
const MAX_DEPTH: usize = 120;
/// Deepest nesting of texts that include one another.
const MAX_INCLUDED: usize = 4;

/// Blocks of a text, and what was left out.
#[derive(Debug, Default)]
pub struct Read {
    /// Blocks.
    pub blocks: Vec<Block>,
    /// Elements that were left out, with their number: `script`, `form`.
    pub dropped: BTreeMap<String, usize>,
}

/// Reads a fragment of HTML. `breaks_lines` says whether blank lines and line ends mean something.
pub fn read(html: &str, breaks_lines: bool, rules: &dyn Rules) -> Read {
    let mut reader = Reader { rules, breaks_lines, dropped: BTreeMap::new(), included: 0, has_more: false };
    let blocks = reader.fragment(html);
    Read { blocks, dropped: reader.dropped }
}

/// Part of a container.
pub(super) enum Piece {
    Inline(Inline),
    /// End of a paragraph.
    End,
    Block(Block),
}

pub(super) struct Reader<'r> {
    pub(super) rules: &'r dyn Rules,
    breaks_lines: bool,
    pub(super) dropped: BTreeMap<String, usize>,
    included: usize,
    has_more: bool,
}

impl Reader<'_> {
    fn fragment(&mut self, html: &str) -> Vec<Block> {
        let tree = Html::parse_fragment(html);
        let root = tree.tree.root();
        self.blocks(root.children(), 0)
    }

    /// Blocks of some nodes.
    pub(super) fn blocks<'a>(
        &mut self,
        nodes: impl Iterator<Item = Element<'a>>,
        depth: usize,
    ) -> Vec<Block> {
        let pieces: Vec<Piece> = nodes.flat_map(|node| self.pieces(node, depth)).collect();
        blocks_of(pieces)
    }

    /// Inline parts of some nodes, as one paragraph; blocks become their text.
    pub(super) fn inlines<'a>(
        &mut self,
        nodes: impl Iterator<Item = Element<'a>>,
        depth: usize,
    ) -> Vec<Inline> {
        let pieces: Vec<Piece> = nodes.flat_map(|node| self.pieces(node, depth)).collect();
        let inlines = pieces.into_iter().flat_map(|piece| match piece {
            Piece::Inline(inline) => vec![inline],
            Piece::End => vec![Inline::Break],
            Piece::Block(block) => inlines_of(block),
        });
        let mut all = Vec::new();
        for (number, lines) in paragraphs(inlines.collect()).into_iter().enumerate() {
            all.extend((number > 0).then_some(Inline::Break));
            all.extend(lines);
        }
        all
    }

    fn pieces(&mut self, node: Element<'_>, depth: usize) -> Vec<Piece> {
        match node.value() {
            Node::Text(text) => self.text(text),
            Node::Comment(comment) => self.comment(comment),
            Node::Element(_) if depth > MAX_DEPTH => self.text(&text_of(node)),
            Node::Element(_) => self.element(node, depth + 1),
            _ => Vec::new(),
        }
    }

    fn text(&self, text: &str) -> Vec<Piece> {
        if !self.breaks_lines {
            return vec![Piece::Inline(Inline::Text(collapsed(text)))];
        }
        let mut pieces = Vec::new();
        let mut blank = 0;
        for (number, line) in text.replace("\r\n", "\n").replace('\r', "\n").split('\n').enumerate() {
            if number > 0 {
                blank += 1;
            }
            if line.trim_matches([' ', '\t']).is_empty() && number > 0 {
                continue;
            }
            pieces.extend(ends(blank));
            blank = 0;
            pieces.push(Piece::Inline(Inline::Text(collapsed(line))));
        }
        pieces.extend(ends(blank));
        pieces
    }

    /// Comments that WordPress reads: the end of the summary, and texts that are included.
    fn comment(&mut self, comment: &str) -> Vec<Piece> {
        let comment = comment.trim();
        if comment.split_whitespace().next().is_some_and(|word| word == "more") {
            if std::mem::replace(&mut self.has_more, true) {
                return vec![Piece::End];
            }
            return vec![Piece::Block(Block::More)];
        }
        if comment == "nextpage" {
            return vec![Piece::End];
        }
        let Some(block) = comment.strip_prefix("wp:") else { return Vec::new() };
        let (name, rest) = block.split_once(' ').unwrap_or((block, ""));
        let is_alone = comment.ends_with('/');
        let attributes = rest.trim_end_matches('/').trim();
        if name == "block" || name == "core/block" {
            let id = serde_json::from_str::<serde_json::Value>(attributes).ok();
            let id = id.and_then(|json| json.get("ref")?.as_u64());
            let html = id.filter(|_| self.included < MAX_INCLUDED).and_then(|id| self.rules.included(id));
            let Some(html) = html else {
                self.drop("wp:block");
                return Vec::new();
            };
            self.included += 1;
            let lines = std::mem::replace(&mut self.breaks_lines, !html.contains("<!-- wp:"));
            let blocks = self.fragment(&html);
            self.breaks_lines = lines;
            self.included -= 1;
            return blocks.into_iter().map(Piece::Block).collect();
        }
        // Blocks without content are made by the server: the newest posts, a calendar, a search form.
        if is_alone && !matches!(name, "more" | "nextpage" | "spacer" | "separator" | "shortcode") {
            self.drop(&format!("wp:{name}"));
        }
        vec![Piece::End]
    }

    pub(super) fn drop(&mut self, name: &str) {
        *self.dropped.entry(name.to_owned()).or_default() += 1;
    }

    fn element(&mut self, node: Element<'_>, depth: usize) -> Vec<Piece> {
        let name = name_of(node);
        let mut pieces = self.anchor(node, name);
        pieces.extend(match name {
            "script" | "style" | "noscript" | "template" | "head" | "title" | "meta" | "link" | "base" => {
                if matches!(name, "script" | "style") {
                    self.drop(name);
                }
                Vec::new()
            }
            "br" => vec![Piece::Inline(Inline::Break)],
            "hr" => vec![Piece::Block(Block::Rule)],
            "wbr" => Vec::new(),
            "em" | "i" | "cite" | "dfn" | "var" => self.inline(node, depth, Inline::Emphasis),
            "strong" | "b" => self.inline(node, depth, Inline::Strong),
            "del" | "s" | "strike" => self.inline(node, depth, Inline::Struck),
            "ins" | "u" | "sub" | "sup" | "small" | "mark" | "q" | "abbr" | "acronym" | "kbd" | "time"
            | "samp" | "bdo" | "ruby" | "rt" | "rp" => self.tagged(node, name, depth),
            "code" | "tt" => self.code(node),
            "a" => self.link(node, depth),
            "img" | "amp-img" => {
                self.image(node).map(|image| Piece::Inline(Inline::Image(image))).into_iter().collect()
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => vec![Piece::Block(self.heading(node, name, depth))],
            "blockquote" => self.quote(node, depth),
            "ul" | "ol" | "menu" | "dir" => match self.list(node, name, depth) {
                // A gallery.
                Block::List(_, items)
                    if items.iter().flatten().all(|block| matches!(block, Block::Figure(..))) =>
                {
                    items.into_iter().flatten().map(Piece::Block).collect()
                }
                list => vec![Piece::Block(list)],
            },
            "dl" => vec![Piece::Block(self.definitions(node, depth))],
            "pre" | "xmp" | "listing" | "plaintext" => vec![self.preformatted(node, depth)],
            "table" => self.table(node, depth).into_iter().map(Piece::Block).collect(),
            "figure" => self.figure(node, depth).into_iter().map(Piece::Block).collect(),
            "iframe" | "embed" | "object" => self.frame(node, name),
            "video" | "audio" => self.media(node, name),
            "details" => self.details(node, depth),
            "svg" | "math" | "form" | "canvas" => self.kept(node, name),
            "input" | "button" | "select" | "textarea" | "datalist" | "map" | "area" | "frameset"
            | "param" => {
                self.drop(name);
                Vec::new()
            }
            "pingmark-embed" => self.embedded(attribute(node, "url").unwrap_or_default()),
            "p" | "div" | "section" | "article" | "header" | "footer" | "main" | "aside" | "nav"
            | "center" | "address" | "fieldset" | "legend" | "li" | "dt" | "dd" | "figcaption"
            | "caption" | "tbody" | "tr" | "td" | "th" | "summary" | "body" | "html" | "hgroup"
            | "search" => {
                let inside: Vec<Piece> =
                    node.children().flat_map(|child| self.pieces(child, depth)).collect();
                std::iter::once(Piece::End).chain(inside).chain([Piece::End]).collect()
            }
            // Elements without a meaning of their own: `span`, `font`, `big`, and unknown ones.
            _ => node.children().flat_map(|child| self.pieces(child, depth)).collect(),
        });
        pieces
    }

    fn anchor(&self, node: Element<'_>, name: &str) -> Vec<Piece> {
        if name.len() == 2 && name.starts_with('h') && name != "hr" {
            return Vec::new();
        }
        let ids = [attribute(node, "id"), attribute(node, "name").filter(|_| name == "a")];
        let id = ids.into_iter().flatten().find(|id| is_plain_id(id) && self.rules.keeps_id(id));
        id.map(|id| Piece::Inline(Inline::Anchor(id.to_owned()))).into_iter().collect()
    }

    /// An inline element. Paragraphs in it each get their own.
    fn inline(
        &mut self,
        node: Element<'_>,
        depth: usize,
        wrap: impl Fn(Vec<Inline>) -> Inline,
    ) -> Vec<Piece> {
        let inside: Vec<Piece> = node.children().flat_map(|child| self.pieces(child, depth)).collect();
        wrapped_pieces(inside, wrap)
    }

    fn tagged(&mut self, node: Element<'_>, name: &str, depth: usize) -> Vec<Piece> {
        let name = match name {
            "acronym" | "abbr" => "abbr",
            "ins" => "ins",
            "u" => "u",
            "sub" => "sub",
            "sup" => "sup",
            "small" => "small",
            "mark" => "mark",
            "q" => "q",
            "kbd" => "kbd",
            "samp" => "samp",
            "time" => "time",
            "bdo" => "bdo",
            "ruby" => "ruby",
            "rt" => "rt",
            _ => "rp",
        };
        let attributes: String = ["title", "datetime", "dir", "lang"]
            .into_iter()
            .filter_map(|key| Some((key, attribute(node, key)?)))
            .map(|(key, value)| format!(" {key}=\"{}\"", raw::attribute_value(value)))
            .collect();
        self.inline(node, depth, move |inside| Inline::Tagged(name, attributes.clone(), inside))
    }

    fn code(&mut self, node: Element<'_>) -> Vec<Piece> {
        let text = text_of(node);
        if text.trim().contains('\n') {
            let language = language_of(node).unwrap_or_default();
            return vec![Piece::Block(Block::Code(language, text.trim_matches('\n').trim_end().to_owned()))];
        }
        match text.trim() {
            "" => Vec::new(),
            text => vec![Piece::Inline(Inline::Code(text.to_owned()))],
        }
    }

    fn link(&mut self, node: Element<'_>, depth: usize) -> Vec<Piece> {
        let inside: Vec<Piece> = node.children().flat_map(|child| self.pieces(child, depth)).collect();
        let Some(href) = attribute(node, "href").map(str::trim).filter(|href| !href.is_empty()) else {
            return inside;
        };
        let is_of_image = self.rules.is_of_image(href);
        let Some(target) = self.rules.link(href) else { return inside };
        let title = attribute(node, "title").unwrap_or_default().to_owned();
        // Images are shown large by themselves: a link from one to itself is left out.
        let linked = |pieces: Vec<Piece>| {
            wrapped_pieces(pieces, |inside| match inside.as_slice() {
                [Inline::Image(image)] if is_of_image => Inline::Image(image.clone()),
                _ => Inline::Link(target.clone(), title.clone(), without_links(inside)),
            })
        };
        let pieces = linked(inside);
        // A link to the address that it shows, alone on its line, is no player.
        pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Block(Block::Figure(image, caption)) if !is_of_image && image.link.is_none() => {
                    Piece::Block(Block::Figure(Image { link: Some(target.clone()), ..image }, caption))
                }
                other => other,
            })
            .collect()
    }

    /// An image. Counting pixels are left out, and pictures of emoji become the emoji.
    pub(super) fn image(&mut self, node: Element<'_>) -> Option<Image> {
        let get = |key| attribute(node, key).map(str::trim).filter(|value: &&str| !value.is_empty());
        let class = get("class").unwrap_or_default();
        let lazy = ["data-src", "data-lazy-src", "data-original", "data-orig-file"].into_iter().find_map(get);
        let src = match get("src") {
            Some(src) if !src.starts_with("data:") || lazy.is_none() => src,
            _ => lazy?,
        };
        if get("width") == Some("1") && get("height") == Some("1") {
            self.drop("counting pixel");
            return None;
        }
        if src.starts_with("data:") && src.len() > 2000 {
            self.drop("image inside the text");
            return None;
        }
        let id = class.split_whitespace().find_map(|word| word.strip_prefix("wp-image-")?.parse().ok());
        let (src, known) = self.rules.file(src, id)?;
        let alt = attribute(node, "alt").map(|alt| collapsed(alt.trim())).filter(|alt| !alt.is_empty());
        Some(Image { src, alt: alt.unwrap_or(known), link: None })
    }

    fn heading(&mut self, node: Element<'_>, name: &str, depth: usize) -> Block {
        // Level 1 is the title of the page.
        let level = name[1..].parse::<u8>().unwrap_or(2).max(2);
        let own = std::iter::once(attribute(node, "id"));
        let inner = node.descendants().map(|inside| {
            attribute(inside, "id").or_else(|| attribute(inside, "name")).filter(|_| name_of(inside) == "a")
        });
        let id = own.chain(inner).flatten().find(|id| is_plain_id(id)).map(str::to_owned);
        let inlines = one_line(self.inlines(node.children(), depth));
        let (images, words): (Vec<_>, Vec<_>) =
            inlines.into_iter().partition(|inline| matches!(inline, Inline::Image(_)));
        if is_blank(&words) {
            return Block::Paragraph(images);
        }
        let words = one_line(words);
        let words = words.into_iter().filter(|inline| !matches!(inline, Inline::Anchor(_))).chain(images);
        Block::Heading(level, id, words.collect())
    }

    fn quote(&mut self, node: Element<'_>, depth: usize) -> Vec<Piece> {
        let class = attribute(node, "class").unwrap_or_default();
        let url = match class {
            _ if class.contains("twitter-tweet") || class.contains("twitter-video") => {
                let links = node.descendants().filter_map(|inside| attribute(inside, "href"));
                links.filter(|href| href.contains("/status")).last()
            }
            _ if class.contains("instagram-media") => attribute(node, "data-instgrm-permalink"),
            _ if class.contains("tiktok-embed") => attribute(node, "cite"),
            _ => None,
        };
        if let Some(Embedded::Line(url)) = url.and_then(embed::of) {
            let name = match class {
                _ if class.contains("twitter") => "tweet",
                _ if class.contains("instagram") => "instagram",
                _ => "tiktok",
            };
            let words = self.blocks(node.children(), depth);
            return vec![Piece::Block(Block::Component(name, vec![("url", url)], Some(words)))];
        }
        let blocks = self.blocks(node.children(), depth);
        (!blocks.is_empty()).then_some(Piece::Block(Block::Quote(blocks))).into_iter().collect()
    }

    fn list(&mut self, node: Element<'_>, name: &str, depth: usize) -> Block {
        let mut items: Vec<Vec<Block>> = Vec::new();
        for child in node.children() {
            match name_of(child) {
                "li" => {
                    let blocks = self.blocks(child.children(), depth);
                    if !blocks.is_empty() {
                        items.push(blocks);
                    }
                }
                // A list straight in a list belongs to the item before it.
                _ => {
                    let blocks = self.blocks(std::iter::once(child), depth);
                    match items.last_mut() {
                        Some(last) => last.extend(blocks),
                        None if blocks.is_empty() => {}
                        None => items.push(blocks),
                    }
                }
            }
        }
        let start = attribute(node, "start").and_then(|start| start.trim().parse().ok());
        let start = (name == "ol").then(|| start.filter(|start| *start < 1_000_000_000).unwrap_or(1));
        Block::List(start, items)
    }

    fn definitions(&mut self, node: Element<'_>, depth: usize) -> Block {
        let mut entries: Vec<(Vec<Inline>, Vec<Vec<Inline>>)> = Vec::new();
        let parts = node.descendants().filter(|part| matches!(name_of(*part), "dt" | "dd"));
        for part in parts {
            let words = self.inlines(part.children(), depth);
            match (name_of(part), entries.last_mut()) {
                ("dt", _) => entries.push((one_line(words), Vec::new())),
                (_, Some((_, definitions))) => definitions.push(words),
                (_, None) => entries.push((Vec::new(), vec![words])),
            }
        }
        let is_whole = |(term, words): &(Vec<Inline>, Vec<Vec<Inline>>)| {
            !is_blank(term) && !words.is_empty() && words.iter().all(|words| !is_blank(words))
        };
        if entries.iter().all(is_whole) {
            return Block::Definitions(entries);
        }
        let lines = entries.into_iter().flat_map(|(term, words)| {
            let term = (!is_blank(&term)).then(|| Block::Paragraph(vec![Inline::Strong(term)]));
            term.into_iter().chain(words.into_iter().filter(|words| !is_blank(words)).map(Block::Paragraph))
        });
        Block::Wrapped(String::new(), lines.collect(), String::new())
    }

    fn preformatted(&mut self, node: Element<'_>, depth: usize) -> Piece {
        let class = attribute(node, "class").unwrap_or_default();
        if class.contains("wp-block-verse") {
            let lines = std::mem::replace(&mut self.breaks_lines, true);
            let blocks = self.blocks(node.children(), depth);
            self.breaks_lines = lines;
            return Piece::Block(Block::Wrapped(String::new(), blocks, String::new()));
        }
        let inner = node.children().find(|child| name_of(*child) == "code");
        let language = language_of(node).or_else(|| inner.and_then(language_of)).unwrap_or_default();
        let mut text = String::new();
        push_text(node, &mut text, 0);
        let text = text.replace("\r\n", "\n");
        Piece::Block(Block::Code(language, text.trim_matches('\n').trim_end().to_owned()))
    }

    fn details(&mut self, node: Element<'_>, depth: usize) -> Vec<Piece> {
        let is_summary = |child: &Element<'_>| name_of(*child) == "summary";
        let summary = node.children().find(is_summary).map(text_of).unwrap_or_default();
        let blocks = self.blocks(node.children().filter(|child| !is_summary(child)), depth);
        let open = format!("<details>\n<summary>{}</summary>", pingmark_core::html::escaped(summary.trim()));
        vec![Piece::Block(Block::Wrapped(open, blocks, "</details>".to_owned()))]
    }

    /// An element that stays HTML.
    fn kept(&mut self, node: Element<'_>, name: &str) -> Vec<Piece> {
        if matches!(name, "form" | "canvas") {
            self.drop(name);
            return node
                .children()
                .flat_map(|child| self.pieces(child, 0))
                .filter(|_| name == "form")
                .collect();
        }
        vec![Piece::Block(Block::Html(raw::serialized(node, self.rules)))]
    }
}

/// Line ends and ends of paragraphs for a number of line ends in a text.
fn ends(count: usize) -> Option<Piece> {
    match count {
        0 => None,
        1 => Some(Piece::Inline(Inline::Break)),
        _ => Some(Piece::End),
    }
}

/// Pieces with each run of inline ones in an element.
fn wrapped_pieces(pieces: Vec<Piece>, wrap: impl Fn(Vec<Inline>) -> Inline) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut run = Vec::new();
    let flush = |run: &mut Vec<Inline>, out: &mut Vec<Piece>| {
        let inside = std::mem::take(run);
        if is_blank(&inside) {
            out.extend(inside.into_iter().map(Piece::Inline));
        } else {
            out.extend(wrapped(inside, &wrap).into_iter().map(Piece::Inline));
        }
    };
    for piece in pieces {
        match piece {
            Piece::Inline(inline) => run.push(inline),
            other => {
                flush(&mut run, &mut out);
                out.push(other);
            }
        }
    }
    flush(&mut run, &mut out);
    out
}

/// Blocks of pieces: runs of inline ones are paragraphs.
pub(super) fn blocks_of(pieces: Vec<Piece>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut run: Vec<Inline> = Vec::new();
    let flush = |run: &mut Vec<Inline>, blocks: &mut Vec<Block>| {
        for lines in paragraphs(std::mem::take(run)) {
            blocks.push(paragraph(lines));
        }
    };
    for piece in pieces {
        match piece {
            Piece::Inline(inline) => run.push(inline),
            Piece::End => flush(&mut run, &mut blocks),
            Piece::Block(block) => {
                flush(&mut run, &mut blocks);
                blocks.extend(Some(block).filter(|block| !is_empty(block)));
            }
        }
    }
    flush(&mut run, &mut blocks);
    blocks
}

/// A paragraph, or a player if it is nothing but its address.
fn paragraph(lines: Vec<Inline>) -> Block {
    if let [Inline::Text(text)] = lines.as_slice()
        && let Some(Embedded::Line(url)) = embed::of(text)
        && !text.trim().contains(char::is_whitespace)
    {
        return Block::Embed(url);
    }
    Block::Paragraph(lines)
}

fn is_empty(block: &Block) -> bool {
    match block {
        Block::Paragraph(lines) | Block::Heading(_, _, lines) => is_blank(lines),
        Block::Quote(blocks) => blocks.is_empty(),
        Block::List(_, items) => items.is_empty(),
        Block::Code(_, text) | Block::Html(text) => is_blank_text(text),
        Block::Wrapped(open, blocks, _) => open.is_empty() && blocks.is_empty(),
        Block::Definitions(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Inline parts of a block, for places where no block can stand.
fn inlines_of(block: Block) -> Vec<Inline> {
    let mut inside = match block {
        Block::Paragraph(lines) | Block::Heading(_, _, lines) => lines,
        Block::Figure(image, caption) => {
            let break_ = (!caption.is_empty()).then_some(Inline::Break);
            std::iter::once(Inline::Image(image)).chain(break_).chain(caption).collect()
        }
        Block::Quote(blocks) | Block::Wrapped(_, blocks, _) | Block::Component(_, _, Some(blocks)) => {
            blocks.into_iter().flat_map(inlines_of).collect()
        }
        Block::List(_, items) => items.into_iter().flatten().flat_map(inlines_of).collect(),
        Block::Definitions(entries) => entries
            .into_iter()
            .flat_map(|(term, words)| {
                term.into_iter().chain([Inline::Break]).chain(words.into_iter().flatten())
            })
            .collect(),
        Block::Code(_, text) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.flat_map(|line| [Inline::Code(line.to_owned()), Inline::Break]).collect()
        }
        Block::Table(head, rows, _) => {
            head.into_iter().flatten().chain(rows.into_iter().flatten().flatten()).collect()
        }
        Block::Embed(url) => vec![Inline::Link(url.clone(), String::new(), vec![Inline::Text(url)])],
        Block::Html(html) => vec![Inline::Text(pingmark_core::html::without_tags(&html))],
        Block::Component(..) | Block::Rule | Block::More => Vec::new(),
    };
    inside.push(Inline::Break);
    inside
}

/// Inline parts without the links in them, which no link may have.
fn without_links(inlines: Vec<Inline>) -> Vec<Inline> {
    inlines
        .into_iter()
        .flat_map(|inline| match inline {
            Inline::Link(_, _, inside) => without_links(inside),
            Inline::Emphasis(inside) => vec![Inline::Emphasis(without_links(inside))],
            Inline::Strong(inside) => vec![Inline::Strong(without_links(inside))],
            other => vec![other],
        })
        .collect()
}

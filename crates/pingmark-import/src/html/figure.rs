//! `figure`: images with captions, galleries, and what else blocks put into one.

use super::inline::{is_blank, one_line};
use super::node::{Element, attribute, name_of, text_of};
use super::read::Reader;
use super::{Block, Image, Inline};

impl Reader<'_> {
    /// Blocks of a figure.
    pub(super) fn figure(&mut self, node: Element<'_>, depth: usize) -> Vec<Block> {
        let inside =
            |names: &[&str]| node.descendants().skip(1).filter(|one| names.contains(&name_of(*one))).count();
        let others =
            inside(&["figure", "table", "iframe", "video", "audio", "pre", "blockquote", "ul", "object"]);
        if others == 0 && inside(&["img"]) == 1 {
            return self.captioned(node, depth);
        }
        let class = attribute(node, "class").unwrap_or_default();
        let url = text_of(node);
        if class.contains("wp-block-embed") && others == 0 {
            let url = url.trim();
            let words: Vec<&str> = url.split_whitespace().collect();
            if let [first, ..] = words.as_slice()
                && first.contains("://")
            {
                let mut blocks = super::read::blocks_of(self.embedded(first));
                blocks.extend(caption_of(node).and_then(|caption| self.caption_block(caption, depth)));
                return blocks;
            }
        }
        let caption = caption_of(node).and_then(|caption| self.caption_block(caption, depth));
        let mut blocks = self.blocks(node.children().filter(|child| name_of(*child) != "figcaption"), depth);
        blocks.extend(caption);
        blocks
    }

    /// A caption of what is no image: a paragraph in emphasis.
    fn caption_block(&mut self, caption: Element<'_>, depth: usize) -> Option<Block> {
        let words = one_line(self.inlines(caption.children(), depth));
        let has_emphasis =
            words.iter().any(|inline| matches!(inline, Inline::Emphasis(_) | Inline::Strong(_)));
        let words = if has_emphasis { words } else { vec![Inline::Emphasis(words)] };
        (!is_blank(&words)).then_some(Block::Paragraph(words))
    }

    /// An image, and all other words as its caption.
    fn captioned(&mut self, node: Element<'_>, depth: usize) -> Vec<Block> {
        let Some(img) = node.descendants().find(|one| name_of(*one) == "img") else { return Vec::new() };
        let Some(image) = self.image(img) else {
            // The words stay without the image.
            return self.blocks(node.children(), depth);
        };
        let around = img.ancestors().take_while(|one| one.id() != node.id()).find(|one| name_of(*one) == "a");
        let href =
            around.and_then(|link| attribute(link, "href")).map(str::trim).filter(|href| !href.is_empty());
        let link = href.filter(|href| !self.rules.is_of_image(href)).and_then(|href| self.rules.link(href));
        let holds_image = |one: Element<'_>| one.descendants().any(|inside| inside.id() == img.id());
        let words = node.children().filter(|child| !holds_image(*child));
        let caption = one_line(self.inlines(words, depth));
        vec![Block::Figure(Image { link, ..image }, if is_blank(&caption) { Vec::new() } else { caption })]
    }
}

fn caption_of(figure: Element<'_>) -> Option<Element<'_>> {
    figure.children().find(|child| name_of(*child) == "figcaption")
}

//! Frames, players and plug-ins: embeds, films, sounds, or links to what cannot be embedded.

use super::embed::{self, Embedded};
use super::node::{Element, attribute, name_of};
use super::read::{Piece, Reader};
use super::{Block, Inline, raw};

impl Reader<'_> {
    /// A frame, a player or a plug-in.
    pub(super) fn frame(&mut self, node: Element<'_>, name: &str) -> Vec<Piece> {
        let own = ["src", "data-src", "data"].into_iter().find_map(|key| attribute(node, key));
        let movie = node.descendants().find_map(|inside| match name_of(inside) {
            "param" if attribute(inside, "name").is_some_and(|name| name.eq_ignore_ascii_case("movie")) => {
                attribute(inside, "value")
            }
            "embed" | "iframe" => attribute(inside, "src"),
            _ => None,
        });
        let Some(src) = own.or(movie).map(str::trim).filter(|src| !src.is_empty()) else {
            self.drop(name);
            return Vec::new();
        };
        if embed::of(src).is_some() {
            return self.embedded(src);
        }
        self.drop(name);
        let whole = if src.starts_with("//") { format!("https:{src}") } else { src.to_owned() };
        let Some(target) = self.rules.link(&whole) else { return Vec::new() };
        let title = attribute(node, "title").filter(|title| !title.trim().is_empty());
        let words = title.map_or_else(|| target.clone(), str::to_owned);
        link_paragraph(target, words)
    }

    /// The address of a player or a post.
    pub(super) fn embedded(&mut self, url: &str) -> Vec<Piece> {
        match embed::of(url) {
            Some(Embedded::Line(url)) => vec![Piece::Block(Block::Embed(url))],
            Some(Embedded::Link(url)) => link_paragraph(url.clone(), url),
            None => match self.rules.link(url) {
                Some(target) => link_paragraph(target, url.to_owned()),
                None => Vec::new(),
            },
        }
    }

    pub(super) fn media(&mut self, node: Element<'_>, name: &str) -> Vec<Piece> {
        let source = node.descendants().find_map(|inside| attribute(inside, "src"));
        let Some(src) = source else { return Vec::new() };
        let Some((src, _)) = self.rules.file(src, None) else { return Vec::new() };
        if name == "audio" {
            let html =
                format!("<audio controls preload=\"none\" src=\"{}\"></audio>", raw::attribute_value(&src));
            return vec![Piece::Block(Block::Html(html))];
        }
        let mut arguments = vec![("src", src)];
        let poster = attribute(node, "poster").and_then(|poster| self.rules.file(poster, None));
        arguments.extend(poster.map(|(poster, _)| ("poster", poster)));
        vec![Piece::Block(Block::Component("video", arguments, None))]
    }
}

fn link_paragraph(target: String, words: String) -> Vec<Piece> {
    vec![Piece::Block(Block::Paragraph(vec![Inline::Link(target, String::new(), vec![Inline::Text(words)])]))]
}

//! Captions: inline Markdown that stands beside the text, in the argument of a component or the title of
//! an image.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::super::cite;
use super::super::excerpt::passage;
use super::super::typography::Typographer;
use super::{Body, Features, Writer, addresses, extensions};

/// A compiled caption.
pub(super) struct Caption {
    pub body: Body,
    /// Its text without markup.
    pub text: String,
    /// Whether there is anything but text.
    pub has_markup: bool,
}

/// A text beside the document's own, while it is compiled.
pub(super) struct Aside {
    /// The text as typed.
    pub text: String,
    /// Range in the source of what contains it, at which problems are reported.
    pub place: Range<usize>,
}

impl Writer<'_> {
    /// Compiles a caption, which stands in a component or image with the range `place`.
    pub(super) fn caption(&mut self, text: &str, place: Range<usize>) -> Caption {
        let text = text.trim().to_owned();
        let features = Features {
            citations: self.features.citations && cite::may_occur(&text),
            addresses: addresses::may_occur(&text),
            ..Features::default()
        };
        let outer_features = std::mem::replace(&mut self.features, features);
        let outer_typographer = std::mem::replace(&mut self.typographer, Typographer::new(self.input.style));
        let outer_out = std::mem::take(&mut self.out);
        let outer_block = std::mem::take(&mut self.block);
        let outer_references = std::mem::take(&mut self.block_references);
        let outer_links = std::mem::take(&mut self.open_links);
        let outer_aside = self.aside.replace(Aside { text: text.clone(), place });
        let outer_inline = std::mem::replace(&mut self.inline, true);
        let mut joined = String::new();
        for event in Parser::new_ext(&text, extensions()) {
            match event {
                // HTML is shown as typed: a caption is no place for it.
                Event::Text(more) | Event::Html(more) | Event::InlineHtml(more) => joined.push_str(&more),
                // A caption has no blocks.
                Event::Start(tag) if !is_inline_tag(&tag) => {}
                Event::End(tag) if !is_inline_end(tag) => {}
                Event::SoftBreak | Event::HardBreak | Event::Rule => joined.push(' '),
                event => {
                    self.caption_text(&mut joined);
                    self.event(event, 0..0);
                }
            }
        }
        self.caption_text(&mut joined);
        let words = std::mem::replace(&mut self.block, outer_block);
        let titles = self.titles_in(&words);
        for (reference, start, end) in std::mem::replace(&mut self.block_references, outer_references) {
            let number = reference as usize;
            self.references[number].words = words[start..end].into();
            if !self.references[number].is_external(self.input.hosts) {
                self.passages[number] = passage(&words, start, end, &titles);
            }
        }
        let mut body = std::mem::replace(&mut self.out, outer_out);
        body.shrink();
        (self.features, self.typographer) = (outer_features, outer_typographer);
        (self.open_links, self.aside, self.inline) = (outer_links, outer_aside, outer_inline);
        let has_markup = body.has_markup();
        Caption { body, text: words, has_markup }
    }

    fn caption_text(&mut self, joined: &mut String) {
        if !joined.is_empty() {
            let text = std::mem::take(joined);
            self.text(&text, 0..0);
        }
    }
}

fn is_inline_tag(tag: &Tag<'_>) -> bool {
    is_inline_end(tag.to_end())
}

fn is_inline_end(tag: TagEnd) -> bool {
    super::citations::is_inline(&tag)
}

//! HTML with holes: the compiled text of a document, before its links are resolved.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// HTML with holes, which rendering fills.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Body {
    html: String,
    /// The holes, each at a byte offset in `html`; ascending.
    slots: Vec<(usize, Slot)>,
    /// Components in this body, by the number in [`Slot::Component`].
    pub components: Vec<Component>,
}

/// A component used in a text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Component {
    /// Name, as defined in the templates.
    pub name: String,
    /// Arguments in order, by name.
    pub arguments: Vec<(String, Argument)>,
    /// Content between an opening and a closing tag; `None` for a self-closing tag.
    pub body: Option<Body>,
    /// Number in the document, in the order of the text.
    pub number: u32,
    /// Text for themes whose templates do not define the component, instead of a diagnostic. Only a component
    /// that stands for a bare address has one.
    pub fallback: Option<Body>,
}

/// The value of an argument.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Argument {
    /// A value, passed on unchanged.
    Value(#[serde(with = "super::json_text")] Value),
    /// A URL, by the number of its reference.
    Address(u32),
    /// Text with markup.
    Html(Body),
}

/// A hole. Its number is that of a reference, a citation or a heading of the document, or of a
/// component of the same body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    /// Opening tag of a link.
    LinkOpen(u32),
    /// Closing tag of a link.
    LinkClose(u32),
    /// Title of the target of a wikilink without text.
    Title(u32),
    /// Opening `<picture>` and its `<source>`s, for images that come in other formats too; with the width
    /// in pixels that the author gave, if any.
    PictureOpen(u32, Option<u16>),
    /// Attributes of an image: `src`, `srcset`, size and loading hints; with the width likewise.
    Image(u32, Option<u16>),
    /// Closing `</picture>`.
    PictureClose(u32),
    /// Value of an attribute that is a URL.
    Address(u32),
    /// Link of a heading to itself, by the heading's number.
    Anchor(u32),
    /// A citation.
    Cite(u32),
    /// Anchors in the text for a citation that is shown in a footnote; the way back leads here.
    CiteMark(u32),
    /// URL of the page, before a `#fragment`; empty on the page itself.
    Here,
    /// A component.
    Component(u32),
}

impl Body {
    /// An empty body with capacity for `bytes` of HTML.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { html: String::with_capacity(bytes), ..Self::default() }
    }

    /// The HTML so far, to append to.
    pub fn html(&mut self) -> &mut String {
        &mut self.html
    }

    /// Length of the HTML in bytes.
    pub fn len(&self) -> usize {
        self.html.len()
    }

    /// Whether it has neither HTML nor holes.
    pub fn is_empty(&self) -> bool {
        self.html.is_empty() && self.slots.is_empty()
    }

    /// Appends a hole.
    pub fn slot(&mut self, slot: Slot) {
        self.slots.push((self.html.len(), slot));
    }

    /// Removes one blank at the end, unless a hole follows it.
    pub fn trim_blank(&mut self) {
        if self.html.ends_with(' ') && self.slots.last().is_none_or(|(at, _)| *at < self.html.len()) {
            self.html.pop();
        }
    }

    /// Removes a line break at the end, as in `<br>` before the end of a paragraph.
    pub fn trim_line_break(&mut self) {
        let kept = self.html.trim_end_matches('\n');
        let kept = kept.strip_suffix("<br>").unwrap_or(kept).len();
        if self.slots.last().is_none_or(|(at, _)| *at <= kept) {
            self.html.truncate(kept);
        }
    }

    /// Replaces `old` at a byte offset, and shifts later holes.
    pub fn replace(&mut self, at: usize, old: &str, new: &str) {
        debug_assert!(self.html[at..].starts_with(old));
        self.html.replace_range(at..at + old.len(), new);
        for (offset, _) in self.slots.iter_mut().rev().take_while(|(offset, _)| *offset > at) {
            *offset = *offset + new.len() - old.len();
        }
    }

    /// Removes everything from a byte offset on.
    pub fn truncate(&mut self, at: usize) {
        self.html.truncate(at);
        self.slots.retain(|(offset, _)| *offset <= at);
    }

    /// Appends another body, and renumbers its components.
    pub fn append(&mut self, other: Self) {
        let shift = self.html.len();
        let components = self.components.len() as u32;
        self.html.push_str(&other.html);
        self.slots.extend(other.slots.into_iter().map(|(offset, slot)| {
            let slot = match slot {
                Slot::Component(number) => Slot::Component(number + components),
                other => other,
            };
            (offset + shift, slot)
        }));
        self.components.extend(other.components);
    }

    /// The links in it, by the numbers of their references.
    pub fn links(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().filter_map(|(_, slot)| match slot {
            Slot::LinkOpen(number) => Some(*number),
            _ => None,
        })
    }

    /// Whether there is anything but text.
    pub fn has_markup(&self) -> bool {
        self.html.contains('<') || !self.slots.is_empty()
    }

    /// Whether the HTML ends with a text.
    pub fn ends_with(&self, end: &str) -> bool {
        self.html.ends_with(end)
    }

    /// Appends the HTML to `out`; `filler` writes each hole.
    pub fn fill(&self, out: &mut String, mut filler: impl FnMut(Slot, &mut String)) {
        let mut done = 0;
        for (offset, slot) in &self.slots {
            out.push_str(&self.html[done..*offset]);
            filler(*slot, out);
            done = *offset;
        }
        out.push_str(&self.html[done..]);
    }

    /// Frees unused capacity. Copies the text instead of shrinking it in place, so that the
    /// allocator can use the large buffer for the next document.
    pub fn shrink(&mut self) {
        self.html = String::from(self.html.as_str());
        self.slots = self.slots.as_slice().to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(body: &Body) -> String {
        let mut out = String::new();
        body.fill(&mut out, |slot, out| out.push_str(&format!("{slot:?}")));
        out
    }

    #[test]
    fn holes_move_with_the_text() {
        let mut body = Body::default();
        body.html().push_str("<p>un ");
        body.slot(Slot::LinkOpen(0));
        body.html().push_str("lien");
        body.slot(Slot::LinkClose(0));
        body.html().push_str("</p>");
        body.replace(0, "<p>", "<figure>");
        let mut tail = Body::default();
        tail.slot(Slot::Here);
        tail.html().push('!');
        body.append(tail);
        assert_eq!(filled(&body), "<figure>un LinkOpen(0)lienLinkClose(0)</p>Here!");
    }
}

//! HTML with holes: what a document's text becomes before it is known where its links lead.

use serde::{Deserialize, Serialize};

use super::component::Component;

/// A document's text as HTML, with the holes that rendering fills.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Body {
    html: String,
    slots: Vec<(usize, Slot)>,
    /// The components whose slots stand in this body, by number.
    pub components: Vec<Component>,
}

/// A hole. Numbers are those of references or groups of citations of the document, or of
/// components of the same body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    /// The opening tag of a link.
    LinkOpen(u32),
    /// Its closing tag.
    LinkClose(u32),
    /// The title of the article that a wikilink without words leads to.
    Title(u32),
    /// What stands before an image for browsers that can choose another format of it.
    PictureOpen(u32),
    /// The attributes of an image: where it is, in which widths, its size and loading hints.
    Image(u32),
    /// What stands behind it then.
    PictureClose(u32),
    /// An address as an attribute's value.
    Address(u32),
    /// The link that a heading carries to itself, by the heading's number.
    Anchor(u32),
    /// A citation, by the number of its group: the sources between one pair of brackets.
    Cite(u32),
    /// Where a citation stands in the text that is shown in a footnote.
    CiteMark(u32),
    /// The page's own address, before a `#fragment`; empty on the page itself.
    Here,
    /// A component.
    Component(u32),
}

impl Body {
    /// An empty body with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { html: String::with_capacity(bytes), ..Self::default() }
    }

    /// The HTML written so far, to append to.
    pub fn html(&mut self) -> &mut String {
        &mut self.html
    }

    /// How many bytes of HTML there are.
    pub fn len(&self) -> usize {
        self.html.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.html.is_empty() && self.slots.is_empty()
    }

    /// Leaves a hole at the end.
    pub fn slot(&mut self, slot: Slot) {
        self.slots.push((self.html.len(), slot));
    }

    /// Drops one blank at the end, where no hole stands.
    pub fn trim_blank(&mut self) {
        if self.html.ends_with(' ') && self.slots.last().is_none_or(|(at, _)| *at < self.html.len()) {
            self.html.pop();
        }
    }

    /// Replaces `old` at an earlier place; later holes move along.
    pub fn replace(&mut self, at: usize, old: &str, new: &str) {
        debug_assert!(self.html[at..].starts_with(old));
        self.html.replace_range(at..at + old.len(), new);
        for (offset, _) in self.slots.iter_mut().rev().take_while(|(offset, _)| *offset > at) {
            *offset = *offset + new.len() - old.len();
        }
    }

    /// Drops everything from a place on.
    pub fn truncate(&mut self, at: usize) {
        self.html.truncate(at);
        self.slots.retain(|(offset, _)| *offset <= at);
    }

    /// Takes over another body at the end.
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

    /// Whether the HTML ends so.
    pub fn ends_with(&self, end: &str) -> bool {
        self.html.ends_with(end)
    }

    /// Writes the HTML, with each hole filled by the caller.
    pub fn fill(&self, out: &mut String, mut filler: impl FnMut(Slot, &mut String)) {
        let mut done = 0;
        for (offset, slot) in &self.slots {
            out.push_str(&self.html[done..*offset]);
            filler(*slot, out);
            done = *offset;
        }
        out.push_str(&self.html[done..]);
    }

    /// Gives back the room that was reserved and not used. The text is copied rather than cut
    /// down in place, so that the large buffer serves the next document.
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

//! The text of blocks of HTML: it is found by the search, counted, and quoted like that of paragraphs.

use pulldown_cmark::{Event, Parser};

use super::Writer;

/// The state of a block of HTML.
#[derive(Default)]
pub(super) struct HtmlText {
    /// The innermost block element that was opened last; empty behind its end.
    element: String,
    /// Number of open elements whose text is none for readers.
    skipped: usize,
}

impl HtmlText {
    /// Starts a block.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }
}

impl Writer<'_> {
    /// Notes a tag in a block of HTML: those of block elements end a paragraph. `element` is its name in
    /// lower case.
    pub(super) fn html_text_tag(&mut self, element: &str, closes: bool, tag: &str) {
        if is_skipped(element) {
            // Only elements of other languages can close themselves.
            let is_empty = matches!(element, "svg" | "math") && tag.ends_with("/>");
            let change = if closes { -1 } else { isize::from(!is_empty) };
            self.html_text.skipped = self.html_text.skipped.saturating_add_signed(change);
        } else if is_block(element) {
            self.end_html_text();
            self.html_text.element = if closes { String::new() } else { element.to_owned() };
        } else if element == "br" {
            self.push_html_text(" ");
        }
    }

    /// Adds text of a block of HTML to the text of the document.
    pub(super) fn push_html_text(&mut self, html: &str) {
        if self.html_text.skipped > 0 {
            return;
        }
        let text = decoded(html);
        let mut after_blank = self.block.is_empty() || self.block.ends_with(' ');
        for c in text.chars() {
            let is_blank = matches!(c, ' ' | '\n' | '\t' | '\r');
            if !(is_blank && after_blank) {
                self.block.push(if is_blank { ' ' } else { c });
            }
            after_blank = is_blank;
        }
    }

    /// Ends a paragraph of a block of HTML.
    pub(super) fn end_html_text(&mut self) {
        let is_paragraph = matches!(
            &*self.html_text.element,
            "" | "p" | "div" | "section" | "article" | "main" | "body" | "center"
        );
        let is_own = self.depth == 0 && self.frames.is_empty();
        if self.block.trim().is_empty() {
            if self.block_references.is_empty() {
                self.block.clear();
            }
        } else if is_paragraph && is_own {
            self.excerpt.push_paragraph(&self.block);
        }
        match is_heading(&self.html_text.element) {
            true => self.end_text(),
            false => self.end_block(),
        }
    }
}

/// HTML text with its entities decoded.
fn decoded(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        let len = 1 + rest[1..].find(|c| !is_name(c)).unwrap_or(rest.len() - 1);
        let entity = rest.get(..len + 1).filter(|entity| entity.ends_with(';') && entity.len() <= 40);
        match entity {
            Some(entity) => {
                // The parser knows all entities.
                for event in Parser::new(entity) {
                    if let Event::Text(decoded) = event {
                        text.push_str(&decoded);
                    }
                }
                rest = &rest[entity.len()..];
            }
            None => {
                text.push('&');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

fn is_heading(element: &str) -> bool {
    matches!(
        element,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "figcaption" | "nav" | "caption" | "legend" | "summary"
    )
}

fn is_block(element: &str) -> bool {
    is_heading(element)
        || matches!(
            element,
            "p" | "div"
                | "section"
                | "article"
                | "aside"
                | "header"
                | "footer"
                | "main"
                | "body"
                | "center"
                | "address"
                | "blockquote"
                | "ul"
                | "ol"
                | "li"
                | "dl"
                | "dt"
                | "dd"
                | "figure"
                | "hr"
                | "table"
                | "tr"
                | "td"
                | "th"
                | "thead"
                | "tbody"
                | "tfoot"
                | "details"
                | "form"
                | "fieldset"
        )
}

/// Whether the text of an element is none that readers see, or code. That of scripts, styles and other
/// elements without tags inside is no text for the tokenizer.
fn is_skipped(element: &str) -> bool {
    matches!(
        element,
        "noscript"
            | "template"
            | "svg"
            | "math"
            | "select"
            | "button"
            | "pre"
            | "object"
            | "video"
            | "audio"
            | "canvas"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn entities_are_decoded() {
        assert_eq!(super::decoded("a &eacute;&amp;&#233; & b &x; &nosuch;"), "a é&é & b &x; &nosuch;");
    }
}

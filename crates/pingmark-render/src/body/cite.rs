//! Citations in the style that the config sets, and the list of sources at the end of a feed item.

use pingmark_core::config::CiteStyle;
use pingmark_core::html::{push_href, push_text};
use pingmark_core::lang::CitationWords;
use pingmark_document::{CiteGroup, CiteItem, CitePlace};

use crate::body::Filler;
use crate::value::reference::{Reference, place_id, push_after, source_id};
use crate::view::Link;
use crate::view::cited_work::{SourceView, Work};

impl Filler<'_> {
    /// Writes a group of citations at the place where it is shown.
    pub(super) fn cite(&self, number: u32, out: &mut String) {
        let Some(group) = self.text.document.citations.get(number as usize) else { return };
        match (group.place, self.site.config.settings.citations.style) {
            (CitePlace::Note | CitePlace::InsideNote, _) => self.cite_in_note(group, out),
            (CitePlace::Text, CiteStyle::AuthorDate) => self.cite_in_text(group, ["(", ")"], out),
            (CitePlace::Text, _) => self.cite_in_text(group, ["[", "]"], out),
        }
    }

    /// Writes the anchors of citations that are shown in a footnote: back links lead here.
    pub(super) fn cite_mark(&self, number: u32, out: &mut String) {
        let Some(group) = self.text.document.citations.get(number as usize) else { return };
        for item in &group.items {
            if let Some((source, place)) = self.source(item.reference).filter(|_| !self.absolute) {
                out.push_str(&format!("<span id=\"{}\"></span>", place_id(source.number, place)));
            }
        }
    }

    /// Source that a reference cites, and the number of this citation of it, from 1.
    pub(super) fn source(&self, reference: u32) -> Option<(&SourceView<'_>, usize)> {
        self.text.sources.iter().find_map(|source| {
            let place = source.places.iter().position(|place| *place == reference)?;
            Some((source, place + 1))
        })
    }

    fn lang(&self) -> &str {
        &self.text.document.summary.lang
    }

    fn cite_in_text(&self, group: &CiteGroup, around: [&str; 2], out: &mut String) {
        let words = CitationWords::of(self.lang());
        out.push_str("<span class=\"cite\">");
        out.push_str(around[0]);
        for (at, item) in group.items.iter().enumerate() {
            if at > 0 {
                out.push_str(words.separator);
            }
            self.push_prefix(item, out);
            self.push_mark(item, words, out);
            push_after(&self.words(&item.suffix), out);
        }
        out.push_str(around[1]);
        out.push_str("</span>");
    }

    fn push_prefix(&self, item: &CiteItem, out: &mut String) {
        if !item.prefix.is_empty() {
            out.push_str(&self.words(&item.prefix));
            out.push(' ');
        }
    }

    /// Writes the number, or author and year, as a link to the source in the list.
    fn push_mark(&self, item: &CiteItem, words: &CitationWords, out: &mut String) {
        let Some((source, place)) = self.source(item.reference) else {
            return self.push_unlisted(item, words, out);
        };
        out.push_str("<a ");
        if !self.absolute {
            out.push_str(&format!("id=\"{}\" ", place_id(source.number, place)));
        }
        out.push_str("href=\"");
        if self.absolute {
            push_href(out, &self.own_address(self.text.route));
        }
        out.push_str(&format!("#{}\" role=\"doc-biblioref\">", source_id(source.number)));
        match self.site.config.settings.citations.style {
            CiteStyle::AuthorDate => {
                let reference = Reference::new(&source.work, &self.site.config.base_url, self.absolute);
                let year = reference.year(words) + &self.letter(source, &reference, words);
                match item.without_author {
                    true => push_text(out, &year),
                    false => push_text(out, &format!("{}, {year}", reference.label(words))),
                }
            }
            _ => out.push_str(&source.number.to_string()),
        }
        out.push_str("</a>");
    }

    /// Writes a citation whose work is not in the list of sources: in the text of a list page, or of an
    /// unpublished article.
    fn push_unlisted(&self, item: &CiteItem, words: &CitationWords, out: &mut String) {
        let work = match self.link(item.reference) {
            Link::Source(source) => Work::Source(source),
            Link::Page(route, title, _) => {
                out.push_str("<a href=\"");
                push_href(out, &self.own_address(route));
                out.push_str("\">");
                push_text(out, title);
                return out.push_str("</a>");
            }
            // The target as typed, as in a wikilink.
            link => {
                let class = if *link == Link::Nowhere { "broken" } else { "held" };
                out.push_str(&format!("<span class=\"{class}\">"));
                push_text(out, self.reference_target(item.reference));
                return out.push_str("</span>");
            }
        };
        let reference = Reference::new(&work, &self.site.config.base_url, self.absolute);
        let text = format!("{}, {}", reference.label(words), reference.year(words));
        match &reference.link {
            Some(address) => {
                out.push_str("<a href=\"");
                push_href(out, address);
                out.push_str("\" rel=\"noopener\">");
                push_text(out, &text);
                out.push_str("</a>");
            }
            None => push_text(out, &text),
        }
    }

    /// Letter that distinguishes works of the same author and year: `2011a`, `s. d.-b`.
    fn letter(&self, source: &SourceView<'_>, reference: &Reference<'_>, words: &CitationWords) -> String {
        let own = (reference.label(words), reference.year(words));
        let alike = self.text.sources.iter().filter(|other| {
            let other = Reference::new(&other.work, &self.site.config.base_url, self.absolute);
            (other.label(words), other.year(words)) == own
        });
        let alike: Vec<u32> = alike.map(|source| source.number).collect();
        let at = alike.iter().position(|number| *number == source.number).unwrap_or(0);
        let letter = char::from(b'a' + (at % 26) as u8);
        match (alike.len(), &reference.published) {
            (0 | 1, _) => String::new(),
            (_, Some(_)) => letter.to_string(),
            (_, None) => format!("-{letter}"),
        }
    }

    /// Writes the references of a group: in full at the first citation of a source, short afterwards.
    fn cite_in_note(&self, group: &CiteGroup, out: &mut String) {
        let words = CitationWords::of(self.lang());
        let start = out.len();
        for (at, item) in group.items.iter().enumerate() {
            if at > 0 {
                out.push_str(words.separator);
            }
            self.push_prefix(item, out);
            self.push_reference(group, item, words, out);
        }
        // A note of its own ends with a full stop.
        if group.place == CitePlace::Note && !out[start..].ends_with('.') {
            out.push('.');
        }
    }

    fn push_reference(&self, group: &CiteGroup, item: &CiteItem, words: &CitationWords, out: &mut String) {
        let Some((source, place)) = self.source(item.reference) else {
            self.push_unlisted(item, words, out);
            return push_after(&self.words(&item.suffix), out);
        };
        let reference = Reference::new(&source.work, &self.site.config.base_url, self.absolute);
        let has_id = group.place == CitePlace::InsideNote && !self.absolute;
        if has_id {
            out.push_str(&format!("<span id=\"{}\">", place_id(source.number, place)));
        }
        // Links cite a source without writing its reference.
        let is_cite = |place: &&u32| {
            self.text
                .document
                .citations
                .iter()
                .any(|group| group.items.iter().any(|item| item.reference == **place))
        };
        let place = self.words(&item.suffix);
        match source.places.iter().find(is_cite) == Some(&item.reference) {
            true => reference.push_full(self.lang(), &place, out),
            false => reference.push_short(self.lang(), &place, out),
        }
        if has_id {
            out.push_str("</span>");
        }
    }

    /// Writes the list of sources at the end of a feed item, which has no other part of the page.
    pub(super) fn push_sources(&self, out: &mut String) {
        let style = self.site.config.settings.citations.style;
        if self.text.document.citations.is_empty() || self.text.sources.is_empty() || style == CiteStyle::Note
        {
            return;
        }
        out.push_str("<section class=\"sources\">\n<h2>");
        push_text(out, CitationWords::of(self.lang()).sources);
        out.push_str("</h2>\n<ol>\n");
        for source in &self.text.sources {
            out.push_str("<li>");
            Reference::new(&source.work, &self.site.config.base_url, self.absolute).push_full(
                self.lang(),
                "",
                out,
            );
            out.push_str("</li>\n");
        }
        out.push_str("</ol>\n</section>\n");
    }
}

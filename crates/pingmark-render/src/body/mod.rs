//! Texts as HTML: the holes of compiled bodies, filled with what links lead to.
//!
//! Receives the view of a text. Gives its HTML. Uses tera for components. Never asks the graph.

mod cite;

use std::borrow::Cow;

use tera::{Context, Value};

use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::html::{push_escaped, push_href, push_text};
use pingmark_core::lang::CitationWords;
use pingmark_document::{Argument, Body, Component, Reference, ReferenceKind, Slot};
use pingmark_site::graph::Route;
use pingmark_site::graph::route::encode;
use pingmark_site::plan::ImageVersions;

use crate::value::reference::place_id;
use crate::value::{RenderContext, Srcsets};
use crate::view::cited_work::Work;
use crate::view::{Link, Text};

/// Start of the words of a link that leads nowhere, or of an image that does not exist. A preview
/// underlines them; readers see the words alone.
const BROKEN: &str = "<span class=\"broken\">";

/// Writer of a text as HTML.
pub struct Filler<'a> {
    /// Settings, and the templates of components.
    pub site: &'a RenderContext<'a>,
    /// Text, with the targets of its references.
    pub text: &'a Text<'a>,
    /// Variables that components may take from the page.
    pub implicits: &'a Context,
    /// Whether addresses are absolute, as feeds need them.
    pub absolute: bool,
}

impl Filler<'_> {
    /// Text as HTML.
    pub fn body(&self, diagnostics: &mut Vec<Diagnostic>) -> String {
        let body = &self.text.document.body;
        let mut out = String::with_capacity(body.len() + body.len() / 8);
        self.fill(body, &mut out, diagnostics);
        if self.absolute {
            self.push_sources(&mut out);
        }
        out
    }

    /// Words before or after a citation, as HTML. They have no components, which are blocks.
    pub(super) fn words(&self, words: &Body) -> String {
        let mut out = String::with_capacity(words.len());
        self.fill(words, &mut out, &mut Vec::new());
        out
    }

    fn fill(&self, body: &Body, out: &mut String, diagnostics: &mut Vec<Diagnostic>) {
        // Where the images around the current place begin.
        let mut missing = Vec::new();
        body.fill(out, |slot, out| match slot {
            Slot::LinkOpen(number) => self.open_link(number, out),
            Slot::LinkClose(number) => out.push_str(match self.link(number) {
                link if link.is_missing() => "</span>",
                _ => "</a>",
            }),
            Slot::Title(number) => match self.link(number) {
                Link::Page(_, title, _) => push_text(out, title),
                _ => push_text(out, self.reference_target(number)),
            },
            Slot::PictureOpen(number, width) => {
                missing.push(out.len());
                if let Some(offer) = self.srcsets(number).filter(|offer| !offer.webp.is_empty()) {
                    out.push_str("<picture><source type=\"image/webp\" srcset=\"");
                    push_escaped(out, &offer.webp);
                    out.push_str("\" sizes=\"");
                    push_escaped(out, &self.sizes(width));
                    out.push_str("\">");
                }
            }
            Slot::PictureClose(number) => {
                let start = missing.pop();
                if let Some(start) = start.filter(|_| self.link(number).is_missing()) {
                    out.truncate(start);
                    self.broken_image(number, out);
                } else if self.versions(number).is_some_and(|(.., versions)| !versions.webp.is_empty()) {
                    out.push_str("</picture>");
                }
            }
            Slot::Image(number, width) => self.image(number, width, out),
            Slot::Address(number) => {
                if self.link(number).is_missing() {
                    hide_attribute(out);
                }
                push_escaped(out, &self.address(self.link(number), number));
            }
            Slot::Anchor(number) => self.anchor(number, out),
            Slot::Cite(number) => self.cite(number, out),
            Slot::CiteMark(number) => self.cite_mark(number, out),
            Slot::Here => {
                if self.absolute {
                    push_href(out, &self.own_address(self.text.route));
                }
            }
            Slot::Component(number) => {
                if let Some(component) = body.components.get(number as usize) {
                    self.component(component, out, diagnostics);
                }
            }
        });
    }

    pub(super) fn link(&self, number: u32) -> &Link<'_> {
        self.text.links.get(number as usize).unwrap_or(&Link::Nowhere)
    }

    fn reference(&self, number: u32) -> Option<&Reference> {
        self.text.document.summary.references.get(number as usize)
    }

    pub(super) fn reference_target(&self, number: u32) -> &str {
        self.reference(number).map_or("", |reference| &reference.target)
    }

    /// Address of this site: absolute in feeds, else from the root of the host.
    pub(super) fn own_address(&self, route: &Route) -> String {
        let base = &self.site.config.base_url;
        if self.absolute { route.permalink(base) } else { route.url(base) }
    }

    fn own_file(&self, address: &str) -> String {
        let base = &self.site.config.base_url;
        format!("{}{}", if self.absolute { base.as_str() } else { base.path() }, encode(address))
    }

    /// Address for a reference. A broken link keeps the address that the author typed.
    fn address(&self, link: &Link<'_>, number: u32) -> String {
        match link {
            Link::Page(route, _, anchor) => {
                let address = self.own_address(route);
                match anchor {
                    Some(anchor) => format!("{address}#{anchor}"),
                    None => address,
                }
            }
            Link::Asset(address, rest, ..) => self.own_file(address) + rest,
            Link::Here(rest) if self.absolute => self.own_address(self.text.route) + rest,
            Link::Here(rest) => (*rest).to_owned(),
            Link::Site(route, rest) => self.own_address(route) + rest,
            Link::Source(source) => source.link().unwrap_or_default().to_owned(),
            Link::Elsewhere if self.absolute && is_rooted(self.reference_target(number)) => {
                self.site.config.base_url.origin().to_owned() + self.reference_target(number)
            }
            Link::External | Link::Elsewhere | Link::Unpublished | Link::Nowhere => {
                self.reference_target(number).to_owned()
            }
        }
    }

    /// Writes what stands for an image that does not exist, or is not published: its alternative text.
    fn broken_image(&self, number: u32, out: &mut String) {
        let words = self.reference(number).map_or("", |reference| &reference.words);
        out.push_str(BROKEN);
        push_text(out, words);
        out.push_str("</span>");
    }

    fn open_link(&self, number: u32, out: &mut String) {
        let link = self.link(number);
        match link {
            Link::Unpublished => return out.push_str("<span class=\"held\">"),
            Link::Nowhere => return out.push_str(BROKEN),
            _ => {}
        }
        let source = self.source(number);
        out.push_str("<a ");
        if let Some((source, place)) = source.filter(|_| !self.absolute) {
            out.push_str(&format!("id=\"{}\" ", place_id(source.number, place)));
        }
        out.push_str("href=\"");
        // A dead link leads to its archived copy.
        let copy = source.and_then(|(source, _)| match source.work {
            Work::Source(source) if source.dead => source.archived.as_deref(),
            _ => None,
        });
        match link {
            Link::External => push_href(out, copy.unwrap_or(self.reference_target(number))),
            found => push_href(out, &self.address(found, number)),
        }
        out.push('"');
        let words = CitationWords::of(&self.text.document.summary.lang);
        let title = match self.reference(number).map_or("", |reference| &reference.title) {
            "" if copy.is_some() => &format!("{}{}{}", words.dead, words.colon, words.archived),
            title => title,
        };
        if !title.is_empty() {
            out.push_str(" title=\"");
            push_escaped(out, title);
            out.push('"');
        }
        let leaves = *link == Link::External && self.reference_target(number).contains("//");
        out.push_str(if leaves { " rel=\"noopener\">" } else { ">" });
    }

    /// Writes the link beside a heading. It is hidden from screen readers, which have the heading, and left
    /// out of feeds.
    fn anchor(&self, number: u32, out: &mut String) {
        let headings = &self.text.document.outline;
        if let Some(heading) = headings.get(number as usize).filter(|_| !self.absolute) {
            out.push_str("<a class=\"anchor\" href=\"#");
            push_escaped(out, &heading.id);
            out.push_str("\" aria-hidden=\"true\" tabindex=\"-1\"></a>");
        }
    }

    /// Value of `sizes` for an image: the width that the author gave, else the width of the text.
    fn sizes(&self, width: Option<u16>) -> Cow<'_, str> {
        match width {
            Some(width) => format!("(max-width: {width}px) 100vw, {width}px").into(),
            None => self.site.appearance.sizes.as_str().into(),
        }
    }

    fn image(&self, number: u32, given: Option<u16>, out: &mut String) {
        let link = self.link(number);
        out.push_str(" src=\"");
        match link {
            missing if missing.is_missing() => {}
            found => push_href(out, &self.address(found, number)),
        }
        out.push('"');
        if let Some(offer) = self.srcsets(number).filter(|offer| !offer.same.is_empty()) {
            for (name, value) in [("srcset", &*offer.same), ("sizes", &*self.sizes(given))] {
                out.push_str(&format!(" {name}=\""));
                push_escaped(out, value);
                out.push('"');
            }
        }
        let size = match link {
            Link::Asset(_, _, Some(size), _) => Some(*size),
            _ => None,
        };
        match (size, given.map(u32::from)) {
            (Some((width, height)), Some(given)) if width > 0 => {
                let height = (u64::from(height) * u64::from(given)).div_ceil(u64::from(width));
                out.push_str(&format!(" width=\"{given}\" height=\"{height}\""));
            }
            (Some((width, height)), _) => out.push_str(&format!(" width=\"{width}\" height=\"{height}\"")),
            (None, Some(given)) => out.push_str(&format!(" width=\"{given}\"")),
            (None, None) => {}
        }
        out.push_str(" loading=\"lazy\" decoding=\"async\"");
    }

    /// Versions of an image, with its address, query and fragment, and size in pixels. `None` in feeds,
    /// which show the image itself.
    fn versions(&self, number: u32) -> Option<(&str, &str, (u32, u32), &ImageVersions)> {
        match self.link(number) {
            Link::Asset(address, rest, Some(size), Some(versions)) if !self.absolute => {
                Some((address, rest, *size, versions))
            }
            _ => None,
        }
    }

    /// Versions of an image for `srcset`.
    fn srcsets(&self, number: u32) -> Option<Srcsets> {
        let (address, rest, size, versions) = self.versions(number)?;
        Some(self.site.srcsets(versions, &(self.own_file(address) + rest), size))
    }

    fn component(&self, component: &Component, out: &mut String, diagnostics: &mut Vec<Diagnostic>) {
        let path = &self.text.document.summary.path;
        let name = component.name.as_str();
        let known = self.site.templates.components();
        let is_known = known.iter().any(|known| known == name);
        if let Some(fallback) = component.fallback.as_ref().filter(|_| !is_known) {
            return self.fill(fallback, out, diagnostics);
        }
        if !is_known {
            diagnostics.push(catalogue::component_unknown(path, component.number, name, &known));
            return;
        }
        let is_picture =
            |number: &u32| self.reference(*number).is_some_and(|one| one.kind == ReferenceKind::Picture);
        let lacks_picture = component.arguments.iter().any(|(_, argument)| match argument {
            Argument::Address(number) => self.link(*number).is_missing() && is_picture(number),
            Argument::Value(_) | Argument::Html(_) => false,
        });
        if lacks_picture {
            return self.broken_component(component, out, diagnostics);
        }
        let mut arguments = Context::new();
        for (key, argument) in &component.arguments {
            match argument {
                Argument::Value(value) => arguments.insert(key.clone(), value),
                Argument::Address(number) => {
                    let link = self.link(*number);
                    self.add_dimensions(link, component, &mut arguments);
                    self.add_versions(*number, component, &mut arguments);
                    arguments.insert(key.clone(), &self.address(link, *number));
                }
                Argument::Html(body) => {
                    let mut html = String::with_capacity(body.len());
                    self.fill(body, &mut html, diagnostics);
                    arguments.insert_value(key.clone(), Value::safe_string(&html));
                }
            }
        }
        let body = component.body.as_ref().map(|body| {
            let mut inner = String::with_capacity(body.len());
            self.fill(body, &mut inner, diagnostics);
            inner
        });
        match self.site.templates.component(name, &arguments, self.implicits, body.as_deref()) {
            Ok(html) => {
                self.mark_places(component, out);
                out.push_str(html.trim());
            }
            // A component of the theme's may take other arguments.
            Err(_) if component.fallback.is_some() => {
                if let Some(fallback) = &component.fallback {
                    self.fill(fallback, out, diagnostics);
                }
            }
            Err(message) => diagnostics.push(catalogue::component_failed(
                path,
                component.number,
                name,
                &message,
                &self.site.templates.arguments(name),
            )),
        }
    }

    /// Writes what stands for a component whose image does not exist: its words.
    fn broken_component(&self, component: &Component, out: &mut String, diagnostics: &mut Vec<Diagnostic>) {
        if let Some(body) = &component.body {
            return self.fill(body, out, diagnostics);
        }
        let words = ["alt", "caption", "title"].iter().find_map(|wanted| {
            let (_, argument) = component.arguments.iter().find(|(key, _)| key == wanted)?;
            match argument {
                Argument::Value(value) => value.as_str(),
                Argument::Address(_) | Argument::Html(_) => None,
            }
        });
        out.push_str("<p>");
        out.push_str(BROKEN);
        push_text(out, words.unwrap_or_default());
        out.push_str("</span></p>");
    }

    /// Writes the anchors of citations that an embed shows without a link of its own: back links lead
    /// here.
    fn mark_places(&self, component: &Component, out: &mut String) {
        let Some(fallback) = component.fallback.as_ref().filter(|_| component.body.is_none()) else { return };
        for link in fallback.links() {
            if let Some((source, place)) = self.source(link).filter(|_| !self.absolute) {
                out.push_str(&format!("<span id=\"{}\"></span>", place_id(source.number, place)));
            }
        }
    }

    /// Adds the size of an image to the arguments of a component that takes one and has none.
    fn add_dimensions(&self, link: &Link<'_>, component: &Component, arguments: &mut Context) {
        let Link::Asset(_, _, Some((width, height)), _) = link else { return };
        for (key, value) in [("width", *width), ("height", *height)] {
            let given = component.arguments.iter().any(|(name, _)| name == "width" || name == "height");
            if !given && self.site.templates.component_takes(&component.name, key) {
                arguments.insert_value(key, Value::from(value));
            }
        }
    }

    /// Adds the versions of an image to the arguments of a component that takes them. `sizes` is the width
    /// that the author gave, else the width of the text.
    fn add_versions(&self, number: u32, component: &Component, arguments: &mut Context) {
        let takes = |key: &str| self.site.templates.component_takes(&component.name, key);
        if !takes("srcset") && !takes("webp") {
            return;
        }
        let Some(offer) = self.srcsets(number) else { return };
        let given = component.arguments.iter().find(|(key, _)| key == "width");
        let given = given.and_then(|(_, value)| match value {
            Argument::Value(value) => value.as_u64(),
            Argument::Address(_) | Argument::Html(_) => None,
        });
        let sizes = given.map_or_else(
            || self.site.appearance.sizes.clone(),
            |width| format!("(max-width: {width}px) 100vw, {width}px"),
        );
        for (key, value) in [("srcset", offer.same), ("webp", offer.webp), ("sizes", sizes)] {
            let is_given = component.arguments.iter().any(|(name, _)| name == key);
            if !is_given && takes(key) {
                arguments.insert_value(key, Value::from(value));
            }
        }
    }
}

/// Whether an address begins at the root of its host.
fn is_rooted(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//")
}

/// Renames the attribute whose value comes next, so that HTML of the author neither links to nor
/// shows what does not exist: `href="` becomes `data-broken-href="`.
fn hide_attribute(out: &mut String) {
    let before = out.trim_end_matches(['"', '\'']).trim_end();
    let Some(before) = before.strip_suffix('=') else { return };
    let name = before.trim_end();
    let start = name.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').len();
    if start < name.len() {
        out.insert_str(start, "data-broken-");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_hidden_whatever_its_quotes() {
        for (before, after) in [
            ("<a href=\"", "<a data-broken-href=\""),
            ("<img alt='=' SRC = '", "<img alt='=' data-broken-SRC = '"),
            ("<a href=", "<a data-broken-href="),
            ("<p>", "<p>"),
        ] {
            let mut out = before.to_owned();
            hide_attribute(&mut out);
            assert_eq!(out, after);
        }
    }
}

//! Fills the holes of a body: now it is known where everything leads.

use tera::{Context, Value};

use super::template::TemplateSet;
use crate::config::Config;
use crate::diag::{Diagnostic, catalogue};
use crate::document::{Argument, Body, Component, Document, Reference, Slot};
use crate::graph::route::encode;
use crate::graph::{Graph, PageId, Resolved, Route};
use crate::html::{push_escaped, push_href, push_text};

/// Writes the bodies of one page.
pub struct Filler<'a> {
    /// The settings.
    pub config: &'a Config,
    /// Where everything leads.
    pub graph: &'a Graph,
    /// The page's document.
    pub document: &'a Document,
    /// What renders components.
    pub templates: &'a TemplateSet,
    /// What components may take from their surroundings.
    pub implicits: &'a Context,
    /// The page.
    pub page: PageId,
    /// Whether addresses are whole, as feeds need them.
    pub absolute: bool,
}

impl Filler<'_> {
    /// The page's body as HTML.
    pub fn body(&self, diagnostics: &mut Vec<Diagnostic>) -> String {
        let body = &self.document.body;
        let mut out = String::with_capacity(body.len() + body.len() / 8);
        self.fill(body, &mut out, diagnostics);
        out
    }

    fn fill(&self, body: &Body, out: &mut String, diagnostics: &mut Vec<Diagnostic>) {
        body.fill(out, |slot, out| match slot {
            Slot::LinkOpen(number) => self.open_link(number, out),
            Slot::LinkClose(number) => out.push_str(match self.resolved(number) {
                Resolved::Held | Resolved::Nowhere => "</span>",
                _ => "</a>",
            }),
            Slot::Title(number) => match self.resolved(number) {
                Resolved::Page(page, _) => push_text(out, &self.graph.page(*page).summary().title),
                _ => push_text(out, self.reference_target(number)),
            },
            Slot::Image(number) => self.image(number, out),
            Slot::Address(number) => push_escaped(out, &self.address(self.resolved(number), number)),
            Slot::Anchor(number) => self.anchor(number, out),
            Slot::Cite(_) | Slot::CiteMark(_) => {}
            Slot::Here => {
                if self.absolute {
                    push_href(out, &self.own_address(&self.graph.page(self.page).route));
                }
            }
            Slot::Component(number) => {
                if let Some(component) = body.components.get(number as usize) {
                    self.component(component, out, diagnostics);
                }
            }
        });
    }

    fn resolved(&self, number: u32) -> &Resolved {
        self.graph.resolved[self.page.index()].get(number as usize).unwrap_or(&Resolved::Nowhere)
    }

    fn reference(&self, number: u32) -> Option<&Reference> {
        self.graph.page(self.page).summary().references.get(number as usize)
    }

    fn reference_target(&self, number: u32) -> &str {
        self.reference(number).map_or("", |reference| &reference.target)
    }

    /// An address of this site, from the root of its host or whole.
    pub fn own_address(&self, route: &Route) -> String {
        let base = if self.absolute { self.config.base_url.as_str() } else { self.config.base_url.path() };
        format!("{base}{}", route.encoded())
    }

    fn own_file(&self, address: &str) -> String {
        let base = if self.absolute { self.config.base_url.as_str() } else { self.config.base_url.path() };
        format!("{base}{}", encode(address))
    }

    /// What a reference's address is now. What leads nowhere keeps what its author wrote.
    pub fn address(&self, resolved: &Resolved, number: u32) -> String {
        match resolved {
            Resolved::Page(page, anchor) => {
                let address = self.own_address(&self.graph.page(*page).route);
                match anchor {
                    Some(anchor) => format!("{address}#{anchor}"),
                    None => address,
                }
            }
            Resolved::Asset(address, rest) => self.own_file(address) + rest,
            Resolved::Here(rest) if self.absolute => {
                self.own_address(&self.graph.page(self.page).route) + rest
            }
            Resolved::Here(rest) => rest.clone(),
            Resolved::Site(route, rest) => self.own_address(route) + rest,
            Resolved::External | Resolved::Source(_) | Resolved::Held | Resolved::Nowhere => {
                self.reference_target(number).to_owned()
            }
        }
    }

    fn open_link(&self, number: u32, out: &mut String) {
        let resolved = self.resolved(number);
        if matches!(resolved, Resolved::Held | Resolved::Nowhere) {
            out.push_str("<span class=\"held\">");
            return;
        }
        out.push_str("<a href=\"");
        match resolved {
            Resolved::External => push_href(out, self.reference_target(number)),
            found => push_href(out, &self.address(found, number)),
        }
        out.push('"');
        let title = self.reference(number).map_or("", |reference| &reference.title);
        if !title.is_empty() {
            out.push_str(" title=\"");
            push_escaped(out, title);
            out.push('"');
        }
        let leaves = *resolved == Resolved::External && self.reference_target(number).contains("//");
        out.push_str(if leaves { " rel=\"noopener\">" } else { ">" });
    }

    /// A link for the mouse alone: readers of screens have the heading itself, readers of feeds
    /// another page.
    fn anchor(&self, number: u32, out: &mut String) {
        let headings = &self.document.outline;
        if let Some(heading) = headings.get(number as usize).filter(|_| !self.absolute) {
            out.push_str("<a class=\"anchor\" href=\"#");
            push_escaped(out, &heading.id);
            out.push_str("\" aria-hidden=\"true\" tabindex=\"-1\"></a>");
        }
    }

    fn image(&self, number: u32, out: &mut String) {
        let resolved = self.resolved(number);
        out.push_str(" src=\"");
        match resolved {
            Resolved::Nowhere | Resolved::Held => {}
            found => push_href(out, &self.address(found, number)),
        }
        out.push('"');
        if let Resolved::Asset(address, _) = resolved
            && let Some((width, height)) = self.graph.assets.get(address).and_then(|asset| asset.dimensions)
        {
            out.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
        }
        out.push_str(" loading=\"lazy\" decoding=\"async\"");
    }

    fn component(&self, component: &Component, out: &mut String, diagnostics: &mut Vec<Diagnostic>) {
        let path = &self.graph.page(self.page).summary().path;
        let name = component.name.as_str();
        let known = self.templates.components();
        if !known.iter().any(|known| known == name) {
            diagnostics.push(catalogue::component_unknown(path, component.number, name, &known));
            return;
        }
        let mut arguments = Context::new();
        for (key, argument) in &component.arguments {
            match argument {
                Argument::Value(value) => arguments.insert(key.clone(), value),
                Argument::Address(number) => {
                    let resolved = self.resolved(*number);
                    self.dimensions(resolved, component, &mut arguments);
                    arguments.insert(key.clone(), &self.address(resolved, *number));
                }
            }
        }
        let body = component.body.as_ref().map(|body| {
            let mut inner = String::with_capacity(body.len());
            self.fill(body, &mut inner, diagnostics);
            inner
        });
        match self.templates.component(name, &arguments, self.implicits, body.as_deref()) {
            Ok(html) => out.push_str(html.trim()),
            Err(message) => diagnostics.push(catalogue::component_failed(
                path,
                component.number,
                name,
                &message,
                &self.templates.arguments(name),
            )),
        }
    }

    /// The size of a picture, for a component that takes one and was given none.
    fn dimensions(&self, resolved: &Resolved, component: &Component, arguments: &mut Context) {
        let Resolved::Asset(address, _) = resolved else { return };
        let Some((width, height)) = self.graph.assets.get(address).and_then(|asset| asset.dimensions) else {
            return;
        };
        for (key, value) in [("width", width), ("height", height)] {
            let given = component.arguments.iter().any(|(name, _)| name == "width" || name == "height");
            if !given && self.templates.component_takes(&component.name, key) {
                arguments.insert_value(key, Value::from(value));
            }
        }
    }
}

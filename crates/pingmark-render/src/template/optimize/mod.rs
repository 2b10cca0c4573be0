//! Optimizations of templates: less work for the same bytes.
//!
//! Receives the texts of a theme's templates. Gives an [`Optimizer`], the only entry. Uses no other
//! package, and only as much of Tera's syntax as `tag` reads. Never changes what a page shows.
//!
//! Three things are optimized: values leave out fields that no template names ([`FieldUse`]), a
//! teaser that is the same on every page is rendered once, and large sites are rendered with
//! templates in which everything that all pages share is filled in ([`Optimizer::specialize`]).
//! Without the last one, the templates as written render the same site: tests compare both, byte by
//! byte.

mod field_use;
mod node;
mod specialize;
mod tag;

use std::collections::BTreeMap;

pub use field_use::FieldUse;
use tag::tags;

/// Variables whose fields are made only if a template names them.
const WITH_OPTIONAL_FIELDS: [&str; 3] = ["head", "page", "paginator"];

/// Fields of a teaser that have it as HTML, each with the partial that renders it.
const RENDERED_TEASERS: [(&str, &str); 2] = [("html", "partials/card.html"), ("line", "partials/line.html")];

/// What is known of a theme's templates.
#[derive(Debug)]
pub struct Optimizer {
    fields: BTreeMap<&'static str, FieldUse>,
    rendered_once: Vec<(&'static str, &'static str)>,
}

impl Optimizer {
    /// Reads the texts that pages can be made of. `depends_on_page` tells whether a partial reads a
    /// variable whose value differs from page to page.
    pub fn new(texts: &[&str], depends_on_page: impl Fn(&str) -> bool) -> Self {
        let is_read = |field: &str| texts.iter().any(|text| field_use::names_field(text, field));
        let rendered_once = RENDERED_TEASERS
            .into_iter()
            .filter(|(field, partial)| !depends_on_page(partial) && is_read(field));
        Self {
            fields: FieldUse::of(WITH_OPTIONAL_FIELDS, texts.iter().copied()),
            rendered_once: rendered_once.collect(),
        }
    }

    /// Fields that templates read of a variable.
    pub fn fields(&self, variable: &str) -> &FieldUse {
        self.fields.get(variable).unwrap_or(&FieldUse::All)
    }

    /// Fields of a teaser that are rendered once for all pages, each with its partial.
    pub fn rendered_once(&self) -> &[(&'static str, &'static str)] {
        &self.rendered_once
    }

    /// Texts of templates, given by name and text, with everything filled in that reads only the
    /// variables in `shared`, as `render` renders it.
    pub fn specialize<'t>(
        &self,
        templates: &[(&'t str, &'t str)],
        shared: &[&'static str],
        render: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<String> {
        specialize::specialize(templates, shared, render)
    }
}

/// Names of the templates that a text extends or includes.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    tags(text).filter_map(|tag| tag.part())
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_are_named_in_any_quotes() {
        let text = "{% extends 'a.html' %}{%- include   \"b.html\" -%}{{ \"c.html\" }}{% include `d.html` %}";
        assert_eq!(parts(text).collect::<Vec<_>>(), ["a.html", "b.html", "d.html"]);
    }
}

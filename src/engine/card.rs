//! One card, asked for by itself.

use super::Build;
use crate::config::CardFormat;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::output::Content;
use crate::render::{self, Site, Views, view};

impl Build {
    /// The card of a post, by its slug, or what keeps it from being made. `None` when there is no
    /// such post.
    pub fn card(&self, slug: &str, format: CardFormat) -> Option<(Option<Vec<u8>>, Diagnostics)> {
        let templates = self.dressed.templates.as_ref()?;
        let (graph, plan) = (self.graph(), self.plan());
        let id = graph.published().find(|id| graph.page(*id).slug == slug)?;
        let terms = view::term_cards(graph, &self.config);
        let cards = view::Cards::new(graph, plan, &self.config, &self.documents, &terms);
        let material = view::Material {
            config: &self.config,
            look: &self.look,
            graph,
            documents: &self.documents,
            plan,
            sources: &self.sources,
            templates,
        };
        let views = Views::new(material, &terms, &cards);
        let site = Site::new(&self.config, &self.look, templates, &self.dressed.theme, &views.around());
        let (content, told) = render::card::render(&views.card_picture(id, format), &site);
        let bytes = match content {
            Some(Content::Bytes(bytes)) => Some(bytes),
            _ => None,
        };
        // Whoever asked for this one does not get it: that is more than a warning.
        let severity = |told: Diagnostic| match bytes {
            Some(_) => told,
            None => Diagnostic { severity: Severity::Error, ..told },
        };
        let told = told.into_iter().map(severity).collect();
        Some((bytes, told))
    }
}

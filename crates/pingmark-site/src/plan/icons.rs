//! The icons that browsers and phones look for, made of the site's `favicon.svg`.

use pingmark_core::icon::Icon;
use pingmark_core::path::SitePath;

use super::{Planner, Recipe};

/// The drawing that icons are made of, by the name that templates know it by.
pub const DRAWING: &str = "favicon.svg";

impl Planner<'_> {
    /// The icons that the site does not bring along.
    pub(super) fn icons(&mut self) {
        let graph = self.graph;
        if drawing(graph).is_none() {
            return;
        }
        for icon in Icon::ALL.into_iter().filter(|icon| !graph.assets.contains_key(icon.file())) {
            self.add(Self::fixed_route("/").join(icon.file()), Recipe::Icon(icon));
        }
    }
}

/// The file of the drawing.
pub fn drawing(graph: &crate::graph::Graph) -> Option<&SitePath> {
    Some(&graph.assets.get(graph.dressing.get(DRAWING)?)?.source)
}

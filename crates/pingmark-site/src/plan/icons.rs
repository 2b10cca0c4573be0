//! Icons that browsers and phones request, made from the site's `favicon.svg`.

use pingmark_core::icon::Icon;
use pingmark_core::path::SitePath;

use super::{Planner, Recipe};

/// Name of the drawing that icons are made from, as templates refer to it.
pub const ICON_SOURCE: &str = "favicon.svg";

impl Planner<'_> {
    /// Plans the icons that the site does not provide itself. Without a drawing there are none.
    pub(super) fn icons(&mut self) {
        let graph = self.graph;
        if icon_source(graph).is_none() {
            return;
        }
        for icon in Icon::ALL.into_iter().filter(|icon| !graph.assets.contains_key(icon.file())) {
            self.add(Self::fixed_route("/").join(icon.file()), Recipe::Icon(icon));
        }
    }
}

/// File of the drawing that icons are made from, if the theme or the site has one.
pub fn icon_source(graph: &crate::graph::Graph) -> Option<&SitePath> {
    Some(&graph.assets.get(graph.theme_assets.get(ICON_SOURCE)?)?.source)
}

//! Which posts get a card, and where it stands.

use pingmark_core::config::{CardFormat, Config};
use pingmark_core::diag::catalogue;
use pingmark_document::Summary;

use super::{Planner, Recipe};
use crate::graph::{Graph, PageId, PageKind, Route};

/// So many articles without a card are told one by one.
const TOLD: usize = 3;

/// Where the card stands that previews of links to a page show: beside the page, if it is a post
/// without a picture of its own. None for a title that the fonts cannot show, unless its author
/// brings the card along.
pub fn card_of(graph: &Graph, config: &Config, id: PageId) -> Option<(Route, CardFormat)> {
    let format = config.settings.social.cards.shapes().next()?;
    if !lacks_picture(graph, id) {
        return None;
    }
    let route = route_of(graph, id, format);
    let can_be_shown = graph.page(id).summary.undrawable.is_none();
    (is_brought(graph, &route) || can_be_shown).then_some((route, format))
}

/// Where the card of a post will stand that is not published yet.
pub fn card_of_held(summary: &Summary, route: &Route, config: &Config) -> Option<Route> {
    let format = config.settings.social.cards.shapes().next()?;
    let (meta, is_shown) = (&summary.meta, summary.undrawable.is_none());
    let lacks_picture = meta.image.is_none() && meta.social.all.image.is_none();
    (lacks_picture && is_shown).then(|| route.beside(format.file()))
}

fn route_of(graph: &Graph, id: PageId, format: CardFormat) -> Route {
    graph.page(id).route.beside(format.file())
}

fn lacks_picture(graph: &Graph, id: PageId) -> bool {
    let page = graph.page(id);
    let meta = &page.summary.meta;
    page.kind == PageKind::Post && meta.image.is_none() && meta.social.all.image.is_none()
}

/// Whether a file lies beside the article under the card's name: it is the card.
fn is_brought(graph: &Graph, route: &Route) -> bool {
    graph.assets.contains_key(route.as_str())
}

impl Planner<'_> {
    /// The cards of posts without a picture of their own.
    pub(super) fn cards(&mut self) {
        let graph = self.graph;
        let shapes: Vec<CardFormat> = self.config.settings.social.cards.shapes().collect();
        let mut without = Vec::new();
        for id in graph.published().filter(|id| lacks_picture(graph, *id)) {
            let routes = shapes.iter().map(|format| (route_of(graph, id, *format), *format));
            let wanted: Vec<_> = routes.filter(|(route, _)| !is_brought(graph, route)).collect();
            if wanted.is_empty() {
                continue;
            }
            let summary = &graph.page(id).summary;
            if let Some(sign) = summary.undrawable {
                without.push((&summary.path, sign));
                continue;
            }
            for (route, format) in wanted {
                self.add(route, Recipe::SocialImage(id, format));
            }
        }
        // A blog in another script is told once.
        let (named, others) = match without.len() {
            count @ 0..=TOLD => (count, 0),
            count => (1, count - 1),
        };
        let each = without.iter().take(named).map(|(path, sign)| catalogue::card_glyph(path, *sign, others));
        self.diagnostics.extend(each);
    }
}

//! Social images of posts: which posts get one, and at which address.

use pingmark_core::config::{CardFormat, Config};
use pingmark_core::diag::catalogue;
use pingmark_document::Summary;

use super::link_preview::named_preview;
use super::{Planner, Recipe};
use crate::graph::{Graph, PageId, PageKind, Route};

/// Number of articles with a title that the fonts cannot draw up to which each is reported.
const MAX_LISTED: usize = 3;

/// Address and format of the social image that link previews of a page show: beside the page, if
/// it is a post that names no image which networks show. `None` if the fonts cannot draw the title and the
/// author does not provide the file.
pub fn social_image_of(graph: &Graph, config: &Config, id: PageId) -> Option<(Route, CardFormat)> {
    let format = config.settings.social.cards.shapes().next()?;
    if !needs_image(graph, config, id) {
        return None;
    }
    let route = image_route(graph, id, format);
    let can_be_shown = graph.page(id).summary.undrawable.is_none();
    (is_provided(graph, &route) || can_be_shown).then_some((route, format))
}

/// Address of the social image that an unpublished post will have.
pub fn social_image_of_unpublished(summary: &Summary, route: &Route, config: &Config) -> Option<Route> {
    let format = config.settings.social.cards.shapes().next()?;
    let (meta, is_shown) = (&summary.meta, summary.undrawable.is_none());
    let needs_image = meta.image.is_none() && meta.social.all.image.is_none();
    (needs_image && is_shown).then(|| route.beside(format.file()))
}

fn image_route(graph: &Graph, id: PageId, format: CardFormat) -> Route {
    graph.page(id).route.beside(format.file())
}

/// Whether a page is a post that names no image which networks show.
fn needs_image(graph: &Graph, config: &Config, id: PageId) -> bool {
    graph.page(id).kind == PageKind::Post && named_preview(graph, config, id).is_none()
}

/// Whether the author provides the image, as a file with its name beside the article.
fn is_provided(graph: &Graph, route: &Route) -> bool {
    graph.assets.contains_key(route.as_str())
}

impl Planner<'_> {
    /// Plans the social images of posts that name no image which networks show.
    pub(super) fn social_images(&mut self) {
        let graph = self.graph;
        let shapes: Vec<CardFormat> = self.config.settings.social.cards.shapes().collect();
        let mut without = Vec::new();
        for id in graph.published().filter(|id| needs_image(graph, self.config, *id)) {
            let routes = shapes.iter().map(|format| (image_route(graph, id, *format), *format));
            let wanted: Vec<_> = routes.filter(|(route, _)| !is_provided(graph, route)).collect();
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
        // A blog in a script that the fonts lack gets one diagnostic.
        let (named, others) = match without.len() {
            count @ 0..=MAX_LISTED => (count, 0),
            count => (1, count - 1),
        };
        let each = without.iter().take(named).map(|(path, sign)| catalogue::card_glyph(path, *sign, others));
        self.diagnostics.extend(each);
    }
}

//! Stage 5: views of the plan's targets, and their rendering.
//!
//! Receives the plan, the graph, the documents and a theme. Gives the content of one file at a time,
//! with the texts it depends on. Uses tera for templates and quick-xml for feeds. Never touches the
//! disk, and never keeps anything from one file to the next but what [`RenderContext`] shares.
//!
//! The crate has two halves. [`view`] turns a target into a [`View`]: everything the file shows, as
//! typed values. The other modules turn views into bytes and never ask the graph:
//!
//! | module | gives |
//! |---|---|
//! | [`page`] | pages made by templates, one module for each kind |
//! | [`head`] | the values of a page's `<head>` |
//! | [`body`] | texts with their holes filled |
//! | [`value`] | views as templates see them |
//! | [`template`] | compiled themes; `optimize` makes them faster and changes no byte |
//! | [`social_image`] | laid out images for link previews |
//! | [`citation_graph`] | the drawing of the citation graph |
//! | [`machine`] | files for programs |

pub mod body;
pub mod citation_graph;
pub mod head;
pub mod machine;
pub mod page;
pub mod social_image;
pub mod template;
pub mod value;
pub mod view;

use pingmark_core::artifact::Content;
use pingmark_core::config::Config;
use pingmark_core::diag::Diagnostic;
use pingmark_core::sources::{Source, SourceContent};
use pingmark_site::graph::Route;

pub use template::{TemplateSet, Theme};
pub use value::{RenderContext, ValueCache};
pub use view::{View, Views};

/// Compiles a theme. `unused` names templates that no page of the plan is made with: the theme's own
/// are left out, so that a site with other templates need not suit them.
///
/// # Errors
///
/// All problems of all templates.
pub fn compile(theme: &Theme, config: &Config, unused: &[&str]) -> Result<TemplateSet, Vec<Diagnostic>> {
    let of_page = page::variables().collect();
    TemplateSet::compile(theme, config, unused, template::Variables { shared: &value::SHARED, of_page })
}

/// Renders a view for the file at `route`. Without content if that fails; then a diagnostic says why,
/// except for assets that are gone.
pub fn render(
    route: &Route,
    view: &View<'_>,
    context: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let _running = template::running::page(route.as_str());
    match render_once(route, view, context) {
        // Templates get only the fields that they name. A diagnostic suggests other names: it needs all.
        (None, diagnostics) if !diagnostics.is_empty() => {
            render_once(route, view, &context.with_all_fields())
        }
        rendered => rendered,
    }
}

fn render_once(
    route: &Route,
    view: &View<'_>,
    context: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    let file = |bytes: Vec<u8>| (Some(Content::Bytes(bytes)), Vec::new());
    match view {
        View::Page(view) => page::article::render(route, view, context),
        View::List(view) => page::list::render(route, view, context),
        View::Citations(view) => page::citations::render(route, view, context),
        View::Sources(view) => page::sources::index(route, view, context),
        View::Website(view) => page::sources::website(route, view, context),
        View::NotFound(lang) => page::not_found::render(route, lang, context),
        View::Feed(view) => {
            let (bytes, diagnostics) = machine::feed::render(route, view, context);
            (Some(Content::Bytes(bytes)), diagnostics)
        }
        View::CitationGraph(view) => file(machine::citation_graph::file(view, context.config)),
        View::Search(view) => file(machine::search::index(view)),
        View::SearchWords(view) => file(machine::search::words(view)),
        View::SearchPages(view) => file(machine::search::found(view)),
        View::Sitemap(view) => file(machine::sitemap::sitemap(view, context)),
        View::Robots => file(machine::robots::robots(context).into_bytes()),
        View::Manifest(view) => file(machine::web_manifest::web_manifest(view, context).into_bytes()),
        View::Redirect(to) => file(machine::redirects::redirect(to, context).into_bytes()),
        View::Tombstone => file(machine::tombstone::tombstone(context).into_bytes()),
        View::LetterboxTargets(addresses) => {
            file(machine::tombstone::letterbox_targets(addresses).into_bytes())
        }
        View::Redirects(view) => file(machine::redirects::redirects(view).into_bytes()),
        View::Headers(files) => file(machine::headers::headers(files, context).into_bytes()),
        View::Accent(sheet) => file(sheet.as_bytes().to_vec()),
        // Laid out only: the engine draws social images, because it has the cache.
        View::SocialImage(view) => (None, social_image::lay_out(view, context.config, context.templates).1),
        View::Asset(asset) => (copy(asset.0), Vec::new()),
    }
}

fn copy(source: &Source) -> Option<Content> {
    match &source.content {
        SourceContent::Text(text, _) => Some(Content::Bytes(text.as_bytes().to_vec())),
        SourceContent::Bytes(bytes) => Some(Content::Bytes(bytes.to_vec())),
        SourceContent::File(facts) => Some(Content::Copy(facts.location.clone(), facts.stamp)),
        // An article, which is not copied.
        SourceContent::OnDisk(_) | SourceContent::OtherMarkup => None,
    }
}

//! STAGE 5. Target → Output, one at a time.
//!
//! Receives a target of the plan and what views are made of. Gives the target's [`View`], and
//! of that, the config and the templates the file's content. Uses tera (template) and
//! quick-xml (feed, sitemap). Never asks anything of the disk; and what turns a view into
//! bytes never asks the graph.

pub mod asked;
pub mod card;
pub mod cite;
pub mod feed;
pub mod fill;
pub mod fold;
pub mod head;
pub mod headers;
pub mod interchange;
pub mod list;
pub mod mention;
pub mod network;
pub mod page;
pub mod picture;
pub mod preview;
pub mod reference;
pub mod search;
pub mod share;
pub mod sitemap;
pub mod sources;
pub mod structured;
pub mod tag;
pub mod template;
pub mod theme;
pub mod value;
pub mod view;

use pingmark_core::artifact::Content;
use pingmark_core::diag::Diagnostic;
use pingmark_core::html::escaped;
use pingmark_core::sources::{Source, SourceContent};
use pingmark_site::graph::Route;

pub use template::TemplateSet;
pub use theme::Theme;
pub use value::RenderContext;
pub use view::{View, Views};

/// Makes one file of its view. Without content when it cannot be made: then a diagnostic says
/// why; of a template, with all the fields before it that there are.
pub fn render(
    route: &Route,
    view: &View<'_>,
    site: &RenderContext<'_>,
) -> (Option<Content>, Vec<Diagnostic>) {
    match made_of(route, view, site) {
        (None, diagnostics) if !diagnostics.is_empty() && view.made_with().is_some() => {
            made_of(route, view, &site.whole())
        }
        made => made,
    }
}

fn made_of(route: &Route, view: &View<'_>, site: &RenderContext<'_>) -> (Option<Content>, Vec<Diagnostic>) {
    match view {
        View::Page(view) => page::page(route, view, site),
        View::List(view) => list::list(route, view, site),
        View::Terms(view) => list::terms(route, view, site),
        View::Archive(view) => list::archive(route, view, site),
        View::Citations(view) => network::citations(route, view, site),
        View::CitationGraph(view) => made(interchange::file(view, site.config)),
        View::Sources(view) => sources::index(route, view, site),
        View::Website(view) => sources::site(route, view, site),
        View::NotFound(lang) => page::not_found(route, lang, site),
        View::Feed(view) => {
            let (bytes, diagnostics) = feed::render(route, view, site);
            (Some(Content::Bytes(bytes)), diagnostics)
        }
        View::Search(view) => made(search::index(view)),
        View::SearchWords(view) => made(search::words(view)),
        View::SearchPages(view) => made(search::found(view)),
        View::Sitemap(view) => made(sitemap::sitemap(view, site)),
        View::Robots => made(sitemap::robots(site).into_bytes()),
        View::Manifest(view) => made(sitemap::web_manifest(view, site).into_bytes()),
        View::Redirect(to) => made(redirect(to, site).into_bytes()),
        View::Redirects(lines) => made(redirects(lines, site).into_bytes()),
        View::Headers(lasting) => made(headers::headers(lasting, site).into_bytes()),
        View::Accent(sheet) => made(sheet.as_bytes().to_vec()),
        // Drawn by the engine, which has the cache.
        View::SocialImage(view) => (None, card::lay_out(view, site).1),
        View::Asset(asset) => (copied(asset.0), Vec::new()),
    }
}

fn made(bytes: Vec<u8>) -> (Option<Content>, Vec<Diagnostic>) {
    (Some(Content::Bytes(bytes)), Vec::new())
}

fn copied(source: &Source) -> Option<Content> {
    match &source.content {
        SourceContent::Text(text, _) => Some(Content::Bytes(text.as_bytes().to_vec())),
        SourceContent::Bytes(bytes) => Some(Content::Bytes(bytes.to_vec())),
        SourceContent::File(facts) => Some(Content::Copy(facts.location.clone(), facts.len, facts.modified)),
        // An article is no asset.
        SourceContent::OnDisk(_) => None,
    }
}

/// A page that leads on: for browsers at once, for search engines as the canonical address.
fn redirect(to: &Route, site: &RenderContext<'_>) -> String {
    let to = escaped(&site.permalink(to));
    let lang = escaped(&site.config.main_language().code);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{to}</title>\n\
         <link rel=\"canonical\" href=\"{to}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n<body>\n<p><a href=\"{to}\">{to}</a></p>\n\
         </body>\n</html>\n"
    )
}

/// Lines of `from to status`, as Netlify, Cloudflare Pages and others read them.
fn redirects(lines: &[(&Route, &Route)], site: &RenderContext<'_>) -> String {
    let mut lines: Vec<String> =
        lines.iter().map(|(from, to)| format!("{} {} 301\n", site.url(from), site.url(to))).collect();
    lines.sort();
    lines.concat()
}

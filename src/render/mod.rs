//! STAGE 5. Target → Output, one at a time.
//!
//! Receives a target of the plan and the [`Site`] (graph, config, theme, and what templates
//! see of each page). Gives the file's content. Uses tera (template) and quick-xml (feed,
//! sitemap). Never asks anything of the disk.

pub mod feed;
pub mod fill;
pub mod head;
pub mod interchange;
pub mod page;
pub mod sitemap;
pub mod structured;
pub mod template;
pub mod theme;
pub mod view;

use std::sync::Arc;

use crate::config::Config;
use crate::diag::Diagnostic;
use crate::graph::Graph;
use crate::html::escaped;
use crate::output::Content;
use crate::plan::{Plan, Recipe, Target};
use crate::source::{Content as SourceContent, Source, Sources};

pub use template::TemplateSet;
pub use theme::Theme;
pub use view::Views;

/// Everything rendering may know.
#[derive(Debug)]
pub struct Site<'a> {
    /// The settings.
    pub config: &'a Config,
    /// The site without its words.
    pub graph: &'a Graph,
    /// What will be published.
    pub plan: &'a Plan,
    /// The templates.
    pub templates: &'a TemplateSet,
    /// What templates see.
    pub views: Views<'a>,
    /// The files that are copied.
    pub sources: &'a Sources,
}

/// Makes one file. Without content when it cannot be made: then a diagnostic says why.
pub fn render(target: &Target, site: &Site<'_>) -> (Option<Content>, Vec<Diagnostic>) {
    match &target.recipe {
        Recipe::Page(_)
        | Recipe::Home(..)
        | Recipe::List(..)
        | Recipe::Term(..)
        | Recipe::Terms(..)
        | Recipe::Archive(_)
        | Recipe::NotFound(_) => page::render(target, site),
        Recipe::Feed(feed) => {
            let (bytes, told) = feed::render(&target.route, feed, site);
            (Some(Content::Bytes(bytes)), told)
        }
        Recipe::Sitemap => made(sitemap::sitemap(site)),
        Recipe::Robots => made(sitemap::robots(site).into_bytes()),
        Recipe::Manifest => made(sitemap::web_manifest(site).into_bytes()),
        Recipe::Redirect(page, _) => made(redirect(&site.views.permalink(*page), site).into_bytes()),
        Recipe::Redirects => made(redirects(site).into_bytes()),
        Recipe::Asset(path) => (site.sources.files.get(path).and_then(asset), Vec::new()),
    }
}

fn made(bytes: Vec<u8>) -> (Option<Content>, Vec<Diagnostic>) {
    (Some(Content::Bytes(bytes)), Vec::new())
}

fn asset(source: &Arc<Source>) -> Option<Content> {
    match &source.content {
        SourceContent::Text(text, _) => Some(Content::Bytes(text.as_bytes().to_vec())),
        SourceContent::Bytes(bytes) => Some(Content::Bytes(bytes.to_vec())),
        SourceContent::File(facts) => Some(Content::Copy(facts.location.clone(), facts.len, facts.modified)),
        // An article is no asset.
        SourceContent::Released(..) => None,
    }
}

/// A page that leads on: for browsers at once, for search engines as the canonical address.
fn redirect(to: &str, site: &Site<'_>) -> String {
    let to = escaped(to);
    let lang = escaped(&site.config.main_language().code);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{to}</title>\n\
         <link rel=\"canonical\" href=\"{to}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n<body>\n<p><a href=\"{to}\">{to}</a></p>\n\
         </body>\n</html>\n"
    )
}

/// Lines of `from to status`, as Netlify, Cloudflare Pages and others read them.
fn redirects(site: &Site<'_>) -> String {
    let base = site.config.base_url.path();
    let mut lines: Vec<String> = site
        .plan
        .redirects
        .iter()
        .map(|(from, to)| format!("{base}{} {} 301\n", from.encoded(), site.views.url(*to)))
        .collect();
    lines.sort();
    lines.concat()
}

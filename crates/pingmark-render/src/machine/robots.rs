//! `robots.txt`.

use crate::value::RenderContext;

/// Text that allows everything and names the sitemap.
pub fn robots(site: &RenderContext<'_>) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}/sitemap.xml\n", site.config.base_url.as_str())
}

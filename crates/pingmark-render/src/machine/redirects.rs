//! Redirects from old addresses: a page for each, and one file for hosts that read it.

use pingmark_core::html::escaped;
use pingmark_site::graph::Route;

use crate::value::RenderContext;

/// Redirect page: browsers follow it at once, search engines take its target as canonical.
pub fn redirect(to: &Route, site: &RenderContext<'_>) -> String {
    let to = escaped(&site.permalink(to));
    let lang = escaped(&site.config.main_language().code);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{to}</title>\n\
         <link rel=\"canonical\" href=\"{to}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n<body>\n<p><a href=\"{to}\">{to}</a></p>\n\
         </body>\n</html>\n"
    )
}

/// Text of `_redirects`: lines of `from to status`, as Netlify, Cloudflare Pages and others read them.
pub fn redirects(lines: &[(&Route, &Route)], site: &RenderContext<'_>) -> String {
    let mut lines: Vec<String> =
        lines.iter().map(|(from, to)| format!("{} {} 301\n", site.url(from), site.url(to))).collect();
    lines.sort();
    lines.concat()
}

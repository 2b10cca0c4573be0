//! `_headers`, for Netlify, Cloudflare Pages and others: caching and `Content-Security-Policy`.

use pingmark_site::graph::route::encode;

use crate::value::RenderContext;

/// `Content-Security-Policy` without `script-src`: files of the site, and images, media and frames of other
/// hosts over HTTPS.
const POLICY: &str = "default-src 'self'; style-src 'self'; img-src 'self' data: https:; \
    media-src 'self' https:; frame-src 'self' https:; object-src 'none'; base-uri 'self'; \
    form-action 'self' https:; frame-ancestors 'self'";

/// Whether an address can stand in a header as it is.
fn is_one_line(address: &str) -> bool {
    !address.contains(|c: char| c.is_control() || c.is_whitespace() || c == '>')
}

/// Text of the file: rules for all pages, then one for each of the `immutable` files, which have a content
/// hash in their names.
pub fn headers(immutable: &[&str], site: &RenderContext<'_>) -> String {
    let base = site.config.base_url.path();
    let inline = site.templates.inline_scripts().iter().map(|fingerprint| format!(" {fingerprint}"));
    let counter = site.config.counter();
    let counter = counter
        .as_ref()
        .filter(|counter| [&counter.script, &counter.host].iter().all(|one| is_one_line(one)));
    // What counts visits is a script, and sends to its server.
    let (script, connect) = counter.map_or_else(Default::default, |counter| {
        (format!(" {}", counter.script_origin), format!("; connect-src 'self' {}", counter.host))
    });
    let scripts = format!("script-src 'self'{script}{}{connect}", inline.collect::<String>());
    let mut text = format!(
        "{base}/*\n  Content-Security-Policy: {POLICY}; {scripts}\n  X-Content-Type-Options: nosniff\n  \
         Referrer-Policy: strict-origin-when-cross-origin\n"
    );
    // Where other sites tell that they link here (Webmention 3.1.2, Pingback 2).
    let rules = &site.config.settings.mentions;
    if let Some(endpoint) = rules.webmention_endpoint().filter(|address| is_one_line(address)) {
        text.push_str(&format!("  Link: <{endpoint}>; rel=\"webmention\"\n"));
    }
    if let Some(server) = rules.pingback_server().filter(|address| is_one_line(address)) {
        text.push_str(&format!("  X-Pingback: {server}\n"));
    }
    for address in immutable {
        let address =
            address.strip_suffix("*").map_or_else(|| encode(address), |folder| encode(folder) + "*");
        text.push_str(&format!("{base}{address}\n  Cache-Control: public, max-age=31536000, immutable\n"));
    }
    text
}

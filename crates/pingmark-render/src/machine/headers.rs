//! `_headers`, which Netlify, Cloudflare Pages and others read: what browsers may keep, and what
//! pages may do.

use pingmark_site::graph::route::encode;

use crate::value::RenderContext;

/// What pages may load, but for the scripts: the site's own files, and pictures, films and
/// frames that a text shows from elsewhere, never over an open line.
const POLICY: &str = "default-src 'self'; style-src 'self'; img-src 'self' data: https:; \
    media-src 'self' https:; frame-src 'self' https:; object-src 'none'; base-uri 'self'; \
    form-action 'self' https:; frame-ancestors 'self'";

/// The file's text: the rules of every page, then those of each file whose name changes with
/// its content.
pub fn headers(lasting: &[&str], site: &RenderContext<'_>) -> String {
    let base = site.config.base_url.path();
    let inline = site.templates.inline_scripts().iter().map(|fingerprint| format!(" {fingerprint}"));
    let scripts = format!("script-src 'self'{}", inline.collect::<String>());
    let mut text = format!(
        "{base}/*\n  Content-Security-Policy: {POLICY}; {scripts}\n  X-Content-Type-Options: nosniff\n  \
         Referrer-Policy: strict-origin-when-cross-origin\n"
    );
    for address in lasting {
        let address =
            address.strip_suffix("*").map_or_else(|| encode(address), |folder| encode(folder) + "*");
        text.push_str(&format!("{base}{address}\n  Cache-Control: public, max-age=31536000, immutable\n"));
    }
    text
}

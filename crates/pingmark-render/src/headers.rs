//! `_headers`, which Netlify, Cloudflare Pages and others read: what browsers may keep, and what
//! pages may do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use pingmark_site::graph::route::encode;

use super::value::RenderContext;

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

/// The fingerprints of the scripts that stand in a template as they are, to be allowed by name
/// (CSP 3, `hash-source`). One that a template fills in has none: it cannot be known.
pub fn inline_scripts(template: &str) -> Vec<String> {
    let bodies = template.split("<script>").skip(1).filter_map(|rest| rest.split_once("</script>"));
    bodies
        .map(|(body, _)| body)
        .filter(|body| !["{{", "{%", "{#"].iter().any(|mark| body.contains(mark)))
        .map(|body| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(body.as_bytes()))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::inline_scripts;

    #[test]
    fn scripts_are_known_by_their_fingerprint() {
        // The example of MDN on `script-src`.
        let known = inline_scripts("<p></p><script>doSomething();</script><script src=\"x\"></script>");
        assert_eq!(known, ["'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"]);
        assert!(inline_scripts("<script>x = {{ y }}</script><script>").is_empty());
    }
}

//! Scripts inside templates, which the site's `Content-Security-Policy` has to allow by their hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Hash sources (CSP 3) of the scripts in a template. A script that the template fills in has none:
/// its text is not known.
pub(super) fn hash_sources(template: &str) -> Vec<String> {
    let bodies = template.split("<script>").skip(1).filter_map(|rest| rest.split_once("</script>"));
    bodies
        .map(|(body, _)| body)
        .filter(|body| !["{{", "{%", "{#"].iter().any(|mark| body.contains(mark)))
        .map(|body| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(body.as_bytes()))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::hash_sources;

    #[test]
    fn scripts_are_known_by_their_hash() {
        // The example of MDN on `script-src`.
        let known = hash_sources("<p></p><script>doSomething();</script><script src=\"x\"></script>");
        assert_eq!(known, ["'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"]);
        assert!(hash_sources("<script>x = {{ y }}</script><script>").is_empty());
    }
}

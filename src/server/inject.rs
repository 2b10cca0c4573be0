//! Adds the live reload script and the banner to served pages. Published files have neither.
//!
//! Script and style are served from the site's own origin, so that a Content-Security-Policy that
//! allows the site's own scripts allows them too.

use pingmark_core::html::escaped;

use super::snapshot::{FileSource, ServedFile, Snapshot};

/// Path prefix of the server's own files.
pub(super) const ASSETS: &str = "/.pingmark/";
/// Path of the event stream.
pub(super) const EVENTS: &str = "/.pingmark/events";
/// Path of the live reload script.
pub(super) const SCRIPT: &str = "/.pingmark/live.js";
/// Path of the style of the banner and of the error page.
pub(super) const STYLE: &str = "/.pingmark/live.css";

/// HTML to add to a page; may be empty.
pub(super) fn addition(address: &str, file: &ServedFile, snapshot: &Snapshot, live: bool) -> String {
    let mut text = String::new();
    if snapshot.banner.is_some() || has_broken_link(file) {
        text.push_str(&format!("<link rel=\"stylesheet\" href=\"{STYLE}\" data-pingmark>"));
    }
    if let Some(banner) = &snapshot.banner {
        text.push_str(&format!(
            "<aside class=\"pingmark-banner\" role=\"note\" lang=\"en\" data-pingmark>{}</aside>",
            escaped(banner)
        ));
    }
    if live {
        text.push_str(&script(address, &file.etag.to_string()));
    }
    text
}

/// Whether a page has words of a link that leads nowhere, which the style marks for the author.
fn has_broken_link(file: &ServedFile) -> bool {
    let FileSource::Memory(bytes) = &file.body else { return false };
    let has = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
    has(b"class=\"broken\"") || has(b" data-broken-")
}

fn script(address: &str, tag: &str) -> String {
    format!(
        "<script src=\"{SCRIPT}\" data-pingmark data-page=\"{}\" data-tag=\"{tag}\" async></script>",
        escaped(address)
    )
}

/// Inserts HTML at the end of the body of a page.
pub(super) fn into_page(page: &[u8], addition: &str) -> Vec<u8> {
    let closing = b"</body";
    let at = page.windows(closing.len()).rposition(|window| window.eq_ignore_ascii_case(closing));
    let (before, after) = page.split_at(at.unwrap_or(page.len()));
    [before, addition.as_bytes(), after].concat()
}

/// Error page shown at every address until the first build succeeds.
pub(super) fn problem_page(problems: &[String], live: bool) -> String {
    let shown: String = problems.iter().map(|problem| format!("<pre>{}</pre>\n", escaped(problem))).collect();
    let script = if live { script("", "") } else { String::new() };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>The site cannot be built</title>\n<link rel=\"stylesheet\" href=\"{STYLE}\">\n</head>\n\
         <body class=\"pingmark-problems\">\n<main>\n<h1>The site cannot be built</h1>\n\
         <p>This page is replaced as soon as the errors are fixed.</p>\n{shown}</main>\n{script}</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addition_is_inserted_at_the_end_of_the_body() {
        let page = b"<body><pre>&lt;/body></pre><p>un</BODY ></html>";
        assert_eq!(into_page(page, "+"), b"<body><pre>&lt;/body></pre><p>un+</BODY ></html>");
        assert_eq!(into_page(b"<p>un", "+"), b"<p>un+");
    }

    #[test]
    fn a_problem_is_escaped() {
        let page = problem_page(&["error: `<script>alert(1)</script>`".to_owned()], false);
        assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>"), "{page}");
    }
}

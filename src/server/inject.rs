//! What is added to pages on their way to the browser, and to nothing that is published.
//!
//! The script and the style come from the server itself, so that a page whose
//! Content-Security-Policy allows its own site's scripts allows these.

use pingmark_core::html::escaped;

use super::snapshot::{Entry, Snapshot};

/// Where the server's own files are, beside the site.
pub(super) const OWN: &str = "/.pingmark/";
/// The events' address.
pub(super) const EVENTS: &str = "/.pingmark/events";
/// The script's address.
pub(super) const SCRIPT: &str = "/.pingmark/live.js";
/// The address of the style of what is added.
pub(super) const STYLE: &str = "/.pingmark/live.css";

/// What is added to a page; empty when there is nothing to add.
pub(super) fn addition(address: &str, entry: &Entry, snapshot: &Snapshot, live: bool) -> String {
    let mut text = String::new();
    if let Some(banner) = &snapshot.banner {
        text.push_str(&format!(
            "<link rel=\"stylesheet\" href=\"{STYLE}\" data-pingmark>\
             <aside class=\"pingmark-banner\" role=\"note\" lang=\"en\" data-pingmark>{}</aside>",
            escaped(banner)
        ));
    }
    if live {
        text.push_str(&script(address, &entry.tag.to_string()));
    }
    text
}

fn script(address: &str, tag: &str) -> String {
    format!(
        "<script src=\"{SCRIPT}\" data-pingmark data-page=\"{}\" data-tag=\"{tag}\" async></script>",
        escaped(address)
    )
}

/// A page with something added at the end of its body.
pub(super) fn into_page(page: &[u8], addition: &str) -> Vec<u8> {
    let closing = b"</body";
    let at = page.windows(closing.len()).rposition(|window| window.eq_ignore_ascii_case(closing));
    let (before, after) = page.split_at(at.unwrap_or(page.len()));
    [before, addition.as_bytes(), after].concat()
}

/// What is shown for every address as long as no build has succeeded.
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
    fn an_addition_stands_at_the_end_of_the_body() {
        let page = b"<body><pre>&lt;/body></pre><p>un</BODY ></html>";
        assert_eq!(into_page(page, "+"), b"<body><pre>&lt;/body></pre><p>un+</BODY ></html>");
        assert_eq!(into_page(b"<p>un", "+"), b"<p>un+");
    }

    #[test]
    fn a_problem_is_text() {
        let page = problem_page(&["error: `<script>alert(1)</script>`".to_owned()], false);
        assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>"), "{page}");
    }
}

//! Redirects from old addresses: a page for each, and one file for hosts that read it.

use std::collections::HashSet;

use pingmark_core::html::escaped;
use pingmark_site::graph::Route;

use crate::value::RenderContext;
use crate::view::RedirectsView;

/// Redirect page: browsers follow it at once, search engines take its target as canonical.
/// It leads there below any host, so that a copy of the site at another address leads to itself.
pub fn redirect(to: &Route, site: &RenderContext<'_>) -> String {
    let canonical = escaped(&site.permalink(to));
    let to = escaped(&site.url(to));
    let lang = escaped(&site.config.main_language().code);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{to}</title>\n\
         <link rel=\"canonical\" href=\"{canonical}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n<body>\n<p><a href=\"{to}\">{to}</a></p>\n\
         </body>\n</html>\n"
    )
}

/// Text of `_redirects`: the generated lines, which name one address each, then the site's own file,
/// whose lines may have placeholders. The first line that fits an address counts; where both have one
/// for the same address, only the own one is written.
pub fn redirects(view: &RedirectsView<'_>) -> String {
    let own = view.own.unwrap_or("");
    // The address, and the parameters behind it.
    let source = |line: &str| -> Vec<String> {
        let words = line.split_whitespace().enumerate();
        let words =
            words.take_while(|(number, word)| *number == 0 || (word.contains('=') && !word.contains("//")));
        words.map(|(_, word)| word.to_owned()).collect()
    };
    let taken: HashSet<Vec<String>> =
        own.lines().filter(|line| !line.trim_start().starts_with('#')).map(source).collect();
    let mut lines: Vec<&String> = view.lines.iter().filter(|line| !taken.contains(&source(line))).collect();
    lines.sort();
    let mut text = String::with_capacity(own.len() + 64 * lines.len());
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(own);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_lines_are_kept_and_win() {
        let lines =
            ["/a/ /posts/a/ 301", "/ p=1 /posts/a/ 301", "/b/ /posts/b/ 301"].map(str::to_owned).to_vec();
        let own = "# ours\n/b/ /ailleurs/ 302\n/vieux/* /:splat 301\n";
        let text = redirects(&RedirectsView { own: Some(own), lines });
        assert_eq!(text, format!("/ p=1 /posts/a/ 301\n/a/ /posts/a/ 301\n{own}"));
    }
}

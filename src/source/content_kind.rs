//! Tells the files below `content/` apart: articles, texts in a markup that is not read, and files to
//! copy. HTML files and the like are opened to look for a front matter: whatever has one is the source
//! of a page, and its raw text is never published.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use pingmark_core::path::SitePath;
use pingmark_core::site_files::{is_html, is_markdown};

/// A front matter is looked for in this many bytes.
const HEAD: u64 = 8 * 1024;
/// Extensions of texts that are sources of pages whatever they begin with: programs turn them into HTML.
const ALWAYS: [&str; 6] = ["mdoc", "mdx", "markdoc", "qmd", "rmd", "svx"];
/// Extensions of texts that are sources of pages if they begin with a front matter.
const WITH_FRONT_MATTER: [&str; 34] = [
    "adoc",
    "asc",
    "asciidoc",
    "astro",
    "creole",
    "css",
    "ejs",
    "haml",
    "hbs",
    "js",
    "json",
    "liquid",
    "mediawiki",
    "mustache",
    "njk",
    "org",
    "pod",
    "pug",
    "rest",
    "rst",
    "sass",
    "scss",
    "shtml",
    "slim",
    "svelte",
    "tera",
    "text",
    "textile",
    "txt",
    "vue",
    "webc",
    "wiki",
    "xhtml",
    "xml",
];
/// Keys that show that lines like `Title: words` are a front matter.
const KEYS: [&str; 12] = [
    "author", "authors", "category", "date", "draft", "lang", "layout", "slug", "status", "summary", "tags",
    "title",
];

/// What a file below `content/` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContentKind {
    /// An article in Markdown or HTML.
    Article,
    /// The source of a page in a markup that is not read. Neither read nor copied.
    OtherMarkup,
    /// Any other file, which is copied.
    Copied,
}

impl ContentKind {
    /// Kind of a file below `content/`. Opens it if its name is not enough.
    pub(super) fn of(path: &SitePath, location: &Path) -> Self {
        let name = path.name();
        if is_markdown(name) {
            return Self::Article;
        }
        let extension = path.extension().to_ascii_lowercase();
        if ALWAYS.contains(&extension.as_str()) {
            return Self::OtherMarkup;
        }
        let html = is_html(name);
        if !html && !WITH_FRONT_MATTER.contains(&extension.as_str()) {
            return Self::Copied;
        }
        let has_one = head(location).is_some_and(|head| has_front_matter(&head, &extension));
        match (has_one, html) {
            (false, _) => Self::Copied,
            (true, true) => Self::Article,
            (true, false) => Self::OtherMarkup,
        }
    }
}

fn head(location: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(location).ok()?.take(HEAD).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether a text begins with a front matter, in the form that its format has.
fn has_front_matter(text: &str, extension: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.next().unwrap_or_default();
    let marked = match first {
        // A line below makes the first one a heading or a rule, unless keys follow.
        "---" | "+++" | ";;;" => {
            let next = lines.clone().find(|line| !line.trim().is_empty()).unwrap_or_default();
            next == first || next.trim_start().starts_with('#') || is_key_line(next)
        }
        "{" => {
            extension != "json" && lines.clone().next().is_some_and(|line| line.trim_start().starts_with('"'))
        }
        _ => false,
    };
    let own = || match extension {
        "rst" | "rest" => lines.clone().any(|line| {
            line.starts_with(':') && is_known(line[1..].split(':').next().unwrap_or_default())
                || line
                    .strip_prefix(".. ")
                    .is_some_and(|rest| is_known(rest.split(':').next().unwrap_or_default()))
        }),
        "org" => text.lines().any(|line| line.starts_with("#+")),
        "adoc" | "asciidoc" | "asc" => {
            first.starts_with("= ") || (first.starts_with(':') && first[1..].contains(':'))
        }
        _ => false,
    };
    marked || own() || is_headed(text, extension)
}

/// Whether a line has a key and a value: `title: x`, `title = "x"`, `"title": "x"`.
fn is_key_line(line: &str) -> bool {
    let line = line.trim_start_matches(['"', '\'', '[', ' ']);
    let end =
        line.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.')).unwrap_or(line.len());
    let rest = line[end..].trim_start_matches(['"', '\'', ' ']);
    end > 0 && rest.starts_with([':', '=', ']'])
}

/// Whether a plain text begins with two lines of known keys, such as `Title: x` and `Date: y`.
fn is_headed(text: &str, extension: &str) -> bool {
    let has_headers = matches!(extension, "rst" | "rest" | "text" | "textile" | "txt" | "wiki");
    let keys = text.lines().take(2).filter(|line| {
        line.split_once(':')
            .is_some_and(|(key, value)| is_known(key.trim()) && value.starts_with([' ', '\t']))
    });
    has_headers && keys.count() == 2
}

fn is_known(key: &str) -> bool {
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::has_front_matter;

    #[test]
    fn a_front_matter_is_recognised_in_every_form() {
        for (extension, text) in [
            ("html", "---\ntitle: x\n---\n<p>y"),
            ("html", "\u{feff}---\r\ntitle: x\r\n---\r\n"),
            ("html", "---\n---\n"),
            ("html", "---\n# a comment\ntitle: x\n---\n"),
            ("html", "+++\ntitle = \"x\"\n+++\n"),
            ("html", "+++\n[extra]\n+++\n"),
            ("html", "{\n  \"title\": \"x\"\n}\n"),
            ("txt", "Title: x\nDate: 2026-01-01\n\ny"),
            ("rst", "Titre\n#####\n\n:date: 2026-01-01\n:status: draft\n\ny"),
            ("rst", ".. title: x\n.. slug: y\n"),
            ("org", "#+TITLE: x\n"),
            ("adoc", "= Titre\n:status: draft\n"),
            ("njk", "---\nlayout: base\n---\n"),
        ] {
            assert!(has_front_matter(text, extension), "{extension} {text:?}");
        }
        for (extension, text) in [
            ("html", "<!doctype html>\n<title>x</title>"),
            ("txt", "User-agent: *\nDisallow:"),
            ("txt", "Title: x\n\nUn texte."),
            ("txt", "---\nUne ligne.\n"),
            ("json", "{\n  \"title\": \"x\"\n}\n"),
            ("xml", "<?xml version=\"1.0\"?>\n"),
            ("css", "body { color: red }\n"),
            ("txt", ""),
        ] {
            assert!(!has_front_matter(text, extension), "{extension} {text:?}");
        }
    }
}

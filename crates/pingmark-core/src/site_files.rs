//! Names of the files and folders that make up a site.

use crate::path::SitePath;

/// The settings.
pub const CONFIG: &str = "pingmark.yaml";
/// The catalogue of cited sources.
pub const SOURCES: &str = "sources.yaml";
/// The folder of received mentions: one folder per post, one file per mention.
pub const MENTIONS: &str = "mentions";
/// The folder of ledgers: what each post told to other sites.
pub const OUTBOX: &str = "outbox";

/// Whether a file below [`MENTIONS`] is a mention, by its extension.
pub fn is_mention(path: &SitePath) -> bool {
    matches!(path.extension(), "yaml" | "yml")
}

/// Extensions of Markdown files.
const MARKDOWN: [&str; 6] = ["md", "markdown", "mdown", "mkd", "mkdn", "mdwn"];
/// Extensions of HTML files.
const HTML: [&str; 2] = ["html", "htm"];

/// Whether a file is Markdown, by the extension of its name in any case.
pub fn is_markdown(name: &str) -> bool {
    has_extension(name, &MARKDOWN)
}

/// Whether a file is HTML, by the extension of its name in any case.
pub fn is_html(name: &str) -> bool {
    has_extension(name, &HTML)
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// The name of an article's file without its extension.
pub fn article_stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if is_markdown(name) || is_html(name) => stem,
        _ => name,
    }
}

/// The part of a path below `content/` that keeps the file from being published, if there is one: a
/// folder of drafts, or a folder or file whose name begins with `_`. `_index.md` is the text of a list,
/// and `_posts` is Jekyll's name for what is published.
pub fn held_back_by(inside: &str) -> Option<&str> {
    let (folders, name) = inside.rsplit_once('/').unwrap_or(("", inside));
    let is_held = |folder: &&str| {
        (folder.starts_with('_') && *folder != "_posts")
            || ["drafts", "brouillons"].iter().any(|drafts| folder.eq_ignore_ascii_case(drafts))
    };
    let file = Some(name).filter(|name| name.starts_with('_') && !name.starts_with("_index."));
    folders.split('/').find(is_held).or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_recognised_by_their_place() {
        for (inside, held) in [
            ("posts/a.md", None),
            ("posts/_a.md", Some("_a.md")),
            ("_drafts/a.md", Some("_drafts")),
            ("posts/Drafts/x/a.png", Some("Drafts")),
            ("brouillons/a.md", Some("brouillons")),
            ("_index.md", None),
            ("posts/_index.fr.md", None),
            ("_posts/a.md", None),
            ("posts/drafts.md", None),
            ("posts/a_b.md", None),
        ] {
            assert_eq!(held_back_by(inside), held, "{inside}");
        }
    }

    #[test]
    fn articles_are_recognised_by_their_extension() {
        assert!(
            is_markdown("a.MD") && is_markdown("a.fr.markdown") && !is_markdown("md") && is_html("A.HTM")
        );
        assert_eq!(
            (article_stem("a.fr.md"), article_stem("a.txt"), article_stem("index.HTML")),
            ("a.fr", "a.txt", "index")
        );
    }
}

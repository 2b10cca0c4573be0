//! Links, images and citations in texts.

use serde::{Deserialize, Serialize};

use super::{Alike, Text, owned, says};
use crate::address::split_host;
use crate::diag::args::UnpublishedReason;
use crate::diag::{Code, Diagnostic, Spot};
use crate::path::SitePath;
use crate::site_files;

/// Problems of links.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Links {
    NotFound { target: String, near: Option<String> },
    FileNotFound { target: String, near: Option<String>, place: Option<SitePath> },
    AddressNotFound { target: String, near: Option<String> },
    MenuNotFound { target: String, near: Option<String> },
    Held { target: String, reason: UnpublishedReason },
    FileHeld { path: SitePath, reason: UnpublishedReason },
    Local { target: String },
    OtherCase { target: String, near: String },
    Unsafe { target: String },
    WikilinkNotFound { target: String, near: Option<String> },
    WikilinkAmbiguous { target: String, known: Vec<SitePath> },
    CiteNotFound { target: String, near: Option<String> },
    AnchorNotFound { target: String, path: SitePath, near: Option<String> },
}

impl Links {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::NotFound { target, near } => says(format!("the file `{target}` does not exist"))
                .label("broken link")
                .hint("link to a post by its file, relative to this one: `[text](other-post.md)`")
                .near(near),
            Self::FileNotFound { target, near, place } => {
                let found = place.as_ref().zip(near.as_ref());
                says(format!("the file `{target}` does not exist"))
                    .hint("put it next to this file, or in static/ and start its URL with `/`")
                    .near(near)
                    .hint_opt(found.map(|(place, near)| format!("it is at {place}: write `{near}`")))
            }
            Self::AddressNotFound { target, near } => says(format!("this site has no page `{target}`"))
                .label("broken link")
                .hint("link to the file of a post instead: `[text](other-post.md)`")
                .near(near),
            Self::MenuNotFound { target, near } => says(format!("this site has no page `{target}`"))
                .label("broken link")
                .hint("a menu takes the address of a page, `/about/`, or a whole URL")
                .near(near),
            Self::Held { target, reason } => {
                let (state, hint) = match reason {
                    UnpublishedReason::Draft => ("is a draft", "the link works once the draft is published"),
                    UnpublishedReason::Scheduled => {
                        ("is not published yet", "the link works from its date on")
                    }
                    UnpublishedReason::Expired => {
                        ("has expired", "remove the link, or the `expires:` of its target")
                    }
                };
                says(format!("`{target}` {state}; the link to it is shown as plain text")).hint(hint)
            }
            Self::FileHeld { path, reason } => {
                let state = match reason {
                    UnpublishedReason::Draft => "is a draft",
                    UnpublishedReason::Scheduled => "is not published yet",
                    UnpublishedReason::Expired => "has expired",
                };
                says(format!("`{path}` belongs to a post that {state}, and is published with it only"))
                    .hint("copy the file next to this post, or into static/, if readers may see it now")
            }
            Self::Local { target } => {
                says(format!("`{target}` exists on your computer only: readers cannot open it"))
                    .hint("put the file next to this post or into static/, or link to a page on the web")
            }
            Self::OtherCase { target, near } => says(format!(
                "`{target}` differs from `{near}` in upper and lower case only"
            ))
            .hint(format!("write `{near}`, as the published page does: most servers tell the two apart")),
            Self::Unsafe { target } => says(format!("`{target}` could run a script in the reader's browser"))
                .hint("use a URL that starts with https://"),
            Self::WikilinkNotFound { target, near } => says(format!("there is no post `{target}`"))
                .label("broken link")
                .hint("a wikilink names a post by its slug: [[my-post]] or [[my-post|link text]]")
                .near(near),
            Self::WikilinkAmbiguous { target, known } => {
                let files: Vec<&str> = known.iter().map(SitePath::as_str).collect();
                says(format!("several posts have the slug `{target}`"))
                    .hint(format!("link to one of their files: {}", files.join(", ")))
            }
            Self::CiteNotFound { target, near } => says(format!("`{target}` is neither a source nor a post"))
                .label("unknown citation")
                .hint(format!(
                    "add `{target}:` to {}, cite a post by its slug, or write `\\[@` to show the brackets",
                    site_files::SOURCES
                ))
                .near(near),
            Self::AnchorNotFound { target, path, near } => {
                says(format!("{path} has no heading with the ID `{target}`")).near(near)
            }
        }
    }
}

impl Links {
    /// Where links of one kind lead: to a folder of the host, or to files with an extension.
    pub(super) fn alike(&self) -> Option<Alike> {
        let (target, what) = match self {
            Self::NotFound { target, .. } | Self::AddressNotFound { target, .. } => {
                (target, "broken links to")
            }
            Self::FileNotFound { target, .. } => (target, "missing files"),
            Self::WikilinkNotFound { .. } => {
                return Some(Alike {
                    words: "wikilinks to posts that do not exist".to_owned(),
                    folder: None,
                });
            }
            _ => return None,
        };
        if target.contains("{{") || target.contains("{%") {
            let words = "links with template tags of another generator".to_owned();
            return Some(Alike { words, folder: None });
        }
        let path = split_host(target).map_or(target.as_str(), |(_, path)| path);
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let folder = path.strip_prefix('/').and_then(|inside| Some(inside.split_once('/')?.0));
        let (words, folder) = match (folder, path.rsplit('/').next()?.rsplit_once('.')) {
            (Some(folder), _) => (format!("`/{folder}/…`"), Some(format!("/{folder}/"))),
            (None, Some((_, extension))) => (format!("`*.{}`", extension.to_ascii_lowercase()), None),
            (None, None) => return None,
        };
        Some(Alike { words: format!("{what} {words}"), folder })
    }
}

/// A link to a text that does not exist.
pub fn link_not_found(path: &SitePath, spot: &Spot, target: &str, near: Option<&str>) -> Diagnostic {
    let cause = Links::NotFound { target: target.to_owned(), near: owned(near) };
    Diagnostic::error(Code::LinkNotFound, cause).at(path, spot.clone())
}

/// An image or another file that does not exist. `near` is how a similar file is written; `place`
/// is its path if it has the same name.
pub fn file_not_found(
    path: &SitePath,
    spot: &Spot,
    target: &str,
    near: Option<&str>,
    place: Option<&SitePath>,
) -> Diagnostic {
    let cause = Links::FileNotFound { target: target.to_owned(), near: owned(near), place: place.cloned() };
    Diagnostic::error(Code::FileNotFound, cause).at(path, spot.clone())
}

/// A link to an address of this site that nothing stands at.
pub fn address_not_found(path: &SitePath, spot: &Spot, address: &str, near: Option<&str>) -> Diagnostic {
    let cause = Links::AddressNotFound { target: address.to_owned(), near: owned(near) };
    Diagnostic::error(Code::LinkNotFound, cause).at(path, spot.clone())
}

/// A link of a menu to an address of this site that nothing stands at; `keys` lead to it in the settings.
pub fn menu_not_found(path: &SitePath, keys: Vec<String>, target: &str, near: Option<&str>) -> Diagnostic {
    let cause = Links::MenuNotFound { target: target.to_owned(), near: owned(near) };
    Diagnostic::error(Code::LinkNotFound, cause).at(path, Spot::Value(keys, target.to_owned()))
}

/// A link to something that is not published.
pub fn link_held(path: &SitePath, spot: &Spot, target: &str, reason: UnpublishedReason) -> Diagnostic {
    Diagnostic::warning(Code::LinkHeld, Links::Held { target: target.to_owned(), reason })
        .at(path, spot.clone())
}

/// A file that belongs to a text that is not published.
pub fn file_held(path: &SitePath, spot: &Spot, file: &SitePath, reason: UnpublishedReason) -> Diagnostic {
    Diagnostic::warning(Code::LinkHeld, Links::FileHeld { path: file.clone(), reason }).at(path, spot.clone())
}

/// A link that could run a script.
pub fn link_unsafe(path: &SitePath, spot: &Spot, target: &str) -> Diagnostic {
    Diagnostic::error(Code::LinkUnsafe, Links::Unsafe { target: target.to_owned() }).at(path, spot.clone())
}

/// A wikilink to nothing.
pub fn wikilink_not_found(path: &SitePath, spot: &Spot, name: &str, near: Option<&str>) -> Diagnostic {
    let cause = Links::WikilinkNotFound { target: name.to_owned(), near: owned(near) };
    Diagnostic::error(Code::LinkNotFound, cause).at(path, spot.clone())
}

/// A wikilink to several articles.
pub fn wikilink_ambiguous(path: &SitePath, spot: &Spot, name: &str, found: &[&SitePath]) -> Diagnostic {
    let known = found.iter().map(|path| (*path).clone()).collect();
    Diagnostic::error(Code::LinkAmbiguous, Links::WikilinkAmbiguous { target: name.to_owned(), known })
        .at(path, spot.clone())
}

/// A citation of nothing.
pub fn cite_not_found(path: &SitePath, spot: &Spot, name: &str, near: Option<&str>) -> Diagnostic {
    let cause = Links::CiteNotFound { target: name.to_owned(), near: owned(near) };
    Diagnostic::error(Code::CiteNotFound, cause).at(path, spot.clone())
}

/// A link to a heading that does not exist.
pub fn anchor_not_found(
    path: &SitePath,
    spot: &Spot,
    anchor: &str,
    target: &SitePath,
    near: Option<&str>,
) -> Diagnostic {
    let cause = Links::AnchorNotFound { target: anchor.to_owned(), path: target.clone(), near: owned(near) };
    Diagnostic::warning(Code::AnchorNotFound, cause).at(path, spot.clone())
}

/// A link to a file or an address that differs in upper and lower case only. It is published with the right
/// name, `near`.
pub fn other_case(path: &SitePath, spot: &Spot, target: &str, near: &str) -> Diagnostic {
    let cause = Links::OtherCase { target: target.to_owned(), near: near.to_owned() };
    Diagnostic::warning(Code::FileCase, cause).at(path, spot.clone())
}

/// A link to a place that only the author's machine has.
pub fn link_local(path: &SitePath, spot: &Spot, target: &str) -> Diagnostic {
    Diagnostic::error(Code::LinkLocal, Links::Local { target: target.to_owned() }).at(path, spot.clone())
}

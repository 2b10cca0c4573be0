//! Reading the site's files.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Text, says};
use crate::diag::args::FileNameProblem;
use crate::diag::{Code, Diagnostic, Spot};
use crate::path::{PathProblem, SitePath};
use crate::sources::ReadError;

/// Problems of files.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Files {
    Unreadable { reason: ReadError },
    UnreadableEntry { place: String, reason: String },
    LinkWithoutEnd { place: String },
    LinkLeavesSite { place: String },
    Special { place: String },
    BadName { place: String, reason: FileNameProblem },
    MentionName { place: String, reason: FileNameProblem },
    Unportable { reason: PathProblem },
    TwinNames,
    MarkupUnread { count: usize, extensions: BTreeMap<String, usize> },
    SiteEmpty { unpublished: usize },
}

impl Files {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::Unreadable { reason } => says(format!("this file cannot be read: {}", read_error(reason)))
                .hint_opt(read_hint(reason).map(str::to_owned)),
            Self::UnreadableEntry { place, reason } => says(format!("`{place}` cannot be read: {reason}"))
                .hint("if it is a link, its target may be gone: repair or remove it"),
            Self::LinkWithoutEnd { place } => {
                says(format!("`{place}` is a symbolic link to a folder that contains it"))
                    .hint("remove the link: following it would never end")
            }
            Self::LinkLeavesSite { place } => {
                says(format!("`{place}` is a symbolic link to something outside the site's sources"))
                    .hint("copy it into the site: everything that a link leads to would be published")
            }
            Self::Special { place } => says(format!("`{place}` is not a regular file and is ignored"))
                .hint("move it out of the site"),
            Self::BadName { place, reason } => {
                says(format!("`{place}` cannot be published: {}", name_problem(reason)))
                    .hint("rename the file")
            }
            Self::MentionName { place, reason } => {
                says(format!("`{place}` is left out: {}", name_problem(reason))).hint("rename the file")
            }
            Self::Unportable { reason } => {
                says(format!("this file name is not portable: {reason}")).hint("rename the file")
            }
            Self::TwinNames => {
                says("two files have this name, with accents in different Unicode forms (NFC and NFD)")
                    .hint("rename one of them: most systems take the two for the same file")
            }
            Self::MarkupUnread { count, extensions } => {
                let kinds: Vec<String> =
                    extensions.iter().map(|(extension, count)| format!("{count} *.{extension}")).collect();
                let are = if *count == 1 { "file is" } else { "files are" };
                says(format!("{count} {are} neither read nor published: {}", kinds.join(", ")))
                    .hint("only Markdown (.md) and HTML with front matter become pages: convert the others")
            }
            Self::SiteEmpty { unpublished: 0 } => says("the site has no posts and no pages")
                .hint("posts are Markdown files in content/posts/; create one with `pingmark new \"Title\"`"),
            Self::SiteEmpty { unpublished } => {
                let texts = if *unpublished == 1 {
                    "the only one is".to_owned()
                } else {
                    format!("all {unpublished} are")
                };
                says(format!("no post or page is published: {texts} held back"))
                    .hint("`pingmark list drafts` and `list scheduled` show them; --drafts and --future include them")
            }
        }
    }
}

fn name_problem(reason: &FileNameProblem) -> String {
    match reason {
        FileNameProblem::NotUtf8 => "its name is not UTF-8".to_owned(),
        FileNameProblem::Path(problem) => problem.to_string(),
    }
}

/// The reason why a file cannot be read, as it follows a colon.
pub(super) fn read_error(reason: &ReadError) -> String {
    match reason {
        ReadError::Gone => "it no longer exists".to_owned(),
        ReadError::NotUtf8 { byte, .. } => format!("it is not UTF-8 (byte {byte})"),
        ReadError::Utf16 => "it is UTF-16".to_owned(),
        ReadError::TooLarge { size, max } => {
            format!("it is {} MB; the limit is {} MB", size >> 20, max >> 20)
        }
        ReadError::System(reason) => reason.clone(),
    }
}

/// The next step for a file that cannot be read.
fn read_hint(reason: &ReadError) -> Option<&'static str> {
    match reason {
        ReadError::NotUtf8 { .. } | ReadError::Utf16 => Some("save it as UTF-8"),
        ReadError::TooLarge { .. } => Some("split it into several files"),
        ReadError::System(_) => Some("check that you are allowed to read it"),
        ReadError::Gone => None,
    }
}

/// The place in a file where reading it fails.
pub(super) fn read_error_spot(reason: &ReadError) -> Spot {
    match reason {
        ReadError::NotUtf8 { line, column, .. } => Spot::LineColumn(*line, *column),
        _ => Spot::File,
    }
}

/// A path on disk as text; bytes that are no text as `\xE9`.
fn shown(place: &Path) -> String {
    match place.to_str() {
        Some(text) => text.to_owned(),
        None => place.as_os_str().as_encoded_bytes().escape_ascii().to_string(),
    }
}

/// A file whose text cannot be used.
pub fn unreadable_file(path: &SitePath, reason: &ReadError) -> Diagnostic {
    Diagnostic::error(Code::FileUnreadable, Files::Unreadable { reason: reason.clone() })
        .at(path, read_error_spot(reason))
}

/// An entry of a folder that the system does not let us see.
pub fn unreadable_entry(place: &Path, reason: &str) -> Diagnostic {
    let (place, reason) = (shown(place), reason.to_owned());
    Diagnostic::error(Code::FileUnreadable, Files::UnreadableEntry { place, reason })
}

/// A link to one of the folders it lies in.
pub fn link_without_end(place: &Path) -> Diagnostic {
    Diagnostic::error(Code::LinkWithoutEnd, Files::LinkWithoutEnd { place: shown(place) })
}

/// A symbolic link out of the site.
pub fn link_leaves_site(place: &Path) -> Diagnostic {
    Diagnostic::error(Code::LinkLeavesSite, Files::LinkLeavesSite { place: shown(place) })
}

/// A pipe, a socket, a device.
pub fn special_file(place: &Path) -> Diagnostic {
    Diagnostic::warning(Code::FileSpecial, Files::Special { place: shown(place) })
}

/// A name that no site path can have.
pub fn bad_file_name(place: &Path, reason: FileNameProblem) -> Diagnostic {
    Diagnostic::error(Code::FileName, Files::BadName { place: shown(place), reason })
}

/// A file below `mentions/` with a name that no site path can have. It is left out.
pub fn mention_file_name(place: &Path, reason: FileNameProblem) -> Diagnostic {
    Diagnostic::warning(Code::FileName, Files::MentionName { place: shown(place), reason })
}

/// A file whose name some systems refuse.
pub fn unportable_file(path: &SitePath, reason: &PathProblem) -> Diagnostic {
    Diagnostic::warning(Code::FileName, Files::Unportable { reason: reason.clone() }).at(path, Spot::File)
}

/// Texts in a markup that is not read, by extension. Told once, at the first of them.
pub fn markup_unread(first: &SitePath, extensions: &BTreeMap<String, usize>) -> Diagnostic {
    let cause = Files::MarkupUnread { count: extensions.values().sum(), extensions: extensions.clone() };
    Diagnostic::warning(Code::MarkupUnread, cause).at(first, Spot::File)
}

/// A site without a published post or page; `unpublished` texts are held back.
pub fn site_empty(unpublished: usize) -> Diagnostic {
    Diagnostic::warning(Code::SiteEmpty, Files::SiteEmpty { unpublished })
}

/// Two files whose names differ only in how their accents are composed.
pub fn twin_names(path: &SitePath) -> Diagnostic {
    Diagnostic::error(Code::FileName, Files::TwinNames).at(path, Spot::File)
}

//! The path type of the program: relative, `/`-separated, unable to leave its root.
//!
//! A [`SitePath`] names every file that is read or written. Turning it into a path of the file
//! system takes a root folder ([`SitePath::under`]), so no string in a front matter, a permalink or
//! a theme can reach outside of it.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Longest file or folder name that every common file system accepts, in bytes.
pub const MAX_COMPONENT: usize = 255;

/// A relative path inside the site or inside the output folder.
///
/// Invariants, checked on construction: not empty, no leading or trailing `/`, no empty, `.`
/// or `..` component, no backslash, no control character, no component over
/// [`MAX_COMPONENT`] bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct SitePath(Arc<str>);

/// Why a text is not a [`SitePath`], or why a file name is not portable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathProblem {
    /// Empty text or component.
    Empty,
    /// Absolute path.
    Absolute,
    /// Component `.` or `..`, which could leave the folder.
    Traversal,
    /// Backslash, control character, or character that Windows refuses.
    Character(char),
    /// A component is longer than [`MAX_COMPONENT`]; its length in bytes.
    TooLong(usize),
    /// A component is a device name on Windows (`con`, `nul.txt`).
    Reserved(String),
    /// A component ends in a dot or a space, which Windows drops.
    Ending(String),
}

impl fmt::Display for PathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "it is empty"),
            Self::Absolute => write!(f, "it is an absolute path"),
            Self::Traversal => write!(f, "it contains `.` or `..`, which could lead out of the site"),
            Self::Character(c) => write!(f, "it contains {c:?}, which some systems do not allow"),
            Self::TooLong(bytes) => {
                write!(f, "a part of it is {bytes} bytes long; file systems allow {MAX_COMPONENT}")
            }
            Self::Reserved(name) => write!(f, "`{name}` is a reserved name on Windows"),
            Self::Ending(name) => write!(f, "`{name}` ends in a dot or a space, which Windows removes"),
        }
    }
}

impl SitePath {
    /// Checks a text and makes it a path. Portability is not checked: see [`SitePath::unportable`].
    pub fn new(text: &str) -> Result<Self, PathProblem> {
        check(text)?;
        Ok(Self(text.into()))
    }

    /// A path written in the program's source, such as `pingmark.yaml`.
    ///
    /// # Panics
    /// If the text is not a valid path.
    pub fn constant(text: &'static str) -> Self {
        Self::new(text).expect("a constant path is well-formed")
    }

    /// The path of `more` below this folder; `more` may have several components.
    pub fn join(&self, more: &str) -> Result<Self, PathProblem> {
        Self::new(&format!("{}/{more}", self.0))
    }

    /// The path as text, with `/` between components.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parent folder; empty at the top level.
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    /// The last component.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The name up to its first dot: `un` of `content/un.fr.md`.
    pub fn stem(&self) -> &str {
        self.name().split('.').next().unwrap_or(self.name())
    }

    /// The extension behind the last dot, as written; empty if there is none or the name only
    /// starts with a dot.
    pub fn extension(&self) -> &str {
        match self.name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ => "",
        }
    }

    /// The components, in order.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The path relative to a folder; `None` if it does not lie below it.
    pub fn below(&self, folder: &str) -> Option<&str> {
        self.0.strip_prefix(folder)?.strip_prefix('/')
    }

    /// The path in the file system, below a root folder.
    pub fn under(&self, root: &Path) -> PathBuf {
        let mut path = root.to_path_buf();
        path.extend(self.components());
        path
    }

    /// Why a file with this path could not be checked out or unpacked on every common system, if it
    /// could not.
    pub fn unportable(&self) -> Option<PathProblem> {
        self.components().find_map(unportable)
    }
}

/// A name in Unicode's composed form (NFC), in which the names of a site are compared: systems write `é`
/// as one character or as `e` with an accent.
pub fn composed(name: &str) -> Cow<'_, str> {
    match name.is_ascii() || is_nfc_quick(name.chars()) == IsNormalized::Yes {
        true => name.into(),
        false => name.nfc().collect::<String>().into(),
    }
}

/// A path in which neither case nor composition tells names apart, as on many file systems.
pub fn folded(path: &str) -> String {
    match path.is_ascii() {
        true => path.to_ascii_lowercase(),
        false => path.nfc().flat_map(char::to_lowercase).collect(),
    }
}

/// Checks the invariants of [`SitePath`].
fn check(text: &str) -> Result<(), PathProblem> {
    if text.is_empty() {
        return Err(PathProblem::Empty);
    }
    if text.starts_with('/') {
        return Err(PathProblem::Absolute);
    }
    // Control characters are below 0x20, 0x7f, or begin with the byte 0xc2.
    if text.bytes().any(|byte| matches!(byte, 0..0x20 | 0x7f | 0xc2 | b'\\'))
        && let Some(c) = text.chars().find(|c| c.is_control() || *c == '\\')
    {
        return Err(PathProblem::Character(c));
    }
    for component in text.split('/') {
        match component {
            "" => return Err(PathProblem::Empty),
            "." | ".." => return Err(PathProblem::Traversal),
            long if long.len() > MAX_COMPONENT => return Err(PathProblem::TooLong(long.len())),
            _ => {}
        }
    }
    Ok(())
}

/// Checks a component against the rules of Windows, the strictest of the common systems ("Naming
/// Files, Paths, and Namespaces", Microsoft Learn).
fn unportable(component: &str) -> Option<PathProblem> {
    if let Some(byte) =
        component.bytes().find(|b| matches!(b, b'<' | b'>' | b':' | b'"' | b'|' | b'?' | b'*'))
    {
        return Some(PathProblem::Character(byte.into()));
    }
    if component.ends_with(['.', ' ']) {
        return Some(PathProblem::Ending(component.to_owned()));
    }
    let stem = component.split('.').next().unwrap_or(component);
    let device = |name: &str| stem.eq_ignore_ascii_case(name);
    let numbered = |name: &str| {
        stem.len() == 4
            && stem.get(..3).is_some_and(|s| s.eq_ignore_ascii_case(name))
            && stem.ends_with(|c: char| ('1'..='9').contains(&c))
    };
    (["con", "prn", "aux", "nul"].into_iter().any(device) || numbered("com") || numbered("lpt"))
        .then(|| PathProblem::Reserved(component.to_owned()))
}

impl TryFrom<String> for SitePath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text).map_err(|problem| problem.to_string())
    }
}

impl Serialize for SitePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Borrow<str> for SitePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_could_leave_the_root_are_refused() {
        for text in ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/", "a\\b", "a\0b", "a/.."] {
            assert!(SitePath::new(text).is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn names_are_cut_into_their_parts() {
        let path = SitePath::constant("content/posts/un.fr.md");
        assert_eq!((path.parent(), path.name(), path.extension()), ("content/posts", "un.fr.md", "md"));
        assert_eq!(path.below("content"), Some("posts/un.fr.md"));
        assert_eq!(path.below("cont"), None);
    }

    #[test]
    fn names_that_windows_refuses_are_found() {
        for name in ["con", "NUL.txt", "com1", "a:b", "fin.", "LPT9.md", "x?"] {
            assert!(SitePath::new(name).unwrap().unportable().is_some(), "{name} passed");
        }
        for name in ["console", "com10", "nul-part", "été.md", "com0"] {
            assert_eq!(SitePath::new(name).unwrap().unportable(), None, "{name} was refused");
        }
    }
}

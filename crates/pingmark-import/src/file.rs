//! Files that an import makes.

use pingmark_core::path::{SitePath, folded};

/// File of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Path in the site.
    pub path: SitePath,
    /// Text.
    pub text: String,
}

/// Name of a file of `folder`, made unique: with a number if another one has it. Names that some system
/// refuses get an `x-`.
pub fn unique(
    folder: &str,
    stem: &str,
    extension: &str,
    taken: &mut std::collections::HashSet<String>,
) -> SitePath {
    let mut stem = stem.to_owned();
    // The longest name that common systems take, with room for a number.
    while stem.len() > 180 {
        stem.pop();
    }
    let named = |stem: &str| SitePath::new(&format!("{folder}/{stem}.{extension}"));
    let is_fine = named(&stem).is_ok_and(|path| path.unportable().is_none());
    let stem = if is_fine && !stem.is_empty() { stem } else { format!("x-{stem}") };
    for number in 1.. {
        let tried = if number == 1 { stem.clone() } else { format!("{stem}-{number}") };
        let Ok(path) = named(&tried) else { break };
        if taken.insert(folded(path.as_str())) {
            return path;
        }
    }
    SitePath::new(&format!("content/imported-{}.{extension}", taken.len())).expect("a fixed name is a path")
}

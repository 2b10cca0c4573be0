//! Names of the files and folders that make up a site.

use crate::path::SitePath;

/// The settings.
pub const CONFIG: &str = "pingmark.yaml";
/// The catalogue of cited sources.
pub const SOURCES: &str = "sources.yaml";
/// The folder of received mentions: one folder per post, one file per mention.
pub const MENTIONS: &str = "mentions";

/// Whether a file below [`MENTIONS`] is a mention, by its extension.
pub fn is_mention(path: &SitePath) -> bool {
    matches!(path.extension(), "yaml" | "yml")
}

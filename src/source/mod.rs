//! STAGE 1. Disk → Sources.
//!
//! Receives a site's folder. Gives [`Sources`](pingmark_core::sources::Sources): every file that
//! the build may use, by its path in the site. Uses walkdir, in [`disk`]. Never parses what it
//! reads: a front matter is plain text here.

pub mod builtin;
mod content_kind;
pub mod disk;
mod metadata;
pub mod reader;
pub mod stamp;
pub mod survey;
mod svg;

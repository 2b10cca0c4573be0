//! STAGE 1. Disk → Sources.
//!
//! Receives a folder. Gives [`Sources`](pingmark_core::sources::Sources): every file the build may
//! know, named by its place in the site. Uses walkdir, in [`disk`]. Never understands what it
//! reads: a front matter is text here.

pub mod builtin;
pub mod disk;
pub mod reader;
pub mod stamp;
pub mod survey;
mod svg;

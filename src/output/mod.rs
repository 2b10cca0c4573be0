//! STAGE 6. Outputs → disk.
//!
//! Receives outputs as they are rendered. Gives a published folder: the old site or the new
//! one. Uses std's file system. Never deletes what it did not write.

pub mod disk;
mod guard;
pub mod kept;
pub mod manifest;
pub mod step;
pub mod stop;

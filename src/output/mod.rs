//! STAGE 6. Outputs → disk.
//!
//! Receives outputs as they are rendered. Gives a published folder, which holds either the old
//! site or the new one. Uses std's file system. Never deletes a file that it did not write.

pub mod disk;
pub mod disk_cache;
pub mod fault_injection;
pub mod manifest;
pub mod published;
mod safety;
pub mod shutdown;
mod staging;
mod sync;

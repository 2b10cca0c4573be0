//! WordPress: its exports (WXR).
//!
//! Receives the parts of an export, each as a reader that is read twice. Gives the files of a site. Uses
//! quick-xml, in [`wxr`]. Never holds more than the texts of a few posts at a time.

pub mod address;
pub mod clock;
pub mod comment;
mod convert;
pub mod index;
pub mod item;
mod lists;
mod media;
pub mod run;
pub mod settings;
pub mod shortcode;
pub mod site;
mod sources;
mod utf8;
pub mod wxr;

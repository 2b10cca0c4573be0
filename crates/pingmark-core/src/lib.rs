//! Values and rules that all stages share.
//!
//! Receives nothing: these are the words the stages speak. Gives paths, fingerprints, dates, the
//! settings, diagnostics, and the two values at the ends of a build: [`sources::Sources`] come in,
//! [`artifact::Output`]s go out. Never does IO, and knows no stage.

pub mod address;
pub mod appearance;
pub mod artifact;
pub mod cite_key;
pub mod config;
pub mod diag;
pub mod emoji;
pub mod fingerprint;
pub mod html;
pub mod icon;
pub mod lang;
pub mod network;
pub mod path;
pub mod posting_times;
pub mod raster;
pub mod share_template;
pub mod share_texts;
pub mod site_files;
pub mod slug;
pub mod sources;
pub mod stamp;
pub mod web_address;
pub mod when;
pub mod yaml;
pub mod yaml_edit;

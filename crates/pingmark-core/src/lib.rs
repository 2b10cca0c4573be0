//! Values and rules that all stages share.
//!
//! Receives texts: paths, dates, addresses, YAML. Gives the types that stages exchange: paths,
//! fingerprints, dates, settings and diagnostics, and the values at the two ends of a build, input
//! files ([`sources::Sources`]) and output files ([`artifact::Output`]). Never does IO, and knows
//! no stage.
//!
//! ```
//! use pingmark_core::fingerprint::Fingerprint;
//! use pingmark_core::path::{PathProblem, SitePath};
//!
//! let path = SitePath::new("content/posts/hello.md")?;
//! assert_eq!((path.stem(), path.extension()), ("hello", "md"));
//! assert_eq!(path.below("content"), Some("posts/hello.md"));
//!
//! // A path cannot leave the site's folder.
//! assert_eq!(SitePath::new("../secret"), Err(PathProblem::Traversal));
//!
//! // Equal content has equal fingerprints, on every machine.
//! assert_eq!(Fingerprint::of(b"text"), Fingerprint::of(b"text"));
//! # Ok::<(), PathProblem>(())
//! ```

pub mod address;
pub mod appearance;
pub mod artifact;
pub mod cite_key;
pub mod config;
pub mod diag;
pub mod emoji;
pub mod fingerprint;
pub mod front_matter;
pub mod html;
pub mod html_tokens;
pub mod icon;
pub mod invisible;
pub mod lang;
pub mod network;
pub mod path;
pub mod posting_times;
pub mod printable;
pub mod raster;
pub mod share_template;
pub mod share_texts;
pub mod site_files;
pub mod slug;
pub mod sources;
pub mod stamp;
pub mod text;
pub mod web_address;
pub mod when;
pub mod yaml;
pub mod yaml_edit;

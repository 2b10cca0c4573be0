//! Pingmark: the blog generator that remembers who cites whom.
//!
//! A blog is compiled and linked. Each Markdown file compiles alone into a
//! [`pingmark_document::Document`] whose links are holes; the [`pingmark_site::graph::Graph`], made of the
//! documents' summaries, says where every hole leads and who cites whom; rendering fills the holes.
//!
//! ```text
//! disk ─read→ Sources ─compile∥→ Documents ─link→ Graph ─plan→ Plan ─render∥→ Outputs ─write→ disk
//!      source     pingmark-document     pingmark-site     pingmark-render       output
//! ```
//!
//! What always holds:
//!
//! - Data flows one way. A stage uses only the stages before it and `pingmark-core`; [`engine`]
//!   alone knows them all.
//! - Only the two ends do IO: [`source`] reads, [`output`] writes. Everything between is a pure
//!   function of values, the build's "now" among them; reading is handed in.
//! - Nothing is written that is not named by a [`pingmark_core::path::SitePath`], which cannot leave
//!   its root.
//! - All problems are reported at once, as [`pingmark_core::diag::Diagnostic`]s; with an error among
//!   them, nothing is published, and what was published stays.
//! - The same inputs give the same bytes on any machine.

// The two ends.
pub mod output;
pub mod source;

// The line itself.
pub mod cache;
pub mod engine;
pub mod session;

// The ways to start it.
pub mod authoring;
pub mod cli;
pub mod server;
pub mod watch;

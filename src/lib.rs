//! Pingmark: the blog generator that remembers who cites whom.
//!
//! A blog is compiled and linked. Each Markdown file compiles alone into a
//! [`pingmark_document::Document`] whose links are holes; the [`pingmark_site::graph::Graph`], made of the
//! documents' summaries, knows the target of each hole and who cites whom; rendering fills the holes.
//!
//! ```text
//! disk ─read→ Sources ─compile∥→ Documents ─link→ Graph ─plan→ Plan ─render∥→ Outputs ─write→ disk
//!      source     pingmark-document     pingmark-site     pingmark-render       output
//! ```
//!
//! Invariants:
//!
//! - Data flows one way. A stage uses only the stages before it and `pingmark-core`; [`engine`]
//!   alone knows them all.
//! - Only the two ends do IO: [`source`] reads, [`output`] writes. Everything between is a pure
//!   function of values, the build's "now" among them; reading is handed in.
//! - Every written file is named by a [`pingmark_core::path::SitePath`], which cannot leave its root.
//! - All problems are reported in one run, as [`pingmark_core::diag::Diagnostic`]s. If there is an error,
//!   nothing is published, and the previously published site stays.
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

//! Pingmark: the blog generator that remembers who cites whom.
//!
//! A blog is compiled and linked. Each Markdown file compiles alone into a
//! [`document::Document`] whose links are holes; the [`graph::Graph`], made of the documents'
//! summaries, says where every hole leads and who cites whom; rendering fills the holes.
//!
//! ```text
//! disk ─read→ Sources ─compile∥→ Documents ─link→ Graph ─plan→ Plan ─render∥→ Outputs ─write→ disk
//!      source/         document/            graph/       plan/       render/          output/
//! ```
//!
//! What always holds:
//!
//! - Data flows one way. A stage uses only the stages before it and the shared files; [`engine`]
//!   alone knows them all.
//! - Only the two ends do IO: [`source`] reads, [`output`] writes. Everything between is a pure
//!   function of values, the moment taken for now among them.
//! - Nothing is written that is not named by a [`path::SitePath`], which cannot leave its root.
//! - All problems are told at once, as [`diag::Diagnostic`]s; with an error among them, nothing
//!   is published, and what was published stays.
//! - The same inputs give the same bytes on any machine.

// Shared: facts and words that every stage may use.
pub mod address;
pub mod bibliography;
pub mod config;
pub mod diag;
pub mod fingerprint;
pub mod html;
pub mod lang;
pub mod look;
pub mod mention;
pub mod path;
pub mod raster;
pub mod slug;
pub mod social;
pub mod when;
pub mod yaml;

// The stages, in order.
pub mod document;
pub mod graph;
pub mod output;
pub mod plan;
pub mod render;
pub mod source;

// The line itself, and the ways to start it.
pub mod cache;
pub mod cli;
pub mod desk;
pub mod engine;
pub mod server;
pub mod watch;

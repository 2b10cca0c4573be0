//! Blogs of other systems, as the files of a Pingmark site.
//!
//! Receives an export as a reader, and the [`Options`](wordpress::site::Options) of the import. Gives the
//! files of a site as values, one after the other, and a [`Report`](report::Report) that accounts for
//! everything in the export: what came in is what went out and what was left out. Uses quick-xml, in
//! `wordpress::wxr`, and scraper, in [`html`]. Never does I/O, never asks the clock, and never gives a mail
//! address or an IP address of a reader.

pub mod atom;
pub mod file;
pub mod ghost;
pub mod html;
pub mod report;
pub mod text;
pub mod wordpress;

//! Files for programs: feeds, sitemap, search index, citation graph as data, and files for hosts.
//!
//! Receives views. Gives the bytes of their files. Uses quick-xml and serde_json. Never uses a
//! template.

pub mod citation_graph;
pub mod feed;
mod feed_html;
pub mod headers;
pub mod redirects;
pub mod robots;
pub mod search;
pub mod sitemap;
pub mod tombstone;
pub mod web_manifest;
mod xml;

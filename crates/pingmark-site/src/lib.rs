//! STAGES 3 and 4. Documents → Graph → Plan.
//!
//! Receives the summaries of all documents, the catalogue of sources and the mentions. Gives the
//! [`graph::Graph`], which says where every link leads and who cites whom, and the
//! [`plan::Plan`], which names every file to publish. Never looks at text as HTML, and never
//! does IO.

pub mod bibliography;
pub mod graph;
pub mod mention;
pub mod plan;

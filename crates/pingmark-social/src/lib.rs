//! From an article to the networks: what is posted where, and whether it fits there.
//!
//! Receives the facts of an article and the settings. Gives the texts as they would be posted,
//! each counted by its network's own rules. Uses unicode-segmentation and url. Never does IO, and
//! knows no stage.

pub mod calendar;
pub mod compose;
pub mod count;
pub mod csv;
pub mod export;
pub mod hashtag;
pub mod link;
pub mod plan;
pub mod queue;
mod write;

pub use compose::{Part, Share, ShareImage, ShareIssue, Subject, compose};
pub use count::{Measure, measure};

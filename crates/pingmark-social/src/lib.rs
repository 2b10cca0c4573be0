//! Share texts: an article's posts on social networks, and the editorial calendar.
//!
//! Receives an article as a [`SharedPost`] and the site's settings. Gives the texts as they would
//! be posted, each counted by its network's own rules ([`compose()`]), and from posts with a date
//! exports for schedulers ([`export`]), a month's overview ([`agenda`]) and proposals to share old
//! posts again ([`queue`]). Never does I/O, never contacts a network, and knows no build stage.
//!
//! ```
//! use pingmark_core::config::SocialSettings;
//! use pingmark_core::network::Network;
//! use pingmark_core::share_texts::ShareTexts;
//! use pingmark_social::{SharedPost, compose};
//!
//! let texts = ShareTexts::default(); // The front matter says nothing for networks.
//! let post = SharedPost {
//!     title: "A slow web",
//!     summary: "Why a page should outlive its framework.",
//!     url: "https://blog.example/posts/slow-web/",
//!     slug: "slow-web",
//!     author: "Zoé",
//!     site: "A blog",
//!     date: "4 March 2011",
//!     tags: vec!["small web"],
//!     texts: &texts,
//!     image: None,
//!     images: Vec::new(),
//! };
//! let share = compose(&post, Network::X, &SocialSettings::default()).expect("the post is not skipped");
//! assert_eq!(
//!     share.parts[0].text,
//!     "A slow web — Why a page should outlive its framework. \
//!      https://blog.example/posts/slow-web/ #SmallWeb"
//! );
//! assert_eq!(share.parts[0].measure.count, 87); // X counts every link as 23 characters.
//! assert!(share.issues.is_empty());
//! ```

pub mod agenda;
pub mod compose;
pub mod count;
pub mod csv;
pub mod export;
pub mod hashtag;
pub mod ical;
pub mod link;
mod post;
pub mod queue;
mod write;

pub use compose::{Share, SharePart, compose};
pub use count::{Measure, measure};
pub use post::{ShareImage, SharedPost};

//! Stages 3 and 4: all documents become a citation graph, and the graph a plan of files.
//!
//! Receives the summaries of all documents, the catalogue of sources and the mentions. Gives the
//! [`graph::Graph`], which says where every link leads and who cites whom, and the
//! [`plan::Plan`], which lists every file to publish. Never looks at a text's HTML, and never does
//! I/O.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Arc;
//!
//! use jiff::tz::TimeZone;
//! use pingmark_core::appearance::{Appearance, ThemeFile};
//! use pingmark_core::config::Config;
//! use pingmark_core::path::SitePath;
//! use pingmark_document::{Options, compile};
//! use pingmark_site::graph::{IncludeUnpublished, LinkInputs, Linked, link};
//! use pingmark_site::plan::plan;
//!
//! // Stage 2: two posts, of which the second cites the first.
//! let options = Options {
//!     lang: "en".into(),
//!     languages: vec!["en".into()],
//!     timezone: TimeZone::UTC,
//!     typography: true,
//!     highlight: false,
//!     citations_in_footnotes: false,
//!     search: false,
//!     taxonomies: Vec::new(),
//!     hosts: Vec::new(),
//! };
//! let documents = [
//!     ("content/posts/2011-03-04-first-post.md", "---\ntitle: First post\n---\n\nHello.\n"),
//!     ("content/posts/2012-05-06-second.md", "---\ntitle: Second\n---\n\nAs in [[first-post]].\n"),
//! ];
//! let documents = documents.map(|(path, text)| compile(&SitePath::constant(path), text, &options));
//! let summaries = documents.each_ref().map(|document| Arc::clone(&document.summary));
//! let titles = documents.each_ref().map(|document| document.teaser.title.as_str());
//!
//! // Stage 3: the graph.
//! let (config, _) = Config::read("base_url: https://blog.example\n", None);
//! let inputs = LinkInputs {
//!     config: &config,
//!     bibliography: Arc::default(),
//!     include: IncludeUnpublished::default(),
//!     now: "2026-01-01T00:00:00Z".parse()?,
//!     files: Vec::new(),
//!     appearance: &Appearance::new("plume", ThemeFile::default(), None),
//!     fingerprints: BTreeMap::new(),
//!     mentions: &[],
//!     other_markup: &[],
//!     told: Vec::new(),
//! };
//! let Linked { graph, diagnostics, .. } = link(&summaries, &titles, &inputs);
//! assert!(diagnostics.is_empty());
//! let posts: Vec<_> = graph.published().collect();
//! assert_eq!(graph.page(posts[0]).route.as_str(), "posts/first-post/");
//! assert_eq!(graph.backlinks[posts[0].index()][0].from, posts[1]);
//!
//! // Stage 4: the plan.
//! let (plan, _) = plan(&graph, &config);
//! assert!(plan.targets.iter().any(|target| target.route.as_str() == "feed.xml"));
//! # Ok::<(), jiff::Error>(())
//! ```

pub mod bibliography;
pub mod graph;
pub mod mention;
pub mod plan;

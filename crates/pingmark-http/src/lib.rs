//! The one HTTP client: bounded in time, bytes and memory, and unable to reach private addresses.
//!
//! Receives a [`Request`] and a list of exceptions. Gives a [`Response`], or a [`Failure`] that says in
//! words what was refused or went wrong. Uses ureq and rustls, in [`client`], and sockets. Never contacts
//! an address that [`guard`] refuses, never uses a proxy, and never shows a secret.
//!
//! Addresses come from strangers: the page that a post links to, the endpoint that this page names, where
//! it redirects. So every hop of every request is checked in two steps: [`guard::check_url`] looks at what
//! is written (scheme, port, user name), and the resolver of the client looks at the IP addresses that the
//! name stands for. The connection is made to the addresses that were checked; the name is not looked up
//! again in between.
//!
//! ```no_run
//! use pingmark_http::{Client, Fetch, Limits, Request};
//!
//! let client = Client::new();
//! let page = client.fetch(&Request::get("https://example.org/").accept("text/html"))?;
//! assert!(page.is_success() && page.media_type() == "text/html");
//!
//! // A form, as webmentions are sent, and XML, as pingbacks are.
//! client.fetch(&Request::form("https://example.org/hook", &[("source", "…"), ("target", "…")]))?;
//! client.fetch(&Request::post("https://example.org/xmlrpc", "text/xml", "<methodCall/>"))?;
//!
//! // A large file, straight into a writer. More than the limit is a failure, not a shortened file.
//! let limits = Limits { bytes: 50 << 20, seconds: 120, ..Limits::default() };
//! let mut file = Vec::new();
//! client.download(&Request::get("https://example.org/film.mp4").limits(limits), &mut file)?;
//!
//! // Only what changed: answers 304 with an empty body otherwise.
//! client.fetch(&Request::get("https://example.org/").if_changed(page.header("etag"), None))?;
//!
//! // A token in a header or in the query. Neither shows up in a failure or follows to another site.
//! client.fetch(&Request::get("https://example.org/api").secret_query("token", "…"))?;
//! # Ok::<(), pingmark_http::Failure>(())
//! ```
//!
//! Tests and laboratories allow single addresses by host and port, never all at once:
//! `Client::builder().allow("127.0.0.1:8100")?.build()`. Code that makes requests takes a [`Fetch`], so
//! that its own tests can hand it a table of answers.

pub mod client;
mod failure;
pub mod guard;
mod request;
mod response;

pub use client::{Client, ClientBuilder, Fetch, Lookup};
pub use failure::{Cause, Failure};
pub use guard::AllowedHost;
pub use request::{Limits, Method, Request};
pub use response::Response;

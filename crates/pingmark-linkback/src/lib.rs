//! Who cites whom, across the network: Webmention and Pingback, in both directions.
//!
//! Receives pages and answers of other sites, by way of a [`Fetch`](pingmark_http::Fetch) that is handed
//! in, and the time. Gives endpoints, outcomes, verified entries, and the [`Ledger`] of what a post told to
//! whom. Uses scraper (in [`page`]), quick-xml (in [`xmlrpc`]) and encoding_rs (in [`charset`]). Never opens
//! a socket or a file itself, never reads a clock, and never trusts what it reads: all of it was written by
//! strangers.
//!
//! | To send | To receive |
//! |:--|:--|
//! | [`decide`](ledger::decide()): what is due, from the links of a post and its ledger | [`announcement`]: is this a form or a call that may be queued? |
//! | [`discover`](discover()): which endpoint a page names | [`verify`](verify()): does the source really link to the target? |
//! | [`send`](send()): tells it, and reads the answer | [`Entry`]: author, date, kind and text of the source |
//!
//! The specifications: [Webmention](https://www.w3.org/TR/webmention/),
//! [Pingback 1.0](https://www.hixie.ch/specs/pingback/pingback-1.0),
//! [microformats2](https://microformats.org/wiki/microformats2-parsing).

pub mod announcement;
pub mod charset;
pub mod discover;
pub mod feeds;
pub mod ledger;
mod link_header;
pub mod page;
pub mod send;
pub mod verify;
pub mod xmlrpc;

pub use discover::{Endpoint, discover};
pub use ledger::Ledger;
pub use page::{Author, Entry, EntryKind, Page};
pub use send::{Outcome, send};
pub use verify::{Verdict, verify};

/// Longest answer of another site that is shown or kept, in characters.
const MAX_ANSWER: usize = 200;

/// Text of a stranger on one line, without control characters, and short.
fn short(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .filter(|c| pingmark_core::invisible::name(*c).is_none() || *c == ' ')
        .take(MAX_ANSWER * 4)
        .collect();
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(MAX_ANSWER).collect()
}

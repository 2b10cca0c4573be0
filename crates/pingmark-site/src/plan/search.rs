//! Files of the search index: small shards, so that a search through ten thousand posts loads only
//! a few of them.

/// Number of pages described in one result file.
pub const PAGES_PER_FILE: usize = 50;
/// Number of pages for which there is one shard.
const PAGES_PER_SHARD: usize = 160;
/// Maximum number of shards. Each is made by scanning all pages.
const MAX_SHARDS: usize = 64;

/// Number of shards for the search words of `pages` pages: a power of two.
pub fn shard_count(pages: usize) -> usize {
    (pages / PAGES_PER_SHARD).max(1).next_power_of_two().min(MAX_SHARDS)
}

/// Name of the file with the numbers of pages, shards and pages per file.
pub const INDEX: &str = "index.json";

/// Name of a shard of words.
pub fn words_file(shard: usize) -> String {
    format!("words-{shard}.txt")
}

/// Name of a result file: `part` counts from 0.
pub fn pages_file(part: usize) -> String {
    format!("pages-{part}.json")
}

/// Name of the theme's search script. A theme without it gets no search index.
pub const SCRIPT: &str = "search.js";

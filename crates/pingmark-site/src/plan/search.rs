//! How the files of a search are cut: small ones, so that ten thousand posts are searched by
//! loading a few of them.

/// Pages described in one file.
pub const PAGES: usize = 50;
/// Pages for whose words there is one file.
const PER_DRAWER: usize = 160;
/// Most files of words: every one is made by a look at all pages.
const MOST: usize = 64;

/// Into how many files the words of so many pages are sorted: a power of two.
pub fn drawers(pages: usize) -> usize {
    (pages / PER_DRAWER).max(1).next_power_of_two().min(MOST)
}

/// The name of the file that says how the others are cut.
pub const INDEX: &str = "index.json";

/// The name of a file of words.
pub fn words_file(drawer: usize) -> String {
    format!("words-{drawer}.txt")
}

/// The name of a file of pages.
pub fn pages_file(part: usize) -> String {
    format!("pages-{part}.json")
}

/// The script of a theme that searches.
pub const SCRIPT: &str = "search.js";

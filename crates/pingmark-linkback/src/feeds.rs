//! Announcements and mentions that wait elsewhere: the letterbox on a cheap host, and webmention.io.

use pingmark_http::{Failure, Fetch, Limits, Request, Response};
use serde_json::Value;

use crate::announcement::{self, Announcement, Protocol};
use crate::short;

/// Most pages that are fetched from webmention.io in one run.
const MAX_PAGES: u32 = 1000;
/// Entries of a page; the API gives 20 unless it is asked.
const PER_PAGE: usize = 100;
/// Address of webmention.io's API.
pub const WEBMENTION_IO: &str = "https://webmention.io";

/// A batch of a letterbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Identifier with which it is acknowledged; `None` if it is empty or came as a file.
    pub id: Option<String>,
    /// Announcements, each with the time of receipt as written.
    pub letters: Vec<(Announcement, String)>,
    /// What is wrong with the lines that were left out.
    pub skipped: Vec<String>,
    /// Whether another batch waits.
    pub more: bool,
}

/// Parses what a letterbox gives: the answer to `?letters`, or one of its files. `Err` if the answer was cut.
pub fn batch(text: &str) -> Result<Batch, String> {
    let mut batch = Batch::default();
    let mut promised = None;
    let mut lines = 0;
    let text =
        text.strip_prefix("<?php").map_or(text, |rest| rest.split_once('\n').map_or("", |(_, rest)| rest));
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            batch.skipped.push(format!("a line cannot be read: {}", short(line)));
            continue;
        };
        if value.get("letterbox").is_some() {
            batch.id = value["batch"].as_str().map(str::to_owned);
            batch.more = value["more"] == true;
            promised = value["letters"].as_u64();
            continue;
        }
        lines += 1;
        let word = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let protocol = Protocol::of(word("protocol")).unwrap_or(Protocol::Webmention);
        match announcement::check(protocol, word("source"), word("target")) {
            Ok(announcement) => batch.letters.push((announcement, word("received").to_owned())),
            Err(problem) => batch.skipped.push(format!("{problem}: {}", short(line))),
        }
    }
    match promised {
        Some(promised) if lines < promised => {
            Err(format!("the answer has {lines} of {promised} letters; try again"))
        }
        _ => Ok(batch),
    }
}

/// Fetches all mentions of a domain that are newer than `since`, page by page, as JF2 entries. Also gives
/// the highest id.
pub fn webmention_io(
    fetch: &dyn Fetch,
    api: &str,
    domain: &str,
    token: &str,
    since: Option<u64>,
) -> Result<(Vec<Value>, Option<u64>), FeedError> {
    let mut entries: Vec<Value> = Vec::new();
    for page in 0..MAX_PAGES {
        let mut url = url::Url::parse(&format!("{api}/api/mentions.jf2"))
            .map_err(|_| FeedError::Unreadable("its address".into()))?;
        url.query_pairs_mut()
            .append_pair("domain", domain)
            .append_pair("per-page", &PER_PAGE.to_string())
            .append_pair("page", &page.to_string())
            .append_pair("sort-by", "created")
            .append_pair("sort-dir", "up");
        if let Some(since) = since {
            url.query_pairs_mut().append_pair("since_id", &since.to_string());
        }
        let limits = Limits { bytes: 16 << 20, seconds: 60, ..Limits::default() };
        let request =
            Request::get(url.as_str()).accept("application/json").secret_query("token", token).limits(limits);
        let response = fetch.fetch(&request).map_err(FeedError::Failed)?;
        if !response.is_success() {
            return Err(FeedError::Status(response));
        }
        let value: Value = serde_json::from_slice(&response.body)
            .map_err(|error| FeedError::Unreadable(error.to_string()))?;
        let found = value.get("children").and_then(Value::as_array).cloned();
        let found = found.ok_or_else(|| FeedError::Unreadable("it has no `children`".into()))?;
        let is_last = found.len() < PER_PAGE;
        entries.extend(found);
        if is_last {
            break;
        }
    }
    let newest = entries.iter().filter_map(|entry| entry.get("wm-id")?.as_u64()).max();
    Ok((entries, newest.or(since)))
}

/// Why webmention.io could not be read.
#[derive(Debug)]
pub enum FeedError {
    /// No response.
    Failed(Failure),
    /// A status that is no success.
    Status(Response),
    /// The response is not what the API gives.
    Unreadable(String),
}

impl std::fmt::Display for FeedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(failure) => failure.fmt(f),
            Self::Status(response) if matches!(response.status, 401 | 403) => {
                write!(f, "the token was not accepted (status {})", response.status)
            }
            Self::Status(response) => write!(f, "it answers with status {}", response.status),
            Self::Unreadable(reason) => write!(f, "the answer cannot be read: {reason}"),
        }
    }
}

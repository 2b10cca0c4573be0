//! Does a source really link to a target?

use pingmark_core::address::UrlKey;
use pingmark_http::{Fetch, Request, Response};
use url::Url;

use crate::{Entry, Page, charset, short};

/// Result of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The source mentions the target, and says this.
    Linked(Box<Entry>),
    /// The source exists and does not mention the target.
    NotLinked,
    /// The source says that it was deleted: 410, or a tombstone.
    Gone,
    /// The source is not there: 404. May be a mistake of the moment.
    Missing,
    /// It will never work: the source cannot be contacted, or is no text. With the reason.
    Unusable(String),
    /// It could not be found out now. With the reason.
    Unknown(String),
}

/// Fetches the source once, and looks for the target.
pub fn verify(fetch: &dyn Fetch, source: &str, target: &str) -> Verdict {
    let accept =
        "text/html, application/xhtml+xml;q=0.9, application/json;q=0.5, text/plain;q=0.4, */*;q=0.1";
    match fetch.fetch(&Request::get(source).accept(accept)) {
        Err(failure) if failure.is_temporary() => Verdict::Unknown(short(&failure.cause.to_string())),
        Err(failure) => Verdict::Unusable(short(&failure.cause.to_string())),
        Ok(response) => verdict(&response, target),
    }
}

/// Verdict on a response.
pub fn verdict(response: &Response, target: &str) -> Verdict {
    match response.status {
        200..=299 => {}
        410 => return Verdict::Gone,
        404 => return Verdict::Missing,
        status => return Verdict::Unknown(format!("it answers with status {status}")),
    }
    let Ok(url) = Url::parse(&response.url) else { return Verdict::Unusable("it has no address".into()) };
    let text = || charset::text(response);
    let media_type = response.media_type();
    match media_type.as_str() {
        "text/html" | "application/xhtml+xml" | "" => {
            let page = Page::parse(&text(), &url);
            match page.entry(target) {
                _ if page.is_tombstone() => Verdict::Gone,
                Some(entry) => Verdict::Linked(Box::new(entry)),
                None => Verdict::NotLinked,
            }
        }
        json if json == "application/json" || json.ends_with("+json") => {
            let key = UrlKey::of(target);
            match serde_json::from_slice(&response.body) {
                Ok(value) if json_mentions(&value, key.as_ref()) => Verdict::Linked(Box::default()),
                _ => Verdict::NotLinked,
            }
        }
        plain if plain.starts_with("text/") => match text_mentions(&text(), target) {
            true => Verdict::Linked(Box::default()),
            false => Verdict::NotLinked,
        },
        other => Verdict::Unusable(short(&format!("it is no text but {other}"))),
    }
}

/// Whether a value, at any depth, is the target as a whole string.
fn json_mentions(value: &serde_json::Value, target: Option<&UrlKey>) -> bool {
    use serde_json::Value;
    // serde_json limits the depth to 128.
    match value {
        Value::String(text) => text.contains("://") && UrlKey::of(text).as_ref() == target,
        Value::Array(values) => values.iter().any(|value| json_mentions(value, target)),
        Value::Object(values) => values.values().any(|value| json_mentions(value, target)),
        _ => false,
    }
}

/// Whether a text has the target as a whole address, and not as the start of a longer one.
fn text_mentions(text: &str, target: &str) -> bool {
    let is_part = |c: char| !c.is_whitespace() && !"<>\"')],;".contains(c);
    text.match_indices(target).any(|(at, _)| {
        let mut rest = text[at + target.len()..].chars();
        match rest.next() {
            // A full stop that ends a sentence.
            Some('.') => rest.next().is_none_or(|next| !is_part(next)),
            next => next.is_none_or(|next| !is_part(next)),
        }
    })
}

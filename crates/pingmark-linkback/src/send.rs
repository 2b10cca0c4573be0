//! Tells an endpoint about a link, and reads what it answers.

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use pingmark_http::{Failure, Fetch, Limits, Request, Response};

use crate::discover::Endpoint;
use crate::xmlrpc::{self, Answer, fault};
use crate::{charset, short};

/// Longest wait that an answer can ask for.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other site accepted it, with the address where it tells what becomes of it.
    Sent {
        /// Answer in words.
        answer: String,
        /// Status URL of a webmention.
        status_url: Option<String>,
    },
    /// The page names no endpoint.
    None,
    /// It was refused; asking again would not help.
    Refused(String),
    /// It may work later: the reason, and the wait that the other site asks for.
    Later(String, Option<SignedDuration>),
}

/// Sends `source` and `target` to an endpoint.
pub fn send(fetch: &dyn Fetch, endpoint: &Endpoint, source: &str, target: &str, now: Timestamp) -> Outcome {
    let limits = Limits { bytes: 64 * 1024, ..Limits::default() };
    match endpoint {
        Endpoint::None => Outcome::None,
        Endpoint::Webmention(url) => {
            let form = Request::form(url, &[("source", source), ("target", target)]).limits(limits);
            match fetch.fetch(&form) {
                Ok(response) => of_webmention(&response, now),
                Err(failure) => of_failure(&failure),
            }
        }
        Endpoint::Pingback(url) => {
            let call =
                Request::post(url, "text/xml; charset=utf-8", xmlrpc::call(source, target)).limits(limits);
            match fetch.fetch(&call) {
                Ok(response) => of_pingback(&response, now),
                Err(failure) => of_failure(&failure),
            }
        }
    }
}

/// Outcome of a request that got no response.
pub fn of_failure(failure: &Failure) -> Outcome {
    let words = short(&failure.cause.to_string());
    if failure.is_temporary() { Outcome::Later(words, None) } else { Outcome::Refused(words) }
}

/// Outcome of a response that is no success.
pub fn of_status(response: &Response, now: Timestamp) -> Outcome {
    let words = status(response.status);
    match response.status {
        // The gateway's and the server's trouble, and too many requests.
        408 | 425 | 429 | 500..=599 => Outcome::Later(words, retry_after(response, now)),
        _ => Outcome::Refused(words),
    }
}

fn of_webmention(response: &Response, now: Timestamp) -> Outcome {
    if !response.is_success() {
        return match (of_status(response, now), response.media_type().as_str()) {
            // Receivers say in words what is wrong with a 400.
            (Outcome::Refused(words), "text/plain" | "application/json") => {
                Outcome::Refused(short(&format!("{words}: {}", charset::text(response))))
            }
            (outcome, _) => outcome,
        };
    }
    let location = response.header("location").filter(|_| response.status == 201);
    let base = url::Url::parse(&response.url).ok();
    let status_url = location.and_then(|location| Some(String::from(base?.join(location.trim()).ok()?)));
    Outcome::Sent { answer: status(response.status), status_url }
}

fn of_pingback(response: &Response, now: Timestamp) -> Outcome {
    if !response.is_success() {
        return of_status(response, now);
    }
    match xmlrpc::parse_answer(&charset::text(response)) {
        // The text is not to be shown to users (section 2.2).
        Ok(Answer::Success(_)) => Outcome::Sent { answer: "accepted".into(), status_url: None },
        Ok(Answer::Fault(fault::KNOWN, _)) => {
            Outcome::Sent { answer: "already known".into(), status_url: None }
        }
        Ok(Answer::Fault(code, text)) => {
            let words = short(format!("fault {code}: {text}").trim_end_matches([':', ' ']));
            // 429 is WordPress's “slow down”, 50 an upstream server that failed.
            if matches!(code, 429 | 50) {
                Outcome::Later(words, retry_after(response, now))
            } else {
                Outcome::Refused(words)
            }
        }
        Err(reason) => Outcome::Refused(short(&format!("the answer is not XML-RPC: {reason}"))),
    }
}

/// `Retry-After`: seconds, or a date.
fn retry_after(response: &Response, now: Timestamp) -> Option<SignedDuration> {
    let value = response.header("retry-after")?.trim();
    let wait = match value.parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(seconds.into()),
        Err(_) => {
            let value = value.replace("GMT", "+0000");
            rfc2822::DateTimeParser::new().parse_timestamp(&value).ok()?.duration_since(now)
        }
    };
    (wait > SignedDuration::ZERO).then(|| wait.min(MAX_WAIT))
}

/// A status with its usual words.
fn status(code: u16) -> String {
    let words = match code {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        301 | 302 | 303 | 307 | 308 => "redirects to nowhere",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    };
    format!("{code} {words}").trim_end().to_owned()
}

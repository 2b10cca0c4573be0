//! The ledger of a post: what it told to which page, with what result.
//!
//! Receives outcomes and the time. Gives what to tell next ([`decide`](decide())), and the text of the file
//! `outbox/<slug>.yaml`, which is committed with the site so that a computer that builds it elsewhere knows
//! what was told before. Uses core's YAML. Never sends anything.
//!
//! Each attempt is two entries: [`Ledger::begin`] before the request, [`Ledger::finish`] after the answer. A
//! program that is killed in between leaves [`State::Unsure`]; such a target is told once more, because both
//! protocols take the same pair twice without harm, and never a third time.

mod decide;
mod file;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::discover::Endpoint;
use crate::send::Outcome;

pub use decide::{Decision, Due, Post, Reason, decide};

/// Waits after the first, second … failed try. After the last one it is given up.
const WAITS: [i64; 5] = [1, 6, 24, 3 * 24, 7 * 24];

/// What one post told to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Address of the post.
    pub source: String,
    /// Entries by the address they are about, as it stands in the post.
    pub targets: BTreeMap<String, Told>,
}

/// What became of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// State.
    pub state: State,
    /// Protocol, if an endpoint was found.
    pub channel: Option<Channel>,
    /// Endpoint.
    pub endpoint: Option<String>,
    /// Where the other site tells what became of it.
    pub status_url: Option<String>,
    /// Time of the last attempt.
    pub at: Timestamp,
    /// Time of the first success.
    pub since: Option<Timestamp>,
    /// Fingerprint of the post as it was told; empty if the link was told to be gone.
    pub fingerprint: String,
    /// Answer in words.
    pub answer: String,
    /// Attempts for this fingerprint.
    pub tries: u32,
    /// Time before which it is not tried again.
    pub next: Option<Timestamp>,
}

/// States of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Told, and accepted.
    Sent,
    /// The page names no endpoint.
    None,
    /// Refused, or given up; final until the post changes.
    Refused,
    /// Failed, and to be tried again.
    Retry,
    /// An attempt was begun and its end is not known.
    Unsure,
    /// Told that the link, or the post, is gone.
    Withdrawn,
}

/// Protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// Webmention.
    Webmention,
    /// Pingback.
    Pingback,
}

impl State {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Sent, Self::None, Self::Refused, Self::Retry, Self::Unsure, Self::Withdrawn];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::None => "none",
            Self::Refused => "refused",
            Self::Retry => "retry",
            Self::Unsure => "unsure",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Channel {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webmention => "webmention",
            Self::Pingback => "pingback",
        }
    }
}

impl Ledger {
    /// Ledger of a post that told nothing yet.
    pub fn new(source: &str) -> Self {
        Self { source: source.to_owned(), targets: BTreeMap::new() }
    }

    /// Notes that an attempt begins. Write the file before sending.
    pub fn begin(&mut self, due: &Due, fingerprint: &str, now: Timestamp) {
        let before = self.targets.get(&due.target);
        let fingerprint = if due.reason.is_removal() { "" } else { fingerprint };
        let same = before.filter(|told| told.fingerprint == fingerprint);
        let told = Told {
            state: State::Unsure,
            channel: before.and_then(|told| told.channel),
            endpoint: before.and_then(|told| told.endpoint.clone()),
            status_url: before.and_then(|told| told.status_url.clone()),
            at: now,
            since: before.and_then(|told| told.since),
            fingerprint: fingerprint.to_owned(),
            answer: String::new(),
            tries: same.map_or(0, |told| told.tries) + 1,
            next: None,
        };
        // A second attempt whose end is not known must not be followed by a third.
        let was_unsure = same.is_some_and(|told| told.state == State::Unsure);
        let answer = if was_unsure { AGAIN.to_owned() } else { String::new() };
        self.targets.insert(due.target.clone(), Told { answer, ..told });
    }

    /// Settles the entries of a post that moved: its old address redirects, so that nobody needs to be told.
    pub fn moved(&mut self) {
        for told in self.targets.values_mut().filter(|told| told.state != State::Withdrawn) {
            (told.state, told.next, told.tries) = (State::Withdrawn, None, 0);
            told.fingerprint.clear();
            "the post has moved".clone_into(&mut told.answer);
        }
    }

    /// Notes how an attempt ended.
    pub fn finish(&mut self, due: &Due, endpoint: &Endpoint, outcome: Outcome, now: Timestamp) {
        let Some(told) = self.targets.get_mut(&due.target) else { return };
        told.at = now;
        (told.channel, told.endpoint) = match endpoint {
            Endpoint::Webmention(url) => (Some(Channel::Webmention), Some(url.clone())),
            Endpoint::Pingback(url) => (Some(Channel::Pingback), Some(url.clone())),
            Endpoint::None => (told.channel, told.endpoint.take()),
        };
        let is_removal = due.reason.is_removal();
        match outcome {
            Outcome::Sent { answer, status_url } => {
                told.state = if is_removal { State::Withdrawn } else { State::Sent };
                told.since = told.since.or(Some(now));
                told.status_url = status_url;
                told.answer = answer;
                told.tries = 0;
            }
            Outcome::None => {
                (told.channel, told.endpoint) = (None, None);
                told.state = if is_removal { State::Withdrawn } else { State::None };
                told.answer.clear();
                told.tries = 0;
            }
            Outcome::Refused(answer) => {
                // A receiver that checks at once refuses a link that is gone: that is what was told.
                told.state = if is_removal { State::Withdrawn } else { State::Refused };
                told.answer = answer;
            }
            Outcome::Later(answer, wait) => {
                let number = told.tries.max(1) as usize - 1;
                match WAITS.get(number) {
                    Some(hours) => {
                        let wait = wait.unwrap_or(SignedDuration::from_hours(*hours));
                        told.state = State::Retry;
                        told.next = Some(now.saturating_add(wait).unwrap_or(now));
                        told.answer = answer;
                    }
                    None => {
                        told.state = if is_removal { State::Withdrawn } else { State::Refused };
                        told.answer = format!("given up after {} tries: {answer}", told.tries);
                    }
                }
            }
        }
    }
}

/// Answer of an attempt that repeats one whose end is not known.
const AGAIN: &str = "sent twice, and no answer was recorded";

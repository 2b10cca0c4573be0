//! What is to be told now: a function of a post's links, its ledger and the time.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{AGAIN, Channel, Ledger, State, Told};

/// A post as it stands in the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    /// Fingerprint of what a reader would call its text.
    pub fingerprint: String,
    /// Addresses that it links to. Empty if it is gone.
    pub links: BTreeSet<String>,
    /// Whether it is no longer published.
    pub is_gone: bool,
}

/// Why a target is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The link is new.
    New,
    /// The post changed since it was told.
    Changed,
    /// The link was removed.
    Removed,
    /// The post is gone.
    Gone,
    /// The last attempt failed, and its wait is over.
    Retry,
    /// How the last attempt ended is not known.
    Unsure,
    /// A removal that failed is tried again.
    RemovalRetry,
}

impl Reason {
    /// Whether the other site is told that the link is gone.
    pub fn is_removal(self) -> bool {
        matches!(self, Self::Removed | Self::Gone | Self::RemovalRetry)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::New => "new link",
            Self::Changed => "the post changed",
            Self::Removed => "the link was removed",
            Self::Gone => "the post is gone",
            Self::Retry => "the last try failed",
            Self::Unsure => "the last try was interrupted",
            Self::RemovalRetry => "the link was removed; the last try failed",
        }
    }
}

/// A target that is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Address, as it stands in the post.
    pub target: String,
    /// Why.
    pub reason: Reason,
}

/// What [`decide`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// To be told now, in the order of the addresses.
    pub due: Vec<Due>,
    /// To be tried later, with the time.
    pub waiting: Vec<(String, Timestamp)>,
    /// The ledger without what needs no request: entries of links that are gone and were never told.
    pub ledger: Ledger,
}

/// Decides what is due.
pub fn decide(post: &Post, ledger: &Ledger, now: Timestamp) -> Decision {
    let mut decision = Decision { ledger: ledger.clone(), ..Decision::default() };
    let addresses: BTreeSet<&String> = post.links.iter().chain(ledger.targets.keys()).collect();
    for target in addresses {
        let is_linked = post.links.contains(target) && !post.is_gone;
        let step = match ledger.targets.get(target) {
            None => Step::Tell(Reason::New),
            Some(told) if is_linked => linked(told, &post.fingerprint, now),
            Some(told) => unlinked(told, post.is_gone, now),
        };
        match step {
            Step::Nothing => {}
            Step::Tell(reason) => decision.due.push(Due { target: target.clone(), reason }),
            Step::Wait(until) => decision.waiting.push((target.clone(), until)),
            Step::Forget => drop(decision.ledger.targets.remove(target)),
            Step::Withdraw => {
                if let Some(told) = decision.ledger.targets.get_mut(target) {
                    (told.state, told.next, told.tries) = (State::Withdrawn, None, 0);
                    told.fingerprint.clear();
                }
            }
        }
    }
    decision
}

enum Step {
    Nothing,
    Tell(Reason),
    Wait(Timestamp),
    /// Remove the entry: nothing was ever told.
    Forget,
    /// Mark as withdrawn without telling: pingbacks cannot be taken back.
    Withdraw,
}

/// A target that the post links to.
fn linked(told: &Told, fingerprint: &str, now: Timestamp) -> Step {
    let is_same = told.fingerprint == fingerprint;
    match told.state {
        State::Retry => wait(told, now, Reason::Retry),
        State::Unsure if is_same && told.answer == AGAIN => Step::Nothing,
        State::Unsure => Step::Tell(if is_same { Reason::Unsure } else { Reason::Changed }),
        State::Withdrawn => Step::Tell(Reason::New),
        // A pingback has no update: a second one gets fault 48.
        State::Sent if told.channel == Some(Channel::Pingback) => Step::Nothing,
        State::Sent | State::None | State::Refused if is_same => Step::Nothing,
        State::Sent | State::None | State::Refused => Step::Tell(Reason::Changed),
    }
}

/// A target that the post does not link to any more.
fn unlinked(told: &Told, is_gone: bool, now: Timestamp) -> Step {
    let is_removal = told.fingerprint.is_empty();
    let was_told = told.since.is_some() || told.state == State::Unsure;
    let reason = if is_gone { Reason::Gone } else { Reason::Removed };
    match told.state {
        State::Withdrawn => Step::Nothing,
        _ if !was_told => Step::Forget,
        _ if told.channel == Some(Channel::Pingback) => Step::Withdraw,
        State::Retry if is_removal => wait(told, now, Reason::RemovalRetry),
        State::Unsure if is_removal && told.answer == AGAIN => Step::Nothing,
        State::Sent | State::None | State::Refused | State::Retry | State::Unsure => Step::Tell(reason),
    }
}

fn wait(told: &Told, now: Timestamp, reason: Reason) -> Step {
    match told.next.filter(|next| *next > now) {
        Some(next) => Step::Wait(next),
        None => Step::Tell(reason),
    }
}

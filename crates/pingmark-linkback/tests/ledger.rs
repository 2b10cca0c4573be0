//! The ledger: what is due, what a kill leaves, and that everything comes to an end.

use jiff::{SignedDuration, Timestamp};
use pingmark_linkback::discover::Endpoint;
use pingmark_linkback::ledger::{Due, Post, Reason, State, decide};
use pingmark_linkback::{Ledger, Outcome};
use proptest::prelude::*;

const SOURCE: &str = "https://blog.example/posts/un/";
const A: &str = "https://a.example/1?x=y#z";

fn now(hours: i64) -> Timestamp {
    "2026-12-01T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

fn post(fingerprint: &str, links: &[&str]) -> Post {
    let links = links.iter().map(|link| (*link).to_owned()).collect();
    Post { fingerprint: fingerprint.into(), links, is_gone: false }
}

fn hook() -> Endpoint {
    Endpoint::Webmention("https://a.example/hook".into())
}

fn sent() -> Outcome {
    Outcome::Sent { answer: "202 Accepted".into(), status_url: None }
}

/// One run: everything due gets this outcome.
fn run(
    post: &Post,
    ledger: &Ledger,
    at: Timestamp,
    endpoint: &Endpoint,
    outcome: &Outcome,
) -> (Ledger, Vec<Reason>) {
    let decision = decide(post, ledger, at);
    let mut ledger = decision.ledger;
    for due in &decision.due {
        ledger.begin(due, &post.fingerprint, at);
        ledger.finish(due, endpoint, outcome.clone(), at);
    }
    // Through the file each time.
    let read = Ledger::read(&ledger.text()).unwrap();
    assert_eq!(read, ledger);
    (read, decision.due.into_iter().map(|due| due.reason).collect())
}

#[test]
fn a_link_is_told_once_until_the_post_changes_or_drops_it() {
    let (one, two, none) = (post("1", &[A]), post("2", &[A]), post("3", &[]));
    let ledger = Ledger::new(SOURCE);
    let (ledger, why) = run(&one, &ledger, now(0), &hook(), &sent());
    assert_eq!(why, [Reason::New]);
    let (ledger, why) = run(&one, &ledger, now(1), &hook(), &sent());
    assert_eq!(why, []);
    let (ledger, why) = run(&two, &ledger, now(2), &hook(), &sent());
    assert_eq!(why, [Reason::Changed]);
    let (ledger, why) = run(&none, &ledger, now(3), &hook(), &sent());
    assert_eq!((why.as_slice(), ledger.targets[A].state), ([Reason::Removed].as_slice(), State::Withdrawn));
    let (ledger, why) = run(&none, &ledger, now(4), &hook(), &sent());
    assert_eq!(why, []);
    // The link comes back.
    let (ledger, why) = run(&two, &ledger, now(5), &hook(), &sent());
    assert_eq!((why.as_slice(), ledger.targets[A].state), ([Reason::New].as_slice(), State::Sent));
    assert_eq!(ledger.targets[A].since, Some(now(0)));
    // The whole post goes.
    let gone = Post { is_gone: true, ..post("2", &[]) };
    let (_, why) = run(&gone, &ledger, now(6), &hook(), &sent());
    assert_eq!(why, [Reason::Gone]);
}

#[test]
fn pingbacks_are_neither_updated_nor_taken_back() {
    let endpoint = Endpoint::Pingback("https://a.example/xmlrpc.php".into());
    let (ledger, _) = run(&post("1", &[A]), &Ledger::new(SOURCE), now(0), &endpoint, &sent());
    let (ledger, why) = run(&post("2", &[A]), &ledger, now(1), &endpoint, &sent());
    assert_eq!(why, []);
    let (ledger, why) = run(&post("3", &[]), &ledger, now(2), &endpoint, &sent());
    assert_eq!((why.as_slice(), ledger.targets[A].state), ([].as_slice(), State::Withdrawn));
}

#[test]
fn refusals_are_final_until_the_post_changes() {
    for outcome in [Outcome::Refused("400 Bad Request".into()), Outcome::None] {
        let (ledger, _) = run(&post("1", &[A]), &Ledger::new(SOURCE), now(0), &Endpoint::None, &outcome);
        assert_eq!(run(&post("1", &[A]), &ledger, now(10_000), &hook(), &outcome).1, []);
        assert_eq!(run(&post("2", &[A]), &ledger, now(1), &hook(), &outcome).1, [Reason::Changed]);
        // Nothing was ever told: the entry goes with the link.
        let (ledger, why) = run(&post("2", &[]), &ledger, now(1), &hook(), &outcome);
        assert_eq!((why.len(), ledger.targets.len()), (0, 0));
    }
}

#[test]
fn failures_are_tried_again_after_longer_and_longer_and_given_up() {
    let later = Outcome::Later("503 Service Unavailable".into(), None);
    let (mut ledger, mut hours) = (Ledger::new(SOURCE), 0);
    for wait in [1, 6, 24, 72, 168] {
        (ledger, _) = run(&post("1", &[A]), &ledger, now(hours), &hook(), &later);
        assert_eq!(
            (ledger.targets[A].state, ledger.targets[A].next),
            (State::Retry, Some(now(hours + wait)))
        );
        assert_eq!(
            decide(&post("1", &[A]), &ledger, now(hours)).waiting,
            [(A.to_owned(), now(hours + wait))]
        );
        hours += wait;
    }
    (ledger, _) = run(&post("1", &[A]), &ledger, now(hours), &hook(), &later);
    assert_eq!(ledger.targets[A].state, State::Refused);
    assert_eq!(ledger.targets[A].answer, "given up after 6 tries: 503 Service Unavailable");
    // What the other site asks for comes first.
    let asked = Outcome::Later("429".into(), Some(SignedDuration::from_hours(2)));
    let (ledger, _) = run(&post("1", &[A]), &Ledger::new(SOURCE), now(0), &hook(), &asked);
    assert_eq!(ledger.targets[A].next, Some(now(2)));
}

#[test]
fn an_attempt_that_was_killed_is_repeated_once() {
    let due = Due { target: A.into(), reason: Reason::New };
    let mut ledger = Ledger::new(SOURCE);
    ledger.begin(&due, "1", now(0));
    let killed = Ledger::read(&ledger.text()).unwrap();
    assert_eq!(killed.targets[A].state, State::Unsure);
    let (told, why) = run(&post("1", &[A]), &killed, now(1), &hook(), &sent());
    assert_eq!((why.as_slice(), told.targets[A].state), ([Reason::Unsure].as_slice(), State::Sent));
    // Killed again: not a third time, until the post changes.
    let mut ledger = killed;
    ledger.begin(&Due { target: A.into(), reason: Reason::Unsure }, "1", now(1));
    assert_eq!(decide(&post("1", &[A]), &ledger, now(2)).due, []);
    assert_eq!(decide(&post("2", &[A]), &ledger, now(2)).due[0].reason, Reason::Changed);
    // The other site may have been told: a link that goes is withdrawn.
    assert_eq!(decide(&post("2", &[]), &ledger, now(2)).due[0].reason, Reason::Removed);
}

#[test]
fn the_file_is_sorted_with_a_block_for_each_target() {
    let links = ["https://b.example/", A, "https://a.example/\"quoted\"'"];
    let (ledger, _) = run(&post("1e10", &links), &Ledger::new(SOURCE), now(0), &hook(), &sent());
    let text = ledger.text();
    let expected = "  \"https://a.example/1?x=y#z\":\n    state: sent\n    channel: webmention\n    \
        endpoint: \"https://a.example/hook\"\n    at: 2026-12-01T10:00:00Z\n    since: 2026-12-01T10:00:00Z\n    \
        fingerprint: \"1e10\"\n    answer: \"202 Accepted\"\n";
    assert!(text.contains(expected), "{text}");
    for broken in [
        "<<<<<<< HEAD\nsource: x\n",
        "targets: {}",
        "source: x\ntargets: 7",
        "source: x\ntargets:\n  a:\n    state: maybe\n",
    ] {
        assert!(Ledger::read(broken).is_err(), "{broken}");
    }
}

proptest! {
    /// Whatever happened before, a site that answers is told everything in one run, and nothing in the next.
    #[test]
    fn every_history_converges(steps in proptest::collection::vec((0..4_u8, 0..6_u8, 0..200_i64), 0..12)) {
        let (mut ledger, mut hours) = (Ledger::new(SOURCE), 0);
        for (edit, outcome, wait) in steps {
            hours += wait;
            let post = match edit {
                0 => post("1", &[A]),
                1 => post("2", &[A, "https://b.example/"]),
                2 => post("3", &[]),
                _ => Post { is_gone: true, ..Post::default() },
            };
            let outcome = match outcome {
                0 => sent(),
                1 => Outcome::None,
                2 => Outcome::Refused("x".into()),
                3 => Outcome::Later("x".into(), None),
                4 => {
                    // Killed after the intent.
                    let decision = decide(&post, &ledger, now(hours));
                    ledger = decision.ledger;
                    decision.due.iter().for_each(|due| ledger.begin(due, &post.fingerprint, now(hours)));
                    continue;
                }
                _ => Outcome::Later("x".into(), Some(SignedDuration::from_hours(1))),
            };
            ledger = run(&post, &ledger, now(hours), &hook(), &outcome).0;
        }
        let last = post("last", &[A]);
        let (ledger, _) = run(&last, &ledger, now(hours + 1000), &hook(), &sent());
        prop_assert_eq!(ledger.targets[A].state, State::Sent);
        prop_assert!(decide(&last, &ledger, now(hours + 2000)).due.is_empty());
    }
}

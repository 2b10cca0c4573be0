//! Proposals of old posts to share again: never too often, the most cited first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::Fingerprint;

/// Post that may be shared again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueCandidate {
    /// Slug.
    pub slug: String,
    /// Date of publication, in days since 1970.
    pub day: i64,
    /// Number of citations, by the blog's own posts and from elsewhere.
    pub cited: usize,
}

/// Earlier proposals, kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalHistory {
    /// Day of the last proposal of each post, in days since 1970, by slug.
    pub proposed: BTreeMap<String, i64>,
}

/// Rules of the queue, in days.
#[derive(Clone, Copy, Debug)]
pub struct QueueRules {
    /// Minimum age of a post.
    pub min_age: i64,
    /// Minimum time between two proposals of a post.
    pub again_after: i64,
}

/// Proposes at most `most` posts for the day `today`, in days since 1970. Posts that `history`
/// has for today are proposed again, so that a command run twice on one day gives one answer.
pub fn propose(
    candidates: &[QueueCandidate],
    history: &ProposalHistory,
    rules: QueueRules,
    today: i64,
    most: usize,
) -> Vec<QueueCandidate> {
    let rested = |candidate: &&QueueCandidate| {
        let last = history.proposed.get(&candidate.slug);
        last.is_none_or(|last| *last == today || today - last >= rules.again_after)
    };
    let old = |candidate: &&QueueCandidate| today - candidate.day >= rules.min_age;
    let mut found: Vec<&QueueCandidate> = candidates.iter().filter(old).filter(rested).collect();
    // Never proposed before longest ago, then most cited. A hash of day and slug breaks ties,
    // so that equals take turns.
    found.sort_by_cached_key(|candidate| {
        let last = history.proposed.get(&candidate.slug).filter(|last| **last != today);
        let lot = Fingerprint::of(format!("{today} {}", candidate.slug).as_bytes());
        (last.copied(), std::cmp::Reverse(candidate.cited), lot)
    });
    found.into_iter().take(most).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<QueueCandidate> {
        let one = |(slug, day, cited): (&str, i64, usize)| QueueCandidate { slug: slug.into(), day, cited };
        [("a", 0, 0), ("b", 0, 3), ("c", 0, 1), ("jeune", 950, 9), ("d", 10, 0)].map(one).to_vec()
    }

    #[test]
    fn a_post_rests_and_comes_again() {
        let rules = QueueRules { min_age: 100, again_after: 30 };
        let mut history = ProposalHistory::default();
        let mut seen: Vec<(i64, String)> = Vec::new();
        for today in 1000..1060 {
            let found = propose(&candidates(), &history, rules, today, 1);
            assert_eq!(found, propose(&candidates(), &history, rules, today, 1));
            for one in &found {
                history.proposed.insert(one.slug.clone(), today);
                seen.push((today, one.slug.clone()));
            }
            // Asked again on that day, the answer is the same.
            assert_eq!(found, propose(&candidates(), &history, rules, today, 1), "{today}");
        }
        assert_eq!(seen[0].1, "b", "the most cited first");
        assert_eq!(seen[1].1, "c");
        for (at, (day, slug)) in seen.iter().enumerate() {
            let again = seen[at + 1..].iter().find(|(_, other)| other == slug);
            assert!(again.is_none_or(|(next, _)| next - day >= 30), "{slug}");
        }
        assert!(seen.len() > 5, "{seen:?}");
    }

    #[test]
    fn young_posts_wait() {
        let rules = QueueRules { min_age: 100, again_after: 30 };
        let found = propose(&candidates(), &ProposalHistory::default(), rules, 1000, 9);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|one| one.slug != "jeune"));
    }
}

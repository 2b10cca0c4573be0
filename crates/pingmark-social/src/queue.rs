//! Posts to share again: those that do not age, the most cited first, none too often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::Fingerprint;

/// A post that may be shared again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its slug.
    pub slug: String,
    /// The day of its date, counted from 1970.
    pub day: i64,
    /// How often it is cited, by the blog's own posts and from elsewhere.
    pub cited: usize,
}

/// What was proposed when: the last day for each slug, counted from 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The days, by slug.
    pub proposed: BTreeMap<String, i64>,
}

/// The rules of the queue, in days.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Younger posts are not shared again.
    pub min_age: i64,
    /// How long a post rests.
    pub again_after: i64,
}

/// The posts for a day: at most so many. Twice on one day, they are the same.
pub fn propose(
    candidates: &[Candidate],
    memory: &Memory,
    rules: Rules,
    today: i64,
    most: usize,
) -> Vec<Candidate> {
    let rested = |candidate: &&Candidate| {
        let last = memory.proposed.get(&candidate.slug);
        last.is_none_or(|last| *last == today || today - last >= rules.again_after)
    };
    let old = |candidate: &&Candidate| today - candidate.day >= rules.min_age;
    let mut found: Vec<&Candidate> = candidates.iter().filter(old).filter(rested).collect();
    // Those that never were proposed, or longest ago, come first; then those that are cited
    // most; between equals the day decides.
    found.sort_by_cached_key(|candidate| {
        let last = memory.proposed.get(&candidate.slug).filter(|last| **last != today);
        let lot = Fingerprint::of(format!("{today} {}", candidate.slug).as_bytes());
        (last.copied(), std::cmp::Reverse(candidate.cited), lot)
    });
    found.into_iter().take(most).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let one = |(slug, day, cited): (&str, i64, usize)| Candidate { slug: slug.into(), day, cited };
        [("a", 0, 0), ("b", 0, 3), ("c", 0, 1), ("jeune", 950, 9), ("d", 10, 0)].map(one).to_vec()
    }

    #[test]
    fn a_post_rests_and_comes_again() {
        let rules = Rules { min_age: 100, again_after: 30 };
        let mut memory = Memory::default();
        let mut seen: Vec<(i64, String)> = Vec::new();
        for today in 1000..1060 {
            let found = propose(&candidates(), &memory, rules, today, 1);
            assert_eq!(found, propose(&candidates(), &memory, rules, today, 1));
            for one in &found {
                memory.proposed.insert(one.slug.clone(), today);
                seen.push((today, one.slug.clone()));
            }
            // Asked again on that day, the answer is the same.
            assert_eq!(found, propose(&candidates(), &memory, rules, today, 1), "{today}");
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
        let rules = Rules { min_age: 100, again_after: 30 };
        let found = propose(&candidates(), &Memory::default(), rules, 1000, 9);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|one| one.slug != "jeune"));
    }
}

//! Keys with which other programs keep a text from being published: `status: private`, `hidden: true`,
//! `visibility: members`, a password. Each makes it a draft.

use pingmark_core::yaml;
use serde_yaml::Value;

use super::{FrontMatterReader, HeldBack, scalar};

/// Keys that hold a text back if they are true. These keys are recognised in any case: `Status: Draft`.
const IF_TRUE: [&str; 10] = [
    "draft",
    "headless",
    "hidden",
    "isdraft",
    "is_draft",
    "private",
    "protected",
    "unlisted",
    "unpublished",
    "wip",
];
/// Keys that hold a text back if they are false.
const IF_FALSE: [&str; 7] =
    ["ispublished", "is_published", "listed", "public", "publish", "published", "render"];
/// Keys whose value is a word.
const WORDS: [&str; 7] =
    ["audience", "post_status", "poststatus", "status", "statut", "visibility", "visibilité"];
/// Keys that hold a text back if they have a value.
const SECRETS: [&str; 4] = ["passphrase", "password", "post_password", "postpassword"];
/// Words that say that a text is for everybody.
const OPEN: [&str; 15] = [
    "all",
    "complete",
    "completed",
    "done",
    "everyone",
    "final",
    "finished",
    "live",
    "ok",
    "public",
    "publie",
    "publish",
    "published",
    "publié",
    "publique",
];
/// Words that say that it is not.
const CLOSED: [&str; 36] = [
    "auto-draft",
    "brouillon",
    "brouillons",
    "deleted",
    "draft",
    "drafts",
    "en attente",
    "en cours",
    "future",
    "hidden",
    "idea",
    "in progress",
    "in review",
    "in-progress",
    "in-review",
    "inherit",
    "internal",
    "members",
    "needs review",
    "paid",
    "pending",
    "pending review",
    "planned",
    "private",
    "privé",
    "relecture",
    "review",
    "scheduled",
    "sent",
    "skip",
    "tiers",
    "todo",
    "trash",
    "unlisted",
    "unpublished",
    "wip",
];

/// All keys that may hold a text back.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    IF_TRUE.into_iter().chain(IF_FALSE).chain(WORDS).chain(SECRETS)
}

/// Whether a key may hold a text back.
pub(super) fn is_key(name: &str) -> bool {
    keys().any(|key| name.eq_ignore_ascii_case(key))
}

fn is_one_of(name: &str, keys: &[&str]) -> bool {
    keys.iter().any(|key| name.eq_ignore_ascii_case(key))
}

/// A truth value, also as a word.
pub(super) fn flag(value: &Value) -> Option<bool> {
    yaml::flag(scalar(value)?.trim())
}

impl FrontMatterReader<'_> {
    /// Reads a key that may hold the text back. A value that says nothing known is kept for templates,
    /// like that of an unknown key.
    pub(super) fn hold(&mut self, typed: &str, value: Value) {
        if is_one_of(typed, &SECRETS) {
            let is_set =
                scalar(&value).is_none_or(|text| !text.trim().is_empty()) && flag(&value) != Some(false);
            if is_set {
                // The password itself is told to nobody.
                self.meta.draft = true;
                self.meta.held_back = Some(HeldBack::Key(typed.to_owned()));
            }
            return;
        }
        if is_one_of(typed, &WORDS) {
            let words = match &value {
                Value::Sequence(items) => items.iter().filter_map(scalar).collect(),
                single => scalar(single).into_iter().collect::<Vec<_>>(),
            };
            let words: Vec<String> = words.iter().map(|word| word.trim().to_lowercase()).collect();
            let known = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
            // Access to a text is closed unless it is said to be open.
            let is_access = is_one_of(typed, &["audience", "visibility", "visibilité"]);
            return match known(&OPEN) && !known(&CLOSED) {
                true => {}
                false if known(&CLOSED) || (is_access && !words.is_empty()) => self.hold_back(typed, &value),
                false => self.unknown(typed, value),
            };
        }
        match flag(&value) {
            Some(flag) if flag == is_one_of(typed, &IF_TRUE) => self.hold_back(typed, &value),
            Some(_) => {}
            None => self.unknown(typed, value),
        }
    }

    /// Makes the text a draft because of this key.
    pub(super) fn hold_back(&mut self, typed: &str, value: &Value) {
        self.meta.draft = true;
        let shown = match value {
            Value::Sequence(items) => items.iter().filter_map(scalar).collect::<Vec<_>>().join(", "),
            single => scalar(single).unwrap_or_default(),
        };
        self.meta.held_back = Some(HeldBack::Key(format!("{typed}: {shown}")));
    }
}

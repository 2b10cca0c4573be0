//! For people, when there are many problems: one entry a kind and cause, with its count and a few
//! places.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Format, Reporter, human};
use crate::diag::catalogue::Alike;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, Text};

/// Most lines of a report in which each problem has its line.
const MAX_FULL: usize = 74;
/// Most lines of a report in groups.
const MAX_LINES: usize = 54;
/// Places that are named for each group.
const MAX_PLACES: usize = 3;
/// From this number on, problems with the same words are drawn once.
const MANY: usize = 4;
/// Causes of one kind that are told apart; the rest are told together.
const MAX_CAUSES: usize = 5;
/// Problems of one cause that are told apart from others of their kind.
const WORTH_TELLING: usize = 3;
/// Links to one folder that are worth asking whether it is a part of the site.
const WORTH_ASKING: usize = 3;

/// A report for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The report, with a line end.
    pub text: String,
    /// Whether every place is in it.
    pub is_whole: bool,
}

/// Problems of one kind and cause.
struct Group<'d> {
    members: Vec<&'d Diagnostic>,
    folder: Option<String>,
    /// Words for all; `None` for the message of the first.
    words: Option<String>,
}

impl Group<'_> {
    fn severity(&self) -> Severity {
        self.members[0].severity
    }
}

impl Reporter<'_> {
    /// Draws diagnostics for people: each with its line if there are few, else in groups.
    pub fn report(&self, diagnostics: &Diagnostics) -> Report {
        debug_assert_eq!(self.format, Format::Human);
        let sorted = self.in_order(diagnostics);
        self.in_full(&sorted).unwrap_or_else(|| self.in_groups(&sorted))
    }

    /// Each with its line, and those with the same words once; `None` if that is too long.
    fn in_full(&self, sorted: &[&Diagnostic]) -> Option<Report> {
        // Each takes three lines at least, repeats none.
        let least = sorted.iter().map(|diagnostic| diagnostic.code).collect::<HashSet<_>>().len() * 3;
        if least > MAX_FULL || sorted.len() > MAX_FULL * MANY {
            return None;
        }
        let words: Vec<Text> = sorted.iter().map(|diagnostic| diagnostic.english()).collect();
        let mut same: HashMap<(Severity, Code, &Text), Vec<&Diagnostic>> = HashMap::new();
        for (diagnostic, words) in sorted.iter().zip(&words) {
            same.entry((diagnostic.severity, diagnostic.code, words)).or_default().push(diagnostic);
        }
        let (mut text, mut is_whole) = (String::new(), true);
        for (diagnostic, words) in sorted.iter().zip(&words) {
            let all = &same[&(diagnostic.severity, diagnostic.code, words)];
            let many = if diagnostic.code == Code::UnknownKey { 2 } else { MANY };
            if all.len() < many {
                text.push_str(&self.draw(diagnostic));
            } else if std::ptr::eq(all[0], *diagnostic) {
                text.push_str(&human::draw(
                    &self.find(diagnostic),
                    self.colour,
                    Some(self.places(&all[1..], 1)),
                ));
                is_whole &= all.len() <= MAX_PLACES;
            } else {
                continue;
            }
            text.push('\n');
            if text.lines().count() > MAX_FULL {
                return None;
            }
        }
        Some(Report { text, is_whole })
    }

    /// A few places, and how many more there are. `named` is the number of places named before.
    fn places(&self, members: &[&Diagnostic], named: usize) -> String {
        let place = |diagnostic: &&Diagnostic| {
            let found = self.find(diagnostic);
            let path = found.path.unwrap_or_else(|| "the site".to_owned());
            match found.place {
                Some(place) => plain(&format!("{path}:{}:{}", place.line, place.column)),
                None => plain(&path),
            }
        };
        let shown: Vec<String> = members.iter().take(MAX_PLACES - named).map(place).collect();
        match members.len() - shown.len() {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }

    fn in_groups(&self, sorted: &[&Diagnostic]) -> Report {
        let mut groups = groups(sorted);
        groups.sort_by_key(|group| (group.severity(), std::cmp::Reverse(group.members.len())));
        let mut text = String::new();
        let mut shown = 0;
        let mut lines = 0;
        for group in &groups {
            let total = sorted.iter().filter(|one| one.severity == group.severity()).count();
            let entry = self.entry(group, total);
            lines += entry.lines().count();
            // Two lines are for what is left.
            if lines > MAX_LINES - 2 {
                break;
            }
            text.push_str(&entry);
            shown += 1;
        }
        let left: usize = groups[shown..].iter().map(|group| group.members.len()).sum();
        if left > 0 {
            text.push_str(&format!("  and {left} more, of {} other kinds\n", groups.len() - shown));
        }
        text.push('\n');
        Report { text, is_whole: false }
    }

    /// A group: its count, kind and cause, then places, then the next step.
    fn entry(&self, group: &Group<'_>, total: usize) -> String {
        let first = group.members[0];
        let words = first.english();
        let all_words = || group.members.iter().map(|member| member.english());
        let says_same = all_words().all(|other| other.message == words.message);
        let message = match &group.words {
            _ if says_same => &words.message,
            Some(words) => words,
            None => &first.code.meaning(),
        };
        let (severity, code, count) = (first.severity, first.code, group.members.len());
        let level = format!("{}[{code}]", severity.as_str());
        let level = match (self.colour, severity) {
            (false, _) => level,
            (true, Severity::Error) => format!("\u{1b}[1;31m{level}\u{1b}[0m"),
            (true, Severity::Warning) => format!("\u{1b}[1;33m{level}\u{1b}[0m"),
            (true, Severity::Advice) => format!("\u{1b}[1;32m{level}\u{1b}[0m"),
        };
        let mut entry = format!("{count:>5} × {level}: {}\n", plain(message));
        entry.push_str(&format!("        {}\n", self.places(&group.members, 0)));
        let asks = group.folder.as_ref().filter(|folder| {
            count >= WORTH_ASKING && !self.evidence.publishes_below(folder.trim_start_matches('/'))
        });
        let hint = match asks {
            Some(folder) => Some(format!(
                "{count} of {total} lead to `{folder}`: part of another site? `elsewhere: [{folder}]`"
            )),
            None if all_words().all(|other| other.hint == words.hint) => words.hint,
            None => None,
        };
        if let Some(hint) = hint {
            entry.push_str(&format!("        help: {}\n", plain(&hint)));
        }
        entry
    }
}

/// Problems by kind and cause. Of one kind, the most frequent causes are told apart.
fn groups<'d>(sorted: &[&'d Diagnostic]) -> Vec<Group<'d>> {
    let mut kinds: BTreeMap<(Severity, Code), Vec<&'d Diagnostic>> = BTreeMap::new();
    for diagnostic in sorted {
        kinds.entry((diagnostic.severity, diagnostic.code)).or_default().push(diagnostic);
    }
    let mut groups = Vec::new();
    for ((_, code), members) in kinds {
        let mut causes: BTreeMap<Cause, Vec<&'d Diagnostic>> = BTreeMap::new();
        for member in members {
            causes.entry(Cause::of(member)).or_default().push(member);
        }
        let mut causes: Vec<(Cause, Vec<&'d Diagnostic>)> = causes.into_iter().collect();
        causes.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
        // Each unknown key is a cause of its own; of other kinds, what happens once or twice is told
        // together.
        let frequent = causes.iter().take_while(|(_, members)| members.len() >= WORTH_TELLING).count();
        let apart = match code {
            Code::UnknownKey => causes.len(),
            _ if causes.len() <= MAX_CAUSES => causes.len(),
            _ => frequent.min(MAX_CAUSES),
        };
        let rest = causes.split_off(apart);
        for (cause, members) in causes {
            let (words, folder) = match cause {
                Cause::Alike(alike) => (Some(alike.words), alike.folder),
                Cause::Message(_) => (None, None),
            };
            groups.push(Group { members, folder, words });
        }
        let rest: Vec<&Diagnostic> = rest.into_iter().flat_map(|(_, members)| members).collect();
        if !rest.is_empty() {
            let words = if apart == 0 { code.meaning() } else { format!("others: {}", code.meaning()) };
            groups.push(Group { members: rest, folder: None, words: Some(words) });
        }
    }
    groups
}

/// What tells the problems of one kind apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Alike(Alike),
    Message(String),
}

impl Cause {
    fn of(diagnostic: &Diagnostic) -> Self {
        diagnostic.alike().map_or_else(|| Self::Message(diagnostic.english().message), Self::Alike)
    }
}

/// A text without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

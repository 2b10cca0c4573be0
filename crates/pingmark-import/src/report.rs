//! What an import did: what came in, what went out, and what was left out with its reason.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

/// Longest list of one section in the Markdown form; the JSON form has them all.
const MAX_LISTED: usize = 200;

/// Report of an import.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Where it came from: `WordPress`.
    pub source: String,
    tallies: BTreeMap<(String, String), Tally>,
    notes: BTreeMap<Section, Vec<String>>,
}

/// Number of things of one kind and status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Things in the export.
    pub arrived: usize,
    /// Things in the site.
    pub kept: usize,
    /// Things that were left out, by reason.
    pub left: BTreeMap<String, usize>,
}

/// Parts of the report, in the order in which they matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// Files that were not read to their end.
    Unread,
    /// Files of the site that were edited, and not written again.
    Kept,
    /// How the settings were found.
    Settings,
    /// Addresses that two things wanted.
    Collisions,
    /// Addresses that cannot be kept.
    Addresses,
    /// Images and files that are missing, with the posts that show them.
    Missing,
    /// Links of the blog to itself that lead nowhere.
    Dead,
    /// Shortcodes that are not known.
    Shortcodes,
    /// Elements that were left out of texts.
    Elements,
    /// The blog's own pings, which no link explains.
    OwnPings,
    /// Comments and pings with something odd.
    Mentions,
    /// Types of content of the blog's own.
    Types,
    /// Texts without a title.
    Titles,
}

impl Section {
    fn name(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Kept => "kept",
            Self::Settings => "settings",
            Self::Collisions => "collisions",
            Self::Addresses => "addresses",
            Self::Missing => "missing_files",
            Self::Dead => "dead_links",
            Self::Shortcodes => "unknown_shortcodes",
            Self::Elements => "left_out_of_texts",
            Self::OwnPings => "own_pings",
            Self::Mentions => "mentions",
            Self::Types => "other_types",
            Self::Titles => "without_title",
        }
    }

    fn heading(self) -> (&'static str, &'static str) {
        match self {
            Self::Unread => ("Not read to the end", "What follows the place named here is missing."),
            Self::Kept => ("Files that you edited", "They were kept as they are."),
            Self::Settings => {
                ("Settings", "How `pingmark.yaml` was made. Change what is wrong, and import again.")
            }
            Self::Collisions => ("Addresses that two things wanted", "The second one got another address."),
            Self::Addresses => ("Addresses that cannot be kept", "Old links to them lead nowhere."),
            Self::Missing => (
                "Missing files",
                "They are named in `elsewhere` of `pingmark.yaml`, so that the site builds. To get them, import again \
                 with `--media DIR` or `--media fetch`.",
            ),
            Self::Dead => (
                "Links of the blog to itself that lead nowhere",
                "They led nowhere before. They were kept, and are named in `elsewhere` of `pingmark.yaml`.",
            ),
            Self::Shortcodes => ("Shortcodes that are not known", "They were left as they are in the texts."),
            Self::Elements => ("Left out of texts", "Scripts, forms and what the server made."),
            Self::OwnPings => (
                "Own pings without a link",
                "WordPress had a ping of one post of the blog on another, but the text has no such link now.",
            ),
            Self::Mentions => ("Comments and pings", "What was changed in them."),
            Self::Types => ("Other types of content", "They became pages."),
            Self::Titles => ("Texts without a title", "They got their first words as a title."),
        }
    }
}

impl Report {
    /// Report of an import from a system.
    pub fn new(source: &str) -> Self {
        Self { source: source.to_owned(), ..Self::default() }
    }

    fn tally(&mut self, kind: &str, status: &str) -> &mut Tally {
        self.tallies.entry((kind.to_owned(), status.to_owned())).or_default()
    }

    /// Counts something that is in the site.
    pub fn kept(&mut self, kind: &str, status: &str) {
        let tally = self.tally(kind, status);
        tally.arrived += 1;
        tally.kept += 1;
    }

    /// Counts something that was left out.
    pub fn left(&mut self, kind: &str, status: &str, reason: &str) {
        let tally = self.tally(kind, status);
        tally.arrived += 1;
        *tally.left.entry(reason.to_owned()).or_default() += 1;
    }

    /// Adds a line to a section.
    pub fn note(&mut self, section: Section, text: impl Into<String>) {
        self.notes.entry(section).or_default().push(text.into());
    }

    /// Lines of a section.
    pub fn notes(&self, section: Section) -> &[String] {
        self.notes.get(&section).map_or(&[], Vec::as_slice)
    }

    /// Number of things of a kind that are in the site, whatever their status.
    pub fn count(&self, kind: &str) -> usize {
        self.tallies.iter().filter(|((one, _), _)| one == kind).map(|(_, tally)| tally.kept).sum()
    }

    /// Numbers of a kind and status.
    pub fn get(&self, kind: &str, status: &str) -> Tally {
        self.tallies.get(&(kind.to_owned(), status.to_owned())).cloned().unwrap_or_default()
    }

    /// Kinds and statuses with their numbers.
    pub fn tallies(&self) -> impl Iterator<Item = (&str, &str, &Tally)> {
        self.tallies.iter().map(|((kind, status), tally)| (kind.as_str(), status.as_str(), tally))
    }

    /// Adds another report's numbers and lines.
    pub fn join(&mut self, other: Self) {
        for ((kind, status), tally) in other.tallies {
            let own = self.tally(&kind, &status);
            own.arrived += tally.arrived;
            own.kept += tally.kept;
            for (reason, count) in tally.left {
                *own.left.entry(reason).or_default() += count;
            }
        }
        for (section, notes) in other.notes {
            self.notes.entry(section).or_default().extend(notes);
        }
    }

    /// The report for people.
    pub fn markdown(&self) -> String {
        let mut out = format!("# Import from {}\n\n", self.source);
        out.push_str("| What | Status | In the export | In the site | Left out |\n|:--|:--|--:|--:|:--|\n");
        for ((kind, status), tally) in &self.tallies {
            let left: Vec<String> =
                tally.left.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            let status = if status.is_empty() { "–" } else { status };
            let left = left.join("; ");
            let _ = writeln!(out, "| {kind} | {status} | {} | {} | {left} |", tally.arrived, tally.kept);
        }
        for (section, notes) in &self.notes {
            let (heading, words) = section.heading();
            let _ = write!(out, "\n## {heading}\n\n{words}\n\n");
            for note in notes.iter().take(MAX_LISTED) {
                let _ = writeln!(out, "- {}", note.replace('\n', " "));
            }
            if notes.len() > MAX_LISTED {
                let _ = writeln!(out, "- and {} more, in `import-report.json`", notes.len() - MAX_LISTED);
            }
        }
        out
    }

    /// The report for programs.
    pub fn json(&self) -> Value {
        let counts: Vec<Value> = self
            .tallies
            .iter()
            .map(|((kind, status), tally)| {
                json!({"kind": kind, "status": status, "in": tally.arrived, "out": tally.kept, "left_out": tally.left})
            })
            .collect();
        let notes: serde_json::Map<String, Value> =
            self.notes.iter().map(|(section, notes)| (section.name().to_owned(), json!(notes))).collect();
        json!({"version": 1, "source": self.source, "counts": counts, "notes": notes})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_is_what_went_out_and_what_was_left() {
        let mut report = Report::new("WordPress");
        report.kept("posts", "published");
        report.left("posts", "published", "in the trash");
        let mut other = Report::new("WordPress");
        other.kept("posts", "published");
        other.note(Section::Dead, "x");
        report.join(other);
        let tally = report.get("posts", "published");
        assert_eq!(tally.arrived, tally.kept + tally.left.values().sum::<usize>());
        assert_eq!(report.json()["counts"][0]["in"], 3);
        assert!(report.markdown().contains("| posts | published | 3 | 2 | 1 in the trash |"));
    }
}

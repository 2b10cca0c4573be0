//! Editorial calendar: publications and shares by day, gaps without a post, and collisions.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use pingmark_core::when::When;

/// Longest time between two articles, in days, that is not reported as a gap.
pub const GAP_DAYS: i64 = 21;

/// Dated item of the editorial calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaEntry {
    /// Date, with or without a time of day.
    pub at: When,
    /// Kind.
    pub kind: EntryKind,
    /// Title of the article; empty for a free slot.
    pub title: String,
    /// Slug of the article; empty for a free slot.
    pub slug: String,
    /// Name of the article's file without its date; empty for a free slot.
    pub file: String,
    /// Names of the networks that the article is posted on; only a share has any.
    pub networks: Vec<&'static str>,
}

/// Kind of an entry. The order is that in which a day shows its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// Published article.
    Published,
    /// Article with a date in the future.
    Scheduled,
    /// Draft with a date.
    Draft,
    /// Post of an article on one or more networks.
    Share,
    /// Posting time of the settings at which nothing is planned.
    FreeSlot,
}

impl EntryKind {
    /// Name, as commands print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Scheduled => "scheduled",
            Self::Draft => "draft",
            Self::Share => "share",
            Self::FreeSlot => "free slot",
        }
    }

    /// Symbol in [`month_grid`].
    fn symbol(self) -> char {
        match self {
            Self::Published => '■',
            Self::Scheduled => '●',
            Self::Draft => '✎',
            Self::Share => '↗',
            Self::FreeSlot => '·',
        }
    }

    fn is_article(self) -> bool {
        matches!(self, Self::Published | Self::Scheduled)
    }
}

/// First and last day of the month that a date lies in.
pub fn month_range(month: Date) -> (Date, Date) {
    let first = month.first_of_month();
    (first, month.last_of_month())
}

/// Month as a text grid: a column per weekday from Monday, each day with the symbols of at most
/// five entries.
pub fn month_grid(month: Date, entries: &[AgendaEntry]) -> String {
    const CELL: usize = 9;
    let (first, last) = month_range(month);
    let mut out = format!("{}\n", month.strftime("%B %Y"));
    for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] {
        out.push_str(&format!("{day:<CELL$}"));
    }
    let mut day = first;
    out = format!(
        "{}\n{}",
        out.trim_end(),
        " ".repeat(CELL * first.weekday().to_monday_zero_offset() as usize)
    );
    loop {
        let mut kinds: Vec<EntryKind> = on_day(entries, day).map(|entry| entry.kind).collect();
        kinds.sort_unstable();
        let mut cell = format!("{:>2}", day.day());
        if !kinds.is_empty() {
            cell.push(' ');
            cell.extend(kinds.iter().take(5).map(|kind| kind.symbol()));
        }
        out.push_str(&format!("{cell:<CELL$}"));
        if day.weekday() == jiff::civil::Weekday::Sunday || day == last {
            out = format!("{}\n", out.trim_end_matches(' '));
        }
        match day.checked_add(1.day()) {
            Ok(next) if day < last => day = next,
            _ => break,
        }
    }
    out
}

/// Legend of the symbols in a [`month_grid`].
pub fn legend() -> String {
    let kinds =
        [EntryKind::Published, EntryKind::Scheduled, EntryKind::Draft, EntryKind::Share, EntryKind::FreeSlot];
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("{} {}", kind.symbol(), kind.name())).collect();
    format!("{}\n", kinds.join("   "))
}

/// Entries of a day, in the order given.
pub fn on_day(entries: &[AgendaEntry], day: Date) -> impl Iterator<Item = &AgendaEntry> {
    entries.iter().filter(move |entry| entry.at.civil().date() == day)
}

/// Gaps of more than [`GAP_DAYS`] between published or scheduled articles: the article before,
/// the one after, and the days between.
pub fn gaps(entries: &[AgendaEntry]) -> Vec<(&AgendaEntry, &AgendaEntry, i64)> {
    let mut articles: Vec<&AgendaEntry> = entries.iter().filter(|entry| entry.kind.is_article()).collect();
    articles.sort_by_key(|entry| entry.at);
    let pairs = articles.windows(2).map(|pair| {
        let days = (pair[1].at.instant - pair[0].at.instant) / 86_400;
        (pair[0], pair[1], days)
    });
    pairs.filter(|(_, _, days)| *days > GAP_DAYS).collect()
}

/// Collisions: entries of days with more than one article, and entries posted on one network at
/// the same moment.
pub fn collisions(entries: &[AgendaEntry]) -> Vec<Vec<&AgendaEntry>> {
    let mut days: BTreeMap<Date, Vec<&AgendaEntry>> = BTreeMap::new();
    let mut times: BTreeMap<(i64, &str), Vec<&AgendaEntry>> = BTreeMap::new();
    for entry in entries {
        match entry.kind {
            EntryKind::Published | EntryKind::Scheduled => {
                days.entry(entry.at.civil().date()).or_default().push(entry)
            }
            EntryKind::Share => {
                for network in &entry.networks {
                    times.entry((entry.at.instant, network)).or_default().push(entry);
                }
            }
            EntryKind::Draft | EntryKind::FreeSlot => {}
        }
    }
    let mut found: Vec<Vec<&AgendaEntry>> = days.into_values().filter(|found| found.len() > 1).collect();
    for entries in times.into_values().filter(|found| found.len() > 1) {
        if !found.contains(&entries) {
            found.push(entries);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn entry(at: &str, kind: EntryKind) -> AgendaEntry {
        let at = When::parse(at, &TimeZone::UTC).unwrap();
        AgendaEntry { at, kind, title: "T".into(), slug: at.day(), file: at.day(), networks: vec!["x"] }
    }

    #[test]
    fn a_month_shows_its_days_under_their_names() {
        let entries = [
            entry("2026-12-01 09:00", EntryKind::Scheduled),
            entry("2026-12-01 12:00", EntryKind::Share),
            entry("2026-12-31", EntryKind::Draft),
        ];
        let grid = month_grid(Date::constant(2026, 12, 15), &entries);
        let lines: Vec<&str> = grid.lines().collect();
        assert_eq!(lines[0], "December 2026");
        assert_eq!(lines[1], "Mon      Tue      Wed      Thu      Fri      Sat      Sun");
        assert_eq!(lines[2], "          1 ●↗     2        3        4        5        6");
        assert_eq!(lines[6], "28       29       30       31 ✎");
    }

    #[test]
    fn what_is_empty_and_what_is_double_is_pointed_out() {
        let entries = [
            entry("2026-12-01", EntryKind::Published),
            entry("2027-01-01 09:00", EntryKind::Scheduled),
            entry("2027-01-01 18:00", EntryKind::Scheduled),
            entry("2027-01-02 09:00", EntryKind::Share),
            entry("2027-01-02 09:00", EntryKind::Share),
        ];
        assert_eq!(gaps(&entries).iter().map(|(_, _, days)| *days).collect::<Vec<_>>(), [31]);
        assert_eq!(collisions(&entries).iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    }
}

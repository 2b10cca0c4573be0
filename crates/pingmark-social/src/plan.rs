//! The editorial calendar: what comes out when, where nothing does, and what gets in its own way.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use pingmark_core::when::When;

/// More days than these without a post are pointed out.
pub const GAP: i64 = 21;

/// Something with a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: When,
    /// What it is.
    pub kind: Kind,
    /// The article's title; empty for a free slot.
    pub title: String,
    /// The article's slug.
    pub slug: String,
    /// The networks it goes to.
    pub networks: Vec<&'static str>,
}

/// Kinds of entries, in the order in which a day shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An article that is out.
    Published,
    /// An article that comes out.
    Scheduled,
    /// A draft with a date.
    Draft,
    /// An article is posted on networks.
    Share,
    /// A time at which the blog posts, and nothing is planned.
    Free,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Scheduled => "scheduled",
            Self::Draft => "draft",
            Self::Share => "share",
            Self::Free => "free slot",
        }
    }

    /// Its sign in a month.
    fn sign(self) -> char {
        match self {
            Self::Published => '■',
            Self::Scheduled => '●',
            Self::Draft => '✎',
            Self::Share => '↗',
            Self::Free => '·',
        }
    }

    fn is_article(self) -> bool {
        matches!(self, Self::Published | Self::Scheduled)
    }
}

/// The first and the last day of a month.
pub fn days_of(month: Date) -> (Date, Date) {
    let first = month.first_of_month();
    (first, month.last_of_month())
}

/// A month as a grid, weeks from Monday, each day with the signs of what it holds.
pub fn grid(month: Date, entries: &[Entry]) -> String {
    const CELL: usize = 9;
    let (first, last) = days_of(month);
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
        let mut kinds: Vec<Kind> = of_day(entries, day).map(|entry| entry.kind).collect();
        kinds.sort_unstable();
        let mut cell = format!("{:>2}", day.day());
        if !kinds.is_empty() {
            cell.push(' ');
            cell.extend(kinds.iter().take(5).map(|kind| kind.sign()));
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

/// What the signs of a grid mean.
pub fn legend() -> String {
    let kinds = [Kind::Published, Kind::Scheduled, Kind::Draft, Kind::Share, Kind::Free];
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("{} {}", kind.sign(), kind.name())).collect();
    format!("{}\n", kinds.join("   "))
}

/// The entries of a day, in order.
pub fn of_day(entries: &[Entry], day: Date) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(move |entry| entry.at.civil().date() == day)
}

/// Stretches without an article: the article before, the one after, and the days between.
pub fn gaps(entries: &[Entry]) -> Vec<(&Entry, &Entry, i64)> {
    let mut articles: Vec<&Entry> = entries.iter().filter(|entry| entry.kind.is_article()).collect();
    articles.sort_by_key(|entry| entry.at);
    let pairs = articles.windows(2).map(|pair| {
        let days = (pair[1].at.instant - pair[0].at.instant) / 86_400;
        (pair[0], pair[1], days)
    });
    pairs.filter(|(_, _, days)| *days > GAP).collect()
}

/// Days with more than one article, and times at which more than one is posted on a network.
pub fn collisions(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut days: BTreeMap<Date, Vec<&Entry>> = BTreeMap::new();
    let mut times: BTreeMap<(i64, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        match entry.kind {
            Kind::Published | Kind::Scheduled => days.entry(entry.at.civil().date()).or_default().push(entry),
            Kind::Share => {
                for network in &entry.networks {
                    times.entry((entry.at.instant, network)).or_default().push(entry);
                }
            }
            Kind::Draft | Kind::Free => {}
        }
    }
    let mut found: Vec<Vec<&Entry>> = days.into_values().filter(|found| found.len() > 1).collect();
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

    fn entry(at: &str, kind: Kind) -> Entry {
        let at = When::parse(at, &TimeZone::UTC).unwrap();
        Entry { at, kind, title: "T".into(), slug: at.day(), networks: vec!["x"] }
    }

    #[test]
    fn a_month_shows_its_days_under_their_names() {
        let entries = [
            entry("2026-12-01 09:00", Kind::Scheduled),
            entry("2026-12-01 12:00", Kind::Share),
            entry("2026-12-31", Kind::Draft),
        ];
        let grid = grid(Date::constant(2026, 12, 15), &entries);
        let lines: Vec<&str> = grid.lines().collect();
        assert_eq!(lines[0], "December 2026");
        assert_eq!(lines[1], "Mon      Tue      Wed      Thu      Fri      Sat      Sun");
        assert_eq!(lines[2], "          1 ●↗     2        3        4        5        6");
        assert_eq!(lines[6], "28       29       30       31 ✎");
    }

    #[test]
    fn what_is_empty_and_what_is_double_is_pointed_out() {
        let entries = [
            entry("2026-12-01", Kind::Published),
            entry("2027-01-01 09:00", Kind::Scheduled),
            entry("2027-01-01 18:00", Kind::Scheduled),
            entry("2027-01-02 09:00", Kind::Share),
            entry("2027-01-02 09:00", Kind::Share),
        ];
        assert_eq!(gaps(&entries).iter().map(|(_, _, days)| *days).collect::<Vec<_>>(), [31]);
        assert_eq!(collisions(&entries).iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    }
}

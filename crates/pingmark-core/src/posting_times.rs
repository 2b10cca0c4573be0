//! Weekly posting times: when a blog posts on networks (the setting `social.slots`).

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::when::When;

/// Time of the week, such as Tuesday at 09:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostingTime {
    /// Weekday; `None` is every day.
    pub weekday: Option<Weekday>,
    /// Time of day, in the site's time zone.
    pub clock: Time,
}

/// Posting times if the settings give none: weekday mornings.
pub const DEFAULT: [&str; 5] = ["mon 09:00", "tue 09:00", "wed 09:00", "thu 09:00", "fri 09:00"];

/// First letters of the names of weekdays, in English and French.
const DAYS: [([&str; 2], Weekday); 7] = [
    (["mon", "lun"], Weekday::Monday),
    (["tue", "mar"], Weekday::Tuesday),
    (["wed", "mer"], Weekday::Wednesday),
    (["thu", "jeu"], Weekday::Thursday),
    (["fri", "ven"], Weekday::Friday),
    (["sat", "sam"], Weekday::Saturday),
    (["sun", "dim"], Weekday::Sunday),
];

/// Parses `tue 09:00`, `mardi 9h`, or `09:00` for every day.
pub fn parse(text: &str) -> Option<PostingTime> {
    let mut words = text.split_whitespace();
    let (weekday, clock) = match (words.next()?, words.next(), words.next()) {
        (clock, None, _) => (None, clock),
        (day, Some(clock), None) => {
            let day = day.to_lowercase();
            let found = DAYS.iter().find(|(names, _)| names.iter().any(|name| day.starts_with(name)))?;
            (Some(found.1), clock)
        }
        _ => return None,
    };
    let (hour, minute) = clock.split_once([':', 'h'])?;
    let minute = if minute.is_empty() { 0 } else { minute.parse().ok()? };
    Some(PostingTime { weekday, clock: Time::new(hour.parse().ok()?, minute, 0, 0).ok()? })
}

/// Next posting times after a moment, in order: at most `most`.
pub fn upcoming(weekly: &[PostingTime], moment: Timestamp, zone: &TimeZone, most: usize) -> Vec<When> {
    let mut found = Vec::with_capacity(most);
    let Some(mut day) = Some(moment.to_zoned(zone.clone()).date()) else { return found };
    // Without any posting time the search ends after a year.
    let mut empty = 0;
    while found.len() < most && empty < 366 {
        let of_day = on_day(weekly, day, zone);
        let ahead: Vec<When> = of_day.into_iter().filter(|when| when.instant > moment.as_second()).collect();
        empty = if ahead.is_empty() { empty + 1 } else { 0 };
        found.extend(ahead);
        match day.checked_add(1.day()) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    found.truncate(most);
    found
}

/// Posting times on one day, in order.
pub fn on_day(weekly: &[PostingTime], day: Date, zone: &TimeZone) -> Vec<When> {
    let today = weekly.iter().filter(|time| time.weekday.is_none_or(|own| own == day.weekday()));
    let mut times: Vec<When> =
        today.filter_map(|time| When::local(day.to_datetime(time.clock), zone, true)).collect();
    times.sort();
    times.dedup();
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_two_languages() {
        let time = |text| parse(text).map(|time| (time.weekday, time.clock.hour(), time.clock.minute()));
        assert_eq!(time("tue 09:05"), Some((Some(Weekday::Tuesday), 9, 5)));
        assert_eq!(time("Mardi 18h30"), Some((Some(Weekday::Tuesday), 18, 30)));
        assert_eq!(time("12h"), Some((None, 12, 0)));
        for text in ["", "tue", "xyz 09:00", "tue 25:00", "tue 09:00 x"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn times_follow_one_another_over_a_change_of_clocks() {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Paris").unwrap();
        let weekly: Vec<PostingTime> = ["fri 09:00", "mon 09:00"].into_iter().filter_map(parse).collect();
        let moment = "2026-10-23T09:00:00+02:00".parse().unwrap();
        let found: Vec<String> = upcoming(&weekly, moment, &zone, 3).iter().map(When::rfc3339).collect();
        assert_eq!(
            found,
            ["2026-10-26T09:00:00+01:00", "2026-10-30T09:00:00+01:00", "2026-11-02T09:00:00+01:00"]
        );
        assert!(upcoming(&[], moment, &zone, 3).is_empty());
    }
}

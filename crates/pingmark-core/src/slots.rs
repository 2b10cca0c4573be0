//! The times of the week at which a blog posts on networks.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::when::When;

/// A time of the week, such as Tuesday at 09:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The day; none stands for each.
    pub day: Option<Weekday>,
    /// The time of the site's clock.
    pub time: Time,
}

/// The times when the settings give none: the mornings of working days.
pub const USUAL: [&str; 5] = ["mon 09:00", "tue 09:00", "wed 09:00", "thu 09:00", "fri 09:00"];

/// The beginnings of days' names: English, French.
const DAYS: [([&str; 2], Weekday); 7] = [
    (["mon", "lun"], Weekday::Monday),
    (["tue", "mar"], Weekday::Tuesday),
    (["wed", "mer"], Weekday::Wednesday),
    (["thu", "jeu"], Weekday::Thursday),
    (["fri", "ven"], Weekday::Friday),
    (["sat", "sam"], Weekday::Saturday),
    (["sun", "dim"], Weekday::Sunday),
];

/// Reads `tue 09:00`, `mardi 9:00` or, for each day, `09:00`.
pub fn read(text: &str) -> Option<Slot> {
    let mut words = text.split_whitespace();
    let (day, clock) = match (words.next()?, words.next(), words.next()) {
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
    Some(Slot { day, time: Time::new(hour.parse().ok()?, minute, 0, 0).ok()? })
}

/// The times that follow a moment, in order: at most so many.
pub fn after(slots: &[Slot], moment: Timestamp, zone: &TimeZone, most: usize) -> Vec<When> {
    let mut found = Vec::with_capacity(most);
    let Some(mut day) = Some(moment.to_zoned(zone.clone()).date()) else { return found };
    // A year of empty days is no calendar.
    let mut empty = 0;
    while found.len() < most && empty < 366 {
        let of_day = of_day(slots, day, zone);
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

/// The times of one day, in order.
pub fn of_day(slots: &[Slot], day: Date, zone: &TimeZone) -> Vec<When> {
    let today = slots.iter().filter(|slot| slot.day.is_none_or(|own| own == day.weekday()));
    let mut times: Vec<When> =
        today.filter_map(|slot| When::local(day.to_datetime(slot.time), zone, true)).collect();
    times.sort();
    times.dedup();
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_two_languages() {
        let slot = |text| read(text).map(|slot| (slot.day, slot.time.hour(), slot.time.minute()));
        assert_eq!(slot("tue 09:05"), Some((Some(Weekday::Tuesday), 9, 5)));
        assert_eq!(slot("Mardi 18h30"), Some((Some(Weekday::Tuesday), 18, 30)));
        assert_eq!(slot("12h"), Some((None, 12, 0)));
        for text in ["", "tue", "xyz 09:00", "tue 25:00", "tue 09:00 x"] {
            assert_eq!(slot(text), None, "{text}");
        }
    }

    #[test]
    fn times_follow_one_another_over_a_change_of_clocks() {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Paris").unwrap();
        let slots: Vec<Slot> = ["fri 09:00", "mon 09:00"].into_iter().filter_map(read).collect();
        let moment = "2026-10-23T09:00:00+02:00".parse().unwrap();
        let found: Vec<String> = after(&slots, moment, &zone, 3).iter().map(When::rfc3339).collect();
        assert_eq!(
            found,
            ["2026-10-26T09:00:00+01:00", "2026-10-30T09:00:00+01:00", "2026-11-02T09:00:00+01:00"]
        );
        assert!(after(&[], moment, &zone, 3).is_empty());
    }
}

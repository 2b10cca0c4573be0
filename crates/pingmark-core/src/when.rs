//! Dates and times in the site's timezone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

mod format;
mod written;

pub use written::Written;

/// A point in time, with the UTC offset of the site's timezone at that time. Ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct When {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub instant: i64,
    /// UTC offset of the site at that time, in seconds; east is positive. Always whole minutes.
    pub offset: i32,
    /// Whether a time of day was given, or only a date.
    pub has_time: bool,
}

impl When {
    /// A timestamp, seen from a timezone.
    pub fn at(instant: Timestamp, zone: &TimeZone, has_time: bool) -> Self {
        // Offsets before about 1911 have seconds (Paris +00:09:21), which RFC 3339 cannot write.
        let offset = zone.to_offset(instant).seconds() / 60 * 60;
        Self { instant: instant.as_second(), offset, has_time }
    }

    /// Parses the date formats found in front matters: RFC 3339, `YYYY-MM-DD`,
    /// `YYYY-MM-DD HH:MM[:SS[.fff]]` with `T` or a space, an optional zone (`Z`, `+0100`,
    /// ` +01:00`), `/` for `-`, and other forms with one meaning. Without a zone, the site's is meant.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        Self::iso(text.trim(), zone).or_else(|| Some(written::read(text, zone, None)?.when))
    }

    /// Parses a date of a text in a language, which decides between day and month in `03/04/2026`.
    pub fn parse_in(text: &str, zone: &TimeZone, lang: &str) -> Option<Written> {
        let iso = Self::iso(text.trim(), zone).map(|when| Written { when, is_ambiguous: false });
        iso.or_else(|| written::read(text, zone, Some(lang)))
    }

    /// Parses ISO 8601 and its near relations, which nearly all dates are.
    fn iso(text: &str, zone: &TimeZone) -> Option<Self> {
        let (day, rest) = split_day(text)?;
        let rest = rest.trim_start_matches(['T', 't']).trim();
        if rest.is_empty() {
            return Self::local(day.to_datetime(Time::midnight()), zone, false);
        }
        let cut = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
        let (clock, zone_text) = rest.split_at(cut);
        let moment = day.to_datetime(parse_clock(clock)?);
        match zone_text.trim() {
            "" => Self::local(moment, zone, true),
            zone_text => {
                let offset = parse_offset(zone_text)?;
                let instant = offset.to_timestamp(moment).ok()?;
                Some(Self::at(instant, zone, true))
            }
        }
    }

    /// A local date and time in the site's timezone. In an hour that a change of the clocks skips
    /// or repeats, the earlier offset applies, as in RFC 5545.
    pub fn local(moment: DateTime, zone: &TimeZone, has_time: bool) -> Option<Self> {
        let zoned = moment.to_zoned(zone.clone()).ok()?;
        let seen = Self::at(zoned.timestamp(), zone, has_time);
        // Keeps the time as typed where the seconds of an old offset were dropped.
        let dropped = zoned.offset().seconds() - seen.offset;
        Some(Self { instant: seen.instant + i64::from(dropped), ..seen })
    }

    /// Local date and time in the site's timezone.
    pub fn civil(&self) -> DateTime {
        // Shifts the civil time instead of the timestamp: near the end of year 9999, the shifted
        // timestamp would be out of range.
        let instant = Timestamp::from_second(self.instant).unwrap_or(Timestamp::UNIX_EPOCH);
        Offset::from_seconds(self.offset).unwrap_or(Offset::UTC).to_datetime(instant)
    }

    /// RFC 3339: `2011-03-04T10:00:00+01:00`.
    pub fn rfc3339(&self) -> String {
        let c = self.civil();
        let minutes = self.offset.unsigned_abs() / 60;
        // Without `format!`, because every page contains several of these.
        let mut text = String::with_capacity(25);
        push_two(&mut text, c.year().unsigned_abs() / 100);
        push_two(&mut text, c.year().unsigned_abs() % 100);
        let sign = if self.offset < 0 { '-' } else { '+' };
        let parts = [
            ('-', c.month().unsigned_abs().into()),
            ('-', c.day().unsigned_abs().into()),
            ('T', c.hour().unsigned_abs().into()),
            (':', c.minute().unsigned_abs().into()),
            (':', c.second().unsigned_abs().into()),
            (sign, (minutes / 60) as u16),
            (':', (minutes % 60) as u16),
        ];
        for (separator, number) in parts {
            text.push(separator);
            push_two(&mut text, number);
        }
        text
    }

    /// Parses the output of [`Self::rfc3339`], also with `Z` as offset. `has_time` is true even if
    /// only a date was given once.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse::<i16>().ok()
        };
        let part = |range| Some(number(range)? as i8);
        let date = Date::new(number(0..4)?, part(5..7)?, part(8..10)?).ok()?;
        let time = Time::new(part(11..13)?, part(14..16)?, part(17..19)?, 0).ok()?;
        let offset = match text.get(19..)? {
            "Z" | "z" => 0,
            offset => {
                let minutes = i32::from(number(20..22)?) * 60 + i32::from(number(23..25)?);
                if offset.starts_with('-') { -minutes * 60 } else { minutes * 60 }
            }
        };
        let moment = date.to_datetime(time);
        let instant = Offset::from_seconds(offset).ok()?.to_timestamp(moment).ok()?;
        Some(Self { instant: instant.as_second(), offset, has_time: true })
    }

    /// RFC 822 with a four-digit year, for RSS: `Fri, 04 Mar 2011 10:00:00 +0100`.
    pub fn rfc822(&self) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let c = self.civil();
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} {}",
            DAYS[c.weekday().to_monday_zero_offset() as usize],
            c.day(),
            MONTHS[c.month() as usize - 1],
            c.year(),
            c.hour(),
            c.minute(),
            c.second(),
            self.zone_text("")
        )
    }

    /// The date alone: `2011-03-04`.
    pub fn day(&self) -> String {
        let c = self.civil();
        format!("{:04}-{:02}-{:02}", c.year(), c.month(), c.day())
    }

    fn zone_text(&self, colon: &str) -> String {
        let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs() / 60);
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }
}

/// Appends the last two digits of a number.
fn push_two(text: &mut String, number: u16) {
    text.push(char::from(b'0' + (number / 10 % 10) as u8));
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// Splits off a date (`2011-03-04`, `2011/3/4`) from the start of a text.
fn split_day(text: &str) -> Option<(Date, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-' && c != '/').unwrap_or(text.len());
    let mut parts = text[..end].split(['-', '/']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let date = Date::new(year, month, day).ok().filter(|date| date.year() > 0)?;
    parts.next().is_none().then_some((date, &text[end..]))
}

/// Parses `10:00`, `10:00:59` or `10:00:59.5`. Fractions are dropped; a leap second counts as
/// second 59.
fn parse_clock(text: &str) -> Option<Time> {
    let whole = text.split('.').next()?;
    let mut parts = whole.split(':');
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let second: i8 = parts.next().map_or(Some(0), |s| s.parse().ok())?;
    let rest = parts.next();
    rest.is_none().then(|| Time::new(hour, minute, second.min(59), 0).ok()).flatten()
}

/// Parses `Z`, `UTC`, `+01`, `+0100` or `+01:00`.
fn parse_offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        jiff::tz::TimeZoneDatabase::bundled().get("Europe/Paris").unwrap()
    }

    #[test]
    fn formats_that_writers_use_are_parsed() {
        for (text, rfc3339) in [
            ("2011-03-04", "2011-03-04T00:00:00+01:00"),
            ("2011/03/04", "2011-03-04T00:00:00+01:00"),
            ("2011-3-4", "2011-03-04T00:00:00+01:00"),
            ("2011-07-04 10:30", "2011-07-04T10:30:00+02:00"),
            ("2011-03-04T10:30:15Z", "2011-03-04T11:30:15+01:00"),
            ("2011-03-04 10:30:15 +0000", "2011-03-04T11:30:15+01:00"),
            ("2011-03-04T10:30:15.123-05:00", "2011-03-04T16:30:15+01:00"),
            ("2011-03-27 02:30", "2011-03-27T03:30:00+02:00"),
            ("9999-12-30", "9999-12-30T00:00:00+01:00"),
        ] {
            let when = When::parse(text, &paris()).unwrap_or_else(|| panic!("{text} was not read"));
            assert_eq!(when.rfc3339(), rfc3339, "{text}");
        }
    }

    #[test]
    fn rfc_3339_is_read_back() {
        for text in ["2011-03-04 09:05", "2011-07-14", "1905-01-01 00:00:01", "9999-12-30"] {
            let when = When { has_time: true, ..When::parse(text, &paris()).unwrap() };
            assert_eq!(When::from_rfc3339(&when.rfc3339()), Some(when), "{text}");
        }
        for text in
            ["", "2011-03-04", "2011-13-04T00:00:00Z", "2011-03-04T10:00:00", "2011-03-04T10:00:00+ab:cd"]
        {
            assert_eq!(When::from_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in
            ["", "hier", "2011-13-04", "2011-02-30", "04/03/2011", "2011-03-04 25:00", "2011-03-04 ab"]
        {
            assert_eq!(When::parse(text, &paris()), None, "{text}");
        }
    }

    #[test]
    fn feeds_get_rfc_822() {
        let when = When::parse("2011-03-04 09:05", &paris()).unwrap();
        assert_eq!(when.rfc822(), "Fri, 04 Mar 2011 09:05:00 +0100");
    }
}

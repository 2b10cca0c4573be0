//! An instant as a writer means it: a moment, seen from the site's timezone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// A moment in seconds since 1970, with the offset that the site's clock showed then.
///
/// Ordered by the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct When {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub instant: i64,
    /// Seconds east of UTC at the site, at that moment.
    pub offset: i32,
    /// Whether an hour was given, or only a day.
    pub has_time: bool,
}

impl When {
    /// A moment seen from a timezone.
    pub fn at(instant: Timestamp, zone: &TimeZone, has_time: bool) -> Self {
        // Clocks of before 1911 were off by seconds, which RFC 3339 cannot write.
        let offset = zone.to_offset(instant).seconds() / 60 * 60;
        Self { instant: instant.as_second(), offset, has_time }
    }

    /// Reads the forms of dates found in front matters: RFC 3339, `YYYY-MM-DD`,
    /// `YYYY-MM-DD HH:MM[:SS[.fff]]` with `T` or a space, an optional zone (`Z`, `+0100`,
    /// ` +01:00`), and `/` for `-`. Without zone: the site's.
    pub fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let text = text.trim();
        let (day, rest) = split_day(text)?;
        let rest = rest.trim_start_matches(['T', 't']).trim();
        if rest.is_empty() {
            return Self::local(day.to_datetime(Time::midnight()), zone, false);
        }
        let cut = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
        let (clock, mark) = rest.split_at(cut);
        let moment = day.to_datetime(parse_clock(clock)?);
        match mark.trim() {
            "" => Self::local(moment, zone, true),
            mark => {
                let offset = parse_offset(mark)?;
                let instant = offset.to_timestamp(moment).ok()?;
                Some(Self::at(instant, zone, true))
            }
        }
    }

    /// A date and time on the site's own clock. An hour skipped or repeated by a change to
    /// or from summer time takes the earlier offset, as RFC 5545 does.
    pub fn local(moment: DateTime, zone: &TimeZone, has_time: bool) -> Option<Self> {
        let zoned = moment.to_zoned(zone.clone()).ok()?;
        let seen = Self::at(zoned.timestamp(), zone, has_time);
        // The hour as typed, where the zone's offset has seconds that are let go.
        let lost = zoned.offset().seconds() - seen.offset;
        Some(Self { instant: seen.instant + i64::from(lost), ..seen })
    }

    /// Date and time as the site's clock showed them.
    pub fn civil(&self) -> DateTime {
        // The offset is applied to the civil time: near the end of year 9999 the shifted moment
        // would be no timestamp any more, though it is a date.
        let instant = Timestamp::from_second(self.instant).unwrap_or(Timestamp::UNIX_EPOCH);
        Offset::from_seconds(self.offset).unwrap_or(Offset::UTC).to_datetime(instant)
    }

    /// `2011-03-04T10:00:00+01:00`, for machines (RFC 3339).
    pub fn rfc3339(&self) -> String {
        let c = self.civil();
        let minutes = self.offset.unsigned_abs() / 60;
        // Written digit by digit: it stands several times on every page.
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
        for (mark, number) in parts {
            text.push(mark);
            push_two(&mut text, number);
        }
        text
    }

    /// Reads what [`Self::rfc3339`] wrote, and the same ended by `Z`; what was a day alone comes
    /// back as a moment.
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
            mark => {
                let minutes = i32::from(number(20..22)?) * 60 + i32::from(number(23..25)?);
                if mark.starts_with('-') { -minutes * 60 } else { minutes * 60 }
            }
        };
        let moment = date.to_datetime(time);
        let instant = Offset::from_seconds(offset).ok()?.to_timestamp(moment).ok()?;
        Some(Self { instant: instant.as_second(), offset, has_time: true })
    }

    /// `Fri, 04 Mar 2011 10:00:00 +0100`, for RSS (RFC 822 with a four-digit year).
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

    /// `2011-03-04`.
    pub fn day(&self) -> String {
        let c = self.civil();
        format!("{:04}-{:02}-{:02}", c.year(), c.month(), c.day())
    }

    fn zone_text(&self, colon: &str) -> String {
        let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs() / 60);
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }
}

/// A number of two digits.
fn push_two(text: &mut String, number: u16) {
    text.push(char::from(b'0' + (number / 10 % 10) as u8));
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// `2011-03-04`, `2011/3/4` at the start of a text, and what follows it.
fn split_day(text: &str) -> Option<(Date, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-' && c != '/').unwrap_or(text.len());
    let mut parts = text[..end].split(['-', '/']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let date = Date::new(year, month, day).ok().filter(|date| date.year() > 0)?;
    parts.next().is_none().then_some((date, &text[end..]))
}

/// `10:00`, `10:00:59`, `10:00:59.5`; a leap second is read as the one before it.
fn parse_clock(text: &str) -> Option<Time> {
    let whole = text.split('.').next()?;
    let mut parts = whole.split(':');
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let second: i8 = parts.next().map_or(Some(0), |s| s.parse().ok())?;
    let rest = parts.next();
    rest.is_none().then(|| Time::new(hour, minute, second.min(59), 0).ok()).flatten()
}

/// `Z`, `+01`, `+0100`, `+01:00`, `UTC`.
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
    fn the_forms_writers_use_are_read() {
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
    fn what_was_written_for_machines_is_read_back() {
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
    fn what_is_no_date_is_refused() {
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

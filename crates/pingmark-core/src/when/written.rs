//! Dates as people and other programs write them: `July 8, 2022`, `30/11/2026 10h30`,
//! `Thu, 03 Feb 2011 04:05:06 +0000`.
//!
//! A text is put into one notation word by word (English months, `10:30` for `10h30`, neither weekdays
//! nor `at`), and then parsed by jiff's formats. ISO 8601 does not come here.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{When, parse_offset};
use crate::lang::LANGUAGES;
use crate::slug::slugify;

/// A date, and whether it could have been another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The date.
    pub when: When,
    /// Whether day and month were told apart by the language alone, as in `03/04/2026`.
    pub is_ambiguous: bool,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Abbreviations of weekdays; whole names are those of the languages.
#[rustfmt::skip]
const WEEKDAYS: [&str; 26] = [
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "lun", "mer", "jeu", "ven", "sam",
    "dim", "mo", "di", "mi", "do", "fr", "sa", "so", "mie", "jue", "vie",
];

/// Words between the parts of a date, in the languages of [`LANGUAGES`].
const FILLERS: [&str; 17] = [
    "le", "a", "at", "de", "del", "um", "uhr", "the", "of", "on", "alle", "ore", "il", "den", "el", "las",
    "min",
];

/// Abbreviations of time zones with their offsets in minutes. Those that mean several zones (`IST`,
/// `CST` is the American one, as in RFC 2822) are left out or follow that document.
const ZONES: [(&str, i32); 27] = [
    ("ut", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("met", 60),
    ("cest", 120),
    ("mest", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("edt", -240),
    ("est", -300),
    ("cdt", -300),
    ("cst", -360),
    ("mdt", -360),
    ("mst", -420),
    ("pdt", -420),
    ("pst", -480),
    ("hst", -600),
];

/// Reads a date. `lang` decides whether `03/04/2026` is in April or in March; without it, that is no
/// date.
pub(super) fn read(text: &str, zone: &TimeZone, lang: Option<&str>) -> Option<Written> {
    let text = text.trim();
    // Longer texts are none, and need not be looked at.
    if text.is_empty() || text.len() > 80 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let when = digits(text, zone)?;
        return Some(Written { when, is_ambiguous: false });
    }
    // `2011-02-03T04:05:06+01:00[Europe/Paris]`: the name adds nothing to an offset.
    let (text, place) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((text, place)) => (text, Some(place)),
        None => (text, None),
    };
    let words = normalised(text);
    let (date, rest, is_ambiguous) = date(&words, lang)?;
    let (time, rest) = match date.time {
        Some(time) => (Some(time), rest),
        None => clock(rest),
    };
    let Some(time) = time else {
        let when = When::local(date.day.to_datetime(Time::midnight()), zone, false);
        return when.filter(|_| rest.is_empty()).map(|when| Written { when, is_ambiguous });
    };
    let moment = date.day.to_datetime(time);
    let when = match (rest.is_empty(), place) {
        (true, None) => When::local(moment, zone, true)?,
        (true, Some(place)) => {
            let place = TimeZoneDatabase::bundled().get(place).ok()?;
            When::at(moment.to_zoned(place).ok()?.timestamp(), zone, true)
        }
        (false, _) => When::at(instant(moment, rest)?, zone, true),
    };
    Some(Written { when, is_ambiguous })
}

/// Reads `20261130`, `20261130103000`, and seconds or milliseconds since 1970.
fn digits(text: &str, zone: &TimeZone) -> Option<When> {
    match text.len() {
        8 => {
            let day = BrokenDownTime::parse("%Y%m%d", text).ok()?.to_date().ok()?;
            When::local(day.to_datetime(Time::midnight()), zone, false)
        }
        14 => {
            let moment = BrokenDownTime::parse("%Y%m%d%H%M%S", text).ok()?.to_datetime().ok()?;
            When::local(moment, zone, true)
        }
        10 => Some(When::at(Timestamp::from_second(text.parse().ok()?).ok()?, zone, true)),
        13 => Some(When::at(Timestamp::from_millisecond(text.parse().ok()?).ok()?, zone, true)),
        _ => None,
    }
}

/// A text in lower case with English months and one blank between its words.
fn normalised(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let lower = text.to_lowercase().replace(['\u{a0}', '\u{202f}'], " ");
    // `(CET)` at the end of a date of JavaScript repeats its offset.
    let lower = lower.split('(').next().unwrap_or_default();
    for word in lower.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        let has_letters = word.chars().any(char::is_alphabetic);
        let parts: Vec<&str> = word.split(['-', '/', '.']).filter(|part| !part.is_empty()).collect();
        // `04-Mar-2011`
        if has_letters && parts.len() == 3 && parts.iter().any(|part| month(part).is_some()) {
            parts.into_iter().for_each(|part| push(part, &mut words));
        } else {
            push(word, &mut words);
        }
    }
    // In French, `mar.` is a Tuesday too.
    if words.iter().filter(|word| MONTHS.contains(&word.as_str())).count() > 1 && words[0] == "mar" {
        words.remove(0);
    }
    words.join(" ")
}

/// Appends a word in the one notation; weekdays and fillers are left out.
fn push(word: &str, words: &mut Vec<String>) {
    let bare = word.trim_end_matches('.');
    if let Some(number) = month(bare) {
        return words.push(MONTHS[number].to_owned());
    }
    let plain = slugify(bare);
    let is_weekday = WEEKDAYS.contains(&plain.as_str())
        || LANGUAGES.iter().any(|language| language.days.iter().any(|day| slugify(day) == plain));
    // `am` is German at the start of a date, and half a day behind a time.
    if is_weekday || FILLERS.contains(&plain.as_str()) || (plain == "am" && words.is_empty()) {
        return;
    }
    if matches!(bare, "a.m" | "p.m") {
        return words.push(bare.replace('.', ""));
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, behind) = word.split_at(digits);
    match behind {
        // `1st`, `1er`, `4.`
        "st" | "nd" | "rd" | "th" | "er" | "re" | "º" | "°" | "." if digits <= 2 => {
            words.push(number.to_owned());
        }
        "h" if digits > 0 => words.push(format!("{number}:00")),
        // `10 h 30`
        "h" if words
            .last()
            .is_some_and(|last| last.len() <= 2 && last.bytes().all(|b| b.is_ascii_digit())) =>
        {
            if let Some(last) = words.last_mut() {
                last.push_str(":00");
            }
        }
        "" if digits == 2 && words.last().is_some_and(|last| last.ends_with(":00")) => {
            if let Some(last) = words.last_mut() {
                last.truncate(last.len() - 2);
                last.push_str(number);
            }
        }
        _ => {
            let is_digit = |c: char| c.is_ascii_digit();
            let minutes = behind.strip_prefix('h').filter(|rest| digits > 0 && rest.starts_with(is_digit));
            let is_day = |day: &str| day.len() >= 8 && day.starts_with(is_digit);
            match (minutes, word.split_once('t').filter(|(day, _)| is_day(day))) {
                // `10h30`, `10h30min`
                (Some(minutes), _) => {
                    words.push(format!("{number}:{}", minutes.trim_end_matches(|c| !is_digit(c))));
                }
                // `2026-11-30t10h30`
                (None, Some((day, clock))) => {
                    words.push(day.to_owned());
                    push(clock, words);
                }
                (None, None) => words.push(word.to_owned()),
            }
        }
    }
}

/// Index of a month, by its name or an abbreviation in any known language.
fn month(word: &str) -> Option<usize> {
    if !word.starts_with(char::is_alphabetic) || word.chars().count() < 3 {
        return None;
    }
    let word = slugify(word);
    LANGUAGES.iter().find_map(|language| {
        let named = |names: &[&str; 12]| names.iter().position(|name| slugify(name) == word);
        named(&language.months).or_else(|| named(&language.months_short)).or_else(|| {
            let mut alike = (0..12).filter(|at| slugify(language.months[*at]).starts_with(&word));
            alike.next().filter(|_| alike.next().is_none())
        })
    })
}

/// The date of a text, and the time of day where it stands before the year.
struct Day {
    day: Date,
    time: Option<Time>,
}

/// Splits a date off the start of a text.
fn date<'t>(text: &'t str, lang: Option<&str>) -> Option<(Day, &'t str, bool)> {
    const FORMATS: [&str; 9] = [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%d %b %Y",
        "%b %d %Y",
        "%Y %b %d",
        "%b %d %H:%M:%S %Y",
        "%Y-%m",
        "%b %Y",
    ];
    if let Some((day, rest, is_ambiguous)) = short(text, lang) {
        return Some((Day { day, time: None }, rest, is_ambiguous));
    }
    FORMATS.iter().find_map(|format| {
        let (mut found, end) = BrokenDownTime::parse_prefix(format, text).ok()?;
        let rest = &text[end..];
        let has_day = format.contains("%d");
        if !has_day {
            found.set_day(Some(1)).ok()?;
        }
        let day = found.to_date().ok().filter(|day| day.year() >= 1000)?;
        let time = if format.contains("%H") { found.to_time().ok() } else { None };
        let is_end = rest.is_empty() || (has_day && rest.starts_with([' ', 't']));
        is_end.then(|| (Day { day, time }, rest.trim_start_matches('t').trim_start(), false))
    })
}

/// Splits off `30/11/2026`, `30.11.2026` or `11-30-2026`.
fn short<'t>(text: &'t str, lang: Option<&str>) -> Option<(Date, &'t str, bool)> {
    let end = text.find(' ').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let separator = word.chars().find(|c| matches!(c, '/' | '.' | '-'))?;
    let mut parts = word.split(separator);
    let first = parts.next().filter(|part| part.len() <= 2)?.parse::<i8>().ok()?;
    let second = parts.next()?.parse::<i8>().ok()?;
    let year = parts.next().filter(|part| part.len() == 4)?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    let is_ambiguous = first <= 12 && second <= 12 && first != second;
    let month_first = match lang {
        _ if !is_ambiguous => second > 12,
        Some(lang) => is_month_first(lang),
        None => return None,
    };
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    Some((Date::new(year, month, day).ok()?, rest.trim_start(), is_ambiguous))
}

/// Whether a language writes the month before the day: American English, which `en` stands for.
fn is_month_first(lang: &str) -> bool {
    lang.eq_ignore_ascii_case("en") || lang.eq_ignore_ascii_case("en-US")
}

/// Splits a time of day off the start of a text.
fn clock(text: &str) -> (Option<Time>, &str) {
    const FORMATS: [&str; 5] = ["%I:%M:%S %p", "%I:%M %p", "%I %p", "%H:%M:%S%.f", "%H:%M"];
    let found = FORMATS.iter().find_map(|format| {
        let (found, end) = BrokenDownTime::parse_prefix(format, text).ok()?;
        let time = found.to_time().ok()?;
        let rest = &text[end..];
        // `10:300` is no time.
        let is_end = !rest.starts_with(|c: char| c.is_ascii_digit() || c == ':');
        is_end.then(|| (Time::new(time.hour(), time.minute(), time.second(), 0).ok(), rest.trim_start()))
    });
    found.unwrap_or((None, text))
}

/// The instant of a local time in the zone that a text names: `+0100`, `gmt+0100`, `cet`,
/// `europe/paris`.
fn instant(moment: jiff::civil::DateTime, zone: &str) -> Option<Timestamp> {
    // Go repeats the zone: `+0000 UTC`.
    let first = zone.split(' ').next()?;
    let by_offset = |text: &str| parse_offset(text)?.to_timestamp(moment).ok();
    let signed =
        first.strip_prefix("gmt").or_else(|| first.strip_prefix("utc")).filter(|rest| !rest.is_empty());
    by_offset(signed.unwrap_or(first)).or_else(|| {
        let known = ZONES.iter().find(|(name, _)| *name == first);
        match known {
            Some((_, minutes)) => {
                jiff::tz::Offset::from_seconds(minutes * 60).ok()?.to_timestamp(moment).ok()
            }
            None => {
                let place = TimeZoneDatabase::bundled().get(first).ok().filter(|_| first.contains('/'))?;
                Some(moment.to_zoned(place).ok()?.timestamp())
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(text: &str, lang: Option<&str>) -> Option<(String, bool)> {
        let paris = TimeZoneDatabase::bundled().get("Europe/Paris").unwrap();
        let found = read(text, &paris, lang)?;
        let text = if found.when.has_time { found.when.rfc3339() } else { found.when.day() };
        Some((text, found.is_ambiguous))
    }

    #[test]
    fn dates_of_people_and_programs_are_read() {
        for (text, expected) in [
            ("Jul 08 2022", "2022-07-08"),
            ("July 8, 2022", "2022-07-08"),
            ("8 July 2022", "2022-07-08"),
            ("July 8th, 2022 at 4:05 p.m.", "2022-07-08T16:05:00+02:00"),
            ("04-Mar-2011", "2011-03-04"),
            ("2022 Jul 8", "2022-07-08"),
            ("2011-02", "2011-02-01"),
            ("Feb. 2011", "2011-02-01"),
            ("4 mars 2011", "2011-03-04"),
            ("jeudi 1er décembre 2011 à 10h30", "2011-12-01T10:30:00+01:00"),
            ("mar. 6 fevr. 2024", "2024-02-06"),
            ("4 mars 2011, 10 h 30", "2011-03-04T10:30:00+01:00"),
            ("am 4. März 2011 um 10:30 Uhr", "2011-03-04T10:30:00+01:00"),
            ("4 de marzo de 2011", "2011-03-04"),
            ("2011-02-03 04:05:06 CET", "2011-02-03T04:05:06+01:00"),
            ("2011-02-03 04:05:06 EST", "2011-02-03T10:05:06+01:00"),
            ("2011-02-03 04:05:06 Europe/Athens", "2011-02-03T03:05:06+01:00"),
            ("Thu, 03 Feb 2011 04:05:06 +0000", "2011-02-03T05:05:06+01:00"),
            ("Thu, 03 Feb 2011 04:05:06 GMT", "2011-02-03T05:05:06+01:00"),
            ("2011-02-03 4:05 PM", "2011-02-03T16:05:00+01:00"),
            ("2011-02-03 4:05:06pm", "2011-02-03T16:05:06+01:00"),
            ("2011-02-03 12 AM", "2011-02-03T00:00:00+01:00"),
            ("2011-02-03T04:05:06+01:00[Europe/Paris]", "2011-02-03T04:05:06+01:00"),
            ("2011-02-03T04:05:06[America/New_York]", "2011-02-03T10:05:06+01:00"),
            ("Fri Mar  4 10:30:15 2011", "2011-03-04T10:30:15+01:00"),
            ("Fri Mar 4 10:30:15 2011 +0000", "2011-03-04T11:30:15+01:00"),
            ("Fri Mar 04 2011 10:30:15 GMT+0100 (CET)", "2011-03-04T10:30:15+01:00"),
            ("2011-03-04 10:30:15.123 +0000 UTC", "2011-03-04T11:30:15+01:00"),
            ("2026-11-30 10h30", "2026-11-30T10:30:00+01:00"),
            ("2026-11-30T10h30", "2026-11-30T10:30:00+01:00"),
            ("2026-11-30 9h", "2026-11-30T09:00:00+01:00"),
            ("30/11/2026 à 10h05", "2026-11-30T10:05:00+01:00"),
            ("30.11.2026", "2026-11-30"),
            ("11/30/2026", "2026-11-30"),
            ("20261130", "2026-11-30"),
            ("1322524800", "2011-11-29T01:00:00+01:00"),
            ("1322524800000", "2011-11-29T01:00:00+01:00"),
        ] {
            assert_eq!(read_in(text, Some("fr")), Some((expected.to_owned(), false)), "{text}");
        }
    }

    #[test]
    fn day_and_month_follow_the_language() {
        for (lang, expected) in [("fr", "2026-04-03"), ("en-GB", "2026-04-03"), ("en", "2026-03-04")] {
            assert_eq!(read_in("03/04/2026", Some(lang)), Some((expected.to_owned(), true)), "{lang}");
        }
        assert_eq!(read_in("03/04/2026", None), None);
        assert_eq!(read_in("04/04/2026", None), Some(("2026-04-04".to_owned(), false)));
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "hier",
            "demain à 10h",
            "2011",
            "2011-13",
            "2011-02-30",
            "32/01/2026",
            "31/02/2026",
            "13/13/2026",
            "2011-03-04 25:00",
            "2011-03-04 10:300",
            "2011-03-04 ab",
            "2011-03-04 10:30 Mars",
            "4 zzz 2011",
            "2011-03-04 10:30 Nowhere/City",
            "12345",
            "Mar 4",
            "v1.2.2011x",
            "0000-00-00",
            "04/05/06",
        ] {
            assert_eq!(read_in(text, Some("fr")), None, "{text}");
        }
    }
}

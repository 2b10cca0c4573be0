//! iCalendar files (RFC 5545), for calendar programs.

use jiff::Timestamp;

use pingmark_core::when::When;

/// Event of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEvent {
    /// Globally unique identifier (`UID`): a program that imports the calendar again updates the
    /// event with the same one.
    pub uid: String,
    /// Start. One without a time of day makes an all-day event; any other lasts 15 minutes.
    pub start: When,
    /// Title (`SUMMARY`).
    pub title: String,
    /// Description; left out if empty.
    pub text: String,
    /// Link.
    pub url: Option<String>,
    /// Category.
    pub category: String,
}

/// Writes a calendar named `name`. `stamp` is the time of its creation, `DTSTAMP` of every event.
pub fn calendar(name: &str, events: &[CalendarEvent], stamp: Timestamp) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//Pingmark//Editorial calendar//EN");
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "X-WR-CALNAME", &escaped(name));
    for event in events {
        line(&mut out, "BEGIN", "VEVENT");
        line(&mut out, "UID", &escaped(&event.uid));
        line(&mut out, "DTSTAMP", &utc(stamp.as_second()));
        if event.start.has_time {
            line(&mut out, "DTSTART", &utc(event.start.instant));
            line(&mut out, "DURATION", "PT15M");
        } else {
            let day = event.start.day().replace('-', "");
            line(&mut out, "DTSTART;VALUE=DATE", &day);
        }
        line(&mut out, "SUMMARY", &escaped(&event.title));
        if !event.text.is_empty() {
            line(&mut out, "DESCRIPTION", &escaped(&event.text));
        }
        if let Some(url) = &event.url {
            line(&mut out, "URL", url);
        }
        line(&mut out, "CATEGORIES", &escaped(&event.category));
        line(&mut out, "TRANSP", "TRANSPARENT");
        line(&mut out, "END", "VEVENT");
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

/// Moment in UTC, in seconds since 1970, as `20261122T083000Z` (RFC 5545, 3.3.5).
fn utc(instant: i64) -> String {
    let instant = Timestamp::from_second(instant).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Escapes a text value (RFC 5545, 3.3.11) and drops control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a content line, folded so that no line has more than 75 bytes (RFC 5545, 3.1). A fold
/// never splits a character.
fn line(out: &mut String, name: &str, value: &str) {
    const MOST: usize = 75;
    let whole = format!("{name}:{value}");
    let mut room = MOST;
    for c in whole.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = MOST - 1;
        }
        room -= c.len_utf8();
        out.push(c);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_short_and_whole() {
        let event = CalendarEvent {
            uid: "un@essai.example".into(),
            start: When::parse("2026-12-01 09:00", &jiff::tz::TimeZone::UTC).unwrap(),
            title: "Été ; hiver, 100 % — ".repeat(8),
            text: "Un\nDeux\\".into(),
            url: None,
            category: "x".into(),
        };
        let text = calendar("Essai", &[event], Timestamp::UNIX_EPOCH);
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("DESCRIPTION:Un\\nDeux\\\\\r\n"), "{text}");
        assert!(unfolded.contains("SUMMARY:Été \\; hiver\\, 100 % — Été"), "{text}");
        assert!(unfolded.contains("DTSTART:20261201T090000Z\r\n"), "{text}");
    }
}

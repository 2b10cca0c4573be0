//! iCalendar files (RFC 5545), for calendar programs.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::when::When;

/// Event of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEvent {
    /// Globally unique identifier (`UID`): a program that imports the calendar again updates the
    /// event with the same one. Of events that share one, each gets `key` added.
    pub uid: String,
    /// Name of the article's file, which no other article has.
    pub key: String,
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
    for (event, uid) in events.iter().zip(unique_ids(events)) {
        line(&mut out, "BEGIN", "VEVENT");
        line(&mut out, "UID", &escaped(&uid));
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

/// Identifiers of events, each of which occurs once: calendar programs keep only one event of those
/// with the same. Translations share a slug, and `un-x` is a slug as well as `un` on X.
fn unique_ids(events: &[CalendarEvent]) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for event in events {
        *counts.entry(&event.uid).or_default() += 1;
    }
    let mut taken = HashSet::new();
    let ids = events.iter().map(|event| {
        let (name, host) = event.uid.split_once('@').unwrap_or((&event.uid, ""));
        let mut id = event.uid.clone();
        if counts[event.uid.as_str()] > 1 {
            id = format!("{name}.{}@{host}", Fingerprint::of(event.key.as_bytes()).short());
        }
        let mut number = 1;
        while !taken.insert(id.clone()) {
            number += 1;
            id = format!("{name}.{}.{number}@{host}", Fingerprint::of(event.key.as_bytes()).short());
        }
        id
    });
    ids.collect()
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

    fn event(uid: &str, key: &str) -> CalendarEvent {
        CalendarEvent {
            uid: uid.into(),
            key: key.into(),
            start: When::parse("2026-12-01 09:00", &jiff::tz::TimeZone::UTC).unwrap(),
            title: String::new(),
            text: String::new(),
            url: None,
            category: "x".into(),
        }
    }

    #[test]
    fn no_two_events_have_one_identifier() {
        let of = |events: &[CalendarEvent]| unique_ids(events);
        let [french, english] = [event("un@a.example", "posts/un.fr"), event("un@a.example", "posts/un.en")];
        let alone = event("deux@a.example", "posts/deux.fr");
        let ids = of(&[french.clone(), alone.clone(), english.clone(), french.clone()]);
        assert_eq!(ids[1], "deux@a.example");
        assert!(ids.iter().all(|id| id.ends_with("@a.example")), "{ids:?}");
        assert_eq!(HashSet::<&String>::from_iter(&ids).len(), 4, "{ids:?}");
        // Another order or another event changes no identifier.
        let again = of(&[english, french, alone]);
        assert_eq!((&again[0], &again[1]), (&ids[2], &ids[0]));
    }

    #[test]
    fn lines_are_short_and_whole() {
        let event = CalendarEvent {
            start: When::parse("2026-12-01 09:00", &jiff::tz::TimeZone::UTC).unwrap(),
            title: "Été ; hiver, 100 % — ".repeat(8),
            text: "Un\nDeux\\".into(),
            ..event("un@essai.example", "posts/un.fr")
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

//! The blog's clock, inferred from dates that stand in an export twice: on the blog's clock and in UTC.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// Most dates that are compared; they are spread over the whole blog.
const MAX_PAIRS: usize = 400;

/// A date in both forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// On the blog's clock.
    pub local: DateTime,
    /// In UTC.
    pub gmt: DateTime,
}

impl Pair {
    /// Reads two dates as WordPress writes them. `None` for `0000-00-00 00:00:00`, and for dates that differ
    /// by more than a day.
    pub fn read(local: &str, gmt: &str) -> Option<Self> {
        let pair = Self { local: date(local)?, gmt: date(gmt)? };
        (pair.offset()?.abs() <= 15 * 60).then_some(pair)
    }

    /// Minutes that the blog's clock was ahead of UTC.
    pub fn offset(&self) -> Option<i32> {
        let seconds = self.local.duration_since(self.gmt).as_secs();
        i32::try_from(seconds.div_euclid(60)).ok()
    }
}

/// A date as WordPress writes it: `2011-03-04 10:00:00`.
pub fn date(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if text.starts_with("0000") {
        return None;
    }
    text.replace(' ', "T").parse().ok()
}

/// A zone by its name, from the zones that come with the program.
pub fn zone_named(name: &str) -> Result<TimeZone, jiff::Error> {
    TimeZoneDatabase::bundled().get(name)
}

/// The inferred clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Name of the time zone.
    pub zone: String,
    /// Dates that it explains.
    pub fits: usize,
    /// Dates that were compared.
    pub of: usize,
}

/// Zones that are tried first for a language, so that one of several with the same clock is the likely one.
fn likely(language: &str) -> &'static [&'static str] {
    match language.to_ascii_lowercase().replace('_', "-").as_str() {
        "fr-ca" => &["America/Toronto", "America/Montreal"],
        "fr-ch" | "de-ch" | "it-ch" => &["Europe/Zurich"],
        "fr-be" | "nl-be" => &["Europe/Brussels"],
        "en-gb" => &["Europe/London"],
        "en-au" => &["Australia/Sydney", "Australia/Brisbane", "Australia/Perth"],
        "en-nz" => &["Pacific/Auckland"],
        "de-at" => &["Europe/Vienna"],
        "pt-br" => &["America/Sao_Paulo"],
        "pt" | "pt-pt" => &["Europe/Lisbon"],
        other => match other.split('-').next().unwrap_or("") {
            "fr" => {
                &["Europe/Paris", "America/Toronto", "Indian/Reunion", "America/Martinique", "Africa/Tunis"]
            }
            "en" => &[
                "Europe/London",
                "America/New_York",
                "America/Chicago",
                "America/Denver",
                "America/Los_Angeles",
                "Asia/Kolkata",
                "Australia/Sydney",
            ],
            "de" => &["Europe/Berlin"],
            "es" => {
                &["Europe/Madrid", "America/Mexico_City", "America/Bogota", "America/Argentina/Buenos_Aires"]
            }
            "it" => &["Europe/Rome"],
            "nl" => &["Europe/Amsterdam"],
            "ja" => &["Asia/Tokyo"],
            "zh" => &["Asia/Shanghai"],
            "ru" => &["Europe/Moscow"],
            _ => &[],
        },
    }
}

/// Infers the zone from some dates. `None` without any.
pub fn infer(pairs: &[Pair], language: &str) -> Option<Clock> {
    let mut sorted: Vec<Pair> = pairs.to_vec();
    sorted.sort();
    sorted.dedup();
    let step = sorted.len().div_ceil(MAX_PAIRS).max(1);
    let sample: Vec<Pair> = sorted.into_iter().step_by(step).collect();
    let mut offsets: BTreeMap<i32, usize> = BTreeMap::new();
    for pair in &sample {
        *offsets.entry(pair.offset()?).or_default() += 1;
    }
    let (&most, _) = offsets.iter().max_by_key(|(_, count)| **count)?;
    let fits = |zone: &TimeZone| sample.iter().filter(|pair| fits(zone, pair)).count();
    let of = sample.len();
    let clock = |zone: &str, fits: usize| Clock { zone: zone.to_owned(), fits, of };
    // One offset in summer and in winter is no zone with two clocks, but a fixed one, unless a likely zone has it.
    let mut best: Option<Clock> = None;
    let offer = |name: &str, best: Option<Clock>| {
        let Ok(zone) = zone_named(name) else { return best };
        let count = fits(&zone);
        if best.as_ref().is_none_or(|best| count > best.fits) { Some(clock(name, count)) } else { best }
    };
    let fixed = fixed_zone(most);
    for name in likely(language) {
        best = offer(name, best);
    }
    best = offer(&fixed, best);
    if best.as_ref().is_some_and(|best| best.fits * 100 >= of * 98) {
        return best;
    }
    const EVERYWHERE: [&str; 30] = [
        "Europe/Paris",
        "Europe/London",
        "Europe/Berlin",
        "Europe/Athens",
        "Europe/Helsinki",
        "Europe/Moscow",
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Halifax",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Santiago",
        "Pacific/Honolulu",
        "Africa/Cairo",
        "Africa/Johannesburg",
        "Asia/Jerusalem",
        "Asia/Dubai",
        "Asia/Tehran",
        "Asia/Kolkata",
        "Asia/Shanghai",
        "Asia/Tokyo",
        "Australia/Perth",
        "Australia/Adelaide",
        "Australia/Brisbane",
        "Australia/Sydney",
        "Pacific/Auckland",
    ];
    for name in EVERYWHERE {
        best = offer(name, best);
    }
    best
}

/// Whether a zone's clock shows the local date at the instant.
pub fn fits(zone: &TimeZone, pair: &Pair) -> bool {
    let Ok(instant) = Offset::UTC.to_timestamp(pair.gmt) else { return false };
    // WordPress stores both with a second of its own now and then.
    let local = zone.to_offset(instant).to_datetime(instant);
    local.duration_since(pair.local).as_secs().abs() < 60
}

/// Name of the zone that is always so many minutes ahead of UTC. Its sign is the other way round.
fn fixed_zone(minutes: i32) -> String {
    match minutes {
        0 => "UTC".to_owned(),
        330 => "Asia/Kolkata".to_owned(),
        345 => "Asia/Kathmandu".to_owned(),
        minutes if minutes % 60 == 0 && minutes < 0 => format!("Etc/GMT+{}", -minutes / 60),
        minutes => format!("Etc/GMT-{}", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(texts: &[(&str, &str)]) -> Vec<Pair> {
        texts.iter().filter_map(|(local, gmt)| Pair::read(local, gmt)).collect()
    }

    #[test]
    fn a_clock_is_inferred_over_summer_and_winter() {
        let paris = pairs(&[
            ("2011-01-04 11:00:00", "2011-01-04 10:00:00"),
            ("2011-07-04 12:00:00", "2011-07-04 10:00:00"),
            ("0000-00-00 00:00:00", "0000-00-00 00:00:00"),
        ]);
        assert_eq!(infer(&paris, "fr-FR").unwrap(), Clock { zone: "Europe/Paris".into(), fits: 2, of: 2 });
        assert_eq!(infer(&paris, "de-CH").unwrap().zone, "Europe/Zurich");
        let always = pairs(&[
            ("2011-01-04 12:00:00", "2011-01-04 10:00:00"),
            ("2011-07-04 12:00:00", "2011-07-04 10:00:00"),
        ]);
        assert_eq!(infer(&always, "fr").unwrap().zone, "Etc/GMT-2");
        let utc = pairs(&[("2011-07-04 12:00:00", "2011-07-04 12:00:00")]);
        assert_eq!(infer(&utc, "en").unwrap().zone, "UTC");
        assert_eq!(infer(&[], "fr"), None);
    }
}

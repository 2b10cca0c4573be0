//! Dates as a language writes them.

use super::When;
use crate::lang::{DateForm, Language};

impl Language {
    /// A date as the language writes it. The format is one of `long` (4 mars 2011), `short`
    /// (4 mars 2011 with a short month), `full` (with the day of the week), `month` (mars
    /// 2011), `time` (09:05), `iso`, or a pattern of `%Y %m %d %e %B %b %A %H %M`.
    pub fn date(&self, when: &When, format: &str) -> String {
        let c = when.civil();
        let month = c.month() as usize - 1;
        match format {
            "long" => self.long_date(when, self.months[month]),
            "short" => self.long_date(when, self.months_short[month]),
            "full" => {
                let day = self.days[c.weekday().to_monday_zero_offset() as usize];
                let comma =
                    if matches!(self.long, DateForm::MonthFirst | DateForm::DayDot) { "," } else { "" };
                format!("{day}{comma} {}", self.long_date(when, self.months[month]))
            }
            "month" => format!("{} {}", self.months[month], c.year()),
            "time" => format!("{:02}:{:02}", c.hour(), c.minute()),
            "iso" => when.day(),
            pattern => self.pattern(when, pattern),
        }
    }

    fn long_date(&self, when: &When, month: &str) -> String {
        let c = when.civil();
        let (day, year) = (c.day(), c.year());
        match &self.long {
            DateForm::DayFirst { first } if day == 1 => format!("{first}\u{a0}{month} {year}"),
            DateForm::DayFirst { .. } => format!("{day}\u{a0}{month} {year}"),
            DateForm::DayDot => format!("{day}.\u{a0}{month} {year}"),
            DateForm::DayDe => format!("{day}\u{a0}de {month} de {year}"),
            DateForm::MonthFirst => format!("{month}\u{a0}{day}, {year}"),
        }
    }

    fn pattern(&self, when: &When, pattern: &str) -> String {
        let c = when.civil();
        let month = c.month() as usize - 1;
        let mut out = String::with_capacity(pattern.len() + 8);
        let mut signs = pattern.chars();
        while let Some(sign) = signs.next() {
            if sign != '%' {
                out.push(sign);
                continue;
            }
            match signs.next() {
                Some('Y') => out.push_str(&c.year().to_string()),
                Some('m') => out.push_str(&format!("{:02}", c.month())),
                Some('d') => out.push_str(&format!("{:02}", c.day())),
                Some('e') => out.push_str(&c.day().to_string()),
                Some('B') => out.push_str(self.months[month]),
                Some('b') => out.push_str(self.months_short[month]),
                Some('A') => out.push_str(self.days[c.weekday().to_monday_zero_offset() as usize]),
                Some('H') => out.push_str(&format!("{:02}", c.hour())),
                Some('M') => out.push_str(&format!("{:02}", c.minute())),
                Some('%') | None => out.push('%'),
                Some(other) => out.extend(['%', other]),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn dates_are_written_as_the_language_does() {
        let when = |text| When::parse(text, &TimeZone::UTC).unwrap();
        for (lang, day, format, text) in [
            ("fr", "2011-03-04", "long", "4\u{a0}mars 2011"),
            ("fr-CA", "2011-08-01", "long", "1er\u{a0}août 2011"),
            ("fr", "2011-03-04", "full", "vendredi 4\u{a0}mars 2011"),
            ("en", "2011-03-04", "long", "March\u{a0}4, 2011"),
            ("de", "2011-03-04", "long", "4.\u{a0}März 2011"),
            ("es", "2011-03-04", "long", "4\u{a0}de marzo de 2011"),
            ("it", "2011-03-01", "short", "1º\u{a0}mar 2011"),
            ("fr", "2011-03-04", "month", "mars 2011"),
            ("fr", "2011-03-04", "%A %d/%m/%Y %%", "vendredi 04/03/2011 %"),
        ] {
            assert_eq!(Language::of(lang).date(&when(day), format), text);
        }
    }
}

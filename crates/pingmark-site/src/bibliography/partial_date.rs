//! Dates of publication, of which often only the year or the month is known.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use pingmark_core::lang::Language;
use pingmark_core::when::When;

/// Date known to the year, the month or the day.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    /// `2011`, `2011-03` or `2011-03-04` (ISO 8601), a valid date.
    iso: String,
}

impl PartialDate {
    /// Parses `2011`, `2011-03` or `2011-03-04`, also with `/`.
    pub fn read(text: &str) -> Option<Self> {
        let iso = text.trim().replace('/', "-");
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        let mut parts = iso.split('-');
        let year = parts.next().filter(|part| digits(part, 4))?.parse().ok()?;
        let mut number = || match parts.next() {
            Some(part) if digits(part, 2) => Some(part.parse().ok()?),
            Some(_) => None,
            None => Some(1),
        };
        let (month, day) = (number()?, number()?);
        Date::new(year, month, day).ok()?;
        parts.next().is_none().then_some(Self { iso })
    }

    /// ISO 8601 form: `2011`, `2011-03` or `2011-03-04`.
    pub fn iso(&self) -> &str {
        &self.iso
    }

    /// Year, as four digits.
    pub fn year(&self) -> &str {
        &self.iso[..4]
    }

    /// Date written out in a language: `2011`, `mars 2011`, `4 mars 2011`.
    pub fn in_words(&self, language: &Language) -> String {
        let format = match self.iso.len() {
            4 => return self.iso.clone(),
            7 => "month",
            _ => "long",
        };
        let whole = format!("{}-01", self.iso);
        match When::parse(&whole[..10], &TimeZone::UTC) {
            Some(when) => language.date(&when, format),
            None => self.iso.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_known_as_far_as_they_are_given() {
        for (text, words) in [
            ("1999", "1999"),
            ("2010-11", "novembre 2010"),
            ("2005-09-30", "30\u{a0}septembre 2005"),
            ("2011/03/04", "4\u{a0}mars 2011"),
        ] {
            assert_eq!(PartialDate::read(text).unwrap().in_words(Language::of("fr")), words);
        }
        for text in
            ["", "99", "2011-13", "2011-02-30", "2011-3", "mars 2011", "2011-03-04-05", "20110304", "2011-"]
        {
            assert_eq!(PartialDate::read(text), None, "{text}");
        }
    }
}

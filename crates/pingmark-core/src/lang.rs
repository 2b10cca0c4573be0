//! What differs from one language to the next: dates, plurals, reading speed, small words.
//!
//! The words of the interface belong to the theme (`i18n/fr.yaml`); here is what no
//! translator should have to write, and the few words that stand inside an article's body.

use crate::when::When;

/// Facts of a language.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// Primary subtag of BCP 47.
    pub code: &'static str,
    /// The language's own name for itself.
    pub name: &'static str,
    /// The locale Open Graph expects, such as `fr_FR`.
    pub locale: &'static str,
    pub(crate) months: [&'static str; 12],
    pub(crate) months_short: [&'static str; 12],
    pub(crate) days: [&'static str; 7],
    long: DateForm,
    /// Words a grown reader reads in a minute, silently (Brysbaert 2019 for English; Trauzettel-
    /// Klosinski and others 2012 for the proportions between languages).
    pub words_per_minute: usize,
    /// Titles of the five alerts: note, tip, important, warning, caution.
    pub alerts: [&'static str; 5],
    /// The label of the footnotes at the end of an article.
    pub footnotes: &'static str,
    /// The label of the link from a footnote back to the text.
    pub back_to_text: &'static str,
    /// Labels of a task: done, to do.
    pub task: [&'static str; 2],
}

/// The order in which a language writes a date.
#[derive(Debug, PartialEq, Eq)]
enum DateForm {
    /// `4 mars 2011`; French and Italian write the first of a month as an ordinal.
    DayFirst { first: &'static str },
    /// `4. März 2011`
    DayDot,
    /// `4 de marzo de 2011`
    DayDe,
    /// `March 4, 2011`
    MonthFirst,
}

const FRENCH: Language = Language {
    code: "fr",
    name: "Français",
    locale: "fr_FR",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    months_short: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
    days: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    long: DateForm::DayFirst { first: "1er" },
    words_per_minute: 210,
    alerts: ["Note", "Astuce", "Important", "Attention", "Prudence"],
    footnotes: "Notes",
    back_to_text: "Retour au texte",
    task: ["Fait", "À faire"],
};

const ENGLISH: Language = Language {
    code: "en",
    name: "English",
    locale: "en_US",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_short: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    long: DateForm::MonthFirst,
    words_per_minute: 238,
    alerts: ["Note", "Tip", "Important", "Warning", "Caution"],
    footnotes: "Footnotes",
    back_to_text: "Back to the text",
    task: ["Done", "To do"],
};

const GERMAN: Language = Language {
    code: "de",
    name: "Deutsch",
    locale: "de_DE",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    months_short: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
    ],
    days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    long: DateForm::DayDot,
    words_per_minute: 190,
    alerts: ["Hinweis", "Tipp", "Wichtig", "Warnung", "Vorsicht"],
    footnotes: "Fußnoten",
    back_to_text: "Zurück zum Text",
    task: ["Erledigt", "Offen"],
};

const SPANISH: Language = Language {
    code: "es",
    name: "Español",
    locale: "es_ES",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    months_short: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    days: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    long: DateForm::DayDe,
    words_per_minute: 220,
    alerts: ["Nota", "Consejo", "Importante", "Advertencia", "Precaución"],
    footnotes: "Notas",
    back_to_text: "Volver al texto",
    task: ["Hecho", "Pendiente"],
};

const ITALIAN: Language = Language {
    code: "it",
    name: "Italiano",
    locale: "it_IT",
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    months_short: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
    days: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
    long: DateForm::DayFirst { first: "1º" },
    words_per_minute: 200,
    alerts: ["Nota", "Suggerimento", "Importante", "Attenzione", "Cautela"],
    footnotes: "Note",
    back_to_text: "Torna al testo",
    task: ["Fatto", "Da fare"],
};

/// The languages whose dates and small words are known.
pub const LANGUAGES: [&Language; 5] = [&FRENCH, &ENGLISH, &GERMAN, &SPANISH, &ITALIAN];

impl Language {
    /// Whether a language is written from right to left, by its script, else by its primary subtag:
    /// `ar`, `az-Arab`, but not `ku-Latn`.
    #[must_use]
    pub fn is_rtl(tag: &str) -> bool {
        let mut subtags = tag.split(['-', '_']);
        let primary = subtags.next().unwrap_or("").to_ascii_lowercase();
        let script =
            subtags.find(|subtag| subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()));
        match script.map(str::to_ascii_lowercase).as_deref() {
            Some("arab" | "hebr" | "thaa" | "nkoo" | "syrc" | "adlm" | "rohg" | "mand" | "samr") => true,
            Some(_) => false,
            None => matches!(
                &*primary,
                "ar" | "arc"
                    | "arz"
                    | "ckb"
                    | "dv"
                    | "fa"
                    | "he"
                    | "iw"
                    | "ji"
                    | "ks"
                    | "nqo"
                    | "pnb"
                    | "prs"
                    | "ps"
                    | "sd"
                    | "skr"
                    | "syr"
                    | "ug"
                    | "ur"
                    | "yi"
            ),
        }
    }

    /// The language of a tag such as `fr` or `fr-CA`; English for those not known.
    pub fn of(tag: &str) -> &'static Self {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        LANGUAGES.into_iter().find(|l| l.code.eq_ignore_ascii_case(primary)).unwrap_or(&ENGLISH)
    }

    /// `one` or `other`, by the rules of CLDR for whole numbers.
    pub fn plural(&self, n: i64) -> &'static str {
        let one = match self.code {
            "fr" => n == 0 || n == 1,
            _ => n == 1,
        };
        if one { "one" } else { "other" }
    }

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

    #[test]
    fn french_counts_zero_as_one() {
        assert_eq!((Language::of("fr").plural(0), Language::of("en").plural(0)), ("one", "other"));
    }
}

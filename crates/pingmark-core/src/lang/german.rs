//! German.

use super::{CitationWords, DateForm, Language, Typography};

/// German.
pub(super) const GERMAN: Language = Language {
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
    zero_is_singular: false,
    words_per_minute: 190,
    alerts: ["Hinweis", "Tipp", "Wichtig", "Warnung", "Vorsicht"],
    footnotes: "Fußnoten",
    back_to_text: "Zurück zum Text",
    task: ["Erledigt", "Offen"],
    typography: Typography {
        quotes: [('„', '“'), ('‚', '‘'), ('‚', '‘')],
        opening: "„‚",
        closing: "“‘",
        is_spaced: false,
        clipped_words: &[],
    },
    citations: CitationWords {
        and: " und ",
        and_before_vowel: " und ",
        et_al: " u.\u{a0}a.",
        no_date: "o.\u{a0}J.",
        separator: "; ",
        quotes: ["„", "“"],
        accessed: "abgerufen am",
        archived: "archivierte Kopie",
        dead: "Seite verschwunden",
        sources: "Zitierte Quellen",
        colon: ": ",
    },
};

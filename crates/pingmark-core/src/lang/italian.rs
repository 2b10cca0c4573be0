//! Italian.

use super::{CitationWords, DateForm, Language, Typography};

/// Italian.
pub(super) const ITALIAN: Language = Language {
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
    zero_is_singular: false,
    words_per_minute: 200,
    alerts: ["Nota", "Suggerimento", "Importante", "Attenzione", "Cautela"],
    footnotes: "Note",
    back_to_text: "Torna al testo",
    task: ["Fatto", "Da fare"],
    typography: Typography {
        quotes: [('«', '»'), ('“', '”'), ('‘', '’')],
        opening: "«“„",
        closing: "»”",
        is_spaced: false,
        clipped_words: &[],
    },
    citations: CitationWords {
        and: " e ",
        and_before_vowel: " ed ",
        et_al: " et\u{a0}al.",
        no_date: "s.d.",
        separator: "; ",
        quotes: ["«", "»"],
        accessed: "consultato il",
        archived: "copia archiviata",
        dead: "pagina scomparsa",
        sources: "Fonti citate",
        colon: ": ",
    },
};

//! French.

use super::{CitationWords, DateForm, Language, Typography};

/// French.
pub(super) const FRENCH: Language = Language {
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
    zero_is_singular: true,
    words_per_minute: 210,
    alerts: ["Note", "Astuce", "Important", "Attention", "Prudence"],
    footnotes: "Notes",
    back_to_text: "Retour au texte",
    task: ["Fait", "À faire"],
    typography: Typography {
        quotes: [('«', '»'), ('“', '”'), ('‘', '’')],
        opening: "«“„",
        closing: "»”",
        is_spaced: true,
        clipped_words: &[],
    },
    citations: CitationWords {
        and: " et ",
        and_before_vowel: " et ",
        et_al: " et\u{a0}al.",
        no_date: "s.\u{a0}d.",
        separator: "\u{202f}; ",
        quotes: ["«\u{a0}", "\u{a0}»"],
        accessed: "consulté le",
        archived: "copie archivée",
        dead: "page disparue",
        sources: "Sources citées",
        colon: "\u{a0}: ",
    },
};

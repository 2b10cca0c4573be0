//! English.

use super::{CitationWords, DateForm, Language, Typography};

/// English.
pub(super) const ENGLISH: Language = Language {
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
    zero_is_singular: false,
    words_per_minute: 238,
    alerts: ["Note", "Tip", "Important", "Warning", "Caution"],
    footnotes: "Footnotes",
    back_to_text: "Back to the text",
    task: ["Done", "To do"],
    typography: Typography {
        // Inner quotes stay double: a closing single quote would count as an apostrophe if the text were
        // set again.
        quotes: [('“', '”'), ('“', '”'), ('‘', '’')],
        opening: "«“„",
        closing: "»”",
        is_spaced: false,
        clipped_words: &[
            "bout", "cause", "cos", "cuz", "em", "fraid", "nuff", "scuse", "sup", "til", "tis", "tisn",
            "twas", "tween", "twere", "twould",
        ],
    },
    citations: CitationWords {
        and: " and ",
        and_before_vowel: " and ",
        et_al: " et\u{a0}al.",
        no_date: "n.d.",
        separator: "; ",
        quotes: ["“", "”"],
        accessed: "accessed",
        archived: "archived copy",
        dead: "page gone",
        sources: "Sources cited",
        colon: ": ",
    },
};

//! Spanish.

use super::{CitationWords, DateForm, Language, Typography};

/// Spanish.
pub(super) const SPANISH: Language = Language {
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
    zero_is_singular: false,
    words_per_minute: 220,
    alerts: ["Nota", "Consejo", "Importante", "Advertencia", "Precaución"],
    footnotes: "Notas",
    back_to_text: "Volver al texto",
    task: ["Hecho", "Pendiente"],
    typography: Typography {
        quotes: [('«', '»'), ('“', '”'), ('‘', '’')],
        opening: "«“„",
        closing: "»”",
        is_spaced: false,
        clipped_words: &[],
    },
    citations: CitationWords {
        and: " y ",
        and_before_vowel: " e ",
        et_al: " et\u{a0}al.",
        no_date: "s.\u{a0}f.",
        separator: "; ",
        quotes: ["«", "»"],
        accessed: "consultado el",
        archived: "copia archivada",
        dead: "página desaparecida",
        sources: "Fuentes citadas",
        colon: ": ",
    },
};

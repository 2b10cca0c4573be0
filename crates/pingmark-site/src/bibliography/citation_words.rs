//! Words and punctuation of citations in each language. They are not in a theme's word files,
//! because citations are part of an article's text, feeds included.

use pingmark_core::lang::Language;

/// Words and punctuation of citations in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct CitationWords {
    /// Conjunction between the last two names, with its spaces.
    and: &'static str,
    /// Conjunction before a name that begins with the sound of `and` itself: Spanish `e`, Italian
    /// `ed`.
    and_before_vowel: &'static str,
    /// “et al.”, after the first of three or more names, with the space before it.
    et_al: &'static str,
    /// Replacement for an unknown year: “n.d.”.
    pub no_date: &'static str,
    /// Separator of sources cited together.
    pub separator: &'static str,
    /// Opening and closing quotation marks of a title.
    pub quotes: [&'static str; 2],
    /// Label before the date of access.
    pub accessed: &'static str,
    /// Text of the link to an archived copy.
    pub archived: &'static str,
    /// Remark after the title of a source whose original is gone.
    pub dead: &'static str,
    /// Heading of the list of sources in feeds.
    pub sources: &'static str,
    /// Colon between `dead` and `archived`, with its spaces.
    pub colon: &'static str,
}

const FRENCH: CitationWords = CitationWords {
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
};

const ENGLISH: CitationWords = CitationWords {
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
};

const GERMAN: CitationWords = CitationWords {
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
};

const SPANISH: CitationWords = CitationWords {
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
};

const ITALIAN: CitationWords = CitationWords {
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
};

impl CitationWords {
    /// Words of a language; English for unknown ones.
    pub fn of(lang: &str) -> &'static Self {
        match Language::of(lang).code {
            "fr" => &FRENCH,
            "de" => &GERMAN,
            "es" => &SPANISH,
            "it" => &ITALIAN,
            _ => &ENGLISH,
        }
    }

    /// Joins all names: `A`, `A et B`, `A, B et C`.
    pub fn join_all(&self, names: &[&str]) -> String {
        match names {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [others @ .., last] => format!("{}{}{last}", others.join(", "), self.conjunction(last)),
        }
    }

    /// Joins names as a citation shows them: `A`, `A et B`, `A et al.`.
    pub fn join_short(&self, names: &[&str]) -> String {
        match names {
            [first, _, _, ..] => format!("{first}{}", self.et_al),
            few => self.join_all(few),
        }
    }

    /// Conjunction before a name.
    fn conjunction(&self, name: &str) -> &'static str {
        let start: String = name.chars().take(3).collect::<String>().to_lowercase();
        let alike = match self.and {
            // `y` becomes `e` before the sound of i, but not before `ie` and `hie`.
            " y " => {
                (start.starts_with('i') && !start.starts_with("ie"))
                    || (start.starts_with("hi") && start != "hie")
            }
            " e " => start.starts_with('e'),
            _ => false,
        };
        if alike { self.and_before_vowel } else { self.and }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_as_the_language_does() {
        for (lang, names, all, few) in [
            ("fr", &["A"][..], "A", "A"),
            ("fr", &["A", "B"], "A et B", "A et B"),
            ("fr", &["A", "B", "C"], "A, B et C", "A et\u{a0}al."),
            ("en", &["A", "B"], "A and B", "A and B"),
            ("de", &["A", "B", "C"], "A, B und C", "A u.\u{a0}a."),
            ("es", &["Ana", "Iglesias"], "Ana e Iglesias", "Ana e Iglesias"),
            ("it", &["Eco", "Eco"], "Eco ed Eco", "Eco ed Eco"),
            ("pt", &["A", "B"], "A and B", "A and B"),
        ] {
            let words = CitationWords::of(lang);
            assert_eq!((words.join_all(names).as_str(), words.join_short(names).as_str()), (all, few));
        }
    }
}

//! The small words of citations, in each language: those that stand inside an article's text,
//! where no theme reaches.

use pingmark_core::lang::Language;

/// The words and marks of citations in a language.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Between the last two of several names, with its blanks.
    and: &'static str,
    /// Before a name that begins with the sound of `and` itself, as Spanish and Italian want it.
    and_before_vowel: &'static str,
    /// After the first of three names or more.
    et_al: &'static str,
    /// In place of a year that is not known.
    pub no_date: &'static str,
    /// Between two sources cited together.
    pub between: &'static str,
    /// Around a title.
    pub quotes: [&'static str; 2],
    /// Before the day on which a source was read.
    pub accessed: &'static str,
    /// The link to a copy.
    pub archived: &'static str,
    /// What is said of a source that is gone, after its title.
    pub dead: &'static str,
    /// The heading of the sources in feeds, and the label of the list.
    pub sources: &'static str,
    /// Before the address that follows a title, as in « Disponible : ».
    pub colon: &'static str,
}

const FRENCH: Words = Words {
    and: " et ",
    and_before_vowel: " et ",
    et_al: " et\u{a0}al.",
    no_date: "s.\u{a0}d.",
    between: "\u{202f}; ",
    quotes: ["«\u{a0}", "\u{a0}»"],
    accessed: "consulté le",
    archived: "copie archivée",
    dead: "page disparue",
    sources: "Sources citées",
    colon: "\u{a0}: ",
};

const ENGLISH: Words = Words {
    and: " and ",
    and_before_vowel: " and ",
    et_al: " et\u{a0}al.",
    no_date: "n.d.",
    between: "; ",
    quotes: ["“", "”"],
    accessed: "accessed",
    archived: "archived copy",
    dead: "page gone",
    sources: "Sources cited",
    colon: ": ",
};

const GERMAN: Words = Words {
    and: " und ",
    and_before_vowel: " und ",
    et_al: " u.\u{a0}a.",
    no_date: "o.\u{a0}J.",
    between: "; ",
    quotes: ["„", "“"],
    accessed: "abgerufen am",
    archived: "archivierte Kopie",
    dead: "Seite verschwunden",
    sources: "Zitierte Quellen",
    colon: ": ",
};

const SPANISH: Words = Words {
    and: " y ",
    and_before_vowel: " e ",
    et_al: " et\u{a0}al.",
    no_date: "s.\u{a0}f.",
    between: "; ",
    quotes: ["«", "»"],
    accessed: "consultado el",
    archived: "copia archivada",
    dead: "página desaparecida",
    sources: "Fuentes citadas",
    colon: ": ",
};

const ITALIAN: Words = Words {
    and: " e ",
    and_before_vowel: " ed ",
    et_al: " et\u{a0}al.",
    no_date: "s.d.",
    between: "; ",
    quotes: ["«", "»"],
    accessed: "consultato il",
    archived: "copia archiviata",
    dead: "pagina scomparsa",
    sources: "Fonti citate",
    colon: ": ",
};

impl Words {
    /// The words of a language; the English ones for those not known.
    pub fn of(lang: &str) -> &'static Self {
        match Language::of(lang).code {
            "fr" => &FRENCH,
            "de" => &GERMAN,
            "es" => &SPANISH,
            "it" => &ITALIAN,
            _ => &ENGLISH,
        }
    }

    /// All names: `A`, `A et B`, `A, B et C`.
    pub fn all(&self, names: &[&str]) -> String {
        match names {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [others @ .., last] => format!("{}{}{last}", others.join(", "), self.before(last)),
        }
    }

    /// Names as a citation shows them: `A`, `A et B`, `A et al.`.
    pub fn few(&self, names: &[&str]) -> String {
        match names {
            [first, _, _, ..] => format!("{first}{}", self.et_al),
            few => self.all(few),
        }
    }

    fn before(&self, name: &str) -> &'static str {
        let start: String = name.chars().take(3).collect::<String>().to_lowercase();
        let alike = match self.and {
            // `y` becomes `e` before the sound of i, but not before `hie`.
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
            let words = Words::of(lang);
            assert_eq!((words.all(names).as_str(), words.few(names).as_str()), (all, few));
        }
    }
}

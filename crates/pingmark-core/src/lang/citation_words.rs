//! Words and punctuation of citations. They are not in a theme's word files, because citations are part of
//! an article's text, feeds included.

use super::Language;

/// Words and punctuation of citations in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct CitationWords {
    /// Conjunction between the last two names, with its spaces.
    pub(super) and: &'static str,
    /// Conjunction before a name that begins with the sound of `and` itself: Spanish `e`, Italian
    /// `ed`.
    pub(super) and_before_vowel: &'static str,
    /// “et al.”, after the first of three or more names, with the space before it.
    pub(super) et_al: &'static str,
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

impl CitationWords {
    /// Words of a language tag; English for unknown ones.
    pub fn of(lang: &str) -> &'static Self {
        &Language::of(lang).citations
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

//! What differs from one language to the next: dates, plurals, reading speed, small words.
//!
//! The words of the interface belong to the theme (`i18n/fr.yaml`); here is what no
//! translator should have to write, and the few words that stand inside an article's body. Each language
//! is one file.

mod citation_words;
mod english;
mod french;
mod german;
mod italian;
mod spanish;
mod typography;

pub use citation_words::CitationWords;
pub use typography::Typography;

use english::ENGLISH;
use french::FRENCH;
use german::GERMAN;
use italian::ITALIAN;
use spanish::SPANISH;

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
    pub(crate) long: DateForm,
    /// Whether nothing is counted in the singular, as in French; CLDR knows no other difference between these
    /// languages for whole numbers.
    zero_is_singular: bool,
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
    /// Typographic rules.
    pub typography: Typography,
    /// Words and punctuation of citations.
    pub citations: CitationWords,
}

/// The order in which a language writes a date.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// `4 mars 2011`; French and Italian write the first of a month as an ordinal.
    DayFirst { first: &'static str },
    /// `4. März 2011`
    DayDot,
    /// `4 de marzo de 2011`
    DayDe,
    /// `March 4, 2011`
    MonthFirst,
}

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
        Self::find(tag).unwrap_or(&ENGLISH)
    }

    /// The language of a tag such as `fr` or `fr-CA`, if it is known.
    pub fn find(tag: &str) -> Option<&'static Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        LANGUAGES.into_iter().find(|language| language.code.eq_ignore_ascii_case(primary))
    }

    /// `one` or `other`, by the rules of CLDR for whole numbers.
    pub fn plural(&self, n: i64) -> &'static str {
        if n == 1 || (n == 0 && self.zero_is_singular) { "one" } else { "other" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_counts_zero_as_one() {
        assert_eq!((Language::of("fr").plural(0), Language::of("en").plural(0)), ("one", "other"));
    }
}

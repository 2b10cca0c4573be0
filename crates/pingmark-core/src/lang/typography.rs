//! The typographic rules of a language, as facts; the typographer applies them.

use super::Language;

/// Typographic rules of a language.
#[derive(Debug, PartialEq, Eq)]
pub struct Typography {
    /// Pairs of marks that replace outer double quotes, inner double quotes, and single quotes.
    pub quotes: [(char, char); 3],
    /// Marks that open a quotation where an author typed them.
    pub opening: &'static str,
    /// Marks that close one.
    pub closing: &'static str,
    /// Whether no-break spaces stand inside quotes, before `:;!?` and around units and numbers, as French
    /// sets them.
    pub is_spaced: bool,
    /// Words that begin with an apostrophe for letters left out: `'twas`.
    pub clipped_words: &'static [&'static str],
}

impl Typography {
    /// The rules of a language tag, by its primary subtag: those of `fr-CA` are French. None for unknown
    /// languages, because straight quotes are less wrong than those of another language.
    pub fn of(tag: &str) -> Option<&'static Self> {
        Language::find(tag).map(|language| &language.typography)
    }
}

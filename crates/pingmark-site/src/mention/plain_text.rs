//! Plain text from strangers: freed of invisible and bidirectional characters, and cut to a
//! length.

use unicode_normalization::char::is_combining_mark;

/// Maximum length of a name, in characters.
pub const MAX_NAME: usize = 80;
/// Maximum length of a title, in characters.
pub const MAX_TITLE: usize = 200;
/// Maximum length of a ping's passage, in characters.
pub const MAX_PASSAGE: usize = 320;
/// Maximum number of combining marks on one letter.
const MAX_MARKS: usize = 3;

/// Passage of a mention, as a ping shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MentionPassage {
    /// Text, on one line.
    pub text: String,
    /// Whether text before it was left out.
    pub cut_before: bool,
    /// Whether text after it was left out.
    pub cut_after: bool,
}

/// Cleans a name or a title: one line, without control, bidirectional, zero-width and other
/// invisible characters, with single spaces, cut to `max` characters.
pub fn one_line(text: &str, max: usize) -> String {
    // Bounds the work on huge texts: eight times the maximum leaves room for dropped characters.
    let kept = cleaned(text.chars().take(max.saturating_mul(8)), |c| !is_joiner(c));
    let words: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
    truncated(words.join(" ").trim(), max)
}

/// Cleans a text like [`one_line`], but keeps its lines, spaces, and the joiners that some
/// scripts and emoji need.
pub fn multi_line(text: &str) -> String {
    let levelled = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n").replace('\u{2029}', "\n\n");
    let mut out = String::with_capacity(levelled.len());
    for (number, row) in levelled.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(&cleaned(row.chars(), |_| true));
    }
    out
}

fn cleaned(signs: impl Iterator<Item = char>, keeps: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    let mut marks = 0;
    for c in signs {
        if is_combining_mark(c) {
            marks += 1;
            if marks > MAX_MARKS {
                continue;
            }
        } else {
            marks = 0;
        }
        if c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') {
            // No-break spaces of French typography stay.
            out.push(if matches!(c, '\u{a0}' | '\u{202f}') { c } else { ' ' });
        } else if !is_hidden(c) && keeps(c) {
            out.push(c);
        }
    }
    out
}

/// Whether a character is the zero-width joiner or non-joiner.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a character is invisible or changes the direction of text (UAX #9): control and format
/// characters (Unicode categories Cc and Cf), noncharacters, private use, and letters drawn blank.
/// Joiners are no such characters.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

/// Cuts a text to at most `max` characters with `…`, between words if the last one ends in the
/// last quarter.
fn truncated(text: &str, max: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max) else { return text.to_owned() };
    let kept = &text[..end];
    let at = kept.rfind(' ').filter(|at| *at * 4 > end * 3).unwrap_or_else(|| {
        // The last character makes room for `…`.
        kept.char_indices().next_back().map_or(0, |(at, _)| at)
    });
    format!("{}…", kept[..at].trim_end())
}

/// Passage from a whole excerpt or text: one line of at most [`MAX_PASSAGE`] characters. Marks of
/// omission such as `[…]` at its ends are removed and set `cut_before` and `cut_after`.
pub fn passage(text: &str) -> MentionPassage {
    const MARKS: [&str; 6] = ["[…]", "[...]", "[&hellip;]", "[&#8230;]", "(…)", "(...)"];
    let mut rest = text.trim();
    let (mut cut_before, mut cut_after) = (false, false);
    while let Some(inner) = MARKS.iter().find_map(|mark| rest.strip_prefix(mark)) {
        (rest, cut_before) = (inner.trim_start(), true);
    }
    while let Some(inner) = MARKS.iter().find_map(|mark| rest.strip_suffix(mark)) {
        (rest, cut_after) = (inner.trim_end(), true);
    }
    let whole = one_line(rest, usize::MAX / 8);
    let text = truncated(&whole, MAX_PASSAGE);
    match text.strip_suffix('…').filter(|_| text.len() < whole.len() || !whole.ends_with('…')) {
        Some(shorter) => MentionPassage { text: shorter.trim_end().to_owned(), cut_before, cut_after: true },
        None => MentionPassage { text, cut_before, cut_after },
    }
}

/// Passage around byte `at` of a text: one line, cut between words, with at most half of
/// [`MAX_PASSAGE`] on each side.
pub fn passage_around(text: &str, at: usize) -> MentionPassage {
    let (before, after) = text.split_at(at);
    let side = MAX_PASSAGE / 2;
    let far = before.char_indices().rev().nth(side).map_or(0, |(at, _)| at);
    // Start at the first whole word.
    let start = if far == 0 { 0 } else { far + before[far..].find(char::is_whitespace).unwrap_or(0) };
    let reach = after.char_indices().nth(side).map_or(after.len(), |(at, _)| at);
    let end = if reach == after.len() {
        text.len()
    } else {
        at + after[..reach].rfind(char::is_whitespace).unwrap_or(reach)
    };
    let text = one_line(&text[start..end], usize::MAX / 8);
    MentionPassage { text, cut_before: start > 0, cut_after: end < at + after.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_turns_text_is_gone() {
        for (text, shown) in [
            ("  Zoé\n\tMartin ", "Zoé Martin"),
            ("gro.elpmaxe\u{202e}exe.", "gro.elpmaxeexe."),
            ("a\u{200b}\u{200d}\u{feff}\u{2066}b\u{2069}", "ab"),
            ("\u{1b}[31mrouge\u{7}", "[31mrouge"),
            ("a\u{0}b\u{85}c", "ab c"),
            ("\u{3164}\u{115f}\u{2800}", ""),
            ("Z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "Z\u{301}\u{301}\u{301}"),
            ("non\u{a0}!", "non !"),
            ("\u{e0041}\u{e0042}", ""),
        ] {
            assert_eq!(one_line(text, 80).replace('\u{a0}', " "), shown, "{text:?}");
        }
        assert_eq!(multi_line("un\r\ndeux\u{202e}\rtrois"), "un\ndeux\ntrois");
    }

    #[test]
    fn what_is_long_is_cut_at_a_word() {
        assert_eq!(one_line("un deux trois", 9), "un deux…");
        assert_eq!(one_line(&"é".repeat(200), 80).chars().count(), 80);
        assert_eq!(one_line("court", 5), "court");
    }

    #[test]
    fn marks_of_omission_become_facts() {
        let cut = passage("[…] je garde surtout l’image […]");
        assert_eq!(
            cut,
            MentionPassage { text: "je garde surtout l’image".into(), cut_before: true, cut_after: true }
        );
        let cut = passage("[...] un");
        assert_eq!(cut, MentionPassage { text: "un".into(), cut_before: true, cut_after: false });
        let cut = passage(&"mot ".repeat(200));
        assert!(cut.cut_after && !cut.cut_before && cut.text.ends_with("mot"));
        assert!(cut.text.chars().count() <= MAX_PASSAGE);
        let long = format!("{}ici {}", "avant ".repeat(60), "après ".repeat(60));
        let cut = passage_around(&long, 360);
        assert!(cut.cut_before && cut.cut_after && cut.text.contains("avant ici après"), "{cut:?}");
        assert!(cut.text.starts_with("avant ") && cut.text.ends_with(" après"), "{cut:?}");
        assert!(cut.text.chars().count() <= MAX_PASSAGE);
        assert_eq!(
            passage_around("un deux", 3),
            MentionPassage { text: "un deux".into(), ..MentionPassage::default() }
        );
        assert_eq!(passage("fin…"), MentionPassage { text: "fin…".into(), ..MentionPassage::default() });
    }
}

//! Plain words of strangers: cleaned of signs that hide or turn text, and cut to a length.

use unicode_normalization::char::is_combining_mark;

/// Longest name, in characters.
pub const MAX_NAME: usize = 80;
/// Longest title, in characters.
pub const MAX_TITLE: usize = 200;
/// Longest passage of a ping, in characters.
pub const MAX_PASSAGE: usize = 320;
/// Most marks that may stand on one letter.
const MAX_MARKS: usize = 3;

/// A text, and what was left out around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cut {
    /// What is left.
    pub text: String,
    /// Whether there was more before.
    pub before: bool,
    /// Whether there is more after.
    pub after: bool,
}

/// A name or a title on one line: without control, bidirectional, zero-width and other
/// invisible signs, spaces made single, cut to so many characters.
pub fn line(text: &str, max: usize) -> String {
    // Many times the longest is looked at: the rest can only be spaces and what is dropped.
    let kept = shown(text.chars().take(max.saturating_mul(8)), |c| !is_joiner(c));
    let words: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
    cut(words.join(" ").trim(), max)
}

/// A text that keeps its lines: cleaned as [`line()`] does, but for the joiners that some
/// scripts and emoji are written with.
pub fn text(text: &str) -> String {
    let levelled = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n").replace('\u{2029}', "\n\n");
    let mut out = String::with_capacity(levelled.len());
    for (number, row) in levelled.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(&shown(row.chars(), |_| true));
    }
    out
}

fn shown(signs: impl Iterator<Item = char>, keeps: impl Fn(char) -> bool) -> String {
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
            // The spaces of French typography stay what they are.
            out.push(if matches!(c, '\u{a0}' | '\u{202f}') { c } else { ' ' });
        } else if !is_hidden(c) && keeps(c) {
            out.push(c);
        }
    }
    out
}

/// Zero-width joiner and non-joiner.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Signs that no reader sees, or that turn what stands beside them: control and format
/// characters (Unicode, categories Cc, Cf and Cn of the noncharacters; UAX #9), and letters
/// that are drawn as nothing.
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

/// At most so many characters, cut at a word where one ends near enough.
fn cut(text: &str, max: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max) else { return text.to_owned() };
    let kept = &text[..end];
    let at = kept.rfind(' ').filter(|at| *at * 4 > end * 3).unwrap_or_else(|| {
        // Without a word's end the last sign makes room.
        kept.char_indices().next_back().map_or(0, |(at, _)| at)
    });
    format!("{}…", kept[..at].trim_end())
}

/// The passage of a ping: on one line, without the marks of omission it came with, which
/// become facts, and no longer than [`MAX_PASSAGE`].
pub fn passage(text: &str) -> Cut {
    const MARKS: [&str; 6] = ["[…]", "[...]", "[&hellip;]", "[&#8230;]", "(…)", "(...)"];
    let mut rest = text.trim();
    let (mut before, mut after) = (false, false);
    while let Some(inner) = MARKS.iter().find_map(|mark| rest.strip_prefix(mark)) {
        (rest, before) = (inner.trim_start(), true);
    }
    while let Some(inner) = MARKS.iter().find_map(|mark| rest.strip_suffix(mark)) {
        (rest, after) = (inner.trim_end(), true);
    }
    let whole = line(rest, usize::MAX / 8);
    let text = cut(&whole, MAX_PASSAGE);
    match text.strip_suffix('…').filter(|_| text.len() < whole.len() || !whole.ends_with('…')) {
        Some(shorter) => Cut { text: shorter.trim_end().to_owned(), before, after: true },
        None => Cut { text, before, after },
    }
}

/// The part of a text around a place in it, cut at words, on one line: half of
/// [`MAX_PASSAGE`] on each side.
pub fn around(text: &str, at: usize) -> Cut {
    let (before, after) = text.split_at(at);
    let side = MAX_PASSAGE / 2;
    let far = before.char_indices().rev().nth(side).map_or(0, |(at, _)| at);
    // From the first word that is there as a whole.
    let start = if far == 0 { 0 } else { far + before[far..].find(char::is_whitespace).unwrap_or(0) };
    let reach = after.char_indices().nth(side).map_or(after.len(), |(at, _)| at);
    let end = if reach == after.len() {
        text.len()
    } else {
        at + after[..reach].rfind(char::is_whitespace).unwrap_or(reach)
    };
    let text = line(&text[start..end], usize::MAX / 8);
    Cut { text, before: start > 0, after: end < at + after.len() }
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
            assert_eq!(line(text, 80).replace('\u{a0}', " "), shown, "{text:?}");
        }
        assert_eq!(text("un\r\ndeux\u{202e}\rtrois"), "un\ndeux\ntrois");
    }

    #[test]
    fn what_is_long_is_cut_at_a_word() {
        assert_eq!(line("un deux trois", 9), "un deux…");
        assert_eq!(line(&"é".repeat(200), 80).chars().count(), 80);
        assert_eq!(line("court", 5), "court");
    }

    #[test]
    fn marks_of_omission_become_facts() {
        let cut = passage("[…] je garde surtout l’image […]");
        assert_eq!(cut, Cut { text: "je garde surtout l’image".into(), before: true, after: true });
        let cut = passage("[...] un");
        assert_eq!(cut, Cut { text: "un".into(), before: true, after: false });
        let cut = passage(&"mot ".repeat(200));
        assert!(cut.after && !cut.before && cut.text.ends_with("mot"));
        assert!(cut.text.chars().count() <= MAX_PASSAGE);
        let long = format!("{}ici {}", "avant ".repeat(60), "après ".repeat(60));
        let cut = around(&long, 360);
        assert!(cut.before && cut.after && cut.text.contains("avant ici après"), "{cut:?}");
        assert!(cut.text.starts_with("avant ") && cut.text.ends_with(" après"), "{cut:?}");
        assert!(cut.text.chars().count() <= MAX_PASSAGE);
        assert_eq!(around("un deux", 3), Cut { text: "un deux".into(), ..Cut::default() });
        assert_eq!(passage("fin…"), Cut { text: "fin…".into(), ..Cut::default() });
    }
}

//! Citation keys: the syntax that Pandoc reads after `@`.

/// Length in bytes of the citation key at the start of a text; zero if there is none. Punctuation
/// belongs to a key only between letters or digits: `@a.b` cites `a.b`, and `@a.` cites `a`.
pub fn key_len(text: &str) -> usize {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let joins = at > 0 && ":.#$%&-+?<>~/".contains(c);
        if is_letter(c) || (joins && characters.peek().is_some_and(|(_, next)| is_letter(*next))) {
            end = at + c.len_utf8();
        } else {
            break;
        }
    }
    end
}

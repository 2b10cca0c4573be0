//! Citation keys, as Pandoc reads them after `@`.

/// How many bytes at the beginning of a text are a key.
pub fn key_len(text: &str) -> usize {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let mut end = 0;
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        let joins = at > 0 && ":.#$%&-+?<>~/".contains(sign);
        if is_letter(sign) || (joins && signs.peek().is_some_and(|(_, next)| is_letter(*next))) {
            end = at + sign.len_utf8();
        } else {
            break;
        }
    }
    end
}

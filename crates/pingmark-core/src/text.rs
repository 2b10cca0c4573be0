//! Text that is cut to a number of bytes.

/// The longest start of a text with at most `max` bytes that does not end inside a character.
/// (`str::floor_char_boundary` needs a newer compiler than this workspace asks for.)
pub fn prefix(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn no_character_is_cut() {
        let starts: Vec<&str> = (0..6).map(|max| prefix("aé你", max)).collect();
        assert_eq!(starts, ["", "a", "a", "aé", "aé", "aé"]);
        assert_eq!(prefix("aé你", usize::MAX), "aé你");
    }
}

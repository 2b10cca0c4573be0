//! Recognition of emoji.

/// Whether a grapheme cluster is an emoji: a pictograph, a flag or a keycap.
pub fn is_emoji(cluster: &str) -> bool {
    let mut characters = cluster.chars();
    let Some(first) = characters.next() else { return false };
    let rest = characters.as_str();
    match u32::from(first) {
        // Regional indicators: a flag is two of them.
        0x1F1E6..=0x1F1FF => !rest.is_empty(),
        0x1F000..=0x1FAFF => true,
        // Keycaps: a digit, `#` or `*` with a combining frame.
        0x23 | 0x2A | 0x30..=0x39 => rest.ends_with('\u{20E3}'),
        // Drawn as text, unless a variation selector, a skin tone or a joiner follows.
        0xA9
        | 0xAE
        | 0x203C
        | 0x2049
        | 0x2122
        | 0x2139
        | 0x2194..=0x21AA
        | 0x2300..=0x23FF
        | 0x24C2
        | 0x25AA..=0x25FE
        | 0x2600..=0x27BF
        | 0x2934
        | 0x2935
        | 0x2B05..=0x2B55
        | 0x3030
        | 0x303D
        | 0x3297
        | 0x3299 => {
            has_emoji_presentation(first)
                || rest.chars().any(|c| matches!(u32::from(c), 0xFE0F | 0x200D | 0x1F3FB..=0x1F3FF))
        }
        _ => false,
    }
}

/// Whether a character is a pictograph, or one of those that join and colour them. Signs that are
/// also letters or punctuation of texts (`©`, `™`, digits) are none.
pub fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c),
        0x1F000..=0x1FAFF | 0x2300..=0x23FF | 0x2600..=0x27BF | 0x2B05..=0x2B55 | 0x200D | 0x20E3
        | 0xFE0E | 0xFE0F | 0xE0020..=0xE007F)
}

/// Whether a character below U+1F000 is drawn as a pictograph by default (Emoji_Presentation, UTS
/// #51).
fn has_emoji_presentation(c: char) -> bool {
    matches!(u32::from(c),
        0x231A | 0x231B | 0x23E9..=0x23EC | 0x23F0 | 0x23F3 | 0x25FD | 0x25FE | 0x2614 | 0x2615
        | 0x2648..=0x2653 | 0x267F | 0x2693 | 0x26A1 | 0x26AA | 0x26AB | 0x26BD | 0x26BE | 0x26C4
        | 0x26C5 | 0x26CE | 0x26D4 | 0x26EA | 0x26F2 | 0x26F3 | 0x26F5 | 0x26FA | 0x26FD | 0x2705
        | 0x270A | 0x270B | 0x2728 | 0x274C | 0x274E | 0x2753..=0x2755 | 0x2757 | 0x2795..=0x2797
        | 0x27B0 | 0x27BF | 0x2B1B | 0x2B1C | 0x2B50 | 0x2B55)
}

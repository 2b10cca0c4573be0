//! Text layout: measures texts in the fonts they are drawn with, and breaks them into lines.

use unicode_segmentation::UnicodeSegmentation;

/// Line height, as a multiple of the font size.
pub const LINE_HEIGHT: f32 = 1.16;
/// Largest font size, in pixels, at which a word that is too long for its line may be split.
const MAX_SPLIT_SIZE: f32 = 48.0;
/// Smallest font size in pixels. Only a text with more characters than a page would need less.
const MIN_SIZE: f32 = 8.0;

/// The metrics of a font.
pub struct Face {
    face: ttf_parser::Face<'static>,
    units_per_em: f32,
}

/// A text broken into lines at a font size.
#[derive(Clone, Debug, PartialEq)]
pub struct TextLayout {
    /// Font size in pixels.
    pub size: f32,
    /// The lines, from the top, without trailing spaces.
    pub lines: Vec<String>,
}

impl TextLayout {
    /// Height of all lines in pixels.
    pub fn height(&self) -> f32 {
        self.lines.len() as f32 * self.size * LINE_HEIGHT
    }
}

impl Face {
    /// Parses a font.
    ///
    /// # Panics
    /// If the font cannot be parsed; only for the built-in fonts.
    pub fn new(bytes: &'static [u8]) -> Self {
        let face = ttf_parser::Face::parse(bytes, 0).expect("the fonts come with the program");
        let units_per_em = f32::from(face.units_per_em());
        Self { face, units_per_em }
    }

    /// Width of a text in ems. Ignores kerning, which nearly always makes a text narrower.
    pub fn width(&self, text: &str) -> f32 {
        let advance = |c: char| {
            let glyph = self.face.glyph_index(c)?;
            self.face.glyph_hor_advance(glyph)
        };
        text.chars().map(|c| f32::from(advance(c).unwrap_or(0))).sum::<f32>() / self.units_per_em
    }
}

/// Lays out a text at the largest font size, up to `largest`, at which all of it fits into a box.
/// All sizes are in pixels. At the smallest font size it may be higher than the box.
pub fn lay_out(face: &Face, text: &str, width: f32, height: f32, largest: f32) -> TextLayout {
    let mut size = largest;
    loop {
        let most = (height / (size * LINE_HEIGHT)).floor().max(1.0) as usize;
        if let Some(lines) = wrap(face, text, width / size, size <= MAX_SPLIT_SIZE)
            && (lines.len() <= most || size <= MIN_SIZE)
        {
            return TextLayout {
                size,
                lines: balance(face, text, width / size, lines, size <= MAX_SPLIT_SIZE),
            };
        }
        size = (size * 0.96).max(MIN_SIZE);
    }
}

/// Evens out the widths of the lines without adding one: bisects for the smallest width that still
/// gives as few lines.
fn balance(face: &Face, text: &str, width: f32, lines: Vec<String>, may_split: bool) -> Vec<String> {
    if lines.len() < 2 {
        return lines;
    }
    let (mut low, mut high) = (width / 2.0, width);
    let mut best = lines;
    for _ in 0..12 {
        let middle = (low + high) / 2.0;
        match wrap(face, text, middle, may_split) {
            Some(lines) if lines.len() <= best.len() => {
                best = lines;
                high = middle;
            }
            _ => low = middle,
        }
    }
    best
}

/// Breaks a text into lines no wider than `width` ems. `None` if a word is wider and must not be
/// split.
fn wrap(face: &Face, text: &str, width: f32, may_split: bool) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if face.width(&longer) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if face.width(word) <= width {
            line = word.to_owned();
            continue;
        }
        if !may_split {
            return None;
        }
        for cluster in word.graphemes(true) {
            let longer = format!("{line}{cluster}");
            if face.width(&longer) > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(cluster);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fonts::FONTS;
    use crate::glyphs;

    proptest! {
        #[test]
        fn a_title_fits_into_its_box(title in "([a-zéœ]{1,40}[ \u{a0}’-]?){1,40}", width in 200f32..1100.0) {
            let face = &FONTS.bold;
            let title = glyphs::drawable(&title, &mut glyphs::Undrawable::default());
            let layout = lay_out(face, &title, width, 330.0, 92.0);
            for line in &layout.lines {
                prop_assert!(face.width(line) * layout.size <= width + 0.5, "{line}");
            }
            prop_assert!(layout.height() <= 330.0 || layout.size <= MIN_SIZE);
            // No character is lost but spaces at the ends of lines.
            let joined: String = layout.lines.concat().replace(' ', "");
            prop_assert_eq!(joined, title.replace(' ', ""));
        }
    }
}

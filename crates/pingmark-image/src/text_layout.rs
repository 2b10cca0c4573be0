//! Texts measured in the fonts they are drawn with, and broken into lines.

use unicode_segmentation::UnicodeSegmentation;

/// From one line to the next, as a part of the type's size.
pub const LINE: f32 = 1.16;
/// Words that are too long for their line are parted only where type is no larger.
const PARTED: f32 = 48.0;
/// The smallest type; a text that needs a smaller one has more characters than a page.
const SMALLEST: f32 = 8.0;

/// A font's signs and how wide they are.
pub struct Face {
    face: ttf_parser::Face<'static>,
    per_em: f32,
}

/// A text in lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Laid {
    /// The size of the type.
    pub size: f32,
    /// The lines.
    pub lines: Vec<String>,
}

impl Laid {
    /// The height of all lines.
    pub fn height(&self) -> f32 {
        self.lines.len() as f32 * self.size * LINE
    }
}

impl Face {
    /// Reads a font.
    pub fn new(bytes: &'static [u8]) -> Self {
        let face = ttf_parser::Face::parse(bytes, 0).expect("the fonts come with the program");
        let per_em = f32::from(face.units_per_em());
        Self { face, per_em }
    }

    /// How wide a text is in type of size 1. Kerning, which nearly always narrows, is left out.
    pub fn width(&self, text: &str) -> f32 {
        let advance = |c: char| {
            let glyph = self.face.glyph_index(c)?;
            self.face.glyph_hor_advance(glyph)
        };
        text.chars().map(|c| f32::from(advance(c).unwrap_or(0))).sum::<f32>() / self.per_em
    }
}

/// A text in the largest type, up to a size, with which it stands whole in a box.
pub fn lay_out(face: &Face, text: &str, width: f32, height: f32, largest: f32) -> Laid {
    let mut size = largest;
    loop {
        let most = (height / (size * LINE)).floor().max(1.0) as usize;
        if let Some(lines) = wrapped(face, text, width / size, size <= PARTED)
            && (lines.len() <= most || size <= SMALLEST)
        {
            return Laid { size, lines: balanced(face, text, width / size, lines, size <= PARTED) };
        }
        size = (size * 0.96).max(SMALLEST);
    }
}

/// The same number of lines, as even as they can be.
fn balanced(face: &Face, text: &str, width: f32, lines: Vec<String>, parts: bool) -> Vec<String> {
    if lines.len() < 2 {
        return lines;
    }
    let (mut low, mut high) = (width / 2.0, width);
    let mut best = lines;
    for _ in 0..12 {
        let middle = (low + high) / 2.0;
        match wrapped(face, text, middle, parts) {
            Some(lines) if lines.len() <= best.len() => {
                best = lines;
                high = middle;
            }
            _ => low = middle,
        }
    }
    best
}

/// Lines no wider than so many ems. `None` when a word is too wide and may not be parted.
fn wrapped(face: &Face, text: &str, width: f32, parts: bool) -> Option<Vec<String>> {
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
        if !parts {
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
        fn a_title_stands_whole_in_its_box(title in "([a-zéœ]{1,40}[ \u{a0}’-]?){1,40}", width in 200f32..1100.0) {
            let face = &FONTS.bold;
            let title = glyphs::clean(&title, &mut glyphs::Lost::default());
            let laid = lay_out(face, &title, width, 330.0, 92.0);
            for line in &laid.lines {
                prop_assert!(face.width(line) * laid.size <= width + 0.5, "{line}");
            }
            prop_assert!(laid.height() <= 330.0 || laid.size <= SMALLEST);
            // Nothing is lost: only spaces at the ends of lines, where words are parted not even these.
            let joined: String = laid.lines.concat().replace(' ', "");
            prop_assert_eq!(joined, title.replace(' ', ""));
        }
    }
}

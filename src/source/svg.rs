//! Reads the size of an SVG from its root element, so that pages can reserve space for the image
//! before it is loaded.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The root element is looked for in this many bytes. Only short prologues come before it.
const HEAD: u64 = 8 * 1024;

/// Width and height of an SVG in CSS pixels, from its attributes or else from its `viewBox`
/// (SVG 2, 8.2).
pub(super) fn size(location: &Path) -> Option<(u32, u32)> {
    let mut head = Vec::new();
    File::open(location).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    size_of(&String::from_utf8_lossy(&head))
}

fn size_of(text: &str) -> Option<(u32, u32)> {
    let (_, rest) = text.split_once("<svg")?;
    let tag = rest.split('>').next()?;
    let number = |text: &str| -> Option<f64> {
        let text = text.trim();
        let number: f64 = text.strip_suffix("px").unwrap_or(text).trim().parse().ok()?;
        (0.5..100_000.0).contains(&number).then_some(number)
    };
    let side = |name| number(attribute(tag, name)?);
    let (width, height) = side("width").zip(side("height")).or_else(|| {
        let numbers =
            attribute(tag, "viewBox")?.split([' ', ',', '\n', '\t']).filter(|part| !part.is_empty());
        let numbers: Vec<f64> = numbers.skip(2).map_while(number).collect();
        Some((*numbers.first()?, *numbers.get(1)?))
    })?;
    Some((width.round() as u32, height.round() as u32))
}

/// The value of an attribute, in single or double quotes.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let starts = tag.match_indices(name).filter(|(at, _)| tag[..*at].ends_with(char::is_whitespace));
    starts
        .filter_map(|(at, _)| {
            let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
            let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            value[1..].split(quote).next()
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::size_of;

    #[test]
    fn a_drawing_says_how_large_it_is() {
        for (text, size) in [
            ("<svg width=\"920\" height='300px' viewBox=\"0 0 1 1\">", Some((920, 300))),
            ("<?xml version=\"1.0\"?>\n<svg\n viewBox = \"0 0 24.4,12\">", Some((24, 12))),
            ("<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 64 64\">", Some((64, 64))),
            ("<svg stroke-width=\"2\" viewBox=\"0 0 0 64\">", None),
            ("<svg width=\"1em\" height=\"1em\">", None),
            ("<html>", None),
        ] {
            assert_eq!(size_of(text), size, "{text}");
        }
    }
}

//! Social images: images of articles for link previews, made with an SVG template.
//!
//! Receives the view of a social image. Gives its layout as SVG, which draws as PNG. Uses the fonts and the
//! drawing of pingmark-image. Never uses a font or an image of the machine.
//!
//! The template gets texts that are laid out already, measured in the fonts that draw them: a title that
//! anybody could read in an image is never cut, and none leaves its box. The fonts are built in, so that the image is the same on any
//! machine. An article whose title they cannot draw gets no image; other texts that they cannot draw
//! are left out. Emoji are removed with a warning.

use std::collections::BTreeSet;

use tera::{Context, Value};

use pingmark_core::appearance::Colours;
use pingmark_core::config::{CardFormat, Config};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::lang::Language;
use pingmark_document::excerpt::shorten;
use pingmark_image::fonts::FONTS;
use pingmark_image::glyphs::{self, Undrawable};
use pingmark_image::svg as drawing;
use pingmark_image::text_layout::{self, Face, TextLayout};

use crate::template::TemplateSet;
use crate::value::{group, list, text};
use crate::view::SocialImageView;

/// Template.
const TEMPLATE: &str = "card.svg";
/// Most characters of a title; with more, its letters would be too small to read.
const MAX_TITLE: usize = 400;
/// Most characters of another text.
const MAX_LINE: usize = 120;
/// Version of the drawing: to be raised when the same template gives other images.
const VERSION: u32 = 1;

/// Social image as SVG, not yet drawn.
#[derive(Debug)]
pub struct SocialImageLayout {
    svg: Vec<u8>,
    format: CardFormat,
}

impl SocialImageLayout {
    /// Fingerprint of the PNG that will be drawn.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_parts([&VERSION.to_le_bytes()[..], &self.svg])
    }

    /// Draws the PNG.
    ///
    /// # Errors
    ///
    /// The reason why the SVG cannot be drawn.
    pub fn draw(&self) -> Result<Vec<u8>, String> {
        drawing::to_png(self.svg.clone(), self.format.size())
    }
}

/// Lays a social image out. `None` if the fonts cannot draw its title or the template fails; then a
/// diagnostic says why.
pub fn lay_out(
    view: &SocialImageView<'_>,
    config: &Config,
    templates: &TemplateSet,
) -> (Option<SocialImageLayout>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let Some(svg) = svg(view, config, templates, &mut diagnostics) else { return (None, diagnostics) };
    if let Err(reason) = drawing::check(&svg) {
        diagnostics.push(catalogue::card_failed(view.path, &reason));
        return (None, diagnostics);
    }
    (Some(SocialImageLayout { svg, format: view.format }), diagnostics)
}

/// Social image as SVG.
fn svg(
    view: &SocialImageView<'_>,
    config: &Config,
    templates: &TemplateSet,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<u8>> {
    let fonts = &*FONTS;
    let mut undrawable = Undrawable::default();
    let shape = Shape::of(view.format);
    let title = glyphs::drawable(&shorten(view.title, MAX_TITLE), &mut undrawable);
    let layout = text_layout::lay_out(&fonts.bold, &title, shape.width, shape.height, shape.largest);
    // A name with missing characters is left out, not shown in part.
    let mut whole = |text: &str| {
        let mut missing = Undrawable::default();
        let kept = glyphs::drawable(&shorten(text, MAX_LINE), &mut missing);
        undrawable.emoji.append(&mut missing.emoji);
        if missing.characters.is_empty() { kept } else { String::new() }
    };
    let blog = whole(view.site);
    let author = whole(&view.author);
    let date = view.date.map(|date| Language::of(view.lang).date(&date, "long")).unwrap_or_default();
    let date = whole(&date);
    let kicker = whole(view.kicker.unwrap_or_default());
    let emoji: BTreeSet<String> = undrawable.emoji.into_iter().collect();
    if !emoji.is_empty() {
        diagnostics.push(catalogue::card_emoji(view.path, &emoji.into_iter().collect::<Vec<_>>().join(" ")));
    }
    if let Some(c) = undrawable.characters.first() {
        diagnostics.push(catalogue::card_glyph(view.path, *c, 0));
        return None;
    }
    // Texts that are too long for their line are drawn smaller.
    let fitted = |face: &Face, text: &str, size: f32| {
        let width = face.width(text) * size;
        if width > shape.width { size * shape.width / width } else { size }
    };
    let byline = [author.as_str(), date.as_str()].into_iter().filter(|text| !text.is_empty());
    let byline = byline.collect::<Vec<_>>().join(" · ");
    let settings = &config.settings.social.cards;
    let accent = settings.accent.clone().unwrap_or_else(|| accent(config));
    let background = settings.background.as_deref().unwrap_or(&accent);
    let card = group([
        ("format", text(view.format.name())),
        ("width", Value::from(view.format.size().0)),
        ("height", Value::from(view.format.size().1)),
        ("title", lines(&layout)),
        ("title_size", Value::from(rounded(layout.size))),
        ("line_height", Value::from(rounded(layout.size * text_layout::LINE_HEIGHT))),
        ("title_height", Value::from(rounded(layout.height()))),
        ("site", text(&blog)),
        ("site_size", Value::from(rounded(fitted(&fonts.bold, &blog, shape.small)))),
        ("author", text(&author)),
        ("date", text(&date)),
        ("byline", text(&byline)),
        ("byline_size", Value::from(rounded(fitted(&fonts.regular, &byline, shape.small)))),
        ("kicker", text(&kicker)),
        ("kicker_size", Value::from(rounded(fitted(&fonts.regular, &kicker, shape.small)))),
        ("accent", text(&accent)),
        ("background", text(background)),
        ("ink", text(ink_on(background))),
    ]);
    let mut context = Context::new();
    context.insert_value("card", card);
    context.insert_value("lang", text(view.lang));
    match templates.render(TEMPLATE, &context, view.path.as_str(), 4096) {
        Ok(svg) => Some(svg),
        Err(failure) => {
            diagnostics.push(*failure);
            None
        }
    }
}

/// Accent colour of the site, else Plume's.
fn accent(config: &Config) -> String {
    match config.settings.accent {
        Some(Colours::Both(colour) | Colours::Each { light: colour, .. }) => colour.to_string(),
        None => "#1d3fb8".to_owned(),
    }
}

fn lines(layout: &TextLayout) -> Value {
    list(layout.lines.iter().map(|line| text(line)))
}

fn rounded(number: f32) -> f64 {
    (f64::from(number) * 100.0).round() / 100.0
}

/// Size of the title's box and of the type, in pixels.
struct Shape {
    width: f32,
    height: f32,
    /// Largest size of the title.
    largest: f32,
    /// Size of the other texts.
    small: f32,
}

impl Shape {
    fn of(format: CardFormat) -> Self {
        match format {
            CardFormat::Landscape => Self { width: 1040.0, height: 300.0, largest: 92.0, small: 32.0 },
            CardFormat::Portrait => Self { width: 920.0, height: 820.0, largest: 120.0, small: 38.0 },
            CardFormat::Story => Self { width: 920.0, height: 1100.0, largest: 132.0, small: 42.0 },
        }
    }
}

/// Black or white, whichever has more contrast on a colour (WCAG 2, relative luminance).
fn ink_on(colour: &str) -> &'static str {
    let digits = colour.trim_start_matches('#');
    let channel = |at: usize| -> f64 {
        let short = digits.len() == 3;
        let part = if short { digits.get(at..=at) } else { digits.get(at * 2..at * 2 + 2) };
        let value = part.and_then(|part| u8::from_str_radix(part, 16).ok()).unwrap_or(0);
        let value = f64::from(if short { value * 17 } else { value }) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2);
    if luminance > 0.179 { "#14151a" } else { "#ffffff" }
}

#[cfg(test)]
mod tests {
    use super::ink_on;

    #[test]
    fn words_are_read_on_their_ground() {
        assert_eq!((ink_on("#1d3fb8"), ink_on("#ffe08a"), ink_on("#fff")), ("#ffffff", "#14151a", "#14151a"));
    }
}

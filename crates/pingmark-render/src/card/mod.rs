//! Cards: the pictures that stand for articles on networks, made of an SVG template.
//!
//! Receives what a card shows. Gives a PNG. Uses resvg, and in `measure` ttf-parser. Never reads
//! a font or a picture from the machine.
//!
//! The template gets texts that are laid out already, by measuring them in the very fonts they
//! are drawn with: a title is never cut off and never leaves its box. Fonts are those that come
//! with the program, so that the same card comes out on any machine. An article whose title they
//! cannot show has no card, and names that they cannot show are left out, as are emoji, with a
//! warning.

use std::collections::BTreeSet;

use tera::{Context, Value};

use pingmark_core::appearance::Colours;
use pingmark_core::config::CardFormat;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::lang::Language;
use pingmark_core::path::SitePath;
use pingmark_core::when::When;
use pingmark_image::fonts::FONTS;
use pingmark_image::glyphs::{self, Undrawable};
use pingmark_image::svg::Drawing;
use pingmark_image::text_layout::{self, Face, TextLayout};

use super::value::{RenderContext, group, list, text};

/// The template.
pub const TEMPLATE: &str = "card.svg";
/// Changes when cards come out otherwise than before from the same template.
const VERSION: u32 = 1;

/// What a card shows.
#[derive(Clone, Debug, Hash)]
pub struct SocialImageView<'a> {
    /// The article's file.
    pub path: &'a SitePath,
    /// Its shape.
    pub format: CardFormat,
    /// The article's title.
    pub title: &'a str,
    /// The blog's name.
    pub site: &'a str,
    /// Those who wrote it.
    pub author: String,
    /// Its date.
    pub date: Option<When>,
    /// Its first category, or its series.
    pub kicker: Option<&'a str>,
    /// Its language.
    pub lang: &'a str,
}

/// What a card shows, kept for the time when somebody asks for it.
#[derive(Clone, Debug)]
pub struct SocialImageFacts {
    path: SitePath,
    format: CardFormat,
    title: String,
    site: String,
    author: String,
    date: Option<When>,
    kicker: Option<String>,
    lang: String,
}

impl SocialImageView<'_> {
    /// The same, kept.
    pub fn facts(&self) -> SocialImageFacts {
        SocialImageFacts {
            path: self.path.clone(),
            format: self.format,
            title: self.title.to_owned(),
            site: self.site.to_owned(),
            author: self.author.clone(),
            date: self.date,
            kicker: self.kicker.map(str::to_owned),
            lang: self.lang.to_owned(),
        }
    }
}

impl SocialImageFacts {
    /// What is shown.
    pub fn view(&self) -> SocialImageView<'_> {
        SocialImageView {
            path: &self.path,
            format: self.format,
            title: &self.title,
            site: &self.site,
            author: self.author.clone(),
            date: self.date,
            kicker: self.kicker.as_deref(),
            lang: &self.lang,
        }
    }
}

/// A social image, laid out as SVG and not yet drawn.
#[derive(Debug)]
pub struct SocialImageLayout {
    svg: Vec<u8>,
    format: CardFormat,
}

impl SocialImageLayout {
    /// The fingerprint of the PNG that will be drawn: the same on every machine.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_parts([&VERSION.to_le_bytes()[..], &self.svg])
    }

    /// Draws it as PNG. The error is the reason why it cannot be drawn.
    pub fn draw(&self) -> Result<Vec<u8>, String> {
        Drawing::parse(&self.svg)?.to_png(self.format.size())
    }
}

/// Lays a social image out; nothing, when its title cannot be shown or its template fails.
pub fn lay_out(
    view: &SocialImageView<'_>,
    site: &RenderContext<'_>,
) -> (Option<SocialImageLayout>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let Some(svg) = svg(view, site, &mut diagnostics) else { return (None, diagnostics) };
    if let Err(reason) = Drawing::parse(&svg) {
        diagnostics.push(catalogue::card_failed(view.path, &reason));
        return (None, diagnostics);
    }
    (Some(SocialImageLayout { svg, format: view.format }), diagnostics)
}

/// The card as SVG, its texts laid out.
fn svg(
    view: &SocialImageView<'_>,
    site: &RenderContext<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<u8>> {
    let fonts = &*FONTS;
    let mut undrawable = Undrawable::default();
    let shape = Shape::of(view.format);
    let title = glyphs::drawable(view.title, &mut undrawable);
    let layout = text_layout::lay_out(&fonts.bold, &title, shape.width, shape.height, shape.largest);
    // Half a name is no name.
    let mut whole = |text: &str| {
        let mut missing = Undrawable::default();
        let kept = glyphs::drawable(text, &mut missing);
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
    // Shorter ones stay whole; what is too long for its line is drawn smaller.
    let fitted = |face: &Face, text: &str, size: f32| {
        let width = face.width(text) * size;
        if width > shape.width { size * shape.width / width } else { size }
    };
    let byline = [author.as_str(), date.as_str()].into_iter().filter(|text| !text.is_empty());
    let byline = byline.collect::<Vec<_>>().join(" · ");
    let look = &site.config.settings.social.cards;
    let accent = look.accent.clone().unwrap_or_else(|| accent(site));
    let background = look.background.as_deref().unwrap_or(&accent);
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
    match site.templates.render(TEMPLATE, &context, view.path.as_str(), 4096) {
        Ok(svg) => Some(svg),
        Err(failure) => {
            diagnostics.push(*failure);
            None
        }
    }
}

/// The site's own colour, else Plume's.
fn accent(site: &RenderContext<'_>) -> String {
    match site.config.settings.accent {
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

/// The room that each shape has for the title, in pixels.
struct Shape {
    width: f32,
    height: f32,
    /// The largest size of the title's type.
    largest: f32,
    /// The size of the other texts.
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

/// Black or white, whichever is read better on a colour (WCAG 2, relative luminance).
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

//! The appearance of pages: `theme.yaml`, and the colours of the site's settings.
//!
//! Receives the parsed `theme.yaml` and the site's accent colour. Gives an [`Appearance`]: the
//! style sheets and scripts that pages load, and their colours. Never does IO.

use std::fmt;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fingerprint::Fingerprint;

/// Name of the generated style sheet with the accent colour.
pub const ACCENT_SHEET: &str = "accent.css";
/// Name under which templates find the blog's logo among the files of the theme.
pub const LOGO: &str = "logo";
/// Name of the style sheet that a site adds to those of its theme, in `static/`.
pub const CUSTOM_SHEET: &str = "custom.css";
/// Least contrast of text on a light background: a little more than the 4.5 of WCAG 2.2, 1.4.3,
/// because links also appear on tinted backgrounds.
const LIGHT_CONTRAST: f64 = 4.9;
/// Least contrast of text on a dark background, where thin letters need more (WCAG 2.2, 1.4.6).
const DARK_CONTRAST: f64 = 7.0;

/// `theme.yaml` as typed.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct ThemeFile {
    /// Display name.
    pub name: String,
    /// Description, one sentence.
    pub description: String,
    /// License of the theme.
    pub license: String,
    /// Author of the theme.
    pub author: String,
    /// URL of the theme's home page.
    pub homepage: String,
    /// Style sheets that every page loads, as paths below `static/`, in order.
    pub stylesheets: Vec<String>,
    /// Scripts that every page loads deferred, as paths below `static/`.
    pub scripts: Vec<String>,
    /// Page background in light and dark mode. Browsers also colour their toolbar with it.
    pub paper: Colours,
    /// Accent colour of links and marks, if not the one in the style sheets.
    pub accent: Option<Colours>,
    /// Displayed width of images in posts: the value of the HTML attribute `sizes`.
    pub sizes: String,
    /// Value of `sizes` for cover images, if they have another width.
    pub cover_sizes: Option<String>,
}

/// The keys of `theme.yaml`.
pub const THEME_KEYS: [&str; 11] = [
    "name",
    "description",
    "license",
    "author",
    "homepage",
    "stylesheets",
    "scripts",
    "paper",
    "accent",
    "sizes",
    "cover_sizes",
];

impl Default for ThemeFile {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            license: String::new(),
            author: String::new(),
            homepage: String::new(),
            stylesheets: vec!["plume.css".into()],
            scripts: vec!["plume.js".into()],
            paper: Colours::Each { light: Colour([0xff; 3]), dark: Colour([0x18, 0x19, 0x1b]) },
            accent: None,
            sizes: "(min-width: 36.5rem) 34rem, calc(100vw - 2.5rem)".into(),
            cover_sizes: None,
        }
    }
}

/// An sRGB colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour(pub [u8; 3]);

/// A colour for light and dark mode, or one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(untagged)]
pub enum Colours {
    /// One colour, darkened or lightened until its contrast suffices in each mode.
    Both(#[schemars(with = "String")] Colour),
    /// One colour per mode, used as it is.
    Each {
        /// Light mode.
        #[schemars(with = "String")]
        light: Colour,
        /// Dark mode.
        #[schemars(with = "String")]
        dark: Colour,
    },
}

/// Appearance of pages, apart from their templates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Appearance {
    /// Name of the theme.
    pub theme: String,
    /// Style sheets of every page, as paths below `static/`, in order.
    pub stylesheets: Vec<String>,
    /// Scripts of every page, as paths below `static/`.
    pub scripts: Vec<String>,
    /// Page background in light and in dark mode.
    pub paper: [Colour; 2],
    /// Content of [`ACCENT_SHEET`]; `None` if the style sheets' own accent colour is used.
    pub accent: Option<String>,
    /// Value of the HTML attribute `sizes` for images in posts.
    pub sizes: String,
    /// Value of `sizes` for cover images.
    pub cover_sizes: String,
}

impl Appearance {
    /// Combines a theme with the site's own accent colour, which wins over the theme's.
    pub fn new(theme: &str, file: ThemeFile, accent: Option<Colours>) -> Self {
        let paper = match file.paper {
            Colours::Both(colour) => [colour; 2],
            Colours::Each { light, dark } => [light, dark],
        };
        let sheet = |accent: Colours| {
            let (light, dark) = match accent {
                Colours::Both(colour) => (colour.readable_on(paper[0]), colour.readable_on(paper[1])),
                Colours::Each { light, dark } => (light, dark),
            };
            format!(":root{{--accent:light-dark({light},{dark})}}\n")
        };
        Self {
            theme: theme.to_owned(),
            stylesheets: file.stylesheets,
            scripts: file.scripts,
            paper,
            accent: accent.or(file.accent).map(sheet),
            cover_sizes: file.cover_sizes.unwrap_or_else(|| file.sizes.clone()),
            sizes: file.sizes,
        }
    }
}

/// A file name with a content hash: `plume.css` becomes `plume.1f2e3d4c.css`.
pub fn hashed_name(name: &str, fingerprint: Fingerprint) -> String {
    let at = name.rfind('.').filter(|at| *at > name.rfind('/').map_or(0, |slash| slash + 1));
    let (stem, extension) = name.split_at(at.unwrap_or(name.len()));
    format!("{stem}.{}{extension}", fingerprint.short())
}

impl Colour {
    /// Parses `#abc` or `#aabbcc`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.is_ascii())?;
        let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let single = |at: usize| Some(u8::from_str_radix(digits.get(at..=at)?, 16).ok()? * 17);
        match digits.len() {
            3 => Some(Self([single(0)?, single(1)?, single(2)?])),
            6 => Some(Self([pair(0)?, pair(2)?, pair(4)?])),
            _ => None,
        }
    }

    /// Darkens or lightens the colour, in steps of a fiftieth, until text in it is readable on a
    /// background.
    fn readable_on(self, background: Self) -> Self {
        let (towards, wanted) =
            if background.luminance() > 0.18 { (0.0, LIGHT_CONTRAST) } else { (255.0, DARK_CONTRAST) };
        let mixed = |share: f64| {
            Self(self.0.map(|part| (f64::from(part) * (1.0 - share) + towards * share).round() as u8))
        };
        let steps = (0..=50).map(|step| mixed(f64::from(step) / 50.0));
        steps.into_iter().find(|colour| colour.contrast(background) >= wanted).unwrap_or(mixed(1.0))
    }

    /// Contrast ratio, from 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance, from 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl<'de> Deserialize<'de> for Colours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Typed {
            Both(String),
            Each { light: String, dark: String },
        }
        let wrong = || {
            D::Error::custom("expected a colour such as `\"#1d3fb8\"`, or one each for `light` and `dark`")
        };
        let read = |text: &str| Colour::parse(text).ok_or_else(wrong);
        Ok(match Typed::deserialize(deserializer).map_err(|_| wrong())? {
            Typed::Both(text) => Self::Both(read(&text)?),
            Typed::Each { light, dark } => Self::Each { light: read(&light)?, dark: read(&dark)? },
        })
    }
}

impl Serialize for Colours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Both(colour) => serializer.collect_str(colour),
            Self::Each { light, dark } => {
                serializer.collect_map([("light", light.to_string()), ("dark", dark.to_string())])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_is_readable_in_light_and_dark_mode() {
        let (day, night) = (Colour::parse("#fff").unwrap(), Colour::parse("#18191b").unwrap());
        for text in ["#1d3fb8", "#ffe100", "#000", "#ffffff", "#e91e63", "#777777"] {
            let colour = Colour::parse(text).unwrap();
            for ground in [day, night] {
                assert!(colour.readable_on(ground).contrast(ground) >= 4.5, "{text} on {ground}");
            }
        }
        let deep = Colour::parse("#1d3fb8").unwrap();
        assert_eq!(deep.readable_on(day), deep, "a readable colour stays as it is");
        for text in ["", "1d3fb8", "#1d3f", "#ggg", "red", "#é00"] {
            assert!(Colour::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_hash_stands_before_the_extension() {
        let fingerprint = Fingerprint::of(b"x");
        let short = fingerprint.short();
        for (name, expected) in [
            ("plume.css", format!("plume.{short}.css")),
            ("img/a.b.svg", format!("img/a.b.{short}.svg")),
            ("fonts.d/sans", format!("fonts.d/sans.{short}")),
            (".htaccess", format!(".htaccess.{short}")),
        ] {
            assert_eq!(hashed_name(name, fingerprint), expected);
        }
    }
}

//! `theme.yaml`: what a theme says of itself, and the colours that a site gives it.
//!
//! Receives the text of the file and the site's settings. Gives a [`Appearance`]: which style sheets
//! and scripts pages load, and which colours they show. Never does IO.

use std::fmt;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fingerprint::Fingerprint;

/// The style sheet that carries a site's own colours.
pub const ACCENT_SHEET: &str = "accent.css";
/// The contrast that a text needs at least with a light ground (WCAG 2.2, 1.4.3), and a little
/// more: links stand on tinted grounds too.
const BY_DAY: f64 = 4.9;
/// The same with a dark ground, where thin letters need more (1.4.6).
const BY_NIGHT: f64 = 7.0;

/// `theme.yaml` as typed.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct ThemeFile {
    /// The theme's name, as people say it.
    pub name: String,
    /// What it looks like, in a sentence.
    pub description: String,
    /// Under which terms it may be used.
    pub license: String,
    /// Who made it.
    pub author: String,
    /// Where more is said about it.
    pub homepage: String,
    /// The files of `static/` that every page loads as style sheets, in this order.
    pub stylesheets: Vec<String>,
    /// The files of `static/` that every page runs, once it is shown.
    pub scripts: Vec<String>,
    /// The colour behind the text, by day and by night: browsers colour their frame with it.
    pub paper: Colours,
    /// The colour of links and marks, when it is not the one of the style sheets.
    pub accent: Option<Colours>,
    /// How wide an image of a text is shown, as the attribute `sizes` of HTML says it.
    pub sizes: String,
    /// The same for the picture above a text, when it is shown in another width.
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

/// A colour, as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour(pub [u8; 3]);

/// A colour for day and night, or one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(untagged)]
pub enum Colours {
    /// One for both, to be fitted to each.
    Both(#[schemars(with = "String")] Colour),
    /// One for each.
    Each {
        /// By day.
        #[schemars(with = "String")]
        light: Colour,
        /// By night.
        #[schemars(with = "String")]
        dark: Colour,
    },
}

/// How pages are dressed, beside their templates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Appearance {
    /// The theme.
    pub theme: String,
    /// Style sheets of every page, by their names in `static/`.
    pub stylesheets: Vec<String>,
    /// Scripts of every page, by their names in `static/`.
    pub scripts: Vec<String>,
    /// The colour behind the text, by day and by night.
    pub paper: [Colour; 2],
    /// The text of [`ACCENT_SHEET`], if the colour of links and marks is not the style sheets'.
    pub accent: Option<String>,
    /// How wide an image of a text is shown, as the attribute `sizes` of HTML says it.
    pub sizes: String,
    /// The same for the picture above a text.
    pub cover_sizes: String,
}

impl Appearance {
    /// The look that a theme gives, with the site's own colour.
    pub fn new(theme: &str, file: ThemeFile, accent: Option<Colours>) -> Self {
        let paper = match file.paper {
            Colours::Both(colour) => [colour; 2],
            Colours::Each { light, dark } => [light, dark],
        };
        let sheet = |accent: Colours| {
            let (light, dark) = match accent {
                Colours::Both(colour) => (colour.on(paper[0]), colour.on(paper[1])),
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

/// The name of a file with the fingerprint of its content in it: `plume.css` as `plume.1f2e3d4c.css`.
pub fn named_by_content(name: &str, fingerprint: Fingerprint) -> String {
    let at = name.rfind('.').filter(|at| *at > name.rfind('/').map_or(0, |slash| slash + 1));
    let (stem, extension) = name.split_at(at.unwrap_or(name.len()));
    format!("{stem}.{}{extension}", fingerprint.short())
}

impl Colour {
    /// `#abc` or `#aabbcc`.
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

    /// The colour made as much darker or lighter as a text of it needs on a ground.
    fn on(self, ground: Self) -> Self {
        let (towards, wanted) = if ground.luminance() > 0.18 { (0.0, BY_DAY) } else { (255.0, BY_NIGHT) };
        let mixed = |share: f64| {
            Self(self.0.map(|part| (f64::from(part) * (1.0 - share) + towards * share).round() as u8))
        };
        let steps = (0..=50).map(|step| mixed(f64::from(step) / 50.0));
        steps.into_iter().find(|colour| colour.contrast(ground) >= wanted).unwrap_or(mixed(1.0))
    }

    /// The ratio of WCAG 2.2, from 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance, as WCAG 2.2 defines it.
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
    fn an_accent_can_be_read_by_day_and_by_night() {
        let (day, night) = (Colour::parse("#fff").unwrap(), Colour::parse("#18191b").unwrap());
        for text in ["#1d3fb8", "#ffe100", "#000", "#ffffff", "#e91e63", "#777777"] {
            let colour = Colour::parse(text).unwrap();
            for ground in [day, night] {
                assert!(colour.on(ground).contrast(ground) >= 4.5, "{text} on {ground}");
            }
        }
        let deep = Colour::parse("#1d3fb8").unwrap();
        assert_eq!(deep.on(day), deep, "what can be read stays as it is");
        for text in ["", "1d3fb8", "#1d3f", "#ggg", "red", "#é00"] {
            assert!(Colour::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn names_carry_the_fingerprint_before_their_extension() {
        let fingerprint = Fingerprint::of(b"x");
        let short = fingerprint.short();
        for (name, expected) in [
            ("plume.css", format!("plume.{short}.css")),
            ("img/a.b.svg", format!("img/a.b.{short}.svg")),
            ("fonts.d/sans", format!("fonts.d/sans.{short}")),
            (".htaccess", format!(".htaccess.{short}")),
        ] {
            assert_eq!(named_by_content(name, fingerprint), expected);
        }
    }
}

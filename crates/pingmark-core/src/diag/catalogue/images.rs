//! Images, icons and social images.

use serde::{Deserialize, Serialize};

use super::{Text, says, value};
use crate::diag::args::ShownName;
use crate::diag::{Code, Diagnostic, Spot};
use crate::path::SitePath;

/// Problems of images.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Images {
    CardGlyph { character: char, others: usize },
    CardName { kind: ShownName, name: String, character: char },
    CardEmoji { emoji: String },
    CardFailed { reason: String },
    Broken { path: SitePath, reason: String },
    Unread { path: SitePath, reason: String },
    Icon { path: SitePath, reason: String },
}

impl Images {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::CardGlyph { character, others } => {
                let who = match others {
                    0 => "the article gets".to_owned(),
                    others => format!("the article and {others} others get"),
                };
                let code = u32::from(*character);
                says(format!("{who} no card for networks: its fonts have no `{character}` (U+{code:04X})")).hint(
                    "give the article an `image:`, or make no cards: `social: {cards: false}` in pingmark.yaml",
                )
            }
            Self::CardName { kind, name, character } => {
                let what = match kind {
                    ShownName::Blog => "the blog’s name",
                    ShownName::Author => "the author",
                };
                let code = u32::from(*character);
                says(format!(
                    "cards for networks leave out {what} `{name}`: their fonts have no `{character}` (U+{code:04X})"
                ))
                .hint("the rest of the card is there; an `image:` of an article's own replaces it")
            }
            Self::CardEmoji { emoji } => {
                says(format!("the card for networks leaves out {emoji}: it shows no emoji")).hint(
                    "the title keeps it everywhere else; an `image:` of the article's own replaces the card",
                )
            }
            Self::CardFailed { reason } => says(format!("the card for networks cannot be drawn: {reason}"))
                .hint("templates/card.svg makes no SVG that can be read"),
            Self::Broken { path, reason } => says(format!("the image `{path}` cannot be used: {reason}"))
                .hint("save it again with a program that shows it, or put another one in its place"),
            Self::Unread { path, reason } => says(format!("`{path}` is published as it is: {reason}")).hint(
                "what else it holds, such as where it was taken, is published with it: save it again, or remove it",
            ),
            Self::Icon { path, reason } => says(format!("no icons can be made of `{path}`: {reason}"))
                .hint("put a drawing that browsers show there, or remove the file to use the theme's"),
        }
    }
}

/// A sign that the fonts of cards have not.
pub fn card_glyph(path: &SitePath, c: char, others: usize) -> Diagnostic {
    Diagnostic::warning(Code::CardGlyph, Images::CardGlyph { character: c, others })
        .at(path, value("title", &c.to_string()))
}

/// A name that cards leave out, since their fonts cannot show it.
pub fn card_name(path: &SitePath, kind: ShownName, name: &str, c: char) -> Diagnostic {
    Diagnostic::warning(Code::CardName, Images::CardName { kind, name: name.to_owned(), character: c })
        .at(path, Spot::File)
}

/// Emoji in what a card says.
pub fn card_emoji(path: &SitePath, emoji: &str) -> Diagnostic {
    let first = emoji.split(' ').next().unwrap_or(emoji);
    Diagnostic::warning(Code::CardEmoji, Images::CardEmoji { emoji: emoji.to_owned() })
        .at(path, value("title", first))
}

/// A card's template that makes no picture.
pub fn card_failed(path: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::error(Code::CardFailed, Images::CardFailed { reason: reason.to_owned() })
        .at(path, Spot::LineColumn(1, 1))
}

/// An image that cannot be shown, at the first place that shows it.
pub fn image_broken(path: &SitePath, spot: &Spot, image: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::error(Code::ImageBroken, Images::Broken { path: image.clone(), reason: reason.to_owned() })
        .at(path, spot.clone())
}

/// An image that no page shows and that cannot be read, so that what it tells cannot be taken
/// out.
pub fn image_unread(image: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::warning(Code::ImageUnread, Images::Unread { path: image.clone(), reason: reason.to_owned() })
        .at(image, Spot::File)
}

/// A drawing of which no icons can be made.
pub fn icon_failed(drawing: &SitePath, reason: &str) -> Diagnostic {
    Diagnostic::error(Code::IconFailed, Images::Icon { path: drawing.clone(), reason: reason.to_owned() })
        .at(drawing, Spot::File)
}

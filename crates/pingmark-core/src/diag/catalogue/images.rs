//! Images, icons and social images.

use serde::{Deserialize, Serialize};

use super::{Text, says, value};
use crate::diag::args::{ShownAs, ShownName};
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
    Unshowable { target: String, format: String, kind: ShownAs, metadata: bool },
    Metadata { path: SitePath },
    Icon { path: SitePath, reason: String },
    LinkPreview { path: SitePath },
}

impl Images {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::CardGlyph { character, others } => {
                let who = match others {
                    0 => "this post has".to_owned(),
                    others => format!("this post and {others} others have"),
                };
                let code = u32::from(*character);
                says(format!("{who} no social image: the fonts have no `{character}` (U+{code:04X})")).hint(
                    "set `image:` in the post, or turn social images off: `social: {cards: false}` in pingmark.yaml",
                )
            }
            Self::CardName { kind, name, character } => {
                let what = match kind {
                    ShownName::Blog => "the title of the blog,",
                    ShownName::Author => "the author",
                };
                let code = u32::from(*character);
                says(format!(
                    "social images leave out {what} `{name}`: the fonts have no `{character}` (U+{code:04X})"
                ))
                .hint("the rest of the image is drawn; `image:` in a post replaces it")
            }
            Self::CardEmoji { emoji } => says(format!(
                "the social image leaves out {emoji}: the fonts have no emoji"
            ))
            .hint("the title keeps it everywhere else; `image:` in the post replaces the social image"),
            Self::CardFailed { reason } => says(format!("the social image cannot be drawn: {reason}"))
                .hint("correct templates/card.svg: it does not produce valid SVG"),
            Self::Broken { path, reason } => says(format!("the image `{path}` cannot be used: {reason}"))
                .hint("save it again in an image editor, or replace it"),
            Self::Unread { path, reason } => says(format!(
                "`{path}` is published with all its metadata: {reason}"
            ))
            .hint("it may tell where and when it was taken: save it again in an image editor, or remove it"),
            Self::Unshowable { target, format, kind, metadata } => {
                let hint = match kind {
                    ShownAs::Image => "save it as JPEG, PNG or WebP",
                    ShownAs::Film => "show it with `{{ <video src=\"film.mp4\" /> }}`, or link to it",
                    ShownAs::Paper => "link to it instead: `[link text](file)`, or show a picture of it",
                };
                let also = "; its metadata, such as where and when it was taken, is published with it";
                says(format!("browsers do not show `{target}` as an image: it is {format}"))
                    .hint(format!("{hint}{}", if *metadata { also } else { "" }))
            }
            Self::Metadata { path } => says(format!(
                "`{path}` is published with its metadata, such as where and when it was taken"
            ))
            .hint("save it without metadata (a picture as JPEG, PNG or WebP), or remove it from the site"),
            Self::LinkPreview { path } => says(format!(
                "link previews of this page have no image: `{path}` is neither a JPEG nor a PNG"
            ))
            .hint("name a JPEG under `social: image:`; 1200 × 630 pixels suit all networks"),
            Self::Icon { path, reason } => says(format!("icons cannot be made from `{path}`: {reason}"))
                .hint("use an SVG that browsers can show, or remove the file to use the theme's icon"),
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
    let spot = match kind {
        ShownName::Author => value("author", &c.to_string()),
        ShownName::Blog => Spot::File,
    };
    Diagnostic::warning(Code::CardName, Images::CardName { kind, name: name.to_owned(), character: c })
        .at(path, spot)
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

/// An image in a format that browsers do not show. `metadata` if what it tells is published with it.
pub fn image_unshowable(
    path: &SitePath,
    spot: &Spot,
    target: &str,
    format: &str,
    kind: ShownAs,
    metadata: bool,
) -> Diagnostic {
    let (target, format) = (target.to_owned(), format.to_owned());
    Diagnostic::warning(Code::ImageFormat, Images::Unshowable { target, format, kind, metadata })
        .at(path, spot.clone())
}

/// A picture or film whose metadata cannot be taken out, and tells where it was taken.
pub fn metadata_kept(path: &SitePath) -> Diagnostic {
    Diagnostic::warning(Code::ImageUnread, Images::Metadata { path: path.clone() }).at(path, Spot::File)
}

/// A page whose image networks do not show, and for which no other can be made.
pub fn link_preview_missing(path: &SitePath, spot: Spot, image: &SitePath) -> Diagnostic {
    Diagnostic::warning(Code::LinkPreview, Images::LinkPreview { path: image.clone() }).at(path, spot)
}

//! Advice of `check`: descriptions, alt text, titles, links between posts, texts for networks.

use serde::{Deserialize, Serialize};

use super::{Text, key, keys_of, says};
use crate::diag::{Code, Diagnostic, Spot};
use crate::network::Network;
use crate::path::SitePath;
use crate::share_texts::ShareIssue;

/// Things that could be better.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Advice {
    AltMissing { target: Option<String> },
    DescriptionMissing,
    ShareText { network: Network, issue: ShareIssue },
    ShareImage { target: String },
    ShareSame { network: Network, path: SitePath },
    TitleLong { count: usize, most: usize },
    Orphan,
}

impl Advice {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::AltMissing { target: Some(target) } => {
                says(format!("the image `{target}` has no alt text"))
                    .hint("describe it between the brackets: ![a red house](house.png)")
            }
            Self::AltMissing { target: None } => {
                says("the image of this page has no alt text").hint("describe it with `image_alt: …`")
            }
            Self::DescriptionMissing => says("this page has no description; search engines will pick one")
                .hint("add `description: …`, one or two sentences"),
            Self::ShareText { network, issue } => {
                says(format!("on {}, {}", network.name(), share_issue(issue)))
                    .hint(format!("`pingmark social --network {}` shows what would be posted", network.key()))
            }
            Self::ShareImage { target } => says(format!("the image to share, `{target}`, does not exist"))
                .hint("use a file next to the post, or one in static/ as `/img/photo.png`"),
            Self::ShareSame { network, path } => {
                let network = network.name();
                says(format!("on {network}, this post is shared with the same text as {path}")).hint(
                    "write another `social: text:`, or it looks like a duplicate to readers and networks",
                )
            }
            Self::TitleLong { count, most } => {
                says(format!("this title has {count} characters; search results show about {most}"))
                    .hint("put the most important words first, or shorten it")
            }
            Self::Orphan => says("no other post links to this one")
                .hint("link to it from a related post, so that readers and search engines find it"),
        }
    }
}

/// What is wrong with a text for a network, in English words that follow "on X,".
pub fn share_issue(issue: &ShareIssue) -> String {
    match issue {
        ShareIssue::TooLong { part: 1, count, most } => {
            format!("the text counts as {count} characters; the limit is {most}")
        }
        ShareIssue::TooLong { part, count, most } => {
            format!("part {part} of the thread counts as {count} characters; the limit is {most}")
        }
        ShareIssue::TooManyBytes { part: 1, count, most } => {
            format!("the text has {count} bytes; the limit is {most}, whatever its length in characters")
        }
        ShareIssue::TooManyBytes { part, count, most } => {
            format!(
                "part {part} of the thread has {count} bytes; the limit is {most}, whatever its length in characters"
            )
        }
        ShareIssue::TooManyHashtags { count, most } => {
            format!("{count} hashtags are too many; {most} are enough")
        }
        ShareIssue::TooManyLinks { count, most } => {
            format!("{count} links are too many; the limit is {most}")
        }
        ShareIssue::MissingImage => "an image is required, and there is none".to_owned(),
        ShareIssue::MissingAltText => "the image has no alt text".to_owned(),
    }
}

/// An image without words.
pub fn alt_missing(path: &SitePath, spot: Spot, target: &str) -> Diagnostic {
    Diagnostic::warning(Code::AltMissing, Advice::AltMissing { target: Some(target.to_owned()) })
        .at(path, spot)
}

/// A page's own picture without words.
pub fn image_alt_missing(path: &SitePath) -> Diagnostic {
    Diagnostic::warning(Code::AltMissing, Advice::AltMissing { target: None }).at(path, key("image"))
}

/// A page without a description.
pub fn description_missing(path: &SitePath) -> Diagnostic {
    Diagnostic::advice(Code::DescriptionMissing, Advice::DescriptionMissing).at(path, Spot::LineColumn(1, 1))
}

/// A text for a network that does not fit there.
pub fn share_trouble(path: &SitePath, key: &str, network: Network, issue: &ShareIssue) -> Diagnostic {
    Diagnostic::advice(Code::ShareText, Advice::ShareText { network, issue: issue.clone() })
        .at(path, Spot::Key(keys_of(key)))
}

/// A picture for networks that is not there.
pub fn share_image_missing(path: &SitePath, key: &str, image: &str) -> Diagnostic {
    Diagnostic::warning(Code::ShareImage, Advice::ShareImage { target: image.to_owned() })
        .at(path, Spot::Value(keys_of(key), image.to_owned()))
}

/// Two articles that would be shared with the same words.
pub fn share_same(path: &SitePath, other: &SitePath, network: Network) -> Diagnostic {
    Diagnostic::advice(Code::ShareSame, Advice::ShareSame { network, path: other.clone() })
        .at(path, Spot::LineColumn(1, 1))
}

/// A title that search results cut off.
pub fn title_long(path: &SitePath, count: usize, most: usize) -> Diagnostic {
    Diagnostic::advice(Code::TitleLong, Advice::TitleLong { count, most }).at(path, key("title"))
}

/// A post nobody links to.
pub fn orphan(path: &SitePath) -> Diagnostic {
    Diagnostic::advice(Code::Orphan, Advice::Orphan).at(path, Spot::LineColumn(1, 1))
}

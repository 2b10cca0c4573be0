//! Social networks, and the limits of each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A network that texts are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// X, once Twitter.
    #[serde(alias = "twitter")]
    X,
    /// Mastodon, and what speaks its language.
    Mastodon,
    /// Bluesky.
    Bluesky,
    /// Threads.
    Threads,
    /// LinkedIn.
    Linkedin,
    /// Facebook.
    Facebook,
    /// Instagram.
    Instagram,
}

impl Network {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::X,
        Self::Mastodon,
        Self::Bluesky,
        Self::Threads,
        Self::Linkedin,
        Self::Facebook,
        Self::Instagram,
    ];

    /// Its key in settings and front matters.
    pub fn key(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Mastodon => "mastodon",
            Self::Bluesky => "bluesky",
            Self::Threads => "threads",
            Self::Linkedin => "linkedin",
            Self::Facebook => "facebook",
            Self::Instagram => "instagram",
        }
    }

    /// Its name, as readers see it.
    pub fn name(self) -> &'static str {
        match self {
            Self::X => "X",
            Self::Mastodon => "Mastodon",
            Self::Bluesky => "Bluesky",
            Self::Threads => "Threads",
            Self::Linkedin => "LinkedIn",
            Self::Facebook => "Facebook",
            Self::Instagram => "Instagram",
        }
    }

    /// The network of a key or a name.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        Self::ALL.into_iter().find(|network| network.key() == word).or((word == "twitter").then_some(Self::X))
    }

    /// The longest text it takes, in its own units.
    pub fn limit(self) -> usize {
        match self {
            Self::X => 280,
            Self::Mastodon | Self::Threads => 500,
            Self::Bluesky => 300,
            Self::Linkedin => 3000,
            Self::Facebook => 63_206,
            Self::Instagram => 2200,
        }
    }

    /// How many hashtags are made from an article's tags, when nobody chose any.
    pub fn usual_hashtags(self) -> usize {
        match self {
            Self::Threads => 1,
            Self::X | Self::Facebook => 2,
            Self::Bluesky | Self::Linkedin => 3,
            Self::Mastodon | Self::Instagram => 5,
        }
    }

    /// More hashtags than these are too many: Instagram takes no more than 30 and Threads makes
    /// a link of one alone; elsewhere they read as noise.
    pub fn most_hashtags(self) -> usize {
        match self {
            Self::Threads => 1,
            Self::X | Self::Facebook => 3,
            Self::Bluesky | Self::Linkedin => 5,
            Self::Mastodon => 8,
            Self::Instagram => 30,
        }
    }

    /// Whether posts can answer one another as a thread.
    pub fn has_threads(self) -> bool {
        matches!(self, Self::X | Self::Mastodon | Self::Bluesky | Self::Threads)
    }

    /// Whether readers can follow a link in the text.
    pub fn takes_links(self) -> bool {
        self != Self::Instagram
    }
}

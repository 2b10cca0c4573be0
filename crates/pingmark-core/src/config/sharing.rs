//! The section `social` of the settings: the blog's profiles, and how articles are shared.

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use super::settings::named;
use crate::network::{Network, PerNetwork};
use crate::posting_times::{self, PostingTime};
use crate::share_template;

/// The blog's own profiles, by network, and how articles are shared there.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct SocialSettings {
    /// The blog's profile on Mastodon or another server of the fediverse.
    pub mastodon: Option<String>,
    /// The blog's profile on Bluesky.
    pub bluesky: Option<String>,
    /// The blog's profile on LinkedIn.
    pub linkedin: Option<String>,
    /// The blog's profile on X.
    #[serde(alias = "twitter")]
    pub x: Option<String>,
    /// The blog's profile on Threads.
    pub threads: Option<String>,
    /// The blog's profile on Facebook.
    pub facebook: Option<String>,
    /// The blog's profile on Instagram.
    pub instagram: Option<String>,
    /// The blog's channel on YouTube.
    pub youtube: Option<String>,
    /// The blog's profile on TikTok.
    pub tiktok: Option<String>,
    /// The blog's profile on GitHub.
    pub github: Option<String>,
    /// The networks that texts are made for.
    pub networks: Vec<Network>,
    /// The text for each network, with `{{ title }}`, `{{ summary }}`, `{{ url }}`,
    /// `{{ hashtags }}`, `{{ text }}`, `{{ author }}`, `{{ site }}`, `{{ slug }}`, `{{ date }}`.
    pub templates: PerNetwork<String>,
    /// The longest text, where a server takes another length than most do.
    pub limits: PerNetwork<usize>,
    /// How many hashtags are made from an article's tags.
    pub hashtags: PerNetwork<usize>,
    /// What shared links say of where they were shared; without it they say nothing.
    pub utm: Option<Utm>,
    /// The links below an article to share it.
    pub share: Vec<ShareLink>,
    /// Which posts are proposed to be shared again.
    pub queue: QueueSettings,
    /// Pictures made for posts that have none of their own; `false` makes none.
    pub cards: Cards,
    /// When the blog posts on networks, on its own clock: `tue 09:00`, or `09:00` for each day.
    pub slots: Vec<String>,
}

impl Default for SocialSettings {
    fn default() -> Self {
        Self {
            mastodon: None,
            bluesky: None,
            linkedin: None,
            x: None,
            threads: None,
            facebook: None,
            instagram: None,
            youtube: None,
            tiktok: None,
            github: None,
            networks: Network::ALL.to_vec(),
            templates: PerNetwork::default(),
            limits: PerNetwork::default(),
            hashtags: PerNetwork::default(),
            utm: None,
            share: vec![
                ShareLink::Mastodon,
                ShareLink::Bluesky,
                ShareLink::Linkedin,
                ShareLink::Facebook,
                ShareLink::Whatsapp,
                ShareLink::X,
                ShareLink::Email,
                ShareLink::Copy,
            ],
            queue: QueueSettings::default(),
            cards: Cards::default(),
            slots: posting_times::DEFAULT.map(str::to_owned).to_vec(),
        }
    }
}

impl SocialSettings {
    /// The times of the week at which the blog posts on networks.
    pub fn times(&self) -> Vec<PostingTime> {
        self.slots.iter().filter_map(|text| posting_times::parse(text)).collect()
    }

    /// (network's name, address) of the profiles given, in a fixed order.
    pub fn given(&self) -> Vec<(&'static str, &str)> {
        named([
            &self.mastodon,
            &self.bluesky,
            &self.linkedin,
            &self.x,
            &self.threads,
            &self.facebook,
            &self.instagram,
            &self.youtube,
            &self.tiktok,
            &self.github,
        ])
    }
}

/// Which posts are proposed to be shared again, in days.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct QueueSettings {
    /// Younger posts are not proposed.
    pub min_age: u32,
    /// How long a post rests after it was proposed.
    pub again_after: u32,
    /// Posts with one of these tags are left out: news, invitations.
    pub without_tags: Vec<String>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self { min_age: 180, again_after: 180, without_tags: Vec::new() }
    }
}

/// Pictures made for posts that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(untagged)]
enum CardsTyped {
    /// Whether there are any.
    #[expect(dead_code, reason = "read by hand; this is the form that editors are told of")]
    Switch(bool),
    /// What they look like.
    #[expect(dead_code, reason = "read by hand; this is the form that editors are told of")]
    Appearance(CardLook),
}

/// What cards look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct CardLook {
    /// The shapes that are made, beside the one for previews of links.
    pub formats: Vec<CardFormat>,
    /// The colour, as `#1d3fb8`, when it is not the site's `accent`.
    pub accent: Option<String>,
    /// The colour of the ground, when it is not the accent.
    pub background: Option<String>,
}

/// Whether cards are made, and what they look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(with = "CardsTyped")]
pub struct Cards {
    /// Whether any are made.
    pub made: bool,
    #[serde(flatten)]
    look: CardLook,
}

impl Default for Cards {
    fn default() -> Self {
        Self { made: true, look: CardLook::default() }
    }
}

impl std::ops::Deref for Cards {
    type Target = CardLook;

    fn deref(&self) -> &CardLook {
        &self.look
    }
}

impl Cards {
    /// The shapes that are made of each post: none when there are no cards.
    pub fn shapes(&self) -> impl Iterator<Item = CardFormat> + '_ {
        let wanted =
            |format: &CardFormat| *format == CardFormat::Landscape || self.look.formats.contains(format);
        CardFormat::ALL.into_iter().filter(move |format| self.made && wanted(format))
    }
}

impl<'de> Deserialize<'de> for Cards {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Typed;
        impl<'de> Visitor<'de> for Typed {
            type Value = Cards;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`false`, `true` or a mapping")
            }

            fn visit_bool<E>(self, made: bool) -> Result<Cards, E> {
                Ok(Cards { made, look: CardLook::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cards, A::Error> {
                let look = CardLook::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Cards { made: true, look })
            }
        }
        deserializer.deserialize_any(Typed)
    }
}

/// The shape of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CardFormat {
    /// For previews of links: 1200 × 630.
    Landscape,
    /// For a feed of pictures: 1080 × 1350.
    Portrait,
    /// For a whole screen: 1080 × 1920.
    Story,
}

impl CardFormat {
    /// All shapes.
    pub const ALL: [Self; 3] = [Self::Landscape, Self::Portrait, Self::Story];

    /// Its key.
    pub fn name(self) -> &'static str {
        match self {
            Self::Landscape => "landscape",
            Self::Portrait => "portrait",
            Self::Story => "story",
        }
    }

    /// Width and height in pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Landscape => (1200, 630),
            Self::Portrait => (1080, 1350),
            Self::Story => (1080, 1920),
        }
    }

    /// The file, beside its article.
    pub fn file(self) -> &'static str {
        match self {
            Self::Landscape => "card.png",
            Self::Portrait => "card-1080x1350.png",
            Self::Story => "card-1080x1920.png",
        }
    }
}

/// What shared links say of where they were shared, each with `{{ network }}` and `{{ slug }}`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Utm {
    /// `utm_source`
    pub source: String,
    /// `utm_medium`
    pub medium: String,
    /// `utm_campaign`
    pub campaign: String,
}

impl Default for Utm {
    fn default() -> Self {
        Self { source: "{{ network }}".into(), medium: "social".into(), campaign: "{{ slug }}".into() }
    }
}

/// A link to share an article with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ShareLink {
    /// Mastodon; its own page asks for the reader's server, and no one else learns of it.
    Mastodon,
    /// Bluesky.
    Bluesky,
    /// LinkedIn.
    Linkedin,
    /// Facebook.
    Facebook,
    /// X.
    #[serde(alias = "twitter")]
    X,
    /// Threads.
    Threads,
    /// WhatsApp: the reader chooses whom to send it to.
    Whatsapp,
    /// A mail of the reader's own.
    Email,
    /// The article's address, to be copied.
    Copy,
}

impl ShareLink {
    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Mastodon => "mastodon",
            Self::Bluesky => "bluesky",
            Self::Linkedin => "linkedin",
            Self::Facebook => "facebook",
            Self::X => "x",
            Self::Threads => "threads",
            Self::Whatsapp => "whatsapp",
            Self::Email => "email",
            Self::Copy => "copy",
        }
    }
}

/// An address with `utm_source`, `utm_medium` and `utm_campaign`, if the site wants so. Its own
/// query and fragment stay.
pub fn tagged_url(address: &str, slug: &str, source: &str, settings: &SocialSettings) -> String {
    let Some(utm) = &settings.utm else { return address.to_owned() };
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    let value = |template: &str| {
        let value = |name: &str| match name {
            "slug" => slug.to_owned(),
            "network" => source.to_owned(),
            _ => String::new(),
        };
        share_template::fill(&share_template::parse(template), &value)
    };
    let pairs = [("utm_source", &utm.source), ("utm_medium", &utm.medium), ("utm_campaign", &utm.campaign)];
    let pairs = pairs.map(|(name, template)| (name, value(template)));
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        url.query_pairs_mut().append_pair(name, value);
    }
    url.into()
}

//! Share texts of a front matter: the key `social`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::network::Network;
use crate::when::When;

/// Value of the key `social` of a front matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ShareTexts {
    /// Values for all networks.
    pub all: NetworkTexts,
    /// Values for single networks, which take precedence over `all` key by key.
    pub networks: BTreeMap<Network, NetworkTexts>,
    /// Networks on which the article is not shared.
    pub skip: Vec<Network>,
    /// Title in link previews (`og:title`), if not the page's.
    pub og_title: Option<String>,
    /// Description in link previews (`og:description`), if not the page's.
    pub og_description: Option<String>,
    /// Title in link previews on X (`twitter:title`).
    pub twitter_title: Option<String>,
    /// Description in link previews on X (`twitter:description`).
    pub twitter_description: Option<String>,
    /// Layout of link previews on X (`twitter:card`): `summary` or `summary_large_image`.
    pub twitter_card: Option<String>,
    /// Whether the post may be proposed to be shared again; if absent, its tags and `expires:`
    /// decide.
    pub evergreen: Option<bool>,
}

/// Texts, hashtags, image and time for all networks, or for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkTexts {
    /// The text; several are a thread, none leaves it to the template.
    pub text: Vec<String>,
    /// Hashtags, instead of those made from the tags. An empty list means none.
    pub hashtags: Option<Vec<String>>,
    /// Image: a file beside the page or below `static/`, or a URL.
    pub image: Option<String>,
    /// Alt text of the image.
    pub image_alt: Option<String>,
    /// Time of posting.
    pub at: Option<When>,
}

impl NetworkTexts {
    fn write(&self, into: &mut Map<String, Value>) {
        match self.text.as_slice() {
            [] => {}
            [one] => _ = into.insert("text".into(), json!(one)),
            several => _ = into.insert("text".into(), json!(several)),
        }
        if let Some(hashtags) = &self.hashtags {
            into.insert("hashtags".into(), json!(hashtags));
        }
        let at = self.at.map(|at| at.rfc3339());
        for (key, value) in [("image", &self.image), ("image_alt", &self.image_alt), ("at", &at)] {
            if let Some(value) = value {
                into.insert(key.into(), json!(value));
            }
        }
    }
}

impl ShareTexts {
    /// Values for one network alone, if there are any.
    pub fn for_network(&self, network: Network) -> Option<&NetworkTexts> {
        self.networks.get(&network)
    }

    /// Value of `page.social` in templates, under the keys of the front matter. `skip` and
    /// `evergreen` are left out.
    pub fn value(&self) -> Value {
        let mut map = Map::new();
        self.all.write(&mut map);
        for (network, own) in &self.networks {
            let mut inner = Map::new();
            own.write(&mut inner);
            map.insert(network.key().into(), inner.into());
        }
        for (key, value) in [
            ("og_title", &self.og_title),
            ("og_description", &self.og_description),
            ("twitter_title", &self.twitter_title),
            ("twitter_description", &self.twitter_description),
            ("twitter_card", &self.twitter_card),
        ] {
            if let Some(value) = value {
                map.insert(key.into(), json!(value));
            }
        }
        map.into()
    }
}

/// Violation of a network's rules.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareIssue {
    /// A part exceeds the limit.
    TooLong {
        /// Number of the part, from 1.
        part: usize,
        /// Its length, in the network's units.
        count: usize,
        /// Maximum length.
        most: usize,
    },
    /// A part has more bytes than the network takes, whatever its length in characters.
    TooManyBytes {
        /// Number of the part, from 1.
        part: usize,
        /// Number of bytes.
        count: usize,
        /// Maximum number.
        most: usize,
    },
    /// A part has more hashtags than the network takes, or than read well there.
    TooManyHashtags {
        /// Number of hashtags.
        count: usize,
        /// Number to keep to.
        most: usize,
    },
    /// A part has more links than the network takes.
    TooManyLinks {
        /// Number of links.
        count: usize,
        /// Maximum number.
        most: usize,
    },
    /// The network takes no post without an image.
    MissingImage,
    /// The image has no alt text.
    MissingAltText,
}

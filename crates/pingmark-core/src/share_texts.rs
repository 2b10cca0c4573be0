//! What a front matter says under `social`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::network::Network;
use crate::when::When;

/// The key `social` of a front matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Texts {
    /// For every network.
    pub all: Own,
    /// For single ones.
    pub networks: BTreeMap<Network, Own>,
    /// Networks that it is not meant for.
    pub skip: Vec<Network>,
    /// The title in previews of links, when not the page's.
    pub og_title: Option<String>,
    /// The description in previews of links.
    pub og_description: Option<String>,
    /// The title in previews on X.
    pub twitter_title: Option<String>,
    /// The description in previews on X.
    pub twitter_description: Option<String>,
    /// The form of the preview on X: `summary` or `summary_large_image`.
    pub twitter_card: Option<String>,
    /// Whether it may be shared again long after; without a word, any post may.
    pub evergreen: Option<bool>,
}

/// What is said for all networks, or for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Own {
    /// The text; several are a thread.
    pub text: Vec<String>,
    /// The hashtags, instead of those made of tags.
    pub hashtags: Option<Vec<String>>,
    /// The picture: beside the page, below `static/`, or an address.
    pub image: Option<String>,
    /// The picture in words.
    pub image_alt: Option<String>,
    /// When it is to be posted.
    pub at: Option<When>,
}

impl Own {
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

impl Texts {
    /// What is said for a network alone.
    pub fn own(&self, network: Network) -> Option<&Own> {
        self.networks.get(&network)
    }

    /// The values that templates see as `page.social`, under the keys of the front matter.
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

//! Social networks: one table of everything the program knows about each.
//!
//! A new network is a variant of [`Network`] with its row in [`Network::facts`]; how its texts are counted
//! is code, in `pingmark-social`.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A network that texts are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// X, formerly Twitter.
    #[serde(alias = "twitter")]
    X,
    /// Mastodon, and other servers of the fediverse that show links alike.
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

/// Everything about a network that is not code.
#[derive(Debug)]
pub struct NetworkFacts {
    /// Its key in settings and front matter.
    pub key: &'static str,
    /// Another key that is understood.
    pub alias: Option<&'static str>,
    /// Its name, as readers see it.
    pub name: &'static str,
    /// The domains its pages stand at; none for Mastodon, which has many servers.
    pub domains: &'static [&'static str],
    /// The longest text it takes, in its own units.
    pub limit: usize,
    /// How many hashtags are made from a post's tags, if nobody chose any.
    pub usual_hashtags: usize,
    /// More hashtags are too many. Instagram takes no more than 30, and Threads links only one;
    /// elsewhere they read as noise.
    pub most_hashtags: usize,
    /// Whether posts can answer one another as a thread.
    pub has_threads: bool,
    /// Whether readers can follow a link in the text.
    pub takes_links: bool,
    /// The template of a share text, if the settings give none.
    pub template: &'static str,
}

const DEFAULT_TEMPLATE: &str = "{{ title }}\n\n{{ summary }}\n\n{{ url }}\n\n{{ hashtags }}";

impl Network {
    /// All networks, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::X,
        Self::Mastodon,
        Self::Bluesky,
        Self::Threads,
        Self::Linkedin,
        Self::Facebook,
        Self::Instagram,
    ];

    /// The row of the table.
    #[rustfmt::skip]
    pub const fn facts(self) -> &'static NetworkFacts {
        match self {
            Self::X => &NetworkFacts {
                key: "x", alias: Some("twitter"), name: "X", domains: &["x.com", "twitter.com"],
                limit: 280, usual_hashtags: 2, most_hashtags: 3, has_threads: true, takes_links: true,
                template: "{{ title }} — {{ summary }} {{ url }} {{ hashtags }}",
            },
            Self::Mastodon => &NetworkFacts {
                key: "mastodon", alias: None, name: "Mastodon", domains: &[],
                limit: 500, usual_hashtags: 5, most_hashtags: 8, has_threads: true, takes_links: true,
                template: DEFAULT_TEMPLATE,
            },
            Self::Bluesky => &NetworkFacts {
                key: "bluesky", alias: None, name: "Bluesky", domains: &["bsky.app"],
                limit: 300, usual_hashtags: 3, most_hashtags: 5, has_threads: true, takes_links: true,
                template: DEFAULT_TEMPLATE,
            },
            Self::Threads => &NetworkFacts {
                key: "threads", alias: None, name: "Threads", domains: &["threads.net", "threads.com"],
                limit: 500, usual_hashtags: 1, most_hashtags: 1, has_threads: true, takes_links: true,
                template: DEFAULT_TEMPLATE,
            },
            Self::Linkedin => &NetworkFacts {
                key: "linkedin", alias: None, name: "LinkedIn", domains: &["linkedin.com"],
                limit: 3000, usual_hashtags: 3, most_hashtags: 5, has_threads: false, takes_links: true,
                template: DEFAULT_TEMPLATE,
            },
            Self::Facebook => &NetworkFacts {
                key: "facebook", alias: None, name: "Facebook", domains: &["facebook.com"],
                limit: 63_206, usual_hashtags: 2, most_hashtags: 3, has_threads: false, takes_links: true,
                template: DEFAULT_TEMPLATE,
            },
            Self::Instagram => &NetworkFacts {
                key: "instagram", alias: None, name: "Instagram", domains: &["instagram.com"],
                limit: 2200, usual_hashtags: 5, most_hashtags: 30, has_threads: false, takes_links: false,
                template: "{{ title }}\n\n{{ summary }}\n\n{{ hashtags }}",
            },
        }
    }

    /// Its key in settings and front matter.
    pub const fn key(self) -> &'static str {
        self.facts().key
    }

    /// Its name, as readers see it.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The longest text it takes, in its own units.
    pub const fn limit(self) -> usize {
        self.facts().limit
    }

    /// The network of a key or a name, in any case.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        Self::ALL.into_iter().find(|network| {
            let facts = network.facts();
            facts.key == word || facts.alias == Some(word.as_str())
        })
    }

    /// The network whose pages stand at a host, given without `www.`.
    pub fn of_host(host: &str) -> Option<Self> {
        let is_below = |domain: &&str| {
            host.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        Self::ALL.into_iter().find(|network| network.facts().domains.iter().any(&is_below))
    }
}

/// A value for each network, and one for those that have none of their own.
#[derive(Clone, Debug)]
pub struct PerNetwork<T> {
    /// The value for networks that have none of their own.
    pub default: Option<T>,
    own: BTreeMap<Network, T>,
}

impl<T> Default for PerNetwork<T> {
    fn default() -> Self {
        Self { default: None, own: BTreeMap::new() }
    }
}

/// The key of [`PerNetwork::default`].
const DEFAULT: &str = "default";

impl<T> PerNetwork<T> {
    /// The value of a network: its own, else the default.
    pub fn get(&self, network: Network) -> Option<&T> {
        self.own.get(&network).or(self.default.as_ref())
    }

    /// Gives a network a value of its own.
    pub fn set(&mut self, network: Network, value: T) {
        self.own.insert(network, value);
    }

    /// All values that are given, each with its key.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &T)> {
        let own = self.own.iter().map(|(network, value)| (network.key(), value));
        self.default.iter().map(|value| (DEFAULT, value)).chain(own)
    }
}

impl<T: Serialize> Serialize for PerNetwork<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.given())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerNetwork<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Group<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Group<T> {
            type Value = PerNetwork<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a mapping with networks as keys")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PerNetwork<T>, A::Error> {
                let mut values = PerNetwork::default();
                while let Some(key) = map.next_key::<String>()? {
                    match Network::of(&key) {
                        _ if key == DEFAULT => values.default = map.next_value()?,
                        Some(network) => {
                            if let Some(value) = map.next_value::<Option<T>>()? {
                                values.set(network, value);
                            }
                        }
                        // Whoever reads the settings is told of a key that is ignored.
                        None => _ = map.next_value::<IgnoredAny>()?,
                    }
                }
                Ok(values)
            }
        }
        deserializer.deserialize_map(Group(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for PerNetwork<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("PerNetwork_for_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Option<T>>();
        let mut properties = serde_json::Map::new();
        let mut add = |key: &str, description: &str| {
            let mut value = value.clone();
            value.insert("description".into(), description.into());
            properties.insert(key.to_owned(), value.to_value());
        };
        add(DEFAULT, "For networks that have none of their own.");
        for network in Network::ALL {
            let facts = network.facts();
            add(facts.key, &format!("{}.", facts.name));
        }
        json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
    }
}

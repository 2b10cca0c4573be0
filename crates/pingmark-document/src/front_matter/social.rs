//! The front matter key `social`. Each key below it is read by hand, so that every mistake is
//! reported at its own place.

use serde_yaml::Value;

use pingmark_core::diag::args::Expected;
use pingmark_core::diag::catalogue;
use pingmark_core::network::Network;
use pingmark_core::share_texts::{NetworkTexts, ShareTexts};
use pingmark_core::slug::nearest;

use super::{FrontMatterReader, kind, scalar};

/// Keys that apply to all networks, or to one.
const NETWORK_KEYS: [&str; 5] = ["text", "hashtags", "image", "image_alt", "at"];
/// Keys that apply to all networks only.
const SHARED_KEYS: [&str; 7] = [
    "skip",
    "og_title",
    "og_description",
    "twitter_title",
    "twitter_description",
    "twitter_card",
    "evergreen",
];

impl FrontMatterReader<'_> {
    /// Reads `social`: a group of keys, or one text for all networks.
    pub(super) fn social(&mut self, value: Value) -> ShareTexts {
        let mut texts = ShareTexts::default();
        let group = match value {
            Value::Mapping(group) => group,
            Value::String(text) => {
                texts.all.text = vec![text];
                return texts;
            }
            other => {
                self.wrong("social", Expected::SocialKeys, &other);
                return texts;
            }
        };
        for (key, value) in group {
            let name = scalar(&key).unwrap_or_default();
            if value.is_null() {
                continue;
            }
            let path = format!("social.{name}");
            if let Some(network) = Network::of(&name) {
                self.network(network, &path, value, &mut texts);
                continue;
            }
            match name.as_str() {
                "skip" => {
                    for word in self.list(&path, value, true) {
                        match Network::of(&word) {
                            Some(network) => texts.skip.push(network),
                            None => self.unknown_network(&path, &word),
                        }
                    }
                }
                "og_title" => texts.og_title = self.text(&path, &value),
                "og_description" => texts.og_description = self.text(&path, &value),
                "twitter_title" => texts.twitter_title = self.text(&path, &value),
                "twitter_description" => texts.twitter_description = self.text(&path, &value),
                "twitter_card" => texts.twitter_card = self.text(&path, &value),
                "evergreen" => texts.evergreen = self.flag(&path, &value),
                _ if NETWORK_KEYS.contains(&name.as_str()) => {
                    self.network_key(&name, &path, value, &mut texts.all)
                }
                _ => {
                    let networks = Network::ALL.into_iter().map(Network::key);
                    let near = nearest(&name, NETWORK_KEYS.into_iter().chain(SHARED_KEYS).chain(networks));
                    self.diagnostics
                        .push(catalogue::front_matter_unknown_below(self.path, "social", &name, near));
                }
            }
        }
        texts
    }

    /// Reads the value of a network: a text, a thread, a group of keys, or `false` to skip the
    /// network.
    fn network(&mut self, network: Network, path: &str, value: Value, texts: &mut ShareTexts) {
        let mut own = NetworkTexts::default();
        match value {
            Value::Bool(false) => return texts.skip.push(network),
            Value::Bool(true) => return,
            Value::Mapping(group) => {
                for (key, value) in group {
                    let name = scalar(&key).unwrap_or_default();
                    if value.is_null() {
                        continue;
                    }
                    if NETWORK_KEYS.contains(&name.as_str()) {
                        self.network_key(&name, &format!("{path}.{name}"), value, &mut own);
                    } else {
                        let near = nearest(&name, NETWORK_KEYS);
                        let parent = format!("social.{}", network.key());
                        self.diagnostics
                            .push(catalogue::front_matter_unknown_below(self.path, &parent, &name, near));
                    }
                }
            }
            text => own.text = self.thread(path, text),
        }
        texts.networks.insert(network, own);
    }

    /// Reads one of [`NETWORK_KEYS`].
    fn network_key(&mut self, name: &str, path: &str, value: Value, own: &mut NetworkTexts) {
        match name {
            "text" => own.text = self.thread(path, value),
            "hashtags" => own.hashtags = Some(self.list(path, value, true)),
            "image" => own.image = self.address(path, &value),
            "image_alt" => own.image_alt = self.text(path, &value),
            "at" => own.at = self.date(path, &value),
            _ => {}
        }
    }

    /// Reads a thread: a text, or a list of texts.
    fn thread(&mut self, path: &str, value: Value) -> Vec<String> {
        match value {
            Value::Sequence(items) => items.iter().filter_map(|item| self.text(path, item)).collect(),
            Value::Mapping(_) => {
                self.diagnostics.push(catalogue::front_matter_value(
                    self.path,
                    path,
                    Expected::Thread,
                    kind(&value),
                ));
                Vec::new()
            }
            one => self.text(path, &one).into_iter().collect(),
        }
    }

    fn unknown_network(&mut self, path: &str, word: &str) {
        let near = nearest(word, Network::ALL.into_iter().map(Network::key));
        self.diagnostics.push(catalogue::social_network(self.path, path, word, near));
    }
}

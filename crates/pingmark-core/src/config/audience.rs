//! Readers: where they subscribe to a letter, and how visits are counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The form with which readers subscribe to a letter. A mailing service answers it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Newsletter {
    /// The address that the form is sent to, from the mailing service.
    pub action: String,
    /// The name of the field for the mail address, from the mailing service.
    pub field: String,
}

impl Default for Newsletter {
    fn default() -> Self {
        Self { action: String::new(), field: "email".into() }
    }
}

/// How visits are counted: one of the services, and its own server where it is not the usual one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Analytics {
    /// The domain of the blog in Plausible.
    pub plausible: Option<String>,
    /// The code of the blog in GoatCounter.
    pub goatcounter: Option<String>,
    /// The blog's id in Umami.
    pub umami: Option<String>,
    /// The blog's number in Matomo, which needs `host`.
    pub matomo: Option<String>,
    /// The server, if it is your own: `https://stats.example.org`.
    pub host: Option<String>,
}

/// A script that counts visits, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter<'a> {
    /// Service, as its key in the settings.
    pub service: &'static str,
    /// Address of the script.
    pub script: String,
    /// Origin of the script.
    pub script_origin: String,
    /// Origin of the server that counts, without a slash at its end.
    pub host: String,
    /// The blog, as the service knows it.
    pub id: &'a str,
}

impl Analytics {
    /// The first service that is set up. `None` also for Matomo without its server.
    pub fn counter(&self) -> Option<Counter<'_>> {
        let own = self.host.as_deref().map(|host| host.trim().trim_end_matches('/'));
        let given = |id: &'_ Option<String>| id.as_deref().is_some_and(|id| !id.trim().is_empty());
        let (service, id, host, script) = if given(&self.plausible) {
            let host = own.unwrap_or("https://plausible.io").to_owned();
            ("plausible", &self.plausible, host.clone(), format!("{host}/js/script.js"))
        } else if given(&self.umami) {
            let host = own.unwrap_or("https://cloud.umami.is").to_owned();
            ("umami", &self.umami, host.clone(), format!("{host}/script.js"))
        } else if given(&self.goatcounter) {
            let id = self.goatcounter.as_deref().unwrap_or_default().trim();
            let host = own.map_or_else(|| format!("https://{id}.goatcounter.com"), str::to_owned);
            let script =
                own.map_or_else(|| "https://gc.zgo.at/count.js".to_owned(), |own| format!("{own}/count.js"));
            ("goatcounter", &self.goatcounter, host, script)
        } else if given(&self.matomo) {
            let host = own?.to_owned();
            ("matomo", &self.matomo, host.clone(), format!("{host}/matomo.js"))
        } else {
            return None;
        };
        let script_origin = script.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        Some(Counter { service, script, script_origin, host, id: id.as_deref()?.trim() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_script() {
        let id = || Some("blog".to_owned());
        let own = || Some("https://stats.example/".to_owned());
        let none = Analytics::default;
        for (analytics, script, host) in [
            (
                Analytics { plausible: id(), ..none() },
                "https://plausible.io/js/script.js",
                "https://plausible.io",
            ),
            (
                Analytics { umami: id(), host: own(), ..none() },
                "https://stats.example/script.js",
                "https://stats.example",
            ),
            (
                Analytics { goatcounter: id(), ..none() },
                "https://gc.zgo.at/count.js",
                "https://blog.goatcounter.com",
            ),
            (
                Analytics { matomo: id(), host: own(), ..none() },
                "https://stats.example/matomo.js",
                "https://stats.example",
            ),
        ] {
            let counter = analytics.counter().unwrap();
            assert_eq!((&*counter.script, &*counter.host, counter.id), (script, host, "blog"));
            assert!(script.starts_with(&format!("{}/", counter.script_origin)));
        }
        assert_eq!(Analytics { matomo: id(), ..none() }.counter(), None);
        assert_eq!(Analytics { plausible: Some(" ".to_owned()), ..none() }.counter(), None);
    }
}

//! Links with which readers share an article: plain ones, which load nothing and tell nobody
//! until they are followed.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tera::Value;

use super::value::{group, list, text};
use super::view::Card;
use crate::config::{Config, ShareLink};
use crate::social::compose::tagged_url;
use crate::social::template::tidy;

/// What stands unencoded in the value of a query (RFC 3986, `unreserved`).
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The links for an article, as templates see them: `key`, `network` and `url` each. The key
/// `copy` has the article's address itself.
pub fn links(card: &Card<'_>, config: &Config) -> Value {
    let settings = &config.settings.social;
    if settings.share.is_empty() {
        return list(std::iter::empty());
    }
    let address = card.route.permalink(&config.base_url);
    let title = tidy(card.title);
    list(settings.share.iter().map(|link| {
        let shared = tagged_url(&address, card.slug, link.key(), settings);
        group([
            ("key", text(link.key())),
            ("network", text(name(*link))),
            ("url", Value::from(url_of(*link, &title, &shared, &address))),
        ])
    }))
}

fn name(link: ShareLink) -> &'static str {
    match link {
        ShareLink::Mastodon => "Mastodon",
        ShareLink::Bluesky => "Bluesky",
        ShareLink::Linkedin => "LinkedIn",
        ShareLink::Facebook => "Facebook",
        ShareLink::X => "X",
        ShareLink::Threads => "Threads",
        ShareLink::Email | ShareLink::Copy => "",
    }
}

fn url_of(link: ShareLink, title: &str, shared: &str, address: &str) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, VALUE).to_string();
    let both = || encoded(&format!("{title}\n\n{shared}"));
    match link {
        // What follows `#` is never sent: Mastodon's page asks for the reader's server in the
        // browser, and nobody learns what is shared.
        ShareLink::Mastodon => format!("https://share.joinmastodon.org/#text={}", both()),
        ShareLink::Bluesky => format!("https://bsky.app/intent/compose?text={}", both()),
        ShareLink::Linkedin => {
            format!("https://www.linkedin.com/sharing/share-offsite/?url={}", encoded(shared))
        }
        ShareLink::Facebook => format!("https://www.facebook.com/sharer/sharer.php?u={}", encoded(shared)),
        ShareLink::X => {
            format!("https://x.com/intent/post?text={}&url={}", encoded(title), encoded(shared))
        }
        ShareLink::Threads => {
            format!("https://www.threads.com/intent/post?text={}&url={}", encoded(title), encoded(shared))
        }
        ShareLink::Email => format!("mailto:?subject={}&body={}", encoded(title), encoded(shared)),
        ShareLink::Copy => address.to_owned(),
    }
}

//! Share links for readers: plain links that load nothing and send nothing until they are followed.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use tera::Value;

use pingmark_core::config::{Config, ShareLink, tagged_url};
use pingmark_core::share_template::tidy;

use crate::view::TeaserView;

/// Characters to encode in the value of a query: all but `unreserved` (RFC 3986).
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `page.share`: key, network and address of each link. The link with the key `copy` is the article's own
/// address.
pub(super) fn links(teaser: &TeaserView<'_>, config: &Config) -> Value {
    let settings = &config.settings.social;
    if settings.share.is_empty() {
        return Value::from(Vec::<Value>::new());
    }
    let address = teaser.route.permalink(&config.base_url);
    let title = encoded(&tidy(teaser.title));
    let plain = encoded(&address);
    let links = settings.share.iter().map(|link| {
        let shared = tagged_url(&address, teaser.slug, link.key(), settings);
        let tagged = (shared != address).then(|| encoded(&shared));
        let url = url_of(*link, &title, tagged.as_ref().unwrap_or(&plain), &address);
        LinkValue { key: link.key(), network: name(*link), url }
    });
    Value::from_serializable(&links.collect::<Vec<_>>())
}

/// Share link.
#[derive(Serialize)]
struct LinkValue {
    key: &'static str,
    network: &'static str,
    url: String,
}

fn name(link: ShareLink) -> &'static str {
    match link {
        ShareLink::Mastodon => "Mastodon",
        ShareLink::Bluesky => "Bluesky",
        ShareLink::Linkedin => "LinkedIn",
        ShareLink::Facebook => "Facebook",
        ShareLink::X => "X",
        ShareLink::Threads => "Threads",
        ShareLink::Whatsapp => "WhatsApp",
        ShareLink::Email | ShareLink::Copy => "",
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, VALUE).collect()
}

/// Address of a share link. `title` and `shared` are encoded already.
fn url_of(link: ShareLink, title: &str, shared: &str, address: &str) -> String {
    match link {
        // The fragment is not sent: Mastodon's page asks for the reader's server in the browser, and no
        // server learns what is shared.
        ShareLink::Mastodon => format!("https://share.joinmastodon.org/#text={title}%0A%0A{shared}"),
        ShareLink::Bluesky => format!("https://bsky.app/intent/compose?text={title}%0A%0A{shared}"),
        ShareLink::Linkedin => format!("https://www.linkedin.com/sharing/share-offsite/?url={shared}"),
        ShareLink::Facebook => format!("https://www.facebook.com/sharer/sharer.php?u={shared}"),
        ShareLink::X => format!("https://x.com/intent/post?text={title}&url={shared}"),
        ShareLink::Threads => format!("https://www.threads.com/intent/post?text={title}&url={shared}"),
        ShareLink::Whatsapp => format!("https://wa.me/?text={title}%0A%0A{shared}"),
        ShareLink::Email => format!("mailto:?subject={title}&body={shared}"),
        ShareLink::Copy => address.to_owned(),
    }
}

//! Feeds as a page's `<head>` and footer link to them.

use tera::Value;

use pingmark_core::config::{Config, FeedFormat, SiteLanguage};
use pingmark_site::graph::Route;

use super::group;

/// Feeds of all posts of a language, one for each format.
pub(super) fn of_language(language: &SiteLanguage, config: &Config) -> Vec<Value> {
    let home = Route::new(&language.prefix).unwrap_or_else(|_| Route::home());
    let formats = config.settings.feed.formats.iter();
    let url = |format: &FeedFormat| home.join(format.file()).url(&config.base_url);
    formats.map(|format| feed(&language.title, url(format), format.media_type())).collect()
}

/// Feed with a title, an address and a media type.
pub(crate) fn feed(title: &str, url: String, media: &str) -> Value {
    group([("title", Value::from(title)), ("url", Value::from(url)), ("type", Value::from(media))])
}

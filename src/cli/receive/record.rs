//! Turns what was verified into mention files.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pingmark_core::config::MentionSettings;
use pingmark_core::path::SitePath;
use pingmark_core::web_address;
use pingmark_core::when::When;
use pingmark_linkback::announcement::{Announcement, Protocol};
use pingmark_linkback::{Entry, EntryKind};
use pingmark_site::mention::{Draft, MentionKind, MentionStatus};

use super::super::Failure;
use crate::authoring::{MentionFile, MentionStore};

/// Whether a source is in one of some domains.
pub(super) fn is_from(source: &str, domains: &[String]) -> bool {
    let host = web_address::normalized(source);
    let host = host.as_deref().and_then(web_address::host);
    host.is_some_and(|host| domains.iter().any(|domain| web_address::is_within(host, domain)))
}

/// The mention that an entry makes.
pub(super) fn draft(
    announcement: &Announcement,
    entry: &Entry,
    received: Timestamp,
    zone: &TimeZone,
    rules: &MentionSettings,
) -> Draft {
    let kind = match (entry.kind, announcement.protocol) {
        (EntryKind::Reply, _) => MentionKind::Reply,
        (EntryKind::Like, _) => MentionKind::Like,
        (EntryKind::Repost, _) => MentionKind::Repost,
        (EntryKind::Bookmark, _) => MentionKind::Bookmark,
        (EntryKind::Mention, Protocol::Pingback) => MentionKind::Pingback,
        (EntryKind::Mention, Protocol::Webmention) => MentionKind::Webmention,
    };
    let address = |url: &Option<String>| url.as_deref().and_then(web_address::normalized);
    let published = entry.published.as_deref().and_then(|date| When::parse(date, zone));
    let is_trusted = is_from(&announcement.source, &rules.trust);
    // An article that links here is not copied; only the words around the link are.
    let says_it_all = kind == MentionKind::Reply;
    Draft {
        source: Some(announcement.source.clone()),
        url: address(&entry.url).filter(|url| *url != announcement.source),
        target: Some(announcement.target.clone()),
        title: entry.title.clone(),
        name: entry.author.name.clone(),
        author_url: address(&entry.author.url),
        photo: address(&entry.author.photo),
        content: entry.content.clone().filter(|_| says_it_all),
        excerpt: entry.excerpt.clone().filter(|_| !says_it_all),
        published: published.map(|date| date.rfc3339()),
        received: Some(When::at(received, zone, true).rfc3339()),
        status: if is_trusted { MentionStatus::Approved } else { MentionStatus::Pending },
        ..Draft::new(kind, announcement.protocol.name())
    }
}

/// Marks a mention as gone. Returns its file if it was not marked yet.
pub(super) fn mark_gone(store: &MentionStore, file: &MentionFile) -> Result<Option<SitePath>, Failure> {
    let is_settled =
        matches!(file.status(), MentionStatus::Gone | MentionStatus::Spam | MentionStatus::Rejected);
    if is_settled || !store.set_status(file, MentionStatus::Gone)? {
        return Ok(None);
    }
    Ok(Some(file.path.clone()))
}

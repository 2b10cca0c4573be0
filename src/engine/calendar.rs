//! The editorial calendar of a site, and the posts that it may share again.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use pingmark_core::posting_times;
use pingmark_core::when::When;
use pingmark_site::graph::UnpublishedReason;
use pingmark_social::agenda::{AgendaEntry, EntryKind};
use pingmark_social::export::{ScheduledShare, events};
use pingmark_social::ical::CalendarEvent;
use pingmark_social::queue::QueueCandidate;

use super::Site;
use super::sharing::Shared;

/// The calendar of a site.
#[derive(Debug)]
pub struct Calendar {
    /// Everything with a date, in order. Free slots are those of one month only.
    pub entries: Vec<AgendaEntry>,
    /// Titles and paths of drafts without a date.
    pub undated: Vec<(String, String)>,
    /// Upcoming posts on networks.
    pub items: Vec<ScheduledShare>,
}

impl Site {
    /// The calendar: published and scheduled posts, drafts, posts on networks, and the free slots of
    /// a month.
    pub fn calendar(&self, month: Date) -> Calendar {
        let now = self.sources.now.as_second();
        let posts = self.shared();
        let mut entries = Vec::new();
        let mut undated = Vec::new();
        for post in &posts {
            let kind = match post.held {
                None => EntryKind::Published,
                Some(UnpublishedReason::Scheduled) => EntryKind::Scheduled,
                Some(UnpublishedReason::Draft) => EntryKind::Draft,
                Some(UnpublishedReason::Expired) => continue,
            };
            let title = post.title().to_owned();
            let dated = post.date();
            match (dated, kind) {
                (Some(at), _) => entries.push(AgendaEntry {
                    at,
                    kind,
                    title,
                    slug: post.slug.clone(),
                    file: post.file_name(),
                    networks: Vec::new(),
                }),
                (None, _) => undated.push((title, post.summary.path.to_string())),
            }
        }
        // Posted on networks: scheduled posts, and published ones that name a time of their own.
        let social = &self.config.settings.social;
        let says_when = |post: &Shared<'_>| {
            let texts = &post.summary.meta.social;
            texts.all.at.is_some() || texts.networks.values().any(|own| own.at.is_some())
        };
        let ahead: Vec<Shared<'_>> = posts
            .into_iter()
            .filter(|post| match post.held {
                Some(UnpublishedReason::Scheduled) => true,
                None => says_when(post),
                _ => false,
            })
            .collect();
        let items = self.timetable(&ahead, &social.networks);
        let items: Vec<ScheduledShare> =
            items.into_iter().filter(|item| item.at.instant > now || item.share.at.is_some()).collect();
        let mut shares: BTreeMap<(When, &str), AgendaEntry> = BTreeMap::new();
        for item in &items {
            let entry = shares.entry((item.at, &item.slug)).or_insert_with(|| AgendaEntry {
                at: item.at,
                kind: EntryKind::Share,
                title: item.title.clone(),
                slug: item.slug.clone(),
                file: item.file.clone(),
                networks: Vec::new(),
            });
            entry.networks.push(item.share.network.name());
        }
        let taken: Vec<i64> = shares.keys().map(|(at, _)| at.instant).collect();
        entries.extend(shares.into_values());
        let slots = social.times();
        let mut day = month.first_of_month();
        while day <= month.last_of_month() {
            let times = posting_times::on_day(&slots, day, &self.config.timezone);
            let free = times.into_iter().filter(|at| at.instant > now && !taken.contains(&at.instant));
            entries.extend(free.map(|at| AgendaEntry {
                at,
                kind: EntryKind::FreeSlot,
                title: String::new(),
                slug: String::new(),
                file: String::new(),
                networks: Vec::new(),
            }));
            match day.checked_add(1.day()) {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        entries.sort_by(|a, b| (a.at, a.kind, &a.slug).cmp(&(b.at, b.kind, &b.slug)));
        Calendar { entries, undated, items }
    }

    /// The calendar as events for other programs, without free slots.
    pub fn events(&self, calendar: &Calendar) -> Vec<CalendarEvent> {
        let host = url::Url::parse(self.config.base_url.as_str()).ok();
        let host = host.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let posts = calendar.entries.iter().filter(|entry| {
            matches!(entry.kind, EntryKind::Scheduled | EntryKind::Draft | EntryKind::Published)
        });
        let own = posts.map(|entry| CalendarEvent {
            // Stable when the post is rescheduled or is no longer a draft.
            uid: format!("{}@{host}", entry.slug),
            key: entry.file.clone(),
            start: entry.at,
            title: match entry.kind {
                EntryKind::Draft => format!("✎ {}", entry.title),
                _ => entry.title.clone(),
            },
            text: String::new(),
            url: None,
            category: entry.kind.name().to_owned(),
        });
        own.chain(events(&calendar.items)).collect()
    }

    /// Published posts that may be shared again.
    pub fn evergreen(&self) -> Vec<QueueCandidate> {
        let without = &self.config.settings.social.queue.without_tags;
        let graph = self.graph();
        let mut found = Vec::new();
        for post in self.shared() {
            let (Some(id), Some(date)) = (post.id, post.date()) else { continue };
            let meta = &post.summary.meta;
            let tags = meta.terms.get("tags").map_or(&[][..], Vec::as_slice);
            let is_news = tags.iter().any(|tag| without.contains(tag)) || meta.expires.is_some();
            if meta.social.evergreen.unwrap_or(!is_news) {
                let received = graph.mentions.by_page.get(&id).map_or(0, |shown| shown.pings.len());
                let cited = graph.backlinks[id.index()].len() + received;
                found.push(QueueCandidate {
                    slug: post.slug.clone(),
                    day: date.instant.div_euclid(86_400),
                    cited,
                });
            }
        }
        found
    }
}

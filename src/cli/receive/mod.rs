//! `receive`, `mentions fetch` and `mentions verify`: what other sites say of posts.
//!
//! Receives announcements, from a socket, a letterbox or a service. Gives mention files, once their source was
//! looked at. Uses the server's intake, and the guarded client. Never fetches anything for an address that is
//! not a published page of the site.

pub(super) mod fetch;
mod known;
mod letterbox;
mod queue;
mod record;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use pingmark_core::when::When;
use pingmark_http::Fetch;
use pingmark_linkback::announcement::{Announcement, Protocol};
use pingmark_linkback::{Verdict, verify as look_at};

use super::args::Scope;
use super::args::mentions::VerifyMentions;
use super::args::receive::ReceiveArgs;
use super::project::{Purpose, request};
use super::report::many;
use super::terminal::{Terminal, data};
use super::{Failure, Project, build, now, ping, signals};
use crate::authoring::{MentionFile, MentionStore};
use crate::engine::Site;
use crate::output::disk::STATE;
use crate::server::{Inbox, InboxError, Intake, IntakeSettings};
use known::Known;
use queue::{Entry, Queue};

/// Folder of the queue, in the folder of caches.
const FOLDER: &str = "received";
/// Time between two looks at the site's own files.
const REFRESH: Duration = Duration::from_secs(60);
/// Time between two looks at the queue.
const PAUSE: Duration = Duration::from_millis(300);
/// Waits after verifications that failed; then an announcement is dropped.
const WAITS: [SignedDuration; 3] =
    [SignedDuration::from_mins(10), SignedDuration::from_hours(1), SignedDuration::from_hours(6)];
/// Wait between two answers of 404 that together mean that a page is gone.
const GONE_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// Verifications at once.
const WORKERS: usize = 4;

/// The inbox of the intake: the queue, and the addresses that exist.
struct Received {
    queue: Queue,
    known: RwLock<Arc<Known>>,
}

impl Received {
    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inbox for Received {
    fn is_ours(&self, target: &str) -> bool {
        self.known().folder_of(target).is_some()
    }

    fn put(&self, announcement: &Announcement) -> Result<(), InboxError> {
        if self.queue.is_full() {
            return Err(InboxError::Full);
        }
        self.queue.put(announcement, Timestamp::now()).map_err(InboxError::Io)
    }
}

pub(super) fn run(args: &ReceiveArgs, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    if args.letterbox.is_some() {
        return letterbox::write(project, terminal);
    }
    build::spare_memory();
    let client = ping::client(&args.allow_private)?;
    let scope = Scope { today: args.today.clone(), ..Scope::default() };
    let mut session =
        project.session(true, crate::engine::EngineOptions { remember: true, ..Default::default() });
    let mut refresh = || {
        let site = session.refresh(project.now(&scope)?, None, &request(&scope, Purpose::Publish));
        site.map_err(|error| project.unreadable(&error))
    };
    let mut site = refresh()?;
    let folder = project.root.join(STATE).join(FOLDER);
    let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", folder.display()));
    let queue = Queue::open(folder.clone()).map_err(failed)?;
    let received = Arc::new(Received { queue, known: RwLock::new(Arc::new(Known::of(&site))) });
    let intake = args.listen.map(|address| {
        let wrong = |error: std::io::Error| Failure::Error(format!("cannot listen on {address}: {error}"));
        let intake = Intake::bind(address).map_err(wrong)?;
        let settings = IntakeSettings {
            behind_proxy: args.behind_proxy,
            lang: site.config.main_language().code.clone(),
        };
        intake.open(Arc::clone(&received) as Arc<dyn Inbox>, settings).map_err(wrong)?;
        let address = intake.address().map_err(wrong)?;
        terminal.message(&format!(
            "Receiving at http://{address}/webmention and http://{address}/xmlrpc; press Ctrl-C to stop."
        ));
        Ok::<_, Failure>(intake)
    });
    let intake = intake.transpose()?;
    signals::listen();
    let mut last = Instant::now();
    let mut next = None;
    loop {
        let now = now(args.today.as_deref(), &site.config.timezone)?;
        let is_due = received.queue.is_changed() || next.is_some_and(|next| next <= now);
        let mut due = Vec::new();
        if is_due {
            (due, next) = received.queue.due(now).map_err(failed)?;
        }
        let is_idle = due.is_empty();
        for part in due.chunks(WORKERS) {
            for path in verified(part, &received, &site, &client, project, now, terminal)? {
                data(&format!("{path}\n"));
            }
        }
        if intake.is_none() && is_idle {
            return Ok(());
        }
        if last.elapsed() > REFRESH {
            // A site that cannot be read now keeps its last addresses.
            if let Ok(fresh) = refresh() {
                site = fresh;
                *received.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Known::of(&site));
            }
            last = Instant::now();
        }
        if is_idle {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Verifies some entries of the queue at once. Returns the files that were written.
fn verified(
    entries: &[Entry],
    received: &Received,
    site: &Site,
    fetch: &dyn Fetch,
    project: &Project,
    now: Timestamp,
    terminal: &Terminal,
) -> Result<Vec<String>, Failure> {
    let rules = &site.config.settings.mentions;
    let known = received.known();
    let wanted = |entry: &Entry| {
        known.folder_of(&entry.announcement.target).is_some()
            && !record::is_from(&entry.announcement.source, &rules.block)
    };
    let verdicts: Vec<Option<Verdict>> = std::thread::scope(|scope| {
        let look = |entry: &Entry| look_at(fetch, &entry.announcement.source, &entry.announcement.target);
        let threads: Vec<_> =
            entries.iter().map(|entry| wanted(entry).then(|| scope.spawn(move || look(entry)))).collect();
        threads.into_iter().map(|thread| thread.and_then(|thread| thread.join().ok())).collect()
    });
    let zone = &site.config.timezone;
    let mut store = MentionStore::open(project.root.clone(), zone)?;
    let mut written = Vec::new();
    for (entry, verdict) in entries.iter().zip(verdicts) {
        let Announcement { source, target, .. } = &entry.announcement;
        let is_known = store.of_pair(source, target).is_some();
        let wait = match &verdict {
            Some(Verdict::Unknown(_)) => WAITS.get(entry.tries as usize).copied(),
            // A page that was there may be away for a moment; twice, a day apart, it is gone.
            Some(Verdict::Missing) if is_known && entry.tries == 0 => Some(GONE_WAIT),
            _ => None,
        };
        match verdict {
            Some(Verdict::Linked(found)) => {
                let folder = known.folder_of(target).unwrap_or_default().to_owned();
                let draft = record::draft(&entry.announcement, &found, entry.received, zone, rules);
                let path = store.record(&draft, &folder, zone, When::at(now, zone, true))?;
                written.extend(path.map(|path| path.to_string()));
            }
            Some(Verdict::NotLinked | Verdict::Gone) => written.extend(gone(&store, source, target)?),
            Some(Verdict::Missing) if wait.is_none() => written.extend(gone(&store, source, target)?),
            Some(Verdict::Unusable(reason) | Verdict::Unknown(reason)) => {
                terminal.detail(&format!("{source}: {reason}"));
            }
            Some(Verdict::Missing) | None => {}
        }
        match wait {
            Some(wait) => {
                let failed =
                    |error: std::io::Error| Failure::Error(format!("the queue cannot be written: {error}"));
                received.queue.later(entry.clone(), now, wait).map_err(failed)?;
            }
            None => received.queue.done(entry),
        }
    }
    Ok(written)
}

fn gone(store: &MentionStore, source: &str, target: &str) -> Result<Option<String>, Failure> {
    let Some(file) = store.of_pair(source, target) else { return Ok(None) };
    Ok(record::mark_gone(store, file)?.map(|path| path.to_string()))
}

/// `mentions verify`
pub(super) fn verify(args: &VerifyMentions, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let client = ping::client(&args.allow_private)?;
    let settings = project.settings();
    let (zone, rules) = (settings.timezone.clone(), settings.settings.mentions.clone());
    let now = now(args.today.as_deref(), &zone)?;
    let mut store = MentionStore::open(project.root.clone(), &zone)?;
    let chosen: Vec<MentionFile> = if args.all {
        store.files.clone()
    } else {
        args.ids.iter().map(|id| store.find(id).cloned()).collect::<Result<_, _>>()?
    };
    let (mut changed, mut unknown, mut looked) = (0, 0, 0);
    for file in chosen {
        let Some((source, target, folder, received)) = file.mention.as_ref().and_then(|mention| {
            Some((mention.source.clone()?, mention.target.clone()?, mention.folder.clone(), mention.received))
        }) else {
            continue;
        };
        looked += 1;
        let is_pingback =
            file.mention.as_ref().is_some_and(|mention| mention.via == Protocol::Pingback.name());
        let protocol = if is_pingback { Protocol::Pingback } else { Protocol::Webmention };
        let announcement = Announcement { protocol, source: source.clone(), target: target.clone() };
        let path = match look_at(&client, &source, &target) {
            Verdict::Linked(entry) => {
                let received =
                    received.and_then(|date| Timestamp::from_second(date.instant).ok()).unwrap_or(now);
                let mut draft = record::draft(&announcement, &entry, received, &zone, &rules);
                // What a bridge or a service knew about the kind is not forgotten.
                if draft.kind == pingmark_site::mention::MentionKind::Webmention
                    && let Some(mention) = &file.mention
                {
                    draft.kind = mention.kind;
                }
                store.record(&draft, &folder, &zone, When::at(now, &zone, true))?
            }
            Verdict::NotLinked | Verdict::Gone => record::mark_gone(&store, &file)?,
            Verdict::Missing => {
                unknown += 1;
                terminal.message(&format!("{source}: not found (404); look again tomorrow"));
                None
            }
            Verdict::Unusable(reason) | Verdict::Unknown(reason) => {
                unknown += 1;
                terminal.message(&format!("{source}: {reason}"));
                None
            }
        };
        if let Some(path) = path {
            changed += 1;
            data(&format!("{path}\n"));
        }
    }
    terminal.message(&format!(
        "{} looked at, {changed} changed, {unknown} could not be read",
        many(looked, "mention")
    ));
    Ok(())
}

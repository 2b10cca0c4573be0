//! Sends what is due: many at once, but not to one host.
//!
//! Workers take from two lists. Looking for an endpoint comes first; then the message waits until its host
//! was left alone for [`Clock::spacing`]. A worker never sleeps for one host while another one is free.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use pingmark_core::web_address;
use pingmark_http::Fetch;
use pingmark_linkback::discover::{DiscoverError, Protocols};
use pingmark_linkback::ledger::Due;
use pingmark_linkback::send::{of_failure, of_status};
use pingmark_linkback::{Endpoint, Outcome, discover, send};
use serde_json::Value;

use super::super::Failure;
use super::super::report::many;
use super::super::terminal::{Terminal, data};
use super::due::PostJob;
use super::{live, row};
use crate::authoring::AuthoringError;
use crate::authoring::outbox::LedgerWriter;

/// Most connections at once.
const WORKERS: usize = 20;

/// Time, handed in.
pub(super) struct Clock {
    /// Time between two messages to one host.
    pub(super) spacing: Duration,
    /// The time of day.
    pub(super) now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

/// What was done.
pub(super) struct Done {
    pub(super) rows: Vec<Value>,
    pub(super) summary: String,
    /// Posts that are not online.
    pub(super) not_live: usize,
}

/// A step of the work.
enum Task {
    /// Look at the page of a post.
    Look(usize),
    /// Look for an endpoint.
    Discover(usize, Due),
    /// Send, once the host is free.
    Send(usize, Due, Endpoint, String),
}

/// What all workers share.
struct Work {
    posts: Vec<PostJob>,
    ready: VecDeque<Task>,
    /// Messages that wait for their host.
    spaced: Vec<Task>,
    /// When each host may be told again.
    free: BTreeMap<String, Instant>,
    active: usize,
    done: usize,
    all: usize,
    rows: Vec<Value>,
    counts: BTreeMap<&'static str, usize>,
    not_live: usize,
    error: Option<AuthoringError>,
}

struct Dispatch<'a> {
    work: Mutex<Work>,
    changed: Condvar,
    fetch: &'a dyn Fetch,
    writer: &'a LedgerWriter,
    clock: &'a Clock,
    terminal: &'a Terminal,
    protocols: Protocols,
    prints: bool,
}

/// Sends everything that is due. Ledgers are written before and after each message.
pub(super) fn run(
    posts: Vec<PostJob>,
    fetch: &dyn Fetch,
    writer: &LedgerWriter,
    clock: &Clock,
    terminal: &Terminal,
    protocols: Protocols,
    prints: bool,
) -> Result<Done, Failure> {
    let ready = (0..posts.len()).map(Task::Look).collect();
    let all = posts.iter().map(|post| post.due.len()).sum();
    let work = Work {
        posts,
        ready,
        spaced: Vec::new(),
        free: BTreeMap::new(),
        active: 0,
        done: 0,
        all,
        rows: Vec::new(),
        counts: BTreeMap::new(),
        not_live: 0,
        error: None,
    };
    let changed = Condvar::new();
    let dispatch =
        Dispatch { work: Mutex::new(work), changed, fetch, writer, clock, terminal, protocols, prints };
    let progress = terminal.progress("Pings");
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(all.max(1)) {
            scope.spawn(|| {
                dispatch.work(progress.as_ref().map(|progress| progress as &(dyn Fn(usize, usize) + Sync)))
            });
        }
    });
    let work = dispatch.work.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = work.error {
        return Err(error.into());
    }
    let told: Vec<String> = work.counts.iter().map(|(words, count)| format!("{count} {words}")).collect();
    let mut summary = if told.is_empty() { "nothing was told".to_owned() } else { told.join(", ") };
    if work.not_live > 0 {
        summary.push_str(&format!("; {} not live yet", many(work.not_live, "post")));
    }
    Ok(Done { rows: work.rows, summary, not_live: work.not_live })
}

impl Dispatch<'_> {
    fn lock(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, progress: Option<&(dyn Fn(usize, usize) + Sync)>) {
        while let Some(task) = self.next() {
            match task {
                Task::Look(post) => self.look(post),
                Task::Discover(post, due) => self.discover(post, due),
                Task::Send(post, due, endpoint, _) => self.send(post, &due, &endpoint),
            }
            let mut work = self.lock();
            work.active -= 1;
            if let Some(progress) = progress {
                progress(work.done, work.all);
            }
            drop(work);
            self.changed.notify_all();
        }
        self.changed.notify_all();
    }

    /// The next task that can be done now. `None` if nothing is left.
    fn next(&self) -> Option<Task> {
        let mut work = self.lock();
        loop {
            if work.error.is_some() {
                return None;
            }
            if let Some(task) = work.ready.pop_front() {
                work.active += 1;
                return Some(task);
            }
            let now = Instant::now();
            let host = |task: &Task| match task {
                Task::Send(_, _, _, host) => host.clone(),
                Task::Look(_) | Task::Discover(..) => String::new(),
            };
            let until = |work: &Work, task: &Task| work.free.get(&host(task)).copied().unwrap_or(now);
            let soonest = (0..work.spaced.len()).min_by_key(|number| until(&work, &work.spaced[*number]));
            let wait = match soonest {
                None if work.active == 0 => return None,
                None => Duration::from_secs(3600),
                Some(number) => {
                    let wait = until(&work, &work.spaced[number]).saturating_duration_since(now);
                    if wait.is_zero() {
                        let task = work.spaced.remove(number);
                        let next = now + self.clock.spacing;
                        work.free.insert(host(&task), next);
                        work.active += 1;
                        return Some(task);
                    }
                    wait
                }
            };
            work = self.changed.wait_timeout(work, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Looks at the page of a post, and queues what it may tell.
    fn look(&self, number: usize) {
        let (source, due, is_gone) = {
            let work = self.lock();
            let post = &work.posts[number];
            (post.source.clone(), post.due.clone(), post.is_gone)
        };
        let found = if is_gone {
            let found = live::gone(self.fetch, &source);
            if matches!(found, Ok(false)) {
                self.note(number, |post| post.file.ledger.moved(), true);
            }
            found.map(|is_gone| live::Live {
                due: if is_gone { due.clone() } else { Vec::new() },
                nofollow: Vec::new(),
                missing: Vec::new(),
            })
        } else {
            live::published(self.fetch, &source, &due)
        };
        let mut work = self.lock();
        match found {
            Err(reason) => {
                work.not_live += 1;
                work.done += due.len();
                self.terminal.message(&format!("{source}: not live yet, nothing was told: {reason}"));
            }
            Ok(live) => {
                for target in &live.nofollow {
                    self.terminal.message(&format!("{target}: not told, the link has rel=nofollow"));
                }
                for target in &live.missing {
                    self.terminal.message(&format!(
                        "{source}: not live yet: the page online differs about the link to {target}"
                    ));
                }
                work.not_live += usize::from(!live.missing.is_empty());
                work.done += due.len() - live.due.len();
                work.ready.extend(live.due.into_iter().map(|due| Task::Discover(number, due)));
            }
        }
    }

    fn discover(&self, number: usize, due: Due) {
        let found = discover(self.fetch, &due.target, self.protocols);
        let now = (self.clock.now)();
        let (endpoint, outcome) = match found {
            Ok(Endpoint::None) => (Endpoint::None, Outcome::None),
            // Pingbacks have neither updates nor removals.
            Ok(Endpoint::Pingback(_)) if due.reason.is_removal() => (Endpoint::None, Outcome::None),
            Ok(endpoint) => {
                let shared = match &endpoint {
                    // Many sites share one webmention service; each pingback server is one program.
                    Endpoint::Webmention(_) | Endpoint::None => due.target.clone(),
                    Endpoint::Pingback(url) => url.clone(),
                };
                let host = web_address::normalized(&shared)
                    .and_then(|url| web_address::host(&url).map(str::to_owned));
                self.lock().spaced.push(Task::Send(number, due, endpoint, host.unwrap_or_default()));
                return;
            }
            Err(DiscoverError::Failed(failure)) => (Endpoint::None, of_failure(&failure)),
            Err(DiscoverError::Status(response)) => (Endpoint::None, of_status(&response, now)),
        };
        self.note(number, |post| post.file.ledger.begin(&due, &post.fingerprint, now), false);
        self.finish(number, &due, &endpoint, outcome);
    }

    fn send(&self, number: usize, due: &Due, endpoint: &Endpoint) {
        let now = (self.clock.now)();
        if !self.note(number, |post| post.file.ledger.begin(due, &post.fingerprint, now), true) {
            return;
        }
        let source = self.lock().posts[number].source.clone();
        let outcome = send(self.fetch, endpoint, &source, &due.target, now);
        self.finish(number, due, endpoint, outcome);
    }

    fn finish(&self, number: usize, due: &Due, endpoint: &Endpoint, outcome: Outcome) {
        let now = (self.clock.now)();
        self.note(number, |post| post.file.ledger.finish(due, endpoint, outcome, now), true);
        let mut work = self.lock();
        work.done += 1;
        let post = &work.posts[number];
        let Some(told) = post.file.ledger.targets.get(&due.target).cloned() else { return };
        let mut entry = row(&post.source, &due.target, &told);
        entry["reason"] = due.reason.words().into();
        if self.prints {
            let answer = if told.answer.is_empty() { String::new() } else { format!(": {}", told.answer) };
            let next = told.next.map(|next| format!(", next try {next}")).unwrap_or_default();
            let channel = told.channel.map(|channel| format!(" ({})", channel.name())).unwrap_or_default();
            data(&format!("{:<9}  {}{channel}{answer}{next}\n", told.state.name(), due.target));
        }
        work.rows.push(entry);
        *work.counts.entry(told.state.name()).or_default() += 1;
    }

    /// Changes the ledger of a post, and writes it. Returns whether that worked.
    fn note(&self, number: usize, change: impl FnOnce(&mut PostJob), writes: bool) -> bool {
        let mut work = self.lock();
        let post = &mut work.posts[number];
        change(post);
        if !writes {
            return true;
        }
        match self.writer.write(&post.path.clone(), &mut post.file) {
            Ok(()) => true,
            Err(error) => {
                work.error.get_or_insert(error);
                false
            }
        }
    }
}

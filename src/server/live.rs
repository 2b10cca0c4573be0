//! What open pages are told: that something changed, or that the site cannot be built.
//!
//! Server-sent events (WHATWG HTML, 9.2). `hello` comes first on every connection and tells the
//! state; `changed` and `problems` follow the builds.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use super::snapshot::{Snapshot, SnapshotDiff};

/// Pages that listen at once; a browser opens at most six connections to a server.
const MAX_LISTENERS: usize = 128;
/// Events that wait for a slow listener; one that misses some is told the state anew.
const WAITING: usize = 16;
/// With more changed addresses than these, every page looks for itself.
const MANY: usize = 500;
/// A line that says nothing, so that a connection whose other end is gone is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What is shown, and who is told when it changes.
#[derive(Debug)]
pub(super) struct Live {
    view: RwLock<Arc<View>>,
    events: broadcast::Sender<Told>,
    seats: Arc<Semaphore>,
    session: String,
    /// Whether pages reload by themselves.
    pub enabled: bool,
}

/// What is shown now.
#[derive(Debug, Default)]
pub(super) struct View {
    /// The last site that could be built.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What is wrong with the sources as they are now, drawn as for the terminal.
    pub problems: Vec<String>,
    /// Counts what was shown.
    build: u64,
}

#[derive(Clone, Debug)]
struct Told {
    name: &'static str,
    data: Arc<Value>,
}

/// What a page knows of itself: its address and the tag of its file.
#[derive(Clone, Debug, Default)]
pub(super) struct Visitor {
    pub page: String,
    pub tag: String,
}

impl Live {
    pub fn new(session: String, enabled: bool) -> Self {
        let (events, _) = broadcast::channel(WAITING);
        let seats = Arc::new(Semaphore::new(MAX_LISTENERS));
        Self { view: RwLock::default(), events, seats, session, enabled }
    }

    pub fn view(&self) -> Arc<View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, next: impl FnOnce(&View) -> View) -> Arc<View> {
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        *view = Arc::new(next(&view));
        view.clone()
    }

    fn tell(&self, name: &'static str, data: Value) {
        // Nobody listening is no failure.
        let _ = self.events.send(Told { name, data: Arc::new(data) });
    }

    pub fn show(&self, snapshot: Snapshot, swap: &SnapshotDiff) {
        let snapshot = Some(Arc::new(snapshot));
        let view = self.replace(|before| View { snapshot, problems: Vec::new(), build: before.build + 1 });
        let paths = (swap.paths.len() <= MANY).then_some(&swap.paths);
        self.tell("changed", json!({"build": self.name_of(&view), "paths": paths}));
    }

    pub fn show_problems(&self, problems: Vec<String>) {
        let snapshot = |before: &View| before.snapshot.clone();
        let view = self.replace(|before| View { snapshot: snapshot(before), problems, build: before.build });
        self.tell("problems", json!({"build": self.name_of(&view), "problems": view.problems}));
    }

    fn name_of(&self, view: &View) -> String {
        format!("{}-{}", self.session, view.build)
    }

    fn hello(&self, visitor: &Visitor) -> Told {
        let view = self.view();
        let entry = view.snapshot.as_ref().and_then(|snapshot| snapshot.at_address(&visitor.page));
        let is_current = entry.is_some_and(|entry| entry.tag.to_string() == visitor.tag);
        let data = json!({
            "build": self.name_of(&view),
            "stale": view.snapshot.is_some() && !is_current,
            "problems": view.problems,
        });
        Told { name: "hello", data: Arc::new(data) }
    }

    /// The events for one page, from now on; `None` when too many listen already.
    pub fn listen(
        self: Arc<Self>,
        visitor: Visitor,
    ) -> Option<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
        let seat = self.seats.clone().try_acquire_owned().ok()?;
        // Before the state is read: what happens in between is then told twice, not never.
        let receiver = self.events.subscribe();
        let first = self.hello(&visitor);
        let listener = Listener { live: self, visitor, receiver, _seat: seat };
        let following = stream::unfold(listener, |mut listener| async {
            listener.next().await.map(|diagnostics| (diagnostics, listener))
        });
        let events = stream::once(std::future::ready(first)).chain(following);
        let events = events.map(|diagnostics| {
            Ok(Event::default().event(diagnostics.name).data(diagnostics.data.to_string()))
        });
        Some(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
    }
}

struct Listener {
    live: Arc<Live>,
    visitor: Visitor,
    receiver: broadcast::Receiver<Told>,
    _seat: OwnedSemaphorePermit,
}

impl Listener {
    async fn next(&mut self) -> Option<Told> {
        match self.receiver.recv().await {
            Ok(diagnostics) => Some(diagnostics),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(self.live.hello(&self.visitor)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

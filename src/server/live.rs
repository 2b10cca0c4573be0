//! Live reload: tells open pages what changed, or that the site cannot be built.
//!
//! Uses server-sent events (WHATWG HTML, 9.2). `hello` is the first event of every connection and
//! gives the present state; `changed` and `problems` follow each build.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::future::{Either, select};
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use super::connection::Client;
use super::snapshot::{Snapshot, SnapshotDiff};

/// Maximum number of event streams. A browser opens at most six connections to a server.
const MAX_LISTENERS: usize = 128;
/// Events queued for a slow page. A page that misses some gets a new `hello`.
const QUEUE_LEN: usize = 16;
/// With more changed addresses than this, no list is sent, and every page checks for itself.
const MAX_PATHS: usize = 500;
/// Event that says that the site cannot be built.
const PROBLEMS: &str = "problems";
/// Interval of empty comments, by which closed connections are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The view that is served, and the pages that listen for changes.
#[derive(Debug)]
pub(super) struct Live {
    view: RwLock<Arc<View>>,
    events: broadcast::Sender<LiveEvent>,
    permits: Arc<Semaphore>,
    session: String,
    /// Whether pages reload by themselves.
    pub enabled: bool,
}

/// The view that is served now.
#[derive(Debug, Default)]
pub(super) struct View {
    /// The last site that was built without errors.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Errors of the last build, formatted as for the terminal.
    pub problems: Vec<String>,
    /// Number of sites shown so far.
    build: u64,
}

#[derive(Clone, Debug)]
struct LiveEvent {
    name: &'static str,
    data: Arc<Value>,
}

impl View {
    /// The problems as a client may see them. They quote lines of drafts, so others than the author
    /// learn only that there are some.
    pub(super) fn problems_for(&self, client: &Client) -> Vec<String> {
        match client.is_author || self.problems.is_empty() {
            true => self.problems.clone(),
            false => vec!["The author’s terminal and browser show the errors.".to_owned()],
        }
    }
}

/// An open page: its address and the tag of the file that it shows.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenPage {
    pub address: String,
    pub etag: String,
}

impl Live {
    pub(super) fn new(session: String, enabled: bool) -> Self {
        let (events, _) = broadcast::channel(QUEUE_LEN);
        let permits = Arc::new(Semaphore::new(MAX_LISTENERS));
        Self { view: RwLock::default(), events, permits, session, enabled }
    }

    pub(super) fn view(&self) -> Arc<View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, next: impl FnOnce(&View) -> View) -> Arc<View> {
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        *view = Arc::new(next(&view));
        view.clone()
    }

    fn send(&self, name: &'static str, data: Value) {
        // Fails if nobody listens.
        let _ = self.events.send(LiveEvent { name, data: Arc::new(data) });
    }

    pub(super) fn show(&self, snapshot: Snapshot, diff: &SnapshotDiff) {
        let snapshot = Some(Arc::new(snapshot));
        let view = self.replace(|before| View { snapshot, problems: Vec::new(), build: before.build + 1 });
        let paths = (diff.paths.len() <= MAX_PATHS).then_some(&diff.paths);
        self.send("changed", json!({"build": self.build_id(&view), "paths": paths}));
    }

    pub(super) fn show_problems(&self, problems: Vec<String>) {
        let snapshot = |before: &View| before.snapshot.clone();
        let view = self.replace(|before| View { snapshot: snapshot(before), problems, build: before.build });
        self.send(PROBLEMS, json!({"build": self.build_id(&view), "problems": view.problems}));
    }

    /// The present problems as an event for one client.
    fn problems(&self, client: &Client) -> LiveEvent {
        let view = self.view();
        let data = json!({"build": self.build_id(&view), "problems": view.problems_for(client)});
        LiveEvent { name: PROBLEMS, data: Arc::new(data) }
    }

    fn build_id(&self, view: &View) -> String {
        format!("{}-{}", self.session, view.build)
    }

    fn hello(&self, page: &OpenPage, client: &Client) -> LiveEvent {
        let view = self.view();
        let file = view.snapshot.as_ref().and_then(|snapshot| snapshot.at_address(&page.address));
        let is_current = file.is_some_and(|file| file.etag.to_string() == page.etag);
        let data = json!({
            "build": self.build_id(&view),
            "stale": view.snapshot.is_some() && !is_current,
            "problems": view.problems_for(client),
        });
        LiveEvent { name: "hello", data: Arc::new(data) }
    }

    /// Starts the event stream of a page; `None` if there are too many already.
    pub(super) fn listen(
        self: Arc<Self>,
        page: OpenPage,
        client: Client,
    ) -> Option<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
        let permit = self.permits.clone().try_acquire_owned().ok()?;
        // Subscribe before reading the state: an event in between is then sent twice, not lost.
        let receiver = self.events.subscribe();
        let first = self.hello(&page, &client);
        let listener = Listener { live: self, page, client, receiver, _permit: permit };
        let following = stream::unfold(listener, |mut listener| async {
            listener.next().await.map(|event| (event, listener))
        });
        let events = stream::once(std::future::ready(first)).chain(following);
        let events = events.map(|event| Ok(Event::default().event(event.name).data(event.data.to_string())));
        Some(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
    }
}

struct Listener {
    live: Arc<Live>,
    page: OpenPage,
    client: Client,
    receiver: broadcast::Receiver<LiveEvent>,
    _permit: OwnedSemaphorePermit,
}

impl Listener {
    async fn next(&mut self) -> Option<LiveEvent> {
        // The connection is read again only after this response, so nothing else notices its end.
        let received = match select(pin!(self.receiver.recv()), pin!(self.client.closed())).await {
            Either::Left((received, _)) => received,
            Either::Right(_) => return None,
        };
        match received {
            Ok(event) if event.name == PROBLEMS && !self.client.is_author => {
                Some(self.live.problems(&self.client))
            }
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(self.live.hello(&self.page, &self.client)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

//! Preview server: serves the site from memory, with live reload and the author's dashboard.
//!
//! Receives [`Snapshot`]s, each a whole site, and the errors of failed builds. Gives them to
//! browsers on this machine. Uses axum, hyper and tokio. Never looks up a request's path on disk:
//! only files of the snapshot are served.
//!
//! `hosts` decides which requests are accepted, `access` which clients may use the dashboard, `routes`
//! makes the responses, `live` notifies open pages, and `inject` adds the live reload script to pages.

mod access;
mod connection;
mod dashboard;
mod file_body;
mod file_table;
mod header_rules;
mod hosts;
mod inject;
mod intake;
mod live;
mod mime;
mod routes;
mod snapshot;
mod web;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

use connection::{Client, TimedStream};
use dashboard::DashboardState;
use live::Live;

pub use access::{AddressRange, DashboardAccess};
pub use dashboard::DashboardApi;
pub use header_rules::HeaderRules;
pub use hosts::Hosts;
pub use intake::{Inbox, InboxError, Intake, IntakeSettings};
pub use snapshot::{Snapshot, SnapshotBuilder, SnapshotDiff};

/// Time within which a client must send the head of its request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum number of open connections; further clients wait. Below the usual limit of 1024 open
/// files.
const MAX_CONNECTIONS: usize = 768;
/// Largest request head, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// Number of following ports to try if the port is in use.
const PORTS: u16 = 100;

/// Settings of the server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address to listen on.
    pub interface: IpAddr,
    /// Port; 0 lets the system choose.
    pub port: u16,
    /// Host names that requests may use, besides those of this machine.
    pub hosts: Vec<String>,
    /// Clients that may use the dashboard.
    pub access: DashboardAccess,
    /// Whether live reload is on.
    pub live: bool,
    /// Unique name of this run, by which open pages notice that the server was restarted.
    pub session: String,
    /// Secret of this run, which the dashboard sends with every action.
    pub token: String,
}

/// The server. Accepts connections once it exists, and answers after [`Server::open`].
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    runtime: Runtime,
    live: Arc<Live>,
    hosts: Arc<Hosts>,
    access: Arc<DashboardAccess>,
    token: Arc<str>,
}

impl Server {
    /// Binds the port, or the next free one.
    pub fn bind(settings: &Settings) -> io::Result<Self> {
        let listener = listen(settings.interface, settings.port)?;
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let live = Arc::new(Live::new(settings.session.clone(), settings.live));
        let hosts = Arc::new(Hosts::new(settings.interface, &settings.hosts));
        let (access, token) = (Arc::new(settings.access.clone()), settings.token.as_str().into());
        Ok(Self { listener, runtime, live, hosts, access, token })
    }

    /// The address that the server listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Starts to answer requests, for the site and the dashboard. Earlier connections have been
    /// waiting.
    pub fn open(&self, api: Arc<dyn DashboardApi>) -> io::Result<()> {
        let listener = self.listener.try_clone()?;
        let state = DashboardState { api, token: self.token.clone() };
        let app = routes::router(self.live.clone(), self.hosts.clone(), state);
        let access = self.access.clone();
        self.runtime.spawn(async move {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                accept(listener, app, access).await;
            }
        });
        Ok(())
    }

    /// The snapshot that is served now; `None` before the first successful build.
    pub fn shown(&self) -> Option<Arc<Snapshot>> {
        self.live.view().snapshot.clone()
    }

    /// Serves a new snapshot, and tells open pages what changed.
    pub fn show(&self, snapshot: Snapshot, diff: &SnapshotDiff) {
        self.live.show(snapshot, diff);
    }

    /// Keeps serving the last snapshot, and shows these problems on top of open pages.
    pub fn show_problems(&self, problems: Vec<String>) {
        self.live.show_problems(problems);
    }
}

fn listen(interface: IpAddr, port: u16) -> io::Result<TcpListener> {
    let last = if port == 0 { 0 } else { port.saturating_add(PORTS) };
    let mut refused = None;
    for port in port..=last {
        match TcpListener::bind(SocketAddr::new(interface, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(refused.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

async fn accept(listener: tokio::net::TcpListener, app: Router, access: Arc<DashboardAccess>) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        // A client may close its half of the connection once it has sent its request.
        .half_close(true);
    loop {
        let Ok(permit) = permits.clone().acquire_owned().await else { return };
        let Ok((stream, peer)) = listener.accept().await else {
            // Too many open files, or a client that is already gone.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let stream = Arc::new(stream);
        let client = Client::new(stream.clone(), peer.ip(), &access);
        let app = TowerToHyperService::new(app.clone());
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(client.clone());
            app.call(request)
        });
        let connection = http.serve_connection(TokioIo::new(TimedStream::new(stream)), service);
        tokio::spawn(async move {
            // Fails if the client disconnects, which does not matter.
            let _ = connection.await;
            drop(permit);
        });
    }
}

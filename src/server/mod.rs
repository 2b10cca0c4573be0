//! The site as a browser sees it while it is being written: from memory, with live reload.
//!
//! Receives [`Snapshot`]s, each a whole site that was built, and the problems of builds that
//! failed. Gives them to browsers on this machine. Uses axum, hyper and tokio. Never looks a
//! request's path up on the disk: what is not in the snapshot is not there.
//!
//! Who may ask is decided in `hosts`, what is answered in `answer`, what open pages are told
//! in `live`; what is added to pages, and only here, is made in `inject`.

mod answer;
mod dashboard;
mod entries;
mod file;
mod hosts;
mod inject;
mod live;
mod mime;
mod snapshot;
mod web;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

use dashboard::DashboardState;
use live::Live;

pub use dashboard::DashboardApi;
pub use hosts::Hosts;
pub use snapshot::{Snapshot, SnapshotBuilder, SnapshotDiff};

/// A client that has not said what it wants after so long is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Open connections at once; more wait until one ends. Below the 1024 open files that systems
/// commonly allow.
const MAX_CONNECTIONS: usize = 768;
/// Longest request head, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// How many ports after the wanted one are tried.
const PORTS: u16 = 100;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address to listen on.
    pub interface: IpAddr,
    /// The port; 0 lets the system choose.
    pub port: u16,
    /// Names under which the server may be asked, besides those of this machine.
    pub hosts: Vec<String>,
    /// Whether pages reload by themselves.
    pub live: bool,
    /// A name for this run of the program, that no other has: browsers tell by it that the
    /// server was started again.
    pub session: String,
    /// A word for this run that nobody can guess: the desk's buttons carry it.
    pub token: String,
}

/// A server: listening since it was made, answering since [`Server::open`].
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    runtime: Runtime,
    live: Arc<Live>,
    hosts: Arc<Hosts>,
    token: Arc<str>,
}

impl Server {
    /// Takes the port, or the next one that is free.
    pub fn bind(settings: &Settings) -> io::Result<Self> {
        let listener = listen(settings.interface, settings.port)?;
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let live = Arc::new(Live::new(settings.session.clone(), settings.live));
        let hosts = Arc::new(Hosts::new(settings.interface, &settings.hosts));
        Ok(Self { listener, runtime, live, hosts, token: settings.token.as_str().into() })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Begins to answer, with a desk beside the site. Who asked before has waited until now.
    pub fn open(&self, api: Arc<dyn DashboardApi>) -> io::Result<()> {
        let listener = self.listener.try_clone()?;
        let state = DashboardState { api, token: self.token.clone() };
        let app = answer::router(self.live.clone(), self.hosts.clone(), state);
        self.runtime.spawn(async move {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                accept(listener, app).await;
            }
        });
        Ok(())
    }

    /// The site as it is shown now; none before the first build that succeeded.
    pub fn shown(&self) -> Option<Arc<Snapshot>> {
        self.live.view().snapshot.clone()
    }

    /// Shows a site from now on, and tells the open pages what changed.
    pub fn show(&self, snapshot: Snapshot, swap: &SnapshotDiff) {
        self.live.show(snapshot, swap);
    }

    /// Keeps showing the site as it was, with these problems over it.
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

async fn accept(listener: tokio::net::TcpListener, app: Router) {
    let seats = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_HEAD);
    loop {
        let Ok(seat) = seats.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, or a client that has gone already.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app.clone()));
        tokio::spawn(async move {
            // A client that goes away in the middle is none of our business.
            let _ = connection.await;
            drop(seat);
        });
    }
}

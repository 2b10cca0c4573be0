//! A connection to a client: its socket with a time limit for writing, and who is at the other end.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::HeaderMap;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::access::DashboardAccess;

/// Time after which a client is disconnected that reads nothing of what is sent to it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(15);
/// Headers by which proxies name the client that they speak for.
const PROXY_HEADERS: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

/// The client of a connection, attached to each of its requests.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// Address of the other end of the connection, whatever the request says.
    pub address: IpAddr,
    /// Whether it may use the dashboard.
    pub is_author: bool,
    stream: Arc<TcpStream>,
}

impl Client {
    pub(super) fn new(stream: Arc<TcpStream>, address: IpAddr, access: &DashboardAccess) -> Self {
        // A listener on `::` sees IPv4 clients as `::ffff:127.0.0.1`.
        let address = address.to_canonical();
        Self { address, is_author: access.allows(address), stream }
    }

    /// Whether a request comes from the author: from an address that may use the dashboard, and not
    /// through a proxy, which would speak for anybody.
    pub(super) fn sends_as_author(&self, headers: &HeaderMap) -> bool {
        self.is_author && !PROXY_HEADERS.iter().any(|name| headers.contains_key(*name))
    }

    /// Waits until the client closes the connection, or its half of it.
    pub(super) async fn closed(&self) {
        match self.stream.peek(&mut [0]).await {
            Ok(0) | Err(_) => {}
            // Another request, which is read after the present response.
            Ok(_) => std::future::pending().await,
        }
    }
}

/// A socket that fails if nothing can be written for [`WRITE_TIMEOUT`].
#[derive(Debug)]
pub(super) struct TimedStream {
    stream: Arc<TcpStream>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl TimedStream {
    pub(super) fn new(stream: Arc<TcpStream>) -> Self {
        Self { stream, timer: None }
    }

    /// Calls `write` when the socket has room. The timer runs from the first call that has to wait.
    fn poll_when_writable(
        &mut self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            if self.stream.poll_write_ready(context)?.is_pending() {
                let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(WRITE_TIMEOUT)));
                ready!(timer.as_mut().poll(context));
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            match write(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    self.timer = None;
                    return Poll::Ready(result);
                }
            }
        }
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(context))?;
            match self.stream.try_read(buffer.initialize_unfilled()) {
                Ok(count) => {
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_when_writable(context, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_when_writable(context, |stream| stream.try_write_vectored(parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Does nothing: the socket is closed when it is dropped, right after.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

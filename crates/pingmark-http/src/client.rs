//! The client: redirects, limits and connections.
//!
//! Receives requests. Gives responses. Uses ureq with a resolver of our own, and threads to look names up
//! within the time limit. Never keeps a connection open for a second request.
//!
//! Redirects are followed here and not by ureq, because each hop is an address from a stranger: it is
//! checked like the first one. A POST that is redirected with 301, 302, 307 or 308 is sent again to the new
//! address, with 303 that address is fetched (RFC 9110, section 15.4).

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::{self, Uri};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, SendBody};
use url::Url;

use crate::guard::{self, AllowedHost};
use crate::{Cause, Failure, Method, Request, Response};

/// Largest head of a response, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// IP addresses of one name that are tried.
const MAX_ADDRESSES: usize = 16;
/// Connections to one host at the same time.
const MAX_PER_HOST: usize = 2;
/// `User-Agent`. The Webmention specification (3.1.2) asks senders to name the protocol.
const USER_AGENT: &str =
    concat!("Pingmark/", env!("CARGO_PKG_VERSION"), " (static blog generator; Webmention; Pingback)");

/// Something that answers requests: the [`Client`], or a table in a test.
pub trait Fetch: Sync {
    /// Sends a request and reads the response.
    fn fetch(&self, request: &Request) -> Result<Response, Failure>;
}

/// Looks the IP addresses of a host name up.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a name, each with the port.
    fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The name service of the system.
struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        (host, port).to_socket_addrs().map(Iterator::collect)
    }
}

/// The guarded client. Cheap to share between threads.
pub struct Client {
    agent: Agent,
    allowed: Arc<Vec<AllowedHost>>,
    hosts: HostSlots,
}

/// Settings of a [`Client`].
pub struct ClientBuilder {
    allowed: Vec<AllowedHost>,
    lookup: Arc<dyn Lookup>,
}

impl Client {
    /// Client that contacts public addresses only.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Client with exceptions.
    pub fn builder() -> ClientBuilder {
        ClientBuilder { allowed: Vec::new(), lookup: Arc::new(SystemLookup) }
    }

    /// Sends a request and writes the body of a 2xx response into `into`, as it comes. A body that is
    /// larger than the limit is a [`Cause::TooLarge`], and what was written until then is not complete.
    pub fn download(&self, request: &Request, into: &mut dyn Write) -> Result<Response, Failure> {
        self.run(request, Some(into))
    }

    fn run(&self, request: &Request, into: Option<&mut dyn Write>) -> Result<Response, Failure> {
        let mut call = Call { client: self, request, time: Duration::from_secs(request.limits.seconds) };
        call.run(into)
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Fetch for Client {
    fn fetch(&self, request: &Request) -> Result<Response, Failure> {
        self.run(request, None)
    }
}

impl ClientBuilder {
    /// Allows one private `host:port`. `Err` has a message if it is not written like that.
    pub fn allow(mut self, host: &str) -> Result<Self, String> {
        let wrong = || format!("`{host}` is not a host and a port; write it as 127.0.0.1:8100");
        self.allowed.push(AllowedHost::parse(host).ok_or_else(wrong)?);
        Ok(self)
    }

    /// Replaces the name service, for tests.
    #[must_use]
    pub fn lookup(mut self, lookup: Arc<dyn Lookup>) -> Self {
        self.lookup = lookup;
        self
    }

    /// Makes the client.
    pub fn build(self) -> Client {
        let allowed = Arc::new(self.allowed);
        let resolver = GuardedResolver { lookup: self.lookup, allowed: Arc::clone(&allowed) };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Not even those that the environment names.
            .proxy(None)
            .max_idle_connections(0)
            .max_response_header_size(MAX_HEAD)
            .input_buffer_size(MAX_HEAD + 4096)
            .output_buffer_size(8 * 1024)
            .accept_encoding("identity")
            .user_agent(USER_AGENT)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        Client { agent, allowed, hosts: HostSlots::default() }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

/// One request with its redirects.
struct Call<'a> {
    client: &'a Client,
    request: &'a Request,
    /// Time that is left. Waiting for a free connection is not counted.
    time: Duration,
}

impl Call<'_> {
    fn run(&mut self, into: Option<&mut dyn Write>) -> Result<Response, Failure> {
        let request = self.request;
        let mut method = request.method;
        let first = request.url.as_str();
        let mut hop = self.checked(first)?;
        let mut redirects = Vec::new();
        loop {
            let shown = shown(&hop);
            let fails = |cause| Failure::new(&shown, cause);
            let host = hop.host_str().unwrap_or_default().to_owned();
            let _slot = self.client.hosts.take(&format!("{host}:{:?}", hop.port()));
            let started = Instant::now();
            let response = self.hop(&hop, method)?;
            let status = response.status().as_u16();
            let location =
                response.headers().get(http::header::LOCATION).map(|value| decoded(value.as_bytes()));
            if !matches!(status, 301 | 302 | 303 | 307 | 308) || location.is_none() {
                return self.finish(response, &shown, redirects, started, into);
            }
            self.time = self.time.saturating_sub(started.elapsed());
            if request.has_secret() {
                return Err(fails(Cause::SecretRedirected));
            }
            if redirects.len() >= request.limits.redirects as usize {
                return Err(fails(Cause::TooManyRedirects(request.limits.redirects)));
            }
            let next =
                hop.join(location.unwrap_or_default().trim()).map_err(|_| fails(Cause::BadRedirect))?;
            redirects.push(shown);
            hop = self.checked(next.as_str())?;
            if status == 303 && method != Method::Head {
                method = Method::Get;
            }
            if redirects.iter().any(|visited| *visited == self::shown(&hop)) && method == request.method {
                return Err(Failure::new(self::shown(&hop), Cause::RedirectLoop));
            }
        }
    }

    fn checked(&self, text: &str) -> Result<Url, Failure> {
        guard::check_url(text, &self.client.allowed).map_err(|cause| Failure::new(text, cause))
    }

    /// Sends the request to one address and reads the head of the response.
    fn hop(&self, url: &Url, method: Method) -> Result<http::Response<Body>, Failure> {
        let request = self.request;
        let fails = |cause| Failure::new(shown(url), cause);
        if self.time.is_zero() {
            return Err(fails(Cause::Timeout(request.limits.seconds)));
        }
        let mut builder = http::Request::builder().method(method.name()).uri(request.wire_url(url).as_str());
        for (name, value) in request.headers.iter().chain(&request.secret_headers) {
            builder = builder.header(name, value);
        }
        let body = request.body.as_ref().filter(|_| !matches!(method, Method::Get | Method::Head));
        if let Some((media_type, _)) = body {
            builder = builder.header(http::header::CONTENT_TYPE, media_type);
        }
        let agent = &self.client.agent;
        let sent = match body {
            Some((_, bytes)) => builder.body(bytes.as_slice()).map(|request| {
                let request = agent.configure_request(request).timeout_global(Some(self.time)).build();
                agent.run(request)
            }),
            None => builder.body(SendBody::none()).map(|request| {
                let request = agent.configure_request(request).timeout_global(Some(self.time)).build();
                agent.run(request)
            }),
        };
        // A header or an address with characters that HTTP does not allow.
        let sent = sent.map_err(|_| fails(Cause::NotAnAddress))?;
        sent.map_err(|error| fails(self.cause(error)))
    }

    /// Reads the body of the last response.
    fn finish(
        &self,
        response: http::Response<Body>,
        url: &str,
        redirects: Vec<String>,
        started: Instant,
        into: Option<&mut dyn Write>,
    ) -> Result<Response, Failure> {
        let fails = |cause| Failure::new(url, cause);
        let (head, body) = response.into_parts();
        let headers = head.headers.iter();
        let headers =
            headers.map(|(name, value)| (name.as_str().to_owned(), decoded(value.as_bytes()))).collect();
        let mut response = Response {
            status: head.status.as_u16(),
            url: url.to_owned(),
            redirects,
            headers,
            body: Vec::new(),
            is_cut: false,
        };
        let encoding = response.header("content-encoding").unwrap_or("identity").trim().to_ascii_lowercase();
        if !matches!(encoding.as_str(), "identity" | "") && self.request.method != Method::Head {
            let encoding = encoding.chars().filter(|c| c.is_ascii_graphic()).take(20).collect();
            return Err(fails(Cause::Compressed(encoding)));
        }
        let mut buffer = Vec::new();
        let mut memory: &mut dyn Write = &mut buffer;
        let is_download = into.is_some() && response.is_success();
        if let Some(into) = into.filter(|_| is_download) {
            memory = into;
        }
        let mut reader = body.into_reader();
        let most = self.request.limits.bytes;
        let mut total = 0_u64;
        let mut chunk = vec![0; 32 * 1024];
        loop {
            let read = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => return Err(fails(self.cause(ureq::Error::from(error)))),
            };
            // ureq measures each read; a server that drips may make many short ones.
            if started.elapsed() > self.time {
                return Err(fails(Cause::Timeout(self.request.limits.seconds)));
            }
            let kept = usize::try_from(most - total).map_or(read, |left| left.min(read));
            memory.write_all(&chunk[..kept]).map_err(|error| fails(Cause::Write(error)))?;
            total += kept as u64;
            if kept < read {
                if is_download {
                    return Err(fails(Cause::TooLarge(most)));
                }
                response.is_cut = true;
                break;
            }
        }
        response.body = buffer;
        Ok(response)
    }

    fn cause(&self, error: ureq::Error) -> Cause {
        use ureq::Error;
        match error {
            Error::Timeout(_) => Cause::Timeout(self.request.limits.seconds),
            Error::HostNotFound => Cause::NoSuchHost(String::new()),
            Error::LargeResponseHeader(..) => Cause::HeadTooLarge,
            Error::Rustls(error) => Cause::Tls(error.to_string()),
            Error::Tls(reason) => Cause::Tls(reason.to_owned()),
            Error::BadUri(_) | Error::Http(_) => Cause::NotAnAddress,
            Error::Other(other) => match other.downcast::<Refused>() {
                Ok(refused) => refused.0,
                Err(other) => Cause::Broken(other.to_string()),
            },
            Error::Io(error) => of_io(&error),
            Error::ConnectionFailed => Cause::Connection("it was not accepted".into()),
            other => Cause::Broken(other.to_string()),
        }
    }
}

fn of_io(error: &io::Error) -> Cause {
    if let Some(inner) = error.get_ref()
        && inner.to_string().contains("certificate")
    {
        return Cause::Tls(inner.to_string());
    }
    match error.kind() {
        io::ErrorKind::InvalidData => Cause::Tls(error.to_string()),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Cause::Broken(error.to_string())
        }
        _ => Cause::Connection(error.to_string()),
    }
}

/// An address for people: without its fragment.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}

/// Text of a header: UTF-8, else ISO-8859-1.
fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

// ---- names ------------------------------------------------------------------------------

/// Resolver that gives public addresses only. ureq asks it for names and for IP addresses alike, and
/// connects to what it gives.
struct GuardedResolver {
    lookup: Arc<dyn Lookup>,
    allowed: Arc<Vec<AllowedHost>>,
}

impl fmt::Debug for GuardedResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuardedResolver")
    }
}

/// A [`Cause`] on its way through ureq's error type.
#[derive(Debug)]
struct Refused(Cause);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl Resolver for GuardedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let refused = |cause| ureq::Error::Other(Box::new(Refused(cause)));
        // Checked before; once more, in case ureq comes by an address in a way of its own.
        let url = guard::check_url(&uri.to_string(), &self.allowed).map_err(refused)?;
        let port = url.port_or_known_default().unwrap_or(80);
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let found = self.look_up(host.clone(), port, timeout)?;
        let is_allowed = guard::is_allowed(&url, &self.allowed);
        let mut addresses = self.empty();
        let usable = found.iter().filter(|address| is_allowed || guard::is_public(address.ip()));
        for address in usable.take(MAX_ADDRESSES) {
            addresses.push(*address);
        }
        match found.first() {
            _ if !addresses.is_empty() => Ok(addresses),
            Some(private) => Err(refused(Cause::PrivateAddress(private.ip()))),
            None => Err(refused(Cause::NoSuchHost(host))),
        }
    }
}

impl GuardedResolver {
    /// Looks a name up in a thread of its own, because the system's name service has no time limit.
    fn look_up(&self, host: String, port: u16, timeout: NextTimeout) -> Result<Vec<SocketAddr>, ureq::Error> {
        if let Ok(address) = host.parse() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        let (lookup, name) = (Arc::clone(&self.lookup), host.clone());
        std::thread::spawn(move || sender.send(lookup.lookup(&name, port)));
        match receiver.recv_timeout(*timeout.after) {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(_)) => Err(ureq::Error::Other(Box::new(Refused(Cause::NoSuchHost(host))))),
            Err(_) => Err(ureq::Error::Timeout(timeout.reason)),
        }
    }
}

// ---- connections of a host --------------------------------------------------------------

/// How many connections each host has.
#[derive(Default)]
struct HostSlots {
    taken: Mutex<BTreeMap<String, usize>>,
    freed: Condvar,
}

/// A connection that counts until it is dropped.
struct Slot<'a> {
    slots: &'a HostSlots,
    host: String,
}

impl HostSlots {
    /// Waits until the host has fewer than [`MAX_PER_HOST`] connections.
    fn take(&self, host: &str) -> Slot<'_> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full =
            |taken: &mut BTreeMap<String, usize>| taken.get(host).is_some_and(|n| *n >= MAX_PER_HOST);
        let mut taken = self.freed.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        *taken.entry(host.to_owned()).or_default() += 1;
        Slot { slots: self, host: host.to_owned() }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.host) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.host);
            }
        }
        drop(taken);
        self.slots.freed.notify_all();
    }
}

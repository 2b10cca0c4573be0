//! The receiver of announcements: webmentions as forms, pingbacks as XML-RPC.
//!
//! A request is answered from what it says alone. Nothing is fetched while a client waits, and nothing of
//! what a client sends is shown to anybody.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use pingmark_core::web_address;
use pingmark_linkback::announcement::{self, Announcement, Problem};
use pingmark_linkback::xmlrpc::{self, Answer, fault};
use tokio::runtime::{Builder, Runtime};

use super::access::DashboardAccess;
use super::connection::Client;

/// Largest body, in bytes.
const MAX_BODY: usize = 16 * 1024;
/// Time within which a body must arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Length of a window of counting.
const WINDOW: Duration = Duration::from_secs(60);
/// Announcements in a window: from one client, about one source's host, and in all.
const PER_CLIENT: u32 = 60;
const PER_SOURCE: u32 = 60;
const OVERALL: u32 = 3000;
/// Key under which all announcements of a window are counted; no client has it.
const ALL: &str = "all";
/// Clients and hosts that are counted in a window; further ones share one count.
const MAX_COUNTED: usize = 20_000;

/// Where announcements go.
pub trait Inbox: Send + Sync + 'static {
    /// Whether an address is a published page of the site.
    fn is_ours(&self, target: &str) -> bool;
    /// Keeps an announcement, so that a crash does not lose it.
    fn put(&self, announcement: &Announcement) -> Result<(), InboxError>;
}

/// Why an announcement was not kept.
#[derive(Debug)]
pub enum InboxError {
    /// Too many wait.
    Full,
    /// It could not be written.
    Io(io::Error),
}

/// Settings of the receiver.
#[derive(Clone, Debug)]
pub struct IntakeSettings {
    /// Whether `X-Forwarded-For` names the client.
    pub behind_proxy: bool,
    /// Language of the page that explains the receiver: `fr`, else English.
    pub lang: String,
}

/// The receiver. Answers after [`Intake::open`].
#[derive(Debug)]
pub struct Intake {
    listener: TcpListener,
    runtime: Runtime,
}

impl Intake {
    /// Binds the address.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self { listener, runtime })
    }

    /// The address that it listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Starts to answer requests.
    pub fn open(&self, inbox: Arc<dyn Inbox>, settings: IntakeSettings) -> io::Result<()> {
        let listener = self.listener.try_clone()?;
        let shared = Arc::new(Shared { inbox, settings, counts: Mutex::new(Counts::new()) });
        let app = Router::new().fallback(answer).with_state(shared);
        self.runtime.spawn(async move {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                super::accept(listener, app, Arc::new(DashboardAccess::default())).await;
            }
        });
        Ok(())
    }
}

struct Shared {
    inbox: Arc<dyn Inbox>,
    settings: IntakeSettings,
    counts: Mutex<Counts>,
}

/// Announcements in the current window: by client, by host of the source, and in all.
struct Counts {
    since: Instant,
    by: BTreeMap<String, u32>,
}

impl Counts {
    fn new() -> Self {
        Self { since: Instant::now(), by: BTreeMap::from([(ALL.to_owned(), 0)]) }
    }

    /// Counts one more. `Err` has the seconds until the window ends.
    fn take(&mut self, key: &str, most: u32) -> Result<(), u64> {
        if self.since.elapsed() >= WINDOW {
            *self = Self::new();
        }
        let key = if self.by.len() >= MAX_COUNTED && !self.by.contains_key(key) { "" } else { key };
        let count = self.by.entry(key.to_owned()).or_default();
        if *count >= most {
            return Err((WINDOW.saturating_sub(self.since.elapsed())).as_secs() + 1);
        }
        *count += 1;
        Ok(())
    }
}

/// An answer before it is written in the words of a protocol.
enum Said {
    Accepted,
    Wrong(Problem),
    Slow(u64),
    TooLarge,
    Broken,
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let media_type =
        head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_pingback =
        media_type.ends_with("xml") || (head.uri.path().contains("xmlrpc") && !media_type.contains("form"));
    match head.method {
        Method::POST => {}
        Method::GET | Method::HEAD => return explanation(&shared.settings.lang, head.method == Method::HEAD),
        _ => return text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and POST.\n"),
    }
    let client = client(&head.headers, head.extensions.get::<Client>(), shared.settings.behind_proxy);
    let said = match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => {
            let shared = Arc::clone(&shared);
            // Writing to the disk blocks.
            let kept = tokio::task::spawn_blocking(move || keep(&shared, &client, &body, is_pingback)).await;
            kept.unwrap_or(Said::Broken)
        }
        Ok(Err(_)) => Said::TooLarge,
        Err(_) => Said::Wrong(Problem::Malformed("the body did not arrive in time".into())),
    };
    if is_pingback { as_fault(&said) } else { as_status(&said) }
}

fn keep(shared: &Shared, client: &str, body: &[u8], is_pingback: bool) -> Said {
    let take = |key: &str, most| shared.counts.lock().unwrap_or_else(PoisonError::into_inner).take(key, most);
    if let Err(wait) = take(client, PER_CLIENT) {
        return Said::Slow(wait);
    }
    let read = match is_pingback {
        true => announcement::pingback(&String::from_utf8_lossy(body)),
        false => announcement::webmention(body),
    };
    let announcement = match read {
        Ok(announcement) if shared.inbox.is_ours(&announcement.target) => announcement,
        Ok(_) => return Said::Wrong(Problem::NotOurs),
        Err(problem) => return Said::Wrong(problem),
    };
    let host = web_address::host(&announcement.source).unwrap_or_default();
    // Only what could be kept counts for all: a flood of other posts turns no good one away.
    if let Err(wait) = take(&format!("source {host}"), PER_SOURCE).and_then(|()| take(ALL, OVERALL)) {
        return Said::Slow(wait);
    }
    match shared.inbox.put(&announcement) {
        Ok(()) => Said::Accepted,
        Err(InboxError::Full) => Said::Slow(3600),
        Err(InboxError::Io(_)) => Said::Broken,
    }
}

/// The client that is counted: an IPv4 address, or the network of an IPv6 address.
fn client(headers: &HeaderMap, connection: Option<&Client>, behind_proxy: bool) -> String {
    // The last address is the one that our own proxy saw; the ones before it are what the client claims.
    let forwarded =
        headers.get("x-forwarded-for").filter(|_| behind_proxy).and_then(|value| value.to_str().ok());
    let forwarded = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    match forwarded.or_else(|| connection.map(|client| client.address)).map(|address| address.to_canonical())
    {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        Some(address) => address.to_string(),
        None => String::new(),
    }
}

fn as_status(said: &Said) -> Response<Body> {
    match said {
        Said::Accepted => text(StatusCode::ACCEPTED, "Accepted; the page will be looked at.\n"),
        Said::Wrong(problem) => text(StatusCode::BAD_REQUEST, &format!("{problem}\n")),
        Said::TooLarge => text(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.\n"),
        Said::Broken => {
            text(StatusCode::INTERNAL_SERVER_ERROR, "This could not be kept; please try again later.\n")
        }
        Said::Slow(wait) => {
            let mut response = text(StatusCode::TOO_MANY_REQUESTS, "Too many; please try again later.\n");
            response.headers_mut().insert(header::RETRY_AFTER, (*wait).into());
            response
        }
    }
}

fn as_fault(said: &Said) -> Response<Body> {
    let answer = match said {
        Said::Accepted => Answer::Success("Accepted; the page will be looked at.".into()),
        Said::Wrong(problem) => Answer::Fault(problem.fault(), problem.to_string()),
        Said::TooLarge => Answer::Fault(fault::GENERIC, "The request is too large.".into()),
        Said::Broken => {
            Answer::Fault(fault::GENERIC, "This could not be kept; please try again later.".into())
        }
        Said::Slow(_) => Answer::Fault(fault::DENIED, "Too many; please try again later.".into()),
    };
    let mut response = response(StatusCode::OK, "text/xml; charset=utf-8", xmlrpc::answer(&answer));
    if let Said::Slow(wait) = said {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(header::RETRY_AFTER, (*wait).into());
    }
    response
}

fn text(status: StatusCode, words: &str) -> Response<Body> {
    response(status, "text/plain; charset=utf-8", words.to_owned())
}

fn response(status: StatusCode, media_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// The page for people who open the address in a browser, with a form to announce a page by hand.
fn explanation(lang: &str, is_head: bool) -> Response<Body> {
    let (lang, title, words, source, target, send) = match lang.split('-').next() {
        Some("fr") => (
            "fr",
            "Vous avez répondu à l’un de nos articles ?",
            "Cette adresse reçoit les webmentions et les pingbacks : elle apprend qu’une page cite l’un de nos articles. \
             Si votre site ne sait pas le faire, donnez ici l’adresse de votre page. Nous vérifierons qu’elle contient le lien, \
             et nous déciderons si elle est affichée.",
            "Adresse de votre page",
            "Adresse de notre article",
            "Envoyer",
        ),
        _ => (
            "en",
            "Did you answer one of our articles?",
            "This address receives webmentions and pingbacks: it learns that a page cites one of our articles. If your \
             site cannot send them, give the address of your page here. We will check that it has the link, and decide \
             whether it is shown.",
            "Address of your page",
            "Address of our article",
            "Send",
        ),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}}\
         label{{display:block;margin:1rem 0}}input{{display:block;width:100%;font:inherit;padding:.4rem;box-sizing:border-box}}\
         button{{font:inherit;padding:.4rem 1rem}}</style>\n\
         <h1>{title}</h1>\n<p>{words}</p>\n<form method=\"post\" action=\"\">\n\
         <label>{source}<input name=\"source\" type=\"url\" required maxlength=\"2000\" placeholder=\"https://\"></label>\n\
         <label>{target}<input name=\"target\" type=\"url\" required maxlength=\"2000\" placeholder=\"https://\"></label>\n\
         <button>{send}</button>\n</form>\n"
    );
    let mut response =
        response(StatusCode::OK, "text/html; charset=utf-8", if is_head { String::new() } else { html });
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(policy));
    response
}

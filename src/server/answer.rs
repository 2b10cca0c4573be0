//! From a request to its answer: who may ask, what is asked, and how it is sent.

use std::ops::Range;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use pingmark_core::artifact::Deferred;
use pingmark_core::fingerprint::Fingerprint;

use super::dashboard::{self, ACTION, DashboardState, MAX_ACTION};
use super::hosts::{HostProblem, Hosts, same_origin};
use super::inject::{self, EVENTS, OWN, SCRIPT, STYLE};
use super::live::{Live, Visitor};
use super::snapshot::{Entry, Found, Snapshot, Stored};
use super::{file, mime, web};

/// Longest body of a request, in bytes. None is ever read.
const MAX_BODY: u64 = 64 * 1024;

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// What answers requests.
pub(super) fn router(live: Arc<Live>, hosts: Arc<Hosts>, dashboard: DashboardState) -> Router {
    let own =
        |bytes: &'static str, name: &'static str| get(move |headers: HeaderMap| own(headers, bytes, name));
    Router::new()
        .route(EVENTS, get(events))
        .route(SCRIPT, own(web::LIVE_SCRIPT, "live.js"))
        .route(STYLE, own(web::LIVE_STYLE, "live.css"))
        .fallback(page)
        .with_state(live)
        .merge(dashboard::router(dashboard))
        .layer(middleware::from_fn_with_state(hosts, guard))
}

/// Refuses what no browser of this machine sends, and sets the headers that every answer has.
async fn guard(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let mut response = match refused(&request, &hosts) {
        Some((status, reason)) => plain(status, reason),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn refused(request: &Request, hosts: &Hosts) -> Option<(StatusCode, &'static str)> {
    let malformed = Some((StatusCode::BAD_REQUEST, "The Host header names no host.\n"));
    let mut named = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return malformed };
    let Ok(host) = host.to_str() else { return malformed };
    // A whole address in place of a path must name the same host (RFC 9112, 3.2.2).
    let authority = request.uri().authority().map(|authority| authority.as_str());
    if authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host)) {
        return malformed;
    }
    match hosts.check(host) {
        Err(HostProblem::Malformed) => return malformed,
        Err(HostProblem::Unknown) => {
            let reason = "This server does not go by that name. Allow it with --allow-host.\n";
            return Some((StatusCode::FORBIDDEN, reason));
        }
        Ok(()) => {}
    }
    let headers = request.headers();
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    // The desk's buttons alone send something.
    let presses = *request.method() == Method::POST && request.uri().path() == ACTION;
    let most = if presses { MAX_ACTION } else { MAX_BODY };
    if length.is_some_and(|length| length > most) || headers.contains_key(header::TRANSFER_ENCODING) {
        return Some((StatusCode::PAYLOAD_TOO_LARGE, "Nothing is received here.\n"));
    }
    if !presses && !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Some((StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered.\n"));
    }
    None
}

/// An answer of a few words. What could follow on the connection is not read.
fn plain(status: StatusCode, reason: &'static str) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, TEXT)], reason).into_response();
    let headers = response.headers_mut();
    if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::METHOD_NOT_ALLOWED) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

/// The events for a page. Pages of other sites may not listen: what is wrong with a draft is
/// nobody else's business.
async fn events(State(live): State<Arc<Live>>, request: Parts) -> Response {
    let text = |name| request.headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    let foreign = text(header::ORIGIN).is_some_and(|origin| !same_origin(origin, host))
        || text(header::HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site == "cross-site");
    if foreign {
        return plain(StatusCode::FORBIDDEN, "Only pages of this server may listen.\n");
    }
    if !live.enabled {
        return plain(StatusCode::NOT_FOUND, "Started without --watch.\n");
    }
    let visitor = visitor(request.uri.query().unwrap_or_default());
    match live.listen(visitor) {
        Some(events) => events.into_response(),
        None => plain(StatusCode::SERVICE_UNAVAILABLE, "Too many pages listen already.\n"),
    }
}

/// What a page says of itself: `page=%2Fposts%2Fun%2F&tag=…`.
fn visitor(query: &str) -> Visitor {
    let mut visitor = Visitor::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "page" => visitor.page = value.into_owned(),
            "tag" => visitor.tag = value.into_owned(),
            _ => {}
        }
    }
    visitor
}

/// A file of the server's own.
async fn own(headers: HeaderMap, text: &'static str, name: &'static str) -> Response {
    let bytes = Bytes::from_static(text.as_bytes());
    let tag = Fingerprint::of(&bytes);
    Reply { status: StatusCode::OK, mime: mime::of(name), tag, content: Sent::Bytes(bytes) }
        .to(&Method::GET, &headers)
        .await
}

/// A file of the site.
async fn page(State(live): State<Arc<Live>>, request: Parts) -> Response {
    let view = live.view();
    let path = request.uri.path();
    let Some(snapshot) = &view.snapshot else {
        let text = inject::problem_page(&view.problems, live.enabled);
        return (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, HTML)], text).into_response();
    };
    if path.starts_with(OWN) {
        return plain(StatusCode::NOT_FOUND, "There is nothing here.\n");
    }
    let (status, path, entry) = match snapshot.find(path) {
        None => return plain(StatusCode::BAD_REQUEST, "That is not the path of anything.\n"),
        Some(Found::Folder(to) | Found::Home(to)) => return lead_on(to, request.uri.query()),
        Some(Found::Nothing(None)) => return plain(StatusCode::NOT_FOUND, "There is nothing here.\n"),
        Some(Found::Nothing(Some((path, entry)))) => (StatusCode::NOT_FOUND, path, entry),
        Some(Found::Entry(path, entry)) => (StatusCode::OK, path, entry),
    };
    let reply = Reply::of(status, &snapshot.address(path), entry, snapshot, live.enabled);
    reply.to(&request.method, &request.headers).await
}

/// To another address of the site, with the query that came along. Not for ever: the next site
/// on this port has other addresses.
fn lead_on(mut to: String, query: Option<&str>) -> Response {
    if let Some(query) = query {
        to.push('?');
        to.push_str(query);
    }
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// What is sent, before it is known how.
struct Reply {
    status: StatusCode,
    mime: &'static str,
    tag: Fingerprint,
    content: Sent,
}

enum Sent {
    Bytes(Bytes),
    File(std::path::PathBuf, u64),
    Deferred(Arc<dyn Deferred>),
}

impl Reply {
    fn of(status: StatusCode, address: &str, entry: &Arc<Entry>, snapshot: &Snapshot, live: bool) -> Self {
        let (mut tag, mime) = (entry.tag, entry.mime);
        let content = match &entry.body {
            Stored::Here(bytes) => Sent::Bytes(bytes.clone()),
            Stored::There(location, len, _) => Sent::File(location.clone(), *len),
            Stored::Deferred(later) => Sent::Deferred(later.clone()),
        };
        let content = match content {
            Sent::Bytes(bytes) if entry.is_page() => {
                let addition = inject::addition(address, entry, snapshot, live);
                tag = Fingerprint::of_parts([tag.to_string().as_bytes(), addition.as_bytes()]);
                let whole =
                    if addition.is_empty() { bytes } else { inject::into_page(&bytes, &addition).into() };
                Sent::Bytes(whole)
            }
            other => other,
        };
        Self { status, mime, tag, content }
    }

    fn len(&self) -> u64 {
        match &self.content {
            Sent::Bytes(bytes) => bytes.len() as u64,
            Sent::File(_, len) => *len,
            Sent::Deferred(_) => 0,
        }
    }

    /// The same with its bytes made, where that was left for later.
    async fn made(self) -> Option<Self> {
        let Sent::Deferred(later) = &self.content else { return Some(self) };
        let later = later.clone();
        let bytes = tokio::task::spawn_blocking(move || later.make()).await.ok()??;
        Some(Self { content: Sent::Bytes(bytes.into()), ..self })
    }

    /// The answer: whole, in part (RFC 9110, 14), or that the browser has it already (13.1.2).
    async fn to(self, method: &Method, headers: &HeaderMap) -> Response {
        let tag = format!("\"{}\"", self.tag);
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if self.status == StatusCode::OK
            && text(header::IF_NONE_MATCH).is_some_and(|known| knows(known, &tag))
        {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
        }
        let Some(whole) = self.made().await else {
            return plain(StatusCode::NOT_FOUND, "The picture could not be made.\n");
        };
        whole.in_full_or_part(method, headers, tag).await
    }

    async fn in_full_or_part(self, method: &Method, headers: &HeaderMap, tag: String) -> Response {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let same = text(header::IF_RANGE).is_none_or(|known| known == tag);
        let wanted =
            text(header::RANGE).filter(|_| *method == Method::GET && self.status == StatusCode::OK && same);
        let len = self.len();
        let (status, range) = match wanted.map(|range| part(range, len)) {
            None | Some(Part::Whole) => (self.status, 0..len),
            Some(Part::Of(range)) => (StatusCode::PARTIAL_CONTENT, range),
            Some(Part::Outside) => {
                let mut response = plain(StatusCode::RANGE_NOT_SATISFIABLE, "");
                insert(response.headers_mut(), header::CONTENT_RANGE, format!("bytes */{len}"));
                return response;
            }
        };
        let body =
            if *method == Method::HEAD { Ok(Body::empty()) } else { self.content.body(range.clone()).await };
        let Ok(body) = body else {
            return plain(StatusCode::NOT_FOUND, "The file has gone since the site was built.\n");
        };
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.mime));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        insert(headers, header::CONTENT_LENGTH, (range.end - range.start).to_string());
        if self.status == StatusCode::OK {
            insert(headers, header::ETAG, tag);
        }
        if status == StatusCode::PARTIAL_CONTENT {
            insert(headers, header::CONTENT_RANGE, format!("bytes {}-{}/{len}", range.start, range.end - 1));
        }
        response
    }
}

impl Sent {
    async fn body(self, range: Range<u64>) -> std::io::Result<Body> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.slice(range.start as usize..range.end as usize).into()),
            Self::File(location, _) => file::body(location, range).await,
            Self::Deferred(_) => Ok(Body::empty()),
        }
    }
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// Whether a list of tags has this one, or stands for all.
fn knows(known: &str, tag: &str) -> bool {
    known
        .split(',')
        .map(|one| one.trim())
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[derive(Debug, PartialEq)]
enum Part {
    /// No range, or one that need not be understood: several, or in another unit.
    Whole,
    Of(Range<u64>),
    Outside,
}

/// What a `Range` header asks of a file: `bytes=0-99`, `bytes=100-`, `bytes=-100`.
fn part(header: &str, len: u64) -> Part {
    let Some((first, last)) = header.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Part::Whole;
    };
    let range = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(len),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..len,
        (Err(_), Ok(last)) if first.trim().is_empty() => len.saturating_sub(last)..len,
        _ => return Part::Whole,
    };
    if range.start < range.end { Part::Of(range) } else { Part::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_written() {
        for (header, expected) in [
            ("bytes=0-0", Part::Of(0..1)),
            ("bytes=2-", Part::Of(2..10)),
            ("bytes=-3", Part::Of(7..10)),
            ("bytes=-30", Part::Of(0..10)),
            ("bytes=5-99", Part::Of(5..10)),
            ("bytes=10-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=4-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=a-", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes=0-18446744073709551615", Part::Of(0..10)),
        ] {
            assert_eq!(part(header, 10), expected, "{header}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Outside);
    }

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        assert!(knows("W/\"a\", \"b\"", "\"b\"") && knows("*", "\"b\"") && knows("W/\"b\"", "\"b\""));
        assert!(!knows("\"a\"", "\"b\""));
    }
}

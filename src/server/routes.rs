//! Routes of the preview server: checks a request, finds the file, makes the response.

use std::ops::Range;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use pingmark_core::artifact::Deferred;
use pingmark_core::fingerprint::Fingerprint;

use super::connection::Client;
use super::dashboard::{self, ACTION, DashboardState, MAX_ACTION};
use super::hosts::{HostProblem, Hosts, same_origin};
use super::inject::{self, ASSETS, EVENTS, SCRIPT, STYLE};
use super::live::{Live, OpenPage};
use super::snapshot::{FileSource, Found, ServedFile, Snapshot};
use super::{file_body, mime, web};

/// Largest `Content-Length` that is not rejected, in bytes. Bodies are never read, except for
/// actions of the dashboard.
const MAX_BODY: u64 = 64 * 1024;

/// Headers that decide what a client may do. One of two values would be checked and the other believed.
const SINGLE_HEADERS: [&str; 3] = ["origin", "sec-fetch-site", dashboard::TOKEN];

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// All routes of the server.
pub(super) fn router(live: Arc<Live>, hosts: Arc<Hosts>, dashboard: DashboardState) -> Router {
    let asset =
        |bytes: &'static str, name: &'static str| get(move |headers: HeaderMap| asset(headers, bytes, name));
    Router::new()
        .route(EVENTS, get(events))
        .route(SCRIPT, asset(web::LIVE_SCRIPT, "live.js"))
        .route(STYLE, asset(web::LIVE_STYLE, "live.css"))
        .fallback(page)
        .with_state(live)
        .merge(dashboard::router(dashboard))
        .layer(middleware::from_fn_with_state(hosts, check_request))
}

/// Rejects requests for other hosts or with a body, and sets the headers that every response has.
async fn check_request(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let mut response = match rejection(&request, &hosts) {
        Some((status, reason)) => plain_text(status, reason),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn rejection(request: &Request, hosts: &Hosts) -> Option<(StatusCode, &'static str)> {
    let malformed = Some((StatusCode::BAD_REQUEST, "The Host header is missing or malformed.\n"));
    let mut named = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return malformed };
    let Ok(host) = host.to_str() else { return malformed };
    // A request target in absolute form must have the same host (RFC 9112, 3.2.2).
    let authority = request.uri().authority().map(|authority| authority.as_str());
    if authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host)) {
        return malformed;
    }
    match hosts.check(host) {
        Err(HostProblem::Malformed) => return malformed,
        Err(HostProblem::Unknown) => {
            let reason = "Unknown host name. Allow it with --allow-host.\n";
            return Some((StatusCode::FORBIDDEN, reason));
        }
        Ok(()) => {}
    }
    let headers = request.headers();
    if SINGLE_HEADERS.iter().any(|name| headers.get_all(*name).iter().nth(1).is_some()) {
        return Some((StatusCode::BAD_REQUEST, "A header is repeated that may occur once.\n"));
    }
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    // Only actions of the dashboard have a body.
    let is_action = *request.method() == Method::POST && request.uri().path() == ACTION;
    let limit = if is_action { MAX_ACTION } else { MAX_BODY };
    if length.is_some_and(|length| length > limit) || headers.contains_key(header::TRANSFER_ENCODING) {
        return Some((StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large.\n"));
    }
    if !is_action && !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Some((StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are allowed.\n"));
    }
    None
}

/// A short text response. If the request had a body, the connection is closed without reading it.
fn plain_text(status: StatusCode, reason: &'static str) -> Response {
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

/// Event stream of an open page. Rejects pages of other sites: problems of drafts are private.
async fn events(
    State(live): State<Arc<Live>>,
    Extension(client): Extension<Client>,
    request: Parts,
) -> Response {
    let text = |name| request.headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    let foreign = text(header::ORIGIN).is_some_and(|origin| !same_origin(origin, host))
        || text(header::HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site == "cross-site");
    if foreign {
        return plain_text(StatusCode::FORBIDDEN, "Only pages of this server may receive events.\n");
    }
    if !live.enabled {
        return plain_text(StatusCode::NOT_FOUND, "Live reload is off. Start the server with --watch.\n");
    }
    let page = open_page(request.uri.query().unwrap_or_default());
    match live.listen(page, client) {
        Some(events) => events.into_response(),
        None => plain_text(StatusCode::SERVICE_UNAVAILABLE, "Too many open pages receive events already.\n"),
    }
}

/// Parses the query of an event stream: `page=%2Fposts%2Fun%2F&tag=…`.
fn open_page(query: &str) -> OpenPage {
    let mut page = OpenPage::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "page" => page.address = value.into_owned(),
            "tag" => page.etag = value.into_owned(),
            _ => {}
        }
    }
    page
}

/// Serves a script or style of live reload.
async fn asset(headers: HeaderMap, text: &'static str, name: &'static str) -> Response {
    let bytes = Bytes::from_static(text.as_bytes());
    let tag = Fingerprint::of(&bytes);
    Reply { status: StatusCode::OK, mime: mime::of(name), tag, content: ReplyBody::Bytes(bytes) }
        .to(&Method::GET, &headers)
        .await
}

/// Serves a file of the site.
async fn page(
    State(live): State<Arc<Live>>,
    Extension(client): Extension<Client>,
    request: Parts,
) -> Response {
    let view = live.view();
    let path = request.uri.path();
    let Some(snapshot) = &view.snapshot else {
        let text = inject::problem_page(&view.problems_for(&client), live.enabled);
        return (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, HTML)], text).into_response();
    };
    if path.starts_with(ASSETS) {
        return plain_text(StatusCode::NOT_FOUND, "Not found.\n");
    }
    let (status, path, file) = match snapshot.find(path) {
        None => return plain_text(StatusCode::BAD_REQUEST, "The path is not valid.\n"),
        Some(Found::Folder(to) | Found::Home(to)) => return redirect(to, request.uri.query()),
        Some(Found::Missing(None)) => return plain_text(StatusCode::NOT_FOUND, "Not found.\n"),
        Some(Found::Missing(Some((path, file)))) => (StatusCode::NOT_FOUND, path, file),
        Some(Found::File(path, file)) => (StatusCode::OK, path, file),
    };
    let address = snapshot.address(path);
    let reply = Reply::of(status, &address, file, snapshot, live.enabled);
    let mut response = reply.to(&request.method, &request.headers).await;
    for policy in snapshot.rules.policies(&address) {
        if let Ok(policy) = HeaderValue::from_str(policy) {
            response.headers_mut().append(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    response
}

/// Redirects to another address of the site and keeps the query. The redirect is temporary, because
/// the next site on this port has other addresses.
fn redirect(mut to: String, query: Option<&str>) -> Response {
    if let Some(query) = query {
        to.push('?');
        to.push_str(query);
    }
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// A response before its status is final: it may become 304 or a byte range.
struct Reply {
    status: StatusCode,
    mime: &'static str,
    tag: Fingerprint,
    content: ReplyBody,
}

enum ReplyBody {
    Bytes(Bytes),
    File(std::path::PathBuf, u64),
    Deferred(Arc<dyn Deferred>),
}

impl Reply {
    fn of(
        status: StatusCode,
        address: &str,
        file: &Arc<ServedFile>,
        snapshot: &Snapshot,
        live: bool,
    ) -> Self {
        let (mut tag, mime) = (file.etag, file.mime);
        let content = match &file.body {
            FileSource::Memory(bytes) => ReplyBody::Bytes(bytes.clone()),
            FileSource::Disk(location, stamp) => ReplyBody::File(location.clone(), stamp.len),
            FileSource::Deferred(later) => ReplyBody::Deferred(later.clone()),
        };
        let content = match content {
            ReplyBody::Bytes(bytes) if file.is_page() => {
                let addition = inject::addition(address, file, snapshot, live);
                tag = Fingerprint::of_parts([tag.to_string().as_bytes(), addition.as_bytes()]);
                let whole =
                    if addition.is_empty() { bytes } else { inject::into_page(&bytes, &addition).into() };
                ReplyBody::Bytes(whole)
            }
            other => other,
        };
        Self { status, mime, tag, content }
    }

    fn len(&self) -> u64 {
        match &self.content {
            ReplyBody::Bytes(bytes) => bytes.len() as u64,
            ReplyBody::File(_, len) => *len,
            ReplyBody::Deferred(_) => 0,
        }
    }

    /// Makes the bytes of a deferred file; `None` if that fails.
    async fn with_bytes(self) -> Option<Self> {
        let ReplyBody::Deferred(later) = &self.content else { return Some(self) };
        let later = later.clone();
        let bytes = tokio::task::spawn_blocking(move || later.make()).await.ok()??;
        Some(Self { content: ReplyBody::Bytes(bytes.into()), ..self })
    }

    /// The response to a request: the whole file, a byte range (RFC 9110, 14) or 304 (13.1.2).
    async fn to(self, method: &Method, headers: &HeaderMap) -> Response {
        let tag = format!("\"{}\"", self.tag);
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if self.status == StatusCode::OK
            && text(header::IF_NONE_MATCH).is_some_and(|known| matches_etag(known, &tag))
        {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
        }
        let Some(reply) = self.with_bytes().await else {
            return plain_text(StatusCode::NOT_FOUND, "The file could not be generated.\n");
        };
        reply.whole_or_range(method, headers, tag).await
    }

    async fn whole_or_range(self, method: &Method, headers: &HeaderMap, tag: String) -> Response {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let same = text(header::IF_RANGE).is_none_or(|known| known == tag);
        let wanted =
            text(header::RANGE).filter(|_| *method == Method::GET && self.status == StatusCode::OK && same);
        let len = self.len();
        let (status, range) = match wanted.map(|range| parse_range(range, len)) {
            None | Some(ByteRange::All) => (self.status, 0..len),
            Some(ByteRange::Of(range)) => (StatusCode::PARTIAL_CONTENT, range),
            Some(ByteRange::Outside) => {
                let mut response = plain_text(StatusCode::RANGE_NOT_SATISFIABLE, "");
                insert(response.headers_mut(), header::CONTENT_RANGE, format!("bytes */{len}"));
                return response;
            }
        };
        let body =
            if *method == Method::HEAD { Ok(Body::empty()) } else { self.content.body(range.clone()).await };
        let Ok(body) = body else {
            return plain_text(StatusCode::NOT_FOUND, "The file was removed after the site was built.\n");
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

impl ReplyBody {
    async fn body(self, range: Range<u64>) -> std::io::Result<Body> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.slice(range.start as usize..range.end as usize).into()),
            Self::File(location, _) => file_body::stream(location, range).await,
            Self::Deferred(_) => Ok(Body::empty()),
        }
    }
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// Whether an `If-None-Match` list contains this tag or is `*`.
fn matches_etag(known: &str, tag: &str) -> bool {
    known
        .split(',')
        .map(|one| one.trim())
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[derive(Debug, PartialEq)]
enum ByteRange {
    /// No range, or one that may be ignored: several ranges, or another unit.
    All,
    Of(Range<u64>),
    Outside,
}

/// Parses a `Range` header for a file of `len` bytes: `bytes=0-99`, `bytes=100-`, `bytes=-100`.
fn parse_range(header: &str, len: u64) -> ByteRange {
    let Some((first, last)) = header.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return ByteRange::All;
    };
    let range = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(len),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..len,
        (Err(_), Ok(last)) if first.trim().is_empty() => len.saturating_sub(last)..len,
        _ => return ByteRange::All,
    };
    if range.start < range.end { ByteRange::Of(range) } else { ByteRange::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_written() {
        for (header, expected) in [
            ("bytes=0-0", ByteRange::Of(0..1)),
            ("bytes=2-", ByteRange::Of(2..10)),
            ("bytes=-3", ByteRange::Of(7..10)),
            ("bytes=-30", ByteRange::Of(0..10)),
            ("bytes=5-99", ByteRange::Of(5..10)),
            ("bytes=10-", ByteRange::Outside),
            ("bytes=-0", ByteRange::Outside),
            ("bytes=4-2", ByteRange::All),
            ("bytes=0-1,4-5", ByteRange::All),
            ("bytes=a-", ByteRange::All),
            ("lines=1-2", ByteRange::All),
            ("bytes=0-18446744073709551615", ByteRange::Of(0..10)),
        ] {
            assert_eq!(parse_range(header, 10), expected, "{header}");
        }
        assert_eq!(parse_range("bytes=0-", 0), ByteRange::Outside);
    }

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        assert!(
            matches_etag("W/\"a\", \"b\"", "\"b\"")
                && matches_etag("*", "\"b\"")
                && matches_etag("W/\"b\"", "\"b\"")
        );
        assert!(!matches_etag("\"a\"", "\"b\""));
    }
}

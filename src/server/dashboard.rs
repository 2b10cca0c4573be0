//! The desk: a page for the person who writes, beside the site that is served.
//!
//! What it shows comes from whoever runs the server, as a [`DashboardApi`]. Whoever presses its buttons
//! must come from this page: the request carries a token that is new at each run and that no
//! other site can read, and its `Origin` is this server.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use pingmark_core::html::escaped;

use super::hosts::same_origin;
use super::{mime, web};

/// Where the desk stands.
pub(super) const DESK: &str = "/__pingmark/";
/// Where its buttons lead.
pub(super) const ACTION: &str = "/__pingmark/mention";
/// Longest request of a button, in bytes.
pub(super) const MAX_ACTION: u64 = 4096;
/// The header that carries the token.
const TOKEN: &str = "x-pingmark-token";

/// What the desk shows and does.
pub trait DashboardApi: Send + Sync + std::fmt::Debug {
    /// The blog's title and language.
    fn blog(&self) -> (String, String);
    /// The posts, with states and problems.
    fn posts(&self) -> Value;
    /// One post: its texts and previews, who cites it and whom it cites.
    fn post(&self, slug: &str) -> Option<Value>;
    /// How long a text is on a network.
    fn count(&self, network: &str, text: &str) -> Option<Value>;
    /// The mentions that wait.
    fn mentions(&self) -> Value;
    /// A month of the calendar, `2026-12`, or the present one.
    fn calendar(&self, month: Option<&str>) -> Option<Value>;
    /// Does something with a mention: `approve`, `reject`, `spam` or `block`. Tells what was
    /// done, or why not.
    fn act(&self, action: &str, id: &str) -> Result<String, String>;
}

/// A desk, and the token of this run.
#[derive(Clone, Debug)]
pub(super) struct DashboardState {
    pub api: Arc<dyn DashboardApi>,
    pub token: Arc<str>,
}

/// The routes of the desk.
pub(super) fn router(state: DashboardState) -> Router {
    let mut router = Router::new();
    for (name, text) in web::DASHBOARD_FILES {
        let mime = mime::of(name);
        let file = move || async move { ([(header::CONTENT_TYPE, mime)], text) };
        router = router.route(&format!("{DESK}{name}"), get(file));
    }
    router
        .route(DESK, get(page))
        .route("/__pingmark/posts.json", get(data))
        .route("/__pingmark/post.json", get(data))
        .route("/__pingmark/count.json", get(data))
        .route("/__pingmark/mentions.json", get(data))
        .route("/__pingmark/calendar.json", get(data))
        .route(ACTION, post(act))
        .with_state(state)
}

/// The page itself. It may not be framed, and loads nothing but from here.
async fn page(State(state): State<DashboardState>) -> Response {
    let (title, lang) = state.api.blog();
    let text = web::DASHBOARD
        .replace("{title}", &escaped(&title))
        .replace("{lang}", if lang.starts_with("fr") { "fr" } else { "en" })
        .replace("{token}", &escaped(&state.token));
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; \
                  connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Whether a request comes from a page of another site, as far as it says.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text("host").unwrap_or_default();
    text("origin").is_some_and(|origin| !same_origin(origin, host))
        || text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

fn said(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn refused(status: StatusCode, reason: &str) -> Response {
    (status, said(&json!({"error": reason}))).into_response()
}

/// Work that takes a while, beside the threads that answer.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

async fn data(State(state): State<DashboardState>, request: Parts) -> Response {
    if is_foreign(&request.headers) {
        return refused(StatusCode::FORBIDDEN, "Only pages of this server may ask.");
    }
    let path = request.uri.path().to_owned();
    let query = request.uri.query().unwrap_or_default().to_owned();
    let found = apart(move || {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let desk = &state.api;
        match path.rsplit('/').next().unwrap_or_default() {
            "posts.json" => Some(desk.posts()),
            "post.json" => desk.post(value("slug")?),
            "count.json" => desk.count(value("network")?, value("text").unwrap_or_default()),
            "mentions.json" => Some(desk.mentions()),
            "calendar.json" => desk.calendar(value("month")),
            _ => None,
        }
    });
    match found.await.flatten() {
        Some(value) => said(&value),
        None => refused(StatusCode::NOT_FOUND, "There is nothing here."),
    }
}

/// A button was pressed.
async fn act(State(state): State<DashboardState>, request: Request) -> Response {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").unwrap_or_default().to_owned();
    // Browsers send an Origin with every POST; without one, it is no browser of the person's.
    let is_ours = text("origin").is_some_and(|origin| same_origin(origin, &host));
    if !is_ours || is_foreign(headers) {
        return refused(StatusCode::FORBIDDEN, "Only the desk itself may do this.");
    }
    if text(TOKEN).is_none_or(|token| !same_token(token, &state.token)) {
        return refused(
            StatusCode::FORBIDDEN,
            "The desk was opened before the server was started again; reload it.",
        );
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_ACTION as usize).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "That is too long.");
    };
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "That is no JSON.");
    };
    let word = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let (action, id) = (word("action"), word("id"));
    match apart(move || state.api.act(&action, &id)).await {
        Some(Ok(done)) => said(&json!({"done": done})),
        Some(Err(reason)) => refused(StatusCode::CONFLICT, &reason),
        None => refused(StatusCode::INTERNAL_SERVER_ERROR, "It failed."),
    }
}

/// Compares in the same time wherever they differ.
fn same_token(given: &str, token: &str) -> bool {
    given.len() == token.len() && given.bytes().zip(token.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

//! The author's dashboard: its page, its data and its actions.
//!
//! The data come from a [`DashboardApi`]. An action is accepted only from the dashboard's own page:
//! the request must carry a token, which is new at each run and which no other site can read, and
//! its `Origin` must be this server. Nothing of it is given to clients on other machines, unless the
//! author has named their addresses (`access`).

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Extension, Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use pingmark_core::html::escaped;

use super::connection::Client;
use super::hosts::same_origin;
use super::{mime, web};

/// Path of the dashboard.
pub(super) const DASHBOARD_PATH: &str = "/__pingmark/";
/// Path for actions.
pub(super) const ACTION: &str = "/__pingmark/mention";
/// Largest request body of an action, in bytes.
pub(super) const MAX_ACTION: u64 = 4096;
/// Header with the token.
pub(super) const TOKEN: &str = "x-pingmark-token";

/// Data and actions of the dashboard.
pub trait DashboardApi: Send + Sync + std::fmt::Debug {
    /// Title and language of the blog.
    fn blog(&self) -> (String, String);
    /// Posts with their states and problems.
    fn posts(&self) -> Value;
    /// One post: share texts, previews, backlinks and cited posts.
    fn post(&self, slug: &str) -> Option<Value>;
    /// Length of a text as a network counts it.
    fn count(&self, network: &str, text: &str) -> Option<Value>;
    /// Pending mentions.
    fn mentions(&self) -> Value;
    /// What posts told to other sites, newest first.
    fn told(&self) -> Value;
    /// Calendar of a month such as `2026-12`, or of the current one.
    fn calendar(&self, month: Option<&str>) -> Option<Value>;
    /// Moderates a mention; `action` is `approve`, `reject`, `spam` or `block`. Both results are
    /// messages for the author.
    fn act(&self, action: &str, id: &str) -> Result<String, String>;
}

/// State of the routes: the API and the token of this run.
#[derive(Clone, Debug)]
pub(super) struct DashboardState {
    pub api: Arc<dyn DashboardApi>,
    pub token: Arc<str>,
}

/// Routes of the dashboard.
pub(super) fn router(state: DashboardState) -> Router {
    let mut router = Router::new();
    for (name, text) in web::DASHBOARD_FILES {
        let mime = mime::of(name);
        let file = move || async move { ([(header::CONTENT_TYPE, mime)], text) };
        router = router.route(&format!("{DASHBOARD_PATH}{name}"), get(file));
    }
    router
        .route(DASHBOARD_PATH, get(page))
        .route("/__pingmark/posts.json", get(data))
        .route("/__pingmark/post.json", get(data))
        .route("/__pingmark/count.json", get(data))
        .route("/__pingmark/mentions.json", get(data))
        .route("/__pingmark/told.json", get(data))
        .route("/__pingmark/calendar.json", get(data))
        .route(ACTION, post(act))
        .layer(middleware::from_fn(for_author))
        .with_state(state)
}

/// Rejects clients that are not the author. The message names the address to open the dashboard to,
/// for the author who reads it on another device.
async fn for_author(Extension(client): Extension<Client>, request: Request, next: Next) -> Response {
    if client.sends_as_author(request.headers()) {
        return next.run(request).await;
    }
    let reason = match client.is_author {
        true => "The dashboard does not answer through a proxy.\n".to_owned(),
        false => format!(
            "The dashboard answers only programs on the machine that runs it. To open it to this one: \
             pingmark serve --desk-from {}\n",
            client.address
        ),
    };
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], reason).into_response()
}

/// Serves the page. Its policy forbids framing and loading anything but images from elsewhere.
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

/// Whether the headers of a request show that it comes from a page of another site.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text("host").unwrap_or_default();
    text("origin").is_some_and(|origin| !same_origin(origin, host))
        || text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

fn json_response(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn error_response(status: StatusCode, reason: &str) -> Response {
    (status, json_response(&json!({"error": reason}))).into_response()
}

/// Runs slow work on a thread of its own. `None` if it panics.
async fn run_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

async fn data(State(state): State<DashboardState>, request: Parts) -> Response {
    if is_foreign(&request.headers) {
        return error_response(StatusCode::FORBIDDEN, "Only pages of this server may read this.");
    }
    let path = request.uri.path().to_owned();
    let query = request.uri.query().unwrap_or_default().to_owned();
    let found = run_blocking(move || {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let api = &state.api;
        match path.rsplit('/').next().unwrap_or_default() {
            "posts.json" => Some(api.posts()),
            "post.json" => api.post(value("slug")?),
            "count.json" => api.count(value("network")?, value("text").unwrap_or_default()),
            "mentions.json" => Some(api.mentions()),
            "told.json" => Some(api.told()),
            "calendar.json" => api.calendar(value("month")),
            _ => None,
        }
    });
    match found.await.flatten() {
        Some(value) => json_response(&value),
        None => error_response(StatusCode::NOT_FOUND, "Not found."),
    }
}

/// Handles an action.
async fn act(State(state): State<DashboardState>, request: Request) -> Response {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").unwrap_or_default().to_owned();
    // Browsers send an `Origin` with every POST request.
    let is_ours = text("origin").is_some_and(|origin| same_origin(origin, &host));
    if !is_ours || is_foreign(headers) {
        return error_response(StatusCode::FORBIDDEN, "Only the dashboard may do this.");
    }
    if text(TOKEN).is_none_or(|token| !same_token(token, &state.token)) {
        return error_response(
            StatusCode::FORBIDDEN,
            "The server was restarted after this page was opened; reload the page.",
        );
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_ACTION as usize).await else {
        return error_response(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.");
    };
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return error_response(StatusCode::BAD_REQUEST, "The request is not valid JSON.");
    };
    let text_of = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (action, id) = (text_of("action"), text_of("id"));
    match run_blocking(move || state.api.act(&action, &id)).await {
        Some(Ok(done)) => json_response(&json!({"done": done})),
        Some(Err(reason)) => error_response(StatusCode::CONFLICT, &reason),
        None => error_response(StatusCode::INTERNAL_SERVER_ERROR, "Internal error."),
    }
}

/// Compares tokens in constant time, so that the time says nothing about the secret.
fn same_token(given: &str, token: &str) -> bool {
    given.len() == token.len() && given.bytes().zip(token.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

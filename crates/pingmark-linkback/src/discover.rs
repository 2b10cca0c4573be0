//! Which endpoint a page names.

use pingmark_http::{Failure, Fetch, Request, Response};
use url::Url;

use crate::{Page, charset, link_header};

/// Where a page wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Webmention endpoint.
    Webmention(String),
    /// XML-RPC server for pingbacks.
    Pingback(String),
    /// Nowhere.
    None,
}

/// Why no endpoint could be looked for.
#[derive(Debug)]
pub enum DiscoverError {
    /// No response came.
    Failed(Failure),
    /// The page answers with a status that is no success.
    Status(Response),
}

/// Protocols that are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocols {
    /// Webmention.
    pub webmention: bool,
    /// Pingback.
    pub pingback: bool,
}

/// Fetches a page and looks for its endpoint: a webmention endpoint first, else a pingback server.
pub fn discover(fetch: &dyn Fetch, target: &str, protocols: Protocols) -> Result<Endpoint, DiscoverError> {
    let request = Request::get(target).accept("text/html, application/xhtml+xml;q=0.9, */*;q=0.1");
    let response = fetch.fetch(&request).map_err(DiscoverError::Failed)?;
    if !response.is_success() {
        return Err(DiscoverError::Status(response));
    }
    Ok(endpoint_of(&response, protocols))
}

/// The endpoint that a response names: in its headers, else in its HTML.
pub fn endpoint_of(response: &Response, protocols: Protocols) -> Endpoint {
    let Ok(url) = Url::parse(&response.url) else { return Endpoint::None };
    let is_html = matches!(response.media_type().as_str(), "text/html" | "application/xhtml+xml");
    let text = if is_html { charset::text(response) } else { String::new() };
    if protocols.webmention {
        let links = response.headers_named("link").flat_map(link_header::parse);
        let header = links.into_iter().find(|link| link.has_rel("webmention"));
        let found = match header {
            Some(link) => url.join(&link.target).ok().map(String::from),
            None if is_html => Page::parse(&text, &url).webmention_endpoint(),
            None => None,
        };
        if let Some(endpoint) = found {
            return Endpoint::Webmention(endpoint);
        }
    }
    if protocols.pingback {
        // The header is absolute and wins (section 2.1), whatever the type of the page is.
        let found = response.header("x-pingback").map(|url| url.trim().to_owned());
        let found = found.or_else(|| pingback_link(&text)).and_then(|found| Url::parse(&found).ok());
        if let Some(endpoint) = found {
            return Endpoint::Pingback(endpoint.into());
        }
    }
    Endpoint::None
}

/// First match of `<link rel="pingback" href="([^"]+)" ?/?>`, the expression of the specification. It asks
/// clients not to be more lenient.
fn pingback_link(html: &str) -> Option<String> {
    const START: &str = "<link rel=\"pingback\" href=\"";
    html.match_indices(START).find_map(|(at, _)| {
        let (href, after) = html[at + START.len()..].split_once('"')?;
        let after = after.strip_prefix(' ').unwrap_or(after);
        let ends = after.strip_prefix('/').unwrap_or(after).starts_with('>');
        // `&amp;` last, so that nothing is expanded twice.
        let expanded =
            || href.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        (ends && !href.is_empty()).then(expanded)
    })
}

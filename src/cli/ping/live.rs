//! Is the page online as it should be told?

use pingmark_core::address::UrlKey;
use pingmark_http::{Fetch, Request, Response};
use pingmark_linkback::ledger::Due;
use pingmark_linkback::{Page, charset};
use url::Url;

/// What the published page shows of the links that are due.
pub(super) struct Live {
    /// Links to be told.
    pub(super) due: Vec<Due>,
    /// Links that ask not to be followed.
    pub(super) nofollow: Vec<String>,
    /// Links that the page does not show as the site has them.
    pub(super) missing: Vec<String>,
}

/// Looks at the page of a post that is published. `Err` says why nothing of it can be told.
pub(super) fn published(fetch: &dyn Fetch, source: &str, due: &[Due]) -> Result<Live, String> {
    let response = fetch
        .fetch(&Request::get(source).accept("text/html"))
        .map_err(|failure| failure.cause.to_string())?;
    let url = straight(&response, source)?;
    if response.status != 200 {
        return Err(format!("the page answers with status {}", response.status));
    }
    let page = Page::parse(&charset::text(&response), &url);
    if page.is_tombstone() {
        return Err("the page says that it is gone".into());
    }
    if let Some(canonical) = page.canonical().filter(|canonical| canonical != source) {
        return Err(format!("the page calls itself {canonical}"));
    }
    let links = page.links();
    let keys: Vec<(Option<UrlKey>, bool)> =
        links.iter().map(|link| (UrlKey::of(&link.url), link.is_nofollow)).collect();
    let mut live = Live { due: Vec::new(), nofollow: Vec::new(), missing: Vec::new() };
    for one in due {
        let key = UrlKey::of(&one.target);
        let mut shown = keys.iter().filter(|(found, _)| *found == key).peekable();
        let is_shown = shown.peek().is_some() || page.mentions(&one.target);
        let is_nofollow = is_shown && shown.peek().is_some() && shown.all(|(_, nofollow)| *nofollow);
        match (one.reason.is_removal(), is_shown) {
            (false, true) if is_nofollow => live.nofollow.push(one.target.clone()),
            (false, true) | (true, false) => live.due.push(one.clone()),
            (false, false) | (true, true) => live.missing.push(one.target.clone()),
        }
    }
    Ok(live)
}

/// Looks at the address of a post that is gone. `Ok(false)` if it redirects: the post has moved, and nothing
/// is to be withdrawn.
pub(super) fn gone(fetch: &dyn Fetch, source: &str) -> Result<bool, String> {
    let response = fetch.fetch(&Request::get(source)).map_err(|failure| failure.cause.to_string())?;
    if !response.redirects.is_empty() {
        return Ok(false);
    }
    let url = straight(&response, source)?;
    match response.status {
        410 => Ok(true),
        200 => {
            let page = Page::parse(&charset::text(&response), &url);
            if page.is_tombstone() {
                return Ok(true);
            }
            match page.canonical() {
                Some(canonical) if canonical != source => Ok(false),
                _ => Err("the page is still online".into()),
            }
        }
        404 => Err("the address answers 404, which does not say that the post was deleted; publish the page that `pingmark build` writes there".into()),
        status => Err(format!("the address answers with status {status}")),
    }
}

fn straight(response: &Response, source: &str) -> Result<Url, String> {
    if !response.redirects.is_empty() {
        return Err(format!("{source} redirects to {}", response.url));
    }
    Url::parse(&response.url).map_err(|_| "it has no address".to_owned())
}

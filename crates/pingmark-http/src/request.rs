//! A request as a value.

use std::fmt;

use url::Url;
use url::form_urlencoded::Serializer;

/// Methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "RFC 9110, section 9")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Name in a request line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Bounds of a response: redirects, time and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Redirects that are followed.
    pub redirects: u32,
    /// Time for all hops together, in seconds.
    pub seconds: u64,
    /// Bytes of the body that are read.
    pub bytes: u64,
}

impl Default for Limits {
    /// Five redirects, ten seconds and 1 MiB.
    fn default() -> Self {
        Self { redirects: 5, seconds: 10, bytes: 1 << 20 }
    }
}

/// A request, not sent yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub(crate) method: Method,
    /// Address as it was given; not checked yet.
    pub url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) secret_headers: Vec<(String, String)>,
    pub(crate) secret_query: Vec<(String, String)>,
    /// Body and its media type.
    pub body: Option<(String, Vec<u8>)>,
    pub(crate) limits: Limits,
}

impl Request {
    /// Request with any method and without a body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            secret_headers: Vec::new(),
            secret_query: Vec::new(),
            body: None,
            limits: Limits::default(),
        }
    }

    /// GET.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// POST with a body of a media type.
    pub fn post(url: impl Into<String>, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Method::Post, url).body(media_type, body)
    }

    /// POST of an `application/x-www-form-urlencoded` form.
    pub fn form(url: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        Self::post(url, "application/x-www-form-urlencoded", body)
    }

    /// Sets the body and its media type.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some((media_type.to_owned(), body.into()));
        self
    }

    /// Adds a header that may be shown and may follow redirects.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sets `Accept`.
    #[must_use]
    pub fn accept(self, types: &str) -> Self {
        self.header("Accept", types)
    }

    /// Asks for the body only if it changed: the `ETag` and `Last-Modified` of an earlier response.
    #[must_use]
    pub fn if_changed(mut self, etag: Option<&str>, last_modified: Option<&str>) -> Self {
        for (name, value) in [("If-None-Match", etag), ("If-Modified-Since", last_modified)] {
            if let Some(value) = value {
                self = self.header(name, value);
            }
        }
        self
    }

    /// Adds a header that is never shown, such as `Authorization`. The request follows no redirects.
    #[must_use]
    pub fn secret_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.secret_headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a parameter of the query that is never shown. The request follows no redirects.
    #[must_use]
    pub fn secret_query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.secret_query.push((name.to_owned(), value.into()));
        self
    }

    /// Sets what the response may cost.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Method.
    pub fn method(&self) -> Method {
        self.method
    }

    pub(crate) fn has_secret(&self) -> bool {
        !self.secret_headers.is_empty() || !self.secret_query.is_empty()
    }

    /// The address to contact: `hop` with the secret parameters, without its fragment.
    pub(crate) fn wire_url(&self, hop: &Url) -> Url {
        let mut url = hop.clone();
        url.set_fragment(None);
        if !self.secret_query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.secret_query);
        }
        url
    }
}

impl fmt::Debug for Request {
    /// Names of secret headers and parameters without their values, and the length of the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("secret_headers", &names(&self.secret_headers))
            .field("secret_query", &names(&self.secret_query))
            .field("body", &self.body.as_ref().map(|(media_type, body)| (media_type, body.len())))
            .field("limits", &self.limits)
            .finish()
    }
}

//! A response as a value.

/// A response that came from a checked address. Any status is a response: 404 and 500 are no failures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Address that answered, after all redirects.
    pub url: String,
    /// Addresses that redirected, in order.
    pub redirects: Vec<String>,
    /// Headers in the order of the response, names in lower case. Values that are not UTF-8 are decoded
    /// as ISO-8859-1.
    pub headers: Vec<(String, String)>,
    /// Body, at most as long as the limit. Empty if it was downloaded into a writer.
    pub body: Vec<u8>,
    /// Whether the body was longer than the limit and is not complete.
    pub is_cut: bool,
}

impl Response {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// First header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let is_named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(is_named).map(|(_, value)| value.as_str())
    }

    /// All headers of a name.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let is_named = move |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().filter(is_named).map(|(_, value)| value.as_str())
    }

    /// Media type in lower case and without parameters; empty if the response does not say.
    pub fn media_type(&self) -> String {
        let header = self.header("content-type").unwrap_or_default();
        header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Character encoding that `Content-Type` names.
    pub fn charset(&self) -> Option<&str> {
        let parameters = self.header("content-type")?.split(';').skip(1);
        let mut named = parameters.filter_map(|parameter| parameter.split_once('='));
        let (_, value) = named.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
        Some(value.trim().trim_matches('"'))
    }
}

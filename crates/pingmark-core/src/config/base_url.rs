//! The address of a site.

use url::{Host, Url};

use crate::address::split_host;

/// Where the site stands: scheme, host and path, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    whole: String,
    path_at: usize,
}

/// What stands for one that is not known.
impl Default for BaseUrl {
    fn default() -> Self {
        Self { whole: "http://localhost".into(), path_at: 16 }
    }
}

impl BaseUrl {
    /// Reads `https://example.org/blog/`; `None` unless it is an http(s) address with a host
    /// and without query or fragment.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        let plain = url.query().is_none() && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
            return None;
        }
        let whole = url.as_str().trim_end_matches('/').to_owned();
        let path_at = whole.len() - url.path().trim_end_matches('/').len();
        Some(Self { whole, path_at })
    }

    /// The whole address: `https://example.org/blog`.
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The path before every address of the site: empty, or `/blog`.
    pub fn path(&self) -> &str {
        &self.whole[self.path_at..]
    }

    /// `https://example.org`.
    pub fn origin(&self) -> &str {
        &self.whole[..self.path_at]
    }

    /// Its host without `www.`, and its port if that is an unusual one.
    pub fn host(&self) -> &str {
        split_host(&self.whole).map_or("", |(host, _)| host)
    }

    /// Whether it is that of a machine without a name, or of the person's own.
    pub fn is_local(&self) -> bool {
        let url = Url::parse(&self.whole).ok();
        let host = url.as_ref().and_then(Url::host);
        !matches!(host, Some(Host::Domain(name)) if name != "localhost")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_keeps_its_folder() {
        let base = BaseUrl::parse("https://Example.org/blog/").unwrap();
        assert_eq!(
            (base.as_str(), base.path(), base.origin()),
            ("https://example.org/blog", "/blog", "https://example.org")
        );
        let base = BaseUrl::parse("https://example.org").unwrap();
        assert_eq!((base.as_str(), base.path()), ("https://example.org", ""));
        for text in ["example.org", "ftp://example.org", "https://example.org/?x", "", "javascript:alert(1)"]
        {
            assert_eq!(BaseUrl::parse(text), None, "{text}");
        }
    }
}

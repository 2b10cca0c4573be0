//! Discovery of endpoints: the cases of webmention.rocks, written as our own, and Pingback's.

use std::collections::BTreeMap;

use pingmark_http::{Cause, Failure, Fetch, Request, Response};
use pingmark_linkback::discover::{Protocols, endpoint_of};
use pingmark_linkback::{Endpoint, discover};

const BOTH: Protocols = Protocols { webmention: true, pingback: true };
const PAGE: &str = "https://a.example/test/1";
const FOUND: &str = "https://a.example/test/1/webmention";

fn page(headers: &[(&str, &str)], body: &str) -> Response {
    let mut headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    headers.push(("content-type".into(), "text/html; charset=utf-8".into()));
    Response { status: 200, url: PAGE.into(), headers, body: body.into(), ..Response::default() }
}

/// Number, headers, body, endpoint.
type Case = (u8, &'static [(&'static str, &'static str)], &'static str, Option<&'static str>);

const ROCKS: &[Case] = &[
    (1, &[("link", "</test/1/webmention>; rel=webmention")], "", Some(FOUND)),
    (2, &[("link", "<https://a.example/test/1/webmention>; rel=webmention")], "", Some(FOUND)),
    (3, &[], "<link rel=\"webmention\" href=\"/test/1/webmention\">", Some(FOUND)),
    (4, &[], "<link rel=\"webmention\" href=\"https://a.example/test/1/webmention\">", Some(FOUND)),
    (5, &[], "<p><a rel=\"webmention\" href=\"/test/1/webmention\">x</a>", Some(FOUND)),
    (6, &[], "<p><a rel=\"webmention\" href=\"https://a.example/test/1/webmention\">x</a>", Some(FOUND)),
    (7, &[("LinK", "<https://a.example/test/1/webmention>; rel=webmention")], "", Some(FOUND)),
    (8, &[("link", "<https://a.example/test/1/webmention>; rel=\"webmention\"")], "", Some(FOUND)),
    (9, &[], "<link rel=\"webmention somethingelse\" href=\"/test/1/webmention\">", Some(FOUND)),
    (10, &[("link", "</test/1/webmention>; rel=\"webmention somethingelse\"")], "", Some(FOUND)),
    (
        11,
        &[("link", "</test/1/webmention>; rel=webmention")],
        "<link rel=webmention href=/error><a rel=webmention href=/error>x</a>",
        Some(FOUND),
    ),
    (
        12,
        &[],
        "<link rel=\"not-webmention\" href=\"/error\"><a rel=webmention href=/test/1/webmention>x</a>",
        Some(FOUND),
    ),
    (
        13,
        &[],
        "<!-- <a href=\"/error\" rel=\"webmention\"></a> --><a rel=webmention href=/test/1/webmention>x</a>",
        Some(FOUND),
    ),
    (
        14,
        &[],
        "<code>&lt;a href=\"/error\" rel=\"webmention\"&gt;</code><a rel=webmention href=/test/1/webmention>x</a>",
        Some(FOUND),
    ),
    (15, &[], "<link rel=\"webmention\" href=\"\">", Some(PAGE)),
    (
        16,
        &[],
        "<a rel=webmention href=/test/1/webmention>x</a><link rel=webmention href=/error>",
        Some(FOUND),
    ),
    (
        17,
        &[],
        "<link rel=webmention href=/test/1/webmention><a rel=webmention href=/error>x</a>",
        Some(FOUND),
    ),
    (
        18,
        &[("link", "</error>; rel=\"other\""), ("link", "</test/1/webmention>; rel=\"webmention\"")],
        "",
        Some(FOUND),
    ),
    (19, &[("link", "</error>; rel=\"other\", </test/1/webmention>; rel=\"webmention\"")], "", Some(FOUND)),
    (20, &[], "<link rel=\"webmention\"><a rel=webmention href=/test/1/webmention>x</a>", Some(FOUND)),
    (
        21,
        &[],
        "<link rel=webmention href=\"/test/1/webmention?query=yes&amp;b=c\">",
        Some("https://a.example/test/1/webmention?query=yes&b=c"),
    ),
    (22, &[], "<link rel=webmention href=\"1/webmention\">", Some(FOUND)),
    // Traps beside the list.
    (30, &[], "<script>'<link rel=webmention href=/error>'</script>", None),
    (31, &[], "<textarea><link rel=webmention href=/error></textarea>", None),
    (32, &[], "<title><link rel=webmention href=/error></title>", None),
    (33, &[], "<template><link rel=webmention href=/error></template>", None),
    (34, &[], "<a href=/error>rel=webmention</a><area rel=webmention href=/error>", None),
    (35, &[], "<base href=\"/test/1/\"><link rel=WebMention href=webmention>", Some(FOUND)),
    (36, &[], "<link rel=webmention href=\"javascript:alert(1)\">", None),
    (37, &[("link", "garbage, </test/1/webmention>; rel=webmention")], "", None),
];

#[test]
fn webmention_endpoints_are_found_as_webmention_rocks_asks() {
    for (number, headers, body, endpoint) in ROCKS {
        let expected = endpoint.map_or(Endpoint::None, |url| Endpoint::Webmention(url.to_owned()));
        assert_eq!(endpoint_of(&page(headers, body), BOTH), expected, "case {number}");
    }
}

/// A web of canned responses.
struct Web(BTreeMap<&'static str, Response>);

impl Fetch for Web {
    fn fetch(&self, request: &Request) -> Result<Response, Failure> {
        let missing = || Failure { url: request.url.clone(), cause: Cause::NoSuchHost("x".into()) };
        self.0.get(request.url.as_str()).cloned().ok_or_else(missing)
    }
}

#[test]
fn an_endpoint_is_relative_to_where_the_redirects_lead() {
    let mut moved = page(&[], "<link rel=webmention href=webmention/endpoint>");
    moved.url = "https://b.example/moved/here".into();
    let web = Web(BTreeMap::from([("https://a.example/23", moved)]));
    assert_eq!(
        discover(&web, "https://a.example/23", BOTH).unwrap(),
        Endpoint::Webmention("https://b.example/moved/webmention/endpoint".into())
    );
}

#[test]
fn html_is_searched_only_in_html() {
    for (media_type, found) in
        [("text/html", true), ("application/xhtml+xml", true), ("text/plain", false), ("", false)]
    {
        let mut response = page(&[], "<link rel=webmention href=/w>");
        response.headers = vec![("content-type".into(), media_type.into())];
        assert_eq!(endpoint_of(&response, BOTH) != Endpoint::None, found, "{media_type}");
    }
}

#[test]
fn pingback_servers_are_found_as_the_specification_says() {
    let header = [("x-pingback", "https://a.example/xmlrpc.php"), ("x-pingback", "https://b.example/")];
    let found = Endpoint::Pingback("https://a.example/xmlrpc.php".into());
    for (headers, body) in [
        (&header[..], ""),
        (&header[..], "<link rel=\"pingback\" href=\"https://b.example/\">"),
        (&[], "<link rel=\"pingback\" href=\"https://a.example/xmlrpc.php\">"),
        (&[], "<link rel=\"pingback\" href=\"https://a.example/xmlrpc.php\" />"),
        (&[], "x <link rel=\"pingback\" href=\"https://a.example/xmlrpc.php\"/>"),
    ] {
        assert_eq!(endpoint_of(&page(headers, body), BOTH), found, "{body}");
    }
    let query = "<link rel=\"pingback\" href=\"https://a.example/?a=1&amp;b=2\">";
    assert_eq!(endpoint_of(&page(&[], query), BOTH), Endpoint::Pingback("https://a.example/?a=1&b=2".into()));
    for body in [
        "<link rel='pingback' href='https://a.example/'>",
        "<link href=\"https://a.example/\" rel=\"pingback\">",
        "<link rel=\"pingback\" title=\"x\" href=\"https://a.example/\">",
        "<a rel=\"pingback\" href=\"https://a.example/\">",
        "<link rel=\"pingback\" href=\"\">",
        "<link rel=\"pingback\" href=\"/xmlrpc.php\">",
    ] {
        assert_eq!(endpoint_of(&page(&[], body), BOTH), Endpoint::None, "{body}");
    }
    let both = [("x-pingback", "https://a.example/x"), ("link", "</w>; rel=webmention")];
    assert_eq!(endpoint_of(&page(&both, ""), BOTH), Endpoint::Webmention("https://a.example/w".into()));
    let only = Protocols { webmention: false, pingback: true };
    assert_eq!(endpoint_of(&page(&both, ""), only), Endpoint::Pingback("https://a.example/x".into()));
}

//! Addresses that are never contacted, in all spellings that programs are known to be fooled by.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pingmark_http::guard::{check_url, is_public};
use pingmark_http::{AllowedHost, Cause, Client, Fetch, Lookup, Request};

/// Addresses that are refused because of what is written in them.
const WRITTEN: &[&str] = &[
    // Loopback and this host.
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "https://127.255.255.254/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0x0.0.1/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http:127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http:///127.0.0.1/",
    " \thttp://127.0.0.1/ ",
    "ht\ntp://127.0.0.1/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]/",
    "http://[::7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:0:127.0.0.1]/",
    // Private networks.
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://192.168.257/",
    "http://3232235777/",
    "http://0xc0a80101/",
    "http://100.64.0.1/",
    "http://100.127.255.255/",
    "http://[::ffff:192.168.1.1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[fec0::1]/",
    // Link-local: the metadata of clouds.
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.0.1/",
    "http://0xa9fea9fe/",
    "http://[fe80::1]/",
    "http://[febf::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    // Tunnels and translations.
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::8.8.8.8]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:808:808::]/",
    "http://[2001::1]/",
    "http://[2001:0:53aa:64c::]/",
    // Documentation, benchmarks, multicast, reserved.
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.255/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[ff02::1]/",
    "http://[5f00::1]/",
    "http://[4000::1]/",
    // Ports.
    "http://example.org:22/",
    "http://example.org:8080/",
    "https://example.org:8443/",
    "http://example.org:25/",
    "http://example.org:6379/",
    "http://example.org:0/",
    "http://127.0.0.1:8100/",
    // User names and passwords.
    "http://user@example.org/",
    "http://user:password@example.org/",
    "http://:password@example.org/",
    "http://example.org%2F@example.net/",
    "http://127.0.0.1@example.org/",
    // Schemes.
    "file:///etc/passwd",
    "gopher://example.org/_GET",
    "ftp://example.org/",
    "dict://example.org:11211/stats",
    "ldap://example.org/",
    "javascript:alert(1)",
    "data:text/html,x",
    "ws://example.org/",
    "unix:/var/run/docker.sock",
    // No addresses at all.
    "",
    "example.org",
    "//example.org/",
    "/path",
    "http://",
    "http://[::1",
    "http://exa mple.org/",
    "http://exam\0ple.org/",
    "http://1.2.3.4.5.6.0x/",
    "http://256.256.256.256/",
];

#[test]
fn private_and_unusual_addresses_are_refused_in_all_spellings() {
    assert!(WRITTEN.len() >= 60);
    let client = Client::builder().lookup(Arc::new(NoLookup)).build();
    for url in WRITTEN {
        let failure = client.fetch(&Request::get(*url)).expect_err(url);
        assert!(failure.is_refusal(), "{url:?}: {failure}");
        assert!(!failure.cause.to_string().is_empty());
    }
    let long = format!("http://example.org/{}", "x".repeat(5000));
    assert!(matches!(client.fetch(&Request::get(long)).unwrap_err().cause, Cause::TooLong));
}

#[test]
fn public_addresses_are_not_refused() {
    for url in [
        "http://example.org/",
        "https://example.org:443/a?b=c#d",
        "http://example.org:443/",
        "https://été.example/",
        "http://93.184.216.34/",
        // Browsers read the backslash as a slash: the host is example.org.
        "http://example.org\\@127.0.0.1/",
        "http://172.15.255.255/",
        "http://172.32.0.1/",
        "http://100.63.255.255/",
        "http://192.0.1.1/",
        "http://[2606:2800:220:1:248:1893:25c8:1946]/",
        "http://[2001:200::1]/",
        "http://[::ffff:93.184.216.34]/",
    ] {
        let checked = check_url(url, &[]);
        assert!(checked.is_ok(), "{url}: {:?}", checked.err());
    }
}

#[test]
fn the_borders_of_blocks_are_exact() {
    for (inside, outside) in [
        ("10.255.255.255", "11.0.0.0"),
        ("100.64.0.0", "100.128.0.0"),
        ("127.255.255.255", "128.0.0.0"),
        ("169.254.255.255", "169.255.0.0"),
        ("172.31.255.255", "172.32.0.0"),
        ("192.0.0.255", "192.0.1.0"),
        ("192.0.2.255", "192.0.3.0"),
        ("192.168.255.255", "192.169.0.0"),
        ("198.19.255.255", "198.20.0.0"),
        ("224.0.0.0", "223.255.255.255"),
        ("2001:1ff::", "2001:200::"),
        ("2001:db8:ffff::", "2001:db9::"),
        ("2002:ffff::", "2003::"),
        ("3fff:fff::", "3fff:1000::"),
        ("::ffff:10.0.0.1", "::ffff:11.0.0.1"),
    ] {
        assert!(!is_public(inside.parse().unwrap()), "{inside} is public");
        assert!(is_public(outside.parse().unwrap()), "{outside} is not public");
    }
}

#[test]
fn exceptions_name_one_host_and_one_port() {
    for text in ["127.0.0.1", "*:8100", "127.0.0.1:*", ":8100", "127.0.0.0/8:80", "", "a b:80", "127.0.0.1:0"]
    {
        assert_eq!(AllowedHost::parse(text), None, "{text}");
    }
    let allowed = [AllowedHost::parse("127.0.0.1:8100").unwrap(), AllowedHost::parse("[::1]:81").unwrap()];
    for url in ["http://127.0.0.1:8100/x", "https://127.1:8100/", "http://[::1]:81/"] {
        assert!(check_url(url, &allowed).is_ok(), "{url}");
    }
    for url in
        ["http://127.0.0.1:8101/", "http://127.0.0.2:8100/", "http://127.0.0.1/", "http://u@127.0.0.1:8100/"]
    {
        assert!(check_url(url, &allowed).is_err(), "{url}");
    }
}

/// Fails the test if anything is looked up.
struct NoLookup;

impl Lookup for NoLookup {
    fn lookup(&self, host: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        panic!("`{host}` was looked up");
    }
}

/// A name that stands for these addresses, one set for each time it is looked up.
struct Names(Vec<Vec<&'static str>>, AtomicUsize);

impl Lookup for Names {
    fn lookup(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let number = self.1.fetch_add(1, Ordering::SeqCst);
        let addresses = &self.0[number.min(self.0.len() - 1)];
        Ok(addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), port)).collect())
    }
}

#[test]
fn names_that_stand_for_private_addresses_are_refused() {
    for addresses in [
        vec!["127.0.0.1"],
        vec!["10.1.2.3", "::1"],
        vec!["::ffff:10.0.0.1"],
        vec!["64:ff9b::a00:1"],
        vec!["169.254.169.254"],
        vec!["fd00::1"],
        vec!["0.0.0.0"],
    ] {
        let client = Client::builder().lookup(Arc::new(Names(vec![addresses], AtomicUsize::new(0)))).build();
        let failure = client.fetch(&Request::get("http://inside.example/")).unwrap_err();
        assert!(matches!(failure.cause, Cause::PrivateAddress(_)), "{failure}");
        assert!(failure.is_refusal());
    }
    let client = Client::builder().lookup(Arc::new(Names(vec![vec![]], AtomicUsize::new(0)))).build();
    let failure = client.fetch(&Request::get("http://nowhere.example/")).unwrap_err();
    assert_eq!(failure.to_string(), "http://nowhere.example/: there is no host `nowhere.example`");
}

//! Checks the `Host` header against the names of this machine.
//!
//! A page of another site can let its own name resolve to this machine (DNS rebinding) and then
//! read what is served here. Its requests carry that name, and are rejected.

use std::net::{IpAddr, Ipv6Addr};

/// The host names and addresses that requests may use.
#[derive(Clone, Debug)]
pub struct Hosts {
    names: Vec<String>,
    addresses: Vec<IpAddr>,
    any_address: bool,
}

/// Reasons to reject a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostProblem {
    /// Missing or not a valid host (RFC 9112, 3.2: 400).
    Malformed,
    /// A valid host that is not this server's.
    Unknown,
}

impl Hosts {
    /// Allows the loopback addresses, `localhost`, the interface, and further names.
    ///
    /// A server on all interfaces does not know its own addresses, so it allows every address, but
    /// still only known names: DNS rebinding works with names, not with addresses.
    pub fn new(interface: IpAddr, more: &[String]) -> Self {
        let names = std::iter::once("localhost").chain(more.iter().map(String::as_str));
        let names: Vec<String> = names.map(|name| name.trim_end_matches('.').to_ascii_lowercase()).collect();
        let mut addresses = vec![IpAddr::from([127, 0, 0, 1]), Ipv6Addr::LOCALHOST.into(), interface];
        addresses
            .extend(names.iter().filter_map(|name| name.trim_matches(['[', ']']).parse::<IpAddr>().ok()));
        Self { names, addresses, any_address: interface.is_unspecified() }
    }

    /// Checks the value of a `Host` header, or the authority of a URL.
    pub(super) fn check(&self, host: &str) -> Result<(), HostProblem> {
        match parse(host).ok_or(HostProblem::Malformed)? {
            Host::Address(address) if self.any_address || self.addresses.contains(&address) => Ok(()),
            Host::Name(name) if self.names.contains(&name) => Ok(()),
            _ => Err(HostProblem::Unknown),
        }
    }
}

#[derive(Debug, PartialEq)]
enum Host {
    Name(String),
    Address(IpAddr),
}

/// Parses `uri-host [":" port]` (RFC 9110, 7.2). Accepts only characters that occur in real host
/// names.
fn parse(text: &str) -> Option<Host> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            (Host::Address(address.into()), rest.strip_prefix(':').or(rest.is_empty().then_some("0"))?)
        }
        None => {
            let (name, port) = text.split_once(':').unwrap_or((text, "0"));
            let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
            if name.is_empty() || name.len() > 253 || !name.bytes().all(fits) {
                return None;
            }
            (name.parse().map_or(Host::Name(name), Host::Address), port)
        }
    };
    let is_port =
        port.is_empty() || (port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok());
    is_port.then_some(host)
}

/// Whether an `Origin` header has the host and port of the `Host` header (RFC 6454, 7).
pub(super) fn same_origin(origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_pass() {
        let hosts = Hosts::new([127, 0, 0, 1].into(), &["Blog.Test".to_owned()]);
        for host in
            ["localhost", "LOCALHOST:1111", "localhost.", "127.0.0.1", "[::1]:80", "blog.test:9", "[::1]"]
        {
            assert_eq!(hosts.check(host), Ok(()), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "192.168.1.2", "127.0.0.1.evil.example", "[::2]"]
        {
            assert_eq!(hosts.check(host), Err(HostProblem::Unknown), "{host}");
        }
        let malformed = [
            "",
            ":80",
            "local host",
            "a@b",
            "[::1",
            "localhost:x",
            "localhost:99999",
            "a/b",
            "::1",
            "é",
            "[x]",
        ];
        for host in malformed {
            assert_eq!(hosts.check(host), Err(HostProblem::Malformed), "{host}");
        }
    }

    #[test]
    fn on_all_interfaces_addresses_pass_and_names_do_not() {
        let hosts = Hosts::new([0, 0, 0, 0].into(), &[]);
        assert_eq!(hosts.check("192.168.1.2:1111"), Ok(()));
        assert_eq!(hosts.check("rebound.example"), Err(HostProblem::Unknown));
    }

    #[test]
    fn an_origin_must_have_the_requested_host_and_port() {
        assert!(same_origin("http://localhost:1111", "localhost:1111"));
        for origin in ["http://localhost:2222", "http://evil.example", "null", "", "file://localhost:1111"] {
            assert!(!same_origin(origin, "localhost:1111"), "{origin}");
        }
    }
}

//! Which addresses may be contacted.
//!
//! Receives an address as text, or an IP address. Gives its parsed form, or the [`Cause`] of its refusal.
//! Uses the url package, which reads hosts as browsers do: `0x7f.1`, `2130706433` and `①②⑦.0.0.1` are all
//! 127.0.0.1. Never looks a name up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::Cause;

/// Longest address that is contacted, in bytes.
pub const MAX_URL: usize = 4096;

/// Host and port that may be contacted although they are private or unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host<String>,
    port: u16,
}

impl AllowedHost {
    /// Parses `127.0.0.1:8100`, `[::1]:8100` or `laboratory.test:8100`. `None` unless there are both a host
    /// and a port: there is no entry for all ports or all hosts.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.trim().rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let host = Host::parse(host).ok().filter(|host| !host.to_string().contains('*'))?;
        Some(Self { host, port })
    }

    fn is_of(&self, url: &Url) -> bool {
        let host = url.host().map(|host| host.to_owned());
        host.as_ref() == Some(&self.host) && url.port_or_known_default() == Some(self.port)
    }
}

/// Parses an address and checks all that is written in it: its length, scheme, port and user name, and its
/// host if that is an IP address.
pub fn check_url(text: &str, allowed: &[AllowedHost]) -> Result<Url, Cause> {
    if text.len() > MAX_URL {
        return Err(Cause::TooLong);
    }
    let url = Url::parse(text.trim()).map_err(|_| Cause::NotAnAddress)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Cause::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Cause::Credentials);
    }
    if url.as_str().len() > MAX_URL {
        return Err(Cause::TooLong);
    }
    if is_allowed(&url, allowed) {
        return Ok(url);
    }
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        return Err(Cause::Port(port));
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err(Cause::NotAnAddress),
    };
    match literal.filter(|address| !is_public(*address)) {
        Some(address) => Err(Cause::PrivateAddress(address)),
        None => Ok(url),
    }
}

/// Whether the host and the port of an address are on the list.
pub fn is_allowed(url: &Url, allowed: &[AllowedHost]) -> bool {
    allowed.iter().any(|one| one.is_of(url))
}

/// Whether an IP address belongs to a host on the public internet. Tunnels and translations that lead to
/// an IPv4 address are not public, whatever that address is; an IPv4-mapped address is judged by the
/// address inside.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inside) => is_public_v4(inside),
            None => is_public_v6(address),
        },
    }
}

/// IANA's registry of special-purpose IPv4 addresses (RFC 6890 and later), and multicast.
fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127, ..]                  // this network, private, loopback
            | [100, 64..=127, ..]           // shared by carriers
            | [169, 254, ..]                // link-local: metadata of clouds
            | [172, 16..=31, ..]            // private
            | [192, 0, 0 | 2, _]            // protocol assignments, documentation
            | [192, 88, 99, _]              // 6to4 relays
            | [192, 168, ..]                // private
            | [198, 18..=19, ..]            // benchmarks
            | [198, 51, 100, _]             // documentation
            | [203, 0, 113, _]              // documentation
            | [224..=255, ..] // multicast, reserved, broadcast
    )
}

/// Global unicast is 2000::/3; everything else is special, and so are some blocks inside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_unicast = first & 0xe000 == 0x2000;
    let is_special = match first {
        // Protocol assignments with Teredo and ORCHID; documentation.
        0x2001 => second < 0x0200 || second == 0x0db8,
        // 6to4.
        0x2002 => true,
        // Documentation, RFC 9637.
        0x3fff => second < 0x1000,
        _ => false,
    };
    is_unicast && !is_special
}

//! Who may use the author's dashboard: clients on this machine, and addresses that the author names.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Addresses whose clients may use the dashboard, besides those of this machine.
#[derive(Clone, Debug, Default)]
pub struct DashboardAccess {
    /// Single addresses and ranges.
    pub ranges: Vec<AddressRange>,
}

/// An address, or all addresses with the same first bits: `192.168.1.7`, `192.168.1.0/24`, `fe80::/10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    address: IpAddr,
    /// Number of bits that must be equal.
    bits: u8,
}

impl DashboardAccess {
    /// Whether a client with this address may use the dashboard. `address` is that of the connection:
    /// the `Host` header is what the client likes it to be.
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.ranges.iter().any(|range| range.contains(address))
    }
}

impl AddressRange {
    /// Whether an address is in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let differs = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                own.to_bits().checked_shr(32 - u32::from(self.bits)).unwrap_or(0)
                    != other.to_bits().checked_shr(32 - u32::from(self.bits)).unwrap_or(0)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                own.to_bits().checked_shr(128 - u32::from(self.bits)).unwrap_or(0)
                    != other.to_bits().checked_shr(128 - u32::from(self.bits)).unwrap_or(0)
            }
            _ => true,
        };
        !differs
    }
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write it as 192.168.1.7, 192.168.1.0/24 or fe80::/10".to_owned();
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim_matches(['[', ']']).parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?,
            None => most,
        };
        Ok(Self { address, bits })
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address, self.bits) {
            (IpAddr::V4(_), 32) | (IpAddr::V6(_), 128) => write!(f, "{}", self.address),
            (address, bits) => write!(f, "{address}/{bits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_named_addresses_are_allowed() {
        let ranges = ["192.168.1.7", "10.0.0.0/8", "fd00::/8", "[2001:db8::1]"];
        let ranges = ranges.map(|text| text.parse().unwrap()).to_vec();
        let access = DashboardAccess { ranges };
        let allows = |address: &str| access.allows(address.parse().unwrap());
        for address in
            ["127.0.0.1", "127.8.8.8", "::1", "192.168.1.7", "10.200.3.4", "fd12::1", "2001:db8::1"]
        {
            assert!(allows(address), "{address}");
        }
        for address in ["192.168.1.8", "11.0.0.1", "172.17.0.1", "fe80::1", "2001:db8::2", "0.0.0.0", "::"] {
            assert!(!allows(address), "{address}");
        }
        let all = DashboardAccess { ranges: vec!["0.0.0.0/0".parse().unwrap()] };
        assert!(all.allows([8, 8, 8, 8].into()) && !all.allows("fe80::1".parse().unwrap()));
    }

    #[test]
    fn an_address_is_written_with_or_without_a_number_of_bits() {
        for text in ["192.168.1.7", "192.168.1.0/24", "fe80::/10", "::1"] {
            assert_eq!(text.parse::<AddressRange>().unwrap().to_string(), text);
        }
        for text in ["", "phone", "192.168.1.7/33", "192.168.1.7/", "fe80::/x", "::1/129"] {
            assert!(text.parse::<AddressRange>().is_err(), "{text}");
        }
    }
}

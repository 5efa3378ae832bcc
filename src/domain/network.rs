//! Networks, and where a request behind a proxy comes from.

use std::{fmt, net::IpAddr, str::FromStr};

use super::invalid::Invalid;

/// A network such as `10.0.0.0/8` or `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - self.bits;
                own.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - self.bits;
                own.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl FromStr for Network {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new(format!("`{text}` is no network: give one such as 10.0.0.0/8 or 192.0.2.1."));
        let (address, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(a, bits)| (a, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_no_address| invalid())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), |bits| bits.parse().map_err(|_no_number| invalid()))?;
        if bits > all {
            return Err(invalid());
        }
        Ok(Self { address, bits })
    }
}

impl TryFrom<String> for Network {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// Where a request comes from: the one who connected, or, when that is a trusted proxy, the last address of
/// `X-Forwarded-For` that no trusted proxy has. What others put before it anybody can invent.
pub fn client_address(peer: IpAddr, forwarded_for: Option<&str>, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    for hop in forwarded_for.unwrap_or_default().rsplit(',') {
        if !is_trusted(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn networks_hold_their_addresses() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(ip(inside)), "{network} {inside}");
            assert!(!network.contains(ip(outside)), "{network} {outside}");
        }
        for text in ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "localhost", "10.0.0.0/8/8"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        let client = |peer: &str, header: Option<&str>| client_address(ip(peer), header, &trusted).to_string();
        assert_eq!(client("198.51.100.7", None), "198.51.100.7");
        assert_eq!(client("198.51.100.7", Some("192.0.2.1")), "198.51.100.7");
        assert_eq!(client("127.0.0.1", Some("192.0.2.1")), "192.0.2.1");
        // What the client sent itself stands before what the proxy added.
        assert_eq!(client("127.0.0.1", Some("203.0.113.66, 192.0.2.1")), "192.0.2.1");
        assert_eq!(client("127.0.0.1", Some("203.0.113.66, 192.0.2.1, 10.1.1.1")), "192.0.2.1");
        assert_eq!(client("127.0.0.1", Some("10.9.9.9")), "10.9.9.9");
        assert_eq!(client("127.0.0.1", Some("192.0.2.1, nonsense")), "127.0.0.1");
        assert_eq!(client("127.0.0.1", None), "127.0.0.1");
        assert_eq!(client_address(ip("127.0.0.1"), Some("192.0.2.1"), &[]).to_string(), "127.0.0.1");
    }
}

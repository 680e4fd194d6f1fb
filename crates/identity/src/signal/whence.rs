//! Where a request comes from, as far as its address says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Whence {
    /// The /24 or /48 that the address lies in.
    pub(crate) network: Option<String>,
    /// ISO 3166-1.
    pub(crate) country: Option<String>,
    /// The autonomous system that announces the network.
    pub(crate) asn: Option<i64>,
    /// Latitude and longitude in degrees.
    pub(crate) point: Option<(f64, f64)>,
}

impl Whence {
    /// What an address says by itself.
    pub(crate) fn of(ip: Option<IpAddr>) -> Self {
        Self { network: ip.map(network), ..Self::default() }
    }
}

/// What is given to one place: an office, a household, a street of a telephone network.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => format!("{}/24", Ipv4Addr::from_bits(ip.to_bits() & 0xffff_ff00)),
        IpAddr::V6(ip) => format!("{}/48", Ipv6Addr::from_bits(ip.to_bits() >> 80 << 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one() {
        let network = |text: &str| Whence::of(Some(text.parse().unwrap())).network.unwrap();
        assert_eq!(network("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:1:2:3::4"), "2001:db8:1::/48");
    }
}

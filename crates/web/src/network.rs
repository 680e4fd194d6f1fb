//! A network of IP addresses.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::Deserialize;

/// An IP address with the number of leading bits that count: `10.0.0.0/8`, or one address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text that is no [`Network`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an IP address nor a network")]
pub struct NetworkError;

impl Network {
    /// Whether the address belongs to the network.
    ///
    /// An IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) counts as the IPv4 address it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (network, address) = (bits(self.address), bits(address.to_canonical()));
        let (Some(network), Some(address)) = (network.leading(self.prefix), address.leading(self.prefix))
        else {
            return false;
        };
        network == address
    }
}

/// An address as a number, left-aligned, with its width in bits.
struct Bits {
    number: u128,
    width: u8,
}

fn bits(address: IpAddr) -> Bits {
    match address {
        IpAddr::V4(v4) => Bits { number: u128::from(v4.to_bits()) << 96, width: 32 },
        IpAddr::V6(v6) => Bits { number: v6.to_bits(), width: 128 },
    }
}

impl Bits {
    /// The width and the leading bits; none when there are fewer.
    fn leading(&self, prefix: u8) -> Option<(u8, u128)> {
        let dropped = 128 - u32::from(prefix);
        (prefix <= self.width).then(|| (self.width, self.number.checked_shr(dropped).unwrap_or(0)))
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| NetworkError)?)),
            None => (text, None),
        };
        let address = address.parse().map_err(|_| NetworkError)?;
        let width = bits(address).width;
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return Err(NetworkError);
        }
        Ok(Self { address, prefix })
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(address: &str, network: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_contains_its_addresses_and_no_others() {
        assert!(is_in("10.255.0.1", "10.0.0.0/8"));
        assert!(!is_in("11.0.0.1", "10.0.0.0/8"));
        assert!(is_in("192.0.2.7", "192.0.2.7"));
        assert!(!is_in("192.0.2.8", "192.0.2.7"));
        assert!(is_in("2001:db8::9", "2001:db8::/32"));
        assert!(!is_in("2001:db9::9", "2001:db8::/32"));
    }

    #[test]
    fn everything_of_one_family_contains_none_of_the_other() {
        assert!(is_in("203.0.113.1", "0.0.0.0/0"));
        assert!(!is_in("2001:db8::1", "0.0.0.0/0"));
        assert!(is_in("2001:db8::1", "::/0"));
        assert!(!is_in("203.0.113.1", "::/0"));
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_known() {
        assert!(is_in("::ffff:10.0.0.1", "10.0.0.0/8"));
    }

    #[test]
    fn other_texts_are_no_networks() {
        for text in
            ["", "ten", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0/8", "10.0.0.0/8/8"]
        {
            assert_eq!(text.parse::<Network>(), Err(NetworkError), "{text}");
        }
    }
}

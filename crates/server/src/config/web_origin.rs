//! A web origin: scheme, host and port (RFC 6454).

use std::{fmt, net::Ipv6Addr, str::FromStr};

use serde::Deserialize;

use super::text::is_domain;

/// Scheme, host and port as a browser writes them in `Origin`: lower case, no default port, no path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct WebOrigin(String);

/// A text that is no [`WebOrigin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an origin")]
pub struct WebOriginError;

impl WebOrigin {
    /// The origin as text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the origin is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for WebOrigin {
    type Err = WebOriginError;

    /// Reads any case, and a slash at the end; refuses user names, paths and queries.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(WebOriginError)?;
        let default_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return Err(WebOriginError),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split_port(authority)?;
        let port =
            port.filter(|port| *port != default_port).map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{scheme}://{host}{port}")))
    }
}

/// Host and port of an authority without user name.
fn split_port(authority: &str) -> Result<(&str, Option<u16>), WebOriginError> {
    let inner_colons = authority.rfind(']').unwrap_or(0);
    let (host, port) = match authority.rfind(':').filter(|at| *at > inner_colons) {
        Some(at) => authority.split_at(at),
        None => (authority, ""),
    };
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port != 0).ok_or(WebOriginError)?)
        }
        Some(_) => return Err(WebOriginError),
        None => None,
    };
    if is_host(host) { Ok((host, port)) } else { Err(WebOriginError) }
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
        None => is_domain(host) || host.parse::<std::net::Ipv4Addr>().is_ok(),
    }
}

impl TryFrom<String> for WebOrigin {
    type Error = WebOriginError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_a_browser_writes_it() {
        for (given, kept) in [
            ("https://App.Example.com/", "https://app.example.com"),
            ("https://example.com:443", "https://example.com"),
            ("http://example.com:443", "http://example.com:443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[::1]", "http://[::1]"),
        ] {
            assert_eq!(given.parse::<WebOrigin>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn anything_more_or_less_than_an_origin_is_refused() {
        for text in [
            "",
            "*",
            "null",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://example.com/app",
            "https://u:p@example.com",
            "https://example.com?x",
            "https://example.com:0",
            "https://example.com:",
            "https://example.com:99999",
            "https://example.com:+1",
            "https://[::1",
            "https://a b",
        ] {
            assert_eq!(text.parse::<WebOrigin>(), Err(WebOriginError), "{text}");
        }
    }
}

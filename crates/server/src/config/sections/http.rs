use std::net::SocketAddr;

use secrecy::SecretString;
use serde::Deserialize;

use crate::config::{Network, WebOrigin, optional, setting::Setting, text};

/// `[http]`: addresses, limits and trust of the HTTP server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The origin that people reach the server at, if it is not the address; see [`Http::public_origin`].
    #[serde(deserialize_with = "optional::parsed")]
    pub public_url: Option<WebOrigin>,
    /// Tenants answer at `{slug}.<base_domain>`, and always at `{slug}.localhost`.
    pub base_domain: String,
    /// The largest request body, in bytes.
    pub body_limit_bytes: usize,
    /// How long a request may take, in seconds.
    pub request_timeout_seconds: u64,
    /// How long open requests may go on after the signal to stop, in seconds.
    pub drain_seconds: u64,
    /// The web origins that browsers may call the API from (CORS).
    pub allowed_origins: Vec<WebOrigin>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// A separate address for `/metrics` and `/health/detailed`.
    #[serde(deserialize_with = "optional::parsed")]
    pub operations_listen: Option<SocketAddr>,
    /// The bearer token for `/metrics` and `/health/detailed` on the main address.
    #[serde(deserialize_with = "optional::secret")]
    pub operations_token: Option<SecretString>,
}

impl Http {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::text("http.listen", text::ADDRESS),
        Setting::optional("http.public_url", text::ORIGIN),
        Setting::text("http.base_domain", text::DOMAIN),
        Setting::number("http.body_limit_bytes", 1_024, 104_857_600),
        Setting::number("http.request_timeout_seconds", 1, 600),
        Setting::number("http.drain_seconds", 0, 300),
        Setting::list("http.allowed_origins", text::ORIGIN),
        Setting::list("http.trusted_proxies", text::NETWORK),
        Setting::optional("http.operations_listen", text::ADDRESS),
        Setting::optional("http.operations_token", text::TOKEN).secret(),
    ];

    /// The origin that people reach the server at, without a slash at the end: `public_url`, else the address that
    /// the server got when it bound `listen`.
    ///
    /// Nobody can visit `0.0.0.0`, so an address of all interfaces becomes `localhost`.
    pub fn public_origin(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(origin) => origin.to_string(),
            None if bound.ip().is_unspecified() => format!("http://localhost:{}", bound.port()),
            None => format!("http://{bound}"),
        }
    }
}

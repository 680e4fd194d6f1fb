use secrecy::SecretString;
use serde::Deserialize;

use crate::config::{WebOrigin, optional, setting::Setting, text};

/// `[telemetry]`: what the server tells other programs of its work. Everything is off unless an address is set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// The OpenTelemetry collector that traces are sent to (OTLP over HTTP).
    #[serde(deserialize_with = "optional::parsed")]
    pub otlp_endpoint: Option<WebOrigin>,
    /// How many of a hundred traces are sent.
    pub trace_percent: u8,
    /// The Sentry project that errors are reported to.
    #[serde(deserialize_with = "optional::secret")]
    pub sentry_dsn: Option<SecretString>,
}

impl Telemetry {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::optional("telemetry.otlp_endpoint", text::ORIGIN),
        Setting::number("telemetry.trace_percent", 0, 100),
        Setting::optional("telemetry.sentry_dsn", text::SENTRY_DSN).secret(),
    ];
}

use secrecy::SecretString;
use serde::Deserialize;

use crate::config::{optional, setting::Setting, text};

/// `[mail]`: how messages get to people. Without a mail server they are captured to disk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server.
    #[serde(deserialize_with = "optional::secret")]
    pub smtp_url: Option<SecretString>,
    /// Whom messages are from.
    #[serde(deserialize_with = "optional::parsed")]
    pub from: Option<String>,
    /// How many captured messages of each tenant are kept.
    pub captured_per_tenant: usize,
}

impl Mail {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::optional("mail.smtp_url", text::SMTP_URL).secret().alias("TENANTRY_SMTP_URL"),
        Setting::optional("mail.from", text::SENDER),
        Setting::number("mail.captured_per_tenant", 1, 10_000),
    ];
}

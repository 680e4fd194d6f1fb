use serde::Deserialize;

use crate::config::{setting::Setting, text};

/// `[outgoing]`: requests to addresses that tenants have chosen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outgoing {
    /// Hosts that may be in a private network, and may be asked without TLS.
    pub private_hosts: Vec<String>,
}

impl Outgoing {
    pub(in crate::config) const SETTINGS: &[Setting] = &[Setting::list("outgoing.private_hosts", text::HOST)];
}

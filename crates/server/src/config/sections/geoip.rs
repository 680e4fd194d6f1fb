use std::path::PathBuf;

use serde::Deserialize;

use crate::config::{optional, setting::Setting, text};

/// `[geoip]`: where addresses of the network lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geoip {
    /// A database of countries or cities in MaxMind's format.
    #[serde(deserialize_with = "optional::parsed")]
    pub database: Option<PathBuf>,
    /// A database of autonomous systems in MaxMind's format.
    #[serde(deserialize_with = "optional::parsed")]
    pub asn_database: Option<PathBuf>,
}

impl Geoip {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::optional("geoip.database", text::PATH),
        Setting::optional("geoip.asn_database", text::PATH),
    ];
}

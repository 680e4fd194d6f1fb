use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::config::{optional, setting::Setting, text};

/// `[keys]`: the master key that wraps every tenant's keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The key itself: 32 bytes in standard base64 with padding.
    #[serde(deserialize_with = "optional::secret")]
    pub master_key: Option<SecretString>,
    /// The file that holds the key, made on first start; `master.key` in the data folder unless set.
    ///
    /// Not used when [`Keys::master_key`] is set.
    pub master_key_file: PathBuf,
}

impl Keys {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::optional("keys.master_key", text::MASTER_KEY).secret(),
        Setting::optional("keys.master_key_file", text::PATH),
    ];
}

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::config::{optional, setting::Setting, text};

/// `[bootstrap]`: the first super admin. Either both are set or none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// The e-mail address of the first super admin; without it the first start makes one and prints it once.
    #[serde(deserialize_with = "optional::parsed")]
    pub super_admin_email: Option<String>,
    /// The password of the first super admin.
    #[serde(deserialize_with = "optional::secret")]
    pub super_admin_password: Option<SecretString>,
}

impl Bootstrap {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::optional("bootstrap.super_admin_email", text::EMAIL).alias("TENANTRY_SUPER_ADMIN_EMAIL"),
        Setting::optional("bootstrap.super_admin_password", text::PASSWORD)
            .secret()
            .alias("TENANTRY_SUPER_ADMIN_PASSWORD"),
    ];

    /// Whether the password, if there is one, has at least this many characters.
    pub(in crate::config) fn has_password_of(&self, least: usize) -> bool {
        let password = self.super_admin_password.as_ref();
        password.is_none_or(|password| password.expose_secret().chars().count() >= least)
    }
}

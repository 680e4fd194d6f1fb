use serde::Deserialize;

use crate::config::setting::Setting;

/// `[tokens]`: how long tokens and sessions live.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The life of an access token, in minutes.
    pub access_minutes: u32,
    /// The life of a refresh token that is not used, in days.
    pub refresh_days: u32,
    /// The life of a session however much it is used, in days.
    pub session_absolute_days: u32,
    /// The life of a session that is not used, in days.
    pub session_idle_days: u32,
    /// How long a refresh token that was just exchanged may come again without being taken for stolen, in seconds.
    pub refresh_grace_seconds: u32,
}

impl Tokens {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::number("tokens.access_minutes", 1, 60),
        Setting::number("tokens.refresh_days", 1, 365),
        Setting::number("tokens.session_absolute_days", 1, 365),
        Setting::number("tokens.session_idle_days", 1, 365),
        Setting::number("tokens.refresh_grace_seconds", 0, 60),
    ];
}

use serde::Deserialize;

use crate::config::setting::Setting;

/// `[history]`: how long what has happened is kept. The audit trail stays.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The days that attempts to sign in are kept. No fewer than what is unusual about the next one is judged by.
    pub sign_ins_days: u16,
    /// The days that decisions of the policy engine are kept.
    pub decisions_days: u16,
}

impl History {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::number("history.sign_ins_days", 90, 3660),
        Setting::number("history.decisions_days", 7, 3660),
    ];
}

use serde::Deserialize;

use crate::config::setting::Setting;

/// `[lockout]`: what failed sign-ins lead to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lockout {
    /// The number of failures in a row that locks an account.
    pub threshold: u32,
    /// How long a locked account stays locked, in minutes.
    pub lock_minutes: u32,
    /// The delay after the first failure that is delayed, in milliseconds; it doubles with each further one.
    pub base_delay_ms: u64,
    /// The number of failures from one IP address after which that address is delayed.
    pub ip_threshold: u32,
}

impl Lockout {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::number("lockout.threshold", 1, 100),
        Setting::number("lockout.lock_minutes", 1, 1_440),
        Setting::number("lockout.base_delay_ms", 0, 10_000),
        Setting::number("lockout.ip_threshold", 1, 10_000),
    ];
}

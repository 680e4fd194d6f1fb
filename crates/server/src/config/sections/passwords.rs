use serde::Deserialize;

use crate::config::setting::Setting;

/// `[passwords]`: the rules for passwords, and the work of hashing them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    /// The fewest characters.
    pub min_length: usize,
    /// The earlier passwords that must not come back.
    pub history: usize,
    /// The threads that hash passwords; 0 is one fewer than cores, at least one.
    pub hash_threads: usize,
    /// The sign-ins of one tenant that may wait for a hash; more are turned away.
    pub queue_per_tenant: usize,
}

impl Passwords {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::number("passwords.min_length", 8, 128),
        Setting::number("passwords.history", 0, 24),
        Setting::number("passwords.hash_threads", 0, 256),
        Setting::number("passwords.queue_per_tenant", 1, 10_000),
    ];
}

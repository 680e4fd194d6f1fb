use serde::Deserialize;

use crate::config::setting::Setting;

/// `[jobs]`: background work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    /// The jobs that one node does at the same time.
    pub workers: usize,
    /// How many of them may be one tenant's.
    pub per_tenant: usize,
    /// How often to look for work when nothing announces it, in milliseconds.
    pub poll_ms: u64,
    /// How long a job belongs to the node that took it before another may take it, in seconds.
    pub lease_seconds: u64,
    /// The tries before a job becomes a dead letter.
    pub max_attempts: u32,
}

impl Jobs {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::number("jobs.workers", 1, 256),
        Setting::number("jobs.per_tenant", 1, 256),
        Setting::number("jobs.poll_ms", 10, 60_000),
        Setting::number("jobs.lease_seconds", 5, 3_600),
        Setting::number("jobs.max_attempts", 1, 100),
    ];
}

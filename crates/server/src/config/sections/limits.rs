use serde::Deserialize;

use crate::config::setting::Setting;

/// `[limits]`: request rates, so that nobody can use up the server for the others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Whether the limits are kept.
    pub enabled: bool,
    /// The requests per second that one tenant may make over time.
    pub requests_per_second_per_tenant: u32,
    /// The requests that one tenant may make at once after a pause.
    pub burst: u32,
    /// The requests per second that one IP address may make, before its tenant is known.
    pub requests_per_second_per_ip: u32,
    /// The requests of one tenant that may be under way at the same time.
    pub concurrent_requests_per_tenant: u32,
    /// The requests of one IP address in an hour that make the server write to people.
    pub account_requests_per_hour_per_ip: u32,
}

impl Limits {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::flag("limits.enabled"),
        Setting::number("limits.requests_per_second_per_tenant", 1, 1_000_000),
        Setting::number("limits.burst", 1, 1_000_000),
        Setting::number("limits.requests_per_second_per_ip", 1, 1_000_000),
        Setting::number("limits.concurrent_requests_per_tenant", 1, 100_000),
        Setting::number("limits.account_requests_per_hour_per_ip", 2, 1_000),
    ];
}

//! Accounts that do not exist are slowed and "locked" like those that do, so that nobody can tell them apart.

use std::time::Duration;

use jiff::Timestamp;
use tenantry_kernel::TenantId;

use crate::lockout::{Decision, Outcome, Settings, State};

/// Failed sign-ins of addresses that have no account; in memory, bounded, forgotten when those of accounts are.
pub(crate) struct Shadows(moka::sync::Cache<(TenantId, [u8; 32]), State>);

impl Shadows {
    pub(crate) fn new(settings: Settings) -> Self {
        // A little longer: what has been forgotten then is what counts for nothing.
        let life = Duration::try_from(settings.memory()).unwrap_or_default() + Duration::from_mins(1);
        Self(moka::sync::Cache::builder().max_capacity(100_000).time_to_live(life).build())
    }

    fn key(tenant: TenantId, email: &str) -> (TenantId, [u8; 32]) {
        (tenant, tenantry_vault::hash_token(email))
    }

    pub(crate) fn state(&self, tenant: TenantId, email: &str) -> State {
        self.0.get(&Self::key(tenant, email)).unwrap_or_default()
    }

    pub(crate) fn failed(&self, tenant: TenantId, email: &str, settings: Settings, now: Timestamp) {
        let (state, _): (State, Decision) = self.state(tenant, email).after(settings, now, Outcome::Failed);
        self.0.insert(Self::key(tenant, email), state);
    }
}

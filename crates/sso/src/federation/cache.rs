//! Identity providers in memory: every sign-in page shows them.

use std::sync::Arc;
use std::time::Duration;

use tenantry_db::{Freshness, Listener, Stamp, TenantDb, Topic};
use tenantry_kernel::TenantId;

use super::model::IdentityProvider;
use super::store;

/// The providers of all tenants, as long as nothing has changed.
pub(crate) struct ProviderCache {
    entries: moka::sync::Cache<TenantId, (Arc<Vec<IdentityProvider>>, Stamp)>,
    fresh: Arc<Freshness>,
}

impl ProviderCache {
    pub(crate) fn start(listener: &Listener) -> Self {
        let idle = Duration::from_mins(10);
        Self {
            entries: moka::sync::Cache::builder().max_capacity(20_000).time_to_idle(idle).build(),
            // What an identity provider is to us is what a client is to it.
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Clients),
        }
    }

    /// The tenant's identity providers, also those that are switched off.
    pub(crate) async fn of(
        &self,
        tenant: &TenantDb,
    ) -> Result<Arc<Vec<IdentityProvider>>, tenantry_db::Error> {
        let id = tenant.tenant_id();
        if let Some((known, stamp)) = self.entries.get(&id)
            && self.fresh.is_good(stamp, Some(id))
        {
            return Ok(known);
        }
        let stamp = self.fresh.stamp(Some(id));
        let rows = tenant.read(store::list()).await?;
        let known = Arc::new(rows.into_iter().map(IdentityProvider::from).collect::<Vec<_>>());
        self.entries.insert(id, (Arc::clone(&known), stamp));
        Ok(known)
    }
}

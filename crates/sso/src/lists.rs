//! What a tenant has few of, in memory: identity providers and scopes of its own, which pages and tokens ask for every time.

use std::sync::Arc;
use std::time::Duration;

use tenantry_db::{Freshness, FromRow, Listener, Read, Stamp, TenantDb, Topic};
use tenantry_kernel::TenantId;

use crate::federation::{self, IdentityProvider};
use crate::scope::{self, Scope};

/// A list of each tenant, as long as nothing has changed.
pub(crate) struct Lists<T> {
    entries: moka::sync::Cache<TenantId, (Arc<Vec<T>>, Stamp)>,
    fresh: Arc<Freshness>,
}

impl<T: Send + Sync + 'static> Lists<T> {
    pub(crate) fn start(listener: &Listener) -> Self {
        let idle = Duration::from_mins(10);
        Self {
            entries: moka::sync::Cache::builder().max_capacity(20_000).time_to_idle(idle).build(),
            // What an identity provider is to us is what a client is to it, and scopes are what clients ask for.
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Clients),
        }
    }

    async fn get<R: FromRow + Into<T>>(
        &self,
        tenant: &TenantDb,
        rows: Read<Vec<R>>,
    ) -> Result<Arc<Vec<T>>, tenantry_db::Error> {
        let id = tenant.tenant_id();
        if let Some((known, stamp)) = self.entries.get(&id)
            && self.fresh.is_good(stamp, Some(id))
        {
            return Ok(known);
        }
        let stamp = self.fresh.stamp(Some(id));
        let known: Arc<Vec<T>> = Arc::new(tenant.read(rows).await?.into_iter().map(Into::into).collect());
        self.entries.insert(id, (Arc::clone(&known), stamp));
        Ok(known)
    }
}

impl Lists<IdentityProvider> {
    /// The tenant's identity providers, also those that are switched off.
    pub(crate) async fn of(
        &self,
        tenant: &TenantDb,
    ) -> Result<Arc<Vec<IdentityProvider>>, tenantry_db::Error> {
        self.get(tenant, federation::store::list()).await
    }
}

impl Lists<Scope> {
    /// The tenant's own scopes.
    pub(crate) async fn of(&self, tenant: &TenantDb) -> Result<Arc<Vec<Scope>>, tenantry_db::Error> {
        self.get(tenant, scope::store::list()).await
    }
}

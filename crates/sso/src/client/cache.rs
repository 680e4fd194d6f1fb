//! Clients in memory: every token that is asked for needs one.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tenantry_db::{Freshness, Listener, Stamp, TenantDb, Topic};
use tenantry_kernel::TenantId;

use super::model::{Client, ClientId};
use super::store::{self, Secret};

/// A client with its secrets.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) client: Client,
    pub(crate) secrets: Vec<Secret>,
}

/// The clients of all tenants, as long as nothing has changed.
pub(crate) struct ClientCache {
    entries: moka::sync::Cache<(TenantId, ClientId), (Arc<Known>, Stamp)>,
    fresh: Arc<Freshness>,
}

impl ClientCache {
    pub(crate) fn start(listener: &Listener) -> Self {
        let idle = Duration::from_mins(10);
        Self {
            entries: moka::sync::Cache::builder().max_capacity(50_000).time_to_idle(idle).build(),
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Clients),
        }
    }

    /// A client of the tenant, whether it is switched on or not.
    pub(crate) async fn get(
        &self,
        tenant: &TenantDb,
        id: ClientId,
        now: Timestamp,
    ) -> Result<Option<Arc<Known>>, tenantry_db::Error> {
        let key = (tenant.tenant_id(), id);
        if let Some((known, stamp)) = self.entries.get(&key)
            && self.fresh.is_good(stamp, Some(key.0))
        {
            return Ok(Some(known));
        }
        let stamp = self.fresh.stamp(Some(key.0));
        let (client, secrets) = tenant.read((store::find(id), store::secrets(id, now))).await?;
        let Some(client) = client else { return Ok(None) };
        let known = Arc::new(Known { client, secrets });
        self.entries.insert(key, (Arc::clone(&known), stamp));
        Ok(Some(known))
    }
}

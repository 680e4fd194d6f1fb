//! Every placement, for those who work through all tenants (jobs, migrations).

use std::sync::{Arc, PoisonError, RwLock};

use tenantry_db::{Directory, Freshness, Listener, Mode, Placement, Stamp, Topic};
use tenantry_kernel::TenantId;
use tenantry_web::ports::TenantStatus;

use crate::{DirectoryCache, Error};

tenantry_db::row! {
    /// A placement.
    #[derive(Debug, Clone)]
    pub(crate) struct PlacementRow {
        tenant_id: TenantId,
        cell: String,
        mode: Mode,
        database_name: String,
        schema_name: String,
        region: String,
    }
}

tenantry_db::statements! {
    /// The placements of tenants that have a schema or a database of their own.
    control own() -> Vec<PlacementRow>
        = "SELECT tenant_id, cell, mode, database_name, schema_name, region FROM control.placements \
           WHERE mode IN ('schema', 'dedicated') AND tenant_id IN \
           (SELECT id FROM control.tenants WHERE status NOT IN ('deleted', 'provisioning')) ORDER BY tenant_id";

    /// A thousand placements after a tenant.
    control page(after: TenantId) -> Vec<PlacementRow>
        = "SELECT tenant_id, cell, mode, database_name, schema_name, region FROM control.placements \
           WHERE tenant_id > $1 ORDER BY tenant_id LIMIT 1000";
}

impl From<PlacementRow> for Placement {
    fn from(row: PlacementRow) -> Self {
        Self {
            tenant: row.tenant_id,
            cell: row.cell,
            mode: row.mode,
            database: row.database_name,
            schema: row.schema_name,
            region: row.region,
        }
    }
}

/// Finds placements.
pub struct AllPlacements {
    directory: Directory,
    cache: Arc<DirectoryCache>,
    fresh: Arc<Freshness>,
    own: RwLock<Option<Own>>,
}

type Own = (Vec<Arc<Placement>>, Stamp);

impl AllPlacements {
    /// Over this directory.
    pub fn new(directory: Directory, cache: Arc<DirectoryCache>, listener: &Listener) -> Self {
        let fresh = Freshness::follow(listener, |topic| *topic == Topic::Directory);
        Self { directory, cache, fresh, own: RwLock::new(None) }
    }

    /// The placements of tenants that have a schema or a database of their own; from memory while nothing has changed.
    pub async fn own(&self) -> Result<Vec<Arc<Placement>>, Error> {
        let kept = self.own.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((placements, stamp)) = kept
            && self.fresh.is_good(stamp, None)
        {
            return Ok(placements);
        }
        let stamp = self.fresh.stamp(None);
        let rows = self.directory.find(own()).await?;
        let placements: Vec<Arc<Placement>> = rows.into_iter().map(|row| Arc::new(row.into())).collect();
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = Some((placements.clone(), stamp));
        Ok(placements)
    }

    /// The placement of one tenant, unless it is deleted or still being created.
    pub async fn of(&self, tenant: TenantId) -> Result<Option<Arc<Placement>>, Error> {
        let info = self.cache.get(tenant).await?;
        let usable =
            info.filter(|info| !matches!(info.status, TenantStatus::Deleted | TenantStatus::Provisioning));
        Ok(usable.map(|info| Arc::clone(&info.placement)))
    }

    /// A thousand placements after a tenant, in the order of ids.
    pub async fn page(&self, after: TenantId) -> Result<Vec<Arc<Placement>>, Error> {
        Ok(self.directory.find(page(after)).await?.into_iter().map(|row| Arc::new(row.into())).collect())
    }
}

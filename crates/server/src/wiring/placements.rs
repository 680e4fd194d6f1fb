//! The event spine asks where tenants live; tenancy knows.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tenantry_db::{Error, Placement};
use tenantry_events::ports::Placements;
use tenantry_kernel::TenantId;
use tenantry_tenancy::AllPlacements;

/// Tenancy's placements, as the event spine sees them.
pub(crate) struct PlacementsOf(pub(crate) Arc<AllPlacements>);

impl Placements for PlacementsOf {
    fn own(&self) -> BoxFuture<'_, Result<Vec<Arc<Placement>>, Error>> {
        Box::pin(async move { self.0.own().await.map_err(into_db) })
    }

    fn of(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<Arc<Placement>>, Error>> {
        Box::pin(async move { self.0.of(tenant).await.map_err(into_db) })
    }
}

fn into_db(error: tenantry_tenancy::Error) -> Error {
    match error {
        tenantry_tenancy::Error::Db(error) => error,
        other => Error::Unknown(other.to_string()),
    }
}

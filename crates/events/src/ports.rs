//! What this crate needs from others: where the tenants live.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tenantry_db::{Error, Placement};
use tenantry_kernel::TenantId;

/// Says where tenants live. Answers come from a cache: both are asked many times a second.
pub trait Placements: Send + Sync + 'static {
    /// The placements that are a schema or a database of one tenant's own.
    fn own(&self) -> BoxFuture<'_, Result<Vec<Arc<Placement>>, Error>>;

    /// Where this tenant lives; `None` when nothing of it must be touched (it is deleted, or just being moved).
    fn of(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<Arc<Placement>>, Error>>;
}

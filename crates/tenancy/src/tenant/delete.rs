//! DELETE /tenants/{tenant_id}

use tenantry_db::Committed;
use tenantry_kernel::TenantId;
use tenantry_web::ports::TenantStatus;
use tenantry_web::{Guard, Path, Problem, Success, Use};

use super::{TenantView, switch};
use crate::DeleteTenant;
use crate::operate::Tenancy;

/// Delete a tenant: nobody can enter it from now on, and its slug stays taken.
///
/// Its rows are kept: destroying them is a step of its own.
pub(crate) async fn delete(
    guard: Guard<DeleteTenant>,
    Path(id): Path<TenantId>,
    Use(tenancy): Use<Tenancy>,
) -> Result<Committed<Success<TenantView>>, Problem> {
    switch::switch(guard, id, &tenancy, TenantStatus::Deleted, "deleted").await
}

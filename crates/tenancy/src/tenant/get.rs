//! GET /tenants/{tenant_id}

use tenantry_kernel::TenantId;
use tenantry_web::{Guard, Path, Problem, Success};

use super::{TenantView, store};
use crate::{Error, ReadTenants};

/// Get a tenant with its domains.
pub(crate) async fn get(
    guard: Guard<ReadTenants>,
    Path(id): Path<TenantId>,
) -> Result<Success<TenantView>, Problem> {
    let mut tx = guard.platform("read a tenant")?;
    let (tenant, domains) = tx.run((store::find(id), store::domains(id))).await.map_err(Error::from)?;
    let tenant = tenant.ok_or(Error::NotFound)?;
    guard.permit(&tenant)?;
    Ok(Success::ok(TenantView::new(tenant, Some(domains))))
}

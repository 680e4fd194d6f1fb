//! The platform's own tenant and its first operator.

use secrecy::SecretString;
use tenantry_db::Change;
use tenantry_kernel::TenantId;
use tenantry_web::Problem;

use crate::operate::Tenancy;
use crate::provision::{begin_with, complete, root_request};
use crate::{Error, Slug};

/// The slug of the platform's own tenant.
pub const ROOT_SLUG: &str = "platform";

/// The id of the platform's own tenant: the same in every installation, so that nothing has to be looked up before the
/// first connection.
pub const fn root_tenant_id() -> TenantId {
    TenantId::from_uuid(uuid::Uuid::from_u128(0x0000_0000_0001_7000_8000_7465_6e61_6e74))
}

/// Create the platform's own tenant with its first operator, when it does not exist; finish it when that was interrupted.
///
/// Returns whether it was created now.
pub async fn ensure_root(tenancy: &Tenancy, email: &str, password: &SecretString) -> Result<bool, Problem> {
    let id = root_tenant_id();
    let mut tx = tenancy.system_tx()?;
    let exists = tx.run(crate::tenant::store::find(id)).await.map_err(Error::from)?;
    let is_new = exists.is_none();
    if is_new {
        let request = root_request(email.to_owned(), Some(password.clone()));
        begin_with(tenancy, &mut tx, request, &Slug::root(), id, None).await?;
        let change = Change::named("tenant", Some(id.as_uuid()), "provisioning", serde_json::Value::Null);
        tx.commit_step(change).await.map_err(Error::from)?;
    } else if exists.is_some_and(|tenant| tenant.status != tenantry_web::ports::TenantStatus::Provisioning) {
        return Ok(false);
    }
    let (tx, _, _, change) = complete(tenancy, tenancy.system_tx()?, id).await?;
    tx.commit(change, ()).await.map_err(Error::from)?;
    Ok(is_new)
}

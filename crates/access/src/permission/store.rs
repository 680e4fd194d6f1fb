//! SQL of declared permissions.

use jiff::Timestamp;
use tenantry_db::{TenantTx, Written};
use tenantry_kernel::{Clock, Permission, Rng, UserId};
use uuid::Uuid;

use crate::Error;

tenantry_kernel::id! {
    /// A permission that a tenant declared.
    PermissionId,
}

tenantry_db::row! {
    /// A declared permission.
    #[derive(Debug, Clone)]
    pub(crate) struct Declared {
        pub(crate) id: Uuid,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
    }
}

tenantry_db::statements! {
    /// All that the tenant declared, by name.
    pub(crate) read list() -> Vec<Declared>
        = "SELECT id, name, description FROM permissions WHERE tenant_id = $1 ORDER BY name";

    /// One more.
    pub(crate) write insert(id: PermissionId, name: String, description: Option<String>, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO permissions (tenant_id, id, name, description, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)";

    /// One more, unless it is declared already.
    write ensure(id: PermissionId, name: String, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO permissions (tenant_id, id, name, created_at, created_by) VALUES ($1, $2, $3, $4, $5) \
           ON CONFLICT (tenant_id, name) DO NOTHING";
}

/// Declare a permission that a role names for the first time.
pub(crate) async fn declare(
    tx: &mut TenantTx,
    clock: &Clock,
    rng: &Rng,
    permission: &Permission,
    by: UserId,
) -> Result<(), Error> {
    tx.run(ensure(PermissionId::new(clock, rng), permission.to_string(), clock.now(), by)).await?;
    Ok(())
}

//! SQL of declared permissions.

use jiff::Timestamp;
use tenantry_db::{Scalar, TenantTx, Written};
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
        pub(crate) created_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// What the tenant declared, oldest first; also only those of a resource (`booking:` and what sorts after it).
    pub(crate) read list(at: Timestamp, id: Uuid, from: Option<String>, to: Option<String>) -> Vec<Declared>
        = "SELECT id, name, description, created_at FROM permissions WHERE tenant_id = $1 AND (created_at, id) > ($2, $3) \
           AND ($4::text IS NULL OR (name >= $4 AND name < $5)) ORDER BY created_at, id LIMIT 101";

    /// Every name that the tenant declared.
    pub(crate) read names() -> Vec<Scalar<String>>
        = "SELECT name FROM permissions WHERE tenant_id = $1 ORDER BY name";

    /// One that the tenant declared.
    pub(crate) read find(id: PermissionId) -> Option<Declared>
        = "SELECT id, name, description, created_at FROM permissions WHERE tenant_id = $1 AND id = $2";

    /// Whether a role grants it.
    pub(crate) read is_granted(name: String) -> Option<Scalar<bool>>
        = "SELECT true FROM role_permissions WHERE tenant_id = $1 AND permission = $2 LIMIT 1";

    /// Declared no longer.
    pub(crate) write delete(id: PermissionId) -> Written = "DELETE FROM permissions WHERE tenant_id = $1 AND id = $2";

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

//! Where a tenant's rows live.

use tenantry_kernel::TenantId;

tenantry_kernel::text_enum! {
    /// How a tenant is kept apart from the others. `tenant_id` and row-level security stay in all three.
    pub enum Mode {
        /// Shared tables with row-level security.
        Pooled = "pooled",
        /// A schema of its own.
        Schema = "schema",
        /// A database of its own.
        Dedicated = "dedicated",
    }
}

/// Where one tenant's rows live.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Placement {
    /// The tenant.
    pub tenant: TenantId,
    /// The PostgreSQL cluster, by its name in the configuration.
    pub cell: String,
    /// How the tenant is kept apart.
    pub mode: Mode,
    /// The database in that cluster.
    pub database: String,
    /// The schema in that database.
    pub schema: String,
    /// The region, for residency.
    pub region: String,
}

impl Placement {
    /// The schema that a tenant of its own schema has: `t_` and the id without hyphens.
    pub fn schema_of(tenant: TenantId) -> String {
        format!("t_{}", tenant.as_uuid().simple())
    }

    /// The database that a tenant of its own database has.
    pub fn database_of(tenant: TenantId) -> String {
        format!("tenantry_{}", tenant.as_uuid().simple())
    }
}

/// The schema that pooled tenants share, and that a dedicated database has.
pub const POOLED_SCHEMA: &str = "app";
/// The cell that holds the control schema.
pub const HOME_CELL: &str = "main";

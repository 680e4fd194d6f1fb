//! A tenant's scope comes from the authority alone, and stays with its tenant.

use std::sync::Arc;

use tenantry_db::{Databases, Origin, Placement, TenantDb};

fn by_constructor(databases: Databases, placement: Arc<Placement>, origin: Arc<Origin>) -> TenantDb {
    TenantDb::new(databases, placement, origin)
}

fn of_another_tenant(tenant: &mut TenantDb, placement: Arc<Placement>) {
    tenant.placement = placement;
}

fn main() {}

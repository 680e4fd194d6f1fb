//! The tenant of a statement is bound by its scope; a statement in hand cannot be bound to another.

use tenantry_db::{Scalar, Read, TenantDb};

async fn bound_by_hand(tenant: &TenantDb, read: Read<Option<Scalar<i64>>>) {
    let _ = &read.params;
    let _ = read.run(tenant.tenant_id()).await;
}

fn main() {}

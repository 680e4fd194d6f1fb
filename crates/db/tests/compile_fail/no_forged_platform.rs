//! Work across tenants comes from the authority alone.

use std::sync::Arc;

use tenantry_db::{Databases, Directory, Origin, PlatformTx};
use tenantry_kernel::TenantId;

fn operator(databases: &Databases, root: TenantId, origin: Arc<Origin>) {
    let _ = PlatformTx::new(databases, root, origin, "none");
}

fn directory(databases: &Databases, root: TenantId) {
    let _ = Directory::new(databases, root);
}

fn main() {}

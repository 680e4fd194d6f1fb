//! No scope and no authority can be put together from its parts.

use std::sync::Arc;

use tenantry_db::{Authority, Databases, Directory, Origin, Placement, TenantDb, WorkerDb};
use tenantry_kernel::TenantId;

fn authority(databases: Databases, root: TenantId) -> Authority {
    Authority { databases, root }
}

fn tenant(databases: Databases, placement: Arc<Placement>, origin: Arc<Origin>) -> TenantDb {
    TenantDb { databases, placement, origin }
}

fn moved(tenant: TenantDb, placement: Arc<Placement>) -> TenantDb {
    TenantDb { placement, ..tenant }
}

fn worker(worker: WorkerDb) {
    let WorkerDb { pool: _ } = worker;
}

fn directory(directory: Directory, root: TenantId) -> Directory {
    Directory { root, ..directory }
}

fn main() {}

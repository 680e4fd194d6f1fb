//! A read runs reads.

use tenantry_db::{Read, Scalar, TenantDb, TenantRead, Write, Written};

async fn alone(tenant: &TenantDb, write: Write<Written>) {
    let _ = tenant.read(write).await;
}

async fn among_reads(tenant: &TenantDb, read: Read<Option<Scalar<i64>>>, write: Write<Written>) {
    let _ = tenant.read((read, write)).await;
}

async fn in_a_transaction(read: &mut TenantRead, write: Write<Written>) {
    let _ = read.read(write).await;
    let _ = read.run(write).await;
}

fn main() {}

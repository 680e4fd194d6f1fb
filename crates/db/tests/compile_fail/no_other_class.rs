//! A statement runs in the scope of its class, and in no other.

use tenantry_db::{Claim, Control, Directory, Log, PlatformTx, TenantDb, TenantTx, WorkerDb, Write, Written};

async fn control_in_a_tenant(tx: &mut TenantTx, control: Control<Written>) {
    let _ = tx.run(control).await;
}

async fn claim_in_a_tenant(tx: &mut TenantTx, claim: Claim<Written>) {
    tx.queue(claim);
}

async fn log_in_a_transaction(tx: &mut TenantTx, log: Log<Written>) {
    let _ = tx.run(log).await;
}

async fn write_in_a_log(tenant: &TenantDb, write: Write<Written>) {
    let _ = tenant.log(vec![write]).await;
}

async fn write_for_the_platform(tx: &mut PlatformTx, write: Write<Written>) {
    let _ = tx.run(write).await;
}

async fn write_in_a_look_up(directory: &Directory, write: Write<Written>) {
    let _ = directory.find(write).await;
}

async fn write_by_the_worker(worker: &WorkerDb, write: Write<Written>) {
    let _ = worker.run(write).await;
}

fn main() {}

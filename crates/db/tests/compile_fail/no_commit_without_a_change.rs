//! There is no way to commit that leaves no trail.

use tenantry_db::{Change, TenantTx};

async fn nothing(tx: TenantTx) {
    let _ = tx.commit(()).await;
}

async fn the_answer_alone(tx: TenantTx) {
    let _ = tx.commit((), ()).await;
}

async fn an_error(tx: TenantTx) {
    let _ = tx.refuse("wrong password").await;
}

async fn twice(tx: TenantTx, change: Change) {
    let _ = tx.commit(change.clone(), ()).await;
    let _ = tx.commit(change, ()).await;
}

fn main() {}

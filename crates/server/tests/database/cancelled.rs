//! Requests that are given up midway: whoever uses the connection next sees and commits nothing of theirs.

use std::future::{Future, poll_fn};
use std::task::Poll;

use tenantry_db::{Authority, Error, Scalar, TenantDb, TenantTx};

use crate::ground::{Ground, Tenant};
use crate::notes::{self, insert, new_id, noted};
use crate::support::count;

/// How many connections the test kit's authority opens for requests.
const CONNECTIONS: usize = 8;
/// After how many wake-ups the latest future is dropped; the longest work here takes fewer.
const DEPTH: usize = 20;
/// How often each depth is tried.
const ROUNDS: usize = 25;

/// Poll a future until it has woken up `times`, then drop it.
async fn cut_short<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = times;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Hold every connection but one.
async fn squeeze(authority: &Authority, tenant: &Tenant) -> Vec<TenantTx> {
    let mut held = Vec::new();
    for _ in 1..CONNECTIONS {
        let mut tx = tenant.scope(authority).begin().unwrap();
        tx.read(notes::in_sight()).await.unwrap();
        held.push(tx);
    }
    let _ = tenant.scope(authority).read(notes::in_sight()).await.unwrap();
    assert_eq!(authority.databases().connections(), (CONNECTIONS, 1));
    held
}

/// Write, and never commit.
async fn abandon(scope: &TenantDb) -> Result<(), Error> {
    let id = new_id();
    scope.read((notes::list(), notes::find(id))).await?;
    let mut tx = scope.begin()?;
    tx.read(notes::list()).await?;
    tx.run(insert(id, &format!("lost {id}"))).await?;
    tx.queue(insert(new_id(), &format!("lost too {id}")));
    tx.read(notes::in_sight()).await?;
    tx.run(notes::rename(id, format!("lost again {id}"))).await?;
    Ok(())
}

/// Write and commit.
async fn complete(scope: &TenantDb) -> Result<(), Error> {
    let id = new_id();
    let mut tx = scope.begin()?;
    tx.run(insert(id, &format!("kept {id}"))).await?;
    tx.commit(noted(id, "kept"), ()).await?;
    Ok(())
}

/// What the next user of the connection sees, by the policy alone and by its own key.
async fn look(tenant: &Tenant, authority: &Authority) {
    let (seen, notes) = tenant.scope(authority).read((notes::in_sight(), notes::list())).await.unwrap();
    assert!(!seen.is_empty(), "the tenant's own rows are hidden from it");
    assert!(seen.iter().all(|row| *row == Scalar(tenant.id)), "another tenant's rows are in sight");
    assert_eq!(seen.len(), notes.len());
    assert!(notes.iter().all(|note| note.name.starts_with("kept")), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_given_back_midway_carries_nothing_over() {
    let ground = Ground::shared().await;
    let authority = &ground.authority;
    let held = squeeze(authority, &ground.a).await;
    for tenant in [&ground.a, &ground.b] {
        complete(&tenant.scope(authority)).await.unwrap();
    }
    let (mut given_up, mut done) = (0, 0);
    for round in 0..ROUNDS * DEPTH {
        let pair = if round % 2 == 0 { [&ground.a, &ground.b] } else { [&ground.b, &ground.a] };
        let [victim, next] = pair;
        let scope = victim.scope(authority);
        match cut_short(round % DEPTH, abandon(&scope)).await {
            Some(answer) => answer.unwrap(),
            None => given_up += 1,
        }
        look(next, authority).await;
        match cut_short(round % DEPTH, complete(&scope)).await {
            Some(answer) => {
                answer.unwrap();
                done += 1;
            }
            None => given_up += 1,
        }
        look(next, authority).await;
        look(victim, authority).await;
    }
    assert!(given_up > ROUNDS && done > ROUNDS, "{given_up} given up, {done} done: the cuts miss the work");
    assert_eq!(authority.databases().connections(), (CONNECTIONS, 1));
    drop(held);
    let admin = ground.a.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM permissions WHERE name LIKE 'lost%'").await, 0);
    let halves = "SELECT count(*) FROM permissions p FULL JOIN audit_log l ON l.resource_id = p.id \
        AND l.tenant_id = p.tenant_id FULL JOIN outbox o ON o.aggregate_id = p.id AND o.tenant_id = p.tenant_id \
        WHERE p.id IS NULL OR l.id IS NULL OR o.id IS NULL";
    assert_eq!(count(&admin, halves).await, 0, "a change without its trail, or a trail without its change");
}

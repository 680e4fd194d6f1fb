//! A ledger over kills: every event takes effect, and takes effect once.

use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::Value;
use tenantry_db::{Change, TenantDb, Written};
use tenantry_events::{CloudEvent, JobError, JobRow, Settings, Subscriber};
use tenantry_kernel::{EventId, Rng};
use uuid::Uuid;

use crate::support::{Database, Recorder, Tenant, quick};

tenantry_db::statements! {
    write note(line: Uuid, event: EventId, seq: i64) -> Written
        = "INSERT INTO ledger (tenant_id, line, event_id, seq) VALUES ($1, $2, $3, $4)";
}

const LEDGER: &str = "SET ROLE tenantry_owner;
    CREATE TABLE ledger (tenant_id uuid NOT NULL, line uuid NOT NULL, event_id uuid NOT NULL, seq bigint NOT NULL,
    CONSTRAINT ledger_pkey PRIMARY KEY (tenant_id, line)); SELECT tenant_table('ledger', 'SELECT, INSERT'); RESET ROLE";

/// A line in the ledger for every effect; nothing in the table forbids a second one.
async fn write(tenant: TenantDb, job: JobRow) -> Result<(), JobError> {
    let event = CloudEvent::of_job(&tenant, &job).await?;
    let mut tx = tenant.begin()?;
    let line = Uuid::from_bytes(Rng::system().bytes());
    tx.run(note(line, event.id, job.position)).await?;
    tokio::time::sleep(Duration::from_millis(u64::from(line.as_bytes()[0] % 8))).await;
    tx.commit(Change::named("ledger", Some(line), "noted", Value::Null).without_event(), ()).await?;
    tokio::time::sleep(Duration::from_millis(u64::from(line.as_bytes()[1] % 8))).await;
    Ok(())
}

async fn changes(tenant: Tenant, writer: u128) {
    for version in 1..=15 {
        tenant.change(Uuid::from_u128(writer), version).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_many_kills_every_event_takes_effect_once_and_in_order() {
    let database = Database::new().await;
    database.admin.batch_execute(LEDGER).await.unwrap();
    assert_eq!(STATEMENTS.len(), 1);
    let tenants = [database.tenant(), database.tenant()];
    let writers: Vec<_> = (0..8_u128)
        .map(|writer| tokio::spawn(changes(tenants[usize::from(writer > 3)].clone(), writer)))
        .collect();
    let ledger = Recorder::once("ledger", |tenant, job| write(tenant, job).boxed());
    let settings =
        Settings { lease: Duration::from_millis(150), per_tenant: 4, max_attempts: 1000, ..quick() };
    let start = || database.start_with(Vec::new(), vec![Subscriber::new(ledger.clone(), ["*"])], settings);
    for kill in 0..40_u64 {
        let runtime = start();
        tokio::time::sleep(Duration::from_millis(5 + kill * 13 % 60)).await;
        drop(runtime);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let _runtime = start();
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 120).await;

    assert_eq!(database.count("SELECT count(*) FROM outbox").await, 120);
    assert_eq!(database.count("SELECT count(DISTINCT event_id) FROM ledger").await, 120);
    assert_eq!(database.count("SELECT count(*) FROM ledger").await, 120);
    assert_eq!(database.count("SELECT count(*) FROM jobs").await, 120);
    let gaps = "SELECT count(*) FROM (SELECT tenant_id FROM outbox GROUP BY tenant_id HAVING max(seq) <> 60) AS gaps";
    assert_eq!(database.count(gaps).await, 0);
    assert!(ledger.calls() > 120, "no job was ever interrupted: the kills came too late");
}
